package websub_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/ingest"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
	"parallax/internal/websub"
)

// An outlet with a feed, its WebSub hub, and our hub, by one clock.
type life struct {
	*testing.T
	now     time.Time
	hub     *testkit.WebSubHub
	entries []string
	polls   int

	store   *store.DB
	ingest  *ingest.Stage
	us      *websub.Subscriber
	feedURL string
}

func (l *life) feed() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Aurora</title><link>%s</link>
<atom:link rel="self" href="%s"/><atom:link rel="hub" href="%s"/>`, l.feedURL, l.feedURL, l.hub.URL)
	for n := range l.entries {
		e := l.entries[len(l.entries)-1-n]
		fmt.Fprintf(&b, `<item><guid>%s</guid><title>%s</title><link>/%s</link></item>`, e, e, e)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func begin(t *testing.T, dsn string) *life {
	t.Helper()
	l := &life{T: t, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), hub: testkit.NewWebSubHub(t), entries: []string{"first"}}
	outlet := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.polls++
		w.Header().Set("Etag", fmt.Sprintf(`"%d"`, len(l.entries)))
		w.Header().Set("Cache-Control", "max-age=60")
		if r.Header.Get("If-None-Match") == w.Header().Get("Etag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = fmt.Fprint(w, l.feed())
	}))
	t.Cleanup(outlet.Close)
	l.feedURL = outlet.URL + "/feed"
	callbacks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.us.ServeHTTP(w, r) }))
	t.Cleanup(callbacks.Close)

	db, err := store.Open(t.Context(), dsn, store.Options{})
	l.must(err)
	t.Cleanup(func() { l.must(db.Close()) })
	l.store = db
	l.must(db.ApplySources(t.Context(), []*news.Source{{ID: "aurora", Name: "Aurora", FeedURLs: []string{l.feedURL}}}, l.now))
	pool := x509.NewCertPool()
	pool.AddCert(l.hub.Certificate())
	now := func() time.Time { return l.now }
	client := fetch.New(fetch.Options{
		AllowPrivate: []string{outlet.Listener.Addr().String(), l.hub.Listener.Addr().String()},
		PerHostDelay: -1, Now: now, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	})
	t.Cleanup(client.Close)
	half := func() float64 { return 0.5 }
	l.ingest = ingest.New(ingest.Config{Hubs: true, Now: now, Rand: half}, db, client)
	l.us = websub.New(websub.Config{Store: db, Poster: client, Ingest: l.ingest, URL: callbacks.URL, Now: now, Rand: half})
	l.us.Answering()
	return l
}

func (l *life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// run runs the stages that have to do with it, after a while.
func (l *life) run(after time.Duration) {
	l.Helper()
	l.now = l.now.Add(after)
	l.must(l.ingest.Run(l.Context()))
	l.must(l.us.Run(l.Context()))
}

// state returns the feed, and how many items there are.
func (l *life) state() (*news.Feed, int) {
	l.Helper()
	feeds, err := l.store.Feeds(l.Context(), "aurora")
	l.must(err)
	c, err := l.store.FreshCounts(l.Context(), l.now)
	l.must(err)
	return feeds[0], c.Items
}

// publish has the outlet say something, and the hub push it.
func (l *life) publish(entry string) {
	l.Helper()
	l.entries = append(l.entries, entry)
	if status := l.hub.Publish(l.feedURL, "application/rss+xml", l.feed(), ""); status != http.StatusAccepted {
		l.Errorf("the push of %s is answered %d", entry, status)
	}
}

func (l *life) items(want int, when string) {
	l.Helper()
	if _, got := l.state(); got != want {
		l.Errorf("%s there are %d items, want %d", when, got, want)
	}
}

// A subscription from its discovery to its end, with a real store, over the wire: what is
// pushed is there at once, polls become rare, leases are prolonged, and a hub that falls
// silent is found out.
func TestLife(t *testing.T) {
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "hub.db") },
		"postgres": func(t *testing.T) string { t.Helper(); return testkit.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			l := begin(t, dsn(t))
			l.hub.Grant(int((24 * time.Hour).Seconds()))
			l.run(0)
			f, _ := l.state()
			if f.Push == nil || f.Push.State != news.SubscriptionVerified || f.Push.Topic != l.feedURL {
				t.Fatalf("after the first poll: %+v", f.Push)
			}
			if f.Due.Sub(l.now) > time.Hour {
				t.Errorf("a hub that has not pushed anything keeps us from polling for %v", f.Due.Sub(l.now))
			}
			subscribed := *l.hub.Topic(l.feedURL)

			l.now = l.now.Add(time.Minute)
			l.publish("second")
			l.items(2, "after a push")
			forged := strings.ReplaceAll(l.feed(), "second", "forged")
			if status := l.hub.Publish(l.feedURL, "application/rss+xml", forged, "guessed"); status != http.StatusAccepted {
				t.Errorf("a forged push is answered %d", status)
			}
			l.items(2, "after a forged push")
			if f, _ = l.state(); !f.Push.Trusted || f.Push.Forged != 1 || f.ETag != `"1"` {
				t.Errorf("after two pushes: %+v, ETag %s", f.Push, f.ETag)
			}

			// It is still polled, but seldom: twice while an entry stands in so short a document.
			l.run(time.Hour)
			if f, _ = l.state(); f.Due.Sub(l.now) < time.Hour || f.Due.Sub(l.now) > 3*time.Hour {
				t.Errorf("with a hub that pushes it is polled after %v", f.Due.Sub(l.now))
			}
			polls := l.polls
			for range 20 {
				l.publish(fmt.Sprint("entry ", len(l.entries)))
				l.run(time.Hour)
			}
			l.items(22, "after a day")
			if n := l.polls - polls; n < 5 || n > 10 {
				t.Errorf("polled %d times in 20 hours", n)
			}
			if got := l.hub.Topic(l.feedURL); got.Times < 2 || got.Callback != subscribed.Callback || got.Secret != subscribed.Secret {
				t.Errorf("the lease is prolonged with %+v, was %+v", got, subscribed)
			}
			if f, _ = l.state(); !f.Push.Trusted || !f.Push.Live(l.now.Add(4*time.Hour)) {
				t.Errorf("after a day: %+v", f.Push)
			}

			// The hub is silent: the next poll finds what it missed, polling is as before, and since
			// the hub does not call after that poll either, the one after it tells.
			l.entries = append(l.entries, "unpushed")
			l.now = f.Due
			asked := l.hub.Asked()
			l.run(0)
			l.items(23, "after the hub fell silent")
			if f, _ = l.state(); f.Push.Trusts(l.now) || !f.Push.Trusted || f.Due.Sub(l.now) > time.Hour {
				t.Errorf("after the hub fell silent: %+v, polled after %v", f.Push, f.Due.Sub(l.now))
			}
			l.now = f.Due
			l.run(0)
			if f, _ = l.state(); f.Push.Trusted || f.Due.Sub(l.now) > time.Hour {
				t.Errorf("after the hub stayed silent: %+v, polled after %v", f.Push, f.Due.Sub(l.now))
			}
			if l.hub.Asked() != asked+1 {
				t.Errorf("a hub that fell silent is asked %d times", l.hub.Asked()-asked)
			}
			l.publish("again")
			l.items(24, "after it pushes again")
			if f, _ = l.state(); !f.Push.Trusted {
				t.Errorf("after it pushes again: %+v", f.Push)
			}

			// It is gone altogether, until its lease has ended and after.
			l.hub.Close()
			for range 60 {
				l.entries = append(l.entries, fmt.Sprint("entry ", len(l.entries)))
				l.run(time.Hour)
			}
			l.items(84, "after days without a hub")
			if f, _ = l.state(); f.Push.State != news.SubscriptionFailed || f.Push.Error == "" || f.Push.Due.Sub(l.now) > 27*time.Hour {
				t.Errorf("after days without a hub: %+v", f.Push)
			}
		})
	}
}

// Who is not read any more is not pushed any more.
func TestRetired(t *testing.T) {
	l := begin(t, filepath.Join(t.TempDir(), "hub.db"))
	l.run(0)
	if l.hub.Topic(l.feedURL) == nil {
		t.Fatal("nobody has subscribed")
	}
	l.must(l.store.ApplySources(t.Context(), nil, l.now))
	l.run(time.Minute)
	if got := l.hub.Topic(l.feedURL); got != nil {
		t.Errorf("the hub still has %+v", got)
	}
}
