package news

import "time"

// A Subscription is what the hub has with a WebSub hub (W3C Recommendation WebSub): that
// it is told at once what is new in a Feed. There is at most one for a Feed.
type Subscription struct {
	FeedID string
	Hubs   []string // that the feed names, in its order
	Topic  string   // what the feed calls itself, and the hub knows it by

	Hub    string // the one of Hubs that is or was asked last
	Token  string // the secret end of the address to which it pushes
	Secret string // with which it signs what it pushes; "" where it cannot be told one in private

	State SubscriptionState
	// Asking is what the hub was asked and has not confirmed yet: "subscribe" or
	// "unsubscribe"; a lease that runs is asked to be prolonged meanwhile.
	Asking string
	Asked  time.Time // when
	Due    time.Time // when something is to be done about it: asked, prolonged, tried again
	Since  time.Time // confirmed since then without a gap
	Until  time.Time // end of the lease
	Tries  int       // that failed, in a row
	Error  string    // why the last one did, or what else is wrong; "" when nothing is

	// Trusted says that the hub was the first to bring something new, and that no poll has
	// found anything since that it did not bring.
	Trusted bool
	// Missing is when a poll found something that the hub had not brought; zero where none did,
	// or where the hub called within PushGrace.
	Missing  time.Time
	LastPush time.Time // last push that was believed
	Pushes   int       // of these
	Forged   int       // pushes without the right signature
}

// A SubscriptionState says how far a Subscription is.
type SubscriptionState string

// The states of a Subscription.
const (
	SubscriptionWanted   SubscriptionState = "wanted"   // found, not confirmed by any hub yet
	SubscriptionVerified SubscriptionState = "verified" // the hub has confirmed it
	SubscriptionDenied   SubscriptionState = "denied"   // the hub refuses
	SubscriptionFailed   SubscriptionState = "failed"   // no hub answered, or confirmed, as it should
	SubscriptionLeaving  SubscriptionState = "leaving"  // it is to end
	SubscriptionEnded    SubscriptionState = ""         // a store that gets it forgets it
)

// Live reports whether the hub has confirmed the Subscription, and its lease runs at now.
// There may be none: s may be nil.
func (s *Subscription) Live(now time.Time) bool {
	return s != nil && s.State == SubscriptionVerified && s.Until.After(now)
}

// Trusts reports whether what is new is expected by push at now, and polls are made only
// to see that the hub has not fallen silent.
func (s *Subscription) Trusts(now time.Time) bool {
	return s.Live(now) && s.Trusted && s.Missing.IsZero()
}

// PushGrace is for how long after a poll that was first its hub may still push: where an
// entry is published, a poll may come by before the hub has been told and has pushed.
const PushGrace = 5 * time.Minute

// Silent reports whether the hub has at now not brought what a poll found, for so long that
// it is not believed to do so any more.
func (s *Subscription) Silent(now time.Time) bool {
	return s != nil && s.Trusted && !s.Missing.IsZero() && now.Sub(s.Missing) >= PushGrace
}

// A Discovery is what a document says of where news of it are pushed from.
type Discovery struct {
	Hubs  []string // none: it names none any more
	Topic string
}
