package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// Of a host that is busy no feed is claimed, however long it has been due.
func TestDueFeedsOfBusyHosts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"), source("beacon"))
		claim := func(busy ...string) string {
			t.Helper()
			feeds, err := w.DueFeeds(t.Context(), start, time.Minute, 10, busy)
			w.must(err)
			var sources []string
			for _, f := range feeds {
				sources = append(sources, f.SourceID)
			}
			w.must(w.ReleaseFeeds(t.Context(), feeds))
			slices.Sort(sources)
			return strings.Join(sources, " ")
		}
		expect(t, "all", claim(), "aurora beacon")
		expect(t, "but those of aurora", claim("aurora.example"), "beacon")
		expect(t, "of no other", claim("aurora.example", "beacon.example"), "")
		// A feed that a mirror gives waits for the mirror, also after the configuration was read
		// again.
		feeds, err := w.DueFeeds(t.Context(), start, time.Minute, 10, []string{"beacon.example"})
		w.must(err)
		feeds[0].Host = "mirror.example"
		_, err = w.SaveFetch(t.Context(), &news.Fetch{Feed: feeds[0], At: start})
		w.must(err)
		w.apply(start, source("aurora"), source("beacon"))
		expect(t, "with a mirror", claim("aurora.example"), "aurora beacon")
		expect(t, "but those of the mirror", claim("mirror.example"), "beacon")
	})
}
