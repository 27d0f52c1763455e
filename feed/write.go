package feed

import (
	"crypto/sha256"
	"encoding/hex"
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
	rss  bool
	ids  map[string]bool // of the entries written
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
		w.attribute(a)
	}
}

func (w *xmlWriter) attribute(a pair) {
	value := tidy(a.value)
	if value == "" {
		return
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

// url makes a reference absolute, against what the feed calls itself, and a URL by the
// letter of RFC 3986. What stays relative is nothing in RSS, which has no base for it.
func (w *xmlWriter) url(ref string) string {
	ref = resolve(w.base, tidy(ref))
	if !absolute(ref) && (w.rss || strings.ContainsAny(ref, `"<>`)) {
		return "" // of the latter sort are pieces of tags
	}
	return safeURL(ref)
}

// tidy is what reading does to text: nothing that XML forbids, no space around it.
func tidy(s string) string {
	return strings.TrimSpace(string(cleanBytes([]byte(strings.ToValidUTF8(s, "\ufffd")), nil)))
}

// writeBase is what relative references of a feed to be written are relative to.
func writeBase(f *Feed) *base {
	// As they will be written, for so they will be read.
	if base := parseBase(nil, safeURL(tidy(f.Self))); base != nil {
		return base
	}
	return parseBase(nil, safeURL(tidy(f.Link)))
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
	w.put(prefix+"email", email(p.Email))
	w.close(element)
}

// extensions writes what RSS and Atom entries say in the same elements.
func (w *xmlWriter) extensions(e *Entry) {
	w.media(e.Media)
	for _, t := range e.Thumbnails {
		if w.url(t.URL) != "" {
			w.empty("media:thumbnail", pair{"url", w.url(t.URL)}, pair{"width", t.Width}, pair{"height", t.Height}, pair{"time", t.Time})
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

// deleted writes tombstones (RFC 6721), by ids as entries of the format have them.
func (w *xmlWriter) deleted(f *Feed, prefix string, ref func(string) string) {
	for _, d := range f.Deleted {
		if tidy(d.ID) == "" {
			continue
		}
		when := d.When
		if !sayable(when) {
			when = newest(f)
		}
		attrs := []pair{{"ref", ref(d.ID)}, {"when", rfc3339(when)}}
		link := w.url(d.Link)
		if link == "" && tidy(d.Comment) == "" && d.By.name() == "" {
			w.empty("at:deleted-entry", attrs...)
			continue
		}
		w.open("at:deleted-entry", attrs...)
		if by := d.By.name(); by != "" {
			w.open("at:by")
			w.must(prefix+"name", by)
			w.put(prefix+"uri", w.url(d.By.URL))
			w.put(prefix+"email", email(d.By.Email))
			w.close("at:by")
		}
		if link != "" {
			w.empty(prefix+"link", pair{"href", link})
		}
		w.put("at:comment", d.Comment)
		w.close("at:deleted-entry")
	}
}

// identity returns the id of an entry that has to have one.
func identity(e *Entry, link string) string {
	if id := tidy(e.ID); id != "" {
		return id
	}
	if link != "" {
		return link
	}
	return hashed(e.Title.Body, e.Summary.Body, e.Content.Body, rfc3339(e.Published))
}

// hashed makes an id of what there is.
func hashed(parts ...string) string {
	h := sha256.New()
	for i, part := range parts {
		if i > 0 {
			h.Write([]byte{0})
		}
		h.Write([]byte(tidy(part)))
	}
	return "urn:sha256:" + hex.EncodeToString(h.Sum(nil))
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
