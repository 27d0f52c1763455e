package cluster

import "math"

// An overlap is how one document compares with another.
type overlap struct {
	cos   float64
	title float64 // cosine of the titles; cos where one has none
	cover float64 // see fCover; cos where one has no title
	terms int     // of the other document
	// noText is set if one of them has words in its title only.
	noText bool
	// conflict is set if both have numbers and share none.
	conflict bool
	// otherName and otherNumber are set if the titles are the same but for one or two words,
	// or for numbers, which others stand for.
	otherName, otherNumber bool
}

// A side is what one document brings into a comparison.
type side struct {
	norm, title  float64 // sums over all terms, and of idf² over those of the title
	titles       int     // terms of the title
	numbers      int     // numbers anywhere
	titleNumbers int
	text         bool // has terms that are not in the title
	terms        int
}

func (s *side) add(w weight, idf float64) {
	s.norm += float64(w.weight) * float64(w.weight) * idf
	s.terms++
	if w.marks&inTitle == 0 {
		s.text = true
	} else {
		s.title += idf
		s.titles++
	}
	if w.marks&isNumber != 0 {
		s.numbers++
		if w.marks&inTitle != 0 {
			s.titleNumbers++
		}
	}
}

const (
	// Titles are a series if they share sameWords words, and but otherWords of either
	// are not in the other.
	sameWords, otherWords = 3, 2
)

// compare compares the document laid out as q with m.
func (c *Clusterer) compare(q side, m *doc) overlap {
	var o overlap
	var s side
	var dot, titles, mine, others float64
	var same, sameNumbers, numbers int
	for _, w := range m.vec {
		idf := c.terms.idf(w.term)
		s.add(w, idf)
		e := &c.scratch.terms[w.term]
		if e.weight == 0 {
			continue
		}
		dot += e.weight * float64(w.weight) * idf
		both := e.marks & w.marks
		if both&inTitle != 0 {
			titles += idf
			same++
			if both&isNumber != 0 {
				sameNumbers++
			}
		}
		if e.marks&inTitle != 0 {
			mine += idf
		}
		if w.marks&inTitle != 0 {
			others += idf
		}
		if both&isNumber != 0 {
			numbers++
		}
	}
	o.cos = cosine(dot, q.norm, s.norm)
	o.terms, o.title, o.cover = s.terms, o.cos, o.cos
	if q.title > 0 && s.title > 0 {
		o.title = cosine(titles, q.title, s.title)
		o.cover = (mine/q.title + others/s.title) / 2
	}
	o.noText = !q.text || !s.text
	o.conflict = q.numbers > 0 && s.numbers > 0 && numbers == 0
	if a, b := q.titles-same, s.titles-same; same >= sameWords && a > 0 && b > 0 && a <= otherWords && b <= otherWords {
		if a == q.titleNumbers-sameNumbers && b == s.titleNumbers-sameNumbers {
			o.otherNumber = true
		} else {
			o.otherName = true
		}
	}
	return o
}

// A laid is a term of the vector at hand.
type laid struct {
	weight float64
	marks  marks
}

// The lay functions lay a vector out by term, so that others can be compared with it in one
// pass each; the clear functions clean up after them.

func (c *Clusterer) layDoc(d *doc) side {
	c.scratch.terms = grow(c.scratch.terms, len(c.terms.all))
	var q side
	for _, w := range d.vec {
		q.add(w, c.terms.idf(w.term))
		c.scratch.terms[w.term] = laid{float64(w.weight), w.marks}
	}
	c.scratch.norm = q.norm
	return q
}

func (c *Clusterer) layStory(s *story) {
	c.scratch.terms = grow(c.scratch.terms, len(c.terms.all))
	norm := 0.0
	for t, w := range s.terms() {
		norm += w * w * c.terms.idf(t)
		c.scratch.terms[t] = laid{weight: w}
	}
	c.scratch.norm = norm
}

func (c *Clusterer) clearDoc(d *doc) {
	for _, w := range d.vec {
		c.scratch.terms[w.term] = laid{}
	}
}

func (c *Clusterer) clearStory(s *story) {
	for t := range s.terms() {
		c.scratch.terms[t] = laid{}
	}
}

func (c *Clusterer) cosineDoc(d *doc) float64 {
	var dot, norm float64
	for _, e := range d.vec {
		w, idf := float64(e.weight), c.terms.idf(e.term)
		dot += w * c.scratch.terms[e.term].weight * idf
		norm += w * w * idf
	}
	return cosine(dot, norm, c.scratch.norm)
}

func (c *Clusterer) cosineStory(s *story) float64 {
	if s.vec == nil {
		if v := s.voice(); v != nil {
			return c.cosineDoc(v)
		}
		return 0
	}
	var dot, norm float64
	for _, e := range s.vec {
		w, idf := float64(e.weight), c.terms.idf(e.term)
		dot += w * c.scratch.terms[e.term].weight * idf
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

// grow returns list with room for n; what is new is zero.
func grow[T any](list []T, n int) []T {
	if n <= len(list) {
		return list
	}
	return append(list, make([]T, n-len(list))...)
}
