package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parallax/internal/news"
)

const sideArticles = 30

// A lensPage is one side of a lens: which outlets stand there, why, and what they say.
type lensPage struct {
	frame
	Lens      words
	Side      side
	Others    []side
	Why       string // how outlets come to stand on this side
	Outlets   []outlet
	Articles  []articleBrief
	Older     string
	Subscribe []alternate
}

// findSide finds the side that the path names, with the sources that stand there.
func (s *site) findSide(r *http.Request) (h *hub, lens *news.Lens, sd side, ids []string, err error) {
	if h, err = s.hub(r.Context()); err != nil {
		return nil, nil, side{}, nil, err
	}
	if lens, err = h.lens(r.PathValue("lens")); err != nil {
		return nil, nil, side{}, nil, err
	}
	nsd, place, ok := lens.Side(r.PathValue("side"))
	if !ok && r.PathValue("side") == news.Unplaced {
		nsd, ok = notStated, true // the operator's lenses do not name it
	}
	if !ok {
		return nil, nil, side{}, nil, notFound("There is no such side", "The lens “"+lens.Title+"” has no side of this name.")
	}
	ids = []string{} // not nil, which would ask for all sources
	for _, src := range h.list {
		if lens.SideOf(src) == nsd.ID && src.At(h.now) == news.Carried {
			ids = append(ids, src.ID)
		}
	}
	return h, lens, sideOf(lens, nsd, place), ids, nil
}

func (s *site) lensSide(w http.ResponseWriter, r *http.Request) error {
	h, lens, sd, ids, err := s.findSide(r)
	if err != nil {
		return err
	}
	p := &lensPage{frame: s.frame(r, sd.Title), Lens: words{Text: lens.Title}, Side: sd, Why: sideRule(lens)}
	for i, other := range lens.Sides {
		p.Others = append(p.Others, sideOf(lens, other, i))
	}
	for _, id := range ids {
		p.Outlets = append(p.Outlets, outletOf(h.sources[id]))
	}
	if len(ids) > 0 {
		list, next, err := s.Store.Articles(r.Context(), news.ArticleQuery{
			Now: h.now, SourceIDs: ids, Limit: sideArticles, After: r.URL.Query().Get("after"),
		})
		if err != nil {
			return fmt.Errorf("articles of side %s: %w", sd.ID, err)
		}
		for _, a := range list {
			if src := h.sources[a.SourceID]; src != nil {
				p.Articles = append(p.Articles, briefOf(a, src, h.now))
			}
		}
		if next != "" {
			p.Older = sd.Href + "?after=" + url.QueryEscape(next)
			p.Next = p.Older
		}
	}
	p.own(sd.Href+"/feed", "", sd.Title)
	p.Subscribe = p.Alternates[:len(formats)]
	return s.render(w, r, "lens", p)
}

// sideRule says how outlets come to stand on a side of lens.
func sideRule(lens *news.Lens) string {
	if !lens.BuiltIn {
		return "The operator of this hub declared this division and placed each outlet in it."
	}
	switch lens.ID {
	case news.LensControl:
		return "An outlet stands where the strongest authority that grades it puts it: a register or data set before third parties, these before the operator of this hub, the outlet itself last. Each outlet’s page shows every grade and who gives it."
	case news.LensCountry:
		return "An outlet stands in the country in which it is based, as the configuration of this hub states it."
	}
	return "An outlet stands with the language in which it mainly writes, as the configuration of this hub states it."
}

// languagesOf returns the languages in which the hub's sources write, for searching.
func (h *hub) languagesOf() []string {
	var tags []string
	there := map[string]bool{}
	for _, src := range h.list {
		for _, tag := range src.Languages {
			if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); !there[base] {
				there[base] = true
				tags = append(tags, base)
			}
		}
	}
	return tags
}
