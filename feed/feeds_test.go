package feed_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/testkit"
)

// recorded returns the recorded feeds by name.
func recorded(tb testing.TB) map[string][]byte {
	tb.Helper()
	dir := testkit.Data(tb, "feeds")
	files, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	docs := map[string][]byte{}
	for _, file := range files {
		if file.IsDir() || strings.HasSuffix(file.Name(), ".tsv") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		docs[file.Name()] = data
	}
	return docs
}

// Nearly every feed found in the wild gives entries with a title, link or text; the
// others have none, or are no feeds.
func TestRecorded(t *testing.T) {
	docs := recorded(t)
	failed := 0
	for name, data := range docs {
		f, err := feed.Parse(data, feed.Options{})
		if err != nil {
			t.Logf("%s: %v (%.60q)", name, err, data)
			failed++
			continue
		}
		items := bytes.Count(data, []byte("<item")) + bytes.Count(data, []byte("<entry")) + bytes.Count(data, []byte(`"id"`))
		if len(f.Entries) == 0 && items > 0 {
			t.Logf("%s: %d items in the text, no entries", name, items)
			failed++
			continue
		}
		blank, undated := 0, 0
		for _, e := range f.Entries {
			if e.Title.IsZero() && e.Link == "" && e.Summary.IsZero() && e.Content.IsZero() {
				blank++
			}
			if e.Published.IsZero() && e.Updated.IsZero() {
				undated++
			}
		}
		if blank > 0 {
			t.Logf("%s: %d of %d entries say nothing", name, blank, len(f.Entries))
			failed++
		}
		if undated > 0 && bytes.Contains(data, []byte("<pubDate>")) {
			t.Logf("%s: %d of %d entries without a date", name, undated, len(f.Entries))
		}
	}
	if len(docs) == 0 || float64(failed)/float64(len(docs)) > 0.01 {
		t.Errorf("%d of %d recorded feeds cannot be read", failed, len(docs))
	}
}

// What was read from the wild is stable when written and read again.
func TestRecordedStable(t *testing.T) {
	for name, data := range recorded(t) {
		f, err := feed.Parse(data, feed.Options{})
		if err != nil || len(data) > 200_000 {
			continue
		}
		for format, write := range writers {
			t.Run(name+"/"+format, func(t *testing.T) { stable(t, format, write, f) })
		}
	}
}
