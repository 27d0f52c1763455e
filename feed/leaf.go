package feed

import (
	"strings"
	"time"
)

// leaf takes the text of an element to the field it belongs in.
func (p *parser) leaf(f *frame, value []byte) {
	switch f.owner {
	case inFeed, inSource, inEntry:
		c := p.common(f.owner)
		if c == nil {
			return
		}
		if strings.HasPrefix(f.key, "media:") {
			p.mediaAround(f, value)
		}
		if p.commonLeaf(c, f, value) {
			return
		}
		if f.owner == inEntry {
			p.entryLeaf(f, value)
			return
		}
		target, r := p.feed, &p.fr
		if f.owner == inSource {
			target, r = p.source, &p.sr
		}
		p.feedLeaf(target, r, f, value)
	case inPerson:
		p.personLeaf(f, p.str(value))
	case inImage:
		p.imageLeaf(f, p.str(value))
	case inMedia:
		p.mediaLeaf(f, value)
	case inDeleted:
		p.deletedLeaf(f, value)
	case inTextInput:
		p.inputLeaf(f, value)
	}
}

// commonLeaf handles what feeds and entries have in common.
func (p *parser) commonLeaf(c *common, f *frame, value []byte) bool {
	r := c.ranks
	text := func() string { return p.str(value) }
	switch f.key {
	case "title":
		if len(value) > 0 && better(&r.title, 5) {
			*c.title = p.rssText(f, text())
		}
	case "dc:title", "media:title", "itunes:title":
		rank := uint8(2)
		if f.key == "dc:title" {
			rank = 3
		}
		if len(value) > 0 && better(&r.title, rank) {
			*c.title = p.rssText(f, text())
		}
	case "atom:title":
		if len(value) > 0 && better(&r.title, 4) {
			*c.title = p.atomText(f, text())
		}
	case "link":
		if len(value) == 0 || f.attrs.has("href") {
			p.atomLink(c, f, "")
			return true
		}
		p.addLink(c, Link{URL: f.resolve(text()), Rel: "alternate"}, 5)
	case "atom:link":
		p.atomLink(c, f, text())
	case "atom:id":
		if better(&r.id, 3) {
			*c.id = text()
		}
	case "atom:rights", "atom:copyright":
		if better(&r.rights, 3) {
			*c.rights = p.atomText(f, text())
		}
	case "copyright", "dc:rights":
		if better(&r.rights, 2) {
			*c.rights = p.rssText(f, text())
		}
	case "language":
		if better(&r.lang, 3) {
			*c.lang = languageTag(text())
		}
	case "dc:language":
		if better(&r.lang, 2) {
			*c.lang = languageTag(text())
		}
	case "author", "managingeditor", "atom:author":
		p.addPerson(c, personOf(text()), 3)
	case "dc:creator", "dc:author":
		p.addPerson(c, personOf(text()), 3)
	case "itunes:author":
		p.addPerson(c, personOf(text()), 2)
	case "dc:contributor", "contributor":
		if who := personOf(text()); who != (Person{}) {
			keep(&p.tally, c.contributors, who)
		}
	case "dc:publisher", "webmaster":
		rank := uint8(1)
		if f.key == "dc:publisher" {
			rank = 3
		}
		if who := personOf(text()); who != (Person{}) && better(&r.publisher, rank) {
			*c.publisher = &who
		}
	case "category", "dc:subject", "keywords":
		if term := text(); term != "" {
			keep(&p.tally, c.categories, Category{Term: collapse(term), Scheme: f.attrs.get("domain")})
		} else if term := f.attrs.get("term"); term != "" {
			keep(&p.tally, c.categories, Category{Term: term, Scheme: f.attrs.get("scheme"), Label: f.attrs.get("label")})
		}
	case "media:category":
		if len(value) > 0 {
			keep(&p.tally, c.categories, mediaCategory(f, text()))
		}
	case "atom:category":
		cat := Category{Term: f.attrs.get("term"), Scheme: f.attrs.get("scheme"), Label: f.attrs.get("label")}
		if cat.Term == "" {
			cat.Term = text()
		}
		if cat != (Category{}) {
			keep(&p.tally, c.categories, cat)
		}
	case "tags":
		for term := range strings.SplitSeq(text(), ",") {
			if term = collapse(term); term != "" {
				keep(&p.tally, c.categories, Category{Term: term})
			}
		}
	case "itunes:keywords":
		for term := range strings.SplitSeq(text(), ",") {
			if term = strings.TrimSpace(term); term != "" {
				keep(&p.tally, c.categories, Category{Term: term, Scheme: itunesScheme})
			}
		}
	case "itunes:image":
		url := f.attrs.get("href")
		if url == "" {
			url = f.attrs.get("url")
		}
		if url == "" && absolute(text()) {
			url = text()
		}
		if url = f.resolve(url); url != "" && better(&r.image, 3) {
			*c.image = &Image{URL: url}
		}
	case "itunes:block":
		*c.block = strings.EqualFold(text(), "yes")
	case "itunes:explicit":
		*c.explicit = text()
	case "pubdate", "dcterms:issued", "atom:published", "atom:issued", "published":
		p.setDate(c.published, &r.published, 3, value)
	case "dc:date":
		p.setDate(c.published, &r.published, 2, value)
	case "dcterms:modified", "lastbuilddate", "atom:updated", "atom:modified", "updated":
		p.setDate(c.updated, &r.updated, 3, value)
	case "dcterms:created", "atom:created":
		if t, ok := p.dateOf(value); ok {
			*c.created = t
		}
	case "creativecommons:license", "cc:license":
		if url := f.attrs.get("resource"); url != "" {
			*c.license = f.resolve(url)
		} else if len(value) > 0 {
			*c.license = f.resolve(text())
		}
	default:
		return false
	}
	return true
}

const itunesScheme = "http://www.itunes.com/"

func (p *parser) setDate(field *time.Time, r *uint8, rank uint8, value []byte) {
	if rank <= *r {
		return
	}
	if t, ok := p.dateOf(value); ok {
		*field, *r = t, rank
	}
}

// rssText reads a title or the like of RSS, of which nobody knows whether it is markup.
func (p *parser) rssText(f *frame, value string) Text {
	if len(f.attrs) > 0 && f.attrs.get("mode") == "base64" {
		return p.atomText(f, value)
	}
	if p.markedBy(f) {
		return f.html(value)
	}
	return f.guess(value)
}

// languageTag writes "de_AT" as BCP 47 has it.
func languageTag(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "_", "-") }

// addLink adds a link, and makes it the link if it is the best so far.
func (p *parser) addLink(c *common, l Link, rank uint8) {
	if l.URL == "" {
		return
	}
	keep(&p.tally, c.links, l)
	if l.Rel == "alternate" && better(&c.ranks.link, rank) {
		*c.link = l.URL
	}
}

// atomLink reads atom:link; a few have their URL as text.
func (p *parser) atomLink(c *common, f *frame, text string) {
	l := Link{
		URL: f.resolve(f.attrs.get("href")), Rel: relation(f.attrs.get("rel")), Type: strings.TrimSpace(f.attrs.get("type")),
		Title: f.attrs.get("title"), Language: f.attrs.get("hreflang"), Length: f.attrs.get("length"),
	}
	if l.URL == "" {
		if l.URL = f.resolve(text); l.URL == "" {
			return
		}
	}
	rank := uint8(3)
	if t := mediaType(l.Type); t == "" || t == "text/html" || t == "application/xhtml+xml" {
		rank = 4
	}
	p.addLink(c, l, rank)
	switch l.Rel {
	case "enclosure":
		if f.owner == inEntry {
			keep(&p.tally, &p.entry.Enclosures, Enclosure{URL: l.URL, Type: l.Type, Length: l.Length, Title: l.Title})
		}
	case "replies":
		if f.owner == inEntry {
			if strings.Contains(l.Type, "xml") {
				p.entry.CommentsFeed = l.URL
			} else {
				p.entry.Comments = l.URL
			}
			p.replied(f)
		}
	case "license":
		if mediaType(l.Type) == rslType {
			if t := p.termsOf(f.owner); t != nil {
				t.Document = l.URL
			}
			break
		}
		*c.license = l.URL
	case "self", "hub", "next", "prev-archive":
		switch f.owner {
		case inFeed:
			p.related(p.feed, l)
		case inSource:
			p.related(p.source, l)
		}
	}
}

// related files a link of the feed itself under its relation.
func (p *parser) related(f *Feed, l Link) {
	switch {
	case l.Rel == "self" && f.Self == "":
		f.Self = l.URL
	case l.Rel == "hub":
		keep(&p.tally, &f.Hubs, l.URL)
	case l.Rel == "next", l.Rel == "prev-archive" && f.Next == "":
		f.Next = l.URL
	}
}

// relation returns the short form of a relation; none said is "alternate".
func relation(rel string) string {
	rel = strings.TrimSpace(rel)
	if rel == "" {
		return "alternate"
	}
	if i := strings.LastIndex(rel, "/relation/"); i >= 0 && strings.HasPrefix(rel, "http") {
		return rel[i+len("/relation/"):]
	}
	return rel
}

func (p *parser) personLeaf(f *frame, value string) {
	who := p.person
	if who == nil || value == "" {
		return
	}
	switch strings.TrimPrefix(strings.TrimPrefix(f.key, "atom:"), "itunes:") {
	case "name":
		if who.Name == "" {
			who.Name = collapse(value)
		}
	case "email":
		if who.Email == "" {
			who.Email = value
		}
	case "uri", "url", "homepage":
		if who.URL == "" {
			who.URL = f.resolve(value)
		}
	}
}

func (p *parser) imageLeaf(f *frame, value string) {
	img := p.image
	if img == nil || value == "" {
		return
	}
	switch f.key {
	case "url":
		img.URL = f.resolve(value)
	case "title":
		img.Title = p.rssText(f, value).String()
	case "link":
		img.Link = f.resolve(value)
	case "description":
		img.Description = p.rssText(f, value).String()
	case "width":
		img.Width = value
	case "height":
		img.Height = value
	}
}
