package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// walkParts follows the archives back from what is in none yet: every article once, each archive of one day
// and no larger than asked for. It returns them, the latest first. Where something was withdrawn, the way forth may be cut
// otherwise than the way back.
func (w *world) walkParts(q news.ArticleQuery, withdrawn ...string) (parts []string, ids map[string]string) {
	w.Helper()
	of, err := w.Parts(w.Context(), q)
	w.must(err)
	ids = map[string]string{}
	read := func(part string, most int) {
		own := q
		own.Part, own.Limit, own.After = part, most, ""
		list, _, err := w.Articles(w.Context(), own)
		w.must(err)
		for _, a := range list {
			if there, ok := ids[a.ID]; ok {
				w.Errorf("%s stands in two parts: %s and %s", a.ID, there, part)
			}
			ids[a.ID] = part
		}
		if len(list) > q.Limit && part != of.Open {
			w.Errorf("a part has %d articles", len(list))
		}
	}
	read(of.Open, 1000)
	next := ""
	for part := of.Prev; part != ""; {
		read(part, q.Limit+1)
		parts = append(parts, part)
		own := q
		own.Part = part
		around, err := w.Parts(w.Context(), own)
		w.must(err)
		if around.Next != next && len(withdrawn) == 0 {
			w.Errorf("after part %d comes %q, not %q", len(parts), around.Next, next)
		}
		next, part = part, around.Prev
	}
	return parts, ids
}

// Archives are parts of days, by when articles came in: none has another article later, however many come, and
// all together have every article that is carried once.
func TestParts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		var all []string
		tell := func(now time.Time, n int) {
			for range n {
				key := fmt.Sprint("k", len(all))
				word := []string{"Flood", "Strike"}[len(all)%2]
				all = append(all, w.publish(now, []string{"aurora", "beacon"}[len(all)%3/2], key, word+" "+key, "text").ID)
			}
		}
		day := 24 * time.Hour
		tell(start, 7) // of one moment, so that the id decides
		tell(start.Add(time.Hour), 2)
		tell(start.Add(2*day), 3) // a day of exactly one part
		tell(start.Add(4*day), 8)
		now := start.Add(4*day + time.Hour)
		q := news.ArticleQuery{Now: now, Limit: 3}
		parts, ids := w.walkParts(q)
		expect(t, "parts", len(parts), 3+1+2)
		expect(t, "articles", len(ids), len(all))

		// New ones come while somebody reads: what was in a part stays in it, and nothing is added.
		tell(now, 5)
		q.Now = now.Add(time.Minute)
		again, later := w.walkParts(q)
		if diff := cmp.Diff(parts, again); diff != "" {
			t.Errorf("within two minutes there is no new part (-was +is):\n%s", diff)
		}
		expect(t, "articles", len(later), len(all))
		q.Now = now.Add(time.Hour)
		more, _ := w.walkParts(q)
		expect(t, "parts with 13 on the last day", len(more), 3+1+4)
		if diff := cmp.Diff(parts, more[len(more)-len(parts):]); diff != "" {
			t.Errorf("parts are others an hour later (-was +is):\n%s", diff)
		}
		q.Now = start.Add(5*day + time.Hour)
		over, _ := w.walkParts(q)
		expect(t, "parts when the day is over", len(over), 3+1+5)

		// Of a source, of a side, of words: the same.
		for name, own := range map[string]news.ArticleQuery{
			"source": {SourceIDs: []string{"beacon"}}, "side": {SourceIDs: []string{"aurora", "beacon"}}, "nobody": {SourceIDs: []string{"comet"}},
			"words": {Terms: [][]string{{"flood"}}}, "words in English": {Terms: [][]string{{"flood"}}, Languages: []string{"en", "de"}},
			"words in German": {Terms: [][]string{{"flood"}}, Languages: []string{"de"}}, "no words": {Terms: [][]string{}},
		} {
			own.Now, own.Limit = q.Now, 3
			_, ids := w.walkParts(own)
			plain := own
			plain.Limit = 100
			list, _, err := w.Articles(w.Context(), plain)
			w.must(err)
			expect(t, name, len(ids), len(list))
		}

		// What is withdrawn is in none, and moves nothing from one to another.
		_, before := w.walkParts(q)
		gone := all[1]
		w.must(w.TakeDown(w.Context(), takedown(news.TakenArticle, gone, q.Now, 0), becomes(gone)))
		for id, part := range before {
			own := q
			own.Part = part
			list, _, err := w.Articles(w.Context(), own)
			w.must(err)
			if has := slices.ContainsFunc(list, func(a *news.Article) bool { return a.ID == id }); has == (id == gone) {
				t.Errorf("%s in its part after a takedown of %s: %t", id, gone, has)
			}
		}
		_, ids = w.walkParts(q, gone)
		expect(t, "articles after a takedown", len(ids), len(all)-1)

		// Nor does it leave an empty one, whatever is known of where days were cut.
		for _, id := range []string{all[8], all[11], all[10], all[9]} {
			w.must(w.TakeDown(w.Context(), takedown(news.TakenArticle, id, q.Now.Add(time.Duration(len(id))*time.Second), 0), becomes(id)))
			parts, ids := w.walkParts(q, id)
			full := map[string]bool{}
			for _, part := range ids {
				full[part] = true
			}
			for _, part := range parts {
				if !full[part] {
					t.Errorf("an empty part after a takedown of %s", id)
				}
			}
		}

		for _, part := range []string{"x", "YSAxIGE", parts[0][1:]} {
			if _, err := w.Parts(w.Context(), news.ArticleQuery{Now: now, Limit: 3, Part: part}); !errors.Is(err, news.ErrCursor) {
				t.Errorf("part %q: %v", part, err)
			}
		}
	})
}

// From each page one comes back to the one before it.
func TestArticlesBefore(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"))
		for i := range 8 {
			w.publish(start.Add(time.Duration(i/3)*time.Minute), "aurora", fmt.Sprint("k", i), "Title", "text")
		}
		for _, q := range []news.ArticleQuery{{Limit: 3}, {Limit: 3, Entered: true}} {
			q.Now = start.Add(time.Hour)
			var cursors []string
			for {
				cursors = append(cursors, q.After)
				_, next, err := w.Articles(ctx, q)
				w.must(err)
				if next == "" {
					break
				}
				q.After = next
			}
			expect(t, "pages", len(cursors), 3)
			for i, c := range cursors[1:] {
				q.After = c
				before, err := w.ArticlesBefore(ctx, q)
				w.must(err)
				expect(t, fmt.Sprint("the page before page ", i+2), before, cursors[i])
			}
			q.Entered = !q.Entered
			if _, err := w.ArticlesBefore(ctx, q); !errors.Is(err, news.ErrCursor) {
				t.Errorf("a cursor of the other order: %v", err)
			}
		}
	})
}

// Edits come page by page, each once, also when a version is followed by another meanwhile.
func TestChanged(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"))
		at := start
		edit := func(a *news.Article, title string) {
			at = at.Add(time.Minute)
			a.Revision = max(a.Revision, 1) + 1
			w.save(at, a.SourceID, item(a.SourceID, a.GUID, title, at))
			own := *a
			own.Title = title
			w.must(w.SaveArticle(ctx, a.ItemID, a.Revision, &own, at))
		}
		a, b, c := w.publish(start, "aurora", "a", "A1", "text"), w.publish(start, "beacon", "b", "B1", "text"), w.publish(start, "beacon", "c", "C1", "text")
		edit(a, "A2")
		edit(b, "B2")
		edit(a, "A3")
		edit(b, "B2") // another text
		edit(c, "C2")
		read := func(source string, between func()) (list []string) {
			q := news.EditQuery{Now: at.Add(time.Hour), SourceID: source, Limit: 2}
			for {
				page, next, err := w.Changed(ctx, q)
				w.must(err)
				for _, c := range page {
					list = append(list, fmt.Sprintf("%d %s>%s", c.Revision, c.Was, c.Now))
					if c.Headline != (c.Was != c.Now) || c.Article.ID != c.ArticleID || c.At.IsZero() {
						t.Errorf("%+v", c)
					}
				}
				if next == "" {
					return list
				}
				q.After = next
				between()
			}
		}
		got := read("", func() { edit(a, "A"+fmt.Sprint(a.Revision+1)) })
		if diff := cmp.Diff([]string{"2 C1>C2", "3 A2>A3", "2 B1>B2", "2 A1>A2"}, got); diff != "" {
			t.Errorf("edits (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"2 C1>C2", "2 B1>B2"}, read("beacon", func() {})); diff != "" {
			t.Errorf("edits of beacon (-want +got):\n%s", diff)
		}
		w.must(w.TakeDown(ctx, takedown(news.TakenArticle, c.ID, at, 0), becomes(c.ID)))
		if diff := cmp.Diff([]string{"2 B1>B2"}, read("beacon", func() {})); diff != "" {
			t.Errorf("edits of beacon after a takedown (-want +got):\n%s", diff)
		}
		if _, _, err := w.Changed(ctx, news.EditQuery{Now: at, Limit: 1, After: "YSAxIGE"}); !errors.Is(err, news.ErrCursor) {
			t.Errorf("the cursor of articles: %v", err)
		}
	})
}

// A story stands where it stood among those of two outlets, whatever happens to it later.
func TestStoriesAsTheyWereTold(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"))
		minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
		for i, story := range []string{"s0", "s1", "s2"} {
			w.place(minute(i), story, w.publish(minute(i), "aurora", "a"+story, "Title", "text"))
		}
		w.place(minute(10), "s2", w.publish(minute(10), "beacon", "b2", "Title", "text"))
		w.place(minute(11), "s0", w.publish(minute(11), "beacon", "b0", "Title", "text"))
		w.place(minute(12), "s2", w.publish(minute(12), "comet", "c2", "Title", "text"))
		q := news.StoryQuery{Now: start.Add(time.Hour), Limit: 1, MinOutlets: 2, Order: news.ByTold}
		var got []string
		for {
			page, next, err := w.Stories(ctx, q)
			w.must(err)
			for _, s := range page {
				got = append(got, fmt.Sprint(s.ID, " ", s.Told.Sub(start)))
			}
			if next == "" {
				break
			}
			q.After = next
		}
		if diff := cmp.Diff([]string{"s0 11m0s", "s2 10m0s"}, got); diff != "" {
			t.Errorf("stories (-want +got):\n%s", diff)
		}
	})
}
