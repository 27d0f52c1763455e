package ingest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
		want   string
	}{
		{"never asked", news.ReachUnknown, "", 0, asConfigured},
		{"works directly", news.ReachOK, "direct", time.Hour, asConfigured},
		{"failed once", news.ReachDegraded, tor, time.Hour, asConfigured},
		{"blocked", news.ReachBlocked, tor, time.Hour, torFirst},
		{"blocked, and a day later", news.ReachBlocked, tor, probeEvery, asConfigured},
		{"legal", news.ReachLegal, tor, time.Hour, torFirst},
		{"refused", news.ReachRefused, tor, time.Hour, torFirst},
		{"the operator took the route away", news.ReachBlocked, "socks5h://192.0.2.1:1", time.Hour, asConfigured},
		{"gone", news.ReachGone, tor, time.Hour, asConfigured},
	} {
		f := &news.Feed{Routes: ladder, Reach: c.reach, Route: c.route, Probed: noon.Add(-c.probed)}
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
	cutOff := true
	direct, proxied := 0, 0
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		direct++
		if cutOff {
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		_, _ = io.WriteString(rw, rss)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		proxied++
		_, _ = io.WriteString(rw, rss)
	}))
	t.Cleanup(proxy.Close)
	w.store.feeds[0].Routes = []string{"direct", proxy.URL}
	poll := func(wantDirect int, want news.Reach, blocking string) *news.Feed {
		t.Helper()
		direct = 0
		w.run(t)
		f := w.store.last["/feed"].Feed
		if direct != wantDirect || f.Reach != want || f.Blocking != blocking || f.Failures != 0 {
			t.Errorf("asked directly %d times, want %d; %s %q, want %s %q; %s", direct, wantDirect, f.Reach, f.Blocking, want, blocking, f.LastError)
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
	if proxied < 3 {
		t.Errorf("asked by the proxy %d times", proxied)
	}
	w.now = probed.Add(25 * time.Hour)
	if f = poll(1, news.ReachBlocked, "http-failure"); !f.ReachSince.Equal(since) {
		t.Errorf("blocked since %v, want %v", f.ReachSince, since)
	}
	cutOff = false
	w.now = w.now.Add(25 * time.Hour)
	if f = poll(1, news.ReachOK, ""); f.Route != "direct" || f.Control != "" {
		t.Errorf("in the end: %+v", f)
	}
}
