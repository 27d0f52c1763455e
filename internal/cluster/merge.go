package cluster

import (
	"fmt"
	"math"
	"slices"

	"parallax/internal/news"
)

const (
	// leastWitness is the least probability with which the document at hand must belong to
	// a second story too, for it to be asked whether that and its own are one. Without a
	// witness, stories that are merely alike would merge: in a large window each has
	// many such neighbours.
	leastWitness = .02
	// leastFirst is the least probability with which it must belong to the first.
	leastFirst = .15
	// sampleVoices is how many documents of a story stand for all where their lengths matter.
	sampleVoices = 4
)

// nearest returns how far from at the nearest of some times in order is, of which there must be one.
func nearest(times []int64, at int64) int64 {
	i, _ := slices.BinarySearch(times, at)
	gap := int64(math.MaxInt64)
	if i < len(times) {
		gap = times[i] - at
	}
	if i > 0 {
		gap = min(gap, at-times[i-1])
	}
	return gap
}

// A pair is two stories, one of them given.
type pair struct {
	story   *story
	x       [nMerge]float64
	inner   [2]float64 // mean cosine within the given one and within story; 0 of a single report
	isLarge bool       // the larger of them is
	large   [nLarge]float64
}

// one returns the probability that p is one event, and by how much its log-odds are over the least with which
// it is merged: by that pairs compare of which one is large and another is not.
func (m *Model) one(p *pair) (prob, over float64) {
	l, x := &m.Merge, p.x[:]
	if p.isLarge {
		l, x = &m.Large, p.large[:]
	}
	odds := l.logit(x)
	return logistic(odds), odds - math.Log(l.Least/(1-l.Least))
}

// mergeable merges s, the most probable story of the document at hand with those odds, with that of
// the others found which is most clearly the same event, if one is; what merged is returned, or nil.
func (c *Clusterer) mergeable(s *story, found []candidate, odds float64) *news.Merge {
	if logistic(odds) < leastFirst {
		return nil
	}
	pairs := c.scratch.pairs[:0]
	for i := 0; i < len(found) && found[i].score >= leastWitness; i++ {
		if f := &found[i]; f.story != s && c.apart(s, f.story) <= otherDays && c.mayMerge(s, f.story) && c.agree(s, f.story) {
			pairs = append(pairs, pair{story: f.story})
		}
	}
	c.scratch.pairs = pairs
	c.measureMerges(s, pairs)
	var other *story
	score, most := 0.0, math.Inf(-1)
	for i := range pairs {
		p := &pairs[i]
		if c.opts.OnMerge != nil {
			c.opts.OnMerge(p.merging(s.members, p.story.members))
		}
		if prob, over := c.opts.Model.one(p); over >= 0 && over > most && !c.serial(s, p.story) {
			other, score, most = p.story, prob, over
		}
	}
	if other == nil {
		return nil
	}
	into, from := s, other
	if c.since(from) < c.since(into) {
		into, from = from, into
	}
	c.merge(from, into)
	return &news.Merge{
		From: from.id, Into: into.id, Score: score, Model: c.opts.Model.Version,
		Why: fmt.Sprintf("a report was like both, and they like each other, %.2f", score),
	}
}

// apart returns the days between the first documents of s and t, 0 if that is not known.
func (c *Clusterer) apart(s, t *story) float64 {
	if len(s.times) == 0 || len(t.times) == 0 {
		return 0
	}
	return days(s.times[0] - t.times[0])
}

// measureMerges measures s and each of the others. What is laid out of s is so once for all.
func (c *Clusterer) measureMerges(s *story, pairs []pair) {
	if len(pairs) == 0 {
		return
	}
	norm := c.norm(s)
	c.layStory(s)
	inner, many := innerOf(c.scratch.norm, norm, s.voices)
	for i := range pairs {
		p := &pairs[i]
		dot, squares := c.products(p.story)
		other := c.norm(p.story)
		p.x[mMean] = min(dot/(float64(s.voices*p.story.voices)*math.Sqrt(norm*other)), 1)
		theirs, theyMany := innerOf(squares, other, p.story.voices)
		p.within(inner, many, theirs, theyMany)
	}
	c.clearStory(s)
	for i := range pairs {
		pairs[i].shared(c.share(s), min(s.voices, pairs[i].story.voices))
		pairs[i].time(s.times, pairs[i].story.times)
		pairs[i].sized(c.share(s), s.voices, pairs[i].story.voices)
	}
}

// merging is what learning is told of p.
func (p *pair) merging(members, others []*doc) Merging {
	m := Merging{Features: slices.Clone(p.x[:]), Members: ids(members), Others: ids(others)}
	if p.isLarge {
		m.Large = slices.Clone(p.large[:])
	}
	return m
}

// norm returns the mean square of the norms of documents of s, of a few that stand for all.
func (c *Clusterer) norm(s *story) float64 {
	var docs [sampleVoices]*doc
	n := s.sample(&docs)
	sum := 0.0
	for _, d := range docs[:n] {
		for i, e := range c.statesOf(d) {
			w := float64(d.vec[i].weight)
			sum += w * w * e.idf
		}
	}
	return max(sum/float64(max(n, 1)), math.SmallestNonzeroFloat32)
}

// innerOf returns the mean cosine of the documents of a story with each other, of the square of its sum
// and the mean square of their norms: the square of a sum of n documents is the squares of
// the n and twice the products of all pairs. ok is false for a single one.
func innerOf(square, norm float64, voices int) (inner float64, ok bool) {
	n := float64(voices)
	if n < 2 {
		return 0, false
	}
	return max((square/norm-n)/(n*(n-1)), 0), true
}

// within fills in what is measured within each of two stories, where it can be.
func (p *pair) within(a float64, okA bool, b float64, okB bool) {
	p.inner = [2]float64{a, b}
	switch {
	case okA && okB:
		p.x[mInner] = min(a, b)
	case okA || okB:
		p.x[mInner] = a + b
	default:
		p.x[mBoth] = 1
	}
}

// shared fills in the share of documents that stand in stories which many tell, of two stories of which
// the smaller has so many voices. Where nearly all of the window tells of the same few events, what
// stands alone is most often a fragment of one of them; the larger it is, the less it is one.
func (p *pair) shared(share float64, smaller int) { p.x[mShared] = share * share / float64(smaller) }

// sized fills in what is measured of two stories of so many voices, if the larger is large, from all else
// that is measured. Of two of a size that is the larger in which reports are more alike.
func (p *pair) sized(share float64, a, b int) {
	if p.isLarge = max(a, b) >= largeVoices; !p.isLarge {
		return
	}
	p.large = [nLarge]float64{
		lMean: p.x[mMean], lShare: share, lAge: p.x[mAge], lOld: p.x[mOld], lGap: p.x[mGap],
	}
	inner := p.inner[half(b > a)]
	if a == b {
		inner = max(p.inner[0], p.inner[1])
	}
	p.large[lRatio] = min(p.x[mMean]/max(inner, leastInner), mostShare)
	if min(a, b) == 1 {
		p.large[lOne] = 1
	}
	if min(a, b) >= largeVoices {
		p.large[lTwo], p.large[lLoose] = 1, min(p.x[mMean]/max(p.x[mInner], leastInner), mostShare)
	}
}

// time fills in what times say of two stories whose documents have these, the earliest first.
func (p *pair) time(s, t []int64) {
	if len(s) == 0 || len(t) == 0 {
		return
	}
	x := &p.x
	age := days(s[0] - t[0])
	x[mAge], x[mOld] = age, max(age-1, 0)
	few, many := s, t
	if len(few) > len(many) {
		few, many = many, few
	}
	gap := int64(math.MaxInt64)
	for _, at := range few {
		gap = min(gap, nearest(many, at))
	}
	x[mGap] = min(float64(gap)/float64(gapUnit.Milliseconds()), 1)
}

// serial reports whether reports of s and t are of one series of an outlet: then no witness makes them one.
func (c *Clusterer) serial(s, t *story) bool {
	var mine, theirs [sampleVoices]*doc
	nMine, nTheirs := s.sample(&mine), t.sample(&theirs)
	for _, a := range mine[:nMine] {
		q, laid := side{}, false
		series := false
		for _, b := range theirs[:nTheirs] {
			if a.source == 0 || a.source != b.source {
				continue
			}
			if !laid {
				q, laid = c.layDoc(a), true
			}
			o := c.compare(q, b)
			series = series || o.series(a, b)
		}
		if laid {
			c.clearDoc(a)
		}
		if series {
			return true
		}
	}
	return false
}

// sample chooses up to sampleVoices voices, spread evenly over the order in which they came, and
// returns how many.
func (s *story) sample(into *[sampleVoices]*doc) (n int) {
	step := max(1, (s.voices+sampleVoices-1)/sampleVoices)
	if s.voices == len(s.members) { // no copies
		for at := 0; at < len(s.members); at += step {
			into[n] = s.members[at]
			n++
		}
		return n
	}
	seen := 0
	for _, m := range s.members {
		if m.mute {
			continue
		}
		if seen%step == 0 {
			into[n] = m
			n++
		}
		seen++
	}
	return n
}
