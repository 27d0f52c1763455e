package store_test

import (
	"testing"
	"time"

	"parallax/internal/news"
)

// Since when and until when an outlet was read, a gap of a day being none.
func TestReadSince(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		two := source("aurora")
		other := "https://aurora.example/other"
		two.FeedURLs = append(two.FeedURLs, other)
		w.apply(start, two)
		poll := func(after time.Duration, url string, well bool) {
			t.Helper()
			feeds, err := w.Feeds(t.Context(), "aurora")
			w.must(err)
			for _, f := range feeds {
				if f.URL != url {
					continue
				}
				at := start.Add(after)
				if f.LastTry, f.Due = at, at.Add(time.Hour); well {
					f.LastGood = at
				} else {
					f.Failures++
				}
				_, err := w.SaveFetch(t.Context(), &news.Fetch{Feed: f, At: at})
				w.must(err)
			}
		}
		check := func(what string, since, until time.Duration) {
			t.Helper()
			s, err := w.Source(t.Context(), "aurora")
			w.must(err)
			if !s.ReadSince.Equal(start.Add(since)) || !s.LastRead.Equal(start.Add(until)) {
				t.Errorf("%s: read from %s to %s, want %s to %s", what, s.ReadSince, s.LastRead, start.Add(since), start.Add(until))
			}
		}
		const hour, day = time.Hour, 24 * time.Hour
		feed := feedURL("aurora")
		poll(0, feed, false)
		s, err := w.Source(t.Context(), "aurora")
		w.must(err)
		if !s.ReadSince.IsZero() || !s.LastRead.IsZero() {
			t.Errorf("never read well: read from %s to %s", s.ReadSince, s.LastRead)
		}
		poll(hour, feed, true)
		check("read", hour, hour)
		poll(2*hour, feed, false)
		poll(hour+day, feed, true)
		check("read again within a day", hour, hour+day)
		poll(2*hour+day, other, true)
		check("another feed, too", hour, 2*hour+day)
		poll(hour+2*day+time.Millisecond, feed, true)
		check("a longer gap, which the other feed covers", 2*hour+day, hour+2*day+time.Millisecond)
		poll(9*day, feed, true)
		check("a gap of both", 9*day, 9*day)
		two.FeedURLs = []string{other}
		w.apply(start.Add(9*day), two)
		check("of feeds that are not retired", 2*hour+day, 2*hour+day)
	})
}
