package nf1

import (
	"strings"
	"time"

	"parallax/feed"
)

// A renderer turns what a feed says into what a document says.
type renderer struct{ cleaner Cleaner }

func (r renderer) feed(f *feed.Feed) *Feed {
	if f == nil {
		return nil
	}
	out := &Feed{
		ID: f.ID, Title: r.html(f.Title), Link: r.url(f.Link), Description: r.html(f.Description), Language: f.Language,
		Rights: r.html(f.Rights), License: r.url(f.License), Generator: f.Generator.Name,
		Updated: timeOf(f.Updated), Published: timeOf(f.Published), Created: timeOf(f.Created),
		Authors: each(f.Authors, r.personOf), Contributors: each(f.Contributors, r.personOf), Publisher: some(f.Publisher, r.personOf),
		Categories: each(f.Categories, categoryOf), Image: some(f.Image, r.imageOf), Icon: r.url(f.Icon), Logo: r.url(f.Logo),
		Info: r.html(f.Info), Docs: r.url(f.Docs), TTL: int(f.TTL / time.Minute), Links: r.links(f.Links, f.Format),
		Block: f.Block, Explicit: explicit(f.Explicit),
	}
	if g := f.Generator; g != (feed.Generator{}) {
		out.GeneratorDetail = &Generator{Name: g.Name, URI: r.url(g.URL), Version: g.Version}
	}
	return out
}

func (r renderer) entry(e *feed.Entry) Entry {
	return Entry{
		ID: e.ID, Title: r.html(e.Title), Link: r.url(e.Link), Comments: r.url(e.Comments), Summary: r.html(e.Summary), Content: r.html(e.Content),
		Language: e.Language, Rights: r.html(e.Rights), License: r.url(e.License),
		Published: timeOf(e.Published), Updated: timeOf(e.Updated), Created: timeOf(e.Created), Expired: timeOf(e.Expired),
		Authors: each(e.Authors, r.personOf), Contributors: each(e.Contributors, r.personOf), Publisher: some(e.Publisher, r.personOf),
		Categories: each(e.Categories, categoryOf), Image: some(e.Image, r.imageOf), Thumbnails: each(e.Thumbnails, r.thumbnailOf),
		Enclosures: each(e.Enclosures, r.enclosureOf), Links: each(e.Links, r.linkOf), Source: r.feed(e.Source),
		Block: e.Block, Explicit: explicit(e.Explicit), Duration: e.Duration,
	}
}

func (r renderer) url(ref string) string {
	if r.cleaner.URL != nil && ref != "" {
		return r.cleaner.URL(ref)
	}
	return ref
}

func (r renderer) html(t feed.Text) string {
	if r.cleaner.HTML != nil && t.Type == feed.HTML && t.Body != "" {
		return r.cleaner.HTML(t.HTML())
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

func (r renderer) personOf(p feed.Person) Person {
	return Person{Name: p.Name, Email: p.Email, URI: r.url(p.URL)}
}
func categoryOf(c feed.Category) Category { return Category(c) }
func (r renderer) imageOf(i feed.Image) Image {
	i.URL, i.Link = r.url(i.URL), r.url(i.Link)
	return Image(i)
}

func (r renderer) thumbnailOf(t feed.Thumbnail) Image {
	return Image{URL: r.url(t.URL), Width: t.Width, Height: t.Height}
}

func (r renderer) enclosureOf(x feed.Enclosure) Enclosure {
	return Enclosure{URL: r.url(x.URL), Type: x.Type, Length: x.Length}
}

func (r renderer) linkOf(l feed.Link) Link {
	return Link{Href: r.url(l.URL), Rel: l.Rel, Type: l.Type, Title: l.Title, Hreflang: l.Language, Length: l.Length}
}

// links adds what is plain: a feed's link to itself leads to what it is.
func (r renderer) links(list []feed.Link, format feed.Format) []Link {
	out := each(list, r.linkOf)
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
