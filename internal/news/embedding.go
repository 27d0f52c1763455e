package news

// An Embedding is an Article as a language model sees it: a direction, near which those of
// texts of like meaning lie. It can be compared with those of the same Model and length only.
type Embedding struct {
	Model  string
	Vector []int8 // the model's numbers, scaled so that the largest is 127 and rounded
}
