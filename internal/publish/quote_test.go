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
	text := "The ferry\nran aground.\n\n" + strings.Repeat("Nobody was hurt, says the harbour. ", 60)
	a := &news.Article{ID: "a", Revision: 1, Text: text, FirstSeen: now}
	first := news.Passage{ArticleID: "a", Revision: 1, From: 0, To: 22}
	for _, test := range []struct {
		name     string
		carriage news.Carriage
		want     string
	}{
		{"an excerpt", news.Carriage{}, "The ferry ran aground."},
		{"the whole", news.Carriage{Mode: news.FullText, Basis: "permission"}, "The ferry ran aground."},
		{"the headline only", news.Carriage{Mode: news.Link}, ""},
		{"withdrawn", news.Carriage{Until: now}, ""},
		{"not yet carried", news.Carriage{From: now.Add(time.Hour)}, ""},
	} {
		s := &news.Source{ID: "s", Carriage: test.carriage}
		if got := NewQuoter(now).Quote(a, s, first); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}

	// Of an excerpt no more than the bound leaves the hub, however many passages are asked for.
	sentence := func(n int) news.Passage {
		const length = len("Nobody was hurt, says the harbour. ")
		return news.Passage{ArticleID: "a", Revision: 1, From: 24 + n*length, To: 24 + (n+1)*length}
	}
	for mode, all := range map[news.Mode]bool{news.Excerpt: false, news.FullText: true} {
		q, s, runes, given := NewQuoter(now), &news.Source{ID: "s", Carriage: news.Carriage{Mode: mode}}, 0, 0
		for n := range 60 {
			words := q.Quote(a, s, sentence(n))
			runes += utf8.RuneCountInString(words)
			if words != "" {
				given++
			}
		}
		if all != (given == 60) || !all && runes > QuotedRunes || given == 0 {
			t.Errorf("%s: %d passages of 60, %d runes", mode, given, runes)
		}
		if again := q.Quote(a, s, sentence(0)); again == "" {
			t.Errorf("%s: what was given once is refused", mode)
		}
	}

	whole := news.Passage{ArticleID: "a", Revision: 1, From: 24, To: len(text)}
	s := &news.Source{ID: "s", Carriage: news.Carriage{Mode: news.FullText}}
	if got := NewQuoter(now).Quote(a, s, whole); utf8.RuneCountInString(got) > passageRunes || !strings.HasSuffix(got, "…") {
		t.Errorf("a long passage is not cut: %q", got)
	}
	edited := first
	edited.Revision = 2
	if got := NewQuoter(now).Quote(a, s, edited); got != "" {
		t.Errorf("words of another revision: %q", got)
	}
}

// What answers may quote of an excerpt together is no more than what one may, if they settle it alike.
func TestFix(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	const sentence = "Nobody was hurt when the ferry ran aground, says the harbour. "
	a := &news.Article{ID: "a", Revision: 1, Text: strings.Repeat(sentence, 60), FirstSeen: now}
	at := func(n int) news.Passage {
		return news.Passage{ArticleID: "a", Revision: 1, From: n * len(sentence), To: (n+1)*len(sentence) - 1}
	}
	each := func(yield func(news.Passage)) {
		for n := range 60 {
			yield(at(n))
		}
	}
	for _, test := range []struct {
		mode news.Mode
		all  bool
	}{{news.Excerpt, false}, {news.FullText, true}} {
		s := &news.Source{ID: "s", Carriage: news.Carriage{Mode: test.mode}}
		a.SourceID = s.ID
		given, runes := 0, 0
		for n := range 60 { // an answer for each
			q := NewQuoter(now)
			q.Fix(each, map[string]*news.Article{"a": a}, map[string]*news.Source{"s": s})
			if words := q.Quote(a, s, at(n)); words != "" {
				given++
				runes += utf8.RuneCountInString(words)
			}
		}
		if test.all != (given == 60) || !test.all && (runes > QuotedRunes || given == 0) {
			t.Errorf("%s: sixty answers gave %d sentences, %d runes", test.mode, given, runes)
		}
	}
	s := &news.Source{ID: "s"}
	q := NewQuoter(now)
	q.Fix(each, map[string]*news.Article{"a": a}, map[string]*news.Source{"s": s})
	part, other := at(0), at(59)
	part.To -= 10
	if q.Quote(a, s, part) == "" || q.Quote(a, s, other) != "" {
		t.Error("a part of what may be quoted is refused, or what may not be is given")
	}
}
