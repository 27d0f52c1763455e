package wording

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/reading"
	"parallax/internal/testkit"
)

// A told is an article of a real story.
type told struct {
	ID, Source, Title, Text, Lang, Label, Side string
	Published                                  string
}

// A tale is a real story.
type tale struct {
	name     string
	accounts []reading.Account
	side     map[string]string // article id -> side
	outlets  []string
}

// tales returns the stories of a set in which two sides have at least so many outlets each.
func tales(tb testing.TB, set string, side func(told) string, label func(told) string, least int) []tale {
	tb.Helper()
	f, err := os.Open(testkit.Data(tb, "stories/"+set+".jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was read only
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		tb.Fatal(err)
	}
	by := map[string][]told{}
	var order []string
	for d := json.NewDecoder(z); ; {
		var doc told
		if err := d.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			tb.Fatal(err)
		}
		l := label(doc)
		if by[l] == nil {
			order = append(order, l)
		}
		by[l] = append(by[l], doc)
	}
	slices.Sort(order)
	var list []tale
	for _, l := range order {
		s := tale{name: l, side: map[string]string{}}
		of := map[string]map[string]bool{}
		for _, doc := range by[l] {
			at, _ := time.Parse(time.RFC3339, doc.Published)
			if doc.Lang == "" {
				doc.Lang = "en"
			}
			s.accounts = append(s.accounts, reading.Account{
				Article: &news.Article{ID: doc.ID, SourceID: doc.Source, Title: doc.Title, Text: doc.Text, Language: doc.Lang, Revision: 1, FirstSeen: at},
				Owner:   doc.Source,
			})
			to := side(doc)
			s.side[doc.ID] = to
			s.outlets = append(s.outlets, doc.Source)
			if of[to] == nil {
				of[to] = map[string]bool{}
			}
			of[to][doc.Source] = true
		}
		n := 0
		for to, outlets := range of {
			if to != news.Unplaced && len(outlets) >= least {
				n++
			}
		}
		if n >= 2 {
			s.copies()
			list = append(list, s)
		}
	}
	return list
}

// copies marks the texts of which half stands in an earlier one as its copies.
func (s *tale) copies() {
	shingles := make([]map[string]bool, len(s.accounts))
	for i := range s.accounts {
		w := strings.Fields(s.accounts[i].Article.Text)
		shingles[i] = map[string]bool{}
		for k := 0; k+6 <= len(w); k++ {
			shingles[i][strings.Join(w[k:k+6], " ")] = true
		}
		for j := range i {
			both := 0
			for k := range shingles[i] {
				if shingles[j][k] {
					both++
				}
			}
			if s.accounts[j].Original == "" && both*2 > min(len(shingles[i]), len(shingles[j])) {
				s.accounts[i].Original = s.accounts[j].Article.ID
				break
			}
		}
	}
}

func leftToRight(d told) string {
	switch d.Side {
	case "left", "lean-left", "far-left":
		return "left"
	case "right", "lean-right", "far-right":
		return "right"
	case "center":
		return "center"
	}
	return news.Unplaced
}

func byLabel(d told) string { return d.Label }

// parties sets aside who is no party to the war of 2022; its labels are topics, so a day of one is a story.
func parties(d told) string {
	switch {
	case strings.HasPrefix(d.Side, "RU"):
		return "ru"
	case strings.HasPrefix(d.Side, "UA"), d.Side == "West":
		return "ua and west"
	}
	return news.Unplaced
}

// TestReal says how many terms real stories have under their true sides, and how many where
// the outlets are divided by chance, on as many sides of the same sizes.
func TestReal(t *testing.T) {
	show := os.Getenv("WORDING_SHOW") != ""
	for _, set := range []struct {
		name  string
		side  func(told) string
		label func(told) string
	}{
		{"groundnews_2025", leftToRight, byLabel},
		{"groundnews_2026", leftToRight, byLabel},
		{"ruwa_2022_weak", parties, func(d told) string { return d.Label + " " + d.Published[:min(7, len(d.Published))] }},
	} {
		t.Run(set.name, func(t *testing.T) {
			var trueTerms, falseTerms, splits, with, falseWith int
			stories := tales(t, set.name, set.side, set.label, 3)
			for _, s := range stories {
				r := reading.Of(s.accounts)
				w := Find(r, func(id string) string { return s.side[id] }, s.outlets)
				terms := size(w)
				trueTerms += terms
				if terms > 0 {
					with++
				}
				if show {
					t.Logf("%s\n%s", s.name, s.print(w))
				}
				for seed := range uint64(10) {
					by := s.shuffled(seed)
					terms := size(Find(r, func(id string) string { return by[id] }, s.outlets))
					falseTerms, splits = falseTerms+terms, splits+1
					if terms > 0 {
						falseWith++
					}
				}
			}
			n, m := float64(len(stories)), float64(splits)
			t.Logf("%d stories: true sides %.2f terms, in %.0f %% of stories; sides by chance %.2f terms, in %.0f %%", len(stories),
				float64(trueTerms)/n, 100*float64(with)/n, float64(falseTerms)/m, 100*float64(falseWith)/m)
			if share := float64(falseWith) / m; share > .1 {
				t.Errorf("sides drawn by chance have typical terms in %.0f %% of the stories", 100*share)
			}
		})
	}
}

func size(terms map[string][]news.TypicalTerm) (n int) {
	for _, list := range terms {
		n += len(list)
	}
	return n
}

// shuffled gives the outlets of s one another's sides.
func (s *tale) shuffled(seed uint64) map[string]string {
	side := map[string]string{} // of each outlet
	var outlets, sides []string
	for _, a := range s.accounts {
		if _, ok := side[a.Owner]; !ok {
			side[a.Owner] = s.side[a.Article.ID]
			outlets, sides = append(outlets, a.Owner), append(sides, side[a.Owner])
		}
	}
	r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // the same each time
	r.Shuffle(len(sides), func(i, j int) { sides[i], sides[j] = sides[j], sides[i] })
	for i, o := range outlets {
		side[o] = sides[i]
	}
	by := map[string]string{}
	for _, a := range s.accounts {
		by[a.Article.ID] = side[a.Owner]
	}
	return by
}

func (s *tale) print(terms map[string][]news.TypicalTerm) string {
	var b strings.Builder
	for _, side := range slices.Sorted(maps.Keys(terms)) {
		for _, term := range terms[side] {
			for _, a := range s.accounts {
				if text, ok := term.Shown.In(a.Article); ok {
					fmt.Fprintf(&b, "%s: %q %d of %d, others %d of %d\n", side, text, term.Owners, term.Of, term.Others, term.OthersOf)
				}
			}
		}
	}
	return b.String()
}
