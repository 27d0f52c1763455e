package opml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

// Write returns the list of sources as OPML 2.0: one group for each source, in the
// order given, with its feeds inside. The same sources give the same bytes. Names,
// home pages, countries, languages and feeds are written; disclosure and carriage have
// no place in OPML (the configuration file has).
func Write(title string, sources []*news.Source, created time.Time) []byte {
	return WriteGroups(title, []Group{{Sources: sources}}, created)
}

// A Group is sources that stand together under a title; without one they stand alone.
type Group struct {
	Title   string
	Sources []*news.Source
}

// WriteGroups is Write for sources in groups.
func WriteGroups(title string, groups []Group, created time.Time) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.WriteString(`<opml version="2.0">` + "\n  <head>\n")
	element(&b, "title", plain(title))
	element(&b, "dateCreated", created.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")) // RFC 822, as OPML asks
	element(&b, "docs", "http://opml.org/spec2.opml")
	b.WriteString("  </head>\n  <body>\n")
	ids := names{}
	for _, g := range groups {
		name := plain(g.Title)
		if name != "" {
			b.WriteString("    <outline")
			attribute(&b, "text", name)
			attribute(&b, "title", name)
			b.WriteString(">\n")
		}
		for _, s := range g.Sources {
			writeSource(&b, s, ids)
		}
		if name != "" {
			b.WriteString("    </outline>\n")
		}
	}
	b.WriteString("  </body>\n</opml>\n")
	return b.Bytes()
}

func writeSource(b *bytes.Buffer, s *news.Source, ids names) {
	name, home, links := plain(s.Name), address(s.Home), addresses(s.FeedURLs)
	id := ids.unique(idOf(s.ID, name, home, links))
	if name == "" {
		name = id
	}
	categories := []string{"/source/" + id}
	if country := token(s.Country); country != "" {
		categories = append(categories, "/country/"+country)
	}
	languages := tokens(s.Languages)
	for _, l := range languages {
		categories = append(categories, "/language/"+l)
	}
	b.WriteString("    <outline")
	attribute(b, "text", name)
	attribute(b, "title", name)
	attribute(b, "htmlUrl", home)
	attribute(b, "category", strings.Join(categories, ","))
	if len(links) == 0 {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">\n")
	for _, link := range links {
		text := name
		if len(links) > 1 {
			text = name + ": " + pathOf(link) // so that a reader can tell them apart
		}
		b.WriteString(`      <outline type="rss"`) // OPML 2.0 knows no other type for feeds, whatever their format
		attribute(b, "text", text)
		attribute(b, "title", text)
		attribute(b, "xmlUrl", link)
		attribute(b, "htmlUrl", home)
		if len(languages) > 0 {
			attribute(b, "language", languages[0])
		}
		b.WriteString("/>\n")
	}
	b.WriteString("    </outline>\n")
}

// Sources makes Sources of a list. A group that carries the category "/source/ID", as
// Write gives it, is a source with all feeds inside it. Of other outlines, feeds that
// name the same home page are one source, and every other feed is one; its home is
// then the root of the server that has the feed, and its id is made from its title.
// Carriage and Disclosure are empty: nobody has said anything yet.
func Sources(outlines []Outline) []*news.Source {
	r := reader{ids: names{}, seen: map[string]bool{}, byHome: map[string]*news.Source{}}
	r.declared(outlines) // their ids come first, whoever stands above them in the file
	r.walk(outlines)
	for _, s := range r.sources {
		s.FeedURLs = addresses(s.FeedURLs)
	}
	return r.sources
}

type reader struct {
	ids     names
	seen    map[string]bool // declared ids that were met
	byHome  map[string]*news.Source
	sources []*news.Source
}

// declared reserves the ids of groups that are sources.
func (r *reader) declared(outlines []Outline) {
	for _, o := range outlines {
		if id := category(o, "source"); len(id) > 0 {
			r.ids[strings.ToLower(id[0])] = 1
			continue
		}
		r.declared(o.Outlines)
	}
}

func (r *reader) walk(outlines []Outline) {
	for i := range outlines {
		o := &outlines[i]
		if id := category(*o, "source"); len(id) > 0 {
			r.sources = append(r.sources, r.group(o, strings.ToLower(id[0])))
			continue
		}
		if o.FeedURL != "" {
			r.feed(o)
		}
		r.walk(o.Outlines)
	}
}

// group makes a source of a group that says that it is one.
func (r *reader) group(o *Outline, id string) *news.Source {
	if r.seen[id] { // twice in one file: two sources all the same
		id = r.ids.unique(id)
	}
	r.seen[id] = true
	s := &news.Source{ID: id, Name: o.Title, Home: o.HomeURL, Languages: tokens(category(*o, "language"))}
	if c := category(*o, "country"); len(c) > 0 {
		s.Country = c[0]
	}
	for _, f := range Feeds([]Outline{*o}) {
		s.FeedURLs = append(s.FeedURLs, f.FeedURL)
		if len(s.Languages) == 0 && f.Language != "" {
			s.Languages = []string{f.Language}
		}
	}
	return s
}

// feed adds a feed of somebody else's list to its source.
func (r *reader) feed(o *Outline) {
	home := strings.TrimSuffix(o.HomeURL, "/")
	if s := r.byHome[home]; s != nil && home != "" {
		s.FeedURLs = append(s.FeedURLs, o.FeedURL)
		return
	}
	s := &news.Source{Name: o.Title, Home: o.HomeURL, FeedURLs: []string{o.FeedURL}}
	if u, err := url.Parse(o.FeedURL); s.Home == "" && err == nil && u.Host != "" {
		s.Home = u.Scheme + "://" + u.Host + "/"
	}
	if o.Language != "" {
		s.Languages = []string{o.Language}
	}
	if c := category(*o, "country"); len(c) > 0 {
		s.Country = c[0]
	}
	s.ID = r.ids.unique(idOf("", s.Name, s.Home, s.FeedURLs))
	r.byHome[home] = s
	r.sources = append(r.sources, s)
}

// category returns the values of the categories "/kind/value".
func category(o Outline, kind string) []string {
	var values []string
	for _, c := range o.Categories {
		if v, ok := strings.CutPrefix(c, "/"+kind+"/"); ok && token(v) != "" {
			values = append(values, token(v))
		}
	}
	return values
}

// idOf returns id, or one made from the name, or else from the host of an address.
func idOf(id, name, home string, links []string) string {
	if id = strings.ToLower(token(id)); id != "" {
		return id
	}
	if id = slug(name); id != "" {
		return id
	}
	for _, link := range append([]string{home}, links...) {
		if u, err := url.Parse(link); err == nil {
			if id = slug(strings.TrimPrefix(u.Hostname(), "www.")); id != "" {
				return id
			}
		}
	}
	return "source"
}

// slug keeps the ASCII letters and digits of s, with a hyphen for what is between them.
// A name in another script has none worth an id.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	id := strings.Join(words, "-")
	if len(id) > 60 {
		id = strings.Trim(id[:60], "-")
	}
	return token(id)
}

// A names is the set of ids that are taken, each with how often it was asked for, so
// that a list of fifty thousand equal names is no work.
type names map[string]int

// unique returns id, or id with the first number that is not taken, and takes it.
func (n names) unique(id string) string {
	got := id
	for n[got] > 0 {
		n[id]++
		suffix := "-" + strconv.Itoa(n[id])
		got = id[:min(len(id), 80-len(suffix))] + suffix
	}
	n[got]++
	return got
}

func tokens(values []string) []string { return each(values, token) }

func addresses(links []string) []string { return each(links, address) }

// each returns the values, cleaned, without empty ones and repetitions.
func each(values []string, clean func(string) string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, v := range values {
		if v = clean(v); !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func pathOf(link string) string {
	if u, err := url.Parse(link); err == nil && u.RequestURI() != "" {
		return oneLine(u.RequestURI())
	}
	return link
}

func element(b *bytes.Buffer, name, text string) {
	fmt.Fprintf(b, "    <%s>", name)
	_ = xml.EscapeText(b, []byte(text)) // a buffer takes everything
	fmt.Fprintf(b, "</%s>\n", name)
}

func attribute(b *bytes.Buffer, name, value string) {
	if value == "" {
		return
	}
	fmt.Fprintf(b, ` %s="`, name)
	_ = xml.EscapeText(b, []byte(value)) // a buffer takes everything
	b.WriteByte('"')
}
