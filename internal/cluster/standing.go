package cluster

// A Standing follows Decisions: it knows in which story each document stands. The zero Standing knows none.
type Standing struct{ placed, merged map[string]string }

// Take notes what was decided when the document with the given id came.
func (s *Standing) Take(id string, d Decision) {
	if s.placed == nil {
		s.placed, s.merged = map[string]string{}, map[string]string{}
	}
	s.placed[id] = d.StoryID
	for _, m := range d.Merges {
		s.merged[m.From] = m.Into
	}
	for _, m := range d.Moves {
		s.placed[m.ArticleID] = m.To
	}
}

// Of returns the story of a document, or "" where it was never placed.
func (s *Standing) Of(id string) string {
	story := s.placed[id]
	for to := s.merged[story]; to != ""; to = s.merged[story] {
		story = to
	}
	return story
}
