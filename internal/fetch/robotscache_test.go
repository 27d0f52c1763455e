package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/news"
)

// What a server, or somebody in its place, answers for robots.txt on one route says nothing
// of the others; that it did is kept as Evidence. Rules that were read hold for all.
func TestRobotsOfEachRoute(t *testing.T) {
	const unreadable, forbids = 503, 200
	var mode, proxied atomic.Int32
	direct, addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if mode.Load() == forbids {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /\n")
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	proxy, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, "the page")
	})
	req := Request{URL: direct + "/a", Kind: Page, Routes: []string{"direct", proxy}}

	mode.Store(unreadable)
	c := client(t, Options{AllowPrivate: []string{addr}})
	for i, attempts := range []int{2, 1} { // the second time nothing is asked directly
		res, err := c.Get(t.Context(), req)
		if err != nil || string(res.Body) != "the page" || res.Route != proxy || len(res.Evidence) != attempts {
			t.Fatalf("look %d: %+v, %v", i+1, res, err)
		}
		if e := res.Evidence[0]; i == 0 && (e.Status != 503 || e.URL != direct+"/robots.txt" || e.Reach != news.ReachDown || !strings.Contains(e.Note, "503")) {
			t.Errorf("evidence %+v", e)
		}
	}

	mode.Store(forbids)
	proxied.Store(0)
	c = client(t, Options{AllowPrivate: []string{addr}})
	if e := fails(t, c, req); !errors.Is(e, ErrRobots) || !e.RetryAt.IsZero() || len(e.Evidence) != 0 || proxied.Load() != 0 {
		t.Errorf("the outlet's own rules: %+v; the proxy was asked %d times", e, proxied.Load())
	}
}

func TestRobotsCacheIsBounded(t *testing.T) {
	var rc robotsCache
	for i := range maxOrigins + 100 {
		rc.entry(fmt.Sprintf("https://h%d.example", i))
	}
	if len(rc.all) != maxOrigins {
		t.Errorf("%d origins are remembered", len(rc.all))
	}
	// The costliest text that is read: of the shortest rules.
	text := bytes.Repeat([]byte("allow:/\n"), maxRobots/8)
	rules := ParseRobots(append([]byte("user-agent:*\n"), text...), "Parallax")
	if got := rules.size(); got < maxRobots || got > 8*maxRobots {
		t.Errorf("its rules are said to take %d bytes", got)
	}
	for i := range 100 {
		key := fmt.Sprintf("https://wild%d.example", i)
		e := rc.entry(key)
		e.rules = rules
		rc.weigh(key, e)
		if rc.memory > maxRobotsMemory || rc.all[key] != e {
			t.Fatalf("after %d such origins %d bytes are taken", i+1, rc.memory)
		}
	}
	sum := 0
	for _, e := range rc.all {
		sum += e.size
	}
	if sum != rc.memory {
		t.Errorf("%d bytes are counted, %d are taken", rc.memory, sum)
	}
	// No rule keeps all of its line in memory.
	if long := ParseRobots([]byte("user-agent:*\nallow:"+strings.Repeat(" ", 1<<10)+"/x"), "Parallax"); long.size() > 2*ruleSize {
		t.Errorf("a short rule takes %d bytes", long.size())
	}
}

// silence answers robots.txt after a while, each time with another redirect, and is silent
// otherwise.
type silence struct{ robots time.Duration }

func (s silence) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	wait := time.Hour
	if strings.HasPrefix(r.URL.Path, "/robots.txt") {
		wait = s.robots
		h.Set("Location", "/robots.txt?"+r.URL.RawQuery+"x")
	}
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(wait):
	}
	return &http.Response{StatusCode: http.StatusFound, Header: h, Body: http.NoBody, Request: r}, nil
}

// The limit of an attempt holds for the page and its robots.txt together.
func TestPageInTime(t *testing.T) {
	for _, robots := range []time.Duration{9 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			c := New(Options{Timeout: 30 * time.Second, PerHostDelay: -1, Transport: silence{robots}})
			start := time.Now()
			e := fails(t, c, Request{URL: "https://outlet.example/a", Kind: Page})
			if took := time.Since(start); took > 30*time.Second || e.Failure != FailureTimeout {
				t.Errorf("robots.txt in %v: %v after %v", robots, e, took)
			}
		})
	}
}
