package extract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// rulesOf reads the rules of a fixture: its files whose names end with .txt.
func rulesOf(t *testing.T, ar *txtar.Archive) *siterule.Set {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range ar.Files {
		if strings.HasSuffix(f.Name, ".txt") {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	rules, err := siterule.Load(files)
	if err != nil || rules.Wrong > 0 {
		t.Fatal(err, rules.Problems)
	}
	return rules
}

// wholeOf makes a page whole with those of a fixture, which are named by their addresses.
func wholeOf(t *testing.T, page *Page, it *news.Item, rules *siterule.Set, pages map[string]string) *Page {
	t.Helper()
	got, err := page.Whole(t.Context(), it, feedText(it, nil).size, func(_ context.Context, url string) (*Page, error) {
		if html, ok := pages[url]; ok {
			return ReadPageBy(rules, []byte(html), url, "text/html; charset=utf-8")
		}
		return nil, &fetch.Error{URL: url, Status: http.StatusNotFound, Err: errors.New("404 Not Found")}
	})
	if err != nil && !settled(err) {
		t.Error(err)
	}
	return got
}

const (
	site  = "https://today.norrland.example/"
	third = "The third part tells of the council of Velm, which met on Tuesday and spoke of the water agreement for six hours, " +
		"until the last of its members had said what was to be said about the locks and the mills on the upper river."
	end = "The council of Velm and that of the river meet again in a week, and the water agreement is on the list of both."
)

// onPage is a page of an article with a link in its head.
func onPage(text, head string) string {
	return strings.Replace(asPage(text), "<title>", head+"<title>", 1)
}

// Which further pages are asked for, and what becomes of them.
func TestWhole(t *testing.T) {
	t.Parallel()
	half := strings.Join(strings.Split(wire, "\n\n")[:2], "\n\n")
	next := func(to string) string { return `<link rel=next href="` + to + `">` }
	amp, print := `<link rel=amphtml href="/amp/i">`, `<link rel="alternate" media="print" href="/print/i">`
	const rule = "next_page_link: //a[@class='on']\nsingle_page_link: //a[@class='all']"
	for _, tt := range []struct {
		name  string
		pages map[string]string // by path; one that is missing is not found
		rule  string
		asked []string // after the first
		text  string
		basis string // what is said of it besides
	}{
		{"a whole page asks for nothing", map[string]string{"i": onPage(wire, amp+print)}, "", nil, wire, ""},
		{"a whole page whose next is another article", map[string]string{"i": onPage(wire, next("/j")), "j": asPage(other)}, "", nil, wire, ""},
		{
			"pages that follow",
			map[string]string{"i": onPage(wire, next("/i/2")), "i/2": onPage(other, next("/i/3")), "i/3": onPage(third, next("/i/3"))},
			"",
			[]string{"i/2", "i/3"},
			wire + "\n\n" + other + "\n\n" + third, "; with the 2 pages that follow (<link rel=next>)",
		},
		{
			"one that follows, and says again what stood before",
			map[string]string{"i": onPage(wire+"\n\n"+half, next("?page=2")), "i?page=2": asPage(half + "\n\n" + other)},
			"",
			[]string{"i?page=2"},
			wire + "\n\n" + half + "\n\n" + other, "; with the page that follows (<link rel=next>)",
		},
		{
			"two of an interview, with one answer in the middle and at the end of both",
			map[string]string{"i": onPage("By Runa Sved, who reports from Velmora.\n\n"+half+"\n\nNo.\n\n"+third+"\n\nNo.", next("?page=2")), "i?page=2": asPage("By Runa Sved, who reports from Velmora.\n\n" + other + "\n\nNo.\n\n" + end + "\n\nNo.")},
			"",
			[]string{"i?page=2"},
			"By Runa Sved, who reports from Velmora.\n\n" + half + "\n\nNo.\n\n" + third + "\n\nNo.\n\n" + other + "\n\nNo.\n\n" + end + "\n\nNo.", "; with the page that follows (<link rel=next>)",
		},
		{
			"some that end as the first does",
			map[string]string{"i": onPage(half+"\n\n"+end, next("?page=2")), "i?page=2": onPage(third+"\n\n"+end, next("?page=3")), "i?page=3": asPage(other + "\n\n" + end)},
			"",
			[]string{"i?page=2", "i?page=3"},
			half + "\n\n" + end + "\n\n" + third + "\n\n" + other, "; with the 2 pages that follow (<link rel=next>)",
		},
		{"one that is the first again", map[string]string{"i": onPage(wire, next("/i/2")), "i/2": asPage(wire)}, "", []string{"i/2"}, wire, ""},
		{"one that is not to be had", map[string]string{"i": onPage(wire, next("/i/2"))}, "", []string{"i/2"}, wire, "; page 2 (<link rel=next>) was not to be had: 404 Not Found"},
		{
			"one that is about something else",
			map[string]string{"i": onPage(wire, next("/i/2")), "i/2": "<html lang=en><title>Ferry to sail at night</title><p>" + strings.Repeat("One more ferry is going to sail between the islands at night. ", 5)},
			"",
			[]string{"i/2"},
			wire, "; page 2 (<link rel=next>) is about something else",
		},
		{
			"one that is a wall",
			map[string]string{"i": onPage(wire, next("/i/2")), "i/2": "<title>Just a moment...</title><p>Checking your browser"},
			"",
			[]string{"i/2"},
			wire, "; page 2 (<link rel=next>) is none: the page is a challenge that asks for a browser",
		},
		{
			"the AMP version of what is cut",
			map[string]string{"i": onPage(half+"\n\nThe draft …", amp), "amp/i": asPage(wire)},
			"",
			[]string{"amp/i"},
			wire, "; the AMP version (<link rel=amphtml>) shows more",
		},
		{
			"the version for print of what shows nothing, and no other",
			map[string]string{"i": "<html>" + amp + print + "<title>Council rejects water agreement</title><p>Please enable JavaScript to view this page.", "print/i": asPage(wire)},
			"",
			[]string{"print/i"},
			wire, "; the version for print (<link rel=alternate media=print>) shows more",
		},
		{
			"versions that show less",
			map[string]string{"i": onPage(half+"\n\nThe draft …", amp+print), "amp/i": asPage("The council."), "print/i": asPage("The council.")},
			"",
			[]string{"print/i", "amp/i"},
			half + "\n\nThe draft …", "; the page shows only the beginning",
		},
		{
			"what is for subscribers is not looked for elsewhere",
			map[string]string{"i": onPage(half, amp+`<script type="application/ld+json">{"@type":"NewsArticle","headline":"Council rejects water agreement","isAccessibleForFree":false}</script>`), "amp/i": asPage(wire)},
			"", nil, half, "; the page shows only the beginning",
		},
		{"another site", map[string]string{"i": onPage(half+" …", strings.ReplaceAll(amp, "/amp", "https://amp.example/amp"))}, "", nil, half + " …", "; the page shows only the beginning"},
		{
			"a rule's page with the whole",
			map[string]string{"i": asPage(half) + `<a class=all href="/i?all">All</a><a class=on href="/on">On</a>`, "i?all": asPage(wire)},
			rule,
			[]string{"i?all"},
			wire, "; the page with the whole text (today.norrland.example.txt:2 single_page_link: //a[@class='all']) shows more",
		},
		{
			"a rule's page that follows",
			map[string]string{"i": asPage(wire) + `<a class=on href="/on">On</a>`, "on": asPage(other)},
			rule,
			[]string{"on"},
			wire + "\n\n" + other, "; with the page that follows (today.norrland.example.txt:1 next_page_link: //a[@class='on'])",
		},
		{
			"a rule's page that follows after one that is elsewhere and one that is gone",
			map[string]string{"i": asPage(wire) + `<a class=on href="https://b.example/on">On</a><a class=on href="/off">On</a><a class=on href="/on">On</a>`, "on": asPage(other) + `<a class=on href="https://b.example/on">On</a>`},
			rule,
			[]string{"off", "on"},
			wire + "\n\n" + other, "; with the page that follows (today.norrland.example.txt:1 next_page_link: //a[@class='on']); page 2 (today.norrland.example.txt:1 next_page_link: //a[@class='on']) is elsewhere; page 2 (today.norrland.example.txt:1 next_page_link: //a[@class='on']) was not to be had: 404 Not Found",
		},
		{
			"a rule's page with the whole that is gone, and one that follows",
			map[string]string{"i": asPage(wire) + `<a class=all href="/i?all">All</a><a class=on href="/on">On</a>`, "on": asPage(other)},
			rule,
			[]string{"i?all", "on"},
			wire + "\n\n" + other, "; with the page that follows (today.norrland.example.txt:1 next_page_link: //a[@class='on']); the page with the whole text (today.norrland.example.txt:2 single_page_link: //a[@class='all']) was not to be had: 404 Not Found",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			it := item("i")
			rules, err := siterule.Load(fstest.MapFS{"today.norrland.example.txt": {Data: []byte(tt.rule)}})
			if err != nil || rules.Wrong > 0 {
				t.Fatal(err, rules.Problems)
			}
			m, w := newMemory(it), &web{get: func(url string) (*fetch.Response, error) {
				if html, ok := tt.pages[strings.TrimPrefix(url, site)]; ok {
					return paged(html)(url)
				}
				return status(http.StatusNotFound)(url)
			}}
			if err := New(Options{Store: m, Fetcher: w, Pages: true, Rules: rules}).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			var asked []string
			for _, a := range tt.asked {
				asked = append(asked, site+a)
			}
			if diff := cmp.Diff(append([]string{site + "i"}, asked...), w.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			a := m.articles["i"]
			if diff := cmp.Diff(tt.text, a.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			basis, size, _ := strings.Cut(a.Basis, " characters, the page ")
			if basis != "page: the feed gives only 54" || strings.TrimLeft(size, "0123456789") != tt.basis {
				t.Errorf("basis %q", a.Basis)
			}
		})
	}
}

// A page whose next one fails for now is tried again, and at last kept without it.
func TestNextPageFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, head string
		tries      int
	}{
		{"the next page", `<link rel=next href="/i/2">`, maxTries},
		{"another version", `<link rel=amphtml href="/amp/i">`, 1},
	} {
		m, now := newMemory(item("i")), start
		w := &web{get: func(url string) (*fetch.Response, error) {
			if url == site+"i" {
				return paged(onPage(wire[:400]+" …", tt.head))(url)
			}
			return status(http.StatusServiceUnavailable)(url)
		}}
		s := New(Options{Store: m, Fetcher: w, Pages: true, Now: func() time.Time { return now }})
		for n := range tt.tries {
			if len(m.articles) > 0 {
				t.Errorf("%s: there is an article after %d tries", tt.name, n)
			}
			if err := s.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Hour)
		}
		a := m.articles["i"]
		if a == nil || !strings.Contains(a.Basis, "was not to be had: 503 Service Unavailable") || !strings.HasPrefix(a.Text, wire[:300]) {
			t.Errorf("%s: %+v", tt.name, a)
		}
	}
}

// Pages without end, and slow ones, are not followed for ever.
func TestManyPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, pause := range []time.Duration{0, 25 * time.Second} {
			n := 1
			p, err := ReadPage([]byte(onPage(wire, `<link rel=next href="/i/2">`)), site+"i", "")
			if err != nil {
				t.Fatal(err)
			}
			whole, err := p.Whole(t.Context(), item("i"), 0, func(ctx context.Context, url string) (*Page, error) {
				n++
				select {
				case <-time.After(pause):
				case <-ctx.Done():
					return nil, ctx.Err()
				}
				text := fmt.Sprintf("This is part %d of the council and its water agreement, and it is long enough to be the text of a page that follows.", n)
				return ReadPage([]byte(onPage(text, fmt.Sprintf(`<link rel=next href="/i/%d">`, n+1))), url, "")
			})
			want, last := 1+maxFollowing, "part 10"
			if pause > 0 {
				want, last = 4, "part 3"
			}
			if n != want || !strings.Contains(whole.Text(), last) || (err != nil) != (pause > 0) || err != nil && !settled(err) {
				t.Errorf("%v: %d pages, %v: …%s", pause, n, err, whole.Text()[len(wire):])
			}
		}
	})
}

// An outlet is asked for a page only while the Item is sure to stay ours: one that waited behind
// slow ones is claimed anew.
func TestLeaseOfTheLast(t *testing.T) {
	t.Parallel()
	var items []*news.Item
	for n := range 7 {
		items = append(items, item(fmt.Sprintf("i%d", n)))
	}
	m, now := newMemory(items...), start
	w := &web{get: func(url string) (*fetch.Response, error) {
		id := strings.TrimPrefix(url, site)
		m.mu.Lock()
		defer m.mu.Unlock()
		if left := m.lease[id].Sub(now); left < longest {
			t.Errorf("%s is asked for with a lease of %s", id, left)
		}
		now = now.Add(longest)
		return paged(asPage(wire))(url)
	}}
	s := New(Options{Store: m, Fetcher: w, Pages: true, Workers: 1, Now: func() time.Time {
		m.mu.Lock()
		defer m.mu.Unlock()
		return now
	}})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(m.articles) != len(items) || len(w.asked) != len(items) || len(m.released) == 0 {
		t.Errorf("%d articles; asked %v; released %v", len(m.articles), w.asked, m.released)
	}
}

func TestFollows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		first, next string
		n           int
		want        string // bare or named, if it does
	}{
		{"https://a.example/ferry", "https://a.example/ferry/2", 2, "bare"},
		{"https://a.example/ferry/", "https://www.a.example/ferry/2/", 2, "bare"},
		{"https://a.example/ferry", "https://a.example/ferry/page/2", 2, "named"},
		{"https://a.example/ferry.html", "https://a.example/ferry-2.html", 2, "bare"},
		{"https://a.example/ferry.html", "https://a.example/ferry,seite-3.html", 3, "named"},
		{"https://a.example/ferry-1.html", "https://a.example/ferry-2.html", 2, "bare"},
		{"https://a.example/ferry/1", "https://a.example/ferry/2", 2, "bare"},
		{"https://a.example/ferry", "https://a.example/ferry?page=2", 2, "named"},
		{"https://a.example/ferry?id=7", "https://a.example/ferry?id=7&page=1", 2, "named"},
		{"https://a.example/ferry?page=1", "https://a.example/ferry?page=2", 2, "named"},
		{"https://a.example/ferry", "https://a.example/ferry/3", 2, ""},
		{"https://a.example/ferry", "https://a.example/ferry?page=7", 2, ""},
		{"https://a.example/?id=7", "https://a.example/?id=2", 2, ""},
		{"https://a.example/ferry?id=7", "https://a.example/ferry?id=8", 2, ""},
		{"https://a.example/ferry", "https://a.example/ferry-to-sail-2", 2, ""},
		{"https://a.example/ferry", "https://a.example/quay", 2, ""},
		{"https://a.example/2026/11/04", "https://a.example/2026/11/05", 2, ""},
		{"https://a.example/ferry", "https://b.example/ferry/2", 2, ""},
		{"https://a.example/ferry", "https://a.example/ferry?page=2&sort=new", 2, ""},
		{"https://a.example/ferry?id=1", "https://a.example/ferry?id=2", 2, ""},
		{"https://a.example/ferry", "https://a.example/ferry?Seite=2", 2, "named"},
		{"https://a.example/2026/11/1", "https://a.example/2026/11/2", 2, ""},
		{"https://a.example/briefing/2026/1", "https://a.example/briefing/2026/2", 2, ""},
		{"https://a.example/briefing/2026", "https://a.example/briefing/2026/page/2", 2, "named"},
	} {
		got := ""
		switch yes, named := follows(tt.first, tt.next, tt.n); {
		case named && yes:
			got = "named"
		case yes:
			got = "bare"
		}
		if got != tt.want {
			t.Errorf("%s after %s, as page %d: %q", tt.next, tt.first, tt.n, got)
		}
	}
}

// The rules of an operator go before those that come with the program; what comes from a copy
// is marked, be it the second page only.
func TestWholeFromCopies(t *testing.T) {
	t.Parallel()
	const mirror = "mirror:https://copy.example/nt"
	m, w := newMemory(item("i")), &web{get: func(url string) (*fetch.Response, error) {
		if url == site+"i" {
			return paged(onPage(wire, `<link rel=next href="/i/2">`))(url)
		}
		resp, err := paged(asPage(other))(url)
		resp.Route, resp.URL = mirror, "https://copy.example/nt/i/2"
		return resp, err
	}}
	if err := New(Options{Store: m, Fetcher: w, Pages: true}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := m.articles["i"]; a.Via.Route != mirror || !slices.Contains(strings.Split(a.Text, "\n\n"), strings.Split(other, "\n\n")[0]) {
		t.Errorf("by %+v: %s", a.Via, a.Text)
	}
}
