package publish

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

func TestQuote(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	const text = "The ferry\nran aground.\n\nNobody was hurt when the ferry ran aground, says the harbour."
	a := &news.Article{ID: "a", SourceID: "s", Revision: 1, Text: text, FirstSeen: now}
	first := news.Passage{ArticleID: "a", Revision: 1, From: 0, To: 22}
	second := news.Passage{ArticleID: "a", Revision: 1, From: 24, To: len(text)}
	edited, part := first, first
	edited.Revision, part.To = 2, 9
	for _, test := range []struct {
		name     string
		carriage news.Carriage
		passage  news.Passage
		want     string
	}{
		{"of an excerpt what was settled", news.Carriage{}, first, "The ferry ran aground."},
		{"and parts of it", news.Carriage{}, part, "The ferry"},
		{"and nothing else", news.Carriage{}, second, ""},
		{"of the whole anything", news.Carriage{Mode: news.FullText}, second, "Nobody was hurt when the ferry ran aground, says the harbour."},
		{"of a headline nothing", news.Carriage{Mode: news.Link}, first, ""},
		{"of another revision nothing", news.Carriage{Mode: news.FullText}, edited, ""},
		{"withdrawn", news.Carriage{Mode: news.FullText, Until: now}, first, ""},
		{"not yet carried", news.Carriage{Mode: news.FullText, From: now.Add(time.Hour)}, first, ""},
	} {
		articles, sources := map[string]*news.Article{"a": a}, map[string]*news.Source{"s": {ID: "s", Carriage: test.carriage}}
		q := NewQuoter(now, articles, sources, func(yield func(news.Passage)) { yield(first) })
		if got := q.Quote(test.passage); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	q := NewQuoter(now, map[string]*news.Article{"a": a}, map[string]*news.Source{"s": {ID: "s"}}, func(func(news.Passage)) {})
	if got := q.Word(part); got != "The ferry" {
		t.Errorf("a word or two of an excerpt: %q", got)
	}
	if got := q.Word(second); got != "" {
		t.Errorf("a sentence as a word: %q", got)
	}
	long := &news.Article{ID: "l", SourceID: "s", Revision: 1, Text: strings.Repeat("Nobody was hurt. ", 99), FirstSeen: now}
	q = NewQuoter(now, map[string]*news.Article{"l": long}, map[string]*news.Source{"s": {ID: "s", Carriage: news.Carriage{Mode: news.FullText}}}, func(func(news.Passage)) {})
	if got := q.Quote(news.Passage{ArticleID: "l", Revision: 1, From: 0, To: len(long.Text)}); utf8.RuneCountInString(got) > passageRunes || !strings.HasSuffix(got, "…") {
		t.Errorf("a long passage is not cut: %q", got)
	}
}

// However many passages of an excerpt are named, and however often it is asked, no more than the bound
// leaves the hub.
func TestQuotedRunes(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	const sentence = "Nobody was hurt when the ferry ran aground, says the harbour. "
	a := &news.Article{ID: "a", SourceID: "s", Revision: 1, Text: strings.Repeat(sentence, 60), FirstSeen: now}
	at := func(n int) news.Passage {
		return news.Passage{ArticleID: "a", Revision: 1, From: n * len(sentence), To: (n+1)*len(sentence) - 1}
	}
	for mode, all := range map[news.Mode]bool{news.Excerpt: false, news.FullText: true} {
		given, runes := 0, 0
		for n := range 60 { // an answer for each
			q := NewQuoter(now, map[string]*news.Article{"a": a}, map[string]*news.Source{"s": {ID: "s", Carriage: news.Carriage{Mode: mode}}}, func(yield func(news.Passage)) {
				for n := range 60 {
					yield(at(n))
				}
			})
			if words := q.Quote(at(n)); words != "" {
				given++
				runes += utf8.RuneCountInString(words)
			}
		}
		if all != (given == 60) || !all && (runes > QuotedRunes || given == 0) {
			t.Errorf("%s: sixty answers gave %d sentences, %d runes", mode, given, runes)
		}
	}
}
