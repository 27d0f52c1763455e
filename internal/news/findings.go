package news

// Findings are what the accounts of a Story have in common and where they differ, whatever the
// Lens: a Lens only says on whose side each of them stands. They name Articles and places in
// them, see Passage.
type Findings struct {
	StoryID string   `json:"story"`
	Facts   []Fact   `json:"facts,omitempty"`
	Figures []Figure `json:"figures,omitempty"`
	Quotes  []Quote  `json:"quotes,omitempty"`
}

// Each calls yield for every Passage that f names.
func (f *Findings) Each(yield func(Passage)) {
	for _, fact := range f.Facts {
		for _, p := range fact.Passages {
			yield(p)
		}
	}
	for _, q := range f.Quotes {
		for _, s := range q.Sayings {
			for _, p := range s.Words {
				yield(p)
			}
		}
	}
	for _, figure := range f.Figures {
		for _, c := range figure.Counts {
			yield(c.Sentence)
		}
	}
}
