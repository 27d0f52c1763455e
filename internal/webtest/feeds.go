package webtest

import (
	"testing"

	"parallax/feed"
)

// CheckFeed parses a feed that we wrote and reports what a reader would miss in it.
func CheckFeed(tb testing.TB, name, url, contentType string, body []byte) *feed.Feed {
	tb.Helper()
	f, err := feed.Parse(body, feed.Options{URL: url, ContentType: contentType})
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	for _, p := range f.Problems {
		tb.Errorf("%s: at byte %d: %s", name, p.Offset, p.What)
	}
	if f.Title.IsZero() || f.Link == "" || f.Self == "" {
		tb.Errorf("%s: title %q, link %q, self %q: one is missing", name, f.Title, f.Link, f.Self)
	}
	ids := map[string]bool{}
	for _, e := range f.Entries {
		if e.ID == "" || e.Link == "" || e.Title.IsZero() {
			tb.Errorf("%s: entry %q: id, link %q or title %q is missing", name, e.ID, e.Link, e.Title)
		}
		if ids[e.ID] {
			tb.Errorf("%s: two entries have the id %q", name, e.ID)
		}
		ids[e.ID] = true
		if e.Source == nil || e.Source.Title.IsZero() {
			tb.Errorf("%s: entry %q does not name its source", name, e.ID)
		}
		said := map[string]bool{}
		for _, n := range e.Notes {
			said[n.Name] = n.Text != "" && n.URL != ""
		}
		if !said["disclosure"] || !said["carriage"] {
			tb.Errorf("%s: entry %q lacks its disclosure or carriage note: %v", name, e.ID, e.Notes)
		}
	}
	return f
}
