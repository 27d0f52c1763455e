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
	Headline bool // the headline changed
}

// maxEditLines is how many changes a story's page names: the last ones.
const maxEditLines = 12

// edits returns the last changes of the articles of a story, the earliest first.
func (s *site) edits(ctx context.Context, h *hub, articles []*news.Article) ([]editLine, error) {
	byID := map[string]*news.Article{}
	var changed []string
	for _, a := range articles {
		if a.Revision > 1 {
			byID[a.ID] = a
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
	var lines []editLine
	for _, e := range all[max(0, len(all)-maxEditLines):] {
		a := byID[e.ArticleID]
		if src := h.sources[a.SourceID]; src != nil {
			lines = append(lines, editLine{
				Outlet: outletOf(src), Href: "/article/" + a.ID + "#changes", Title: foreign(a.Title, a.Language),
				When: at(e.At, h.now), Headline: e.Headline,
			})
		}
	}
	return lines, nil
}
