package cluster

import (
	"cmp"
	"math"
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
	// leastNear is the nearness in time below which a story is not looked at: it could not join
	// with equal vectors.
	leastNear = .05
)

// scratch is memory that each query uses and leaves clean.
type scratch struct {
	terms  []float64 // by term: weight in the vector at hand
	norm   float64   // of that vector
	docs   []float64 // by slot: product with the query so far
	marked []uint32  // slots in docs that are not zero
}

// A partial is a document and its product with the query over the looked-up terms.
type partial struct {
	doc   *doc
	score float64
}

// A candidate is a story and how well the query fits it.
type candidate struct {
	story *story
	score float64
	near  float64 // the part of the score that is their nearness in time
}

// candidates returns the stories that d may belong to, the best first.
func (c *Clusterer) candidates(d *doc) []candidate {
	sc := &c.scratch
	sc.docs = grow(sc.docs, len(c.slots))
	for _, w := range c.heaviest(d) {
		e := &c.terms.all[w.term]
		factor := float64(w.weight) * c.terms.idf(w.term)
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
	var found []candidate
	var stories []*story
	for _, slot := range sc.marked {
		m := c.slots[slot]
		s := m.story
		if s.query != c.ordinal {
			s.query, s.closest = c.ordinal, s.closest[:0]
			stories = append(stories, s)
		}
		s.closest = insertTop(s.closest, partial{m, sc.docs[slot]}, closestDocs, func(a, b partial) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc.ordinal, b.doc.ordinal))
		})
		sc.docs[slot] = 0
	}
	sc.marked = sc.marked[:0]
	best := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.story.ordinal(), b.story.ordinal()))
	}
	for _, s := range stories {
		if near := c.near(d, s); near >= leastNear {
			found = insertTop(found, candidate{s, s.closest[0].score * near, near}, maxCandidates, best)
		}
	}
	c.scatterDoc(d)
	for i, f := range found {
		closest := 0.0
		for _, p := range f.story.closest {
			closest = max(closest, c.cosineDoc(p.doc))
		}
		found[i].score = f.near * (c.cosineStory(f.story) + closest) / 2
	}
	c.gatherDoc(d)
	for _, s := range stories {
		s.closest = nil
	}
	slices.SortFunc(found, best)
	return found
}

// heaviest returns the terms of d to look up. Hot terms are left out, unless there are
// no others.
func (c *Clusterer) heaviest(d *doc) []weight {
	type heavy struct {
		weight
		heft float64
		key  uint64
	}
	var cool, hot []heavy
	order := func(a, b heavy) int { return cmp.Or(cmp.Compare(b.heft, a.heft), cmp.Compare(a.key, b.key)) }
	for _, w := range d.vec {
		e := &c.terms.all[w.term]
		h := heavy{w, float64(w.weight) * float64(w.weight) * c.terms.idf(w.term), e.key}
		switch live := len(e.postings) - e.dead; {
		case live > hotPostings:
			hot = append(hot, h)
		case live > 0:
			cool = append(cool, h)
		}
	}
	if len(cool) == 0 {
		cool = hot
	}
	slices.SortFunc(cool, order)
	terms := make([]weight, 0, queryTerms)
	for _, h := range cool[:min(len(cool), queryTerms)] {
		terms = append(terms, h.weight)
	}
	return terms
}

// shared names the words that weigh most in the likeness of d, whose words are in v,
// and s.
func (c *Clusterer) shared(d *doc, v *vector, s *story) string {
	type word struct {
		text string
		heft float64
	}
	var top []word
	c.scatterStory(s)
	for i, w := range d.vec {
		if sum := c.scratch.terms[w.term]; sum > 0 {
			heft := sum * float64(w.weight) * c.terms.idf(w.term)
			top = insertTop(top, word{v.terms[i].word, heft}, sharedWords, func(a, b word) int {
				return cmp.Or(cmp.Compare(b.heft, a.heft), cmp.Compare(a.text, b.text))
			})
		}
	}
	c.gatherStory(s)
	words := make([]string, len(top))
	for i, w := range top {
		words[i] = w.text
	}
	return strings.Join(words, ", ")
}

// The scatter functions lay a vector out by term, so that others can be compared with
// it in one pass each; the gather functions clean up after them.

func (c *Clusterer) scatterDoc(d *doc) {
	c.scratch.terms, c.scratch.norm = grow(c.scratch.terms, len(c.terms.all)), 0
	for _, w := range d.vec {
		c.scatter(w.term, float64(w.weight))
	}
}

func (c *Clusterer) scatterStory(s *story) {
	c.scratch.terms, c.scratch.norm = grow(c.scratch.terms, len(c.terms.all)), 0
	for _, e := range s.vec {
		c.scatter(e.term, float64(e.weight))
	}
}

func (c *Clusterer) scatter(term uint32, weight float64) {
	c.scratch.terms[term] = weight
	c.scratch.norm += weight * weight * c.terms.idf(term)
}

func (c *Clusterer) gatherDoc(d *doc) {
	for _, w := range d.vec {
		c.scratch.terms[w.term] = 0
	}
}

func (c *Clusterer) gatherStory(s *story) {
	for _, e := range s.vec {
		c.scratch.terms[e.term] = 0
	}
}

func (c *Clusterer) cosineDoc(d *doc) float64 {
	var dot, norm float64
	for _, e := range d.vec {
		w, idf := float64(e.weight), c.terms.idf(e.term)
		dot += w * c.scratch.terms[e.term] * idf
		norm += w * w * idf
	}
	return cosine(dot, norm, c.scratch.norm)
}

func (c *Clusterer) cosineStory(s *story) float64 {
	var dot, norm float64
	for _, e := range s.vec {
		w, idf := float64(e.weight), c.terms.idf(e.term)
		dot += w * c.scratch.terms[e.term] * idf
		norm += w * w * idf
	}
	return cosine(dot, norm, c.scratch.norm)
}

func cosine(dot, a, b float64) float64 {
	if dot == 0 {
		return 0
	}
	return min(dot/math.Sqrt(a*b), 1)
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

// grow returns list with room for n; what is new is zero.
func grow(list []float64, n int) []float64 {
	if n <= len(list) {
		return list
	}
	return append(list, make([]float64, n-len(list))...)
}
