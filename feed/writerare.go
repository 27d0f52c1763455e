package feed

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rareNamespaces are declared where they are used only.
var rareNamespaces = []struct{ prefix, uri string }{
	{"creativeCommons", "http://backend.userland.com/creativeCommonsRssModule"},
	{"dcterms", "http://purl.org/dc/terms/"},
	{"fh", "http://purl.org/syndication/history/1.0"},
	{"georss", "http://www.georss.org/georss"},
	{"podcast", "https://podcastindex.org/namespace/1.0"},
	{"rsl", "https://rslstandard.org/rsl"},
	{"slash", "http://purl.org/rss/1.0/modules/slash/"},
	{"thr", "http://purl.org/syndication/thread/1.0"},
}

// document puts the root element around what was written.
func (w *xmlWriter) document(root string) []byte {
	var b []byte
	b = append(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"...)
	b = append(b, root...)
	b = append(b, declarations...)
	for _, ns := range rareNamespaces {
		if bytes.Contains(w.b, []byte("<"+ns.prefix+":")) || bytes.Contains(w.b, []byte(" "+ns.prefix+":updated=\"")) {
			b = append(b, " xmlns:"+ns.prefix+"=\""+ns.uri+"\""...)
		}
	}
	if w.lang != "" && !strings.HasPrefix(root, "rss") {
		b = append(b, " xml:lang=\""+w.lang+"\""...)
	}
	b = append(b, '>')
	b = append(b, w.b...)
	name, _, _ := strings.Cut(root, " ")
	return append(b, "\n</"+name+">\n"...)
}

// media writes media:content, alternatives of one another in a media:group.
func (w *xmlWriter) media(list []Media) {
	group := 0
	for i := range list {
		m := &list[i]
		if w.url(m.URL) == "" && (m.Detail == nil || w.url(m.Detail.Player) == "") {
			continue
		}
		if m.Group != group {
			if group > 0 {
				w.close("media:group")
			}
			if group = m.Group; group > 0 {
				w.open("media:group")
			} else {
				group = 0
			}
		}
		w.mediaContent(m)
	}
	if group > 0 {
		w.close("media:group")
	}
}

func (w *xmlWriter) mediaContent(m *Media) {
	d := m.Detail
	if d == nil {
		d = &MediaDetail{}
	}
	attrs := []pair{
		{"url", w.url(m.URL)},
		{"type", m.Type},
		{"medium", m.Medium},
		{"fileSize", m.Length},
		{"width", m.Width},
		{"height", m.Height},
		{"isDefault", when(m.Default, "true")},
		{"duration", d.Duration},
		{"bitrate", d.Bitrate},
		{"framerate", d.Framerate},
		{"samplingrate", d.SamplingRate},
		{"channels", d.Channels},
		{"lang", language(d.Language)},
		{"expression", d.Expression},
	}
	start := len(w.b)
	w.open("media:content", attrs...)
	inside := len(w.b)
	w.put("media:title", w.mixed(PlainText(collapse(tidy(m.Title)))))
	w.put("media:description", w.mixed(PlainText(collapse(tidy(m.Description)))))
	for _, c := range m.Credits {
		w.put("media:credit", collapse(tidy(c.Name)), pair{"role", c.Role}, pair{"scheme", c.Scheme})
	}
	for _, t := range d.Texts {
		w.put("media:text", w.mixed(PlainText(collapse(tidy(t.Text)))), pair{"lang", language(t.Language)}, pair{"start", t.Start}, pair{"end", t.End})
	}
	var words []string
	for _, word := range d.Keywords {
		if word = collapse(strings.ReplaceAll(tidy(word), ",", " ")); word != "" {
			words = append(words, word)
		}
	}
	w.put("media:keywords", strings.Join(words, ", "))
	for _, c := range d.Categories {
		w.put("media:category", c.Term, pair{"scheme", c.Scheme}, pair{"label", c.Label})
	}
	for _, r := range d.Ratings {
		w.put("media:rating", r.Value, pair{"scheme", r.Scheme})
	}
	if text, url := collapse(tidy(d.Copyright)), w.url(d.CopyrightURL); text+url != "" {
		w.must("media:copyright", text, pair{"url", url})
	}
	if license := collapse(tidy(d.License)); license != "" {
		href := when(absolute(license), w.url(license))
		w.must("media:license", license, pair{"href", href})
	}
	if player := w.url(d.Player); player != "" {
		w.empty("media:player", pair{"url", player})
	}
	for _, r := range d.Restrictions {
		relation := "deny"
		if r.Allow {
			relation = "allow"
		}
		w.put("media:restriction", collapse(tidy(r.Value)), pair{"relationship", relation}, pair{"type", r.Kind})
	}
	if len(w.b) > inside {
		w.close("media:content")
		return
	}
	w.b = w.b[:start]
	w.deep--
	w.empty("media:content", attrs...)
}

func when(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

// place writes GeoRSS Simple.
func (w *xmlWriter) place(p *Place) {
	if p == nil {
		return
	}
	points := p.Points
	switch {
	case p.Shape == "line" && len(points) >= 2:
		w.put("georss:line", spaced(points))
	case p.Shape == "polygon" && len(points) >= 2:
		if first := points[0]; first != points[len(points)-1] || len(points) < 4 {
			points = append(slices.Clone(points), first) // the last has to be the first
			for len(points) < 4 {
				points = append(points, first)
			}
		}
		w.put("georss:polygon", spaced(points))
	case p.Shape == "box" && len(points) == 2:
		w.put("georss:box", spaced(points))
	case p.Shape == "point" || p.Lat != 0 || p.Lon != 0:
		w.put("georss:point", spaced([]Point{{p.Lat, p.Lon}}))
	}
	w.put("georss:featureName", collapse(tidy(p.Name)))
	if p.Elevation != 0 {
		w.put("georss:elev", decimal(p.Elevation))
	}
	if p.Radius != 0 {
		w.put("georss:radius", decimal(p.Radius))
	}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func spaced(points []Point) string {
	var b strings.Builder
	for i, p := range points {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(decimal(p.Lat) + " " + decimal(p.Lon))
	}
	return b.String()
}

// terms writes RSL, and the licence (RFC 4946).
func (w *xmlWriter) terms(link, license string, t *Terms, about string) {
	if license = w.url(license); license != "" {
		w.empty(link, pair{"rel", "license"}, pair{"href", license})
		if w.rss { // whose readers know this one longer
			w.put("creativeCommons:license", license)
		}
	}
	if t == nil {
		return
	}
	if doc := w.url(t.Document); doc != "" {
		w.empty(link, pair{"rel", "license"}, pair{"type", rslType}, pair{"href", doc})
	}
	server := w.url(t.Server)
	if tidy(t.URL)+server+tidy(t.Copyright)+tidy(t.About) == "" && len(t.Licenses) == 0 && !t.Encrypted {
		return
	}
	// It has to say what it is about: if not itself, then all that is there.
	url := w.url(t.URL)
	if url == "" && about != blankPage {
		url = w.url(about)
	}
	if url == "" {
		url = "/"
	}
	w.open("rsl:content", pair{"url", url}, pair{"server", server}, pair{"encrypted", when(t.Encrypted, "true")})
	for _, l := range t.Licenses {
		w.open("rsl:license")
		w.uses("rsl:permits", l.Permits)
		w.uses("rsl:prohibits", l.Prohibits)
		for _, p := range l.Payments {
			w.open("rsl:payment", pair{"type", p.Type})
			for _, s := range p.Standard {
				w.put("rsl:standard", w.url(s))
			}
			w.put("rsl:custom", w.url(p.Custom))
			w.put("rsl:amount", p.Amount, pair{"currency", p.Currency})
			w.close("rsl:payment")
		}
		w.uses("rsl:legal", l.Legal)
		w.close("rsl:license")
	}
	w.put("rsl:copyright", collapse(tidy(t.Copyright)))
	w.put("rsl:terms", w.url(t.About))
	w.close("rsl:content")
}

func (w *xmlWriter) uses(element string, uses []Use) {
	for _, u := range uses {
		var names []string
		for _, name := range u.Names {
			names = append(names, listed(tidy(name))...)
		}
		w.put(element, strings.Join(names, " "), pair{"type", u.Kind})
	}
}

// podcast writes what a feed or an entry says as a podcast.
func (w *xmlWriter) podcast(c *Podcast) {
	if c == nil {
		return
	}
	w.put("itunes:type", strings.ToLower(c.Type))
	w.put("itunes:new-feed-url", w.url(c.NewFeedURL))
	w.put("podcast:guid", c.GUID)
	w.put("podcast:medium", c.Medium)
	if c.Locked || tidy(c.LockedBy) != "" {
		locked := "no"
		if c.Locked {
			locked = "yes"
		}
		w.must("podcast:locked", locked, pair{"owner", c.LockedBy})
	}
	for _, l := range c.Funding {
		if url := w.url(l.URL); url != "" {
			w.must("podcast:funding", collapse(tidy(l.Title)), pair{"url", url})
		}
	}
	w.put("itunes:season", c.Season)
	w.put("itunes:episode", c.Episode)
	w.put("itunes:episodeType", strings.ToLower(c.EpisodeType))
	if tidy(c.SeasonName) != "" {
		w.must("podcast:season", c.Season, pair{"name", c.SeasonName})
	}
	if tidy(c.EpisodeName) != "" {
		w.must("podcast:episode", c.Episode, pair{"display", c.EpisodeName})
	}
	for _, l := range c.Transcripts {
		if url := w.url(l.URL); url != "" {
			w.empty("podcast:transcript", pair{"url", url}, pair{"type", l.Type}, pair{"language", language(l.Language)}, pair{"rel", l.Rel})
		}
	}
	for _, l := range c.Chapters {
		if url := w.url(l.URL); url != "" {
			w.empty("podcast:chapters", pair{"url", url}, pair{"type", l.Type})
		}
	}
	for _, p := range c.People {
		w.put("podcast:person", collapse(tidy(p.Name)), pair{"role", p.Role}, pair{"group", p.Scheme}, pair{"img", w.url(p.Image)}, pair{"href", w.url(p.URL)})
	}
	w.put("podcast:license", c.License)
}

// dc writes Dublin Core.
func (w *xmlWriter) dc(d *DC, created, expired time.Time, publisher *Person) {
	if publisher != nil {
		// As one string, which has to be read as the same person again.
		if s := collapse(tidy(publisher.String())); s == personOf(s).String() {
			w.put("dc:publisher", s)
		}
	}
	w.put("dcterms:created", rfc3339(created))
	if d == nil {
		w.put("dcterms:valid", rfc3339(expired))
		return
	}
	if from := rfc3339(d.ValidFrom); from != "" {
		valid := "start=" + from + ";"
		if until := rfc3339(expired); until != "" {
			valid += " end=" + until + ";"
		}
		w.put("dcterms:valid", valid+" scheme=W3C-DTF;")
	} else {
		w.put("dcterms:valid", rfc3339(expired))
	}
	w.put("dcterms:available", rfc3339(d.Available))
	w.put("dcterms:dateAccepted", rfc3339(d.Accepted))
	w.put("dcterms:dateSubmitted", rfc3339(d.Submitted))
	w.put("dcterms:dateCopyrighted", rfc3339(d.Copyrighted))
	for _, t := range d.Terms {
		if name := dcNames[strings.ToLower(t.Name)]; name != "" {
			w.put("dcterms:"+name, collapse(tidy(t.Value)))
		}
	}
}

// thread writes where an entry stands in a discussion, but for its links.
func (w *xmlWriter) thread(t *Thread, count int, total string) {
	if count > 0 {
		w.put(total, strconv.Itoa(count))
	}
	if t == nil {
		return
	}
	for _, r := range t.ReplyTo {
		id, url := tidy(r.ID), w.url(r.URL)
		if id == "" {
			id = url
		}
		if id != "" {
			w.empty("thr:in-reply-to", pair{"ref", iri(id)}, pair{"href", url}, pair{"type", r.Type}, pair{"source", w.url(r.Source)})
		}
	}
	w.put("slash:section", collapse(tidy(t.Section)))
	w.put("slash:department", collapse(tidy(t.Department)))
	w.put("wfw:comment", w.url(t.Post))
}

// itunes writes what has no other element.
func (w *xmlWriter) itunes(block bool, explicit, duration string) {
	w.put("itunes:block", when(block, "Yes"))
	w.put("itunes:explicit", explicit)
	w.put("itunes:duration", duration)
}

// rareFeed writes extensions of a feed.
func (w *xmlWriter) rareFeed(f *Feed, link string) {
	w.terms(link, f.License, f.Terms, f.Link)
	w.dc(f.DC, f.Created, time.Time{}, f.Publisher)
	w.place(f.Place)
	w.itunes(f.Block, f.Explicit, "")
	w.put("itunes:complete", when(f.Ended, "Yes"))
	w.podcast(f.Podcast)
	if f.Archive {
		w.empty("fh:archive")
	} else if f.Complete {
		w.empty("fh:complete")
	}
}

// rareEntry writes extensions of an entry.
func (w *xmlWriter) rareEntry(e *Entry, link, total string) {
	w.terms(link, e.License, e.Terms, e.Link)
	w.dc(e.DC, e.Created, e.Expired, e.Publisher)
	w.thread(e.Thread, e.CommentCount, total)
	w.place(e.Place)
	w.itunes(e.Block, e.Explicit, e.Duration)
	w.podcast(e.Podcast)
}
