package feed

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"parallax/feed/internal/charset"
)

// feedTypes are the media types that announce a feed.
var feedTypes = set("application/rss+xml application/atom+xml application/feed+json application/rdf+xml text/rss+xml " +
	"application/x-rss+xml application/x-atom+xml application/cdf+xml application/rss application/atom text/atom+xml")

// Find returns the feeds that an HTML page names, the best first: what the page
// declares with <link rel="alternate"> in its order, then links that look like those
// to feeds. base is the URL of the page; a <base> in it is obeyed. Feeds of comments
// come after all others.
func Find(page []byte, base string) []Link {
	cs := charset.Detect(page[:min(len(page), charset.Sniffed)], len(page) <= charset.Sniffed, "")
	z := html.NewTokenizer(bytes.NewReader(cs.Decode(new([]byte), page)))
	f := finder{base: parseBase(nil, base), seen: map[string]bool{}}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return f.result()
		case html.StartTagToken, html.SelfClosingTagToken:
			f.tag(z)
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" {
				f.endAnchor()
			}
		case html.TextToken:
			if f.anchor != nil && len(f.anchor.Title) < 80 {
				f.anchor.Title += string(z.Text())
			}
		}
	}
}

type finder struct {
	base      *base
	seen      map[string]bool
	declared  []Link
	guessed   []Link
	anchor    *Link
	anchorRef string
}

// maxFound bounds what a page of endless links can make of itself.
const maxFound = 100

func (f *finder) tag(z *html.Tokenizer) {
	name, more := z.TagName()
	kind := string(name)
	if kind != "link" && kind != "a" && kind != "base" {
		return
	}
	attrs := map[string]string{}
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		attrs[string(k)] = strings.TrimSpace(string(v))
	}
	href := attrs["href"]
	if href == "" {
		return
	}
	switch kind {
	case "base":
		f.base = parseBase(f.base, href)
	case "link":
		rel := set(strings.ToLower(attrs["rel"]))
		t := mediaType(attrs["type"])
		if rel["stylesheet"] || rel["icon"] || !rel["alternate"] && !rel["feed"] && !feedTypes[t] {
			return
		}
		if feedTypes[t] || rel["feed"] || t == "application/json" && strings.Contains(strings.ToLower(attrs["title"]+href), "feed") ||
			(t == "text/xml" || t == "application/xml") {
			f.add(&f.declared, Link{URL: href, Rel: "alternate", Type: t, Title: attrs["title"], Language: attrs["hreflang"]})
		}
	case "a":
		f.endAnchor()
		f.anchor, f.anchorRef = &Link{URL: href, Rel: "alternate", Type: mediaType(attrs["type"])}, attrs["title"]
	}
}

func (f *finder) endAnchor() {
	a := f.anchor
	f.anchor = nil
	if a == nil {
		return
	}
	a.Title = collapse(a.Title)
	if a.Title == "" {
		a.Title = f.anchorRef
	}
	if feedTypes[a.Type] || looksLikeFeed(a.URL, a.Title) {
		f.add(&f.guessed, *a)
	}
}

// looksLikeFeed judges a link by its address and its words.
func looksLikeFeed(ref, words string) bool {
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "feed" {
		return false
	}
	if u.Scheme == "feed" {
		return true
	}
	p := strings.ToLower(strings.TrimRight(u.Path, "/"))
	switch path.Ext(p) {
	case ".rss", ".atom", ".rdf":
		return true
	case ".xml":
		if strings.Contains(p, "sitemap") || strings.Contains(p, "opensearch") {
			return false
		}
		last := path.Base(p)
		return strings.Contains(last, "rss") || strings.Contains(last, "feed") || strings.Contains(last, "atom") || strings.Contains(last, "index") ||
			strings.Contains(p, "/rss/") || strings.Contains(p, "/feed")
	case ".html", ".htm", ".js", ".css", ".png", ".jpg", ".svg", ".gif":
		return false
	case ".json":
		return path.Base(p) == "feed.json"
	}
	switch path.Base(p) {
	case "rss", "feed", "atom", "rss2", "rdf":
		return true
	}
	if q := u.Query(); q.Get("feed") != "" || strings.EqualFold(q.Get("format"), "rss") || strings.EqualFold(q.Get("format"), "feed") ||
		strings.EqualFold(q.Get("type"), "rss") || q.Get("alt") == "rss" {
		return true
	}
	switch strings.ToLower(words) {
	case "rss", "atom", "rss feed", "rss 2.0", "atom feed", "xml feed":
		return !strings.HasPrefix(ref, "#")
	}
	return false
}

func (f *finder) add(to *[]Link, l Link) {
	l.URL = strings.TrimSpace(l.URL)
	if rest, ok := strings.CutPrefix(l.URL, "feed:"); ok {
		if l.URL = rest; strings.HasPrefix(rest, "//") {
			l.URL = "http:" + rest
		}
	}
	l.URL = resolve(f.base, l.URL)
	if i := strings.IndexByte(l.URL, '#'); i >= 0 {
		l.URL = l.URL[:i]
	}
	scheme, _, _ := strings.Cut(strings.ToLower(l.URL), ":")
	if l.URL == "" || absolute(l.URL) && scheme != "http" && scheme != "https" || f.seen[l.URL] || len(f.seen) >= maxFound {
		return
	}
	f.seen[l.URL] = true
	*to = append(*to, l)
}

func (f *finder) result() []Link {
	f.endAnchor()
	var first, last []Link
	for _, l := range append(f.declared, f.guessed...) {
		if about := strings.ToLower(l.Title + " " + l.URL); strings.Contains(about, "comment") || strings.Contains(about, "kommentar") {
			last = append(last, l)
		} else {
			first = append(first, l)
		}
	}
	return append(first, last...)
}

// CommonPaths returns where feeds mostly lie on a site, for pages that name none:
// first beside the given page, then at the site's root, the commonest first.
func CommonPaths(base string) []string {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	dirs := []string{"/"}
	if p := strings.TrimSuffix(u.Path, "/"); p != "" && path.Ext(p) == "" {
		dirs = []string{p + "/", "/"}
	}
	for _, dir := range dirs {
		for _, name := range []string{
			"feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "feeds/posts/default", "index.rdf", "?feed=rss2",
		} {
			at := *u
			at.Path, at.RawPath, at.RawQuery, at.Fragment, at.User = dir+name, "", "", "", nil
			if query, ok := strings.CutPrefix(name, "?"); ok {
				at.Path, at.RawQuery = dir, query
			}
			if s := at.String(); !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}
