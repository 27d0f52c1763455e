package store_test

import (
	"testing"
	"time"
)

// One process at a time has a lease; who died loses it when it lapses.
func TestLease(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		lease := func(holder string, at time.Duration, want bool) {
			t.Helper()
			got, err := w.Lease(t.Context(), "cluster", holder, start.Add(at), time.Minute)
			if err != nil || got != want {
				t.Errorf("lease of %s after %v = %v, %v; want %v", holder, at, got, err, want)
			}
		}
		lease("a", 0, true)
		lease("b", time.Second, false)
		lease("a", 30*time.Second, true) // prolonged
		lease("b", 61*time.Second, false)
		lease("b", 90*time.Second, true) // a has died
		lease("a", 91*time.Second, false)
		w.must(w.Release(t.Context(), "cluster", "a")) // not a's any more: nothing happens
		lease("a", 92*time.Second, false)
		w.must(w.Release(t.Context(), "cluster", "b"))
		lease("a", 93*time.Second, true)
	})
}
