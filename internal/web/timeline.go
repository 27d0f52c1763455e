package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

// A timeline shows when each side told a story: a row per side, a mark per article.
type timeline struct {
	Rows  []timeRow
	Ticks []tick
}

type timeRow struct {
	Side  side
	Label string // the row in words
	Marks []mark
}

type mark struct {
	X     string // per cent
	Title string
	Copy  bool
}

type tick struct{ X, Anchor, Text string }

// margin keeps marks at both ends whole.
const margin = 2.0

// timelineOf draws the timeline. A story told at one moment has none.
func timelineOf(list []*telling, h *hub) timeline {
	var first, last time.Time
	each := func(f func(t *telling, a *news.Article, isCopy bool)) {
		for _, t := range list {
			for _, a := range t.articles {
				f(t, a, false)
			}
			for _, copies := range t.copies {
				for _, a := range copies {
					f(t, a, true)
				}
			}
		}
	}
	each(func(_ *telling, a *news.Article, _ bool) {
		if w := a.When(); first.IsZero() || w.Before(first) {
			first = w
		}
		if w := a.When(); w.After(last) {
			last = w
		}
	})
	span := last.Sub(first)
	if span < time.Minute {
		return timeline{}
	}
	at := func(t time.Time) string {
		share := float64(t.Sub(first)) / float64(span)
		return strconv.FormatFloat(margin+share*(100-2*margin), 'f', 1, 64) + "%"
	}
	var tl timeline
	for _, t := range list {
		row := timeRow{Side: t.side}
		var said []string
		add := func(a *news.Article, isCopy bool) {
			title := h.sources[a.SourceID].Name + ", " + clock(a.When(), span)
			row.Marks = append(row.Marks, mark{at(a.When()), title, isCopy})
			said = append(said, title)
		}
		for _, a := range t.articles {
			add(a, false)
		}
		for _, root := range sortedKeys(t.copies) {
			for _, a := range t.copies[root] {
				add(a, true)
			}
		}
		row.Label = t.side.Title + ": none found"
		if len(said) > 0 {
			row.Label = t.side.Title + ": " + strings.Join(said, "; ")
		}
		tl.Rows = append(tl.Rows, row)
	}
	tl.Ticks = []tick{
		{at(first), "start", clock(first, span)},
		{at(first.Add(span / 2)), "middle", clock(first.Add(span/2), span)},
		{at(last), "end", clock(last, span)},
	}
	return tl
}

// clock writes a time as finely as a span needs it.
func clock(t time.Time, span time.Duration) string {
	t = t.UTC()
	switch {
	case span < 20*time.Hour:
		return t.Format("15:04")
	case span < 14*24*time.Hour:
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006")
}

// A toldLine is one moment of the telling, in the list that says what the picture shows.
type toldLine struct {
	When   moment
	Side   side
	Outlet string
	Href   string
	What   string // in words
	at     time.Time
}

// toldLines is how many moments the list has: the first ones. The data of the story has all.
const toldLines = 24

// told lists the accounts and the changes of accounts in the order of time.
func (seen *seenStory) told() (lines []toldLine, more int) {
	for _, t := range seen.list {
		first := t.first()
		add := func(a *news.Article, what string) {
			if a == first {
				what += ", first of this side"
			}
			lines = append(lines, toldLine{
				When: at(a.When(), seen.h.now), Side: t.side, Outlet: seen.h.sources[a.SourceID].Name, Href: "/article/" + a.ID, What: what, at: a.When(),
			})
		}
		for _, a := range t.articles {
			add(a, "tells it")
		}
		for _, root := range sortedKeys(t.copies) {
			for _, a := range t.copies[root] {
				add(a, "repeats a text")
			}
		}
	}
	for _, e := range seen.edits {
		a := seen.byID[e.ArticleID]
		src := seen.h.sources[a.SourceID]
		if src == nil {
			continue // added to the hub a moment ago
		}
		sd, placed := seen.sides[a.ID]
		if !placed {
			sd = sideOf(seen.lens, notStated, 0)
		}
		what := "changes its text"
		if e.Headline {
			what = "changes its headline"
		}
		lines = append(lines, toldLine{When: at(e.At, seen.h.now), Side: sd, Outlet: src.Name, Href: "/article/" + a.ID + "#changes", What: what, at: e.At})
	}
	slices.SortStableFunc(lines, func(a, b toldLine) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Href, b.Href)) })
	more = max(len(lines)-toldLines, 0)
	return lines[:len(lines)-more], more
}
