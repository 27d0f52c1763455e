package extract

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Whatever a page says of itself is read without a panic; names are not empty, nobody is
// named twice, and cleaning names again changes none.
func FuzzMetadata(f *testing.F) {
	f.Add(`<title>No | Norrland Today – 11/25/2026</title><div class=byline>By <a rel=author>Runa Sved</a> and Olle Bakk, 3 May</div>`)
	f.Add(`<script type="application/ld+json">{"@type":"ClaimReview","name":"No","author":{"givenName":"Runa","@id":"x"}}</script><h1>No`)
	f.Add(`<title>委员会-北方_</title><span itemprop=author><span itemprop=name>By</span></span>`)
	f.Fuzz(func(t *testing.T, page string) {
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		m := metadata(doc, "https://a.example/2026/11/25/x")
		if again := names(m.authors); slices.Contains(again, "") || len(again) > len(m.authors) {
			t.Errorf("names(%q) = %q", m.authors, again)
		}
		for i, a := range m.authors {
			if slices.Contains(m.authors[:i], a) {
				t.Errorf("%q twice in %q", a, m.authors)
			}
		}
	})
}
