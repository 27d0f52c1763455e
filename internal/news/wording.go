package news

// A TypicalTerm is a word, or two that stand together, that a Side uses more than the others that
// write in its language. It is a difference and no score: it says who uses a word, and nothing
// about the word.
type TypicalTerm struct {
	// Shown is a place where the term stands as it mostly does on this Side.
	Shown Passage `json:"shown"`
	// Owners of the Side use it, of Of whose accounts are in the language and long enough to tell;
	// Others of OthersOf do on all other sides together.
	Owners   int `json:"owners"`
	Of       int `json:"of"`
	Others   int `json:"others"`
	OthersOf int `json:"others_of"`
	// Passages are its first places on the Side, one of each Article, in the order of time, and
	// Elsewhere those of the others.
	Passages  []Passage `json:"passages"`
	Elsewhere []Passage `json:"elsewhere,omitempty"`
}

// Each calls yield for every Passage that t names.
func (t *TypicalTerm) Each(yield func(Passage)) {
	yield(t.Shown)
	for _, p := range t.Passages {
		yield(p)
	}
	for _, p := range t.Elsewhere {
		yield(p)
	}
}
