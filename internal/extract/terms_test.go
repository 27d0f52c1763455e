package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// An article has what its entry and its page say of its use; the page of something else, and a
// copy's, say nothing of it.
func TestSaid(t *testing.T) {
	t.Parallel()
	const url = "https://today.norrland.example/river"
	it := &news.Item{Link: url, Title: "River talks of the council fail again", Terms: []news.Term{{Kind: news.Rights, Value: "Norrland Today", Where: "entry"}}}
	page, err := ReadPage([]byte(`<!doctype html><html lang=en><head><title>River talks of the council fail again</title><meta name=robots content=noarchive></head><body><article><h1>River talks of the council fail again</h1>`+
		strings.Repeat("<p>The river talks of the council failed again on Tuesday, as the council said after the talks about the river.</p>", 10)+`</article></body></html>`), url, "text/html")
	if err != nil {
		t.Fatal(err)
	}
	want := append([]news.Term{}, it.Terms[0], news.Term{Kind: news.Reservation, Value: "noarchive", Where: "meta robots", URL: url})
	if diff := cmp.Diff(want, said(it, page)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	page.via = news.Via{Route: "mirror:https://copy.example"}
	for name, p := range map[string]*Page{"a copy": page, "no page": nil, "a block page": {URL: url, Terms: page.Terms, Blocked: "it is a challenge"}} {
		if diff := cmp.Diff(it.Terms, said(it, p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(it.Terms) != 1 {
		t.Error("the item's own terms were changed")
	}
}
