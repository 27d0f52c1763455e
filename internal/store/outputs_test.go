package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parallax/internal/lang"
	"parallax/internal/news"
)

func TestOutput(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		count := func(now time.Time) {
			t.Helper()
			w.must(w.CountOutput(ctx, now))
		}
		check := func(what string, want ...news.OutputDay) *news.Output {
			t.Helper()
			o, err := w.Output(ctx)
			w.must(err)
			if diff := cmp.Diff(want, o.Days, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			return o
		}
		count(start)
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		check("nothing was told")

		day := news.DayOf(start)
		w.place(start, "strike", w.publish(start, "aurora", "a", "Strike", "In the harbour."))
		w.place(start, "strike", w.publish(start.Add(time.Minute), "beacon", "b", "Strike", "In the port."))
		w.place(start, "strike", w.publish(start.Add(2*time.Minute), "beacon", "b2", "Strike goes on", "In the port."))
		w.place(start, "fair", w.publish(start, "comet", "c", "Fair", "On the square."))
		next := start.Add(24 * time.Hour)
		w.place(next, "storm", w.publish(next, "aurora", "d", "Storm", "On the coast."))
		w.place(next, "storm", w.publish(next, "comet", "e", "Storm", "At sea."))
		// What goes on belongs to the day on which it began.
		w.place(next, "strike", w.publish(next, "comet", "f", "Strike ends", "In the harbour."))
		check("nothing was counted")
		count(next)
		strike := []news.OutputDay{
			{Day: day, Language: "en", Stories: 1},
			{Day: day, SourceID: "aurora", Language: "en", Stories: 1},
			{Day: day, SourceID: "beacon", Language: "en", Stories: 1},
			{Day: day, SourceID: "comet", Language: "en", Stories: 1},
		}
		storm := []news.OutputDay{
			{Day: day + 1, Language: "en", Stories: 1},
			{Day: day + 1, SourceID: "aurora", Language: "en", Stories: 1},
			{Day: day + 1, SourceID: "comet", Language: "en", Stories: 1},
		}
		o := check("two days", append(strike, storm...)...)
		ago := -time.Hour // articles are published an hour before they are seen
		want := map[string]time.Time{"aurora": next.Add(ago), "beacon": start.Add(2 * time.Minute).Add(ago), "comet": next.Add(ago)}
		if diff := cmp.Diff(want, o.Last); diff != "" {
			t.Errorf("last told (-want +got):\n%s", diff)
		}

		// A day is counted again after some time; the clock may be set back.
		w.place(next, "storm", w.publish(next, "beacon", "g", "Storm", "At the lighthouse."))
		count(next.Add(5 * time.Minute))
		check("counted lately", append(strike, storm...)...)
		count(next.Add(10 * time.Minute))
		storm = []news.OutputDay{storm[0], storm[1], {Day: day + 1, SourceID: "beacon", Language: "en", Stories: 1}, storm[2]}
		check("counted again", append(strike, storm...)...)
		w.place(next, "storm", w.publish(next, "beacon", "h", "Storm over", "At the lighthouse."))
		count(next.Add(-time.Hour))

		// Merged stories are one, and days that lie far back are forgotten.
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "storm", Into: "strike"}}}, next))
		count(next.Add(7 * time.Hour))
		check("one story", strike...)
		count(start.AddDate(0, 0, 27))
		check("four weeks", strike...)
		count(start.AddDate(0, 0, 28))
		check("more than four weeks")
	})
}

func TestOutputUntil(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 11, 20, 23, 59, 0, 0, time.UTC)
	day := news.DayOf(last)
	o := &news.Output{Days: []news.OutputDay{
		{Day: day - 14, Language: "en", Stories: 100},
		{Day: day - 14, SourceID: "aurora", Language: "en", Stories: 100},
		{Day: day - 13, Language: "en", Stories: 10},
		{Day: day - 13, SourceID: "aurora", Language: "en", Stories: 3},
		{Day: day, Language: "en", Stories: 10},
		{Day: day, Language: "en-GB", Stories: 5},
		{Day: day, Language: "de", Stories: 7},
		{Day: day, SourceID: "aurora", Language: "en", Stories: 4},
		{Day: day, SourceID: "beacon", Language: "en-GB", Stories: 5},
		{Day: day, SourceID: "beacon", Language: "de", Stories: 7},
		{Day: day + 1, Language: "en", Stories: 100},
	}}
	of, all := o.Until(last, func(language string) bool { return lang.Base(language) == "en" })
	if diff := cmp.Diff(map[string]int{"aurora": 7, "beacon": 5}, of); diff != "" || all != 25 {
		t.Errorf("of %d stories (-want +got):\n%s", all, diff)
	}
	if got := news.DayOf(time.Unix(-1, 0)); got != -1 {
		t.Errorf("the second before 1970 is of day %d", got)
	}
}
