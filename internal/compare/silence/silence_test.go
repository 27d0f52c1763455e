package silence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

const old = 24 * time.Hour

// outlets returns n of a side, of which the first told tell the story, each in that many
// others of a hundred.
func outlets(side string, n, told, others int) []Outlet {
	var list []Outlet
	for i := range n {
		o := Outlet{Side: side, Owner: fmt.Sprint(side, i), Told: i < told, Stories: others}
		if o.Told {
			o.Stories++
		}
		list = append(list, o)
	}
	return list
}

func join(lists ...[]Outlet) (all []Outlet) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func TestJudge(t *testing.T) {
	type want struct {
		owners   int
		enough   bool
		expected string
		fewer    bool
		misses   bool
	}
	for _, test := range []struct {
		name    string
		outlets []Outlet
		stories int
		age     time.Duration
		want    want // of side a
	}{
		{"nobody", nil, 100, old, want{0, false, "0.00", false, false}},
		{"as expected", join(outlets("a", 8, 4, 20), outlets("b", 14, 7, 20)), 101, old, want{11, true, "4.00", false, false}},
		{"none of four expected", join(outlets("a", 8, 0, 20), outlets("b", 14, 11, 20)), 101, old, want{11, true, "4.00", true, true}},
		{"one of six expected", join(outlets("a", 12, 1, 20), outlets("b", 12, 11, 20)), 101, old, want{12, true, "6.00", true, true}},
		{"fewer, and yet many", join(outlets("a", 30, 9, 20), outlets("b", 30, 27, 20)), 101, old, want{36, true, "18.00", true, false}},
		{"seven owners are too few", join(outlets("a", 7, 0, 20), outlets("b", 7, 7, 20)), 101, old, want{7, false, "3.50", false, false}},
		{"too young", join(outlets("a", 8, 0, 20), outlets("b", 14, 11, 20)), 101, MinAge - time.Millisecond, want{11, false, "4.00", false, false}},
		{"old enough", join(outlets("a", 8, 0, 20), outlets("b", 14, 11, 20)), 101, MinAge, want{11, true, "4.00", true, true}},
		{"who rarely takes part is hardly expected", join(outlets("a", 8, 0, 1), outlets("b", 14, 11, 20)), 101, old, want{11, true, "1.02", false, false}},
		{"nothing is known of before", join(outlets("a", 8, 0, 0), outlets("b", 14, 11, 0)), 1, old, want{11, false, "4.00", false, false}},
		{"little is known of before", join(outlets("a", 8, 0, 0), outlets("b", 14, 11, 0), []Outlet{{Side: "a", Owner: "x", Stories: 2}}), 3, old, want{11, true, "4.61", false, false}},
		{"all who could have told it did", join(outlets("a", 3, 3, 20), outlets("b", 9, 9, 20)), 101, old, want{12, true, "3.00", false, false}},
		{"the only side", outlets("a", 20, 12, 20), 101, old, want{12, true, "12.00", false, false}},
		{"unplaced outlets count nowhere", join(outlets("a", 8, 0, 20), outlets(news.Unplaced, 14, 11, 20)), 101, old, want{0, false, "0.00", false, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Judge(test.outlets, test.stories, test.age)
			s := f.Sides["a"]
			got := want{f.Owners, f.Enough, fmt.Sprintf("%.2f", s.Expected), s.Fewer, s.Misses}
			if got != test.want {
				t.Errorf("got %+v (z %.2f), want %+v", got, s.Z, test.want)
			}
		})
	}
}

// An owner with many outlets is one owner, on each side on which he has some.
func TestOwners(t *testing.T) {
	chain := outlets("b", 11, 11, 20)
	for i := range chain {
		chain[i].Owner = "one"
	}
	if f := Judge(join(outlets("a", 8, 0, 20), chain), 101, old); f.Owners != 1 || f.Enough || f.Sides["b"].Owners != 1 {
		t.Errorf("eleven outlets of one owner: %+v", f)
	}
	f := Judge(join(outlets("a", 8, 0, 20), outlets("b", 10, 9, 20), []Outlet{{Side: "b", Owner: "one", Told: true, Stories: 20}, {Side: "c", Owner: "one", Told: true, Stories: 20}}), 101, old)
	if f.Owners != 10 || f.Sides["b"].Owners != 11 || f.Sides["b"].Told != 10 || f.Sides["c"].Told != 1 {
		t.Errorf("an owner on two sides: %+v", f)
	}
	// Two outlets that each take part in half of the stories take part in three quarters.
	two := join(outlets("a", 1, 0, 50), []Outlet{{Side: "a", Owner: "a0", Stories: 50}}, outlets("b", 10, 8, 20))
	one := join(outlets("a", 1, 0, 75), outlets("b", 10, 8, 20))
	if a, b := Judge(two, 101, old).Sides["a"].Expected, Judge(one, 101, old).Sides["a"].Expected; math.Abs(a-b) > 0.01 {
		t.Errorf("expected of an owner with two outlets: %.3f, of one with as much: %.3f", a, b)
	}
}

func draw(t *rapid.T) []Outlet {
	var list []Outlet
	for range rapid.IntRange(0, 60).Draw(t, "outlets") {
		list = append(list, Outlet{
			Side:  rapid.SampledFrom([]string{"a", "b", "c", news.Unplaced}).Draw(t, "side"),
			Owner: fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "owner")), Told: rapid.Bool().Draw(t, "told"),
			Stories: rapid.IntRange(0, 130).Draw(t, "stories"),
		})
	}
	return list
}

// Relabelled sides, in any order, give the same finding under the new labels, to the last
// bit; and what is expected of all is how many there are.
func TestSymmetry(t *testing.T) {
	other := map[string]string{"a": "c", "b": "a", "c": "b", news.Unplaced: news.Unplaced}
	rapid.Check(t, func(t *rapid.T) {
		list := draw(t)
		stories := rapid.IntRange(0, 120).Draw(t, "in all")
		f := Judge(list, stories, old)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)) //nolint:gosec // not for secrets
		moved := make([]Outlet, len(list))
		for i, j := range r.Perm(len(list)) {
			moved[j] = list[i]
			moved[j].Side = other[list[i].Side]
			moved[j].Owner = "owner " + list[i].Owner
		}
		want := Finding{Owners: f.Owners, Enough: f.Enough, Sides: map[string]Side{}}
		told, expected := 0, 0.0
		for id, s := range f.Sides {
			want.Sides[other[id]] = s
			told += s.Told
			expected += s.Expected
			if math.IsNaN(s.Z) || s.Expected < 0 || s.Expected > float64(s.Owners)+1e-6 || s.Misses && !s.Fewer {
				t.Fatalf("side %s: %+v", id, s)
			}
		}
		if math.Abs(float64(told)-expected) > 1e-6 {
			t.Fatalf("%d owners tell it, %f are expected", told, expected)
		}
		if diff := cmp.Diff(want, Judge(moved, stories, old)); diff != "" {
			t.Fatalf("sides are not treated alike (-relabelled +got):\n%s", diff)
		}
	})
}

// A press is outlets that take part in stories at rates of their own.
type press struct {
	side []string
	rate []float64
	took []int // of base stories
	base int
}

// newPress draws rates from 2 to 60 in a hundred and lets outlets take part in base stories.
func newPress(r *rand.Rand, base int, sides map[string]int) *press {
	p := &press{base: base}
	for _, id := range []string{"a", "b", "c"} {
		for range sides[id] {
			p.side = append(p.side, id)
			p.rate = append(p.rate, 0.02*math.Pow(30, r.Float64()))
		}
	}
	p.took = make([]int, len(p.side))
	for range base {
		for i := range p.side {
			if r.Float64() < p.rate[i] {
				p.took[i]++
			}
		}
	}
	return p
}

// tell draws a story: how big it is multiplies the odds of all, and those of side a by
// bent besides.
func (p *press) tell(r *rand.Rand, bent float64) []Outlet {
	size := math.Exp(3*r.Float64() - 1)
	var list []Outlet
	for i, id := range p.side {
		odds := size * p.rate[i] / (1 - p.rate[i])
		if id == "a" {
			odds *= bent
		}
		o := Outlet{Side: id, Owner: fmt.Sprint("o", i), Told: r.Float64() < odds/(1+odds), Stories: p.took[i]}
		if o.Told {
			o.Stories++
		}
		list = append(list, o)
	}
	return list
}

// Where outlets choose without looking at sides, a side is flagged no more often than
// MinZ promises; where one side hardly takes part, it is found.
func TestChanceAndPower(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 25)) //nolint:gosec // not for secrets
	for _, c := range []struct {
		name     string
		base     int
		sides    map[string]int
		atLeast  float64 // of stories of which four of a were to be expected and which a tells at a twentieth of its odds
		likewise float64 // the same, at nought
	}{
		{"a small hub in its first days", 40, map[string]int{"a": 10, "b": 10, "c": 6}, 0.4, 0.9},
		{"a hub of forty outlets", 400, map[string]int{"a": 15, "b": 15, "c": 10}, 0.6, 0.9},
		{"a large hub with a small side", 1000, map[string]int{"a": 20, "b": 120, "c": 60}, 0.7, 0.9},
	} {
		looks, flags, misses := 0, 0, 0
		power := map[float64][2]int{}
		for range 40 {
			p := newPress(r, c.base, c.sides)
			for range 100 {
				if f := Judge(p.tell(r, 1), p.base+1, old); f.Enough {
					for _, s := range f.Sides {
						looks++
						if s.Fewer {
							flags++
						}
						if s.Misses {
							misses++
						}
					}
				}
				for _, bent := range []float64{0.05, 0} {
					if f := Judge(p.tell(r, bent), p.base+1, old); f.Enough && f.Sides["a"].Expected >= 4 {
						n := power[bent]
						n[0]++
						if f.Sides["a"].Misses {
							n[1]++
						}
						power[bent] = n
					}
				}
			}
		}
		share := float64(flags) / float64(looks)
		hard, none := float64(power[0.05][1])/float64(power[0.05][0]), float64(power[0][1])/float64(power[0][0])
		t.Logf("%s: of %d looks %.2f %% flagged, %.2f %% said to miss it; found of %d stories that a side hardly tells %.0f %%, of %d that it does not tell %.0f %%",
			c.name, looks, 100*share, 100*float64(misses)/float64(looks), power[0.05][0], 100*hard, power[0][0], 100*none)
		if looks < 3000 || share > Chance || share < 0.001 {
			t.Errorf("%s: %.2f %% of %d looks are flagged by chance; promised are at most %.2f", c.name, 100*share, looks, 100*Chance)
		}
		if power[0][0] < 30 || hard < c.atLeast || none < c.likewise {
			t.Errorf("%s: found are %.0f %% of %d and %.0f %% of %d", c.name, 100*hard, power[0.05][0], 100*none, power[0][0])
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // not for secrets
	p := newPress(r, 1000, map[string]int{"a": 70, "b": 70, "c": 60})
	story := p.tell(r, 1)
	for b.Loop() {
		Judge(story, p.base, old)
	}
}
