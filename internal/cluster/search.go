package cluster

import (
	"cmp"
	"slices"
	"strings"
)

const (
	queryTerms = 12 // the heaviest terms of a document, by which stories are looked for
	// hotPostings is how many documents may hold a term that is looked up: a term of more
	// of them tells little and costs much.
	hotPostings   = 1000
	maxCandidates = 24
	closestDocs   = 3 // documents of each candidate that are compared in full
	sharedWords   = 3 // that the evidence names
	// A story whose first document is further from the document at hand than farDays is not
	// looked at; one further than otherDays is of another time: it says how common a
	// likeness is, and two stories that are so far apart do not merge.
	farDays, otherDays = 3, 2
)

// scratch is memory that each query uses and leaves clean.
type scratch struct {
	terms  []laid    // by term: the vector at hand
	norm   float64   // of that vector
	docs   []float64 // by slot: product with the query so far
	marked []uint32  // slots in docs that are not zero
	hits   []hit
	found  []candidate
	cool   []heavy
	hot    []heavy
}

// A partial is a document and its product with the query over the looked-up terms.
type partial struct {
	doc   *doc
	score float64
}

// A hit is a story that shares a term with the query.
type hit struct {
	story   *story
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
}

// candidates returns the stories that d may belong to, the best first. They stand in
// scratch memory.
func (c *Clusterer) candidates(d *doc) []candidate {
	sc := &c.scratch
	c.lookUp(d)
	// Nearness here only chooses whom to look at; what time says is learned.
	best := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.story.ordinal(), b.story.ordinal()))
	}
	found := sc.found[:0]
	least, far := 0.0, 0.0
	for i := range sc.hits {
		h := &sc.hits[i]
		score := h.closest[0].score
		if score <= least && score <= far {
			continue
		}
		if !d.undated && len(h.story.times) > 0 {
			age := days(d.at - h.story.times[0])
			if age > otherDays {
				far = max(far, score)
			}
			if age > farDays {
				continue
			}
			score /= 1 + age*age/4
		}
		if score > least {
			found = insertTop(found, candidate{story: h.story, hit: i, score: score}, maxCandidates, best)
			if len(found) == maxCandidates {
				least = found[maxCandidates-1].score
			}
		}
	}
	sc.found = found
	q := c.layDoc(d)
	c.measure(d, q, found, far)
	c.clearDoc(d)
	slices.SortFunc(found, best)
	return found
}

// lookUp fills scratch.hits with the stories that share one of the heaviest terms of d.
func (c *Clusterer) lookUp(d *doc) {
	sc := &c.scratch
	sc.docs = grow(sc.docs, len(c.slots))
	for _, w := range c.heaviest(d) {
		e := &c.terms.all[w.term]
		factor := float64(w.weight.weight) * c.terms.idf(w.term)
		for _, p := range e.postings {
			if p.of(c.slots) == nil {
				continue
			}
			if sc.docs[p.slot] == 0 {
				sc.marked = append(sc.marked, p.slot)
			}
			sc.docs[p.slot] += factor * float64(p.weight)
		}
	}
	clear(sc.hits) // no story is kept alive by them
	sc.hits = sc.hits[:0]
	for _, slot := range sc.marked {
		m := c.slots[slot]
		s := m.story
		if s.query != c.ordinal {
			s.query, s.hit = c.ordinal, len(sc.hits)
			sc.hits = append(sc.hits, hit{story: s})
		}
		sc.hits[s.hit].take(m, sc.docs[slot])
		sc.docs[slot] = 0
	}
	sc.marked = sc.marked[:0]
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
		live := len(e.postings) - e.dead
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
func (c *Clusterer) shared(d *doc, v *vector, s *story) string {
	type word struct {
		text string
		heft float64
	}
	var top []word
	c.layStory(s)
	for i, w := range d.vec {
		if sum := c.scratch.terms[w.term].weight; sum > 0 {
			heft := sum * float64(w.weight) * c.terms.idf(w.term)
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
	return strings.Join(words, ", ")
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
