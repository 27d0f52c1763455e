package news

import (
	"slices"
	"strings"
)

// A Lens is a named way to divide Sources into Sides.
type Lens struct {
	ID    string
	Title string
	// When are names that make this Lens the default for a Story whose headlines
	// contain one of them.
	When  []string
	Sides []Side
	// BuiltIn lenses look at the Source itself instead of at Source.Sides.
	BuiltIn bool
}

// A Side is one part of the division. Its place in Lens.Sides decides its hue and
// pattern, the same on every page.
type Side struct{ ID, Title string }

// The ids of the built-in lenses.
const (
	LensControl  = "control"
	LensCountry  = "country"
	LensLanguage = "language"
)

// Unplaced is the Side of Sources of which the Lens knows nothing.
const Unplaced = "unplaced"

// BuiltInLenses returns control, country and language, with the Sides that sources
// fill. Titles of countries and languages come from the caller's functions, for this
// package knows no names; sides of the same rank stand in the order of their codes.
func BuiltInLenses(sources []*Source, country, language func(code string) string) []Lens {
	control := Lens{ID: LensControl, Title: "Who controls the outlet", BuiltIn: true, Sides: []Side{
		{"government", "Government-controlled"},
		{"public", "Independent public"},
		{"private", "Private"},
		{"party", "Party or movement"},
		{"non-profit", "Non-profit"},
		{Unplaced, "Not stated"},
	}}
	lenses := []Lens{control}
	for _, l := range []struct {
		id, title string
		name      func(string) string
	}{
		{LensCountry, "Where the outlet is based", country},
		{LensLanguage, "In which language it writes", language},
	} {
		lens := Lens{ID: l.id, Title: l.title, BuiltIn: true}
		var codes []string
		unplaced := false
		for _, s := range sources {
			code := lens.SideOf(s)
			if code == Unplaced {
				unplaced = true
			} else if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
		slices.Sort(codes)
		for _, c := range codes {
			lens.Sides = append(lens.Sides, Side{c, l.name(c)})
		}
		if unplaced {
			lens.Sides = append(lens.Sides, Side{Unplaced, "Not stated"})
		}
		lenses = append(lenses, lens)
	}
	return lenses
}

// SideOf returns the id of the Side on which s stands, or Unplaced.
func (l *Lens) SideOf(s *Source) string {
	side := ""
	switch {
	case !l.BuiltIn:
		side = s.Sides[l.ID]
	case l.ID == LensControl:
		// The strongest authority that names a known grade decides: a register or data
		// set before third parties, these before the operator, the outlet itself last.
		for _, by := range []Authority{Registry, ThirdParty, Operator, Self} {
			for _, c := range s.Disclosure.Control {
				if c.By == by && side == "" {
					side = controlSide(c.Value)
				}
			}
		}
	case l.ID == LensCountry:
		side = strings.ToUpper(s.Country)
	case l.ID == LensLanguage && len(s.Languages) > 0:
		side, _, _ = strings.Cut(strings.ToLower(s.Languages[0]), "-")
	}
	if side == "" {
		return Unplaced
	}
	return side
}

func controlSide(grade string) string {
	for _, g := range ControlGrades {
		if g.ID == grade {
			return g.Side
		}
	}
	return ""
}

// Side returns the Side with the given id and its place, or false.
func (l *Lens) Side(id string) (s Side, place int, ok bool) {
	for i, s := range l.Sides {
		if s.ID == id {
			return s, i, true
		}
	}
	return Side{}, -1, false
}
