package cluster

import "iter"

// A story that is told in several languages is a strand in each: a story of its own in all that is measured, for
// documents of two languages share no words. Strands of one story have its id, and there is at most one in
// each language, so that a strand is known by the two. Where a comment speaks of one language only, a
// strand is simply called a story.

// strand returns the strand of a story in a language, or nil.
func (c *Clusterer) strand(id string, lang uint16) *story {
	for s := range c.strands(id) {
		if s.lang == lang {
			return s
		}
	}
	return nil
}

// strands yields those of a story, in no order that means anything.
func (c *Clusterer) strands(id string) iter.Seq[*story] {
	return func(yield func(*story) bool) {
		for s := c.stories[id]; s != nil; {
			next := s.next
			if !yield(s) {
				return
			}
			s = next
		}
	}
}

// several reports whether the story of s has other strands.
func (c *Clusterer) several(s *story) bool { return c.stories[s.id].next != nil }

// since returns the place of the first document of the window in the story of s, in whichever language, in the order
// in which documents came: of two stories the one is older that has the lower.
func (c *Clusterer) since(s *story) int64 {
	first := s.ordinal()
	for t := range c.strands(s.id) {
		first = min(first, t.ordinal())
	}
	return first
}

// link makes s one of the strands of the story with its id, and unlink none of them.
func (c *Clusterer) link(s *story) {
	s.next = c.stories[s.id]
	c.stories[s.id] = s
}

func (c *Clusterer) unlink(s *story) {
	if c.stories[s.id] == s {
		if s.next == nil {
			delete(c.stories, s.id)
		} else {
			c.stories[s.id] = s.next
		}
		return
	}
	for t := range c.strands(s.id) {
		if t.next == s {
			t.next = s.next
		}
	}
}

// merge makes one story of two, of which from and into are strands in one language; it gets the id of the latter.
func (c *Clusterer) merge(from, into *story) {
	c.fuse(from, into)
	c.unite(from.id, into.id)
}

// unite gives the strands of one story the id of another. Where both have one in a language, these become one.
func (c *Clusterer) unite(from, into string) {
	for s := range c.strands(from) {
		if t := c.strand(into, s.lang); t != nil {
			c.fuse(s, t)
			continue
		}
		c.unlink(s)
		was := s.key(c)
		s.id = into
		c.link(s)
		c.others.Rename(was, s.key(c))
	}
	c.handMerged(from, into)
}

// agree reports whether nothing speaks against making the stories of s and t one, in the languages that both are told
// in, but for s and t themselves. Where these are of one language, others must be such as would stay together in a story. What is
// found across languages does not outweigh that reports of one language did not join.
func (c *Clusterer) agree(s, t *story) bool {
	if !c.several(s) && !c.several(t) {
		return true
	}
	for a := range c.strands(s.id) {
		b := c.strand(t.id, a.lang)
		if b == nil || a == s && b == t {
			continue
		}
		if s.lang != t.lang {
			return false
		}
		p := [1]pair{{story: b}}
		c.measureMerges(a, p[:])
		if one, _ := c.opts.Model.one(&p[0]); one < leastOne || c.serial(a, b) {
			return false
		}
	}
	return true
}

// largest returns the strand with most documents of the story of s, copies among them, for many readers have it in its words; of
// equals the oldest.
func (c *Clusterer) largest(s *story) *story {
	for t := range c.strands(s.id) {
		if len(t.members) > len(s.members) || len(t.members) == len(s.members) && t.ordinal() < s.ordinal() {
			s = t
		}
	}
	return s
}
