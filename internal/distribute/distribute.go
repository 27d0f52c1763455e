// Package distribute tells others at once what is new in the feeds that this hub gives out: it
// is their WebSub hub (W3C Recommendation https://www.w3.org/TR/websub/, of 23 January 2018).
// Of the feeds that this hub reads, and of the hubs that these name, see package websub.
//
// Whoever wants to be told asks at Path (§5.1), with a form:
//
//	POST /hub
//	hub.mode=subscribe & hub.topic=https://us.example/feed.atom & hub.callback=https://you.example/x
//	[& hub.lease_seconds=864000] [& hub.secret=...]
//
// What can be seen to be wrong is answered at once, in words; the rest with 202, and the
// callback is then asked whether it wants this (§5.3). When the content of the hub changes
// (the store's edition), the feeds that somebody subscribes to are made anew, and where one has
// become another it goes whole to its subscribers (§7), signed for those who gave a secret (§8).
//
// All of it is rows: a subscriber who has to be asked or told is one that is due, and held by
// whoever does it until a time. A kill loses nothing, two nodes tell nobody twice, and what is
// told is always what the feed holds by then: who was away for an hour gets one document.
//
// A callback is a stranger's. It is called through fetch, with its guards, and by few at a time
// of one owner; so that nobody can turn this hub against a third party, who has confirmed nothing
// is asked a few times, and then more and more seldom (see limits). What a feed holds is sent
// only to who has just said that it wants it.
package distribute

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// Path is where subscribers ask.
const Path = "/hub"

// A Store is what distribution needs to remember.
type Store interface {
	// Edition names the content of the store.
	Edition(ctx context.Context) (string, error)
	// AskSubscriber enters what one asks for. It is news.ErrTooMany where there is no room, and
	// news.ErrNotFound where one wants to leave who is not there.
	AskSubscriber(ctx context.Context, s *news.Subscriber, limits news.SubscriberLimits, now time.Time) error
	// DueSubscribers claims some; calm leaves out who failed last time.
	DueSubscribers(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string, calm bool) ([]*news.Subscriber, error)
	// ChangeSubscriber lets f change one, while nobody else does, and ends its claim. Its feed
	// has the content with this hash.
	ChangeSubscriber(ctx context.Context, id string, f func(s *news.Subscriber, hash string)) error
	// DueTopics claims feeds that were not looked at in this edition, or not since again.
	DueTopics(ctx context.Context, edition string, now, again time.Time, lease time.Duration, limit int) ([]*news.Topic, error)
	// NextTopic is when the next feed is due that was not looked at in this edition; zero: none is.
	NextTopic(ctx context.Context, edition string) (time.Time, error)
	// SaveTopic keeps what a feed holds, makes those due who do not have it, and says how many.
	SaveTopic(ctx context.Context, p *news.Topic, now, due time.Time) (waiting int64, err error)
	// DenySubscribers ends all subscriptions of a feed.
	DenySubscribers(ctx context.Context, path, reason string, now time.Time) error
}

// A Caller goes out to the network.
type Caller interface {
	Call(ctx context.Context, call fetch.Call) (*fetch.Response, error)
}

// A Document is what the site answers at the address of a feed.
type Document struct {
	Status   int
	Type     string // Content-Type
	Location string // where a status of 3xx leads
	Body     []byte
}

// A Result says what came of asking or telling a subscriber, for counting.
type Result string

// The results.
const (
	Confirmed Result = "confirmed" // it wants what it was said to want
	Refused   Result = "refused"   // it does not, or does not answer
	Told      Result = "told"      // it has what is new
	Failed    Result = "failed"    // it has not taken it, and is told again
	GivenUp   Result = "given up"  // it has not, so often that it is told no more of that
	Gone      Result = "gone"      // it says that it is there no more
)

// Results are all of them.
var Results = []Result{Confirmed, Refused, Told, Failed, GivenUp, Gone}

// Config is what a Hub works with.
type Config struct {
	Store  Store
	Caller Caller
	// Render returns what readers get at a path of the site now.
	Render func(ctx context.Context, path string) (*Document, error)
	// Look returns what whoever sent r would get there, which may be some moments old, and may be
	// that it has asked too often.
	Look func(r *http.Request, path string) (*Document, error)
	// URL is the public address of this hub, without a slash at its end.
	URL string
	// AllowPrivate names callbacks in private networks that may be called, as fetch.Options does.
	AllowPrivate []string
	Routes       []string // by which callbacks are called; none: directly
	// Ring says that there may be work.
	Ring func()
	// Count is told what came of each call, and, of those that were told, how long after the
	// change was noticed; may be nil.
	Count func(r Result, after time.Duration)

	Now      func() time.Time
	Rand     func() float64 // in [0, 1)
	Logger   *slog.Logger
	Progress news.Progress
}

// A Hub is the stage "distribute", and the http.Handler of Path.
type Hub struct {
	cfg    Config
	turns  chan struct{} // holds a value for each request that looks at a feed
	silent penalties
	flying flying
	docs   documents
}

// New returns a Hub.
func New(cfg Config) *Hub {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Ring == nil {
		cfg.Ring = func() {}
	}
	if cfg.Count == nil {
		cfg.Count = func(Result, time.Duration) {}
	}
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	return &Hub{
		cfg: cfg, turns: make(chan struct{}, maxTurns), silent: penalties{of: map[string]penalty{}},
		flying: flying{of: map[string]int{}, landed: make(chan struct{}, 1)}, docs: documents{of: map[string]held{}},
	}
}

// Name returns "distribute".
func (h *Hub) Name() string { return "distribute" }

// A held is a document with its hash, and when and in which edition of the store it was made.
type held struct {
	*Document
	hash    string
	edition string
	made    time.Time
}

// heldFor is for how long a document is told although the store has another edition: what is
// taken down goes out no longer than that.
const heldFor = time.Second

// documents keeps what was distributed last, so that it is made once for all its subscribers.
type documents struct {
	making sync.Mutex // held by the one who makes what is not there

	mu   sync.Mutex // guards the others
	of   map[string]held
	size int
}

// maxHeld is how much the documents take that are kept in memory, in bytes.
const maxHeld = 32 << 20

func (d *documents) get(path string) (held, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.of[path]
	return doc, ok
}

func (d *documents) put(path string, doc held) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old, ok := d.of[path]; ok {
		d.size -= len(old.Body)
	}
	d.of[path] = doc
	d.size += len(doc.Body)
	for other, old := range d.of { // any one has to go
		if d.size <= maxHeld {
			return
		}
		if other != path {
			d.size -= len(old.Body)
			delete(d.of, other)
		}
	}
}

// flying counts what is under way, by host.
type flying struct {
	mu       sync.Mutex // guards the others
	of       map[string]int
	all      int
	troubled int           // of these, those that failed last time
	ended    int           // how many have ended so far
	landed   chan struct{} // holds a value when something has ended, or become due, since it was emptied
}

func (f *flying) start(host string, troubled bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.of[host]++
	f.all++
	if troubled {
		f.troubled++
	}
}

func (f *flying) end(host string, troubled bool) {
	f.mu.Lock()
	if f.of[host]--; f.of[host] == 0 {
		delete(f.of, host)
	}
	f.all--
	f.ended++
	if troubled {
		f.troubled--
	}
	f.mu.Unlock()
	f.tell()
}

// tell has whoever waits for something to end look whether there is more to begin.
func (f *flying) tell() {
	select {
	case f.landed <- struct{}{}:
	default:
	}
}

// past says how many have ended so far.
func (f *flying) past() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended
}

// room says how many more may start, which hosts have enough, and whether only who did not
// fail last time should.
func (f *flying) room() (n int, busy []string, calm bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for host, n := range f.of {
		if n >= perHost {
			busy = append(busy, host)
		}
	}
	return workers - f.all, busy, f.troubled >= workers/2
}

// A rendered feed is one of these.
func isFeed(contentType string) bool {
	for _, t := range []string{"application/rss+xml", "application/atom+xml", "application/feed+json"} {
		if strings.HasPrefix(contentType, t) {
			return true
		}
	}
	return false
}

// A textError is an answer to a request that cannot be done, with what to try instead.
type textError struct {
	status     int
	text, hint string
	retryAfter time.Duration
}

func (e *textError) Error() string { return e.text }

func bad(text, hint string) error {
	return &textError{status: http.StatusBadRequest, text: text, hint: hint}
}
