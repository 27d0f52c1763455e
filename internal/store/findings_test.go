package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		a := w.publish(start, "aurora", "a", "Strike", "Nine cranes stand still in the harbour.")
		b := w.publish(start, "beacon", "b", "Strike", "Nine cranes at the port do not move.")
		w.place(start, "s", a, b)

		none, err := w.Findings(ctx, "s")
		w.must(err)
		if none != nil {
			t.Errorf("findings of a story that was not compared: %+v", none)
		}
		f := &news.Findings{StoryID: "s", Facts: []news.Fact{{Passages: []news.Passage{
			{ArticleID: a.ID, Revision: 1, From: 0, To: 39}, {ArticleID: b.ID, Revision: 1, From: 0, To: 36},
		}}}}
		story, err := w.Story(ctx, "s", start)
		w.must(err)
		w.must(w.SaveComparisons(ctx, story, nil, f, start))
		got, err := w.Findings(ctx, "s")
		w.must(err)
		if diff := cmp.Diff(f, got); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}

		// Words are read where the article still is the one that was compared.
		byStory, err := w.ArticlesOf(ctx, []string{"s"}, start)
		w.must(err)
		list := byStory["s"]
		first := list[slices.IndexFunc(list, func(x *news.Article) bool { return x.ID == a.ID })]
		stale := *first
		stale.Revision = 7
		w.must(w.ReadTexts(ctx, list))
		if words, ok := f.Facts[0].Passages[0].In(first); !ok || words != "Nine cranes stand still in the harbour." {
			t.Errorf("the words of a fact: %q, %t", words, ok)
		}
		w.must(w.ReadTexts(ctx, []*news.Article{&stale}))
		if stale.Text != "" {
			t.Errorf("the text of another revision: %q", stale.Text)
		}
		w.must(w.ReadTexts(ctx, nil))

		// Nothing is left when nothing is found any more, nor of a story that merged.
		w.must(w.SaveComparisons(ctx, story, nil, nil, start))
		if got, err = w.Findings(ctx, "s"); err != nil || got != nil {
			t.Errorf("findings that are gone: %+v, %v", got, err)
		}
		w.must(w.SaveComparisons(ctx, story, nil, f, start))
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "s", Into: "s2"}}}, start))
		if got, err = w.Findings(ctx, "s"); err != nil || got != nil {
			t.Errorf("findings of a story that merged: %+v, %v", got, err)
		}
	})
}

func TestEdits(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start, "beacon", "b", "Strike", "At the port.")
		for n, title := range []string{"Strike", "Strike ends"} {
			at := start.Add(time.Duration(n+1) * time.Hour)
			edited := article(item("aurora", "a", "", start), title, "Edited "+title)
			w.save(at, "aurora", item("aurora", "a", "edited "+title, start))
			w.must(w.SaveArticle(ctx, a.ItemID, n+2, edited, at))
		}
		got, err := w.Edits(ctx, []string{a.ID, b.ID})
		w.must(err)
		want := []news.Edit{
			{ArticleID: a.ID, Revision: 2, At: start.Add(time.Hour)},
			{ArticleID: a.ID, Revision: 3, At: start.Add(2 * time.Hour), Headline: true, Was: "Strike", Now: "Strike ends"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("edits (-want +got):\n%s", diff)
		}
		// However often another outlet changes its page, that this headline changed stays known.
		live := w.publish(start, "beacon", "live", "Live", "Now.")
		for n := range 420 {
			at := start.Add(time.Duration(n)*time.Second + 90*time.Minute)
			body := fmt.Sprintf("Now, %d.", n)
			w.save(at, "beacon", item("beacon", "live", body, start))
			w.must(w.SaveArticle(ctx, live.ItemID, n+2, article(item("beacon", "live", "", start), "Live", body), at))
		}
		got, err = w.Edits(ctx, []string{a.ID, live.ID})
		w.must(err)
		if n := len(got); n != 400 || got[n-1] != want[1] {
			t.Errorf("%d edits, the last %+v, want %+v", n, got[n-1], want[1])
		}
		if none, err := w.Edits(ctx, nil); err != nil || none != nil {
			t.Errorf("edits of nothing: %v, %v", none, err)
		}
	})
}
