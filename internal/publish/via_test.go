package publish

import (
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

func TestViaNote(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 12, 8, 0, 0, 0, time.UTC)
	for want, v := range map[string]news.Via{
		"": {},
		"Read from a copy at copy.example, not from the outlet itself; not yet compared with the original.": {
			Route: "mirror:https://copy.example/nt",
		},
		"Read from a copy at copy.example, not from the outlet itself; the outlet itself, read on 12 November 2026, says the same.": {
			Route: "mirror:https://copy.example", Confirmed: day,
		},
		"Read from the web archive at web.archive.example, as archived on 12 November 2026, not from the outlet itself; not yet compared with the original.": {
			Route: "archive:https://web.archive.example/web/", Archived: day,
		},
		"Read from another hub, hub.example:8480, not from the outlet itself; not yet compared with the original.": {
			Route: "peer:https://hub.example:8480/source/aurora/feed.atom",
		},
	} {
		if got := ViaNote(v); got != want {
			t.Errorf("%+v:\n got %q\nwant %q", v, got, want)
		}
	}
}

// An entry that was read from a copy says so, apart from its text; others say nothing.
func TestEntryTellsItsVia(t *testing.T) {
	t.Parallel()
	s := &news.Source{ID: "aurora", Name: "Aurora", Home: "https://aurora.example"}
	told := func(v news.Via) (text, url string) {
		a := &news.Article{ID: "a1", SourceID: s.ID, URL: "https://aurora.example/1", Title: "Fog", Via: v}
		for _, n := range Entry(a, s, "https://hub.example", time.Now()).Notes {
			if n.Name == "via" {
				text, url = n.Text, n.URL
			}
		}
		return text, url
	}
	if text, url := told(news.Via{Route: "mirror:https://copy.example"}); !strings.Contains(text, "a copy at copy.example") || url != "https://hub.example/article/a1" {
		t.Errorf("note %q at %q", text, url)
	}
	if text, _ := told(news.Via{}); text != "" {
		t.Errorf("of what the outlet itself said: %q", text)
	}
}
