package web

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"parallax/internal/news"
)

// Opening returns the lens through which the page of a story with these articles opens; nil where there is
// no lens.
func Opening(lenses []news.Lens, sources []*news.Source, articles []*news.Article) *news.Lens {
	if len(lenses) == 0 {
		return nil
	}
	h := &hub{lenses: lenses, sources: make(map[string]*news.Source, len(sources))}
	for _, s := range sources {
		h.sources[s.ID] = s
	}
	lens, _ := h.opening(articles)
	return lens
}

// named reports whether a headline holds one of the names for which the lens was made,
// as a whole word or words, whatever the letter case.
func named(lens *news.Lens, articles []*news.Article) bool {
	for _, name := range lens.When {
		name = plainWords(name)
		for _, a := range articles {
			if name != "  " && strings.Contains(plainWords(a.Title), name) {
				return true
			}
		}
	}
	return false
}

// plainWords returns the words of text in lower case, each between single spaces.
func plainWords(text string) string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	return " " + strings.Join(fields, " ") + " "
}

// evenness says how evenly a lens divides the outlets of a story among its known sides:
// the entropy as a share of what it could be, 1 where all sides have the same number and
// 0 where only one tells it. Outlets of which the lens knows nothing lower it.
func (h *hub) evenness(lens *news.Lens, articles []*news.Article) float64 {
	sides, seen, known := map[string]int{}, map[string]bool{}, 0
	for _, a := range articles {
		src := h.sources[a.SourceID]
		if src == nil || seen[src.ID] {
			continue
		}
		seen[src.ID] = true
		if id := lens.SideOf(src); id != news.Unplaced {
			sides[id]++
			known++
		}
	}
	if len(sides) < 2 {
		return 0
	}
	e := 0.0
	// In sorted order, for sums of floats depend on it.
	for _, id := range slices.Sorted(maps.Keys(sides)) {
		p := float64(sides[id]) / float64(known)
		e -= p * math.Log2(p)
	}
	return e / math.Log2(float64(len(sides))) * float64(known) / float64(len(seen))
}
