package ingest

import (
	"context"
	"fmt"
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
