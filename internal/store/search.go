package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"parallax/internal/news"
)

// searchRanked is the most matches that Search looks at: of a word that has more, the
// newest. It bounds the work for a common word, of which readers need no exact count.
const searchRanked = 10_000

// Search returns carried articles that have one alternative of each term, without their
// texts: the best match first, the newest among equals. A word in the title weighs five
// times one in the text. The total is how many there are, among the newest 10,000.
func (d *DB) Search(ctx context.Context, q news.SearchQuery) (found []*news.Article, total int, err error) {
	match := d.dialect.match(q.Terms)
	if match == "" {
		return nil, 0, nil
	}
	seen := forever
	if !q.Seen.IsZero() {
		seen = ms(q.Seen)
	}
	type hit struct {
		id    string
		total int
	}
	hits := func(limit, offset int) ([]hit, error) {
		rows, err := d.query(ctx, `SELECT a.id, count(*) OVER () FROM (`+d.dialect.search("$2", "$3")+`) h
			JOIN articles a ON a.id = h.article_id JOIN sources c ON c.id = a.source_id WHERE `+carried("a", "$1")+` AND a.first_seen <= $6
			ORDER BY h.score, a.at DESC, a.id DESC LIMIT $4 OFFSET $5`, ms(q.Now), match, searchRanked, limit, offset, seen)
		return collect(rows, err, func(rows *sql.Rows) (h hit, err error) {
			err = rows.Scan(&h.id, &h.total)
			return h, err
		})
	}
	page, err := hits(q.Limit, max(q.Offset, 0))
	if err == nil && len(page) == 0 && q.Offset > 0 {
		// A page past the end says nothing of the total.
		if first, e := hits(1, 0); len(first) > 0 {
			return nil, first[0].total, nil
		} else if e != nil {
			err = e
		}
	}
	if err != nil {
		return nil, 0, fmt.Errorf("search: %w", err)
	}
	if len(page) == 0 {
		return nil, 0, nil
	}
	place := make(map[string]int, len(page))
	ids := make([]string, len(page))
	for i, h := range page {
		place[h.id], ids[i] = i, h.id
	}
	rows, err := d.query(ctx, briefArticle+`WHERE `+d.dialect.in("a.id", "$1"), d.dialect.list(ids))
	if found, err = collect(rows, err, scanArticle); err != nil {
		return nil, 0, fmt.Errorf("search: %w", err)
	}
	slices.SortFunc(found, func(a, b *news.Article) int { return place[a.ID] - place[b.ID] })
	return found, page[0].total, nil
}

// countsKept is how long Counts stay as they were counted. Counting reads whole indexes, which
// takes seconds in a hub of half a million articles; readers and scrapers may ask often.
const countsKept = time.Minute

// counted are Counts as they were at a time.
type counted struct {
	mu     sync.Mutex // guards the others, and is held while one caller counts for all
	at     time.Time  // zero: not counted yet
	counts news.Counts
}

// Counts says how much there is, as FreshCounts said it at most a minute before now.
func (d *DB) Counts(ctx context.Context, now time.Time) (news.Counts, error) {
	d.counted.mu.Lock()
	defer d.counted.mu.Unlock()
	if age := now.Sub(d.counted.at); !d.counted.at.IsZero() && age >= 0 && age < countsKept {
		return d.counted.counts, nil
	}
	if err := ctx.Err(); err != nil { // it ended while another counted, in vain
		return news.Counts{}, err
	}
	c, err := d.FreshCounts(ctx, now)
	if err == nil {
		d.counted.at, d.counted.counts = now, c
	}
	return c, err
}

// FreshCounts counts how much there is: articles carried at now; items, and stories with
// articles, that are not purged. It takes long where there is much; see Counts.
func (d *DB) FreshCounts(ctx context.Context, now time.Time) (news.Counts, error) {
	var c news.Counts
	for _, q := range []struct {
		query string
		args  []any
		dest  []any
	}{
		{`SELECT count(*) FROM sources WHERE retired_at = 0`, nil, []any{&c.Sources}},
		{`SELECT count(*), coalesce(sum(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) FROM feeds WHERE retired_at = 0`, nil, []any{&c.Feeds, &c.FeedsFailing}},
		{`SELECT count(*) FROM items WHERE purged_at = 0`, nil, []any{&c.Items}},
		{`SELECT count(*) FROM sources c CROSS JOIN articles a WHERE a.source_id = c.id AND ` + carried("a", "$1"), []any{ms(now)}, []any{&c.Articles}},
		{`SELECT count(*) FROM stories WHERE merged_into IS NULL AND outlets > 0`, nil, []any{&c.Stories}},
		{`SELECT count(*) FROM stories WHERE merged_into IS NULL AND outlets > 0 AND two_sides = 1`, nil, []any{&c.StoriesTwoSides}},
		{`SELECT count(*) FROM items i JOIN sources c ON c.id = i.source_id
			WHERE i.extracted_at IS NULL AND ` + carried("i", "$1"), []any{ms(now)}, []any{&c.Unextracted}},
		{`SELECT count(*) FROM articles WHERE story_id IS NULL AND purged_at = 0`, nil, []any{&c.Unplaced}},
		{`SELECT count(*) FROM stories WHERE merged_into IS NULL AND changes > compared`, nil, []any{&c.Uncompared}},
	} {
		rows, err := d.query(ctx, q.query, q.args...)
		if _, err := one(rows, err, q.dest...); err != nil {
			return news.Counts{}, fmt.Errorf("count: %w", err)
		}
	}
	return c, nil
}
