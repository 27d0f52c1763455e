package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// LimitPages lets the SQLite file grow by only so many pages.
func (d *DB) LimitPages(ctx context.Context, more int) error {
	var pages int
	if err := d.write.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	var limit int
	return d.write.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages+more)).Scan(&limit)
}

// Queries are the texts of all queries that ran, on SQLite.
func (d *DB) Queries() []string {
	var all []string
	d.reads.Range(func(q, _ any) bool { all = append(all, q.(string)); return true })
	d.writes.Range(func(q, _ any) bool { all = append(all, q.(string)); return true })
	return all
}

// Plan says how SQLite runs a query.
func (d *DB) Plan(ctx context.Context, query string) ([]string, error) {
	args := make([]any, 0, 20)
	for n := 1; strings.Contains(query, fmt.Sprintf("$%d", n)); n++ {
		args = append(args, 1)
	}
	rows, err := d.write.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	return collect(rows, err, func(rows *sql.Rows) (detail string, err error) {
		var id, parent, unused int
		err = rows.Scan(&id, &parent, &unused, &detail)
		return detail, err
	})
}

// Checkpoint writes the whole write-ahead log of SQLite into the file.
func (d *DB) Checkpoint(ctx context.Context) error {
	var busy, log, done int
	if err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("checkpoint: busy, %d of %d pages", done, log)
	}
	return nil
}

// PageSize is that of the SQLite file.
func (d *DB) PageSize(ctx context.Context) (n int, mode string, err error) {
	if err := d.read.QueryRowContext(ctx, "PRAGMA page_size").Scan(&n); err != nil {
		return 0, "", err
	}
	return n, mode, d.read.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
}

// Break changes outlets in a transaction that fails with why.
func (d *DB) Break(ctx context.Context, why error) error {
	return d.change(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `UPDATE sources SET body = body`); err != nil {
			return err
		}
		return why
	})
}

// Return changes rows by a query that returns them, and in no other way.
func (d *DB) Return(ctx context.Context) error {
	return d.change(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `UPDATE sources SET body = body RETURNING id`)
		_, err = collect(rows, err, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
		return err
	})
}

// Count returns the number that a query finds.
func (d *DB) Count(ctx context.Context, query string, args ...any) (n int, err error) {
	return n, d.write.QueryRowContext(ctx, query, args...).Scan(&n)
}
