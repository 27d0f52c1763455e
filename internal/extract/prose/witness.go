package prose

import "unicode"

const (
	// shingle is how many words stand for a piece of text.
	shingle = 4
	// minWitness is from how many pieces on the text that a page's metadata gives is a
	// witness.
	minWitness = 60
)

// pieces calls f with a hash of every run of words of text.
func pieces(text string, f func(uint64)) {
	const offset, prime = 14695981039346656037, 1099511628211
	var last [shingle]uint64
	n := 0
	h, in := uint64(offset), false
	word := func() {
		copy(last[:], last[1:])
		last[shingle-1] = h
		h, in = offset, false
		if n++; n >= shingle {
			x := uint64(offset)
			for _, w := range last {
				x = (x ^ w) * prime
				x ^= x >> 29
			}
			f(x)
		}
	}
	for _, r := range text {
		switch {
		case r >= 0x2E80 && unicode.IsLetter(r): // scripts without spaces
			if in {
				word()
			}
			h = (h ^ uint64(r)) * prime
			word()
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			h, in = (h^uint64(unicode.ToLower(r)))*prime, true //nolint:gosec // a letter is not negative
		case in:
			word()
		}
	}
	if in {
		word()
	}
}

// testify measures how much of every run is in the text that the page's metadata gives,
// and how much of that text is in the page.
func (t *tree) testify(text string) {
	said := map[uint64]bool{}
	pieces(text, func(x uint64) { said[x] = true })
	if len(said) < minWitness {
		return
	}
	found := map[uint64]bool{}
	for i := range t.boxes {
		b := &t.boxes[i]
		if !b.isRun() || b.chars == 0 {
			continue
		}
		all, in := 0, 0
		pieces(b.words(), func(x uint64) {
			all++
			if said[x] {
				in++
				found[x] = true
			}
		})
		if all > 0 {
			b.said = float64(in) / float64(all)
			b.told = true
		}
	}
	t.witness = float64(len(found)) / float64(len(said))
}

// Share returns how much of a text another has, as runs of a few words, each counted once:
// what is said twice is no more.
func Share(of, has string) float64 {
	said := map[uint64]bool{}
	pieces(of, func(x uint64) { said[x] = false })
	pieces(has, func(x uint64) {
		if _, ok := said[x]; ok {
			said[x] = true
		}
	})
	found := 0
	for _, in := range said {
		if in {
			found++
		}
	}
	return float64(found) / float64(max(len(said), 1))
}
