package distribute_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parallax/internal/distribute"
	"parallax/internal/news"
)

// subscribed is a subscriber who has confirmed.
func (w *world) subscribed(address, path string, more ...string) *subscriber {
	w.Helper()
	s := newSubscriber(w.T, address)
	w.ask("subscribe", s, path, more...)
	w.run(0)
	if asked, _ := s.take(); len(asked) != 1 {
		w.Fatalf("the callback was asked %v", asked)
	}
	return s
}

func (w *world) say(text string) {
	w.Helper()
	w.set(atom, "application/atom+xml", text)
}

// Who does not take what is new is told again, later and later, and what the feed holds by
// then; at last it is left alone until the next change.
func TestTellsAgain(t *testing.T) {
	w := newWorld(t)
	s := w.subscribed("", atom)
	s.status(http.MethodPost, http.StatusInternalServerError)
	w.say("two")
	w.run(time.Second)
	wait := 10 * time.Second
	for n := 2; n <= 10; n++ {
		if got := s.bodies(); got != "two" {
			t.Fatalf("before try %d: told %q", n, got)
		}
		w.run(wait - time.Second)
		if got := s.bodies(); got != "" {
			t.Fatalf("told %q a second before try %d", got, n)
		}
		w.run(time.Second)
		wait = min(2*wait, time.Hour)
	}
	if got := s.bodies(); got != "two" {
		t.Fatalf("at the last try: told %q", got)
	}
	w.run(3 * time.Hour)
	if got := s.bodies(); got != "" || w.count(distribute.Failed) != 9 || w.count(distribute.GivenUp) != 1 {
		t.Errorf("after the last try: told %q, counted %v", got, w.counted)
	}
	w.say("three")
	w.run(time.Second)
	w.run(2 * time.Hour)
	if got := s.bodies(); got != "three" {
		t.Errorf("who was given up is told %q at the next change", got)
	}
	s.answers(nil)
	w.say("four")
	w.run(time.Second)
	if got := s.bodies(); got != "four" {
		t.Errorf("told %q", got)
	}
	// Whoever took it is as good as any other.
	s.status(http.MethodPost, http.StatusInternalServerError)
	w.say("five")
	w.run(time.Second)
	w.say("six")
	w.run(time.Second)
	if got := s.bodies(); got != "five" {
		t.Errorf("told %q", got)
	}
	s.answers(nil)
	w.run(10 * time.Second)
	if got := s.bodies(); got != "six" {
		t.Errorf("after a failure and another change: told %q", got)
	}
	w.run(time.Hour)
	if got := s.bodies(); got != "" {
		t.Errorf("told %q once more", got)
	}
}

func TestRetryAfter(t *testing.T) {
	for after, want := range map[string]time.Duration{"": 10 * time.Second, "1": 10 * time.Second, "7200": 2 * time.Hour, "9999999": 24 * time.Hour} {
		w := newWorld(t)
		s := w.subscribed("", atom)
		s.answers(func(w http.ResponseWriter, r *http.Request) bool {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		})
		w.say("two")
		w.run(time.Second)
		s.answers(nil)
		s.take()
		w.run(want - time.Second)
		if got := s.bodies(); got != "" {
			t.Errorf("Retry-After %q: told after %v", after, want-time.Second)
		}
		w.run(time.Second)
		if got := s.bodies(); got != "two" {
			t.Errorf("Retry-After %q: told %q after %v", after, got, want)
		}
	}
}

// §7: 410 ends the subscription; no other answer does, and no redirect is followed.
func TestEnds(t *testing.T) {
	for status, live := range map[int]int{200: 1, 204: 1, 299: 1, 301: 1, 307: 1, 400: 1, 404: 1, 410: 0, 500: 1} {
		w := newWorld(t)
		s := w.subscribed("", atom)
		elsewhere := newSubscriber(t, "")
		s.answers(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Location", elsewhere.callback)
			w.WriteHeader(status)
			return true
		})
		w.say("two")
		w.run(time.Second)
		if got := w.counts(); got.Live != live || got.Topics != live {
			t.Errorf("%d: %+v", status, got)
		}
		if took := w.count(distribute.Told) == 1; took != (status < 300) {
			t.Errorf("%d: counted %v", status, w.counted)
		}
		if asked, told := elsewhere.take(); len(asked)+len(told) != 0 {
			t.Errorf("%d: led to %v %v", status, asked, told)
		}
		w.run(11 * 24 * time.Hour)
		if got := w.counts(); got.Live+got.Topics != 0 {
			t.Errorf("%d: after the lease: %+v", status, got)
		}
	}
}

// A subscriber who does not answer holds up nobody else: others are told while it is waited for.
func TestSlowSubscriber(t *testing.T) {
	w := newWorld(t)
	slow := w.subscribed("127.0.0.2", atom)
	quick := w.subscribed("127.0.0.3", atom)
	hanging, free := make(chan struct{}), make(chan struct{})
	slow.answers(func(http.ResponseWriter, *http.Request) bool {
		close(hanging)
		<-free
		return true
	})
	heard := make(chan struct{}, 2)
	quick.answers(func(http.ResponseWriter, *http.Request) bool { heard <- struct{}{}; return true })
	w.say("two")
	w.now = w.now.Add(time.Second)
	done := make(chan error)
	go func() { done <- w.hub.Run(w.Context()) }()
	<-hanging
	<-heard
	// What comes meanwhile is told meanwhile.
	late := newSubscriber(t, "127.0.0.4")
	late.answers(func(http.ResponseWriter, *http.Request) bool { heard <- struct{}{}; return false })
	w.ask("subscribe", late, atom)
	<-heard
	close(free)
	w.must(<-done)
	if got := slow.bodies() + quick.bodies(); got != "twotwo" || w.counts().Live != 3 {
		t.Errorf("told %q, %+v", got, w.counts())
	}
}

// Nothing that was to be told is lost by a kill, and nobody is told twice by two nodes.
func TestKill(t *testing.T) {
	w := newWorld(t)
	s := w.subscribed("", atom)
	stopped, stop := context.WithCancel(t.Context())
	s.answers(func(_ http.ResponseWriter, r *http.Request) bool {
		stop()
		<-r.Context().Done()
		return true
	})
	w.say("two")
	w.now = w.now.Add(time.Second)
	if err := w.hub.Run(stopped); err == nil {
		t.Error("a round that was stopped says that it has done everything")
	}
	s.answers(nil)
	if got := s.bodies(); got != "two" {
		t.Fatalf("told %q", got)
	}
	w.reopen([]string{"127.0.0.0/8"})
	w.run(0) // what was stopped in good order is free again at once
	if got := s.bodies(); got != "two" {
		t.Errorf("after a stop: told %q", got)
	}

	// A node that is killed leaves its claim behind.
	w.say("three")
	w.now = w.now.Add(time.Second)
	edition, err := w.store.Edition(t.Context())
	w.must(err)
	topics, err := w.store.DueTopics(t.Context(), edition, w.now, noon, time.Minute, 9)
	w.must(err)
	if len(topics) != 1 {
		t.Fatalf("claimed %v", topics)
	}
	w.run(0)
	if got := s.bodies(); got != "" {
		t.Errorf("while another node has the feed: told %q", got)
	}
	w.run(time.Minute)
	if got := s.bodies(); got != "three" {
		t.Errorf("when the claim of the other is over: told %q", got)
	}
	w.say("four")
	w.run(0) // looks, not before half a second is over
	w.run(time.Second)
	if got := s.bodies(); got != "four" {
		t.Errorf("told %q", got)
	}
	// Another node, which has not made the feed itself, tells what is new and not what it knows.
	first := w.hub
	w.reopen([]string{"127.0.0.0/8"})
	w.say("five")
	w.run(time.Second)
	w.hub = first
	w.run(time.Second)
	w.say("six")
	w.run(time.Second)
	if got := s.bodies(); got != "five six" {
		t.Errorf("by two nodes: told %q", got)
	}
}

// A story that went into another is told of as what it has become.
func TestMoved(t *testing.T) {
	w := newWorld(t)
	w.set("/story/a/feed.atom", "application/atom+xml", "a")
	s := w.subscribed("", "/story/a/feed.atom")
	w.answer("/story/a/feed.atom", &distribute.Document{Status: http.StatusPermanentRedirect, Location: "/story/b/feed.atom"})
	w.set("/story/b/feed.atom", "application/atom+xml", "b")
	w.run(time.Second)
	if _, told := s.take(); len(told) != 1 || told[0].body != "b" || !strings.Contains(told[0].header.Get("Link"), "/story/a/feed.atom>; rel=\"self\"") {
		t.Errorf("told %v", told)
	}
	w.answer("/story/b/feed.atom", &distribute.Document{Status: http.StatusPermanentRedirect, Location: "/story/b/feed.atom"})
	w.run(time.Second) // in circles
	if got := w.counts(); got.Live != 1 {
		t.Errorf("after a feed that leads in circles: %+v", got)
	}
	w.set("/story/b/feed.atom", "application/atom+xml", "c")
	w.run(30 * time.Second)
	if got := s.bodies(); got != "c" {
		t.Errorf("told %q", got)
	}
}

// What changed between the request and its confirmation is told at once, and feeds that
// nobody subscribes to are not made.
func TestMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.edit()
	w.run(time.Second)
	if w.renders != 0 {
		t.Errorf("%d feeds were made for nobody", w.renders)
	}
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	w.say("two")
	w.run(time.Second)
	if got := s.bodies(); got != "two" {
		t.Errorf("told %q", got)
	}
	before := w.renders
	for range 20 {
		w.edit()
		w.run(100 * time.Millisecond)
	}
	if made := w.renders - before; made < 3 || made > 5 {
		t.Errorf("in two seconds with 20 changes the feed was made %d times", made)
	}
	before = w.renders
	w.run(11 * time.Minute)
	if w.renders != before+1 {
		t.Error("a feed was not made again after ten minutes without a change: what is carried may have ended")
	}
}

// A lateLooker is a store whose first answer to which feeds are due comes when a subscriber has confirmed and whoever waited
// for that knows.
type lateLooker struct {
	distribute.Store
	confirmed atomic.Bool
	known     chan struct{} // closed then
	closing   sync.Once
	looks     atomic.Int32
}

func (l *lateLooker) DueTopics(ctx context.Context, edition string, now, again time.Time, lease time.Duration, limit int) ([]*news.Topic, error) {
	due, err := l.Store.DueTopics(ctx, edition, now, again, lease, limit)
	if l.looks.Add(1) == 1 {
		<-l.known
	}
	return due, err
}

func (l *lateLooker) ChangeSubscriber(ctx context.Context, id string, f func(s *news.Subscriber, hash string)) error {
	defer l.confirmed.Store(true)
	return l.Store.ChangeSubscriber(ctx, id, f)
}

func (l *lateLooker) DueSubscribers(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string, calm bool) ([]*news.Subscriber, error) {
	if l.confirmed.Load() {
		defer l.closing.Do(func() { close(l.known) })
	}
	return l.Store.DueSubscribers(ctx, now, lease, limit, busy, calm)
}

// Who confirms while it is looked which feeds have changed is told in the same run, though nobody wanted the feed when
// that began.
func TestConfirmedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.through = func(s distribute.Store) distribute.Store {
		return &lateLooker{Store: s, known: make(chan struct{})}
	}
	w.reopen([]string{"127.0.0.0/8"})
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	w.say("two")
	w.run(time.Second)
	if got := s.bodies(); got != "two" {
		t.Errorf("told %q", got)
	}
}

// A hundred subscribers of one feed are all told, once each, and it is made once.
func TestMany(t *testing.T) {
	w := newWorld(t)
	var all []*subscriber
	for n := range 100 {
		s := newSubscriber(t, fmt.Sprintf("127.0.1.%d", n+1))
		all = append(all, s)
		w.ask("subscribe", s, atom)
	}
	w.run(time.Second)
	before := w.renders
	w.say("two")
	w.run(time.Second)
	for n, s := range all {
		if got := s.bodies(); got != "two" {
			t.Errorf("subscriber %d was told %q", n, got)
		}
	}
	if made := w.renders - before; made != 1 {
		t.Errorf("the feed was made %d times", made)
	}
}
