package store_test

import (
	"testing"
	"time"

	"parallax/internal/news"
)

func TestReachChanges(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		f := w.feed("aurora")
		hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
		save := func(n int, r news.Reach, blocking string) {
			if f.Reach != r {
				f.Reach, f.ReachSince = r, hour(n)
			}
			f.Blocking = blocking
			_, err := w.SaveFetch(t.Context(), &news.Fetch{Feed: f, At: hour(n)})
			w.must(err)
		}
		changes := func(since time.Time) []news.ReachChange {
			list, err := w.ReachChanges(t.Context(), f.ID, since)
			w.must(err)
			return list
		}
		expect(t, "at first", len(changes(start)), 0)
		for n, r := range []news.Reach{news.ReachOK, news.ReachOK, news.ReachDown, news.ReachBlocked, news.ReachBlocked, news.ReachOK} {
			save(n, r, map[news.Reach]string{news.ReachBlocked: "dns"}[r])
		}
		all := changes(start)
		expect(t, "changes", len(all), 4)
		expect(t, "the third", all[2], news.ReachChange{At: hour(3), Reach: news.ReachBlocked, Blocking: "dns"})
		late := changes(hour(4))
		expect(t, "since the fourth hour", len(late), 2)
		expect(t, "how it was then", late[0].At, hour(3))
		expect(t, "long after", len(changes(hour(99))), 1)

		for n := 10; n < 300; n++ {
			save(n, []news.Reach{news.ReachOK, news.ReachDown}[n%2], "")
		}
		all = changes(start)
		expect(t, "kept of many", len(all), 100)
		expect(t, "the last of many", all[99].At, hour(299))
	})
}
