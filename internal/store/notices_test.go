package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// A notice is due once its outlet was read, and again when it says so.
func TestNotices(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a := source("aurora")
		a.Routes = []string{"direct"}
		a.Carriage.Until = start.Add(100 * time.Hour)
		w.apply(start, a, source("beacon"))
		due := func(now time.Time) []*news.Notice {
			list, err := w.DueNotices(ctx, now, 10)
			w.must(err)
			return list
		}
		expect(t, "before anything is read", len(due(start)), 0)
		w.save(start, "aurora")
		want := []*news.Notice{{SourceID: "aurora", Home: a.Home, Routes: a.Routes}}
		if diff := cmp.Diff(want, due(start)); diff != "" {
			t.Fatalf("due (-want +got):\n%s", diff)
		}
		n := want[0]
		n.Terms, n.Due, n.Failures = []news.Term{{Kind: news.Reservation, Value: "tdm-reservation: 1", Where: "tdmrep.json"}}, start.Add(time.Hour), 1
		for range 2 {
			w.must(w.SaveNotice(ctx, n))
		}
		expect(t, "due before its time", len(due(n.Due.Add(-time.Millisecond))), 0)
		if diff := cmp.Diff(want, due(n.Due)); diff != "" {
			t.Errorf("due again (-want +got):\n%s", diff)
		}
		expect(t, "due when the carriage has ended", len(due(a.Carriage.Until)), 0)
		terms, err := w.Notice(ctx, "aurora")
		w.must(err)
		if diff := cmp.Diff(n.Terms, terms); diff != "" {
			t.Errorf("terms (-want +got):\n%s", diff)
		}
		terms, err = w.Notice(ctx, "beacon")
		w.must(err)
		expect(t, "terms of none", len(terms), 0)
	})
}
