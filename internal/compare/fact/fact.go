// Package fact finds what several accounts of one event say alike. The Articles of a Story come in,
// with the owners of their outlets and the texts of which they are copies; Facts go out: groups of
// sentences that say the same, of which the shortest clear one stands for all.
//
// No model is asked. A sentence says what another says if it has nearly all the weight of its
// words, every name and every number, and no word that turns it round (a denial, a
// condition, an opposite). Every sentence of a Fact is held against the one that is shown, not
// against some neighbour: what is shown stands in each of them. Precision comes first.
//
// There are no sides in it. Shared and Alone divide Facts by the sides of a Lens.
package fact

import (
	"cmp"
	"slices"

	"parallax/internal/news"
)

const (
	// maxArticles is how many Articles of a Story are read, the first by time: the largest stories of a
	// day have some hundreds, and a reader is shown a dozen Facts.
	maxArticles = 120
	// maxSentences is how many sentences of an Article are read. News says what is new in its first
	// thirty; a live blog has thousands.
	maxSentences = 60
	// maxFacts is how many Facts a Story has at most, those of most owners.
	maxFacts = 40
)

// An Account is an Article as one voice among those of its Story.
type Account struct {
	Article *news.Article
	// Owner stands behind the outlet; what outlets of one owner say is said once.
	Owner string
	// Original is the Article of whose text this is a copy, or "". What copies say is said once.
	Original string
	// Part says that the hub has only a part of the text. Of such an account nothing can be said
	// to be absent.
	Part bool
}

// Find returns the Facts of one Story, those of most owners first. The order of accounts does not
// matter.
func Find(accounts []Account) []news.Fact {
	accounts = slices.Clone(accounts)
	slices.SortFunc(accounts, func(a, b Account) int {
		return cmp.Or(a.Article.When().Compare(b.Article.When()), cmp.Compare(a.Article.ID, b.Article.ID))
	})
	accounts = slices.CompactFunc(accounts, func(a, b Account) bool { return a.Article.ID == b.Article.ID })
	if len(accounts) > maxArticles {
		accounts = accounts[:maxArticles]
	}
	var languages []string
	for _, a := range accounts {
		if l := base(a.Article.Language); !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	slices.Sort(languages)
	var found []group
	for _, l := range languages {
		found = append(found, read(accounts, l).groups()...)
	}
	slices.SortStableFunc(found, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.voices, a.voices), cmp.Compare(b.heft, a.heft))
	})
	if len(found) > maxFacts {
		found = found[:maxFacts]
	}
	facts := make([]news.Fact, len(found))
	for i := range found {
		facts[i] = found[i].fact(accounts)
	}
	return facts
}

// A group is a Fact in the making.
type group struct {
	read   *reading
	shown  int   // the sentence to show
	said   []int // sentences of other accounts
	voices int   // of different owners and texts
	heft   float64
}

func (g *group) fact(accounts []Account) news.Fact {
	r := g.read
	passage := func(s int) news.Passage {
		a := accounts[r.sentences[s].account].Article
		return news.Passage{ArticleID: a.ID, Revision: a.Revision, From: r.sentences[s].from, To: r.sentences[s].to}
	}
	f := news.Fact{Passages: []news.Passage{passage(g.shown)}}
	has := map[int]bool{r.sentences[g.shown].account: true}
	for _, s := range g.said { // in the order of accounts, which is that of time
		has[r.sentences[s].account] = true
		f.Passages = append(f.Passages, passage(s))
	}
	near := r.near(g.shown)
	for i, a := range accounts {
		if !has[i] && (a.Part || base(a.Article.Language) != r.language || near[i]) {
			f.Near = append(f.Near, a.Article.ID)
		}
	}
	slices.Sort(f.Near)
	return f
}
