package web

import (
	"context"
	"fmt"

	"parallax/internal/news"
)

// An editLine says that an outlet changed its account.
type editLine struct {
	Outlet   outlet
	Href     string // where it says what changed
	Title    words
	When     moment
	Was, Now words // the headline before and after, where it changed
}

// maxEditLines is how many changes a story's page names: the last ones.
const maxEditLines = 12

// edits returns the changes of the articles of a story, the earliest first.
func (s *site) edits(ctx context.Context, articles []*news.Article) ([]news.Edit, error) {
	var changed []string
	for _, a := range articles {
		if a.Revision > 1 {
			changed = append(changed, a.ID)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	all, err := s.Store.Edits(ctx, changed)
	if err != nil {
		return nil, fmt.Errorf("edits of a story: %w", err)
	}
	return all, nil
}

// editLines returns the last changes, the earliest first.
func (seen *seenStory) editLines() []editLine {
	var lines []editLine
	for _, e := range seen.edits[max(0, len(seen.edits)-maxEditLines):] {
		a := seen.byID[e.ArticleID]
		if src := seen.h.sources[a.SourceID]; src != nil {
			lines = append(lines, editLine{
				Outlet: outletOf(src), Href: "/article/" + a.ID + "#changes", Title: foreign(a.Title, a.Language),
				When: at(e.At, seen.h.now), Was: foreign(e.Was, a.Language), Now: foreign(e.Now, a.Language),
			})
		}
	}
	return lines
}
