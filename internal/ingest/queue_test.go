package ingest

import (
	"fmt"
	"testing"
	"time"

	"parallax/internal/news"
)

func TestHostsTakeTurns(t *testing.T) {
	q := newQueue(2)
	for i := range 300 {
		q.add(job{feed: &news.Feed{ID: fmt.Sprint("big", i)}, host: "big.example"})
	}
	for i := range 1700 {
		q.add(job{feed: &news.Feed{ID: fmt.Sprint("small", i)}, host: fmt.Sprint("h", i, ".example")})
	}
	// 16 workers that all take equally long.
	busy := map[string]int{}
	small, big, round := 0, 0, 0
	for ; q.len() > 0; round++ {
		var hosts []string
		for range 16 {
			j, ok := q.next(time.Time{})
			if !ok {
				break
			}
			if busy[j.host]++; busy[j.host] > 2 {
				t.Fatalf("%d workers on %s", busy[j.host], j.host)
			}
			hosts = append(hosts, j.host)
			if j.host == "big.example" {
				big++
			} else {
				small++
			}
		}
		for _, h := range hosts {
			busy[h]--
			q.leave(h)
		}
		if round == 120 && small < 1650 {
			t.Errorf("after %d rounds only %d of 1700 small hosts were asked, and the big one %d times", round, small, big)
		}
	}
	if small != 1700 || big != 300 || len(q.hosts) != 0 || len(q.ids) != 0 {
		t.Errorf("asked %d and %d; %d hosts and %d ids are left", small, big, len(q.hosts), len(q.ids))
	}
}

func TestQueueDropsOldClaims(t *testing.T) {
	q := newQueue(1)
	q.add(job{feed: &news.Feed{ID: "a"}, host: "x", claimed: noon})
	q.add(job{feed: &news.Feed{ID: "b"}, host: "x", claimed: noon})
	q.add(job{feed: &news.Feed{ID: "a"}, host: "y", claimed: noon.Add(time.Hour)}) // claimed again, and asked elsewhere by now
	if q.len() != 2 {
		t.Fatalf("len = %d", q.len())
	}
	if j, ok := q.next(noon.Add(time.Minute)); !ok || j.feed.ID != "a" {
		t.Errorf("next = %v, %v", j, ok)
	}
	q.leave("x")
	if j, ok := q.next(noon.Add(time.Minute)); ok {
		t.Errorf("next = %v, whose lease may be over", j)
	}
	if len(q.hosts) != 0 || q.len() != 0 {
		t.Errorf("%d hosts, %d jobs are left", len(q.hosts), q.len())
	}
}
