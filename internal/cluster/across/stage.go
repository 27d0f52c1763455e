package across

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"parallax/internal/news"
)

const (
	// batch is how many stories are looked at together.
	batch = 200
	// window is how long documents are compared with those of other languages. Stories more than
	// maxApart apart are not, but a story may grow for longer.
	window = 7 * 24 * time.Hour
	// perStory is how many articles of a story are read, the first: more than a view holds,
	// since copies are not among these.
	perStory = 2 * storyDocs
)

// A Store is what is needed to remember.
type Store interface {
	// Unrelated returns Stories that changed since their relations were sought.
	Unrelated(ctx context.Context, limit int) ([]*news.Story, error)
	// StoriesSince returns the Stories whose last Article is of since or later.
	StoriesSince(ctx context.Context, since time.Time, limit int) ([]*news.Story, error)
	// Told returns the first Articles of Stories, with Text.
	Told(ctx context.Context, storyIDs []string, perStory int) (map[string][]*news.Article, error)
	// TellingOf returns Articles, with Text.
	TellingOf(ctx context.Context, articleIDs []string) ([]*news.Article, error)
	// SaveRelations keeps all of it or nothing.
	SaveRelations(ctx context.Context, done []*news.Story, relations []news.Relation) error
}

// A Stage seeks the relations of the Stories that changed, and keeps its Index between runs.
// One at a time may run on a store. It is not safe for concurrent use.
type Stage struct {
	store Store
	log   *slog.Logger
	now   func() time.Time
	index *Index // nil when it must be built from the store
}

// New returns the stage.
func New(store Store, log *slog.Logger, now func() time.Time) *Stage {
	return &Stage{store: store, log: log, now: now}
}

// Name returns "relate".
func (*Stage) Name() string { return "relate" }

// Run looks at every Story that changed. What it learned and could not keep is learned again.
func (s *Stage) Run(ctx context.Context) (err error) {
	whole := false
	defer func() {
		if !whole {
			s.index = nil // it may have stopped half-way
		}
	}()
	for {
		changed, err := s.store.Unrelated(ctx, batch)
		if err != nil {
			return fmt.Errorf("relate: read stories that changed: %w", err)
		}
		if len(changed) == 0 {
			whole = true
			return nil
		}
		if s.index == nil {
			if err := s.build(ctx); err != nil {
				return fmt.Errorf("relate: build from the store: %w", err)
			}
		}
		if err := s.take(ctx, changed, true); err != nil {
			return fmt.Errorf("relate: read what %d stories tell: %w", len(changed), err)
		}
		ids := make([]string, len(changed))
		for i, st := range changed {
			ids[i] = st.ID
		}
		relations := append(s.index.Same(ids), s.index.Follows(ids)...)
		if err := s.store.SaveRelations(ctx, changed, relations); err != nil {
			return fmt.Errorf("relate: keep the relations of %d stories: %w", len(changed), err)
		}
		s.log.Debug("stories related", "stories", len(changed), "relations", len(relations), "window", s.index.Len())
	}
}

// take brings the index up to date with stories as the store has them. Of those that are not in
// the window only the heads are read, unless all are asked for.
func (s *Stage) take(ctx context.Context, stories []*news.Story, all bool) error {
	since := s.now().Add(-window)
	var whole []string
	var heads []string
	for _, st := range stories {
		switch {
		case all || !st.Last.Before(since):
			whole = append(whole, st.ID)
		case st.Outlets >= leastOutlets && st.HeadID != "":
			heads = append(heads, st.HeadID)
		}
	}
	told := map[string][]*news.Article{}
	var err error
	if len(whole) > 0 {
		if told, err = s.store.Told(ctx, whole, perStory); err != nil {
			return err
		}
	}
	if len(heads) > 0 {
		articles, err := s.store.TellingOf(ctx, heads)
		if err != nil {
			return err
		}
		for _, a := range articles {
			told[a.StoryID] = append(told[a.StoryID], a)
		}
	}
	for _, st := range stories {
		if err := ctx.Err(); err != nil {
			return err
		}
		list := told[st.ID]
		if all || !st.Last.Before(since) {
			s.index.Sync(st.ID, docs(list))
		}
		if st.Outlets < leastOutlets || len(list) == 0 {
			s.index.Forget(st.ID)
			continue
		}
		head := list[0]
		for _, a := range list {
			if a.ID == st.HeadID {
				head = a
			}
		}
		s.index.Remember(Past{StoryID: st.ID, First: st.First, Head: docOf(head)})
	}
	return nil
}

// leastOutlets is by how many outlets a story must be told to be of a thread: what one tells
// alone, day by day, is mostly a series.
const leastOutlets = 2

// build reads what the index would hold had it never stopped.
func (s *Stage) build(ctx context.Context) error {
	stories, err := s.store.StoriesSince(ctx, s.now().Add(-Memory-window), MaxPast)
	if err != nil {
		return err
	}
	s.index = NewIndex(window)
	for len(stories) > 0 {
		n := min(len(stories), batch)
		if err := s.take(ctx, stories[:n], false); err != nil {
			return err
		}
		stories = stories[n:]
	}
	return nil
}

// docs returns articles as documents: copies only where nothing else is left.
func docs(list []*news.Article) []Doc {
	all := make([]Doc, 0, len(list))
	for _, a := range list {
		if a.WireRoot == "" {
			all = append(all, docOf(a))
		}
	}
	if len(all) == 0 && len(list) > 0 {
		all = append(all, docOf(list[0]))
	}
	return all
}

func docOf(a *news.Article) Doc {
	text := a.Text
	if text == "" {
		text = a.Lead
	}
	return Doc{ID: a.ID, Language: a.Language, Title: a.Title, Text: text, At: a.When()}
}
