package ingest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/news"

	"github.com/google/go-cmp/cmp"
)

var harbour = &news.Feed{ID: "f1", SourceID: "harbour-times", URL: "https://harbour.example/rss"}

func TestItems(t *testing.T) {
	published := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	doc := &feed.Feed{Language: "en_GB", Entries: []*feed.Entry{
		{
			ID: "g1", Link: "/strike", Title: feed.HTMLText("Dockers &amp; <b>tugs</b>  strike"), Summary: feed.HTMLText("<p>They left.</p>"),
			Authors:    []feed.Person{{Name: "A. Keel"}, {Name: "A. Keel"}, {Email: "desk@harbour.example"}},
			Categories: []feed.Category{{Term: "Port"}}, Published: published,
			Enclosures: []feed.Enclosure{{URL: "/a.mp3", Type: "audio/mpeg"}, {URL: "/a.jpg", Type: "image/jpeg"}},
		},
		{Link: "https://harbour.example/no-guid", Language: "de"},
		{Title: feed.PlainText("Only a title"), Published: published},
		{Content: feed.PlainText("Only a text\x00.")},
		{ID: "empty"},
		{ID: "g1", Link: "/strike", Title: feed.PlainText("repeated")},
		{ID: "g2", Link: "javascript:alert(1)", Title: feed.PlainText("bad link")},
		{ID: "https://harbour.example/p/1", IDIsLink: true, Title: feed.PlainText("guid is link")},
	}}
	items, problems := Items(clone(harbour), doc, "https://harbour.example/rss", noon)
	type row struct{ Key, GUID, Link, Title, Language, Image string }
	var got []row
	for _, i := range items {
		got = append(got, row{i.Key, i.GUID, i.Link, i.Title, i.Language, i.Image})
		if i.ID != news.ID("item", "f1", i.Key) || i.Hash == "" || i.Revision != 1 || !i.FirstSeen.Equal(noon) || i.SourceID != "harbour-times" {
			t.Errorf("item %+v", i)
		}
	}
	want := []row{
		{"g1", "g1", "https://harbour.example/strike", "Dockers & tugs strike", "en-GB", "https://harbour.example/a.jpg"},
		{"https://harbour.example/no-guid", "", "https://harbour.example/no-guid", "", "de", ""},
		{"Only a title 2026-11-01T08:00:00Z", "", "", "Only a title", "en-GB", ""},
		{got[3].Key, "", "", "", "en-GB", ""},
		{"g2", "g2", "", "bad link", "en-GB", ""},
		{"https://harbour.example/p/1", "https://harbour.example/p/1", "https://harbour.example/p/1", "guid is link", "en-GB", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Items mismatch (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A. Keel", "desk@harbour.example"}, items[0].Authors); diff != "" {
		t.Errorf("authors mismatch (-want +got):\n%s", diff)
	}
	wantProblems := []string{
		"1 entries with neither title nor text nor link were left out",
		"1 entries that repeat another one were left out",
	}
	if diff := cmp.Diff(wantProblems, problems); diff != "" {
		t.Errorf("problems mismatch (-want +got):\n%s", diff)
	}
}

func TestSharedGUIDs(t *testing.T) {
	doc := &feed.Feed{Entries: []*feed.Entry{
		{ID: "same", Link: "https://h.example/1", Title: feed.PlainText("one")},
		{ID: "same", Link: "https://h.example/2", Title: feed.PlainText("two")},
	}}
	items, problems := Items(clone(harbour), doc, "", noon)
	if len(items) != 2 || items[0].ID == items[1].ID || len(problems) != 1 {
		t.Errorf("items = %v, problems = %q", items, problems)
	}
}

func TestBounds(t *testing.T) {
	long := strings.Repeat("ä", 3<<20)
	doc := &feed.Feed{Entries: []*feed.Entry{{
		ID: long, Link: "https://h.example/" + long, Title: feed.PlainText(long), Summary: feed.PlainText(long), Content: feed.PlainText(long),
		Language: long,
	}}}
	items, problems := Items(clone(harbour), doc, "", noon)
	i := items[0]
	if len(i.Title) > maxTitle || len(i.Summary) > maxSummary || len(i.Content) > maxContent || len(i.Key) > maxKey ||
		len(i.GUID) > maxGUID || i.Link != "" || i.Language != "" || len(problems) == 0 {
		t.Errorf("bounds are not kept: %d %d %d, %q", len(i.Title), len(i.Summary), len(i.Content), problems)
	}
	many := &feed.Feed{}
	for n := range maxItems + 10 {
		many.Entries = append(many.Entries, &feed.Entry{ID: strconv.Itoa(n), Title: feed.PlainText("x")})
	}
	if items, problems = Items(clone(harbour), many, "", noon); len(items) != maxItems || len(problems) != 1 {
		t.Errorf("%d items, %q", len(items), problems)
	}
}

func TestHash(t *testing.T) {
	base := news.Item{Title: "Dockers strike", Link: "https://h.example/a?utm_source=rss", Content: `<p>They left <img src="https://h.example/i.jpg?sig=1"> the quay.</p>`}
	with := func(change func(*news.Item)) string {
		i := base
		change(&i)
		return Hash(&i)
	}
	for name, same := range map[string]string{
		"date":       with(func(i *news.Item) { i.Published, i.Updated = noon, noon }),
		"campaign":   with(func(i *news.Item) { i.Link = "https://h.example/a?utm_source=x#top" }),
		"signature":  with(func(i *news.Item) { i.Content = strings.Replace(i.Content, "sig=1", "sig=2", 1) }),
		"space":      with(func(i *news.Item) { i.Content = strings.ReplaceAll(i.Content, " the", "\n\u200b the") }),
		"markup":     with(func(i *news.Item) { i.Content = strings.ReplaceAll(i.Content, "<p>", `<p class="x">`) }),
		"pixel":      with(func(i *news.Item) { i.Content += `<img src="https://count.example/77" width="1" height="1">` }),
		"title wrap": with(func(i *news.Item) { i.Title = "Dockers\n  strike" }),
	} {
		if same != Hash(&base) {
			t.Errorf("the hash changes with: %s", name)
		}
	}
	for name, other := range map[string]string{
		"title":   with(func(i *news.Item) { i.Title = "Dockers struck" }),
		"word":    with(func(i *news.Item) { i.Content = strings.Replace(i.Content, "quay", "pier", 1) }),
		"picture": with(func(i *news.Item) { i.Content = strings.Replace(i.Content, "i.jpg", "j.jpg", 1) }),
		"page":    with(func(i *news.Item) { i.Link += "&id=7" }),
		"author":  with(func(i *news.Item) { i.Authors = []string{"A. Keel"} }),
	} {
		if other == Hash(&base) {
			t.Errorf("the hash does not change with: %s", name)
		}
	}
}
