package nf1

import (
	"strings"
	"time"

	"parallax/feed"
)

// A renderer turns what a feed says into what a document says.
type renderer struct {
	clean func(html string) string // nil: HTML stays as it is
}

func (r renderer) feed(f *feed.Feed) *Feed {
	if f == nil {
		return nil
	}
	out := &Feed{
		ID: f.ID, Title: r.title(f.Title), Link: f.Link, Description: r.html(f.Description), Language: f.Language,
		Rights: r.html(f.Rights), License: f.License, Generator: f.Generator.Name,
		Updated: timeOf(f.Updated), Published: timeOf(f.Published), Created: timeOf(f.Created),
		Authors: each(f.Authors, personOf), Contributors: each(f.Contributors, personOf), Publisher: some(f.Publisher, personOf),
		Categories: each(f.Categories, categoryOf), Image: some(f.Image, imageOf), Icon: f.Icon, Logo: f.Logo,
		Info: r.html(f.Info), Docs: f.Docs, TTL: int(f.TTL / time.Minute), Links: links(f.Links, f.Format),
		Block: f.Block, Explicit: explicit(f.Explicit),
	}
	if g := f.Generator; g != (feed.Generator{}) {
		out.GeneratorDetail = &Generator{Name: g.Name, URI: g.URL, Version: g.Version}
	}
	return out
}

func (r renderer) entry(e *feed.Entry) Entry {
	return Entry{
		ID: e.ID, Title: r.title(e.Title), Link: e.Link, Comments: e.Comments, Summary: r.html(e.Summary), Content: r.html(e.Content),
		Language: e.Language, Rights: r.html(e.Rights), License: e.License,
		Published: timeOf(e.Published), Updated: timeOf(e.Updated), Created: timeOf(e.Created), Expired: timeOf(e.Expired),
		Authors: each(e.Authors, personOf), Contributors: each(e.Contributors, personOf), Publisher: some(e.Publisher, personOf),
		Categories: each(e.Categories, categoryOf), Image: some(e.Image, imageOf), Thumbnails: each(e.Thumbnails, thumbnailOf),
		Enclosures: each(e.Enclosures, enclosureOf), Links: each(e.Links, linkOf), Source: r.feed(e.Source),
		Block: e.Block, Explicit: explicit(e.Explicit), Duration: e.Duration,
	}
}

// title leaves plain text as it is: most readers show titles as text.
func (r renderer) title(t feed.Text) string {
	if t.Type == feed.HTML {
		return r.html(t)
	}
	return t.Body
}

func (r renderer) html(t feed.Text) string {
	if r.clean != nil && t.Type == feed.HTML && t.Body != "" {
		return r.clean(t.HTML())
	}
	return t.HTML()
}

// explicit reads the values that itunes:explicit has had over the years.
func explicit(said string) *bool {
	switch strings.ToLower(said) {
	case "yes", "true", "explicit":
		return new(true)
	case "no", "false", "clean":
		return new(false)
	}
	return nil
}

func personOf(p feed.Person) Person       { return Person{Name: p.Name, Email: p.Email, URI: p.URL} }
func categoryOf(c feed.Category) Category { return Category(c) }
func imageOf(i feed.Image) Image          { return Image(i) }
func thumbnailOf(t feed.Thumbnail) Image  { return Image{URL: t.URL, Width: t.Width, Height: t.Height} }

func enclosureOf(x feed.Enclosure) Enclosure {
	return Enclosure{URL: x.URL, Type: x.Type, Length: x.Length}
}

func linkOf(l feed.Link) Link {
	return Link{Href: l.URL, Rel: l.Rel, Type: l.Type, Title: l.Title, Hreflang: l.Language, Length: l.Length}
}

// links adds what is plain: a feed's link to itself leads to what it is.
func links(list []feed.Link, format feed.Format) []Link {
	out := each(list, linkOf)
	for i := range out {
		if l := &out[i]; l.Rel == "self" && l.Type == "" && (format == feed.Atom03 || format == feed.Atom10 || format == feed.Atom) {
			l.Type = "application/atom+xml"
		}
	}
	return out
}

func each[A, B any](list []A, one func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = one(a)
	}
	return out
}

func some[A, B any](a *A, one func(A) B) *B {
	if a == nil {
		return nil
	}
	b := one(*a)
	return &b
}
