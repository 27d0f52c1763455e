package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Namespace is that of our own elements. See the package comment.
const Namespace = "https://parallax.example/ns/1"

// declarations are the namespaces that written documents declare, whether or not they
// use them, so that one document differs from the next in no more than its entries.
const declarations = ` xmlns:content="http://purl.org/rss/1.0/modules/content/"` +
	` xmlns:dc="http://purl.org/dc/elements/1.1/"` +
	` xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"` +
	` xmlns:media="http://search.yahoo.com/mrss/"` +
	` xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"` +
	` xmlns:wfw="http://wellformedweb.org/CommentAPI/"` +
	` xmlns:at="http://purl.org/atompub/tombstones/1.0"` +
	` xmlns:px="` + Namespace + `"`

// An xmlWriter writes elements, one a line, indented by depth.
type xmlWriter struct {
	b    []byte
	base *base
	lang string // of the feed
	deep int
}

// A pair is an attribute to write; one without a value is left out.
type pair struct{ key, value string }

func (w *xmlWriter) line() {
	w.b = append(w.b, '\n')
	for range w.deep {
		w.b = append(w.b, ' ', ' ')
	}
}

func (w *xmlWriter) tag(name string, attrs []pair) {
	w.line()
	w.b = append(w.b, '<')
	w.b = append(w.b, name...)
	for _, a := range attrs {
		value := tidy(a.value)
		if value == "" {
			continue
		}
		w.b = append(w.b, ' ')
		w.b = append(w.b, a.key...)
		w.b = append(w.b, '=', '"')
		for _, part := range []byte(value) {
			switch part {
			case '\n', '\t':
				w.b = append(w.b, "&#"...)
				w.b = strconv.AppendInt(w.b, int64(part), 10)
				w.b = append(w.b, ';')
			default:
				w.b = escapeAttr(w.b, []byte{part})
			}
		}
		w.b = append(w.b, '"')
	}
}

// open starts an element with children.
func (w *xmlWriter) open(name string, attrs ...pair) {
	w.tag(name, attrs)
	w.b = append(w.b, '>')
	w.deep++
}

func (w *xmlWriter) close(name string) {
	w.deep--
	w.line()
	w.b = append(w.b, "</"...)
	w.b = append(w.b, name...)
	w.b = append(w.b, '>')
}

// empty writes an element that is all attributes.
func (w *xmlWriter) empty(name string, attrs ...pair) {
	w.tag(name, attrs)
	w.b = append(w.b, "/>"...)
}

// must writes an element, even with no text; put writes it if there is any.
func (w *xmlWriter) must(name, text string, attrs ...pair) {
	w.tag(name, attrs)
	w.b = append(w.b, '>')
	w.b = escapeText(w.b, []byte(tidy(text)))
	w.b = append(w.b, "</"...)
	w.b = append(w.b, name...)
	w.b = append(w.b, '>')
}

func (w *xmlWriter) put(name, text string, attrs ...pair) {
	if tidy(text) != "" {
		w.must(name, text, attrs...)
	}
}

// url makes a reference absolute, against what the feed calls itself.
func (w *xmlWriter) url(ref string) string { return resolve(w.base, tidy(ref)) }

// tidy is what reading does to text: nothing that XML forbids, no space around it.
func tidy(s string) string {
	return strings.TrimSpace(string(cleanBytes([]byte(strings.ToValidUTF8(s, "\ufffd")), nil)))
}

// writeBase is what relative references of a feed to be written are relative to.
func writeBase(f *Feed) *base {
	if base := parseBase(nil, tidy(f.Self)); base != nil {
		return base
	}
	return parseBase(nil, tidy(f.Link))
}

// based returns t with what the feed's own links are relative to, unless t has a base.
func (w *xmlWriter) based(t Text) Text {
	if t.Base == "" {
		t.Base = w.base.String()
	}
	return t
}

// mixed renders text for an element of which readers guess whether it is markup.
func (w *xmlWriter) mixed(t Text) string {
	if s := tidy(t.Body); t.Type == Plain && looksHTML(s) {
		return PlainText(s).HTML()
	}
	return w.based(t).resolved()
}

func rfc822(t time.Time) string {
	if !sayable(t) {
		return ""
	}
	return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700")
}

func rfc3339(t time.Time) string {
	if !sayable(t) {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// sayable says whether a time can be written with a year of four digits.
func sayable(t time.Time) bool {
	year := t.UTC().Year()
	return !t.IsZero() && year >= 1 && year <= 9999
}

// name is what to call a person who must have a name.
func (p Person) name() string {
	for _, s := range []string{p.Name, p.Email, p.URL} {
		if s = collapse(tidy(s)); s != "" {
			return s
		}
	}
	return ""
}

func (w *xmlWriter) person(element string, p Person) {
	if p.name() == "" {
		return
	}
	w.open(element)
	prefix := ""
	if strings.HasPrefix(element, "atom:") {
		prefix = "atom:"
	}
	w.must(prefix+"name", p.name())
	w.put(prefix+"uri", w.url(p.URL))
	w.put(prefix+"email", p.Email)
	w.close(element)
}

// extensions writes what RSS and Atom entries say in the same elements.
func (w *xmlWriter) extensions(e *Entry) {
	for _, m := range e.Media {
		if w.url(m.URL) == "" {
			continue
		}
		attrs := []pair{
			{"url", w.url(m.URL)},
			{"type", m.Type},
			{"medium", m.Medium},
			{"fileSize", m.Length},
			{"width", m.Width},
			{"height", m.Height},
		}
		if tidy(m.Title)+tidy(m.Description) == "" && len(m.Credits) == 0 {
			w.empty("media:content", attrs...)
			continue
		}
		w.open("media:content", attrs...)
		w.put("media:title", w.mixed(PlainText(collapse(tidy(m.Title)))))
		w.put("media:description", w.mixed(PlainText(collapse(tidy(m.Description)))))
		for _, c := range m.Credits {
			w.put("media:credit", c.Name)
		}
		w.close("media:content")
	}
	for _, t := range e.Thumbnails {
		if w.url(t.URL) != "" {
			w.empty("media:thumbnail", pair{"url", w.url(t.URL)}, pair{"width", t.Width}, pair{"height", t.Height})
		}
	}
	if e.Image != nil && w.url(e.Image.URL) != "" {
		if p := e.picture(); p == nil || w.url(p.URL) != w.url(e.Image.URL) {
			w.empty("itunes:image", pair{"href", w.url(e.Image.URL)})
		}
	}
	for _, n := range e.Notes {
		w.must("px:note", n.Text, pair{"name", n.Name}, pair{"href", w.url(n.URL)})
	}
}

// deleted writes tombstones (RFC 6721).
func (w *xmlWriter) deleted(f *Feed, updated time.Time, link string) {
	for _, d := range f.Deleted {
		if tidy(d.ID) == "" {
			continue
		}
		when := d.When
		if !sayable(when) {
			when = updated
		}
		attrs := []pair{{"ref", iri(d.ID)}, {"when", rfc3339(when)}}
		if w.url(d.Link) == "" && tidy(d.Comment) == "" {
			w.empty("at:deleted-entry", attrs...)
			continue
		}
		w.open("at:deleted-entry", attrs...)
		if w.url(d.Link) != "" {
			w.empty(link, pair{"href", w.url(d.Link)})
		}
		w.put("at:comment", d.Comment)
		w.close("at:deleted-entry")
	}
}

// iri returns an id that is one (RFC 4287 §4.2.6): what a publisher of RSS gave as a
// guid need not be.
func iri(id string) string {
	id = tidy(id)
	if absolute(id) && !strings.ContainsAny(id, " \n\t<>\"") {
		return id
	}
	return "urn:guid:" + url.PathEscape(id)
}

// identity returns the id of an entry that has to have one.
func identity(e *Entry, link string) string {
	if id := tidy(e.ID); id != "" {
		return id
	}
	if link != "" {
		return link
	}
	sum := sha256.Sum256([]byte(tidy(e.Title.Body) + "\x00" + tidy(e.Summary.Body) + "\x00" + tidy(e.Content.Body) + "\x00" + rfc3339(e.Published)))
	return "urn:sha256:" + hex.EncodeToString(sum[:])
}

// period says an interval as sy does: so many times in an hour, day or week.
func period(d time.Duration) (string, int) {
	for _, name := range []string{"hourly", "daily", "weekly", "monthly", "yearly"} {
		if whole := periods[name]; d > 0 && d <= whole && whole%d == 0 && whole/d < 1<<20 {
			return name, int(whole / d)
		}
	}
	return "", 0
}
