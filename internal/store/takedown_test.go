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

// becomes is what extraction makes of items here: see article.
func becomes(id string) func(*news.Item) bool {
	return func(it *news.Item) bool { return news.ID("article", it.SourceID, it.Link) == id }
}

func takedown(kind, target string, at time.Time, hold time.Duration) *news.Takedown {
	return &news.Takedown{Kind: kind, Target: target, At: at, Why: "The outlet asked for it.", PurgeAt: at.Add(hold)}
}

// tell is what is gone, in short: the article, since when, and by which takedown.
func (w *world) tellGone(q news.GoneQuery) (list []string) {
	w.Helper()
	gone, err := w.Gone(w.Context(), q)
	w.must(err)
	for _, g := range gone {
		by := "its carriage"
		if g.Takedown != nil {
			by = g.Takedown.Kind
		}
		list = append(list, fmt.Sprintf("%s %s by %s", g.GUID, g.At.Sub(start), by))
	}
	return list
}

// feedAt returns the feed of an address.
func (w *world) feedAt(url string) *news.Feed {
	w.Helper()
	f, err := w.Feed(w.Context(), news.ID("feed", url))
	w.must(err)
	return f
}

// fetch keeps what a poll of a feed brought.
func (w *world) fetch(f *news.Feed, now time.Time, items ...*news.Item) news.Saved {
	w.Helper()
	saved, err := w.SaveFetch(w.Context(), &news.Fetch{Feed: f, Items: items, At: now, Document: true})
	w.must(err)
	return saved
}

// count returns how many rows a table has, of those that where selects.
func (w *world) count(table string, where ...string) int {
	w.Helper()
	n, err := w.Count(w.Context(), "SELECT count(*) FROM "+table+strings.Join(where, ""))
	w.must(err)
	return n
}

// What is taken down is gone for every reader at once, and its text is deleted at once; it does not
// come back with its feed, nor with another feed of the outlet.
func TestTakeDownArticle(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		two := source("aurora")
		two.FeedURLs = append(two.FeedURLs, "https://aurora.example/world")
		w.apply(start, two, source("beacon"))
		first := item("aurora", "a", "A ship ran aground.", start)
		f := w.feedAt("https://aurora.example/feed")
		w.fetch(f, start, first)
		a := article(first, "Ship", "A ship ran aground.")
		a.Pictures = []string{"https://aurora.example/ship.png"}
		w.must(w.SaveArticle(ctx, first.ID, 1, a, start))
		w.must(w.SavePicture(ctx, &news.Picture{ID: news.ID("picture", "aurora", a.Pictures[0]), URL: a.Pictures[0], Type: "image/png", Data: []byte("ship")}))
		b := w.publish(start, "beacon", "b", "Vessel", "A ship ran aground off the coast.")
		w.place(start, "wreck", a, b)
		w.must(w.SaveAssisted(ctx, &news.Story{ID: "wreck", Changes: 9}, []news.Gist{{Text: "A ship.", Cites: []news.Citation{{ArticleID: b.ID, Revision: 1}}}},
			[]news.Translation{{ArticleID: a.ID, Revision: 1, Language: "de", Text: "Schiff"}}, start))
		w.must(w.SaveRelations(ctx, nil, []news.Relation{{Kind: news.Same, A: "wreck", B: "wreck", Why: "ship"}}))
		w.must(w.SaveBoilerplate(ctx, []*news.Boilerplate{{SourceID: "aurora", Blocks: []news.Block{{Text: "of ships", Article: a.ID}, {Text: "of others", Article: "x"}}}}))
		before, err := w.Edition(ctx)
		w.must(err)
		expect(t, "readers have", w.listed(start, "ship"), "stories 1, articles 2, found 2")
		reach, err := w.Reach(ctx, news.TakenArticle, a.ID, start)
		w.must(err)
		expect(t, "reach", fmt.Sprint(reach), "{1 1 0 []}")

		now := start.Add(time.Hour)
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, a.ID, now, 0), becomes(a.ID)))
		expect(t, "readers have", w.listed(now, "ship"), "stories 1, articles 1, found 1")
		if _, err := w.Picture(ctx, news.ID("picture", "aurora", a.Pictures[0]), now); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("its picture: %v", err)
		}
		n, err := w.Withdraw(ctx, now, 7*24*time.Hour)
		w.must(err)
		expect(t, "purged", n, 1)
		after, err := w.Edition(ctx)
		w.must(err)
		if after == before {
			t.Errorf("the edition is %s as before", after)
		}
		left, err := w.Article(ctx, a.ID)
		w.must(err)
		expect(t, "what is left", fmt.Sprint(left.Title, left.Lead, left.Text, left.HTML, left.Authors), "[]")
		expect(t, "its guid and address", left.GUID+" "+left.URL, "a https://aurora.example/a")
		expect(t, "purged at", left.Purged, now)
		for _, table := range []string{"pictures", "picture_data", "article_pictures", "translations", "gists", "story_relations"} {
			expect(t, "rows of "+table, w.count(table), 0)
		}
		blocks, err := w.Boilerplate(ctx, "aurora")
		w.must(err)
		if len(blocks.Blocks) != 1 || blocks.Blocks[0].Text != "of others" {
			t.Errorf("blocks that are left: %v", blocks.Blocks)
		}
		uncompared, err := w.Uncompared(ctx, 10)
		w.must(err)
		expect(t, "stories to compare again", len(uncompared), 1)

		// The feed says it again and in other words, and so does the other feed.
		again := item("aurora", "a", "The ship is still there.", start)
		saved := w.fetch(f, now, again)
		expect(t, "the same feed", fmt.Sprint(saved), fmt.Sprint(news.Saved{Same: 1}))
		world := w.feedAt("https://aurora.example/world")
		other := item("aurora", "other-key", "A ship ran aground.", now)
		other.ID, other.FeedID, other.Link = "other", world.ID, "https://aurora.example/a"
		w.fetch(world, now, other)
		w.must(w.SaveArticle(ctx, "other", 1, article(other, "Ship", "A ship ran aground."), now))
		expect(t, "readers have", w.listed(now, "ship"), "stories 1, articles 1, found 1")
		expect(t, "items that hold its words", w.count("item_contents", " WHERE summary LIKE '%ship%'"), 1) // of the other outlet

		// The tombstone, in whatever feed it was.
		q := news.GoneQuery{Now: now.Add(time.Minute), Since: start, Limit: 10}
		want := []string{"a 1h0m0s by article"}
		for name, q := range map[string]news.GoneQuery{
			"all": q, "source": {Now: q.Now, Since: start, Limit: 10, SourceIDs: []string{"aurora", "beacon"}}, "story": {Now: q.Now, Since: start, Limit: 10, StoryID: "wreck"},
		} {
			if diff := cmp.Diff(want, w.tellGone(q)); diff != "" {
				t.Errorf("gone from %s (-want +got):\n%s", name, diff)
			}
		}
		for name, q := range map[string]news.GoneQuery{
			"later": {Now: q.Now, Since: now, Limit: 10}, "another source": {Now: q.Now, Since: start, Limit: 10, SourceIDs: []string{"beacon"}},
			"no source": {Now: q.Now, Since: start, Limit: 10, SourceIDs: []string{}}, "none asked for": {Now: q.Now, Since: start},
		} {
			if got := w.tellGone(q); len(got) > 0 {
				t.Errorf("gone from %s: %v", name, got)
			}
		}

		// It cannot be undone; another reason can be given.
		if err := w.UndoTakedown(ctx, news.TakenArticle, a.ID, now); !errors.Is(err, news.ErrPurged) {
			t.Errorf("undone after it was purged: %v", err)
		}
		legal := takedown(news.TakenArticle, a.ID, now.Add(time.Hour), time.Hour)
		legal.Legal, legal.By, legal.Jurisdiction, legal.URL = true, "Court of Pell", "Norrland", "https://court.example/1"
		w.must(w.TakeDown(ctx, legal, becomes(a.ID)))
		kept, err := w.TakedownOf(ctx, a.ID, "aurora")
		w.must(err)
		legal.At, legal.PurgeAt, legal.Purged = now, now, true
		if diff := cmp.Diff(legal, kept); diff != "" {
			t.Errorf("the second takedown (-want +got):\n%s", diff)
		}
	})
}

// A takedown that holds the text back may be undone until it is deleted.
func TestTakeDownHolds(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"))
		a := w.publish(start, "aurora", "a", "Ship", "A ship ran aground.")
		b := w.publish(start, "beacon", "b", "Ship", "A ship sank.")
		w.place(start, "wreck", a, b)
		now := start.Add(time.Hour)
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, a.ID, now, 24*time.Hour), becomes(a.ID)))
		expect(t, "readers have", w.listed(now, "ship"), "stories 1, articles 1, found 1")
		n, err := w.Withdraw(ctx, now.Add(23*time.Hour), time.Hour)
		w.must(err)
		expect(t, "purged", n, 0)
		if diff := cmp.Diff([]string{"a 1h0m0s by article"}, w.tellGone(news.GoneQuery{Now: now, Since: start, Limit: 10})); diff != "" {
			t.Errorf("gone (-want +got):\n%s", diff)
		}
		story, err := w.Story(ctx, "wreck", now)
		w.must(err)
		expect(t, "the head of the story", story.HeadID, b.ID)
		saved := w.save(now, "aurora", item("aurora", "a", "Other words.", start))
		expect(t, "its feed brings it again", fmt.Sprint(saved), fmt.Sprint(news.Saved{Same: 1}))

		w.must(w.UndoTakedown(ctx, news.TakenArticle, a.ID, now.Add(23*time.Hour)))
		expect(t, "readers have again", w.listed(now.Add(23*time.Hour), "ship"), "stories 1, articles 2, found 2")
		saved = w.save(now, "aurora", item("aurora", "a", "Other words.", start))
		expect(t, "its feed says it anew", fmt.Sprint(saved), fmt.Sprint(news.Saved{Changed: 1}))
		if err := w.UndoTakedown(ctx, news.TakenArticle, a.ID, now); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("undone twice: %v", err)
		}

		// The earlier time counts.
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, a.ID, now, 24*time.Hour), becomes(a.ID)))
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, a.ID, now, 0), becomes(a.ID)))
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, a.ID, now, 48*time.Hour), becomes(a.ID)))
		n, err = w.Withdraw(ctx, now, time.Hour)
		w.must(err)
		expect(t, "purged", n, 1)
		if err := w.TakeDown(ctx, takedown(news.TakenArticle, "nothing", now, 0), becomes("")); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("an article that is not there: %v", err)
		}
		if err := w.TakeDown(ctx, takedown("side", "north", now, 0), nil); err == nil {
			t.Error("what is neither an article nor a source was taken down")
		}
	})
}

// A source that is taken down is not read any more, whatever the configuration says, until that is
// undone; what was deleted stays gone.
func TestTakeDownSource(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"))
		w.place(start, "wreck", w.publish(start, "aurora", "a", "Ship", "A ship."), w.publish(start, "beacon", "b", "Ship", "A ship."))
		w.must(w.SaveIcon(ctx, &news.Icon{SourceID: "aurora", Small: []byte("png")}))
		reach, err := w.Reach(ctx, news.TakenSource, "aurora", start)
		w.must(err)
		expect(t, "reach", fmt.Sprint(reach), "{1 1 1 []}")
		now := start.Add(2 * time.Hour)
		w.must(w.TakeDown(ctx, takedown(news.TakenSource, "aurora", now, 0), nil))
		check := func(what, want string) {
			t.Helper()
			expect(t, what, w.listed(now, "ship"), want)
		}
		check("readers have", "stories 1, articles 1, found 1")
		// What is declared again, with an end or without, does not bring it back.
		later := source("aurora")
		later.Carriage.Until = now.Add(1000 * time.Hour)
		for _, s := range []*news.Source{source("aurora"), later} {
			s.Name = "Aurora " + s.Carriage.Until.String() // so that it is another declaration
			w.apply(now, s, source("beacon"))
			check("after the configuration was applied", "stories 1, articles 1, found 1")
		}
		due, err := w.DueFeeds(ctx, now, time.Minute, 10, nil)
		w.must(err)
		if len(due) != 1 || due[0].SourceID != "beacon" {
			t.Errorf("due feeds: %d", len(due))
		}
		src, err := w.Source(ctx, "aurora")
		w.must(err)
		expect(t, "taken down", src.TakenDown, now)
		expect(t, "state", src.At(now), news.Withdrawn)
		expect(t, "ended", src.Ended(), now)
		want := []string{"a 2h0m0s by source"}
		for _, q := range []news.GoneQuery{{Now: now, Since: start, Limit: 5}, {Now: now, Since: start, Limit: 5, StoryID: "wreck"}, {Now: now, Since: start, Limit: 5, SourceIDs: []string{"aurora"}}} {
			if diff := cmp.Diff(want, w.tellGone(q)); diff != "" {
				t.Errorf("gone before it is purged (-want +got):\n%s", diff)
			}
		}
		n, err := w.Withdraw(ctx, now.Add(time.Minute), 1000*time.Hour)
		w.must(err)
		expect(t, "purged", n, 1)
		expect(t, "icons", w.count("icons"), 0)
		if diff := cmp.Diff(want, w.tellGone(news.GoneQuery{Now: now.Add(time.Hour), Since: start, Limit: 5})); diff != "" {
			t.Errorf("gone after it is purged (-want +got):\n%s", diff)
		}
		all, err := w.Takedowns(ctx)
		w.must(err)
		if len(all) != 1 || !all[0].Purged {
			t.Errorf("takedowns: %v", all)
		}
		w.must(w.UndoTakedown(ctx, news.TakenSource, "aurora", now))
		check("undone, what was deleted", "stories 1, articles 1, found 1")
		w.publish(now, "aurora", "c", "Ship", "Another ship.")
		check("undone, what is new", "stories 1, articles 2, found 2")
		expect(t, "the end declared holds again", w.listed(later.Carriage.Until, "ship"), "stories 1, articles 1, found 1")
		if err := w.TakeDown(ctx, takedown(news.TakenSource, "nobody", now, 0), nil); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("a source that is not there: %v", err)
		}
	})
}

// What its carriage ends of has tombstones, too, from the moment that it ends.
func TestGoneByCarriage(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		until, kept, later := source("aurora"), source("beacon"), source("comet")
		until.Carriage.Until = start.Add(10 * time.Hour)
		kept.Carriage.Keep = 5 * time.Hour
		later.Carriage.From = start.Add(100 * time.Hour)
		w.apply(start, until, kept, later)
		a, b := w.publish(start, "aurora", "a", "Ship", "A ship."), w.publish(start, "beacon", "b", "Ship", "A ship.")
		w.place(start, "wreck", a, b)
		tell := func(at time.Duration, want ...string) {
			t.Helper()
			for _, q := range []news.GoneQuery{{Limit: 9}, {Limit: 9, SourceIDs: []string{"aurora", "beacon"}}, {Limit: 9, StoryID: "wreck"}} {
				q.Now, q.Since = start.Add(at), start.Add(-time.Hour)
				if diff := cmp.Diff(want, w.tellGone(q)); diff != "" {
					t.Errorf("gone after %s (-want +got):\n%s", at, diff)
				}
			}
		}
		tell(4 * time.Hour)
		_, err := w.Withdraw(ctx, start.Add(5*time.Hour), 24*time.Hour)
		w.must(err)
		tell(5*time.Hour, "b 5h0m0s by its carriage")
		tell(10*time.Hour, "a 10h0m0s by its carriage", "b 5h0m0s by its carriage")
		_, err = w.Withdraw(ctx, start.Add(40*time.Hour), 24*time.Hour)
		w.must(err)
		tell(40*time.Hour, "a 10h0m0s by its carriage", "b 5h0m0s by its carriage")
	})
}

func TestTakedownCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k    news.Takedown
		want string
	}{
		{news.Takedown{}, "needs a reason"},
		{news.Takedown{Why: "x"}, ""},
		{news.Takedown{Why: strings.Repeat("x", 501)}, "501 letters"},
		{news.Takedown{Why: "x", Legal: true}, "who demanded it"},
		{news.Takedown{Why: "x", Legal: true, By: "Court"}, "under whose law"},
		{news.Takedown{Why: "x", Legal: true, By: "Court", Jurisdiction: "Norrland"}, ""},
		{news.Takedown{Why: "x", Legal: true, By: "Court", Jurisdiction: "Norrland", URL: "javascript:alert(1)"}, "does not begin with https://"},
		{news.Takedown{Why: "x", Legal: true, By: "Court", Jurisdiction: "Norrland", URL: "https://court.example/1"}, ""},
		{news.Takedown{Why: "x", By: "Court"}, "belong to a takedown for legal reasons"},
	} {
		err := c.k.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check(%+v) = %v, want %q", c.k, err, c.want)
		}
	}
}
