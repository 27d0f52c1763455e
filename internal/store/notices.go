package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

// DueNotices returns the notices of at most limit outlets that are to be read at now: of outlets
// that are carried and of which some feed was read.
func (d *DB) DueNotices(ctx context.Context, now time.Time, limit int) ([]*news.Notice, error) {
	rows, err := d.query(ctx, `SELECT c.id, c.body, coalesce(n.terms, ''), coalesce(n.due, 0), coalesce(n.failures, 0)
		FROM sources c LEFT JOIN notices n ON n.source_id = c.id
		WHERE c.retired_at = 0 AND `+sourceCarried("$1")+` AND coalesce(n.due, 0) <= $1
			AND EXISTS (SELECT 1 FROM feeds f WHERE f.source_id = c.id AND f.retired_at = 0 AND f.last_good > 0)
		ORDER BY coalesce(n.due, 0), c.id LIMIT $2`, ms(now), limit)
	due, err := collect(rows, err, func(rows *sql.Rows) (*news.Notice, error) {
		n := new(news.Notice)
		var source struct {
			Home   string   `json:"home"`
			Routes []string `json:"routes"`
		}
		err := rows.Scan(&n.SourceID, jsonInto{&source}, jsonInto{&n.Terms}, timeInto{&n.Due}, &n.Failures)
		n.Home, n.Routes = source.Home, source.Routes
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which notices are due: %w", err)
	}
	return due, nil
}

// SaveNotice keeps a notice, and when it is due again.
func (d *DB) SaveNotice(ctx context.Context, n *news.Notice) error {
	err := d.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO notices (source_id, terms, due, failures) VALUES ($1, $2, $3, $4)
			ON CONFLICT (source_id) DO UPDATE SET terms = excluded.terms, due = excluded.due, failures = excluded.failures`,
			n.SourceID, termsText(n.Terms), ms(n.Due), n.Failures)
		return err
	})
	if err != nil {
		return fmt.Errorf("save the notice of %s: %w", n.SourceID, err)
	}
	return nil
}

// Notice returns what the files of an outlet's site say of the use of its work.
func (d *DB) Notice(ctx context.Context, sourceID string) ([]news.Term, error) {
	var terms []news.Term
	rows, err := d.query(ctx, `SELECT terms FROM notices WHERE source_id = $1`, sourceID)
	if _, err := one(rows, err, jsonInto{&terms}); err != nil {
		return nil, fmt.Errorf("read the notice of %s: %w", sourceID, err)
	}
	return terms, nil
}
