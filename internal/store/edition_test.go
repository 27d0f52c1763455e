package store_test

import (
	"errors"
	"testing"
	"time"
)

// The edition is another one whenever readers may be told something else, for whoever has
// the store open, and the same while books are kept.
func TestEdition(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		other := open(t, w.dsn)
		last := ""
		look := func(what string, changes bool) {
			t.Helper()
			for _, db := range []*world{w, other} {
				got, err := db.Edition(t.Context())
				w.must(err)
				if (got != last) != changes {
					t.Errorf("%s: the edition went from %q to %q, want changed: %v", what, last, got, changes)
				}
				if db == other {
					last = got
				}
			}
		}
		look("at the beginning", true)

		w.apply(start, source("north"), source("south"))
		look("outlets", true)
		a := w.publish(start, "north", "a", "Bridge opens", "The bridge is open.")
		look("an article", true)
		w.place(start, "s1", a)
		look("a story", true)
		purge := func(now time.Time, want int) {
			t.Helper()
			n, err := w.Withdraw(t.Context(), now, time.Hour)
			w.must(err)
			expect(t, "purged", n, want)
		}
		purge(start, 0)
		look("nothing to withdraw", false)

		later := start.Add(2 * time.Hour)
		w.save(later, "north", item("north", "a", "The bridge is open.", start))
		look("a poll that brought nothing", false)
		_, err := w.Lease(t.Context(), "cluster", "me", later, time.Minute)
		w.must(err)
		w.must(w.Release(t.Context(), "cluster", "me"))
		look("a lease", false)
		feeds, err := w.DueFeeds(t.Context(), later, time.Minute, 10, nil)
		w.must(err)
		w.must(w.ReleaseFeeds(t.Context(), feeds))
		w.must(w.BlockHost(t.Context(), "north.example", later.Add(time.Hour), 429, later))
		look("what feeds are due", false)

		broken := errors.New("broken")
		if err := w.Break(t.Context(), broken); !errors.Is(err, broken) {
			t.Errorf("a change that fails: %v", err)
		}
		look("a change that failed", false)
		w.must(w.Return(t.Context()))
		look("rows that were changed by a query", true)

		gone := source("north")
		gone.Carriage.Until = later
		w.apply(later, gone, source("south"))
		look("an outlet that is withdrawn", true)
		purge(later.Add(2*time.Hour), 1)
		look("a text that is purged", true)
	})
}
