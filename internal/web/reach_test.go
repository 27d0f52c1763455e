package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

func TestReachStrip(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 12, 18, 30, 0, 0, time.UTC)
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for _, c := range []struct {
		name    string
		changes []news.ReachChange
		want    string // x+w class of each part, then the key
	}{
		{"never read", nil, ""},
		{"always the same", []news.ReachChange{{At: ago(9), Reach: news.ReachOK}}, ""},
		{
			"read for a year, blocked of late",
			[]news.ReachChange{{At: ago(365), Reach: news.ReachOK}, {At: ago(9), Reach: news.ReachBlocked}},
			"0.00%+90.00% ok, 90.00%+10.00% cut; reached directly: 81 days, the pattern of blocking: 9 days",
		},
		{
			"new, and down in between",
			[]news.ReachChange{{At: ago(45), Reach: news.ReachOK}, {At: ago(18), Reach: news.ReachDown}, {At: ago(9), Reach: news.ReachOK}},
			"0.00%+50.00% rule, 50.00%+30.00% ok, 80.00%+10.00% away, 90.00%+10.00% ok; not read by this hub yet: 45 days, reached directly: 36 days, failed: 9 days",
		},
		{
			"a clock that was set back",
			[]news.ReachChange{{At: ago(100), Reach: news.ReachDown}, {At: ago(95), Reach: news.ReachOK}, {At: ago(-1), Reach: news.ReachDown}},
			"0.00%+100.00% ok; reached directly: 90 days",
		},
	} {
		s := reachStripOf(c.changes, now)
		var parts, key []string
		for _, p := range s.Parts {
			parts = append(parts, fmt.Sprintf("%s+%s %s", p.X, p.W, p.Class))
		}
		for _, p := range s.Key {
			key = append(key, p.Words)
		}
		if got := strings.Trim(strings.Join(parts, ", ")+"; "+strings.Join(key, ", "), "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
