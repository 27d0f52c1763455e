package fetch

import (
	"testing"
	"time"
)

func TestCrawlDelay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want time.Duration
	}{
		{"User-agent: *\nDisallow: /a", 0},
		{"User-agent: *\nCrawl-delay: 10", 10 * time.Second},
		{"User-agent: *\nCrawl-delay: 0.5\nDisallow: /a", 500 * time.Millisecond},
		{"User-agent: *\nCrawl-delay: 86400", maxCrawlDelay},
		{"User-agent: *\nCrawl-delay: soon", 0},
		{"User-agent: *\nCrawl-delay: -3", 0},
		{"User-agent: *\nCrawl-delay: NaN", 0},
		{"User-agent: *\nCrawl-delay: 10\n\nUser-agent: parallax\nCrawl-delay: 3", 3 * time.Second},
		{"User-agent: other\nCrawl-delay: 10\n\nUser-agent: *\nDisallow:", 0},
	} {
		r := ParseRobots([]byte(c.text), "Parallax")
		if r.Delay != c.want {
			t.Errorf("%q: %v, want %v", c.text, r.Delay, c.want)
		}
		if !r.Allowed("/b") {
			t.Errorf("%q: /b is not allowed", c.text)
		}
	}

	hs := hosts{delay: time.Second, parallel: 1, all: map[string]*host{}}
	now := time.Now()
	hs.slow("a.example", 5*time.Second, now)
	leave, err := hs.enter(t.Context(), "a.example", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	if next := hs.all["a.example"].next; next.Before(now.Add(5 * time.Second)) {
		t.Errorf("the next request may start after %v", next.Sub(now))
	}
}
