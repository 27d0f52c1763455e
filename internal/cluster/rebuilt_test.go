package cluster

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

// eager returns a model that joins and merges often, so that what follows from it is tested.
func eager(t interface{ Fatal(args ...any) }) *Model {
	m, err := ParseModel("version eager\njoin\nleast .5\nalone .5\nbias -2\nstory 5\nclosest 5\nage -1\nold -1\ngap -1\nelsewhere -1\nseries -12\nhabit -5\nmerge\nleast .5\nbias -4\nmean 20\nlarge\nleast .5\nbias -4\nmean 20\n")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestRebuilt: stopped anywhere and rebuilt from what the store would have kept, a
// clusterer goes on exactly as if it had never stopped, whatever was moved meanwhile.
func TestRebuilt(t *testing.T) {
	const window = 24 * time.Hour
	options := Options{Window: window, Model: eager(t)}
	merges, moves, apart := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		docs, _ := events(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 12).Draw(t, "events"), rapid.IntRange(3, 9).Draw(t, "tellers"))
		for i := range docs {
			docs[i].Source = rapid.SampledFrom([]string{"", "north.example", "south.example"}).Draw(t, "source")
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				if i > 0 {
					docs[i].WireRoot = docs[rapid.IntRange(0, i-1).Draw(t, "root")].ID
				}
			case 1:
				docs[i].At = docs[i].At.Add(-time.Duration(rapid.IntRange(1, 60).Draw(t, "late")) * time.Hour)
			case 2:
				docs[i].Language = rapid.SampledFrom([]string{"de", "ru", "und", "", "no language"}).Draw(t, "language")
			}
		}
		straight := NewClusterer(options)
		stopped := NewClusterer(options)
		stories := map[string]string{}
		for i, d := range docs {
			if rapid.IntRange(0, 7).Draw(t, "stop") == 0 {
				var latest time.Time
				for _, p := range docs[:i] {
					if p.At.After(latest) {
						latest = p.At
					}
				}
				stopped = NewClusterer(options)
				for _, p := range docs[:i] {
					if !p.At.Before(latest.Add(-2 * window)) {
						stopped.Restore(p, stories[p.ID])
					}
				}
			}
			want, got := straight.Add(d), stopped.Add(d)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("document %d, %s (-straight +stopped):\n%s", i, d.ID, diff)
			}
			merges += len(want.Merges)
			apart += len(slices.DeleteFunc(slices.Clone(want.Moves), func(m news.Move) bool { return !strings.HasPrefix(m.Why, grownApart) }))
			apply(stories, d.ID, want)
			if rapid.IntRange(0, 5).Draw(t, "move") == 0 {
				moved := docs[rapid.IntRange(0, i).Draw(t, "moved")].ID
				to := stories[docs[rapid.IntRange(0, i).Draw(t, "to")].ID]
				if rapid.Bool().Draw(t, "to a new one") {
					to = fmt.Sprint("new ", i)
				}
				for _, c := range []*Clusterer{straight, stopped} {
					if m := c.docs[moved]; m != nil && m.story.id != to {
						c.move(m, to)
						moves++
					}
				}
				stories[moved] = to
			}
			check(t, straight)
		}
	})
	if moves == 0 {
		t.Error("nothing moved")
	}
	if apart == 0 {
		t.Error("no story was taken apart")
	}
	if merges == 0 {
		t.Error("no two stories merged: the model is not eager enough to test what follows")
	}
}

// strandsOf yields what c has of all stories in each language.
func strandsOf(c *Clusterer) iter.Seq[*story] {
	return func(yield func(*story) bool) {
		for id := range c.stories {
			for s := range c.strands(id) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// check compares the sums that a clusterer keeps with what they are sums of.
func check(t *rapid.T, c *Clusterer) {
	docs, tellers := map[uint32]int32{}, map[uint32]int32{}
	inStories := 0
	crowded, told := map[uint16]int32{}, map[uint16]int32{}
	outlets := map[uint32]int{}
	spoken := make([]int32, len(c.spoken))
	for _, d := range c.docs {
		spoken[d.lang]++
	}
	if !slices.Equal(spoken, c.spoken) {
		t.Fatalf("documents of the languages are %v, counted are %v", spoken, c.spoken)
	}
	for s := range strandsOf(c) {
		inStories += len(s.members)
		if c.strand(s.id, s.lang) != s {
			t.Fatalf("story %s has two strands in a language", s.id)
		}
		if s.voices > 0 {
			told[s.lang]++
		}
		if s.voices >= manyVoices {
			crowded[s.lang] += int32(s.voices) //nolint:gosec // some
		}
		sums := map[uint32]uint32{}
		voices := 0
		var times []int64
		for _, m := range s.members {
			if m.story != s || c.docs[m.id] != m || m.lang != s.lang {
				t.Fatalf("%s is not where it says", m.id)
			}
			if of := c.others.Story(m.id); of != "" && of != s.key(c) {
				t.Fatalf("%s is in %s, and across languages in %s", m.id, s.key(c), of)
			}
			if !m.mute {
				voices++
				outlets[m.source]++
				if !m.undated {
					times = append(times, m.at)
				}
			}
			for _, w := range m.vec {
				sums[w.term] += uint32(w.weight)
				docs[w.term]++
			}
		}
		if slices.Sort(times); !slices.Equal(times, s.times) {
			t.Fatalf("story %s has times %v, its members %v", s.id, s.times, times)
		}
		for term := range sums {
			tellers[term]++
		}
		got := maps.Collect(s.terms())
		if (s.vec != nil) != (voices > 1) || !maps.Equal(sums, got) || voices != s.voices {
			t.Fatalf("story %s does not weigh what its members do", s.id)
		}
	}
	for i, l := range c.terms.languages {
		if l.crowded != crowded[uint16(i)] {
			t.Fatalf("%d reports of language %d are in large stories, counted are %d", crowded[uint16(i)], i, l.crowded)
		}
		if l.stories != told[uint16(i)] {
			t.Fatalf("%d stories are of language %d, counted are %d", told[uint16(i)], i, l.stories)
		}
	}
	if inStories != len(c.docs) || len(c.oldest) != len(c.docs) {
		t.Fatalf("%d documents in stories, %d in all, %d by time", inStories, len(c.docs), len(c.oldest))
	}
	if len(c.terms.byKey) != len(docs) || len(c.terms.all)-len(c.terms.free) != len(docs) {
		t.Fatalf("%d terms, %d in use", len(c.terms.byKey), len(docs))
	}
	for term, n := range docs {
		if c.terms.all[term].docs != n {
			t.Fatalf("a term in %d documents counts %d", n, c.terms.all[term].docs)
		}
		if c.terms.all[term].stories != tellers[term] {
			t.Fatalf("a term in %d stories counts %d", tellers[term], c.terms.all[term].stories)
		}
	}
	if !maps.Equal(outlets, c.outlets) {
		t.Fatalf("outlets have %v reports, counted are %v", outlets, c.outlets)
	}
	dirty := slices.ContainsFunc(c.terms.states, func(s state) bool { return s.laid != 0 }) ||
		slices.ContainsFunc(c.scratch.docs, func(product float64) bool { return product != 0 }) ||
		slices.ContainsFunc(c.scratch.asked, func(at uint8) bool { return at != 0 })
	if dirty {
		t.Fatal("scratch is not clean")
	}
	checkPostings(t, c)
}

// checkPostings: of every term the postings are those of the documents that are found by it,
// and of some that were forgotten, whose slots are not used again before.
func checkPostings(t *rapid.T, c *Clusterer) {
	t.Helper()
	want := map[[2]uint32]uint16{}
	for _, d := range c.docs {
		if c.slots.docs[d.slot] != d || c.numbers[c.slots.story[d.slot]] != d.story {
			t.Fatalf("%s is not in its slot, or not with its story", d.id)
		}
		for _, w := range d.vec {
			if w.marks&indexed != 0 {
				want[[2]uint32{w.term, d.slot}] = w.weight
			}
		}
	}
	owed := make([]uint8, len(c.slots.docs))
	for term, e := range c.terms.all {
		dead := 0
		for _, p := range e.postings {
			at := [2]uint32{uint32(term), p.slot}
			if w, ok := want[at]; ok && w == p.weight {
				delete(want, at)
				continue
			}
			dead++
			owed[p.slot]++
		}
		if dead != int(e.dead) || e.key == 0 && len(e.postings) > 0 {
			t.Fatalf("a term has %d postings of forgotten documents and counts %d", dead, e.dead)
		}
	}
	if len(want) > 0 || !slices.Equal(owed, c.slots.owed) {
		t.Fatalf("%d postings are missing, or slots owe others than there are", len(want))
	}
	for _, slot := range c.slots.free {
		if owed[slot] != 0 || c.slots.docs[slot] != nil {
			t.Fatalf("slot %d is free and used", slot)
		}
	}
}
