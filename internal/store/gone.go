package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parallax/internal/news"
)

// goneColumns begins a query for what is gone: articles a of sources c, with the takedown of either.
const goneColumns = `SELECT a.id, a.source_id, coalesce(a.story_id, ''), a.guid, a.url, a.first_seen, a.purged_at,
		c.carried_until, a.first_seen + c.keep, ` + takedownColumns + `, ` + sourceTakedownColumns + `
	FROM articles a JOIN sources c ON c.id = a.source_id
	LEFT JOIN takedowns k ON k.kind = 'article' AND k.target = a.id
	LEFT JOIN takedowns s ON s.kind = 'source' AND s.target = a.source_id `

const sourceTakedownColumns = `s.kind, s.target, s.at, s.why, s.legal, s.authority, s.jurisdiction, s.url, s.purge_at, s.purged`

// scanGone reads goneColumns. Since when an article is gone is the earliest of: its takedown, the end
// of its source's carriage, the end of its keep, and when it was purged.
func scanGone(rows *sql.Rows) (*news.Gone, error) {
	g := new(news.Gone)
	var purged, until, kept int64
	var own, source takedownInto
	if err := rows.Scan(append([]any{&g.ArticleID, &g.SourceID, &g.StoryID, &g.GUID, &g.URL, timeInto{&g.FirstSeen}, &purged, &until, &kept},
		append(own.dest(), source.dest()...)...)...); err != nil {
		return nil, err
	}
	at := min(until, kept)
	if purged != 0 {
		at = min(at, max(purged, -purged))
	}
	g.At = timeOf(at)
	g.Takedown = own.takedown()
	// It was gone before its source was taken down, or is with it.
	if k := source.takedown(); g.Takedown == nil && k != nil && ms(k.At) <= at {
		g.Takedown = k
	}
	if g.Takedown != nil && g.Takedown.At.Before(g.At) {
		g.At = g.Takedown.At
	}
	return g, nil
}

// Gone returns articles of which readers are given nothing any more, the last first, whatever the
// reason. What waits for its carriage to begin is not among them.
func (d *DB) Gone(ctx context.Context, q news.GoneQuery) ([]*news.Gone, error) {
	if q.SourceIDs != nil && len(q.SourceIDs) == 0 || q.Limit <= 0 {
		return nil, nil
	}
	queries, err := d.goneQueries(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read which sources ended: %w", err)
	}
	var all []*news.Gone
	for _, find := range queries {
		rows, err := d.query(ctx, goneColumns+find.where, find.args...)
		found, err := collect(rows, err, scanGone)
		if err != nil {
			return nil, fmt.Errorf("read what is gone: %w", err)
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b *news.Gone) int {
		return cmp.Or(b.At.Compare(a.At), b.FirstSeen.Compare(a.FirstSeen), cmp.Compare(a.ArticleID, b.ArticleID))
	})
	all = slices.CompactFunc(all, func(a, b *news.Gone) bool { return a.ArticleID == b.ArticleID })
	all = slices.DeleteFunc(all, func(g *news.Gone) bool { return !g.At.After(q.Since) || g.At.After(q.Now) })
	return all[:min(len(all), q.Limit)], nil
}

type goneQuery struct {
	where string
	args  []any
}

// maxEnded bounds of how many sources that ended articles are looked for: those that ended last.
const maxEnded = 50

// goneQueries are those of which each finds the last by an index: what was purged, what was taken down
// and is not purged yet, and of each source that ended the latest articles.
func (d *DB) goneQueries(ctx context.Context, q news.GoneQuery) ([]goneQuery, error) {
	now, since, limit := ms(q.Now), ms(q.Since), q.Limit
	if q.StoryID != "" {
		return []goneQuery{{
			`WHERE a.story_id = $1 AND c.carried_from <= $2 AND (a.purged_at <> 0 OR c.carried_until <= $2 OR a.first_seen + c.keep <= $2)
				ORDER BY a.at DESC, a.id DESC LIMIT $3`, []any{q.StoryID, now, limit},
		}}, nil
	}
	// The literal bounds are those of the indexes.
	purged := goneQuery{`WHERE a.purged_at > 0 AND a.purged_at > $1 ORDER BY a.purged_at DESC, a.id DESC LIMIT $2`, []any{since, limit}}
	held := goneQuery{`WHERE a.purged_at < 0 ORDER BY a.purged_at, a.id LIMIT $1`, []any{limit}}
	ended := goneQuery{`SELECT id FROM sources WHERE carried_until > $1 AND carried_until <= $2 ORDER BY carried_until DESC LIMIT $3`, []any{since, now, maxEnded}}
	if q.SourceIDs != nil {
		list, in := d.dialect.list(q.SourceIDs), d.dialect.in
		purged = goneQuery{`WHERE a.purged_at > 0 AND a.purged_at > $1 AND ` + in("a.source_id", "$3") + ` ORDER BY a.purged_at DESC, a.id DESC LIMIT $2`, []any{since, limit, list}}
		held = goneQuery{`WHERE a.purged_at < 0 AND ` + in("(a.source_id || '')", "$2") + ` ORDER BY a.purged_at, a.id LIMIT $1`, []any{limit, list}}
		ended = goneQuery{`SELECT id FROM sources WHERE carried_until > $1 AND carried_until <= $2 AND ` + in("(id || '')", "$4") + ` ORDER BY carried_until DESC LIMIT $3`, append(ended.args, list)}
	}
	rows, err := d.query(ctx, ended.where, ended.args...)
	sources, err := collect(rows, err, scanString)
	if err != nil {
		return nil, err
	}
	queries := []goneQuery{purged, held}
	for _, id := range sources {
		queries = append(queries, goneQuery{`WHERE a.source_id = $1 AND a.purged_at = 0 ORDER BY a.at DESC, a.id DESC LIMIT $2`, []any{id, limit}})
	}
	return queries, nil
}
