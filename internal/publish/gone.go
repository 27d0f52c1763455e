package publish

import (
	"time"

	"parallax/internal/news"
)

// GoneOf says since when and why an Article that is not carried is gone; k is the takedown of it or of its
// Source, nil where there is none.
func GoneOf(a *news.Article, s *news.Source, k *news.Takedown) *news.Gone {
	g := &news.Gone{ArticleID: a.ID, SourceID: a.SourceID, StoryID: a.StoryID, GUID: a.GUID, URL: a.URL, FirstSeen: a.FirstSeen, At: a.Purged}
	earlier := func(t time.Time) {
		if !t.IsZero() && (g.At.IsZero() || t.Before(g.At)) {
			g.At = t
		}
	}
	earlier(s.Ended())
	if s.Carriage.Keep > 0 {
		earlier(a.FirstSeen.Add(s.Carriage.Keep))
	}
	// It may have been gone before its source was taken down.
	if k != nil && (k.Kind == news.TakenArticle || !k.At.After(g.At)) {
		g.Takedown = k
		earlier(k.At)
	}
	return g
}

// Legal reports whether g is withheld by law (RFC 7725).
func Legal(g *news.Gone) bool { return g.Takedown != nil && g.Takedown.Legal }

// WhyGone says in sentences why an Article of s is not carried any more. Of a takedown it says what the
// operator gave for a reason, and nothing of the Article.
func WhyGone(g *news.Gone, s *news.Source) string {
	c := s.Carriage
	switch k := g.Takedown; {
	case k != nil:
		return WhyTaken(k)
	case !c.Until.IsZero() && !g.At.Before(c.Until):
		return "This hub carried " + s.Name + " until " + Day(c.Until) + "."
	case c.Keep > 0 && !g.At.Before(g.FirstSeen.Add(c.Keep)):
		return "This hub carries articles of " + s.Name + " for " + Span(c.Keep) + " each."
	}
	return "The terms on which it was carried have ended."
}

// WhyTaken says why something was taken down, and who demanded it.
func WhyTaken(k *news.Takedown) string {
	why := Sentence(k.Why)
	if k.Legal {
		why += " It is withheld for legal reasons: " + k.By + " demanded it under the law of " + Sentence(k.Jurisdiction)
	}
	return why
}
