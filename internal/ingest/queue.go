package ingest

import (
	"slices"
	"time"

	"parallax/internal/news"
)

// A job is a claimed feed that waits for a worker.
type job struct {
	feed    *news.Feed
	host    string
	claimed time.Time
}

// A queue hands out jobs so that hosts take turns, with at most perHost jobs of one
// host at a time. It is used by one goroutine.
type queue struct {
	perHost int
	hosts   map[string]*waiting
	turn    []string // hosts that may be next, in order
	n       int
	ids     map[string]string // feeds that wait, and in the line of which host
	late    []*news.Feed      // that waited too long, see dropped
}

type waiting struct {
	jobs    []job
	running int
	inTurn  bool
}

func newQueue(perHost int) *queue {
	return &queue{perHost: perHost, hosts: map[string]*waiting{}, ids: map[string]string{}}
}

// len returns how many jobs wait.
func (q *queue) len() int { return q.n }

// add puts a job at the end of its host's line.
func (q *queue) add(j job) {
	if host, waits := q.ids[j.feed.ID]; waits {
		// Its lease was over, and we are who claimed it again. It keeps its place.
		w := q.hosts[host]
		for i := range w.jobs {
			if w.jobs[i].feed.ID == j.feed.ID {
				j.host = host
				w.jobs[i] = j
			}
		}
		return
	}
	w := q.hosts[j.host]
	if w == nil {
		w = new(waiting)
		q.hosts[j.host] = w
	}
	q.ids[j.feed.ID] = j.host
	w.jobs = append(w.jobs, j)
	q.n++
	q.line(j.host, w)
}

// line gives the host a turn if it has work and may have more workers.
func (q *queue) line(host string, w *waiting) {
	if !w.inTurn && len(w.jobs) > 0 && w.running < q.perHost {
		w.inTurn = true
		q.turn = append(q.turn, host)
	}
}

// next returns the job whose turn it is. Jobs claimed before oldest are dropped: their
// lease may end while we work, and then somebody else has them.
func (q *queue) next(oldest time.Time) (job, bool) {
	for len(q.turn) > 0 {
		host := q.turn[0]
		q.turn = q.turn[1:]
		w := q.hosts[host]
		w.inTurn = false
		for len(w.jobs) > 0 {
			j := w.jobs[0]
			w.jobs = w.jobs[1:]
			q.n--
			delete(q.ids, j.feed.ID)
			if j.claimed.Before(oldest) {
				q.late = append(q.late, j.feed)
				continue
			}
			w.running++
			q.line(host, w)
			return j, true
		}
		q.forget(host, w)
	}
	return job{}, false
}

// dropped returns which feeds next dropped since it was asked last.
func (q *queue) dropped() []*news.Feed {
	late := q.late
	q.late = nil
	return late
}

// leave says that a job of host has ended.
func (q *queue) leave(host string) {
	w := q.hosts[host]
	w.running--
	q.line(host, w)
	q.forget(host, w)
}

func (q *queue) forget(host string, w *waiting) {
	if w.running == 0 && len(w.jobs) == 0 {
		delete(q.hosts, host)
	}
}

// busy returns the hosts of which at least enough jobs wait.
func (q *queue) busy(enough int) []string {
	var hosts []string
	for host, w := range q.hosts {
		if len(w.jobs) >= enough {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts
}
