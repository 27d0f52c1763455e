package extract

import (
	"fmt"
	"strings"
	"testing"

	"parallax/internal/news"
)

// Copies are made of images of what is carried whole, of so many, and of nothing else.
func TestIllustrate(t *testing.T) {
	t.Parallel()
	it := &news.Item{Link: "https://today.norrland.example/river", Title: "River talks", Content: "<p>" + strings.Repeat("The talks went on. ", 100) + "</p>" +
		`<figure><img src="/bridge.jpg?utm_source=feed" alt="A bridge" width="800" height="600"><figcaption>The bridge. Photo: N. N.</figcaption></figure>` +
		`<img src="/count.gif" width="1" height="1"><img src="/` + strings.Repeat("a", maxPictureURL) + `.jpg" alt="far">`}
	for n := range 2 * maxPictures {
		it.Content += fmt.Sprintf(`<p>Then.</p><img src="/%d.jpg" alt="then">`, n)
	}
	for mode, want := range map[news.Mode]int{news.FullText: maxPictures, news.Excerpt: 0, news.Link: 0, "": 0} {
		source := &news.Source{ID: "norrland", Carriage: news.Carriage{Mode: mode}}
		a := Article(it, source, nil, "")
		illustrate(a, source)
		if len(a.Pictures) != want || want > 0 && a.Pictures[0] != "https://today.norrland.example/bridge.jpg" {
			t.Errorf("mode %q: %d pictures, %v", mode, len(a.Pictures), a.Pictures)
		}
	}
}
