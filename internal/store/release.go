package store

import (
	"context"
	"fmt"
)

// ReleaseFeeds ends the leases of feeds that DueFeeds handed out and nobody polled: whoever
// was stopped gives them back, so that the next run need not wait.
func (d *DB) ReleaseFeeds(ctx context.Context, ids []string) error {
	return d.release(ctx, "feeds", ids)
}

// ReleaseItems ends the leases of items that ClaimItems handed out and nobody extracted.
func (d *DB) ReleaseItems(ctx context.Context, ids []string) error {
	return d.release(ctx, "items", ids)
}

func (d *DB) release(ctx context.Context, table string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	err := d.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE `+table+` SET lease_until = 0 WHERE `+d.dialect.in("id", "$1"), d.dialect.list(ids))
		return err
	})
	if err != nil {
		return fmt.Errorf("give back claimed %s: %w", table, err)
	}
	return nil
}
