package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

const (
	// shinglesFor is how long shingles are kept after their article was first seen: as long
	// as another can be its copy, and as much again for those that wait for their page, or that a
	// hub which was down takes up late.
	shinglesFor = 6 * 24 * time.Hour
	// maxForgotten is how many articles' shingles one call of Withdraw deletes; it is called often,
	// and 20,000 articles take a second.
	maxForgotten = 20_000
	// similarLimit bounds the candidates for one text: of a text that stands in more outlets,
	// the rest have the same root, which is among the first.
	similarLimit = 64
)

// saveShingles makes an article known by its shingles, and no longer by those of before.
// It takes indexShingles for it to be found.
func (t *tx) saveShingles(ctx context.Context, a *news.Article, seen int64, fresh bool) error {
	if !fresh {
		if err := t.forgetShingles(ctx, []string{a.ID}); err != nil {
			return err
		}
	}
	if len(a.Shingles) == 0 {
		return nil
	}
	t.shingled = append(t.shingled, a.ID)
	_, err := t.exec(ctx, `INSERT INTO shingled (article_id, first_seen, hashes) VALUES ($1, $2, $3)`, a.ID, seen, js(a.Shingles))
	return err
}

// indexShingles makes all articles whose shingles the transaction saved found by them: together
// and in the order of the index that costs half of what it does one by one.
func (t *tx) indexShingles(ctx context.Context) error {
	if len(t.shingled) == 0 {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO shingles (hash, n) SELECT CAST(h.value AS INTEGER), t.n FROM shingled t CROSS JOIN `+t.d.dialect.elements("t.hashes", "h")+`
		WHERE `+t.d.dialect.in("t.article_id", "$1")+` ORDER BY 1 ON CONFLICT (hash, n) DO NOTHING`, t.d.dialect.list(t.shingled))
	return err
}

func (t *tx) forgetShingles(ctx context.Context, articleIDs []string) error {
	type known struct {
		n      int64
		hashes []int32
	}
	rows, err := t.query(ctx, `DELETE FROM shingled WHERE `+t.d.dialect.in("article_id", "$1")+` RETURNING n, hashes`, t.d.dialect.list(articleIDs))
	all, err := collect(rows, err, func(rows *sql.Rows) (k known, err error) {
		err = rows.Scan(&k.n, jsonInto{&k.hashes})
		return k, err
	})
	if err != nil {
		return err
	}
	for _, k := range all {
		// By their hashes, so that no index of n is kept for it.
		if _, err := t.exec(ctx, `DELETE FROM shingles WHERE n = $1 AND `+t.d.dialect.in("hash", "$2"), k.n, t.d.dialect.numbers(k.hashes)); err != nil {
			return err
		}
	}
	return nil
}

// pruneShingles deletes the shingles of articles that are too old to have copies: from the
// first that were saved, to one that is not.
func (d *DB) pruneShingles(ctx context.Context, now time.Time) error {
	for range maxForgotten / purgeBatch {
		n := 0
		err := d.keepBooks(ctx, func(t *tx) error {
			rows, err := t.query(ctx, `SELECT article_id FROM (SELECT article_id, first_seen FROM shingled WHERE n > 0 ORDER BY n LIMIT $2) AS oldest
				WHERE first_seen < $1`, ms(now.Add(-shinglesFor)), purgeBatch)
			ids, err := collect(rows, err, scanString)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			return t.forgetShingles(ctx, ids)
		})
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// Similar returns articles of other sources, first seen from one time to another, that have
// some of the shingles: first those that are no copies, of these and of the others first those
// that share most, then the earlier. Of them are only
// read what orders them, their roots and their shingles.
func (d *DB) Similar(ctx context.Context, shingles []int32, sourceID string, from, to time.Time) ([]*news.Article, error) {
	if len(shingles) == 0 {
		return nil, nil // too short to have copies
	}
	rows, err := d.query(ctx, `SELECT a.id, a.source_id, a.published, a.first_seen, a.revision, a.wire_root, t.hashes
		FROM (SELECT n, count(*) AS shared FROM shingles WHERE `+d.dialect.in("hash", "$1")+` GROUP BY n) m
		JOIN shingled t ON t.n = m.n JOIN articles a ON a.id = t.article_id
		WHERE t.first_seen >= $2 AND t.first_seen <= $3 AND a.source_id <> $4 AND a.purged_at = 0
		ORDER BY CASE WHEN a.wire_root = '' THEN 0 ELSE 1 END, m.shared DESC, t.first_seen, a.id LIMIT $5`,
		d.dialect.numbers(shingles), ms(from), ms(to), sourceID, similarLimit)
	all, err := collect(rows, err, func(rows *sql.Rows) (*news.Article, error) {
		a := new(news.Article)
		err := rows.Scan(&a.ID, &a.SourceID, timeInto{&a.Published}, timeInto{&a.FirstSeen}, &a.Revision, &a.WireRoot, jsonInto{&a.Shingles})
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for copies: %w", err)
	}
	return all, nil
}
