package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/lang"
	"parallax/internal/news"
)

func TestSaveArticle(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"))
		it := item("aurora", "one", "first", start)
		w.save(start, "aurora", it)
		a := article(it, "Harbour strike begins", "Workers left the cranes.")
		a.WireRoot, a.WireShare = "root", 93
		w.must(w.SaveArticle(ctx, it.ID, 1, a, start.Add(time.Minute)))
		w.place(start, "story", a)

		read := func() *news.Article {
			got, err := w.Article(ctx, a.ID)
			w.must(err)
			return got
		}
		want := *a
		want.Revision, want.StoryID, want.Seq = 1, "story", start.UnixMilli()*100
		if diff := cmp.Diff(&want, read()); diff != "" {
			t.Errorf("article (-want +got):\n%s", diff)
		}
		counts, err := w.FreshCounts(ctx, start)
		w.must(err)
		expect(t, "items that wait", counts.Unextracted, 0)

		story, err := w.Story(ctx, "story", start)
		w.must(err)
		w.must(w.SaveComparisons(ctx, story, nil, nil, start))
		uncompared := func() int {
			stories, err := w.Uncompared(ctx, 10)
			w.must(err)
			return len(stories)
		}
		w.must(w.SaveArticle(ctx, it.ID, 1, a, start.Add(time.Hour)))
		expect(t, "revision when nothing changed", read().Revision, 1)
		expect(t, "to be compared when nothing changed", uncompared(), 0)

		// A silent edit.
		w.save(start.Add(2*time.Hour), "aurora", item("aurora", "one", "second", start))
		edited := *a
		edited.Title, edited.FirstSeen = "Harbour strike ends", start.Add(2*time.Hour)
		w.must(w.SaveArticle(ctx, it.ID, 2, &edited, start.Add(2*time.Hour)))
		got := read()
		expect(t, "title", got.Title, edited.Title)
		expect(t, "first seen", got.FirstSeen, start)
		expect(t, "story", got.StoryID, "story")
		expect(t, "to be compared after an edit", uncompared(), 1)
		for word, n := range map[string]int{"begins": 0, "ends": 1, "cranes": 1} {
			_, total, err := w.Search(ctx, news.SearchQuery{Now: start, Terms: [][]string{{word}}, Limit: 5})
			w.must(err)
			expect(t, "found "+word, total, n)
		}

		// Revision 1 comes late, from a worker that was slow.
		w.must(w.SaveArticle(ctx, it.ID, 1, a, start.Add(3*time.Hour)))
		expect(t, "title after a late save", read().Title, edited.Title)

		revisions, err := w.Revisions(ctx, a.ID)
		w.must(err)
		var titles []string
		for _, r := range revisions {
			titles = append(titles, r.SeenAt.Format("15:04 ")+r.Title)
		}
		if diff := cmp.Diff([]string{"08:00 Harbour strike begins", "10:00 Harbour strike ends"}, titles); diff != "" {
			t.Errorf("revisions (-want +got):\n%s", diff)
		}
		if err := w.SaveArticle(ctx, "unknown", 1, a, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown item: %v", err)
		}
		if _, err := w.Article(ctx, "unknown"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown article: %v", err)
		}
		if _, err := w.Revisions(ctx, "unknown"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("revisions of an unknown article: %v", err)
		}
	})
}

func TestItemThatChangesDuringExtraction(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"))
		it := item("aurora", "one", "first", start)
		w.save(start, "aurora", it)
		_, err := w.ClaimItems(ctx, start, time.Hour, 10, nil)
		w.must(err)
		w.save(start.Add(time.Minute), "aurora", item("aurora", "one", "second", start))
		w.must(w.SaveArticle(ctx, it.ID, 1, article(it, "First", "Text."), start.Add(2*time.Minute)))
		items, err := w.ClaimItems(ctx, start.Add(3*time.Minute), time.Hour, 10, nil)
		w.must(err)
		if len(items) != 1 || items[0].Revision != 2 {
			t.Errorf("claimed %+v, want revision 2", items)
		}
	})
}

// The same article in two feeds of an outlet, with two leads, was not edited.
func TestArticleInTwoFeeds(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		front, world := item("aurora", "one", "front", start), item("aurora", "two", "world", start)
		w.save(start, "aurora", front, world)
		a := article(front, "Harbour strike begins", "Workers left the cranes.")
		w.must(w.SaveArticle(t.Context(), front.ID, 1, a, start))
		again := *a
		again.ItemID, again.Lead = world.ID, "Cranes stand still."
		w.must(w.SaveArticle(t.Context(), world.ID, 1, &again, start))
		got, err := w.Article(t.Context(), a.ID)
		w.must(err)
		expect(t, "revision", got.Revision, 1)
		expect(t, "lead", got.Lead, a.Lead)

		// But an edit that only that feed shows is one.
		w.save(start.Add(time.Hour), "aurora", item("aurora", "two", "world, edited", start))
		again.Title = "Harbour strike ends"
		w.must(w.SaveArticle(t.Context(), world.ID, 2, &again, start.Add(time.Hour)))
		got, err = w.Article(t.Context(), a.ID)
		w.must(err)
		expect(t, "revision after an edit", got.Revision, 2)
	})
}

// An outlet's address may repeat the headline; when both change it is the same article.
func TestItemWhoseLinkChanges(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		it := item("aurora", "one", "first", start)
		w.save(start, "aurora", it)
		a := article(it, "Harbour strike begins", "Workers left the cranes.")
		w.must(w.SaveArticle(t.Context(), it.ID, 1, a, start))
		w.save(start.Add(time.Hour), "aurora", item("aurora", "one", "second", start))
		moved := *a
		moved.ID, moved.URL, moved.Title = "moved", a.URL+"-ends", "Harbour strike ends"
		w.must(w.SaveArticle(t.Context(), it.ID, 2, &moved, start.Add(time.Hour)))
		got, err := w.Article(t.Context(), a.ID)
		w.must(err)
		expect(t, "revision", got.Revision, 2)
		expect(t, "address", got.URL, moved.URL)
		if _, err := w.Article(t.Context(), "moved"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("there are two articles of one item: %v", err)
		}
	})
}

func TestArticlesInPages(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		var want []string
		for i := range 12 {
			key := string(rune('a' + i))
			// Two each at one moment, so that the id decides.
			w.publish(start.Add(time.Duration(i/2)*time.Minute), []string{"aurora", "beacon", "comet"}[i%3], key, key, "text")
		}
		pages := func(q news.ArticleQuery) (ids []string) {
			q.Now = start.Add(time.Hour)
			for {
				page, next, err := w.Articles(ctx, q)
				w.must(err)
				for _, a := range page {
					ids = append(ids, a.ID)
					if (a.Text != "") != q.Full {
						t.Errorf("text %q, asked for %v", a.Text, q.Full)
					}
				}
				if next == "" {
					return ids
				}
				q.After = next
			}
		}
		want = pages(news.ArticleQuery{Limit: 100})
		expect(t, "articles", len(want), 12)
		if diff := cmp.Diff(want, pages(news.ArticleQuery{Limit: 5, Full: true})); diff != "" {
			t.Errorf("in pages of 5 (-want +got):\n%s", diff)
		}
		expect(t, "of one source", len(pages(news.ArticleQuery{Limit: 3, SourceIDs: []string{"comet"}})), 4)
		expect(t, "of two sources", len(pages(news.ArticleQuery{Limit: 3, SourceIDs: []string{"comet", "aurora"}})), 8)
		expect(t, "of no source", len(pages(news.ArticleQuery{Limit: 3, SourceIDs: []string{}})), 0)
		for _, cursor := range []string{"!", "x", "cyAxIGE", "YSB4IGE"} {
			if _, _, err := w.Articles(ctx, news.ArticleQuery{Limit: 3, After: cursor}); !errors.Is(err, news.ErrCursor) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
			if _, _, err := w.Stories(ctx, news.StoryQuery{Limit: 3, After: cursor}); cursor != "cyAxIGE" && !errors.Is(err, news.ErrCursor) {
				t.Errorf("cursor %q of stories: %v", cursor, err)
			}
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		for i, a := range []struct{ key, title, text string }{
			{"a", "Quiet day", "Nothing happened in the harbour of Velmora, where boats lay still all day long and nobody came."},
			{"b", "Harbour strike in Velmora", "Workers left the cranes."},
			{"c", "Überschwemmung am Fluß", "Die Brücken sind gesperrt. 1e5 \" ' ) OR NEAR( * ^ : -"},
			{"d", "東京で地震", "東京で強い地震があった。"},
		} {
			w.publish(start.Add(time.Duration(i)*time.Minute), "aurora", a.key, a.title, a.text)
		}
		for _, c := range []struct {
			query string
			want  string
		}{
			{"harbour", "ba"}, // the title weighs more
			{"velmora cranes", "b"},
			{"striking", "b"}, // its stem
			{"velmora earthquake", ""},
			{"Uberschwemmung", "c"},
			{"地震", "d"},
			{"1e5", "c"},
			{`") OR (`, "a?"}, // whatever it finds, no syntax error
			{"", ""},
			{"& | ! <-> :*", ""},
		} {
			terms := lang.QueryTerms(c.query, []string{"en", "de"})
			found, total, err := w.Search(t.Context(), news.SearchQuery{Now: start.Add(time.Hour), Terms: terms, Limit: 10})
			w.must(err)
			got := ""
			for _, a := range found {
				got += a.GUID
			}
			if c.want != "a?" && (got != c.want || total != len(c.want)) {
				t.Errorf("search %q (%v): got %q, total %d, want %q", c.query, terms, got, total, c.want)
			}
		}
		// Terms that no one should pass on are left out rather than believed.
		for _, evil := range []string{`a" OR "b`, "a' | 'b", "a b", "a:*", "(", "\x00"} {
			if found, _, err := w.Search(t.Context(), news.SearchQuery{Now: start, Terms: [][]string{{evil}}, Limit: 10}); err != nil || found != nil {
				t.Errorf("search %q: %v, %v", evil, found, err)
			}
		}
		page, total, err := w.Search(t.Context(), news.SearchQuery{Now: start.Add(time.Hour), Terms: [][]string{{"harbour"}}, Limit: 1, Offset: 1})
		w.must(err)
		if total != 2 || len(page) != 1 || page[0].GUID != "a" {
			t.Errorf("second page of the search: %v of %d", page, total)
		}
	})
}

// An article that was slow to come turns out to be the one of which others are copies.
func TestOlderArticleTakesCopies(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		first := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		w.place(start, "s", first)
		it := item("beacon", "b", "Strike", start)
		w.save(start, "beacon", it)
		copied := article(it, "Strike", "In the harbour.")
		copied.WireRoot, copied.WireShare = first.ID, 99
		agency := item("comet", "c", "Strike", start)
		w.save(start, "comet", agency)
		late := article(agency, "Strike", "In the harbour.")
		for _, err := range w.SaveArticles(ctx, []news.Extraction{
			{ItemID: it.ID, ItemRevision: 1, Article: copied},
			{ItemID: agency.ID, ItemRevision: 1, Article: late, Copies: []news.WireCopy{{ID: first.ID, Share: 97}}},
		}, start) {
			w.must(err)
		}
		for _, c := range []struct {
			id, root string
			share    int
		}{{first.ID, late.ID, 97}, {copied.ID, late.ID, 0}, {late.ID, "", 0}} {
			a, err := w.Article(ctx, c.id)
			w.must(err)
			expect(t, "root of "+c.id, a.WireRoot, c.root)
			expect(t, "how much of "+c.id+" stands there", a.WireShare, c.share)
		}
		again, err := w.Uncompared(ctx, 10)
		w.must(err)
		expect(t, "stories to compare again", len(again), 1)
	})
}
