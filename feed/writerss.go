package feed

import (
	"io"
	"slices"
	"strconv"
)

// WriteRSS writes f as RSS 2.0, with authors, updates, links and the like as elements
// of Atom, Dublin Core, content, media and others. What RSS requires and f does not say
// is the feed's own URL, or else about:blank, for the link, the link for the title, and
// nothing for the description. URLs that are not absolute, and for which f has no base,
// are left out.
func WriteRSS(out io.Writer, f *Feed) error {
	w := &xmlWriter{base: writeBase(f), lang: language(f.Language), deep: 1, rss: true}
	w.open("channel")
	w.rssChannel(f)
	for _, e := range f.Entries {
		if e != nil {
			w.rssItem(e)
		}
	}
	w.close("channel")
	_, err := out.Write(w.document(`rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"`))
	return err
}

// blankPage is the page of a feed that names none.
const blankPage = "about:blank"

func (w *xmlWriter) rssChannel(f *Feed) {
	link := w.url(f.Link)
	if link == "" {
		link = w.url(f.Self)
	}
	if link == "" {
		link = blankPage
	}
	title := f.Title
	if tidy(title.Body) == "" {
		title = PlainText(collapse(link))
	}
	w.must("title", w.mixed(title))
	w.must("link", link)
	w.must("description", w.based(f.Description).HTML())
	w.put("atom:id", f.ID)
	w.put("language", w.lang)
	w.put("copyright", w.mixed(f.Rights))
	w.put("pubDate", rfc822(f.Published))
	w.put("lastBuildDate", rfc822(f.Updated))
	w.rssCategories(f.Categories)
	w.put("generator", f.Generator.Name)
	w.put("docs", w.url(f.Docs))
	w.rssCloud(f.Cloud)
	if f.TTL > 0 {
		w.put("ttl", strconv.Itoa(max(1, int(f.TTL.Minutes()))))
	}
	if name, n := period(f.UpdatePeriod); n > 0 {
		w.put("sy:updatePeriod", name)
		w.put("sy:updateFrequency", strconv.Itoa(n))
		w.put("sy:updateBase", rfc3339(f.UpdateBase))
	}
	if f.Image != nil && w.url(f.Image.URL) != "" {
		w.open("image")
		w.must("url", w.url(f.Image.URL))
		called, to := PlainText(collapse(tidy(f.Image.Title))), w.url(f.Image.Link)
		if called.IsZero() {
			called = PlainText(collapse(tidy(title.String())))
		}
		if to == "" {
			to = link
		}
		w.must("title", w.mixed(called))
		w.must("link", to)
		w.put("width", upTo(f.Image.Width, 144))
		w.put("height", upTo(f.Image.Height, 400))
		w.put("description", w.mixed(PlainText(collapse(tidy(f.Image.Description)))))
		w.close("image")
	}
	w.rssInput(f.TextInput)
	w.put("rating", f.Rating)
	var hours, days []string
	for _, h := range f.SkipHours {
		if hour := strconv.Itoa(((h % 24) + 24) % 24); !slices.Contains(hours, hour) {
			hours = append(hours, hour)
		}
	}
	for _, d := range f.SkipDays {
		if day := ((d%7 + 7) % 7).String(); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	w.rssList("skipHours", "hour", hours)
	w.rssList("skipDays", "day", days)
	w.feedLinks(f, "atom:link", "application/rss+xml")
	for _, a := range f.Authors {
		w.person("atom:author", a)
	}
	for _, c := range f.Contributors {
		w.person("atom:contributor", c)
	}
	w.put("atom:icon", w.url(f.Icon))
	w.put("atom:logo", w.url(f.Logo))
	w.rareFeed(f, "atom:link")
	w.deleted(f, "atom:", tidy)
}

func (w *xmlWriter) rssList(list, element string, values []string) {
	if len(values) == 0 {
		return
	}
	w.open(list)
	for _, v := range values {
		w.must(element, v)
	}
	w.close(list)
}

// rssCloud writes a cloud that says all it has to.
func (w *xmlWriter) rssCloud(c *Cloud) {
	if c == nil || tidy(c.Domain) == "" || upTo(c.Port, 1<<16-1) == "" || tidy(c.Path) == "" || tidy(c.Protocol) == "" {
		return
	}
	w.tag("cloud", []pair{{"domain", c.Domain}, {"port", upTo(c.Port, 1<<16-1)}, {"path", c.Path}})
	if tidy(c.Procedure) == "" {
		w.b = append(w.b, ` registerProcedure=""`...) // of http-post
	} else {
		w.attribute(pair{"registerProcedure", c.Procedure})
	}
	w.attribute(pair{"protocol", c.Protocol})
	w.b = append(w.b, "/>"...)
}

func (w *xmlWriter) rssInput(t *TextInput) {
	if t == nil || w.url(t.Link) == "" || tidy(t.Name) == "" {
		return
	}
	title := collapse(tidy(t.Title))
	if title == "" {
		title = tidy(t.Name)
	}
	w.open("textInput")
	w.must("title", w.mixed(PlainText(collapse(title))))
	w.must("description", w.mixed(PlainText(collapse(tidy(t.Description)))))
	w.must("name", t.Name)
	w.must("link", w.url(t.Link))
	w.close("textInput")
}

// feedLinks writes how the feed hangs together with other documents. Of what RFC 5005
// says there is one of each, the first.
func (w *xmlWriter) feedLinks(f *Feed, element, mime string) {
	if self := w.url(f.Self); self != "" {
		w.empty(element, pair{"rel", "self"}, pair{"type", mime}, pair{"href", self})
	}
	for _, hub := range f.Hubs {
		if hub = w.url(hub); hub != "" {
			w.empty(element, pair{"rel", "hub"}, pair{"href", hub})
		}
	}
	but := []string{"alternate", "self", "hub", "next", "enclosure", "license"}
	next := w.url(f.Next)
	for _, name := range []string{"first", "last", "previous", "current", "prev-archive", "next-archive"} {
		for _, l := range f.Links {
			url := w.url(l.URL)
			if relation(tidy(l.Rel)) != name || url == "" {
				continue
			}
			if name == "prev-archive" && url == next {
				next = "" // an archive, no page
			}
			w.empty(element, pair{"rel", name}, pair{"href", url})
			break
		}
		but = append(but, name)
	}
	if next != "" {
		w.empty(element, pair{"rel", "next"}, pair{"href", next})
	}
	w.links(element, f.Links, but...)
}

// links writes links whose relation is not said otherwise.
func (w *xmlWriter) links(element string, links []Link, but ...string) {
	for _, l := range links {
		if name := rel(l.Rel); name != "" && !slices.Contains(but, name) {
			w.link(element, name, l)
		}
	}
}

func (w *xmlWriter) link(element, name string, l Link) {
	if url := w.url(l.URL); url != "" {
		w.empty(element, pair{"rel", name}, pair{"type", mime(l.Type)}, pair{"hreflang", language(l.Language)}, pair{"title", l.Title},
			pair{"length", count(l.Length)}, pair{"href", url})
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
	id := tidy(e.ID)
	permalink := e.IDIsLink && webURL(id) != "" && id == safeURL(id)
	if id != "" {
		was := id
		id = w.unique(id, link)
		permalink = permalink && id == was
	}
	if link == "" && permalink {
		link = id
	}
	w.put("title", w.mixed(e.Title))
	w.put("link", link)
	w.put("guid", id, pair{"isPermaLink", when(!permalink, "false")})
	w.put("pubDate", rfc822(e.Published))
	w.put("atom:updated", rfc3339(e.Updated))
	structured := false
	for _, a := range e.Authors {
		if name := a.name(); name != "" {
			w.put("dc:creator", name)
			structured = structured || email(a.Email) != "" || w.url(a.URL) != "" || personOf(name) != Person{Name: name}
		}
	}
	if structured {
		for _, a := range e.Authors {
			w.person("atom:author", a)
		}
	}
	w.rssCategories(e.Categories)
	if summary := w.based(e.Summary).HTML(); tidy(summary) != "" || tidy(w.mixed(e.Title)) == "" {
		w.must("description", summary)
	}
	w.put("content:encoded", w.based(e.Content).HTML())
	for _, x := range e.Enclosures {
		x = w.enclosure(x)
		if absolute(x.URL) {
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
		// What more there is than <source> can say.
		w.atomSource("atom:", s, from != "")
	}
	w.put("comments", w.url(e.Comments))
	w.put("wfw:commentRss", w.url(e.CommentsFeed))
	if comments := w.url(e.CommentsFeed); comments != "" && e.Thread != nil && sayable(e.Thread.Updated) {
		w.empty("atom:link", pair{"rel", "replies"}, pair{"type", "application/atom+xml"}, pair{"thr:updated", rfc3339(e.Thread.Updated)}, pair{"href", comments})
	}
	w.put("dc:rights", w.mixed(e.Rights))
	if lang := language(e.Language); lang != w.lang {
		w.put("dc:language", lang)
	}
	for _, c := range e.Contributors {
		w.person("atom:contributor", c)
	}
	if all := w.alternates(link, e.Links); len(all) > 1 {
		w.links("atom:link", all[1:])
	}
	w.links("atom:link", e.Links, "alternate", "self", "enclosure", "license", "replies")
	w.rareEntry(e, "atom:link", "slash:comments")
	w.extensions(e)
	w.close("item")
}

// enclosure gives an enclosure what RSS and JSON Feed want it to say.
func (w *xmlWriter) enclosure(x Enclosure) Enclosure {
	x.URL = w.url(x.URL)
	if x.Type = mime(x.Type); x.Type == "" {
		x.Type = "application/octet-stream"
	}
	if x.Length = count(x.Length); x.Length == "" {
		x.Length = "0"
	}
	return x
}
