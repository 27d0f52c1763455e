package store

import (
	"time"

	"parallax/internal/news"
)

// forever stands for a carriage without end, in milliseconds: far beyond any date, and
// small enough that adding a date to it does not overflow.
const forever int64 = 1 << 60

// carried is the clause that every reader's query has: the sources row c, and the row r
// (an alias of articles or items), are carried at the moment that is argument now. It
// says in SQL what news.Carriage.Carries says in Go. The sum keeps the planners from
// taking an index of first_seen, by which they would read a source's whole history
// where a page needs its newest few.
func carried(r, now string) string {
	return sourceCarried(now) + " AND " + r + ".first_seen + c.keep > " + now + " AND " + r + ".purged_at = 0"
}

// sourceCarried is the part of carried that concerns the source.
func sourceCarried(now string) string {
	return "c.carried_from <= " + now + " AND c.carried_until > " + now
}

// terms are the carriage columns of a source: from, until, keep.
func terms(c news.Carriage) (from, until, keep int64) {
	from, until, keep = ms(c.From), forever, forever
	if !c.Until.IsZero() {
		until = ms(c.Until)
	}
	if c.Keep > 0 {
		// Rounded up: an article seen within a millisecond is not kept for none.
		keep = int64((c.Keep + time.Millisecond - 1) / time.Millisecond)
	}
	return from, until, keep
}
