package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parallax/internal/news"
)

// outdated reports whether what a copy says of an item is not to be taken for its next
// version: the copy is not one that revises, or it says what the item said earlier, as
// copies do that lag behind.
func (t *tx) outdated(ctx context.Context, it *news.Item, k known) (bool, error) {
	if !it.Via.Revises(timeOf(k.seen)) {
		return true, nil
	}
	rows, err := t.query(ctx, `SELECT 1 FROM item_revisions WHERE item_id = $1 AND hash = $2 LIMIT 1`, it.ID, it.Hash)
	return one(rows, err, new(int))
}

// A comparison counts what the outlet's own document says of items that were read from
// copies before, by the copy's route.
type comparison map[string]*tally

type tally struct {
	same, different int
	last            string // item that differs
}

func (c comparison) count(route, item string, same bool) {
	k := c[route]
	if k == nil {
		k = new(tally)
		c[route] = k
	}
	if same {
		k.same++
	} else {
		k.different, k.last = k.different+1, item
	}
}

// agrees reports whether what the outlet says of an item in other words than the copy is
// no contradiction: another hub gives an excerpt of what the outlet says, under the same
// headline and address.
func (t *tx) agrees(ctx context.Context, it *news.Item, k known) (bool, error) {
	if !strings.HasPrefix(k.via, "peer:") {
		return false, nil
	}
	var title, link string
	rows, err := t.query(ctx, `SELECT title, link FROM item_contents WHERE item_id = $1`, it.ID)
	_, err = one(rows, err, &title, &link)
	return title == it.Title && link == it.Link, err
}

// saveComparison keeps what was counted.
func (t *tx) saveComparison(ctx context.Context, f *news.Fetch, c comparison) error {
	for _, route := range slices.Sorted(maps.Keys(c)) {
		k, last := c[route], int64(0)
		if k.different > 0 {
			last = ms(f.At)
		}
		if _, err := t.exec(ctx, `INSERT INTO copies (feed_id, route, same, different, last_at, last_item) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (feed_id, route) DO UPDATE SET same = copies.same + excluded.same, different = copies.different + excluded.different,
				last_at = CASE WHEN excluded.different > 0 THEN excluded.last_at ELSE copies.last_at END,
				last_item = CASE WHEN excluded.different > 0 THEN excluded.last_item ELSE copies.last_item END`,
			f.Feed.ID, route, k.same, k.different, last, k.last); err != nil {
			return err
		}
	}
	return nil
}

// confirmItem notes that the outlet itself says what a copy said. An article whose page
// came from a copy is made again, from the outlet's page if it can be had.
func (t *tx) confirmItem(ctx context.Context, id string, f *news.Fetch) error {
	if _, err := t.exec(ctx, `UPDATE items SET confirmed_at = $2 WHERE id = $1`, id, ms(f.At)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE articles SET confirmed_at = $2 WHERE item_id = $1 AND via <> '' AND via_page = 0 AND confirmed_at = 0`,
		id, ms(f.At)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE items SET extracted_at = NULL, tries = 0, retry_at = 0, lease_until = 0, last_error = ''
		WHERE id = $1 AND EXISTS (SELECT 1 FROM articles a WHERE a.item_id = $1 AND a.via_page = 1 AND a.confirmed_at = 0)`, id)
	return err
}

// confirmed enters in a, which is about to be saved, whether the outlet confirmed its item
// while it was made.
func (t *tx) confirmed(ctx context.Context, itemID string, a *news.Article) error {
	if !a.Via.Copied() || a.Via.Page {
		return nil
	}
	rows, err := t.query(ctx, `SELECT confirmed_at FROM items WHERE id = $1 AND via = $2`, itemID, a.Via.Route)
	_, err = one(rows, err, timeInto{&a.Via.Confirmed})
	return err
}

// confirmArticle notes that an article, made again, says what it said when it was read
// from a copy.
func (t *tx) confirmArticle(ctx context.Context, old, a *news.Article, now int64) error {
	if !old.Via.Copied() || !old.Via.Confirmed.IsZero() {
		return nil
	}
	if a.Via.Copied() {
		now = ms(a.Via.Confirmed)
	}
	if now == 0 {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE articles SET confirmed_at = $2 WHERE id = $1`, a.ID, now)
	return err
}

// Copies returns what became of what was read by copies of the feeds of a source, by feed
// and route.
func (d *DB) Copies(ctx context.Context, sourceID string) ([]news.Copy, error) {
	rows, err := d.query(ctx, `SELECT k.feed_id, k.route, k.same, k.different, k.last_at,
			(SELECT min(a.id) FROM articles a WHERE a.item_id = k.last_item)
		FROM copies k JOIN feeds f ON f.id = k.feed_id WHERE f.source_id = $1`, sourceID)
	all, err := collect(rows, err, func(rows *sql.Rows) (k news.Copy, err error) {
		err = rows.Scan(&k.FeedID, &k.Route, &k.Same, &k.Different, timeInto{&k.Last}, textInto{&k.Article})
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what copies of %s said: %w", sourceID, err)
	}
	slices.SortFunc(all, func(a, b news.Copy) int {
		return cmp.Or(cmp.Compare(a.FeedID, b.FeedID), cmp.Compare(a.Route, b.Route))
	})
	return all, nil
}
