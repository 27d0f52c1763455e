package news

// A Quote is something that somebody said, and every place in the Articles of a Story where it
// stands. It holds no words of theirs but the name of who said it.
//
// Of its Sayings those that have it whole come first, and among equals those of the earlier
// Article; what the others left out is counted in the words of the first.
type Quote struct {
	Kind QuoteKind `json:"kind"`
	// Speaker is who said it, as best named in any of the Articles, or "" where that is unclear
	// or where they do not agree.
	Speaker  string   `json:"speaker,omitempty"`
	Language string   `json:"language"` // base language of the words; the same words in two languages are two Quotes
	Sayings  []Saying `json:"sayings"`
}

// A QuoteKind says how words are given.
type QuoteKind string

// The kinds of Quotes.
const (
	QuoteDirect   QuoteKind = "direct"   // in quote marks, or after the dash that stands for them
	QuoteReported QuoteKind = "reported" // told without marks: X said that ...
	QuoteNotice   QuoteKind = "notice"   // what whoever published the text says of it, within the text
)

// A Saying is a Quote as one Article has it.
type Saying struct {
	// Words are the words said, without their marks: more than one Passage where the Article
	// says in between who speaks, or goes on in another paragraph.
	Words []Passage `json:"words"`
	// Speaker is who said it as this Article names them, in full where it does so anywhere;
	// "" where that is unclear.
	Speaker string `json:"speaker,omitempty"`
	// By are the words beside the Quote that say who speaks: a name, "he", "the ministry". Zero
	// where none do.
	By Passage `json:"by,omitzero"`
	// Named is where the Article has the words of Speaker. It is By where the name stands there.
	Named Passage `json:"named,omitzero"`
	// Cuts are the words of the first Saying that this one lacks, in their order.
	Cuts []Cutting `json:"cuts,omitempty"`
	// Differs are the places where this one has other words than the first, in their order.
	Differs []Difference `json:"differs,omitempty"`
}

// A Cutting is a run of words that an Article left out of a Quote.
type Cutting struct {
	Left  Passage      `json:"left"` // the words, in the Article of the first Saying
	Where CuttingPlace `json:"where"`
	// Marked is whether an ellipsis stands where they were.
	Marked bool `json:"marked,omitempty"`
}

// A CuttingPlace says where in a Quote words were left out.
type CuttingPlace string

// The places of a Cutting.
const (
	CutStart  CuttingPlace = "start"
	CutInside CuttingPlace = "inside"
	CutEnd    CuttingPlace = "end"
)

// A Difference is a place where two Articles have other words in the same Quote.
type Difference struct {
	First Passage `json:"first,omitzero"` // in the Article of the first Saying; zero where that has nothing
	Here  Passage `json:"here"`           // in this one
}
