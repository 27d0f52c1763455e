package web

import "slices"

// A diffBudget bounds what the comparisons of one page cost together. Whoever writes
// the feed of an outlet decides how often an article changes, and how much.
type diffBudget struct {
	words int // to compare, on both sides: the work grows with their square at worst
	bytes int // to show
}

// Three rewritten articles of a thousand words can be compared for one page, or dozens
// of paragraphs. What is shown leaves the page below its weight.
func newDiffBudget() *diffBudget { return &diffBudget{words: 8000, bytes: 32 << 10} }

// line is diffWords; ok is false where the budget does not allow it.
func (b *diffBudget) line(from, to string) (pieces []piece, ok bool) {
	if !b.compare(differing(from, to)...) {
		return nil, false
	}
	pieces = diffWords(from, to)
	if !b.show(pieces) {
		return nil, false
	}
	return pieces, true
}

// text is diffParagraphs; ok is false where the budget does not allow it.
func (b *diffBudget) text(from, to string) (changed [][]piece, ok bool) {
	old, cur := paragraphs(from), paragraphs(to)
	for len(old) > 0 && len(cur) > 0 && old[0] == cur[0] {
		old, cur = old[1:], cur[1:]
	}
	for len(old) > 0 && len(cur) > 0 && old[len(old)-1] == cur[len(cur)-1] {
		old, cur = old[:len(old)-1], cur[:len(cur)-1]
	}
	gone, come := without(old, cur), without(cur, old)
	texts := slices.Concat(gone, come)
	if len(gone) == 1 && len(come) == 1 { // each is compared with the other
		texts = differing(gone[0], come[0])
	}
	if len(old)+len(cur) > b.words || !b.compare(texts...) {
		return nil, false
	}
	b.words -= min(len(old)+len(cur), b.words) // the paragraphs are compared as a whole first
	changed = diffParagraphs(from, to)
	if !b.show(changed...) {
		return nil, false
	}
	return changed, true
}

// compare takes the words of texts from the budget, if it has as many.
func (b *diffBudget) compare(texts ...string) bool {
	const long = 32 // bytes of a word: more than those of any text have on average
	n := 0
	for _, t := range texts {
		if len(t) > long*b.words {
			return false // without a look at it
		}
		if n += len(splitWords(t)); n > b.words {
			return false
		}
	}
	b.words -= n
	return true
}

// show takes the sizes of texts from the budget, if it has as much.
func (b *diffBudget) show(texts ...[]piece) bool {
	const mark = len("<del></del>")
	n := 0
	for _, pieces := range texts {
		for _, p := range pieces {
			n += len(p.Text) + mark
		}
	}
	if n > b.bytes {
		return false
	}
	b.bytes -= n
	return true
}

// differing returns what is left of two texts without what both begin and end with.
func differing(from, to string) []string {
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	for len(from) > 0 && len(to) > 0 && from[len(from)-1] == to[len(to)-1] {
		from, to = from[:len(from)-1], to[:len(to)-1]
	}
	return []string{from, to}
}

// without returns those of list that are not among others.
func without(list, others []string) []string {
	there := make(map[string]bool, len(others))
	for _, o := range others {
		there[o] = true
	}
	var left []string
	for _, p := range list {
		if !there[p] {
			left = append(left, p)
		}
	}
	return left
}
