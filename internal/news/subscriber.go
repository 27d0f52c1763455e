package news

import (
	"errors"
	"time"
)

// A Subscriber is told by push what is new in a feed that this hub gives out (W3C
// Recommendation WebSub; of the feeds that the hub itself is told of, see Subscription). A
// feed and a callback make one.
type Subscriber struct {
	ID       string
	Path     string // the feed: path and query below the hub's URL
	Topic    string // its address as the subscriber writes it, who gets it back
	Callback string // where it is told
	Host     string // who answers there, for limits: a domain as it is registered, or an IP address
	Secret   string // with which it wants to be told; "": none

	Since time.Time // it has confirmed; zero: not yet
	Until time.Time // end of the lease

	// Ask is what it asked for and has not confirmed yet; a lease that runs goes on meanwhile.
	Ask SubscriberAsk

	// News is since when the feed has something of which it was not told; zero: it has not.
	News      time.Time
	Sent      string    // which content of the feed it has: a hash, as of Topic
	NotBefore time.Time // it wants to be told no earlier, or has failed
	Tries     int       // that failed, in a row
	Told      time.Time // last time
	Error     string    // why the last try failed; "" when it did not

	// Latest is which content the feed had when the Subscriber was claimed.
	Latest string `json:"-"`

	Gone bool `json:"-"` // a store that gets it forgets it
}

// A SubscriberAsk is something that has to be agreed with a Subscriber.
type SubscriberAsk struct {
	Mode   string // "subscribe", "unsubscribe" or "denied"; "": nothing
	Topic  string
	Secret string
	Lease  time.Duration
	Sent   string    // the content of the feed when it was asked
	Reason string    // why it is denied
	At     time.Time // when it was asked
	Due    time.Time // when the callback is asked about it
	Tries  int       // that failed
}

// Live reports whether the Subscriber has confirmed, and its lease runs at now.
func (s *Subscriber) Live(now time.Time) bool { return s.Until.After(now) }

// Due is when something is to be done about it.
func (s *Subscriber) Due() time.Time {
	due := s.Until
	if !s.News.IsZero() && !s.Until.IsZero() {
		told := s.News
		if s.NotBefore.After(told) {
			told = s.NotBefore
		}
		if told.Before(due) {
			due = told
		}
	}
	if s.Ask.Mode != "" && (due.IsZero() || s.Ask.Due.Before(due)) {
		due = s.Ask.Due
	}
	return due
}

// A Topic is a feed of this hub that has Subscribers.
type Topic struct {
	Path    string
	Hash    string // of its content when it was looked at last; "": it was not
	Edition string // of the store then
}

// SubscriberLimits bound how many Subscribers there may be.
type SubscriberLimits struct {
	All, OfHost    int // feeds and callbacks, in all and at one host
	Topics         int // feeds that have subscribers
	Searches       int // of these, such as search
	Asks           int // that wait for an answer
	AsksOfHost     int // at a host where a callback has confirmed something
	AsksOfStranger int // at another
}

// SubscriberCounts say how many there are.
type SubscriberCounts struct {
	Live, Asking, Failing, Topics int
}

// ErrTooMany says that a limit is reached; a message says which.
var ErrTooMany = errors.New("too many")
