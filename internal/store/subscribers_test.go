package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// many is room enough.
var many = news.SubscriberLimits{All: 100, OfHost: 100, Topics: 100, Searches: 100, Asks: 100, AsksOfHost: 100, AsksOfStranger: 100}

// asks enters that a callback wants to be told of a feed.
func (w *world) asks(now time.Time, path, callback string, limits news.SubscriberLimits) error {
	w.Helper()
	return w.AskSubscriber(w.Context(), &news.Subscriber{
		Path: path, Callback: "https://" + callback + ".example/cb", Host: callback + ".example",
		Ask: news.SubscriberAsk{Mode: "subscribe", Topic: "https://us.example" + path, Secret: "s", Lease: 24 * time.Hour, Sent: "h0", At: now, Due: now},
	}, limits, now)
}

// due claims who is due, by their hosts and feeds.
func (w *world) due(now time.Time, calm bool, busy ...string) map[string]*news.Subscriber {
	w.Helper()
	list, err := w.DueSubscribers(w.Context(), now, time.Minute, 10, busy, calm)
	w.must(err)
	of := map[string]*news.Subscriber{}
	for _, s := range list {
		of[s.Host+s.Path] = s
	}
	return of
}

// confirms makes all who are due at now subscribers until then.
func (w *world) confirms(now, until time.Time) {
	w.Helper()
	for _, s := range w.due(now, false) {
		w.must(w.ChangeSubscriber(w.Context(), s.ID, func(s *news.Subscriber, _ string) {
			s.Topic, s.Secret, s.Sent, s.Since, s.Until, s.Ask = s.Ask.Topic, s.Ask.Secret, s.Ask.Sent, now, until, news.SubscriberAsk{}
		}))
	}
}

func (w *world) topic(path, hash, edition string, now time.Time) int64 {
	w.Helper()
	n, err := w.SaveTopic(w.Context(), &news.Topic{Path: path, Hash: hash, Edition: edition}, now, now.Add(time.Second))
	w.must(err)
	return n
}

// Subscribers are asked, claimed, told and forgotten; nothing of that is a new edition for readers.
func TestSubscribers(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		before, err := w.Edition(ctx)
		w.must(err)
		w.must(w.asks(start, "/feed.atom", "one", many))
		w.must(w.asks(start, "/feed.atom", "two", many))
		w.must(w.asks(start, "/feed.rss", "two", many))
		w.must(w.asks(start, "/feed.rss", "two", many)) // again: it is the same
		got, err := w.Subscribers(ctx, start)
		w.must(err)
		expect(t, "asking", got, news.SubscriberCounts{Asking: 3, Topics: 2})
		expect(t, "due but for a busy host", len(w.due(start, false, "two.example")), 1)
		expect(t, "due while one is claimed", len(w.due(start, false, "two.example")), 0)
		expect(t, "due when the claim is over", len(w.due(start.Add(time.Minute), false)), 3)
		// Who is being asked is not asked beside that, however often somebody wants it.
		w.must(w.asks(start.Add(time.Minute), "/feed.atom", "one", many))
		expect(t, "due while it is asked", len(w.due(start.Add(90*time.Second), false)), 0)

		// Nobody confirmed yet: no feed is made for them.
		made, err := w.DueTopics(ctx, "e0", start.Add(2*time.Hour), start.Add(time.Hour), time.Minute, 10)
		w.must(err)
		expect(t, "topics of which nobody confirmed", len(made), 0)
		next, err := w.NextTopic(ctx, "e0")
		w.must(err)
		expect(t, "the next topic while nobody confirmed", next, time.Time{})

		now := start.Add(time.Hour)
		w.confirms(now, now.Add(24*time.Hour))
		expect(t, "due after they confirmed", len(w.due(now, false)), 0)
		now = now.Add(2 * time.Minute)

		topics, err := w.DueTopics(ctx, "e1", now, now.Add(-time.Hour), time.Minute, 10)
		w.must(err)
		if diff := cmp.Diff([]*news.Topic{{Path: "/feed.atom", Hash: "h0"}, {Path: "/feed.rss", Hash: "h0"}}, topics); diff != "" {
			t.Errorf("topics (-want +got):\n%s", diff)
		}
		again, err := w.DueTopics(ctx, "e1", now, now.Add(-time.Hour), time.Minute, 10)
		w.must(err)
		expect(t, "topics while they are claimed", len(again), 0)
		expect(t, "waiting where nothing changed", w.topic("/feed.rss", "h0", "e1", now), 0)
		expect(t, "waiting where something did", w.topic("/feed.atom", "h1", "e1", now), 2)
		expect(t, "waiting for what nobody subscribes to", w.topic("/feed.json", "h1", "e1", now), 0)
		for _, c := range []struct {
			edition string
			after   time.Duration
			want    int
		}{{"e1", time.Minute, 0}, {"e2", 0, 0}, {"e2", time.Second, 2}, {"e1", 2 * time.Hour, 2}} {
			at := now.Add(c.after)
			topics, err := w.DueTopics(ctx, c.edition, at, at.Add(-time.Hour), 0, 10)
			w.must(err)
			expect(t, fmt.Sprint("topics in edition ", c.edition, " after ", c.after), len(topics), c.want)
		}

		for edition, want := range map[string]time.Time{"e1": {}, "e2": now.Add(time.Second)} {
			next, err := w.NextTopic(ctx, edition)
			w.must(err)
			expect(t, "the next topic in edition "+edition, next, want)
		}

		told := w.due(now, false)
		one := told["one.example/feed.atom"]
		if len(told) != 2 || one == nil || one.Latest != "h1" || one.Sent != "h0" || !one.News.Equal(now) || one.Secret != "s" {
			t.Fatalf("to be told are %v, one is %+v", told, one)
		}
		w.must(w.ChangeSubscriber(ctx, one.ID, func(s *news.Subscriber, hash string) {
			s.Sent, s.News = hash, time.Time{}
		}))
		w.must(w.ChangeSubscriber(ctx, told["two.example/feed.atom"].ID, func(s *news.Subscriber, _ string) {
			s.Tries, s.NotBefore = 1, now.Add(time.Hour)
		}))
		later := now.Add(time.Second)
		expect(t, "waiting at the next change", w.topic("/feed.atom", "h2", "e2", later), 2)
		if due := w.due(later, true); len(due) != 1 || due["one.example/feed.atom"] == nil {
			t.Errorf("due at the next change: %v", due)
		}
		expect(t, "due of those that did not fail, when all are", len(w.due(now.Add(time.Hour), true)), 1)
		two := w.due(now.Add(time.Hour), false)["two.example/feed.atom"]
		if two == nil || !two.News.Equal(now) || two.Latest != "h2" {
			t.Fatalf("who failed is due as %+v", two)
		}
		w.must(w.ChangeSubscriber(ctx, two.ID, func(s *news.Subscriber, _ string) { s.Gone = true }))
		if err := w.ChangeSubscriber(ctx, two.ID, func(*news.Subscriber, string) {}); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("change of one who has left: %v", err)
		}
		w.must(w.ChangeSubscriber(ctx, one.ID, func(s *news.Subscriber, _ string) { s.Gone = true }))

		ended := w.due(now.Add(25*time.Hour), false)["two.example/feed.rss"]
		if ended == nil || ended.Live(now.Add(25*time.Hour)) {
			t.Errorf("due at the end of its lease is %+v", ended)
		}

		w.must(w.DenySubscribers(ctx, "/feed.rss", "withdrawn", now))
		denied := w.due(now, false)["two.example/feed.rss"]
		if denied == nil || denied.Live(now) || denied.Ask.Mode != "denied" || denied.Ask.Reason != "withdrawn" || denied.Ask.Topic != "https://us.example/feed.rss" {
			t.Fatalf("denied is %+v", denied)
		}
		w.must(w.ChangeSubscriber(ctx, denied.ID, func(s *news.Subscriber, _ string) { s.Gone = true }))
		got, err = w.Subscribers(ctx, now)
		w.must(err)
		expect(t, "in the end", got, news.SubscriberCounts{})
		after, err := w.Edition(ctx)
		w.must(err)
		expect(t, "the edition in the end", after, before)
	})
}

func TestSubscriberLimits(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		err := w.AskSubscriber(w.Context(), &news.Subscriber{Path: "/feed.atom", Callback: "https://x.example", Ask: news.SubscriberAsk{Mode: "unsubscribe"}}, many, start)
		if !errors.Is(err, news.ErrNotFound) {
			t.Errorf("who is not there leaves: %v", err)
		}
		w.must(w.asks(start, "/feed.atom", "live", many))
		w.confirms(start, start.Add(time.Hour))
		w.must(w.asks(start, "/feed.atom", "one", many))
		w.must(w.asks(start, "/search/feed.atom?q=a", "one", many))
		w.must(w.asks(start, "/feed.rss", "live", many))
		for name, c := range map[string]struct {
			path, callback string
			limit          func(*news.SubscriberLimits)
			ok             bool
		}{
			"all":                        {"/feed.atom", "two", func(l *news.SubscriberLimits) { l.All = 4 }, false},
			"all, and it is there":       {"/feed.atom", "live", func(l *news.SubscriberLimits) { l.All = 4 }, true},
			"of a host":                  {"/feed.rss", "one", func(l *news.SubscriberLimits) { l.OfHost = 2 }, false},
			"of another host":            {"/feed.rss", "two", func(l *news.SubscriberLimits) { l.OfHost = 2 }, true},
			"topics":                     {"/feed.json", "two", func(l *news.SubscriberLimits) { l.Topics = 3 }, false},
			"topics, known":              {"/feed.rss", "two", func(l *news.SubscriberLimits) { l.Topics = 3 }, true},
			"searches":                   {"/search/feed.atom?q=b", "two", func(l *news.SubscriberLimits) { l.Searches = 1 }, false},
			"asks":                       {"/feed.atom", "two", func(l *news.SubscriberLimits) { l.Asks = 3 }, false},
			"asks of a stranger":         {"/feed.json", "one", func(l *news.SubscriberLimits) { l.AsksOfStranger = 2 }, false},
			"asks of a stranger, again":  {"/feed.atom", "one", func(l *news.SubscriberLimits) { l.AsksOfStranger = 2 }, true},
			"none of a stranger":         {"/feed.atom", "one", func(l *news.SubscriberLimits) { l.AsksOfStranger = 0 }, false},
			"none of a stranger, known":  {"/feed.json", "live", func(l *news.SubscriberLimits) { l.AsksOfStranger = 0 }, true},
			"asks of one that is known":  {"/feed.json", "live", func(l *news.SubscriberLimits) { l.AsksOfHost = 1 }, false},
			"asks of others than a host": {"/feed.atom", "three", func(l *news.SubscriberLimits) { l.AsksOfHost = 0 }, true},
		} {
			limits := many
			c.limit(&limits)
			there, err := w.Subscribers(w.Context(), start)
			w.must(err)
			err = w.asks(start, c.path, c.callback, limits)
			if errors.Is(err, news.ErrTooMany) == c.ok || c.ok && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil {
				now, err := w.Subscribers(w.Context(), start)
				w.must(err)
				expect(t, name+": what is there after a refusal", now, there)
				continue
			}
			// Back to what it was.
			s := w.due(start, false)
			for _, s := range s {
				gone := s.Path == c.path && s.Host == c.callback+".example" && s.Since.IsZero() && (c.callback == "two" || c.callback == "three" || c.path == "/feed.json")
				w.must(w.ChangeSubscriber(w.Context(), s.ID, func(s *news.Subscriber, _ string) {
					if s.Gone = gone; !s.Since.IsZero() {
						s.Ask = news.SubscriberAsk{}
					}
				}))
			}
		}
	})
}
