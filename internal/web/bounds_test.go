package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// Whatever a reader writes into an address, it is not the hub that failed: no page
// panics, answers 5xx, or writes an error into the log.
func TestChangedAddresses(t *testing.T) {
	w := webtest.New()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.ApplySources(t.Context(), w.SourceList, webtest.Now); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logged := func(o *web.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }
	for name, h := range map[string]http.Handler{
		"world": serve(t, w, logged),
		"store": serve(t, w, logged, func(o *web.Options) { o.Store = db }),
	} {
		for _, path := range []string{
			"/", "/story/weir", "/article/" + article(w, "sudermark-voice", 0), "/search", "/sources", "/source/tarn", "/lens/river/north", "/about", "/feeds", "/blindspots", "/blindspots/river", "/blindspots/%ff", "/blindspots/river/feed.json",
			"/feed.rss", "/story/weir/feed.atom", "/source/tarn/feed.json", "/lens/river/north/feed.rss", "/search/feed.rss", "/search/feed.atom", "/search/feed.json",
			"/static/layout.css", "/favicon.svg", "/opensearch.xml", "/robots.txt", "/healthz", "/readyz", "/nothing/here",
			"/story/%00", "/story/%ff%fe", "/article/%00", "/source/%ff", "/source/%00/feed.rss", "/lens/%00/%ff", "/lens/river/%ff/feed.json",
		} {
			for _, key := range []string{"page", "after", "lens", "q", "from"} {
				for _, value := range []string{
					"9223372036854775807", "9223372036854775808", "-9223372036854775808", "184467440737095517", "-1", "0", "2", "1e9", "x", " ",
					"\x00", "a\x00b", "\xff\xfe", "a\xffb", strings.Repeat("a", 10<<10), "cyAxIGE", "cyBOYU4gYQ", "cyArSW5mIGE", "YSA5MjIzMzcyMDM2ODU0Nzc1ODA3IGE", "\"'<>&",
				} {
					res := get(t, h, path+"?"+url.Values{key: {value}}.Encode())
					body := read(t, res)
					if res.StatusCode >= 500 || strings.Contains(res.Header.Get("Content-Type"), "json") && !json.Valid(body) {
						t.Errorf("%s: %s?%s=%.40q: status %d", name, path, key, value, res.StatusCode)
					}
				}
			}
		}
	}
	if log.Len() > 0 {
		t.Errorf("log: %s", log.String())
	}
}

// A page that is not there is told from one that is.
func TestPagesOfLists(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	for i := range 100 {
		s := *w.SourceList[1]
		s.ID = fmt.Sprintf("outlet-%d", i)
		w.SourceList = append(w.SourceList, &s)
	}
	for path, want := range map[string]int{
		"/sources?page=1": 200, "/sources?page=3": 200, "/sources?page=4": 404, "/sources?page=0": 404, "/sources?page=-1": 404,
		"/sources?page=9223372036854775807": 404, "/feeds?page=3": 200, "/feeds?page=4": 404, "/feeds?page=9223372036854775807": 404,
		"/feeds?page=x": 404, "/?after=x": 400, "/lens/river/north?after=x": 400,
	} {
		if res := get(t, h, path); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
}

// An article that changes all day, and each time altogether, has a light page that is
// made at once, whatever the terms on which it is carried.
func TestManyChanges(t *testing.T) {
	for _, mode := range []news.Mode{news.FullText, news.Excerpt, news.Link} {
		w := webtest.New()
		id := article(w, "sudermark-voice", 0)
		for _, s := range w.SourceList {
			if s.ID == "sudermark-voice" {
				s.Carriage.Mode = mode
			}
		}
		text := func(n int) string {
			var b strings.Builder
			for i := range 1500 {
				fmt.Fprintf(&b, "word%d ", (i*7919+n*104729)%5003)
			}
			return b.String()
		}
		w.History[id] = nil
		for n := range 300 {
			w.History[id] = append(w.History[id], news.Revision{N: n + 1, SeenAt: webtest.Hours(300 - float64(n)), Title: fmt.Sprintf("Version %d", n), Text: text(n)})
		}
		h := serve(t, w)
		began := time.Now()
		body := string(read(t, get(t, h, "/article/"+id)))
		took := time.Since(began)
		t.Logf("%s: the page took %s and weighs %d bytes", mode, took, len(body))
		if took > 5*time.Second { // some 0.1 s; without a bound 40
			t.Errorf("%s: the page took %s", mode, took)
		}
		webtest.CheckPage(t, string(mode), []byte(body))
		if n := strings.Count(body, "<h3>Version"); n != 20 {
			t.Errorf("%s: the page shows %d changes, want 20", mode, n)
		}
		if !strings.Contains(body, "Version 300,") || !strings.Contains(body, "279 earlier changes") {
			t.Errorf("%s: the latest change, or how many are left out, is not told", mode)
		}
		if got := strings.Contains(body, "More changed than fits"); got != (mode == news.FullText) {
			t.Errorf("%s: says that more changed: %t", mode, got)
		}
		if len(body) > webtest.MaxPage {
			t.Errorf("%s: the page weighs %d bytes, more than %d", mode, len(body), webtest.MaxPage)
		}
	}
}

// A reader who has gone is not compared for.
func TestChangesOfAReaderWhoHasGone(t *testing.T) {
	w := webtest.New()
	var log bytes.Buffer
	h := serve(t, w, func(o *web.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, "/article/"+article(w, "sudermark-voice", 0), nil))
	if rec.Body.Len() > 0 || log.Len() > 0 {
		t.Errorf("%d bytes were made, log: %s", rec.Body.Len(), log.String())
	}
}

// A counted store counts how often its sources are asked for.
type counted struct {
	*webtest.World
	mu   sync.Mutex // guards n
	n    int
	wait time.Duration
}

func (c *counted) Sources(ctx context.Context) ([]*news.Source, error) {
	time.Sleep(c.wait) // in a bubble of synctest
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return c.World.Sources(ctx)
}

// The sources are read once a second, however many pages are asked for; a withdrawal
// does not wait for that.
func TestSourcesAreReadOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counted{World: webtest.New(), wait: 10 * time.Millisecond}
		began := time.Now()
		now := func() time.Time { return webtest.Now.Add(time.Since(began)) }
		h := serve(t, c.World, func(o *web.Options) { o.Store, o.Now = c, now })
		all := func() {
			var readers sync.WaitGroup
			for range 20 {
				readers.Go(func() { _ = read(t, get(t, h, "/")) })
			}
			readers.Wait()
		}
		all()
		if all(); c.n != 1 {
			t.Errorf("40 pages within a second read the sources %d times", c.n)
		}
		if !strings.Contains(string(read(t, get(t, h, "/feed.json"))), "Tarn") {
			t.Fatal("an outlet is not in the feed")
		}
		for i, s := range c.SourceList {
			if s.ID == "tarn" {
				ended := *s // the snapshot keeps the old one
				ended.Carriage.Until = now()
				c.SourceList[i] = &ended
			}
		}
		if strings.Contains(string(read(t, get(t, h, "/feed.json"))), "Tarn") {
			t.Error("an outlet that was withdrawn is still in the feed")
		}
		time.Sleep(time.Second)
		if all(); c.n != 2 {
			t.Errorf("after a second the sources were read %d times, want 2", c.n)
		}
	})
}

// What is not carried yet is not said to have ended.
func TestPending(t *testing.T) {
	w := webtest.New()
	for _, s := range w.SourceList {
		if s.ID == "old-mill" {
			s.Carriage.From, s.Carriage.Until = webtest.Now.AddDate(0, 0, 3), time.Time{}
		}
	}
	w.ByID[article(w, "old-mill", 0)].Purged = time.Time{}
	h := serve(t, w)
	for _, path := range []string{"/story/mill", "/story/mill/feed.rss", "/source/old-mill/feed.atom", "/article/" + article(w, "old-mill", 0)} {
		res := get(t, h, path)
		if body := string(read(t, res)); res.StatusCode != http.StatusNotFound || !strings.Contains(body, "not carried yet") || !strings.Contains(body, "15 November 2026") {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
}

// The feed of a story has the headline of its page, also where the article that has it
// is not among the latest.
func TestHeadlineOfALargeStory(t *testing.T) {
	w := webtest.New()
	head := w.ByID[w.Heads["weir"]]
	for i := range 80 {
		a := *head
		a.ID, a.Title, a.URL = fmt.Sprintf("later%d", i), fmt.Sprintf("A later report %d", i), fmt.Sprintf("https://tarn.example/%d", i)
		a.SourceID, a.Published = "tarn", webtest.Now.Add(-time.Duration(i)*time.Second)
		w.ByID[a.ID] = &a
		w.Order = append(w.Order, a.ID)
	}
	var got struct {
		Title string `json:"title"`
	}
	if err := json.Unmarshal(read(t, get(t, serve(t, w), "/story/weir/feed.json")), &got); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Title, head.Title+" ·") {
		t.Errorf("the feed is called %q, its page %q", got.Title, head.Title)
	}
}
