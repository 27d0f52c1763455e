package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"time"

	"parallax/internal/news"
)

// DueIcons returns the icons of at most limit outlets that are to be asked for at now: of
// outlets that are carried and of which some feed was read.
func (d *DB) DueIcons(ctx context.Context, now time.Time, limit int) ([]*news.Icon, error) {
	rows, err := d.query(ctx, `SELECT c.id, c.body, coalesce(i.url, ''), coalesce(i.etag, ''), coalesce(i.last_modified, ''),
			coalesce(i.validated, ''), coalesce(i.small, ''), coalesce(i.large, ''), coalesce(i.due, 0), coalesce(i.failures, 0),
			coalesce(i.last_error, ''), (SELECT max(f.icon) FROM feeds f WHERE f.source_id = c.id AND f.retired_at = 0)
		FROM sources c LEFT JOIN icons i ON i.source_id = c.id
		WHERE c.retired_at = 0 AND `+sourceCarried("$1")+` AND coalesce(i.due, 0) <= $1
			AND EXISTS (SELECT 1 FROM feeds f WHERE f.source_id = c.id AND f.retired_at = 0 AND f.last_good > 0)
		ORDER BY coalesce(i.due, 0), c.id LIMIT $2`, ms(now), limit)
	due, err := collect(rows, err, func(rows *sql.Rows) (*news.Icon, error) {
		i := new(news.Icon)
		var source struct {
			Home   string   `json:"home"`
			Routes []string `json:"routes"`
		}
		err := rows.Scan(&i.SourceID, jsonInto{&source}, &i.URL, &i.ETag, &i.LastModified, &i.Validated,
			bytesInto{&i.Small}, bytesInto{&i.Large}, timeInto{&i.Due}, &i.Failures, &i.LastError, textInto{&i.Named})
		i.Home, i.Routes = source.Home, source.Routes
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which icons are due: %w", err)
	}
	return due, nil
}

// SaveIcon keeps an icon, and when it is due again.
func (d *DB) SaveIcon(ctx context.Context, i *news.Icon) error {
	err := d.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO icons (source_id, url, etag, last_modified, validated, small, large, due, failures, last_error)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (source_id) DO UPDATE SET url = excluded.url, etag = excluded.etag, last_modified = excluded.last_modified,
				validated = excluded.validated, small = excluded.small, large = excluded.large, due = excluded.due,
				failures = excluded.failures, last_error = excluded.last_error`,
			i.SourceID, i.URL, i.ETag, i.LastModified, i.Validated,
			base64.StdEncoding.EncodeToString(i.Small), base64.StdEncoding.EncodeToString(i.Large), ms(i.Due), i.Failures, i.LastError)
		return err
	})
	if err != nil {
		return fmt.Errorf("save the icon of %s: %w", i.SourceID, err)
	}
	return nil
}

// Icon returns the icon of an outlet as PNG, the large one or the small one; nil where there
// is none.
func (d *DB) Icon(ctx context.Context, sourceID string, large bool) ([]byte, error) {
	column := "small"
	if large {
		column = "large"
	}
	var png []byte
	rows, err := d.query(ctx, `SELECT `+column+` FROM icons WHERE source_id = $1`, sourceID)
	if _, err := one(rows, err, bytesInto{&png}); err != nil {
		return nil, fmt.Errorf("read the icon of %s: %w", sourceID, err)
	}
	return png, nil
}

// A bytesInto scans base64 into bytes, none into nil.
type bytesInto struct{ b *[]byte }

func (s bytesInto) Scan(v any) error {
	var text string
	if err := (textInto{&text}).Scan(v); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if *s.b = raw; len(raw) == 0 {
		*s.b = nil
	}
	return err
}
