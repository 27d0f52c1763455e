package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"time"

	"parallax/internal/news"
)

// factDecisions counts what the editor decided.
const factDecisions = "decisions of the editor"

// Decisions returns how many decisions of the editor there were so far.
func (d *DB) Decisions(ctx context.Context) (int64, error) {
	var n int64
	rows, err := d.query(ctx, `SELECT CAST(value AS BIGINT) FROM facts WHERE name = $1`, factDecisions)
	if _, err := one(rows, err, &n); err != nil {
		return 0, fmt.Errorf("count what the editor decided: %w", err)
	}
	return n, nil
}

// Hand returns what the editor decided.
func (d *DB) Hand(ctx context.Context) (*news.Hand, error) {
	h := &news.Hand{Pinned: map[string]bool{}, Locked: map[string]bool{}, Apart: map[[2]string]bool{}}
	var err error
	// First, so that what is decided meanwhile is not taken for known.
	if h.Decisions, err = d.Decisions(ctx); err != nil {
		return nil, err
	}
	for query, into := range map[string]map[string]bool{
		`SELECT article_id FROM pins`: h.Pinned,
		`SELECT story_id FROM locks`:  h.Locked,
	} {
		rows, err := d.query(ctx, query)
		ids, err := collect(rows, err, scanString)
		if err != nil {
			return nil, fmt.Errorf("read what the editor decided: %w", err)
		}
		for _, id := range ids {
			into[id] = true
		}
	}
	rows, err := d.query(ctx, separations)
	pairs, err := collect(rows, err, scanPair)
	if err != nil {
		return nil, fmt.Errorf("read which stories the editor told apart: %w", err)
	}
	for _, p := range pairs {
		if p[0] != p[1] { // the editor has merged them since
			h.Apart[p] = true
		}
	}
	return h, nil
}

// separations selects the pairs that the editor told apart, as they are named now.
const separations = `SELECT coalesce(x.merged_into, x.id), coalesce(y.merged_into, y.id)
	FROM separations z JOIN stories x ON x.id = z.a JOIN stories y ON y.id = z.b`

// separationsOf selects those of a story.
const separationsOf = separations + `
	WHERE coalesce(x.merged_into, x.id) = $1 OR coalesce(y.merged_into, y.id) = $1 ORDER BY z.at, z.a, z.b`

func scanPair(rows *sql.Rows) ([2]string, error) {
	var a, b string
	err := rows.Scan(&a, &b)
	return news.Pair(a, b), err
}

// decide runs f, which keeps the n-th decision of the editor. It waits for a clustering that
// is being kept, and one that was made before is refused.
func (d *DB) decide(ctx context.Context, now time.Time, f func(t *tx, n int64, changed map[string]bool) error) error {
	return d.change(ctx, func(t *tx) error {
		var n int64
		rows, err := t.query(ctx, `UPDATE facts SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = $1
			RETURNING CAST(value AS BIGINT)`, factDecisions)
		if _, err := one(rows, err, &n); err != nil {
			return err
		}
		changed := map[string]bool{}
		if err := f(t, n, changed); err != nil {
			return err
		}
		return t.recountAll(ctx, changed, now)
	})
}

// current refuses what was made with another number of decisions of the editor than there are.
func (t *tx) current(ctx context.Context, decisions int64) error {
	var n int64
	rows, err := t.query(ctx, `SELECT CAST(value AS BIGINT) FROM facts WHERE name = $1`+t.d.dialect.forUpdate(), factDecisions)
	if _, err := one(rows, err, &n); err != nil {
		return err
	}
	if n != decisions {
		return news.ErrDecided
	}
	return nil
}

// A Moved says what MoveArticle or MergeStories did.
type Moved struct {
	From, To string // the same where nothing moved, for it stood there already
	Copies   int    // that went with an article
	Stay     int    // copies of it that stay where it stood, for the editor moved or merged them there
	Locked   bool   // the story To is; after a merge, if either was
	Left     bool   // the story From is locked, and stays so
	Apart    bool   // the editor had told the two apart; after a merge that no longer holds
}

// MoveArticle moves an article, with the copies of it that stand beside it, into a story, or
// into a new one where storyID is "", as the editor decided. The machine will not move it
// again, nor merge the two stories.
func (d *DB) MoveArticle(ctx context.Context, articleID, storyID, why string, now time.Time) (done Moved, err error) {
	err = d.decide(ctx, now, func(t *tx, n int64, changed map[string]bool) error {
		done = Moved{}
		rows, err := t.query(ctx, `SELECT coalesce(story_id, '') FROM articles WHERE id = $1 AND purged_at = 0`+t.d.dialect.forUpdate(), articleID)
		found, err := one(rows, err, &done.From)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("article %s: %w", articleID, news.ErrNotFound)
		case done.From == "":
			return news.ErrUnplaced
		}
		// The number makes the id of a new one differ from all that were ever given.
		done.To = news.ID("story", articleID, factDecisions, strconv.FormatInt(n, 10))
		if storyID != "" {
			if done.To, err = t.target(ctx, storyID); err != nil {
				return err
			}
		}
		rows, err = t.query(ctx, `SELECT id FROM articles WHERE wire_root = $1 AND story_id = $2 AND id <> $1
			AND id NOT IN (SELECT article_id FROM pins) ORDER BY id`, articleID, done.From)
		copies, err := collect(rows, err, scanString)
		if err != nil {
			return err
		}
		if storyID == "" {
			var others int
			rows, err := t.query(ctx, `SELECT count(*) FROM articles WHERE story_id = $1`, done.From)
			if _, err := one(rows, err, &others); err != nil {
				return err
			}
			if others == 1+len(copies) {
				done.To = done.From // it stands alone
			}
		}
		if _, done.Locked, err = t.locked(ctx, done.To); err != nil {
			return err
		}
		if done.From != done.To {
			if _, done.Left, err = t.locked(ctx, done.From); err != nil {
				return err
			}
		}
		if done.From == done.To && why == "" { // the reason that was given before goes on
			_, err := t.exec(ctx, `INSERT INTO pins (article_id, at, why) VALUES ($1, $2, '') ON CONFLICT (article_id) DO NOTHING`, articleID, ms(now))
			return err
		}
		if err := t.pin(ctx, articleID, why, now); err != nil || done.From == done.To {
			return err
		}
		pair := news.Pair(done.From, done.To)
		if _, err := t.exec(ctx, `INSERT INTO stories (id) VALUES ($1) ON CONFLICT (id) DO NOTHING`, done.To); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO separations (a, b, at) VALUES ($1, $2, $3) ON CONFLICT (a, b) DO NOTHING`,
			pair[0], pair[1], ms(now)); err != nil {
			return err
		}
		moves := []news.Move{{ArticleID: articleID, From: done.From, To: done.To, Why: why}}
		for _, id := range copies {
			moves = append(moves, news.Move{ArticleID: id, From: done.From, To: done.To, Why: "its text is that of " + articleID})
		}
		done.Copies = len(copies)
		rows, err = t.query(ctx, `SELECT count(*) FROM articles WHERE wire_root = $1 AND story_id = $2 AND id <> $1`, articleID, done.From)
		if _, err := one(rows, err, &done.Stay); err != nil {
			return err
		}
		done.Stay -= done.Copies
		if err := t.moveAll(ctx, moves, changed, now); err != nil {
			return err
		}
		// A copy that the editor set apart from its root weighs where it stands.
		_, err = t.exec(ctx, `UPDATE placements SET wire_root = '' WHERE article_id = $1 AND wire_root <> ''`, articleID)
		return err
	})
	if err != nil {
		return done, fmt.Errorf("move article %s: %w", articleID, err)
	}
	return done, nil
}

// target returns the story that id stands for, which must be there.
func (t *tx) target(ctx context.Context, id string) (string, error) {
	found := ""
	rows, err := t.query(ctx, `SELECT coalesce(merged_into, id) FROM stories WHERE id = $1`, id)
	if known, err := one(rows, err, &found); err != nil || !known {
		return "", cmp.Or(err, fmt.Errorf("story %s: %w", id, news.ErrNotFound))
	}
	return found, nil
}

func (t *tx) pin(ctx context.Context, articleID, why string, now time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO pins (article_id, at, why) VALUES ($1, $2, $3)
		ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, why = excluded.why`, articleID, ms(now), why)
	return err
}

// UnpinArticle lets the machine move an article again.
func (d *DB) UnpinArticle(ctx context.Context, articleID string, now time.Time) error {
	err := d.decide(ctx, now, func(t *tx, _ int64, _ map[string]bool) error {
		n, err := t.exec(ctx, `DELETE FROM pins WHERE article_id = $1`, articleID)
		if err == nil && n == 0 {
			return news.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("unpin article %s: %w", articleID, err)
	}
	return nil
}

// LockStory keeps the machine from changing a story in any way, and returns the story that
// storyID stands for, and since when it had been locked before, if it was. Of that, only the
// reason is changed, where a new one is given.
func (d *DB) LockStory(ctx context.Context, storyID, why string, now time.Time) (id string, before time.Time, err error) {
	err = d.decide(ctx, now, func(t *tx, _ int64, _ map[string]bool) (err error) {
		if id, err = t.target(ctx, storyID); err != nil {
			return err
		}
		if before, _, err = t.locked(ctx, id); err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO locks (story_id, at, why) VALUES ($1, $2, $3)
			ON CONFLICT (story_id) DO UPDATE SET why = excluded.why WHERE excluded.why <> ''`, id, ms(now), why)
		return err
	})
	if err != nil {
		return id, before, fmt.Errorf("lock a story: %w", err)
	}
	return id, before, nil
}

// locked returns since when a story is locked, if it is.
func (t *tx) locked(ctx context.Context, id string) (since time.Time, is bool, err error) {
	rows, err := t.query(ctx, `SELECT at FROM locks WHERE story_id = $1`, id)
	is, err = one(rows, err, timeInto{&since})
	return since, is, err
}

// UnlockStory ends a lock. It returns news.ErrNotFound where there is none.
func (d *DB) UnlockStory(ctx context.Context, storyID string, now time.Time) error {
	err := d.decide(ctx, now, func(t *tx, _ int64, _ map[string]bool) error {
		id, err := t.target(ctx, storyID)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM locks WHERE story_id = $1`, id)
		if err == nil && n == 0 {
			return fmt.Errorf("the story is not locked: %w", news.ErrNotFound)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("unlock a story: %w", err)
	}
	return nil
}

// MergeStories makes one story part of another, as the editor decided. Their articles are
// pinned: the machine will not take them apart. Where either was locked, the whole is, for the
// same reason. That the editor had told the two apart holds no longer.
func (d *DB) MergeStories(ctx context.Context, from, into, why string, now time.Time) (m Moved, err error) {
	err = d.decide(ctx, now, func(t *tx, _ int64, changed map[string]bool) error {
		if m.From, err = t.target(ctx, from); err != nil {
			return err
		}
		if m.To, err = t.target(ctx, into); err != nil || m.From == m.To {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO pins (article_id, at, why) SELECT id, $3, $4 FROM articles
			WHERE story_id IN ($1, $2) AND purged_at = 0 ON CONFLICT (article_id) DO NOTHING`, m.From, m.To, ms(now), why); err != nil {
			return err
		}
		rows, err := t.query(ctx, separationsOf, m.From)
		pairs, err := collect(rows, err, scanPair)
		if err != nil {
			return err
		}
		m.Apart = slices.Contains(pairs, news.Pair(m.From, m.To))
		if _, err := t.exec(ctx, `INSERT INTO locks (story_id, at, why) SELECT CAST($2 AS TEXT), at, why FROM locks WHERE story_id = $1
			ON CONFLICT (story_id) DO NOTHING`, m.From, m.To); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM locks WHERE story_id = $1`, m.From); err != nil {
			return err
		}
		if _, m.Locked, err = t.locked(ctx, m.To); err != nil {
			return err
		}
		return t.merge(ctx, news.Merge{From: m.From, Into: m.To, Why: why}, true, changed, now)
	})
	if err != nil {
		return m, fmt.Errorf("merge two stories: %w", err)
	}
	return m, nil
}
