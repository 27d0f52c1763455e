// Package fact finds what several accounts of one event say alike. The Reading of a Story comes in;
// Facts go out: groups of sentences that say the same, of at least two owners and two texts, of
// which the shortest clear one stands for all.
//
// No model is asked. A sentence says what another says if it has nearly all the weight of its
// words, every name and every number, and no word that turns it round (a denial, a
// condition, an opposite). Every sentence of a Fact is held against the one that is shown, not
// against some neighbour: what is shown stands in each of them. Precision comes first.
//
// There are no sides in it: what the sides of a Lens make of it, the page of the Story tells.
package fact

import (
	"cmp"
	"slices"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/reading"
)

// maxFacts is how many Facts a Story has at most, those of most owners: a reader is shown a dozen.
const maxFacts = 40

// Find returns the Facts of one Story, those of most owners first.
func Find(all *reading.Reading) []news.Fact {
	var found []group
	for _, t := range all.Tongues {
		f := &finder{Tongue: t, seen: make([]uint32, len(t.Sentences))}
		found = append(found, f.groups()...)
	}
	slices.SortStableFunc(found, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.voices, a.voices), cmp.Compare(b.heft, a.heft))
	})
	if len(found) > maxFacts {
		found = found[:maxFacts]
	}
	facts := make([]news.Fact, len(found))
	for i := range found {
		facts[i] = found[i].fact()
		for _, a := range all.Unread {
			facts[i].Near = append(facts[i].Near, a.Article.ID)
		}
		slices.Sort(facts[i].Near)
	}
	return facts
}

// A finder looks for Facts among the sentences of one language.
type finder struct {
	*reading.Tongue

	seen  []uint32 // of each sentence: when it was looked at last
	asked uint32
}

// A group is a Fact in the making.
type group struct {
	*finder

	shown  int   // the sentence to show
	said   []int // sentences of other accounts
	voices int   // of different owners and texts
	heft   float64
}

func (g *group) fact() news.Fact {
	f := news.Fact{Passages: []news.Passage{g.Passage(&g.Sentences[g.shown])}}
	has := map[int]bool{g.Sentences[g.shown].Account: true}
	for _, s := range g.said { // in the order of accounts, which is that of time
		has[g.Sentences[s].Account] = true
		f.Passages = append(f.Passages, g.Passage(&g.Sentences[s]))
	}
	near := g.near(g.shown)
	for i, a := range g.Accounts {
		if !has[i] && (a.Part || lang.Base(a.Article.Language) != g.Language || near[i]) {
			f.Near = append(f.Near, a.Article.ID)
		}
	}
	return f
}
