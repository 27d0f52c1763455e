package extract

import (
	"cmp"
	"strings"
	"time"

	"parallax/internal/extract/prose"
	"parallax/internal/words"
)

const (
	// ownShare is how much of a page's text another version of it has at least: some leave out a
	// table or a box.
	ownShare = 0.5
	// minSaying is from how many bytes on a headline is that of one article: those of a series
	// ("Morning briefing") are shorter.
	minSaying = 24
)

// otherThan says why a page is no other version of this one: it has little of its text, or where
// there is next to none, neither its headline nor its address.
func (w *assembly) otherThan(v *Page) string {
	own := w.article()
	switch {
	case !related(w.item, v):
	case v.body.size <= own.size: // it is not taken
		return ""
	case prose.Share(own.text, v.body.text) >= ownShare:
		return ""
	case own.size >= minText:
		return "has little of the page's text"
	case sameHeadline(w.Title, v.Title) || sameHeadline(w.item.Title, v.Title) || w.canonical(v) == here:
		return ""
	}
	return "is about something else"
}

// notOf says why a page that a link leads to is not the n-th of the article. Where the page itself
// links it, as most sites link the next article, it must say nothing else, and where its address
// is a bare number, that it is of the article.
func (w *assembly) notOf(v *Page, l link, n int) string {
	yes, told := relation(w.item, v)
	switch {
	case told && !yes:
		return "is about something else"
	case told && l.rule:
		return "" // who wrote the rule knows the site
	}
	if why := w.unlike(v); why != "" {
		return "is another article: " + why
	}
	_, named := follows(w.URL, l.url, n)
	if !l.rule && !named && w.canonical(v) != here && (len(v.Title) < minSaying || !sameHeadline(w.Title, v.Title)) {
		return "may be another article: only a number in its address says that it follows"
	}
	return ""
}

// unlike says what a page says of itself that is not said of this one.
func (w *assembly) unlike(v *Page) string {
	day := func(p *Page) string { return p.Published.Format(time.DateOnly) } // where it was published
	switch {
	case w.canonical(v) == elsewhere:
		return "its canonical address"
	case !w.Published.IsZero() && !v.Published.IsZero() && day(w.Page) != day(v):
		return "its date, " + day(v)
	case w.Title != "" && v.Title != "" && !sameHeadline(w.Title, v.Title):
		return "its headline"
	}
	return ""
}

// Where the canonical address of a further page leads.
const (
	nowhere   = iota // it has none, or its own, which says nothing
	here             // to the page that is made whole
	elsewhere        // to another one
)

func (w *assembly) canonical(v *Page) int {
	if v.Canonical == "" {
		return nowhere
	}
	switch to := normalise(v.Canonical); to {
	case normalise(w.URL), normalise(cmp.Or(w.Canonical, w.URL)):
		return here
	case normalise(v.URL):
		return nowhere
	}
	return elsewhere
}

// sameHeadline reports whether two headlines are one, be it with the number of a page or the name
// of the site at one end.
func sameHeadline(a, b string) bool {
	const least = 8 // bytes: a word may stand in any headline
	a, b = words.Folded(a), words.Folded(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return a != "" && (a == b || len(a) >= least && (strings.HasPrefix(b, a+" ") || strings.HasSuffix(b, " "+a)))
}
