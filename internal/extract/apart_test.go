package extract

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

// The page from which this project grew: a text as another site republished it, with a link
// stub within and the site's notice behind it.
func TestRepublished(t *testing.T) {
	data, err := os.ReadFile(testkit.Data(t, "seed/republished.txt")) // testdata/republished.txtar is its invented twin
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	a := Article(&news.Item{
		ID: "item", SourceID: "hub", Link: "https://hub.example/1", Title: "The minister's answer", Revision: 1, FirstSeen: start,
		Content: "<p>" + strings.Join(lines, "</p><p>") + "</p>",
	}, &news.Source{ID: "hub"}, nil, "")
	var text []string
	for _, l := range lines[:len(lines)-1] {
		if l != "Read more" {
			text = append(text, l)
		}
	}
	if diff := cmp.Diff(strings.Join(text, "\n\n"), a.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	want := []news.Apart{{Kind: news.ApartStub, Text: "Read more"}, {Kind: news.ApartNotice, Text: news.Cut(lines[len(lines)-1], maxApartText)}}
	if diff := cmp.Diff(want, a.Apart); diff != "" {
		t.Errorf("set apart (-want +got):\n%s", diff)
	}
	if strings.Contains(a.HTML, "endorsement") || strings.Contains(a.HTML, "Read more") {
		t.Errorf("HTML %s", a.HTML)
	}
}

var subjects = []string{
	"Ferry halves winter timetable", "Grain prices hardly move", "Museum opens northern wing", "Storm damages harbour wall",
	"Chess club wins league", "Doctors call for night clinic", "Railway bridge closes", "Librarians strike over pay",
}

// told is an item with a text of its own and a promotion behind it.
func told(n int, promo string) *news.Item {
	it := item(fmt.Sprint("i", n))
	it.Title, it.Summary = subjects[n], ""
	it.FirstSeen = start.Add(time.Duration(n) * 9 * time.Hour)
	it.Content = fmt.Sprintf("<p>It is told here what happened on that day, number %[1]d, at some length.</p><p>The %[1]d-th time somebody gave a reason for it.</p>", n) + promo
	return it
}

// What an outlet repeats is learned from its articles, taken out of those that came before,
// counted, and no edit where an article of before is made again.
func TestRepeatsAreTakenOut(t *testing.T) {
	const promo = "<p>Hear us every morning on 98.6</p>"
	m := newMemory()
	now := start
	s := New(Options{Store: m, Now: func() time.Time { return now }})
	run := func(its ...*news.Item) {
		t.Helper()
		m.items = append(m.items, its...)
		now = its[len(its)-1].FirstSeen
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 4 {
		run(told(n, promo))
	}
	if a := m.articles["i0"]; !strings.Contains(a.Text, "98.6") {
		t.Fatalf("taken out of the first: %q", a.Text)
	}
	before := m.articles["i0"].Shingles
	run(told(4, promo), told(5, ""))
	want := []news.Apart{{Kind: news.ApartBoilerplate, Text: "Hear us every morning on 98.6"}}
	for id, a := range m.articles {
		if strings.Contains(a.Text+a.HTML+a.Lead, "98.6") || !strings.Contains(a.Text, "gave a reason") {
			t.Errorf("%s: %q", id, a.HTML)
		}
		if id != "i5" && !cmp.Equal(want, a.Apart) || id == "i5" && a.Apart != nil {
			t.Errorf("%s: set apart %v", id, a.Apart)
		}
	}
	if before == nil || slices.Equal(before, m.articles["i0"].Shingles) {
		t.Error("the shingles are those of the text of before")
	}
	run(told(6, promo))
	b := m.repeats["norrland-today"]
	if len(b.Blocks) != 1 || b.Blocks[0].Times != 6 || b.Blocks[0].Article != m.articles["i6"].ID || !b.Blocks[0].Last.Equal(now) {
		t.Errorf("what is known: %+v", b.Blocks)
	}

	// An article of long ago, which nobody looked through, changes its title.
	old := told(7, promo)
	old.Revision = 2
	m.articles["old"] = &news.Article{
		ID: ArticleID(old), SourceID: old.SourceID, Title: "Before",
		HTML: newBody(old.Content, "").html, Text: newBody(old.Content, "").text,
	}
	run(old)
	if diff := cmp.Diff(m.articles["i7"].Text, m.articles["old"].Text); diff != "" {
		t.Errorf("what is stored differs from what is made now (-now +stored):\n%s", diff)
	}
}

func TestWithoutPart(t *testing.T) {
	const block = "Hear us every morning on the long waves."
	for _, tt := range []struct{ lead, want string }{
		{"The dam holds. " + block, "The dam holds."},
		{block + " The dam holds.", "The dam holds."},
		{"The dam holds. Hear us every morning on the long …", "The dam holds."},
		{"The dam holds. Hear us …", "The dam holds. Hear us …"},
		{"The dam holds.", "The dam holds."},
	} {
		if got := withoutPart(tt.lead, block); got != tt.want {
			t.Errorf("withoutPart(%q) = %q", tt.lead, got)
		}
	}
}
