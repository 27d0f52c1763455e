package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parallax/internal/news"
	"parallax/internal/store"
)

func TestHand(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"), source("comet"), source("delta"))
		a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
		b := w.publish(start.Add(time.Hour), "beacon", "b", "Strike", "At the port.")
		it := item("comet", "c", "In the harbour.", start.Add(2*time.Hour))
		w.save(start.Add(2*time.Hour), "comet", it)
		c := article(it, "Strike", "In the harbour.")
		c.WireRoot, c.WireShare = b.ID, 100
		w.must(w.SaveArticle(ctx, it.ID, 1, c, start.Add(2*time.Hour)))
		waits := w.publish(start.Add(2*time.Hour), "delta", "d", "Fog", "On the river.")
		now := start.Add(3 * time.Hour)
		w.place(now, "s1", a, b, c)

		empty, err := w.Hand(ctx)
		w.must(err)
		none := map[string]bool{}
		if diff := cmp.Diff(&news.Hand{Pinned: none, Locked: none, Apart: map[[2]string]bool{}}, empty); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}

		// With an article go its copies; the two stories are apart for ever.
		done, err := w.MoveArticle(ctx, b.ID, "", "Another harbour.", now)
		w.must(err)
		expect(t, "from", done.From, "s1")
		expect(t, "copies", done.Copies, 1)
		s2 := done.To
		stands := func(x *news.Article) string {
			t.Helper()
			got, err := w.Article(ctx, x.ID)
			w.must(err)
			return got.StoryID
		}
		if s2 == "s1" || stands(a) != "s1" || stands(b) != s2 || stands(c) != s2 {
			t.Errorf("a in %s, b in %s, c in %s, moved to %s", stands(a), stands(b), stands(c), s2)
		}
		h, err := w.Hand(ctx)
		w.must(err)
		want := &news.Hand{Decisions: 1, Pinned: map[string]bool{b.ID: true}, Locked: none, Apart: map[[2]string]bool{news.Pair("s1", s2): true}}
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("after a move (-want +got):\n%s", diff)
		}

		// A clustering from before is refused, and nothing of it is kept.
		stale := &news.Clustering{Merges: []news.Merge{{From: s2, Into: "s1"}}}
		if err := w.SaveClustering(ctx, stale, now); !errors.Is(err, news.ErrDecided) || stands(b) != s2 {
			t.Errorf("a clustering that does not know of the decision: %v, b in %s", err, stands(b))
		}
		// What the editor told apart stays so under the names that the stories have later.
		w.must(w.SaveClustering(ctx, &news.Clustering{Decisions: 1, Merges: []news.Merge{{From: s2, Into: "s9", Why: "strike; 0.90", Witness: c.ID, Model: "1", Score: .9}}}, now))
		h, err = w.Hand(ctx)
		w.must(err)
		if !h.Apart[news.Pair("s9", "s1")] || len(h.Apart) != 1 {
			t.Errorf("apart: %v", h.Apart)
		}

		history, err := w.HistoryOf(ctx, b.ID)
		w.must(err)
		events := []news.Event{
			{Kind: news.EventPlaced, At: now, To: "s1", Score: .5, Why: "harbour, strike; 0.50"},
			{Kind: news.EventMoved, At: now, Editor: true, From: "s1", To: s2, Why: "Another harbour."},
			{Kind: news.EventMerged, At: now, From: s2, To: "s9", Score: .9, Why: "strike; 0.90", Model: "1", Witness: c.ID},
		}
		if diff := cmp.Diff(&news.History{Events: events, Pinned: &news.Note{At: now, Why: "Another harbour."}}, history); diff != "" {
			t.Errorf("history of b (-want +got):\n%s", diff)
		}

		// A copy that is moved by itself weighs where it stands.
		_, err = w.MoveArticle(ctx, c.ID, "s1", "It is of here.", now)
		w.must(err)
		placed, err := w.Placed(ctx, start)
		w.must(err)
		for _, p := range placed {
			expect(t, "root of "+p.Title+" of "+p.SourceID, p.WireRoot, "")
		}
		expect(t, "c stands in", stands(c), "s1")

		// Alone already, and back where it stands: nothing but a pin.
		done, err = w.MoveArticle(ctx, b.ID, "", "Alone.", now)
		w.must(err)
		expect(t, "moved alone", done, store.Moved{From: "s9", To: "s9"})

		_, err = w.MoveArticle(ctx, b.ID, "s9", "", now.Add(time.Hour))
		w.must(err)
		record, err := w.RecordOf(ctx, "s9")
		w.must(err)
		if diff := cmp.Diff([]news.Pin{{ArticleID: b.ID, Note: news.Note{At: now, Why: "Alone."}}}, record.Pinned); diff != "" {
			t.Errorf("moved without a reason to where it stands (-want +got):\n%s", diff)
		}

		// A lock ends with its story, or goes on with the one that the editor merged it into.
		id, before, err := w.LockStory(ctx, s2, "As it was.", now)
		w.must(err)
		expect(t, "locked by an old name", id, "s9")
		expect(t, "locked before", before.IsZero(), true)
		for _, lock := range []struct{ why, want string }{{"", "As it was."}, {"As it is.", "As it is."}, {"", "As it is."}} {
			_, before, err = w.LockStory(ctx, "s9", lock.why, now.Add(time.Hour))
			w.must(err)
			expect(t, "locked before since then", before.Equal(now), true)
			record, err := w.RecordOf(ctx, "s9")
			w.must(err)
			expect(t, "the reason, after another: "+lock.why, record.Locked.Why, lock.want)
		}
		record, err = w.RecordOf(ctx, "s9")
		w.must(err)
		wantRecord := &news.Record{Merges: events[2:], Locked: &news.Note{At: now, Why: "As it is."}, Apart: []string{"s1"}, Pinned: []news.Pin{{ArticleID: b.ID, Note: news.Note{At: now, Why: "Alone."}}}}
		if diff := cmp.Diff(wantRecord, record, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("record (-want +got):\n%s", diff)
		}
		done, err = w.MergeStories(ctx, "s9", "s1", "One strike.", now)
		w.must(err)
		expect(t, "merged", done, store.Moved{From: "s9", To: "s1", Locked: true, Apart: true})
		record, err = w.RecordOf(ctx, "s1")
		w.must(err)
		if diff := cmp.Diff(&news.Note{At: now, Why: "As it is."}, record.Locked); diff != "" {
			t.Errorf("lock of what was merged into (-want +got):\n%s", diff)
		}
		h, err = w.Hand(ctx)
		w.must(err)
		want = &news.Hand{
			Decisions: h.Decisions, Pinned: map[string]bool{a.ID: true, b.ID: true, c.ID: true},
			Locked: map[string]bool{"s1": true}, Apart: map[[2]string]bool{},
		}
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("after a merge (-want +got):\n%s", diff)
		}
		w.must(w.UnlockStory(ctx, "s9", now))
		w.must(w.UnpinArticle(ctx, b.ID, now))
		h, err = w.Hand(ctx)
		w.must(err)
		expect(t, "decisions", h.Decisions, 11)
		expect(t, "locked", len(h.Locked), 0)
		expect(t, "pinned", len(h.Pinned), 2)

		for what, err := range map[string]error{
			"unlock what is not locked": w.UnlockStory(ctx, "s1", now),
			"unpin what is not pinned":  w.UnpinArticle(ctx, b.ID, now),
			"lock what is not there":    third(w.LockStory(ctx, "unknown", "", now)),
			"move what is not there":    second(w.MoveArticle(ctx, "unknown", "s1", "", now)),
			"move to where nothing is":  second(w.MoveArticle(ctx, a.ID, "unknown", "", now)),
			"merge what is not there":   second(w.MergeStories(ctx, "unknown", "s1", "", now)),
		} {
			if !errors.Is(err, news.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.MoveArticle(ctx, waits.ID, "s1", "", now); !errors.Is(err, news.ErrUnplaced) {
			t.Errorf("move what waits: %v", err)
		}
		n, err := w.Decisions(ctx)
		w.must(err)
		expect(t, "decisions, when seven could not be made", n, 11)

		// A copy that was put there by hand stays, and that is said.
		done, err = w.MoveArticle(ctx, b.ID, "", "", now)
		w.must(err)
		expect(t, "copies that go along, of one", done.Copies, 0)
		expect(t, "copies that stay", done.Stay, 1)
	})
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }
