package news

// Findings are what the accounts of a Story have in common and where they differ, whatever the
// Lens: a Lens only says on whose side each of them stands. They name Articles and places in
// them, see Passage.
type Findings struct {
	StoryID string   `json:"story"`
	Unread  int      `json:"unread,omitempty"` // accounts beyond those that are compared
	Facts   []Fact   `json:"facts,omitempty"`
	Figures []Figure `json:"figures,omitempty"`
	Quotes  []Quote  `json:"quotes,omitempty"`
}

// Each calls yield for every Passage that f names, in one order: the first fact, quote and figure,
// then the second of each, and so on.
func (f *Findings) Each(yield func(Passage)) {
	for i := range max(len(f.Facts), len(f.Quotes), len(f.Figures)) {
		if i < len(f.Facts) {
			for _, p := range f.Facts[i].Passages {
				yield(p)
			}
		}
		if i < len(f.Quotes) {
			for _, s := range f.Quotes[i].Sayings {
				for _, p := range s.Words {
					yield(p)
				}
			}
		}
		if i < len(f.Figures) {
			for _, c := range f.Figures[i].Counts {
				yield(c.Sentence)
			}
		}
	}
}
