package publish

import (
	"testing"
	"time"

	"parallax/internal/news"
)

func TestGistStands(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	lens := &news.Lens{ID: "river", Sides: []news.Side{{ID: "north"}, {ID: "south"}}}
	for name, test := range map[string]struct {
		change func(g *news.Gist, a *news.Article, s *news.Source)
		want   bool
	}{
		"as it was":             {func(*news.Gist, *news.Article, *news.Source) {}, true},
		"dropped":               {func(g *news.Gist, _ *news.Article, _ *news.Source) { g.Text = "" }, false},
		"without what it cites": {func(g *news.Gist, _ *news.Article, _ *news.Source) { g.Cites = nil }, false},
		"of another lens":       {func(g *news.Gist, _ *news.Article, _ *news.Source) { g.LensID = "control" }, false},
		"an article is edited":  {func(_ *news.Gist, a *news.Article, _ *news.Source) { a.Revision++ }, false},
		"an article has left":   {func(g *news.Gist, _ *news.Article, _ *news.Source) { g.Cites[0].ArticleID = "b" }, false},
		"purged":                {func(_ *news.Gist, a *news.Article, _ *news.Source) { a.Purged = now }, false},
		"withdrawn":             {func(_ *news.Gist, _ *news.Article, s *news.Source) { s.Carriage.Until = now }, false},
		"on another side":       {func(_ *news.Gist, _ *news.Article, s *news.Source) { s.Sides = map[string]string{"river": "south"} }, false},
		"an unknown outlet":     {func(_ *news.Gist, a *news.Article, _ *news.Source) { a.SourceID = "x" }, false},
		"the headline only":     {func(_ *news.Gist, _ *news.Article, s *news.Source) { s.Carriage.Mode = news.Link }, false},
		"resting on the headline": {func(g *news.Gist, _ *news.Article, s *news.Source) {
			s.Carriage.Mode, g.Cites[0].Words = news.Link, false
		}, true},
		"excerpt after full text": {func(g *news.Gist, _ *news.Article, s *news.Source) {
			s.Carriage.Mode, g.Cites[0].Mode = news.Excerpt, news.FullText
		}, false},
		"the default after full text": {func(g *news.Gist, _ *news.Article, _ *news.Source) { g.Cites[0].Mode = news.FullText }, false},
		"full text as before": {func(g *news.Gist, _ *news.Article, s *news.Source) {
			s.Carriage.Mode, g.Cites[0].Mode = news.FullText, news.FullText
		}, true},
		"full text after excerpt": {func(g *news.Gist, _ *news.Article, s *news.Source) {
			s.Carriage.Mode, g.Cites[0].Mode = news.FullText, news.Excerpt
		}, true},
		"full text after what was not kept": {func(_ *news.Gist, _ *news.Article, s *news.Source) { s.Carriage.Mode = news.FullText }, true},
		"excerpt after full text, resting on the headline": {func(g *news.Gist, _ *news.Article, s *news.Source) {
			g.Cites[0].Mode, g.Cites[0].Words = news.FullText, false
		}, true},
	} {
		a := &news.Article{ID: "a", SourceID: "s", Revision: 1, FirstSeen: now.Add(-time.Hour)}
		s := &news.Source{ID: "s", Sides: map[string]string{"river": "north"}}
		g := &news.Gist{LensID: "river", Text: "It rains.", Cites: []news.Citation{{ArticleID: "a", Revision: 1, SideID: "north", Words: true}}}
		test.change(g, a, s)
		if got := GistStands(g, lens, map[string]*news.Article{"a": a}, map[string]*news.Source{"s": s}, now); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
