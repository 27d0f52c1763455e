package fetch

import (
	"context"
	"errors"
	"fmt"
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
	memory   HostMemory // nil for none

	mu  sync.Mutex // guards all, and what each host holds
	all map[string]*host

	// reading is held while memory is read, so that nobody asks a host before what is
	// remembered of it is known; it guards readAt.
	reading sync.Mutex
	readAt  time.Time
}

// A HostMemory remembers, over restarts and for all nodes that share it, which hosts asked
// to be left alone. Hosts are named as by news.Host.
type HostMemory interface {
	// BlockedHosts returns the hosts that want no request at now, and until when.
	BlockedHosts(ctx context.Context, now time.Time) (map[string]time.Time, error)
	// BlockHost remembers that a host asked, with an answer of this status at now, to be left
	// alone until then. What is known to last longer stays.
	BlockHost(ctx context.Context, host string, until time.Time, status int, now time.Time) error
}

// recallEvery is how old what is known of other nodes' hosts may be.
const recallEvery = 10 * time.Second

// recall takes over what memory holds, if that was not done lately.
func (hs *hosts) recall(ctx context.Context, now time.Time) error {
	if hs.memory == nil {
		return nil
	}
	hs.reading.Lock()
	defer hs.reading.Unlock()
	if since := now.Sub(hs.readAt); since >= 0 && since < recallEvery {
		return nil
	}
	hs.readAt = now // also where it fails: a broken store is not asked for every request
	blocked, err := hs.memory.BlockedHosts(ctx, now)
	for name, until := range blocked {
		hs.block(name, until, now)
	}
	return err
}

type host struct {
	slots   chan struct{}
	users   int       // who hold or wait for a slot
	next    time.Time // when the next request may start, in real time
	blocked time.Time // until when the host wants no request, in the Client's time
}

// maxHosts bounds what is remembered of hosts that nobody asks at the moment.
const maxHosts = 4096

// enter waits until the host may be asked, and returns the function to call when the
// answer has been read.
func (hs *hosts) enter(ctx context.Context, key string, now func() time.Time) (leave func(), err error) {
	hs.mu.Lock()
	h := hs.host(key, now())
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

// host returns what is known of a host. The caller holds hs.mu.
func (hs *hosts) host(key string, now time.Time) *host {
	h := hs.all[key]
	if h == nil {
		hs.sweep(now)
		h = &host{slots: make(chan struct{}, hs.parallel)}
		hs.all[key] = h
	}
	return h
}

// block keeps everybody from asking the host before until.
func (hs *hosts) block(key string, until, now time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h := hs.host(key, now); until.After(h.blocked) {
		h.blocked = until
	}
}

// block leaves a host alone until then, and has it remembered.
func (c *Client) block(ctx context.Context, key string, until time.Time, status int) {
	now := c.now()
	if most := now.Add(maxRetryAfter); until.After(most) {
		until = most
	}
	c.hosts.block(key, until, now)
	if c.hosts.memory == nil {
		return
	}
	// What was said is kept although whoever asked may have no time left to wait for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rememberTime)
	defer cancel()
	if err := c.hosts.memory.BlockHost(ctx, key, until, status, now); err != nil {
		c.logger.Warn("other nodes do not know that a host wants to be left alone", "host", key, "until", until, "error", err)
	}
}

// rememberTime bounds how long it may take to remember what a host said.
const rememberTime = 5 * time.Second

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
