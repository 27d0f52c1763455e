package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// slowHost answers for the feeds of one host only when those of all others were asked for.
type slowHost struct {
	mu     sync.Mutex
	others int
	open   chan struct{}
	most   int // requests to the slow host at a time
	now    int
}

func (s *slowHost) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	if strings.Contains(req.URL, "//slow.example/") {
		s.mu.Lock()
		s.now++
		s.most = max(s.most, s.now)
		s.mu.Unlock()
		defer func() { s.mu.Lock(); s.now--; s.mu.Unlock() }()
		select {
		case <-s.open:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	} else {
		s.mu.Lock()
		if s.others--; s.others == 0 {
			close(s.open)
		}
		s.mu.Unlock()
	}
	return &fetch.Response{
		Status: 304, NotModified: true, URL: req.URL, Route: "direct",
		Evidence: []news.Evidence{{Route: "direct", Status: 304, Reach: news.ReachOK}},
	}, nil
}

// A host with hundreds of feeds that have been due for longest, and that does not answer
// until everybody else was served, keeps nobody from being served.
func TestNoHostStarvesOthers(t *testing.T) {
	for _, c := range []struct{ slow, others int }{{300, 1700}, {3000, 1700}} {
		t.Run(fmt.Sprintf("%d before %d", c.slow, c.others), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := time.Now()
				var feeds []*news.Feed
				for i := range c.slow {
					feeds = append(feeds, &news.Feed{ID: fmt.Sprint("slow", i), URL: fmt.Sprintf("https://slow.example/%d", i), Due: now.Add(-time.Hour)})
				}
				for i := range c.others {
					feeds = append(feeds, &news.Feed{ID: fmt.Sprint("other", i), URL: fmt.Sprintf("https://h%d.example/%d", i%85, i), Due: now})
				}
				hosts := &slowHost{others: c.others, open: make(chan struct{})}
				store := remember(feeds...)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				if err := New(Config{}, store, hosts).Run(ctx); err != nil {
					t.Fatalf("%v; %d of the others were left waiting", err, hosts.others)
				}
				if n := len(store.last); n != c.slow+c.others {
					t.Errorf("%d feeds were polled, want %d", n, c.slow+c.others)
				}
				if hosts.most > defaultPerHost {
					t.Errorf("%d requests at a time to one host, want at most %d", hosts.most, defaultPerHost)
				}
			})
		})
	}
}

// What waits too long for a worker is given back at once and not when its lease ends; and a
// stage that is stopped gives back what is its own, not what others have claimed since.
func TestGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var feeds []*news.Feed
		for i := range 14 {
			feeds = append(feeds, &news.Feed{ID: fmt.Sprint("long", i), URL: fmt.Sprintf("https://long%d.example/", i), Due: start})
		}
		for i := range 5 {
			feeds = append(feeds, &news.Feed{ID: fmt.Sprint("short", i), URL: fmt.Sprintf("https://short.example/%d", i), Due: start})
		}
		store := remember(feeds...)
		var mu sync.Mutex
		asked := map[string]int{}
		get := answers(func(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
			mu.Lock()
			asked[req.URL]++
			mu.Unlock()
			took := 4*time.Minute + time.Second
			if strings.Contains(req.URL, "long") {
				took = 20 * time.Minute
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(took):
			}
			return &fetch.Response{Status: 304, NotModified: true, URL: req.URL, Route: "direct"}, nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- New(Config{}, store, get).Run(ctx) }()
		time.Sleep(4*time.Minute + 30*time.Second)
		mu.Lock()
		short := 0
		for url := range asked {
			if strings.Contains(url, "short") {
				short++
			}
		}
		mu.Unlock()
		if short != 4 {
			t.Errorf("%d feeds of one host were asked for; those that waited longest wait on", short)
		}
		time.Sleep(40 * time.Second)
		others := func() (ids []string) {
			due, err := store.DueFeeds(context.Background(), time.Now(), 5*time.Minute, 100, nil)
			if err != nil {
				t.Error(err)
			}
			for _, f := range due {
				ids = append(ids, f.ID)
			}
			return ids
		}
		if ids := others(); len(ids) != 14 || strings.Contains(fmt.Sprint(ids), "short") {
			t.Errorf("another node claims %v, want those that take long", ids)
		}
		time.Sleep(10 * time.Second)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
		if ids := others(); len(ids) != 3 || strings.Contains(fmt.Sprint(ids), "long") {
			t.Errorf("when the first one stopped anybody could claim %v, want those that it had in hand", ids)
		}
	})
}

// others counts the requests to hosts with a name of their own, and answers all.
type others struct {
	mu   sync.Mutex
	n    int
	last time.Time
}

func (o *others) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Host, "other") {
		o.mu.Lock()
		o.n++
		o.last = time.Now()
		o.mu.Unlock()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(rss)), ContentLength: -1, Request: r}, nil
}

// Hundreds of feeds of as many outlets that are all read from one server wait in its line,
// and others are served meanwhile; a proxy has no line, for the outlets are who is asked.
func TestNoCommonServerStarvesOthers(t *testing.T) {
	const many, rest = 300, 500
	for name, c := range map[string]struct {
		feed   func(i int) *news.Feed
		before time.Duration // all of the others are served
	}{
		"a mirror":  {func(int) *news.Feed { return &news.Feed{Routes: []string{"mirror:https://mirror.example"}} }, time.Minute},
		"a new URL": {func(i int) *news.Feed { return &news.Feed{MovedTo: fmt.Sprintf("https://feeds.example/%d", i)} }, time.Minute},
		"the route that works": {func(int) *news.Feed {
			return &news.Feed{Routes: []string{"direct", "peer:https://hub.example/feed"}, Reach: news.ReachBlocked, Probed: time.Now(), Route: "peer:https://hub.example/feed"}
		}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var feeds []*news.Feed
				for i := range many {
					f := c.feed(i)
					f.ID, f.URL, f.Due = fmt.Sprint("many", i), fmt.Sprintf("http://outlet%d.example/rss", i), start.Add(-time.Minute)
					feeds = append(feeds, f)
				}
				for i := range rest {
					feeds = append(feeds, &news.Feed{ID: fmt.Sprint("other", i), URL: fmt.Sprintf("http://other%d.example/rss", i), Due: start})
				}
				o := new(others)
				client := fetch.New(fetch.Options{Transport: o})
				store := remember(feeds...)
				if err := New(Config{Rand: func() float64 { return .5 }}, store, client).Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := o.last.Sub(start); o.n != rest || took > c.before {
					t.Errorf("%d others were served, the last after %v", o.n, took)
				}
				if n := len(store.last); n != many+rest {
					t.Errorf("%d feeds were polled, want %d", n, many+rest)
				}
			})
		})
	}
}

func TestFirstHost(t *testing.T) {
	for _, c := range []struct {
		want string
		feed news.Feed
	}{
		{"outlet.example", news.Feed{}},
		{"outlet.example", news.Feed{Routes: []string{"socks5h://127.0.0.1:9050"}}},
		{"outlet.example", news.Feed{Routes: []string{"doh:https://dns.example/dns-query"}}},
		{"outlet.example", news.Feed{Routes: []string{"direct", "mirror:https://m.example"}}},
		{"m.example", news.Feed{Routes: []string{"mirror:https://www.m.example/copies"}}},
		{"m.example:8443", news.Feed{Routes: []string{"mirror:https://m.example:8443"}, MovedTo: "https://new.example/rss"}},
		{"new.example", news.Feed{MovedTo: "https://new.example/rss"}},
		{"m.example", news.Feed{Routes: []string{"direct", "mirror:https://m.example"}, Reach: news.ReachBlocked, Route: "mirror:https://m.example", Probed: noon}},
	} {
		c.feed.URL = "https://www.outlet.example/rss"
		if got := firstHost(&c.feed, noon); got != c.want {
			t.Errorf("%+v: %s, want %s", c.feed, got, c.want)
		}
	}
}
