package store

import (
	"context"
	"fmt"
)

// factPushes is the fact that the hub takes pushes.
const factPushes = "takes pushes"

// TakePushes says whether the hub takes pushes from now on. If it did not before, every feed
// is read whole once more, for one that has not changed since is not known to name a WebSub
// hub. If it does not any more, subscriptions are forgotten: what is pushed all the same is
// refused, and their leases end.
func (d *DB) TakePushes(ctx context.Context, takes bool) error {
	if !takes {
		if err := d.ForgetSubscriptions(ctx); err != nil {
			return err
		}
	}
	var did string
	rows, err := d.query(ctx, `SELECT value FROM facts WHERE name = $1`, factPushes)
	if _, err = one(rows, err, &did); err == nil && (did != "") != takes {
		err = d.keepBooks(ctx, func(t *tx) error {
			if !takes {
				_, err := t.exec(ctx, `DELETE FROM facts WHERE name = $1`, factPushes)
				return err
			}
			if _, err := t.exec(ctx, `INSERT INTO facts (name, value) VALUES ($1, 'yes') ON CONFLICT (name) DO NOTHING`, factPushes); err != nil {
				return err
			}
			_, err := t.exec(ctx, `UPDATE feeds SET etag = '', last_modified = '', body_hash = ''`)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("remember whether pushes are taken: %w", err)
	}
	return nil
}
