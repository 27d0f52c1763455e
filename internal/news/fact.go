package news

// A Fact is what several Articles of a Story, of at least two owners, say in other words or the
// same. It knows no Lens: whether all sides report it, or one alone, depends on where
// the outlets of its Articles stand.
type Fact struct {
	// Passages are sentences, one of each Article that says it. The first is the one to show:
	// all others say at least as much. They stand in the order of time, then of their Articles' ids.
	Passages []Passage `json:"passages"`
	// Near are the other Articles of the Story of which it cannot be told that they do not say it:
	// something in them comes close, or they are in another language. Their ids are sorted.
	Near []string `json:"near,omitempty"`
}
