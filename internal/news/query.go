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
	// ByTold: the latest Told first, of those that have one. It never changes.
	ByTold StoryOrder = "told"
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
	// Terms are as in a SearchQuery, and Languages those in which the Articles are to be, "en" for all
	// of its kinds; nil: whatever they say, in any language. Of Articles that have the Terms the 10,000
	// that were indexed last are looked at.
	Terms     [][]string
	Languages []string
	// Entered asks for them in the order in which they came in, the last first, whatever their dates: who reads
	// page after page meets each once, also where an outlet gives one another date meanwhile. The
	// cursors are others.
	Entered bool
	// Part asks for what came in within a part of a day, as Parts names it, in that order.
	Part string
}

// Parts name parts of days, by when Articles came in; "" where there is none.
type Parts struct {
	Open       string // what is not yet part of a whole part
	Prev, Next string
}

// An EditQuery asks for later versions of carried Articles, the latest first.
type EditQuery struct {
	Now      time.Time
	SourceID string // of this Source; "" means all
	Limit    int
	After    string // the cursor that the page before gave; "" for the first
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
