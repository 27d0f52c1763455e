package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// TestRelations: what is kept of stories is there from both sides, follows merges, gives way to
// what is found later, and goes with the story's articles.
func TestRelations(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		for i, id := range []string{"en1", "en2", "ru1", "old"} {
			w.place(start.Add(time.Duration(i)*time.Minute), id, w.publish(start.Add(time.Duration(i)*time.Minute), "aurora", id, "Strike "+id, "In the harbour."))
		}
		now := start.Add(time.Hour)

		due, err := w.Unrelated(ctx, 10)
		w.must(err)
		expect(t, "stories whose relations are to be sought", len(due), 4)
		same := news.Relation{Kind: news.Same, A: "en1", B: "ru1", LangA: "en", LangB: "ru", Score: .9, Why: "Putin = Путин"}
		follows := news.Relation{Kind: news.Follows, A: "old", B: "en1", LangA: "en", LangB: "en", Score: .4, Why: "harbour"}
		nowhere := news.Relation{Kind: news.Same, A: "en1", B: "nowhere", LangA: "en", LangB: "de"}
		w.must(w.SaveRelations(ctx, due, []news.Relation{same, follows, nowhere}))
		due, err = w.Unrelated(ctx, 10)
		w.must(err)
		expect(t, "stories to be sought again", len(due), 0)

		of := func(id string, want ...news.Relation) {
			t.Helper()
			got, err := w.Relations(ctx, id)
			w.must(err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("relations of %s (-want +got):\n%s", id, diff)
			}
		}
		of("en1", follows, same)
		of("ru1", same)
		of("old", follows)
		of("en2")

		// A better one in the same language takes its place, whichever end is looked at.
		better := news.Relation{Kind: news.Same, A: "en2", B: "ru1", LangA: "en", LangB: "ru", Score: .95, Why: "Putin = Путин, 60"}
		w.must(w.SaveRelations(ctx, []*news.Story{{ID: "en2", Changes: 1}}, []news.Relation{better}))
		of("ru1", better)
		of("en1", follows)
		w.must(w.SaveRelations(ctx, []*news.Story{{ID: "old", Changes: 1, Articles: 1}}, nil))
		of("en1", follows) // the later one says what it follows
		w.must(w.SaveRelations(ctx, []*news.Story{{ID: "old", Changes: 1}}, nil))
		of("en1") // all of its articles are withdrawn
		w.must(w.SaveRelations(ctx, nil, []news.Relation{follows}))

		// They go with a story into another, where two may become one.
		w.must(w.SaveRelations(ctx, nil, []news.Relation{same}))
		w.must(w.SaveRelations(ctx, nil, []news.Relation{{Kind: news.Same, A: "en2", B: "old", LangA: "en", LangB: "sr"}}))
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "en1", Into: "en2"}}}, now))
		merged, followed := same, follows
		merged.A, followed.B = "en2", "en2"
		of("en2", followed, merged, news.Relation{Kind: news.Same, A: "en2", B: "old", LangA: "en", LangB: "sr"})
		of("ru1", merged)
		due, err = w.Unrelated(ctx, 10)
		w.must(err)
		expect(t, "what a merge concerns", len(due), 1)
		w.must(w.SaveRelations(ctx, due, []news.Relation{better}))
		of("en2", better)
		of("old")
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "ru1", Into: "en2"}}}, now))
		of("en2") // not to itself

		// The articles that tell a story are read, the first of them, while they are not purged.
		for i := range 4 {
			at := now.Add(time.Duration(i) * time.Minute)
			w.place(at, "big", w.publish(at, "beacon", fmt.Sprint("big", i), fmt.Sprint("Title ", i), "A text."))
		}
		told, err := w.Told(ctx, []string{"big", "old"}, 2)
		w.must(err)
		expect(t, "articles of the big story", len(told["big"]), 2)
		expect(t, "articles of the other", len(told["old"]), 1)
		for _, a := range told["big"] {
			if a.Title != "Title 0" && a.Title != "Title 1" || a.Text != "A text." || a.StoryID != "big" || a.SourceID != "beacon" || a.When().IsZero() {
				t.Errorf("told: %+v", a)
			}
		}
		heads, err := w.TellingOf(ctx, []string{told["old"][0].ID})
		w.must(err)
		expect(t, "heads", len(heads), 1)
		for since, want := range map[time.Time]int{told["old"][0].When(): 2, now.AddDate(1, 0, 0): 0} {
			stories, err := w.StoriesSince(ctx, since, 10)
			w.must(err)
			expect(t, "stories since "+since.String(), len(stories), want)
		}

		// What the editor told apart is not said to be the same, by whichever names.
		apart, twin := w.publish(now, "aurora", "apart", "Another strike", "In the harbour."), w.publish(now, "beacon", "twin", "Streik", "Im Hafen.")
		w.place(now, "en2", apart)
		w.place(now, "de", twin)
		related := news.Relation{Kind: news.Same, A: "de", B: "en2", LangA: "de", LangB: "en"}
		w.must(w.SaveRelations(ctx, nil, []news.Relation{related}))
		of("de", related)
		_, err = w.MoveArticle(ctx, apart.ID, "de", "", now)
		w.must(err)
		w.must(w.SaveRelations(ctx, []*news.Story{{ID: "de", Articles: 1}}, []news.Relation{related}))
		of("de")
	})
}
