package feed

import (
	"io"
	"time"
)

// WriteAtom writes f as Atom 1.0 (RFC 4287). What Atom requires and f does not say is
// made up from what it does: an id from the link, or else a hash; updated from the
// newest entry; a name for who publishes it all from the feed's title. An id that is
// no IRI becomes one, "urn:guid:" and the id escaped.
func WriteAtom(out io.Writer, f *Feed) error {
	w := &xmlWriter{base: writeBase(f), lang: f.Language}
	w.b = append(w.b, `<?xml version="1.0" encoding="utf-8"?>`...)
	w.b = append(w.b, "\n<feed xmlns=\"http://www.w3.org/2005/Atom\""+declarations...)
	if f.Language != "" {
		lang := &xmlWriter{}
		lang.tag("", []pair{{"xml:lang", f.Language}})
		w.b = append(w.b, lang.b[2:]...) // without the line break and the '<'
	}
	w.b = append(w.b, '>')
	w.deep = 1
	updated := newest(f)
	w.atomFeed(f, updated)
	for _, e := range f.Entries {
		if e != nil {
			w.atomEntry(e, updated)
		}
	}
	w.deleted(f, updated, "link")
	w.close("feed")
	w.b = append(w.b, '\n')
	_, err := out.Write(w.b)
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
	for _, other := range []string{w.url(f.Self), link, f.Title.String()} {
		if id == "" {
			id = tidy(other)
		}
	}
	w.must("id", iri(id))
	w.atomText("title", f.Title, true)
	w.atomText("subtitle", f.Description, false)
	w.must("updated", rfc3339(updated))
	if link != "" {
		w.empty("link", pair{"rel", "alternate"}, pair{"href", link})
	}
	w.feedLinks(f, "link", "application/atom+xml")
	w.atomAuthors(f)
	for _, c := range f.Contributors {
		w.person("contributor", c)
	}
	w.atomCategories(f.Categories)
	w.atomText("rights", f.Rights, false)
	w.put("generator", f.Generator.Name, pair{"uri", w.url(f.Generator.URL)}, pair{"version", f.Generator.Version})
	w.put("icon", w.url(f.Icon))
	logo := w.url(f.Logo)
	if logo == "" && f.Image != nil {
		logo = w.url(f.Image.URL)
	}
	w.put("logo", logo)
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

func (w *xmlWriter) atomCategories(categories []Category) {
	for _, c := range categories {
		term := tidy(c.Term)
		if term == "" {
			term = tidy(c.Label)
		}
		if term != "" {
			w.empty("category", pair{"term", term}, pair{"scheme", c.Scheme}, pair{"label", c.Label})
		}
	}
}

func (w *xmlWriter) atomEntry(e *Entry, updated time.Time) {
	lang := e.Language
	if lang == w.lang {
		lang = "" // inherited
	}
	w.open("entry", pair{"xml:lang", lang})
	link := w.url(e.Link)
	w.must("id", iri(identity(e, link)))
	w.atomText("title", e.Title, true)
	if link != "" {
		w.empty("link", pair{"rel", "alternate"}, pair{"href", link})
	}
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
	w.atomCategories(e.Categories)
	w.atomText("summary", e.Summary, false)
	w.atomText("content", e.Content, link == "")
	w.atomText("rights", e.Rights, false)
	for _, x := range e.Enclosures {
		if u := w.url(x.URL); u != "" {
			w.empty("link", pair{"rel", "enclosure"}, pair{"type", x.Type}, pair{"length", x.Length}, pair{"title", x.Title}, pair{"href", u})
		}
	}
	if u := w.url(e.Comments); u != "" {
		w.empty("link", pair{"rel", "replies"}, pair{"type", "text/html"}, pair{"href", u})
	}
	if u := w.url(e.CommentsFeed); u != "" {
		w.empty("link", pair{"rel", "replies"}, pair{"type", "application/atom+xml"}, pair{"href", u})
	}
	w.links("link", e.Links, "alternate", "self", "enclosure", "license", "replies")
	if e.Source != nil {
		w.atomSource("", e.Source)
	}
	w.extensions(e)
	w.close("entry")
}

// atomSource names the feed that an entry comes from (RFC 4287 §4.2.11).
func (w *xmlWriter) atomSource(prefix string, s *Feed) {
	id, link, self := tidy(s.ID), w.url(s.Link), w.url(s.Self)
	if id == "" && link == "" && self == "" && tidy(s.Title.Body) == "" {
		return
	}
	w.open(prefix + "source")
	if id != "" {
		w.must(prefix+"id", iri(id))
	}
	w.atomText(prefix+"title", s.Title, true)
	if sayable(s.Updated) {
		w.must(prefix+"updated", rfc3339(s.Updated))
	}
	if link != "" {
		w.empty(prefix+"link", pair{"rel", "alternate"}, pair{"href", link})
	}
	if self != "" {
		w.empty(prefix+"link", pair{"rel", "self"}, pair{"href", self})
	}
	for _, a := range s.Authors {
		w.person(prefix+"author", a)
	}
	w.close(prefix + "source")
}
