package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// start is when the tests take place.
var start = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// A world is a store with a few sources, and short ways to fill it.
type world struct {
	*testing.T
	*store.DB
	dsn string
}

// each runs f on both databases, each time in an empty one.
func each(t *testing.T, f func(w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(open(t, filepath.Join(t.TempDir(), "hub.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(open(t, testkit.Postgres(t)))
	})
}

func open(t *testing.T, dsn string) *world {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &world{t, db, dsn}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// source is one with a feed, carried without end.
func source(id string) *news.Source {
	return &news.Source{
		ID: id, Name: "The " + id, Home: "https://" + id + ".example", Country: "NO", Languages: []string{"en"},
		FeedURLs: []string{feedURL(id)},
	}
}

func feedURL(source string) string { return "https://" + source + ".example/feed" }

func (w *world) apply(now time.Time, sources ...*news.Source) {
	w.Helper()
	w.must(w.ApplySources(w.Context(), sources, now))
}

// feed returns the only feed of a source.
func (w *world) feed(source string) *news.Feed {
	w.Helper()
	feeds, err := w.Feeds(w.Context(), source)
	w.must(err)
	if len(feeds) != 1 {
		w.Fatalf("%s has %d feeds", source, len(feeds))
	}
	return feeds[0]
}

// item is the entry key of the feed of source, saying text.
func item(source, key, text string, seen time.Time) *news.Item {
	feed := news.ID("feed", feedURL(source))
	return &news.Item{
		ID: news.ID("item", feed, key), FeedID: feed, SourceID: source, Key: key, GUID: key,
		Link: "https://" + source + ".example/" + key, Title: "Title of " + key, Summary: "<p>" + text + "</p>",
		Authors: []string{"A. Writer"}, Published: seen.Add(-time.Hour), FirstSeen: seen, LastSeen: seen, Hash: news.ID(text),
	}
}

// save keeps a whole document of a source's feed, which is due again in an hour.
func (w *world) save(now time.Time, source string, items ...*news.Item) news.Saved {
	w.Helper()
	f := w.feed(source)
	f.Due, f.LastTry, f.LastGood, f.Status, f.Reach = now.Add(time.Hour), now, now, 200, news.ReachOK
	saved, err := w.SaveFetch(w.Context(), &news.Fetch{
		Feed: f, Items: items, At: now, Document: true,
		Evidence: []news.Evidence{{FeedID: f.ID, At: now, Route: "direct", URL: f.URL, Status: 200, Reach: news.ReachOK, Took: time.Second}},
	})
	w.must(err)
	return saved
}

// article is what extraction makes of an item.
func article(it *news.Item, title, text string) *news.Article {
	return &news.Article{
		ID: news.ID("article", it.SourceID, it.Link), SourceID: it.SourceID, ItemID: it.ID, GUID: it.GUID, URL: it.Link,
		Title: title, Lead: "Lead.", Text: text, HTML: "<p>" + text + "</p>", Basis: "page", Authors: it.Authors, Language: "en",
		Published: it.Published, FirstSeen: it.FirstSeen,
	}
}

// publish takes an article through ingest and extraction, at now.
func (w *world) publish(now time.Time, source, key, title, text string) *news.Article {
	w.Helper()
	it := item(source, key, text, now)
	w.save(now, source, it)
	a := article(it, title, text)
	w.must(w.SaveArticle(w.Context(), it.ID, 1, a, now))
	return a
}

// place puts articles into a story.
func (w *world) place(now time.Time, story string, articles ...*news.Article) {
	w.Helper()
	w.embed(now, story, nil, articles...)
}

// embed places articles, each with the embedding e.
func (w *world) embed(now time.Time, story string, e *news.Embedding, articles ...*news.Article) {
	w.Helper()
	c := &news.Clustering{Heads: map[string]string{story: articles[0].ID}}
	for i, a := range articles {
		c.Placements = append(c.Placements, news.Placement{
			ArticleID: a.ID, StoryID: story, Seq: now.UnixMilli()*100 + int64(i), Score: 0.5, Why: "harbour, strike; 0.50",
			Revision: max(a.Revision, 1), At: a.When(), Language: a.Language, WireRoot: a.WireRoot,
			Embedding: e,
		})
	}
	w.must(w.SaveClustering(w.Context(), c, now))
}

// listed are the ids of what readers see at now: stories, articles, and what a search
// for word finds.
func (w *world) listed(now time.Time, word string) string {
	w.Helper()
	stories, _, err := w.Stories(w.Context(), news.StoryQuery{Now: now, Limit: 100})
	w.must(err)
	articles, _, err := w.Articles(w.Context(), news.ArticleQuery{Now: now, Limit: 100})
	w.must(err)
	found, total, err := w.Search(w.Context(), news.SearchQuery{Now: now, Terms: [][]string{{word}}, Limit: 100})
	w.must(err)
	if total != len(found) {
		w.Errorf("search says %d, gives %d", total, len(found))
	}
	return fmt.Sprintf("stories %d, articles %d, found %d", len(stories), len(articles), len(found))
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// writeCursors are cursors as pages of stories and of articles give them.
func writeCursors(t *testing.T) (stories, articles string) {
	t.Helper()
	w := open(t, filepath.Join(t.TempDir(), "hub.db"))
	w.apply(start, source("aurora"))
	for _, key := range []string{"a", "b"} {
		w.place(start, key, w.publish(start, "aurora", key, key, key))
	}
	_, stories, err := w.Stories(t.Context(), news.StoryQuery{Now: start, Limit: 1})
	w.must(err)
	_, articles, err = w.Articles(t.Context(), news.ArticleQuery{Now: start, Limit: 1})
	w.must(err)
	return stories, articles
}
