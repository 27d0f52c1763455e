package endpoint

import (
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// failuresAllowed is after how many failures in a row an endpoint is left alone: each may have
	// cost a timeout.
	failuresAllowed = 3
	// shortRest is how long it is left alone then; twice as long after each further try that
	// fails, up to longRest.
	shortRest, longRest = time.Minute, time.Hour
)

// A Breaker remembers how an endpoint has done of late, and when it is to be left alone. It is safe
// for concurrent use.
type Breaker struct {
	what string // it is asked for, for the log
	now  func() time.Time
	log  *slog.Logger

	mu       sync.Mutex // guards what follows
	failures int        // in a row
	rest     time.Duration
	until    time.Time // it is left alone
}

// NewBreaker returns a Breaker for an endpoint that is asked for what.
func NewBreaker(what string, now func() time.Time, log *slog.Logger) *Breaker {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Breaker{what: what, now: now, log: log}
}

// Resting reports whether the endpoint is to be left alone now.
func (b *Breaker) Resting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now().Before(b.until)
}

// Failed notes a failure. It is told to the operator once, when the endpoint begins to be left
// alone.
func (b *Breaker) Failed(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if b.failures < failuresAllowed {
		b.log.Debug("endpoint failed", "for", b.what, "error", err)
		return
	}
	first := b.rest == 0
	b.rest = min(max(2*b.rest, shortRest), longRest)
	b.until = b.now().Add(b.rest)
	if !first {
		b.log.Debug("endpoint still fails", "for", b.what, "error", err, "again_in", b.rest)
		return
	}
	hint := ""
	if e, ok := errors.AsType[*Error](err); ok {
		hint = e.Hint
	}
	b.log.Warn("endpoint fails, going on without", "for", b.what, "error", err, "hint", hint, "again_in", b.rest)
}

// Worked notes that the endpoint answered.
func (b *Breaker) Worked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rest > 0 {
		b.log.Info("endpoint answers again", "for", b.what)
	}
	b.failures, b.rest, b.until = 0, 0, time.Time{}
}
