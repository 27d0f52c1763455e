package web_test

import (
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// What an outlet says of the use of its work stands on its page and with the article, each with
// where it says so; a link leads to licences and documents only, never to what calls itself one.
func TestTerms(t *testing.T) {
	w := webtest.New()
	const doc = "https://outlet.example/feed"
	licence := news.Term{Kind: news.Licence, Value: "https://creativecommons.org/licenses/by/4.0/", Where: "feed", URL: doc}
	feeds := 0
	for _, f := range w.FeedList {
		if f.SourceID == "al-mirsad" {
			feeds++
			f.Terms = []news.Term{
				licence, licence,
				{Kind: news.Rights, Value: `<script>alert(1)</script>`, Where: "feed", URL: "javascript:alert(1)"},
				{Kind: news.Licence, Value: "javascript:alert(2)", Where: "feed", URL: doc},
			}
		}
	}
	w.Notices = map[string][]news.Term{"al-mirsad": {licence, {Kind: news.Reservation, Value: "tdm-reservation: 1", Where: "tdmrep.json"}}}
	var article string
	for _, id := range w.Order {
		if a := w.ByID[id]; a.SourceID == "al-mirsad" && a.Purged.IsZero() {
			article = id
			a.Terms = []news.Term{{Kind: news.Reservation, Value: "noarchive", Where: "header X-Robots-Tag", URL: "https://outlet.example/1"}}
		}
	}
	if feeds == 0 || article == "" {
		t.Fatal("al-mirsad has no feed or no article")
	}
	h := serve(t, w)
	page := string(read(t, get(t, h, "/source/al-mirsad")))
	for _, part := range []string{
		`Licence: <a href="https://creativecommons.org/licenses/by/4.0/" rel="external">https://creativecommons.org/licenses/by/4.0/</a> <span class="who">(<a href="https://outlet.example/feed" rel="external">feed</a>)</span>`,
		`Rights: <q>&lt;script&gt;alert(1)&lt;/script&gt;</q> <span class="who">(feed)</span>`, `Licence: <q>javascript:alert(2)</q>`, `<q>tdm-reservation: 1</q> <span class="who">(tdmrep.json)</span>`,
	} {
		if strings.Count(page, part) != 1 {
			t.Errorf("the outlet's page has %d times %s", strings.Count(page, part), part)
		}
	}
	page = string(read(t, get(t, h, "/article/"+article)))
	if !strings.Contains(page, `For programs: <q>noarchive</q> <span class="who">(<a href="https://outlet.example/1" rel="external">header X-Robots-Tag</a>)</span>`) {
		t.Error("the article's page does not have its terms")
	}
}
