package web

import (
	"context"
	"time"
)

// knownFor is how long pages are made from the sources and lenses that were read last:
// reading them costs as much as a small page, and they change a few times a day. What
// is carried does not wait for it. The store's queries leave out what is withdrawn from
// the moment that it is, and an end that is due takes effect by the clock; only that a
// changed configuration moves a side, a name or an end shows up to so much later.
const knownFor = time.Second

// A known remembers for some time what was read or worked out for all readers, and nobody
// changes. One request at a time reads it anew, and the others wait for that one.
type known[T any] struct {
	lasts time.Duration
	turn  chan struct{} // holds a value while a request has its turn; guards the others
	there bool
	value T
	// When it was read: by the monotonic clock of the system, which no setting of the
	// time sets back, and by the clock of the site, which tests and replays move.
	at, now time.Time
}

func newKnown[T any](lasts time.Duration) *known[T] {
	return &known[T]{lasts: lasts, turn: make(chan struct{}, 1)}
}

// get returns the value, by load if it was read too long ago.
func (k *known[T]) get(ctx context.Context, now time.Time, load func(context.Context) (T, error)) (value T, err error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return value, ctx.Err()
	}
	if k.there && time.Since(k.at) < k.lasts && now.Sub(k.now).Abs() < k.lasts {
		return k.value, nil
	}
	at := time.Now() // before reading: what changes meanwhile may be in it or not
	value, err = load(ctx)
	if err != nil {
		return value, err
	}
	k.value, k.there, k.at, k.now = value, true, at, now
	return value, nil
}
