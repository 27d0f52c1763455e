package compare

import (
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
