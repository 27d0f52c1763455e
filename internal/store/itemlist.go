package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

// itemColumns are those that scanItem reads, of items i and their contents t.
const itemColumns = `i.id, i.feed_id, i.source_id, i.item_key, t.guid, t.link, t.title, t.summary, t.content,
	t.authors, t.categories, t.language, t.published, t.updated, t.image, t.terms,
	i.first_seen, i.last_seen, i.revision, i.hash, i.tries, i.via, i.archived_at, i.confirmed_at`

// Items returns a page of carried items, the one first that was seen first the latest, and the
// cursor of the next page, "" if there is none.
func (d *DB) Items(ctx context.Context, q news.ItemQuery) (page []*news.Item, next string, err error) {
	query := `SELECT ` + itemColumns + ` FROM items i JOIN item_contents t ON t.item_id = i.id JOIN sources c ON c.id = i.source_id
		WHERE ` + carried("i", "$1")
	args := []any{ms(q.Now)}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if q.SourceID != "" {
		query += ` AND i.source_id = ` + arg(q.SourceID)
	}
	if !q.Since.IsZero() {
		query += ` AND i.first_seen >= ` + arg(ms(q.Since))
	}
	if q.After != "" {
		seen, id, err := readTimeCursor("i", q.After)
		if err != nil {
			return nil, "", fmt.Errorf("items: %w", err)
		}
		query += ` AND (i.first_seen, i.id) < (` + arg(seen) + `, ` + arg(id) + `)`
	}
	rows, err := d.query(ctx, query+` ORDER BY i.first_seen DESC, i.id DESC LIMIT `+arg(q.Limit+1), args...)
	page, err = collect(rows, err, scanItem)
	if err != nil {
		return nil, "", fmt.Errorf("read a page of items: %w", err)
	}
	page, next = cut(page, q.Limit, func(last *news.Item) string { return timeCursor("i", last.FirstSeen, last.ID) })
	return page, next, nil
}

// Item returns one item that is carried at now; of any other nothing is told.
func (d *DB) Item(ctx context.Context, id string, now time.Time) (*news.Item, error) {
	rows, err := d.query(ctx, `SELECT `+itemColumns+` FROM items i JOIN item_contents t ON t.item_id = i.id JOIN sources c ON c.id = i.source_id
		WHERE i.id = $2 AND `+carried("i", "$1"), ms(now), id)
	found, err := collect(rows, err, scanItem)
	return only(found, err, "item", id)
}

// ArticleIDsOf returns the ids of the articles that were first made from items, by the ids of these.
func (d *DB) ArticleIDsOf(ctx context.Context, itemIDs []string) (map[string]string, error) {
	rows, err := d.query(ctx, `SELECT item_id, id FROM articles WHERE `+d.dialect.in("item_id", "$1"), d.dialect.list(itemIDs))
	pairs, err := collect(rows, err, func(rows *sql.Rows) (p [2]string, err error) {
		err = rows.Scan(&p[0], &p[1])
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the articles of items: %w", err)
	}
	of := make(map[string]string, len(pairs))
	for _, p := range pairs {
		of[p[0]] = p[1]
	}
	return of, nil
}
