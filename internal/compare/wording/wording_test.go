package wording

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
	"parallax/internal/reading"
)

// A teller is an account for a test.
type teller struct {
	outlet, side, text string
	language           string // "en" if empty
	copyOf             string // the outlet whose text it is
	author             string
	part               bool
}

func story(tellers []teller) (*reading.Reading, func(string) string) {
	var accounts []reading.Account
	side := map[string]string{}
	for i, t := range tellers {
		if t.language == "" {
			t.language = "en"
		}
		a := &news.Article{
			ID: t.outlet, SourceID: t.outlet, Text: t.text, Language: t.language, Revision: 1, Authors: []string{t.author},
			FirstSeen: time.Date(2026, 11, 12, 8, i, 0, 0, time.UTC),
		}
		accounts = append(accounts, reading.Account{Article: a, Owner: t.outlet, Original: t.copyOf, Part: t.part})
		side[t.outlet] = t.side
	}
	return reading.Of(accounts), func(id string) string { return side[id] }
}

// shown returns the terms of a side, as their words with the counts.
func shown(r *reading.Reading, terms []news.TypicalTerm) []string {
	var list []string
	for _, t := range terms {
		for _, a := range r.Accounts {
			if words, ok := t.Shown.In(a.Article); ok {
				list = append(list, fmt.Sprintf("%s: %d of %d, %d of %d", words, t.Owners, t.Of, t.Others, t.OthersOf))
			}
		}
	}
	return list
}

const (
	north = "Norrland opened the gates of the Halda weir on Thursday. A controlled discharge, engineers said, spared the valley."
	south = "Norrland opened the gates of the Halda weir on Thursday. Villages were flooded, and Sudermark summoned its envoy."
)

// ten returns five outlets of each side.
func ten() []teller {
	var list []teller
	for i := range 5 {
		list = append(list, teller{outlet: fmt.Sprint("n", i), side: "north", text: north}, teller{outlet: fmt.Sprint("s", i), side: "south", text: south})
	}
	return list
}

func TestFind(t *testing.T) {
	release := []string{"controlled discharge: 5 of 5, 0 of 5", "engineers: 5 of 5, 0 of 5", "spared: 5 of 5, 0 of 5", "valley: 5 of 5, 0 of 5"}
	without := func(words string) []string {
		return slices.DeleteFunc(slices.Clone(release), func(s string) bool { return strings.HasPrefix(s, words) })
	}
	for _, test := range []struct {
		name   string
		change func([]teller) []teller
		names  []string
		want   []string
	}{
		{"two sides", func(l []teller) []teller { return l }, nil, release},
		{"the name of an outlet", func(l []teller) []teller { return l }, []string{"The Valley Post"}, without("valley")},
		{"an author", func(l []teller) []teller { l[0].author = "Ann Valley"; return l }, nil, without("valley")},
		{"one text", func(l []teller) []teller {
			for i := 2; i < len(l); i += 2 {
				l[i].copyOf = l[0].outlet
			}
			return l
		}, nil, nil},
		{"another language", func(l []teller) []teller {
			for i := 1; i < len(l); i += 2 {
				l[i].language = "de"
			}
			return l
		}, nil, nil},
		{"outlets of nobody known", func(l []teller) []teller {
			for i := 1; i < len(l); i += 2 {
				l[i].side = news.Unplaced
			}
			return l
		}, nil, nil},
		{"one owner against many", func(l []teller) []teller {
			return slices.DeleteFunc(l, func(t teller) bool { return t.side == "north" && t.outlet != "n0" })
		}, nil, nil},
		{"two against two", func(l []teller) []teller { return l[:4] }, nil, nil},
		{"both sides say it", func(l []teller) []teller {
			for i := range l {
				l[i].text = north
			}
			return l
		}, nil, nil},
		{"one outlet repeats it", func(l []teller) []teller {
			for i := range l {
				if i > 0 {
					l[i].text = south
				}
			}
			l[0].text = strings.Repeat(north+" ", 9)
			return l
		}, nil, nil},
		{"parts of texts", func(l []teller) []teller {
			for i := 1; i < len(l); i += 2 {
				l[i].part = true
			}
			return l
		}, nil, nil},
		{"a dateline", func(l []teller) []teller {
			for i := range l {
				if l[i].side == "north" {
					l[i].text = "VELMORA, Nov 12 — " + l[i].text
				}
			}
			return l
		}, nil, release},
	} {
		r, side := story(test.change(ten()))
		terms := Find(r, side, test.names)
		got := shown(r, terms["north"])
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

// Each term names an article of every outlet that has it, where it stands.
func TestPassages(t *testing.T) {
	list := ten()
	list[1].text += " It was no controlled discharge."
	list = append(list, teller{outlet: "n5", side: "north", text: north}, teller{outlet: "n6", side: "north", text: north})
	r, side := story(list)
	for _, term := range Find(r, side, nil)["north"] {
		var on, off []string
		read := func(p news.Passage) string {
			for _, a := range r.Accounts {
				if words, ok := p.In(a.Article); ok {
					return a.Article.ID + " " + strings.ToLower(words)
				}
			}
			return "nothing"
		}
		for _, p := range term.Passages {
			on = append(on, read(p))
		}
		for _, p := range term.Elsewhere {
			off = append(off, read(p))
		}
		if !strings.HasSuffix(read(term.Shown), "controlled discharge") {
			continue
		}
		if diff := cmp.Diff([]string{"n0", "n1", "n2", "n3", "n4", "n5", "n6"}, outlets(on, "controlled discharge")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"s0"}, outlets(off, "controlled discharge")); diff != "" {
			t.Error(diff)
		}
		return
	}
	t.Error("no controlled discharge among the terms")
}

func outlets(read []string, words string) []string {
	var list []string
	for _, s := range read {
		if outlet, ok := strings.CutSuffix(s, " "+words); ok {
			list = append(list, outlet)
		}
	}
	return list
}

// In Chinese no space parts words.
func TestChinese(t *testing.T) {
	var list []teller
	for i := range 5 {
		list = append(list,
			teller{outlet: fmt.Sprint("n", i), side: "north", language: "zh", text: "周四早晨河坝的闸门打开。工程师说这是受控泄洪。"},
			teller{outlet: fmt.Sprint("s", i), side: "south", language: "zh", text: "周四早晨河坝的闸门打开。三个村庄被水淹没。"})
	}
	r, side := story(list)
	terms := Find(r, side, nil)
	if len(terms["north"]) == 0 || len(terms["north"]) > maxTerms {
		t.Fatalf("%v", shown(r, terms["north"]))
	}
	for _, s := range shown(r, terms["north"]) {
		if words, _, _ := strings.Cut(s, ":"); !strings.Contains("工程师说这是受控泄洪", words) {
			t.Errorf("%s is not of the north", s)
		}
	}
}

var sayable = strings.Fields("weir gate envoy valley flood release hostile farmer harvest minister village warning engineer reservoir tide lantern orchard quarry saddle thistle")

// anyStory returns a story of any accounts. To every other one those of two sides of which each has its own
// word are added, for chance alone hardly ever lets a term be found.
func anyStory(t *rapid.T) []teller {
	var list []teller
	if rapid.Bool().Draw(t, "of two sides") {
		for i := range 6 {
			list = append(list,
				teller{outlet: fmt.Sprint("n", i), side: "north", language: "en", text: "They say the weir of the dredger."},
				teller{outlet: fmt.Sprint("s", i), side: "south", language: "en", text: "They say the weir of the cormorant."})
		}
	}
	for i := range rapid.IntRange(2, 24).Draw(t, "accounts") {
		side := rapid.SampledFrom([]string{"north", "south", "elsewhere", news.Unplaced}).Draw(t, "side")
		words := rapid.SliceOfN(rapid.SampledFrom(sayable), 1, 12).Draw(t, "words")
		if rapid.Bool().Draw(t, "typical") {
			words = append(words, map[string]string{"north": "dredger", "south": "cormorant"}[side])
		}
		list = append(list, teller{
			outlet: fmt.Sprintf("o%02d", i), side: side, text: "They say the " + strings.Join(words, " of the ") + ".",
			language: rapid.SampledFrom([]string{"en", "en", "en", "de"}).Draw(t, "language"),
		})
	}
	return list
}

// With other names for the sides nothing but the names changes, and neither who comes first nor how often
// it is asked matters.
func TestSymmetry(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		r, side := story(anyStory(t))
		other := map[string]string{"north": "south", "south": "east", "elsewhere": "north", news.Unplaced: news.Unplaced}
		terms := Find(r, side, nil)
		mirrored := Find(r, func(id string) string { return other[side(id)] }, nil)
		renamed := map[string][]news.TypicalTerm{}
		for s, list := range terms {
			found += len(list)
			renamed[other[s]] = list
			for _, term := range list {
				if len(list) > maxTerms || term.Owners < minOwners || term.Owners > term.Of || term.Others > term.OthersOf {
					t.Fatalf("%+v", list)
				}
			}
		}
		if diff := cmp.Diff(renamed, mirrored); diff != "" {
			t.Fatal(diff)
		}
	})
	if found == 0 {
		t.Error("no story had a term")
	}
}

// invented returns a story of n accounts on two sides, of which each word is drawn without regard to
// the side.
func invented(n int, seed uint64) []teller {
	r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // the same each time
	word := func() string {
		at := int(float64(900) * r.Float64() * r.Float64())
		return fmt.Sprintf("%c%s%c", 'b'+at%19, strings.Repeat(string(rune('a'+at/19%26)), 2+at/494), 'd'+at%11)
	}
	var list []teller
	for i := range n {
		var said []string
		for range 28 {
			words := []string{"The"}
			for range 14 {
				words = append(words, word(), "of")
			}
			said = append(said, strings.Join(append(words, "it"), " ")+".")
		}
		list = append(list, teller{outlet: fmt.Sprintf("o%02d", i), side: []string{"north", "south"}[i%2], text: strings.Join(said, " ")})
	}
	return list
}

// Sides that differ by chance alone have hardly any terms.
func TestChance(t *testing.T) {
	const stories = 20
	n := 0
	for seed := range uint64(stories) {
		r, side := story(invented(16, seed))
		terms := Find(r, side, nil)
		n += len(terms["north"]) + len(terms["south"])
	}
	t.Logf("%.2f terms in a story by chance", float64(n)/stories)
	if n > stories*maxChance {
		t.Errorf("%d terms in %d stories by chance", n, stories)
	}
}

func BenchmarkFind60(b *testing.B) {
	r, side := story(invented(60, 1))
	for b.Loop() {
		Find(r, side, nil)
	}
}
