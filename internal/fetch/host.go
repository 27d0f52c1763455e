package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// ErrWait says that a host has asked to be left alone until Error.RetryAt; nothing was
// attempted.
var ErrWait = errors.New("the host asked to wait")

// ErrTurn says that the turn to ask a host did not come in time, for many wait for it, and
// that Error.RetryAt is a better moment; nothing was attempted. It is an ErrWait, too.
var ErrTurn = errors.New("the host's turn did not come in time")

// hosts keeps, for each host, the order of asking: so many requests at a time, a pause
// between their starts, and none before the host's Retry-After is over. Who asks first
// goes first.
//
// It need not be the host that says Retry-After: whoever sits on the hub's line can say so in
// its place, with a forged 403 or 503, and would keep the hub from asking by any other route
// for a day. So it holds for the way by which it came (see wayOf), and for all ways as soon
// as it was said on two on which nobody could say both. A 429, which is about how often the hub asks, by whatever way, holds
// for all at once, but where it was not said only for an hour.
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
// to be left alone: for the names see HostBlocked.
type HostMemory interface {
	// BlockedHosts returns the hosts that want no request at now, and until when.
	BlockedHosts(ctx context.Context, now time.Time) (map[string]time.Time, error)
	// BlockHost remembers that a host asked, with an answer of this status at now, to be left
	// alone until then. What is known to last longer stays.
	BlockHost(ctx context.Context, host string, until time.Time, status int, now time.Time) error
}

// HostBlocked returns the host of a name that a HostMemory holds, as news.Host names it. What
// follows it in the name, for people, too, is the way on which alone it holds, if that is not
// the hub's own line: "outlet.example by socks5h://...", "outlet.example by every way".
func HostBlocked(name string) string {
	host, _, _ := strings.Cut(name, byWay)
	return host
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
		key, way, _ := strings.Cut(name, byWay)
		hs.block(key, way, until, now)
	}
	return err
}

type host struct {
	slots chan struct{}
	users int       // who hold or wait for a slot
	next  time.Time // when the next request may start, in real time
	// blocked is until when the host wants no request on a way, in the Client's time.
	blocked map[string]time.Time
}

const (
	directWay = ""          // the hub's own line
	everyWay  = "every way" // those on which nothing was said, too
	byWay     = " by "      // between host and way where they are remembered

	// tooManyElsewhere is how long a 429 holds on ways on which it was not said.
	tooManyElsewhere = time.Hour

	// maxTurn is how long a request waits for its host's turn: beyond, who waits is of more use
	// elsewhere. turnRetry is after how long it is worth to try again at the earliest.
	maxTurn   = 2 * time.Minute
	turnRetry = 30 * time.Second
)

// wayOf names the way to a host on a route: who sits on one of them does not on another. To
// the server of a copy each goes by the hub's own line.
func wayOf(rt *route) string {
	if rt.copy != nil || isDirect(rt.name) {
		return directWay
	}
	return rt.name
}

// maxHosts bounds what is remembered of hosts that nobody asks at the moment.
const maxHosts = 4096

// enter waits until the host may be asked on a way, at most for maxTurn, and returns the
// function to call when the answer has been read.
func (hs *hosts) enter(ctx context.Context, key, way string, now func() time.Time) (leave func(), err error) {
	hs.mu.Lock()
	h := hs.host(key, now())
	if err := h.wait(way, now()); err != nil {
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
	late := time.NewTimer(maxTurn)
	defer late.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-late.C:
		leave()
		return nil, &waitError{until: now().Add(turnRetry), turn: true}
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
	if pause := time.Until(at); pause > maxTurn {
		hs.mu.Unlock()
		leave()
		return nil, &waitError{until: now().Add(pause), turn: true}
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
	err = h.wait(way, now())
	hs.mu.Unlock()
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

// wait returns a *waitError if the host wants no request on a way now.
func (h *host) wait(way string, now time.Time) error {
	if until := later(h.blocked[way], h.blocked[everyWay]); until.After(now) {
		return &waitError{until: until}
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

// inClear reports whether who sits on the hub's own line can answer in place of a host on
// this way: another resolver and a proxy that is asked in the clear do not change that.
func inClear(way string) bool {
	kind, _, _ := strings.Cut(way, ":")
	return way == directWay || kind == "doh" || kind == "ech" || kind == "http"
}

// block keeps everybody from asking the host on a way before until. It returns until when
// the host asked for it on another way, too; zero where it did not.
func (hs *hosts) block(key, way string, until, now time.Time) (elsewhere time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.host(key, now)
	if h.blocked == nil {
		h.blocked = map[string]time.Time{}
	}
	for other, end := range h.blocked {
		switch {
		case !end.After(now):
			delete(h.blocked, other)
		case other != way && other != everyWay && (!inClear(other) || !inClear(way)):
			elsewhere = later(elsewhere, end)
		}
	}
	h.blocked[way] = later(h.blocked[way], until)
	return elsewhere
}

// block leaves a host alone until then, as an answer with this status on a route asks, and
// has it remembered.
func (c *Client) block(ctx context.Context, key string, rt *route, until time.Time, status int) {
	now := c.now()
	if most := now.Add(maxRetryAfter); until.After(most) {
		until = most
	}
	way := wayOf(rt)
	elsewhere := c.hosts.block(key, way, until, now)
	name := key
	if way != directWay {
		name += byWay + way
	}
	c.remember(ctx, name, until, status, now)
	all := elsewhere
	if until.Before(all) {
		all = until // as long as both say so
	}
	if status == http.StatusTooManyRequests && all.IsZero() {
		if all = now.Add(tooManyElsewhere); until.Before(all) {
			all = until
		}
	}
	if !all.IsZero() {
		c.hosts.block(key, everyWay, all, now)
		c.remember(ctx, key+byWay+everyWay, all, status, now)
	}
}

// remember has other nodes know that a host wants to be left alone.
func (c *Client) remember(ctx context.Context, key string, until time.Time, status int, now time.Time) {
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
		if h.users == 0 && h.next.Before(real) && h.free(now) {
			delete(hs.all, key)
		}
	}
}

// free reports whether the host may be asked on all ways.
func (h *host) free(now time.Time) bool {
	for _, until := range h.blocked {
		if until.After(now) {
			return false
		}
	}
	return true
}

// A waitError is an ErrWait with its end, and an ErrTurn if the host asked for nothing.
type waitError struct {
	until time.Time
	turn  bool
}

func (e *waitError) Error() string {
	if e.turn {
		return ErrTurn.Error()
	}
	return fmt.Sprintf("%v until %s", ErrWait, e.until.UTC().Format(time.RFC3339))
}

// Is makes it an ErrWait, and an ErrTurn.
func (e *waitError) Is(target error) bool { return target == ErrWait || e.turn && target == ErrTurn }
