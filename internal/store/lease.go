package store

import (
	"context"
	"fmt"
	"time"
)

// Lease makes holder the one who may do what name names, until now + lasts, and
// reports whether it is. It is not while another's lease runs; one's own is prolonged.
func (d *DB) Lease(ctx context.Context, name, holder string, now time.Time, lasts time.Duration) (bool, error) {
	var mine bool
	err := d.keepBooks(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `
			INSERT INTO leases (name, holder, lease_until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
			WHERE leases.holder = excluded.holder OR leases.lease_until <= $4`,
			name, holder, ms(now.Add(lasts)), ms(now))
		mine = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return mine, nil
}

// Release ends holder's lease early, if it still is holder's.
func (d *DB) Release(ctx context.Context, name, holder string) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, name, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("release %s: %w", name, err)
	}
	return nil
}
