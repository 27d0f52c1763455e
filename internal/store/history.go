package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parallax/internal/news"
)

// HistoryOf returns what happened to where an article stands. It is empty for one that has no
// story yet, and tells no reasons of a purged one.
func (d *DB) HistoryOf(ctx context.Context, articleID string) (*news.History, error) {
	h := new(news.History)
	placed := news.Event{Kind: news.EventPlaced}
	var storyID string
	rows, err := d.query(ctx, `SELECT p.story_id, p.placed_at, p.score, p.why, p.grounds, coalesce(a.story_id, '')
		FROM placements p JOIN articles a ON a.id = p.article_id WHERE p.article_id = $1`, articleID)
	known, err := one(rows, err, &placed.To, timeInto{&placed.At}, &placed.Score, &placed.Why, jsonInto{&placed.Grounds}, &storyID)
	if err != nil {
		return nil, fmt.Errorf("read why article %s was placed: %w", articleID, err)
	}
	if !known {
		return h, nil
	}
	rows, err = d.query(ctx, `SELECT from_id, into_id, at, seq, score, why FROM moves WHERE article_id = $1 ORDER BY n`, articleID)
	moves, err := collect(rows, err, func(rows *sql.Rows) (news.Event, error) {
		e := news.Event{Kind: news.EventMoved}
		var seq int64
		err := rows.Scan(&e.From, &e.To, timeInto{&e.At}, &seq, &e.Score, &e.Why)
		e.Editor = seq == 0
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read where article %s was moved: %w", articleID, err)
	}
	h.Events = append(h.Events, placed)
	at := placed.To
	for _, m := range append(moves, news.Event{From: storyID}) {
		if err := d.followMerges(ctx, h, at, m.From); err != nil {
			return nil, fmt.Errorf("read the merges of story %s: %w", at, err)
		}
		if m.Kind != "" {
			h.Events = append(h.Events, m)
		}
		at = m.To
	}
	if h.Pinned, err = d.note(ctx, `SELECT at, why FROM pins WHERE article_id = $1`, articleID); err != nil {
		return nil, fmt.Errorf("read whether article %s is pinned: %w", articleID, err)
	}
	if h.Locked, err = d.note(ctx, `SELECT at, why FROM locks WHERE story_id = $1`, storyID); err != nil {
		return nil, fmt.Errorf("read whether story %s is locked: %w", storyID, err)
	}
	return h, nil
}

const (
	// maxFollowed bounds how many merges of one article's stories are told.
	maxFollowed = 50
	// maxRecorded bounds how many merges into one story are told, the last ones.
	maxRecorded = 200
)

// followMerges adds the merges by which an article came from one story to another.
func (d *DB) followMerges(ctx context.Context, h *news.History, from, to string) error {
	for n := 0; from != to && n < maxFollowed; n++ {
		rows, err := d.query(ctx, merges+`WHERE m.from_id = $1`, from)
		found, err := collect(rows, err, scanMerge)
		if err != nil || len(found) == 0 {
			return err // what was merged by an earlier version of the program left no record
		}
		h.Events = append(h.Events, found[0])
		from = found[0].To
	}
	return nil
}

const merges = `SELECT m.from_id, m.into_id, m.at, m.editor, m.score, m.why, m.model, m.witness FROM merges m `

func scanMerge(rows *sql.Rows) (news.Event, error) {
	e := news.Event{Kind: news.EventMerged}
	var editor int
	err := rows.Scan(&e.From, &e.To, timeInto{&e.At}, &editor, &e.Score, &e.Why, &e.Model, &e.Witness)
	e.Editor = editor != 0
	return e, err
}

func scanPin(rows *sql.Rows) (p news.Pin, err error) {
	err = rows.Scan(&p.ArticleID, timeInto{&p.At}, &p.Why)
	return p, err
}

// note returns the row of a pin or a lock, nil if there is none.
func (d *DB) note(ctx context.Context, query, id string) (*news.Note, error) {
	n := new(news.Note)
	rows, err := d.query(ctx, query, id)
	found, err := one(rows, err, timeInto{&n.At}, &n.Why)
	if err != nil || !found {
		return nil, err
	}
	return n, nil
}

// RecordOf returns what happened to a story that is no redirect.
func (d *DB) RecordOf(ctx context.Context, storyID string) (*news.Record, error) {
	r := new(news.Record)
	rows, err := d.query(ctx, merges+`JOIN stories s ON s.id = m.from_id WHERE s.merged_into = $1
		ORDER BY m.at DESC, m.from_id DESC LIMIT $2`, storyID, maxRecorded)
	if r.Merges, err = collect(rows, err, scanMerge); err != nil {
		return nil, fmt.Errorf("read what story %s took up: %w", storyID, err)
	}
	slices.Reverse(r.Merges)
	if r.Locked, err = d.note(ctx, `SELECT at, why FROM locks WHERE story_id = $1`, storyID); err != nil {
		return nil, fmt.Errorf("read whether story %s is locked: %w", storyID, err)
	}
	rows, err = d.query(ctx, separationsOf, storyID)
	pairs, err := collect(rows, err, scanPair)
	if err != nil {
		return nil, fmt.Errorf("read from which stories %s was told apart: %w", storyID, err)
	}
	seen := map[string]bool{storyID: true}
	for _, p := range pairs {
		for _, id := range p {
			if !seen[id] {
				seen[id] = true
				r.Apart = append(r.Apart, id)
			}
		}
	}
	rows, err = d.query(ctx, `SELECT a.id, n.at, n.why FROM articles a JOIN pins n ON n.article_id = a.id WHERE a.story_id = $1 ORDER BY a.at, a.id`, storyID)
	if r.Pinned, err = collect(rows, err, scanPin); err != nil {
		return nil, fmt.Errorf("read which articles of story %s are pinned: %w", storyID, err)
	}
	return r, nil
}

// KnownArticles returns those of ids that articles have.
func (d *DB) KnownArticles(ctx context.Context, ids []string) ([]string, error) {
	rows, err := d.query(ctx, `SELECT id FROM articles WHERE `+d.dialect.in("id", "$1")+` ORDER BY id`, d.dialect.list(ids))
	known, err := collect(rows, err, scanString)
	if err != nil {
		return nil, fmt.Errorf("look for articles: %w", err)
	}
	return known, nil
}
