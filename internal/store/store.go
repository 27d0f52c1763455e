// Package store remembers everything: what the configuration declares, what feeds said,
// and what the stages made of it. Values of package news go in and come out; one SQL
// text serves SQLite and PostgreSQL, and where the two must differ the difference is in
// dialect.go.
//
// The state of the data is the queue of the pipeline. DueFeeds and ClaimItems hand out
// work under a lease, a time until which nobody else gets it; a process that dies just
// lets its leases lapse. Every method that writes does so in one transaction: a crash,
// a cancelled context or a full disk leaves all of it or nothing.
//
// Carriage is obeyed by the queries of readers, at the moment that they pass: an
// Article is carried while its Source is, no longer than the Source's keep, and never
// once it was purged. A purged row stays, without its text, as the tombstone that
// keeps it from being imported again.
//
// The store has no clock. Times are Unix milliseconds in SQL, 0 where there is none.
package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"parallax/internal/news"
)

// Options are what Open needs besides the address.
type Options struct {
	Logger *slog.Logger // nil discards
}

// A DB is an open store. It may be used by many goroutines, and many processes may
// have the same store open.
type DB struct {
	dialect dialect
	log     *slog.Logger
	write   *sql.DB // on SQLite one connection
	read    *sql.DB // on PostgreSQL the same as write
	// Prepared statements by their text, for SQLite, which has no cache of its own.
	// They live as long as the DB: the program has a fixed number of queries.
	writes, reads sync.Map // string -> *sql.Stmt

	counted counted // for Counts
	cuts    cuts
}

// Close waits for what is running and closes the store.
func (d *DB) Close() error {
	for _, m := range []*sync.Map{&d.writes, &d.reads} {
		m.Range(func(_, s any) bool { _ = s.(*sql.Stmt).Close(); return true })
	}
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	if err := d.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return nil
}

// Dialect returns "sqlite" or "postgres".
func (d *DB) Dialect() string { return d.dialect.name() }

// query reads outside any transaction.
func (d *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args = clean(args)
	if !d.dialect.prepares() {
		return d.read.QueryContext(ctx, query, args...)
	}
	stmt, err := prepared(ctx, d.read, &d.reads, query) //nolint:sqlclosecheck // Close closes it
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func prepared(ctx context.Context, db *sql.DB, cache *sync.Map, query string) (*sql.Stmt, error) {
	if s, ok := cache.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	stmt, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s, raced := cache.LoadOrStore(query, stmt); raced {
		_ = stmt.Close() //nolint:sqlclosecheck // the other one is kept
		return s.(*sql.Stmt), nil
	}
	return stmt, nil
}

// A tx is a transaction that uses prepared statements.
type tx struct {
	*sql.Tx
	d *DB
	// Queries that were not prepared yet: with one writer connection, which the
	// transaction holds, preparing them for good has to wait until it ends.
	fresh []string
	// Articles whose shingles were saved and are not in the index yet.
	shingled []string
	changed  bool // a row
	books    bool // nothing that readers see
}

func (t *tx) stmt(ctx context.Context, query string) *sql.Stmt {
	if !t.d.dialect.prepares() {
		return nil
	}
	if s, ok := t.d.writes.Load(query); ok {
		return t.StmtContext(ctx, s.(*sql.Stmt))
	}
	t.fresh = append(t.fresh, query)
	return nil
}

func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args = clean(args)
	// How many rows it changes is known only when all are read: too many editions are better
	// than one too few.
	t.changed = t.changed || strings.Contains(query, "RETURNING")
	if s := t.stmt(ctx, query); s != nil { //nolint:sqlclosecheck // the transaction closes it
		return s.QueryContext(ctx, args...)
	}
	return t.QueryContext(ctx, query, args...)
}

// exec returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	args = clean(args)
	var res sql.Result
	var err error
	if s := t.stmt(ctx, query); s != nil { //nolint:sqlclosecheck // the transaction closes it
		res, err = s.ExecContext(ctx, args...)
	} else {
		res, err = t.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	t.changed = t.changed || n > 0
	return n, err
}

// attempts is how often a transaction is tried that PostgreSQL broke off because it
// stood in the way of another.
const attempts = 5

// change runs f in a transaction, which it commits if f returns nil. It may run f
// again, so f must set what it returns, not add to it.
func (d *DB) change(ctx context.Context, f func(*tx) error) error {
	for n := 1; ; n++ {
		err := d.changeOnce(ctx, f)
		if err == nil || n == attempts || !isConflict(err) {
			return err
		}
		d.log.DebugContext(ctx, "transaction conflicted, trying again", "attempt", n, "error", err)
	}
}

func (d *DB) changeOnce(ctx context.Context, f func(*tx) error) error {
	sqlTx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &tx{Tx: sqlTx, d: d}
	err = f(t)
	if err == nil {
		err = t.edited(ctx)
	}
	if err != nil {
		// The first error tells the story; that a broken connection cannot roll back
		// adds nothing, its end rolls back too.
		_ = sqlTx.Rollback()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return err
	}
	t.committed(ctx)
	for _, q := range t.fresh {
		// What was asked for is done; what cannot be prepared now is another time.
		_, _ = prepared(ctx, d.write, &d.writes, q) //nolint:sqlclosecheck // Close closes it
	}
	return nil
}

// collect scans all rows. It takes what query returned.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one scans the first row into dest and reports whether there was one.
func one(rows *sql.Rows, err error, dest ...any) (bool, error) {
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(dest...); err != nil {
		return false, err
	}
	// On to the end, for the statement is complete only then.
	for rows.Next() {
	}
	return true, rows.Err()
}

func scanString(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}

// A cursor names the last row of a page by its place in the order and its id. Its text
// is the kind of list, the place and the id, in base64url.

func writeCursor(kind, place, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + " " + place + " " + id))
}

func readCursor(kind, cursor string) (place, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", "", news.ErrCursor
	}
	part := strings.Split(string(raw), " ")
	if len(part) != 3 || part[0] != kind || part[2] == "" {
		return "", "", news.ErrCursor
	}
	return part[1], part[2], nil
}

// cut takes the one row beyond the page off, which was asked for to see whether there is
// more, and if so returns the cursor of the last row that stays.
func cut[T any](rows []T, limit int, cursor func(last T) string) (page []T, next string) {
	if len(rows) <= limit {
		return rows, ""
	}
	if limit > 0 {
		next = cursor(rows[limit-1])
	}
	return rows[:limit], next
}

func timeCursor(kind string, t time.Time, id string) string {
	return writeCursor(kind, strconv.FormatInt(ms(t), 10), id)
}

func readTimeCursor(kind, cursor string) (at int64, id string, err error) {
	place, id, err := readCursor(kind, cursor)
	if err != nil {
		return 0, "", err
	}
	if at, err = strconv.ParseInt(place, 10, 64); err != nil {
		return 0, "", news.ErrCursor
	}
	return at, id, nil
}
