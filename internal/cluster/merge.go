package cluster

import (
	"math"
	"slices"
)

const (
	// leastWitness is the least probability with which the document at hand must belong to
	// a second story too, for it to be asked whether that and its own are one. Without a
	// witness, stories that are merely alike would merge: in a large window each has
	// many such neighbours.
	leastWitness = .02
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

// mergeable returns that of the found stories, in the order of their scores, which is most
// clearly the same event as s, and the probability that it is; or nil.
func (c *Clusterer) mergeable(s *story, found []candidate) (other *story, most float64) {
	for i := range found {
		f := &found[i]
		if f.score < leastWitness {
			break
		}
		if f.story == s || c.apart(s, f.story) > otherDays {
			continue
		}
		x := c.measureMerge(s, f.story, f.odds)
		if c.opts.OnMerge != nil {
			c.opts.OnMerge(x[:], s.ids(), f.story.ids())
		}
		if p := logistic(c.opts.Model.Merge.logit(x[:])); p >= c.opts.Model.Merge.Least && p > most {
			other, most = f.story, p
		}
	}
	return other, most
}

// apart returns the days between the first documents of s and t, 0 if that is not known.
func (c *Clusterer) apart(s, t *story) float64 {
	if len(s.times) == 0 || len(t.times) == 0 {
		return 0
	}
	return days(s.times[0] - t.times[0])
}

// measureMerge measures two stories; odds are those that the witness belongs to t.
func (c *Clusterer) measureMerge(s, t *story, odds float64) (x [nMerge]float64) {
	c.layStory(s)
	x[mCos] = c.cosineStory(t)
	c.clearStory(s)
	mine, others := s.sample(), t.sample()
	n := float64(len(mine) * len(others))
	for _, a := range mine {
		q := c.layDoc(a)
		for _, b := range others {
			o := c.compare(q, b)
			x[mMean] += o.cos / n
			x[mTitle] += o.title / n
			x[mMax] = max(x[mMax], o.cos)
			x[mShort] += 1 / math.Sqrt(float64(max(min(q.terms, o.terms), 1))) / n
		}
		c.clearDoc(a)
	}
	x[mWitness] = max(min(odds, oddsBound), -oddsBound)
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
	return x
}

// sample returns up to sampleVoices voices, spread evenly over the order in which they came.
func (s *story) sample() (list []*doc) {
	step := max(1, (s.voices+sampleVoices-1)/sampleVoices)
	n := 0
	for _, m := range s.members {
		if m.mute {
			continue
		}
		if n%step == 0 {
			list = append(list, m)
		}
		n++
	}
	return list
}

// ids returns the members.
func (s *story) ids() []string {
	list := make([]string, len(s.members))
	for i, m := range s.members {
		list[i] = m.id
	}
	return list
}
