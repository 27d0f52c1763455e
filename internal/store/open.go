package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// busyTimeout is how long SQLite waits for another process to end its transaction.
	// Ours take milliseconds; a migration or a big withdrawal takes seconds.
	busyTimeout = 30 * time.Second
	// busyPause is between two tries where SQLite itself does not wait.
	busyPause = 20 * time.Millisecond
	// pageSize fits an article's text, about 2 KB, without wasting half a page.
	pageSize = 8192
	// Caches in KiB: each reader has its own, so they are small.
	writerCache, readerCache = 32 << 10, 4 << 10
	// postgresConns is the most that one process takes of the server's usual hundred.
	postgresConns = 16
)

// Open opens the store at dsn, creates it if it is not there, and brings its tables up
// to date. "sqlite:PATH" or a bare path is a SQLite file; "postgres://…" is a
// PostgreSQL database. Its errors end with a line "hint: …" that says what to try.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	scheme, rest, found := strings.Cut(dsn, ":")
	switch {
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return openPostgres(ctx, dsn, o)
	case found && strings.HasPrefix(rest, "//"):
		return nil, failed(scheme+"://…", fmt.Errorf("no kind of database is called %q", scheme),
			"write sqlite:PATH for a file, or postgres://USER@HOST/DATABASE")
	case found && scheme == "sqlite":
		return openSQLite(ctx, rest, o)
	}
	return openSQLite(ctx, dsn, o)
}

// failed tells why a store could not be opened and what to try.
func failed(dsn string, err error, hint string) error {
	if IsFull(err) {
		hint = "the disk is full; make room, nothing was half written"
	}
	return fmt.Errorf("open the database %s: %w\nhint: %s", dsn, err, hint)
}

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, failed("sqlite:"+path, errors.New("the address names no file"),
			"name the file that is to hold everything, e.g. sqlite:hub.db")
	}
	if err := writable(path); err != nil {
		return nil, err
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	// The page size holds only for a file that is empty, and only before it is in WAL.
	if err := execOnce(ctx, sqliteDSN(path), fmt.Sprintf("PRAGMA page_size = %d", pageSize), "PRAGMA journal_mode = WAL"); err != nil {
		return nil, failed(path, err, "is it a database of Parallax, on a local disk? If another program holds it, stop that first")
	}
	// secure_delete: what is deleted is overwritten with zeros in the file. FAST would leave
	// it in pages that are free, and long texts fill whole pages.
	write, err := sql.Open("sqlite", sqliteDSN(path, "synchronous(NORMAL)", "foreign_keys(1)", "secure_delete(ON)",
		fmt.Sprintf("cache_size(-%d)", writerCache), "journal_size_limit(67108864)")+"&_txlock=immediate")
	if err != nil {
		return nil, failed(path, err, "is the path right?")
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(path, fmt.Sprintf("cache_size(-%d)", readerCache), "query_only(1)"))
	if err != nil {
		return nil, failed(path, errors.Join(err, write.Close()), "is the path right?")
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{dialect: sqliteDialect{}, log: o.Logger, write: write, read: read}
	if err := d.migrateLocked(ctx, path); err != nil {
		return nil, errors.Join(migrationFailed(path, err), d.Close())
	}
	return d, nil
}

// sqliteDSN is the address of a file for the driver. The path is escaped, because the
// driver cuts off what follows a question mark.
func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds())}, pragmas...)}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// execOnce executes statements on a connection of their own. SQLite does not wait, whatever
// it was told, where two processes turn a new file into one with a WAL at once; so this does.
func execOnce(ctx context.Context, dsn string, statements ...string) error {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	until := time.Now().Add(busyTimeout)
	for _, s := range statements {
		_, err := db.ExecContext(ctx, s)
		for ; isBusy(err) && time.Now().Before(until); _, err = db.ExecContext(ctx, s) {
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), db.Close())
			case <-time.After(busyPause):
			}
		}
		if err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

// writable finds out what SQLite would only call "unable to open database file", and
// makes the file's folder if it is not there.
func writable(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return failed(path, err, "make the folder "+folder+", or name another file")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return failed(path, errors.New("it is a folder"), "name a file in it: "+filepath.Join(path, "hub.db"))
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640) //nolint:gosec // the operator names the file
	if err != nil {
		return failed(path, err, "the user that runs this program must own the file and its folder, or choose another with [hub] data")
	}
	if err := file.Close(); err != nil {
		return failed(path, err, "look whether the disk is full or failing")
	}
	// SQLite writes a log and an index of it beside the file.
	probe, err := os.CreateTemp(folder, ".parallax-*")
	if err != nil {
		return failed(path, err, "the folder "+folder+" must be writable too, because SQLite keeps its log beside the file")
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	shown := redact(dsn)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		// pgx leaves the password out of its message, except where it cannot tell which
		// part it is; then nothing of the message is safe to show.
		if _, bad := url.Parse(dsn); bad != nil {
			err = errors.New("the address cannot be read")
		}
		return nil, failed(shown, err,
			"write postgres://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes for : / ? # [ ] @ and % in the password")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "parallax"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, failed(shown, errors.Join(err, db.Close()), connectHint(err, config))
	}
	d := &DB{dialect: postgresDialect{}, log: o.Logger, write: db, read: db}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(migrationFailed(shown, err), d.Close())
	}
	return d, nil
}

// redact takes the password out of an address.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://…"
	}
	u.RawQuery = "" // it may hold a password, too
	return u.Redacted()
}

func connectHint(err error, c *pgx.ConnConfig) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "3D000": // invalid_catalog_name
			return fmt.Sprintf("create it: createdb --host %s --owner %s %s", c.Host, c.User, c.Database)
		case "28P01", "28000": // invalid_password, invalid_authorization_specification
			return "check user and password, and pg_hba.conf on the server"
		case "53300": // too_many_connections
			return "raise max_connections on the server, or stop what holds its connections"
		}
	}
	return fmt.Sprintf("is PostgreSQL running there and reachable? Try: pg_isready --host %s --port %d", c.Host, c.Port)
}

func migrationFailed(dsn string, err error) error {
	switch newer := (*newerError)(nil); {
	case errors.As(err, &newer):
		return failed(dsn, err, "run the newer program again, or go back to the copy you made before the upgrade")
	case IsFull(err):
		return failed(dsn, err, "make room on the disk and start again: nothing was changed by half")
	}
	return failed(dsn, err, "may the program's user create tables there? Is it a database of Parallax alone?")
}
