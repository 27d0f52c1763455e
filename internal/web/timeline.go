package web

import (
	"cmp"
	"math"
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
	Title string // "": there are too many to name each
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
		return strconv.FormatFloat(math.Round((margin+share*(100-2*margin))*marksPerCent)/marksPerCent, 'f', -1, 64) + "%"
	}
	var tl timeline
	for _, t := range list {
		var told []toldMark
		add := func(a *news.Article, isCopy bool) {
			told = append(told, toldMark{a.When(), at(a.When()), h.sources[a.SourceID].Name + ", " + clock(a.When(), span), isCopy})
		}
		for _, a := range t.articles {
			add(a, false)
		}
		for _, root := range sortedKeys(t.copies) {
			for _, a := range t.copies[root] {
				add(a, true)
			}
		}
		slices.SortStableFunc(told, func(a, b toldMark) int { return a.when.Compare(b.when) })
		tl.Rows = append(tl.Rows, timeRow{Side: t.side, Label: labelOf(t.side.Title, told), Marks: marksOf(told)})
	}
	tl.Ticks = []tick{
		{at(first), "start", clock(first, span)},
		{at(first.Add(span / 2)), "middle", clock(first.Add(span/2), span)},
		{at(last), "end", clock(last, span)},
	}
	return tl
}

const (
	// marksPerCent is how many places for marks there are on a hundredth of the width: marks that
	// fall on one place, some four pixels, are one.
	marksPerCent = 2
	// namedTellings is how many a mark or a row names. Who listens to a row does not want to hear
	// a hundred outlets, and the list below has them.
	namedTellings = 8
)

// A toldMark is one account on the timeline.
type toldMark struct {
	when   time.Time
	x      string
	title  string
	isCopy bool
}

// labelOf says a row in words: every account, or of many how many and which were first and last.
func labelOf(side string, told []toldMark) string {
	switch n := len(told); {
	case n == 0:
		return side + ": none found"
	case n <= namedTellings:
		return side + ": " + titlesOf(told)
	default:
		return side + ": " + plural(n, "account", "accounts") + ", the first of " + told[0].title + ", the last of " + told[n-1].title
	}
}

func titlesOf(told []toldMark) string {
	titles := make([]string, 0, namedTellings+1)
	for _, t := range told[:min(len(told), namedTellings)] {
		titles = append(titles, t.title)
	}
	if more := len(told) - namedTellings; more > 0 {
		titles = append(titles, plural(more, "more", "more"))
	}
	return strings.Join(titles, "; ")
}

// marksOf makes one mark of those that would lie on one another; it is hollow if all are copies.
// Where there are so many that the list does not name all, marks have no names either: a hundred
// would be half of the page.
func marksOf(told []toldMark) []mark {
	var marks []mark
	crowd := len(told) > toldLines
	for from := 0; from < len(told); {
		to := from + 1
		isCopy := told[from].isCopy
		for ; to < len(told) && told[to].x == told[from].x; to++ {
			isCopy = isCopy && told[to].isCopy
		}
		m := mark{X: told[from].x, Copy: isCopy}
		if !crowd {
			m.Title = titlesOf(told[from:to])
		}
		marks = append(marks, m)
		from = to
	}
	return marks
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
	// Was and Now are the headline before and after, where it changed.
	Was, Now words
	at       time.Time
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
		l := toldLine{When: at(e.At, seen.h.now), Side: sd, Outlet: src.Name, Href: "/article/" + a.ID + "#changes", What: "changes its text", at: e.At}
		if e.Headline {
			l.What, l.Was, l.Now = "changes its headline", foreign(e.Was, a.Language), foreign(e.Now, a.Language)
		}
		lines = append(lines, l)
	}
	slices.SortStableFunc(lines, func(a, b toldLine) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Href, b.Href)) })
	more = max(len(lines)-toldLines, 0)
	return lines[:len(lines)-more], more
}
