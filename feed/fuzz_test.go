package feed_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parallax/feed"
)

// seeds adds the documents of testdata.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no testdata: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if strings.HasPrefix(file.Name, "feed.") {
				f.Add(file.Data)
			}
		}
	}
}

// Whatever the bytes: reading ends, keeps the limits, and a stream that comes byte by
// byte gives what the whole gives.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		o := feed.Options{URL: "https://ost.example/feed", Limits: feed.Limits{Entries: 10, Problems: 20}}
		whole, err := feed.Parse(data, o)
		if err == nil && (len(whole.Entries) > 10 || len(whole.Problems) > 30) {
			t.Fatalf("%d entries, %d problems", len(whole.Entries), len(whole.Problems))
		}
		head, entries, rerr := feed.Read(iotest.OneByteReader(bytes.NewReader(data)), o)
		if (err == nil) != (rerr == nil) {
			t.Fatalf("Parse says %v, Read says %v", err, rerr)
		}
		if err != nil {
			return
		}
		var got []*feed.Entry
		for e, err := range entries {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e)
		}
		if diff := cmp.Diff(whole.Entries, got); diff != "" {
			t.Errorf("entries of Parse and Read differ (-Parse +Read):\n%s", diff)
		}
		if whole.Title != head.Title || whole.Link != head.Link || whole.Format != head.Format {
			t.Errorf("Parse has %q %q, Read has %q %q", whole.Title, whole.Link, head.Title, head.Link)
		}
	})
}

var writers = map[string]func(io.Writer, *feed.Feed) error{
	"rss": feed.WriteRSS, "atom": feed.WriteAtom, "json": feed.WriteJSON,
}

// What was written, read and written again is the same, in each format.
func FuzzWrite(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		doc, err := feed.Parse(data, feed.Options{})
		if err != nil {
			return
		}
		for name, write := range writers {
			stable(t, name, write, doc)
		}
	})
}

func stable(t *testing.T, name string, write func(io.Writer, *feed.Feed) error, doc *feed.Feed) *feed.Feed {
	t.Helper()
	var first, second bytes.Buffer
	if err := write(&first, doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, what := range valid(name, first.Bytes()) {
		t.Errorf("%s: what was written is not valid: %s", name, what)
	}
	again, err := feed.Parse(first.Bytes(), feed.Options{})
	if err != nil {
		t.Fatalf("%s: cannot read what was written: %v\n%s", name, err, first.Bytes())
	}
	for _, p := range again.Problems {
		if !strings.HasPrefix(p.What, "no date") {
			t.Errorf("%s: what was written has a problem: %v\n%s", name, p, first.Bytes())
		}
	}
	if len(again.Entries) != len(doc.Entries) {
		t.Errorf("%s: %d entries, after writing %d", name, len(doc.Entries), len(again.Entries))
	}
	if err := write(&second, again); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("%s: written twice (-first +second):\n%s", name, diff)
	}
	return again
}

func FuzzFind(f *testing.F) {
	f.Add([]byte(`<link rel=alternate type="application/rss+xml" href=/feed><a href="rss.xml">RSS</a>`))
	f.Fuzz(func(t *testing.T, page []byte) {
		links := feed.Find(page, "https://ost.example/")
		seen := map[string]bool{}
		for _, l := range links {
			if seen[l.URL] || l.URL == "" {
				t.Errorf("%q twice, or empty", l.URL)
			}
			seen[l.URL] = true
		}
	})
}
