package news

// How two Stories belong together.
const (
	// Same: they probably tell of one event, in two languages.
	Same = "same"
	// Follows: B tells what came after A.
	Follows = "follows"
)

// A Relation says that two Stories belong together but are not one.
type Relation struct {
	Kind  string  `json:"kind"`
	A     string  `json:"a"` // of Follows: the earlier Story
	B     string  `json:"b"`
	LangA string  `json:"lang_a"` // BCP 47, in which they are told
	LangB string  `json:"lang_b"`
	Score float64 `json:"score"` // how probable it is, 0..1
	Why   string  `json:"why"`   // in words
}
