// Package limit says how often one client may ask. In come the addresses of clients; out goes
// whether the request may be answered, and what to tell the client in the fields RateLimit-Policy
// and RateLimit (draft-ietf-httpapi-ratelimit-headers) and Retry-After (RFC 9110 §10.2.3).
//
// What is known of a client is how many requests it may still make, in memory, under a hash with a
// key that no other process has, until it may make all again. No address is kept, none is logged.
package limit

import (
	"fmt"
	"hash/maphash"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// window is the time over which requests are counted.
const window = time.Minute

// maxClients is for how many clients is remembered what they have left: some six megabytes. Of
// more, who asked the longest ago of a few that are looked at is forgotten, and may ask anew.
const (
	maxClients  = 1 << 16
	clearSample = 8
)

// A Limiter counts the requests of clients. Each has a bucket that holds PerMinute requests and
// fills up evenly within a minute: so many may come at once, and no more than that many again in
// each minute. A nil Limiter limits nobody.
type Limiter struct {
	perMinute float64
	name      string
	policy    string
	seed      maphash.Seed
	now       func() time.Time
	max       int

	mu      sync.Mutex // guards clients
	clients map[uint64]bucket
}

type bucket struct {
	left float64 // requests, as of at
	at   time.Time
}

// New returns a Limiter of so many requests a minute, whose policy has this name in the answers; nil
// where that is 0. now is the clock.
func New(name string, perMinute int, now func() time.Time) *Limiter {
	if perMinute <= 0 {
		return nil
	}
	return &Limiter{
		perMinute: float64(perMinute), name: name, policy: fmt.Sprintf("%q;q=%d;w=%d", name, perMinute, int(window.Seconds())),
		seed: maphash.MakeSeed(), now: now, max: maxClients, clients: map[uint64]bucket{},
	}
}

// Take counts one request of the client at addr, writes into h what it has left, and reports whether the request
// may be answered. An address that is not known is a client, too.
func (l *Limiter) Take(h http.Header, addr netip.Addr) bool {
	if l == nil {
		return true
	}
	left, ok := l.take(l.key(addr))
	full := math.Ceil((l.perMinute - left) / l.perMinute * window.Seconds())
	h.Set("RateLimit-Policy", l.policy)
	h.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", l.name, int(left), int(full)))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil((1-left)/l.perMinute*window.Seconds()))))
	}
	return ok
}

// key stands for a client: an IPv4 address, or the /64 of an IPv6 address, for that is what one
// customer has at least.
func (l *Limiter) key(addr netip.Addr) uint64 {
	addr = addr.Unmap()
	if addr.Is6() {
		if p, err := addr.WithZone("").Prefix(64); err == nil {
			addr = p.Addr()
		}
	}
	b, err := addr.MarshalBinary()
	if err != nil { // unreachable: an address always can be written
		return 0
	}
	return maphash.Bytes(l.seed, b)
}

// take takes a request out of the bucket, if there is one in it.
func (l *Limiter) take(key uint64) (left float64, ok bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.clients[key]
	if !known {
		b = bucket{l.perMinute, now}
		if len(l.clients) >= l.max {
			l.forget(now)
		}
	}
	if past := now.Sub(b.at); past > 0 { // a clock that was set back fills nothing
		b.left = min(l.perMinute, b.left+l.perMinute*past.Seconds()/window.Seconds())
	}
	b.at = now
	if ok = b.left >= 1; ok {
		b.left--
	}
	l.clients[key] = b
	return b.left, ok
}

// forget makes room for one client. The caller holds mu.
func (l *Limiter) forget(now time.Time) {
	var oldest uint64
	var at time.Time
	n := 0
	for key, b := range l.clients { // in random order
		if now.Sub(b.at) >= window { // it may make all its requests again
			delete(l.clients, key)
			oldest, at = key, time.Time{}
		} else if n == 0 || b.at.Before(at) {
			oldest, at = key, b.at
		}
		if n++; n == clearSample {
			break
		}
	}
	delete(l.clients, oldest)
}
