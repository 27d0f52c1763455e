package assist

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// TestLiesInTranslations does so for headlines.
func TestLiesInTranslations(t *testing.T) {
	for _, lie := range []string{
		"", "Pilots in Gorm stop work", "32 pilots in Sarn stop work", "Pilots in Sarn “stop work”", "So-called pilots in Sarn stop work", "Pilots in Sarn do not stop work",
		"Lotsen in Sarn legen die Arbeit nieder", "Pilots in Sarn <b>stop</b> work", "Лоцманы в Сарне прекратили работу",
		"Pilots in Sarn stop work, which is a scandal beyond words that readers everywhere will remember for a long time to come",
	} {
		m := strike()
		n := 0
		e := serve(t, func(w http.ResponseWriter, q questioner) {
			n++
			text, _ := json.Marshal(map[string]any{"translations": []saidTranslation{{q.Items[0].ID, lie}, {"t99", "Norrland has won the war"}}})
			write(w, string(text))
		})
		s, counts := stage(m, e, at(start))
		s.cfg.Sentences = false
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := m.shown(); len(got) > 0 || n != attempts || len(m.translations) != 1 || counts["translation shown"] > 0 {
			t.Errorf("%q: shown %q after %d questions, %v", lie, got, n, counts)
		}
	}
}

// TestQuotes: what somebody said is translated where it stands in one piece and may be shown, a notice of the
// outlet itself is not.
func TestQuotes(t *testing.T) {
	m := strike()
	const text = "Seit Montag. „Wir fahren heute nicht mehr hinaus“, sagte Dorn. Hinweis."
	m.articles[4].Text = text
	at0 := func(words string) news.Passage {
		i := strings.Index(text, words)
		return news.Passage{ArticleID: "E", Revision: 1, From: i, To: i + len(words)}
	}
	said := at0("Wir fahren heute nicht mehr hinaus")
	old := said
	old.Revision = 7
	direct := func(words ...news.Passage) news.Quote {
		return news.Quote{Kind: news.QuoteDirect, Language: "de", Sayings: []news.Saying{{Words: words}}}
	}
	m.findings = &news.Findings{StoryID: "s", Quotes: []news.Quote{
		direct(old), direct(said, at0("sagte")),
		{Kind: news.QuoteNotice, Sayings: []news.Saying{{Words: []news.Passage{at0("Hinweis")}}}},
		direct(said), direct(news.Passage{ArticleID: "D", Revision: 1, From: 0, To: 6}),
	}}
	var asked []askedItem
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		asked = append(asked, q.Items...)
		var list []saidTranslation
		for _, it := range q.Items {
			if strings.HasPrefix(it.Text, "Wir") {
				list = append(list, saidTranslation{it.ID, "We will not go out again today"})
			}
		}
		answer, _ := json.Marshal(map[string]any{"translations": list})
		write(w, string(answer))
	})
	s, _ := stage(m, e, at(start))
	s.cfg.Sentences = false
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := m.shown(); !slices.Equal(got, []string{"en: We will not go out again today"}) {
		t.Errorf("shown: %q", got)
	}
	if len(asked) != 3 || asked[1].Text != "Wir fahren heute nicht mehr hinaus" || asked[1].Language != "German" || asked[2].Refused == "" {
		t.Errorf("asked: %+v", asked)
	}
	i := slices.IndexFunc(m.translations, func(t news.Translation) bool { return t.Text != "" })
	if tr := m.translations[i]; tr.ArticleID != "E" || tr.Revision != 1 || tr.From != said.From || tr.To != said.To {
		t.Errorf("kept: %+v", tr)
	}
	m.changes, m.due = 2, time.Time{}
	if err := s.Run(t.Context()); err != nil || len(asked) != 3 {
		t.Errorf("the same is asked again: %+v, %v", asked, err)
	}
}

// TestQuotesInOrder: of many quotes those are translated that the page shows, in its order; what it does not
// show is not asked about, and what cannot be translated is not replaced by what stands below.
func TestQuotesInOrder(t *testing.T) {
	m := strike()
	m.findings = &news.Findings{StoryID: "s"}
	var text strings.Builder
	say := func(speaker, words string) {
		p := news.Passage{ArticleID: "E", Revision: 1, From: text.Len(), To: text.Len() + len(words)}
		text.WriteString(words + " ")
		m.findings.Quotes = append(m.findings.Quotes, news.Quote{Kind: news.QuoteDirect, Language: "de", Speaker: speaker, Sayings: []news.Saying{{Words: []news.Passage{p}}}})
	}
	say("", "Wer es war weiß niemand")
	for i := range 5 {
		say("Dorn", fmt.Sprintf("Dorn sagt es %d Mal", i+1))
	}
	say("Elm", "Elm redet in zwei Teilen")
	elm := &m.findings.Quotes[len(m.findings.Quotes)-1].Sayings[0]
	elm.Words = append(elm.Words, elm.Words[0])
	for i := range 7 {
		say(fmt.Sprintf("Wirt %d", i+1), fmt.Sprintf("Wirt Nummer %d redet", i+1))
	}
	m.articles[4].Text = text.String()
	lenient := func(ctx context.Context) ([]news.Lens, []*news.Source, error) {
		l, sources, err := lenses(ctx)
		sources[4].Carriage.Mode = news.FullText // of dawn, so that all of it may be quoted
		return l, sources, err
	}
	for name, test := range map[string]struct {
		change func()
		want   []string
	}{
		"many known": {func() {}, []string{
			"Dorn sagt es 1 Mal", "Dorn sagt es 2 Mal", "Dorn sagt es 3 Mal",
			"Wirt Nummer 1 redet", "Wirt Nummer 2 redet", "Wirt Nummer 3 redet", "Wirt Nummer 4 redet", "Wirt Nummer 5 redet", "Wirt Nummer 6 redet",
		}},
		"few known": {func() { m.findings.Quotes = m.findings.Quotes[:5] }, []string{
			"Dorn sagt es 1 Mal", "Dorn sagt es 2 Mal", "Dorn sagt es 3 Mal", "Wer es war weiß niemand",
		}},
		"one that may not be quoted": {func() {
			m.findings.Quotes = slices.Clone(m.findings.Quotes[:4])
			m.findings.Quotes[1].Sayings = []news.Saying{{}, {Words: []news.Passage{{ArticleID: "D", Revision: 1, From: 0, To: 6}}}}
		}, []string{"Dorn sagt es 2 Mal", "Dorn sagt es 3 Mal", "Wer es war weiß niemand"}},
	} {
		all := m.findings.Quotes
		test.change()
		var asked []string
		e := serve(t, func(w http.ResponseWriter, q questioner) {
			if asked == nil {
				for _, it := range q.Items[1:] { // after the headline
					asked = append(asked, it.Text)
				}
			}
			write(w, `{"translations":[]}`)
		})
		s, _ := stage(m, e, at(start))
		s.cfg.Sentences, s.cfg.Lenses = false, lenient
		if err := s.Run(t.Context()); err != nil || !slices.Equal(asked, test.want) {
			t.Errorf("%s: asked %q, %v", name, asked, err)
		}
		m.findings.Quotes, m.translations, m.done, m.due = all, nil, 0, time.Time{}
	}
}

// TestSidesByTurns: whoever publishes first and most does not take the headlines of the others.
func TestSidesByTurns(t *testing.T) {
	m := strike()
	m.articles, m.findings = nil, nil
	for i := range 42 {
		source, title, tag := "aurora", fmt.Sprintf("Lotsen legen Arbeit nieder, Teil %d", i), "de"
		if i >= 30 {
			source = "beacon"
		}
		if i < 3 || i == 30 {
			tag = "en" // which is not translated, and takes no turn
		}
		switch i {
		case 40:
			source = "dawn" // on no side
		case 41:
			source = "echo" // on one that the lens has not
		}
		m.articles = append(m.articles, &news.Article{ID: fmt.Sprint(i), SourceID: source, Language: tag, Title: title, Revision: 1, FirstSeen: start})
	}
	m.comparison = &news.Comparison{StoryID: "s", LensID: "river", Sides: []news.Coverage{{SideID: "north", Head: "29"}, {SideID: "south", Head: "39"}}}
	var asked []string
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		if asked == nil {
			for _, it := range q.Items {
				asked = append(asked, strings.TrimPrefix(it.Text, "Lotsen legen Arbeit nieder, Teil "))
			}
		}
		write(w, `{"translations":[]}`)
	})
	s, _ := stage(m, e, at(start))
	s.cfg.Sentences = false
	s.cfg.Lenses = func(ctx context.Context) ([]news.Lens, []*news.Source, error) {
		l, sources, err := lenses(ctx)
		sources[5].Sides = map[string]string{"river": "delta"}
		return l, sources, err
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("29 39 40 3 31 41 4 32 5 33 6 34 7 35 8 36 9 37 10 38 11 12 13 14")
	if len(want) != headlines || !slices.Equal(asked, want) {
		t.Errorf("asked: %q", asked)
	}
}
