package frequency

import (
	"strings"
	"testing"
)

// The shipped tables are read by hubs of many languages, and few who change them read all.
func TestShippedTables(t *testing.T) {
	files, err := data.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, f := range files {
		language, ok := strings.CutPrefix(strings.TrimSuffix(f.Name(), ".tsv"), "df-")
		if !ok {
			continue
		}
		tables++
		table := Of(language)
		if len(table) < 500 || len(table) > 5000 {
			t.Errorf("%s has %d stems", f.Name(), len(table))
		}
		for stem, share := range table {
			if share < Rare || share > 1 || stem == "" {
				t.Errorf("%s: %q stands in %v of all documents", f.Name(), stem, share)
			}
		}
	}
	if tables < 39 {
		t.Errorf("%d tables are shipped", tables)
	}
}
