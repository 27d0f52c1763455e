package ingest

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// A fleet is a Store of thousands of feeds: what is due is kept in order, as an index of a
// database keeps it.
type fleet struct {
	Store // what is missing below: nothing is pushed

	mu    sync.Mutex
	feeds map[string]*news.Feed
	due   dueHeap
	items int
	// saw is told of each poll, with the feed as it was before and as it is after.
	saw func(before, after *news.Feed)
}

type dueHeap []*news.Feed

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].Due.Before(h[j].Due) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(f any)        { *h = append(*h, f.(*news.Feed)) }
func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func newFleet(feeds []*news.Feed) *fleet {
	s := &fleet{feeds: map[string]*news.Feed{}, due: slices.Clone(feeds)}
	for _, f := range feeds {
		s.feeds[f.ID] = f
	}
	heap.Init(&s.due)
	return s
}

func (s *fleet) DueFeeds(_ context.Context, now time.Time, _ time.Duration, limit int, busy []string) (due []*news.Feed, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var passed []*news.Feed
	for len(due) < limit && len(s.due) > 0 && !s.due[0].Due.After(now) {
		f := heap.Pop(&s.due).(*news.Feed)
		if slices.Contains(busy, news.Host(f.URL)) {
			passed = append(passed, f)
			continue
		}
		due = append(due, clone(f))
	}
	for _, f := range passed {
		heap.Push(&s.due, f)
	}
	return due, nil
}

func (s *fleet) ReleaseFeeds(_ context.Context, feeds []*news.Feed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range feeds {
		heap.Push(&s.due, s.feeds[f.ID])
	}
	return nil
}

func (s *fleet) SaveFetches(_ context.Context, fetches []*news.Fetch) ([]news.Saved, []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range fetches {
		before := s.feeds[f.Feed.ID]
		if s.saw != nil {
			s.saw(before, f.Feed)
		}
		s.items += len(f.Items)
		s.feeds[f.Feed.ID] = f.Feed
		heap.Push(&s.due, f.Feed)
	}
	return make([]news.Saved, len(fetches)), make([]error, len(fetches))
}

// outlets are the servers of a fleet, in one RoundTripper. Feed n brings an entry every
// every(n), and keeps the last five.
type outlets struct {
	began time.Time
	every func(n int) time.Duration
	down  func(host string, now time.Time) bool

	mu    sync.Mutex
	hosts map[string][]time.Time // when each was asked, if it is watched
	asked int
}

// took is how long an answer takes.
const took = 300 * time.Millisecond

func (o *outlets) RoundTrip(r *http.Request) (*http.Response, error) {
	now := time.Now()
	o.mu.Lock()
	o.asked++
	if o.hosts != nil {
		o.hosts[r.URL.Host] = append(o.hosts[r.URL.Host], now)
	}
	o.mu.Unlock()
	select {
	case <-time.After(took):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if o.down != nil && o.down(r.URL.Host, now) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		return nil, err
	}
	every := o.every(n)
	last := int64(now.Sub(o.began)/every) + 5
	answer := &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r}
	tag := strconv.Quote(strconv.FormatInt(last, 36))
	answer.Header.Set("ETag", tag)
	var b strings.Builder
	if answer.Body = http.NoBody; r.Header.Get("If-None-Match") == tag {
		answer.StatusCode = http.StatusNotModified
		return answer, nil
	}
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>Outlet %d</title>`, n)
	for i := last; i > last-5; i-- {
		at := o.began.Add(time.Duration(i-5) * every)
		fmt.Fprintf(&b, `<item><guid>%d-%d</guid><title>Event %d</title><pubDate>%s</pubDate></item>`, n, i, i, at.Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	answer.Body = io.NopCloser(strings.NewReader(b.String()))
	return answer, nil
}

// newest returns the date of the newest entry that f can have had when it was last asked.
func (o *outlets) newest(f *news.Feed) time.Time {
	n, err := strconv.Atoi(f.ID)
	if err != nil {
		return time.Time{}
	}
	every := o.every(n)
	return o.began.Add(f.LastTry.Add(-took).Sub(o.began) / every * every)
}

// client asks o as the hub would, with its pauses.
func (o *outlets) client(t *testing.T) *fetch.Client {
	t.Helper()
	c := fetch.New(fetch.Options{Transport: o, PerHostDelay: 2 * time.Second})
	t.Cleanup(c.Close)
	return c
}

// keep runs a stage as the hub does, until ctx ends.
func keep(ctx context.Context, t *testing.T, s *Stage) {
	t.Helper()
	for ctx.Err() == nil {
		if err := s.Run(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

// fleetOf makes feeds of outlets of which the first is as large as three hundred others.
func fleetOf(n int) []*news.Feed {
	feeds := make([]*news.Feed, n)
	for i := range feeds {
		host := fmt.Sprintf("h%d.example", i)
		if i < n*3/100 {
			host = "large.example"
		}
		feeds[i] = &news.Feed{ID: strconv.Itoa(i), SourceID: host, URL: fmt.Sprintf("https://%s/%d", host, i), Due: time.Now()}
	}
	return feeds
}

// Ten thousand feeds over a day: each is asked when it is due, give or take a twentieth of its
// wait, and nothing grows. Under the race detector a thousand do.
func TestTenThousandFeedsForADay(t *testing.T) { //nolint:paralleltest // it counts goroutines
	n := 10_000
	if raceEnabled {
		n = 1000
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		o := &outlets{began: start, every: func(n int) time.Duration {
			// From one entry an hour to one in ten weeks.
			return time.Duration(float64(time.Hour) * math.Exp2(float64(n%11)))
		}}
		store := newFleet(fleetOf(n))
		var polls, again, late int
		var worst time.Duration
		store.saw = func(before, after *news.Feed) {
			polls++
			if before.LastTry.IsZero() {
				return
			}
			again++
			lag := after.LastTry.Sub(before.Due)
			worst = max(worst, lag)
			if lag > before.Due.Sub(before.LastTry)/20 {
				late++
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		before, most := runtime.NumGoroutine(), 0
		go keep(ctx, t, New(Config{}, store, o.client(t)))
		for range 24 * 4 {
			time.Sleep(15 * time.Minute)
			most = max(most, runtime.NumGoroutine())
		}
		cancel()
		synctest.Wait()
		after := runtime.NumGoroutine()
		for _, f := range store.feeds {
			if f.LastGood.IsZero() || f.Failures > 0 {
				t.Fatalf("%s was not read: %s", f.URL, f.LastError)
			}
		}
		t.Logf("%d feeds, %d polls: %d of %d too late, the worst by %v; %d goroutines at most", n, polls, late, again, worst.Round(time.Second), most)
		if late > 0 {
			t.Errorf("%d of %d polls came later than a twentieth of the wait after they were due, the worst by %v", late, again, worst)
		}
		// A worker, the answer that it waits for, and what watches over both; at the end one
		// that the runtime starts by itself may be there.
		if most > before+3*defaultWorkers || after > before+2 {
			t.Errorf("%d goroutines at first, at most %d, and %d at the end", before, most, after)
		}
	})
}

// The hub is down for seven days. When it is back it asks for each feed once, and no host
// faster than at any other time; and later on feeds that met by this do not go on meeting.
func TestHubWasDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		o := &outlets{began: time.Now(), every: func(n int) time.Duration { return time.Duration(n%24+1) * time.Hour }}
		store := newFleet(fleetOf(n))
		run := func(d time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			keep(ctx, t, New(Config{}, store, o.client(t)))
		}
		run(time.Hour)
		time.Sleep(7 * 24 * time.Hour)

		back := time.Now()
		o.hosts = map[string][]time.Time{}
		var caught time.Time
		waiting, polls := n, map[time.Duration]int{} // by the minute
		store.saw = func(before, after *news.Feed) {
			if before.LastTry.Before(back) {
				if waiting--; waiting == 0 {
					caught = after.LastTry
				}
			} else if after.LastTry.Sub(back) > 6*time.Hour {
				polls[after.LastTry.Sub(back).Truncate(time.Minute)]++
			}
		}
		run(24 * time.Hour)
		if waiting > 0 {
			t.Fatalf("%d feeds were not asked for after a day", waiting)
		}
		for host, times := range o.hosts {
			for i := 1; i < len(times); i++ {
				if d := times[i].Sub(times[i-1]); d < 2*time.Second {
					t.Errorf("%s was asked twice in %v", host, d)
				}
			}
		}
		for _, f := range store.feeds {
			// The five entries of each feed are those of now.
			if newest := o.newest(f); f.LastNew.Before(newest.Add(-time.Second)) {
				t.Errorf("%s: the last news is of %v, want %v", f.URL, f.LastNew, newest)
			}
		}
		peak, sum := 0, 0
		for _, k := range polls {
			peak, sum = max(peak, k), sum+k
		}
		mean := float64(sum) / (18 * 60)
		t.Logf("%d feeds were caught up with in %v; later on %.1f polls a minute, at most %d", n, caught.Sub(back).Round(time.Second), mean, peak)
		if float64(peak) > 5*mean {
			t.Errorf("feeds meet: %d polls in one minute, %.1f in the mean", peak, mean)
		}
	})
}

// An outlet is down for seven days. It is asked ever more rarely meanwhile, but never given
// up, and read again within a day of its return.
func TestOutletWasDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const week = 7 * 24 * time.Hour
		fails, returns := time.Now().Add(time.Hour), time.Now().Add(time.Hour+week)
		o := &outlets{
			began: time.Now(), every: func(int) time.Duration { return time.Hour },
			down: func(_ string, now time.Time) bool { return !now.Before(fails) && now.Before(returns) },
		}
		feed := &news.Feed{ID: "0", SourceID: "h", URL: "https://h.example/0", Due: time.Now()}
		store := newFleet([]*news.Feed{feed})
		var tries int
		var read time.Time
		store.saw = func(_, after *news.Feed) {
			switch {
			case after.Failures > 0:
				tries++
			case read.IsZero() && after.LastTry.After(returns):
				read = after.LastTry
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour+week+2*maxBackoff)
		defer cancel()
		keep(ctx, t, New(Config{}, store, o.client(t)))
		t.Logf("asked %d times in the week, read again after %v", tries, read.Sub(returns).Round(time.Minute))
		if tries < 7 || tries > 20 {
			t.Errorf("asked %d times while it was down, want 7 to 20", tries)
		}
		if late := read.Sub(returns); read.IsZero() || late > maxBackoff*11/10 {
			t.Errorf("read again %v after its return", late)
		}
		if f := store.feeds["0"]; f.Failures > 0 || f.Reach != news.ReachOK {
			t.Errorf("after all it is %s, with %d failures", f.Reach, f.Failures)
		}
	})
}
