package news

import (
	"errors"
	"time"
)

// ErrCursor is returned for an After that no page gave: a reader changed the address.
var ErrCursor = errors.New("not a cursor that a page gave")

// A StoryQuery asks for Stories.
type StoryQuery struct {
	Now        time.Time // decides what is carried
	Limit      int
	After      string // the cursor that the page before gave; "" for the first
	MinOutlets int    // at least so many distinct outlets; 0 and 1 ask for all
	Order      StoryOrder
	// Since leaves out those whose time in an Order by time is before this; zero: none.
	Since time.Time
}

// A StoryOrder says in which order Stories come.
type StoryOrder string

// The orders of Stories.
const (
	ByRank StoryOrder = "" // the highest Rank first
	// ByFirst: the latest First first. One that is told further stays in its place, so that who
	// reads page after page meets each once.
	ByFirst StoryOrder = "first"
	ByLast  StoryOrder = "last" // the latest Last first
)

// An ArticleQuery asks for carried Articles, the newest first.
type ArticleQuery struct {
	Now       time.Time
	SourceIDs []string  // of these Sources; nil means all
	StoryID   string    // of this Story; "" means any
	Since     time.Time // whose When is this or later; zero: any
	Until     time.Time // whose When is before this; zero: any
	Limit     int
	After     string // the cursor that the page before gave; "" for the first
	Full      bool   // with Text and HTML
}

// An ItemQuery asks for carried Items, those first that were seen first the latest.
type ItemQuery struct {
	Now      time.Time
	SourceID string    // of this Source; "" means all
	Since    time.Time // first seen then or later; zero: whenever
	Limit    int
	After    string // the cursor that the page before gave; "" for the first
}

// A SearchQuery asks for carried Articles that hold, for each of Terms, at least one
// of its alternatives.
type SearchQuery struct {
	Now    time.Time
	Terms  [][]string
	Limit  int
	Offset int
	// Seen is by when they were first seen, so that who reads page after page finds each once,
	// whatever comes meanwhile; zero: whenever.
	Seen time.Time
}
