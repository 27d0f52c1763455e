package news

// What the Counts of a Figure are to one another.
const (
	// Conflict: owners say different numbers at the same time.
	Conflict = "conflict"
	// Update: the number grew or shrank, and who reports later says the later one.
	Update = "update"
)

// A Figure is one thing that Articles of a Story count, and do not count alike. It
// knows no Lens.
type Figure struct {
	// Counted is the class of what is counted, where there is a name for it ("killed", "injured",
	// "missing", "arrested", ...), or "".
	Counted string `json:"counted,omitempty"`
	// Unit is "%" or an ISO 4217 code, or "" where things or people are counted.
	Unit    string  `json:"unit,omitempty"`
	Verdict string  `json:"verdict"` // Conflict or Update
	Counts  []Count `json:"counts"`  // one of each Article, in the order of time, then of their ids
}

// How a number was said.
const (
	Least = "least" // "at least", "more than"
	Most  = "most"  // "up to", "fewer than"
	About = "about" // "about", "nearly", "dozens"
)

// A Count is a number that one Article says.
type Count struct {
	Sentence Passage `json:"sentence"`
	Number   Passage `json:"number"` // the number as it stands there, within Sentence
	// Low and High are its value; they differ for "between 10 and 20" only.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Bound is Least, Most or About; "" where the number is said as exact.
	Bound string `json:"bound,omitempty"`
}
