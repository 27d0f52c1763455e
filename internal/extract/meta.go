package extract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/words"
)

// meta is what a page says about itself, by the strongest voice that says it: JSON-LD
// (schema.org), Open Graph, other meta elements, microdata, what stands in the page.
type meta struct {
	title, rawTitle, description string
	titles                       []string // all headlines that the page has for itself
	authors                      []string
	published, modified          time.Time
	canonical, language          string
	articleBody                  string
	paid                         bool
	from                         map[string]string // which voice it was, by the name of the field
	named                        map[string]string // of linked data: names by the ids by which others refer to them
	review                       bool              // what is known is of a review
}

// A voice is a value and where the page says it.
type voice struct{ value, from string }

func strongest(voices ...voice) voice {
	for _, v := range voices {
		if v.value != "" {
			return v
		}
	}
	return voice{}
}

const linked = "JSON-LD "

// maxHeadline is how many bytes of a headline are looked at.
const maxHeadline = 500

// beginning returns the text of n in one line, or somewhat more than its first limit bytes:
// elements that lie in one another are not read whole again and again.
func beginning(n *html.Node, limit int) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data[:min(len(d.Data), 4*limit)])
		}
		if b.Len() > 4*limit {
			break
		}
	}
	return words.Line(strings.ToValidUTF8(b.String(), ""))
}

// signs are what a walk over a page finds of what it says about itself.
type signs struct {
	named                    map[string]string // the first of each meta element
	marked                   map[string]string // the first of each property of microdata
	authors                  []string          // of meta elements
	ld                       meta
	title, canonical, lang   string
	byline, written          []string // who wrote it, by its class and by microdata
	heading                  bool     // a headline was passed
	h1                       string   // the first
	timeMarked, timeUnmarked string
}

func (s *signs) read(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		s.lang = first(attribute(n, "lang"), attribute(n, "xml:lang"))
	case atom.Title:
		if s.title == "" && n.FirstChild != nil && n.Namespace == "" {
			s.title = words.Line(n.FirstChild.Data)
		}
	case atom.Link:
		if s.canonical == "" && strings.EqualFold(attribute(n, "rel"), "canonical") {
			s.canonical = attribute(n, "href")
		}
	case atom.Meta:
		s.meta(n)
		return
	case atom.Script:
		if strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") && n.FirstChild != nil {
			s.ld.linkedData(n.FirstChild.Data)
		}
	case atom.Time:
		switch at := attribute(n, "datetime"); {
		case attribute(n, "itemprop") == "datePublished" || attribute(n, "pubdate") != "":
			s.timeMarked = first(s.timeMarked, at)
		case s.heading:
			s.timeUnmarked = first(s.timeUnmarked, at)
		}
	case atom.H1:
		s.heading, s.h1 = true, first(s.h1, beginning(n, maxHeadline))
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "itemprop":
			switch a.Val {
			case "author":
				if len(s.written) == 0 {
					s.written = bylineOf(n)
				}
			case "headline", "datePublished", "dateModified":
				if s.marked[a.Val] == "" {
					s.marked[a.Val] = first(attribute(n, "content"), attribute(n, "datetime"), news.Cut(beginning(n, maxByline), maxByline))
				}
			}
		case "rel", "class":
			if len(s.byline) == 0 && (a.Key == "rel" && a.Val == "author" || a.Key == "class" && isByline(a.Val)) {
				if list := bylineIn(n); len(names(list)) > 0 {
					s.byline = list
				}
			}
		}
	}
}

func (s *signs) meta(n *html.Node) {
	key := attribute(n, "property")
	for _, k := range []string{"name", "itemprop", "http-equiv"} {
		if key == "" {
			key = attribute(n, k)
		}
	}
	key, value := strings.ToLower(key), words.Line(attribute(n, "content"))
	if s.named[key] == "" {
		s.named[key] = value
	}
	if key == "author" || key == "article:author" || key == "dc.creator" || key == "parsely-author" {
		s.authors = append(s.authors, value)
	}
}

// metas returns the values of meta elements in the order of the names given.
func (s *signs) metas(names ...string) (list []voice) {
	for _, n := range names {
		list = append(list, voice{s.named[n], "meta " + n})
	}
	return list
}

func metadata(doc *html.Node, pageURL string) (m meta) {
	s := signs{named: map[string]string{}, marked: map[string]string{}, ld: meta{named: map[string]string{}}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			s.read(n)
		}
	}
	m = meta{rawTitle: s.title, articleBody: s.ld.articleBody, paid: s.ld.paid, from: map[string]string{}}
	say := func(field string, voices ...voice) string {
		v := strongest(voices...)
		if v.value != "" {
			m.from[field] = v.from
		}
		return v.value
	}
	siteName := first(s.named["og:site_name"], s.ld.rawTitle)
	site := outletOf(pageURL, s.named["og:site_name"], s.ld.rawTitle)
	whole, day := headline(m.rawTitle, site, siteName == "")
	if !telling(s.ld.title, m.rawTitle, s.named["og:title"], s.h1) {
		s.ld.title = ""
	}
	m.title = say("title", slices.Concat([]voice{{s.ld.title, linked + "headline"}}, s.metas("og:title", "twitter:title"),
		[]voice{{s.marked["headline"], "microdata headline"}, {whole, "<title>"}})...)
	head, _ := headline(m.title, site, false)
	m.title = shownIn(head, s.h1)
	m.titles = []string{m.title, whole, m.rawTitle, s.named["og:title"], s.named["twitter:title"]}
	m.description = say("description", slices.Concat(s.metas("og:description", "description", "twitter:description"),
		[]voice{{s.ld.description, linked + "description"}})...)
	voices := []struct {
		from  string
		names []string
	}{{linked + "author", s.ld.authors}, {"meta author", s.authors}, {"microdata author", s.written}, {"the byline in the page", s.byline}, {linked + "author, by its id", s.ld.byID()}}
	for _, l := range voices {
		list := names(l.names)
		persons := slices.DeleteFunc(slices.Clone(list), site.signs)
		switch {
		case len(m.authors) > 0:
		case len(persons) > 0:
			m.authors, m.from["authors"] = persons, l.from
		case len(list) > 0 && m.from["authors"] == "":
			m.from["authors"] = "nobody: " + l.from + " names the outlet"
		}
	}
	when := func(field string, ld time.Time, voices ...voice) time.Time {
		if !ld.IsZero() {
			m.from[field] = linked + map[string]string{"published": "datePublished", "modified": "dateModified"}[field]
			return ld
		}
		for _, v := range voices {
			if t := date(ld, v.value); !t.IsZero() {
				m.from[field] = v.from
				return t
			}
		}
		return time.Time{}
	}
	m.published = when("published", s.ld.published, slices.Concat(
		s.metas("article:published_time", "datepublished", "dc.date.issued", "dcterms.created", "parsely-pub-date", "sailthru.date", "date"),
		[]voice{{s.marked["datePublished"], "microdata datePublished"}, {s.timeMarked, "<time>"}, {s.timeUnmarked, "<time> after the headline"}, {dateIn(pageURL), "the URL"}, {dayOf(day), "<title>"}})...)
	m.modified = when("modified", s.ld.modified, append(
		s.metas("article:modified_time", "og:updated_time", "datemodified", "last-modified"), voice{s.marked["dateModified"], "microdata dateModified"})...)
	m.language = say("language", slices.Concat([]voice{
		{s.ld.language, linked + "inLanguage"},
		{s.lang, "<html lang>"},
		{strings.ReplaceAll(s.named["og:locale"], "_", "-"), "meta og:locale"},
	}, s.metas("content-language"))...)
	for _, v := range []voice{{s.canonical, "<link rel=canonical>"}, {s.named["og:url"], "meta og:url"}, {s.ld.canonical, linked + "url"}} {
		if c := absolute(v.value, pageURL); c != "" && sameSite(c, pageURL) && m.canonical == "" {
			m.canonical, m.from["canonical"] = c, v.from
		}
	}
	return m
}

// inPath is a date as outlets write it in addresses: /2026/11/25/.
var inPath = regexp.MustCompile(`/(20\d\d)/([01]\d)/([0-3]\d)/`)

func dateIn(pageURL string) string {
	if d := inPath.FindStringSubmatch(pageURL); d != nil {
		return strings.Join(d[1:], "-")
	}
	return ""
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
		if name := texts(v["name"]); len(name) > 0 {
			if id, _ := v["@id"].(string); id != "" {
				m.named[id] = name[0]
			}
		}
		switch {
		case isArticle(v["@type"]) && (m.title == "" || m.review):
			m.article(v)
			m.review = false
		// A check of facts has a review beside its article, or for it.
		case m.title == "" && slices.Contains(texts(v["@type"]), "ClaimReview"):
			m.article(v)
			m.review = true
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
	return words.Line(sanitize.Text(first(append([]string{s}, texts(other)...)...)))
}

// bylineOf reads who wrote an article from microdata.
func bylineOf(n *html.Node) []string {
	if at := attribute(n, "content"); at != "" {
		return []string{at}
	}
	return bylineIn(n)
}

// byID returns the names of authors that linked data only refers to: who filed the article,
// often, and not who wrote it.
func (m *meta) byID() (list []string) {
	for _, a := range m.authors {
		if name := m.named[a]; name != "" {
			list = append(list, name)
		}
	}
	return list
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
			if k == "name" {
				given, _ := v["givenName"].(string)
				family, _ := v["familyName"].(string)
				if name := words.Line(given + " " + family); name != "" {
					return []string{name}
				}
			}
		}
	}
	return list
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
