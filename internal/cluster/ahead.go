package cluster

import (
	"iter"
	"slices"

	"parallax/internal/news"
)

// ahead yields what clustering reads of articles, in their order, and prepares it on another
// processor, at most a batch ahead of the one at hand.
func ahead(articles []*news.Article) iter.Seq2[*news.Article, Doc] {
	return func(yield func(*news.Article, Doc) bool) {
		for list := range slices.Chunk(articles, batch) {
			docs := make([]Doc, len(list))
			ready := make(chan struct{}, len(list))
			go func() {
				defer close(ready)
				// Whoever places what cannot be prepared fails likewise, where it is told.
				defer func() { _ = recover() }()
				for i, a := range list {
					docs[i] = DocOf(a)
					docs[i].Prepare()
					ready <- struct{}{}
				}
			}()
			for i, a := range list {
				d := DocOf(a)
				if _, ok := <-ready; ok {
					d = docs[i]
					docs[i] = Doc{} // its vector is not needed longer
				}
				if !yield(a, d) {
					return
				}
			}
		}
	}
}
