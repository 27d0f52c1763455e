package publish

import (
	"cmp"
	"slices"
	"time"

	"parallax/internal/news"
)

// GistStands reports whether what a machine said may be shown through a lens at now: it was not dropped, and each
// article that it rests on is among those of the story, carried, the same as it was then, on the same side, and
// if it rests on more than the headline, as much of its words may be shown as then.
func GistStands(g *news.Gist, lens *news.Lens, articles map[string]*news.Article, sources map[string]*news.Source, now time.Time) bool {
	if g.Text == "" || len(g.Cites) == 0 || g.LensID != lens.ID {
		return false
	}
	for _, c := range g.Cites {
		a := articles[c.ArticleID]
		if a == nil || a.Revision != c.Revision {
			return false
		}
		s := sources[a.SourceID]
		if s == nil || !Carried(a, s, now) || lens.SideOf(s) != c.SideID || c.Words && narrower(s.Carriage.EffectiveMode(), c.Mode) {
			return false
		}
	}
	return true
}

// narrower reports whether less is shown in mode than in that of a citation.
func narrower(mode, cited news.Mode) bool {
	order := []news.Mode{news.Link, news.Excerpt, news.FullText}
	return slices.Index(order, mode) < slices.Index(order, cmp.Or(cited, news.Excerpt))
}
