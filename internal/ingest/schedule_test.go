package ingest

import (
	"testing"
	"time"

	"parallax/internal/news"
)

// noon is a Monday.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// paced is a feed that brought so many entries a day, at even distances, for two weeks until
// noon.
func paced(aDay float64) *news.Feed {
	var items []*news.Item
	step := time.Duration(float64(24*time.Hour) / aDay)
	for at := noon.Add(-step / 2); noon.Sub(at) < 14*24*time.Hour; at = at.Add(-step) {
		items = append(items, &news.Item{Published: at})
	}
	var r rhythm
	r.learn(items, time.Time{}, noon)
	return &news.Feed{LastNew: noon.Add(-step / 2), Rhythm: r.String()}
}

func TestNext(t *testing.T) {
	asks := func(a news.Asks) *news.Feed {
		f := paced(200)
		f.Asks = a
		return f
	}
	busy := func() *news.Feed { return asks(news.Asks{}) }
	failing := func(n int) *news.Feed { return &news.Feed{Failures: n, LastNew: noon} }
	const itself = 9*time.Minute + 35*time.Second // the rhythm of busy
	for _, c := range []struct {
		name string
		feed *news.Feed
		h    Hints
		want time.Duration
	}{
		{"unknown", &news.Feed{}, Hints{}, 30 * time.Minute},
		{"what cannot be read", &news.Feed{Rhythm: "1 2 3"}, Hints{}, 30 * time.Minute},
		{"by its rhythm", busy(), Hints{}, itself},
		{"max-age", busy(), Hints{MaxAge: time.Hour}, time.Hour},
		{"max-age of a year", busy(), Hints{MaxAge: 8760 * time.Hour}, 24 * time.Hour},
		{"ttl", asks(news.Asks{TTL: 45 * time.Minute}), Hints{}, 45 * time.Minute},
		{"sy", asks(news.Asks{Update: 2 * time.Hour, TTL: time.Hour}), Hints{}, 2 * time.Hour},
		{"first failure", failing(1), Hints{}, 10 * time.Minute},
		{"third failure", failing(3), Hints{}, 40 * time.Minute},
		{"ninth failure", failing(9), Hints{}, 24 * time.Hour},
		{"thousandth failure", failing(1000), Hints{}, 24 * time.Hour},
		{"gone", failing(5), Hints{Gone: true}, 7 * 24 * time.Hour},
		{"retry-after", failing(1), Hints{RetryAfter: noon.Add(3 * time.Hour)}, 3 * time.Hour},
		{"retry-after of a year", failing(1), Hints{RetryAfter: noon.AddDate(1, 0, 0)}, 7 * 24 * time.Hour},
		{"retry-after sooner than backoff", failing(9), Hints{RetryAfter: noon.Add(time.Minute)}, 24 * time.Hour},
		{"skip this hour and the next", asks(news.Asks{SkipHours: []int{12, 13}}), Hints{}, 2 * time.Hour},
		{"skip midnight as 24", asks(news.Asks{SkipHours: []int{24}, TTL: 12 * time.Hour}), Hints{}, 13 * time.Hour},
		{"skip Monday and Tuesday", asks(news.Asks{SkipDays: []time.Weekday{time.Monday, time.Tuesday}}), Hints{}, 36 * time.Hour},
		{"skip all days", asks(news.Asks{SkipDays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}), Hints{}, itself},
	} {
		if got := next(Schedule{}, c.feed, noon, c.h, 0).Sub(noon); got.Round(time.Second) != c.want {
			t.Errorf("%s: due in %v, want %v", c.name, got, c.want)
		}
		late := next(Schedule{}, c.feed, noon, c.h, 0.999).Sub(noon)
		if late < c.want-time.Second || late > c.want+c.want/10+5*time.Minute {
			t.Errorf("%s: spread to %v, want %v and at most a tenth more", c.name, late, c.want)
		}
	}
	s := Schedule{Min: time.Minute, Max: 2 * time.Hour, Interval: 3 * time.Minute}
	if got := next(s, busy(), noon, Hints{MaxAge: 8760 * time.Hour}, 0).Sub(noon); got != 2*time.Hour {
		t.Errorf("Max is not kept: %v", got)
	}
	if got := next(s, busy(), noon, Hints{}, 0).Sub(noon); got != time.Minute {
		t.Errorf("Min is not reached: %v", got)
	}
}

// A feed that was not asked because its host wants to be left alone is asked when that is
// over, however little is known of it.
func TestHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		until          time.Duration
		earliest, last time.Duration
	}{
		{25 * time.Second, 25 * time.Second, 28 * time.Second},
		{2 * time.Hour, 2 * time.Hour, 2*time.Hour + 6*time.Minute},
		{365 * 24 * time.Hour, goneProbe, goneProbe + 6*time.Minute},
		{-time.Hour, -time.Hour, 0},
	} {
		for _, rnd := range []float64{0, .999} {
			due, why := held(noon, noon.Add(c.until), rnd)
			if d := due.Sub(noon); d < c.earliest || d > c.last || why == "" {
				t.Errorf("held for %v: due in %v", c.until, d)
			}
		}
	}
}

// What an operator sets as the least and the longest wait holds for feeds that fail, too.
func TestBackoffBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		min, max time.Duration
		failures int
		want     time.Duration
	}{
		{6 * time.Hour, 0, 19, 24 * time.Hour},
		{12 * time.Hour, 0, 18, 24 * time.Hour},
		{24 * time.Hour, 0, 17, 24 * time.Hour},
		{48 * time.Hour, 0, 3, 48 * time.Hour},
		{0, time.Hour, 15, time.Hour},
		{0, time.Hour, 1 << 40, time.Hour},
		{0, 7 * 24 * time.Hour, 99, 24 * time.Hour},
	} {
		got := next(Schedule{Min: c.min, Max: c.max}, &news.Feed{Failures: c.failures}, noon, Hints{}, 0).Sub(noon)
		if got != c.want {
			t.Errorf("min %v, max %v, %d failures: due in %v, want %v", c.min, c.max, c.failures, got, c.want)
		}
	}
}

// A hub that has something new can hasten a look as far as the outlet and the operator let
// it, and no further.
func TestNotBefore(t *testing.T) {
	sleepy := func(a news.Asks) *news.Feed {
		f := paced(.2)
		f.Asks = a
		return f
	}
	for name, c := range map[string]struct {
		feed *news.Feed
		h    Hints
		want time.Duration
	}{
		"its own rhythm":   {sleepy(news.Asks{}), Hints{}, defaultMin},
		"max-age":          {sleepy(news.Asks{}), Hints{MaxAge: time.Hour}, time.Hour},
		"max-age of a day": {sleepy(news.Asks{}), Hints{MaxAge: 48 * time.Hour}, defaultMax},
		"ttl":              {sleepy(news.Asks{TTL: 90 * time.Minute}), Hints{}, 90 * time.Minute},
		"sy":               {sleepy(news.Asks{Update: 3 * time.Hour}), Hints{}, 3 * time.Hour},
		"comes whole":      {sleepy(news.Asks{}), Hints{Whole: true}, wholePause},
		"skip this hour":   {sleepy(news.Asks{SkipHours: []int{12}}), Hints{}, time.Hour},
		"Retry-After":      {sleepy(news.Asks{}), Hints{RetryAfter: noon.Add(2 * time.Hour)}, 2 * time.Hour},
		"gone":             {&news.Feed{Failures: 1}, Hints{Gone: true}, goneProbe},
		"fails":            {&news.Feed{Failures: 4}, Hints{}, 16 * defaultMin},
	} {
		if got := (Schedule{}).NotBefore(c.feed, noon, c.h, 0).Sub(noon); got != c.want {
			t.Errorf("%s: not before %v, want %v", name, got, c.want)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(3, paced(3).Rhythm, int64(time.Hour), int64(time.Hour), int64(-5), int64(time.Hour), 5, 2, 0.5)
	f.Fuzz(func(t *testing.T, failures int, rhythm string, quiet, maxAge, ttl, retry int64, hour, day int, rnd float64) {
		if rnd < 0 || rnd >= 1 || rnd != rnd {
			return // not what a source of randomness gives
		}
		feed := &news.Feed{Failures: max(failures, 0), LastNew: noon.Add(time.Duration(-quiet)), Rhythm: rhythm, Asks: news.Asks{
			TTL: time.Duration(ttl), SkipHours: []int{hour}, SkipDays: []time.Weekday{time.Weekday(day)},
		}}
		h := Hints{MaxAge: time.Duration(maxAge), RetryAfter: noon.Add(time.Duration(retry))}
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
	asks := func(a news.Asks) *news.Feed {
		f := paced(24)
		f.Asks = a
		return f
	}
	failing := func(n int) *news.Feed { return &news.Feed{Failures: n} }
	for _, c := range []struct {
		feed *news.Feed
		h    Hints
		want string
	}{
		{&news.Feed{}, Hints{}, "nothing is known of its rhythm yet"},
		{paced(24), Hints{}, "by its own rhythm: about 24 entries a day, the last 30 minutes before"},
		{paced(.5), Hints{}, "by its own rhythm: about 4 entries a week, the last 24 hours before"},
		{asks(news.Asks{TTL: time.Hour}), Hints{}, "the feed asks for 60 minutes between two looks (ttl)"},
		{asks(news.Asks{TTL: time.Hour}), Hints{MaxAge: 3 * time.Hour}, "its server says that the answer holds for 3 hours"},
		{paced(24), Hints{Whole: true}, "it comes whole each time, for its server gives nothing to ask by"},
		{paced(24), Hints{MaxAge: 90 * 24 * time.Hour}, "its server says that the answer holds for 90 days, but the hub asks at least so often (max_interval)"},
		{paced(2000), Hints{}, "as often as the hub asks at all (min_interval)"},
		{failing(1), Hints{}, "it failed the last time"},
		{failing(7), Hints{}, "it failed 7 times in a row"},
		{failing(1), Hints{Gone: true}, "the outlet says that the feed is gone; it is looked for once a week"},
		{failing(1), Hints{RetryAfter: noon.Add(9 * time.Hour)}, "its server asked to be left alone until then (Retry-After)"},
		{asks(news.Asks{SkipHours: []int{12, 13, 14}}), Hints{}, "the feed says that nothing comes before (skipHours, skipDays)"},
	} {
		if _, why := (Schedule{}).Next(c.feed, noon, c.h, 0); why != c.want {
			t.Errorf("%+v: %q, want %q", c.h, why, c.want)
		}
	}
}
