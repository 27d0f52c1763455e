package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations are numbered across the folders: those in schema hold for both databases,
// those in the folder of a dialect for that one.
//
//go:embed schema
var schema embed.FS

// A newerError says that a newer program has changed the tables.
type newerError struct{ has, knows int64 }

func (e *newerError) Error() string {
	return fmt.Sprintf("its tables are of version %d, but this program knows only %d", e.has, e.knows)
}

// migrate brings the tables up to date. Each migration is one transaction, together
// with the note that it was done.
func (d *DB) migrate(ctx context.Context) error {
	kind := goose.DialectSQLite3
	var options []goose.ProviderOption
	if d.Dialect() == "postgres" {
		kind = goose.DialectPostgres
		// An advisory lock, asked for every second for five minutes.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	files, err := migrations(d.Dialect())
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(kind, d.write, files, append(options,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(d.log),
		// Of changes that were made side by side, one with a lower number may come later.
		goose.WithAllowOutofOrder(true))...)
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if has > knows {
		return &newerError{has, knows}
	}
	results, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	for _, r := range results {
		d.log.DebugContext(ctx, "changed the tables of the database", "version", r.Source.Version, "took", r.Duration)
	}
	if n := len(results); n > 0 {
		d.log.InfoContext(ctx, "tables of the database are up to date", "changes", n, "version", results[n-1].Source.Version)
	}
	return nil
}

// migrateLocked is migrate for SQLite, which cannot lock a session: it holds an
// exclusive transaction on an empty database beside the file meanwhile. The operating
// system ends it with the process. The file stays: to remove it would let a third
// process lock another one of that name.
func (d *DB) migrateLocked(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", sqliteDSN(path+"-migrate"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return fmt.Errorf("wait for another process that changes the tables: %w", err)
	}
	defer func() {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, e)
	}()
	return d.migrate(ctx)
}

// migrations are the files for one dialect, in one flat folder.
func migrations(dialect string) (fs.FS, error) {
	common, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(common, dialect)
	if err != nil {
		return nil, err
	}
	return union{common, own}, nil
}

// A union shows the files of several folders as one.
type union []fs.FS

func (u union) Open(name string) (f fs.File, err error) {
	for _, fsys := range u {
		if f, err = fsys.Open(name); err == nil {
			return f, nil
		}
	}
	return nil, err
}

func (u union) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for _, fsys := range u {
		entries, err := fs.ReadDir(fsys, name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && filepath.Ext(e.Name()) == ".sql" {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}
