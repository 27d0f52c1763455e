package extract

import (
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"parallax/internal/extract/siterule"
)

// readBy reads a page by a rule for its site.
func readBy(t *testing.T, rule, page string) *Page {
	t.Helper()
	rules, err := siterule.Load(fstest.MapFS{"harbour-times.example.txt": {Data: []byte(rule)}})
	if err != nil || rules.Wrong > 0 {
		t.Fatal(err, rules.Problems)
	}
	p, err := ReadPageBy(rules, []byte(page), "https://www.harbour-times.example/ferry", "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What in a rule's body is no prose is left out; where a rule wants all, only if little is.
func TestPrune(t *testing.T) {
	t.Parallel()
	const lines = "<ul><li><a href=/1>Quay to be mended</a><li><a href=/2>Fewer herrings this year</a></ul>"
	times := strings.Repeat("<p>10.05 Velm<p>10.40 Oxholm<p>11.10 Lee", 12)
	for _, tt := range []struct{ name, rule, body, has, not string }{
		{"links", "body: #story", "<p>" + strings.ReplaceAll(wire, "\n\n", "<p>") + lines, "Farmers in twelve villages", "herrings"},
		{"links where all is wanted", "body: #story\nprune: no", "<p>" + strings.ReplaceAll(wire, "\n\n", "<p>") + lines, "Farmers in twelve villages", "herrings"},
		{"a timetable", "body: #story", times + "<p>" + wire[:300], "VELMORA", "11.10 Lee"},
		{"a timetable where all is wanted", "body: #story\nprune: no", times + "<p>The ferry sails.", "11.10 Lee", "nothing"},
	} {
		p := readBy(t, tt.rule, "<html lang=en><title>Ferry</title><div id=story>"+tt.body+"</div>")
		if !strings.Contains(p.Text(), tt.has) || strings.Contains(p.Text(), tt.not) || !strings.HasPrefix(p.Why["rule"], "harbour-times.example.txt:1 body: #story") {
			t.Errorf("%s: by %s: %s", tt.name, p.Why["rule"], p.Text())
		}
	}
}

// What a rule's body holds is the article's, also where each entry is an article of its own.
func TestEntries(t *testing.T) {
	t.Parallel()
	entry := func(head, text string) string {
		return "<article><h2>" + head + "</h2><p>" + strings.ReplaceAll(text, "\n\n", "<p>") + "</article>"
	}
	p := readBy(t, "body: //div[@id='live']", "<html lang=en><title>Council rejects water agreement</title><div id=live>"+
		entry("Council rejects water agreement", wire)+entry("The farmers answer", other)+"</div>")
	for _, text := range []string{wire, other} {
		if last := strings.Split(text, "\n\n"); !strings.Contains(p.Text(), last[len(last)-1]) {
			t.Errorf("%.40q is missing in %s", last[len(last)-1], p.Text())
		}
	}
}

// What the page says by the rule, and why; what the rule says is not the text is none.
func TestRuleSays(t *testing.T) {
	t.Parallel()
	page := `<html lang=en><title>Ferry</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"a-7","author":"Nobody Else","datePublished":"2026-11-03","articleBody":` +
		strconv.Quote(wire) + `}</script><h2>Ferry to sail</h2><i>By Runa Sved and Olle Bakk</i><b>2026-11-05</b><p>` + wire[:250]
	p := readBy(t, "title: //h2\nauthor: //i\ndate: //b", page)
	if p.Title != "Ferry to sail" || strings.Join(p.Authors, "|") != "Runa Sved|Olle Bakk" || p.Published.Day() != 3 || p.Why["title"] != "harbour-times.example.txt:1 title: //h2" || !p.told {
		t.Errorf("%s by %s on %s: %v", p.Title, p.Authors, p.Published, p.Why)
	}
	p = readBy(t, "date: //b\nskip_json_ld: yes\nnative_ad_clue: //h2", page)
	if p.Title != "Ferry" || p.Published.Day() != 5 || p.told || p.Why["advertisement"] == "" || !strings.Contains(p.by(), ", an advertisement by harbour-times.example.txt:3") {
		t.Errorf("%s by %s on %s: %v", p.Title, p.Authors, p.Published, p.Why)
	}
	if p = readBy(t, "body: //video\nautodetect_on_failure: no", page); p.Text() != "" || p.Why["rule"] != "harbour-times.example.txt finds no text" {
		t.Errorf("guessed %q: %v", p.Text(), p.Why)
	}
	if p = readBy(t, "body: //video", page); p.Text() == "" {
		t.Errorf("nothing was found: %v", p.Why)
	}
}
