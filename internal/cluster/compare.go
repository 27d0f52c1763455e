package cluster

import "math"

// An overlap is how one document compares with another.
type overlap struct {
	cos   float64
	title float64 // cosine of the titles
	mine  float64 // share of the weight of the title at hand that the other document has anywhere
	their float64 // and the other way round
	text  float64 // cosine of what stands in neither title
	terms int     // of the other document
	// breadth is how many terms carry the likeness: as many, if all did so equally.
	breadth float64
	// The cosine stands for what one of them lacks, a title or a text.

	// noText is set if one of them has words in its title only.
	noText bool
	// conflict is set if both have numbers and share none.
	conflict bool
	// otherName and otherNumber are set if the titles are the same but for one or two words,
	// or for numbers, which others stand for.
	otherName, otherNumber bool
}

// series reports whether o, of two documents of one outlet, is of a series: the same told of another name, or of
// another number on another day.
func (o *overlap) series(a, b *doc) bool {
	return o.otherName || o.otherNumber && max(a.at-b.at, b.at-a.at) >= seriesGap.Milliseconds()
}

// A side is what one document brings into a comparison.
type side struct {
	norm, title  float64 // sums over all terms, and of idf² over those of the title
	text         float64 // sum over the terms that are not in the title
	titles       int     // terms of the title
	numbers      int     // numbers anywhere
	titleNumbers int
	terms        int
}

func (s *side) add(w weight, idf float64) {
	heft := float64(w.weight) * float64(w.weight) * idf
	s.norm += heft
	s.terms++
	if w.marks&inTitle == 0 {
		s.text += heft
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
	var dot, squares, text, titles, mine, their float64
	var same, sameNumbers, numbers int
	states := c.statesOf(m)
	for i, w := range m.vec {
		e := &states[i]
		s.add(w, e.idf)
		if e.laid == 0 {
			continue
		}
		laid := marks(e.laid >> laidMarks) //nolint:gosec // it was laid out from marks
		product := float64(e.laid&laidWeight) * float64(w.weight) * e.idf
		dot += product
		squares += product * product
		both := laid & w.marks
		if (laid|w.marks)&inTitle == 0 {
			text += product
		}
		if both&inTitle != 0 {
			titles += e.idf
			same++
			if both&isNumber != 0 {
				sameNumbers++
			}
		}
		if laid&inTitle != 0 {
			mine += e.idf
		}
		if w.marks&inTitle != 0 {
			their += e.idf
		}
		if both&isNumber != 0 {
			numbers++
		}
	}
	o.cos = cosine(dot, q.norm, s.norm)
	if squares > 0 {
		o.breadth = dot * dot / squares
	}
	o.title, o.mine, o.their, o.text, o.terms = o.cos, o.cos, o.cos, o.cos, s.terms
	if q.title > 0 && s.title > 0 {
		o.title, o.mine, o.their = cosine(titles, q.title, s.title), mine/q.title, their/s.title
	}
	if o.noText = q.text == 0 || s.text == 0; !o.noText {
		o.text = cosine(text, q.text, s.text)
	}
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

// statesOf copies what is known of the terms of d into scratch memory. They lie far apart in a
// large table: fetched one after another without a look at them, they are waited for together.
func (c *Clusterer) statesOf(d *doc) []state {
	sc := &c.scratch
	sc.states = grow(sc.states, len(d.vec))
	list := sc.states[:len(d.vec)]
	if len(list) == 0 {
		return nil
	}
	stamp := c.terms.languages[d.lang].stamp
	for i, w := range d.vec {
		list[i] = c.terms.states[w.term]
	}
	for i := range list {
		if list[i].stamp != stamp {
			list[i] = *c.terms.current(d.vec[i].term, stamp)
		}
	}
	return list
}

// The lay functions lay a vector out by term, so that others can be compared with it in one
// pass each; the clear functions clean up after them. Of a document the marks are laid out,
// too, above the bits of its weight.
const (
	laidMarks  = 16
	laidWeight = 1<<laidMarks - 1
)

func (c *Clusterer) layDoc(d *doc) side {
	var q side
	for i, e := range c.statesOf(d) {
		w := d.vec[i]
		q.add(w, e.idf)
		c.terms.states[w.term].laid = uint32(w.weight) | uint32(w.marks)<<laidMarks
	}
	c.scratch.norm, c.scratch.mask = q.norm, laidWeight
	return q
}

func (c *Clusterer) layStory(s *story) {
	norm, stamp := 0.0, c.stamp(s)
	for t, weight := range s.terms() {
		e := c.terms.current(t, stamp)
		w := float64(weight)
		norm += w * w * e.idf
		e.laid = weight
	}
	c.scratch.norm, c.scratch.mask = norm, math.MaxUint32
}

// stamp returns that of the language of s, or nearly always so: an editor may have mixed some.
func (c *Clusterer) stamp(s *story) uint32 {
	if v := s.voice(); v != nil && len(v.vec) > 0 {
		return c.terms.languages[v.lang].stamp
	}
	return math.MaxUint32
}

func (c *Clusterer) clearDoc(d *doc) {
	for _, w := range d.vec {
		c.terms.states[w.term].laid = 0
	}
}

func (c *Clusterer) clearStory(s *story) {
	for t := range s.terms() {
		c.terms.states[t].laid = 0
	}
}

// cosineDoc compares d with the document or story laid out.
func (c *Clusterer) cosineDoc(d *doc) float64 {
	var dot, norm float64
	mask := c.scratch.mask
	for i, s := range c.statesOf(d) {
		w := float64(d.vec[i].weight)
		dot += w * float64(s.laid&mask) * s.idf
		norm += w * w * s.idf
	}
	return cosine(dot, norm, c.scratch.norm)
}

// cosineStory compares s with the document or story laid out.
func (c *Clusterer) cosineStory(s *story) float64 {
	var dot, norm float64
	stamp, mask := c.stamp(s), c.scratch.mask
	for t, weight := range s.terms() {
		e := c.terms.current(t, stamp)
		w := float64(weight)
		dot += w * float64(e.laid&mask) * e.idf
		norm += w * w * e.idf
	}
	return cosine(dot, norm, c.scratch.norm)
}

// products returns the product of s with the story laid out, and with itself.
func (c *Clusterer) products(s *story) (dot, square float64) {
	stamp := c.stamp(s)
	for t, weight := range s.terms() {
		e := c.terms.current(t, stamp)
		w := float64(weight)
		dot += w * float64(e.laid) * e.idf
		square += w * w * e.idf
	}
	return dot, square
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

// fewReports are added to the others of an outlet, as if what it shares stood in none of them: of few
// reports it cannot be told what is usual.
const fewReports = 10

// habit returns how usual for its outlet is what d, which is laid out, shares with another of it: of each
// term the share of all other reports that hold it, weighed by what it adds to the likeness. What an
// outlet says every day proves nothing of two of its reports.
func (c *Clusterer) habit(d, with *doc) float64 {
	var all, sum float64
	for _, w := range with.vec {
		laid, e := c.terms.states[w.term].laid, &c.terms.all[w.term]
		if laid == 0 || w.marks&indexed == 0 || len(e.postings)-int(e.dead) > hotPostings {
			continue // what so many hold weighs little, and takes long to look through
		}
		product := float64(laid&laidWeight) * float64(w.weight) * c.terms.idf(w.term)
		n := 0
		for _, p := range e.postings {
			if o := c.slots.docs[p.slot]; o != nil && o != d && o != with && o.source == with.source {
				n++
			}
		}
		all += product
		sum += product * float64(n)
	}
	if all == 0 {
		return 0
	}
	reports := c.outlets[with.source] - 1 + fewReports // but for with
	if c.slots.docs[d.slot] == d {
		reports-- // it is asked again
	}
	return sum / all / float64(reports)
}
