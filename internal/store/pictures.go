package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"time"

	"parallax/internal/news"
)

const pictureColumns = `p.id, p.source_id, p.url, p.type, p.width, p.height, p.fetched_at, p.due, p.failures, p.last_error`

func scanPicture(rows *sql.Rows) (*news.Picture, error) {
	p := new(news.Picture)
	err := rows.Scan(&p.ID, &p.SourceID, &p.URL, &p.Type, &p.Width, &p.Height, timeInto{&p.Fetched}, timeInto{&p.Due}, &p.Failures, &p.LastError)
	return p, err
}

// illustrate keeps which pictures an article has; those that the hub knows nothing of are due now.
func (t *tx) illustrate(ctx context.Context, a *news.Article, now time.Time) error {
	for _, url := range a.Pictures {
		id := news.ID("picture", a.SourceID, url)
		if _, err := t.exec(ctx, `INSERT INTO pictures (id, source_id, url, due) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
			id, a.SourceID, url, ms(now)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO article_pictures (article_id, picture_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, a.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// DuePictures returns at most limit pictures that are to be asked for at now, of outlets that are
// carried, those that have waited longest first.
func (d *DB) DuePictures(ctx context.Context, now time.Time, limit int) ([]*news.Picture, error) {
	rows, err := d.query(ctx, `SELECT `+pictureColumns+` FROM pictures p JOIN sources c ON c.id = p.source_id
		WHERE p.due > 0 AND p.due <= $1 AND `+sourceCarried("$1")+` ORDER BY p.due, p.id LIMIT $2`, ms(now), limit)
	due, err := collect(rows, err, scanPicture)
	if err != nil {
		return nil, fmt.Errorf("read which pictures are due: %w", err)
	}
	return due, nil
}

// SavePicture keeps a picture, and when it is due again.
func (d *DB) SavePicture(ctx context.Context, p *news.Picture) error {
	err := d.change(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE pictures SET type = $2, width = $3, height = $4, bytes = $5, fetched_at = $6, due = $7, failures = $8, last_error = $9
			WHERE id = $1`, p.ID, p.Type, p.Width, p.Height, len(p.Data), ms(p.Fetched), ms(p.Due), p.Failures, p.LastError)
		if err != nil || n == 0 || len(p.Data) == 0 {
			return err // n is 0 where its article was withdrawn meanwhile
		}
		_, err = t.exec(ctx, `INSERT INTO picture_data (picture_id, data) VALUES ($1, $2) ON CONFLICT (picture_id) DO UPDATE SET data = excluded.data`,
			p.ID, base64.StdEncoding.EncodeToString(p.Data))
		return err
	})
	if err != nil {
		return fmt.Errorf("save the picture %s: %w", p.URL, err)
	}
	return nil
}

// Pictures returns the pictures that the hub has of those in an article, without their data.
func (d *DB) Pictures(ctx context.Context, articleID string) ([]*news.Picture, error) {
	rows, err := d.query(ctx, `SELECT `+pictureColumns+` FROM article_pictures ap JOIN pictures p ON p.id = ap.picture_id
		WHERE ap.article_id = $1 AND p.type <> '' ORDER BY p.id`, articleID)
	all, err := collect(rows, err, scanPicture)
	if err != nil {
		return nil, fmt.Errorf("read the pictures of article %s: %w", articleID, err)
	}
	return all, nil
}

// Picture returns one picture with its data, if some article that is carried at now has it.
func (d *DB) Picture(ctx context.Context, id string, now time.Time) (*news.Picture, error) {
	rows, err := d.query(ctx, `SELECT `+pictureColumns+` FROM pictures p WHERE p.id = $1 AND p.type <> ''
		AND EXISTS (SELECT 1 FROM article_pictures ap JOIN articles a ON a.id = ap.article_id JOIN sources c ON c.id = a.source_id
			WHERE ap.picture_id = p.id AND `+carried("a", "$2")+`)`, id, ms(now))
	found, err := collect(rows, err, scanPicture)
	p, err := only(found, err, "picture", id)
	if err != nil {
		return nil, err
	}
	rows, err = d.query(ctx, `SELECT data FROM picture_data WHERE picture_id = $1`, id)
	if _, err := one(rows, err, bytesInto{&p.Data}); err != nil {
		return nil, fmt.Errorf("read the picture %s: %w", id, err)
	}
	return p, nil
}

// emptyPictures deletes the pictures of articles, a list of ids, that no other article has.
func (t *tx) emptyPictures(ctx context.Context, list any) error {
	in := t.d.dialect.in
	rows, err := t.query(ctx, `DELETE FROM article_pictures WHERE `+in("article_id", "$1")+` RETURNING picture_id`, list)
	pictures, err := collect(rows, err, scanString)
	if err != nil || len(pictures) == 0 {
		return err
	}
	for _, row := range [][2]string{{"picture_data", "picture_id"}, {"pictures", "id"}} {
		if _, err := t.exec(ctx, `DELETE FROM `+row[0]+` WHERE `+in(row[1], "$1")+`
			AND NOT EXISTS (SELECT 1 FROM article_pictures ap WHERE ap.picture_id = `+row[0]+`.`+row[1]+`)`,
			t.d.dialect.list(pictures)); err != nil {
			return err
		}
	}
	return nil
}

// ForgetPictures deletes the pictures that no article has any more, as those of articles that were
// withdrawn, and the data of those that were made at or before old, and of the oldest where all
// take more than most bytes. It goes through all pictures: once an hour is often enough, for
// what no carried article has is not shown anyway.
func (d *DB) ForgetPictures(ctx context.Context, old time.Time, most int64) error {
	if err := d.forgetPictures(ctx, true, `NOT EXISTS (SELECT 1 FROM article_pictures ap WHERE ap.picture_id = p.id)`); err != nil {
		return fmt.Errorf("delete pictures that nothing shows any more: %w", err)
	}
	// Of the newest that fit, the first that does not marks where to cut.
	var after int64
	rows, err := d.query(ctx, `SELECT coalesce(max(fetched_at), 0) FROM (SELECT fetched_at,
		sum(bytes) OVER (ORDER BY fetched_at DESC, id) AS sofar FROM pictures WHERE bytes > 0) AS kept WHERE sofar > $1`, most)
	if _, err := one(rows, err, &after); err != nil {
		return fmt.Errorf("count the pictures: %w", err)
	}
	if err := d.forgetPictures(ctx, false, `p.bytes > 0 AND p.fetched_at <= $1`, max(after, ms(old))); err != nil {
		return fmt.Errorf("delete the oldest pictures: %w", err)
	}
	return nil
}

// forgetPictures deletes the data of pictures, or the whole of them, in batches.
func (d *DB) forgetPictures(ctx context.Context, whole bool, which string, args ...any) error {
	for n := purgeBatch; n == purgeBatch; {
		if err := d.change(ctx, func(t *tx) error {
			rows, err := t.query(ctx, `SELECT p.id FROM pictures p WHERE `+which+fmt.Sprintf(" LIMIT %d", purgeBatch), args...)
			ids, err := collect(rows, err, scanString)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			list, in := d.dialect.list(ids), d.dialect.in
			if _, err := t.exec(ctx, `DELETE FROM picture_data WHERE `+in("picture_id", "$1"), list); err != nil {
				return err
			}
			query := `UPDATE pictures SET type = '', bytes = 0, due = 0 WHERE `
			if whole {
				query = `DELETE FROM pictures WHERE `
			}
			_, err = t.exec(ctx, query+in("id", "$1"), list)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
