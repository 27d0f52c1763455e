package extract

import (
	"slices"

	"parallax/internal/news"
)

// said returns what the outlet says of the use of an article: what its entry says, and its page, if
// it is the outlet's own and about the article.
func said(it *news.Item, page *Page) []news.Term {
	all := it.Terms
	if page != nil && !page.via.Copied() && page.about(it) {
		all = append(slices.Clip(all), page.Terms...)
	}
	return all
}
