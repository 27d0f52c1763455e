// Package compare puts what each side says of one event side by side. The Articles of
// a Story, the Sources and a Lens come in; a Comparison goes out: per Side the outlets
// that have it, their articles, the copies among these, and the outlets that are silent.
//
// All sides are treated alike: relabel the sides of a Lens, or put them in another order,
// and the Comparison is relabelled or reordered with them and nothing else changes.
package compare

import (
	"cmp"
	"slices"

	"parallax/internal/news"
)

// Compare divides articles, those of one Story, by lens. Every Side with Sources has its
// Coverage, in the order of the Lens; Sources of which the Lens knows nothing, or that stand
// on a Side that it does not have, are Unplaced, which comes last where the Lens does
// not say otherwise.
//
// Within a Side, articles stand in the order of their time (news.Article.When, then id), and
// outlets in the order of their first article, copies included: who printed an agency's
// text reported the event. Head is the account nearest to the others of its Side. Of the Articles that are copies of one text the original is
// listed among Articles, or the earliest where the original is not in the Story; the others
// are listed among Copies of their own Side, wherever the original stands.
//
// Sources are those that the hub read while the Story was live, or that have an article in
// it; among these, the ones without an article are Silent, in the order of their names, unless they are retired.
// Articles of other Sources are left out. The order of sources and articles does not matter.
func Compare(lens *news.Lens, sources []*news.Source, articles []*news.Article) *news.Comparison {
	side := map[string]string{} // source id -> side id
	for _, s := range sources {
		id := lens.SideOf(s)
		if _, _, ok := lens.Side(id); !ok {
			id = news.Unplaced
		}
		side[s.ID] = id
	}
	articles = known(articles, side)
	original := originals(articles)

	coverage := map[string]*news.Coverage{}
	of := func(id string) *news.Coverage {
		if coverage[id] == nil {
			coverage[id] = &news.Coverage{SideID: id}
		}
		return coverage[id]
	}
	reported := map[string]bool{}
	storyID := ""
	for _, a := range articles {
		c := of(side[a.SourceID])
		if !reported[a.SourceID] {
			reported[a.SourceID] = true
			c.Outlets = append(c.Outlets, a.SourceID)
		}
		if root := original[a.ID]; root != a.ID {
			if c.Copies == nil {
				c.Copies = map[string]string{}
			}
			c.Copies[a.ID] = root
		} else {
			c.Articles = append(c.Articles, a.ID)
		}
		storyID = cmp.Or(storyID, a.StoryID)
	}
	for _, s := range byName(sources) {
		c := of(side[s.ID]) // a Side whose Sources are all retired has a place, too
		if !reported[s.ID] && s.Retired.IsZero() {
			c.Silent = append(c.Silent, s.ID)
		}
	}

	comparison := &news.Comparison{StoryID: storyID, LensID: lens.ID}
	for _, s := range lens.Sides {
		if c := coverage[s.ID]; c != nil {
			comparison.Sides = append(comparison.Sides, *c)
			delete(coverage, s.ID)
		}
	}
	if c := coverage[news.Unplaced]; c != nil {
		comparison.Sides = append(comparison.Sides, *c)
	}
	heads(comparison, articles)
	return comparison
}

// known returns the articles of the sources in side, each once, in the order of their
// time.
func known(articles []*news.Article, side map[string]string) []*news.Article {
	var list []*news.Article
	seen := map[string]bool{}
	for _, a := range articles {
		if _, ok := side[a.SourceID]; ok && !seen[a.ID] {
			seen[a.ID] = true
			list = append(list, a)
		}
	}
	slices.SortFunc(list, earlier)
	return list
}

// earlier orders Articles by their time.
func earlier(a, b *news.Article) int {
	return cmp.Or(a.When().Compare(b.When()), cmp.Compare(a.ID, b.ID))
}

// originals returns for each of articles, which stand in the order of their time, the
// one that it repeats, or itself.
func originals(articles []*news.Article) map[string]string {
	byID := map[string]*news.Article{}
	for _, a := range articles {
		byID[a.ID] = a
	}
	// The text that a repeats: the far end of its chain of roots, in the Story or not. A
	// chain that bites its tail ends at its least id, whichever article one starts from.
	text := func(a *news.Article) string {
		var chain []string
		id := a.ID
		for {
			if at := slices.Index(chain, id); at >= 0 {
				return slices.Min(chain[at:])
			}
			chain = append(chain, id)
			next := byID[id]
			if next == nil || next.WireRoot == "" {
				return id
			}
			id = next.WireRoot
		}
	}
	stands := map[string]string{} // text -> the Article that stands for it
	for _, a := range articles {
		t := text(a)
		if byID[t] != nil {
			stands[t] = t
		} else if stands[t] == "" {
			stands[t] = a.ID
		}
	}
	original := map[string]string{}
	for _, a := range articles {
		original[a.ID] = stands[text(a)]
	}
	return original
}

func byName(sources []*news.Source) []*news.Source {
	list := slices.Clone(sources)
	slices.SortFunc(list, func(a, b *news.Source) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(list, func(a, b *news.Source) bool { return a.ID == b.ID })
}
