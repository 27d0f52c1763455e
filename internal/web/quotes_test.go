package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// TestQuoteLine: who may not be quoted is named for what it has, and who trimmed a quote alike stands alike.
func TestQuoteLine(t *testing.T) {
	now := time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC)
	const whole, part = "We open the gates when the water asks for it, and not before.", "We open the gates when the water asks for it"
	h := &hub{now: now, sources: map[string]*news.Source{}}
	byID := map[string]*news.Article{}
	quote := news.Quote{Kind: news.QuoteDirect, Speaker: "Osk Hellender", Language: "en"}
	say := func(id string, mode news.Mode, words, speaker string) {
		h.sources[id] = &news.Source{ID: id, Name: "The " + id, Carriage: news.Carriage{Mode: mode, Basis: "permission"}}
		byID[id] = &news.Article{ID: id, SourceID: id, Revision: 1, Language: "en", Text: words, FirstSeen: now}
		s := news.Saying{Words: []news.Passage{{ArticleID: id, Revision: 1, From: 0, To: len(words)}}, Speaker: speaker}
		if words == part {
			s.Cuts = []news.Cutting{{Left: news.Passage{ArticleID: "a", Revision: 1, From: len(part), To: len(whole)}, Where: news.CutEnd}}
		}
		quote.Sayings = append(quote.Sayings, s)
	}
	line := func() (quoteLine, bool) {
		f := &finder{h: h, byID: byID, sides: map[string]side{}, cites: map[string]cited{}}
		found := &news.Findings{Quotes: []news.Quote{quote}}
		f.quoter = publish.NewQuoter(now, byID, h.sources, found.Each)
		return f.quoteOf(&quote)
	}
	names := func(list []cited) string {
		var names []string
		for _, c := range list {
			names = append(names, c.Outlet)
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	}

	say("a", news.Link, whole, "Osk Hellender")
	if l, ok := line(); ok {
		t.Errorf("words of a headline-only outlet: %+v", l)
	}
	say("b", news.Excerpt, part, "")
	say("c", news.FullText, part, "")
	l, ok := line()
	if !ok || l.Words.Text != part || l.Shown.Outlet != "The b" || names(l.Fuller) != "The a" || names(l.Same) != "The c" || len(l.Trimmed) > 0 {
		t.Errorf("the whole is with who may not be quoted: %+v", l)
	}
	if l.Speaker != "" {
		t.Errorf("a name that only a headline-only account has: %q", l.Speaker)
	}
	quote.Sayings[1].Speaker = "Hellender"
	f := &finder{h: h, byID: byID, sides: map[string]side{}, cites: map[string]cited{}}
	f.quoter = publish.NewQuoter(now, byID, h.sources, func(func(news.Passage)) {})
	if l, _ := line(); l.Speaker != "Hellender" {
		t.Errorf("the name as the others have it: %q", l.Speaker)
	}
	if d, _ := f.quoteData(&quote); d.Speaker != "Hellender" || d.Sayings[0].Speaker != "" || d.Sayings[1].Speaker != "Hellender" {
		t.Errorf("the names in the data: %+v", d)
	}
	quote.Sayings[1].Speaker = ""
	h.sources["a"].Carriage.Mode = news.FullText
	l, ok = line()
	if !ok || l.Words.Text != whole || l.Shown.Outlet != "The a" || len(l.Fuller)+len(l.Same) > 0 || len(l.Trimmed) != 2 || l.Speaker != "Osk Hellender" {
		t.Errorf("the whole may be quoted: %+v", l)
	}
}
