package store_test

import (
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// What is given back can be claimed at once.
func TestRelease(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		w.save(start, "aurora", item("aurora", "one", "first", start), item("aurora", "two", "second", start))
		now := start.Add(24 * time.Hour)

		feeds, err := w.DueFeeds(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "feeds claimed", len(feeds), 2)
		w.must(w.ReleaseFeeds(ctx, feeds[:1]))
		again, err := w.DueFeeds(ctx, now, time.Hour, 10, nil)
		w.must(err)
		if len(again) != 1 || again[0].ID != feeds[0].ID {
			t.Errorf("claimed again: %v, want the one that was given back", again)
		}

		items, err := w.ClaimItems(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "items claimed", len(items), 2)
		w.must(w.ReleaseItems(ctx, items))
		items, err = w.ClaimItems(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "items claimed again", len(items), 2)
		w.must(w.ReleaseItems(ctx, nil))

		// Who comes with a claim that was over ends no other's.
		later := now.Add(time.Hour)
		_, err = w.DueFeeds(ctx, later, time.Hour, 10, nil)
		w.must(err)
		_, err = w.ClaimItems(ctx, later, time.Hour, 10, nil)
		w.must(err)
		w.must(w.ReleaseFeeds(ctx, append(feeds, again...)))
		w.must(w.ReleaseItems(ctx, items))
		feeds, err = w.DueFeeds(ctx, later, time.Hour, 10, nil)
		w.must(err)
		expect(t, "feeds that another has claimed", len(feeds), 0)
		items, err = w.ClaimItems(ctx, later, time.Hour, 10, nil)
		w.must(err)
		expect(t, "items that another has claimed", len(items), 0)
	})
}

// A poll that lasts longer than its lease is no loss: what it read is kept, but where
// somebody else has claimed the feed since, that one says how the feed is, and its lease
// runs on.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		claim := func(now time.Time) *news.Feed {
			t.Helper()
			feeds, err := w.DueFeeds(ctx, now, 5*time.Minute, 10, nil)
			w.must(err)
			if len(feeds) != 1 {
				t.Fatalf("%d feeds claimed", len(feeds))
			}
			return feeds[0]
		}
		save := func(f *news.Feed, now time.Time, etag string, items ...*news.Item) news.Saved {
			t.Helper()
			f.ETag, f.LastTry, f.LastGood, f.LastNew, f.Due = etag, now, now, now, now.Add(time.Hour)
			saved, err := w.SaveFetch(ctx, &news.Fetch{
				Feed: f, At: now, Items: items, Document: true, Evidence: []news.Evidence{{FeedID: f.ID, At: now, Route: etag}},
			})
			w.must(err)
			return saved
		}
		minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

		slow := claim(start)
		quick := claim(minute(6))
		expect(t, "saved by the slow one", save(slow, minute(7), "slow", item("aurora", "a", "one", start)), news.Saved{New: 1})
		if f := w.feed("aurora"); f.ETag != "" || !f.Lease.Equal(minute(11)) || !f.LastTry.IsZero() || !f.LastNew.Equal(minute(7)) {
			t.Errorf("after the slow one the feed is %+v", f)
		}
		expect(t, "saved by the quick one", save(quick, minute(8), "quick", item("aurora", "a", "two", start)), news.Saved{Changed: 1})
		if f := w.feed("aurora"); f.ETag != "quick" || !f.Lease.IsZero() || !f.Due.Equal(minute(68)) {
			t.Errorf("after the quick one the feed is %+v", f)
		}

		// One that comes when all is done knows less than what is known.
		slow = claim(minute(70))
		quick = claim(minute(76))
		save(quick, minute(78), "quick again", item("aurora", "a", "three", start))
		expect(t, "saved by a slow one of before", save(slow, minute(77), "late", item("aurora", "a", "two", start), item("aurora", "b", "one", start)),
			news.Saved{New: 1, Same: 1})
		if f := w.feed("aurora"); f.ETag != "quick again" || !f.Due.Equal(minute(138)) {
			t.Errorf("after a slow one of before the feed is %+v", f)
		}
		// What it read last is news all the same; then the next document is looked at as a whole.
		expect(t, "saved by a slow one of after", save(slow, minute(79), "late", item("aurora", "a", "four", start)), news.Saved{Changed: 1})
		if f := w.feed("aurora"); f.ETag != "" || f.Entries != "" || !f.Due.Equal(minute(138)) {
			t.Errorf("after a slow one of after the feed is %+v", f)
		}
		evidence, err := w.Evidence(ctx, slow.ID, 10)
		w.must(err)
		var routes []string
		for _, e := range evidence {
			routes = append(routes, e.Route)
		}
		expect(t, "attempts", strings.Join(routes, ", "), "late, late, quick again, quick, slow")
	})
}

// What is asked for while a feed is polled is not answered by that poll.
func TestAskedMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		// poll is one that takes a minute, within which something happens.
		poll := func(began time.Time, meanwhile func(at time.Time)) *news.Feed {
			t.Helper()
			feeds, err := w.DueFeeds(ctx, began, 5*time.Minute, 1, nil)
			w.must(err)
			if len(feeds) != 1 {
				t.Fatalf("%d feeds are due", len(feeds))
			}
			meanwhile(began.Add(20 * time.Second))
			f, at := feeds[0], began.Add(time.Minute)
			f.LastTry, f.Probed, f.NotBefore, f.Due, f.DueWhy = at, at, at.Add(10*time.Minute), at.Add(time.Hour), "by its own rhythm"
			_, err = w.SaveFetch(ctx, &news.Fetch{Feed: f, Began: began, At: at})
			w.must(err)
			return w.feed("aurora")
		}
		waiting := func(now time.Time) int {
			n, err := w.Requested(ctx, nil, now)
			w.must(err)
			return n
		}
		_, err := w.Refresh(ctx, nil, start)
		w.must(err)
		now := start.Add(time.Second)
		f := poll(now, func(at time.Time) {
			_, err := w.Refresh(ctx, []string{"aurora"}, at)
			w.must(err)
		})
		if n := waiting(now.Add(time.Minute)); n != 1 || !f.Probed.IsZero() || !f.Due.Equal(now.Add(20*time.Second)) || f.DueWhy != "it was asked for by hand" {
			t.Errorf("asked for by hand during a poll: %d waiting, due %v because %s", n, f.Due, f.DueWhy)
		}
		now = now.Add(2 * time.Minute)
		f = poll(now, func(time.Time) {})
		if n := waiting(now.Add(time.Hour)); n != 0 || f.DueWhy != "by its own rhythm" {
			t.Errorf("after the next poll: %d waiting, due %v because %s", n, f.Due, f.DueWhy)
		}

		soon := func(at time.Time) { w.must(w.PollSoon(ctx, f.ID, at, at)) }
		now = f.Due
		f = poll(now, soon)
		if !f.Due.Equal(now.Add(11*time.Minute)) || !strings.Contains(f.DueWhy, "hub") {
			t.Errorf("a hub called during a poll: due after %v because %s", f.Due.Sub(now), f.DueWhy)
		}
		now = f.Due.Add(time.Minute)
		soon(now.Add(-30 * time.Second)) // is due and not claimed yet
		if f = poll(now, func(time.Time) {}); f.DueWhy != "by its own rhythm" {
			t.Errorf("a hub called before a poll: due after %v because %s", f.Due.Sub(now), f.DueWhy)
		}
	})
}
