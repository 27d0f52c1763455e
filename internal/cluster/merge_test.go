package cluster

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// TestMeasureMerges: what the sums give of two stories is what all pairs of their reports give.
func TestMeasureMerges(t *testing.T) {
	words := []string{
		"ferry", "fog", "lock", "barges", "Velmora", "quay", "queue", "pilots", "blockade", "council", "tides", "harbour", "crew", "cargo",
	}
	sizes := map[string]int{"single": 1, "few": 5, "six": 6, "many": 9}
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
			large, small := a, b
			if b.voices > a.voices {
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
