package news

import "errors"

// A Hand is what the editor decided about Stories, and the machine respects for ever.
type Hand struct {
	Decisions int64           // how many there were so far
	Pinned    map[string]bool // Articles that the machine moves to no other Story
	// Locked are Stories into which the machine puts nothing, out of which it takes nothing,
	// and which it merges with none.
	Locked map[string]bool
	// Apart are pairs of Stories that the machine does not merge; see Pair.
	Apart map[[2]string]bool
}

// Pair names two Stories, whichever comes first.
func Pair(a, b string) [2]string {
	if a > b {
		a, b = b, a
	}
	return [2]string{a, b}
}

// ErrDecided is returned for a Clustering that was made before the editor decided
// something: nothing of it was kept, and it is to be made again.
var ErrDecided = errors.New("the editor has decided something meanwhile")
