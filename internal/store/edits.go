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
	rows, err := d.query(ctx, `SELECT v.article_id, v.n, v.seen_at, v.title FROM article_revisions v JOIN articles a ON a.id = v.article_id
			WHERE `+d.dialect.in("v.article_id", "$1")+` AND a.purged_at = 0
		UNION ALL SELECT a.id, a.revision, a.revised_at, a.title FROM articles a
			WHERE `+d.dialect.in("a.id", "$1")+` AND a.purged_at = 0 AND a.revision > 1
		ORDER BY 3 DESC, 1, 2 LIMIT $2`, d.dialect.list(articleIDs), maxEdits)
	type version struct {
		news.Edit
		title string
	}
	all, err := collect(rows, err, func(rows *sql.Rows) (v version, err error) {
		return v, rows.Scan(&v.ArticleID, &v.Revision, timeInto{&v.At}, &v.title)
	})
	if err != nil {
		return nil, fmt.Errorf("read the edits of %d articles: %w", len(articleIDs), err)
	}
	slices.SortFunc(all, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.ArticleID, b.ArticleID), cmp.Compare(a.Revision, b.Revision))
	})
	var edits []news.Edit
	for i, v := range all {
		if v.Revision < 2 {
			continue
		}
		v.Headline = i > 0 && all[i-1].ArticleID == v.ArticleID && all[i-1].title != v.title
		edits = append(edits, v.Edit)
	}
	slices.SortFunc(edits, func(a, b news.Edit) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ArticleID, b.ArticleID), cmp.Compare(a.Revision, b.Revision))
	})
	return edits, nil
}
