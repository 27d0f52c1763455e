package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
)

func TestOpenTwiceAtOnce(t *testing.T) {
	t.Parallel()
	inNewFolder := func(tb testing.TB) string {
		tb.Helper()
		return "sqlite:" + filepath.Join(tb.TempDir(), "new folder?", "a hub#1%.db")
	}
	for _, dsn := range []func(testing.TB) string{inNewFolder, testkit.Postgres} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			dsn := dsn(t)
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					db, err := store.Open(context.Background(), dsn, store.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					if err := errors.Join(db.Ping(context.Background()), db.Close()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		})
	}
}

// A change of the tables that is made beside another may have the lower number and come
// later.
func TestChangesOutOfOrder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hub.db")
	reopen := func() {
		t.Helper()
		db, err := store.Open(t.Context(), file, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	raw, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close() //nolint:errcheck // nothing is written at the end
	for _, q := range []string{`ALTER TABLE feeds DROP COLUMN requested_at`, `DELETE FROM goose_db_version WHERE version_id = 15`} {
		if _, err := raw.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	if _, err := raw.ExecContext(t.Context(), `SELECT requested_at FROM feeds`); err != nil {
		t.Error(err)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		w.place(start, "s", w.publish(start, "aurora", "a", "Strike", "In the harbour."))
		before, err := w.FreshCounts(t.Context(), start)
		w.must(err)
		again := open(t, w.dsn)
		after, err := again.FreshCounts(t.Context(), start)
		w.must(err)
		expect(t, "counts", after, before)
		expect(t, "listed", again.listed(start, "harbour"), "stories 1, articles 1, found 1")
	})
}

// TestOpenErrors holds that errors say what is wrong and what to try, and no password.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("This is not a database. ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := func(dsn, driver string) string {
		db, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		raw, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, `+
			map[string]string{"sqlite": "1", "pgx": "true"}[driver]+`)`); err != nil {
			t.Fatal(err)
		}
		if err := raw.Close(); err != nil {
			t.Fatal(err)
		}
		return dsn
	}
	for _, c := range []struct{ name, dsn, want, hint string }{
		{"a folder", folder, "it is a folder", "name a file in it"},
		{"below a file", filepath.Join(text, "hub.db"), "not a directory", "make the folder"},
		{"not a database", text, "file is not a database", "is it a database of Parallax"},
		{"in memory", ":memory:", "names no file", "sqlite:hub.db"},
		{"nothing", "", "names no file", "sqlite:hub.db"},
		{"another kind", "mysql://root:secret@db/hub", `called "mysql"`, "postgres://"},
		{"newer", newer(filepath.Join(folder, "newer.db"), "sqlite"), "version 99", "newer program"},
		{"no server", "postgres://hub:secret@/hub?host=" + folder, "connect", "pg_isready"},
		{"bad port", "postgres://hub:secret@localhost:port/hub", "", "write postgres://"},
		{"bad escape", "postgres://hub:secret%@localhost/hub", "cannot be read", "write postgres://"},
		{"bad parameter", "postgres://hub@localhost/hub?password=secret&sslmode=perhaps", "sslmode", "write postgres://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkOpenError(t, c.dsn, c.want, c.hint)
		})
	}
	t.Run("postgres newer", func(t *testing.T) {
		t.Parallel()
		checkOpenError(t, newer(testkit.Postgres(t), "pgx"), "version 99", "newer program")
	})
	t.Run("postgres without the database", func(t *testing.T) {
		t.Parallel()
		dsn := strings.Replace(testkit.Postgres(t), "/test", "/nosuch", 1)
		checkOpenError(t, dsn, "does not exist", "createdb")
	})
	t.Run("read only", func(t *testing.T) {
		t.Parallel()
		if os.Geteuid() == 0 {
			t.Skip("skipped, because root may write everywhere")
		}
		locked := filepath.Join(folder, "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		checkOpenError(t, filepath.Join(locked, "hub.db"), "permission denied", "must own the file")
	})
}

func checkOpenError(t *testing.T, dsn, want, hint string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err == nil {
		t.Fatal("opened", db.Close())
	}
	message, gotHint, ok := strings.Cut(err.Error(), "\nhint: ")
	if !ok || !strings.Contains(message, want) || !strings.Contains(gotHint, hint) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error: %v\nwant %q and hint %q", err, want, hint)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{context.Canceled, false},
		{fmt.Errorf("save: %w", &pgconn.PgError{Code: "53100"}), true},
		{&pgconn.PgError{Code: "53300"}, false},
		{fmt.Errorf("write: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), true},
	} {
		expect(t, fmt.Sprint("full: ", c.err), store.IsFull(c.err), c.want)
	}
}

// TestFullSQLite fills a database that may not grow: the fetch that does not fit leaves
// nothing behind, and reading and small writes go on.
func TestFullSQLite(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "hub.db"))
	w.apply(start, source("aurora"))
	w.save(start, "aurora", item("aurora", "a", "before", start))
	w.must(w.LimitPages(t.Context(), 10))
	f := w.feed("aurora")
	f.ETag = "new"
	fetch := &news.Fetch{Feed: f, Document: true, At: start.Add(time.Hour)}
	for i := range 200 {
		fetch.Items = append(fetch.Items, item("aurora", fmt.Sprint(i), strings.Repeat("long ", 2000), start))
	}
	_, err := w.SaveFetch(t.Context(), fetch)
	if !store.IsFull(err) {
		t.Fatalf("full: %v", err)
	}
	counts, err := w.FreshCounts(t.Context(), start)
	w.must(err)
	expect(t, "items", counts.Items, 1)
	expect(t, "etag", w.feed("aurora").ETag, "")
	w.save(start.Add(time.Hour), "aurora") // changes a row
	w.must(w.LimitPages(t.Context(), 1_000_000))
	saved, err := w.SaveFetch(t.Context(), fetch)
	w.must(err)
	expect(t, "saved once there is room", saved.New, 200)
}
