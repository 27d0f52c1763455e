package feed_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"parallax/feed"
)

// The page about what is read names every limit with its default.
func TestLimitsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/feed.md")
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]int{
		"Depth": feed.DefaultDepth, "Attrs": feed.DefaultAttrs, "Tag": feed.DefaultTag, "Text": feed.DefaultText,
		"Entities": feed.DefaultEntities, "Entries": feed.DefaultEntries, "Parts": feed.DefaultParts, "AllParts": feed.DefaultAllParts,
		"Deleted": feed.DefaultDeleted, "Problems": feed.DefaultProblems,
	}
	for field := range reflect.TypeFor[feed.Limits]().Fields() {
		n, ok := defaults[field.Name]
		if !ok {
			t.Errorf("this test does not know the limit %s", field.Name)
			continue
		}
		said := fmt.Sprint(n)
		switch {
		case n >= 1<<20 && n%(1<<20) == 0:
			said = fmt.Sprintf("%d MiB", n>>20)
		case n >= 1000:
			said = fmt.Sprintf("%d,%03d", n/1000, n%1000)
		}
		if row := "| `" + field.Name + "` | " + said + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/formats/feed.md has no row %q", row)
		}
	}
}
