package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"parallax/internal/news"
)

// Unplaced returns at most limit articles that belong to no story, with their texts, in
// the order of When.
func (d *DB) Unplaced(ctx context.Context, limit int) ([]*news.Article, error) {
	rows, err := d.query(ctx, wholeArticle+`WHERE a.story_id IS NULL AND a.purged_at = 0 ORDER BY a.at, a.id LIMIT $1`, limit)
	all, err := collect(rows, err, scanArticle)
	if err != nil {
		return nil, fmt.Errorf("read articles without a story: %w", err)
	}
	return all, nil
}

// placedText is how many letters of a text Placed returns: more than clustering reads.
const placedText = 4096

// Placed returns the articles of stories whose When was at or after since when they
// were placed, in the order in which they were placed, and as they were then: edits
// that came later do not show. FirstSeen and Published are both that When; the text is
// cut to what clustering reads. Embedding is the one by which it was placed.
func (d *DB) Placed(ctx context.Context, since time.Time) ([]*news.Article, error) {
	rows, err := d.query(ctx, `
		SELECT a.id, a.source_id, a.story_id, p.seq, p.revision, p.at, p.language, p.wire_root,
			coalesce(r.title, a.title), coalesce(r.lead, a.lead), substr(coalesce(r.text, t.text), 1, $2), e.model, e.vector
		FROM placements p
		JOIN articles a ON a.id = p.article_id
		LEFT JOIN article_texts t ON t.article_id = a.id
		LEFT JOIN article_revisions r ON r.article_id = a.id AND r.n = p.revision
		LEFT JOIN embeddings e ON e.article_id = a.id
		WHERE p.at >= $1 AND a.story_id IS NOT NULL AND a.purged_at = 0
		ORDER BY p.seq, a.id`, ms(since), placedText)
	all, err := collect(rows, err, func(rows *sql.Rows) (*news.Article, error) {
		a := new(news.Article)
		var model string
		var vector []byte
		err := rows.Scan(&a.ID, &a.SourceID, &a.StoryID, &a.Seq, &a.Revision, timeInto{&a.FirstSeen}, &a.Language, &a.WireRoot,
			&a.Title, &a.Lead, &a.Text, textInto{&model}, bytesInto{&vector})
		a.Published = a.FirstSeen
		if model != "" {
			a.Embedding = &news.Embedding{Model: model, Vector: signed(vector)}
		}
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("read articles of stories: %w", err)
	}
	return all, nil
}

// LastPlaced returns the highest Seq that was ever given, 0 when none was.
func (d *DB) LastPlaced(ctx context.Context) (int64, error) {
	var seq int64
	rows, err := d.query(ctx, `SELECT coalesce(max(seq), 0) FROM placements`)
	if _, err := one(rows, err, &seq); err != nil {
		return 0, fmt.Errorf("read the last placement: %w", err)
	}
	return seq, nil
}

// SaveClustering keeps the outcome of one batch: articles are put into stories, which
// come to be thereby, then stories are merged, then articles moved. All stories concerned
// wait to be compared afterwards. An article that has a story keeps it unless it is moved.
// A story that was merged, or whose last article was moved, stays as a redirect to the one
// that took it up in the end, however many merges later. A clustering that was made before
// the editor decided something is refused with news.ErrDecided.
func (d *DB) SaveClustering(ctx context.Context, c *news.Clustering, now time.Time) error {
	err := d.change(ctx, func(t *tx) error {
		if err := t.current(ctx, c.Decisions); err != nil {
			return err
		}
		changed := map[string]bool{}
		for _, p := range c.Placements {
			if err := t.place(ctx, p, changed, now); err != nil {
				return fmt.Errorf("article %s: %w", p.ArticleID, err)
			}
		}
		for _, m := range c.Merges {
			if err := t.merge(ctx, m, false, changed, now); err != nil {
				return fmt.Errorf("merge story %s into %s: %w", m.From, m.Into, err)
			}
		}
		if err := t.moveAll(ctx, c.Moves, changed, now); err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(c.Heads)) {
			story, err := t.final(ctx, id)
			if err != nil {
				return err
			}
			if story != id {
				continue // its head is that of the story it became part of
			}
			if _, err := t.exec(ctx, `UPDATE stories SET head_id = $2 WHERE id = $1`, id, c.Heads[id]); err != nil {
				return err
			}
		}
		if err := t.forgetEmbeddings(ctx, c.Placements); err != nil {
			return err
		}
		return t.recountAll(ctx, changed, now)
	})
	if err != nil {
		return fmt.Errorf("save a clustering: %w", err)
	}
	return nil
}

// final returns the story that id stands for, which it makes if there is none.
func (t *tx) final(ctx context.Context, id string) (string, error) {
	target := ""
	rows, err := t.query(ctx, `INSERT INTO stories (id) VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING id`, id)
	if made, err := one(rows, err, &target); err != nil || made {
		return target, err
	}
	rows, err = t.query(ctx, `SELECT coalesce(merged_into, id) FROM stories WHERE id = $1`, id)
	_, err = one(rows, err, &target)
	return target, err
}

func (t *tx) place(ctx context.Context, p news.Placement, changed map[string]bool, now time.Time) error {
	story, err := t.final(ctx, p.StoryID)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE articles SET story_id = $2, seq = $3 WHERE id = $1 AND story_id IS NULL`, p.ArticleID, story, p.Seq)
	if err != nil || n == 0 {
		return err
	}
	changed[story] = true
	_, err = t.exec(ctx, `INSERT INTO placements (article_id, story_id, seq, score, why, placed_at, revision, at, language, wire_root, grounds)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, seq = excluded.seq,
			score = excluded.score, why = excluded.why, placed_at = excluded.placed_at,
			revision = excluded.revision, at = excluded.at, language = excluded.language, wire_root = excluded.wire_root,
			grounds = excluded.grounds`,
		p.ArticleID, p.StoryID, p.Seq, p.Score, p.Why, ms(now), p.Revision, ms(p.At), p.Language, p.WireRoot, groundsText(p.Grounds))
	if err != nil || p.Embedding == nil {
		return err
	}
	return t.saveEmbedding(ctx, p)
}

// recountAll does recount for stories.
func (t *tx) recountAll(ctx context.Context, ids map[string]bool, now time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if err := t.recount(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// recount brings a story up to date with its articles and marks it to be compared.
// Until it is, it ranks where it stood, and a new one as if one outlet alone told it: whose the
// outlets are and on which sides is not known here.
func (t *tx) recount(ctx context.Context, storyID string, now time.Time) error {
	var articles, outlets int
	var first, last int64
	rows, err := t.query(ctx, `SELECT count(*), count(DISTINCT source_id), coalesce(min(at), 0), coalesce(max(at), 0)
		FROM articles WHERE story_id = $1 AND purged_at = 0`, storyID)
	if _, err := one(rows, err, &articles, &outlets, &first, &last); err != nil {
		return err
	}
	if articles == 0 {
		_, err := t.exec(ctx, `UPDATE stories SET articles = 0, outlets = 0, two_sides = 0, changes = changes + 1, changed_at = $2 WHERE id = $1`,
			storyID, ms(now))
		return err
	}
	told := int64(0)
	if outlets > 1 {
		told = ms(now)
	}
	_, err = t.exec(ctx, `UPDATE stories SET articles = $2, outlets = $3, first_at = $4, last_at = $5,
			rank = CASE WHEN rank > $6 THEN rank ELSE $6 END, changes = changes + 1, changed_at = $7,
			told_at = CASE WHEN told_at = 0 THEN $8 ELSE told_at END
		WHERE id = $1`, storyID, articles, outlets, first, last, news.Rank(1, 1, timeOf(first)), ms(now), told)
	return err
}
