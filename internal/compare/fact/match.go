package fact

import (
	"cmp"
	"math"
	"slices"

	"parallax/internal/lang/number"
)

const (
	// covered is the share of the weight of a sentence that another has if it says the same.
	covered = .72
	// coveredPlain is the share of the weight of its words that are neither names nor numbers: names weigh
	// most, and tell who did it, not what.
	coveredPlain = .6
	// mutual is the share of its own weight that must be of the shown sentence: what says far more says
	// other things, and the one may stand in a subordinate clause.
	mutual = .3
	// order is the share of pairs of words in common, one after the other, that stand so in both: a
	// clause may be moved, but who does it and to whom is told by the order in most languages.
	order = .6
	// leastContent is how many words that weigh a sentence to be shown has at least.
	leastContent = 5
	// leastNameless is how many it has if it has neither name nor number.
	leastNameless = 8
	// longestShown is how many bytes it has at most.
	longestShown = 420
)

// coverage returns the share of the weight of s whose terms m has. A name counts as a whole, by
// whichever of its words it is known.
func (r *reading) coverage(s, m *said) float64 {
	if s.weight == 0 {
		return 0
	}
	sum := 0.0
	j := 0
	for _, id := range s.terms {
		for j < len(m.terms) && m.terms[j] < id {
			j++
		}
		if j < len(m.terms) && m.terms[j] == id {
			sum += r.terms[id].weight
		}
	}
	for i := range s.names {
		if n := &s.names[i]; len(n.terms) > 1 && m.hasName(n) {
			for _, id := range n.terms {
				if !m.has(id) {
					sum += r.terms[id].weight
				}
			}
		}
	}
	return min(sum/s.weight, 1)
}

// plainCoverage is coverage by words that are neither names nor numbers.
func (r *reading) plainCoverage(s, m *said) float64 {
	sum, all := 0.0, 0.0
	for _, id := range s.terms {
		t := &r.terms[id]
		if t.isName || t.isNumber {
			continue
		}
		all += t.weight
		if _, ok := slices.BinarySearch(m.terms, id); ok {
			sum += t.weight
		}
	}
	if all == 0 {
		return 1
	}
	return sum / all
}

// says reports whether m says what s says, and how well.
func (r *reading) says(s, m *said) (float64, bool) {
	c := r.coverage(s, m)
	if c < covered || c*s.weight < mutual*m.weight {
		return c, false
	}
	if (s.cue^m.cue)&(denies|leavesOpen) != 0 {
		return c, false
	}
	for end := range 2 {
		only := s.poles[end] &^ s.poles[1-end]
		if only&m.poles[1-end]&^m.poles[end] != 0 {
			return c, false
		}
	}
	if r.plainCoverage(s, m) < coveredPlain || !r.names(s, m) || !numbers(s, m) || !r.ordered(s, m) {
		return c, false
	}
	return c, true
}

// names reports whether m has every name of s.
func (r *reading) names(s, m *said) bool {
	for i := range s.names {
		if !m.hasName(&s.names[i]) {
			return false
		}
	}
	return true
}

// hasName reports whether m has a name.
func (m *said) hasName(n *name) bool { return m.has(n.last) || m.has(n.top) }

func (m *said) has(term int32) bool {
	_, ok := slices.BinarySearch(m.terms, term)
	return ok
}

// numbers reports whether m has every number of s.
func numbers(s, m *said) bool {
	for i := range s.numbers {
		n := &s.numbers[i]
		if n.Word && n.Low <= 1 {
			continue
		}
		if !slices.ContainsFunc(m.numbers, func(o number.Number) bool { return same(n, &o) }) {
			return false
		}
	}
	return true
}

func same(a, b *number.Number) bool {
	return a.Low == b.Low && a.High == b.High && (a.Unit == b.Unit || a.Unit == "" || b.Unit == "")
}

// ordered reports whether the words that s and m have in common stand in much the same order.
func (r *reading) ordered(s, m *said) bool {
	var places [64]int
	n := 0
	for _, w := range s.words {
		if r.terms[w.term].weight == 0 || n == len(places) {
			continue
		}
		for j, v := range m.words {
			if v.term == w.term {
				places[n] = j
				n++
				break
			}
		}
	}
	if n < 2 {
		return true
	}
	rising := 0
	for i := range n - 1 {
		if places[i] < places[i+1] {
			rising++
		}
	}
	return float64(rising) >= order*float64(n-1)
}

// clear reports whether s can be shown by itself.
func (r *reading) clear(s *said) bool {
	if s.cue&leansBack != 0 || s.content < leastContent || s.to-s.from > longestShown || s.weight == 0 {
		return false
	}
	switch {
	case len(s.names) > 0:
		return true
	case s.quoted: // by whom?
		return false
	case len(s.numbers) > 0:
		return true
	}
	// Scripts without capital letters, and what tells enough without a name.
	return s.content >= leastNameless
}

// candidates calls yield for sentences of other accounts that can cover a share of s: they have
// one of the rarest terms, without which too much would be missing.
func (r *reading) candidates(s *said, share float64, yield func(int)) {
	terms := slices.Clone(s.terms)
	slices.SortFunc(terms, func(a, b int32) int {
		return cmp.Or(cmp.Compare(len(r.postings[a]), len(r.postings[b])), cmp.Compare(a, b))
	})
	r.asked++
	missing := 0.0
	for _, t := range terms {
		if r.terms[t].weight == 0 {
			continue
		}
		for _, p := range r.postings[t] {
			if r.seen[p] != r.asked && r.sentences[p].account != s.account {
				r.seen[p] = r.asked
				yield(int(p))
			}
		}
		if missing += r.terms[t].weight; missing > (1-share)*s.weight {
			return
		}
	}
}

// groups returns the Facts of the reading.
func (r *reading) groups() []group {
	var all []group
	for i := range r.sentences {
		s := &r.sentences[i]
		if r.accounts[s.account].Original != "" || !r.clear(s) {
			continue
		}
		best := map[int]int{} // account -> sentence
		score := map[int]float64{}
		r.candidates(s, covered, func(m int) {
			c, ok := r.says(s, &r.sentences[m])
			a := r.sentences[m].account
			if old, has := best[a]; ok && (!has || c > score[a] || c == score[a] && m < old) {
				best[a], score[a] = m, c
			}
		})
		if len(best) == 0 {
			continue
		}
		g := group{read: r, shown: i}
		for _, m := range best {
			g.said = append(g.said, m)
		}
		slices.Sort(g.said)
		if g.voices = r.voices(&g); g.voices < 2 {
			continue
		}
		g.heft = s.weight / math.Sqrt(float64(letters(r.text(s))))
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.voices, a.voices), cmp.Compare(b.heft, a.heft))
	})
	// Each sentence once: what was grouped with a better one goes with it.
	used := map[int]bool{}
	var kept []group
	for _, g := range all {
		if used[g.shown] || r.told(kept, &r.sentences[g.shown]) {
			continue
		}
		taken := 0
		for _, m := range g.said {
			if used[m] {
				taken++
			}
		}
		if 2*taken >= len(g.said) {
			continue
		}
		used[g.shown] = true
		for _, m := range g.said {
			used[m] = true
		}
		kept = append(kept, g)
		if len(kept) == maxFacts {
			break
		}
	}
	return kept
}

// told reports whether one of groups shows much the same as s.
func (r *reading) told(groups []group, s *said) bool {
	const much = .6
	for i := range groups {
		o := &r.sentences[groups[i].shown]
		if r.coverage(s, o) >= much || r.coverage(o, s) >= much {
			return true
		}
	}
	return false
}

// voices counts the owners of a group, copies of one text once.
func (r *reading) voices(g *group) int {
	owners, texts := map[string]bool{}, map[string]bool{}
	for _, m := range append([]int{g.shown}, g.said...) {
		a := &r.accounts[r.sentences[m].account]
		owners[a.Owner] = true
		texts[cmp.Or(a.Original, a.Article.ID)] = true
	}
	return min(len(owners), len(texts))
}
