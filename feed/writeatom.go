package feed

import (
	"bytes"
	"io"
	"time"
)

// WriteAtom writes f as Atom 1.0 (RFC 4287). What Atom requires and f does not say is
// made up from what it does: an id from the link, or else a hash; updated from the
// newest entry; a name for who publishes it all from the feed's title. An id that is
// no IRI becomes one, "urn:guid:" and the id escaped.
func WriteAtom(out io.Writer, f *Feed) error {
	w := &xmlWriter{base: writeBase(f), lang: language(f.Language), deep: 1}
	updated := newest(f)
	w.atomFeed(f, updated)
	for _, e := range f.Entries {
		if e != nil {
			w.atomEntry(e, updated)
		}
	}
	w.deleted(f, "", iri)
	_, err := out.Write(w.document(`feed xmlns="http://www.w3.org/2005/Atom"`))
	return err
}

// newest is when the feed changed last, as far as it says.
func newest(f *Feed) time.Time {
	if sayable(f.Updated) {
		return f.Updated
	}
	t := time.Unix(0, 0).UTC()
	for _, e := range f.Entries {
		if e == nil {
			continue
		}
		for _, at := range []time.Time{e.Published, e.Updated} {
			if sayable(at) && at.After(t) {
				t = at
			}
		}
	}
	return t
}

func (w *xmlWriter) atomFeed(f *Feed, updated time.Time) {
	link := w.url(f.Link)
	id := tidy(f.ID)
	for _, other := range []string{w.url(f.Self), link} {
		if id == "" {
			id = tidy(other)
		}
	}
	if id == "" {
		id = hashed(f.Title.String())
	}
	w.must("id", iri(id))
	w.atomText("title", f.Title, true)
	w.atomText("subtitle", f.Description, false)
	w.must("updated", rfc3339(updated))
	w.links("link", w.alternates(link, f.Links))
	w.feedLinks(f, "link", "application/atom+xml")
	w.atomAuthors(f)
	w.atomMore("", f)
	if logo := w.url(f.Logo); logo != "" || f.Image == nil {
		w.put("logo", logo)
	} else {
		w.put("logo", w.url(f.Image.URL))
	}
	w.rareFeed(f, "link")
}

// atomMore writes what feeds and sources say in the same elements.
func (w *xmlWriter) atomMore(prefix string, f *Feed) {
	for _, c := range f.Contributors {
		w.person(prefix+"contributor", c)
	}
	w.atomCategories(prefix, f.Categories)
	w.atomText(prefix+"rights", f.Rights, false)
	w.put(prefix+"generator", f.Generator.Name, pair{"uri", w.url(f.Generator.URL)}, pair{"version", f.Generator.Version})
	w.put(prefix+"icon", w.url(f.Icon))
}

// atomAuthors writes the authors, or an author, where entries lack one.
func (w *xmlWriter) atomAuthors(f *Feed) {
	some := false
	for _, a := range f.Authors {
		some = some || a.name() != ""
		w.person("author", a)
	}
	if some {
		return
	}
	anonymous := len(f.Entries) == 0
	for _, e := range f.Entries {
		named := false
		for i := 0; e != nil && i < len(e.Authors); i++ {
			named = named || e.Authors[i].name() != ""
		}
		anonymous = anonymous || !named
	}
	if anonymous {
		name := f.Title.String()
		if tidy(name) == "" {
			name = "unknown"
		}
		w.person("author", Person{Name: name})
	}
}

func (w *xmlWriter) atomText(element string, t Text, must bool) {
	kind := "text"
	if t.Type == HTML {
		kind = "html"
	}
	if must || tidy(t.Body) != "" {
		w.must(element, w.based(t).resolved(), pair{"type", kind})
	}
}

func (w *xmlWriter) atomCategories(prefix string, categories []Category) {
	for _, c := range categories {
		term := tidy(c.Term)
		if term == "" {
			term = tidy(c.Label)
		}
		if term != "" {
			// The scheme has to be an IRI (RFC 4287 §4.2.2.2); a domain of RSS need not be.
			scheme := tidy(c.Scheme)
			w.empty(prefix+"category", pair{"term", term}, pair{"scheme", when(absolute(scheme) && scheme == safeURL(scheme), scheme)}, pair{"label", c.Label})
		}
	}
}

func (w *xmlWriter) atomEntry(e *Entry, updated time.Time) {
	lang := language(e.Language)
	if lang == w.lang {
		lang = "" // inherited
	}
	w.open("entry", pair{"xml:lang", lang})
	link := w.url(e.Link)
	w.must("id", w.unique(iri(identity(e, link)), when(absolute(link), link)))
	w.atomText("title", e.Title, true)
	w.links("link", w.alternates(link, e.Links))
	w.put("published", rfc3339(e.Published))
	for _, t := range []time.Time{e.Updated, e.Published, updated} {
		if sayable(t) {
			w.must("updated", rfc3339(t))
			break
		}
	}
	for _, a := range e.Authors {
		w.person("author", a)
	}
	for _, c := range e.Contributors {
		w.person("contributor", c)
	}
	w.atomCategories("", e.Categories)
	w.atomText("summary", e.Summary, false)
	w.atomText("content", e.Content, link == "")
	w.atomText("rights", e.Rights, false)
	for _, x := range e.Enclosures {
		if u := w.url(x.URL); u != "" {
			w.empty("link", pair{"rel", "enclosure"}, pair{"type", mime(x.Type)}, pair{"length", count(x.Length)}, pair{"title", x.Title}, pair{"href", u})
		}
	}
	if u := w.url(e.Comments); u != "" {
		w.empty("link", pair{"rel", "replies"}, pair{"type", "text/html"}, pair{"href", u})
	}
	if u := w.url(e.CommentsFeed); u != "" {
		var last time.Time
		if e.Thread != nil {
			last = e.Thread.Updated
		}
		w.empty("link", pair{"rel", "replies"}, pair{"type", "application/atom+xml"}, pair{"thr:updated", rfc3339(last)}, pair{"href", u})
	}
	w.links("link", e.Links, "alternate", "self", "enclosure", "license", "replies")
	if e.Source != nil {
		w.atomSource("", e.Source, false)
	}
	w.rareEntry(e, "link", "thr:total")
	w.extensions(e)
	w.close("entry")
}

// atomSource names the feed that an entry comes from (RFC 4287 §4.2.11); where its
// title and URL are named already, only if there is more.
func (w *xmlWriter) atomSource(prefix string, s *Feed, named bool) {
	id, link, self := tidy(s.ID), w.url(s.Link), w.url(s.Self)
	if id == "" && link == "" && self == "" && tidy(s.Title.Body) == "" {
		return
	}
	w.open(prefix + "source")
	start := len(w.b)
	if id != "" {
		w.must(prefix+"id", iri(id))
	}
	w.links(prefix+"link", w.alternates(link, s.Links))
	w.atomText(prefix+"subtitle", s.Description, false)
	if sayable(s.Updated) {
		w.must(prefix+"updated", rfc3339(s.Updated))
	}
	w.links(prefix+"link", s.Links, "alternate", "self", "enclosure")
	for _, a := range s.Authors {
		w.person(prefix+"author", a)
	}
	w.atomMore(prefix, s)
	w.put(prefix+"logo", w.url(s.Logo))
	if named && len(w.b) == start {
		w.deep--
		w.b = bytes.TrimRight(w.b[:start-len("<source>")-len(prefix)], " \n")
		return
	}
	w.atomText(prefix+"title", s.Title, true)
	if self != "" {
		w.empty(prefix+"link", pair{"rel", "self"}, pair{"href", self})
	}
	w.close(prefix + "source")
}
