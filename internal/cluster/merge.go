package cluster

import (
	"math"
	"slices"
	"time"
)

const (
	// A report that comes gapSpan after the nearest of a story, or before it, is as far from
	// it as any: its score loses gapCost. What happened is told within hours, and what
	// is told of the same people and places on the next day is often another event.
	gapSpan = 6 * time.Hour
	gapCost = .25

	// mergeWitness is the least score that the document at hand must have with both of two
	// stories, for it to be asked whether they are one. Without a witness, stories that are
	// merely alike would merge: in a large window each has many such neighbours.
	mergeWitness = .17
	// The least likeness at which a story merges that holds a single voice, or fewer than
	// MergeMin. One report alone is the weakest to stand on its own: what a story
	// needs to take it in later is less than what it needed at first, for the story has
	// been told by others since. Two small stories need more than two large ones, for
	// their sums still hold much that is chance.
	mergeSingle = .20
	mergeSmall  = .35
)

// near returns what the time between d and s leaves of a score. Two things count: the age
// of the story, so that it ends, and the gap to its nearest report.
func (c *Clusterer) near(d *doc, s *story) float64 {
	if d.undated || len(s.times) == 0 {
		return 1
	}
	return c.fade(d.at-s.times[0], s.gap(d.at))
}

// apart is near for two stories.
func (c *Clusterer) apart(s, t *story) float64 {
	if len(s.times) == 0 || len(t.times) == 0 {
		return 1
	}
	few, many := s, t
	if len(few.times) > len(many.times) {
		few, many = many, few
	}
	gap := int64(math.MaxInt64)
	for _, at := range few.times {
		gap = min(gap, many.gap(at))
	}
	return c.fade(s.times[0]-t.times[0], gap)
}

func (c *Clusterer) fade(age, gap int64) float64 {
	a := float64(age) / float64(c.opts.Sigma.Milliseconds())
	g := float64(gap) / float64(gapSpan.Milliseconds())
	return math.Exp(-a*a/2) * (1 - gapCost*min(g, 1))
}

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
// clearly the same event as s, and their likeness; or nil.
func (c *Clusterer) mergeable(s *story, found []candidate) (other *story, likeness float64) {
	laid, most := false, 0.0
	for _, f := range found {
		if f.score < mergeWitness {
			break
		}
		if f.story == s {
			continue
		}
		if !laid {
			c.scatterStory(s)
			defer c.gatherStory(s)
			laid = true
		}
		least := c.opts.Merge
		switch small := min(s.voices, f.story.voices); {
		case small >= c.opts.MergeMin:
		case small == 1:
			least = mergeSingle
		default:
			least = mergeSmall
		}
		like := c.cosineStory(f.story) * c.apart(s, f.story)
		if over := like - least; over >= 0 && (other == nil || over > most) {
			other, likeness, most = f.story, like, over
		}
	}
	return other, likeness
}
