package cluster

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// TestMeasureMerges: what the sums give of two stories is what all pairs of their reports give.
func TestMeasureMerges(t *testing.T) {
	words := []string{
		"ferry", "fog", "lock", "barges", "Velmora", "quay", "queue", "pilots", "blockade", "council", "tides", "harbour", "crew", "cargo",
	}
	sizes := map[string]int{"single": 1, "few": 5, "six": 6, "another six": 6, "many": 9}
	c := NewClusterer(Options{})
	for name, n := range sizes {
		for i := range n {
			title := ""
			for j := range 6 {
				title += words[(len(name)*3+i*5+j*j+j)%len(words)] + " "
			}
			c.Restore(Doc{ID: fmt.Sprint(name, i), Language: "en", Title: title, At: start.Add(time.Duration(i) * time.Minute)}, name)
		}
	}
	cosines := func(a, b *story) (mean float64) {
		n := 0
		for _, d := range a.members {
			c.layDoc(d)
			for _, o := range b.members {
				if o != d {
					mean += c.cosineDoc(o)
					n++
				}
			}
			c.clearDoc(d)
		}
		return mean / float64(max(n, 1))
	}
	near := func(what string, got, want float64) {
		t.Helper()
		// Lengths are taken from a few reports of each.
		if math.Abs(got-want) > .1*want+.001 {
			t.Errorf("%s: %.3f, want %.3f", what, got, want)
		}
	}
	for one := range sizes {
		for other := range sizes {
			if one == other {
				continue
			}
			a, b := c.stories[one], c.stories[other]
			pairs := []pair{{story: b}}
			c.measureMerges(a, pairs)
			p, what := &pairs[0], one+" and "+other
			mean, low := cosines(a, b), min(cosines(a, a), cosines(b, b))
			near(what+", mean", p.x[mMean], mean)
			turned := []pair{{story: a}}
			c.measureMerges(b, turned)
			for i, x := range turned[0].large {
				if math.Abs(x-p.large[i]) > 1e-9 {
					t.Errorf("%s: %s is %.3f, and %.3f where the other is given", what, LargeFeatures[i].Name, p.large[i], x)
				}
			}
			large, small := a, b
			if b.voices > a.voices || b.voices == a.voices && cosines(b, b) > cosines(a, a) {
				large, small = b, a
			}
			if p.isLarge != (large.voices >= largeVoices) {
				t.Errorf("%s: large is %v", what, p.isLarge)
			}
			if !p.isLarge {
				if slices.ContainsFunc(p.large[:], func(x float64) bool { return x != 0 }) {
					t.Errorf("%s: %v of a small pair", what, p.large)
				}
				continue
			}
			near(what+", mean of the large", p.large[lMean], mean)
			near(what+", ratio", p.large[lRatio], mean/cosines(large, large))
			if one, want := p.large[lOne] == 1, small.voices == 1; one != want {
				t.Errorf("%s: one is %v", what, one)
			}
			if small.voices >= largeVoices {
				near(what+", loose", p.large[lLoose], mean/low)
			} else if p.large[lTwo] != 0 || p.large[lLoose] != 0 {
				t.Errorf("%s: two %v, loose %v", what, p.large[lTwo], p.large[lLoose])
			}
		}
	}
}

// TestMerge: two stories that grew apart become one when a document shows that they are
// one; the older keeps its id.
func TestMerge(t *testing.T) {
	c := NewClusterer(Options{})
	add := func(id, title string) Decision {
		return c.Add(Doc{ID: id, Language: "en", Title: title, At: start})
	}
	a := add("a1", "Velmora lock reopens, ferries wait")
	for i := range 3 {
		add(fmt.Sprint("a", i+2), "Velmora lock reopens, ferries wait at quay")
	}
	b := add("b1", "Nine-day blockade of Ester barges ended")
	for i := range 3 {
		add(fmt.Sprint("b", i+2), "Ester barges: blockade ended, nine-day queue")
	}
	if a.StoryID == b.StoryID {
		t.Fatal("one story from the beginning")
	}
	var merged, want *news.Merge
	for i := range 8 {
		d := add(fmt.Sprint("c", i), "Velmora lock reopens, ferries wait: blockade of Ester barges ended, nine-day queue")
		if len(d.Merges) > 0 {
			merged = &d.Merges[0]
			want = &news.Merge{From: b.StoryID, Into: a.StoryID, Score: merged.Score, Why: fmt.Sprintf("a report was like both, and they like each other, %.2f", merged.Score), Model: DefaultModel().Version, Witness: fmt.Sprint("c", i)}
			if d.StoryID != a.StoryID || !strings.Contains(d.Why, "two stories that are one") {
				t.Errorf("merged as %+v", d)
			}
		}
	}
	if merged == nil || merged.Score < DefaultModel().Large.Least { // with the first of c, one of the two is large
		t.Fatalf("merge %+v", merged)
	}
	if diff := cmp.Diff(want, merged); diff != "" {
		t.Errorf("merge (-want +got):\n%s", diff)
	}
	if got := add("b9", "Ester barges: blockade ended, nine-day queue").StoryID; got != a.StoryID {
		t.Errorf("afterwards a report joins %s", got)
	}
}

// TestWitness: a report that stood alone is taken in when others have told more of the
// event, by a document that is like both; not without it, and not days later.
func TestWitness(t *testing.T) {
	tell := func(after time.Duration, witness string) map[string]string {
		c, at := NewClusterer(Options{}), start
		stories := map[string]string{}
		for i, title := range []string{
			"Dredger lost anchor at buoy nine",
			"Cable to Gannet Island fails, radio silent, school closed",
		} {
			if i > 0 {
				at = start.Add(after)
			}
			id := fmt.Sprint(i)
			apply(stories, id, c.Add(Doc{ID: id, Language: "en", Title: title, At: at}))
		}
		if stories["0"] == stories["1"] {
			t.Fatalf("to begin with: %v", stories)
		}
		apply(stories, "w", c.Add(Doc{ID: "w", Language: "en", Title: witness, At: at}))
		return stories
	}
	const witness = "Cable to Gannet Island fails, radio silent: dredger lost anchor at buoy"
	if got := tell(time.Hour, witness); got["0"] != got["1"] || got["w"] != got["1"] {
		t.Errorf("with a witness: %v", got)
	}
	if got := tell(time.Hour, "Cable to Gannet Island fails, school closed"); got["0"] == got["1"] {
		t.Errorf("without one: %v", got)
	}
	if got := tell(60*time.Hour, witness); got["0"] == got["1"] {
		t.Errorf("days later: %v", got)
	}
}

// TestSeriesWitness: a report of another outlet that is like two of a series does not make them one.
func TestSeriesWitness(t *testing.T) {
	c := NewClusterer(Options{})
	stories := map[string]string{}
	for i, d := range []Doc{
		{Source: "quay.example", Title: "Anna Varga wins vote in Osterbruck"},
		{Source: "quay.example", Title: "Anna Varga wins vote in Lamberg"},
		{Source: "mole.example", Title: "Anna Varga takes Osterbruck and Lamberg vote"},
	} {
		d.ID, d.Language, d.At = fmt.Sprint(i), "en", start.Add(time.Duration(i)*time.Hour)
		apply(stories, d.ID, c.Add(d))
	}
	if stories["0"] == stories["1"] {
		t.Errorf("two of a series are one story: %v", stories)
	}
}

// TestMergeOver: of two pairs of which one is large, that is more clearly one event whose model says so more
// clearly beside the least that it asks for, not that with the higher probability.
func TestMergeOver(t *testing.T) {
	m := &Model{
		Merge: Linear{Least: .9, Bias: 2.3, Weights: make([]float64, nMerge)},
		Large: Linear{Least: .5, Bias: 2, Weights: make([]float64, nLarge)},
	}
	small, smallOver := m.one(&pair{})
	large, largeOver := m.one(&pair{isLarge: true})
	if small <= large || smallOver >= largeOver || smallOver < 0 || largeOver < 0 {
		t.Errorf("small: %.3f, over by %.3f; large: %.3f, %.3f", small, smallOver, large, largeOver)
	}
	m.Merge.Bias = 2
	if prob, over := m.one(&pair{}); prob >= m.Merge.Least || over >= 0 {
		t.Errorf("%.3f is over .9 by %.3f", prob, over)
	}
}
