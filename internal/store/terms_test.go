package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// What an outlet says of the use of its work is kept with the feed, the entry and the article, as
// it was said last, and goes with the article's text.
func TestTerms(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a := source("aurora")
		a.Carriage.Keep = time.Hour
		w.apply(start, a)
		licence := []news.Term{{Kind: news.Licence, Value: "https://creativecommons.org/licenses/by/4.0/", Where: "entry", URL: feedURL("aurora")}}
		noarchive := []news.Term{{Kind: news.Reservation, Value: "noarchive", Where: "meta robots"}}
		it := item("aurora", "1", "text", start)
		it.Terms = licence
		f := w.feed("aurora")
		f.Terms = noarchive
		_, err := w.SaveFetch(ctx, &news.Fetch{Feed: f, Items: []*news.Item{it}, At: start, Document: true})
		w.must(err)
		if diff := cmp.Diff(noarchive, w.feed("aurora").Terms); diff != "" {
			t.Errorf("feed (-want +got):\n%s", diff)
		}
		claimed, err := w.ClaimItems(ctx, start, time.Minute, 10, nil)
		w.must(err)
		if diff := cmp.Diff(licence, claimed[0].Terms); diff != "" {
			t.Errorf("item (-want +got):\n%s", diff)
		}
		for revision, terms := range [][]news.Term{licence, noarchive, nil} {
			if revision > 0 {
				it.Hash = news.ID("changed", it.Hash)
				w.save(start, "aurora", it)
			}
			made := article(it, "title", "text") // the words stay the same
			made.Terms = terms
			w.must(w.SaveArticle(ctx, it.ID, revision+1, made, start))
			got, err := w.Article(ctx, made.ID)
			w.must(err)
			if diff := cmp.Diff(terms, got.Terms); diff != "" {
				t.Errorf("article, revision %d (-want +got):\n%s", revision+1, diff)
			}
		}
	})
}
