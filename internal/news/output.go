package news

import (
	"time"
)

// OutputWindow is over how long what outlets told says how much is to be expected of them:
// two weeks hold each day of the week twice.
const OutputWindow = 14 * 24 * time.Hour

// An Output is in how many Stories outlets took part of late, as far as two outlets or more
// told these: what nobody else tells can be missed by nobody.
type Output struct {
	Days []OutputDay
	// Last is when the latest Article of a Source was published or seen, by its id.
	Last map[string]time.Time
}

// An OutputDay counts the Stories that began on one day.
type OutputDay struct {
	Day      int64  // since 1 January 1970, UTC
	SourceID string // that has an Article in them; "": any
	Language string // of that Article
	Stories  int
}

// DayOf returns the number of the day, UTC, on which t is.
func DayOf(t time.Time) int64 {
	const day = 24 * 60 * 60
	s := t.Unix()
	return (s - ((s%day)+day)%day) / day
}

// Until returns in how many Stories the outlets took part in a language that told is true of, of those
// that began on the day of last or within OutputWindow before; and how many there were.
func (o *Output) Until(last time.Time, told func(language string) bool) (of map[string]int, all int) {
	to := DayOf(last)
	from := to - int64(OutputWindow/(24*time.Hour)) + 1
	of = map[string]int{}
	for _, d := range o.Days {
		switch {
		case d.Day < from || d.Day > to || !told(d.Language):
		case d.SourceID == "":
			all += d.Stories
		default:
			of[d.SourceID] += d.Stories
		}
	}
	return of, all
}
