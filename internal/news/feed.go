package news

import (
	"net/netip"
	"slices"
	"time"
)

// A Feed is a document that a Source keeps updating, and what the hub knows of it.
type Feed struct {
	ID       string // ID("feed", URL as configured)
	SourceID string
	URL      string
	Title    string // as the feed says

	// What HTTP said last, sent back in conditional requests (RFC 9110 §13).
	ETag         string
	LastModified string
	// ValidatedURL is who said them, after redirects: to another URL they mean nothing.
	// Empty: not known.
	ValidatedURL string
	// Caching holds the caching fields of the last whole answer, as later answers updated
	// them (RFC 9111 §4.3.4), one a line.
	Caching  string
	BodyHash string // SHA-256 of the last whole body, hex: an unchanged body costs nothing downstream
	MovedTo  string // target of a permanent redirect that was confirmed
	// MovingTo is the target of a permanent redirect that is not confirmed yet: since when,
	// and in how many polls, it was seen.
	MovingTo    string
	MovingSince time.Time
	MovingSeen  int
	// Entries are the fingerprints of the entries of the last document, as ingest wrote
	// them: what stands there says what it said before.
	Entries string
	// Copied is since when it holds items that were read from a copy and not compared with the
	// outlet's own document yet; zero where it holds none.
	Copied time.Time

	Icon  string // URL of its icon, as the outlet's document says
	Terms []Term // what the outlet's document, and its server, say of the use of what is in it

	// SharedGUIDs are the guids that were seen to stand for several entries, as ingest wrote
	// them.
	SharedGUIDs string

	// Schedule.
	Due       time.Time
	DueWhy    string    // why then, for people
	NotBefore time.Time // the earliest that a hub which has something new can make it due; never after Due
	LastTry   time.Time
	LastGood  time.Time // last answer that was a feed, 304 included
	LastNew   time.Time // last time that it brought a new or changed Item
	Rhythm    string    // when its entries came, as ingest wrote it; "" where nothing is known
	// Window is for how long an entry stands in the document, as the last whole one tells; zero:
	// not known.
	Window    time.Duration
	Asks      Asks     // what the last document asks of those who read it
	Failures  int      // in a row
	Status    int      // last HTTP status, 0 when there was none
	LastError string   // why the last try failed, for people; "" when it did not
	Problems  []string // what was wrong with the last document although it could be read
	// Host is the host that the next poll asks first, as news.Host names it, when ingest has said
	// so; "" is that of the URL.
	Host string

	Reach      Reach
	ReachSince time.Time
	Route      string // the route that worked last
	// Blocking is by which means the direct way fails, in OONI's words (ts-017): "dns",
	// "tcp_ip", "tls", "http-failure", "http-diff"; "" where it does not, or for another
	// reason. Control is the route by which the outlet itself answered meanwhile, which
	// shows that it is not down.
	Blocking string
	Control  string
	Probed   time.Time // when the direct way was last tried

	// Routes and Home are those of the Source, filled in when a stage claims the Feed.
	Routes []string
	Home   string
	// Push is the Subscription to what is new in the Feed; nil where there is none.
	Push *Subscription

	// Lease is until when the Feed is claimed, as it was read. Of one Feed a later claim ends
	// later, so by it a store knows whether a claim is still the one of who returns it.
	Lease time.Time
	// Revised is when a hub last pushed other words than were known, as it was read.
	Revised time.Time
}

// Asks is what a feed's document says of when to read it again; zero where it says nothing.
type Asks struct {
	TTL       time.Duration  `json:"ttl,omitzero"`    // RSS 2.0 ttl
	Update    time.Duration  `json:"update,omitzero"` // RSS 1.0 syndication module: updatePeriod / updateFrequency
	SkipHours []int          `json:"hours,omitempty"` // RSS 2.0 skipHours, UTC
	SkipDays  []time.Weekday `json:"days,omitempty"`  // RSS 2.0 skipDays, UTC
}

// A Reach says how a Feed could be reached. It is what one vantage point saw; it
// never says why.
type Reach string

// The states of reach.
const (
	ReachUnknown  Reach = ""         // never tried
	ReachOK       Reach = "ok"       // the direct route works
	ReachDegraded Reach = "degraded" // works, but not directly, or with errors in between
	ReachBlocked  Reach = "blocked"  // fails directly again and again, while another way to the outlet works
	ReachLegal    Reach = "legal"    // HTTP 451 (RFC 7725)
	ReachRefused  Reach = "refused"  // the outlet's server refuses this hub: 401, 403, challenge
	ReachDown     Reach = "down"     // name, network or server error
	ReachGone     Reach = "gone"     // 410, or a lasting 404
)

// A ReachChange says that from At on a Feed could be reached in another way than before.
type ReachChange struct {
	At       time.Time
	Reach    Reach
	Blocking string // as in Feed
}

// Evidence is what happened in one attempt on one route.
type Evidence struct {
	FeedID string
	At     time.Time
	Route  string
	URL    string
	// Failure in OONI's vocabulary (ooni/spec df-007-errors): "dns_nxdomain_error",
	// "connection_refused", "connection_reset", "generic_timeout_error", "ssl_...";
	// "" when an HTTP answer arrived.
	Failure string
	// Operation is what failed, in OONI's words (failed_operation): "resolve", "connect",
	// "tls_handshake", "http_round_trip", "read_body"; "" when an answer arrived.
	Operation string
	Status    int // HTTP status, 0 without an answer
	Reach     Reach
	Note      string // what the server did or said beyond that, never what is the hub's own; for a 451 what its Link rel="blocked-by" names
	// Asked holds, by host, the addresses to which connections were opened or to which the name
	// leads, as far as the hub itself saw them. It is for comparing routes, and not kept.
	Asked map[string][]netip.Addr
	Took  time.Duration // from asking to the last byte, without the hub's own pauses
	Bytes int64
}

// A Fetch is the outcome of one poll of a Feed: the Feed with its new state, and the
// Items that its document holds; or what a WebSub hub pushed. The store keeps all of it in
// one transaction or nothing.
type Fetch struct {
	Feed     *Feed
	Items    []*Item
	Evidence []Evidence
	Began    time.Time // when the poll did: what was asked for since is not answered by it
	At       time.Time // when its answer was there
	// Document says that a whole document was read (200 with a changed body), and Items are
	// those of it that may be new or changed. Without it Items may hold what a difference
	// brought (226, RFC 3229), and nothing is known about other items.
	Document bool
	// Pushed says that nobody was asked: a hub pushed Items, and of the way to the Feed, and
	// of other items, nothing is known.
	Pushed bool
	// Discovery is set where the document names other hubs than the last one did.
	Discovery *Discovery
	// Missed is set where the hub should have pushed what is new, and says when the Feed is
	// due if the poll found something new all the same.
	Missed *Due
	// Silent says that the hub has not brought in time what an earlier poll found.
	Silent bool
}

// A Due says when something is due, and why then, for people.
type Due struct {
	At  time.Time
	Why string
}

// Saved counts what a Fetch changed.
type Saved struct {
	New, Changed, Same int // items
}

// Told reports whether any of what was saved is new or changed.
func Told(saved ...Saved) bool {
	return slices.ContainsFunc(saved, func(s Saved) bool { return s.New > 0 || s.Changed > 0 })
}

// An Item is one entry as the feed said it. Its revisions are kept.
type Item struct {
	ID       string // ID("item", FeedID, Key)
	FeedID   string
	SourceID string
	// Key is what makes it the same item at the next poll: its guid, else its link,
	// else its title and date.
	Key       string
	GUID      string // as the feed said it
	Link      string // absolute URL of the original, may be empty
	Title     string // plain text
	Summary   string // HTML as received
	Content   string // HTML as received; the full text where the feed gives it
	Authors   []string
	Category  []string
	Language  string    // BCP 47, as the feed says; may be empty
	Published time.Time // as the feed says; zero when it does not
	Updated   time.Time // as the feed says
	Image     string    // URL
	Terms     []Term    // what the entry says of its use; not of its Hash
	Via       Via

	FirstSeen time.Time
	LastSeen  time.Time // when a document was last held against it; it may have stood in later ones
	Revision  int       // 1, 2, ...: how many versions of it were seen
	Hash      string    // of what the outlet said, to notice a change

	// Tries is how often extraction failed; set when a stage claims the Item.
	Tries int
	Lease time.Time // until when it is claimed; set likewise
}
