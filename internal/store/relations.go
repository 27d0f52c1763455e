package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// Unrelated returns at most limit stories that changed since their relations were sought, those
// that wait longest first.
func (d *DB) Unrelated(ctx context.Context, limit int) ([]*news.Story, error) {
	rows, err := d.query(ctx, `SELECT id, head_id, first_at, last_at, told_at, rank, merged_into, changes, articles, outlets
		FROM stories WHERE merged_into IS NULL AND changes > related ORDER BY changed_at, id LIMIT $1`, limit)
	all, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories whose relations are to be sought: %w", err)
	}
	return all, nil
}

// StoriesSince returns the stories whose last article is of since or later, the latest first,
// at most limit.
func (d *DB) StoriesSince(ctx context.Context, since time.Time, limit int) ([]*news.Story, error) {
	rows, err := d.query(ctx, `SELECT id, head_id, first_at, last_at, told_at, rank, merged_into, changes, articles, outlets
		FROM stories WHERE merged_into IS NULL AND last_at >= $1 ORDER BY last_at DESC LIMIT $2`, ms(since), limit)
	all, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories since %s: %w", since.Format(time.DateOnly), err)
	}
	return all, nil
}

// Told returns of each of the stories its first articles with the beginning of their texts, at
// most perStory, whether or not they are carried now; of a story whose articles were all
// purged, none. FirstSeen and Published are both When.
func (d *DB) Told(ctx context.Context, storyIDs []string, perStory int) (map[string][]*news.Article, error) {
	// The texts are read last: those of the many further articles of a large story not at all.
	rows, err := d.query(ctx, `
		SELECT n.id, n.source_id, n.story_id, n.at, n.language, n.wire_root, n.title, n.lead, coalesce(substr(t.text, 1, $3), '')
		FROM (
			SELECT a.id, a.source_id, a.story_id, a.at, a.language, a.wire_root, a.title, a.lead,
				row_number() OVER (PARTITION BY a.story_id ORDER BY a.at, a.id) AS place
			FROM articles a WHERE `+d.dialect.in("a.story_id", "$1")+` AND a.purged_at = 0
		) n LEFT JOIN article_texts t ON t.article_id = n.id
		WHERE n.place <= $2`, d.dialect.list(storyIDs), perStory, placedText)
	all, err := collect(rows, err, scanTold)
	if err != nil {
		return nil, fmt.Errorf("read the articles of stories: %w", err)
	}
	of := make(map[string][]*news.Article, len(storyIDs))
	for _, a := range all {
		of[a.StoryID] = append(of[a.StoryID], a)
	}
	return of, nil
}

// TellingOf returns articles as Told does, by their ids.
func (d *DB) TellingOf(ctx context.Context, articleIDs []string) ([]*news.Article, error) {
	rows, err := d.query(ctx, `
		SELECT a.id, a.source_id, coalesce(a.story_id, ''), a.at, a.language, a.wire_root, a.title, a.lead, coalesce(substr(t.text, 1, $2), '')
		FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id
		WHERE `+d.dialect.in("a.id", "$1")+` AND a.purged_at = 0`, d.dialect.list(articleIDs), placedText)
	all, err := collect(rows, err, scanTold)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	return all, nil
}

func scanTold(rows *sql.Rows) (*news.Article, error) {
	a := new(news.Article)
	err := rows.Scan(&a.ID, &a.SourceID, &a.StoryID, timeInto{&a.FirstSeen}, &a.Language, &a.WireRoot, &a.Title, &a.Lead, &a.Text)
	a.Published = a.FirstSeen
	return a, err
}

// SaveRelations keeps relations of stories, all that those of done have to stories of other
// languages and to earlier ones: others that they had are gone. Of a story without articles
// nothing is left. Of two relations of one kind
// between a story and a language the one kept now counts. A story that changed since it was
// read waits to be looked at again; relations of stories that have merged meanwhile are not kept, nor that
// two are the same which the editor told apart.
func (d *DB) SaveRelations(ctx context.Context, done []*news.Story, relations []news.Relation) error {
	err := d.change(ctx, func(t *tx) error {
		for _, s := range done {
			if _, err := t.exec(ctx, `UPDATE stories SET related = $2 WHERE id = $1 AND related < $2`, s.ID, s.Changes); err != nil {
				return err
			}
			if err := t.unrelate(ctx, s.ID, s.Articles == 0); err != nil {
				return err
			}
		}
		for _, r := range relations {
			if err := t.relate(ctx, r); err != nil {
				return fmt.Errorf("%s %s %s: %w", r.A, r.Kind, r.B, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save relations: %w", err)
	}
	return nil
}

// unrelate forgets the relations of a story, those among them that later stories have to it
// only where all is asked for.
func (t *tx) unrelate(ctx context.Context, storyID string, all bool) error {
	const itself = `(SELECT id FROM stories WHERE id = $1 OR merged_into = $1)`
	if _, err := t.exec(ctx, `DELETE FROM story_relations WHERE b IN `+itself, storyID); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM story_relations WHERE a IN `+itself+` AND (kind = $2 OR $3 = 1)`, storyID, news.Same, flag(all))
	return err
}

func (t *tx) relate(ctx context.Context, r news.Relation) error {
	if r.Kind == news.Same {
		for _, end := range [][2]string{{r.A, r.LangB}, {r.B, r.LangA}} {
			if _, err := t.exec(ctx, `DELETE FROM story_relations WHERE a = $1 AND kind = $3 AND lang_b = $2`, end[0], end[1], r.Kind); err != nil {
				return err
			}
			if _, err := t.exec(ctx, `DELETE FROM story_relations WHERE b = $1 AND kind = $3 AND lang_a = $2`, end[0], end[1], r.Kind); err != nil {
				return err
			}
		}
	}
	_, err := t.exec(ctx, `INSERT INTO story_relations (a, kind, b, lang_a, lang_b, score, why)
		SELECT $1, $2, $3, $4, $5, $6, $7
		WHERE (SELECT count(*) FROM stories WHERE id IN ($1, $3) AND merged_into IS NULL) = 2
			AND NOT ($2 = $8 AND EXISTS (SELECT 1 FROM separations z JOIN stories x ON x.id = z.a JOIN stories y ON y.id = z.b
				WHERE coalesce(x.merged_into, x.id) IN ($1, $3) AND coalesce(y.merged_into, y.id) IN ($1, $3)))
		ON CONFLICT (a, kind, b) DO UPDATE SET lang_a = excluded.lang_a, lang_b = excluded.lang_b, score = excluded.score, why = excluded.why`,
		r.A, r.Kind, r.B, r.LangA, r.LangB, r.Score, r.Why, news.Same)
	return err
}

// maxRelations bounds how many relations of a story are told: one for each language, a few
// earlier stories, and of later ones more than a page shows.
const maxRelations = 60

// Relations returns the relations of a story. Their stories are named as they are known now,
// whether or not anything of them is carried.
func (d *DB) Relations(ctx context.Context, storyID string) ([]news.Relation, error) {
	const itself = `(SELECT id FROM stories WHERE id = $1 OR merged_into = $1)`
	kin := func(end string) string {
		return `SELECT r.kind, coalesce(x.merged_into, x.id), coalesce(y.merged_into, y.id), r.lang_a, r.lang_b, r.score, r.why
			FROM story_relations r JOIN stories x ON x.id = r.a JOIN stories y ON y.id = r.b WHERE r.` + end + ` IN ` + itself
	}
	rows, err := d.query(ctx, kin("a")+` UNION ALL `+kin("b"), storyID)
	all, err := collect(rows, err, func(rows *sql.Rows) (r news.Relation, err error) {
		return r, rows.Scan(&r.Kind, &r.A, &r.B, &r.LangA, &r.LangB, &r.Score, &r.Why)
	})
	if err != nil {
		return nil, fmt.Errorf("read the relations of story %s: %w", storyID, err)
	}
	slices.SortFunc(all, func(a, b news.Relation) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Score, a.Score), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	// What merged may be related to itself now, or twice to the same.
	known := map[[3]string]bool{}
	var list []news.Relation
	for _, r := range all {
		key := [3]string{r.Kind, r.A, r.B}
		if r.A == r.B || known[key] {
			continue
		}
		known[key] = true
		if list = append(list, r); len(list) == maxRelations {
			break
		}
	}
	return list, nil
}
