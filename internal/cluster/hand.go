package cluster

import (
	"maps"
	"slices"

	"parallax/internal/news"
)

// Obey makes c respect what the editor decided. It comes before any document, and a
// Clusterer that is rebuilt must be given what the first one was.
func (c *Clusterer) Obey(h *news.Hand) {
	own := *h
	own.Apart = maps.Clone(h.Apart) // it changes as stories merge
	c.hand = own
}

// firstOpen returns the index of the story to join among found, the best first, and -1 if there
// is none: a locked story takes in nothing.
func (c *Clusterer) firstOpen(found []candidate) int {
	for i := range found {
		if c.locked(found[i].story) {
			continue
		}
		if found[i].score < c.least(found[i].story) {
			break
		}
		return i
	}
	return -1
}

// least returns the probability from which on a document joins s.
func (c *Clusterer) least(s *story) float64 {
	if s.voices == 1 {
		return c.opts.Model.Alone
	}
	return c.opts.Model.Join.Least
}

func (c *Clusterer) locked(s *story) bool { return c.hand.Locked[s.id] }

// handled reports whether the editor decided something about the story of s: that it is locked, that a report
// stands there, or that it is another story than some other.
func (c *Clusterer) handled(s *story) bool {
	for pair := range c.hand.Apart {
		if pair[0] == s.id || pair[1] == s.id {
			return true
		}
	}
	if c.locked(s) {
		return true
	}
	for t := range c.strands(s.id) {
		if slices.ContainsFunc(t.members, func(d *doc) bool { return c.hand.Pinned[d.id] }) {
			return true
		}
	}
	return false
}

// mayMerge reports whether the editor leaves it to the machine to merge the stories of s and t.
func (c *Clusterer) mayMerge(s, t *story) bool {
	return !c.locked(s) && !c.locked(t) && !c.hand.Apart[news.Pair(s.id, t.id)]
}

// handMerged carries over to into what the editor told apart from from.
func (c *Clusterer) handMerged(from, into string) {
	for pair := range c.hand.Apart {
		other := pair[0]
		if other == from {
			other = pair[1]
		} else if pair[1] != from {
			continue
		}
		delete(c.hand.Apart, pair)
		c.hand.Apart[news.Pair(into, other)] = true
	}
}
