package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// Uncompared returns at most limit stories that changed since they were compared, those
// that wait longest first. Their counts are those of what is not purged.
func (d *DB) Uncompared(ctx context.Context, limit int) ([]*news.Story, error) {
	rows, err := d.query(ctx, `SELECT id, head_id, first_at, last_at, told_at, rank, merged_into, changes, articles, outlets
		FROM stories WHERE merged_into IS NULL AND changes > compared ORDER BY changed_at, id LIMIT $1`, limit)
	all, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories to compare: %w", err)
	}
	return all, nil
}

// SaveComparisons replaces the comparisons of a story and its findings, nil being none, and keeps
// its Rank and HeadID. A story that changed since s was read waits to be compared again; of one that was
// merged since, nothing is kept. Without s.Changes the story counts as compared as it
// is now.
func (d *DB) SaveComparisons(ctx context.Context, s *news.Story, cs []*news.Comparison, f *news.Findings, now time.Time) error {
	err := d.change(ctx, func(t *tx) error {
		// On PostgreSQL this also keeps two processes that compare one story apart.
		n, err := t.exec(ctx, `UPDATE stories SET rank = $2, head_id = CASE WHEN CAST($3 AS TEXT) = '' THEN head_id ELSE $3 END, two_sides = $4,
				compared = CASE WHEN CAST($5 AS BIGINT) = 0 THEN changes WHEN compared > $5 THEN compared ELSE $5 END, compared_at = $6
			WHERE id = $1 AND merged_into IS NULL`,
			s.ID, s.Rank, s.HeadID, flag(slices.ContainsFunc(cs, func(c *news.Comparison) bool { return c.Told() > 1 })), s.Changes, ms(now))
		if err != nil {
			return err
		}
		if n == 0 {
			var known int
			rows, err := t.query(ctx, `SELECT 1 FROM stories WHERE id = $1`, s.ID)
			if found, err := one(rows, err, &known); err != nil || found {
				return err
			}
			return news.ErrNotFound
		}
		for _, old := range []string{`DELETE FROM comparisons WHERE story_id = $1`, `DELETE FROM findings WHERE story_id = $1`} {
			if _, err := t.exec(ctx, old, s.ID); err != nil {
				return err
			}
		}
		for _, c := range cs {
			if _, err := t.exec(ctx, `INSERT INTO comparisons (story_id, lens_id, body) VALUES ($1, $2, $3)`, s.ID, c.LensID, js(c)); err != nil {
				return fmt.Errorf("lens %s: %w", c.LensID, err)
			}
		}
		if f == nil {
			return nil
		}
		_, err = t.exec(ctx, `INSERT INTO findings (story_id, body) VALUES ($1, $2)`, s.ID, js(f))
		return err
	})
	if err != nil {
		return fmt.Errorf("save the comparisons of story %s: %w", s.ID, err)
	}
	return nil
}

// Comparisons returns the comparisons of stories through one lens, by story. Stories
// that have none are not in the map.
func (d *DB) Comparisons(ctx context.Context, lensID string, storyIDs []string) (map[string]*news.Comparison, error) {
	rows, err := d.query(ctx, `SELECT body FROM comparisons WHERE lens_id = $1 AND `+d.dialect.in("story_id", "$2"),
		lensID, d.dialect.list(storyIDs))
	all, err := collect(rows, err, func(rows *sql.Rows) (*news.Comparison, error) {
		c := new(news.Comparison)
		return c, rows.Scan(jsonInto{c})
	})
	if err != nil {
		return nil, fmt.Errorf("read comparisons: %w", err)
	}
	of := make(map[string]*news.Comparison, len(all))
	for _, c := range all {
		of[c.StoryID] = c
	}
	return of, nil
}

// Findings returns what was found in the accounts of a story, whatever the lens; nil where
// nothing was.
func (d *DB) Findings(ctx context.Context, storyID string) (*news.Findings, error) {
	f := new(news.Findings)
	rows, err := d.query(ctx, `SELECT body FROM findings WHERE story_id = $1`, storyID)
	found, err := one(rows, err, jsonInto{f})
	if err != nil {
		return nil, fmt.Errorf("read the findings of story %s: %w", storyID, err)
	}
	if !found {
		return nil, nil //nolint:nilnil // a story without findings is no error
	}
	return f, nil
}

// comparedText is how much of a text is compared, in characters: more than the longest reports
// have. A page that is longer is a live blog of a whole day.
const comparedText = 60_000

// ReadTexts fills in the Text of articles. It stays empty where the text is purged, or is that of
// another Revision by now.
func (d *DB) ReadTexts(ctx context.Context, articles []*news.Article) error {
	byID := make(map[string]*news.Article, len(articles))
	ids := make([]string, 0, len(articles))
	for _, a := range articles {
		byID[a.ID] = a
		ids = append(ids, a.ID)
	}
	type read struct {
		id, text string
		revision int
	}
	rows, err := d.query(ctx, `SELECT a.id, a.revision, substr(t.text, 1, $2) FROM articles a JOIN article_texts t ON t.article_id = a.id
		WHERE `+d.dialect.in("a.id", "$1")+` AND a.purged_at = 0`, d.dialect.list(ids), comparedText)
	all, err := collect(rows, err, func(rows *sql.Rows) (r read, err error) {
		return r, rows.Scan(&r.id, &r.revision, &r.text)
	})
	if err != nil {
		return fmt.Errorf("read the texts of %d articles: %w", len(articles), err)
	}
	for _, r := range all {
		if a := byID[r.id]; a.Revision == r.revision {
			a.Text = r.text
		}
	}
	return nil
}
