package publish

import (
	"slices"
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

// wordRunes is how long a word or two are: too few to be a piece of a text.
const wordRunes = 40

// A Quoter gives out passages of Articles for one answer, as far as their Carriage allows:
// nothing where only the headline is carried, QuotedRunes of each excerpt, and everything of what
// is carried whole. What it gave out once it gives out again at no charge.
type Quoter struct {
	now   time.Time
	spent map[string]int // Article -> runes
	given map[news.Passage]string
	fixed map[string][]news.Passage // by Article, those of excerpts that may be given; nil: any
}

// NewQuoter returns a Quoter for an answer at now.
func NewQuoter(now time.Time) *Quoter {
	return &Quoter{now: now, spent: map[string]int{}, given: map[news.Passage]string{}}
}

// Fix settles which passages of excerpts may be quoted at all: of those that each names, in its order,
// as many of each Article as QuotedRunes allow. Answers that name the same passages in the same order
// then quote the same of an Article, whatever else they show, and together no more than one does. Articles
// and sources are by id; passages of others are passed over.
func (q *Quoter) Fix(each func(yield func(news.Passage)), articles map[string]*news.Article, sources map[string]*news.Source) {
	q.fixed = map[string][]news.Passage{}
	spent := map[string]int{}
	each(func(p news.Passage) {
		a := articles[p.ArticleID]
		if a == nil || sources[a.SourceID] == nil || sources[a.SourceID].Carriage.EffectiveMode() != news.Excerpt || q.within(p) {
			return
		}
		if words, ok := p.In(a); ok {
			if n := utf8.RuneCountInString(oneLine(words)); spent[a.ID]+n <= QuotedRunes {
				spent[a.ID] += n
				q.fixed[a.ID] = append(q.fixed[a.ID], p)
			}
		}
	})
}

// within reports whether p is, or is part of, a passage that may be given.
func (q *Quoter) within(p news.Passage) bool {
	return slices.ContainsFunc(q.fixed[p.ArticleID], func(f news.Passage) bool {
		return f.Revision == p.Revision && f.From <= p.From && p.To <= f.To
	})
}

func oneLine(words string) string { return news.Cut(strings.TrimSpace(words), passageRunes) }

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
	words = oneLine(words)
	if s.Carriage.EffectiveMode() == news.Excerpt {
		n := utf8.RuneCountInString(words)
		if q.fixed != nil && !q.within(p) && n > wordRunes {
			return ""
		}
		if q.spent[a.ID]+n > QuotedRunes {
			return ""
		}
		q.spent[a.ID] += n
	}
	q.given[p] = words
	return words
}
