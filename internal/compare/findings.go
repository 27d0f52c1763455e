package compare

import (
	"slices"

	"parallax/internal/compare/fact"
	"parallax/internal/news"
	"parallax/internal/reading"
)

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
	f := &news.Findings{StoryID: storyID, Facts: fact.Find(reading.Of(accounts))}
	if len(f.Facts) == 0 {
		return nil
	}
	return f
}
