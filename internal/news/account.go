package news

import (
	"errors"
	"time"
)

// ErrExists is returned for something that is to be made and is there already.
var ErrExists = errors.New("is there already")

// An Account is somebody who reads the hub in a feed reader that keeps what was read on a
// server. The hub knows a name, which need not be one, and what was read and starred.
type Account struct {
	Name string
	Made time.Time
	// TokenHash and FeverHash are hashes of what a program shows instead of the password, see
	// package readers. The password itself is kept nowhere.
	TokenHash, FeverHash string
}

// AccountWindow is for how long an Article is unread: what is older counts as read, so that a
// new account does not begin with a hundred thousand unread articles.
const AccountWindow = 30 * 24 * time.Hour

// A Marked is an Article as an Account sees it.
type Marked struct {
	// N numbers Articles in the order in which they came into the hub; it never changes.
	N             int64
	ArticleID     string
	SourceID      string
	Seen          time.Time // first, by the hub
	Read, Starred bool
	Article       *Article // with its text, where that was asked for
}

// A MarkedQuery asks for the carried Articles of an Account, the latest N first.
type MarkedQuery struct {
	Account   string
	Now       time.Time
	SourceIDs []string // of these Sources; nil means all
	Numbers   []int64  // these only; nil means all
	// Unread leaves out what was read, Read what was not, Starred what is not starred. Only
	// starred Articles, and those that Numbers name, may be older than AccountWindow.
	Unread, Read, Starred bool
	From, To              time.Time // first seen from From on, before To; zero: no bound
	Above, Below          int64     // N is greater, less; 0: no bound
	OldestFirst           bool
	Limit                 int
	Full                  bool // with Article
}

// A Mark changes how an Account has Articles: what is nil stays.
type Mark struct{ Read, Starred *bool }

// An Unread says how many Articles of a Source an Account has not read.
type Unread struct {
	SourceID string
	Articles int
	Newest   time.Time
}
