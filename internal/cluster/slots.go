package cluster

// slots number the documents of the window, so that what a search keeps of each lies in arrays.
type slots struct {
	docs  []*doc   // nil where a document was forgotten
	story []uint32 // numbers of their stories; noStory likewise
	owed  []uint8  // postings that still hold the slot of a forgotten document
	free  []uint32
}

// noStory is the number of no story.
const noStory = 0

// take gives d a slot.
func (s *slots) take(d *doc) {
	if n := len(s.free); n > 0 {
		d.slot, s.free = s.free[n-1], s.free[:n-1]
		s.docs[d.slot] = d
		return
	}
	d.slot = uint32(len(s.docs)) //nolint:gosec // memory ends far below 2³² documents
	s.docs, s.story, s.owed = append(s.docs, d), append(s.story, noStory), append(s.owed, 0)
}

// empty forgets d, whose postings are still there.
func (s *slots) empty(d *doc) {
	s.docs[d.slot], s.story[d.slot] = nil, noStory
	for _, w := range d.vec {
		if w.marks&indexed != 0 {
			s.owed[d.slot]++ // at most indexTerms
		}
	}
	if s.owed[d.slot] == 0 {
		s.free = append(s.free, d.slot)
	}
}

// release says that one posting less holds slot.
func (s *slots) release(slot uint32) {
	if s.owed[slot]--; s.owed[slot] == 0 {
		s.free = append(s.free, slot)
	}
}
