package extract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// memory is a Store that keeps nothing beyond a test.
type memory struct {
	mu       sync.Mutex
	items    []*news.Item
	retry    map[string]time.Time
	lease    map[string]time.Time
	failed   map[string][]string
	articles map[string]*news.Article
	sources  map[string]*news.Source
	refuse   string // an item whose article cannot be saved
	released []string
	read     int // articles, one by one
	repeats  map[string]*news.Boilerplate
}

func newMemory(items ...*news.Item) *memory {
	return &memory{
		repeats: map[string]*news.Boilerplate{},
		items:   items, retry: map[string]time.Time{}, lease: map[string]time.Time{}, failed: map[string][]string{}, articles: map[string]*news.Article{},
		sources: map[string]*news.Source{"linked": {ID: "linked", Carriage: news.Carriage{Mode: news.Link}}},
	}
}

func (m *memory) ClaimItems(_ context.Context, now time.Time, lease time.Duration, limit int, busy []string) (list []*news.Item, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, it := range m.items {
		if len(list) < limit && m.articles[it.ID] == nil && !m.retry[it.ID].After(now) && !m.lease[it.ID].After(now) && !slices.Contains(busy, it.SourceID) {
			m.lease[it.ID] = now.Add(lease)
			claimed := *it
			claimed.Lease = m.lease[it.ID]
			claimed.Tries = len(m.failed[it.ID])
			list = append(list, &claimed)
		}
	}
	return list, nil
}

func (m *memory) ReleaseItems(_ context.Context, items []*news.Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, it := range items {
		m.released = append(m.released, it.ID)
		delete(m.lease, it.ID)
	}
	return nil
}

func (m *memory) SaveArticles(_ context.Context, made []news.Extraction, _ time.Time) []error {
	m.mu.Lock()
	defer m.mu.Unlock()
	errs := make([]error, len(made))
	for i, e := range made {
		if e.ItemID == m.refuse {
			errs[i] = errors.New("row too large")
			continue
		}
		m.articles[e.ItemID] = e.Article
		root := e.Article.WireRoot
		if root == "" {
			root = e.Article.ID
		}
		for _, c := range e.Copies {
			for _, a := range m.articles {
				if a.ID != root && (a.ID == c.ID || a.WireRoot == c.ID) {
					a.WireRoot = root
				}
			}
		}
	}
	return errs
}

func (m *memory) FailItem(_ context.Context, itemID, reason string, retryAt time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.lease, itemID)
	m.failed[itemID] = append(m.failed[itemID], reason)
	m.retry[itemID] = retryAt
	return nil
}

func (m *memory) Similar(_ context.Context, shingles []int32, sourceID string, from, to time.Time) (list []*news.Article, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.articles {
		shared := slices.ContainsFunc(shingles, func(h int32) bool { return slices.Contains(a.Shingles, h) })
		if shared && a.SourceID != sourceID && !a.FirstSeen.Before(from) && !a.FirstSeen.After(to) {
			read := *a
			list = append(list, &read)
		}
	}
	shared := func(a *news.Article) (n int) {
		for _, h := range shingles {
			if slices.Contains(a.Shingles, h) {
				n++
			}
		}
		return n
	}
	copied := func(a *news.Article) int { return min(len(a.WireRoot), 1) }
	slices.SortFunc(list, func(a, b *news.Article) int {
		for _, d := range []int{copied(a) - copied(b), shared(b) - shared(a), a.FirstSeen.Compare(b.FirstSeen)} {
			if d != 0 {
				return d
			}
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list[:min(64, len(list))], nil // as the store does
}

func (m *memory) Article(_ context.Context, id string) (*news.Article, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read++
	for _, a := range m.articles {
		if a.ID == id {
			read := *a
			return &read, nil
		}
	}
	return nil, news.ErrNotFound
}

func (m *memory) Source(_ context.Context, id string) (*news.Source, error) {
	if s := m.sources[id]; s != nil {
		return s, nil
	}
	return nil, news.ErrNotFound
}

func (m *memory) Boilerplate(_ context.Context, sourceID string) (*news.Boilerplate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b := m.repeats[sourceID]; b != nil {
		return b, nil
	}
	return &news.Boilerplate{SourceID: sourceID}, nil
}

func (m *memory) SaveBoilerplate(_ context.Context, list []*news.Boilerplate) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range list {
		m.repeats[b.SourceID] = b
	}
	return nil
}

func (m *memory) LastArticles(_ context.Context, sourceID string, limit int) (list []*news.Article, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.articles {
		if a.SourceID == sourceID && len(list) < limit {
			read := *a
			list = append(list, &read)
		}
	}
	return list, nil
}

func (m *memory) CleanArticle(_ context.Context, id string, clean func(*news.Article) bool, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.articles {
		if a.ID == id {
			clean(a)
			return nil
		}
	}
	return news.ErrNotFound
}

// web is a Fetcher that answers from a function.
type web struct {
	mu    sync.Mutex
	asked []string
	get   func(url string) (*fetch.Response, error)
}

func (w *web) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL)
	w.mu.Unlock()
	if r.Kind != fetch.Page {
		return nil, errors.New("not asked as a page")
	}
	return w.get(r.URL)
}

func status(code int) func(string) (*fetch.Response, error) {
	return func(url string) (*fetch.Response, error) {
		return nil, &fetch.Error{URL: url, Status: code, Err: fmt.Errorf("%d %s", code, http.StatusText(code))}
	}
}

func paged(body string) func(string) (*fetch.Response, error) {
	return func(url string) (*fetch.Response, error) {
		return &fetch.Response{Status: 200, URL: url, Body: []byte(body), Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}, nil
	}
}

var start = time.Date(2026, 11, 4, 6, 0, 0, 0, time.UTC)

func item(id string) *news.Item {
	return &news.Item{
		ID: id, SourceID: "norrland-today", Key: id, GUID: id, Link: "https://today.norrland.example/" + id, Title: "Council rejects water agreement",
		Summary: "The regional council rejected the agreement on Monday.", FirstSeen: start, Revision: 1,
	}
}

func asPage(text string) string {
	return "<html lang=en><title>Council rejects water agreement</title><body><article><p>" + strings.ReplaceAll(text, "\n\n", "</p><p>") + "</p></article>"
}

func TestStage(t *testing.T) {
	full, linked, anywhere := item("i"), item("i"), item("i")
	full.Content = "<p>" + strings.ReplaceAll(wire, "\n\n", "</p><p>") + "</p>"
	linked.SourceID = "linked"
	anywhere.Link = ""
	page := paged(asPage(wire))
	for _, tt := range []struct {
		name  string
		item  *news.Item
		pages bool
		get   func(string) (*fetch.Response, error)
		asked int // how many requests until the article is there
		basis string
	}{
		{"page", item("i"), true, page, 1, "page: the feed gives only 54 characters"},
		{"full feed", full, true, page, 0, "feed content: it is the whole text"},
		{"pages off", item("i"), false, page, 0, "feed summary: pages are not fetched"},
		{"link mode", linked, true, page, 1, "page: the feed gives only 54 characters"},
		{"no link", anywhere, true, page, 0, "feed summary: the entry has no link"},
		{"gone", item("i"), true, status(410), 1, "feed summary: the page was not to be had: 410 Gone"},
		{"not found", item("i"), true, status(404), 1, "feed summary: the page was not to be had: 404 Not Found"},
		{"legal", item("i"), true, status(451), 1, "feed summary: the page was not to be had: 451"},
		{"robots", item("i"), true, func(url string) (*fetch.Response, error) {
			return nil, &fetch.Error{URL: url, Err: fetch.ErrRobots}
		}, 1, "feed summary: the page was not to be had: "},
		{"robots not readable", item("i"), true, func(url string) (*fetch.Response, error) {
			return nil, &fetch.Error{URL: url, Err: fetch.ErrRobots, Status: 503, RetryAt: start.Add(time.Minute)}
		}, 3, "feed summary: the page was not to be had: "},
		{"server error", item("i"), true, status(500), 3, "feed summary: the page was not to be had: 500"},
		{"picture", item("i"), true, func(url string) (*fetch.Response, error) {
			return &fetch.Response{URL: url, Body: []byte("\xff\xd8"), Header: http.Header{"Content-Type": {"image/jpeg"}}}, nil
		}, 1, "feed summary: the page was not to be had: the link leads to image/jpeg"},
		{"deep page", item("i"), true, paged(strings.Repeat("<div>", 5000) + wire), 1, "feed summary: the page was not to be had: the page cannot be parsed"},
		{"empty page", item("i"), true, paged(""), 1, "feed summary: no article was found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, w, now := newMemory(tt.item), &web{get: tt.get}, start
			s := New(Options{Store: m, Fetcher: w, Pages: tt.pages, Now: func() time.Time { return now }})
			var waits []time.Duration
			for range 5 {
				if err := s.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if m.articles["i"] != nil {
					break
				}
				waits = append(waits, m.retry["i"].Sub(now))
				now = m.retry["i"]
			}
			a := m.articles["i"]
			if a == nil {
				t.Fatalf("the item was lost: %v", m.failed)
			}
			if !strings.HasPrefix(a.Basis, tt.basis) {
				t.Errorf("basis %q, want %q…", a.Basis, tt.basis)
			}
			if len(w.asked) != tt.asked {
				t.Errorf("%d requests, want %d", len(w.asked), tt.asked)
			}
			if !slices.IsSorted(waits) || len(waits) != max(tt.asked-1, 0) {
				t.Errorf("waited %v", waits)
			}
			if a.Title == "" || a.Lead == "" || a.Text == "" || a.Language != "en" {
				t.Errorf("article %+v", a)
			}
		})
	}
}

func TestRetryAfterIsObeyedWithinBounds(t *testing.T) {
	for _, tt := range []struct{ asked, want time.Duration }{
		{0, time.Minute},
		{10 * time.Minute, 10 * time.Minute},
		{48 * time.Hour, maxRetryAfter},
	} {
		m := newMemory(item("i"))
		s := New(Options{Store: m, Pages: true, Now: func() time.Time { return start }, Fetcher: &web{get: func(url string) (*fetch.Response, error) {
			return nil, &fetch.Error{URL: url, Status: 503, RetryAt: start.Add(tt.asked), Err: errors.New("503")}
		}}})
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := m.retry["i"].Sub(start); got != tt.want {
			t.Errorf("asked to wait %s, waits %s, want %s", tt.asked, got, tt.want)
		}
	}
}

func TestOneBadItemStopsNothing(t *testing.T) {
	m := newMemory(item("a"), item("b"), item("c"))
	m.refuse = "b"
	s := New(Options{Store: m, Pages: true, Fetcher: &web{get: paged(asPage(wire))}, Now: func() time.Time { return start }})
	s.reader.parse = func(page []byte, pageURL, contentType string) (*Page, error) {
		if strings.HasSuffix(pageURL, "/c") {
			panic("index out of range")
		}
		return ReadPage(page, pageURL, contentType)
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m.articles["a"] == nil || m.articles["c"] == nil {
		t.Fatalf("saved %v", m.articles)
	}
	if got := m.articles["c"].Basis; !strings.Contains(got, "the extractor failed: index out of range") {
		t.Errorf("basis %q", got)
	}
	if diff := cmp.Diff([]string{"row too large"}, m.failed["b"]); diff != "" {
		t.Errorf("failures of b (-want +got):\n%s", diff)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := newMemory(item("a"), item("b"))
	s := New(Options{Store: m, Pages: true, Fetcher: &web{get: func(url string) (*fetch.Response, error) {
		cancel()
		return nil, &fetch.Error{URL: url, Err: ctx.Err()}
	}}})
	if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
	if len(m.failed)+len(m.articles) != 0 {
		t.Errorf("a cancelled run recorded %v, %v", m.failed, m.articles)
	}
	if slices.Sort(m.released); !slices.Equal(m.released, []string{"a", "b"}) {
		t.Errorf("given back: %v, want all that was claimed", m.released)
	}
}

func TestEndlessPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		m := newMemory(item("a"))
		s := New(Options{Store: m, Pages: true, Fetcher: &web{get: paged("x")}})
		s.reader.parse = func([]byte, string, string) (*Page, error) { <-release; return &Page{}, nil }
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := m.articles["a"]; a == nil || !strings.Contains(a.Basis, "could not be read within 10s") {
			t.Errorf("article %+v", a)
		}
		close(release)
		synctest.Wait()
	})
}

func TestCopiesAreFound(t *testing.T) {
	a, b, c := item("a"), item("b"), item("c")
	b.SourceID, b.Title, b.FirstSeen = "other", "No to the draft", start.Add(time.Hour)
	c.SourceID, c.FirstSeen = "third", start.Add(100*time.Hour)
	m := newMemory(a, b, c)
	s := New(Options{Store: m, Pages: true, Workers: 1, Fetcher: &web{get: paged(asPage(wire))}})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for id, a := range m.articles {
		got[id] = a.WireRoot
	}
	want := map[string]string{"a": "", "b": m.articles["a"].ID, "c": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roots (-want +got):\n%s", diff)
	}
}

// The pages of one host come slowly, and those of an agency latest of all: neither keeps
// the articles of others waiting, and what the agency sent is the original all the same.
func TestSlowHostsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const backlog = 60
		began := time.Now()
		seen := map[string]time.Duration{}
		var items []*news.Item
		for n := range backlog {
			it := item(fmt.Sprint("slow", n))
			it.SourceID, it.Link, it.FirstSeen = "slow", fmt.Sprintf("https://slow.example/%d", n), began.Add(-time.Hour)
			items = append(items, it)
		}
		agency, copied := item("agency"), item("copied")
		agency.SourceID, agency.Link, agency.FirstSeen = "agency", "https://agency.example/wire", began.Add(-2*time.Minute)
		copied.SourceID, copied.Link, copied.FirstSeen = "other", "https://other.example/wire", began.Add(-time.Minute)
		m := newMemory(append(items, agency, copied)...)
		lines := map[string]chan struct{}{"slow": make(chan struct{}, 1), "agency": make(chan struct{}, 1)}
		get := func(url string) (*fetch.Response, error) {
			host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), ".")
			if l := lines[host]; l != nil { // as the fetcher asks: one after another
				l <- struct{}{}
				time.Sleep(map[string]time.Duration{"slow": 2 * time.Second, "agency": 20 * time.Second}[host])
				<-l
			}
			text := wire
			if host == "slow" {
				text = url + " " + other
			}
			return paged(asPage(text))(url)
		}
		s := New(Options{Store: m, Pages: true, Workers: 4, Fetcher: &web{get: get}, Progress: func(_, _ int, what string) {
			seen[what] = time.Since(began)
		}})
		agency.Title, copied.Title = "Council rejects water agreement", "No to the water agreement: council"
		pushed := item("pushed")
		pushed.SourceID, pushed.Link, pushed.Title, pushed.FirstSeen = "pushed", "https://pushed.example/1", "Water agreement: what now", began.Add(5*time.Second)
		time.AfterFunc(5*time.Second, func() {
			m.mu.Lock()
			m.items = append(m.items, pushed)
			m.mu.Unlock()
		})
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(m.articles) != backlog+3 {
			t.Errorf("%d articles, want %d", len(m.articles), backlog+3)
		}
		if at := seen[copied.Title]; at > time.Second {
			t.Errorf("the article of another host waited for %v", at)
		}
		if at := seen[pushed.Title] - 5*time.Second; at > time.Second {
			t.Errorf("what was pushed meanwhile waited for %v", at)
		}
		if root := m.articles["copied"].WireRoot; root != m.articles["agency"].ID || m.articles["agency"].WireRoot != "" {
			t.Errorf("the copy is of %q, the agency's of %q", root, m.articles["agency"].WireRoot)
		}
	})
}

// Articles of many sources are made at once while others are kept: run it under -race.
func TestManySourcesAtOnce(t *testing.T) {
	t.Parallel()
	var items []*news.Item
	for n := range 400 {
		it := item(fmt.Sprint("i", n))
		it.SourceID, it.Link = fmt.Sprint("source", n%80), fmt.Sprintf("https://h%d.example/%d", n%80, n)
		items = append(items, it)
	}
	m := newMemory(items...)
	s := New(Options{Store: m, Pages: true, Fetcher: &web{get: paged(asPage(wire))}, Now: func() time.Time { return start }})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(m.articles) != len(items) {
		t.Errorf("%d articles of %d items", len(m.articles), len(items))
	}
}

func TestArticleID(t *testing.T) {
	of := func(link, guid string) string {
		return ArticleID(&news.Item{SourceID: "s", Link: link, GUID: guid, Key: guid})
	}
	for _, same := range []string{
		"https://A.example/x", "https://a.example/x#top", "https://a.example/x?utm_source=rss&fbclid=1", "https://a.example:443/x",
	} {
		if of(same, "g") != of("https://a.example/x", "other") {
			t.Errorf("%s is another article", same)
		}
	}
	for _, differs := range []string{"https://a.example/x/", "https://a.example/x?id=1", "https://b.example/x", "http://a.example/x", "urn:x", ""} {
		if of(differs, "g") == of("https://a.example/x", "g") {
			t.Errorf("%s is the same article", differs)
		}
	}
	if of("", "g") == of("", "h") {
		t.Error("two guids are one article")
	}
}

// A bug in what fetches or reads a page costs the item its page, and no other anything.
func TestPanicCostsThePageOnly(t *testing.T) {
	m := newMemory(item("a"), item("b"))
	s := New(Options{Store: m, Pages: true, Now: func() time.Time { return start }, Fetcher: &web{get: func(url string) (*fetch.Response, error) {
		if strings.HasSuffix(url, "/a") {
			panic("a bug")
		}
		return paged(asPage(wire))(url)
	}}})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := m.articles["a"]; a == nil || !strings.Contains(a.Basis, "a bug") {
		t.Errorf("article of the item whose page panics: %+v", a)
	}
	if b := m.articles["b"]; b == nil || !strings.HasPrefix(b.Basis, "page") {
		t.Errorf("article of the other: %+v", b)
	}
}
