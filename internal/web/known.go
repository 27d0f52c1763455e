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

// A known remembers the hub, which nobody changes, for knownFor. One request at a time
// reads it anew, and the others wait for that one.
type known struct {
	turn chan struct{} // holds a value while a request has its turn; guards the others
	hub  *hub
	// When it was read: by the monotonic clock of the system, which no setting of the
	// time sets back, and by the clock of the site, which tests and replays move.
	at, now time.Time
}

func newKnown() known { return known{turn: make(chan struct{}, 1)} }

// get returns the hub, by load if it was read too long ago.
func (k *known) get(ctx context.Context, now time.Time, load func(context.Context) (*hub, error)) (*hub, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if k.hub != nil && time.Since(k.at) < knownFor && now.Sub(k.now).Abs() < knownFor {
		return k.hub, nil
	}
	at := time.Now() // before reading: what changes meanwhile may be in it or not
	h, err := load(ctx)
	if err != nil {
		return nil, err
	}
	k.hub, k.at, k.now = h, at, now
	return h, nil
}
