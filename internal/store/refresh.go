package store

import (
	"context"
	"fmt"
	"time"

	"parallax/internal/news"
)

// Refresh makes feeds due at now: those whose URL, or whose source's id, is among names,
// or all of them where names is empty. What a host asked for (Retry-After) holds all the
// same, and the direct way is tried first, for somebody may know that it works again. It
// returns their ids; a name that is neither is news.ErrNotFound.
func (d *DB) Refresh(ctx context.Context, names []string, now time.Time) ([]string, error) {
	var ids []string
	err := d.keepBooks(ctx, func(t *tx) error {
		query := `UPDATE feeds SET due = $1, requested_at = $1, probed = 0, due_why = 'it was asked for by hand' WHERE retired_at = 0 AND source_id IN
			(SELECT c.id FROM sources c WHERE c.retired_at = 0 AND ` + sourceCarried("$1") + `)`
		args := []any{ms(now)}
		if len(names) > 0 {
			for _, name := range names {
				rows, err := t.query(ctx, `SELECT count(*) FROM feeds WHERE retired_at = 0 AND (url = $1 OR source_id = $1)`, name)
				var n int
				if _, err := one(rows, err, &n); err != nil {
					return err
				}
				if n == 0 {
					return fmt.Errorf("%s: %w", name, news.ErrNotFound)
				}
			}
			query += ` AND (` + d.dialect.in("url", "$2") + ` OR ` + d.dialect.in("source_id", "$2") + `)`
			args = append(args, d.dialect.list(names))
		}
		rows, err := t.query(ctx, query+` RETURNING id`, args...)
		ids, err = collect(rows, err, scanString)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make feeds due: %w", err)
	}
	return ids, nil
}

// Requested counts the feeds, those of ids or all where it is empty, that Refresh made due
// and that have not been polled since: those that wait, and those that are being polled.
func (d *DB) Requested(ctx context.Context, ids []string, now time.Time) (n int, err error) {
	query := `SELECT count(*) FROM feeds f JOIN sources c ON c.id = f.source_id
		WHERE f.retired_at = 0 AND f.requested_at > 0 AND f.due <= $1 AND c.retired_at = 0 AND ` + sourceCarried("$1")
	args := []any{ms(now)}
	if len(ids) > 0 {
		query += ` AND ` + d.dialect.in("f.id", "$2")
		args = append(args, d.dialect.list(ids))
	}
	rows, err := d.query(ctx, query, args...)
	if _, err := one(rows, err, &n); err != nil {
		return 0, fmt.Errorf("count the feeds that were asked for: %w", err)
	}
	return n, nil
}

// InHand counts the feeds that are due at now and claimed: by another process, or by one
// that was killed.
func (d *DB) InHand(ctx context.Context, now time.Time) (n int, err error) {
	rows, err := d.query(ctx, `SELECT count(*) FROM feeds WHERE retired_at = 0 AND due <= $1 AND lease_until > $1`, ms(now))
	if _, err := one(rows, err, &n); err != nil {
		return 0, fmt.Errorf("count the feeds that are claimed: %w", err)
	}
	return n, nil
}
