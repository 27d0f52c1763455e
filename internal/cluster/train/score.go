package main

import (
	"cmp"
	"maps"
	"slices"
)

// A result is how well a set was placed: BCubed figures where stories are labelled, plain
// ones where pairs are.
type result struct {
	precision, recall, f float64
	// both is the share of stories with several sides of which two stand together, and
	// nothing else with them; less than 0 where no sides are known.
	both float64
}

// score compares the stories of documents with the labels.
func (s *set) score(of map[string]string) result {
	if len(s.story) == 0 {
		return s.scorePairs(of)
	}
	type cell struct{ gold, placed string }
	gold, placed, joint, sagas := map[string]float64{}, map[string]float64{}, map[cell]float64{}, map[cell]float64{}
	for id, g := range s.story {
		gold[g]++
		placed[of[id]]++
		joint[cell{g, of[id]}]++
		if saga := s.saga[g]; saga != "" {
			sagas[cell{saga, of[id]}]++
		}
	}
	var r result
	for _, k := range slices.SortedFunc(maps.Keys(joint), func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.gold, b.gold), cmp.Compare(a.placed, b.placed))
	}) {
		counted := placed[k.placed]
		if saga := s.saga[k.gold]; saga != "" {
			counted -= sagas[cell{saga, k.placed}] - joint[k]
		}
		r.precision += joint[k] * joint[k] / counted
		r.recall += joint[k] * joint[k] / gold[k.gold]
	}
	n := float64(len(s.story))
	r.precision, r.recall = r.precision/n, r.recall/n
	r.f = harmonic(r.precision, r.recall)

	sides := map[string]map[string]bool{}
	seen := map[cell]map[string]bool{}
	add := func(m map[string]bool, side string) map[string]bool {
		if m == nil {
			m = map[string]bool{}
		}
		m[side] = true
		return m
	}
	for id, side := range s.side {
		if g := s.story[id]; side != "" {
			sides[g] = add(sides[g], side)
			k := cell{g, of[id]}
			seen[k] = add(seen[k], side)
		}
	}
	met := map[string]bool{}
	for k, list := range seen {
		if len(list) > 1 && joint[k] == placed[k.placed] {
			met[k.gold] = true
		}
	}
	several := 0
	for _, list := range sides {
		if len(list) > 1 {
			several++
		}
	}
	if r.both = -1; several > 0 {
		r.both = float64(len(met)) / float64(several)
	}
	return r
}

func (s *set) scorePairs(of map[string]string) result {
	var right, together, same float64
	for p, yes := range s.pairs {
		placed := of[p[0]] == of[p[1]]
		if placed {
			together++
		}
		if yes {
			same++
		}
		if placed && yes {
			right++
		}
	}
	p, r := right/max(together, 1), right/max(same, 1)
	return result{p, r, harmonic(p, r), -1}
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}
