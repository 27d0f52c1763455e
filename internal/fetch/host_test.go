package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/news"
)

func TestSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Second, parallel: 2, all: map[string]*host{}}
		start := time.Now()
		done := make(chan time.Duration, 10)
		for range 5 {
			go func() {
				leave, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
				if err != nil {
					t.Error(err)
					return
				}
				done <- time.Since(start)
				leave()
			}()
		}
		leave, err := hs.enter(t.Context(), "b.example", directWay, time.Now)
		if err != nil || time.Since(start) != 0 {
			t.Errorf("another host waits: %v, %v", time.Since(start), err)
		}
		leave()
		for i := range 5 {
			if got := <-done; got != time.Duration(i)*time.Second {
				t.Errorf("request %d started after %v", i, got)
			}
		}
	})
}

func TestConcurrencyPerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{parallel: 2, all: map[string]*host{}}
		running, most := 0, 0
		done := make(chan bool)
		for range 6 {
			go func() {
				leave, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
				if err != nil {
					t.Error(err)
				}
				hs.mu.Lock()
				running++
				most = max(most, running)
				hs.mu.Unlock()
				time.Sleep(time.Second)
				hs.mu.Lock()
				running--
				hs.mu.Unlock()
				leave()
				done <- true
			}()
		}
		for range 6 {
			<-done
		}
		if most != 2 {
			t.Errorf("%d at a time, want 2", most)
		}
	})
}

func TestBlockedHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Second, parallel: 2, all: map[string]*host{}}
		leave, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		queued := make(chan error)
		go func() {
			_, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
			queued <- err
		}()
		synctest.Wait()
		until := time.Now().Add(time.Hour)
		hs.block("a.example", directWay, until, time.Now())
		leave()
		if err := <-queued; !errors.Is(err, ErrWait) {
			t.Errorf("who was in the queue asks all the same: %v", err)
		}
		_, err = hs.enter(t.Context(), "a.example", directWay, time.Now)
		if w, ok := errors.AsType[*waitError](err); !ok || !w.until.Equal(until) {
			t.Errorf("enter = %v", err)
		}
		time.Sleep(time.Hour)
		leave, err = hs.enter(t.Context(), "a.example", directWay, time.Now)
		if err != nil {
			t.Fatalf("after the hour: %v", err)
		}
		leave()
	})
}

func TestEnterCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Minute, parallel: 1, all: map[string]*host{}}
		leave, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := hs.enter(ctx, "a.example", directWay, time.Now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a slot: %v", err)
		}
		leave()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := hs.enter(ctx, "a.example", directWay, time.Now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the pause: %v", err)
		}
		if h := hs.all["a.example"]; h.users != 0 || len(h.slots) != 0 {
			t.Errorf("slots leak: %d users, %d slots", h.users, len(h.slots))
		}
	})
}

// A Retry-After holds for the way by which it came, and for all when it was said on two; one
// that tells of too many requests, for an hour on the others at once.
func TestBlockedWays(t *testing.T) {
	const tor, proxy = "socks5h://127.0.0.1:9050", "http://proxy.example"
	type said struct {
		route  string
		status int
		wait   time.Duration
	}
	for _, c := range []struct {
		name string
		said []said
		want map[string]time.Duration // by route; none where it may be asked
	}{
		{"403 directly", []said{{"direct", 403, 24 * time.Hour}}, map[string]time.Duration{"direct": 24 * time.Hour, "direct-http1": 24 * time.Hour, "mirror:https://a.example": 24 * time.Hour}},
		{"503 by Tor", []said{{tor, 503, time.Hour}}, map[string]time.Duration{tor: time.Hour}},
		{
			"503 on two ways",
			[]said{{"direct", 503, 24 * time.Hour}, {tor, 503, 2 * time.Hour}},
			map[string]time.Duration{"direct": 24 * time.Hour, "direct-http1": 24 * time.Hour, "mirror:https://a.example": 24 * time.Hour, tor: 2 * time.Hour, proxy: 2 * time.Hour},
		},
		{
			"503 twice on the hub's own line",
			[]said{{"direct", 503, 24 * time.Hour}, {"doh:https://dns.example/dns-query", 503, 2 * time.Hour}, {proxy, 503, time.Hour}},
			map[string]time.Duration{"direct": 24 * time.Hour, "direct-http1": 24 * time.Hour, "mirror:https://a.example": 24 * time.Hour, proxy: time.Hour},
		},
		{
			"429 directly",
			[]said{{"direct", 429, 24 * time.Hour}},
			map[string]time.Duration{"direct": 24 * time.Hour, "direct-http1": 24 * time.Hour, "mirror:https://a.example": 24 * time.Hour, tor: time.Hour, proxy: time.Hour},
		},
		{
			"429 for a minute",
			[]said{{tor, 429, time.Minute}},
			map[string]time.Duration{"direct": time.Minute, "direct-http1": time.Minute, "mirror:https://a.example": time.Minute, tor: time.Minute, proxy: time.Minute},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := blocks{}
			now := func() time.Time { return noon }
			client, other := New(Options{Now: now, Hosts: kept}), New(Options{Now: now, Hosts: kept})
			for _, s := range c.said {
				rt, err := parseRoute(s.route)
				if err != nil {
					t.Fatal(err)
				}
				client.block(t.Context(), "a.example", rt, noon.Add(s.wait), s.status)
			}
			if err := other.hosts.recall(t.Context(), noon); err != nil {
				t.Fatal(err)
			}
			for _, route := range []string{"direct", "direct-http1", "mirror:https://a.example", tor, proxy} {
				rt, err := parseRoute(route)
				if err != nil {
					t.Fatal(err)
				}
				for node, known := range map[string]*Client{"this node": client, "another": other} {
					var got time.Duration
					if w, ok := errors.AsType[*waitError](known.hosts.host("a.example", noon).wait(wayOf(rt), noon)); ok {
						got = w.until.Sub(noon)
					}
					if got != c.want[route] {
						t.Errorf("%s, %s: waits %v, want %v", node, route, got, c.want[route])
					}
				}
			}
		})
	}
}

// blocks is a HostMemory.
type blocks map[string]time.Time

func (b blocks) BlockedHosts(context.Context, time.Time) (map[string]time.Time, error) { return b, nil }

func (b blocks) BlockHost(_ context.Context, host string, until time.Time, _ int, _ time.Time) error {
	b[host] = later(b[host], until)
	return nil
}

// Who would wait for long comes later, and leaves the turn to others.
func TestTurnInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Minute, parallel: 1, all: map[string]*host{}}
		start := time.Now()
		leave, err := hs.enter(t.Context(), "a.example", directWay, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		// It takes long to answer.
		_, err = hs.enter(t.Context(), "a.example", directWay, time.Now)
		if !errors.Is(err, ErrTurn) || !errors.Is(err, ErrWait) || time.Since(start) != maxTurn {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		leave()
		// A long pause is asked for between two requests.
		hs.delay = time.Hour
		if leave, err = hs.enter(t.Context(), "a.example", directWay, time.Now); err != nil {
			t.Fatal(err)
		}
		leave()
		start = time.Now()
		_, err = hs.enter(t.Context(), "a.example", directWay, time.Now)
		if w, ok := errors.AsType[*waitError](err); !ok || !w.until.Equal(start.Add(time.Hour)) || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if h := hs.all["a.example"]; h.users != 0 || len(h.slots) != 0 {
			t.Errorf("slots leak: %d users, %d slots", h.users, len(h.slots))
		}
	})
}

// A 503 on the direct way that asks for a day keeps no proxy from being asked; and what
// copies answer meanwhile is no news of the outlet.
func TestOtherWaysWhileOneIsBlocked(t *testing.T) {
	var direct, proxied atomic.Int32
	origin, addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		direct.Add(1)
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	proxy, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		proxied.Add(1)
		_, _ = io.WriteString(w, "news")
	})
	mirror, mirrorAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	c := client(t, Options{AllowPrivate: []string{addr, mirrorAddr}, Now: func() time.Time { return noon }})
	for i := range int32(2) {
		res, err := c.Get(t.Context(), Request{URL: origin + "/rss", Routes: []string{"direct", proxy}})
		if err != nil || res.Route != proxy || direct.Load() != 1 || proxied.Load() != i+1 {
			t.Errorf("look %d: %+v, %v; asked %d and %d times", i+1, res, err, direct.Load(), proxied.Load())
		}
	}
	e := fails(t, c, Request{URL: origin + "/rss", Routes: []string{"direct", "mirror:" + mirror}})
	if !errors.Is(e, ErrWait) || e.Reach != news.ReachUnknown || !e.RetryAt.Equal(noon.Add(24*time.Hour)) || len(e.Evidence) != 1 {
		t.Errorf("a mirror answers: %+v", e)
	}
	// Of a way that fails by itself nothing is known for so long.
	e = fails(t, c, Request{URL: origin + "/rss", Routes: []string{"direct", "socks5h://127.0.0.1:1"}})
	if !errors.Is(e, ErrWait) || !e.RetryAt.Equal(noon.Add(retryOther)) || len(e.Evidence) != 1 {
		t.Errorf("a proxy fails: %+v", e)
	}
}

// What an attempt took is what the server took, not how long the hub paused before it.
func TestTookIsWithoutPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{PerHostDelay: 10 * time.Second, Transport: slowly(time.Second)})
		defer c.Close()
		for range 3 {
			resp, err := c.Get(t.Context(), Request{URL: "https://a.example/"})
			if err != nil {
				t.Fatal(err)
			}
			if took := resp.Evidence[0].Took; took != time.Second {
				t.Errorf("took %v, want the second that the server took", took)
			}
		}
	})
}

// slowly is a server that takes so long.
type slowly time.Duration

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(time.Duration(s))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}
