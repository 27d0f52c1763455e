package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

var update = flag.Bool("update", false, "rewrite the expected pages")

// serve returns the site over a World.
func serve(tb testing.TB, w *webtest.World, change ...func(*web.Options)) http.Handler {
	tb.Helper()
	o := web.Options{
		Store: w, HubName: "Both Sides of the River", HubURL: "https://hub.example",
		Operator: "The Library of Pell", Contact: "hub@library.example", Version: "1.2.3",
		Lenses: func(context.Context) ([]news.Lens, error) { return w.Lenses(), nil },
		Now:    func() time.Time { return webtest.Now },
		Topics: func() []news.Subject {
			return []news.Subject{{ID: "weir", Title: "The Halda weir", Words: "weir", Languages: []string{"en"}}, {ID: "ferries", Title: "Ferries", Words: "ferry"}}
		},
	}
	for _, c := range change {
		c(&o)
	}
	h, err := web.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func get(tb testing.TB, h http.Handler, path string, header ...string) *http.Response {
	tb.Helper()
	return ask(tb, h, http.MethodGet, path, header...)
}

func ask(tb testing.TB, h http.Handler, method, path string, header ...string) *http.Response {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

func read(tb testing.TB, res *http.Response) []byte {
	tb.Helper()
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// article returns the id of the nth article of a source.
func article(w *webtest.World, source string, n int) string {
	for _, id := range w.Order {
		if w.ByID[id].SourceID == source {
			if n--; n < 0 {
				return id
			}
		}
	}
	panic("no such article of " + source)
}

// pages are one of each, by the name of its golden file.
func pages(w *webtest.World) map[string]string {
	return map[string]string{
		"front": "/", "front-control": "/?lens=control", "story": "/story/weir", "story-country": "/story/weir?lens=country",
		"story-one-side": "/story/strike", "article-edited": "/article/" + article(w, "sudermark-voice", 0),
		"article-excerpt": "/article/" + article(w, "norrland-today", 0), "article-link": "/article/" + article(w, "harbour-lights", 0),
		"article-rtl": "/article/" + article(w, "al-mirsad", 0), "article-copy": "/article/" + article(w, "delta-courier", 0),
		"article-via": "/article/" + article(w, "southern-star", 1), "article-via-otherwise": "/article/" + article(w, "plain-dealer", 1),
		"story-edited": "/story/ferry", "article-why": "/article/" + article(w, "plain-dealer", 1) + "/why",
		"beside":           "/article/" + article(w, "norrland-today", 0) + "/beside/" + article(w, "meridian", 0),
		"beside-rtl":       "/article/" + article(w, "nordwire", 0) + "/beside/" + article(w, "al-mirsad", 0),
		"article-why-copy": "/article/" + article(w, "delta-courier", 0) + "/why",
		"source-copies":    "/source/plain-dealer",
		"source-repeats":   "/source/nordwire", "article-notice": "/article/" + article(w, "nordwire", 0),
		"article-withdrawn": "/article/" + article(w, "old-mill", 0), "sources": "/sources", "source": "/source/norrland-today",
		"source-blocked": "/source/delta-courier", "source-ended": "/source/old-mill", "disclosure": "/source/norrland-today/disclosure/3",
		"disclosure-before": "/source/norrland-today/disclosure/2", "disclosure-ended": "/source/old-mill/disclosure/1", "lens": "/lens/river/north", "search": "/search?q=weir+villages",
		"search-empty": "/search", "search-nothing": "/search?q=zeppelin", "about": "/about", "feeds": "/feeds", "api": "/api", "card": "/story/weir/card", "card-article": "/article/" + article(w, "al-mirsad", 0) + "/card", "blindspots": "/blindspots", "edits": "/edits", "edits-source": "/source/sudermark-voice/edits", "topic": "/topic/weir", "not-found": "/nothing/here",
	}
}

// Every page is well-formed and light, its links lead somewhere, and it reads as it did.
func TestPages(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	checked := map[string]bool{}
	for name, path := range pages(w) {
		t.Run(name, func(t *testing.T) {
			res := get(t, h, path)
			body := read(t, res)
			want := http.StatusOK
			switch name {
			case "not-found":
				want = http.StatusNotFound
			case "article-withdrawn":
				want = http.StatusGone
			}
			if res.StatusCode != want {
				t.Fatalf("GET %s: status %d, want %d", path, res.StatusCode, want)
			}
			p := webtest.CheckPage(t, name, body)
			weight := len(body)
			for _, s := range p.Style {
				weight += len(read(t, get(t, h, s)))
			}
			if weight > webtest.MaxPage {
				t.Errorf("%s weighs %d bytes with its styles, more than %d", name, weight, webtest.MaxPage)
			}
			for _, link := range p.Links {
				link, _, _ = strings.Cut(link, "#")
				if !strings.HasPrefix(link, "/") || checked[link] {
					continue
				}
				checked[link] = true
				if res := get(t, h, link); res.StatusCode != http.StatusOK && link != "/source/old-mill" {
					t.Errorf("%s links to %s, which answers %d", name, link, res.StatusCode)
				}
			}
			golden(t, name+".html", body)
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s mismatch (-want +got):\n%s", name, diff)
	}
}

// What is asked, and what is answered.
func TestAnswers(t *testing.T) {
	w := webtest.New()
	h := serve(t, w, func(o *web.Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "parallax_up 1\n") })
	})
	withdrawn := article(w, "old-mill", 0)
	for _, c := range []struct {
		method, path string
		status       int
		has, not     string // in the body
		location     string
	}{
		{"GET", "/", 200, "found on one side only", "Old Mill", ""},
		{"HEAD", "/", 200, "", "html", ""},
		{"GET", "/?lens=nope", 404, "no lens of this name", "", ""},
		{"GET", "/story/weirmergedstory", 308, "", "", "/story/weir"},
		{"GET", "/story/weirmergedstory?lens=control", 308, "", "", "/story/weir?lens=control"},
		{"GET", "/story/weirmergedstory/feed.atom", 308, "", "", "/story/weir/feed.atom"},
		{"GET", "/story/weir", 200, "most words in common", "", ""},
		{"GET", "/story/budget", 200, "In the words of", "most words in common", ""},
		{"GET", "/source/southern-star", 200, "withheld for legal reasons", "ask for another route", ""},
		{"GET", "/story/nope", 404, "knows no story", "", ""},
		{"GET", "/story/mill", 410, "no longer carried", "", ""},
		{"GET", "/story/mill/feed.rss", 410, "no longer carried", "", ""},
		{"GET", "/article/nope", 404, "knows no article", "", ""},
		{"GET", "/article/" + withdrawn, 410, "10 November 2026", "mill wheel", ""},
		{"GET", "/article/" + article(w, "norrland-today", 0), 200, "This is an excerpt", "", ""},
		{"GET", "/article/" + article(w, "nordwire", 0), 200, "Ingrid Solum", "This is an excerpt", ""},
		{"GET", "/article/" + article(w, "harbour-lights", 0), 200, "headline only", "", ""},
		{"GET", "/source/nope", 404, "no such source", "", ""},
		{"GET", "/source/old-mill", 200, "no longer carried since 10 November 2026", "feed.rss\" aria", ""},
		{"GET", "/source/old-mill/feed.json", 410, "no longer carried", "", ""},
		{"GET", "/source/norrland-today", 200, "No statement known.", "", ""},
		{"GET", "/lens/river/nope", 404, "no such side", "", ""},
		{"GET", "/lens/nope/north", 404, "no lens", "", ""},
		{"GET", "/search?q=WEIR", 200, "<mark>weir</mark>", "", ""},
		{"GET", "/search?q=wheel", 200, "Nothing that this hub carries", "mill wheel", ""},
		{"GET", "/search?q=" + strings.Repeat("a", 201), 400, "too long", "", ""},
		{"GET", "/search?q=weir&from=-1", 400, "no such page", "", ""},
		{"GET", "/search?q=weir&from=x", 400, "no such page", "", ""},
		{"GET", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", 200, "&lt;script&gt;", "<script>alert", ""},
		{"GET", "/search?q=%21%3F+%F0%9F%8C%8A", 200, "no word in this to look for", "holds all of these words", ""},
		{"GET", "/?after=zzz", 400, "no such page", "", ""},
		{"GET", "/lens/river/north?after=zzz", 400, "no such page", "", ""},
		{"GET", "/search/feed.rss", 400, "needs a search", "", ""},
		{"GET", "/static/layout.000000.css", 404, "", "", ""},
		{"GET", "/static/../web.go", 307, "", "", "/web.go"},
		{"GET", "/blindspots", 200, "1 story of the last 7 days could be judged", "", ""},
		{"GET", "/blindspots?lens=country", 200, "Norway", "Norrland</a>", ""},
		{"GET", "/blindspots/nope", 404, "no lens of this name", "", ""},
		{"GET", "/blindspots/river?page=2", 404, "no such page", "", ""},
		{"GET", "/blindspots/river/feed.json", 200, "Blindspots: The river dispute", "", ""},
		{"POST", "/", 405, "only be read", "", ""},
		{"DELETE", "/story/weir", 405, "only be read", "", ""},
		{"GET", "/robots.txt", 200, "Disallow: /search\nDisallow: /api/v1\n", "", ""},
		{"GET", "/favicon.svg", 200, "<svg", "", ""},
		{"GET", "/opensearch.xml", 200, "https://hub.example/search?q={searchTerms}", "", ""},
		{"GET", "/healthz", 200, "ok", "", ""},
		{"GET", "/readyz", 200, "ready", "", ""},
		{"GET", "/metrics", 200, "parallax_up 1", "", ""},
	} {
		res := ask(t, h, c.method, c.path)
		body := string(read(t, res))
		if res.StatusCode != c.status || !strings.Contains(body, c.has) || c.not != "" && strings.Contains(body, c.not) || res.Header.Get("Location") != c.location {
			t.Errorf("%s %s: status %d, location %q; want %d, %q; has %q: %t; has %q: %t", c.method, c.path, res.StatusCode, res.Header.Get("Location"),
				c.status, c.location, c.has, strings.Contains(body, c.has), c.not, strings.Contains(body, c.not))
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; img-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", c.path, csp)
		}
		if res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", c.path)
		}
	}
}

// Who has a page already gets 304, until something changes; what is withdrawn changes
// the page although no date on it does.
func TestConditional(t *testing.T) {
	w := webtest.New()
	now := webtest.Now
	h := serve(t, w, func(o *web.Options) { o.Now = func() time.Time { return now } })
	for _, path := range []string{"/story/weir", "/feed.rss", "/feed.atom", "/feed.json", "/favicon.svg"} {
		young := get(t, h, path)
		if date := young.Header.Get("Last-Modified"); date != "" && path != "/favicon.svg" {
			t.Errorf("%s: within the second in which it was made another version may come, and it has the date %s", path, date)
		}
		now = now.Add(2 * time.Second)
		_ = read(t, get(t, h, path)) // where it tells how long ago something was, it may be another one
		now = now.Add(2 * time.Second)
		first := get(t, h, path)
		_ = read(t, first)
		etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if etag == "" || modified == "" {
			t.Fatalf("%s: ETag %q, Last-Modified %q", path, etag, modified)
		}
		if res := get(t, h, path, "If-None-Match", etag); res.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its ETag: %d, want 304", path, res.StatusCode)
		}
		if res := get(t, h, path, "If-Modified-Since", modified); res.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its date: %d, want 304", path, res.StatusCode)
		}
		zipped := get(t, h, path, "Accept-Encoding", "gzip")
		if zipped.Header.Get("Content-Encoding") != "gzip" {
			continue // too small
		}
		if zipped.Header.Get("ETag") == etag {
			t.Errorf("%s: the compressed form has the same strong ETag", path)
		}
		z, err := gzip.NewReader(bytes.NewReader(read(t, zipped)))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(plain, read(t, get(t, h, path))) {
			t.Errorf("%s: the compressed form differs: %v", path, err)
		}
	}
	before := get(t, h, "/feed.atom")
	etag, modified := before.Header.Get("ETag"), before.Header.Get("Last-Modified")
	for _, s := range w.SourceList {
		if s.ID == "tarn" {
			s.Carriage.Until = now
		}
	}
	now = now.Add(2 * time.Second)
	for _, header := range [][]string{{"If-None-Match", etag}, {"If-Modified-Since", modified}} {
		if res := get(t, h, "/feed.atom", header...); res.StatusCode != http.StatusOK || strings.Contains(string(read(t, res)), "Tarn</title>") {
			t.Errorf("after a withdrawal, %s: status %d, or the withdrawn outlet is still there", header[0], res.StatusCode)
		}
	}
}

// A database that has gone away gives a calm page and one line in the log, which does
// not hold what the reader asked for.
func TestFailure(t *testing.T) {
	w := webtest.New()
	w.Err = errors.New("the database has gone away")
	var log bytes.Buffer
	h := serve(t, w, func(o *web.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		o.Ready = func(context.Context) error { return w.Err }
	})
	res := get(t, h, "/search?q=secretword")
	body := read(t, res)
	if res.StatusCode != http.StatusInternalServerError || !bytes.Contains(body, []byte("not your doing")) || bytes.Contains(body, []byte("database")) {
		t.Errorf("status %d, body:\n%s", res.StatusCode, body)
	}
	webtest.CheckPage(t, "500", body)
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "gone away") || strings.Contains(got, "secretword") {
		t.Errorf("log: %s", got)
	}
	if res := get(t, h, "/readyz"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d, want 503", res.StatusCode)
	}
	if res := get(t, h, "/healthz"); res.StatusCode != http.StatusOK {
		t.Errorf("/healthz: %d, want 200", res.StatusCode)
	}
}

// An empty hub has pages, too.
func TestEmpty(t *testing.T) {
	h := serve(t, &webtest.World{})
	for _, path := range []string{"/", "/sources", "/feeds", "/about", "/blindspots", "/search", "/search?q=a", "/feed.rss", "/feed.atom", "/feed.json"} {
		res := get(t, h, path)
		body := read(t, res)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if !strings.Contains(path, "feed.") {
			webtest.CheckPage(t, path, body)
		}
	}
}

// A hub of a hundred outlets and stories that twenty of them tell still has light pages.
func TestWeight(t *testing.T) {
	w := webtest.New()
	for i := range 90 {
		s := *w.SourceList[i%11]
		s.ID, s.Name = fmt.Sprintf("outlet-%d", i), fmt.Sprintf("%s of the province number %d", s.Name, i)
		w.SourceList = append(w.SourceList, &s)
	}
	for i := range 40 {
		for j := range 20 {
			a := *w.ByID[w.Order[j%7]]
			a.ID, a.StoryID, a.SourceID = fmt.Sprintf("a%d-%d", i, j), fmt.Sprintf("big%d", i), fmt.Sprintf("outlet-%d", (i+j*3)%90)
			a.Lead = strings.Repeat("What happened is told at some length. ", 12)
			w.ByID[a.ID] = &a
			w.Order = append(w.Order, a.ID)
		}
	}
	h := serve(t, w)
	for _, path := range []string{"/", "/?lens=country", "/story/big1", "/story/big2?lens=language", "/sources", "/sources?page=3", "/feeds", "/lens/river/north", "/blindspots", "/blindspots/country"} {
		res := get(t, h, path)
		body := read(t, res)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
		p := webtest.CheckPage(t, path, body)
		weight := len(body)
		for _, s := range p.Style {
			weight += len(read(t, get(t, h, s)))
		}
		t.Logf("%s weighs %d bytes with its styles", path, weight)
		if weight > webtest.MaxPage {
			t.Errorf("%s weighs %d bytes with its styles, more than %d", path, weight, webtest.MaxPage)
		}
	}
}

// What was taken in after its outlet's time, and what was kept for its own time, say why
// they are not shown; neither names a moment before the hub first saw it.
func TestWithdrawn(t *testing.T) {
	w := webtest.New()
	for _, s := range w.SourceList {
		switch s.ID {
		case "tarn":
			s.Carriage.Keep = time.Hour
		case "meridian":
			s.Carriage.Until = webtest.Hours(200)
		}
	}
	h := serve(t, w)
	for source, want := range map[string][]string{
		"tarn":     {"carries articles of Tarn for 1 hour each.", "until <time datetime=\"2026-11-12T14:48:00Z\">", "unless the operator carries articles for longer."},
		"meridian": {"was here, first seen <time", "it is not taken in again unless the operator carries the outlet again."},
	} {
		res := get(t, h, "/article/"+article(w, source, 0))
		body := string(read(t, res))
		for _, want := range want {
			if res.StatusCode != http.StatusGone || !strings.Contains(body, want) || strings.Contains(body, "announced") {
				t.Errorf("%s: status %d, or it does not say %q:\n%s", source, res.StatusCode, want, body)
			}
		}
	}
}
