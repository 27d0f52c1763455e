// Package terms finds what an outlet says of how its work may be used. The headers of an answer, a
// page, a feed or a file go in; news.Terms come out, each with where it stands:
//
//   - licences: rel=license in pages, feeds and Link headers; license in linked data (schema.org);
//     creativeCommons, media and podcast licences of feeds
//   - rights in words: rights and copyright of feeds, of RSL, and of pages (Dublin Core)
//   - Really Simple Licensing (RSL 1.0), in feeds and in robots.txt
//   - the TDM Reservation Protocol (W3C community group, 2024): headers, meta elements, and
//     /.well-known/tdmrep.json
//   - Content-Usage (IETF AI Preferences), in headers and in robots.txt
//   - robots directives that concern copies: X-Robots-Tag and meta robots
//
// All is kept as it is said. What follows from it is for people.
package terms

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/feed"
	"parallax/internal/news"
)

const (
	// maxTerms is how many of one document are kept; three are many.
	maxTerms = 16
	maxValue = 400  // runes of one: a long rights notice is cut
	maxURL   = 1000 // bytes
)

// A list of terms, each once.
type list []news.Term

func (l *list) add(kind news.TermKind, value, where, from string) {
	value = news.Cut(strings.ToValidUTF8(value, "\uFFFD"), maxValue)
	if value == "" || len(*l) >= maxTerms || slices.ContainsFunc(*l, func(t news.Term) bool { return t.Kind == kind && t.Value == value }) {
		return
	}
	if len(from) > maxURL {
		from = ""
	}
	*l = append(*l, news.Term{Kind: kind, Value: value, Where: where, URL: from})
}

// licence adds one that is named by its URL; what is no URL is somebody's name for one. What
// would run or show something if it were followed is neither.
func (l *list) licence(ref, where, from string) {
	if ref = strings.TrimSpace(ref); ref == "" {
		return
	}
	if base, err := url.Parse(from); err == nil {
		u, err := base.Parse(ref)
		switch {
		case err != nil:
		case slices.Contains([]string{"javascript", "vbscript", "data"}, u.Scheme):
			return
		case (u.Scheme == "http" || u.Scheme == "https") && !strings.ContainsAny(ref, " \t\n") && len(ref) <= maxURL:
			ref = u.String()
		}
	}
	l.add(news.Licence, ref, where, from)
}

// InHeader finds what the headers of an answer say. Licences are the targets of its Link headers
// with rel=license; from is the URL that answered.
func InHeader(h http.Header, licences []string, from string) []news.Term {
	var l list
	for _, ref := range licences {
		l.licence(ref, "header Link", from)
	}
	for _, name := range []string{"tdm-reservation", "tdm-policy"} {
		if v := strings.TrimSpace(h.Get(name)); v != "" {
			l.add(news.Reservation, name+": "+v, "header "+name, from)
		}
	}
	for _, v := range h.Values("Content-Usage") {
		l.add(news.Reservation, "Content-Usage: "+strings.TrimSpace(v), "header Content-Usage", from)
	}
	for _, v := range h.Values("X-Robots-Tag") {
		l.robots(v, "header X-Robots-Tag", from)
	}
	return l
}

// copying are the robots directives that concern copies and excerpts; others are about search,
// among them "none", which means "noindex, nofollow".
var copying = []string{"noarchive", "nocache", "nosnippet", "noai", "noimageai", "noimageindex"}

// robots adds the directives that concern copies. One that begins with the name of another program
// ("googlebot: noarchive") is not for this one.
func (l *list) robots(directives, where, from string) {
	if name, rest, ok := strings.Cut(directives, ":"); ok && !strings.ContainsAny(name, ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "max-snippet", "max-image-preview", "max-video-preview", "unavailable_after":
		case "*", "parallax":
			directives = rest
		default:
			return
		}
	}
	for d := range strings.SplitSeq(strings.ToLower(directives), ",") {
		d = strings.Join(strings.Fields(d), "")
		if slices.Contains(copying, d) || strings.HasPrefix(d, "max-snippet:") && d != "max-snippet:-1" {
			l.add(news.Reservation, d, where, from)
		}
	}
}

// InPage finds what a page says.
func InPage(doc *html.Node, from string) []news.Term {
	var l list
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Namespace != "" {
			continue
		}
		switch n.DataAtom {
		case atom.Link, atom.A:
			if slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "license") && !inPicture(n) {
				l.licence(attribute(n, "href"), "<"+n.Data+" rel=license>", from)
			}
		case atom.Meta:
			l.meta(n, from)
		case atom.Script:
			if n.FirstChild != nil && strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") && strings.Contains(n.FirstChild.Data, "icense\"") {
				var v any
				if json.Unmarshal([]byte(n.FirstChild.Data), &v) == nil {
					l.linked(v, from, 0)
				}
			}
		}
	}
	return l
}

// maxAbove is how many elements above a link are looked at for the picture that it is about.
const maxAbove = 12

// inPicture reports whether a link stands in or under a picture or a film: the licence is that
// one's then.
func inPicture(link *html.Node) bool {
	n := link
	for range maxAbove {
		if n = n.Parent; n == nil {
			return false
		}
		of := attribute(n, "itemtype")
		if n.DataAtom == atom.Figure || strings.HasSuffix(of, "/ImageObject") || strings.HasSuffix(of, "/VideoObject") {
			return true
		}
	}
	return false
}

func (l *list) meta(n *html.Node, from string) {
	name, value := strings.ToLower(attribute(n, "name")), attribute(n, "content")
	if name == "" {
		name = strings.ToLower(first(attribute(n, "property"), attribute(n, "http-equiv")))
	}
	where := "meta " + name
	switch name {
	case "robots", "parallax":
		l.robots(value, where, from)
	case "tdm-reservation", "tdm-policy", "content-usage":
		if value != "" {
			l.add(news.Reservation, name+": "+value, where, from)
		}
	case "copyright", "rights", "dc.rights", "dcterms.rights":
		l.add(news.Rights, value, where, from)
	case "dcterms.license", "dc.rights.license", "cc:license":
		l.licence(value, where, from)
	}
}

// linked looks for the licence of what linked data describe; it stands near the top.
func (l *list) linked(v any, from string, depth int) {
	const deepest = 4
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if depth < deepest {
				l.linked(e, from, depth+1)
			}
		}
	case map[string]any:
		if isType(v["@type"], "ImageObject", "VideoObject", "Person", "Organization") {
			return // of a part only
		}
		switch licence := v["license"].(type) {
		case string:
			l.licence(licence, "JSON-LD license", from)
		case map[string]any:
			for _, k := range []string{"url", "@id", "name"} {
				if s, ok := licence[k].(string); ok {
					l.licence(s, "JSON-LD license", from)
					break
				}
			}
		}
		if depth < deepest {
			l.linked(v["@graph"], from, depth+1)
			l.linked(v["mainEntity"], from, depth+1)
		}
	}
}

func isType(v any, names ...string) bool {
	switch v := v.(type) {
	case string:
		return slices.Contains(names, v)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return isType(e, names...) })
	}
	return false
}

// InFeed finds what a feed says of all that is in it.
func InFeed(f *feed.Feed, from string) []news.Term {
	return said(f.License, f.Rights, f.Terms, "feed", from)
}

// InEntry finds what an entry says of itself.
func InEntry(e *feed.Entry, from string) []news.Term {
	return said(e.License, e.Rights, e.Terms, "entry", from)
}

func said(licence string, rights feed.Text, rsl *feed.Terms, where, from string) []news.Term {
	var l list
	l.licence(licence, where, from)
	l.add(news.Rights, rights.String(), where, from)
	if rsl == nil {
		return l
	}
	where += " (RSL)"
	l.add(news.Rights, rsl.Copyright, where, from)
	l.licence(rsl.Document, where, from)
	l.licence(rsl.About, where, from)
	if rsl.Server != "" {
		l.add(news.Reservation, "a licence is to be got from "+rsl.Server, where, from)
	}
	for _, of := range rsl.Licenses {
		for _, p := range of.Payments {
			for _, standard := range p.Standard {
				l.licence(standard, where, from)
			}
			if p.Type != "" && p.Type != "free" {
				l.add(news.Reservation, strings.Join(strings.Fields("payment: "+p.Type+" "+p.Amount+" "+p.Currency), " "), where, from)
			}
		}
		for _, u := range of.Prohibits {
			l.add(news.Reservation, "prohibits "+u.Kind+": "+strings.Join(u.Names, " "), where, from)
		}
		for _, u := range of.Permits {
			l.add(news.Reservation, "permits "+u.Kind+": "+strings.Join(u.Names, " "), where, from)
		}
	}
	return l
}

// InRobots finds what a robots.txt says besides what may be asked for: of RSL, License, which
// holds for all; and Content-Usage, which holds for the programs of its group (RFC 9309 §2.2.1): those
// of the group that names this program are taken, else those of the groups for all.
func InRobots(body []byte, from string) []news.Term {
	var l, all, own list
	var forAll, forUs, named bool
	agents := false // the line before named a program too: they share a group
	for line := range strings.Lines(string(body)) {
		line, _, _ = strings.Cut(line, " #")
		name, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok || value == "" {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "user-agent" {
			if !agents {
				forAll, forUs = false, false
			}
			us := strings.EqualFold(value, "parallax")
			forAll, forUs, named = forAll || value == "*", forUs || us, named || us
			agents = true
			continue
		}
		agents = false
		switch name {
		case "license":
			l.licence(value, "robots.txt (RSL)", from)
		case "content-usage":
			if forAll {
				all.add(news.Reservation, "Content-Usage: "+value, "robots.txt", from)
			}
			if forUs {
				own.add(news.Reservation, "Content-Usage: "+value, "robots.txt", from)
			}
		}
	}
	if !named {
		own = all
	}
	for _, t := range own {
		l.add(t.Kind, t.Value, t.Where, t.URL)
	}
	return l
}

// InTDMRep finds what /.well-known/tdmrep.json says: rules, each for the paths that location
// names. One for all paths is kept as it would stand in a header, one for some with them. A rule
// that cannot be read does not hide the others; of a file that is one rule without a list, that is read.
func InTDMRep(body []byte, from string) []news.Term {
	var rules []json.RawMessage
	if json.Unmarshal(body, &rules) != nil {
		rules = []json.RawMessage{body}
	}
	var l list
	for _, raw := range rules {
		var r struct {
			Location    string          `json:"location"`
			Reservation json.RawMessage `json:"tdm-reservation"` // 0 or 1; some write "1" or true
			Policy      string          `json:"tdm-policy"`
		}
		if json.Unmarshal(raw, &r) != nil {
			continue
		}
		of := ""
		if loc := strings.TrimSpace(r.Location); loc != "/" && loc != "/*" && loc != "" {
			of = " for " + loc
		}
		switch strings.Trim(string(r.Reservation), `"`) {
		case "1", "true":
			l.add(news.Reservation, "tdm-reservation: 1"+of, "tdmrep.json", from)
		case "0", "false":
			l.add(news.Reservation, "tdm-reservation: 0"+of, "tdmrep.json", from)
		}
		if r.Policy != "" {
			l.add(news.Reservation, "tdm-policy: "+r.Policy+of, "tdmrep.json", from)
		}
	}
	return l
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
