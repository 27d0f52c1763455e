// Package quote finds who said what. Articles come in; the Quotes of one, or those of a Story
// with every Article that carries them, go out, as Passages of the Articles' texts.
//
// What counts as a Quote, how its speaker is found, and how well, is in docs/compare.md. How a
// language says who said something is in data/<tag>.txt: a file more is a language more.
package quote

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	// maxText is how much of a text is read, in bytes: ten times a long article.
	maxText = 1 << 18
	// maxQuotes is how many Quotes of one Article are told: a long interview has fewer.
	maxQuotes = 500
)

// Of returns the Quotes of an Article in the order of its Text, each with one Saying.
func Of(a *news.Article) []news.Quote {
	if len(a.Text) > maxText || !utf8.ValidString(a.Text) {
		return nil // no article, and what is cut off might change what the rest means
	}
	tag := lang.Base(a.Language)
	f := newFinder(unwrapped(a.Text), tag)
	f.find()
	f.resolve()
	f.plainly()
	var quotes []news.Quote
	for i := range f.list {
		s := &f.list[i]
		if s.drop || len(s.parts) == 0 {
			continue
		}
		saying := news.Saying{}
		for _, p := range s.parts {
			saying.Words = append(saying.Words, f.passage(a, p))
		}
		if s.party.by != (span{}) {
			saying.By = f.passage(a, s.party.by)
		}
		if s.party.name != (span{}) {
			saying.Named = f.passage(a, s.party.name)
			saying.Speaker = a.Text[s.party.name.from:s.party.name.to]
		}
		quotes = append(quotes, news.Quote{Kind: s.kind, Speaker: saying.Speaker, Language: tag, Sayings: []news.Saying{saying}})
	}
	slices.SortStableFunc(quotes, func(p, q news.Quote) int {
		return cmp.Compare(p.Sayings[0].Words[0].From, q.Sayings[0].Words[0].From)
	})
	return quotes[:min(len(quotes), maxQuotes)]
}

func (f *finder) passage(a *news.Article, s span) news.Passage {
	return news.Passage{ArticleID: a.ID, Revision: a.Revision, From: s.from, To: s.to}
}
