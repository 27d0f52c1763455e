package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// ErrRobots says that robots.txt forbids a page.
var ErrRobots = errors.New("robots.txt forbids it")

const (
	robotsKeep      = 24 * time.Hour // RFC 9309 §2.4
	robotsRetry     = time.Hour      // while the server cannot say what it allows
	robotsRedirects = 5              // RFC 9309 §2.3.1.2
	maxOrigins      = 4096           // remembered at a time
	// maxRobotsMemory is for the rules of all of them: those of an outlet take a few kB, but
	// anybody may write 500 kB of the shortest rules, for each of any number of names.
	maxRobotsMemory = 16 << 20
	entrySize       = 256 // about what an origin takes beside its name and rules
)

// robotsCache remembers the rules of origins, for each route on its own: what the direct way
// is made to say by who sits on it must not hold where that one has no say.
type robotsCache struct {
	mu     sync.Mutex // guards all and memory
	all    map[string]*robotsEntry
	memory int // about what all take
}

// A robotsEntry is read by one goroutine at a time: the one that holds the token in
// turn, so that nobody asks for what somebody else is reading.
type robotsEntry struct {
	turn  chan struct{}
	rules *Robots // nil until read
	until time.Time
	// unreadable is why there are no rules, and so nothing is allowed; nil where they were read.
	unreadable *answerError

	size int // as counted in robotsCache.memory, and guarded by its mutex
}

// A robotsError is an ErrRobots with its reason.
type robotsError struct {
	why   string
	until time.Time // until when it cannot be otherwise; zero for rules that were read
	// answer is what came in place of the rules just now; nil where that is some time ago. As
	// an end of the attempt it says of this route as much as the page would.
	answer *answerError
}

func (e *robotsError) Error() string {
	if e.why != "" {
		return fmt.Sprintf("%v: %s", ErrRobots, e.why)
	}
	return ErrRobots.Error()
}

// Unwrap returns ErrRobots, and the answer.
func (e *robotsError) Unwrap() []error {
	if e.answer == nil {
		return []error{ErrRobots}
	}
	return []error{ErrRobots, e.answer}
}

// askRobots returns an error if robots.txt of u's origin forbids u, or if the network
// failed on the way to it. It takes at most left, beside the turns of hosts, and returns what
// of that is left then.
func (c *Client) askRobots(ctx context.Context, u *url.URL, rt *route, left time.Duration) (time.Duration, error) {
	key := rt.name + " " + origin(u)
	e := c.robots.entry(key)
	wait := time.NewTimer(maxTurn)
	defer wait.Stop()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-wait.C:
		return left, &waitError{until: c.now().Add(turnRetry), turn: true}
	case <-ctx.Done():
		return left, ctx.Err()
	}
	var fresh *answerError
	if e.rules == nil || !e.until.After(c.now()) {
		var err error
		if left, err = c.readRobots(ctx, e, u, rt, left); err != nil {
			return left, err
		}
		c.robots.weigh(key, e)
		fresh = e.unreadable
	}
	path := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	if e.rules.Allowed(path) {
		return left, nil
	}
	err := &robotsError{answer: fresh}
	if e.unreadable != nil {
		err.why, err.until = "it cannot be read ("+status(e.unreadable.status)+"), so nothing is allowed for now", e.until
	}
	return left, err
}

// entry returns the entry of a key, a new one if need be.
func (rc *robotsCache) entry(key string) *robotsEntry {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if e := rc.all[key]; e != nil {
		return e
	}
	if rc.all == nil {
		rc.all = map[string]*robotsEntry{}
	}
	e := &robotsEntry{turn: make(chan struct{}, 1)}
	rc.all[key] = e
	rc.count(key, e, entrySize+len(key))
	return e
}

// weigh counts what the rules of an entry take that were just read.
func (rc *robotsCache) weigh(key string, e *robotsEntry) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if rc.all[key] == e { // or it was forgotten meanwhile
		rc.count(key, e, entrySize+len(key)+e.rules.size())
	}
}

// count enters the size of an entry, and forgets others where all are too many or too large.
// The caller holds rc.mu.
func (rc *robotsCache) count(key string, e *robotsEntry, size int) {
	rc.memory += size - e.size
	e.size = size
	for other, o := range rc.all {
		if len(rc.all) <= maxOrigins && rc.memory <= maxRobotsMemory {
			break
		}
		if other != key {
			rc.memory -= o.size
			delete(rc.all, other) // any one; who is reading it still holds it
		}
	}
}

// readRobots reads robots.txt into e, in at most left, and returns what of that is left. The
// caller has e's turn.
func (c *Client) readRobots(ctx context.Context, e *robotsEntry, page *url.URL, rt *route, left time.Duration) (time.Duration, error) {
	u := &url.URL{Scheme: page.Scheme, Host: page.Host, User: page.User, Path: "/robots.txt"}
	req := Request{Accept: "text/plain, */*;q=0.5", MaxBody: maxRobots, Cut: true}
	var body []byte
	for hop := 0; ; hop++ {
		if hop > robotsRedirects {
			body = nil // unavailable: everything is allowed
			break
		}
		x, err := c.exchange(ctx, req, u, rt, left)
		if x != nil {
			left -= x.took
		}
		if answer, ok := errors.AsType[*answerError](err); ok {
			if answer.status >= 500 || answer.status == http.StatusTooManyRequests {
				// RFC 9309 §2.3.1.4: unreachable, so nothing is allowed.
				e.rules = &Robots{none: true}
				e.until = later(c.now().Add(robotsRetry), answer.retryAt)
				e.unreadable = answer
				return left, nil
			}
			body = nil // RFC 9309 §2.3.1.3: there is none
			break
		}
		if err != nil {
			return left, err // this is the page's trouble, too
		}
		if x.location == nil {
			body = x.body
			break
		}
		u = x.location
	}
	e.rules, e.until, e.unreadable = ParseRobots(body, c.product), c.now().Add(robotsKeep), nil
	return left, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
