package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parallax/internal/assist/check"
	"parallax/internal/lang/sentence"
	"parallax/internal/news"
	"parallax/internal/newsroom"
)

// A scribe is an endpoint that lies first and, when it is told why that was dropped, copies a
// sentence of one of the accounts.
type scribe struct {
	mu   sync.Mutex // guards lies, seen
	lies int
	seen strings.Builder // all that it was told
}

// headlines are what a scribe knows to translate.
var headlines = map[string]string{
	"Gespräche in Port Ansel begonnen: Was am Sarn davon erhofft wird":          "Talks in Port Ansel begun: what people on the Sarn hope for",
	"Sarn-Gespräche eröffnet, Niederahn wartet auf den Bagger":                  "Sarn talks opened, Niederahn waits for the dredger",
	"Sarn-Regatta: Boot mit Frauen beider Ufer siegt":                           "Sarn regatta: boat with women of both banks wins",
	"Trotz des Streits: Schulchöre beider Ufer proben gemeinsam auf der Brücke": "Despite the dispute, school choirs of both banks rehearse together on the bridge",
}

// scribeQuestion is what a scribe reads of a question.
type scribeQuestion struct {
	Sections []struct {
		Section  string `json:"section"`
		Language string `json:"language"`
		Outlets  int    `json:"outlets_to_cite"`
		Sides    int    `json:"sides_to_cite"`
		Refused  string `json:"refused"`
		Items    []struct{ ID, Outlet, Side, Text string }
	} `json:"sections"`
	Items []struct{ ID, Text, Refused string } `json:"items"`
}

func (s *scribe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var q struct{ Messages []struct{ Content string } }
	if err := json.Unmarshal(body, &q); err != nil || len(q.Messages) != 2 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var asked scribeQuestion
	if err := json.Unmarshal([]byte(q.Messages[1].Content), &asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen.WriteString(q.Messages[1].Content)
	type written struct {
		Section string   `json:"section"`
		Text    string   `json:"text"`
		Items   []string `json:"items"`
	}
	type translated struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	var said struct {
		Sentences    []written    `json:"sentences,omitempty"`
		Translations []translated `json:"translations,omitempty"`
	}
	for _, sec := range asked.Sections {
		var items []check.Item
		var ids []string
		tag := map[string]string{"English": "en", "German": "de"}[sec.Language]
		for _, it := range sec.Items {
			items = append(items, check.Item{ID: it.ID, Outlet: it.Outlet, Name: it.Outlet, Side: it.Side, Language: tag, Text: it.Text})
			ids = append(ids, it.ID)
		}
		if sec.Refused == "" {
			s.lies++
			said.Sentences = append(said.Sentences, written{sec.Section, "Zorblax says that 987654 people of Zorblax agree.", ids})
			continue
		}
		text, cites := copied(items, check.Demand{Language: tag, Outlets: sec.Outlets, Sides: sec.Sides})
		said.Sentences = append(said.Sentences, written{sec.Section, text, cites})
	}
	for _, it := range asked.Items {
		text := "Zorblax and 987654"
		if it.Refused != "" {
			text = headlines[it.Text]
		}
		said.Translations = append(said.Translations, translated{it.ID, text})
	}
	text, _ := json.Marshal(said)
	content, _ := json.Marshal(string(text))
	_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s}}]}`, content)
}

// copied returns a sentence of the items that stands in two of them as well as is demanded.
func copied(items []check.Item, d check.Demand) (text string, cites []string) {
	for _, it := range items {
		for _, span := range sentence.Of(it.Text, d.Language, 10) {
			for _, other := range items {
				cites := []string{it.ID, other.ID}
				if s := it.Text[span.From:span.To]; check.Sentence(s, cites, items, d) == "" {
					return s, cites
				}
			}
		}
	}
	return "", nil
}

// lines is a page without its empty lines.
func lines(page string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(page, "\n"), func(line string) bool { return line == "" }), "\n")
}

var machinePart = regexp.MustCompile(`(?s)<div class="machine" role="note">.*?</div>`)

// The whole program with an assistant that lies: nothing of that is on a page, what stands is, marked and with
// links to what it rests on, and without it each page is what it is without an assistant.
func TestAssistant(t *testing.T) {
	both(t, func(t *testing.T, database string) { //nolint:thelper // the test itself
		world, err := newsroom.Start(t.Context(), newsroom.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer world.Close()
		s := &scribe{}
		server := httptest.NewServer(s)
		defer server.Close()
		on := fmt.Sprintf("\n[assistant]\nurl = %q\nmodel = \"scribe\"\nlanguages = [\"en\"]\nper_hour = 3600\n", server.URL+"/v1")
		toml := world.HubTOML("Both Banks")
		cfg := configure(t, toml+on, database)
		pass(t, cfg, world.Now)
		for range 8 { // ten stories at a time
			h := open(t, cfg, world.Now)
			if err := h.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			shut(t, h)
		}
		h := open(t, cfg, world.Now)
		defer shut(t, h)
		site, err := h.Handler()
		if err != nil {
			t.Fatal(err)
		}
		without := *cfg
		without.Assistant.URL, without.Assistant.Model = "", ""
		bare := open(t, &without, world.Now)
		defer shut(t, bare)
		plain, err := bare.Handler()
		if err != nil {
			t.Fatal(err)
		}

		pages, sentences, translations := 0, 0, 0
		for path := range crawl(t, site, 3000).pages {
			if !strings.HasPrefix(path, "/story/") {
				continue
			}
			page := ask(t, site, path).Body.String()
			if strings.Contains(page, "Zorblax") || strings.Contains(page, "987654") {
				t.Errorf("%s has what the assistant invented", path)
			}
			parts := machinePart.FindAllString(page, -1)
			for _, p := range parts {
				if strings.Contains(p, "Machine translation") {
					translations++
					continue
				}
				sentences++
				if strings.Count(p, `href="/article/`) < 2 || !strings.Contains(p, "Machine text") {
					t.Errorf("%s: machine text that names fewer than two accounts: %s", path, p)
				}
			}
			if len(parts) > 0 {
				pages++
			}
			if got, want := lines(machinePart.ReplaceAllString(page, "")), lines(ask(t, plain, path).Body.String()); got != want {
				t.Errorf("%s is another page without the assistant (-without +with):\n%s", path, gocmp.Diff(want, got))
			}
		}
		t.Logf("%d sentences and %d translations on %d pages, %d lies", sentences, translations, pages, s.lies)
		if pages < 20 || sentences < 20 || translations < 2 || s.lies < 20 {
			t.Errorf("only %d sentences and %d translations on %d pages, %d lies", sentences, translations, pages, s.lies)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, a := range everything(t, h) {
			if src := a.SourceID; slices.ContainsFunc(cfg.NewsSources(), func(x *news.Source) bool { return x.ID == src && x.Carriage.Mode == "link" }) &&
				len(a.Lead) > 40 && strings.Contains(s.seen.String(), a.Lead[:40]) {
				t.Errorf("the assistant was told more than the headline of %q", a.Title)
			}
		}
	})
}
