package publish

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"parallax/feed"
	"parallax/internal/news"
)

// EditEntry builds the entry that says what an outlet changed: the headline before and after, where it is
// another, with a link to what else changed. Who changed it is its source, as of an article; who says so is by, the
// hub.
func EditEntry(c news.Change, s *news.Source, hub, by string, now time.Time) *feed.Entry {
	e := Entry(c.Article, s, hub, now)
	page := hub + "/article/" + c.ArticleID
	e.ID, e.IDIsLink = page+"#version-"+strconv.Itoa(c.Revision), false
	e.Link = page + "#changes"
	e.Links = []feed.Link{
		{URL: e.Link, Rel: "alternate", Type: "text/html"},
		{URL: c.Article.URL, Rel: "related", Type: "text/html", Title: "The original"},
	}
	e.Title = feed.PlainText(c.Now)
	e.Summary = feed.PlainText(EditSentence(c, s))
	e.Content = feed.Text{}
	e.Authors = []feed.Person{{Name: by, URL: hub}}
	e.License = "" // what the entry says is the hub's
	// The outlet's date is that of the article; this is when the hub saw it changed.
	e.Published, e.Updated = c.At, c.At
	return e
}

// EditSentence says in words who changed what.
func EditSentence(c news.Change, s *news.Source) string {
	var b strings.Builder
	if c.Headline {
		fmt.Fprintf(&b, "%s changed the headline from “%s” to “%s”.", s.Name, c.Was, c.Now)
	} else {
		fmt.Fprintf(&b, "%s changed the text below the headline “%s”.", s.Name, c.Now)
	}
	if note := EditVia(c); note != "" {
		b.WriteString(" " + note)
	}
	return b.String()
}

// EditVia says that one of the versions was not read from the outlet itself; "" where both were.
func EditVia(c news.Change) string {
	if c.Via.Copied() || c.WasVia.Copied() {
		return "One of the two versions was read from a copy, and not from the outlet itself: what differs may be the copy’s."
	}
	return ""
}

// A StoryTold is a story as feeds tell it.
type StoryTold struct {
	Story *news.Story
	Head  *news.Article // whose headline it has
	// Sides are those of the lens that have an outlet in it or could have, Owners how many stand
	// behind the outlets that tell it.
	Sides  []SideTold
	Owners int
	Lens   *news.Lens
}

// A SideTold is how many outlets of a side tell a story, of how many.
type SideTold struct {
	Title    string
	Told, Of int
}

// StoryEntry builds the entry that says which sides tell a story; s is the source of its headline, by the name of
// the hub, which says so.
func StoryEntry(t StoryTold, s *news.Source, hub, by string, now time.Time) *feed.Entry {
	e := Entry(t.Head, s, hub, now)
	page := hub + "/story/" + t.Story.ID
	e.ID, e.IDIsLink, e.Link = page, false, page
	e.Links = []feed.Link{
		{URL: page, Rel: "alternate", Type: "text/html"},
		{URL: t.Head.URL, Rel: "related", Type: "text/html", Title: "The account whose headline this is"},
	}
	e.Authors, e.Summary, e.License = []feed.Person{{Name: by, URL: hub}}, feed.Text{}, ""
	e.Published, e.Updated = t.Story.Told, later(t.Story.Told, t.Story.Last)
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%s of %s; the headline is that of %s. %s:</p>\n<ul>", count(t.Story.Outlets, "outlet", "outlets"),
		count(t.Owners, "owner", "owners"), html.EscapeString(s.Name), html.EscapeString(t.Lens.Title))
	for _, sd := range t.Sides {
		fmt.Fprintf(&b, "<li>%s: %d of %s</li>", html.EscapeString(sd.Title), sd.Told, count(sd.Of, "outlet", "outlets"))
	}
	b.WriteString("</ul>")
	e.Content = feed.HTMLText(b.String())
	return e
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
