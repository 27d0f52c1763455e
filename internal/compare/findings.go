package compare

import (
	"slices"

	"parallax/internal/compare/fact"
	"parallax/internal/compare/figure"
	"parallax/internal/compare/quote"
	"parallax/internal/news"
	"parallax/internal/reading"
)

// maxQuotes is how many Quotes of a Story are kept, those that most accounts carry: readers are
// shown a dozen, data of it some more.
const maxQuotes = 60

// find returns what is to be found in the accounts of a Story, which have their texts; nil where one
// owner alone tells it, for there is nothing to compare, or where nothing is found. Whoever has an
// account that is not among owners stands for itself.
func find(storyID string, articles []*news.Article, owners map[string]string) *news.Findings {
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
	all := reading.Of(accounts)
	f := &news.Findings{StoryID: storyID, Facts: fact.Find(all), Figures: figure.Find(all), Quotes: quote.Across(articles)}
	if len(f.Quotes) > maxQuotes {
		f.Quotes = f.Quotes[:maxQuotes]
	}
	if len(f.Facts) == 0 && len(f.Figures) == 0 && len(f.Quotes) == 0 {
		return nil
	}
	return f
}
