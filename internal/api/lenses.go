package api

import (
	"slices"

	"parallax/internal/news"
)

// A lens is a named way to divide the sources into sides.
type lens struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	BuiltIn bool       `json:"built_in" doc:"every hub has it"`
	When    []string   `json:"when,omitempty" doc:"names that make a story open with it"`
	Sides   []lensSide `json:"sides" doc:"in the order in which they are shown"`
}

type lensSide struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	URL     string   `json:"url" doc:"its page on this hub"`
	Outlets int      `json:"outlets_count"`
	Sources []string `json:"outlets,omitempty" doc:"of one lens: the sources that stand there"`
}

type lensPage struct {
	Lenses []lens `json:"lenses"`
}

func (q *request) lensOf(l *news.Lens, whole bool) lens {
	v := lens{ID: l.ID, Title: l.Title, BuiltIn: l.BuiltIn, When: l.When, Sides: []lensSide{}}
	by := map[string][]string{}
	for _, src := range q.hub.List {
		by[l.SideOf(src)] = append(by[l.SideOf(src)], src.ID)
	}
	sides := slices.Clone(l.Sides)
	if _, _, there := l.Side(news.Unplaced); !there && len(by[news.Unplaced]) > 0 {
		sides = append(sides, notStated)
	}
	for _, sd := range sides {
		s := lensSide{ID: sd.ID, Title: sd.Title, URL: q.base + "/lens/" + l.ID + "/" + sd.ID, Outlets: len(by[sd.ID])}
		if whole {
			s.Sources = by[sd.ID]
		}
		v.Sides = append(v.Sides, s)
	}
	return v
}

func listLenses(q *request) (any, error) {
	p := lensPage{[]lens{}}
	for i := range q.hub.Lenses {
		p.Lenses = append(p.Lenses, q.lensOf(&q.hub.Lenses[i], false))
	}
	return p, nil
}

func oneLens(q *request) (any, error) {
	for i := range q.hub.Lenses {
		if l := &q.hub.Lenses[i]; l.ID == q.values["id"] {
			return q.lensOf(l, true), nil
		}
	}
	return nil, &ProblemError{Kind: NotFoundKind, Detail: "This hub has no lens of this id; " + q.at("lenses") + " lists all."}
}
