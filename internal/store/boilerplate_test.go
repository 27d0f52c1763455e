package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// What was learned of an outlet is kept as it was, and goes with its carriage.
func TestBoilerplate(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a := source("aurora")
		a.Carriage.Until = start.Add(100 * time.Hour)
		w.apply(start, a, source("beacon"))
		read := func(id string) *news.Boilerplate {
			b, err := w.Boilerplate(ctx, id)
			w.must(err)
			return b
		}
		if diff := cmp.Diff(&news.Boilerplate{SourceID: "aurora"}, read("aurora")); diff != "" {
			t.Errorf("of nothing (-want +got):\n%s", diff)
		}
		want := &news.Boilerplate{SourceID: "aurora", Window: []byte("\x00\xff"), Blocks: []news.Block{
			{Kind: news.ApartNotice, Text: "A “notice”", Times: 3, Article: "a", Learned: start, Last: start.Add(time.Hour)},
		}}
		w.must(w.SaveBoilerplate(ctx, []*news.Boilerplate{{SourceID: "aurora"}, {SourceID: "beacon"}, {SourceID: "unknown"}}))
		w.must(w.SaveBoilerplate(ctx, []*news.Boilerplate{want}))
		if diff := cmp.Diff(want, read("aurora")); diff != "" {
			t.Errorf("read again (-want +got):\n%s", diff)
		}
		for _, tt := range []struct {
			after  time.Duration
			blocks int
		}{{100 * time.Hour, 1}, {102 * time.Hour, 0}} {
			_, err := w.Withdraw(ctx, start.Add(tt.after), time.Hour)
			w.must(err)
			expect(t, "blocks after "+tt.after.String(), len(read("aurora").Blocks), tt.blocks)
		}
	})
}

// A cleaned article has no other revision than before, nor do its revisions differ by what
// was taken out; it is found by its words of now, and its story waits to be compared.
func TestCleanArticle(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"))
		it := item("aurora", "one", "first", start)
		w.save(start, "aurora", it)
		a := article(it, "Harbour strike begins", "Workers left the cranes. Follow us.")
		a.Shingles, a.Apart = []int32{1, -1}, []news.Apart{{Kind: news.ApartStub, Text: "Read more"}}
		w.must(w.SaveArticle(ctx, it.ID, 1, a, start))
		w.place(start, "story", a)
		w.save(start.Add(time.Hour), "aurora", item("aurora", "one", "second", start))
		edited := *a
		edited.Title = "Harbour strike ends"
		w.must(w.SaveArticle(ctx, it.ID, 2, &edited, start.Add(time.Hour)))
		story, err := w.Story(ctx, "story", start)
		w.must(err)
		w.must(w.SaveComparisons(ctx, story, nil, nil, start))

		before, err := w.Article(ctx, a.ID)
		w.must(err)
		for _, without := range []string{"nothing of this kind", " Follow us."} {
			w.must(w.CleanArticle(ctx, a.ID, func(a *news.Article) bool {
				if !strings.Contains(a.Text, without) {
					return false
				}
				a.Text, a.HTML, a.Lead = strings.ReplaceAll(a.Text, without, ""), "<p>clean</p>", "clean"
				a.Shingles, a.Apart = []int32{2, -1}, append(a.Apart, news.Apart{Kind: news.ApartBoilerplate, Text: without})
				return true
			}, start.Add(2*time.Hour)))
			stories, err := w.Uncompared(ctx, 10)
			w.must(err)
			expect(t, "stories to be compared without "+without, len(stories), map[bool]int{true: 1}[without == " Follow us."])
		}
		want := *before
		want.Text, want.HTML, want.Lead = strings.ReplaceAll(before.Text, " Follow us.", ""), "<p>clean</p>", "clean"
		want.Apart = append(want.Apart, news.Apart{Kind: news.ApartBoilerplate, Text: " Follow us."})
		got, err := w.Article(ctx, a.ID)
		w.must(err)
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("article (-want +got):\n%s", diff)
		}
		for shingle, found := range map[int32]int{1: 0, 2: 1, -1: 1} {
			similar, err := w.Similar(ctx, []int32{shingle}, "beacon", start, start)
			w.must(err)
			expect(t, fmt.Sprint("found by ", shingle), len(similar), found)
		}
		revisions, err := w.Revisions(ctx, a.ID)
		w.must(err)
		expect(t, "revisions", len(revisions), 2)
		for _, r := range revisions {
			expect(t, "text of a revision", r.Text, want.Text)
		}
		_, total, err := w.Search(ctx, news.SearchQuery{Now: start.Add(time.Hour), Terms: [][]string{{"follow"}}, Limit: 5})
		w.must(err)
		expect(t, "found by what was taken out", total, 0)
		last, err := w.LastArticles(ctx, "aurora", 10)
		w.must(err)
		if len(last) != 1 || !cmp.Equal(got, last[0]) {
			t.Errorf("last articles: %v", last)
		}
		if err := w.CleanArticle(ctx, "unknown", nil, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("an unknown article: %v", err)
		}
	})
}
