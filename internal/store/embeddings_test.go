package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// An article keeps the embedding with which it was placed for as long as a clusterer may need it,
// and no longer than its text.
func TestEmbeddings(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		short := source("short")
		short.Carriage.Keep = 24 * time.Hour
		w.apply(start, short, source("beacon"))
		a := w.publish(start, "short", "a", "Strike", "In the harbour.")
		b := w.publish(start, "beacon", "b", "Strike", "At the port.")
		c := w.publish(start, "beacon", "c", "Fog", "On the river.")
		e := &news.Embedding{Model: "m:1", Vector: []int8{-128, -1, 0, 1, 127}}
		w.embed(start, "s", e, a, b)
		w.place(start.Add(time.Second), "s2", c)
		w.embed(start.Add(2*time.Second), "s3", e, c) // it has a story: nothing changes
		kept := func() map[string]*news.Embedding {
			t.Helper()
			placed, err := w.Placed(ctx, a.When())
			w.must(err)
			of := map[string]*news.Embedding{}
			for _, p := range placed {
				of[p.ID] = p.Embedding
			}
			return of
		}
		expectKept := func(when string, want map[string]*news.Embedding) {
			t.Helper()
			if diff := cmp.Diff(want, kept()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		expectKept("when placed", map[string]*news.Embedding{a.ID: e, b.ID: e, c.ID: nil})
		placed, with, err := w.Embedded(ctx, a.When())
		w.must(err)
		expect(t, "placed", placed, 3)
		expect(t, "placed with an embedding", with, 2)

		_, err = w.Withdraw(ctx, start.Add(24*time.Hour), time.Hour)
		w.must(err)
		expectKept("after a was purged", map[string]*news.Embedding{b.ID: e, c.ID: nil})

		d := w.publish(start.Add(30*24*time.Hour), "beacon", "d", "Rain", "Over the hills.")
		w.embed(d.When(), "s4", e, d)
		expectKept("after 30 days", map[string]*news.Embedding{b.ID: e, c.ID: nil, d.ID: e})
		f := w.publish(start.Add(30*24*time.Hour+time.Millisecond), "beacon", "f", "Sun", "Over the hills.")
		w.embed(f.When(), "s5", e, f)
		expectKept("later", map[string]*news.Embedding{b.ID: nil, c.ID: nil, d.ID: e, f.ID: e})
	})
}
