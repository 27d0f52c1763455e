package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parallax/internal/webtest"
)

// A crawled site is what a reader finds who follows every link from the front page.
type crawled struct {
	pages map[string][]byte // by path and query
	feeds map[string][]byte
	gone  []string // answered 410
}

// crawl follows every link on the site, at most limit pages, and checks every page and
// feed on its way: well-formed, light, no third party; every link answered.
func crawl(t *testing.T, site http.Handler, limit int) *crawled {
	t.Helper()
	c := &crawled{pages: map[string][]byte{}, feeds: map[string][]byte{}}
	queue := []string{"/"}
	seen := map[string]bool{"/": true}
	for len(queue) > 0 && len(c.pages)+len(c.feeds) < limit {
		path := queue[0]
		queue = queue[1:]
		res := ask(t, site, path)
		for hops := 0; res.Code/100 == 3 && hops < 3; hops++ {
			res = ask(t, site, res.Header().Get("Location"))
		}
		body := res.Body.Bytes()
		kind := res.Header().Get("Content-Type")
		switch {
		case res.Code == http.StatusGone:
			c.gone = append(c.gone, path)
			continue
		case res.Code != http.StatusOK:
			t.Errorf("%s is linked but answers %d", path, res.Code)
			continue
		case strings.HasPrefix(kind, "text/html"):
			c.pages[path] = body
			if page, _, _ := strings.Cut(path, "?"); strings.HasSuffix(page, "/lite") {
				webtest.CheckLite(t, path, res.Header(), string(body))
			} else {
				webtest.CheckPage(t, path, body)
			}
		case strings.Contains(path, "/feed."):
			c.feeds[path] = body
			webtest.CheckFeed(t, path, "https://hub.example"+path, kind, body)
			continue
		default:
			continue
		}
		for _, link := range links(t, path, body) {
			if !seen[link] {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	return c
}

// saidToBeGone checks that what was withdrawn is linked only where a story says that it was.
func (c *crawled) saidToBeGone(t *testing.T, path string) {
	t.Helper()
	link, said := `href="`+path+`"`, `An <a href="`+path+`">account</a> of `
	for from, page := range c.pages {
		if n := bytes.Count(page, []byte(link)); n > 0 && (n != bytes.Count(page, []byte(said)) || !strings.HasPrefix(from, "/story/")) {
			t.Errorf("%s leads to %s, which is withdrawn, and does not say so", from, path)
		}
	}
}

func ask(t *testing.T, site http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	if u, err := url.Parse(path); err == nil && u.Host != "" {
		path = u.RequestURI()
	}
	req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	res := httptest.NewRecorder()
	site.ServeHTTP(res, req)
	return res
}

// links returns the links of a page that stay on the site, in order.
func links(t *testing.T, from string, page []byte) []string {
	t.Helper()
	base, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", from, z.Err())
			}
			return out
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tok := z.Token()
		if tok.Data != "a" && tok.Data != "link" {
			continue
		}
		for _, a := range tok.Attr {
			if a.Key != "href" {
				continue
			}
			u, err := base.Parse(a.Val)
			if err != nil {
				t.Errorf("%s links to %q: %v", from, a.Val, err)
				continue
			}
			if u.Opaque == "" && (u.Host == "" || u.Host == "hub.example") { // a "data:," leads nowhere
				if link := u.RequestURI(); !slices.Contains(out, link) {
					out = append(out, link)
				}
			}
		}
	}
}
