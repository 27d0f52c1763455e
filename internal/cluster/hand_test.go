package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// ferry are reports of one event, a minute after the other.
func ferry(ids ...string) []Doc {
	var docs []Doc
	for i, id := range ids {
		docs = append(docs, Doc{
			ID: id, Language: "en", At: start.Add(time.Duration(i) * time.Minute),
			Title: "Ferry aground off Port Callis in fog", Text: "The ferry Marisol ran aground off Port Callis in dense fog.",
		})
	}
	return docs
}

// A desk is a store, the articles that came so far, and how the stage is run on it.
type desk struct {
	*memory
	t     *testing.T
	stage *Stage
	anew  bool // the process is started anew for each batch
}

func newDesk(t *testing.T, anew bool) *desk {
	t.Helper()
	return &desk{memory: newMemory(nil), t: t, anew: anew}
}

// come places docs, each in a batch of its own.
func (d *desk) come(docs ...Doc) {
	d.t.Helper()
	for _, doc := range docs {
		if d.stage == nil || d.anew {
			d.stage = New(Config{Store: d.memory, Now: func() time.Time { return start.Add(24 * time.Hour) }})
		}
		d.articles = append(d.articles, newMemory([]Doc{doc}).articles...)
		if err := d.stage.Run(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
}

// decide keeps a decision of the editor.
func (d *desk) decide(f func(h *news.Hand)) {
	h := news.Hand{Decisions: d.hand.Decisions + 1, Pinned: map[string]bool{}, Locked: map[string]bool{}, Apart: map[[2]string]bool{}}
	for id := range d.hand.Pinned {
		h.Pinned[id] = true
	}
	for pair := range d.hand.Apart {
		h.Apart[pair] = true
	}
	f(&h)
	d.hand = h
}

func (d *desk) story(id string) string { return d.stories()[id] }

// bothWays runs f with one process all along, and with one for each batch; it must come to
// the same.
func bothWays(t *testing.T, f func(d *desk)) {
	t.Helper()
	through, anew := newDesk(t, false), newDesk(t, true)
	f(through)
	f(anew)
	if diff := cmp.Diff(through.stories(), anew.stories()); diff != "" {
		t.Errorf("stories (-one process +one for each batch):\n%s", diff)
	}
	if diff := cmp.Diff(through.why, anew.why); diff != "" {
		t.Errorf("reasons (-one process +one for each batch):\n%s", diff)
	}
}

// TestEditorMoves: what the editor moved draws others to where it stands now, stays there, and
// its story does not merge with the one that it was taken out of.
func TestEditorMoves(t *testing.T) {
	bothWays(t, func(d *desk) {
		d.come(ferry("a", "b", "c")...)
		first := d.story("a")
		if d.story("c") != first {
			t.Fatal("c stands elsewhere from the beginning")
		}
		d.decide(func(h *news.Hand) {
			h.Pinned["c"], h.Apart[news.Pair(first, "moved")] = true, true
		})
		d.articles[2].StoryID = "moved"
		all := ferry("", "", "", "d", "e", "f", "g", "h")
		d.come(all[3:]...)
		if d.story("c") != "moved" || d.story("a") != first {
			t.Errorf("a in %s, c in %s", d.story("a"), d.story("c"))
		}

		// Without the editor's word they are one at once.
		d.decide(func(h *news.Hand) { clear(h.Apart) })
		for i := range 5 {
			d.come(Doc{ID: fmt.Sprint("later", i), Language: "en", At: start.Add(time.Hour), Title: all[0].Title, Text: all[0].Text})
		}
		if d.story("c") != first {
			t.Errorf("c in %s although nothing keeps the stories apart", d.story("c"))
		}
	})
}

// TestEditorLocks: a locked story takes in nothing, copies neither, and merges with none; what
// would have joined stands together elsewhere.
func TestEditorLocks(t *testing.T) {
	bothWays(t, func(d *desk) {
		d.come(ferry("a", "b")...)
		first := d.story("a")
		d.decide(func(h *news.Hand) { h.Locked[first] = true })
		all := ferry("", "", "c", "d", "e", "f", "g")
		all[3].WireRoot, all[4].WireRoot = "a", "a"
		d.come(all[2:]...)
		second := d.story("c")
		if second == first || !strings.Contains(d.why["c"], "locked by the editor") {
			t.Errorf("c in %s, the locked story is %s: %s", second, first, d.why["c"])
		}
		for _, id := range []string{"d", "e", "f", "g"} {
			if d.story(id) != second {
				t.Errorf("%s in %s, want %s, which is not locked: %s", id, d.story(id), second, d.why[id])
			}
		}
		if d.story("a") != first || d.story("b") != first {
			t.Error("something was taken out of the locked story")
		}

		d.decide(func(h *news.Hand) { clear(h.Locked) })
		for i := range 3 {
			d.come(Doc{ID: fmt.Sprint("later", i), Language: "en", At: start.Add(time.Hour), Title: all[0].Title, Text: all[0].Text})
		}
		if d.story("later2") != first || d.story("c") != first {
			t.Errorf("unlocked, later2 stands in %s and c in %s, want %s", d.story("later2"), d.story("c"), first)
		}
	})
}

// TestEditorInBetween: what was decided while a batch was placed is respected by that batch.
func TestEditorInBetween(t *testing.T) {
	d := newDesk(t, false)
	d.come(ferry("a", "b")...)
	first := d.story("a")
	d.before = func() { d.decide(func(h *news.Hand) { h.Locked[first] = true }) }
	d.come(ferry("", "", "c")[2])
	if d.story("c") == first {
		t.Error("c joined a story that was locked before it was kept")
	}
	if d.saves != 4 {
		t.Errorf("%d saves, want one for a, b and two for c", d.saves)
	}
}

// TestHandKeepsFromMoving: the machine moves neither what is pinned nor into or out of a
// locked story, and what was told apart stays so when one of the two merges.
func TestHandKeepsFromMoving(t *testing.T) {
	docs, _ := events(5, 4, 1)
	c := NewClusterer(Options{})
	c.Obey(&news.Hand{
		Pinned: map[string]bool{docs[0].ID: true}, Locked: map[string]bool{"locked": true},
		Apart: map[[2]string]bool{news.Pair("s0", "s1"): true},
	})
	for i, d := range docs[:3] {
		c.Restore(d, fmt.Sprint("s", i))
	}
	c.Restore(docs[3], "locked")
	for _, m := range []struct {
		doc  int
		to   string
		want bool
	}{{0, "s1", false}, {1, "locked", false}, {3, "s1", false}, {1, "s4", true}, {1, "s1", true}} {
		if got := c.move(c.docs[docs[m.doc].ID], m.to); got != m.want {
			t.Errorf("document %d to %s: moved %t, want %t", m.doc, m.to, got, m.want)
		}
	}
	if len(c.stories) != 4 {
		t.Errorf("%d stories, want 4", len(c.stories))
	}
	c.merge(c.stories["s1"], c.stories["s2"])
	if c.mayMerge(c.stories["s0"], c.stories["s2"]) {
		t.Error("s0 may merge with what s1, which it was told apart from, became part of")
	}
	if c.mayMerge(c.stories["s2"], c.stories["locked"]) {
		t.Error("a locked story may merge")
	}
}

// TestGrounds: they hold the story that was joined and the best of the others, with what each
// feature added; the sum is the log-odds of the score.
func TestGrounds(t *testing.T) {
	docs, _ := events(6, 40, 4)
	c := NewClusterer(Options{})
	joined := 0
	for _, d := range docs {
		dec := c.Add(d)
		g := dec.Grounds
		if g == nil {
			continue
		}
		if g.Model != DefaultModel().Version || (g.Chosen == nil) != dec.Founded {
			t.Fatalf("%s: %+v", d.ID, g)
		}
		for _, w := range []*news.Weighed{g.Chosen, g.Refused} {
			if w == nil {
				continue
			}
			sum := g.Bias
			for _, m := range w.Measures {
				sum += m.Adds
			}
			// What is left out is small, or beyond the heaviest.
			if len(w.Measures) < weighedMeasures && (logistic(sum+.5) < w.Score-.001 || logistic(sum-.5) > w.Score+.001) {
				t.Errorf("%s: measures add up to %.3f, the score is %.3f", d.ID, logistic(sum), w.Score)
			}
			if c.docs[w.ArticleID] == nil || w.StoryID == "" {
				t.Errorf("%s: the nearest is %q of %q", d.ID, w.ArticleID, w.StoryID)
			}
		}
		if g.Chosen != nil {
			joined++
			if g.Refused != nil && (g.Refused.StoryID == g.Chosen.StoryID || g.Refused.Score > g.Chosen.Score) {
				t.Errorf("%s: refused %+v, chosen %+v", d.ID, g.Refused, g.Chosen)
			}
		}
	}
	if joined < 60 {
		t.Errorf("only %d joined", joined)
	}
}

// TestLeast: to join a single report more is asked than to join a story that several tell.
func TestLeast(t *testing.T) {
	m := *DefaultModel()
	m.Join.Least, m.Alone = .01, .9999
	for reports, joins := range map[int]bool{1: false, 2: true} {
		c := NewClusterer(Options{Model: &m})
		for i := range reports {
			c.Restore(Doc{ID: fmt.Sprint(i), Language: "en", Title: ferries[i], Source: fmt.Sprint(i), At: start}, "ferry")
		}
		dec := c.Add(Doc{ID: "new", Language: "en", Title: ferries[3], At: start})
		if (dec.StoryID == "ferry") != joins {
			t.Errorf("of %d reports: %+v", reports, dec)
		}
		w := dec.Grounds.Chosen
		if !joins {
			w = dec.Grounds.Refused
		}
		want := m.Alone
		if joins {
			want = m.Join.Least
		}
		if w == nil || dec.Grounds.LeastOf(w) != want {
			t.Errorf("of %d reports it is said that %v is needed, %v was", reports, w, want)
		}
	}
}

// TestLeastOfBest: what is most like a single report, and not like enough, founds a story; it does not
// join one that it is less like because less is asked there.
func TestLeastOfBest(t *testing.T) {
	m := *DefaultModel()
	m.Join.Least, m.Alone, m.Merge.Least = .0001, .999999, .999999
	c := NewClusterer(Options{Model: &m})
	c.Restore(Doc{ID: "single", Language: "en", Title: ferries[3] + " again", At: start}, "one")
	c.Restore(Doc{ID: "a", Language: "en", Title: ferries[0], At: start}, "several")
	c.Restore(Doc{ID: "b", Language: "en", Title: ferries[1], At: start}, "several")
	dec := c.Add(Doc{ID: "new", Language: "en", Title: ferries[3], At: start})
	if dec.StoryID == "one" || dec.StoryID == "several" || len(dec.Merges) > 0 {
		t.Fatalf("%+v", dec)
	}
	if w := dec.Grounds.Refused; w.StoryID != "one" || w.Score < .5 {
		t.Errorf("refused is %+v", w)
	}
}
