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
)

// robotsCache remembers the rules of origins.
type robotsCache struct {
	mu  sync.Mutex // guards all
	all map[string]*robotsEntry
}

// A robotsEntry is read by one goroutine at a time: the one that holds the token in
// turn, so that nobody asks for what somebody else is reading.
type robotsEntry struct {
	turn  chan struct{}
	rules *Robots // nil until read
	until time.Time
	why   string // why nothing is allowed, if so
}

// A robotsError is an ErrRobots with its reason.
type robotsError struct {
	why   string
	until time.Time // until when it cannot be otherwise; zero for rules that were read
}

func (e *robotsError) Error() string {
	if e.why != "" {
		return fmt.Sprintf("%v: %s", ErrRobots, e.why)
	}
	return ErrRobots.Error()
}

func (e *robotsError) Unwrap() error { return ErrRobots }

// askRobots returns an error if robots.txt of u's origin forbids u, or if the network
// failed on the way to it.
func (c *Client) askRobots(ctx context.Context, u *url.URL, rt *route) error {
	e := c.robots.entry(origin(u))
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.rules == nil || !e.until.After(c.now()) {
		if err := c.readRobots(ctx, e, u, rt); err != nil {
			return err
		}
	}
	path := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	if e.rules.Allowed(path) {
		return nil
	}
	err := &robotsError{why: e.why}
	if e.why != "" {
		err.until = e.until
	}
	return err
}

// entry returns the entry of an origin, a new one if need be.
func (rc *robotsCache) entry(origin string) *robotsEntry {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if e := rc.all[origin]; e != nil {
		return e
	}
	if rc.all == nil {
		rc.all = map[string]*robotsEntry{}
	}
	for key := range rc.all {
		if len(rc.all) < maxOrigins {
			break
		}
		delete(rc.all, key) // any one; who is reading it still holds it
	}
	e := &robotsEntry{turn: make(chan struct{}, 1)}
	rc.all[origin] = e
	return e
}

// readRobots reads robots.txt into e. The caller has its turn.
func (c *Client) readRobots(ctx context.Context, e *robotsEntry, page *url.URL, rt *route) error {
	u := &url.URL{Scheme: page.Scheme, Host: page.Host, User: page.User, Path: "/robots.txt"}
	req := Request{Accept: "text/plain, */*;q=0.5", MaxBody: maxRobots, Cut: true}
	left := c.timeout
	var body []byte
	for hop := 0; ; hop++ {
		if hop > robotsRedirects {
			body = nil // unavailable: everything is allowed
			break
		}
		x, err := c.exchange(ctx, req, u, rt, left)
		if answer, ok := errors.AsType[*answerError](err); ok {
			if answer.status >= 500 || answer.status == http.StatusTooManyRequests {
				// RFC 9309 §2.3.1.4: unreachable, so nothing is allowed.
				e.rules = &Robots{none: true}
				e.until = later(c.now().Add(robotsRetry), answer.retryAt)
				e.why = "it cannot be read (" + status(answer.status) + "), so nothing is allowed for now"
				return nil
			}
			body = nil // RFC 9309 §2.3.1.3: there is none
			break
		}
		if err != nil {
			return err // this is the page's trouble, too
		}
		if x.location == nil {
			body = x.body
			break
		}
		u = x.location
		left -= x.took
	}
	e.rules, e.until, e.why = ParseRobots(body, c.product), c.now().Add(robotsKeep), ""
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
