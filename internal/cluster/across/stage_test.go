package across

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// memory is a Store of stories.
type memory struct {
	stories map[string]*news.Story
	done    map[string]int64
	told    map[string][]*news.Article
	kept    map[[3]string]bool
	fail    error
}

var errDisk = errors.New("disk full")

func (m *memory) list(keep func(*news.Story) bool, limit int) []*news.Story {
	var list []*news.Story
	for _, s := range m.stories {
		if keep(s) {
			c := *s
			list = append(list, &c)
		}
	}
	slices.SortFunc(list, func(a, b *news.Story) int { return a.Last.Compare(b.Last) })
	return list[:min(len(list), limit)]
}

func (m *memory) Unrelated(_ context.Context, limit int) ([]*news.Story, error) {
	return m.list(func(s *news.Story) bool { return s.Changes > m.done[s.ID] }, limit), nil
}

func (m *memory) StoriesSince(_ context.Context, since time.Time, limit int) ([]*news.Story, error) {
	return m.list(func(s *news.Story) bool { return !s.Last.Before(since) }, limit), nil
}

func (m *memory) Told(_ context.Context, ids []string, n int) (map[string][]*news.Article, error) {
	of := map[string][]*news.Article{}
	for _, id := range ids {
		of[id] = m.told[id][:min(n, len(m.told[id]))]
	}
	return of, nil
}

func (m *memory) TellingOf(_ context.Context, ids []string) ([]*news.Article, error) {
	var list []*news.Article
	for _, all := range m.told {
		for _, a := range all {
			if slices.Contains(ids, a.ID) {
				list = append(list, a)
			}
		}
	}
	return list, nil
}

func (m *memory) SaveRelations(_ context.Context, done []*news.Story, relations []news.Relation) error {
	if m.fail != nil {
		return m.fail
	}
	for _, s := range done {
		m.done[s.ID] = s.Changes
		for k := range m.kept {
			if k[1] == s.ID && (k[0] == news.Same || s.Articles == 0) || k[2] == s.ID {
				delete(m.kept, k)
			}
		}
	}
	for _, r := range relations {
		m.kept[[3]string{r.Kind, r.A, r.B}] = true
	}
	return nil
}

// put has two outlets tell a document in a story.
func (m *memory) put(story string, d Doc) {
	s := m.stories[story]
	if s == nil {
		s = &news.Story{ID: story, HeadID: d.ID, First: d.At, Outlets: 2}
		m.stories[story] = s
	}
	s.Last = d.At
	s.Articles++
	s.Changes++
	m.told[story] = append(m.told[story],
		&news.Article{ID: d.ID, StoryID: story, Language: d.Language, Title: d.Title, Lead: d.Text, FirstSeen: d.At, Published: d.At},
		&news.Article{ID: d.ID + " copy", StoryID: story, Language: d.Language, Title: d.Title, Lead: d.Text, FirstSeen: d.At, Published: d.At, WireRoot: d.ID})
}

// TestStage: what is kept is the same whether the stage ran through, after each story, was started
// anew each time, or met a store that failed; and what is withdrawn loses its relations.
func TestStage(t *testing.T) {
	t.Parallel()
	docs, _ := readCase(t, "same.txtar")
	docs = append(docs, told{Doc{
		ID: "sentence", Language: "en", Title: "Marrak blames Keldmark for Velmora flood as Orrin Dam report is out", At: start.AddDate(0, 0, 9),
		Text: "The flood of Velmora came without warning, says the report that First Minister Ilena Marrak opened. The harbour master had counted sandbags when the gates of the Orrin Dam were opened.",
	}, "report"})
	slices.SortStableFunc(docs, func(a, b told) int { return a.At.Compare(b.At) })
	fresh := func() *memory {
		m := &memory{map[string]*news.Story{}, map[string]int64{}, map[string][]*news.Article{}, map[[3]string]bool{}, nil}
		for _, tag := range []string{"en", "ru", "de", "ar", "ko"} {
			for i := range 40 {
				m.put(fmt.Sprint(tag, i), Doc{ID: fmt.Sprint(tag, i), Language: tag, Title: fmt.Sprint("title ", i), At: start})
			}
		}
		return m
	}
	now := start
	clock := func() time.Time { return now }
	run := func(s *Stage) {
		t.Helper()
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	straight := fresh()
	stage := New(straight, slog.New(slog.DiscardHandler), clock)
	for _, d := range docs {
		now = d.At
		straight.put(d.story, d.Doc)
		run(stage)
	}
	if !straight.kept[[3]string{news.Same, "dam-en", "dam-ru"}] || !straight.kept[[3]string{news.Follows, "dam-en", "report"}] {
		t.Errorf("kept: %v", straight.kept)
	}

	again := fresh()
	for i, d := range docs {
		now = d.At
		again.put(d.story, d.Doc)
		again.fail = nil
		if i%3 == 1 {
			again.fail = errDisk
			s := New(again, slog.New(slog.DiscardHandler), clock)
			if err := s.Run(t.Context()); !errors.Is(err, errDisk) {
				t.Fatalf("Run: %v, want the store's error", err)
			}
			again.fail = nil
			run(s)
			continue
		}
		run(New(again, slog.New(slog.DiscardHandler), clock))
	}
	if diff := cmp.Diff(straight.kept, again.kept); diff != "" {
		t.Errorf("started anew each time (-straight +anew):\n%s", diff)
	}

	straight.told["dam-ru"] = nil
	straight.stories["dam-ru"].Changes++
	straight.stories["dam-ru"].Articles = 0
	run(stage)
	for k := range straight.kept {
		if k[1] == "dam-ru" || k[2] == "dam-ru" {
			t.Errorf("withdrawn, but related: %v", k)
		}
	}
	if name := stage.Name(); name != "relate" {
		t.Errorf("name %q", name)
	}
}
