package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a Store that forgets when the test ends.
type memory struct {
	mu    sync.Mutex
	feeds []*news.Feed
	lease map[string]time.Time
	items map[string]*news.Item
	last  map[string]*news.Fetch
	fail  func(feedID string) error
	asked int // calls of DueFeeds
}

func remember(feeds ...*news.Feed) *memory {
	return &memory{feeds: feeds, lease: map[string]time.Time{}, items: map[string]*news.Item{}, last: map[string]*news.Fetch{}}
}

func (m *memory) DueFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Feed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	var due []*news.Feed
	for _, f := range m.feeds {
		if len(due) < limit && !f.Due.After(now) && !m.lease[f.ID].After(now) && !slices.Contains(busy, cmp.Or(f.Host, news.Host(f.URL))) {
			m.lease[f.ID] = now.Add(lease)
			claimed := clone(f)
			claimed.Lease = m.lease[f.ID]
			due = append(due, claimed)
		}
	}
	return due, ctx.Err()
}

func (m *memory) ReleaseFeeds(_ context.Context, feeds []*news.Feed) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range feeds {
		if m.lease[f.ID].Equal(f.Lease) {
			delete(m.lease, f.ID)
		}
	}
	return nil
}

func (m *memory) SaveFetches(ctx context.Context, fetches []*news.Fetch) (saved []news.Saved, errs []error) {
	for _, f := range fetches {
		s, err := m.SaveFetch(ctx, f)
		saved, errs = append(saved, s), append(errs, err)
	}
	return saved, errs
}

func (m *memory) SaveFetch(ctx context.Context, f *news.Fetch) (news.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var s news.Saved
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	if m.fail != nil {
		if err := m.fail(f.Feed.ID); err != nil {
			return s, err
		}
	}
	for i := range m.feeds {
		if m.feeds[i].ID == f.Feed.ID {
			m.feeds[i] = f.Feed
		}
	}
	delete(m.lease, f.Feed.ID)
	m.last[f.Feed.ID] = f
	for _, i := range f.Items {
		old := m.items[i.ID]
		switch {
		case old == nil:
			s.New++
		case old.Hash != i.Hash:
			s.Changed++
		default:
			s.Same++
		}
		m.items[i.ID] = i
	}
	return s, nil
}

func (m *memory) Feed(_ context.Context, id string) (*news.Feed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.feeds {
		if f.ID == id {
			return clone(f), nil
		}
	}
	return nil, news.ErrNotFound
}

func (m *memory) PollSoon(_ context.Context, feedID string, _, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, f := range m.feeds {
		if f.ID == feedID {
			soon := clone(f)
			if soon.Due = f.NotBefore; soon.Due.Before(at) {
				soon.Due = at
			}
			m.feeds[i] = soon
		}
	}
	return nil
}

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Times</title><link>https://h.example/</link><ttl>90</ttl>
<item><guid>1</guid><title>Dockers strike</title><link>/strike</link><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>Fog</title><link>/fog</link><pubDate>yesterday or so</pubDate></item>
<item><guid>3</guid></item></channel></rss>`

// world is a server, a clock and a stage over both.
type world struct {
	base    string
	store   *memory
	stage   *Stage
	now     time.Time
	handler http.HandlerFunc
	said    []string
}

func newWorld(t *testing.T, paths ...string) *world {
	t.Helper()
	w := &world{now: noon}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.handler(rw, r) }))
	t.Cleanup(s.Close)
	w.base = s.URL
	var feeds []*news.Feed
	for _, p := range paths {
		feeds = append(feeds, &news.Feed{ID: p, SourceID: "harbour-times", URL: s.URL + p})
	}
	w.store = remember(feeds...)
	now := func() time.Time { return w.now }
	c := fetch.New(fetch.Options{AllowPrivate: []string{strings.TrimPrefix(s.URL, "http://")}, PerHostDelay: -1, Now: now, Timeout: time.Second})
	t.Cleanup(c.Close)
	w.stage = New(Config{Now: now, Rand: func() float64 { return 0.5 }, Progress: func(_, _ int, what string) { w.said = append(w.said, what) }}, w.store, c)
	return w
}

func (w *world) run(t *testing.T) {
	t.Helper()
	w.said = nil
	if err := w.stage.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPolls(t *testing.T) {
	w := newWorld(t, "/rss")
	body, conditions := rss, ""
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		conditions = r.Header.Get("If-None-Match") + " " + r.Header.Get("If-Modified-Since")
		rw.Header().Set("ETag", `"v1"`)
		rw.Header().Set("Last-Modified", "Mon, 02 Nov 2026 09:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"v1"` && body == rss {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(rw, body)
	}
	w.run(t)
	f := w.store.last["/rss"]
	if len(f.Items) != 2 || !f.Document || f.Feed.Title != "Harbour Times" || f.Feed.Reach != news.ReachOK || f.Feed.Route != "direct" ||
		f.Feed.Failures != 0 || len(f.Evidence) != 1 || f.Evidence[0].FeedID != "/rss" || !f.Feed.LastNew.Equal(noon.Add(-3*time.Hour)) {
		t.Errorf("first: %+v %+v", f, f.Feed)
	}
	if f.Items[0].Link != "https://h.example/strike" && f.Items[0].Link != w.base+"/strike" {
		t.Errorf("link = %s", f.Items[0].Link)
	}
	if !f.Items[1].Published.IsZero() {
		t.Errorf("a broken date became %v", f.Items[1].Published)
	}
	if all := strings.Join(f.Feed.Problems, "\n"); !strings.Contains(all, "neither title nor text nor link") {
		t.Errorf("problems: %q", all)
	}
	if w.said[0] != "harbour-times: 2 new" {
		t.Errorf("said %q", w.said)
	}
	if wait := f.Feed.Due.Sub(noon); wait < 90*time.Minute || wait > 99*time.Minute {
		t.Errorf("due in %v, its ttl is 90 minutes", wait)
	}

	w.now = f.Feed.Due
	w.run(t)
	f = w.store.last["/rss"]
	if conditions != `"v1" Mon, 02 Nov 2026 09:00:00 GMT` || f.Document || f.Feed.Status != 304 || f.Feed.Failures != 0 || !f.Feed.LastGood.Equal(w.now) {
		t.Errorf("second: %q %+v", conditions, f.Feed)
	}
	if wait := f.Feed.Due.Sub(w.now); wait < 85*time.Minute {
		t.Errorf("after a 304 due in %v, its ttl is 90 minutes", wait)
	}

	w.now = f.Feed.Due
	body = strings.Replace(rss, "Dockers strike", "Dockers strike on", 1)
	w.run(t)
	if w.said[0] != "harbour-times: 0 new, 1 changed" {
		t.Errorf("third: said %q", w.said)
	}

	// The same body without a 304 is no document either.
	w.now = w.store.last["/rss"].Feed.Due
	w.run(t)
	if f = w.store.last["/rss"]; f.Document || f.Feed.Status != 200 {
		t.Errorf("fourth: %+v", f)
	}
}

func TestHTMLInsteadOfFeed(t *testing.T) {
	w := newWorld(t, "/home", "/login")
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("ETag", `"page"`)
		_, _ = io.WriteString(rw, "<!doctype html><html><head><title>Harbour Times</title>")
		if r.URL.Path == "/home" {
			_, _ = io.WriteString(rw, `<link rel="alternate" type="application/rss+xml" href="/world.xml">`)
		}
		_, _ = io.WriteString(rw, "</head><body><p>Welcome</p></body></html>")
	}
	w.run(t)
	f := w.store.last["/home"].Feed
	if !strings.Contains(f.LastError, "HTML") || !strings.Contains(f.LastError, w.base+"/world.xml") || f.Failures != 1 || f.ETag != "" || f.Reach != news.ReachDown {
		t.Errorf("feed = %+v", f)
	}
	f = w.store.last["/login"].Feed
	if !strings.Contains(f.LastError, "hint: ") || !f.Due.After(noon) {
		t.Errorf("feed = %+v", f)
	}
}

func TestFailuresNeverEnd(t *testing.T) {
	w := newWorld(t, "/410", "/404", "/500")
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		var code int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &code)
		rw.WriteHeader(code)
	}
	for range 60 { // each time, all are due
		w.run(t)
		for _, f := range w.store.feeds {
			if f.Due.After(w.now) {
				w.now = f.Due
			}
		}
	}
	for path, want := range map[string]news.Reach{"/410": news.ReachGone, "/404": news.ReachGone, "/500": news.ReachDown} {
		f := w.store.last[path].Feed
		if f.Reach != want || f.Failures < 50 || f.LastError == "" {
			t.Errorf("%s: %+v", path, f)
		}
		if wait := f.Due.Sub(f.LastTry); path == "/410" && wait < goneProbe || path != "/410" && wait > 27*time.Hour {
			t.Errorf("%s: probed after %v", path, wait)
		}
	}
	w.handler = func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, rss) }
	w.run(t)
	f := w.store.last["/500"].Feed
	if f.Failures != 0 || f.LastError != "" || f.Reach != news.ReachOK || !f.ReachSince.Equal(w.now) {
		t.Errorf("back again: %+v", f)
	}
}

func TestMoved(t *testing.T) {
	w := newWorld(t, "/old")
	broken := false
	var asked []string
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch {
		case r.URL.Path == "/old" && !broken:
			http.Redirect(rw, r, "/new", http.StatusMovedPermanently)
		case r.URL.Path == "/new" && broken:
			rw.WriteHeader(http.StatusNotFound)
		default:
			_, _ = io.WriteString(rw, rss)
		}
	}
	poll := func(want string) *news.Feed {
		t.Helper()
		asked = nil
		w.run(t)
		if got := strings.Join(asked, " "); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		return w.store.last["/old"].Feed
	}
	// One answer may be a mistake: it is believed after some, over a day.
	polls := 0
	for start := w.now; w.store.feeds[0].MovedTo == ""; polls++ {
		f := poll("/old /new")
		if f.MovedTo != "" && w.now.Sub(start) < movedTime || polls > 200 {
			t.Fatalf("believed after %v and %d polls: %+v", w.now.Sub(start), polls, f)
		}
		w.now = f.Due
	}
	if polls < movedSeen {
		t.Errorf("believed after %d polls", polls)
	}
	w.now = poll("/new").Due
	broken = true
	f := poll("/new /old")
	if f.MovedTo != "" || f.Failures != 0 || len(w.store.last["/old"].Evidence) != 2 {
		t.Errorf("in the end: %+v", f)
	}
}

func TestRetryAfterSparesTheHost(t *testing.T) {
	w := newWorld(t, "/a", "/b", "/c")
	asked := 0
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		asked++
		rw.Header().Set("Retry-After", "7200")
		rw.WriteHeader(http.StatusServiceUnavailable)
	}
	w.stage.cfg.Workers = 1
	w.run(t)
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	for _, f := range w.store.feeds {
		if f.Due.Before(noon.Add(2 * time.Hour)) {
			t.Errorf("%s is due after %v", f.ID, f.Due.Sub(noon))
		}
		if f.Due.After(noon.Add(2*time.Hour + 10*time.Minute)) {
			t.Errorf("%s is due only after %v", f.ID, f.Due.Sub(noon))
		}
		if f.ID != w.store.feeds[0].ID && f.Failures != 0 {
			t.Errorf("waiting counts as a failure of %s", f.ID)
		}
	}
}

// answers is a Fetcher made of a function.
type answers func(ctx context.Context, r fetch.Request) (*fetch.Response, error)

func (a answers) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	return a(ctx, r)
}

func ok(body string) *fetch.Response {
	return &fetch.Response{
		Status: 200, Header: http.Header{}, Body: []byte(body), URL: "https://h.example/rss", Route: "direct",
		Evidence: []news.Evidence{{Route: "direct", Reach: news.ReachOK, Status: 200}},
	}
}

func TestOneBadFeedStopsNothing(t *testing.T) {
	var feeds []*news.Feed
	for i := range 250 {
		feeds = append(feeds, &news.Feed{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://h%d.example/rss", i%40)})
	}
	store := remember(feeds...)
	store.fail = func(id string) error {
		if id == "7" {
			return errors.New("disk is full")
		}
		return nil
	}
	get := answers(func(_ context.Context, r fetch.Request) (*fetch.Response, error) {
		switch {
		case strings.HasPrefix(r.URL, "https://h8."):
			panic("a bug")
		case strings.HasPrefix(r.URL, "https://h9."):
			return nil, errors.New("odd")
		}
		resp := ok(rss)
		return resp, r.Check(resp)
	})
	total := 0
	s := New(Config{Now: func() time.Time { return noon }, Progress: func(_, n int, _ string) { total = n }}, store, get)
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(store.last) != 249 || store.lease["7"].IsZero() || total != 250 {
		t.Errorf("%d saved, total %d", len(store.last), total)
	}
	if f := store.last["8"].Feed; f.Failures != 1 || !strings.Contains(f.LastError, "a bug") {
		t.Errorf("8: %+v", f)
	}
	store.fail = func(string) error { return errors.New("database is gone") }
	for _, f := range store.feeds {
		f.Due = noon
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "database is gone") {
		t.Errorf("Run = %v, though nothing can be saved", err)
	}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []*news.Feed
		for i := range 100 {
			feeds = append(feeds, &news.Feed{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://h%d.example/", i)})
		}
		store := remember(feeds...)
		slow := answers(func(ctx context.Context, _ fetch.Request) (*fetch.Response, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Hour):
				return ok(rss), nil
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		err := New(Config{}, store, slow).Run(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute || len(store.last) != 0 {
			t.Errorf("Run = %v after %v, %d saved", err, time.Since(start), len(store.last))
		}
		if len(store.lease) != 0 {
			t.Errorf("%d feeds stay claimed", len(store.lease))
		}
	})
}

func TestMirrorLinks(t *testing.T) {
	store := remember(&news.Feed{ID: "1", URL: "https://h.example/rss", Routes: []string{"mirror:https://m.example"}})
	get := answers(func(_ context.Context, r fetch.Request) (*fetch.Response, error) {
		resp := ok(strings.Replace(rss, "<link>https://h.example/</link>", "", 1))
		resp.URL, resp.Route = "https://m.example/rss", "mirror:https://m.example"
		return resp, r.Check(resp)
	})
	if err := New(Config{Now: func() time.Time { return noon }}, store, get).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := store.last["1"].Items[0].Link; got != "https://h.example/strike" {
		t.Errorf("link = %s: a mirror's links are the original's", got)
	}
}
