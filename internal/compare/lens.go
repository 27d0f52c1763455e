package compare

import (
	"strings"
	"unicode"

	"parallax/internal/news"
)

// DefaultLens returns the id of the lens with which the page of a Story opens, given
// its headlines, the lenses in the order of the configuration, and its Comparisons. The
// rule looks at names and numbers only and is the same for every Story:
//
//  1. of the operator's lenses the one whose When names stand in the most headlines, as
//     whole words in any letter case; the first of equals;
//  2. else the first of the operator's lenses that divides the Story: two Sides or more
//     have an outlet that reports;
//  3. else "control", then "country", then "language", if it divides the Story;
//  4. else "control", or the first lens there is; "" when there is none.
func DefaultLens(headlines []string, lenses []news.Lens, comparisons []*news.Comparison) string {
	best, most := "", 0
	words := make([][]string, len(headlines))
	for i, h := range headlines {
		words[i] = split(h)
	}
	for _, l := range lenses {
		if l.BuiltIn {
			continue
		}
		n := 0
		for _, h := range words {
			for _, name := range l.When {
				if contains(h, split(name)) {
					n++
					break
				}
			}
		}
		if n > most {
			best, most = l.ID, n
		}
	}
	if best != "" {
		return best
	}
	divides := map[string]bool{}
	for _, c := range comparisons {
		divides[c.LensID] = divides[c.LensID] || Sides(c) >= 2
	}
	for _, l := range lenses {
		if !l.BuiltIn && divides[l.ID] {
			return l.ID
		}
	}
	exists := map[string]bool{}
	for _, l := range lenses {
		exists[l.ID] = true
	}
	for _, id := range []string{news.LensControl, news.LensCountry, news.LensLanguage} {
		if exists[id] && divides[id] {
			return id
		}
	}
	if exists[news.LensControl] {
		return news.LensControl
	}
	if len(lenses) > 0 {
		return lenses[0].ID
	}
	return ""
}

// split returns the words of text.
func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

// contains reports whether name stands in words, as whole words one after another.
func contains(words, name []string) bool {
	if len(name) == 0 {
		return false
	}
next:
	for i := 0; i+len(name) <= len(words); i++ {
		for j, n := range name {
			if !strings.EqualFold(words[i+j], n) {
				continue next
			}
		}
		return true
	}
	return false
}
