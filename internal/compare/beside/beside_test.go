package beside

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

func account(id, language, text string) *news.Article {
	return &news.Article{ID: id, SourceID: id, Revision: 1, Language: language, Title: "Ferry aground", Text: text, FirstSeen: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
}

// said writes pairs as "left | right".
func said(t interface{ Fatalf(string, ...any) }, left, right *news.Article, pairs []Pair) []string {
	var lines []string
	words := func(p news.Passage, a *news.Article) string {
		if p.To == 0 {
			return "-"
		}
		text, ok := p.In(a)
		if !ok {
			t.Fatalf("%+v is no passage of %s", p, a.ID)
		}
		return text
	}
	for _, p := range pairs {
		lines = append(lines, words(p.Left, left)+" | "+words(p.Right, right))
	}
	return lines
}

func TestAlign(t *testing.T) {
	left := account("left", "en", "The ferry Marisol ran aground off Oxholm in thick fog on Friday morning. All 212 passengers were taken ashore by lifeboats. The captain has been questioned by the coast guard.")
	right := account("right", "en", "Relatives waited at the quay of Oxholm all day. Lifeboats took all 212 passengers ashore. The owner of the ship had been fined twice this year. In thick fog the ferry Marisol ran aground off Oxholm on Friday morning.")
	want := []string{
		"The ferry Marisol ran aground off Oxholm in thick fog on Friday morning. | In thick fog the ferry Marisol ran aground off Oxholm on Friday morning.",
		"All 212 passengers were taken ashore by lifeboats. | Lifeboats took all 212 passengers ashore.",
		"The captain has been questioned by the coast guard. | -",
	}
	pairs, cut := Align(left, right)
	if cut {
		t.Error("two short accounts were not read to the end")
	}
	got := said(t, left, right, pairs)
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("no pair %q", w)
		}
	}
	for _, alone := range []string{"- | Relatives waited at the quay of Oxholm all day.", "- | The owner of the ship had been fined twice this year."} {
		if !slices.Contains(got, alone) {
			t.Errorf("no pair %q in %q", alone, got)
		}
	}
	german := account("german", "de", "Die Fähre Marisol lief bei Oxholm im Nebel auf Grund. Alle 212 Fahrgäste kamen an Land.")
	pairs, _ = Align(left, german)
	for _, p := range pairs {
		if p.Both() {
			t.Errorf("sentences of two languages stand together: %+v", p)
		}
	}
}

// An account that is longer than a report is not said to be whole.
func TestAlignLong(t *testing.T) {
	var long strings.Builder
	for i := range 200 {
		fmt.Fprintf(&long, "Ferry number %d ran aground off Oxholm in thick fog. ", 1000+i)
	}
	if _, cut := Align(account("left", "en", long.String()), account("right", "en", "The ferry ran aground.")); !cut {
		t.Error("the end of a long account was not read, and nobody says so")
	}
}

// Every sentence stands in one pair, and who exchanges the accounts finds the same pairs.
func TestAlignProperties(t *testing.T) {
	sentences := []string{
		"The ferry Marisol ran aground off Oxholm in thick fog.", "All 212 passengers were taken ashore by lifeboats.", "Lifeboats took all 212 passengers ashore.",
		"The captain was questioned by the coast guard on Friday.", "In fog the ferry Marisol ran aground.", "Nobody was hurt, says the harbour office of Oxholm.",
	}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(sentences), 0, 6)
		left := account("left", "en", strings.Join(some.Draw(t, "left"), " "))
		right := account("right", "en", strings.Join(some.Draw(t, "right"), " "))
		pairs, _ := Align(left, right)
		seen := map[news.Passage]bool{}
		for _, p := range pairs {
			for _, side := range []news.Passage{p.Left, p.Right} {
				if side.To > 0 && seen[side] {
					t.Fatalf("%+v stands in two pairs", side)
				}
				seen[side] = true
			}
			if p.Left.To == 0 && p.Right.To == 0 {
				t.Fatal("an empty pair")
			}
		}
		exchanged, _ := Align(right, left)
		both := func(left, right *news.Article, pairs []Pair, turned bool) []string {
			var out []string
			for i, line := range said(t, left, right, pairs) {
				if pairs[i].Both() {
					if l, r, _ := strings.Cut(line, " | "); turned {
						line = r + " | " + l
					}
					out = append(out, line)
				}
			}
			slices.Sort(out)
			return out
		}
		if diff := cmp.Diff(both(left, right, pairs, false), both(right, left, exchanged, true)); diff != "" {
			t.Fatalf("the accounts exchanged (-one way +the other):\n%s", diff)
		}
	})
}
