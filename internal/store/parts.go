package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parallax/internal/news"
)

// settled is after what time it is known what came in by a moment: processes save what they made at
// their own time, each transaction a moment after it looked at the clock.
const settled = 2 * time.Minute

// A place is where an article stands in the order in which articles came in, which never changes.
type place struct {
	at int64 // milliseconds, UTC
	id string
}

func (p place) before(q place) bool {
	return cmp.Or(cmp.Compare(p.at, q.at), cmp.Compare(p.id, q.id)) < 0
}

// A part is what came in after one place and up to another, of one day, UTC. Whatever is withdrawn or
// comes later, a part never gets another article.
type part struct{ after, upTo place }

func (p part) String() string {
	if p == (part{}) {
		return ""
	}
	return writeCursor("p", fmt.Sprintf("%d.%d", p.after.at, p.upTo.at), p.after.id+"/"+p.upTo.id)
}

func readPart(cursor string) (p part, err error) {
	times, ids, err := readCursor("p", cursor)
	if err != nil {
		return part{}, err
	}
	after, upTo, ok := strings.Cut(times, ".")
	var err1, err2 error
	p.after.at, err1 = strconv.ParseInt(after, 10, 64)
	p.upTo.at, err2 = strconv.ParseInt(upTo, 10, 64)
	p.after.id, p.upTo.id, _ = strings.Cut(ids, "/")
	if !ok || err1 != nil || err2 != nil || p.upTo.at < p.after.at || p.String() != cursor {
		return part{}, news.ErrCursor
	}
	return p, nil
}

// dayOf returns where the day of a moment begins and ends, UTC.
func dayOf(at int64) (begin, end place) {
	t := time.UnixMilli(at).UTC().Truncate(24 * time.Hour)
	return place{at: t.UnixMilli()}, place{at: t.Add(24 * time.Hour).UnixMilli()}
}

// Parts says what there is before and after q.Part of the articles that q asks for; of "" what there
// is before what is not yet part of any, which is Open. A part has at most q.Limit articles, and all
// of a day at that.
func (d *DB) Parts(ctx context.Context, q news.ArticleQuery) (of news.Parts, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("parts of days: %w", err)
		}
	}()
	known := ms(q.Now.Add(-settled))
	if q.Part == "" {
		begin, _ := dayOf(known)
		ends, err := d.fullParts(ctx, q, begin, known)
		if err != nil {
			return of, err
		}
		last := begin
		if len(ends) > 0 {
			last = ends[0]
		}
		of.Open = part{last, place{at: forever}}.String()
		before, err := d.partBefore(ctx, q, last)
		of.Prev = before.String()
		return of, err
	}
	p, err := readPart(q.Part)
	if err != nil {
		return of, err
	}
	before, err := d.partBefore(ctx, q, p.after)
	if err != nil {
		return of, err
	}
	next, err := d.partAfter(ctx, q, p.upTo, known)
	of.Prev, of.Next = before.String(), next.String()
	return of, err
}

// maxCuts is of how many feeds and days it is remembered where they were cut: some hundred bytes each.
const maxCuts = 1024

// cuts remember where full parts of a day end, the last two, the last first: to find them anew is to count what came in
// since the day began, which a busy feed would do with every new article.
type cuts struct {
	mu sync.Mutex // guards of
	of map[string][]place
}

func (c *cuts) known(key string) []place {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[key]
}

func (c *cuts) remember(key string, ends []place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil || len(c.of) >= maxCuts {
		c.of = map[string][]place{}
	}
	c.of[key] = ends
}

// fullParts returns where the last two full parts end of what came in from begin until known, the last first.
func (d *DB) fullParts(ctx context.Context, q news.ArticleQuery, begin place, known int64) ([]place, error) {
	key := news.ID("cuts", fmt.Sprint(begin.at, q.Limit, q.Since, q.Until, q.StoryID), fmt.Sprintf("%q %q %q", q.SourceIDs, q.Terms, q.Languages))
	ends := d.cuts.known(key)
	if len(ends) > 0 {
		begin = ends[0]
	}
	query, args, arg := d.placesOf(q, `SELECT a.entered, a.id, row_number() OVER (ORDER BY a.entered, a.id) AS n`)
	if query == "" {
		return nil, nil
	}
	query = `SELECT w.entered, w.id FROM (` + query + ` AND (a.entered, a.id) > (` + arg(begin.at) + `, ` + arg(begin.id) + `) AND a.entered <= ` + arg(known) + `) w
		WHERE w.n % ` + arg(q.Limit) + ` = 0 ORDER BY w.n DESC LIMIT 2`
	rows, err := d.query(ctx, query, *args...)
	found, err := collect(rows, err, scanPlace)
	if err != nil || len(found) == 0 {
		return ends, err
	}
	ends = slices.Concat(found, ends)
	ends = ends[:min(len(ends), 2)]
	d.cuts.remember(key, ends)
	return ends, nil
}

// partBefore returns the part that ends at upTo, or on the last day before it that has any.
func (d *DB) partBefore(ctx context.Context, q news.ArticleQuery, upTo place) (part, error) {
	query, args, arg := d.placesOf(q, `SELECT a.entered, a.id`)
	if query == "" {
		return part{}, nil
	}
	query += ` AND (a.entered, a.id) <= (` + arg(upTo.at) + `, ` + arg(upTo.id) + `) ORDER BY a.entered DESC, a.id DESC LIMIT ` + arg(q.Limit+1)
	rows, err := d.query(ctx, query, *args...)
	found, err := collect(rows, err, scanPlace)
	if err != nil || len(found) == 0 {
		return part{}, err
	}
	begin, end := dayOf(found[0].at)
	p := part{begin, end}
	if upTo.at < end.at { // of the same day
		if p.upTo = upTo; len(found) > q.Limit && found[q.Limit].at >= begin.at {
			p.after = found[q.Limit]
		}
		return p, nil
	}
	// A day is cut from its beginning, as it was before it was over.
	ends, err := d.fullParts(ctx, q, begin, end.at-1)
	if len(ends) > 0 && !ends[0].before(found[0]) { // with the day, or with what was withdrawn since
		p.upTo, ends = ends[0], ends[1:]
	}
	if len(ends) > 0 {
		p.after = ends[0]
	}
	return p, err
}

// partAfter returns the part that follows after, if it is known what will ever be in it.
func (d *DB) partAfter(ctx context.Context, q news.ArticleQuery, after place, known int64) (part, error) {
	query, args, arg := d.placesOf(q, `SELECT a.entered, a.id`)
	if query == "" {
		return part{}, nil
	}
	query += ` AND (a.entered, a.id) > (` + arg(after.at) + `, ` + arg(after.id) + `) ORDER BY a.entered, a.id LIMIT ` + arg(q.Limit+1)
	rows, err := d.query(ctx, query, *args...)
	found, err := collect(rows, err, scanPlace)
	if err != nil || len(found) == 0 {
		return part{}, err
	}
	begin, end := dayOf(found[0].at)
	p := part{begin, end}
	if after.at >= begin.at {
		p.after = after
	}
	same := slices.IndexFunc(found, func(f place) bool { return f.at >= end.at })
	if same < 0 {
		same = len(found)
	}
	switch over := end.at <= known; {
	case same >= q.Limit && (over || found[q.Limit-1].at <= known):
		p.upTo = found[q.Limit-1]
	case !over:
		return part{}, nil
	}
	return p, nil
}

// placesOf begins a query for the places of the articles that q asks for; "" where there are none.
func (d *DB) placesOf(q news.ArticleQuery, columns string) (query string, args *[]any, arg func(any) string) {
	args = &[]any{ms(q.Now)}
	arg = func(v any) string {
		*args = append(*args, v)
		return fmt.Sprintf("$%d", len(*args))
	}
	where, ok := d.articlesWhere(q, arg)
	if !ok {
		return "", nil, nil
	}
	return columns + ` FROM articles a ` + where, args, arg
}

func scanPlace(rows *sql.Rows) (p place, err error) {
	err = rows.Scan(&p.at, &p.id)
	return p, err
}

// ArticlesBefore returns the cursor of the page, of q.Limit articles, before the one that q asks for; "" is that
// of the first page.
func (d *DB) ArticlesBefore(ctx context.Context, q news.ArticleQuery) (after string, err error) {
	order, kind := orderOf(q)
	at, id, err := readTimeCursor(kind, q.After)
	if err != nil {
		return "", fmt.Errorf("articles: %w", err)
	}
	query, args, arg := d.placesOf(q, `SELECT `+order+`, a.id`)
	if query == "" {
		return "", nil
	}
	// The last of the page before is the article that the cursor names.
	query += ` AND (` + order + `, a.id) >= (` + arg(at) + `, ` + arg(id) + `) ORDER BY ` + order + `, a.id LIMIT ` + arg(q.Limit+1)
	rows, err := d.query(ctx, query, *args...)
	found, err := collect(rows, err, scanPlace)
	if err != nil {
		return "", fmt.Errorf("read the page of articles before: %w", err)
	}
	if len(found) <= q.Limit {
		return "", nil
	}
	return timeCursor(kind, timeOf(found[q.Limit].at), found[q.Limit].id), nil
}
