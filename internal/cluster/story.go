package cluster

import (
	"cmp"
	"iter"
	"slices"
)

// headMembers is how many members, the first, may become the head of a story: a
// headline that stands is worth more than the very best of thousands.
const headMembers = 64

// A story is the documents of the window that tell of one event in one language; see strand.
type story struct {
	id      string
	lang    uint16  // index into terms.languages
	next    *story  // another strand of the same story, or nil
	members []*doc  // in the order in which they were placed
	voices  int     // members that are no copies
	times   []int64 // of the voices that are dated, the earliest first
	// vec is the sum of the voices' vectors, in the order of keys; nil while there are
	// fewer than two, for most stories are single reports, and their vector is there already.
	vec []sum

	number uint32 // index into Clusterer.numbers
}

// A sum is what the voices of a story together weigh for a term.
type sum struct {
	term   uint32
	weight uint32
}

// ordinal orders stories: by their first member in the window.
func (s *story) ordinal() int64 { return s.members[0].ordinal }

// story returns the story with the given id in a language, made if there is none.
func (c *Clusterer) story(id string, lang uint16) *story {
	s := c.strand(id, lang)
	if s == nil {
		s = &story{id: id, lang: lang}
		c.link(s)
		if n := len(c.unused); n > 0 {
			s.number, c.unused = c.unused[n-1], c.unused[:n-1]
			c.numbers[s.number] = s
		} else {
			s.number = uint32(len(c.numbers)) //nolint:gosec // memory ends far below 2³² stories
			c.numbers = append(c.numbers, s)
		}
	}
	return s
}

// vanish forgets s, which has no members.
func (c *Clusterer) vanish(s *story) {
	c.unlink(s)
	c.numbers[s.number] = nil
	c.unused = append(c.unused, s.number)
}

// place makes s the story of d.
func (c *Clusterer) place(d *doc, s *story) {
	d.story = s
	c.slots.story[d.slot] = s.number
}

// join makes d a member of s. What is known of s is then as if d had joined when it came.
func (c *Clusterer) join(d *doc, s *story) {
	var was tally
	var before []sum
	if !d.mute {
		was, before = s.tally(), s.sum()
	}
	c.place(d, s)
	at, _ := slices.BinarySearchFunc(s.members, d.ordinal, func(m *doc, o int64) int { return cmp.Compare(m.ordinal, o) })
	s.members = slices.Insert(s.members, at, d)
	if d.mute {
		return
	}
	if c.others.Len() > 0 {
		c.others.Move(d.id, s.key(c))
	}
	s.voices++
	c.terms.recount(was, s.tally())
	mine := sums(d.vec)
	c.spread(before, mine, 1)
	if !d.undated {
		at, _ := slices.BinarySearch(s.times, d.at)
		s.times = slices.Insert(s.times, at, d.at)
	}
	if s.voices > 1 {
		s.vec = c.add(before, mine)
	}
}

// sums returns the terms of one voice.
func sums(vec []weight) []sum {
	list := make([]sum, len(vec))
	for i, w := range vec {
		list[i] = sum{w.term, uint32(w.weight)}
	}
	return list
}

// voice returns the first voice, or nil.
func (s *story) voice() *doc {
	for _, m := range s.members {
		if !m.mute {
			return m
		}
	}
	return nil
}

// terms yields what the voices together weigh for each term.
func (s *story) terms() iter.Seq2[uint32, uint32] {
	return func(yield func(uint32, uint32) bool) {
		if s.vec == nil {
			if v := s.voice(); v != nil {
				for _, w := range v.vec {
					if !yield(w.term, uint32(w.weight)) {
						return
					}
				}
			}
			return
		}
		for _, e := range s.vec {
			if !yield(e.term, e.weight) {
				return
			}
		}
	}
}

// leave takes d out of its story, which vanishes with its last member.
func (c *Clusterer) leave(d *doc) {
	s := d.story
	var was tally
	if !d.mute {
		was = s.tally()
	}
	at, _ := slices.BinarySearchFunc(s.members, d.ordinal, func(m *doc, o int64) int { return cmp.Compare(m.ordinal, o) })
	s.members = slices.Delete(s.members, at, at+1)
	if len(s.members) == 0 {
		c.vanish(s)
	}
	if d.mute {
		return
	}
	s.voices--
	c.terms.recount(was, s.tally())
	if !d.undated {
		at, _ := slices.BinarySearch(s.times, d.at)
		s.times = slices.Delete(s.times, at, at+1)
	}
	if s.voices == 0 {
		c.spread(nil, sums(d.vec), -1)
		return
	}
	i := 0
	for _, w := range d.vec {
		for s.vec[i].term != w.term {
			i++
		}
		if s.vec[i].weight -= uint32(w.weight); s.vec[i].weight == 0 {
			c.terms.told(w.term, -1)
		}
	}
	if s.voices == 1 {
		s.vec = nil
		return
	}
	s.vec = slices.DeleteFunc(s.vec, func(e sum) bool { return e.weight == 0 })
}

// spread says of the terms of b, but for those of a, that n stories more hold them. Both are in the order of keys.
func (c *Clusterer) spread(a, b []sum, n int32) {
	i := 0
	for _, e := range b {
		at, known := c.find(a[i:], e.term)
		if i += at; !known {
			c.terms.told(e.term, n)
		}
	}
}

// find returns where a term stands in a, which is in the order of keys, or would stand.
func (c *Clusterer) find(a []sum, term uint32) (at int, known bool) {
	key := c.terms.all[term].key
	// It is near the beginning more often than not, for who asks looks for many, one after the other.
	low, high := 0, 1
	for high <= len(a) && c.terms.all[a[high-1].term].key < key {
		low, high = high, 2*high
	}
	high = min(high, len(a))
	for low < high {
		mid := (low + high) / 2
		if c.terms.all[a[mid].term].key < key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(a) && a[low].term == term
}

// move puts d, a member of another story, into the one with the given id, made if there is
// none, unless the editor keeps it where it is; then it reports false. Who moves a document
// moves its copies, too.
func (c *Clusterer) move(d *doc, storyID string) bool {
	if c.hand.Pinned[d.id] || c.locked(d.story) || c.hand.Locked[storyID] {
		return false
	}
	c.leave(d)
	c.join(d, c.story(storyID, d.lang))
	return true
}

// fuse moves the members of from to into, of the same language.
func (c *Clusterer) fuse(from, into *story) {
	c.terms.recount(from.tally(), tally{})
	was := into.tally()
	// What both hold is counted once from now on: as if from had left, and what into lacked come.
	mine, theirs := from.sum(), into.sum()
	c.spread(nil, mine, -1)
	c.spread(theirs, mine, 1)
	all := c.add(theirs, mine)
	for _, m := range from.members {
		c.place(m, into)
	}
	c.others.Merge(from.key(c), into.key(c))
	into.members = append(into.members, from.members...)
	slices.SortFunc(into.members, func(a, b *doc) int { return cmp.Compare(a.ordinal, b.ordinal) })
	into.voices += from.voices
	into.times = append(into.times, from.times...)
	slices.Sort(into.times)
	if into.vec = all; into.voices < 2 {
		into.vec = nil
	}
	c.terms.recount(was, into.tally())
	c.vanish(from)
}

// sum returns vec, made if there is none.
func (s *story) sum() []sum {
	if v := s.voice(); s.vec == nil && v != nil {
		return sums(v.vec)
	}
	return s.vec
}

// add returns the sum of a and b in the order of keys. It may use the memory of a.
func (c *Clusterer) add(a, b []sum) []sum {
	at, fresh := slices.Grow(c.scratch.at[:0], len(b))[:len(b)], 0
	c.scratch.at = at
	i := 0
	for j, e := range b {
		n, known := c.find(a[i:], e.term)
		i += n
		if at[j] = i; known {
			a[i].weight += e.weight
			at[j] = inPlace
			continue
		}
		fresh++
	}
	// From the end, so that nothing is overwritten before it was read.
	from := len(a)
	a = slices.Grow(a, fresh)[:len(a)+fresh]
	for j := len(b) - 1; fresh > 0; j-- {
		if at[j] == inPlace {
			continue
		}
		copy(a[at[j]+fresh:], a[at[j]:from])
		from = at[j]
		fresh--
		a[from+fresh] = b[j]
	}
	return a
}

// inPlace stands in the place of what needs none.
const inPlace = -1

// Head returns the most central document of a story as it is now, or "" where the window
// holds none of it; see Decision.
func (c *Clusterer) Head(storyID string) string {
	if s := c.stories[storyID]; s != nil {
		return c.head(s)
	}
	return ""
}

// head returns the most central member of the story of s: of the language in which most tell of it, the closest to the
// sum of all.
func (c *Clusterer) head(s *story) string {
	s = c.largest(s)
	if s.voices == 0 {
		return s.members[0].id
	}
	var head *doc
	var best float64
	if s.voices > 2 { // of two both are as close
		c.layStory(s)
		defer c.clearStory(s)
	}
	seen := 0
	for _, m := range s.members {
		if m.mute {
			continue
		}
		cos := 0.0
		if s.voices > 2 {
			cos = c.cosineDoc(m)
		}
		if head == nil || cos > best || cos == best && m.at < head.at {
			head, best = m, cos
		}
		if seen++; seen == headMembers {
			break
		}
	}
	return head.id
}

// share returns which share of the documents in the language of s stand in stories that many tell.
func (c *Clusterer) share(s *story) float64 {
	return c.terms.languages[s.lang].share()
}

// tally returns what counts of s.
func (s *story) tally() tally {
	return tally{s.lang, int32(s.voices)} //nolint:gosec // memory ends far below 2³¹ reports
}
