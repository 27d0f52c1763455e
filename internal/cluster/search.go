package cluster

import (
	"cmp"
	"slices"
)

const (
	queryTerms = 12 // the heaviest terms of a document, by which stories are looked for
	// hotPostings is how many documents may hold a term that is looked up: a term of more
	// of them tells little and costs much.
	hotPostings   = 400
	maxCandidates = 12
	closestDocs   = 2 // documents of each candidate that are compared in full
	sharedWords   = 3 // that the evidence names
	// A story whose first document is further from the document at hand than farDays is not
	// looked at; one further than otherDays is of another time: it says how common a
	// likeness is, and two stories that are so far apart do not merge.
	farDays, otherDays = 3, 2
)

// scratch is memory that each query uses and leaves clean.
type scratch struct {
	states []state   // of the terms of one document
	norm   float64   // of the vector at hand
	mask   uint32    // the bits of state.laid that are its weights
	docs   []float64 // by slot: product with the query so far
	marked []uint32  // slots in docs that are not zero
	asked  []uint8   // by number of a story: 1 + its index in found
	hits   []hit
	found  []candidate
	pairs  []pair
	cool   []heavy
	hot    []heavy
	at     []int // where each of some terms goes
}

// A partial is a document and its product with the query over the looked-up terms.
type partial struct {
	doc   *doc
	score float64
}

// A hit is what is found of a story.
type hit struct {
	n       int // documents in closest
	closest [closestDocs]partial
}

// take keeps d if it is among the closest; of equals the earlier.
func (h *hit) take(d *doc, score float64) {
	i := h.n
	for i > 0 && (h.closest[i-1].score < score || h.closest[i-1].score == score && h.closest[i-1].doc.ordinal > d.ordinal) {
		i--
	}
	if i == closestDocs {
		return
	}
	h.n = min(h.n+1, closestDocs)
	copy(h.closest[i+1:h.n], h.closest[i:h.n-1])
	h.closest[i] = partial{d, score}
}

// A candidate is a story and how well the query fits it.
type candidate struct {
	story    *story
	hit      int     // index into scratch.hits
	score    float64 // the probability that the document belongs to it
	odds     float64 // the same as log-odds
	gap      int64   // ms to its nearest document
	likeness float64 // mean of the cosines to the story and to its closest document
	x        [nJoin]float64
	meant    bool    // both have embeddings
	meaning  float64 // how alike these are
}

// candidates returns the stories that d may belong to, the best first. They stand in
// scratch memory.
func (c *Clusterer) candidates(d *doc) []candidate {
	c.lookUp(d)
	far := c.choose(d)
	c.gatherHits(d)
	found := c.scratch.found
	q := c.layDoc(d)
	c.measure(d, q, found, far)
	c.clearDoc(d)
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.story.ordinal(), b.story.ordinal()))
	})
	return found
}

// lookUp adds up in scratch.docs what the documents of the window share with the heaviest
// terms of d.
func (c *Clusterer) lookUp(d *doc) {
	sc := &c.scratch
	sc.docs = grow(sc.docs, len(c.slots.docs))
	products, marked := sc.docs, sc.marked[:0]
	for _, w := range c.heaviest(d) {
		factor := float64(w.weight.weight) * c.terms.idf(w.term)
		for _, p := range c.terms.all[w.term].postings {
			if products[p.slot] == 0 {
				marked = append(marked, p.slot)
			}
			products[p.slot] += factor * float64(p.weight)
		}
	}
	sc.marked = marked
}

// choose fills scratch.found with the stories of the documents that share most with d. Nearness
// here only chooses whom to look at; what time says is learned. It returns the most that a
// document of a story of another time shares.
func (c *Clusterer) choose(d *doc) (far float64) {
	sc := &c.scratch
	sc.asked = grow(sc.asked, len(c.numbers))
	found := sc.found[:0]
	last := 0 // the least of found
	// Most documents share one word of no weight: they are passed by without a look at
	// their stories.
	least, sameTime := 0.0, c.allWithin(d, otherDays)
	for _, slot := range sc.marked {
		score := sc.docs[slot]
		if score < least && (sameTime || score <= far) {
			continue
		}
		number := c.slots.story[slot]
		s := c.numbers[number]
		if s == nil || c.slots.docs[slot] == d {
			continue
		}
		if !d.undated && len(s.times) > 0 {
			age := days(d.at - s.times[0])
			if age > otherDays {
				far = max(far, score)
			}
			if age > farDays {
				continue
			}
			score /= 1 + age*age/4
		}
		switch at := int(sc.asked[number]) - 1; {
		case at >= 0 && score <= found[at].score:
			continue
		case at >= 0:
			found[at].score = score
			if at != last {
				continue
			}
		case len(found) < maxCandidates:
			found = append(found, candidate{story: s, hit: len(found), score: score})
			sc.asked[number] = uint8(len(found)) //nolint:gosec // at most maxCandidates
		case score > least || score == least && s.ordinal() < found[last].story.ordinal():
			sc.asked[found[last].story.number] = 0
			found[last] = candidate{story: s, hit: last, score: score}
			sc.asked[number] = uint8(last + 1)
		default:
			continue
		}
		if len(found) == maxCandidates {
			for i := range found {
				if f, l := &found[i], &found[last]; f.score < l.score || f.score == l.score && f.story.ordinal() > l.story.ordinal() {
					last = i
				}
			}
			least = found[last].score
		}
	}
	sc.found = found
	return far
}

// allWithin reports whether all of the window is at most so many days from d.
func (c *Clusterer) allWithin(d *doc, n float64) bool {
	return len(c.oldest) > 0 && days(c.clock-d.at) <= n && days(d.at-c.oldest[0].at) <= n
}

// gatherHits fills scratch.hits with the closest documents of the stories found, and cleans up.
func (c *Clusterer) gatherHits(d *doc) {
	sc := &c.scratch
	clear(sc.hits) // no document is kept alive by them
	sc.hits = grow(sc.hits[:0], len(sc.found))
	for _, slot := range sc.marked {
		if at := sc.asked[c.slots.story[slot]]; at > 0 && c.slots.docs[slot] != d {
			sc.hits[at-1].take(c.slots.docs[slot], sc.docs[slot])
		}
		sc.docs[slot] = 0
	}
	for i := range sc.found {
		sc.asked[sc.found[i].story.number] = 0
	}
}

// A heavy is a term with its weight in the cosine.
type heavy struct {
	weight
	heft float64
	key  uint64
}

// heaviest returns the terms of d to look up. Hot terms are left out, unless there are
// no others.
func (c *Clusterer) heaviest(d *doc) []heavy {
	sc := &c.scratch
	cool, hot := sc.cool[:0], sc.hot[:0]
	order := func(a, b heavy) int { return cmp.Or(cmp.Compare(b.heft, a.heft), cmp.Compare(a.key, b.key)) }
	for _, w := range d.vec {
		e := &c.terms.all[w.term]
		live := len(e.postings) - int(e.dead)
		if live == 0 {
			continue
		}
		h := heavy{w, float64(w.weight) * float64(w.weight) * c.terms.idf(w.term), e.key}
		if live > hotPostings {
			hot = append(hot, h)
		} else {
			cool = append(cool, h)
		}
	}
	sc.cool, sc.hot = cool, hot
	if len(cool) == 0 {
		cool = hot
	}
	slices.SortFunc(cool, order)
	return cool[:min(len(cool), queryTerms)]
}

// shared names the words that weigh most in the likeness of d, whose words are in v,
// and s.
func (c *Clusterer) shared(d *doc, v *vector, s *story) []string {
	type word struct {
		text string
		heft float64
	}
	var top []word
	c.layStory(s)
	for i, w := range d.vec {
		if sum := c.terms.states[w.term].laid; sum > 0 {
			heft := float64(sum) * float64(w.weight) * c.terms.idf(w.term)
			top = insertTop(top, word{v.terms[i].word, heft}, sharedWords, func(a, b word) int {
				return cmp.Or(cmp.Compare(b.heft, a.heft), cmp.Compare(a.text, b.text))
			})
		}
	}
	c.clearStory(s)
	words := make([]string, len(top))
	for i, w := range top {
		words[i] = w.text
	}
	return words
}

// insertTop keeps the limit best of a list in order.
func insertTop[T any](list []T, v T, limit int, order func(a, b T) int) []T {
	at, _ := slices.BinarySearchFunc(list, v, order)
	if at == limit {
		return list
	}
	if len(list) == limit {
		list = list[:limit-1]
	}
	return slices.Insert(list, at, v)
}
