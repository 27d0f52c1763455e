package extract

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/sanitize"
)

// meta is what a page says about itself, by the strongest voice that says it: JSON-LD
// (schema.org), Open Graph, other meta elements, the title.
type meta struct {
	title, rawTitle, description string
	authors                      []string
	published, modified          time.Time
	canonical, language          string
	articleBody                  string
	paid                         bool
}

func metadata(doc *html.Node, pageURL string) (m meta) {
	named := map[string]string{} // the first of each name
	var list []string            // of authors
	var ld meta
	canonical, lang := "", ""
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Html:
			if lang = attribute(n, "lang"); lang == "" {
				lang = attribute(n, "xml:lang")
			}
		case atom.Title:
			if m.rawTitle == "" && n.FirstChild != nil && n.Namespace == "" {
				m.rawTitle = oneLine(n.FirstChild.Data)
			}
		case atom.Link:
			if canonical == "" && strings.EqualFold(attribute(n, "rel"), "canonical") {
				canonical = attribute(n, "href")
			}
		case atom.Meta:
			key := attribute(n, "property")
			for _, k := range []string{"name", "itemprop", "http-equiv"} {
				if key == "" {
					key = attribute(n, k)
				}
			}
			key, value := strings.ToLower(key), oneLine(attribute(n, "content"))
			if named[key] == "" {
				named[key] = value
			}
			if key == "author" || key == "article:author" || key == "dc.creator" || key == "parsely-author" {
				list = append(list, value)
			}
		case atom.Script:
			if strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") && n.FirstChild != nil {
				ld.linkedData(n.FirstChild.Data)
			}
		case atom.Time:
			if attribute(n, "itemprop") == "datePublished" || attribute(n, "pubdate") != "" {
				named["time"] = first(named["time"], attribute(n, "datetime"))
			}
		}
	}
	siteName := first(named["og:site_name"], ld.rawTitle)
	m.title = first(ld.title, named["og:title"], named["twitter:title"], withoutSite(m.rawTitle, siteName))
	m.description = first(named["og:description"], named["description"], named["twitter:description"], ld.description)
	if m.authors = names(ld.authors); len(m.authors) == 0 {
		m.authors = names(list)
	}
	m.published = date(ld.published, named["article:published_time"], named["datepublished"], named["dc.date.issued"],
		named["dcterms.created"], named["parsely-pub-date"], named["sailthru.date"], named["date"], named["time"])
	m.modified = date(ld.modified, named["article:modified_time"], named["og:updated_time"], named["datemodified"], named["last-modified"])
	m.language = first(ld.language, lang, strings.ReplaceAll(named["og:locale"], "_", "-"), named["content-language"])
	m.articleBody, m.paid = ld.articleBody, ld.paid
	for _, c := range []string{canonical, named["og:url"], ld.canonical} {
		if c = absolute(c, pageURL); c != "" && sameSite(c, pageURL) && m.canonical == "" {
			m.canonical = c
		}
	}
	return m
}

// linkedData reads one JSON-LD block. Blocks are written by machines that err: line
// feeds in strings are the most frequent error.
func (m *meta) linkedData(data string) {
	var v any
	data = strings.Trim(strings.TrimSpace(data), ";")
	if json.Unmarshal([]byte(data), &v) != nil {
		flat := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "<!--", "", "-->", "", "//<![CDATA[", "", "//]]>", "").Replace(data)
		if json.Unmarshal([]byte(flat), &v) != nil {
			return
		}
	}
	m.node(v, 0)
}

// maxLinked is how deep articles lie in linked data at most (@graph, mainEntity, ...).
const maxLinked = 6

func (m *meta) node(v any, depth int) {
	if depth > maxLinked {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			m.node(e, depth+1)
		}
	case map[string]any:
		if isArticle(v["@type"]) && m.title == "" {
			m.article(v)
		}
		for _, k := range []string{"@graph", "mainEntity", "hasPart", "itemListElement", "item"} {
			m.node(v[k], depth+1)
		}
	}
}

func isArticle(t any) bool {
	for _, s := range texts(t) {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "http://schema.org/"), "https://schema.org/")
		if strings.HasSuffix(s, "Article") || strings.HasSuffix(s, "Posting") || s == "Report" {
			return true
		}
	}
	return false
}

func (m *meta) article(v map[string]any) {
	m.title = plain(first(texts(v["headline"])...), v["name"])
	m.description = plain(first(texts(v["description"])...), nil)
	m.authors = texts(v["author"])
	m.published = date(time.Time{}, texts(v["datePublished"])...)
	m.modified = date(time.Time{}, texts(v["dateModified"])...)
	m.language = first(texts(v["inLanguage"])...)
	m.canonical = first(append(texts(v["mainEntityOfPage"]), texts(v["url"])...)...)
	m.articleBody = first(texts(v["articleBody"])...)
	m.rawTitle = first(texts(v["publisher"])...)
	for _, s := range texts(v["isAccessibleForFree"]) {
		m.paid = strings.EqualFold(s, "false")
	}
}

// plain returns text that may have been written as HTML, or that of other.
func plain(s string, other any) string {
	return oneLine(sanitize.Text(first(append([]string{s}, texts(other)...)...)))
}

// texts returns the strings that a value of linked data stands for: itself, its name or
// its id, or those of its elements.
func texts(v any) (list []string) {
	switch v := v.(type) {
	case string:
		if s := strings.TrimSpace(v); s != "" {
			list = append(list, s)
		}
	case bool:
		if v {
			return []string{"true"}
		}
		return []string{"false"}
	case []any:
		for _, e := range v {
			if _, nested := e.([]any); !nested {
				list = append(list, texts(e)...)
			}
		}
	case map[string]any:
		for _, k := range []string{"name", "@value", "alternateName", "@id", "url"} {
			if s, ok := v[k].(string); ok && strings.TrimSpace(s) != "" {
				return []string{strings.TrimSpace(s)}
			}
		}
	}
	return list
}

// withoutSite cuts the name of the site off a page's title: "River talks fail | Norrland Today".
func withoutSite(title, site string) string {
	for _, sep := range []string{" | ", " – ", " — ", " - ", " :: ", " · ", " » "} {
		if head, tail, ok := cutLast(title, sep); ok && len(head) > len(tail) &&
			(site == "" || strings.EqualFold(tail, site) || strings.Contains(strings.ToLower(tail), strings.ToLower(site))) {
			return head
		}
	}
	return title
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func absolute(ref, base string) string {
	b, err := url.Parse(base)
	if err != nil || ref == "" {
		return ""
	}
	u, err := b.Parse(ref)
	if err != nil || !isWeb(u.String()) {
		return ""
	}
	return u.String()
}
