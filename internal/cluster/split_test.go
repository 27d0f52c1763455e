package cluster

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"parallax/internal/news"
)

// The reports of two events that have nothing in common.
var (
	ferries = []string{
		"Ferry runs aground off Gannet Island in thick fog", "Passengers taken off ferry aground near Gannet Island", "Fog blamed as ferry hits rocks at Gannet Island",
		"Gannet Island ferry: captain questioned after grounding in fog", "Tugs fail to free ferry from rocks off Gannet Island",
	}
	schools = []string{
		"Lamberg council closes village school for want of pupils", "Parents protest as council shuts Lamberg village school",
		"Village school in Lamberg to close, council votes", "Council vote ends village school, pupils to board on mainland",
	}
)

// welded returns a clusterer that holds both events in one story, as an earlier model may have left
// it, with all but the last report of a ferry.
func welded(extra ...Doc) (c *Clusterer, last Doc) {
	c = NewClusterer(Options{})
	report := func(id, title string, minutes int) Doc {
		return Doc{ID: id, Language: "en", Title: title, Text: title + ".", At: start.Add(time.Duration(minutes) * time.Minute)}
	}
	for i, title := range ferries[:4] {
		c.Restore(report(fmt.Sprint("ferry", i), title, i), "both")
	}
	for i, title := range schools[:3] {
		c.Restore(report(fmt.Sprint("school", i), title, 10+i), "both")
	}
	for _, d := range extra {
		c.Restore(d, "both")
	}
	return c, report("ferry4", ferries[4], 30)
}

// TestSplit: a story that has grown apart is taken apart when it grows. The part with the earliest report
// keeps the id, copies go with their originals, and each move is told.
func TestSplit(t *testing.T) {
	at := start.Add(20 * time.Minute)
	c, last := welded(
		Doc{ID: "copy", Language: "en", Title: schools[1], WireRoot: "school1", At: at}, Doc{ID: "copy of copy", Language: "en", Title: schools[1], WireRoot: "copy", At: at},
	)
	dec := c.Add(last)
	if dec.StoryID != "both" {
		t.Fatalf("the witness is in %s", dec.StoryID)
	}
	var moved []string
	for _, m := range dec.Moves {
		moved = append(moved, m.ArticleID)
		if m.From != "both" || m.To != dec.Moves[0].To || m.To == news.ID("story", "school0") {
			t.Errorf("%+v", m)
		}
	}
	if want := []string{"school0", "school1", "copy", "copy of copy", "school2"}; !slices.Equal(moved, want) {
		t.Errorf("moved are %v, want %v", moved, want)
	}
	if n := len(c.stories); n != 2 || c.docs["ferry0"].story.id != "both" {
		t.Errorf("%d stories, and the earliest report is in %s", n, c.docs["ferry0"].story.id)
	}
	if head := c.Head(dec.Moves[0].To); c.docs[head] == nil || c.docs[head].story.id != dec.Moves[0].To {
		t.Errorf("the head of the new story is %q", head)
	}
}

// TestSplitHand: what the editor locked, or put there, stays.
func TestSplitHand(t *testing.T) {
	for name, hand := range map[string]news.Hand{
		"locked": {Locked: map[string]bool{"both": true}},
		"pinned": {Pinned: map[string]bool{"school1": true}},
		"apart":  {Apart: map[[2]string]bool{news.Pair("both", "another"): true}},
	} {
		c, last := welded()
		c.Obey(&hand)
		if dec := c.Add(last); len(dec.Moves) > 0 {
			t.Errorf("%s: %+v", name, dec.Moves)
		}
	}
}

// TestSplitLarge: of a story with more reports than are compared, each goes with its own.
func TestSplitLarge(t *testing.T) {
	docs, event := events(3, 2, 48)
	c := NewClusterer(Options{})
	for _, d := range docs[:95] {
		c.Restore(d, "both")
	}
	stories := map[string]string{}
	dec := c.Add(docs[95])
	apply(stories, docs[95].ID, dec)
	for _, d := range docs {
		first := c.docs[docs[0].ID].story
		if together := c.docs[d.ID].story == first; together != (event[d.ID] == event[docs[0].ID]) {
			t.Errorf("%s, of event %d, is in %s; the first report, of event %d, in %s", d.ID, event[d.ID], c.docs[d.ID].story.id, event[docs[0].ID], first.id)
		}
	}
	if c.docs[docs[0].ID].story.id != "both" {
		t.Error("the earliest report lost its address")
	}
}

// TestParts: reports that were asked stand for as many of the story, but one that is like no other of them
// for itself alone, however large the story.
func TestParts(t *testing.T) {
	docs, _ := events(3, 2, 150)
	c := NewClusterer(Options{})
	for _, d := range docs {
		c.Restore(d, "both")
	}
	s := c.stories["both"]
	voices := s.members
	asked := voices[:splitVoices]
	alike := c.alikeness(asked)
	other := make([]bool, len(asked))
	for n, want := range map[int][2]float64{1: {1, 0}, 2: {0, 1}, 24: {0, 1}} {
		for i := range other {
			other[i] = i < n
		}
		p := c.parts(s, voices, asked, alike, other)
		if got := [2]float64{p.large[lOne], p.large[lTwo]}; !p.isLarge || got != want {
			t.Errorf("a part of %d of %d reports asked, of %d: one and two are %v, want %v", n, len(asked), len(voices), got, want)
		}
	}
}

func TestPartings(t *testing.T) {
	// Two and two are alike, the fifth is like none.
	alike := [][]float64{{0, .9, .2, .2, 0}, {.9, 0, .2, .2, 0}, {.2, .2, 0, .8, 0}, {.2, .2, .8, 0, 0}, {0, 0, 0, 0, 0}}
	got := partings(alike, 3)
	want := [][]bool{
		{false, false, true, true, true}, // the first two, and all others
		{false, false, true, true, false},
		{false, false, false, false, true},
		{false, false, false, false, true}, // the four
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]bool]) {
		t.Errorf("partings are %v, want %v", got, want)
	}
	if got := partings(alike[:1], 3); len(got) != 0 {
		t.Errorf("one can be parted: %v", got)
	}
}

// TestSplitWitness: the report that shows that a story has grown apart may be of the other part. It was placed in
// the story, and moved then.
func TestSplitWitness(t *testing.T) {
	c, _ := welded()
	last := Doc{ID: "school3", Language: "en", Title: schools[3], Text: schools[3] + ".", At: start.Add(30 * time.Minute)}
	var standing Standing
	dec := c.Add(last)
	standing.Take(last.ID, dec)
	if dec.StoryID != "both" || len(dec.Moves) != 4 || standing.Of(last.ID) != dec.Moves[0].To || c.docs[last.ID].story.id != dec.Moves[0].To {
		t.Errorf("%+v; who follows it has %s, the clusterer %s", dec, standing.Of(last.ID), c.docs[last.ID].story.id)
	}
}

// TestHabit: what an outlet says in all of its reports is its habit, what it says in two is not; and a
// report that is asked again is measured as when it came: it is no other report of its outlet.
func TestHabit(t *testing.T) {
	c := NewClusterer(Options{})
	tell := func(id, title string) Doc {
		return Doc{ID: id, Language: "en", Source: "quay.example", Title: title + ". Follow Quayside Bulletin", At: start}
	}
	for i, title := range []string{
		"Choir sings", "Lamps stolen", "Bridge closed", "Ferry late", "Pilots strike", "Museum opens", "School burns", "Frost ends", "Tram derails", "Cheese wins",
	} {
		c.Restore(tell(fmt.Sprint("other", i), title), fmt.Sprint("other", i))
	}
	c.Restore(tell("a", "Harbour crane topples onto barge"), "one")
	c.Restore(tell("b", "Barge sinks under toppled harbour crane"), "two")
	c.Restore(tell("c", "Orchard blossoms"), "three")
	habit := func(of, with string) float64 {
		d := c.docs[of]
		c.layDoc(d)
		defer c.clearDoc(d)
		return c.habit(d, c.docs[with])
	}
	// Of 11 others and fewReports all 11 hold what these share.
	if got, want := habit("a", "c"), 11./21; math.Abs(got-want) > .001 {
		t.Errorf("what all reports share is a habit of %.3f, want %.3f", got, want)
	}
	if got := habit("a", "b"); got > .25 {
		t.Errorf("what two reports tell is a habit of %.3f", got)
	}
	c.Restore(Doc{ID: "d", Language: "en", Source: "few.example", Title: "Harbour crane topples onto barge", At: start}, "one")
	c.Restore(Doc{ID: "e", Language: "en", Source: "few.example", Title: "Harbour crane topples onto barge", At: start}, "one")
	if got := habit("e", "d"); got != 0 {
		t.Errorf("what the only two reports of an outlet tell is a habit of %.3f", got)
	}
}
