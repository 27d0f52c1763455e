package publish

import (
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

// QuotedRunes is the most that one answer quotes of an Article in Mode Excerpt beside its
// excerpt, in runes: three times that, some six sentences. What one may quote of a text so as to
// compare it is not its whole in pieces.
const QuotedRunes = 3 * news.ExcerptRunes

// passageRunes is the most that is shown of one passage: a long sentence.
const passageRunes = 480

// A Quoter gives out passages of Articles for one answer, as far as their Carriage allows:
// nothing where only the headline is carried, QuotedRunes of each excerpt, and everything of what
// is carried whole. What it gave out once it gives out again at no charge.
type Quoter struct {
	now   time.Time
	spent map[string]int // Article -> runes
	given map[news.Passage]string
}

// NewQuoter returns a Quoter for an answer at now.
func NewQuoter(now time.Time) *Quoter {
	return &Quoter{now: now, spent: map[string]int{}, given: map[news.Passage]string{}}
}

// Quote returns the words of p in a, an Article of s that has its Text, on one line; "" where
// they may not be shown, or are not there any more. Where they are longer than a long sentence
// their end is left out, and marked.
func (q *Quoter) Quote(a *news.Article, s *news.Source, p news.Passage) string {
	if words, ok := q.given[p]; ok {
		return words
	}
	words, ok := p.In(a)
	if !ok || s == nil || !Carried(a, s, q.now) || s.Carriage.EffectiveMode() == news.Link {
		return ""
	}
	words = news.Cut(strings.TrimSpace(words), passageRunes)
	if s.Carriage.EffectiveMode() == news.Excerpt {
		n := utf8.RuneCountInString(words)
		if q.spent[a.ID]+n > QuotedRunes {
			return ""
		}
		q.spent[a.ID] += n
	}
	q.given[p] = words
	return words
}
