package newsroom

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"parallax/feed"
	"parallax/internal/hub"
	"parallax/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// day1 is in winter, far from any date on which clocks are changed.
var day1 = time.Date(2031, 1, 15, 0, 0, 0, 0, time.FixedZone("", 2*3600))

func start(t *testing.T) *World {
	t.Helper()
	w, err := Start(t.Context(), Options{Start: day1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// client asks without following redirects and keeps no connections.
func client(t *testing.T) *http.Client {
	t.Helper()
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t *testing.T, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read to its end
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func parsed(t *testing.T, w *World, o *Outlet) *feed.Feed {
	t.Helper()
	res, body := get(t, w.FeedURL(o.ID))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("feed of %s: %s", o.ID, res.Status)
	}
	f, err := feed.Parse(body, feed.Options{URL: w.FeedURL(o.ID), ContentType: res.Header.Get("Content-Type")})
	if err != nil {
		t.Fatalf("feed of %s: %v", o.ID, err)
	}
	return f
}

// Every feed is read by our parser without a problem, and holds what its outlet has
// told, the newest first; the XML ones are well-formed.
func TestFeeds(t *testing.T) {
	w := start(t)
	for _, o := range w.Script().Outlets {
		if o.State != Up {
			continue
		}
		f := parsed(t, w, o)
		if want := map[string]feed.Format{"rss": feed.RSS20, "atom": feed.Atom10, "rdf": feed.RSS10, "json": feed.JSON11}[o.Format]; f.Format != want {
			t.Errorf("%s: format %s, want %s", o.ID, f.Format, want)
		}
		if len(f.Problems) > 0 {
			t.Errorf("%s: problems %v", o.ID, f.Problems)
		}
		type got struct{ ID, URL, Title, Author, Time string }
		var have, want []got
		for _, e := range f.Entries {
			g := got{ID: e.ID, URL: e.Link, Title: html.UnescapeString(e.Title.Body), Time: e.Published.Format(time.RFC3339)}
			if len(e.Authors) > 0 {
				g.Author = e.Authors[0].Name
			}
			have = append(have, g)
			if e.Summary.Body == "" && e.Content.Body == "" {
				t.Errorf("%s: %s has no text", o.ID, e.Title.Body)
			}
		}
		for i := range min(len(o.tellings), feedSize) {
			x := o.tellings[len(o.tellings)-1-i]
			v := x.at(evening)
			want = append(want, got{w.GUID(x), w.URL(x), v.Title, v.By, w.start.Add(x.Versions[0].From).Format(time.RFC3339)})
		}
		for i := range have {
			at, err := time.Parse(time.RFC3339, have[i].Time)
			if err != nil {
				t.Fatal(err)
			}
			have[i].Time = at.In(w.start.Location()).Format(time.RFC3339)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("feed of %s mismatch (-want +got):\n%s", o.ID, diff)
		}

		if o.Format == "json" {
			continue
		}
		_, body := get(t, w.FeedURL(o.ID))
		d := xml.NewDecoder(strings.NewReader(string(body)))
		d.CharsetReader = charset.NewReaderLabel
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("feed of %s is not well-formed: %v", o.ID, err)
				break
			}
		}
	}
}

// Every article page stands where the feed says and holds the text, once; every other
// page that a reader or a claim may lead to is there.
func TestPages(t *testing.T) {
	w := start(t)
	urls := map[string]string{}
	charts := 0
	for _, o := range w.Script().Outlets {
		if o.State != Up {
			continue
		}
		for _, x := range o.tellings {
			u := w.URL(x)
			if other := urls[u]; other != "" {
				t.Errorf("%s and %s share the address %s", x.Event.ID, other, u)
			}
			urls[u] = x.Event.ID
			res, body := get(t, u)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s: %s, %s", u, res.Status, res.Header.Get("Content-Type"))
			}
			if c := x.at(evening).Chart; c != nil {
				at := w.chartURL(x)
				if !strings.Contains(string(body), `<img src="`+at+`"`) {
					t.Errorf("%s does not show %s", u, at)
				}
				res, picture := get(t, at)
				if img, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || img.Width != chartWidth || res.Header.Get("Content-Type") != "image/png" {
					t.Errorf("%s: %s, %v", at, res.Status, err)
				}
				charts++
			}
			text := html.UnescapeString(string(body))
			for _, p := range x.at(evening).Paragraphs {
				if strings.Count(text, "<p>"+p+"</p>") != 1 {
					t.Errorf("%s: paragraph %q stands there %d times", u, p[:20], strings.Count(text, "<p>"+p+"</p>"))
				}
			}
		}
		res, home := get(t, w.Home(o.ID))
		if res.StatusCode != http.StatusOK {
			t.Errorf("home of %s: %s", o.ID, res.Status)
		}
		if links := feed.Find(home, w.Home(o.ID)); len(links) != 1 || links[0].URL != w.FeedURL(o.ID) {
			t.Errorf("home of %s leads to %v, want its feed %s", o.ID, links, w.FeedURL(o.ID))
		}
		base := strings.TrimSuffix(w.Home(o.ID), "/")
		for path, want := range map[string]int{"/about": 200, "/licence": 200, "/robots.txt": 200, "/nothing": 404, "/?p=1": 404, "/pictures/1.png": 404} {
			if res, _ := get(t, base+path); res.StatusCode != want {
				t.Errorf("%s%s: %s, want %d", base, path, res.Status, want)
			}
		}
		if o.GUID == "query" {
			if res, _ := get(t, w.GUID(o.tellings[0])); res.Header.Get("Location") != w.URL(o.tellings[0]) {
				t.Errorf("%s leads to %q", w.GUID(o.tellings[0]), res.Header.Get("Location"))
			}
		}
		if res, body := get(t, w.observatory+"/outlets/"+o.ID); res.StatusCode != http.StatusOK || !strings.Contains(html.UnescapeString(string(body)), o.Name) {
			t.Errorf("the register on %s: %s", o.ID, res.Status)
		}
	}
	if charts == 0 {
		t.Error("no outlet has a picture")
	}
	for path, want := range map[string]int{"/": 200, "/blocked": 200, "/outlets/nobody": 404} {
		if res, _ := get(t, w.observatory+path); res.StatusCode != want {
			t.Errorf("the register's %s: %s, want %d", path, res.Status, want)
		}
	}
}

func TestBlockedAndDown(t *testing.T) {
	w := start(t)
	for _, o := range w.Script().Outlets {
		switch o.State {
		case Up:
		case Blocked:
			res, _ := get(t, w.FeedURL(o.ID))
			if res.StatusCode != http.StatusUnavailableForLegalReasons || !strings.HasSuffix(res.Header.Get("Link"), `/blocked>; rel="blocked-by"`) {
				t.Errorf("%s: %s, Link %q", o.ID, res.Status, res.Header.Get("Link"))
			}
		case Down:
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.FeedURL(o.ID), nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := client(t).Do(req)
			if err == nil {
				_ = res.Body.Close()
			}
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("%s: %v, want a refused connection", o.ID, err)
			}
		}
	}
}

func TestNotModified(t *testing.T) {
	w := start(t)
	url := w.FeedURL("radio-lorvane")
	first, body := get(t, url)
	etag, modified := first.Header.Get("Etag"), first.Header.Get("Last-Modified")
	if etag == "" || modified == "" {
		t.Fatalf("headers %v", first.Header)
	}
	ask := func(want int, header ...string) {
		t.Helper()
		res, again := get(t, url, header...)
		if res.StatusCode != want {
			t.Errorf("%v: %s, want %d", header, res.Status, want)
		}
		if want == http.StatusNotModified && len(again) != 0 {
			t.Errorf("%v: a 304 with %d bytes", header, len(again))
		}
	}
	ask(304, "If-None-Match", etag)
	ask(304, "If-None-Match", `"other", `+etag)
	ask(304, "If-None-Match", strings.TrimPrefix(etag, "W/"))
	ask(304, "If-Modified-Since", modified)
	ask(304, "If-None-Match", etag, "Accept-Encoding", "gzip")
	ask(200, "If-None-Match", `"other"`, "If-Modified-Since", modified)
	ask(200, "If-Modified-Since", day1.UTC().Format(http.TimeFormat))
	ask(200)

	res, packed := get(t, url, "Accept-Encoding", "gzip")
	if res.Header.Get("Content-Encoding") != "gzip" || len(packed) > len(body)/2 {
		t.Errorf("%d bytes compressed, %d not", len(packed), len(body))
	}

	w.At(w.End()) // which edits an article silently
	ask(200, "If-None-Match", etag)
	ask(200, "If-Modified-Since", modified)
}

// Nothing is to be seen before its time, and what happens after the evening is two
// silent edits and a retraction.
func TestClock(t *testing.T) {
	w := start(t)
	w.At(day1)
	for _, o := range w.Script().Outlets {
		if o.State == Up && len(parsed(t, w, o).Entries) != 0 {
			t.Errorf("%s has news before the first day", o.ID)
		}
	}
	ferry := w.find(t, "103-ferry-fog", "radio-lorvane")
	for _, tt := range []struct {
		at     time.Duration
		status int
		title  string
	}{
		{16*time.Hour + 4*time.Minute, 404, ""},
		{16*time.Hour + 5*time.Minute, 200, "Keldish patrol boat rams ferry"},
		{42*time.Hour + 20*time.Minute, 200, "Ferry and Keldish patrol boat collide"},
	} {
		w.At(day1.Add(tt.at))
		res, body := get(t, w.URL(ferry))
		if res.StatusCode != tt.status || !strings.Contains(string(body), tt.title) {
			t.Errorf("after %s: %s, no %q", tt.at, res.Status, tt.title)
		}
	}

	w.At(w.Evening())
	type seen struct{ title, updated string }
	all := func() map[string]seen {
		m := map[string]seen{}
		for _, o := range w.Script().Outlets {
			if o.State == Up {
				for _, e := range parsed(t, w, o).Entries {
					m[e.Link] = seen{e.Title.Body, e.Updated.Format(time.RFC3339)}
				}
			}
		}
		return m
	}
	before := all()
	w.At(w.End())
	changed := map[string]seen{}
	for url, now := range all() {
		if now != before[url] {
			changed[url] = now
		}
	}
	for _, id := range []string{"radio-lorvane", "keldmark-one"} {
		url := w.URL(w.find(t, "301-storm-lands", id))
		if changed[url].title == "" {
			t.Errorf("%s edits nothing", id)
		}
		if changed[url].updated != before[url].updated {
			t.Errorf("the edit of %s is not silent", id)
		}
	}
	url := w.URL(w.find(t, "310-insurers", "lir-shipping-gazette"))
	if x := changed[url]; !strings.HasPrefix(x.title, "RETRACTED") || x.updated == before[url].updated {
		t.Errorf("the retraction: %+v", x)
	}
	if len(changed) != 3 {
		t.Errorf("%d articles change after the evening, want 3", len(changed))
	}

	clock := day1.Add(7 * time.Hour)
	own, err := Start(t.Context(), Options{Start: day1, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if n := len(parsed(t, own, own.Script().Outlets[10]).Entries); n != 1 {
		t.Errorf("with a clock of the caller: %d entries of %s, want 1", n, own.Script().Outlets[10].ID)
	}
}

func (w *World) find(t *testing.T, event, outlet string) *Telling {
	t.Helper()
	for _, e := range w.script.Events {
		for _, x := range e.Tellings {
			if e.ID == event && x.Outlet.ID == outlet {
				return x
			}
		}
	}
	t.Fatalf("%s does not tell %s", outlet, event)
	return nil
}

// The hub reads the configuration as any other.
func TestHubTOML(t *testing.T) {
	w := start(t)
	text := w.HubTOML(`The "Sarn" in full`)
	c, err := hub.Parse("hub.toml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if c.Hub.Name != `The "Sarn" in full` || len(c.Sources) != len(w.Script().Outlets) || len(c.Fetch.AllowPrivate) != len(c.Sources) {
		t.Errorf("name %q, %d sources, %d addresses", c.Hub.Name, len(c.Sources), len(c.Fetch.AllowPrivate))
	}
	lenses := c.NewsLenses()
	if len(lenses) != 1 || len(lenses[0].Sides) != len(sides) {
		t.Fatalf("lenses %v", lenses)
	}
	states := map[news.CarriageState]int{}
	modes := map[news.Mode]int{}
	for _, s := range c.NewsSources() {
		if lenses[0].SideOf(s) == news.Unplaced {
			t.Errorf("%s is on no side", s.ID)
		}
		if err := s.Carriage.Check(); err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
		states[s.Carriage.At(w.Evening())]++
		modes[s.Carriage.EffectiveMode()]++
		for _, f := range s.Disclosure.Fields() {
			for _, x := range f.Claims {
				if !strings.HasPrefix(x.URL, "http://") {
					continue
				}
				if res, body := get(t, x.URL); res.StatusCode != http.StatusUnavailableForLegalReasons &&
					!strings.Contains(html.UnescapeString(string(body)), x.Value) {
					t.Errorf("%s: %q cannot be checked at %s: %s", s.ID, x.Value, x.URL, res.Status)
				}
			}
		}
	}
	if states[news.Withdrawn] != 1 || states[news.Carried] != len(c.Sources)-1 {
		t.Errorf("states of carriage: %v", states)
	}
	if modes[news.Link] == 0 || modes[news.FullText] == 0 || modes[news.Excerpt] == 0 {
		t.Errorf("modes of carriage: %v", modes)
	}
}

// With a port of its own, a world has the same addresses at every start; a port that
// is taken is an error that says so and leaves nothing running.
func TestPorts(t *testing.T) {
	probe := start(t)
	var taken int
	if _, err := fmt.Sscanf(probe.host("al-marsa"), "127.0.0.1:%d", &taken); err != nil {
		t.Fatal(err)
	}
	if w, err := Start(t.Context(), Options{Start: day1, Port: taken}); err == nil {
		w.Close()
		t.Error("two worlds on one port")
	} else if !errors.Is(err, syscall.EADDRINUSE) {
		t.Error(err)
	}
	if p := port(8500, 3); p != 8503 {
		t.Errorf("port %d", p)
	}
}

// The end of the context is the end of the world.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w, err := Start(ctx, Options{Start: day1})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	w.running.Wait()
	w.Close()
	w.Close() // twice is as good as once
}
