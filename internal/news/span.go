package news

import (
	"fmt"
	"time"
)

// Span is a duration for people, in the largest unit of which there are two at least.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, u := range []struct {
		size time.Duration
		name string
	}{{day, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if d >= 2*u.size {
			return fmt.Sprintf("%d %s", d/u.size, u.name)
		}
	}
	if d >= time.Minute {
		return "1 minute"
	}
	if s := max(d, 0) / time.Second; s != 1 {
		return fmt.Sprintf("%d seconds", s)
	}
	return "1 second"
}
