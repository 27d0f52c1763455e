package compare

import (
	"math"
	"slices"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// centralWords is of how many words of an account, its headline first, it is told how near it is
// to the others: what a report says of the event stands at its beginning.
const centralWords = 120

// central returns the account that is nearest to the others, by the sum of the cosines of their
// words, each counted once; of two as near the earlier in the list. Words that every account has, as
// articles and prepositions are, move none nearer than the others.
func central(accounts []*news.Article) *news.Article {
	if len(accounts) == 1 {
		return accounts[0] // most stories
	}
	sets, lengths := make([][]string, len(accounts)), make([]float64, len(accounts))
	all := map[string]float64{} // the sum of the accounts, each a vector of length 1
	for i, a := range accounts {
		seen := map[string]bool{}
		for _, t := range lang.FirstTokens(a.Title+"\n"+a.Lead, a.Language, centralWords) {
			if !seen[t.Text] {
				seen[t.Text] = true
				sets[i] = append(sets[i], t.Text)
			}
		}
		lengths[i] = math.Sqrt(float64(max(len(sets[i]), 1)))
		for _, w := range sets[i] {
			all[w] += 1 / lengths[i]
		}
	}
	var best *news.Article
	most := math.Inf(-1)
	for i, a := range accounts {
		near := 0.0
		for _, w := range sets[i] {
			near += (all[w] - 1/lengths[i]) / lengths[i] // its likeness to itself does not count
		}
		// Two that are as near differ by how their sums were rounded.
		if near > most+tiny {
			best, most = a, near
		}
	}
	return best
}

// tiny is less than any difference that says something.
const tiny = 1e-9

// heads sets the Head of each Side of c: the most central of its accounts, copies standing for
// nothing but what they copy; of a Side that has only copies, the first.
func heads(c *news.Comparison, articles []*news.Article) {
	byID := make(map[string]*news.Article, len(articles))
	for _, a := range articles {
		byID[a.ID] = a
	}
	for i := range c.Sides {
		side := &c.Sides[i]
		var own []*news.Article
		for _, id := range side.Articles {
			own = append(own, byID[id])
		}
		if len(own) == 0 {
			for id := range side.Copies {
				own = append(own, byID[id])
			}
			slices.SortFunc(own, earlier)
		}
		if head := central(own); head != nil {
			side.Head = head.ID
		}
	}
}
