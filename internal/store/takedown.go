package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

const takedownColumns = `k.kind, k.target, k.at, k.why, k.legal, k.authority, k.jurisdiction, k.url, k.purge_at, k.purged`

// A takedownInto scans takedownColumns, of which all may be NULL.
type takedownInto struct {
	news.Takedown
	legal, purged sql.NullInt64
}

func (k *takedownInto) dest() []any {
	t := &k.Takedown
	return []any{
		textInto{&t.Kind},
		textInto{&t.Target},
		timeInto{&t.At},
		textInto{&t.Why},
		&k.legal,
		textInto{&t.By},
		textInto{&t.Jurisdiction},
		textInto{&t.URL},
		timeInto{&t.PurgeAt},
		&k.purged,
	}
}

// takedown returns what was scanned, nil where there was none.
func (k *takedownInto) takedown() *news.Takedown {
	if k.Kind == "" {
		return nil
	}
	t := k.Takedown
	t.Legal, t.Purged = k.legal.Int64 != 0, k.purged.Int64 != 0
	return &t
}

func scanTakedown(rows *sql.Rows) (*news.Takedown, error) {
	var k takedownInto
	err := rows.Scan(k.dest()...)
	return k.takedown(), err
}

// Takedowns returns all takedowns, the last first.
func (d *DB) Takedowns(ctx context.Context) ([]*news.Takedown, error) {
	rows, err := d.query(ctx, `SELECT `+takedownColumns+` FROM takedowns k ORDER BY k.at DESC, k.kind, k.target`)
	all, err := collect(rows, err, scanTakedown)
	if err != nil {
		return nil, fmt.Errorf("read the takedowns: %w", err)
	}
	return all, nil
}

// TakedownOf returns the takedown of an article, else that of its source; nil where there is none.
// Either id may be "".
func (d *DB) TakedownOf(ctx context.Context, articleID, sourceID string) (*news.Takedown, error) {
	rows, err := d.query(ctx, `SELECT `+takedownColumns+` FROM takedowns k
		WHERE k.kind = 'article' AND k.target = $1 OR k.kind = 'source' AND k.target = $2`, articleID, sourceID)
	found, err := collect(rows, err, scanTakedown)
	if err != nil {
		return nil, fmt.Errorf("read the takedown of article %s of %s: %w", articleID, sourceID, err)
	}
	if len(found) == 0 {
		return nil, nil //nolint:nilnil // most are not taken down
	}
	return slices.MinFunc(found, func(a, b *news.Takedown) int { return strings.Compare(a.Kind, b.Kind) }), nil
}

// TakeDown takes an article or a source down at k.At: from then on readers are given nothing of it,
// by whichever process, and it is not imported again. What the text is deleted of, Withdraw does: at
// once where k.PurgeAt has come. Becomes reports whether an item becomes the article; it is not
// asked for a source. Of what was taken down before, k has its say on the reasons, At stays, and the text
// is deleted at the earlier of the two times. It returns news.ErrNotFound where there is no such thing.
func (d *DB) TakeDown(ctx context.Context, k *news.Takedown, becomes func(*news.Item) bool) error {
	err := errors.New("it is neither an article nor a source")
	switch k.Kind {
	case news.TakenArticle:
		err = d.takeArticle(ctx, k, becomes)
	case news.TakenSource:
		err = d.change(ctx, func(t *tx) error { return t.takeSource(ctx, k) })
	}
	if err != nil {
		return fmt.Errorf("take down %s %s: %w", k.Kind, k.Target, err)
	}
	return nil
}

func (d *DB) takeArticle(ctx context.Context, k *news.Takedown, becomes func(*news.Item) bool) error {
	var sourceID string
	rows, err := d.query(ctx, `SELECT source_id FROM articles WHERE id = $1`, k.Target)
	if found, err := one(rows, err, &sourceID); err != nil || !found {
		return errors.Join(err, news.ErrNotFound)
	}
	// Outside of the transaction, for a source may have many; one that comes meanwhile is purged when
	// it turns out to become this article (saveArticle).
	rows, err = d.query(ctx, `SELECT i.id, t.link, t.guid, i.item_key FROM items i JOIN item_contents t ON t.item_id = i.id
		WHERE i.source_id = $1 AND i.purged_at = 0`, sourceID)
	all, err := collect(rows, err, func(rows *sql.Rows) (*news.Item, error) {
		it := &news.Item{SourceID: sourceID}
		return it, rows.Scan(&it.ID, &it.Link, &it.GUID, &it.Key)
	})
	if err != nil {
		return err
	}
	var items []string
	for _, it := range all {
		if becomes(it) {
			items = append(items, it.ID)
		}
	}
	return d.change(ctx, func(t *tx) error {
		if err := t.insertTakedown(ctx, k); err != nil {
			return err
		}
		in, list := t.d.dialect.in, t.d.dialect.list(items)
		var itemID, story string
		rows, err := t.query(ctx, `SELECT item_id, coalesce(story_id, '') FROM articles WHERE id = $1`+t.d.dialect.forUpdate(), k.Target)
		if _, err := one(rows, err, &itemID, &story); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE articles SET purged_at = $2 WHERE id = $1 AND purged_at = 0`, k.Target, -ms(k.At)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE items SET purged_at = $3, lease_until = 0 WHERE purged_at = 0 AND (id = $1 OR `+in("id", "$2")+`)`,
			itemID, list, -ms(k.At)); err != nil {
			return err
		}
		if story == "" {
			return nil
		}
		return t.left(ctx, story, k.At)
	})
}

// left brings a story up to date of which an article was withdrawn: it is compared again, and what
// was found in, or said of, all its articles together is not there any more; it names who spoke.
func (t *tx) left(ctx context.Context, storyID string, now time.Time) error {
	if err := t.forgetGists(ctx, storyID); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM findings WHERE story_id = $1`, storyID); err != nil {
		return err
	}
	if err := t.unrelate(ctx, storyID, true); err != nil {
		return err
	}
	return t.recount(ctx, storyID, now)
}

// insertTakedown keeps k, and sets its At and PurgeAt to those that hold.
func (t *tx) insertTakedown(ctx context.Context, k *news.Takedown) error {
	rows, err := t.query(ctx, `INSERT INTO takedowns (kind, target, at, why, legal, authority, jurisdiction, url, purge_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (kind, target) DO UPDATE SET why = excluded.why, legal = excluded.legal, authority = excluded.authority,
			jurisdiction = excluded.jurisdiction, url = excluded.url,
			purge_at = CASE WHEN excluded.purge_at < takedowns.purge_at THEN excluded.purge_at ELSE takedowns.purge_at END
		RETURNING at, purge_at`,
		k.Kind, k.Target, ms(k.At), k.Why, flag(k.Legal), k.By, k.Jurisdiction, k.URL, ms(k.PurgeAt))
	_, err = one(rows, err, timeInto{&k.At}, timeInto{&k.PurgeAt})
	return err
}

func (t *tx) takeSource(ctx context.Context, k *news.Takedown) error {
	if err := t.insertTakedown(ctx, k); err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE sources SET taken_at = $2, purge_at = $3, carried_until = CASE WHEN carried_until < $2 THEN carried_until ELSE $2 END
		WHERE id = $1`, k.Target, ms(k.At), ms(k.PurgeAt))
	if err != nil {
		return err
	}
	if n == 0 {
		return news.ErrNotFound
	}
	return nil
}

// UndoTakedown lets readers have an article or a source again. Of an article whose text was deleted
// it returns news.ErrPurged; of a source what was deleted stays so, and what it publishes from now on is
// carried on the terms of the configuration. It returns news.ErrNotFound where nothing was taken down.
func (d *DB) UndoTakedown(ctx context.Context, kind, target string, now time.Time) error {
	err := d.change(ctx, func(t *tx) error {
		var purged int
		var at int64
		rows, err := t.query(ctx, `SELECT at, purged FROM takedowns WHERE kind = $1 AND target = $2`+t.d.dialect.forUpdate(), kind, target)
		switch found, err := one(rows, err, &at, &purged); {
		case err != nil:
			return err
		case !found:
			return news.ErrNotFound
		case kind == news.TakenArticle && purged != 0:
			return news.ErrPurged
		}
		undo := t.undoArticle
		if kind == news.TakenSource {
			undo = t.undoSource
		}
		if err := undo(ctx, target, at, now); err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM takedowns WHERE kind = $1 AND target = $2`, kind, target)
		return err
	})
	if err != nil {
		return fmt.Errorf("undo the takedown of %s %s: %w", kind, target, err)
	}
	return nil
}

func (t *tx) undoArticle(ctx context.Context, id string, at int64, now time.Time) error {
	var source, story string
	rows, err := t.query(ctx, `UPDATE articles SET purged_at = 0 WHERE id = $1 AND purged_at < 0 RETURNING source_id, coalesce(story_id, '')`, id)
	found, err := one(rows, err, &source, &story)
	if err != nil {
		return err
	}
	if !found {
		return news.ErrPurged // with its source, or because its keep had ended
	}
	if _, err := t.exec(ctx, `UPDATE items SET purged_at = 0 WHERE source_id = $1 AND purged_at = $2`, source, -at); err != nil || story == "" {
		return err
	}
	return t.left(ctx, story, now)
}

func (t *tx) undoSource(ctx context.Context, id string, _ int64, _ time.Time) error {
	declared := new(news.Source)
	rows, err := t.query(ctx, `SELECT body FROM sources WHERE id = $1`, id)
	if found, err := one(rows, err, jsonInto{declared}); err != nil || !found {
		return err
	}
	_, until, _ := terms(declared.Carriage)
	_, err = t.exec(ctx, `UPDATE sources SET taken_at = 0, purge_at = $3, carried_until = $2 WHERE id = $1`, id, until, forever)
	return err
}

// purgeTaken deletes the text of the articles whose takedown is due, and returns of how many.
func (d *DB) purgeTaken(ctx context.Context, now time.Time) (n int, err error) {
	type due struct {
		id, source string
		at         int64
	}
	err = d.change(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT k.target, a.source_id, k.at FROM takedowns k JOIN articles a ON a.id = k.target
			WHERE k.kind = 'article' AND k.purged = 0 AND k.purge_at <= $1 LIMIT $2`, ms(now), purgeBatch)
		all, err := collect(rows, err, func(rows *sql.Rows) (k due, err error) {
			return k, rows.Scan(&k.id, &k.source, &k.at)
		})
		if n = len(all); err != nil || n == 0 {
			return err
		}
		ids := make([]string, n)
		for i, k := range all {
			ids[i] = k.id
			rows, err := t.query(ctx, `SELECT id FROM items WHERE source_id = $1 AND purged_at = $2`, k.source, -k.at)
			items, err := collect(rows, err, scanString)
			if err != nil {
				return err
			}
			if err := t.emptyItems(ctx, items, now); err != nil {
				return err
			}
		}
		if err := t.emptyArticles(ctx, ids, now); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE takedowns SET purged = 1 WHERE kind = 'article' AND `+t.d.dialect.in("target", "$1"), t.d.dialect.list(ids))
		return err
	})
	return n, err
}

// Reached says what a takedown reaches.
type Reached struct {
	Articles, Stories int // that readers have now
	Feeds             int // of the source, that are read
	// Copies are other articles whose text is that of the article, or of which it is a copy.
	Copies []string
}

// Reach says what a takedown of an article or a source would reach.
func (d *DB) Reach(ctx context.Context, kind, target string, now time.Time) (r Reached, err error) {
	clause := `a.source_id = $2`
	if kind == news.TakenArticle {
		clause = `a.id = $2`
	}
	rows, err := d.query(ctx, `SELECT count(*), count(DISTINCT a.story_id) FROM articles a JOIN sources c ON c.id = a.source_id
		WHERE `+carried("a", "$1")+` AND `+clause, ms(now), target)
	if _, err := one(rows, err, &r.Articles, &r.Stories); err != nil {
		return r, fmt.Errorf("count what is taken down with %s: %w", target, err)
	}
	if kind == news.TakenSource {
		rows, err = d.query(ctx, `SELECT count(*) FROM feeds WHERE source_id = $1 AND retired_at = 0`, target)
		if _, err := one(rows, err, &r.Feeds); err != nil {
			return r, fmt.Errorf("count the feeds of %s: %w", target, err)
		}
		return r, nil
	}
	rows, err = d.query(ctx, `SELECT wire_root FROM articles WHERE id = $1`, target)
	root := ""
	if _, err := one(rows, err, &root); err != nil {
		return r, fmt.Errorf("look for copies of %s: %w", target, err)
	}
	rows, err = d.query(ctx, `SELECT id FROM articles WHERE purged_at = 0 AND id <> $1
		AND (wire_root <> '' AND wire_root IN ($1, $2) OR id = $2)`, target, root)
	if r.Copies, err = collect(rows, err, scanString); err != nil {
		return r, fmt.Errorf("look for copies of %s: %w", target, err)
	}
	slices.Sort(r.Copies)
	return r, nil
}
