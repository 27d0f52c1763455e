package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

const copyRoute = "mirror:https://copy.example"

// by is an item as a copy says it.
func by(v news.Via, it *news.Item) *news.Item {
	it.Via = v
	return it
}

// extract makes articles of all items that wait, with the words of their summaries.
func (w *world) extract(now time.Time, change ...func(*news.Article)) {
	w.Helper()
	items, err := w.ClaimItems(w.Context(), now, time.Minute, 100, nil)
	w.must(err)
	for _, it := range items {
		a := article(it, it.Title, it.Summary)
		a.Via = it.Via
		for _, f := range change {
			f(a)
		}
		w.must(w.SaveArticle(w.Context(), it.ID, it.Revision, a, now))
	}
}

func (w *world) vias(key string) (present news.Via, all []news.Via) {
	w.Helper()
	id := news.ID("article", "aurora", "https://aurora.example/"+key)
	a, err := w.Article(w.Context(), id)
	w.must(err)
	revisions, err := w.Revisions(w.Context(), id)
	w.must(err)
	for _, r := range revisions {
		all = append(all, r.Via)
	}
	return a.Via, all
}

// What a mirror said is marked, and held against what the outlet says once it can be read:
// the same confirms it, another wording is the outlet's own revision and is counted.
func TestCopiesAreCompared(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"), source("beacon"))
		mirror := news.Via{Route: copyRoute}
		expect(t, "read from a mirror", w.save(start, "aurora",
			by(mirror, item("aurora", "one", "first", start)), by(mirror, item("aurora", "two", "forged", start)), by(mirror, item("aurora", "three", "late", start))),
			news.Saved{New: 3})
		w.extract(start)
		if got, _ := w.vias("two"); got != mirror {
			t.Errorf("two came by %+v", got)
		}

		now := start.Add(time.Hour)
		expect(t, "read directly", w.save(now, "aurora", item("aurora", "one", "first", now), item("aurora", "two", "second", now)), news.Saved{Same: 1, Changed: 1})
		w.extract(now)
		confirmed := mirror
		confirmed.Confirmed = now
		for key, want := range map[string][]news.Via{"one": {confirmed}, "two": {mirror, {}}, "three": {mirror}} {
			if _, all := w.vias(key); !cmp.Equal(want, all) {
				t.Errorf("%s: versions by %+v, want %+v", key, all, want)
			}
		}
		if got, _ := w.vias("two"); got != (news.Via{}) {
			t.Errorf("what the outlet itself says of two is said to come by %+v", got)
		}
		want := []news.Copy{{
			FeedID: news.ID("feed", feedURL("aurora")), Route: copyRoute, Same: 1, Different: 1, Last: now,
			Article: news.ID("article", "aurora", "https://aurora.example/two"),
		}}
		copies := func() []news.Copy {
			got, err := w.Copies(t.Context(), "aurora")
			w.must(err)
			return got
		}
		if diff := cmp.Diff(want, copies()); diff != "" {
			t.Errorf("copies (-want +got):\n%s", diff)
		}

		// What was compared once is not again.
		now = now.Add(time.Hour)
		w.save(now, "aurora", item("aurora", "one", "first", now), item("aurora", "two", "second", now), item("aurora", "three", "late", now))
		want[0].Same = 2
		if diff := cmp.Diff(want, copies()); diff != "" {
			t.Errorf("copies in the end (-want +got):\n%s", diff)
		}
		others, err := w.Copies(t.Context(), "beacon")
		w.must(err)
		expect(t, "copies of another outlet", len(others), 0)
	})
}

// What copies may do to what is known already.
func TestCopiesRevise(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		w.save(start, "aurora", item("aurora", "one", "first", start))
		w.save(start.Add(time.Hour), "aurora", item("aurora", "one", "second", start))
		now := start.Add(2 * time.Hour)
		archived := func(at time.Duration) news.Via {
			return news.Via{Route: "archive:https://archive.example/web/", Archived: start.Add(at)}
		}
		for _, c := range []struct {
			name, text string
			via        news.Via
			want       news.Saved
		}{
			{"a mirror says the same", "second", news.Via{Route: copyRoute}, news.Saved{Same: 1}},
			{"a mirror lags behind", "first", news.Via{Route: copyRoute}, news.Saved{Same: 1}},
			{"an archive's copy from before the last sight", "from the archive", archived(59 * time.Minute), news.Saved{Same: 1}},
			{"another hub", "an excerpt", news.Via{Route: "peer:https://hub.example/source/aurora/feed.atom"}, news.Saved{Same: 1}},
			{"a mirror says something new", "third", news.Via{Route: copyRoute}, news.Saved{Changed: 1}},
			{"an archive's copy from after it", "from the archive", archived(25 * time.Hour), news.Saved{Changed: 1}},
			{"an archive's copy from before that", "from the archive, earlier", archived(24 * time.Hour), news.Saved{Same: 1}},
		} {
			expect(t, c.name, w.save(now, "aurora", by(c.via, item("aurora", "one", c.text, now))), c.want)
		}
		items, err := w.ClaimItems(t.Context(), now, time.Minute, 10, nil)
		w.must(err)
		if len(items) != 1 || items[0].Via != archived(25*time.Hour) || items[0].Revision != 4 {
			t.Errorf("in the end: %+v", items)
		}
	})
}

// An article whose page came from a mirror is made again when the outlet's feed has
// confirmed its entry, and confirmed itself when its text is the same.
func TestCopiedPageIsReadAgain(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		mirror, page := news.Via{Route: copyRoute}, news.Via{Route: copyRoute, Page: true}
		w.save(start, "aurora", by(mirror, item("aurora", "one", "first", start)), by(mirror, item("aurora", "two", "second", start)))
		w.extract(start, func(a *news.Article) { a.Via = page })

		now := start.Add(time.Hour)
		w.save(now, "aurora", item("aurora", "one", "first", now), item("aurora", "two", "second", now))
		if got, _ := w.vias("one"); got != page {
			t.Errorf("before the page is read again: %+v", got)
		}
		w.extract(now, func(a *news.Article) {
			if a.Title == "Title of two" {
				a.Text = "Something else."
			}
		})
		page.Confirmed = now
		if _, all := w.vias("one"); !cmp.Equal(all, []news.Via{page}) {
			t.Errorf("the same page: %+v", all)
		}
		if got, all := w.vias("two"); len(all) != 2 || got != (news.Via{Route: copyRoute, Confirmed: now}) {
			t.Errorf("another page: %+v, %+v", got, all)
		}
	})
}

// An item that is confirmed while its article is made makes a confirmed article.
func TestConfirmedMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		w.save(start, "aurora", by(news.Via{Route: copyRoute}, item("aurora", "one", "first", start)))
		items, err := w.ClaimItems(t.Context(), start, time.Minute, 10, nil)
		w.must(err)
		now := start.Add(time.Hour)
		w.save(now, "aurora", item("aurora", "one", "first", now))
		a := article(items[0], "Title", "Text.")
		a.Via = items[0].Via
		w.must(w.SaveArticle(t.Context(), a.ItemID, 1, a, now))
		if got, _ := w.vias("one"); !got.Confirmed.Equal(now) {
			t.Errorf("the article came by %+v", got)
		}
	})
}

// An excerpt that another hub gave under the outlet's headline and address is no
// contradiction to what the outlet says in full; another headline is.
func TestPeersAreCompared(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		peer := news.Via{Route: "peer:https://hub.example/source/aurora/feed.atom"}
		forged := by(peer, item("aurora", "two", "another excerpt", start))
		forged.Title = "A forged title"
		w.save(start, "aurora", by(peer, item("aurora", "one", "an excerpt", start)), forged)
		now := start.Add(time.Hour)
		expect(t, "read directly", w.save(now, "aurora", item("aurora", "one", "first", now), item("aurora", "two", "second", now)), news.Saved{Changed: 2})
		got, err := w.Copies(t.Context(), "aurora")
		w.must(err)
		if len(got) != 1 || got[0].Same != 1 || got[0].Different != 1 {
			t.Errorf("copies: %+v", got)
		}
	})
}
