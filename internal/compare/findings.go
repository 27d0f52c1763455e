package compare

import (
	"cmp"
	"slices"

	"parallax/internal/compare/fact"
	"parallax/internal/compare/figure"
	"parallax/internal/compare/quote"
	"parallax/internal/compare/wording"
	"parallax/internal/news"
	"parallax/internal/reading"
)

// maxQuotes is how many Quotes of a Story are kept, those that most accounts carry: readers are
// shown a dozen, data of it some more.
const maxQuotes = 60

// readAccounts reads the accounts of a Story, which have their texts; nil where one owner alone tells it,
// for there is nothing to compare. Whoever has an account that is not among owners stands for itself.
func readAccounts(articles []*news.Article, owners map[string]string) *reading.Reading {
	articles = slices.SortedFunc(slices.Values(articles), earlier)
	original := originals(articles)
	accounts := make([]reading.Account, len(articles))
	several := false
	for i, a := range articles {
		accounts[i] = reading.Account{Article: a, Owner: owners[a.SourceID], Part: a.Partial()}
		if accounts[i].Owner == "" {
			accounts[i].Owner = a.SourceID
		}
		if o := original[a.ID]; o != a.ID {
			accounts[i].Original = o
		}
		several = several || accounts[i].Owner != accounts[0].Owner
	}
	if !several {
		return nil
	}
	return reading.Of(accounts)
}

// find returns what is to be found in the accounts of a Story; nil where nothing is.
func find(storyID string, r *reading.Reading) *news.Findings {
	articles := make([]*news.Article, len(r.Accounts))
	for i := range r.Accounts {
		articles[i] = r.Accounts[i].Article
	}
	f := &news.Findings{StoryID: storyID, Unread: len(r.Unread), Facts: fact.Find(r), Figures: figure.Find(r), Quotes: quote.Across(articles)}
	if len(f.Quotes) > maxQuotes {
		f.Quotes = f.Quotes[:maxQuotes]
	}
	if len(f.Facts) == 0 && len(f.Figures) == 0 && len(f.Quotes) == 0 {
		return nil
	}
	return f
}

// word fills in the words that are typical of the sides of each of comparisons, which are those of
// one Story. Names are those of its outlets.
func word(comparisons []*news.Comparison, r *reading.Reading, names []string) {
	for _, c := range comparisons {
		side := map[string]string{}
		for _, told := range c.Sides {
			for _, id := range told.Articles {
				side[id] = told.SideID
			}
			for id := range told.Copies {
				side[id] = told.SideID
			}
		}
		terms := wording.Find(r, func(id string) string { return cmp.Or(side[id], news.Unplaced) }, names)
		for i := range c.Sides {
			c.Sides[i].Words = terms[c.Sides[i].SideID]
		}
	}
}
