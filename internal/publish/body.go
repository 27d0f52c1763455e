package publish

import (
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// A Text is what readers may be given of an Article: nothing (both fields empty), an
// excerpt (Excerpt), or the whole (HTML).
type Text struct {
	Mode    news.Mode
	Excerpt string // plain text
	HTML    string // sanitised, not yet vouched for: pages pass it through sanitize.Trust
}

// Body returns what readers may be given of a at now. An Article that is not carried,
// or of which nothing is left, gives nothing.
func Body(a *news.Article, s *news.Source, now time.Time) Text {
	if !Carried(a, s, now) {
		return Text{Mode: news.Link}
	}
	switch s.Carriage.EffectiveMode() {
	case news.FullText:
		if a.HTML != "" {
			return Text{Mode: news.FullText, HTML: a.HTML}
		}
		return Text{Mode: news.FullText, Excerpt: a.Lead} // listed without its text, or it has none
	case news.Excerpt:
		return Text{Mode: news.Excerpt, Excerpt: excerpt(a.Lead, a.Text)}
	}
	return Text{Mode: news.Link}
}

// Lead returns the first sentences of a, as much as the Carriage allows in a list.
func Lead(a *news.Article, s *news.Source, now time.Time) string {
	if !Carried(a, s, now) || s.Carriage.EffectiveMode() == news.Link {
		return ""
	}
	return excerpt(a.Lead, a.Text)
}

func excerpt(lead, text string) string {
	if strings.TrimSpace(lead) == "" {
		lead = text
	}
	return news.Cut(lead, news.ExcerptRunes)
}

// Revision returns what of an earlier version may be given: the headline always, the
// rest on the same terms as the present version.
func Revision(r news.Revision, s *news.Source) (lead, text string) {
	if r.Withheld {
		return "", ""
	}
	switch s.Carriage.EffectiveMode() {
	case news.FullText:
		if r.Text == "" {
			return r.Lead, sanitize.Text(r.HTML)
		}
		return r.Lead, r.Text
	case news.Excerpt:
		return excerpt(r.Lead, r.Text), ""
	}
	return "", ""
}
