package feed_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"parallax/feed"
)

// A pair is one document as both parsers read it.
type pair struct {
	name   string
	data   []byte
	ours   *feed.Feed
	theirs *gofeed.Feed
	err    error // gofeed's
}

// A difference is one field of a feed or entry about which the parsers disagree, as
// comparable text: normalised as far as two correct parsers may differ.
type difference struct {
	*pair
	entry        *feed.Entry  // nil for what the feed says of itself
	item         *gofeed.Item // the same entry
	field        string
	ours, theirs string
}

// compare returns what the two parsers disagree about.
func compare(name string, data []byte) []difference {
	p := &pair{name: name, data: data}
	var err error
	p.ours, err = feed.Parse(data, feed.Options{})
	p.theirs, p.err = gofeed.NewParser().Parse(bytes.NewReader(data))
	var out []difference
	add := func(e *feed.Entry, it *gofeed.Item, field, ours, theirs string) {
		if ours != theirs {
			d := difference{pair: p, entry: e, item: it, field: field, ours: ours, theirs: theirs}
			out = append(out, d)
		}
	}
	if p.err != nil || err != nil {
		add(nil, nil, "feed", found(err), found(p.err))
		return out
	}
	f, g := p.ours, p.theirs
	add(nil, nil, "format", strings.TrimRight(string(f.Format), "nu"), theirFormat(g))
	add(nil, nil, "title", markup(f.Title.HTML(), f.Title.Base), theirText(f.Title, g.Title, f.Title.Base))
	add(nil, nil, "description", markup(f.Description.HTML(), f.Description.Base), theirText(f.Description, g.Description, f.Description.Base))
	add(nil, nil, "link", f.Link, g.Link)
	add(nil, nil, "self", f.Self, g.FeedLink)
	add(nil, nil, "language", f.Language, g.Language)
	add(nil, nil, "copyright", markup(f.Rights.HTML(), f.Rights.Base), theirText(f.Rights, g.Copyright, f.Rights.Base))
	add(nil, nil, "generator", generator(f.Generator), g.Generator)
	add(nil, nil, "published", instant(f.Published), their(g.PublishedParsed))
	add(nil, nil, "updated", instant(f.Updated), their(g.UpdatedParsed))
	add(nil, nil, "image", emblem(f), theirPicture(g.Image))
	add(nil, nil, "authors", people(f.Authors), theirPeople(g.Authors))
	add(nil, nil, "categories", terms(f.Categories), theirTerms(g.Categories))
	if len(f.Entries) != len(g.Items) {
		add(nil, nil, "entries", count(len(f.Entries)), count(len(g.Items)))
	}
	for _, m := range matched(f.Entries, g.Items) {
		e, it := m.entry, m.item
		add(e, it, "id", e.ID, it.GUID)
		add(e, it, "title", markup(e.Title.HTML(), ""), theirText(e.Title, it.Title, ""))
		add(e, it, "link", e.Link, it.Link)
		add(e, it, "summary", markup(e.Summary.HTML(), e.Summary.Base), theirText(e.Summary, it.Description, e.Summary.Base))
		add(e, it, "content", markup(e.Content.HTML(), e.Content.Base), theirText(e.Content, it.Content, e.Content.Base))
		add(e, it, "published", instant(e.Published), their(it.PublishedParsed))
		add(e, it, "updated", instant(e.Updated), their(it.UpdatedParsed))
		add(e, it, "authors", people(e.Authors), theirPeople(it.Authors))
		add(e, it, "categories", terms(e.Categories), theirTerms(it.Categories))
		add(e, it, "enclosures", enclosures(e.Enclosures), theirEnclosures(it.Enclosures))
		add(e, it, "image", picture(e.Image), theirPicture(it.Image))
	}
	return out
}

func found(err error) string {
	if err == nil {
		return "a feed"
	}
	return "none"
}

func count(n int) string { return strings.Repeat("x", n) }

type match struct {
	entry *feed.Entry
	item  *gofeed.Item
}

// matched pairs entries with items: all in order if there are as many, else those with
// the same id or link.
func matched(entries []*feed.Entry, items []*gofeed.Item) (out []match) {
	if len(entries) == len(items) {
		for i := range entries {
			out = append(out, match{entries[i], items[i]})
		}
		return out
	}
	next := 0
	for _, e := range entries {
		for i := next; i < len(items); i++ {
			if e.ID != "" && e.ID == items[i].GUID || e.ID == "" && e.Link != "" && e.Link == items[i].Link {
				out = append(out, match{e, items[i]})
				next = i + 1
				break
			}
		}
	}
	return out
}

// theirFormat writes gofeed's type and version as ours, which tells Netscape's RSS
// 0.91 from UserLand's besides.
func theirFormat(g *gofeed.Feed) string {
	switch g.FeedType {
	case "json":
		if strings.HasSuffix(g.FeedVersion, "/1.1") {
			return "json11"
		}
		return "json1"
	default:
		version := g.FeedType + strings.ReplaceAll(g.FeedVersion, ".", "")
		if version == "rss09" {
			version = "rss090"
		}
		return version
	}
}

// markup writes HTML in one way: entities decoded, tags in lower case, attributes
// sorted, white space collapsed, URLs absolute where a base is known.
func markup(s, base string) string {
	if !strings.ContainsAny(s, "<&") {
		return fields(s)
	}
	var at *url.URL
	if base != "" {
		at, _ = url.Parse(base)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return fields(b.String())
		case html.TextToken:
			b.WriteString(html.UnescapeString(string(z.Raw())))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			slices.SortFunc(t.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
			b.WriteString("<" + t.Data)
			for _, a := range t.Attr {
				if a.Key == "href" || a.Key == "src" {
					if u, err := url.Parse(strings.TrimSpace(a.Val)); err == nil && at != nil {
						a.Val = at.ResolveReference(u).String()
					}
				}
				b.WriteString(" " + a.Key + "='" + a.Val + "'")
			}
			b.WriteString(">")
		case html.EndTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				b.WriteString("</" + string(name) + ">")
			}
		}
	}
}

// void are elements whose end tag says nothing.
var void = map[string]bool{"img": true, "br": true, "hr": true, "param": true, "embed": true, "input": true, "wbr": true, "area": true, "source": true}

// fields collapses white space as XML knows it.
func fields(s string) string {
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }), " "))
}

// theirText normalises text of gofeed, which does not say whether it is markup, as
// ours is.
func theirText(ours feed.Text, theirs, base string) string {
	if ours.Type == feed.Plain {
		return markup(html.EscapeString(theirs), "")
	}
	return markup(theirs, base)
}

func generator(g feed.Generator) string {
	s := g.Name
	if g.Version != "" {
		s += " v" + g.Version
	}
	if g.URL != "" && g.URL != g.Name {
		s += " " + g.URL
	}
	return strings.TrimSpace(s)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func their(t *time.Time) string {
	if t == nil {
		return ""
	}
	return instant(*t)
}

// emblem is what gofeed has as the image of a feed: also the logo or icon of Atom, and
// the icon of JSON Feed.
func emblem(f *feed.Feed) string {
	url := picture(f.Image)
	if url == "" {
		url = f.Logo
	}
	if url == "" && f.Format != feed.JSON1 && f.Format != feed.JSON11 {
		url = f.Icon
	}
	return url
}

func picture(i *feed.Image) string {
	if i == nil {
		return ""
	}
	return i.URL
}

func theirPicture(i *gofeed.Image) string {
	if i == nil {
		return ""
	}
	return i.URL
}

func people(list []feed.Person) string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, p.Name+" <"+p.Email+">")
	}
	return strings.Join(out, "; ")
}

func theirPeople(list []*gofeed.Person) string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, fields(p.Name)+" <"+p.Email+">")
	}
	return strings.Join(out, "; ")
}

func terms(list []feed.Category) string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		if c.Label != "" {
			c.Term = c.Label
		}
		out = append(out, fields(c.Term))
	}
	return strings.Join(out, "; ")
}

func theirTerms(list []string) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, fields(s))
	}
	return strings.Join(out, "; ")
}

func enclosures(list []feed.Enclosure) string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, fields(x.URL+" "+x.Type+" "+x.Length))
	}
	return strings.Join(out, "; ")
}

func theirEnclosures(list []*gofeed.Enclosure) string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, fields(x.URL+" "+x.Type+" "+x.Length))
	}
	return strings.Join(out, "; ")
}
