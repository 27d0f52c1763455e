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
	// sampleVoices is how many documents of either story are compared with each other.
	sampleVoices = 4
)

// gap returns the time between at and the nearest dated voice, of which there must be one.
func (s *story) gap(at int64) int64 {
	i, _ := slices.BinarySearch(s.times, at)
	gap := int64(math.MaxInt64)
	if i < len(s.times) {
		gap = s.times[i] - at
	}
	if i > 0 {
		gap = min(gap, at-s.times[i-1])
	}
	return gap
}

// A pair is two stories, one of them given, of which a document is witness.
type pair struct {
	story *story
	odds  float64 // that the witness belongs to story
	first float64 // and to the given one
	x     [nMerge]float64
}

// mergeable merges the first of the found stories with that of the others which is most clearly
// the same event, if one is; what merged is returned, or nil.
func (c *Clusterer) mergeable(s *story, found []candidate, odds float64) *news.Merge {
	if logistic(odds) < leastFirst {
		return nil
	}
	pairs := c.scratch.pairs[:0]
	for i := 0; i < len(found) && found[i].score >= leastWitness; i++ {
		if f := &found[i]; f.story != s && c.apart(s, f.story) <= otherDays && c.mayMerge(s, f.story) {
			pairs = append(pairs, pair{story: f.story, odds: f.odds, first: odds})
		}
	}
	c.scratch.pairs = pairs
	c.measureMerges(s, pairs)
	var other *story
	most := 0.0
	for i := range pairs {
		p := &pairs[i]
		if c.opts.OnMerge != nil {
			c.opts.OnMerge(p.x[:], s.ids(), p.story.ids())
		}
		if prob := logistic(c.opts.Model.Merge.logit(p.x[:])); prob >= c.opts.Model.Merge.Least && prob > most {
			other, most = p.story, prob
		}
	}
	if other == nil {
		return nil
	}
	into, from := s, other
	if from.ordinal() < into.ordinal() {
		into, from = from, into
	}
	c.merge(from, into)
	return &news.Merge{
		From: from.id, Into: into.id, Score: most, Model: c.opts.Model.Version,
		Why: fmt.Sprintf("a report was like both, and they like each other, %.2f", most),
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
	c.layStory(s)
	for i := range pairs {
		pairs[i].x[mCos] = c.cosineStory(pairs[i].story)
	}
	c.clearStory(s)
	var mine, others [sampleVoices]*doc
	nMine := s.sample(&mine)
	for _, a := range mine[:nMine] {
		q := c.layDoc(a)
		for i := range pairs {
			x := &pairs[i].x
			nOthers := pairs[i].story.sample(&others)
			n := float64(nMine * nOthers)
			for _, b := range others[:nOthers] {
				o := c.compare(q, b)
				x[mMean] += o.cos / n
				x[mTitle] += o.title / n
				x[mMax] = max(x[mMax], o.cos)
				x[mShort] += 1 / math.Sqrt(float64(max(min(q.terms, o.terms), 1))) / n
			}
		}
		c.clearDoc(a)
	}
	for i := range pairs {
		c.measurePair(s, &pairs[i])
	}
}

// measurePair measures what takes no look at the documents.
func (c *Clusterer) measurePair(s *story, p *pair) {
	x, t := &p.x, p.story
	x[mWitness] = max(min(p.odds, oddsBound), -oddsBound)
	x[mFirst] = max(min(p.first, oddsBound), -oddsBound)
	if len(s.times) > 0 && len(t.times) > 0 {
		age := c.apart(s, t)
		x[mAge], x[mOld] = age, max(age-1, 0)
		few, many := s, t
		if len(few.times) > len(many.times) {
			few, many = many, few
		}
		gap := int64(math.MaxInt64)
		for _, at := range few.times {
			gap = min(gap, many.gap(at))
		}
		x[mGap] = min(float64(gap)/float64(gapUnit.Milliseconds()), 1)
	}
	if min(s.voices, t.voices) == 1 {
		x[mSingle] = 1
	}
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

// ids returns the members.
func (s *story) ids() []string {
	list := make([]string, len(s.members))
	for i, m := range s.members {
		list[i] = m.id
	}
	return list
}
