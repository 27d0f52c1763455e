package store

import (
	"context"
	"fmt"
	"time"

	"parallax/internal/news"
)

// searchCounted is the most that Search counts: beyond it readers need no figure, and
// counting a common word's articles would take longer than finding the best.
const searchCounted = 10_000

// Search returns carried articles that have one alternative of each term, without their
// texts: the best match first, the newest among equals. A word in the title weighs five
// times one in the text. The total is how many there are, counted to 10,000.
func (d *DB) Search(ctx context.Context, q news.SearchQuery) (found []*news.Article, total int, err error) {
	match := d.dialect.match(q.Terms)
	if match == "" {
		return nil, 0, nil
	}
	from := ` FROM ` + d.dialect.searchFrom() + ` JOIN sources c ON c.id = a.source_id
		WHERE ` + d.dialect.searchWhere("$2") + ` AND ` + carried("a", "$1")
	rows, err := d.query(ctx, `SELECT count(*) FROM (SELECT 1 AS one`+from+` LIMIT $3) counted`, ms(q.Now), match, searchCounted)
	if _, err := one(rows, err, &total); err != nil {
		return nil, 0, fmt.Errorf("search: %w", err)
	}
	if total == 0 {
		return nil, 0, nil
	}
	rows, err = d.query(ctx, `SELECT `+briefColumns+`, '', ''`+from+`
		ORDER BY `+d.dialect.searchRank("$2")+`, a.at DESC, a.id DESC LIMIT $3 OFFSET $4`,
		ms(q.Now), match, q.Limit, max(q.Offset, 0))
	if found, err = collect(rows, err, scanArticle); err != nil {
		return nil, 0, fmt.Errorf("search: %w", err)
	}
	return found, total, nil
}

// Counts says how much there is: of articles and stories what is carried at now, of
// items what is not purged.
func (d *DB) Counts(ctx context.Context, now time.Time) (news.Counts, error) {
	var c news.Counts
	isCarried := `FROM articles a JOIN sources c ON c.id = a.source_id WHERE ` + carried("a", "$1")
	for _, q := range []struct {
		query string
		args  []any
		dest  []any
	}{
		{`SELECT count(*) FROM sources WHERE retired_at = 0`, nil, []any{&c.Sources}},
		{`SELECT count(*), coalesce(sum(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) FROM feeds WHERE retired_at = 0`, nil, []any{&c.Feeds, &c.FeedsFailing}},
		{`SELECT count(*) FROM items WHERE purged_at = 0`, nil, []any{&c.Items}},
		{`SELECT count(*), count(DISTINCT a.story_id) ` + isCarried, []any{ms(now)}, []any{&c.Articles, &c.Stories}},
		{`SELECT count(*) FROM stories s WHERE s.merged_into IS NULL AND s.two_sides = 1 AND EXISTS (SELECT 1 ` + isCarried +
			` AND a.story_id = s.id)`, []any{ms(now)}, []any{&c.StoriesTwoSides}},
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
