package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parallax/internal/news"
)

// maxEdits bounds how many versions are read for one story: a page that an outlet keeps up to
// date all day changes hundreds of times, and its own page tells of each.
const maxEdits = 400

// Edits returns the later versions of articles that are not purged, the earliest first: of more than
// 400 versions the last ones.
func (d *DB) Edits(ctx context.Context, articleIDs []string) ([]news.Edit, error) {
	if len(articleIDs) == 0 {
		return nil, nil
	}
	// The first versions are read too, for what they were called, and are no edits.
	rows, err := d.query(ctx, `SELECT w.article_id, w.n, w.seen_at, coalesce(w.was, ''), w.title FROM (
			SELECT u.article_id, u.n, u.seen_at, u.title, lag(u.title) OVER (PARTITION BY u.article_id ORDER BY u.n) AS was FROM (
				SELECT v.article_id, v.n, v.seen_at, v.title FROM article_revisions v JOIN articles a ON a.id = v.article_id
					WHERE `+d.dialect.in("v.article_id", "$1")+` AND a.purged_at = 0
				UNION ALL SELECT a.id, a.revision, a.revised_at, a.title FROM articles a
					WHERE `+d.dialect.in("a.id", "$1")+` AND a.purged_at = 0
			) u
		) w WHERE w.n > 1 ORDER BY w.seen_at DESC, w.article_id, w.n LIMIT $2`, d.dialect.list(articleIDs), maxEdits)
	edits, err := collect(rows, err, func(rows *sql.Rows) (e news.Edit, err error) {
		var was, now string
		err = rows.Scan(&e.ArticleID, &e.Revision, timeInto{&e.At}, textInto{&was}, textInto{&now})
		if e.Headline = was != now && was != "" && now != ""; e.Headline { // "": of what is withheld
			e.Was, e.Now = was, now
		}
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the edits of %d articles: %w", len(articleIDs), err)
	}
	slices.SortFunc(edits, func(a, b news.Edit) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ArticleID, b.ArticleID), cmp.Compare(a.Revision, b.Revision))
	})
	return edits, nil
}

// Changed returns a page of later versions of carried articles, the latest first, and the cursor of the
// next page, "" if there is none. A version stays in its place when another follows it.
func (d *DB) Changed(ctx context.Context, q news.EditQuery) (page []news.Change, next string, err error) {
	var at int64
	var id string
	n := 0
	if q.After != "" {
		place, of, err := readCursor("e", q.After)
		if err == nil {
			_, err = fmt.Sscanf(place, "%d.%d", &at, &n)
		}
		if err != nil {
			return nil, "", fmt.Errorf("edits: %w", news.ErrCursor)
		}
		id = of
	}
	// The present version stands with its article, those that it followed in a table of their own:
	// the latest of either are among the latest of both.
	for _, from := range []struct{ v, at, id, n, join string }{
		{"a", "a.revised_at", "a.id", "a.revision", `articles a`},
		{"v", "v.seen_at", "v.article_id", "v.n", `article_revisions v JOIN articles a ON a.id = v.article_id`},
	} {
		args := []any{ms(q.Now)}
		arg := func(v any) string {
			args = append(args, v)
			return fmt.Sprintf("$%d", len(args))
		}
		query := `SELECT ` + from.n + `, ` + from.at + `, ` + from.v + `.title, p.title, ` +
			viaOf(from.v) + `, ` + viaOf("p") + `, ` + briefColumns + `, '', '', '', '' FROM ` + from.join + `
			JOIN sources c ON c.id = a.source_id JOIN article_revisions p ON p.article_id = ` + from.id + ` AND p.n = ` + from.n + ` - 1
			WHERE ` + carried("a", "$1") + ` AND ` + from.n + ` > 1`
		if q.SourceID != "" {
			query += ` AND ` + from.v + `.source_id = ` + arg(q.SourceID)
		}
		if q.After != "" {
			query += ` AND (` + from.at + `, ` + from.id + `, ` + from.n + `) < (` + arg(at) + `, ` + arg(id) + `, ` + arg(n) + `)`
		}
		query += ` ORDER BY ` + from.at + ` DESC, ` + from.id + ` DESC, ` + from.n + ` DESC LIMIT ` + arg(q.Limit+1)
		rows, err := d.query(ctx, query, args...)
		found, err := collect(rows, err, scanChange)
		if err != nil {
			return nil, "", fmt.Errorf("read a page of edits: %w", err)
		}
		page = append(page, found...)
	}
	slices.SortFunc(page, func(a, b news.Change) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ArticleID, a.ArticleID), cmp.Compare(b.Revision, a.Revision))
	})
	page, next = cut(page[:min(len(page), q.Limit+1)], q.Limit, func(last news.Change) string {
		return writeCursor("e", fmt.Sprintf("%d.%d", ms(last.At), last.Revision), last.ArticleID)
	})
	return page, next, nil
}

func viaOf(r string) string {
	return r + `.via, ` + r + `.archived_at, ` + r + `.confirmed_at, ` + r + `.via_page`
}

// scanChange reads what stands before the columns of the article.
func scanChange(rows *sql.Rows) (c news.Change, err error) {
	var page, before int
	own := []any{
		&c.Revision,
		timeInto{&c.At},
		&c.Now, &c.Was, &c.Via.Route,
		timeInto{&c.Via.Archived},
		timeInto{&c.Via.Confirmed},
		&page,
		&c.WasVia.Route,
		timeInto{&c.WasVia.Archived},
		timeInto{&c.WasVia.Confirmed},
		&before,
	}
	a, finish := articleInto()
	if err = rows.Scan(append(own, a...)...); err != nil {
		return c, err
	}
	c.Article = finish()
	c.Via.Page, c.WasVia.Page = page != 0, before != 0
	c.ArticleID, c.Headline = c.Article.ID, c.Was != c.Now && c.Was != "" // withheld: not known
	return c, nil
}
