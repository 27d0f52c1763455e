package store

import (
	"context"
	"fmt"
	"time"

	"parallax/internal/news"
)

// maxMoves is how many moves of one article are remembered, the last ones: more than any
// page tells.
const maxMoves = 20

// merge makes story m.From part of m.Into.
func (t *tx) merge(ctx context.Context, m news.Merge, editor bool, changed map[string]bool, now time.Time) error {
	from, err := t.final(ctx, m.From)
	if err != nil {
		return err
	}
	into, err := t.final(ctx, m.Into)
	if err != nil || from == into {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE articles SET story_id = $2 WHERE story_id = $1`, from, into); err != nil {
		return err
	}
	m.From, m.Into = from, into
	if err := t.redirect(ctx, m, editor, now); err != nil {
		return err
	}
	delete(changed, from)
	changed[into] = true
	return nil
}

// redirect makes the address of m.From, a story without articles, lead to m.Into.
func (t *tx) redirect(ctx context.Context, m news.Merge, editor bool, now time.Time) error {
	// Those that from took up point straight to into: a redirect is one step.
	if _, err := t.exec(ctx, `UPDATE stories SET merged_into = $2, articles = 0, outlets = 0, two_sides = 0
		WHERE id = $1 OR merged_into = $1`, m.From, m.Into); err != nil {
		return err
	}
	for _, forget := range []string{`DELETE FROM comparisons WHERE story_id = $1`, `DELETE FROM findings WHERE story_id = $1`, `DELETE FROM gists WHERE story_id = $1`, `DELETE FROM locks WHERE story_id = $1`} {
		if _, err := t.exec(ctx, forget, m.From); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `INSERT INTO merges (from_id, into_id, at, editor, score, why, model, witness)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (from_id) DO NOTHING`, m.From, m.Into, ms(now), flag(editor), m.Score, m.Why, m.Model, m.Witness)
	return err
}

// moveAll moves articles, and lets the addresses of stories of which nothing is left lead to
// where their last article went.
func (t *tx) moveAll(ctx context.Context, moves []news.Move, changed map[string]bool, now time.Time) error {
	var left []string // in the order in which articles were taken out of them
	went := map[string]string{}
	editor := map[string]bool{}
	for _, m := range moves {
		from, to, err := t.move(ctx, m, changed, now)
		if err != nil {
			return fmt.Errorf("move article %s from story %s to %s: %w", m.ArticleID, m.From, m.To, err)
		}
		if from == to {
			continue
		}
		if went[from] == "" {
			left = append(left, from)
		}
		went[from], editor[from] = to, m.Seq == 0
	}
	for _, from := range left {
		var articles int
		rows, err := t.query(ctx, `SELECT count(*) FROM articles WHERE story_id = $1`, from)
		if _, err := one(rows, err, &articles); err != nil {
			return err
		}
		if articles > 0 {
			continue
		}
		to, err := t.final(ctx, went[from])
		if err != nil {
			return err
		}
		m := news.Merge{From: from, Into: to, Why: "its last article was moved there"}
		if err := t.redirect(ctx, m, editor[from], now); err != nil {
			return fmt.Errorf("redirect story %s, which is empty, to %s: %w", from, to, err)
		}
		delete(changed, from)
	}
	return nil
}

// move moves one article, if it stands in m.From, and returns what m.From and m.To stand
// for; the same twice where nothing was moved.
func (t *tx) move(ctx context.Context, m news.Move, changed map[string]bool, now time.Time) (from, to string, err error) {
	if from, err = t.final(ctx, m.From); err != nil {
		return "", "", err
	}
	if to, err = t.final(ctx, m.To); err != nil || from == to {
		return to, to, err
	}
	n, err := t.exec(ctx, `UPDATE articles SET story_id = $3 WHERE id = $1 AND story_id = $2`, m.ArticleID, from, to)
	if err != nil || n == 0 {
		return to, to, err
	}
	// Another one stands for the story until the clusterer says which.
	if _, err := t.exec(ctx, `UPDATE stories SET head_id = '' WHERE id = $1 AND head_id = $2`, from, m.ArticleID); err != nil {
		return "", "", err
	}
	if _, err := t.exec(ctx, `INSERT INTO moves (article_id, n, from_id, into_id, at, seq, score, why)
		SELECT $1, coalesce((SELECT max(n) FROM moves WHERE article_id = $1), 0) + 1, $2, $3, $4, $5, $6, $7`,
		m.ArticleID, from, to, ms(now), m.Seq, m.Score, m.Why); err != nil {
		return "", "", err
	}
	if _, err := t.exec(ctx, `DELETE FROM moves WHERE article_id = $1
		AND n <= (SELECT max(n) FROM moves WHERE article_id = $1) - $2`, m.ArticleID, maxMoves); err != nil {
		return "", "", err
	}
	if err := t.forgetGists(ctx, from); err != nil {
		return "", "", err
	}
	changed[from], changed[to] = true, true
	return from, to, nil
}
