package publish

import (
	"time"

	"parallax/internal/news"
)

// GistStands reports whether what a machine said may be shown through a lens at now: it was not dropped, and each
// article that it rests on is among those of the story, carried, the same as it was then, on the same side, and
// its words may still be shown if it rests on more than the headline.
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
		if s == nil || !Carried(a, s, now) || lens.SideOf(s) != c.SideID || c.Words && s.Carriage.EffectiveMode() == news.Link {
			return false
		}
	}
	return true
}
