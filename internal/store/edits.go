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
	rows, err := d.query(ctx, `SELECT w.article_id, w.n, w.seen_at, w.headline FROM (
			SELECT u.article_id, u.n, u.seen_at, CASE WHEN u.title <> lag(u.title) OVER (PARTITION BY u.article_id ORDER BY u.n) THEN 1 ELSE 0 END AS headline FROM (
				SELECT v.article_id, v.n, v.seen_at, v.title FROM article_revisions v JOIN articles a ON a.id = v.article_id
					WHERE `+d.dialect.in("v.article_id", "$1")+` AND a.purged_at = 0
				UNION ALL SELECT a.id, a.revision, a.revised_at, a.title FROM articles a
					WHERE `+d.dialect.in("a.id", "$1")+` AND a.purged_at = 0
			) u
		) w WHERE w.n > 1 ORDER BY w.seen_at DESC, w.article_id, w.n LIMIT $2`, d.dialect.list(articleIDs), maxEdits)
	edits, err := collect(rows, err, func(rows *sql.Rows) (e news.Edit, err error) {
		headline := 0
		err = rows.Scan(&e.ArticleID, &e.Revision, timeInto{&e.At}, &headline)
		e.Headline = headline != 0
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
