package web

import (
	"testing"
	"time"

	"parallax/internal/compare/beside"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// An account that may not be quoted has what it has: its sentence is not shown, and not said to be missing.
func TestBesideHidden(t *testing.T) {
	now := time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC)
	const text = "The ferry Marisol ran aground off Oxholm in thick fog on Friday morning."
	articles, sources := map[string]*news.Article{}, map[string]*news.Source{}
	for id, mode := range map[string]news.Mode{"a": news.FullText, "b": news.Link} {
		articles[id] = &news.Article{ID: id, SourceID: id, Revision: 1, Language: "en", Title: "Ferry", Text: text, FirstSeen: now}
		sources[id] = &news.Source{ID: id, Carriage: news.Carriage{Mode: mode, Basis: "permission"}}
	}
	pairs, _ := beside.Align(articles["a"], articles["b"])
	var p besidePage
	p.fill(pairs, publish.NewQuoter(now, articles, sources, func(func(news.Passage)) {}))
	if len(p.Rows) != 1 || p.Shared != 1 || !p.Hidden || !p.Rows[0].Both || len(p.Rows[0].Left) == 0 || !p.Rows[0].RightHidden || p.Rows[0].LeftHidden {
		t.Errorf("%d in both, rows %+v", p.Shared, p.Rows)
	}
}
