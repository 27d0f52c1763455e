package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a host asked holds for every process until it is over; the longest wish counts.
func TestBlockedHosts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		block := func(host string, wait time.Duration, at time.Duration) {
			t.Helper()
			w.must(w.BlockHost(ctx, host, start.Add(at+wait), 503, start.Add(at)))
		}
		block("a.example", time.Hour, 0)
		block("b.example", 2*time.Hour, 0)
		block("b.example", time.Minute, time.Minute) // shorter: changes nothing
		block("a.example", 3*time.Hour, time.Minute)
		other := open(t, w.dsn)
		for _, c := range []struct {
			at   time.Duration
			want map[string]time.Time
		}{
			{0, map[string]time.Time{"a.example": start.Add(3*time.Hour + time.Minute), "b.example": start.Add(2 * time.Hour)}},
			{2 * time.Hour, map[string]time.Time{"a.example": start.Add(3*time.Hour + time.Minute)}},
			{4 * time.Hour, map[string]time.Time{}},
		} {
			got, err := other.BlockedHosts(ctx, start.Add(c.at))
			w.must(err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("after %v (-want +got):\n%s", c.at, diff)
			}
		}
	})
}
