package store_test

import (
	"testing"
	"time"
)

// Counts are counted once a minute; fresh ones whenever asked.
func TestCountsAreKeptForAMinute(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		articles := func(now time.Time) int {
			t.Helper()
			c, err := w.Counts(t.Context(), now)
			w.must(err)
			return c.Articles
		}
		w.apply(start, source("aurora"))
		expect(t, "at first", articles(start), 0)
		w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		expect(t, "within the minute", articles(start.Add(time.Minute-time.Millisecond)), 0)
		fresh, err := w.FreshCounts(t.Context(), start)
		w.must(err)
		expect(t, "fresh", fresh.Articles, 1)
		expect(t, "within the minute, after a fresh count", articles(start.Add(time.Second)), 0)
		expect(t, "a minute later", articles(start.Add(time.Minute)), 1)
		expect(t, "at an earlier time", articles(start.Add(-time.Hour)), 1) // counted anew
	})
}
