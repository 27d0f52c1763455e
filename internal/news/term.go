package news

// A Term is what an outlet says of how its work may be used, as it says it: a fact for whoever sets
// the Carriage, and for readers. The hub does not judge it.
type Term struct {
	Kind  TermKind `json:"kind"`
	Value string   `json:"value"`
	Where string   `json:"where"`         // in which part of the document: "feed", "entry", "header X-Robots-Tag", ...
	URL   string   `json:"url,omitempty"` // of the document
}

// A TermKind says what a Term is about.
type TermKind string

// The kinds of Terms.
const (
	Licence     TermKind = "licence"     // the URL, or the name, of one that everybody may take
	Rights      TermKind = "rights"      // who holds them, or what is allowed, in words
	Reservation TermKind = "reservation" // what programs are asked to do or not to do, in the words of its standard
)
