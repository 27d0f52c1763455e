// Package websub has the hub told at once what is new: it subscribes to Feeds at the WebSub
// hubs that they name (W3C Recommendation https://www.w3.org/TR/websub/), and takes in what
// these push. Ingest finds in a document which hubs it names, and writes a Subscription that
// is due; the stage "subscribe" asks a hub, and prolongs what the hub has confirmed; what is
// pushed goes to ingest.
//
// Each Subscription has an address of its own for the hub to call, /websub/TOKEN, which
// nobody else can guess:
//
//	GET   the hub asks whether we want this (§5.3): yes, only if we have just asked for it;
//	      or it says that it refuses (§5.2)
//	POST  the hub pushes a document (§7)
//
// A hub is a stranger that a feed named. It is asked through fetch, with its guards, and
// what it pushes can only become Items of that feed. It is believed only if it is signed
// (§8): the secret is told to hubs over https only. An http hub, and one that pushes what is
// no feed, can do no more than make us look at the feed ourselves, and not before the outlet
// and the operator allow it (news.Feed.NotBefore). What has a wrong signature is answered like what has a right
// one, and forgotten.
//
// The next of several hubs is asked when one fails; when all did, the first again, later
// and later, at least once a day. Meanwhile the feed is polled as any other. It is polled
// more seldom only while a confirmed hub is found to push what is new (ingest, Trusts).
package websub

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// Path is where the addresses begin that hubs call.
const Path = "/websub/"

// A Store is what a subscriber needs to remember.
type Store interface {
	// DueSubscriptions claims at most limit of those that are due at now.
	DueSubscriptions(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]*news.Subscription, error)
	// ChangeSubscription lets f change one, while nobody else does, and ends its claim.
	ChangeSubscription(ctx context.Context, feedID string, f func(*news.Subscription)) error
	// SubscriptionOf returns the one that has the token.
	SubscriptionOf(ctx context.Context, token string) (*news.Subscription, error)
	// EndSubscriptions makes those leave whose feeds are not read any more.
	EndSubscriptions(ctx context.Context, now time.Time) (int, error)
	// Feed returns the feed of a Subscription.
	Feed(ctx context.Context, id string) (*news.Feed, error)
}

// A Poster goes out to the network.
type Poster interface {
	Post(ctx context.Context, address string, values url.Values, routes []string, isolation string) (*fetch.Response, error)
}

// An Ingest takes in what is pushed.
type Ingest interface {
	// Push keeps a document. If it cannot be used as one, the feed is polled soon, and kept
	// is false.
	Push(ctx context.Context, feedID string, header http.Header, body []byte) (kept bool, err error)
	// PollSoon has the feed polled because it may have something new.
	PollSoon(ctx context.Context, feedID string) error
}

// A Result says what came of a push, for counting.
type Result string

// The results.
const (
	Kept    Result = "kept"    // it was a document
	Polled  Result = "polled"  // it could not be believed or used; the feed is polled
	Forged  Result = "forged"  // its signature was wrong
	Refused Result = "refused" // nobody wants it, it was too large, or too many came at once
	Failed  Result = "failed"  // it could not be kept; the hub shall try again
)

// Results are all of them.
var Results = []Result{Kept, Polled, Forged, Refused, Failed}

// Config is what a Subscriber works with.
type Config struct {
	Store  Store
	Poster Poster
	Ingest Ingest
	// URL is the public address of this hub, without a slash at its end.
	URL string
	// MaxBody is the largest document that is taken, in bytes.
	MaxBody int64
	Count   func(Result) // may be nil

	Now      func() time.Time
	Rand     func() float64 // in [0, 1)
	Logger   *slog.Logger
	Progress news.Progress
}

// A Subscriber is the stage "subscribe", and the http.Handler of what hubs call.
type Subscriber struct {
	cfg Config
	// answering says that hubs can call: before, there is no use in asking them.
	answering atomic.Bool
	swept     time.Time // when it was last looked for what is to end; the stage's own
	pushes    pushes
}

// New returns a Subscriber.
func New(cfg Config) *Subscriber {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Count == nil {
		cfg.Count = func(Result) {}
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = fetch.DefaultMaxBody
	}
	return &Subscriber{cfg: cfg, pushes: pushes{left: maxHeld, of: map[string]*line{}}}
}

// Answering says that hubs can call from now on. Until then the stage does nothing.
func (s *Subscriber) Answering() { s.answering.Store(true) }
