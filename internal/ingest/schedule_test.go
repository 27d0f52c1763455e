package ingest

import (
	"testing"
	"time"

	"parallax/internal/news"
)

// noon is a Monday.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	ago := func(d time.Duration) *news.Feed { return &news.Feed{LastNew: noon.Add(-d)} }
	failing := func(n int) *news.Feed { return &news.Feed{Failures: n, LastNew: noon} }
	for _, c := range []struct {
		name string
		feed *news.Feed
		h    Hints
		want time.Duration
	}{
		{"unknown", &news.Feed{}, Hints{}, 30 * time.Minute},
		{"just new", ago(0), Hints{}, 10 * time.Minute},
		{"an hour ago", ago(time.Hour), Hints{}, 10 * time.Minute},
		{"four hours ago", ago(4 * time.Hour), Hints{}, 30 * time.Minute},
		{"yesterday", ago(24 * time.Hour), Hints{}, 3 * time.Hour},
		{"years ago", ago(9999 * time.Hour), Hints{}, 24 * time.Hour},
		{"dated into the future", ago(-time.Hour), Hints{}, 10 * time.Minute},
		{"max-age", ago(0), Hints{MaxAge: time.Hour}, time.Hour},
		{"max-age of a year", ago(0), Hints{MaxAge: 8760 * time.Hour}, 24 * time.Hour},
		{"ttl", ago(0), Hints{TTL: 45 * time.Minute}, 45 * time.Minute},
		{"sy", ago(0), Hints{UpdatePeriod: 2 * time.Hour, TTL: time.Hour}, 2 * time.Hour},
		{"ttl of last time", ago(0), Hints{Before: 63 * time.Minute}, time.Hour},
		{"first failure", failing(1), Hints{}, 10 * time.Minute},
		{"third failure", failing(3), Hints{}, 40 * time.Minute},
		{"ninth failure", failing(9), Hints{}, 24 * time.Hour},
		{"thousandth failure", failing(1000), Hints{}, 24 * time.Hour},
		{"gone", failing(5), Hints{Gone: true}, 7 * 24 * time.Hour},
		{"retry-after", failing(1), Hints{RetryAfter: noon.Add(3 * time.Hour)}, 3 * time.Hour},
		{"retry-after of a year", failing(1), Hints{RetryAfter: noon.AddDate(1, 0, 0)}, 7 * 24 * time.Hour},
		{"retry-after sooner than backoff", failing(9), Hints{RetryAfter: noon.Add(time.Minute)}, 24 * time.Hour},
		{"skip this hour and the next", ago(0), Hints{SkipHours: []int{12, 13}}, 2 * time.Hour},
		{"skip midnight as 24", ago(96 * time.Hour), Hints{SkipHours: []int{24}}, 13 * time.Hour},
		{"skip Monday and Tuesday", ago(0), Hints{SkipDays: []time.Weekday{time.Monday, time.Tuesday}}, 36 * time.Hour},
		{"skip all days", ago(0), Hints{SkipDays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, 10 * time.Minute},
	} {
		if got := next(Schedule{}, c.feed, noon, c.h, 0).Sub(noon); got != c.want {
			t.Errorf("%s: due in %v, want %v", c.name, got, c.want)
		}
		late := next(Schedule{}, c.feed, noon, c.h, 0.999).Sub(noon)
		if late < c.want || late > c.want+c.want/10+5*time.Minute {
			t.Errorf("%s: spread to %v, want %v and at most a tenth more", c.name, late, c.want)
		}
	}
	s := Schedule{Min: time.Minute, Max: 2 * time.Hour, Interval: 3 * time.Minute}
	if got := next(s, ago(9999*time.Hour), noon, Hints{MaxAge: 8760 * time.Hour}, 0).Sub(noon); got != 2*time.Hour {
		t.Errorf("Max is not kept: %v", got)
	}
	if got := next(s, ago(0), noon, Hints{}, 0).Sub(noon); got != time.Minute {
		t.Errorf("Min is not reached: %v", got)
	}
}

func FuzzNext(f *testing.F) {
	f.Add(3, int64(time.Hour), int64(time.Hour), int64(-5), int64(time.Hour), 5, 2, 0.5)
	f.Fuzz(func(t *testing.T, failures int, quiet, maxAge, ttl, retry int64, hour, day int, rnd float64) {
		if rnd < 0 || rnd >= 1 || rnd != rnd {
			return // not what a source of randomness gives
		}
		feed := &news.Feed{Failures: max(failures, 0), LastNew: noon.Add(time.Duration(-quiet))}
		h := Hints{
			MaxAge: time.Duration(maxAge), TTL: time.Duration(ttl), RetryAfter: noon.Add(time.Duration(retry)),
			SkipHours: []int{hour}, SkipDays: []time.Weekday{time.Weekday(day)},
		}
		wait := next(Schedule{}, feed, noon, h, rnd).Sub(noon)
		if wait < defaultMin || wait > goneProbe+goneProbe/10+maxSkip {
			t.Errorf("due in %v", wait)
		}
	})
}

func next(s Schedule, f *news.Feed, now time.Time, h Hints, rnd float64) time.Time {
	due, _ := s.Next(f, now, h, rnd)
	return due
}

func TestWhyDue(t *testing.T) {
	t.Parallel()
	feed := func(failures int, quiet time.Duration) *news.Feed {
		return &news.Feed{Failures: failures, LastNew: noon.Add(-quiet)}
	}
	for _, c := range []struct {
		feed *news.Feed
		h    Hints
		want string
	}{
		{&news.Feed{}, Hints{}, "nothing is known of its rhythm yet"},
		{feed(0, 5*time.Hour), Hints{}, "by its own rhythm: the last news came 5 hours before"},
		{feed(0, 30*time.Minute), Hints{TTL: time.Hour}, "the feed asks for 60 minutes between two looks (ttl)"},
		{feed(0, 30*time.Minute), Hints{TTL: time.Hour, MaxAge: 3 * time.Hour}, "its server says that the answer holds for 3 hours"},
		{feed(0, 30*time.Minute), Hints{Whole: true}, "it comes whole each time, for its server gives nothing to ask by"},
		{feed(0, 90*24*time.Hour), Hints{}, "by its own rhythm: the last news came 90 days before"},
		{feed(0, time.Hour), Hints{MaxAge: 90 * 24 * time.Hour}, "its server says that the answer holds for 90 days, but the hub asks at least so often (max_interval)"},
		{feed(1, 0), Hints{}, "it failed the last time"},
		{feed(7, 0), Hints{}, "it failed 7 times in a row"},
		{feed(1, 0), Hints{Gone: true}, "the outlet says that the feed is gone; it is looked for once a week"},
		{feed(1, 0), Hints{RetryAfter: noon.Add(9 * time.Hour)}, "its server asked to be left alone until then (Retry-After)"},
		{feed(0, 0), Hints{SkipHours: []int{12, 13, 14}}, "the feed says that nothing comes before (skipHours, skipDays)"},
	} {
		if _, why := (Schedule{}).Next(c.feed, noon, c.h, 0); why != c.want {
			t.Errorf("%+v: %q, want %q", c.h, why, c.want)
		}
	}
}
