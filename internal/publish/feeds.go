package publish

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"parallax/feed"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// A Channel is what a feed that goes out is made of.
type Channel struct {
	Title string
	About string // one sentence: what the feed holds
	// Hub is the URL of the hub without a slash at its end; Page and Self are paths of
	// the page that shows the same and of the feed.
	Hub, Page, Self string
	ID              string // a path that names the feed, where another feed has this Page
	Generator       string // software version
	// Articles go out in this order. An Article whose Source is missing from Sources, or
	// that is not carried at Now, does not.
	Articles []*news.Article
	Sources  map[string]*news.Source
	Now      time.Time
	// Entries go out in the place of Articles: what the hub itself tells. Whoever makes them asks whether
	// the article that each is of is carried.
	Entries []*feed.Entry
	// Notes are what the hub says besides of an Article, by its id.
	Notes map[string][]feed.Note
	// Of says of what the feed is made, for who looks for what is gone of it: its SourceIDs and StoryID.
	Of news.GoneQuery
	// Unburied says that what is in the feed is no Article, of which there are no tombstones.
	Unburied bool
	// NextAfter is the cursor of the next page of the feed, "" where there is none; PrevAfter that of the
	// page before, nil where that is not known, or there is none.
	NextAfter string
	PrevAfter *string
	// Parts are the archives before and after; Archive says that this is one.
	Parts   news.Parts
	Archive bool
	// Gone are Articles that were in the feed and are not any more, for formats that can say so
	// (RFC 6721), By whom.
	Gone []*news.Gone
	By   string
}

// Feed builds the feed. Each entry keeps the guid, permalink, authors and dates that
// its outlet gave, names the outlet as its source, and holds as much text as the
// Carriage allows; disclosure and carriage stand apart from it, as notes.
func Feed(c Channel) *feed.Feed {
	f := &feed.Feed{
		ID:          c.Hub + cmp.Or(c.ID, c.Page),
		Title:       feed.PlainText(c.Title),
		Description: feed.PlainText(c.About),
		Link:        c.Hub + c.Page,
		Self:        c.Hub + c.Self,
		Generator:   feed.Generator{Name: "Parallax", Version: c.Generator},
		TTL:         15 * time.Minute,
		Icon:        c.Hub + "/favicon.svg",
	}
	for _, e := range c.Entries {
		f.Entries = append(f.Entries, e)
		if t := later(e.Published, e.Updated); t.After(f.Updated) && !t.After(c.Now) {
			f.Updated = t
		}
	}
	used := map[string]bool{}
	for _, a := range c.Articles {
		s := c.Sources[a.SourceID]
		if s == nil || !Carried(a, s, c.Now) {
			continue
		}
		e := Entry(a, s, c.Hub, c.Now)
		e.Notes = append(e.Notes, c.Notes[a.ID]...)
		if used[e.ID] {
			// Two outlets may use one guid ("1"), one outlet may use it twice: within a
			// feed readers would see one entry.
			e.ID, e.IDIsLink = a.URL, false
			if used[e.ID] || e.ID == "" {
				e.ID = c.Hub + "/article/" + a.ID
			}
		}
		used[e.ID] = true
		f.Entries = append(f.Entries, e)
		// When the hub saw it counts too: an outlet may date its articles as it likes,
		// and RFC 4287 §4.2.15 lets the feed's own date say when it changed.
		for _, t := range []time.Time{a.FirstSeen, a.Updated} {
			if t.After(f.Updated) && !t.After(c.Now) {
				f.Updated = t
			}
		}
	}
	bury(f, c, used)
	return f
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// bury adds the tombstones. The id is that which the entry had; where another entry of the feed has the
// same, of another outlet or a later one, the tombstone would be taken for that one's.
func bury(f *feed.Feed, c Channel, used map[string]bool) {
	for _, g := range c.Gone {
		s := c.Sources[g.SourceID]
		id := entryID(g.GUID, g.URL, g.ArticleID)
		if used[id] {
			id = g.URL
		}
		if s == nil || id == "" || used[id] {
			continue
		}
		used[id] = true
		f.Deleted = append(f.Deleted, feed.Deleted{
			ID: id, When: g.At, By: feed.Person{Name: c.By}, Comment: WhyGone(g, s), Link: c.Hub + "/article/" + g.ArticleID,
		})
		if g.At.After(f.Updated) {
			f.Updated = g.At
		}
	}
}

// Entry builds the entry of one Article, which its caller knows to be carried.
func Entry(a *news.Article, s *news.Source, hub string, now time.Time) *feed.Entry {
	e := &feed.Entry{
		ID:        entryID(a.GUID, a.URL, a.ID),
		Link:      a.URL,
		Title:     feed.PlainText(a.Title),
		Published: a.Published,
		Updated:   a.Updated,
		Source: &feed.Feed{
			ID: s.ID, Title: feed.PlainText(s.Name), Link: s.Home,
			Links: []feed.Link{{URL: s.Home, Rel: "alternate", Type: "text/html"}},
			// Where nobody signs an article, its outlet does: an entry has an author, of its own or
			// of its source (RFC 4287 §4.1.2).
			Authors: []feed.Person{{Name: s.Name, URL: s.Home}},
		},
		Notes: []feed.Note{
			{Name: "disclosure", Text: DisclosureLine(s), URL: hub + "/source/" + url.PathEscape(s.ID)},
			{Name: "carriage", Text: CarriageNote(s), URL: hub + "/source/" + url.PathEscape(s.ID) + "#carriage"},
			{Name: "compared", Text: "How other outlets tell it.", URL: hub + "/article/" + a.ID},
		},
	}
	if n := s.DisclosureThen(a.FirstSeen); n > 0 {
		e.Notes = append(e.Notes, feed.Note{
			Name: "disclosure-then", Text: fmt.Sprintf("When this article was first seen here, another version of what is said of %s was in force: version %d of now %d.", s.Name, n, len(s.Versions)),
			URL: fmt.Sprintf("%s/source/%s/disclosure/%d", hub, url.PathEscape(s.ID), n),
		})
	}
	e.IDIsLink = e.ID == e.Link
	e.License = LicenceOf(a, s)
	if len(s.FeedURLs) > 0 {
		e.Source.Self = news.PublicURL(s.FeedURLs[0])
	}
	if note := ViaNote(a.Via); note != "" {
		e.Notes = append(e.Notes, feed.Note{Name: "via", Text: note, URL: hub + "/article/" + a.ID})
	}
	if a.StoryID != "" {
		e.Notes[2].URL = hub + "/story/" + a.StoryID
	}
	e.Links = []feed.Link{
		{URL: a.URL, Rel: "alternate", Type: "text/html"},
		{URL: hub + "/article/" + a.ID, Rel: "related", Type: "text/html"},
	}
	if a.Language != "" && a.Language != "und" {
		e.Language = a.Language
	}
	for _, name := range a.Authors {
		e.Authors = append(e.Authors, feed.Person{Name: name})
	}
	switch body := Body(a, s, now); {
	case body.HTML != "":
		e.Content = feed.HTMLText(direct(sanitize.Shown(body.HTML, nil), a.Language))
		e.Content.Base = a.URL
		if a.Lead != "" {
			e.Summary = feed.PlainText(news.Cut(a.Lead, news.ExcerptRunes))
		}
	case body.Excerpt != "":
		e.Summary = feed.PlainText(body.Excerpt)
	}
	return e
}

// entryID returns the id that the outlet gave, else the permalink.
func entryID(guid, link, articleID string) string {
	if id := strings.TrimSpace(guid); id != "" {
		return id
	}
	if link != "" {
		return link
	}
	return "urn:parallax:article:" + articleID
}

// direct wraps text that is written from right to left, for feed readers know nothing
// of its direction.
func direct(html, tag string) string {
	if lang.Dir(tag) != "rtl" {
		return html
	}
	return `<div dir="rtl">` + html + `</div>`
}
