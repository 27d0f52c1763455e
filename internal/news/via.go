package news

import (
	"strings"
	"time"
)

// A Via says by which copy something was read: a mirror's, a web archive's, another hub's.
// Its zero value says that it came from the outlet itself, be it through a proxy.
type Via struct {
	// Route is the public name of the route, e.g. "mirror:https://copy.example".
	Route string `json:"route,omitempty"`
	// Archived is when a web archive took the copy (Memento-Datetime, RFC 7089 §2.1.1).
	Archived time.Time `json:"archived,omitzero"`
	// Page says that it was the article's page that came so, which the outlet's feed does not
	// confirm.
	Page bool `json:"page,omitempty"`
	// Confirmed is when the outlet itself, read again, said the same.
	Confirmed time.Time `json:"confirmed,omitzero"`
}

// Copied reports whether it was read from a copy.
func (v Via) Copied() bool { return v.Route != "" }

// A Copy is what became of what was read by one copy and then compared with the outlet's
// own feed.
type Copy struct {
	FeedID, Route   string
	Same, Different int
	// Last is when a difference was last found, Article the id of the Article concerned, ""
	// where there is none.
	Last    time.Time
	Article string
}

// Revises reports whether what came so may be the next version of an Item that was seen
// at that time: what an archive took later than that, and what a mirror says, for it
// stands for the outlet. Another hub gives excerpts, and brings only what is new.
func (v Via) Revises(seen time.Time) bool {
	kind, _, _ := strings.Cut(v.Route, ":")
	switch kind {
	case "archive":
		return v.Archived.After(seen)
	case "peer":
		return false
	}
	return true
}
