package news

// A Subject is a topic that the operator follows: Articles in which all of its words stand.
type Subject struct {
	ID        string
	Title     string
	Words     string   // a search, see lang.QueryTerms
	Languages []string // only Articles in these; empty: in any
}
