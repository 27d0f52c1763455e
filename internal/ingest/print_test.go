package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/news"
)

// What stands in a document as it stood in the last one is not looked at again; whatever
// may make another item, or another wording of one, is.
func TestItemsOfTheNextDocument(t *testing.T) {
	t.Parallel()
	entry := func(guid, title, text string) string {
		return fmt.Sprintf(`<item><guid>%s</guid><link>https://h.example/%[1]s</link><title>%s</title><description>%s</description><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item>`, guid, title, text)
	}
	first := entry("1", "Dockers strike", "In the harbour.") + entry("2", "Fog", "On the river.")
	for _, c := range []struct {
		name, last, next, base string
		want                   []string // titles
	}{
		{name: "the same", last: first, next: first},
		{name: "a new one", last: first, next: entry("3", "Ice", "Upstream.") + first, want: []string{"Ice"}},
		{name: "another title", last: first, next: strings.Replace(first, "Fog", "Thick fog", 1), want: []string{"Thick fog"}},
		{name: "another text", last: first, next: strings.Replace(first, "river", "lake", 1), want: []string{"Fog"}},
		{name: "another guid", last: first, next: strings.Replace(first, "<guid>2<", "<guid>2b<", 1), want: []string{"Fog"}},
		{name: "another link", last: first, next: strings.Replace(first, "h.example/2", "h.example/two", 1), want: []string{"Fog"}},
		{name: "only a date", last: first, next: strings.ReplaceAll(first, "09:00:00", "10:00:00")},
		{name: "from another place", last: first, next: first, base: "https://elsewhere.example/", want: []string{"Dockers strike", "Fog"}},
		{name: "after one that repeats itself", last: first + entry("2", "Fog again", "On the river."), next: first, want: []string{"Dockers strike", "Fog"}},
		{name: "with one that repeats itself", last: first, next: first + entry("2", "Fog again", "On the river."), want: []string{"Fog again"}},
		{name: "after an empty one", last: first + "<item/>", next: first, want: []string{"Dockers strike", "Fog"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &news.Feed{ID: "f", SourceID: "harbour"}
			read := func(body, base string) []*news.Item {
				doc, err := feed.Parse([]byte(`<rss version="2.0"><channel><title>Harbour</title>`+body+`</channel></rss>`), feed.Options{})
				if err != nil {
					t.Fatal(err)
				}
				items, _ := Items(f, doc, base, time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC))
				return items
			}
			read(c.last, "https://h.example/")
			if c.base == "" {
				c.base = "https://h.example/"
			}
			var got []string
			for _, i := range read(c.next, c.base) {
				got = append(got, i.Title)
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
