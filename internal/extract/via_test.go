package extract

import (
	"strings"
	"testing"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// A page that came from a copy marks its article; its links are the outlet's all the same.
// What a copy of the feed said is marked whatever its page came by.
func TestArticlesFromCopies(t *testing.T) {
	t.Parallel()
	const mirror = "mirror:https://copy.example/nt"
	linked := strings.Replace(asPage(wire), "</p>", ` See <a href="/map">the map</a>.</p>`, 1)
	for _, c := range []struct {
		name, route string
		item, want  news.Via
	}{
		{name: "all from the outlet", route: "direct"},
		{name: "all through a proxy", route: "socks5h://127.0.0.1:9050"},
		{name: "the page from a mirror", route: mirror, want: news.Via{Route: mirror, Page: true}},
		{name: "the entry from a mirror", route: "direct", item: news.Via{Route: mirror}, want: news.Via{Route: mirror}},
		{name: "both", route: mirror, item: news.Via{Route: mirror}, want: news.Via{Route: mirror, Page: true}},
	} {
		it := item("i")
		it.Via = c.item
		m, w := newMemory(it), &web{get: func(url string) (*fetch.Response, error) {
			resp, err := paged(linked)(url)
			resp.Route = c.route
			if fetch.Copied(c.route) {
				resp.URL = "https://copy.example/nt/i"
			}
			return resp, err
		}}
		if err := New(Options{Store: m, Fetcher: w, Pages: true}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		a := m.articles["i"]
		if a.Via != c.want {
			t.Errorf("%s: by %+v, want %+v", c.name, a.Via, c.want)
		}
		if !strings.HasPrefix(a.Basis, "page: ") || !strings.Contains(a.HTML, `href="https://today.norrland.example/map"`) {
			t.Errorf("%s: %s: %s", c.name, a.Basis, a.HTML)
		}
	}
}
