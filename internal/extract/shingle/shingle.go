// Package shingle tells whether one text is a copy of another: the same agency text whole,
// shortened, or with a paragraph more. Texts go in; what an index holds of them, and how
// much of one stands in another, come out.
//
// # Runs
//
// A text is its words, folded (package lang, by no language's rules, so that two copies
// whose languages were told apart are the same), and the set of its runs of five words: the
// shingles of Broder 1997. Four words are shared by strangers who quote one sentence; of ten, an
// edit takes too many with it. In scripts that are cut into pairs of characters, a run is six
// characters, and two pairs count as a word.
//
// # What is a copy
//
// Of two texts the later is a copy of the earlier if
//
//  1. both have 20 words at least: the summaries that feeds give of agency texts have so many,
//     phrases that everybody uses do not;
//  2. of the runs of the shorter, 80 in 100 stand in the longer;
//  3. of those of the later, half stand in the earlier: who has a flash and writes on has no
//     copy of it; who puts a paragraph before the flash has;
//  4. the earlier has at most 32 times as many: the first sentence, which is all that a feed may
//     give, is a copy; but a page that holds all texts of the day is the original of none;
//  5. they tell of the same: not both headlines have a word (no number) which stands in
//     their own text and nowhere in the other; and of the numbers of the shorter at most two, or
//     at most half, are missing from the longer. That parts what is written by a form: results
//     state by state, prices day by day.
//
// Where the resemblance of two sets (shared runs of all runs) is .8, 1 to 4 hold anyway, save that
// a text may be too short.
//
// # Candidates
//
// All of that is decided on the whole sets. Which pairs are looked at is decided by
// samples: the least hashes of the runs of each text (Broder's sketch: in number a 32nd of the
// runs, 8 to 24), and the least of its first 40 runs, for what is shortened begins there in most
// cases. Of two texts of one length that share 80 of 100 runs, five or more are in both samples; of a
// part from the middle of another, five times as long, one or two. TestAgainstBruteForce and
// TestParts hold how many copies are found among recorded articles: 4,567 of 4,567.
//
// Samples are stored: whoever changes words, runs or samples makes those of the last days useless.
package shingle

import (
	"slices"
)

const (
	run = 5 // words

	minWords = 20
	// contained is how many of 100 runs of the shorter text the longer must have. Of recorded
	// pairs that were read beside each other, all 52 above it were one text (14 of them between
	// 80 and 90); of 14 between 70 and 80 three were a statement quoted in full, or a report that takes
	// over much of another; between 40 and 60 half.
	contained = 80
	// own is how many of 100 runs of the later text the earlier must have.
	own = 50
	// longer is how many times as long as its copy a text can be: a summary of 25 words is
	// one of a text of 800.
	longer = 32
	// numbers is how many numbers a copy may lack or have changed, whatever their share: tolls rise.
	numbers = 2

	// A sample has one in sampled runs, but at least and at most so many; and so many of those
	// at the beginning.
	sampled, minSample, maxSample = 32, 8, 24
	beginning, fromBeginning      = 40, 6
)

// A Text is a text as its words, and its runs of words.
type Text struct {
	title   []uint64 // words of the headline that are no numbers
	words   []uint64 // of the text, in order
	numbers []uint64 // of them
	runs    []uint64 // in order
	set     []uint64 // of them, sorted, each once
	size    int      // words, two pairs of characters counted as one
}

// Of returns a text, and its headline, as words.
func Of(title, text string) *Text {
	t := &Text{words: make([]uint64, 0, len(text)/6)}
	pairs := 0
	each(text, func(w word) {
		t.words = append(t.words, w.hash)
		if w.number {
			t.numbers = append(t.numbers, w.hash)
		}
		if w.pair {
			pairs++
		}
	})
	t.size = len(t.words) - pairs/2
	if t.size < minWords {
		return t
	}
	each(title, func(w word) {
		if !w.number {
			t.title = append(t.title, w.hash)
		}
	})
	t.runs = make([]uint64, 0, len(t.words))
	for i := range len(t.words) - run + 1 {
		var h uint64
		for _, w := range t.words[i : i+run] {
			h = (h ^ w) * prime
		}
		t.runs = append(t.runs, mix(h))
	}
	t.set = distinct(t.runs)
	return t
}

// Sample returns what an index is to hold of the text, nothing of one that is too short to
// have copies: those of one text, and those of its copies, are found by having some in common.
func (t *Text) Sample() []int32 {
	n := min(max(len(t.set)/sampled, minSample), maxSample, len(t.set))
	least := t.set[:n]
	if len(t.set) > n {
		begin := distinct(t.runs[:min(beginning, len(t.runs))])
		least = distinct(slices.Concat(least, begin[:min(fromBeginning, len(begin))]))
	}
	sample := make([]int32, len(least))
	for i, h := range least {
		sample[i] = int32(uint32(h)) //nolint:gosec // the low half: the high one is small in all of them
	}
	return sample
}

// Copies reports whether later is a copy of earlier, and how many of 100 words of later
// stand in earlier, in runs of five and more.
func Copies(later, earlier *Text) (share int, copied bool) {
	if later.size < minWords || earlier.size < minWords {
		return 0, false
	}
	shared := common(later.set, earlier.set)
	shorter, other := later, earlier
	if len(other.set) < len(shorter.set) {
		shorter, other = other, shorter
	}
	switch {
	case 100*shared < contained*len(shorter.set), 100*shared < own*len(later.set), len(earlier.set) > longer*len(later.set),
		!sameNumbers(shorter, other), names(later, earlier) && names(earlier, later):
		return 0, false
	}
	return later.Share(earlier), true
}

// Share returns how many of 100 words of t stand in other, in runs of five and more.
func (t *Text) Share(other *Text) int {
	if len(t.runs) == 0 {
		return 0
	}
	n, counted := 0, 0 // words, and the first that was not looked at
	for i, r := range t.runs {
		if _, ok := slices.BinarySearch(other.set, r); ok {
			n += i + run - max(i, counted)
			counted = i + run
		}
	}
	return 100 * n / len(t.words)
}

// sameNumbers reports whether the longer text has the numbers of the shorter.
func sameNumbers(shorter, other *Text) bool {
	has := distinct(shorter.numbers)
	missing := len(has) - common(has, distinct(other.numbers))
	return missing <= numbers || 2*missing <= len(has)
}

// names reports whether the headline of t has a word that is in its text and nowhere in other.
func names(t, other *Text) bool {
	return slices.ContainsFunc(t.title, func(w uint64) bool {
		return slices.Contains(t.words, w) && !slices.Contains(other.words, w) && !slices.Contains(other.title, w)
	})
}

// common counts what is in both of two sorted sets.
func common(a, b []uint64) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n++
			i++
			j++
		}
	}
	return n
}

// distinct returns what is in list, sorted, each once.
func distinct(list []uint64) []uint64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// mix spreads what differs over all bits (the finaliser of MurmurHash3): samples are taken
// by the high ones.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
