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

	maxBackoff = 24 * time.Hour     // a feed that fails is tried at least so often, for ever
	goneProbe  = 7 * 24 * time.Hour // and one that is said to be gone, so often
	maxSkip    = 7 * 24 * time.Hour // skipHours and skipDays can name at most all of a week

	// maxBefore bounds what is concluded from the last wait, which may have been long for
	// another reason, such as skipDays.
	maxBefore = 6 * time.Hour

	// wholePause is between two polls of a feed that comes whole each time and does not say
	// that it may be asked earlier: those who write about the manners of feed readers ask for
	// an hour at least.
	wholePause = time.Hour

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
	MaxAge       time.Duration // Cache-Control, Expires
	TTL          time.Duration // RSS ttl
	UpdatePeriod time.Duration // sy:updatePeriod / sy:updateFrequency
	SkipHours    []int         // UTC
	SkipDays     []time.Weekday
	RetryAfter   time.Time
	Gone         bool // 410
	// Whole says that the next answer will be the whole document: the server gave nothing
	// by which to ask for what has changed.
	Whole bool
	// Before is how long the wait before this poll was, if it brought no document: then
	// what the last one said of ttl and sy still holds, and is part of it.
	Before time.Duration
}

// Next returns when f is due again after a poll at now, whose outcome f and h tell; rnd
// in [0, 1) spreads it.
//
// A feed that works is asked the more often the more recently it had something new: at
// an eighth of the time since, so that one with news every hour is asked every ten
// minutes and one that slept for a week once a day; but not before its caching headers
// and its own words (ttl, sy, skipHours, skipDays) let us, as far as Max. One that
// fails is asked after Min, doubled with each failure up to a day, for ever.
//
// The second result says why, for people.
func (s Schedule) Next(f *news.Feed, now time.Time, h Hints, rnd float64) (due time.Time, why string) {
	s = s.withDefaults()
	var wait time.Duration
	switch {
	case h.Gone:
		wait, why = goneProbe, "the outlet says that the feed is gone; it is looked for once a week"
	case f.Failures > 0:
		wait = maxBackoff
		if f.Failures < 20 { // 2^20 times any Min is more than a day
			wait = min(s.Min<<f.Failures, maxBackoff)
		}
		why = "it failed the last time"
		if f.Failures > 1 {
			why = fmt.Sprintf("it failed %d times in a row", f.Failures)
		}
	default:
		wait = s.rhythm(f, now)
		why = "by its own rhythm: the last news came " + news.Span(now.Sub(f.LastNew)) + " before"
		if f.LastNew.IsZero() {
			why = "nothing is known of its rhythm yet"
		}
		before := min(time.Duration(float64(h.Before)/(1+jitter/2)), maxBefore)
		for _, asked := range []struct {
			wait time.Duration
			by   string
		}{
			{h.MaxAge, "its server says that the answer holds for " + news.Span(h.MaxAge)},
			{h.TTL, "the feed asks for " + news.Span(h.TTL) + " between two looks (ttl)"},
			{h.UpdatePeriod, "the feed says that it is updated every " + news.Span(h.UpdatePeriod) + " (sy:updatePeriod)"},
			{before, "the feed asked for " + news.Span(before) + " between two looks"},
		} {
			if asked.wait > wait {
				wait, why = asked.wait, asked.by
			}
		}
		if h.Whole && h.MaxAge == 0 && h.TTL == 0 && h.UpdatePeriod == 0 && wait < wholePause {
			wait, why = wholePause, "it comes whole each time, for its server gives nothing to ask by"
		}
		switch {
		case wait < s.Min:
			wait, why = s.Min, "as often as the hub asks at all (min_interval)"
		case wait > s.Max:
			wait, why = s.Max, why+", but the hub asks at least so often (max_interval)"
		}
	}
	due = now.Add(spread(wait, rnd))
	if h.RetryAfter.After(due) {
		// Everybody who was told to wait would come at once.
		until := h.RetryAfter
		if most := now.Add(goneProbe); until.After(most) {
			until = most
		}
		due = until.Add(spread(min(until.Sub(now), time.Hour), rnd) - min(until.Sub(now), time.Hour))
		why = "its server asked to be left alone until then (Retry-After)"
	}
	if f.Failures == 0 {
		if later := skip(due, h.SkipHours, h.SkipDays, rnd); !later.Equal(due) {
			due, why = later, "the feed says that nothing comes before (skipHours, skipDays)"
		}
	}
	return due, why
}

// rhythm is how long to wait for a feed by what it did so far.
func (s Schedule) rhythm(f *news.Feed, now time.Time) time.Duration {
	if f.LastNew.IsZero() {
		return s.Interval
	}
	const share = 8
	quiet := max(now.Sub(f.LastNew), 0)
	return min(max(quiet/share, s.Interval/3), s.Max)
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
