package store

import (
	"context"
	"fmt"
	"time"

	"parallax/internal/news"
)

// ReleaseFeeds ends the leases of feeds that DueFeeds handed out and nobody polled: whoever
// was stopped gives them back, so that the next run need not wait. What somebody else has
// claimed since, because its lease was over, stays that one's.
func (d *DB) ReleaseFeeds(ctx context.Context, feeds []*news.Feed) error {
	of := map[time.Time][]string{}
	for _, f := range feeds {
		of[f.Lease] = append(of[f.Lease], f.ID)
	}
	return d.release(ctx, "feeds", of)
}

// ReleaseItems does so with items that ClaimItems handed out and nobody extracted.
func (d *DB) ReleaseItems(ctx context.Context, items []*news.Item) error {
	of := map[time.Time][]string{}
	for _, it := range items {
		of[it.Lease] = append(of[it.Lease], it.ID)
	}
	return d.release(ctx, "items", of)
}

// release ends leases: of those that were claimed together at once.
func (d *DB) release(ctx context.Context, table string, of map[time.Time][]string) error {
	if len(of) == 0 {
		return nil
	}
	err := d.keepBooks(ctx, func(t *tx) error {
		for lease, ids := range of {
			if _, err := t.exec(ctx, `UPDATE `+table+` SET lease_until = 0 WHERE lease_until = $2 AND `+d.dialect.in("id", "$1"),
				d.dialect.list(ids), ms(lease)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give back claimed %s: %w", table, err)
	}
	return nil
}
