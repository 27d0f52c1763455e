package cluster

import (
	"fmt"
	"testing"
	"testing/synctest"

	"parallax/internal/news"
)

// TestAhead: all articles come in order, and prepared; who stops early leaves nothing behind.
func TestAhead(t *testing.T) {
	var articles []*news.Article
	for i := range 2*batch + 7 {
		articles = append(articles, &news.Article{ID: fmt.Sprint(i), Language: "en", Title: fmt.Sprint("Ferry ", i)})
	}
	for _, stop := range []int{0, 3, batch, len(articles)} {
		synctest.Test(t, func(t *testing.T) { // which fails if a goroutine stays
			n := 0
			for a, d := range ahead(articles) {
				if n == stop {
					break
				}
				if a != articles[n] || d.ID != a.ID || d.vec == nil {
					t.Fatalf("%d: got %s, document %s, prepared: %v", n, a.ID, d.ID, d.vec != nil)
				}
				n++
			}
			if n != stop {
				t.Errorf("%d articles came, want %d", n, stop)
			}
		})
	}
}
