package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

// Uncompared returns at most limit stories that changed since they were compared, those
// that wait longest first. Their counts are those of what is not purged.
func (d *DB) Uncompared(ctx context.Context, limit int) ([]*news.Story, error) {
	rows, err := d.query(ctx, `SELECT id, head_id, first_at, last_at, rank, merged_into, changes, articles, outlets
		FROM stories WHERE merged_into IS NULL AND changes > compared ORDER BY changed_at, id LIMIT $1`, limit)
	all, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories to compare: %w", err)
	}
	return all, nil
}

// SaveComparisons replaces the comparisons of a story and keeps its Rank and HeadID. A
// story that changed since s was read waits to be compared again; of one that was
// merged since, nothing is kept. Without s.Changes the story counts as compared as it
// is now.
func (d *DB) SaveComparisons(ctx context.Context, s *news.Story, cs []*news.Comparison, now time.Time) error {
	err := d.change(ctx, func(t *tx) error {
		// On PostgreSQL this also keeps two processes that compare one story apart.
		n, err := t.exec(ctx, `UPDATE stories SET rank = $2, head_id = CASE WHEN CAST($3 AS TEXT) = '' THEN head_id ELSE $3 END, two_sides = $4,
				compared = CASE WHEN CAST($5 AS BIGINT) = 0 THEN changes WHEN compared > $5 THEN compared ELSE $5 END, compared_at = $6
			WHERE id = $1 AND merged_into IS NULL`,
			s.ID, s.Rank, s.HeadID, twoSides(cs), s.Changes, ms(now))
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
		if _, err := t.exec(ctx, `DELETE FROM comparisons WHERE story_id = $1`, s.ID); err != nil {
			return err
		}
		for _, c := range cs {
			if _, err := t.exec(ctx, `INSERT INTO comparisons (story_id, lens_id, body) VALUES ($1, $2, $3)`, s.ID, c.LensID, js(c)); err != nil {
				return fmt.Errorf("lens %s: %w", c.LensID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save the comparisons of story %s: %w", s.ID, err)
	}
	return nil
}

// twoSides is 1 if two sides of one lens have the story.
func twoSides(cs []*news.Comparison) int {
	for _, c := range cs {
		sides := 0
		for _, side := range c.Sides {
			if side.SideID != news.Unplaced && len(side.Outlets) > 0 {
				sides++
			}
		}
		if sides >= 2 {
			return 1
		}
	}
	return 0
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
