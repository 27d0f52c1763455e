package ingest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parallax/internal/news"
)

func TestOrderOfRoutes(t *testing.T) {
	t.Parallel()
	ladder := []string{"direct", "direct-http1", "socks5h://user:pw@127.0.0.1:9050", "mirror:https://m.example"}
	const (
		asConfigured = "direct direct-http1 socks5h mirror"
		torFirst     = "socks5h direct direct-http1 mirror"
		tor          = "socks5h://127.0.0.1:9050"
	)
	for _, c := range []struct {
		name   string
		reach  news.Reach
		route  string
		probed time.Duration // ago
		since  time.Duration // from then until it was probed
		want   string
	}{
		{"never asked", news.ReachUnknown, "", 0, 100 * time.Hour, asConfigured},
		{"works directly", news.ReachOK, "direct", time.Hour, 100 * time.Hour, asConfigured},
		{"failed once", news.ReachDegraded, tor, time.Hour, 100 * time.Hour, asConfigured},
		{"blocked", news.ReachBlocked, tor, time.Hour, 100 * time.Hour, torFirst},
		{"blocked, and a day later", news.ReachBlocked, tor, probeEvery, 100 * time.Hour, asConfigured},
		{"legal", news.ReachLegal, tor, time.Hour, 100 * time.Hour, torFirst},
		{"refused", news.ReachRefused, tor, time.Hour, 100 * time.Hour, torFirst},
		{"the operator took the route away", news.ReachBlocked, "socks5h://192.0.2.1:1", time.Hour, 100 * time.Hour, asConfigured},
		{"down since the last look", news.ReachDown, tor, 10 * time.Minute, 0, asConfigured},
		{"down for an hour, tried half an hour ago", news.ReachDown, tor, 30 * time.Minute, time.Hour, torFirst},
		{"down for an hour, tried an hour ago", news.ReachDown, tor, time.Hour, time.Hour, asConfigured},
		{"refused for a moment", news.ReachRefused, tor, 10 * time.Minute, 5 * time.Minute, asConfigured},
		{"blocked since the last look", news.ReachBlocked, tor, 10 * time.Minute, 0, torFirst},
		{"gone", news.ReachGone, tor, time.Hour, 100 * time.Hour, asConfigured},
	} {
		f := &news.Feed{Routes: ladder, Reach: c.reach, Route: c.route, Probed: noon.Add(-c.probed), ReachSince: noon.Add(-c.probed - c.since)}
		var got []string
		for _, r := range routes(f, noon, .5) {
			name, _, _ := strings.Cut(r, ":")
			got = append(got, name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// A feed whose direct way is cut, and that a proxy reaches: it is degraded when this is
// seen first, blocked when it is seen again; from then on the proxy is asked first, and
// the direct way once a day until it is open again.
func TestBlockedFeed(t *testing.T) {
	w := newWorld(t, "/feed")
	var cutOff atomic.Bool
	var direct, proxied atomic.Int32
	cutOff.Store(true)
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		direct.Add(1)
		if cutOff.Load() {
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		_, _ = io.WriteString(rw, rss)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		proxied.Add(1)
		_, _ = io.WriteString(rw, rss)
	}))
	t.Cleanup(proxy.Close)
	w.store.feeds[0].Routes = []string{"direct", proxy.URL}
	poll := func(wantDirect int32, want news.Reach, blocking string) *news.Feed {
		t.Helper()
		direct.Store(0)
		w.run(t)
		f := w.store.last["/feed"].Feed
		if n := direct.Load(); n != wantDirect || f.Reach != want || f.Blocking != blocking || f.Failures != 0 {
			t.Errorf("asked directly %d times, want %d; %s %q, want %s %q; %s", n, wantDirect, f.Reach, f.Blocking, want, blocking, f.LastError)
		}
		return f
	}
	f := poll(1, news.ReachDegraded, "http-failure")
	if f.Route != proxy.URL || f.Control != proxy.URL {
		t.Errorf("route %s, control %s", f.Route, f.Control)
	}
	if e := w.store.last["/feed"].Evidence[0]; e.Operation != "http_round_trip" || e.Failure != "eof_error" {
		t.Errorf("evidence %+v", e)
	}
	w.now = f.Due
	f = poll(1, news.ReachBlocked, "http-failure")
	since := f.ReachSince
	probed := w.now
	for w.now = f.Due; w.now.Sub(probed) < 20*time.Hour; w.now = f.Due {
		f = poll(0, news.ReachBlocked, "http-failure")
	}
	if proxied.Load() < 3 {
		t.Errorf("asked by the proxy %d times", proxied.Load())
	}
	w.now = probed.Add(25 * time.Hour)
	if f = poll(1, news.ReachBlocked, "http-failure"); !f.ReachSince.Equal(since) {
		t.Errorf("blocked since %v, want %v", f.ReachSince, since)
	}
	cutOff.Store(false)
	w.now = w.now.Add(25 * time.Hour)
	if f = poll(1, news.ReachOK, ""); f.Route != "direct" || f.Control != "" {
		t.Errorf("in the end: %+v", f)
	}
}

// A direct way that fails for some minutes is not called blocked, be it seen twice; nor one that
// fails in another manner each time.
func TestBlockedAfterAWhile(t *testing.T) {
	w := newWorld(t, "/feed")
	var page atomic.Bool
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		if page.Load() {
			_, _ = io.WriteString(rw, "<html>We shall be back soon</html>")
			return
		}
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, rss) }))
	t.Cleanup(proxy.Close)
	w.store.feeds[0].Routes = []string{"direct", proxy.URL}
	for i, look := range []struct {
		after    time.Duration
		page     bool
		want     news.Reach
		blocking string
		since    time.Duration
	}{
		{0, true, news.ReachDegraded, "http-diff", 0},
		{10 * time.Minute, true, news.ReachDegraded, "http-diff", 0},
		{20 * time.Minute, false, news.ReachDegraded, "http-failure", 20 * time.Minute},
		{40 * time.Minute, false, news.ReachDegraded, "http-failure", 20 * time.Minute},
		{50 * time.Minute, false, news.ReachBlocked, "http-failure", 50 * time.Minute},
	} {
		page.Store(look.page)
		w.now = noon.Add(look.after)
		w.store.feeds[0].Due = w.now
		w.run(t)
		f := w.store.last["/feed"].Feed
		if f.Reach != look.want || f.Blocking != look.blocking || !f.ReachSince.Equal(noon.Add(look.since)) {
			t.Errorf("look %d: %s by %s since %v, want %s by %s since %v", i+1, f.Reach, f.Blocking, f.ReachSince.Sub(noon), look.want, look.blocking, look.since)
		}
	}
}

// While an outlet is down and a mirror answers, the direct way is tried at growing
// distances, so that a short trouble is over when it is over.
func TestDownFeedIsProbedAgain(t *testing.T) {
	w := newWorld(t, "/feed")
	var down atomic.Bool
	var direct atomic.Int32
	down.Store(true)
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/copy/feed" {
			_, _ = io.WriteString(rw, rss)
			return
		}
		direct.Add(1)
		if down.Load() {
			rw.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(rw, rss)
	}
	w.store.feeds[0].Routes = []string{"direct", "mirror:" + w.base + "/copy"}
	start := w.now
	var tried []time.Duration
	for polls := 0; w.now.Sub(start) < 4*24*time.Hour; polls++ {
		before := direct.Load()
		w.run(t)
		f := w.store.last["/feed"].Feed
		if f.Failures != 0 || f.Reach != news.ReachDown || polls > 1000 {
			t.Fatalf("after %v: %+v", w.now.Sub(start), f)
		}
		if direct.Load() > before {
			tried = append(tried, w.now.Sub(start))
		}
		w.now = f.Due
	}
	if len(tried) < 6 || len(tried) > 15 || tried[1] > 3*time.Hour {
		t.Errorf("tried directly after %v", tried)
	}
	for i := 1; i < len(tried); i++ {
		if gap := tried[i] - tried[i-1]; gap > probeEvery+3*time.Hour {
			t.Errorf("not tried for %v", gap)
		}
	}
	down.Store(false)
	for w.now = w.now.Add(probeEvery); ; w.now = w.store.last["/feed"].Feed.Due {
		w.run(t)
		if f := w.store.last["/feed"].Feed; f.Reach == news.ReachOK && f.Route == "direct" {
			break
		} else if w.now.Sub(start) > 7*24*time.Hour {
			t.Fatalf("still %s by %s", f.Reach, f.Route)
		}
	}
}
