package compare

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

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
		f := find("story", test.articles, owners)
		if (f == nil) != (test.facts == 0) || f != nil && len(f.Facts) != test.facts {
			t.Errorf("%s: %+v, want %d facts", test.name, f, test.facts)
		}
	}
	a, b := told("a", "north-a", ""), told("b", "south-a", "")
	if diff := cmp.Diff(find("story", []*news.Article{a, b}, owners), find("story", []*news.Article{b, a}, owners)); diff != "" {
		t.Errorf("the order of the accounts matters:\n%s", diff)
	}
}

// BenchmarkFind60 compares sixty accounts of some 3,500 characters each, as long as agency
// reports are: half of their sentences are told by several, and each quotes somebody.
func BenchmarkFind60(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // not for secrets
	word := func() string {
		return fmt.Sprintf("%c%s", 'a'+rune(r.IntN(26)), strings.Repeat(string('a'+rune(r.IntN(26))), 2+r.IntN(6)))
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
		find("story", articles, owners)
	}
}

// What is counted unlike is found where the accounts have no fact in common.
func TestFindFigures(t *testing.T) {
	told := func(id, text string) *news.Article {
		a := article(id, id, 0, "")
		a.Revision, a.Text, a.Language = 1, text, "en"
		return a
	}
	f := find("story", []*news.Article{
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
