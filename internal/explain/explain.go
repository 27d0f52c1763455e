// Package explain says in words why an Article stands in its Story. It reads what the
// store kept of each decision, the machine's and the editor's, and decides nothing itself.
// The command line and the pages print the same words.
package explain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parallax/internal/news"
)

// A Store is what is read.
type Store interface {
	Article(ctx context.Context, id string) (*news.Article, error)
	Source(ctx context.Context, id string) (*news.Source, error)
	Story(ctx context.Context, id string, now time.Time) (*news.Story, error)
	HistoryOf(ctx context.Context, articleID string) (*news.History, error)
	RecordOf(ctx context.Context, storyID string) (*news.Record, error)
}

// An Explanation is why an Article stands where it stands. Its JSON is described in
// docs/formats/explain.md.
type Explanation struct {
	Article  Article      `json:"article"`
	Story    *Story       `json:"story"` // null: it waits to be placed
	CopyOf   *Article     `json:"copy_of,omitempty"`
	CopyPart int          `json:"copy_share,omitempty"` // of 100 of its words
	Events   []news.Event `json:"events"`
	Pinned   *news.Note   `json:"pinned,omitempty"`
	// Articles and Stories are those that the events name, by id, as far as they may be shown.
	Articles map[string]Article `json:"articles"`
	Stories  map[string]Story   `json:"stories"`

	placedAs string // the Story that it stood in when it was placed, as it is named now
}

// An Article is named by its headline.
type Article struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Source   string    `json:"source"`
	Outlet   string    `json:"outlet"`
	URL      string    `json:"url"`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

// A Story is named by its headline.
type Story struct {
	ID       string       `json:"id"` // as it is now: of one that merged, of the one that took it up
	Title    string       `json:"title"`
	Language string       `json:"language,omitempty"` // of the title
	Articles int          `json:"articles"`
	Outlets  int          `json:"outlets"`
	TookUp   int          `json:"took_up,omitempty"` // how many other stories
	Locked   *news.Note   `json:"locked,omitempty"`
	Apart    []string     `json:"apart,omitempty"` // stories that the editor keeps from merging with it
	Merges   []news.Event `json:"merges,omitempty"`
}

// maxNamed bounds how many articles and stories are looked up for their headlines.
const maxNamed = 60

// Of explains one article at the moment now. Headlines of others are told where show
// allows it.
func Of(ctx context.Context, s Store, id string, now time.Time, show func(*news.Article, *news.Source) bool) (*Explanation, error) {
	a, err := s.Article(ctx, id)
	if err != nil {
		return nil, err
	}
	history, err := s.HistoryOf(ctx, id)
	if err != nil {
		return nil, err
	}
	l := &lookup{Store: s, ctx: ctx, now: now, show: show}
	x := &Explanation{
		Events: history.Events, Pinned: history.Pinned,
		Articles: map[string]Article{}, Stories: map[string]Story{},
	}
	src, err := s.Source(ctx, a.SourceID)
	if err != nil {
		return nil, fmt.Errorf("source of article %s: %w", id, err)
	}
	x.Article = named(a, src)
	if a.WireRoot != "" && a.WireRoot != id {
		root, err := l.article(a.WireRoot)
		if err != nil {
			return nil, err
		}
		if root != nil {
			x.CopyOf, x.CopyPart = root, a.WireShare
		}
	}
	if a.StoryID != "" {
		if x.Story, err = l.story(a.StoryID); err != nil {
			return nil, err
		}
		record, err := s.RecordOf(ctx, a.StoryID)
		if err != nil {
			return nil, err
		}
		x.Story.TookUp, x.Story.Locked, x.Story.Apart, x.Story.Merges = len(record.Merges), record.Locked, record.Apart, record.Merges
	}
	if err := x.name(l); err != nil {
		return nil, err
	}
	return x, nil
}

// name looks up what the events name.
func (x *Explanation) name(l *lookup) error {
	var articles, stories []string
	for _, e := range x.Events {
		stories = append(stories, e.From, e.To)
		articles = append(articles, e.Witness)
		if g := e.Grounds; g != nil {
			for _, w := range []*news.Weighed{g.Chosen, g.Refused} {
				if w != nil {
					stories, articles = append(stories, w.StoryID), append(articles, w.ArticleID)
				}
			}
		}
	}
	if x.Story != nil {
		stories = append(stories, x.Story.Apart...)
		for _, e := range x.Story.Merges {
			articles = append(articles, e.Witness)
		}
	}
	for _, id := range articles[:min(len(articles), maxNamed)] {
		if _, known := x.Articles[id]; known || id == "" || id == x.Article.ID {
			continue
		}
		a, err := l.article(id)
		if err != nil {
			return err
		}
		if a != nil {
			x.Articles[id] = *a
		}
	}
	for _, id := range stories[:min(len(stories), maxNamed)] {
		if _, known := x.Stories[id]; known || id == "" {
			continue
		}
		st, err := l.story(id)
		if err != nil {
			return err
		}
		if st != nil {
			x.Stories[id] = *st
		}
	}
	if len(x.Events) > 0 {
		x.placedAs = x.Stories[x.Events[0].To].ID
	}
	return nil
}

// A lookup finds names.
type lookup struct {
	Store
	ctx  context.Context //nolint:containedctx // it lives as long as one call
	now  time.Time
	show func(*news.Article, *news.Source) bool
}

func named(a *news.Article, src *news.Source) Article {
	return Article{ID: a.ID, Title: a.Title, Source: src.ID, Outlet: src.Name, URL: a.URL, Language: a.Language, At: a.When()}
}

// article returns nil for one that may not be shown.
func (l *lookup) article(id string) (*Article, error) {
	a, err := l.Article(l.ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil //nolint:nilnil // none is there to be named
	}
	if err != nil {
		return nil, fmt.Errorf("name article %s: %w", id, err)
	}
	src, err := l.Source(l.ctx, a.SourceID)
	if err != nil {
		return nil, fmt.Errorf("source of article %s: %w", id, err)
	}
	if !a.Purged.IsZero() || !l.show(a, src) {
		return nil, nil //nolint:nilnil // it is not to be named
	}
	found := named(a, src)
	return &found, nil
}

// story returns what id stands for now, without a title where its head may not be shown.
func (l *lookup) story(id string) (*Story, error) {
	st, err := l.Story(l.ctx, id, l.now)
	if err == nil && st.MergedInto != "" {
		st, err = l.Story(l.ctx, st.MergedInto, l.now)
	}
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil //nolint:nilnil // none is there to be named
	}
	if err != nil {
		return nil, fmt.Errorf("name story %s: %w", id, err)
	}
	found := &Story{ID: st.ID, Articles: st.Articles, Outlets: st.Outlets}
	if st.HeadID == "" {
		return found, nil
	}
	head, err := l.article(st.HeadID)
	if err != nil {
		return nil, err
	}
	if head != nil {
		found.Title, found.Language = head.Title, head.Language
	}
	return found, nil
}
