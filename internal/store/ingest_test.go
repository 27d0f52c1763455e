package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/store"
)

func TestApplySources(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a, b := source("aurora"), source("beacon")
		a.Disclosure.Owners = []news.Claim{{Value: "Aurora Trust", By: news.Self, Date: "2026-10-30"}}
		a.Carriage = news.Carriage{Why: "so that it is heard", From: start, Until: start.Add(time.Hour), Keep: 90 * time.Minute}
		a.Sides = map[string]string{"river": "north"}
		a.Routes = []string{"direct", "mirror:https://m.example"}
		for range 2 { // idempotent
			w.apply(start, b, a)
		}
		a.Versions, b.Versions = []time.Time{start}, []time.Time{start}
		got, err := w.Sources(ctx)
		w.must(err)
		if diff := cmp.Diff([]*news.Source{a, b}, got); diff != "" {
			t.Errorf("sources (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(a.Routes, w.feed("aurora").Routes); diff != "" {
			t.Errorf("routes of the feed (-want +got):\n%s", diff)
		}
		w.save(start, "beacon") // due in an hour

		w.apply(start.Add(time.Minute), a)
		s, err := w.Source(ctx, "beacon")
		w.must(err)
		expect(t, "retired", s.Retired, start.Add(time.Minute))
		feeds, err := w.Feeds(ctx, "")
		w.must(err)
		expect(t, "feeds that are left", len(feeds), 1)

		w.apply(start.Add(2*time.Minute), a, b)
		s, err = w.Source(ctx, "beacon")
		w.must(err)
		expect(t, "retired after it came back", s.Retired, time.Time{})
		expect(t, "due after it came back", w.feed("beacon").Due, start.Add(2*time.Minute))
		w.apply(start.Add(3*time.Minute), a, b)
		expect(t, "due after it was declared again", w.feed("beacon").Due, start.Add(2*time.Minute))

		b.FeedURLs = a.FeedURLs
		if err := w.ApplySources(ctx, []*news.Source{a, b}, start); err == nil || !strings.Contains(err.Error(), feedURL("aurora")) {
			t.Errorf("one feed of two sources: %v", err)
		}
		if _, err := w.Source(ctx, "nobody"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown source: %v", err)
		}
		w.apply(start.Add(4 * time.Minute))
		due, err := w.DueFeeds(ctx, start.Add(time.Hour), time.Minute, 10, nil)
		w.must(err)
		expect(t, "due once everything is retired", len(due), 0)
	})
}

func TestDueFeeds(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		pending, ended := source("pending"), source("withdrawn")
		pending.Carriage.From = start.Add(2 * time.Hour)
		ended.Carriage.Until = start
		w.apply(start, source("aurora"), pending, ended)
		claim := func(now time.Time) string {
			feeds, err := w.DueFeeds(ctx, now, 10*time.Minute, 10, nil)
			w.must(err)
			ids := ""
			for _, f := range feeds {
				ids += f.SourceID + " "
			}
			return ids
		}
		expect(t, "before it is due", claim(start.Add(-time.Second)), "")
		expect(t, "due", claim(start), "aurora ")
		expect(t, "leased", claim(start.Add(9*time.Minute)), "")
		expect(t, "after a crash", claim(start.Add(10*time.Minute)), "aurora ")
		w.save(start.Add(11*time.Minute), "aurora")
		expect(t, "saved", claim(start.Add(12*time.Minute)), "")
		expect(t, "due again, and carried by now", claim(start.Add(2*time.Hour)), "pending aurora ")
	})
}

// TestClaimsAreDisjoint has two processes claim feeds and items at the same time.
func TestClaimsAreDisjoint(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		const n = 60
		other := open(t, w.dsn)
		var sources []*news.Source
		for i := range n {
			sources = append(sources, source(fmt.Sprintf("outlet%02d", i)))
		}
		w.apply(start, sources...)
		w.save(start, "outlet00", manyItems("outlet00", n)...)

		var mu sync.Mutex // guards claimed
		claimed := map[string]int{}
		var group sync.WaitGroup
		for _, db := range []*store.DB{w.DB, other.DB} {
			for range 2 {
				group.Go(func() {
					for more := true; more; {
						feeds, err := db.DueFeeds(t.Context(), start.Add(time.Hour), time.Hour, 7, nil)
						if err != nil {
							t.Error(err)
						}
						items, err := db.ClaimItems(t.Context(), start.Add(time.Hour), time.Hour, 7, nil)
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						for _, f := range feeds {
							claimed[f.ID]++
						}
						for _, it := range items {
							claimed[it.ID]++
						}
						mu.Unlock()
						more = len(feeds)+len(items) > 0
					}
				})
			}
		}
		group.Wait()
		expect(t, "claimed", len(claimed), 2*n)
		for id, times := range claimed {
			if times != 1 {
				t.Errorf("%s was claimed %d times", id, times)
			}
		}
	})
}

func manyItems(source string, n int) []*news.Item {
	var items []*news.Item
	for i := range n {
		items = append(items, item(source, fmt.Sprint("entry", i), fmt.Sprint("What happened in place ", i), start))
	}
	return items
}

func TestSaveFetch(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"))
		one, two := item("aurora", "one", "first", start), item("aurora", "two", "with a bad byte \xff and a \x00", start)
		expect(t, "first poll", w.save(start, "aurora", one, two, one), news.Saved{New: 2, Same: 1})
		expect(t, "second poll", w.save(start.Add(time.Hour), "aurora", one, two), news.Saved{Same: 2})

		items, err := w.ClaimItems(ctx, start.Add(time.Hour), time.Minute, 10, nil)
		w.must(err)
		expect(t, "claimed", len(items), 2)
		for _, it := range items {
			expect(t, "last seen", it.LastSeen, start.Add(time.Hour))
			if it.ID == one.ID {
				want := *one
				want.LastSeen, want.Revision, want.Lease = start.Add(time.Hour), 1, start.Add(time.Hour+time.Minute)
				if diff := cmp.Diff(&want, it); diff != "" {
					t.Errorf("item (-want +got):\n%s", diff)
				}
			} else {
				expect(t, "bad bytes", it.Summary, "<p>with a bad byte \uFFFD and a </p>")
			}
			w.must(w.SaveArticle(ctx, it.ID, it.Revision, article(it, it.Title, "Text."), start.Add(time.Hour)))
		}

		changed := item("aurora", "one", "first, corrected", start)
		expect(t, "third poll", w.save(start.Add(2*time.Hour), "aurora", changed, two), news.Saved{Changed: 1, Same: 1})
		items, err = w.ClaimItems(ctx, start.Add(2*time.Hour), time.Minute, 10, nil)
		w.must(err)
		if len(items) != 1 || items[0].Revision != 2 || items[0].Summary != changed.Summary || !items[0].FirstSeen.Equal(start) {
			t.Errorf("after a change %+v is to be extracted", items)
		}

		f := w.feed("aurora")
		f.Problems, f.LastError, f.Failures, f.ETag = []string{"no date"}, "timeout", 1, `"x"`
		f.SharedGUIDs, f.Window = "*", 90*time.Minute
		f.Rhythm, f.Asks = "1 2 3", news.Asks{TTL: time.Hour, SkipHours: []int{3}, SkipDays: []time.Weekday{time.Sunday}}
		_, err = w.SaveFetch(ctx, &news.Fetch{Feed: f, At: start.Add(3 * time.Hour)})
		w.must(err)
		if diff := cmp.Diff(f, w.feed("aurora")); diff != "" {
			t.Errorf("feed (-want +got):\n%s", diff)
		}
		f.ID, f.URL = "unknown", "https://reader:hunter2@paid.example/feed"
		if _, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, At: start}); !errors.Is(err, news.ErrNotFound) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("unknown feed: %v", err)
		}
	})
}

func TestEvidenceIsKeptInPart(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		for i := range 70 {
			w.save(start.Add(time.Duration(i)*time.Minute), "aurora")
		}
		all, err := w.Evidence(t.Context(), w.feed("aurora").ID, 1000)
		w.must(err)
		expect(t, "kept", len(all), 50)
		expect(t, "latest", all[0].At, start.Add(69*time.Minute))
		expect(t, "oldest", all[49].At, start.Add(20*time.Minute))
		expect(t, "took", all[0].Took, time.Second)
	})
}

func TestFailItem(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"))
		it := item("aurora", "one", "first", start)
		w.save(start, "aurora", it)
		claim := func(now time.Time) int {
			items, err := w.ClaimItems(ctx, now, 10*time.Minute, 10, nil)
			w.must(err)
			for _, it := range items {
				return it.Tries
			}
			return -1
		}
		expect(t, "at first", claim(start), 0)
		expect(t, "leased", claim(start.Add(time.Minute)), -1)
		w.must(w.FailItem(ctx, it.ID, "page took too long", start.Add(time.Hour)))
		expect(t, "too early", claim(start.Add(59*time.Minute)), -1)
		expect(t, "tried again", claim(start.Add(time.Hour)), 1)
		expect(t, "after a crash", claim(start.Add(2*time.Hour)), 1)
		w.must(w.FailItem(ctx, it.ID, "gone", time.Time{}))
		expect(t, "given up", claim(start.AddDate(10, 0, 0)), -1)
		w.save(start.Add(3*time.Hour), "aurora", item("aurora", "one", "changed", start))
		expect(t, "given up, then changed", claim(start.Add(3*time.Hour)), 0)
		if err := w.FailItem(ctx, "unknown", "", start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown item: %v", err)
		}
	})
}

// TestKilledWhileSaving cancels saves at every moment and then saves for good: nothing
// may be lost, doubled or half there.
func TestKilledWhileSaving(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		f := w.feed("aurora")
		f.ETag = "new"
		fetch := &news.Fetch{Feed: f, Items: manyItems("aurora", 30), At: start, Document: true}
		for calls := range 40 {
			ctx := &dying{Context: t.Context(), calls: 2 * calls}
			saved, err := w.SaveFetch(ctx, fetch)
			counts, e := w.FreshCounts(t.Context(), start)
			w.must(e)
			switch {
			case err == nil && counts.Items != 30:
				t.Fatalf("saved %v, but %d items are there", saved, counts.Items)
			case err != nil && (counts.Items != 0 || w.feed("aurora").ETag != ""):
				t.Fatalf("not saved (%v), but %d items are there", err, counts.Items)
			case err == nil:
				t.Fatalf("the context never died")
			}
		}
		saved, err := w.SaveFetch(t.Context(), fetch)
		w.must(err)
		expect(t, "saved", saved, news.Saved{New: 30})
		again := open(t, w.dsn)
		saved, err = again.SaveFetch(t.Context(), fetch)
		w.must(err)
		expect(t, "saved after a restart", saved, news.Saved{Same: 30})
		expect(t, "etag after a restart", again.feed("aurora").ETag, "new")
	})
}

// A dying context is cancelled once it was asked so many times whether it is.
type dying struct {
	context.Context
	mu    sync.Mutex // guards calls
	calls int
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (d *dying) dead() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls--
	return d.calls < 0
}

func (d *dying) Done() <-chan struct{} {
	if d.dead() {
		return closed
	}
	return d.Context.Done()
}

func (d *dying) Err() error {
	if d.dead() {
		return context.Canceled
	}
	return d.Context.Err()
}
