package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

// reachesKept is how many changes of a feed's reach are remembered: of one that changes
// every hour four days, of others years.
const reachesKept = 100

// saveReach keeps that f changed how its feed can be reached, if it did.
func (t *tx) saveReach(ctx context.Context, f *news.Fetch) error {
	s := f.Feed
	if !s.ReachSince.Equal(f.At) {
		return nil
	}
	if _, err := t.exec(ctx, `INSERT INTO reaches (feed_id, at, reach, blocking) VALUES ($1, $2, $3, $4)
		ON CONFLICT (feed_id, at) DO UPDATE SET reach = excluded.reach, blocking = excluded.blocking`,
		s.ID, ms(f.At), string(s.Reach), s.Blocking); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM reaches WHERE feed_id = $1 AND at < (
		SELECT min(at) FROM (SELECT at FROM reaches WHERE feed_id = $1 ORDER BY at DESC LIMIT $2) kept)`, s.ID, reachesKept)
	return err
}

// ReachChanges returns how a feed could be reached since then, the earliest first. The
// first may lie before: it tells how it was at that time.
func (d *DB) ReachChanges(ctx context.Context, feedID string, since time.Time) ([]news.ReachChange, error) {
	rows, err := d.query(ctx, `SELECT at, reach, blocking FROM reaches WHERE feed_id = $1 AND at >= (
			SELECT coalesce(max(at), 0) FROM reaches WHERE feed_id = $1 AND at <= $2)
		ORDER BY at`, feedID, ms(since))
	list, err := collect(rows, err, func(rows *sql.Rows) (c news.ReachChange, err error) {
		err = rows.Scan(timeInto{&c.At}, &c.Reach, &c.Blocking)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read how feed %s could be reached: %w", feedID, err)
	}
	return list, nil
}
