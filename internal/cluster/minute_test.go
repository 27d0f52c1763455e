package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// throughMinutes places docs as parallax cluster does.
func throughMinutes(docs []Doc) map[string]string {
	c, s := NewClusterer(Options{}), newShelf()
	var m Minute
	place := func(ready []Doc) {
		for _, d := range ready {
			s.keep(d.ID, c.Add(d))
		}
	}
	for _, d := range docs {
		place(m.Take(d))
	}
	place(m.Rest())
	return s.of
}

// asTheyCome places docs one after another.
func asTheyCome(docs []Doc) map[string]string {
	c, s := NewClusterer(Options{}), newShelf()
	for _, d := range docs {
		s.keep(d.ID, c.Add(d))
	}
	return s.of
}

// eachMinute calls f with the documents of each minute.
func eachMinute(docs []Doc, f func([]Doc)) {
	for len(docs) > 0 {
		n := slices.IndexFunc(docs, func(d Doc) bool { return !minuteOf(d).Equal(minuteOf(docs[0])) })
		if n < 0 {
			n = len(docs)
		}
		f(docs[:n])
		docs = docs[n:]
	}
}

// TestMinute: in whatever order the documents of a minute come, each gets the same story; those
// without a time are placed in the order in which they come.
func TestMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs, _ := events(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 10).Draw(t, "events"), rapid.IntRange(1, 6).Draw(t, "tellers"))
		scale := time.Duration(rapid.SampledFrom([]int{1, 20, 500}).Draw(t, "times denser"))
		for i := range docs {
			docs[i].At = start.Add(docs[i].At.Sub(start) / scale)
		}
		slices.SortFunc(docs, func(a, b Doc) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
		for i := range rapid.IntRange(0, 2).Draw(t, "undated") {
			docs = append(docs, Doc{ID: fmt.Sprint("undated", i), Language: "en", Title: docs[i%len(docs)].Title})
		}
		want := asTheyCome(docs)
		shuffled := slices.Clone(docs)
		eachMinute(shuffled, func(minute []Doc) {
			if !minute[0].At.IsZero() {
				copy(minute, rapid.Permutation(minute).Draw(t, "minute"))
			}
		})
		if diff := gocmp.Diff(want, throughMinutes(shuffled)); diff != "" {
			t.Fatalf("the order within a minute matters (-want +got):\n%s", diff)
		}
	})
}

// TestMinuteBound: of more than can be held, what is held is given out in parts, and all of it.
func TestMinuteBound(t *testing.T) {
	var m Minute
	n := 0
	for i := range minuteDocs + 2 {
		ready := m.Take(Doc{ID: fmt.Sprint(i), At: start})
		if len(ready) > 0 && i != minuteDocs {
			t.Fatalf("%d documents given out at the %dth", len(ready), i)
		}
		n += len(ready)
	}
	if n += len(m.Rest()); n != minuteDocs+2 {
		t.Errorf("%d of %d documents given out", n, minuteDocs+2)
	}
}

// difference returns the share of pairs that stand together in a or in b but not in both, and of
// documents that have another story.
func difference(a, b map[string]string) (pairs, ids float64) {
	together := func(of map[string]string) map[[2]string]bool {
		by := map[string][]string{}
		for d, s := range of {
			by[s] = append(by[s], d)
		}
		all := map[[2]string]bool{}
		for _, docs := range by {
			slices.Sort(docs)
			for i, x := range docs {
				for _, y := range docs[:i] {
					all[[2]string{y, x}] = true
				}
			}
		}
		return all
	}
	inA, inB := together(a), together(b)
	both, other := 0, 0
	for p := range inA {
		if inB[p] {
			both++
		}
	}
	for d, s := range a {
		if b[d] != s {
			other++
		}
	}
	return 1 - float64(both)/float64(max(len(inA)+len(inB)-both, 1)), float64(other) / float64(len(a))
}

// TestMinuteOfStreams: the same on a real stream, with five orders of each minute; further, what the order
// does where a minute is not waited for, as between two batches of a hub.
func TestMinuteOfStreams(t *testing.T) {
	const documents, orders = 2000, 5
	for _, folder := range streamsToMeasure() { // docs/clustering.md has what all of them give
		t.Run(filepath.Base(folder), func(t *testing.T) {
			docs := make([]Doc, 0, documents)
			all := realStream(t, folder)
			for _, a := range all[max(len(all)-documents, 0):] { // the last, for at first a hub is filled
				docs = append(docs, a.Doc)
			}
			slices.SortFunc(docs, func(a, b Doc) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
			want := asTheyCome(docs)
			var pairs, ids [2]float64
			for seed := range uint64(orders) {
				r := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // not for secrets
				shuffled, batches := slices.Clone(docs), slices.Clone(docs)
				eachMinute(shuffled, func(m []Doc) { r.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] }) })
				if diff := gocmp.Diff(want, throughMinutes(shuffled)); diff != "" {
					t.Fatalf("order %d of the minutes (-want +got):\n%s", seed, diff)
				}
				eachMinute(batches, func(m []Doc) {
					second := map[string]int{}
					for _, d := range m {
						second[d.ID] = r.IntN(2)
					}
					slices.SortStableFunc(m, func(a, b Doc) int { return cmp.Compare(second[a.ID], second[b.ID]) })
				})
				for i, order := range [][]Doc{shuffled, batches} {
					p, n := difference(want, asTheyCome(order))
					pairs[i] += p / orders
					ids[i] += n / orders
				}
			}
			t.Logf("%d documents in %d stories; one by one in any order %.1f %% of pairs and %.1f %% of ids differ, in two batches %.1f %% and %.1f %%",
				len(docs), len(slices.Compact(slices.Sorted(maps.Values(want)))), 100*pairs[0], 100*ids[0], 100*pairs[1], 100*ids[1])
		})
	}
}
