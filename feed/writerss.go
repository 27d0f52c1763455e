package feed

import (
	"io"
	"slices"
	"strconv"
)

// WriteRSS writes f as RSS 2.0, with authors, updates, links and the like as elements
// of Atom, Dublin Core, content and media.
func WriteRSS(out io.Writer, f *Feed) error {
	w := &xmlWriter{base: writeBase(f), lang: f.Language}
	w.b = append(w.b, `<?xml version="1.0" encoding="utf-8"?>`...)
	w.b = append(w.b, "\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\""+declarations+">"...)
	w.deep = 1
	w.open("channel")
	w.rssChannel(f)
	for _, e := range f.Entries {
		if e != nil {
			w.rssItem(e)
		}
	}
	w.close("channel")
	w.close("rss")
	w.b = append(w.b, '\n')
	_, err := out.Write(w.b)
	return err
}

func (w *xmlWriter) rssChannel(f *Feed) {
	w.must("title", w.mixed(f.Title))
	link := w.url(f.Link)
	if link == "" {
		link = w.url(f.Self)
	}
	w.must("link", link)
	w.must("description", w.based(f.Description).HTML())
	w.put("atom:id", f.ID)
	w.put("language", f.Language)
	w.put("copyright", w.mixed(f.Rights))
	w.put("pubDate", rfc822(f.Published))
	w.put("lastBuildDate", rfc822(f.Updated))
	w.rssCategories(f.Categories)
	w.put("generator", f.Generator.Name)
	if f.TTL > 0 {
		w.put("ttl", strconv.Itoa(max(1, int(f.TTL.Minutes()))))
	}
	if name, n := period(f.UpdatePeriod); n > 0 {
		w.put("sy:updatePeriod", name)
		w.put("sy:updateFrequency", strconv.Itoa(n))
	}
	if f.Image != nil && w.url(f.Image.URL) != "" {
		w.open("image")
		w.must("url", w.url(f.Image.URL))
		title, to := PlainText(collapse(tidy(f.Image.Title))), w.url(f.Image.Link)
		if title.IsZero() {
			title = PlainText(f.Title.String())
		}
		if to == "" {
			to = link
		}
		w.must("title", w.mixed(title))
		w.must("link", to)
		w.put("width", f.Image.Width)
		w.put("height", f.Image.Height)
		w.put("description", w.mixed(PlainText(collapse(tidy(f.Image.Description)))))
		w.close("image")
	}
	if len(f.SkipHours) > 0 {
		w.open("skipHours")
		for _, h := range f.SkipHours[:min(24, len(f.SkipHours))] {
			w.put("hour", strconv.Itoa(((h%24)+24)%24))
		}
		w.close("skipHours")
	}
	if len(f.SkipDays) > 0 {
		w.open("skipDays")
		for _, d := range f.SkipDays[:min(7, len(f.SkipDays))] {
			w.put("day", ((d%7 + 7) % 7).String())
		}
		w.close("skipDays")
	}
	w.feedLinks(f, "atom:link", "application/rss+xml")
	for _, a := range f.Authors {
		w.person("atom:author", a)
	}
	w.deleted(f, f.Updated, "atom:link")
}

// feedLinks writes how the feed hangs together with other documents.
func (w *xmlWriter) feedLinks(f *Feed, element, mime string) {
	if self := w.url(f.Self); self != "" {
		w.empty(element, pair{"rel", "self"}, pair{"type", mime}, pair{"href", self})
	}
	for _, hub := range f.Hubs {
		if hub = w.url(hub); hub != "" {
			w.empty(element, pair{"rel", "hub"}, pair{"href", hub})
		}
	}
	if next := w.url(f.Next); next != "" {
		w.empty(element, pair{"rel", "next"}, pair{"href", next})
	}
	w.links(element, f.Links, "alternate", "self", "hub", "next", "enclosure", "license")
}

// links writes links whose relation is not said otherwise.
func (w *xmlWriter) links(element string, links []Link, but ...string) {
	for _, l := range links {
		rel := relation(tidy(l.Rel))
		if w.url(l.URL) == "" || slices.Contains(but, rel) {
			continue
		}
		w.empty(element, pair{"rel", rel}, pair{"type", l.Type}, pair{"hreflang", l.Language}, pair{"title", l.Title},
			pair{"length", l.Length}, pair{"href", w.url(l.URL)})
	}
}

func (w *xmlWriter) rssCategories(categories []Category) {
	for _, c := range categories {
		term := collapse(tidy(c.Term))
		if term == "" {
			term = collapse(tidy(c.Label))
		}
		w.put("category", term, pair{"domain", c.Scheme})
	}
}

func (w *xmlWriter) rssItem(e *Entry) {
	w.open("item")
	link := w.url(e.Link)
	permalink := e.IDIsLink && absolute(tidy(e.ID))
	if link == "" && permalink {
		link = tidy(e.ID)
	}
	w.put("title", w.mixed(e.Title))
	w.put("link", link)
	if id := tidy(e.ID); permalink {
		w.put("guid", id)
	} else {
		w.put("guid", id, pair{"isPermaLink", "false"})
	}
	w.put("pubDate", rfc822(e.Published))
	w.put("atom:updated", rfc3339(e.Updated))
	structured := false
	for _, a := range e.Authors {
		if name := a.name(); name != "" {
			w.put("dc:creator", name)
			structured = structured || a.Email != "" || a.URL != "" || personOf(name) != Person{Name: name}
		}
	}
	if structured {
		for _, a := range e.Authors {
			w.person("atom:author", a)
		}
	}
	w.rssCategories(e.Categories)
	if summary := w.based(e.Summary).HTML(); tidy(summary) != "" || e.Title.IsZero() {
		w.must("description", summary)
	}
	w.put("content:encoded", w.based(e.Content).HTML())
	for _, x := range e.Enclosures {
		x = w.enclosure(x)
		if x.URL != "" {
			w.empty("enclosure", pair{"url", x.URL}, pair{"length", x.Length}, pair{"type", x.Type})
		}
	}
	if s := e.Source; s != nil {
		from := w.url(s.Self)
		if from == "" {
			from = w.url(s.Link)
		}
		if from != "" {
			w.must("source", w.mixed(s.Title), pair{"url", from})
		}
		if from == "" || tidy(s.ID) != "" || w.url(s.Link) != "" { // more than <source> can say
			w.atomSource("atom:", s)
		}
	}
	w.put("comments", w.url(e.Comments))
	w.put("wfw:commentRss", w.url(e.CommentsFeed))
	w.put("dc:rights", w.mixed(e.Rights))
	if e.Language != w.lang {
		w.put("dc:language", e.Language)
	}
	w.links("atom:link", e.Links, "alternate", "self", "enclosure", "license", "replies")
	w.extensions(e)
	w.close("item")
}

// enclosure gives an enclosure what RSS and JSON Feed want it to say.
func (w *xmlWriter) enclosure(x Enclosure) Enclosure {
	x.URL = w.url(x.URL)
	if x.Type = tidy(x.Type); x.Type == "" {
		x.Type = "application/octet-stream"
	}
	if n, err := strconv.ParseInt(tidy(x.Length), 10, 64); err != nil || n < 0 {
		x.Length = "0"
	}
	return x
}
