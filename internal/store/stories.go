package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"parallax/internal/news"
)

func scanStory(rows *sql.Rows) (*news.Story, error) {
	s := new(news.Story)
	err := rows.Scan(&s.ID, &s.HeadID, timeInto{&s.First}, timeInto{&s.Last}, timeInto{&s.Told}, &s.Rank, textInto{&s.MergedInto}, &s.Changes,
		&s.Articles, &s.Outlets)
	return s, err
}

// storyColumns are those that scanStory reads, of stories s. Articles and outlets are
// counted at the moment now, because what is carried changes without a row changing.
func storyColumns(now string) string {
	of := ` FROM articles a JOIN sources c ON c.id = a.source_id WHERE a.story_id = s.id AND ` + carried("a", now)
	return `s.id, s.head_id, s.first_at, s.last_at, s.told_at, s.rank, s.merged_into, s.changes,
		(SELECT count(*)` + of + `) AS articles, (SELECT count(DISTINCT a.source_id)` + of + `) AS outlets`
}

// Stories returns a page of stories, and the cursor of the next page, "" if there is none. Only carried articles count; stories without any are left
// out.
func (d *DB) Stories(ctx context.Context, q news.StoryQuery) (page []*news.Story, next string, err error) {
	args := []any{ms(q.Now), max(q.MinOutlets, 1), q.Limit + 1}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	where, order := "", "rank"
	switch q.Order {
	case news.ByFirst:
		order = "first_at"
	case news.ByLast:
		order = "last_at"
	case news.ByTold:
		order = "told_at"
		where += ` AND s.told_at > 0`
	}
	if q.Order != news.ByRank && !q.Since.IsZero() {
		where += ` AND s.` + order + ` >= ` + arg(ms(q.Since))
	}
	if q.After != "" {
		place, id, err := readStoryCursor(q)
		if err != nil {
			return nil, "", fmt.Errorf("stories: %w", err)
		}
		where += ` AND (s.` + order + `, s.id) < (` + arg(place) + `, ` + arg(id) + `)`
	}
	// The stored count of outlets is never below the one at this moment; asking it first
	// passes over most stories without a look at their articles.
	rows, err := d.query(ctx, `SELECT s.id, s.head_id, s.first_at, s.last_at, s.told_at, s.rank, s.merged_into, s.changes, s.articles, s.outlets
		FROM (SELECT `+storyColumns("$1")+` FROM stories s WHERE s.merged_into IS NULL AND s.outlets >= $2`+where+`) s
		WHERE s.outlets >= $2 ORDER BY s.`+order+` DESC, s.id DESC LIMIT $3`, args...)
	page, err = collect(rows, err, scanStory)
	if err != nil {
		return nil, "", fmt.Errorf("read a page of stories: %w", err)
	}
	page, next = cut(page, q.Limit, func(last *news.Story) string {
		switch q.Order {
		case news.ByFirst:
			return timeCursor("f", last.First, last.ID)
		case news.ByLast:
			return timeCursor("l", last.Last, last.ID)
		case news.ByTold:
			return timeCursor("t", last.Told, last.ID)
		}
		return writeCursor("s", strconv.FormatFloat(last.Rank, 'g', -1, 64), last.ID)
	})
	return page, next, d.carriedHeads(ctx, page, q.Now)
}

// readStoryCursor returns after which rank, or which time, and which id the page begins.
func readStoryCursor(q news.StoryQuery) (place any, id string, err error) {
	switch q.Order {
	case news.ByFirst:
		return readTimeCursor("f", q.After)
	case news.ByLast:
		return readTimeCursor("l", q.After)
	case news.ByTold:
		return readTimeCursor("t", q.After)
	}
	text, id, err := readCursor("s", q.After)
	if err != nil {
		return nil, "", err
	}
	rank, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(rank) {
		return nil, "", news.ErrCursor
	}
	return rank, id, nil
}

// Story returns one story. One that was merged comes with MergedInto, the story that
// now stands for it; one of which nothing is carried with Articles 0.
func (d *DB) Story(ctx context.Context, id string, now time.Time) (*news.Story, error) {
	rows, err := d.query(ctx, `SELECT `+storyColumns("$1")+` FROM stories s WHERE s.id = $2`, ms(now), id)
	found, err := collect(rows, err, scanStory)
	story, err := only(found, err, "story", id)
	if err != nil || story.MergedInto != "" {
		return story, err
	}
	return story, d.carriedHeads(ctx, found, now)
}

// Headed returns those of stories that are there, did not merge and have something that is carried, each
// with the carried article that stands for it, without its text. It asks as often for sixty
// stories as for one.
func (d *DB) Headed(ctx context.Context, storyIDs []string, now time.Time) (map[string]news.Headed, error) {
	rows, err := d.query(ctx, `SELECT `+storyColumns("$1")+` FROM stories s WHERE `+d.dialect.in("s.id", "$2")+` AND s.merged_into IS NULL`,
		ms(now), d.dialect.list(storyIDs))
	stories, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	stories = slices.DeleteFunc(stories, func(s *news.Story) bool { return s.Articles == 0 })
	if err := d.carriedHeads(ctx, stories, now); err != nil {
		return nil, err
	}
	heads := make([]string, 0, len(stories))
	for _, s := range stories {
		heads = append(heads, s.HeadID)
	}
	rows, err = d.query(ctx, briefArticle+`WHERE `+d.dialect.in("a.id", "$1"), d.dialect.list(heads))
	articles, err := collect(rows, err, scanArticle)
	if err != nil {
		return nil, fmt.Errorf("read the heads of stories: %w", err)
	}
	by := map[string]*news.Article{}
	for _, a := range articles {
		by[a.ID] = a
	}
	of := make(map[string]news.Headed, len(stories))
	for _, s := range stories {
		if a := by[s.HeadID]; a != nil {
			of[s.ID] = news.Headed{Story: s, Head: a}
		}
	}
	return of, nil
}

// carriedHeads gives stories whose head is not carried their earliest article that is.
func (d *DB) carriedHeads(ctx context.Context, stories []*news.Story, now time.Time) error {
	byHead := map[string]*news.Story{}
	heads := make([]string, 0, len(stories))
	for _, s := range stories {
		byHead[s.HeadID] = s
		heads = append(heads, s.HeadID)
	}
	rows, err := d.query(ctx, `SELECT a.id FROM articles a JOIN sources c ON c.id = a.source_id
		WHERE `+d.dialect.in("a.id", "$2")+` AND `+carried("a", "$1"), ms(now), d.dialect.list(heads))
	good, err := collect(rows, err, scanString)
	if err != nil {
		return fmt.Errorf("read the heads of stories: %w", err)
	}
	for _, id := range good {
		delete(byHead, id)
	}
	for _, s := range byHead {
		s.HeadID = ""
		rows, err := d.query(ctx, `SELECT a.id FROM articles a JOIN sources c ON c.id = a.source_id
			WHERE a.story_id = $2 AND `+carried("a", "$1")+` ORDER BY a.at, a.id LIMIT 1`, ms(now), s.ID)
		if _, err := one(rows, err, &s.HeadID); err != nil {
			return fmt.Errorf("read the head of story %s: %w", s.ID, err)
		}
	}
	return nil
}

// ArticlesOf returns the carried articles of stories, without their texts, in the order
// of When.
func (d *DB) ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error) {
	rows, err := d.query(ctx, briefArticle+`JOIN sources c ON c.id = a.source_id
		WHERE `+d.dialect.in("a.story_id", "$2")+` AND `+carried("a", "$1")+` ORDER BY a.at, a.id`,
		ms(now), d.dialect.list(storyIDs))
	all, err := collect(rows, err, scanArticle)
	if err != nil {
		return nil, fmt.Errorf("read the articles of stories: %w", err)
	}
	of := make(map[string][]*news.Article, len(storyIDs))
	for _, a := range all {
		of[a.StoryID] = append(of[a.StoryID], a)
	}
	return of, nil
}
