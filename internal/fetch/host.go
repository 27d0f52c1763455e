package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

// ErrWait says that a host has asked to be left alone until Error.RetryAt; nothing was
// attempted.
var ErrWait = errors.New("the host asked to wait")

// hosts keeps, for each host, the order of asking: so many requests at a time, a pause
// between their starts, and none before the host's Retry-After is over. Who asks first
// goes first.
type hosts struct {
	delay    time.Duration
	parallel int

	mu  sync.Mutex // guards all, and what each host holds
	all map[string]*host
}

type host struct {
	slots   chan struct{}
	users   int       // who hold or wait for a slot
	next    time.Time // when the next request may start, in real time
	blocked time.Time // until when the host wants no request, in the Client's time
}

// maxHosts bounds what is remembered of hosts that nobody asks at the moment.
const maxHosts = 4096

// hostOf returns the key by which u's host is known. The ports of http and https are
// one host; any other port is a server of its own.
func hostOf(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if p := portOf(u); p != "80" && p != "443" {
		return name + ":" + p
	}
	return name
}

// enter waits until the host may be asked, and returns the function to call when the
// answer has been read.
func (hs *hosts) enter(ctx context.Context, key string, now func() time.Time) (leave func(), err error) {
	hs.mu.Lock()
	h := hs.all[key]
	if h == nil {
		hs.sweep(now())
		h = &host{slots: make(chan struct{}, hs.parallel)}
		hs.all[key] = h
	}
	if err := h.wait(now()); err != nil {
		hs.mu.Unlock()
		return nil, err
	}
	h.users++
	hs.mu.Unlock()

	leave = func() {
		hs.mu.Lock()
		h.users--
		hs.mu.Unlock()
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
	free := leave
	leave = func() { <-h.slots; free() }

	hs.mu.Lock()
	at := h.next
	if t := time.Now(); at.Before(t) {
		at = t
	}
	h.next = at.Add(hs.delay)
	hs.mu.Unlock()
	if pause := time.Until(at); pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	// The answer to the request before this one may have been a Retry-After.
	hs.mu.Lock()
	err = h.wait(now())
	hs.mu.Unlock()
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

// wait returns a *waitError if the host wants no request now.
func (h *host) wait(now time.Time) error {
	if h.blocked.After(now) {
		return &waitError{until: h.blocked}
	}
	return nil
}

// block keeps everybody from asking the host before until.
func (hs *hosts) block(key string, until time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h := hs.all[key]; h != nil && until.After(h.blocked) {
		h.blocked = until
	}
}

// sweep forgets hosts of which nothing needs to be known. The caller holds hs.mu.
func (hs *hosts) sweep(now time.Time) {
	if len(hs.all) < maxHosts {
		return
	}
	real := time.Now()
	for key, h := range hs.all {
		if h.users == 0 && h.next.Before(real) && !h.blocked.After(now) {
			delete(hs.all, key)
		}
	}
}

// A waitError is an ErrWait with its end.
type waitError struct{ until time.Time }

func (e *waitError) Error() string {
	return fmt.Sprintf("%v until %s", ErrWait, e.until.UTC().Format(time.RFC3339))
}

func (e *waitError) Unwrap() error { return ErrWait }
