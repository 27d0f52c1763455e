package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func TestClustering(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start.Add(time.Hour), "beacon", "b", "Strike", "At the port.")
		c := w.publish(start.Add(2*time.Hour), "comet", "c", "Strike", "On the docks.")
		now := start.Add(3 * time.Hour)

		unplaced, err := w.Unplaced(ctx, 2)
		w.must(err)
		if len(unplaced) != 2 || unplaced[0].ID != a.ID || unplaced[1].Text != b.Text {
			t.Errorf("unplaced: %v", unplaced)
		}
		w.place(now, "s1", a)
		w.place(now.Add(time.Millisecond), "s2", b)
		w.place(now.Add(2*time.Millisecond), "s3", c)
		w.place(now, "s3", a) // it has a story and keeps it
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "s1", Into: "s2"}}}, now))
		w.must(w.SaveClustering(ctx, &news.Clustering{
			Merges: []news.Merge{{From: "s2", Into: "s3"}, {From: "s3", Into: "s1"}}, // the second is a circle
			Heads:  map[string]string{"s3": b.ID},
		}, now))
		for _, id := range []string{"s1", "s2"} {
			s, err := w.Story(ctx, id, now)
			w.must(err)
			expect(t, id+" merged into", s.MergedInto, "s3")
		}
		s, err := w.Story(ctx, "s3", now)
		w.must(err)
		want := &news.Story{
			ID: "s3", HeadID: b.ID, Articles: 3, Outlets: 3, Changes: s.Changes,
			First: a.When(), Last: c.When(), Told: now, Rank: news.Rank(1, 1, c.When()),
		}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("story (-want +got):\n%s", diff)
		}
		placed, err := w.Placed(ctx, b.When())
		w.must(err)
		expect(t, "placed since", len(placed), 2)
		last, err := w.LastPlaced(ctx)
		w.must(err)
		expect(t, "last placed", last, now.Add(2*time.Millisecond).UnixMilli()*100)
		expect(t, "text of placed", placed[0].Text, b.Text)

		// What is edited afterwards was placed by what it said before.
		w.save(now, "beacon", item("beacon", "b", "edited", start.Add(time.Hour)))
		edited := *b
		edited.Title, edited.Text, edited.Published = "Peace", "Nothing happened.", start
		w.must(w.SaveArticle(ctx, b.ItemID, 2, &edited, now))
		placed, err = w.Placed(ctx, b.When())
		w.must(err)
		expect(t, "placed since, after an edit", len(placed), 2)
		expect(t, "text of placed, after an edit", placed[0].Text, b.Text)
		expect(t, "title of placed, after an edit", placed[0].Title, b.Title)
		expect(t, "time of placed, after an edit", placed[0].When(), b.When())

		// An article placed into a story that was merged meanwhile goes to where it went.
		d := w.publish(now, "aurora", "d", "More", "More on the strike.")
		w.place(now, "s1", d)
		of, err := w.ArticlesOf(ctx, []string{"s1", "s3"}, now)
		w.must(err)
		expect(t, "articles of the story", len(of["s3"]), 4)
		expect(t, "articles of the merged", len(of["s1"]), 0)
		if _, err := w.Story(ctx, "unknown", now); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown story: %v", err)
		}
	})
}

func TestMoves(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start.Add(time.Hour), "beacon", "b", "Strike", "At the port.")
		c := w.publish(start.Add(2*time.Hour), "comet", "c", "Fog", "On the river.")
		now := start.Add(3 * time.Hour)
		w.place(now, "s1", c, a, b)
		before, err := w.Placed(ctx, start)
		w.must(err)

		stands := func() (ids string) {
			for _, x := range []*news.Article{a, b, c} {
				got, err := w.Article(ctx, x.ID)
				w.must(err)
				ids += got.StoryID + " "
			}
			return ids
		}
		move := func(m ...news.Move) {
			t.Helper()
			for i := range m {
				m[i].Seq, m[i].Score, m[i].Why = 7, .2, "fog; 0.20"
			}
			w.must(w.SaveClustering(ctx, &news.Clustering{Moves: m}, now))
		}
		move(news.Move{ArticleID: c.ID, From: "s1", To: "s2"})
		expect(t, "after a split", stands(), "s1 s1 s2 ")
		s, err := w.Story(ctx, "s1", now)
		w.must(err)
		want := &news.Story{
			ID: "s1", HeadID: a.ID, Articles: 2, Outlets: 2, Changes: s.Changes,
			First: a.When(), Last: b.When(), Told: now, Rank: s.Rank,
		}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("what was left (-want +got):\n%s", diff)
		}
		waiting, err := w.Uncompared(ctx, 10)
		w.must(err)
		expect(t, "stories to compare", len(waiting), 2)

		// The order of placement is as before, and no new number was given.
		after, err := w.Placed(ctx, start)
		w.must(err)
		for i := range after {
			expect(t, fmt.Sprint("place ", i), after[i].ID, before[i].ID)
			expect(t, fmt.Sprint("number ", i), after[i].Seq, before[i].Seq)
		}
		expect(t, "first in the order", after[0].StoryID, "s2")

		// One that does not stand there is not moved, nor one that is there already.
		move(news.Move{ArticleID: a.ID, From: "s2", To: "s3"}, news.Move{ArticleID: c.ID, From: "s2", To: "s2"})
		expect(t, "after nothing", stands(), "s1 s1 s2 ")

		// With its last article a story's address goes along, by any number of steps.
		w.must(w.SaveClustering(ctx, &news.Clustering{
			Merges: []news.Merge{{From: "s1", Into: "s4"}},
			Moves: []news.Move{
				{ArticleID: c.ID, From: "s2", To: "s5"}, // known by a name of before its merge
				{ArticleID: a.ID, From: "s1", To: "s6"}, {ArticleID: b.ID, From: "s4", To: "s6"},
			},
		}, now))
		expect(t, "after all went", stands(), "s6 s6 s5 ")
		for id, to := range map[string]string{"s1": "s6", "s2": "s5", "s4": "s6"} {
			s, err := w.Story(ctx, id, now)
			w.must(err)
			expect(t, id+" leads to", s.MergedInto, to)
		}
	})
}

func TestStoriesInPages(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"), source("beacon"))
		for i := range 9 {
			now, story := start.Add(time.Duration(i/3)*time.Minute), fmt.Sprint("story", i)
			w.place(now, story, w.publish(now, "aurora", story, story, "text"))
			rank := news.Rank(1, 1, now)
			if i%2 == 0 {
				w.place(now, story, w.publish(now, "beacon", story, story, "text"))
				rank = news.Rank(2, 1, now)
			}
			w.must(w.SaveComparisons(t.Context(), &news.Story{ID: story, Rank: rank}, nil, nil, now))
		}
		pages := func(limit, outlets int) (ids []string) {
			q := news.StoryQuery{Now: start.Add(time.Hour), Limit: limit, MinOutlets: outlets}
			for {
				page, next, err := w.Stories(t.Context(), q)
				w.must(err)
				for _, s := range page {
					ids = append(ids, s.ID)
				}
				if next == "" {
					return ids
				}
				q.After = next
			}
		}
		want := []string{"story8", "story6", "story4", "story2", "story0", "story7", "story5", "story3", "story1"}
		for limit := range 10 {
			if limit > 0 {
				if diff := cmp.Diff(want, pages(limit, 0)); diff != "" {
					t.Errorf("in pages of %d (-want +got):\n%s", limit, diff)
				}
			}
		}
		if diff := cmp.Diff(want[:5], pages(2, 2)); diff != "" {
			t.Errorf("with two outlets (-want +got):\n%s", diff)
		}
	})
}

func TestComparisons(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start, "beacon", "b", "Strike", "At the port.")
		w.place(start, "s", a)

		waiting := func() *news.Story {
			all, err := w.Uncompared(ctx, 10)
			w.must(err)
			if len(all) == 0 {
				return nil
			}
			return all[0]
		}
		one := &news.Comparison{StoryID: "s", LensID: "river", Sides: []news.Coverage{
			{SideID: "north", Outlets: []string{"aurora"}, Articles: []string{a.ID}, Copies: map[string]string{b.ID: a.ID}},
			{SideID: "south", Silent: []string{"beacon"}},
		}}
		s := waiting()
		w.place(start, "s", b) // while s is being compared, in the same millisecond
		s.Rank = 7
		w.must(w.SaveComparisons(ctx, s, []*news.Comparison{one}, nil, start))
		got, err := w.Comparisons(ctx, "river", []string{"s", "unknown"})
		w.must(err)
		if diff := cmp.Diff(map[string]*news.Comparison{"s": one}, got); diff != "" {
			t.Errorf("comparison (-want +got):\n%s", diff)
		}
		counts, err := w.FreshCounts(ctx, start)
		w.must(err)
		expect(t, "stories with two sides", counts.StoriesTwoSides, 0)

		s = waiting()
		if s == nil {
			t.Fatal("the change during the comparison is forgotten")
		}
		expect(t, "rank", s.Rank, 7.0)
		two := *one
		two.Sides = []news.Coverage{{SideID: "north", Outlets: []string{"aurora"}}, {SideID: "south", Outlets: []string{"beacon"}}}
		w.must(w.SaveComparisons(ctx, s, []*news.Comparison{&two}, nil, start))
		if s := waiting(); s != nil {
			t.Errorf("%+v waits although it is compared", s)
		}
		counts, err = w.FreshCounts(ctx, start)
		w.must(err)
		want := news.Counts{Sources: 2, Feeds: 2, Items: 2, Articles: 2, Stories: 1, StoriesTwoSides: 1}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		if err := w.SaveComparisons(ctx, &news.Story{ID: "unknown"}, nil, nil, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("unknown story: %v", err)
		}
	})
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		aurora, beacon := source("aurora"), source("beacon")
		beacon.Carriage.Keep = 24 * time.Hour
		aurora.Carriage.Until = start.Add(48 * time.Hour)
		w.apply(start, aurora, beacon)
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start, "beacon", "b", "Strike", "At the harbour.")
		changed := item("beacon", "b", "edited", start)
		w.save(start.Add(time.Minute), "beacon", changed)
		w.must(w.SaveArticle(ctx, changed.ID, 2, article(changed, "Strike over", "At the harbour."), start.Add(time.Minute)))
		w.place(start, "s", b, a)

		withdraw := func(now time.Time) int {
			n, err := w.Withdraw(ctx, now, time.Hour)
			w.must(err)
			return n
		}
		all, one, none := "stories 1, articles 2, found 2", "stories 1, articles 1, found 1", "stories 0, articles 0, found 0"
		now := start.Add(24*time.Hour - time.Millisecond)
		expect(t, "withdrawn early", withdraw(now), 0)
		expect(t, "listed at first", w.listed(now, "harbour"), all)

		// Keep ends: unseen at once, purged by the next Withdraw.
		now = start.Add(24 * time.Hour)
		expect(t, "listed when keep has ended", w.listed(now, "harbour"), one)
		s, err := w.Story(ctx, "s", now)
		w.must(err)
		expect(t, "head that is still carried", s.HeadID, a.ID)
		expect(t, "outlets still carried", s.Outlets, 1)
		expect(t, "purged", withdraw(now), 1)
		expect(t, "purged again", withdraw(now), 0)
		expect(t, "listed when purged", w.listed(now, "harbour"), one)
		expect(t, "listed in the past, when purged", w.listed(start, "harbour"), one)
		got, err := w.Article(ctx, b.ID)
		w.must(err)
		if got.Title+got.Lead+got.Text+got.HTML != "" || got.URL != b.URL || !got.Purged.Equal(now) || !got.FirstSeen.Equal(start) {
			t.Errorf("tombstone: %+v", got)
		}
		revisions, err := w.Revisions(ctx, b.ID)
		w.must(err)
		for _, r := range revisions {
			if !r.Withheld || r.Title+r.Text != "" {
				t.Errorf("revision %d of the tombstone: %+v", r.N, r)
			}
		}

		// The feed still has it, and a new feed has the same article.
		expect(t, "imported again", w.save(now, "beacon", item("beacon", "b", "a third version", now)), news.Saved{Same: 1})
		w.save(now, "beacon", item("beacon", "b2", "new entry", now))
		copied := *b
		w.must(w.SaveArticle(ctx, item("beacon", "b2", "", now).ID, 1, &copied, now))
		expect(t, "listed after another import", w.listed(now, "harbour"), one)

		// The source is withdrawn: unseen at once, purged when grace is over.
		now = start.Add(48 * time.Hour)
		expect(t, "listed when withdrawn", w.listed(now, "harbour"), none)
		expect(t, "purged in grace", withdraw(now.Add(time.Hour-time.Millisecond)), 0)
		s, err = w.Story(ctx, "s", now)
		w.must(err)
		expect(t, "articles of a story withdrawn", s.Articles, 0)
		expect(t, "head of a story withdrawn", s.HeadID, "")
		expect(t, "imported when withdrawn", w.save(now, "aurora", item("aurora", "late", "late", now)), news.Saved{})
		expect(t, "purged after grace", withdraw(now.Add(time.Hour)), 1)
		items, err := w.ClaimItems(ctx, now, time.Hour, 10, nil)
		w.must(err)
		expect(t, "to extract", len(items), 0)
	})
}

// TestCarriageInSQL compares the clause in SQL with news.Carriage, which it must equal.
func TestCarriageInSQL(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that repeats
		hours := func(n int) time.Time {
			if n == 0 {
				return time.Time{}
			}
			return start.Add(time.Duration(n) * time.Hour)
		}
		for i := range 40 {
			s := source(fmt.Sprint("outlet", i))
			w.apply(start, s) // carried, so that it can be saved
			a := w.publish(start.Add(time.Duration(random.IntN(4))*time.Hour), s.ID, "a", "Strike", "Harbour.")
			s.Carriage = news.Carriage{
				From: hours(random.IntN(5)), Until: hours(random.IntN(5)), Keep: time.Duration(random.IntN(4)) * time.Hour,
			}
			w.apply(start, s)
			for n := range 8 {
				now := start.Add(time.Duration(n) * time.Hour)
				page, _, err := w.Articles(t.Context(), news.ArticleQuery{Now: now, SourceIDs: []string{s.ID}, Limit: 5})
				w.must(err)
				if want := s.Carriage.Carries(a.FirstSeen, now); (len(page) == 1) != want {
					t.Errorf("seen %s, now %s, %+v: in SQL %v, in Go %v", a.FirstSeen, now, s.Carriage, len(page) == 1, want)
				}
			}
		}
	})
}
