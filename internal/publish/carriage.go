package publish

import (
	"time"

	"parallax/internal/news"
)

// Carried is the decision: whether anything of a may be shown at now. Whatever lets something of an
// Article out asks it, or takes Articles from a query of the store that has the same clause: pages,
// feeds, data, search, quotes, figures, gists, translations, pictures, export. It knows the Carriage
// of s (from, until, keep) and the takedowns of both; how much may be shown say Body, Lead, Revision
// and Quoter, which ask it first.
func Carried(a *news.Article, s *news.Source, now time.Time) bool {
	return a.Purged.IsZero() && CarriedSource(s, now) && s.Carriage.Carries(a.FirstSeen, now)
}

// CarriedSource is the decision for what is not of one Article: the icon of an outlet, its feeds, what
// its articles repeat, whether it is asked for more.
func CarriedSource(s *news.Source, now time.Time) bool { return s.At(now) == news.Carried }
