package web

import (
	"cmp"
	"maps"
	"slices"

	"parallax/internal/news"
)

// A telling is what one side of a lens has about a story, as far as it is carried.
type telling struct {
	side     side
	articles []*news.Article            // first seen first, without copies
	copies   map[string][]*news.Article // id of the root -> copies on this side
	outlets  []*news.Source             // in the order in which they had it
	head     string                     // id of the most central of articles
	silent   []*news.Source
}

// of is how many outlets of the side could have told the story.
func (t *telling) of() int { return len(t.outlets) + len(t.silent) }

// ownersOf returns how many owners the outlets have that tell a story.
func (h *hub) ownersOf(list []*telling) int {
	owners := map[string]bool{}
	for _, t := range list {
		for _, src := range t.outlets {
			owners[h.owners[src.ID]] = true
		}
	}
	return len(owners)
}

// tellings divides the articles of a story among the sides of a lens, in the order of
// the lens. Which articles there are is what the store says is carried now; c, which
// may be nil or from before the last article, adds who is silent and what is copied.
func (h *hub) tellings(lens *news.Lens, articles []*news.Article, c *news.Comparison) []*telling {
	bySide := map[string]*telling{}
	var list []*telling
	for i, sd := range lens.Sides {
		t := &telling{side: sideOf(lens, sd, i), copies: map[string][]*news.Article{}}
		bySide[sd.ID] = t
		list = append(list, t)
	}
	roots := map[string]string{}
	if c != nil {
		for _, cov := range c.Sides {
			maps.Copy(roots, cov.Copies)
		}
	}
	there := map[string]bool{}
	for _, a := range articles {
		there[a.ID] = true
	}
	tells := map[string]bool{}
	sorted := slices.SortedStableFunc(slices.Values(articles), earlier)
	for _, a := range sorted {
		src := h.sources[a.SourceID]
		if src == nil {
			continue // added to the hub after its sources were read, a moment ago
		}
		t := bySide[lens.SideOf(src)]
		if t == nil { // a side that the lens does not name, e.g. of a changed configuration
			if t = bySide[news.Unplaced]; t == nil {
				t = &telling{side: sideOf(lens, notStated, 0), copies: map[string][]*news.Article{}}
				bySide[news.Unplaced] = t
				list = append(list, t)
			}
		}
		if !tells[src.ID] {
			tells[src.ID] = true
			t.outlets = append(t.outlets, src)
		}
		if root := cmp.Or(roots[a.ID], a.WireRoot); root != "" && root != a.ID && there[root] {
			t.copies[root] = append(t.copies[root], a)
			continue
		}
		t.articles = append(t.articles, a)
	}
	if c != nil {
		for _, cov := range c.Sides {
			t := bySide[cov.SideID]
			if t != nil && t.has(cov.Head) { // else it was withdrawn since
				t.head = cov.Head
			}
			for _, id := range cov.Silent {
				src := h.sources[id]
				if t != nil && src != nil && !tells[id] && src.Retired.IsZero() && src.At(h.now) == news.Carried {
					t.silent = append(t.silent, src)
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(t *telling) bool { return t.of() == 0 })
}

// byFirst orders tellings as a story page shows them: who told it first stands first,
// whoever that is; who is silent comes last, in the order of the lens.
func byFirst(list []*telling) {
	slices.SortStableFunc(list, func(a, b *telling) int {
		fa, fb := a.first(), b.first()
		switch {
		case fa == nil && fb == nil:
			return 0
		case fa == nil:
			return 1
		case fb == nil:
			return -1
		}
		return fa.When().Compare(fb.When())
	})
}

// first returns the earliest article of the side, copies included, or nil.
func (t *telling) first() *news.Article {
	var first *news.Article
	if len(t.articles) > 0 {
		first = t.articles[0]
	}
	for _, list := range t.copies {
		if len(list) > 0 && (first == nil || list[0].When().Before(first.When())) {
			first = list[0]
		}
	}
	return first
}

// has reports whether the side has an article, as an account or as a copy.
func (t *telling) has(id string) bool {
	is := func(a *news.Article) bool { return a.ID == id }
	if slices.ContainsFunc(t.articles, is) {
		return true
	}
	for _, copies := range t.copies {
		if slices.ContainsFunc(copies, is) {
			return true
		}
	}
	return false
}

// central returns the most central account of the side that is another than the one given, or "".
func (t *telling) central(but string) string {
	if t.head != "" && t.head != but {
		return t.head
	}
	for _, a := range t.articles {
		if a.ID != but {
			return a.ID
		}
	}
	return ""
}

// last returns the latest article of the side, copies included, or nil.
func (t *telling) last() *news.Article {
	var last *news.Article
	for _, list := range append(slices.Collect(maps.Values(t.copies)), t.articles) {
		for _, a := range list {
			if last == nil || earlier(last, a) < 0 {
				last = a
			}
		}
	}
	return last
}

// earlier orders articles by their time.
func earlier(a, b *news.Article) int {
	return cmp.Or(a.When().Compare(b.When()), cmp.Compare(a.ID, b.ID))
}

// opening chooses the lens with which a story opens, and says by what: the operator's whose names
// occur in a headline, else the one that divides it most evenly among at least two known
// sides, else the first.
func (h *hub) opening(articles []*news.Article) (lens *news.Lens, by string) {
	for i := range h.lenses {
		if named(&h.lenses[i], articles) {
			return &h.lenses[i], byName
		}
	}
	best, most := h.first(), 0.0
	for i := range h.lenses {
		if e := h.evenness(&h.lenses[i], articles); e > most {
			best, most = &h.lenses[i], e
		}
	}
	return best, byDivision
}
