package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"parallax/internal/news"
)

// A reachStrip draws how a feed could be reached in the last weeks: a bar from left to
// right, and in words how long which state lasted.
type reachStrip struct {
	Parts       []reachPart
	Key         []reachPart // the states that there are, each once, the longest first
	First, Last string      // dates at both ends
}

type reachPart struct {
	X, W    string // per cent
	Class   string
	Pattern string
	Words   string
}

// reachDays is how far back the strip goes.
const reachDays = 90

// reachLook is how a state is drawn and called. Without colour, for colour is for sides:
// the darker, the less is reached; what nobody answers for is hollow.
var reachLook = map[news.Reach]reachPart{
	news.ReachUnknown:  {Class: "rule", Words: "not read by this hub yet"},
	news.ReachOK:       {Class: "ok", Words: "reached directly"},
	news.ReachDegraded: {Class: "ok", Pattern: "p1", Words: "not each time, or not directly"},
	news.ReachBlocked:  {Class: "cut", Words: "the pattern of blocking"},
	news.ReachLegal:    {Class: "cut", Pattern: "p2", Words: "withheld for legal reasons"},
	news.ReachRefused:  {Class: "cut", Pattern: "p3", Words: "refused by its server"},
	news.ReachDown:     {Class: "away", Words: "failed"},
	news.ReachGone:     {Class: "away", Words: "gone"},
}

// reachStripOf draws changes, the earliest first. One state all the time needs no picture.
func reachStripOf(changes []news.ReachChange, now time.Time) reachStrip {
	const span = reachDays * 24 * time.Hour
	begin := now.Add(-span)
	if len(changes) < 2 {
		return reachStrip{}
	}
	if changes[0].At.After(begin) {
		changes = append([]news.ReachChange{{At: begin}}, changes...)
	}
	s := reachStrip{First: begin.UTC().Format("2 Jan 2006"), Last: now.UTC().Format("2 Jan 2006")}
	lasted := map[news.Reach]time.Duration{}
	percent := func(d time.Duration) string {
		return strconv.FormatFloat(100*float64(d)/float64(span), 'f', 2, 64) + "%"
	}
	for i, c := range changes {
		from, to := c.At, now
		if from.Before(begin) {
			from = begin
		}
		if i+1 < len(changes) {
			to = changes[i+1].At
		}
		if to.After(now) {
			to = now
		}
		if !to.After(from) {
			continue // before the strip, or a clock that was set back
		}
		p := reachLook[c.Reach]
		p.X, p.W = percent(from.Sub(begin)), percent(to.Sub(from))
		p.Words += ", from " + from.UTC().Format("2 Jan 15:04")
		s.Parts = append(s.Parts, p)
		lasted[c.Reach] += to.Sub(from)
	}
	states := sortedKeys(lasted)
	slices.SortStableFunc(states, func(a, b news.Reach) int { return cmp.Compare(lasted[b], lasted[a]) })
	for _, r := range states {
		p := reachLook[r]
		p.Words = fmt.Sprintf("%s: %s", p.Words, news.Span(lasted[r]))
		s.Key = append(s.Key, p)
	}
	return s
}
