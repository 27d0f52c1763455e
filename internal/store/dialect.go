package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A dialect is everything in which the two databases differ.
type dialect interface {
	name() string
	// prepares says whether the store has to keep prepared statements itself.
	prepares() bool
	// skipLocked ends a SELECT of rows to claim: others pass over them.
	skipLocked(table string) string
	// forUpdate ends a SELECT of a row that the transaction is going to change.
	forUpdate() string
	// in says that column is among the strings of the argument, which list makes.
	in(column, arg string) string
	list(ids []string) any
	numbers(list []int32) any // does so for numbers
	// elements is a table of the elements of a JSON list, named name, with the column value.
	elements(list, name string) string

	// index sets the terms by which an article is found.
	index(ctx context.Context, t *tx, articleID string, title, body []string) error
	unindex(ctx context.Context, t *tx, articleIDs []string) error
	// forget does a part of the work of taking out of the index's pages the terms of what was
	// unindexed, the first part or a further one, and reports whether more is left.
	forget(ctx context.Context, t *tx, first bool) (more bool, err error)
	// settle writes what was deleted over in the files of the database, as far as that is possible now.
	settle(ctx context.Context, d *DB) error
	// match is the argument that asks for one alternative of each of terms, or "" when
	// nothing is asked for.
	match(terms [][]string) string
	// search selects article_id and score, the lower the better, of the newest matches,
	// at most limit of them; match and limit are arguments.
	search(match, limit string) string
	// matched selects article_id alone.
	matched(match, limit string) string

	// edition selects the number of the edition; the others make the next one, within the
	// transaction that changes it or after its commit, "" where it is the other one's.
	edition() string
	editionWithin() string
	editionAfter() string
}

const (
	// maxTerms is how many terms of one article are indexed: 16,383 is the last position
	// that a tsvector tells apart.
	maxTerms = 16_000
	// maxTerm is the length in bytes beyond which a term is no word: a tsvector refuses
	// 2,047.
	maxTerm = 255
)

// usable reports whether term can be written into a query or vector without quoting.
func usable(term string) bool {
	return term != "" && len(term) <= maxTerm &&
		strings.IndexFunc(term, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) < 0
}

// conjunction joins the usable alternatives with or, and those groups with and.
func conjunction(terms [][]string, or, and string, quote func(string) string) string {
	var groups []string
	for _, alternatives := range terms {
		var quoted []string
		for _, a := range alternatives {
			if usable(a) {
				quoted = append(quoted, quote(a))
			}
		}
		if len(quoted) > 0 {
			groups = append(groups, "("+strings.Join(quoted, or)+")")
		}
	}
	return strings.Join(groups, and)
}

// SQLite.

type sqliteDialect struct{}

func (sqliteDialect) name() string             { return "sqlite" }
func (sqliteDialect) prepares() bool           { return true }
func (sqliteDialect) skipLocked(string) string { return "" } // there is one writer
func (sqliteDialect) forUpdate() string        { return "" }

func (sqliteDialect) in(column, arg string) string {
	return column + " IN (SELECT value FROM json_each(" + arg + "))"
}

func (sqliteDialect) list(ids []string) any {
	if len(ids) == 0 {
		return "[]" // and not null, to which every comparison is unknown
	}
	return js(ids)
}

func (sqliteDialect) edition() string       { return `SELECT n FROM edition` }
func (sqliteDialect) editionWithin() string { return `UPDATE edition SET n = n + 1` }
func (sqliteDialect) editionAfter() string  { return "" }

func (sqliteDialect) numbers(list []int32) any { return js(list) } // never of a nil list

func (sqliteDialect) elements(list, name string) string { return "json_each(" + list + ") " + name }

func (sqliteDialect) index(ctx context.Context, t *tx, articleID string, title, body []string) error {
	var docid int64
	rows, err := t.query(ctx, `INSERT INTO search_docs (article_id) VALUES ($1)
		ON CONFLICT (article_id) DO UPDATE SET article_id = excluded.article_id RETURNING docid`, articleID)
	if _, err := one(rows, err, &docid); err != nil {
		return err
	}
	join := func(terms []string) string {
		return strings.Join(terms[:min(len(terms), maxTerms)], " ")
	}
	_, err = t.exec(ctx, `INSERT OR REPLACE INTO search (rowid, title, body) VALUES ($1, $2, $3)`,
		docid, join(slices.DeleteFunc(title, unusable)), join(slices.DeleteFunc(body, unusable)))
	return err
}

func unusable(term string) bool { return !usable(term) }

func (d sqliteDialect) unindex(ctx context.Context, t *tx, articleIDs []string) error {
	those := d.in("article_id", "$1")
	if _, err := t.exec(ctx, `DELETE FROM search WHERE rowid IN (SELECT docid FROM search_docs WHERE `+those+`)`, d.list(articleIDs)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM search_docs WHERE `+those, d.list(articleIDs)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO facts (name, value) VALUES ($1, '1')
		ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(facts.value AS INTEGER) + 1 AS TEXT)`, factUnindexed)
	return err
}

// forgetPages is how many pages of the index one part merges: a tenth of a second.
const forgetPages = 1000

// What is deleted from an index without content is only marked as deleted, until the
// segment that holds it is merged. A negative number begins to merge all segments into
// one, a positive one goes on; together they do what "optimize" does, which would keep
// every writer waiting until the end. https://sqlite.org/fts5.html#the_merge_command
func (sqliteDialect) forget(ctx context.Context, t *tx, first bool) (more bool, err error) {
	pages := forgetPages
	if first {
		pages = -forgetPages
	}
	changes := func() (n int64, err error) {
		rows, err := t.query(ctx, `SELECT total_changes()`)
		_, err = one(rows, err, &n)
		return n, err
	}
	before, err := changes()
	if err != nil {
		return false, err
	}
	if _, err := t.exec(ctx, `INSERT INTO search (search, rank) VALUES ('merge', $1)`, pages); err != nil {
		return false, err
	}
	after, err := changes()
	return after-before >= 2, err
}

// The log of a write-ahead log keeps what pages were before they were overwritten. Where a reader
// still looks at an old page it stays, until the next checkpoint that nobody is in the way of.
func (sqliteDialect) settle(ctx context.Context, d *DB) error {
	_, err := d.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	if isBusy(err) {
		return nil
	}
	return err
}

func (sqliteDialect) match(terms [][]string) string {
	return conjunction(terms, " OR ", " AND ", func(s string) string { return `"` + s + `"` })
}

// FTS5 walks through the matches from the newest on and scores only those it returns.
func (sqliteDialect) search(match, limit string) string {
	return `SELECT d.article_id, m.score
		FROM (SELECT rowid AS docid, bm25(search, 5.0, 1.0) AS score FROM search WHERE search MATCH ` + match + `
			ORDER BY rowid DESC LIMIT ` + limit + `) m JOIN search_docs d ON d.docid = m.docid`
}

func (sqliteDialect) matched(match, limit string) string {
	return `SELECT d.article_id FROM (SELECT rowid AS docid FROM search WHERE search MATCH ` + match + `
			ORDER BY rowid DESC LIMIT ` + limit + `) m JOIN search_docs d ON d.docid = m.docid`
}

// PostgreSQL. pgx prepares and caches statements by their text.

type postgresDialect struct{}

func (postgresDialect) name() string   { return "postgres" }
func (postgresDialect) prepares() bool { return false }
func (postgresDialect) skipLocked(table string) string {
	return " FOR UPDATE OF " + table + " SKIP LOCKED"
}
func (postgresDialect) forUpdate() string { return " FOR UPDATE" }

func (postgresDialect) edition() string              { return `SELECT last_value FROM edition` }
func (postgresDialect) editionWithin() string        { return "" } // a row would be locked until the commit
func (postgresDialect) editionAfter() string         { return `SELECT nextval('edition')` }
func (postgresDialect) in(column, arg string) string { return column + " = ANY (" + arg + ")" }
func (postgresDialect) list(ids []string) any        { return append([]string{}, ids...) } // never NULL
func (postgresDialect) numbers(list []int32) any     { return list }
func (postgresDialect) elements(list, name string) string {
	return "LATERAL json_array_elements_text(CAST(" + list + " AS JSON)) AS " + name + " (value)"
}

// The vector is written out here rather than by to_tsvector, whose parser has views of
// its own on what a word is ("1e5" to it is a number); both databases hold the same.
func (postgresDialect) index(ctx context.Context, t *tx, articleID string, title, body []string) error {
	_, err := t.exec(ctx, `INSERT INTO search (article_id, terms) VALUES ($1, $2::text::tsvector || $3::text::tsvector)
		ON CONFLICT (article_id) DO UPDATE SET terms = excluded.terms`, articleID, vector(title, "A"), vector(body, ""))
	return err
}

func vector(terms []string, weight string) string {
	var b strings.Builder
	n := 0
	for _, term := range terms {
		if !usable(term) {
			continue
		}
		if n++; n > maxTerms {
			break
		}
		b.WriteString(term)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(n))
		b.WriteString(weight)
		b.WriteByte(' ')
	}
	return b.String()
}

func (d postgresDialect) unindex(ctx context.Context, t *tx, articleIDs []string) error {
	_, err := t.exec(ctx, `DELETE FROM search WHERE `+d.in("article_id", "$1"), d.list(articleIDs))
	return err
}

// The row is gone with its terms; VACUUM clears its place.
func (postgresDialect) forget(context.Context, *tx, bool) (bool, error) { return false, nil }

func (postgresDialect) settle(context.Context, *DB) error { return nil } // VACUUM does

func (postgresDialect) match(terms [][]string) string {
	return conjunction(terms, "|", "&", func(s string) string { return s })
}

// The weights are those of D, C, B and A; 1 divides by the logarithm of the length.
func (postgresDialect) search(match, limit string) string {
	query := match + `::text::tsquery`
	return `SELECT m.article_id, -ts_rank('{0.2, 0.2, 0.2, 1.0}', m.terms, ` + query + `, 1) AS score
		FROM (SELECT article_id, terms FROM search WHERE terms @@ ` + query + ` ORDER BY docid DESC LIMIT ` + limit + `) m`
}

func (postgresDialect) matched(match, limit string) string {
	return `SELECT article_id FROM search WHERE terms @@ ` + match + `::text::tsquery ORDER BY docid DESC LIMIT ` + limit
}

// IsFull reports whether err means that the database has no room left. Nothing of what
// failed with it was kept; the caller can stop taking things in, and go on reading.
func IsFull(err error) bool {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		// The index of the WAL is a file of its own, which has to grow when a store is opened.
		if code := lite.Code(); code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE {
			return true
		}
	}
	const diskFull = "53100" // https://www.postgresql.org/docs/current/errcodes-appendix.html
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == diskFull {
		return true
	}
	return errors.Is(err, syscall.ENOSPC)
}

// isBusy reports whether SQLite gave up because somebody else holds the file.
func isBusy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// isConflict reports whether PostgreSQL broke off a transaction for the sake of another.
func isConflict(err error) bool {
	const serializationFailure, deadlockDetected = "40001", "40P01"
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == serializationFailure || pg.Code == deadlockDetected)
}
