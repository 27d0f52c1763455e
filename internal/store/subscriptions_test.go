package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// discover saves a poll of a source's feed whose document names these hubs.
func (w *world) discover(now time.Time, source, topic string, hubs ...string) {
	w.Helper()
	f := w.feed(source)
	f.Due, f.LastTry, f.LastGood, f.Entries = now.Add(time.Hour), now, now, "AAAA"
	_, err := w.SaveFetch(w.Context(), &news.Fetch{Feed: f, At: now, Discovery: &news.Discovery{Hubs: hubs, Topic: topic}})
	w.must(err)
}

// verified makes the subscription of a source's feed one that a hub has confirmed.
func (w *world) verified(now time.Time, source, token string) {
	w.Helper()
	w.must(w.ChangeSubscription(w.Context(), w.feed(source).ID, func(s *news.Subscription) {
		s.Hub, s.Token, s.State, s.Since, s.Until = s.Hubs[0], token, news.SubscriptionVerified, now, now.Add(24*time.Hour)
		s.Due = now.Add(18 * time.Hour)
	}))
}

// A subscription is found where a document names a hub, claimed when it is due, found by its
// token, and ends with what it is for.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"), source("cedar"))
		w.discover(start, "aurora", "https://aurora.example/feed")
		if got := w.feed("aurora").Push; got != nil {
			t.Errorf("a feed without a hub has %+v", got)
		}
		w.discover(start, "aurora", "https://aurora.example/feed", "https://hub.example", "https://other.example")
		w.discover(start, "beacon", "https://beacon.example/feed", "https://hub.example")
		due := func(now time.Time) (sources []string) {
			claimed, err := w.DueSubscriptions(ctx, now, time.Minute, 10)
			w.must(err)
			for _, s := range claimed {
				f, err := w.Feed(ctx, s.FeedID)
				w.must(err)
				sources = append(sources, f.SourceID)
			}
			return sources
		}
		expect(t, "due", len(due(start)), 2)
		expect(t, "due while they are claimed", len(due(start.Add(time.Second))), 0)
		expect(t, "due when the claim is over", len(due(start.Add(time.Minute))), 2)

		if _, err := w.SubscriptionOf(ctx, ""); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("the subscription of no token: %v", err)
		}
		w.verified(start, "aurora", "secret-a")
		w.verified(start, "beacon", "secret-b")
		got, err := w.SubscriptionOf(ctx, "secret-a")
		w.must(err)
		if diff := cmp.Diff(w.feed("aurora").Push, got); diff != "" || got.Topic != "https://aurora.example/feed" {
			t.Errorf("the subscription of a token (-that of its feed +got):\n%s", diff)
		}
		feeds, err := w.DueFeeds(ctx, start.Add(2*time.Hour), 0, 10, nil)
		w.must(err)
		for _, f := range feeds {
			if (f.Push != nil) != (f.SourceID != "cedar") {
				t.Errorf("%s was claimed with the subscription %+v", f.SourceID, f.Push)
			}
		}

		// The hub stays while it is named; another topic is another subscription.
		w.discover(start, "aurora", "https://aurora.example/feed", "https://third.example", "https://hub.example")
		expect(t, "token where another hub came", w.feed("aurora").Push.Token, "secret-a")
		w.discover(start, "aurora", "https://aurora.example/moved", "https://hub.example")
		expect(t, "state where the topic changed", w.feed("aurora").Push.State, news.SubscriptionWanted)
		if _, err := w.SubscriptionOf(ctx, "secret-a"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("the token of the topic before: %v", err)
		}
		w.verified(start, "aurora", "secret-c")
		w.discover(start, "aurora", "")
		expect(t, "state where no hub is named any more", w.feed("aurora").Push.State, news.SubscriptionLeaving)

		// Who is not read is not pushed.
		ended := source("beacon")
		ended.Carriage.Until = start.Add(time.Hour)
		w.apply(start, source("aurora"), ended, source("cedar"))
		n, err := w.EndSubscriptions(ctx, start)
		w.must(err)
		expect(t, "ended before its time", n, 0)
		n, err = w.EndSubscriptions(ctx, start.Add(time.Hour))
		w.must(err)
		expect(t, "ended at its time", n, 1)
		w.discover(start, "cedar", "https://cedar.example/feed", "https://hub.example")
		w.apply(start, source("aurora"), ended)
		n, err = w.EndSubscriptions(ctx, start)
		w.must(err)
		expect(t, "ended because its outlet is retired", n, 1)

		id := w.feed("aurora").ID
		w.must(w.ChangeSubscription(ctx, id, func(s *news.Subscription) { s.State = news.SubscriptionEnded }))
		if err := w.ChangeSubscription(ctx, id, func(*news.Subscription) {}); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("change of a subscription that has ended: %v", err)
		}
		w.must(w.ForgetSubscriptions(ctx))
		w.must(w.ForgetSubscriptions(ctx))
		expect(t, "due when all are forgotten", len(due(start.Add(1000*time.Hour))), 0)
	})
}

// What is pushed becomes items, and changes nothing that only a poll can know. A hub that
// was first is trusted until a poll finds what it did not push.
func TestPushes(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		w.discover(start, "aurora", "https://aurora.example/feed", "https://hub.example")
		push := func(now time.Time, items ...*news.Item) news.Saved {
			f := w.feed("aurora")
			f.LastNew, f.Entries, f.ETag, f.Status, f.Due = now, "?", `"forged"`, 500, now.Add(1000*time.Hour)
			saved, errs := w.SaveFetches(ctx, []*news.Fetch{{Feed: f, Items: items, At: now, Pushed: true}})
			w.must(errs[0])
			return saved[0]
		}
		before := w.feed("aurora")
		expect(t, "saved of a push", push(start.Add(time.Minute)), news.Saved{})
		expect(t, "trusted after a push without anything new", w.feed("aurora").Push.Trusted, false)
		a := item("aurora", "a", "one", start)
		expect(t, "saved of a push", push(start.Add(time.Minute), a), news.Saved{New: 1})
		after := w.feed("aurora")
		if p := after.Push; !p.Trusted || p.Pushes != 2 || !p.LastPush.Equal(start.Add(time.Minute)) {
			t.Errorf("after two pushes: %+v", p)
		}
		before.LastNew, before.Push = start.Add(time.Minute), after.Push
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a push changed what it knows nothing of (-before +after):\n%s", diff)
		}
		expect(t, "saved of an edit", push(start.Add(time.Minute), item("aurora", "a", "two", start)), news.Saved{Changed: 1})
		expect(t, "entries after an edit", w.feed("aurora").Entries, "?")

		poll := func(now time.Time, items ...*news.Item) *news.Feed {
			f := w.feed("aurora")
			f.Due, f.DueWhy, f.LastTry, f.LastGood, f.NotBefore = now.Add(2*time.Hour), "pushed", now, now, now.Add(5*time.Minute)
			_, err := w.SaveFetch(ctx, &news.Fetch{
				Feed: f, Items: items, At: now, Missed: &news.Due{At: now.Add(time.Minute), Why: "rhythm"}, Silent: f.Push.Silent(now),
			})
			w.must(err)
			return w.feed("aurora")
		}
		now := start.Add(time.Hour)
		f := poll(now, item("aurora", "a", "two", start))
		if !f.Push.Trusted || f.DueWhy != "pushed" {
			t.Errorf("a poll that found what was pushed: %+v, due because %s", f.Push, f.DueWhy)
		}
		// A poll that was first by a moment costs nothing.
		w.verified(now, "aurora", "token")
		f = poll(now, item("aurora", "b", "one", start))
		if f.Push.Trusts(now) || !f.Push.Trusted || f.DueWhy != "rhythm" || !f.Due.Equal(now.Add(time.Minute)) {
			t.Errorf("a poll that found what was not pushed yet: %+v, due %v because %s", f.Push, f.Due, f.DueWhy)
		}
		poll(now.Add(4*time.Minute), item("aurora", "c", "one", start))
		push(now.Add(4*time.Minute + 30*time.Second))
		if f = w.feed("aurora"); !f.Push.Trusts(now.Add(5*time.Minute)) || f.Push.Error != "" || !f.Push.Due.Equal(now.Add(18*time.Hour)) {
			t.Errorf("a push that came a moment after a poll: %+v", f.Push)
		}
		// Where no push comes, or too late, the next poll says so.
		now = now.Add(time.Hour)
		poll(now, item("aurora", "d", "one", start))
		push(now.Add(news.PushGrace))
		f = poll(now.Add(news.PushGrace + time.Second))
		if f.Push.Trusted || f.Push.Error == "" || !f.Push.Due.Equal(now.Add(news.PushGrace+time.Second)) {
			t.Errorf("a poll after one that found what was not pushed: %+v", f.Push)
		}
		push(now.Add(10*time.Minute), item("aurora", "e", "one", start))
		if f = w.feed("aurora"); !f.Push.Trusts(now.Add(10 * time.Minute)) {
			t.Errorf("a hub that is first again: %+v", f.Push)
		}
		now = now.Add(20 * time.Minute)

		// A hub that only says that there is something hastens a poll, and not more.
		soon := func(at time.Time) time.Time {
			w.must(w.PollSoon(ctx, f.ID, at, at))
			return w.feed("aurora").Due
		}
		poll(now) // due in two hours
		expect(t, "due soon after a poll", soon(now.Add(time.Second)), now.Add(5*time.Minute))
		expect(t, "due later after a poll", soon(now.Add(time.Minute)), now.Add(5*time.Minute))
		now = now.Add(10 * time.Minute)
		poll(now)
		expect(t, "due long after a poll", soon(now.Add(time.Hour)), now.Add(time.Hour))
		expect(t, "due when it was due already", soon(now.Add(2*time.Hour)), now.Add(time.Hour))

		// Against what the outlet wants it does nothing.
		f = w.feed("aurora")
		f.NotBefore, f.Due = now.Add(7*24*time.Hour), now.Add(8*24*time.Hour)
		_, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, At: now})
		w.must(err)
		expect(t, "due of one that is gone", soon(now.Add(time.Hour)), now.Add(7*24*time.Hour))

		// Of an outlet that is not carried nothing comes in.
		w.apply(now)
		saved, errs := w.SaveFetches(ctx, []*news.Fetch{{Feed: f, Items: []*news.Item{item("aurora", "c", "one", now)}, At: now, Pushed: true}})
		w.must(errs[0])
		expect(t, "saved for a retired feed", saved[0], news.Saved{})
	})
}

// Where a push changed what was known, the outlet may take that back, and its document is the
// one of before: so it is asked for as if it had never been read.
func TestPushTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		poll := func(f *news.Feed, now time.Time, items ...*news.Item) news.Saved {
			t.Helper()
			f.Due, f.ETag, f.LastModified, f.BodyHash, f.Entries = now, `"e0"`, "Mon", "h0", "AAAA"
			saved, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, Items: items, At: now, Document: true})
			w.must(err)
			return saved
		}
		push := func(now time.Time, items ...*news.Item) {
			t.Helper()
			f := w.feed("aurora")
			f.Entries = "?"
			_, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, Items: items, At: now, Pushed: true})
			w.must(err)
		}
		known := func() string {
			f := w.feed("aurora")
			return strings.Join([]string{f.ETag, f.LastModified, f.BodyHash, f.Entries}, " ")
		}
		poll(w.feed("aurora"), start, item("aurora", "1", "true", start))
		push(start.Add(time.Second), item("aurora", "2", "new", start))
		expect(t, "known after a push of something new", known(), `"e0" Mon h0 AAAA`)
		push(start.Add(time.Minute), item("aurora", "1", "a slip", start))
		expect(t, "known after a push of other words", known(), "   ?")
		saved := poll(w.feed("aurora"), start.Add(2*time.Minute), item("aurora", "1", "true", start))
		expect(t, "saved when it was taken back", saved, news.Saved{Changed: 1})
		expect(t, "known then", known(), `"e0" Mon h0 AAAA`)

		// A poll that was under way does not know of it.
		f := w.feed("aurora")
		push(start.Add(3*time.Minute), item("aurora", "1", "another slip", start))
		poll(f, start.Add(4*time.Minute))
		expect(t, "known after a poll that began before", known(), "   ?")
	})
}
