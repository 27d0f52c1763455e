// Package beside puts two accounts of one event side by side, sentence by sentence. Two Articles with
// their texts come in; pairs of Passages go out: what both say stands in one pair, what one alone
// says in a pair of its own. Neither is the measure of the other: exchange the two, and the same
// sentences stand together.
package beside

import (
	"cmp"
	"slices"

	"parallax/internal/news"
	"parallax/internal/reading"
)

// Two sentences stand together where each finds at least a share of least of the weight of its words in
// the other, and both shares together are at least together: about what two sentences of one
// happening have, of which one may say more than the other, and two of one topic do not.
const (
	least    = 0.3
	together = 0.84
)

// A Pair is a sentence of either account, or of both: one is the zero Passage where the other account
// says nothing like it.
type Pair struct{ Left, Right news.Passage }

// Both reports whether both accounts have it.
func (p Pair) Both() bool { return p.Left.To > 0 && p.Right.To > 0 }

// Align pairs the sentences of two accounts; cut says that the end of one was not read, for it is longer than a
// report (see package reading). Each sentence stands in one pair, in the order of left;
// those that right alone has come after the one that goes before them there. Sentences of accounts
// in two languages stand alone: their words cannot be compared.
func Align(left, right *news.Article) (pairs []Pair, cut bool) {
	all := reading.Of([]reading.Account{{Article: left, Owner: "left"}, {Article: right, Owner: "right"}})
	var of [2][]line // left, right
	for _, t := range all.Tongues {
		for i := range t.Sentences {
			s := &t.Sentences[i]
			side := 0
			if t.Accounts[s.Account].Article.ID != left.ID {
				side = 1
			}
			of[side] = append(of[side], line{t, s, -1})
		}
	}
	match(of[0], of[1])
	for i := range all.Accounts {
		cut = cut || all.Accounts[i].Part
	}

	next := 0 // of the right lines that stand alone
	alone := func(until int) {
		for ; next < until; next++ {
			if r := of[1][next]; r.mate < 0 {
				pairs = append(pairs, Pair{Right: r.passage()})
			}
		}
	}
	for _, l := range of[0] {
		p := Pair{Left: l.passage()}
		if l.mate >= 0 {
			alone(l.mate)
			p.Right = of[1][l.mate].passage()
		}
		pairs = append(pairs, p)
	}
	alone(len(of[1]))
	return pairs, cut
}

// A line is a sentence with the place of the one of the other account that stands beside it.
type line struct {
	tongue *reading.Tongue
	*reading.Sentence
	mate int
}

func (l *line) passage() news.Passage { return l.tongue.Passage(l.Sentence) }

// match makes mates of the sentences that are most alike, the likest first.
func match(left, right []line) {
	type likeness struct {
		left, right int
		share       float64
	}
	var all []likeness
	for i := range left {
		for j := range right {
			if left[i].tongue != right[j].tongue {
				continue
			}
			t := left[i].tongue
			l, r := t.Coverage(left[i].Sentence, right[j].Sentence), t.Coverage(right[j].Sentence, left[i].Sentence)
			if min(l, r) >= least && l+r >= together {
				all = append(all, likeness{i, j, l + r})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b likeness) int {
		// Of equals those that stand nearer to the beginning, on whichever side.
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.left+a.right, b.left+b.right), cmp.Compare(min(a.left, a.right), min(b.left, b.right)))
	})
	for _, l := range all {
		if left[l.left].mate < 0 && right[l.right].mate < 0 {
			left[l.left].mate, right[l.right].mate = l.right, l.left
		}
	}
}
