package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// memory is a Store.
type memory struct {
	articles []*news.Article
	why      map[string]string
	heads    map[string]string
	hand     news.Hand
	saves    int
	failAt   int // which save fails, from 1
	panicAt  int // which one panics
	onSave   func()
	before   func() // a save, once
}

func newMemory(docs []Doc) *memory {
	m := &memory{why: map[string]string{}, heads: map[string]string{}}
	for _, d := range docs {
		m.articles = append(m.articles, &news.Article{
			ID: d.ID, Language: d.Language, Title: d.Title, Text: d.Text, WireRoot: d.WireRoot, Published: d.At, FirstSeen: d.At.Add(time.Minute),
		})
	}
	return m
}

func (m *memory) Unplaced(_ context.Context, limit int) ([]*news.Article, error) {
	var list []*news.Article
	for _, a := range m.articles {
		if a.Seq == 0 && len(list) < limit {
			c := *a
			list = append(list, &c)
		}
	}
	return list, nil
}

func (m *memory) Placed(_ context.Context, since time.Time) ([]*news.Article, error) {
	var list []*news.Article
	for _, a := range m.articles {
		if a.Seq != 0 && !a.When().Before(since) {
			c := *a
			list = append(list, &c)
		}
	}
	slices.SortFunc(list, func(a, b *news.Article) int { return int(a.Seq - b.Seq) })
	return list, nil
}

func (m *memory) LastPlaced(context.Context) (int64, error) {
	last := int64(0)
	for _, a := range m.articles {
		last = max(last, a.Seq)
	}
	return last, nil
}

func (m *memory) Hand(context.Context) (*news.Hand, error) { h := m.hand; return &h, nil }
func (m *memory) Decisions(context.Context) (int64, error) { return m.hand.Decisions, nil }

var errDisk = errors.New("disk full")

func (m *memory) SaveClustering(_ context.Context, c *news.Clustering, _ time.Time) error {
	if f := m.before; f != nil {
		m.before = nil
		f()
	}
	if m.saves++; m.saves == m.failAt {
		return errDisk
	}
	if c.Decisions != m.hand.Decisions {
		return news.ErrDecided
	}
	if m.saves == m.panicAt {
		panic("a bug")
	}
	of := map[string]*news.Article{}
	for _, a := range m.articles {
		of[a.ID] = a
	}
	for _, p := range c.Placements {
		of[p.ArticleID].StoryID, of[p.ArticleID].Seq, of[p.ArticleID].WireRoot = p.StoryID, p.Seq, p.WireRoot
		of[p.ArticleID].Embedding = p.Embedding
		m.why[p.ArticleID] = p.Why
	}
	into := map[string]string{}
	for _, merge := range c.Merges {
		into[merge.From] = merge.Into
		for _, a := range m.articles {
			if a.StoryID == merge.From {
				a.StoryID = merge.Into
			}
		}
	}
	for _, move := range c.Moves {
		to := move.To
		for into[to] != "" { // it merged later in the batch
			to = into[to]
		}
		of[move.ArticleID].StoryID = to
	}
	for s, h := range c.Heads {
		if of[h] == nil || of[h].StoryID != s {
			return fmt.Errorf("the head %s is not in story %s", h, s)
		}
		m.heads[s] = h
	}
	if m.onSave != nil {
		m.onSave()
	}
	return nil
}

func (m *memory) stories() map[string]string {
	stories := map[string]string{}
	for _, a := range m.articles {
		stories[a.ID] = a.StoryID
	}
	return stories
}

// TestStage: what the stage keeps is the same whether it ran through, was stopped, was started
// anew for each batch, or met a store that failed; and a hub that slept goes on in the time of
// its articles.
func TestStage(t *testing.T) {
	docs, _ := events(7, 180, 8) // three batches
	for i := range docs {
		if i%17 == 3 {
			docs[i].WireRoot = docs[i-2].ID
		}
	}
	now := start.Add(400 * 24 * time.Hour)
	config := func(m *memory) Config { return Config{Store: m, Now: func() time.Time { return now }} }

	straight := newMemory(docs)
	told := 0
	cfg := config(straight)
	cfg.Progress = func(done, _ int, _ string) { told = done }
	if err := New(cfg).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if told != len(docs) || straight.saves != 3 {
		t.Errorf("%d articles told of, %d saves; want %d and 3", told, straight.saves, len(docs))
	}
	for _, a := range straight.articles {
		if a.StoryID == "" || straight.heads[a.StoryID] == "" || straight.why[a.ID] == "" {
			t.Fatalf("%s: story %q, head %q, why %q", a.ID, a.StoryID, straight.heads[a.StoryID], straight.why[a.ID])
		}
	}

	for name, run := range map[string]func(m *memory) error{
		"a store that fails": func(m *memory) error {
			m.failAt = 2
			stage := New(config(m))
			if err := stage.Run(t.Context()); !errors.Is(err, errDisk) {
				return fmt.Errorf("Run: %w, want the store's error", err)
			}
			return stage.Run(t.Context())
		},
		"a bug in the second batch": func(m *memory) error {
			m.panicAt = 2
			stage := New(config(m))
			func() {
				defer func() { _ = recover() }()
				_ = stage.Run(t.Context())
			}()
			return stage.Run(t.Context())
		},
		"stopped in the second batch and started anew": func(m *memory) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			m.onSave = cancel
			if err := New(config(m)).Run(ctx); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("Run: %w, want canceled", err)
			}
			m.onSave = nil
			return New(config(m)).Run(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(docs)
			if err := run(m); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(straight.stories(), m.stories()); diff != "" {
				t.Errorf("stories (-straight +got):\n%s", diff)
			}
			if diff := cmp.Diff(straight.why, m.why); diff != "" {
				t.Errorf("evidence (-straight +got):\n%s", diff)
			}
			if diff := cmp.Diff(straight.heads, m.heads); diff != "" {
				t.Errorf("heads (-straight +got):\n%s", diff)
			}
		})
	}
}

// TestTwoProcesses: two that run by turns on one store, each with what it remembers from its
// last turn, keep what one alone would.
func TestTwoProcesses(t *testing.T) {
	docs, _ := events(7, 60, 8)
	run := func(stages ...func(*memory) *Stage) *memory {
		m := newMemory(docs)
		var running []*Stage
		for _, s := range stages {
			running = append(running, s(m))
		}
		all := m.articles
		for turn, n := 0, 0; n < len(all); turn++ {
			n = min(n+40, len(all))
			m.articles = all[:n]
			if err := running[turn%len(running)].Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return m
	}
	stage := func(m *memory) *Stage {
		return New(Config{Store: m, Now: func() time.Time { return start.Add(30 * 24 * time.Hour) }})
	}
	alone, together := run(stage), run(stage, stage)
	if diff := cmp.Diff(alone.stories(), together.stories()); diff != "" {
		t.Errorf("stories (-alone +together):\n%s", diff)
	}
	if diff := cmp.Diff(alone.why, together.why); diff != "" {
		t.Errorf("evidence (-alone +together):\n%s", diff)
	}
	if diff := cmp.Diff(alone.heads, together.heads); diff != "" {
		t.Errorf("heads (-alone +together):\n%s", diff)
	}
}

// TestStageOrder: numbers ascend over the life of the hub, even when all that it placed
// before is too old to be remembered.
func TestStageOrder(t *testing.T) {
	m := newMemory([]Doc{{ID: "a", Language: "en", Title: "One", At: start}, {ID: "b", Language: "en", Title: "Two", At: start}})
	now := start.Add(time.Hour)
	cfg := Config{Store: m, Now: func() time.Time { now = now.Add(time.Second); return now }}
	if err := New(cfg).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := m.articles[1].Seq
	if last <= m.articles[0].Seq {
		t.Errorf("b has number %d, a %d", last, m.articles[0].Seq)
	}
	now = now.Add(100 * 24 * time.Hour)
	m.articles = append(m.articles, newMemory([]Doc{{ID: "c", Language: "en", Title: "Three", At: now}}).articles...)
	if err := New(cfg).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := m.articles[2].Seq; got <= last {
		t.Errorf("c has number %d, b %d", got, last)
	}
}

// TestStagePlacedByOthers: an article that an editor placed is not touched, and draws others to
// where it stands.
func TestStagePlacedByOthers(t *testing.T) {
	m := newMemory([]Doc{
		{ID: "a", Language: "en", Title: "Ferry aground off Port Callis", At: start},
		{ID: "b", Language: "en", Title: "Ferry aground off Port Callis in fog", At: start.Add(time.Minute)},
	})
	m.articles[0].StoryID = "editors" // between the query and now
	if err := New(Config{Store: m, Now: func() time.Time { return start.Add(time.Hour) }}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := m.articles[0], m.articles[1]; a.StoryID != "editors" || a.Seq != 0 || b.StoryID != "editors" {
		t.Errorf("a in %q as %d, b in %q", a.StoryID, a.Seq, b.StoryID)
	}
}
