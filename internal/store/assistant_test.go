package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// TestAssistant: what the assistant said is kept with what it rests on, and goes with it.
func TestAssistant(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		kept := source("beacon")
		kept.Carriage.Keep = 48 * time.Hour
		w.apply(start, source("aurora"), kept, source("comet"))
		a := w.publish(start, "aurora", "a", "Strike", "Nine cranes stand still.")
		b := w.publish(start, "beacon", "b", "Streik", "Neun Kräne stehen.")
		c := w.publish(start, "comet", "c", "Strike", "Nine cranes do not move.")
		w.place(start, "s", a, b, c)
		w.place(start.Add(time.Second), "alone", w.publish(start, "comet", "d", "Fog", "On the river."))

		waiting := func(now time.Time) []string {
			t.Helper()
			list, err := w.Unassisted(ctx, now, news.Rank(1, 1, start.AddDate(0, 0, -3)), 10)
			w.must(err)
			var ids []string
			for _, s := range list {
				ids = append(ids, s.ID)
			}
			return ids
		}
		compare := func() *news.Story {
			t.Helper()
			for _, id := range []string{"s", "alone"} {
				s, err := w.Story(ctx, id, start)
				w.must(err)
				sides := []news.Coverage{{SideID: "north", Outlets: []string{"aurora"}}, {SideID: "south", Outlets: []string{"beacon"}}}
				if id == "alone" {
					sides = sides[:1]
				}
				s.Rank = news.Rank(2, len(sides), start)
				w.must(w.SaveComparisons(ctx, s, []*news.Comparison{{StoryID: id, LensID: "river", Sides: sides}}, nil, start))
			}
			s, err := w.Story(ctx, "s", start)
			w.must(err)
			return s
		}
		expect(t, "stories that were not compared", len(waiting(start)), 0)
		s := compare()
		expect(t, "stories to ask about", cmp.Diff([]string{"s"}, waiting(start)), "")
		w.must(w.SaveAssisted(ctx, &news.Story{ID: "s"}, nil, nil, start.Add(time.Hour))) // the endpoint failed
		expect(t, "postponed", len(waiting(start)), 0)
		expect(t, "postponed no longer", len(waiting(start.Add(time.Hour))), 1)
		if list, err := w.Unassisted(ctx, start.Add(time.Hour), news.Rank(2, 2, start.Add(time.Hour)), 10); err != nil || len(list) > 0 {
			t.Errorf("an old story waits: %v, %v", list, err)
		}

		gist := news.Gist{
			LensID: "river", Section: news.GistAll, Language: "en", Text: "Nine cranes stand still.", Asked: "x", Model: "m", Prompt: 1, At: start,
			Cites: []news.Citation{{ArticleID: a.ID, Revision: 1, SideID: "north"}, {ArticleID: c.ID, Revision: 1, SideID: "south", Words: true}},
		}
		dropped := news.Gist{LensID: "river", Section: news.GistSide + "north", Language: "en", Asked: "y", Model: "m", Prompt: 1, At: start}
		stale := gist
		stale.Section, stale.Cites = news.GistShared, []news.Citation{{ArticleID: a.ID, Revision: 7}}
		foreign := gist
		foreign.Section, foreign.Cites = news.GistFigures, []news.Citation{{ArticleID: "elsewhere", Revision: 1}}
		headline := news.Translation{ArticleID: b.ID, Revision: 1, Language: "en", Text: "Strike", Names: true, Model: "m", Prompt: 1, At: start}
		quote := headline
		quote.From, quote.To, quote.Text, quote.Names = 0, 4, "Nine", false
		old := headline
		old.Language, old.Revision = "fr", 7
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist, dropped, stale, foreign}, []news.Translation{headline, quote, old}, start))
		expect(t, "stories to ask about afterwards", len(waiting(start)), 0)
		gists := func(want ...news.Gist) {
			t.Helper()
			got, err := w.Gists(ctx, "s")
			w.must(err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("gists (-want +got):\n%s", diff)
			}
		}
		translations := func(want ...news.Translation) {
			t.Helper()
			got, err := w.Translations(ctx, []string{a.ID, b.ID})
			w.must(err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("translations (-want +got):\n%s", diff)
			}
		}
		gists(gist, dropped)
		translations(headline, quote)

		// A change waits for the next question, and that of the same headline replaces what was there.
		w.place(start.Add(time.Minute), "s", w.publish(start.Add(time.Minute), "aurora", "e", "More", "Ten."))
		expect(t, "changed, not compared", len(waiting(start)), 0)
		s = compare()
		expect(t, "changed and compared", len(waiting(start)), 1)
		headline.Text = "A strike"
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist}, []news.Translation{headline}, start))
		gists(gist)
		translations(headline, quote)

		// An edit makes translations those of another text.
		w.save(start, "beacon", item("beacon", "b", "edited", start))
		w.must(w.SaveArticle(ctx, b.ItemID, 2, article(item("beacon", "b", "", start), "Streik endet", "Zehn Kräne."), start))
		translations()
		headline.Revision, headline.Text = 2, "Strike ends"
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist}, []news.Translation{headline}, start))
		translations(headline)

		// What leaves a story takes along what was said with it.
		w.must(w.SaveClustering(ctx, &news.Clustering{Moves: []news.Move{{ArticleID: c.ID, From: "s", To: "s3"}}}, start))
		gists()
		gist.Cites = gist.Cites[:1]
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist}, nil, start))
		gists(gist)
		if n, err := w.Withdraw(ctx, start.Add(49*time.Hour), time.Hour); n == 0 || err != nil {
			t.Errorf("%d withdrawn, %v", n, err)
		}
		gists()
		translations()
		w.must(w.SaveAssisted(ctx, s, nil, []news.Translation{headline}, start))
		translations()
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist}, nil, start))
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "s", Into: "alone"}}}, start))
		gists()
		w.must(w.SaveAssisted(ctx, s, []news.Gist{gist}, nil, start))
		gists()

		// Only so many questions an hour.
		for i, want := range []bool{true, true, false, false} {
			may, err := w.AskAssistant(ctx, start, 2)
			w.must(err)
			expect(t, "question "+string(rune('0'+i)), may, want)
		}
		may, err := w.AskAssistant(ctx, start.Add(time.Hour), 2)
		w.must(err)
		expect(t, "an hour later", may, true)
		asked, waits, err := w.AssistantCounts(ctx, start.Add(time.Hour), news.Rank(1, 1, start.AddDate(0, 0, -3)))
		w.must(err)
		expect(t, "asked within the hour", asked, 1)
		expect(t, "waiting", waits, 0)
		if none, err := w.Translations(ctx, nil); err != nil || none != nil {
			t.Errorf("translations of nothing: %v, %v", none, err)
		}
	})
}
