package news

import (
	"errors"
	"time"
)

// ErrCursor is returned for an After that no page gave: a reader changed the address.
var ErrCursor = errors.New("not a cursor that a page gave")

// A StoryQuery asks for Stories, the highest Rank first.
type StoryQuery struct {
	Now        time.Time // decides what is carried
	Limit      int
	After      string // the cursor that the page before gave; "" for the first
	MinOutlets int    // at least so many distinct outlets; 0 and 1 ask for all
}

// An ArticleQuery asks for carried Articles, the newest first.
type ArticleQuery struct {
	Now       time.Time
	SourceIDs []string // of these Sources; nil means all
	StoryID   string   // of this Story; "" means any
	Limit     int
	After     string // the cursor that the page before gave; "" for the first
	Full      bool   // with Text and HTML
}

// A SearchQuery asks for carried Articles that hold, for each of Terms, at least one
// of its alternatives.
type SearchQuery struct {
	Now    time.Time
	Terms  [][]string
	Limit  int
	Offset int
}
