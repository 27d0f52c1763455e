package compare

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// One voice alone is compared with nothing, however often it is printed; who is listed among
// no owners is one.
func TestFind(t *testing.T) {
	const text = "The ferry Marisol ran aground off Oxholm in thick fog on Friday morning. All 212 passengers were taken ashore by lifeboats before noon."
	told := func(id, source, root string) *news.Article {
		a := article(id, source, 0, root)
		a.Revision, a.Text = 1, text
		return a
	}
	owners := map[string]string{"north-a": "the count", "north-b": "the count", "south-a": "the guild"}
	for _, test := range []struct {
		name     string
		articles []*news.Article
		facts    int
	}{
		{"nobody", nil, 0},
		{"one owner", []*news.Article{told("a", "north-a", ""), told("b", "north-b", "")}, 0},
		{"a copy", []*news.Article{told("a", "north-a", ""), told("b", "south-a", "a")}, 0},
		{"two owners", []*news.Article{told("a", "north-a", ""), told("b", "south-a", "")}, 2},
		{"an outlet of nobody known", []*news.Article{told("a", "north-a", ""), told("b", "elsewhere", "")}, 2},
	} {
		f := found(test.articles, owners)
		if (f == nil) != (test.facts == 0) || f != nil && len(f.Facts) != test.facts {
			t.Errorf("%s: %+v, want %d facts", test.name, f, test.facts)
		}
	}
	a, b := told("a", "north-a", ""), told("b", "south-a", "")
	if diff := cmp.Diff(found([]*news.Article{a, b}, owners), found([]*news.Article{b, a}, owners)); diff != "" {
		t.Errorf("the order of the accounts matters:\n%s", diff)
	}
}

func found(articles []*news.Article, owners map[string]string) *news.Findings {
	r := readAccounts(articles, owners)
	if r == nil {
		return nil
	}
	return find("story", r)
}

// BenchmarkFind60 compares sixty accounts of some 3,500 characters each, as long as agency
// reports are: half of their sentences are told by several, and each quotes somebody.
func BenchmarkFind60(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // not for secrets
	word := func() string {
		return fmt.Sprintf("%c%s", 'a'+rune(r.IntN(26)), strings.Repeat(string('a'+rune(r.IntN(26))), 2+r.IntN(6))) //nolint:gosec // letters
	}
	sentence := func() string {
		words := []string{"The", word()}
		for range 14 {
			words = append(words, word(), "of")
		}
		return strings.Join(append(words, fmt.Sprint(r.IntN(900))), " ") + "."
	}
	var common []string
	for range 60 {
		common = append(common, sentence())
	}
	owners := map[string]string{}
	var articles []*news.Article
	size := 0
	for i := range 60 {
		var said []string
		for n := range 28 {
			s := sentence()
			if n%2 == 0 {
				s = common[r.IntN(len(common))]
			}
			if n%7 == 3 {
				s = "“" + strings.TrimSuffix(s, ".") + ",” said harbour master Petra Solvane."
			}
			said = append(said, s)
		}
		a := article(fmt.Sprint("a", i), fmt.Sprint("s", i), i, "")
		a.Revision, a.Text = 1, strings.Join(said, " ")
		articles = append(articles, a)
		owners[a.SourceID] = a.SourceID
		size += len(a.Text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		found(articles, owners)
	}
}

// The words of a side stand with it, in each lens by its own sides, copies with the side that prints them.
func TestWord(t *testing.T) {
	var articles []*news.Article
	c := &news.Comparison{Sides: []news.Coverage{{SideID: "north", Copies: map[string]string{}}, {SideID: "south"}, {SideID: news.Unplaced}}}
	other := &news.Comparison{Sides: []news.Coverage{{SideID: "all"}}}
	for i := range 14 {
		a := article(fmt.Sprintf("a%02d", i), fmt.Sprint("s", i), i, "")
		a.Revision, a.Language = 1, "en"
		told := &c.Sides[i%2]
		a.Text = "The ferry Marisol ran aground off Oxholm on Friday. " + []string{"Lanterns were lit along the quay.", "Divers came by noon."}[i%2]
		if i == 12 {
			a.WireRoot = "a13"
			c.Sides[0].Copies[a.ID] = a.WireRoot
		} else {
			told.Articles = append(told.Articles, a.ID)
		}
		other.Sides[0].Articles = append(other.Sides[0].Articles, a.ID)
		articles = append(articles, a)
	}
	word([]*news.Comparison{c, other}, readAccounts(articles, nil), nil)
	for i, of := range []int{7, 7, 0} {
		if of == 0 != (len(c.Sides[i].Words) == 0) {
			t.Errorf("%s: %+v", c.Sides[i].SideID, c.Sides[i].Words)
		}
		for _, term := range c.Sides[i].Words {
			if term.Owners != of || term.Of != of || term.Others != 0 || term.OthersOf != 7 {
				t.Errorf("%s: %+v", c.Sides[i].SideID, term)
			}
		}
	}
	if other.Sides[0].Words != nil {
		t.Errorf("a side alone: %+v", other.Sides[0].Words)
	}
}

// What is counted unlike is found where the accounts have no fact in common.
func TestFindFigures(t *testing.T) {
	told := func(id, text string) *news.Article {
		a := article(id, id, 0, "")
		a.Revision, a.Text, a.Language = 1, text, "en"
		return a
	}
	f := found([]*news.Article{
		told("a", "About 210 people left their homes for the night."),
		told("b", "The mayor spoke of 340 people who had to leave their homes, and of damage to two cranes."),
	}, nil)
	if f == nil || len(f.Facts) != 0 || len(f.Figures) != 1 {
		t.Fatalf("found %+v, want one figure", f)
	}
	if got := f.Figures[0]; got.Verdict != news.Conflict || got.Counted != "displaced" || len(got.Counts) != 2 || got.Counts[0].Low != 210 || got.Counts[1].Low != 340 {
		t.Errorf("figure %+v", got)
	}
}

// The stage finds the words of sides; those of an outlet's name are not among them.
func TestStageWords(t *testing.T) {
	lens := river
	store := &memory{
		waiting: []*news.Story{{ID: "story", HeadID: "a0"}}, articles: map[string][]*news.Article{}, texts: map[string]string{},
		saved: map[string]*news.Story{}, compared: map[string][]*news.Comparison{}, found: map[string]*news.Findings{},
	}
	var sources []*news.Source
	for i := range 12 {
		src := source(fmt.Sprint("s", i), []string{"north", "south"}[i%2])
		src.ReadSince, src.LastRead = start, start.Add(time.Hour)
		sources = append(sources, src)
		a := article(fmt.Sprint("a", i), src.ID, i, "")
		a.Revision = 1
		store.articles["story"] = append(store.articles["story"], a)
		store.texts[a.ID] = "The ferry Marisol ran aground off Oxholm on Friday. " + []string{"Lanterns were lit along the quay.", "Divers came by noon."}[i%2]
	}
	sources[0].Name = "The Quay Gazette"
	stage := New(Config{
		Store: store, Now: func() time.Time { return start.Add(time.Hour) },
		Lenses: func(context.Context) ([]news.Lens, []*news.Source, error) { return []news.Lens{lens}, sources, nil },
	})
	if err := stage.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, told := range store.compared["story"][0].Sides {
		for _, term := range told.Words {
			for _, a := range store.articles["story"] {
				if words, ok := term.Shown.In(a); ok {
					got[told.SideID] = append(got[told.SideID], words)
				}
			}
		}
	}
	if len(got["north"]) == 0 || slices.Contains(got["north"], "quay") || !slices.Contains(got["south"], "Divers came") {
		t.Errorf("words %v", got)
	}
}
