package extract

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/extract/prose"
	"parallax/internal/extract/siterule"
	"parallax/internal/news"
)

//go:embed all:sites
var siteFiles embed.FS

// sites are the rules that come with the program.
var sites = sync.OnceValue(func() *siterule.Set {
	folder, err := fs.Sub(siteFiles, "sites")
	if err != nil {
		panic(err) // unreachable: the folder is there
	}
	set, err := siterule.Load(folder)
	if err != nil {
		panic(err) // unreachable: it can be read
	}
	return set
})

// A ruling is the rule of a page's site and what it found there.
type ruling struct {
	rule *siterule.Rule
	siterule.Found
}

// ruleFor applies the rule of the page's site, if there is one, before anything else is looked
// for in the page.
func ruleFor(rule *siterule.Rule, doc *html.Node) *ruling {
	if rule == nil {
		return nil
	}
	return &ruling{rule, rule.Apply(doc)}
}

// withoutLinkedData takes JSON-LD out of a page.
func withoutLinkedData(doc *html.Node) {
	var scripts []*html.Node
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Script && strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") {
			scripts = append(scripts, n)
		}
	}
	for _, n := range scripts {
		n.Parent.RemoveChild(n)
	}
}

// heed takes what a rule found of an article besides its text. It was written for the site, so
// it is the strongest voice, but for the date: rules seldom tell when an article was published
// from when it was changed.
func (m *meta) heed(r *ruling) {
	if r == nil {
		return
	}
	if r.Title.Text != "" {
		m.title, m.titles, m.from["title"] = r.Title.Text, append(m.titles, r.Title.Text), r.Title.Why
	}
	if list := names(r.Authors); len(list) > 0 {
		m.authors, m.from["authors"] = list, r.AuthorsWhy
	}
	if t := date(m.published, r.Date.Text); m.published.IsZero() && !t.IsZero() {
		m.published, m.from["published"] = t, r.Date.Why
	}
	if r.Advertisement != "" {
		m.from["advertisement"] = r.Advertisement
	}
	switch file := r.rule.File; {
	case r.Err != nil:
		m.from["rule"] = file + ": " + r.Err.Error()
	case len(r.Body) > 0:
		m.from["rule"] = r.BodyWhy
	default:
		m.from["rule"] = file + " finds no text"
	}
}

// mostlyProse is what share of the text that a rule finds must be prose for the rest to be left
// out all the same where the rule says that nothing is to be (prune: no). Such rules were written
// for readers that leave out more; they do not mean lists of links and forms.
const mostlyProse = 0.5

// choose returns what the rule found, if that is a text, or what was found without it. A rule that
// finds next to nothing is of an older design of the site.
func (r *ruling) choose(found prose.Found, known prose.Known, m *meta, pageURL string) prose.Found {
	switch {
	case r == nil:
		return found
	case len(r.Body) == 0 && r.rule.Guesses():
		return found
	case len(r.Body) == 0:
		m.articleBody = ""
		return prose.Found{Page: found.Page}
	}
	top := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, n := range r.Body {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
		top.AppendChild(n)
	}
	ruled := prose.Within(top, known)
	size := newBody(ruled.HTML, pageURL, known.Titles...).size
	if !r.rule.Prunes() {
		var all strings.Builder
		for c := range top.ChildNodes() {
			_ = html.Render(&all, c) // a Builder does not fail
		}
		if n := newBody(all.String(), pageURL, known.Titles...).size; float64(size) < mostlyProse*float64(n) {
			ruled, size = prose.Found{HTML: all.String()}, n
		}
	}
	ruled.Why, ruled.Page = "the site's rule "+r.BodyWhy, found.Page
	if size < minText && size*2 < newBody(found.HTML, pageURL, known.Titles...).size {
		m.from["rule"] = r.rule.File + " finds too little text"
		return found
	}
	return ruled
}

// An onward says where the rest of an article may be.
type onward struct {
	single []link // to a page that holds the whole, as the site's rule has it
	next   []link // to a page with what follows, as the site's rule has it
	// What the page itself says, none of it if the first is empty.
	follows, print, amp link
}

// A link is an address and what says that it leads there: the site's rule, or else the page.
type link struct {
	url, why string
	rule     bool
}

// linksIn reads where the rest of an article may be.
func linksIn(doc *html.Node, r *ruling, pageURL string) (l onward) {
	if r != nil {
		l.single, l.next = resolved(r.SinglePage, pageURL), resolved(r.NextPage, pageURL)
	}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Link && n.DataAtom != atom.A {
			continue
		}
		rel := attribute(n, "rel")
		if rel == "" {
			continue
		}
		to := func(at *link, why string) {
			if at.url == "" {
				*at = link{url: absolute(attribute(n, "href"), pageURL), why: why}
			}
		}
		for word := range strings.FieldsSeq(strings.ToLower(rel)) {
			switch {
			case word == "next":
				to(&l.follows, "<"+n.Data+" rel=next>")
			case word == "amphtml" && n.DataAtom == atom.Link:
				to(&l.amp, "<link rel=amphtml>")
			case word == "alternate" && strings.EqualFold(attribute(n, "media"), "print"):
				to(&l.print, "<link rel=alternate media=print>")
			}
		}
	}
	return l
}

func resolved(list []siterule.Value, pageURL string) (l []link) {
	for _, v := range list {
		if u := absolute(v.Text, pageURL); u != "" {
			l = append(l, link{u, v.Why, true})
		}
	}
	return l
}

// because adds to the reasons of p, which other pages may share.
func (p *Page) because(field, why string) {
	p.Why = maps.Clone(p.Why)
	p.Why[field] = why
}

// by says, for the basis of an article, which rule found its text, and what else was needed.
func (p *Page) by() (s string) {
	if strings.Contains(p.Why["text"], "the site's rule ") {
		s = ", by the site's rule " + p.Why["rule"]
	}
	if p.Why["advertisement"] != "" {
		s += ", an advertisement by " + p.Why["advertisement"]
	}
	for _, how := range slices.Concat(p.whole, p.lost) {
		s += "; " + how
	}
	return news.Cut(s, maxBasis)
}

// maxBasis bounds what a basis says of rules and further pages, in characters.
const maxBasis = 500
