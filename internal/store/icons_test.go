package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// An icon is due once its outlet was read, and again when it says so; it goes with the
// outlet's carriage.
func TestIcons(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a, pending := source("aurora"), source("pending")
		a.Routes = []string{"direct"}
		a.Carriage.Until = start.Add(100 * time.Hour)
		pending.Carriage.From = start.Add(time.Hour)
		w.apply(start, a, source("beacon"), pending)
		due := func(now time.Time) []*news.Icon {
			list, err := w.DueIcons(ctx, now, 10)
			w.must(err)
			return list
		}
		expect(t, "before anything is read", len(due(start)), 0)
		f := w.feed("aurora")
		f.Icon, f.LastGood = "https://aurora.example/icon.png", start
		_, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, At: start})
		w.must(err)
		want := []*news.Icon{{SourceID: "aurora", Home: a.Home, Named: f.Icon, Routes: a.Routes}}
		if diff := cmp.Diff(want, due(start)); diff != "" {
			t.Fatalf("due (-want +got):\n%s", diff)
		}
		i := want[0]
		i.URL, i.ETag, i.LastModified, i.Validated = f.Icon, `"x"`, "today", f.Icon+"?v=1"
		i.Small, i.Large, i.Due, i.Failures, i.LastError = []byte("small\x00\xff"), []byte("large"), start.Add(time.Hour), 2, "none"
		for range 2 {
			w.must(w.SaveIcon(ctx, i))
		}
		expect(t, "due before its time", len(due(i.Due.Add(-1))), 0)
		if diff := cmp.Diff(want, due(i.Due)); diff != "" {
			t.Errorf("due again (-want +got):\n%s", diff)
		}
		icon := func(large bool) []byte {
			png, err := w.Icon(ctx, "aurora", large)
			w.must(err)
			return png
		}
		if !bytes.Equal(icon(false), i.Small) || !bytes.Equal(icon(true), i.Large) {
			t.Errorf("icons %q and %q", icon(false), icon(true))
		}
		none, err := w.Icon(ctx, "beacon", false)
		w.must(err)
		expect(t, "bytes of no icon", len(none), 0)

		now := a.Carriage.Until
		expect(t, "due when the carriage has ended", len(due(now)), 0)
		_, err = w.Withdraw(ctx, now, time.Hour)
		w.must(err)
		if icon(false) == nil {
			t.Error("the icon is gone before grace is over")
		}
		_, err = w.Withdraw(ctx, now.Add(time.Hour), time.Hour)
		w.must(err)
		if icon(false) != nil {
			t.Error("the icon outlives its carriage")
		}
	})
}
