package extract

import (
	"strings"
	"time"
)

// layouts are how metadata writes dates, the specified way first.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"20060102T150405Z0700",
	"20060102",
	"2006/01/02 15:04:05",
	"2006/01/02",
	time.RFC1123Z,
	time.RFC1123,
	"Mon, 2 Jan 2006 15:04:05 Z0700",
	"Mon Jan 02 15:04:05 MST 2006",
	// As people write them, where it is plain which is the day.
	"2 January 2006 15:04",
	"2 January 2006, 15:04",
	"2 January 2006",
	"2 Jan 2006 15:04",
	"2 Jan 2006, 15:04",
	"2 Jan 2006",
	"January 2, 2006 15:04",
	"January 2, 2006, 15:04",
	"January 2, 2006 3:04 PM",
	"January 2, 2006, 3:04 PM",
	"January 2, 2006",
	"2.1.2006 15:04",
	"2.1.2006, 15:04",
	"2.1.2006",
}

// date returns known unless it is zero, else the first of values that is a date, in the
// zone in which it is written. A date without one counts as UTC, for guessing another would be wrong more often.
// Years before the Web are errors of the page.
func date(known time.Time, values ...string) time.Time {
	if !known.IsZero() {
		return known
	}
	for _, v := range values {
		v = strings.TrimSpace(v)
		for _, l := range layouts {
			if t, err := time.Parse(l, v); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
				return t
			}
		}
	}
	return time.Time{}
}
