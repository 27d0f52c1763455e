package ingest

import (
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// A Schedule bounds when feeds are asked again. The zero value of each field is its
// default.
type Schedule struct {
	Min      time.Duration // between two polls of one feed; 5 minutes
	Max      time.Duration // 24 hours
	Interval time.Duration // for a feed of which nothing is known; 30 minutes
}

const (
	defaultMin      = 5 * time.Minute
	defaultMax      = 24 * time.Hour
	defaultInterval = 30 * time.Minute

	maxBackoff = 24 * time.Hour     // a feed that fails is tried at least so often, or every Max, for ever
	goneProbe  = 7 * 24 * time.Hour // and one that is said to be gone, so often
	maxSkip    = 7 * 24 * time.Hour // skipHours and skipDays can name at most all of a week

	// wholePause is between two polls of a feed that comes whole each time and does not say
	// that it may be asked earlier: those who write about the manners of feed readers ask for
	// an hour at least.
	wholePause = time.Hour

	// pushedPause is between two polls of a feed whose hub pushes what is new: how long a hub
	// may have fallen silent before that is noticed.
	pushedPause = 2 * time.Hour

	// jitter is by how much of the wait polls are spread, so that feeds which met once,
	// e.g. after the hub was down, do not meet for ever.
	jitter = 0.1
)

func (s Schedule) withDefaults() Schedule {
	if s.Min <= 0 {
		s.Min = defaultMin
	}
	if s.Max <= 0 {
		s.Max = defaultMax
	}
	s.Max = max(s.Max, s.Min)
	if s.Interval <= 0 {
		s.Interval = defaultInterval
	}
	s.Interval = min(max(s.Interval, s.Min), s.Max)
	return s
}

// Hints are what an answer says about when to come again.
type Hints struct {
	MaxAge     time.Duration // Cache-Control, Expires
	RetryAfter time.Time
	Gone       bool // 410
	// Whole says that the next answer will be the whole document: the server gave nothing
	// by which to ask for what has changed.
	Whole bool
}

// Next returns when f is due again after a poll at now, whose outcome f and h tell; rnd
// in [0, 1) spreads it.
//
// A feed that works is asked by its own rhythm: often in the hours in which it is lively,
// seldom in those in which it sleeps; but not before its caching headers and its own words
// (ttl, sy, skipHours, skipDays) let us, as far as Max. One that fails is asked after Min,
// doubled with each failure up to a day or to Max, for ever. One whose WebSub hub is trusted to push
// what is new is asked every two hours where it would be asked more often, unless its
// document is so short that news could fall out meanwhile.
//
// The second result says why, for people.
func (s Schedule) Next(f *news.Feed, now time.Time, h Hints, rnd float64) (due time.Time, why string) {
	s = s.withDefaults()
	wait, why := s.own(f, now)
	return s.allowed(f, now, h, rnd, wait, why)
}

// NotBefore returns the earliest that f may be asked again after that poll, should somebody
// say that it has something new: as Next, but whatever its rhythm.
func (s Schedule) NotBefore(f *news.Feed, now time.Time, h Hints, rnd float64) time.Time {
	due, _ := s.withDefaults().allowed(f, now, h, rnd, 0, "")
	return due
}

// own is how long the hub itself would wait for a feed that works.
func (s Schedule) own(f *news.Feed, now time.Time) (wait time.Duration, why string) {
	r := readRhythm(f.Rhythm)
	wait = r.wait(now, s.Interval, s.Max)
	why = "by its own rhythm: " + r.words()
	if f.LastNew.IsZero() {
		why = "nothing is known of its rhythm yet"
	} else if !f.LastNew.After(now) {
		why += ", the last " + news.Span(now.Sub(f.LastNew)) + " before"
	}
	if f.Push.Trusts(now) {
		// If the hub is silent, nothing must fall out unseen; where it is not known when it would,
		// the feed is polled as any other.
		if pause := min(pushedPause, f.Window/2); pause > wait {
			wait, why = pause, "its hub pushes what is new; it is polled to see that nothing is missing"
		}
	}
	return wait, why
}

// allowed returns when f is due if it is to be asked after wait, for that reason, but not
// before the outlet and the operator allow it.
func (s Schedule) allowed(f *news.Feed, now time.Time, h Hints, rnd float64, wait time.Duration, why string) (time.Time, string) {
	switch {
	case h.Gone:
		wait, why = goneProbe, "the outlet says that the feed is gone; it is looked for once a week"
	case f.Failures > 0:
		most := min(maxBackoff, s.Max)
		wait = s.Min
		for range f.Failures {
			if wait >= most {
				break
			}
			wait *= 2
		}
		wait = max(min(wait, most), s.Min)
		why = "it failed the last time"
		if f.Failures > 1 {
			why = fmt.Sprintf("it failed %d times in a row", f.Failures)
		}
	default:
		for _, asked := range []struct {
			wait time.Duration
			by   string
		}{
			{h.MaxAge, "its server says that the answer holds for " + news.Span(h.MaxAge)},
			{f.Asks.TTL, "the feed asks for " + news.Span(f.Asks.TTL) + " between two looks (ttl)"},
			{f.Asks.Update, "the feed says that it is updated every " + news.Span(f.Asks.Update) + " (sy:updatePeriod)"},
		} {
			if asked.wait > wait {
				wait, why = asked.wait, asked.by
			}
		}
		if h.Whole && h.MaxAge == 0 && f.Asks.TTL == 0 && f.Asks.Update == 0 && wait < wholePause {
			wait, why = wholePause, "it comes whole each time, for its server gives nothing to ask by"
		}
		switch {
		case wait < s.Min:
			wait, why = s.Min, "as often as the hub asks at all (min_interval)"
		case wait > s.Max:
			wait, why = s.Max, why+", but the hub asks at least so often (max_interval)"
		}
	}
	due := now.Add(spread(wait, rnd))
	if h.RetryAfter.After(due) {
		due, why = held(now, h.RetryAfter, rnd)
	}
	if f.Failures == 0 {
		if later := skip(due, f.Asks.SkipHours, f.Asks.SkipDays, rnd); !later.Equal(due) {
			due, why = later, "the feed says that nothing comes before (skipHours, skipDays)"
		}
	}
	return due, why
}

// held returns when a feed is due whose server asked to be left alone until then, and why.
// Everybody who was told to wait would come at once; so it is a little later.
func held(now, until time.Time, rnd float64) (due time.Time, why string) {
	if most := now.Add(goneProbe); until.After(most) {
		until = most
	}
	wait := min(max(until.Sub(now), 0), time.Hour)
	return until.Add(spread(wait, rnd) - wait), "its server asked to be left alone until then (Retry-After)"
}

// spread lengthens wait by up to a tenth.
func spread(wait time.Duration, rnd float64) time.Duration {
	return wait + time.Duration(float64(wait)*jitter*rnd)
}

// skip moves due out of the hours and days in which the feed says that nothing comes
// (RSS 2.0 skipHours, skipDays; in UTC). What names all of the week is ignored.
func skip(due time.Time, hours []int, days []time.Weekday, rnd float64) time.Time {
	if len(hours) == 0 && len(days) == 0 {
		return due
	}
	at := due.UTC()
	for moved := false; at.Sub(due) <= maxSkip; moved = true {
		hour := at.Hour()
		// 24 is midnight in the oldest feeds.
		if !slices.Contains(days, at.Weekday()) && !slices.Contains(hours, hour) && (hour != 0 || !slices.Contains(hours, 24)) {
			if moved {
				at = at.Add(time.Duration(float64(5*time.Minute) * rnd))
			}
			return at
		}
		at = at.Truncate(time.Hour).Add(time.Hour)
	}
	return due
}
