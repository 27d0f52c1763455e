package store_test

import (
	"testing"
	"time"
)

// What is given back can be claimed at once.
func TestRelease(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		w.save(start, "aurora", item("aurora", "one", "first", start), item("aurora", "two", "second", start))
		now := start.Add(24 * time.Hour)

		feeds, err := w.DueFeeds(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "feeds claimed", len(feeds), 2)
		w.must(w.ReleaseFeeds(ctx, []string{feeds[0].ID}))
		again, err := w.DueFeeds(ctx, now, time.Hour, 10, nil)
		w.must(err)
		if len(again) != 1 || again[0].ID != feeds[0].ID {
			t.Errorf("claimed again: %v, want the one that was given back", again)
		}

		items, err := w.ClaimItems(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "items claimed", len(items), 2)
		w.must(w.ReleaseItems(ctx, []string{items[0].ID, items[1].ID}))
		items, err = w.ClaimItems(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "items claimed again", len(items), 2)
		w.must(w.ReleaseItems(ctx, nil))
	})
}
