package cluster

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	gocmpopts "github.com/google/go-cmp/cmp/cmpopts"

	"parallax/internal/news"
	"parallax/internal/store"
)

// A listener hears what a stage keeps in a store.
type listener struct {
	*store.DB
	merges []news.Merge
	moves  []news.Move
}

func (l *listener) SaveClustering(ctx context.Context, c *news.Clustering, now time.Time) error {
	if err := l.DB.SaveClustering(ctx, c, now); err != nil {
		return err
	}
	l.merges = append(l.merges, c.Merges...)
	l.moves = append(l.moves, c.Moves...)
	return nil
}

// take keeps docs as articles that wait.
func (l *listener) take(t *testing.T, docs []Doc) {
	t.Helper()
	source := &news.Source{ID: "aurora", Name: "Aurora", Home: "https://aurora.example", FeedURLs: []string{"https://aurora.example/feed"}}
	if err := l.ApplySources(t.Context(), []*news.Source{source}, start); err != nil {
		t.Fatal(err)
	}
	feeds, err := l.Feeds(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	fetch := &news.Fetch{Feed: feeds[0], At: start, Document: true}
	var made []news.Extraction
	for _, d := range docs {
		item := &news.Item{
			ID: news.ID("item", d.ID), FeedID: feeds[0].ID, SourceID: "aurora", Key: d.ID, GUID: d.ID, Link: "https://aurora.example/" + d.ID,
			Title: d.Title, Published: d.At, FirstSeen: d.At, LastSeen: d.At, Hash: d.ID,
		}
		fetch.Items = append(fetch.Items, item)
		made = append(made, news.Extraction{ItemID: item.ID, ItemRevision: 1, Article: &news.Article{
			ID: d.ID, ItemID: item.ID, SourceID: "aurora", GUID: d.ID, URL: item.Link, Title: d.Title, Text: d.Text, HTML: "<p>" + d.Text + "</p>",
			Basis: "page", Language: d.Language, Published: d.At, FirstSeen: d.At,
		}})
	}
	if _, err := l.SaveFetch(t.Context(), fetch); err != nil {
		t.Fatal(err)
	}
	for _, err := range l.SaveArticles(t.Context(), made, start) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestKept: what the machine merges and moves is in the store, the old addresses lead to where the
// articles went, and a hub that was closed meanwhile and opened again keeps the same as one that ran on.
func TestKept(t *testing.T) {
	docs, _ := events(7, 400, 5)
	docs = docs[:1500]
	now := start.Add(5 * 24 * time.Hour)
	open := func(path string) *listener {
		db, err := store.Open(t.Context(), path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return &listener{DB: db}
	}
	run := func(l *listener, s *Stage, docs []Doc) {
		l.take(t, docs)
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(l *listener) map[string]string {
		of := map[string]string{}
		for _, d := range docs {
			a, err := l.Article(t.Context(), d.ID)
			if err != nil {
				t.Fatal(err)
			}
			of[d.ID] = a.StoryID
		}
		return of
	}
	stage := func(l *listener) *Stage {
		return New(Config{Store: l, Now: func() time.Time { return now }, Options: Options{Model: eager(t)}})
	}

	straight := open(filepath.Join(t.TempDir(), "straight.db"))
	whole := stage(straight)
	run(straight, whole, docs[:750])
	run(straight, whole, docs[750:])
	apart := 0
	for _, m := range straight.moves {
		if strings.HasPrefix(m.Why, grownApart) {
			apart++
		}
	}
	if len(straight.merges) == 0 || apart == 0 || apart == len(straight.moves) {
		t.Fatalf("%d merges, %d moves, %d of them because a story had grown apart: the test shows nothing", len(straight.merges), len(straight.moves), apart)
	}
	t.Logf("%d merges, %d moves, %d of them because a story had grown apart", len(straight.merges), len(straight.moves), apart)

	path := filepath.Join(t.TempDir(), "closed.db")
	first := open(path)
	run(first, stage(first), docs[:750])
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(path)
	run(second, stage(second), docs[750:])

	of := stands(straight)
	if diff := gocmp.Diff(of, stands(second)); diff != "" {
		t.Errorf("stories (-ran on +closed and opened):\n%s", diff)
	}
	if diff := gocmp.Diff(straight.merges, append(first.merges, second.merges...)); diff != "" {
		t.Errorf("merges (-ran on +closed and opened):\n%s", diff)
	}
	if diff := gocmp.Diff(straight.moves, append(first.moves, second.moves...), gocmpopts.IgnoreFields(news.Move{}, "Seq")); diff != "" {
		t.Errorf("moves (-ran on +closed and opened):\n%s", diff)
	}
	for _, l := range []*listener{straight, second} {
		for _, m := range straight.merges {
			from, err := l.Story(t.Context(), m.From, now)
			if err != nil {
				t.Fatal(err)
			}
			into, err := l.Story(t.Context(), from.MergedInto, now)
			if err != nil || into.MergedInto != "" || into.Articles == 0 {
				t.Errorf("%s leads to %q: %+v, %v", m.From, from.MergedInto, into, err)
			}
		}
		last := map[string]news.Move{}
		for _, m := range straight.moves {
			last[m.ArticleID] = m
		}
		for id, m := range last {
			to, err := l.Story(t.Context(), m.To, now)
			if err != nil {
				t.Fatal(err)
			}
			if want := cmp.Or(to.MergedInto, m.To); of[id] != want {
				t.Errorf("%s was moved to %s and stands in %s", id, want, of[id])
			}
		}
	}
}
