package ingest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

// TestRhythm shows when feeds of different ways of life are asked.
func TestRhythm(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	daily := func(hours ...int) (items []*news.Item) {
		for d := range 14 {
			for _, h := range hours {
				items = append(items, &news.Item{Published: noon.Add(-12*time.Hour - time.Duration(d)*day + time.Duration(h)*time.Hour)})
			}
		}
		return slices.DeleteFunc(items, func(i *news.Item) bool { return i.Published.After(noon) })
	}
	office := daily(8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
	for _, c := range []struct {
		name     string
		items    []*news.Item
		at       time.Time
		min, max time.Duration
	}{
		{"two hundred a day", daily(slices.Repeat([]int{0, 3, 6, 9, 12, 15, 18, 21}, 25)...), noon, 6 * time.Minute, 12 * time.Minute},
		{"three a day", daily(7, 12, 18), noon, 40 * time.Minute, 80 * time.Minute},
		{"in its lively hours", office, noon, 25 * time.Minute, 40 * time.Minute},
		{"in its quiet hours", office, noon.Add(10 * time.Hour), 90 * time.Minute, 3 * time.Hour},
		{"before it wakes", office, noon.Add(18 * time.Hour), 30 * time.Minute, 100 * time.Minute},
		{"quiet for a month", office, noon.Add(30 * day), 2 * time.Hour, 4 * time.Hour},
		{"quiet for a year", office, noon.Add(365 * day), 10 * time.Hour, day},
		{"dead when it was found", []*news.Item{{Published: noon.AddDate(-9, 0, 0)}}, noon, 10 * time.Hour, day},
	} {
		var r rhythm
		r.learn(c.items, time.Time{}, noon)
		r = readRhythm(r.String())
		if got := r.wait(c.at, 30*time.Minute, day); got < c.min || got > c.max {
			t.Errorf("%s: asked again after %v, want %v to %v", c.name, got, c.min, c.max)
		}
	}
}

// TestRhythmLearns has a sleeping feed wake, and an old one edited.
func TestRhythmLearns(t *testing.T) {
	t.Parallel()
	sleeping := func() rhythm {
		var r rhythm
		r.learn([]*news.Item{{Published: noon.AddDate(0, 0, -20)}, {Published: noon.AddDate(0, 0, -9)}}, time.Time{}, noon.Add(-time.Hour))
		return r
	}
	wait := func(items ...*news.Item) time.Duration {
		r := sleeping()
		r.learn(items, noon.Add(-time.Hour), noon)
		return r.wait(noon, 30*time.Minute, 24*time.Hour)
	}
	quiet := wait()
	if woken := wait(&news.Item{Published: noon.Add(-time.Minute)}, &news.Item{}, &news.Item{Published: noon.Add(time.Hour)}, &news.Item{Published: noon.Add(-3 * time.Hour)}); woken > quiet/2 {
		t.Errorf("after four new entries it is asked in %v, without any in %v", woken, quiet)
	}
	if edited := wait(&news.Item{Published: noon.AddDate(0, 0, -9)}); edited != quiet {
		t.Errorf("after an edit of an old entry it is asked in %v, without in %v", edited, quiet)
	}
}

func FuzzReadRhythm(f *testing.F) {
	f.Add(paced(3).Rhythm, int64(0))
	f.Add("1 2 3", int64(5))
	f.Add("9e12 NaN 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", int64(-1))
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		r := readRhythm(s)
		again := readRhythm(r.String())
		if again.String() != r.String() {
			t.Errorf("%q became %q", r.String(), again.String())
		}
		wait := r.wait(time.Unix(unix%math.MaxInt32, 0), 30*time.Minute, 24*time.Hour)
		if wait <= 0 || wait > 24*time.Hour {
			t.Errorf("%q waits %v", s, wait)
		}
	})
}

// TestRhythmOnRecordedFeeds replays a month of twenty outlets' feeds: how often they are
// asked, and how long their entries wait until they are seen. The floors hold what was
// reached; asking at an eighth of the time since the last entry, the way before, took 88 looks
// a day and 11.6 minutes.
func TestRhythmOnRecordedFeeds(t *testing.T) {
	t.Parallel()
	feeds := recorded(t, filepath.Join(testkit.Data(t, "stream/us_world_2020"), "items.jsonl.gz"))
	const day = 24 * time.Hour
	var looks, entries int
	var watched, waited time.Duration
	for _, came := range feeds {
		if len(came) < 100 {
			continue
		}
		known := len(came) / 9 // stood in the first document
		var items []*news.Item
		for _, at := range came[:known] {
			items = append(items, &news.Item{Published: at})
		}
		now := came[known-1]
		var r rhythm
		r.learn(items, time.Time{}, now)
		s := Schedule{}.withDefaults()
		watched += came[len(came)-1].Sub(now)
		for rest := came[known:]; len(rest) > 0; looks++ {
			last := now
			now = now.Add(max(r.wait(now, s.Interval, s.Max), s.Min))
			var found []*news.Item
			for ; len(rest) > 0 && !rest[0].After(now); rest = rest[1:] {
				waited += now.Sub(rest[0])
				found = append(found, &news.Item{Published: rest[0]})
			}
			entries += len(found)
			if len(found) > 0 {
				r.learn(found, last, now)
				r = readRhythm(r.String())
			}
		}
	}
	perDay := float64(looks) / (float64(watched) / float64(day))
	mean := waited / time.Duration(entries)
	t.Logf("%d feeds, %d entries: %.1f looks a day at each, an entry is seen %v after it came", len(feeds), entries, perDay, mean.Round(time.Second))
	if perDay > 62 || mean > 9*time.Minute {
		t.Errorf("%.1f looks a day and %v, want at most 62 and 9 minutes", perDay, mean)
	}
}

// recorded returns when the entries of each feed came, in order.
func recorded(t *testing.T, file string) map[string][]time.Time {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // read only
	lines, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	feeds := map[string][]time.Time{}
	s := bufio.NewScanner(lines)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var item struct {
			Feed string    `json:"feed"`
			Pub  string    `json:"pub"`
			Seen time.Time `json:"first_seen"`
		}
		if err := json.Unmarshal(s.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		at, err := mail.ParseDate(item.Pub)
		if err != nil {
			at, err = time.Parse(time.RFC3339, item.Pub)
		}
		// What is dated after it was seen, or long before, tells nothing of when it came.
		if err == nil && !at.After(item.Seen) && item.Seen.Sub(at) < 5*24*time.Hour {
			feeds[item.Feed] = append(feeds[item.Feed], at)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	for _, came := range feeds {
		slices.SortFunc(came, time.Time.Compare)
	}
	return feeds
}

func BenchmarkNext(b *testing.B) {
	f := paced(24)
	for b.Loop() {
		_, _ = (Schedule{}).Next(f, noon, Hints{}, 0)
	}
}
