package publish

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

// QuotedRunes is the most that is quoted of an Article in Mode Excerpt beside its excerpt, in
// runes: three times that, some six sentences. What one may quote of a text so as to compare it is
// not its whole in pieces.
const QuotedRunes = 3 * news.ExcerptRunes

const (
	// passageRunes is the most that is shown of one passage: a long sentence.
	passageRunes = 480
	// wordRunes is the longest that counts as a word or two, which are no piece of a text.
	wordRunes = 40
)

// A Quoter gives out passages of Articles as far as their Carriage allows: nothing where only the
// headline is carried, everything of what is carried whole, and of an excerpt the passages that
// were settled when it was made. Quoters that are made of the same passages in the same order give out the
// same of an Article, so that all answers together give out no more than one may.
type Quoter struct {
	now      time.Time
	articles map[string]*news.Article
	sources  map[string]*news.Source
	settled  map[string][]news.Passage // by Article: what of excerpts may be given
}

// NewQuoter returns a Quoter for an answer at now. Of the passages that each calls its argument with, as
// many of each excerpt may be given, in their order, as QuotedRunes allow. Articles, which have their
// Text, and sources are by id; passages of others are passed over.
func NewQuoter(now time.Time, articles map[string]*news.Article, sources map[string]*news.Source, each func(yield func(news.Passage))) *Quoter {
	q := &Quoter{now: now, articles: articles, sources: sources, settled: map[string][]news.Passage{}}
	spent := map[string]int{}
	each(func(p news.Passage) {
		words, mode := q.words(p)
		if n := utf8.RuneCountInString(words); n > 0 && mode == news.Excerpt && !q.within(p) && spent[p.ArticleID]+n <= QuotedRunes {
			spent[p.ArticleID] += n
			q.settled[p.ArticleID] = append(q.settled[p.ArticleID], p)
		}
	})
	return q
}

// Quote returns the words of p on one line; "" where they may not be shown, or are not there any more.
// Where they are longer than a long sentence their end is left out, and marked.
func (q *Quoter) Quote(p news.Passage) string {
	words, mode := q.words(p)
	if mode == news.Excerpt && !q.within(p) {
		return ""
	}
	return words
}

// Word returns the words of p where they are a word or two, of an excerpt whatever was settled.
func (q *Quoter) Word(p news.Passage) string {
	words, _ := q.words(p)
	if utf8.RuneCountInString(words) > wordRunes {
		return ""
	}
	return words
}

// Names reports whether what an Article says may be told at all: it is carried, and not by its
// headline only.
func (q *Quoter) Names(articleID string) bool {
	a := q.articles[articleID]
	if a == nil {
		return false
	}
	s := q.sources[a.SourceID]
	return s != nil && Carried(a, s, q.now) && s.Carriage.EffectiveMode() != news.Link
}

// words returns the words of p where anything of its Article may be told, and its Mode.
func (q *Quoter) words(p news.Passage) (string, news.Mode) {
	a := q.articles[p.ArticleID]
	words, ok := p.In(a)
	if !ok || !q.Names(p.ArticleID) {
		return "", news.Link
	}
	return news.Cut(strings.TrimSpace(words), passageRunes), q.sources[a.SourceID].Carriage.EffectiveMode()
}

// within reports whether p is, or is part of, a passage that was settled.
func (q *Quoter) within(p news.Passage) bool {
	return slices.ContainsFunc(q.settled[p.ArticleID], func(s news.Passage) bool {
		return s.Revision == p.Revision && s.From <= p.From && p.To <= s.To
	})
}
