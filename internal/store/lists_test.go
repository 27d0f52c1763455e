package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// Items come page by page, each once, whatever arrives meanwhile; what is not carried, or was taken
// down, is not among them.
func TestItemsInPages(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		ended, kept := source("comet"), source("dawn")
		ended.Carriage.Until, kept.Carriage.Keep = start.Add(time.Hour), time.Minute
		w.apply(start, source("aurora"), source("beacon"), ended, kept)
		var want []string
		for i := range 9 {
			key := fmt.Sprint("k", i)
			// Three each at one moment, so that the id decides.
			a := w.publish(start.Add(time.Duration(i/3)*time.Minute), []string{"aurora", "beacon"}[i%2], key, key, "text")
			want = append(want, a.ItemID)
		}
		w.publish(start, "comet", "c", "c", "text")
		w.publish(start, "dawn", "d", "d", "text")
		late := start.Add(2 * time.Hour)
		q := news.ItemQuery{Now: late, Limit: 2}
		var got []string
		for n := 0; ; n++ {
			page, next, err := w.Items(ctx, q)
			w.must(err)
			for _, it := range page {
				got = append(got, it.ID)
			}
			if next == "" {
				break
			}
			q.After = next
			w.publish(late, "aurora", fmt.Sprint("new", n), "New", "text")
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
		page, _, err := w.Items(ctx, news.ItemQuery{Now: late, SourceID: "beacon", Since: start.Add(time.Minute), Limit: 100})
		w.must(err)
		expect(t, "of one source since the second minute", len(page), 3)
		if _, _, err := w.Items(ctx, news.ItemQuery{Now: late, Limit: 1, After: "YSAxIGE"}); !errors.Is(err, news.ErrCursor) {
			t.Errorf("the cursor of articles: %v", err)
		}

		it, err := w.Item(ctx, want[0], late)
		w.must(err)
		of, err := w.ArticleIDsOf(ctx, want)
		w.must(err)
		expect(t, "articles of items", len(of), 9)
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, of[it.ID], late, 0), becomes(of[it.ID])))
		for id, now := range map[string]time.Time{it.ID: late, want[1]: start.AddDate(-1, 0, 0), "none": late} {
			_, err := w.Item(ctx, id, now)
			if found := err == nil; found == (id != want[1]) || err != nil && !errors.Is(err, news.ErrNotFound) {
				t.Errorf("item %s at %s: %v", id, now, err)
			}
		}
	})
}

// Stories come in the order of time, too: one that is told further while somebody reads page after page
// is met once.
func TestStoriesByTime(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"))
		for i := range 6 {
			now, story := start.Add(time.Duration(i)*time.Minute), fmt.Sprint("story", i)
			w.place(now, story, w.publish(now, "aurora", story, story, "text"))
		}
		again := start.Add(time.Hour)
		w.place(again, "story1", w.publish(again, "beacon", "more", "more", "text"))
		ids := func(q news.StoryQuery) (ids []string) {
			q.Now = again.Add(time.Hour)
			for n := 0; ; n++ {
				page, next, err := w.Stories(ctx, q)
				w.must(err)
				for _, s := range page {
					ids = append(ids, s.ID)
				}
				if next == "" {
					return ids
				}
				q.After = next
				if q.Order == news.ByFirst {
					now := again.Add(time.Duration(n+1) * time.Second)
					w.place(now, "story0", w.publish(now, "beacon", fmt.Sprint("further", n), "further", "text"))
				}
			}
		}
		// article says that they were published an hour before they were seen.
		if diff := cmp.Diff([]string{"story1", "story5", "story4"}, ids(news.StoryQuery{Limit: 2, Order: news.ByLast, Since: start.Add(4*time.Minute - time.Hour)})); diff != "" {
			t.Errorf("by last (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"story5", "story4", "story3", "story2", "story1", "story0"}, ids(news.StoryQuery{Limit: 2, Order: news.ByFirst})); diff != "" {
			t.Errorf("by first (-want +got):\n%s", diff)
		}
		for _, order := range []news.StoryOrder{news.ByFirst, news.ByLast} {
			for _, cursor := range []string{"x", "cyAxIGE", "ZiB4IGE"} {
				if _, _, err := w.Stories(ctx, news.StoryQuery{Limit: 3, Order: order, After: cursor}); !errors.Is(err, news.ErrCursor) {
					t.Errorf("%s: cursor %q: %v", order, cursor, err)
				}
			}
		}
	})
}

// Articles of a span of time, and a search that is read page after page while more is found.
func TestSpansAndSearches(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		for i := range 5 {
			key := string(rune('a' + i))
			w.publish(start.Add(time.Duration(i)*time.Minute), "aurora", key, "Harbour", "text")
		}
		now := start.Add(time.Hour)
		published := func(n int) time.Time { return start.Add(time.Duration(n)*time.Minute - time.Hour) }
		page, _, err := w.Articles(ctx, news.ArticleQuery{Now: now, Since: published(1), Until: published(3), Limit: 10})
		w.must(err)
		got := ""
		for _, a := range page {
			got += a.GUID
		}
		expect(t, "since the second and before the fourth", got, "cb")
		got = ""
		for n := range 5 {
			found, total, err := w.Search(ctx, news.SearchQuery{Now: now, Terms: [][]string{{"harbour"}}, Limit: 1, Offset: n, Seen: start.Add(4 * time.Minute)})
			w.must(err)
			expect(t, "total", total, 5)
			got += found[0].GUID
			w.publish(start.Add(time.Duration(10+n)*time.Minute), "aurora", fmt.Sprint("new", n), "Harbour", "text")
		}
		expect(t, "page after page", got, "edcba")
	})
}
