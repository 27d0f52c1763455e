package distribute

import (
	"maps"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"parallax/internal/news"
)

// Limits of what subscribers may ask for.
const (
	// defaultLease is for how long who names no time is told; §5.1 recommends ten days. Who
	// wants it for shorter than minLease would ask more often than it is told.
	defaultLease = 10 * 24 * time.Hour
	minLease     = 5 * time.Minute
	maxLease     = 30 * 24 * time.Hour

	maxForm     = 16 << 10 // bytes of a request; its fields below are much shorter
	maxFields   = 64       // of a request
	maxTopic    = 2 << 10  // bytes; a search has 200 characters at most
	maxCallback = 2 << 10  // bytes
	maxSecret   = 199      // bytes, §5.1: less than 200

	// maxTurns is how many requests look at the same time whether there is such a feed.
	maxTurns = 8
)

// limits of how many there may be. A feed of sixty articles has some 100 kB, so the bytes that
// go out in a minute with all of them are within what a small machine's line takes.
var limits = news.SubscriberLimits{
	All: 10_000, OfHost: 2_000, // the large feed readers have one callback for each feed
	Topics: 2_000, Searches: 200,
	Asks: 1_000, AsksOfHost: 200,
	// A host of which nobody has confirmed anything may be one that somebody wants to be bothered.
	AsksOfStranger: 5,
}

// How callbacks are called.
const (
	workers = 64 // calls at the same time; they wait for the network most of the time
	perHost = 2  // of these, to one owner
	// callTime is how long a call may take; who needs longer holds up others.
	callTime = 10 * time.Second
	// claim is for how long a subscriber is held, and a feed: more than a call takes.
	claim = time.Minute

	// A callback that has not answered as it should is asked again for so many times in all,
	// where another answer can be expected.
	askTries   = 3
	askBackoff = 10 * time.Second

	// Who has not taken what is new is told again after minBackoff, twice as long each time up to
	// maxBackoff; after tellTries times, some two hours, no more of that. At the next change it
	// is tried once more.
	tellTries  = 10
	minBackoff = 10 * time.Second
	maxBackoff = time.Hour
	jitter     = 0.1
	// maxWait bounds a Retry-After.
	maxWait = 24 * time.Hour
)

// Who of a host has confirmed nothing and does not answer is not asked for a while, twice as
// long each time.
const (
	minPenalty   = time.Minute
	maxPenalty   = time.Hour
	maxPenalties = 4096 // hosts remembered
)

// backoff is how long to wait after so many tries that failed, one at least.
func backoff(tries int, rnd float64) time.Duration {
	wait := maxBackoff
	if tries <= 10 { // 2^10 times minBackoff is more than an hour
		wait = min(minBackoff<<max(tries-1, 0), maxBackoff)
	}
	return wait + time.Duration(float64(wait)*jitter*rnd)
}

// lease is for how long who asks for so many seconds is told; §5.1 lets the hub decide.
func lease(asked time.Duration) time.Duration {
	if asked == 0 {
		return defaultLease
	}
	return min(max(asked, minLease), maxLease)
}

// owner returns who answers at a callback, as far as its address shows: all names below one
// that was registered count as one, for whoever registered it can make any number of them.
func owner(u *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap().WithZone("")
		if ip.Is6() {
			const network = 64 // bits of a customer's network; it has any number of addresses
			if p, err := ip.Prefix(network); err == nil && !ip.IsLoopback() {
				return p.String()
			}
		}
		return ip.String()
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// penalties remembers which hosts did not answer. Each process has its own.
type penalties struct {
	mu sync.Mutex // guards of
	of map[string]penalty
}

type penalty struct {
	times int
	until time.Time
}

// add is for a host that did not want what it was said to want, or does not answer.
func (p *penalties) add(host string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.of) >= maxPenalties {
		maps.DeleteFunc(p.of, func(_ string, old penalty) bool { return !old.until.After(now) })
	}
	for other := range p.of {
		if len(p.of) < maxPenalties {
			break
		}
		delete(p.of, other) // any one
	}
	n := p.of[host].times
	p.of[host] = penalty{n + 1, now.Add(min(minPenalty<<min(n, 10), maxPenalty))}
}

func (p *penalties) lift(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, host)
}

// left is how long a host is not to be asked; 0: it may be.
func (p *penalties) left(host string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.of[host].until.Sub(now), 0)
}
