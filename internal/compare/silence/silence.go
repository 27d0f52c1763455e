// Package silence says how much of a Story is to be expected of each Side, and whether a
// Side has less of it than chance explains. In come the outlets that told the Story or could
// have, with what each told in the two weeks before; out comes, for each Side, how many
// owners have it, how many were to be expected, and how far apart the two are.
//
// # The rule
//
// Each owner took part in some of the Stories of those two weeks that two outlets or more
// told: that is its rate. If outlets chose their Stories without looking at sides, a Story
// that n owners have would be one that any n of them have, each the likelier the higher
// its rate. So the odds of each owner to have it are those of its rate times one factor for
// the whole Story, which is chosen such that n owners are to be expected in all. Expected of
// a Side is the sum over its owners. This is logistic regression with the rates as offsets,
// and Z is the score test (Rao 1948) of whether the log-odds of the Side differ from those
// of the others: what was found less what was expected, drawn nearer by half an owner since
// owners are whole (Yates 1934), in units of its standard deviation given n. Since the
// rates are themselves an estimate, the variance grows by n per participation known, as that
// of the difference of two samples does.
//
// A Side has Fewer owners than chance explains where Z <= -2, at least eight owners tell
// the Story, and it is at least six hours old. It Misses the Story where it moreover has at
// most a quarter of the owners expected.
//
// An owner with several outlets on one Side is one, with the rate at which at least one of
// them takes part if they choose apart from one another; an owner with outlets on two Sides
// is one on each. Outlets of which the Lens knows nothing count nowhere. The Story itself
// is taken out of the rates. Topics are not told apart: the hub knows none.
//
// All sides are treated alike: who relabels the sides of the outlets finds the same
// numbers under the new labels.
package silence

import (
	"cmp"
	"math"
	"slices"
	"time"

	"parallax/internal/news"
)

const (
	// MinOwners is how many owners must tell a Story: of fewer, one or two more or less
	// decide everything.
	MinOwners = 8
	// MinAge is how old a Story must be: outlets need some hours to report what others did.
	MinAge = 6 * time.Hour
	// MinZ is how many standard deviations below what is expected a Side must be. Chance
	// alone goes beyond it about once in forty-four times.
	MinZ = 2.0
	// Chance is that chance: the part of the normal distribution beyond MinZ on one side.
	Chance = 0.0228
	// nearly is which part of what is expected a Side may have and still be said to miss
	// the Story: one of four, one or two of eight.
	nearly = 4
)

// An Outlet told the Story or could have: the hub read it then, and it was alive.
type Outlet struct {
	Side    string // news.Unplaced: counts nowhere
	Owner   string
	Told    bool
	Stories int // in how many it took part, this one among them
}

// A Side is what was found of one.
type Side struct {
	Owners   int     // that told it or could have
	Told     int     // that told it
	Expected float64 // how many of those who told it were to be expected here
	Z        float64 // how far Told is from Expected, in standard deviations; 0 where nothing is known
	Fewer    bool    // than chance explains
	Misses   bool    // it, wholly or nearly
}

// A Finding is about one Story and one Lens.
type Finding struct {
	Owners int  // who tell it, on any side
	Enough bool // owners, age and record to judge
	Sides  map[string]Side
}

// A unit is an owner on a side.
type unit struct {
	side  string
	told  bool
	never float64 // the probability that it takes part in a Story with no outlet
	took  int
	odds  float64 // logarithm of
}

// Judge compares outlets; stories is in how many they could have taken part, and age how
// old the Story is. The order of outlets does not matter.
func Judge(outlets []Outlet, stories int, age time.Duration) Finding {
	units, owners := unitsOf(outlets, stories)
	f := Finding{Owners: owners, Sides: map[string]Side{}}
	took, told := 0, 0
	for _, u := range units {
		took += u.took
		s := f.Sides[u.side]
		s.Owners++
		if u.told {
			told++
			s.Told++
		}
		f.Sides[u.side] = s
	}
	f.Enough = owners >= MinOwners && age >= MinAge && took > 0
	factor := factorFor(units, told)
	all := 0.0
	spread := map[string]float64{} // of each side
	for _, u := range units {
		p := probability(u.odds + factor)
		s := f.Sides[u.side]
		s.Expected += p
		f.Sides[u.side] = s
		spread[u.side] += p * (1 - p)
		all += p * (1 - p)
	}
	for id, s := range f.Sides {
		// Given how many tell it in all. With one side, or where all or none tell it,
		// nothing is left to chance.
		v := spread[id] - spread[id]*spread[id]/all
		if took > 0 && all > 0 && v > 1e-9 {
			s.Z = nearer(float64(s.Told)-s.Expected) / math.Sqrt(v*(1+float64(told)/float64(took)))
		}
		s.Fewer = f.Enough && s.Z <= -MinZ
		s.Misses = s.Fewer && float64(nearly*s.Told) <= s.Expected
		f.Sides[id] = s
	}
	return f
}

// unitsOf puts the outlets of each owner on one side together, and counts the owners who
// told the story. Units stand in an order that no label decides, so that their sums are the
// same to the last bit whatever sides are called.
func unitsOf(outlets []Outlet, stories int) (units []unit, owners int) {
	outlets = slices.SortedFunc(slices.Values(outlets), func(a, b Outlet) int { return cmp.Compare(a.rate(stories), b.rate(stories)) })
	place := map[[2]string]int{}
	tellers := map[string]bool{}
	for _, o := range outlets {
		if o.Side == news.Unplaced {
			continue
		}
		key := [2]string{o.Side, o.Owner}
		i, ok := place[key]
		if !ok {
			i = len(units)
			place[key] = i
			units = append(units, unit{side: o.Side, never: 1})
		}
		u := &units[i]
		u.told = u.told || o.Told
		u.took += o.before()
		u.never *= 1 - o.rate(stories)
		if o.Told {
			tellers[o.Owner] = true
		}
	}
	for i := range units {
		units[i].odds = math.Log((1 - units[i].never) / units[i].never)
	}
	slices.SortFunc(units, func(a, b unit) int { return cmp.Compare(a.odds, b.odds) })
	return units, len(tellers)
}

// before is in how many other stories the outlet took part.
func (o Outlet) before() int {
	if o.Told {
		return max(o.Stories-1, 0)
	}
	return o.Stories
}

// rate estimates how often the outlet takes part in a story, of as many others as there
// are. Half a story more of each kind keeps it off nought and one, of which no number of
// stories can tell (Haldane 1956).
func (o Outlet) rate(stories int) float64 {
	others := max(stories-1, o.before())
	return (float64(o.before()) + 0.5) / (float64(others) + 1)
}

func probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// factorFor returns the logarithm of the factor with which told of the units are expected
// to tell a story. The sum rises with it: Newton's method finds it in a few steps, and
// where these lead astray the bounds are halved.
func factorFor(units []unit, told int) float64 {
	const (
		furthest = 60   // e to that is more than there are owners and stories
		close    = 1e-9 // owners
		steps    = 200  // halving alone takes less
	)
	low, high, x := -float64(furthest), float64(furthest), 0.0
	for range steps {
		sum, slope := 0.0, 0.0
		for _, u := range units {
			p := probability(u.odds + x)
			sum += p
			slope += p * (1 - p)
		}
		d := sum - float64(told)
		if math.Abs(d) < close {
			break
		}
		if d < 0 {
			low = x
		} else {
			high = x
		}
		if x -= d / slope; !(x > low && x < high) { // also where slope is nought
			x = (low + high) / 2
		}
	}
	return x
}

// nearer brings a difference of owners half a one nearer to none.
func nearer(d float64) float64 {
	if d < 0 {
		return min(d+0.5, 0)
	}
	return max(d-0.5, 0)
}
