package fact

import (
	"math/bits"
	"slices"

	"parallax/internal/lang/number"
	"parallax/internal/reading"
)

const (
	// nearby is the share of the weight of a sentence that another sentence, or a headline with its lead, has
	// if an Account comes near to it; nearbyTwo what two sentences have, one after the other, or what is no sentence in its text, and
	// nearbyAll what its whole text has.
	nearby, nearbyTwo, nearbyAll = .42, .5, .8
	// nearTerms is how many words of a sentence count, the heaviest: a bit stands for each.
	nearTerms = 64
)

// telling is from which number on the same number in two accounts may be the same thing counted.
const telling = 13

// counts reports whether one of some sentences has a number of s, in digits or in words, that is no small one.
func (r *finder) counts(s *reading.Sentence, of reading.Span) bool {
	for _, n := range s.Numbers {
		if n.Low < telling {
			continue
		}
		for i := of.From; i < of.To; i++ {
			if slices.ContainsFunc(r.Sentences[i].Numbers, func(m number.Number) bool { return m.Low == n.Low && m.High == n.High }) {
				return true
			}
		}
	}
	return false
}

// near returns which accounts come near to a sentence: they may say it in other words.
func (r *finder) near(shown int) []bool {
	s := &r.Sentences[shown]
	terms := slices.Clone(s.Terms)
	slices.SortStableFunc(terms, func(a, b int32) int {
		switch x, y := r.Terms[a].Weight, r.Terms[b].Weight; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	terms = terms[:min(len(terms), nearTerms)]
	has := make([]uint64, len(r.Sentences)) // which of the terms
	for i, t := range terms {
		for _, p := range r.Postings[t] {
			has[p] |= 1 << i
		}
	}
	// A name counts as a whole.
	var names [][2]uint64 // by what it is known; all of it
	for i := range s.Names {
		n := &s.Names[i]
		var n2 [2]uint64
		for i, t := range terms {
			if slices.Contains(n.Terms, t) {
				n2[1] |= 1 << i
				if t == n.Last || t == n.Top {
					n2[0] |= 1 << i
				}
			}
		}
		names = append(names, n2)
	}
	share := func(mask uint64) float64 {
		for _, n := range names {
			if mask&n[0] != 0 {
				mask |= n[1]
			}
		}
		sum := 0.0
		for ; mask != 0; mask &= mask - 1 {
			sum += r.Terms[terms[bits.TrailingZeros64(mask)]].Weight
		}
		return sum / s.Weight
	}
	near := make([]bool, len(r.Of))
	for a, of := range r.Of {
		if r.Coverage(s, &r.Heads[a]) >= nearby || r.Coverage(s, &r.Rests[a]) >= nearbyTwo {
			near[a] = true
			continue
		}
		var before, all uint64
		for _, mask := range has[of.From:of.To] {
			if mask != 0 && (share(mask) >= nearby || share(mask|before) >= nearbyTwo) {
				near[a] = true
				break
			}
			before, all = mask, all|mask
		}
		near[a] = near[a] || share(all) >= nearbyAll || r.counts(s, of)
	}
	return near
}
