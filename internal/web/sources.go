package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// sourcesOnPage keeps a page below its weight.
const sourcesOnPage = 50

// A sourcesPage lists every outlet, by side of a lens.
type sourcesPage struct {
	frame
	Lens   words
	Lenses []lensChoice
	Groups []sourceGroup
	Total  int
	// NotCarried says how many of them are not carried now, "" where all are.
	NotCarried string
	More       string // address of the next page
}

type sourceGroup struct {
	Side    side
	Sources []sourceRow
}

type sourceRow struct {
	Outlet    outlet
	Languages string
	Mode      string
	State     string // of carriage, where it is not carried
	Reach     string
	Trouble   bool // some feed could not be read the last time
}

func (s *site) sources(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	lens, err := h.chosen(r)
	if err != nil {
		return err
	}
	feeds, err := s.Store.Feeds(ctx, "")
	if err != nil {
		return fmt.Errorf("list feeds: %w", err)
	}
	bySource := map[string][]*news.Feed{}
	for _, f := range feeds {
		bySource[f.SourceID] = append(bySource[f.SourceID], f)
	}
	p := &sourcesPage{
		frame: s.frame(r, "Sources"), Lens: words{Text: lens.Title},
		Lenses: h.switcher(lens, "/sources", nil), Total: len(h.list),
	}
	groups := map[string]int{}
	for i, sd := range lens.Sides {
		groups[sd.ID] = i
		p.Groups = append(p.Groups, sourceGroup{Side: sideOf(lens, sd, i)})
	}
	sorted := slices.Clone(h.list) // by side, then by name
	place := func(src *news.Source) int {
		if _, i, ok := lens.Side(lens.SideOf(src)); ok {
			return i
		}
		return len(lens.Sides)
	}
	slices.SortStableFunc(sorted, func(a, b *news.Source) int { return cmp.Compare(place(a), place(b)) })
	from, to, next, err := leaf(r, len(sorted), sourcesOnPage)
	if err != nil {
		return err
	}
	p.More, p.Next = next, next
	for _, src := range sorted[from:to] {
		id := lens.SideOf(src)
		i, ok := groups[id]
		if !ok {
			i = len(p.Groups)
			groups[id] = i
			p.Groups = append(p.Groups, sourceGroup{Side: sideOf(lens, notStated, i)})
		}
		p.Groups[i].Sources = append(p.Groups[i].Sources, rowOf(src, bySource[src.ID], h.now))
	}
	var filled []sourceGroup
	for _, g := range p.Groups {
		if len(g.Sources) > 0 {
			filled = append(filled, g)
		}
	}
	p.Groups = filled
	return s.render(w, r, "sources", p)
}

func rowOf(src *news.Source, feeds []*news.Feed, now time.Time) sourceRow {
	row := sourceRow{Outlet: outletOf(src), Languages: languages(src.Languages), Mode: modeTitle(src.Carriage.EffectiveMode())}
	row.State = carriageState(src, now)
	for _, f := range feeds {
		if f.Reach != news.ReachOK && f.Reach != news.ReachUnknown {
			row.Trouble = true
			row.Reach = publish.ReachTitle(f.Reach)
		}
	}
	return row
}

func carriageState(src *news.Source, now time.Time) string {
	switch {
	case src.At(now) == news.Withdrawn:
		return "no longer carried since " + publish.Day(src.Ended())
	case src.At(now) == news.Pending:
		return "carried from " + publish.Day(src.Carriage.From) + " on"
	case !src.Retired.IsZero():
		return "no longer read since " + publish.Day(src.Retired)
	}
	return ""
}

func modeTitle(m news.Mode) string {
	switch m {
	case news.FullText:
		return "whole text"
	case news.Link:
		return "headline and link"
	}
	return "excerpt"
}

func languages(tags []string) string {
	var names []string
	for _, t := range tags {
		names = append(names, lang.LanguageName(t))
	}
	return strings.Join(names, ", ")
}

// notCarriedNow says how many outlets are not carried now, "" where all are.
func (h *hub) notCarriedNow() string {
	ended, pending := 0, 0
	for _, src := range h.list {
		if !src.Retired.IsZero() {
			continue
		}
		switch src.At(h.now) {
		case news.Withdrawn:
			ended++
		case news.Pending:
			pending++
		}
	}
	var parts []string
	if ended > 0 {
		parts = append(parts, plural(ended, "is", "are")+" no longer carried")
	}
	if pending > 0 {
		parts = append(parts, plural(pending, "is", "are")+" not carried yet")
	}
	return strings.Join(parts, " and ")
}
