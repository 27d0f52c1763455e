package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// BlockedHosts returns the hosts that want no request at now, and until when.
func (d *DB) BlockedHosts(ctx context.Context, now time.Time) (map[string]time.Time, error) {
	type block struct {
		host  string
		until time.Time
	}
	rows, err := d.query(ctx, `SELECT host, blocked_until FROM hosts WHERE blocked_until > $1`, ms(now))
	list, err := collect(rows, err, func(rows *sql.Rows) (b block, err error) {
		err = rows.Scan(&b.host, timeInto{&b.until})
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which hosts are to be left alone: %w", err)
	}
	blocked := make(map[string]time.Time, len(list))
	for _, b := range list {
		blocked[b.host] = b.until
	}
	return blocked, nil
}

// hostsKept is how long it stays known that a host once asked to be left alone.
const hostsKept = 30 * 24 * time.Hour

// BlockHost remembers that a host, with an answer of this status at now, asked to be left
// alone until then. What is known to last longer stays.
func (d *DB) BlockHost(ctx context.Context, host string, until time.Time, status int, now time.Time) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `INSERT INTO hosts (host, blocked_until, status, asked_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (host) DO UPDATE SET blocked_until = excluded.blocked_until, status = excluded.status,
				asked_at = excluded.asked_at WHERE hosts.blocked_until < excluded.blocked_until`,
			host, ms(until), status, ms(now)); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM hosts WHERE blocked_until < $1`, ms(now.Add(-hostsKept)))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember that %s wants to be left alone: %w", host, err)
	}
	return nil
}
