package store_test

import (
	"testing"
	"time"

	"parallax/internal/news"
)

// When the lenses change, every story that is not old waits to be compared again, once.
func TestCompareAgain(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		w.save(start, "aurora", item("aurora", "1", "The weir holds.", start))
		items, err := w.ClaimItems(t.Context(), start, time.Minute, 1, nil)
		w.must(err)
		a := &news.Article{
			ID: "a", SourceID: "aurora", ItemID: items[0].ID, URL: "https://aurora.example/1",
			Title: "The weir holds", Language: "en", FirstSeen: start,
		}
		w.must(w.SaveArticle(t.Context(), items[0].ID, 1, a, start))
		w.must(w.SaveClustering(t.Context(), &news.Clustering{Placements: []news.Placement{{ArticleID: "a", StoryID: "s", Seq: 1}}}, start))

		now := start
		again := func(made string, want int) {
			t.Helper()
			got, err := w.CompareAgain(t.Context(), made, now)
			if err != nil || got != want {
				t.Errorf("CompareAgain(%q) = %d, %v; want %d", made, got, err, want)
			}
			stories, err := w.Uncompared(t.Context(), 10)
			w.must(err)
			if len(stories) != want {
				t.Errorf("after CompareAgain(%q) %d stories wait, want %d", made, len(stories), want)
			}
			for _, s := range stories {
				w.must(w.SaveComparisons(t.Context(), s, nil, nil, start))
			}
		}
		again("one lens", 1)
		again("one lens", 0)
		again("two lenses", 1)
		again("two lenses", 0)
		now = start.Add(14 * 24 * time.Hour)
		again("three lenses", 1)
		now = now.Add(time.Millisecond)
		again("lenses of later", 0)
	})
}
