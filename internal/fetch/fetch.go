// Package fetch is the only way out to the network. A Request for a URL goes in; a
// Response with the body, or an *Error, comes out, and with either of them the
// Evidence of every attempt.
//
// A URL is tried by each of the Request's routes in turn until one of them answers:
//
//	direct                      HTTP/2 or HTTP/1.1
//	direct-http1                HTTP/1.1 only: some servers refuse the HTTP/2 of programs
//	doh:https://RESOLVER/PATH   directly, with names looked up by that resolver (RFC 8484)
//	ech:https://RESOLVER/PATH   the same, and only with the outlet's name encrypted in TLS (RFC 9849)
//	http://PROXY  https://PROXY through an HTTP proxy
//	socks5://PROXY              through a SOCKS proxy; the name is looked up and checked here, too
//	socks5h://PROXY             through a SOCKS proxy such as Tor, which looks up the name
//	mirror:URL                  the origin (and path prefix) of the target replaced by URL
//	archive:URL                 the latest copy in a web archive, whose TimeGate has that URL (RFC 7089)
//	peer:URL                    the feed that another hub gives out of the same outlet; for feeds only
//
// What is asked is asked politely: one host gets few requests at a time, with a pause
// between them and in the order of asking; what a host says in Retry-After holds for
// all its URLs and, with Options.Hosts, for all nodes; validators are sent back verbatim,
// and only to whom they are from; pages (not feeds, which are published for machines) are read only
// where robots.txt allows it (RFC 9309); who asks, and where to complain, is in the
// User-Agent.
//
// User and password in a URL are sent as Authorization: Basic to its server, and to no
// other to which it redirects. They appear in nothing that comes out: Response, Error,
// Evidence and log name URLs without them.
//
// What answers is not trusted: the body is limited after decompression, headers, time
// and redirects are limited, and no address is dialled that is not public unless the
// operator named it. The address is checked after the name was looked up, at the
// moment of dialling, so that a name that changes its mind gains nothing.
package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"parallax/internal/news"
)

// The limits, unless Options say otherwise.
const (
	DefaultTimeout            = 30 * time.Second // one attempt, redirects and robots.txt included, beside the turns of hosts; a slow line needs about 10 s for a big feed
	DefaultMaxBody            = 10 << 20         // after decompression; the largest honest feeds seen have 6 MB
	DefaultPerHostDelay       = time.Second      // from request to request
	DefaultPerHostConcurrency = 2

	maxHeader     = 256 << 10 // of an answer; browsers give up at as much
	maxRedirects  = 10        // as browsers and OONI do
	maxRoutes     = 8
	maxURL        = 8 << 10
	dialTimeout   = 10 * time.Second
	pingAfter     = 10 * time.Second // of silence on an HTTP/2 connection
	pingTime      = 5 * time.Second  // for the answer; a slow line needs about two
	maxRetryAfter = 24 * time.Hour   // no single answer silences a host for longer
	tooManyPause  = time.Minute      // after a 429 that names no time
	retryOther    = time.Hour        // after other ways to an outlet failed, one of which has longer to wait
)

// Options say how a Client behaves. The zero value of each field is its default.
type Options struct {
	// UserAgent is the product that asks, e.g. "Parallax/1.0"; Contact a URL or mail
	// address where its operator can be reached.
	UserAgent string
	Contact   string

	Timeout time.Duration
	MaxBody int64
	// PerHostDelay is the time between the starts of two requests to one host; negative
	// for none.
	PerHostDelay       time.Duration
	PerHostConcurrency int

	// AllowPrivate names addresses that are not public and may be asked nevertheless:
	// "host", "host:port" (that port only), an IP address or a CIDR prefix.
	AllowPrivate []string

	// Now tells the time that Retry-After and ages of caches are counted in. Pauses and
	// time limits are counted in real time whatever Now says.
	Now    func() time.Time
	Logger *slog.Logger

	// Hosts remembers which hosts want to be left alone; nil keeps it in this Client.
	Hosts HostMemory

	// Resolver looks up names; nil means that of the system.
	Resolver *net.Resolver
	// Dial connects to addresses, never to names, over another network than the system's,
	// e.g. a simulated one; nil means that of the system. What is dialled is checked all the
	// same.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is cloned for every route; nil means the defaults.
	TLS *tls.Config
	// Transport replaces the network in tests. It is used for all routes, and addresses
	// are then checked only as far as the URL shows them.
	Transport http.RoundTripper
}

// A Kind says what a Request is for.
type Kind int

// The kinds.
const (
	Feed   Kind = iota // published for machines
	Page               // an article page: robots.txt is asked first
	form               // what Post sends
	called             // what Call sends
)

// A Request asks for a URL.
type Request struct {
	URL string
	// ETag and LastModified are what the last answer said, sent back verbatim. Route is
	// the route it came by: a copy's validators mean nothing to the origin and are not
	// sent there; "" says that they are the origin's.
	ETag         string
	LastModified string
	Route        string
	// Validated is the URL that said them (Response.URL); if it is not "", they are sent to
	// no other: not to one that redirects there, nor to one to which it redirects by now.
	Validated string

	Accept  string // media types; "" is chosen by Kind
	MaxBody int64  // 0: as in Options
	Kind    Kind
	Routes  []string // "" and none mean direct
	// Isolation is a name, e.g. of the source: requests with different ones share no Tor
	// circuit.
	Isolation string

	// Delta says that an answer which holds only what is new (226, RFC 3229 with the manner
	// "feed") is welcome. It is asked for only together with an ETag.
	Delta bool
	// Cut says that the beginning of a body larger than MaxBody is enough.
	Cut bool

	// Check, if not nil, looks at an answer with status 2xx. If it finds that this is not
	// what was wanted, e.g. a block page instead of a feed, the route has failed, and the
	// next one is tried.
	Check func(*Response) error

	form string // what Post sends
	call *Call  // what Call sends
}

// A Response is an answer with status 2xx, or a 304 to a conditional Request.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // decompressed
	// URL is the one that answered, after redirects and, where a copy did, the copy's.
	URL string
	// PermanentURL is where the URL has moved for good: all redirects were permanent (301,
	// 308), led to http or https without stepping down from https, and were no copy's.
	PermanentURL string
	NotModified  bool
	Delta        bool          // the body holds only what is new since Request.ETag (226)
	RetryAfter   time.Time     // as said in Retry-After, also by a redirect; zero when not
	MaxAge       time.Duration // how much longer caches may keep the answer, by its own fields
	Evidence     []news.Evidence
	Route        string // without credentials
	Took         time.Duration
	Archived     time.Time // when a web archive took the copy; zero on other routes
}

// A Client goes out to the network. It is safe for use by several goroutines.
type Client struct {
	agent, product string
	timeout        time.Duration
	maxBody        int64
	now            func() time.Time
	logger         *slog.Logger
	resolver       *net.Resolver
	connect        func(ctx context.Context, network, address string) (net.Conn, error)
	tls            *tls.Config
	transport      http.RoundTripper
	guard          guard
	hosts          hosts
	robots         robotsCache

	mu     sync.Mutex // guards routes
	routes map[string]*route
}

// New returns a Client. Close it when it is no longer needed.
func New(o Options) *Client {
	c := &Client{
		timeout:   o.Timeout,
		maxBody:   o.MaxBody,
		now:       o.Now,
		logger:    o.Logger,
		resolver:  o.Resolver,
		connect:   o.Dial,
		tls:       o.TLS,
		transport: o.Transport,
		routes:    map[string]*route{},
	}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxBody <= 0 {
		c.maxBody = DefaultMaxBody
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	product := o.UserAgent
	if product == "" {
		product = "Parallax/1.0"
	}
	c.product = productToken(product)
	c.agent = product
	if o.Contact != "" {
		c.agent += " (+" + o.Contact + ")"
	}
	delay, parallel := o.PerHostDelay, o.PerHostConcurrency
	if delay == 0 {
		delay = DefaultPerHostDelay
	}
	if parallel <= 0 {
		parallel = DefaultPerHostConcurrency
	}
	c.hosts = hosts{delay: max(delay, 0), parallel: parallel, memory: o.Hosts, all: map[string]*host{}}
	for _, entry := range o.AllowPrivate {
		if err := c.guard.allow(entry); err != nil {
			c.logger.Warn("ignored an entry of the allowed private addresses", "entry", entry, "error", err)
		}
	}
	return c
}

// Close closes idle connections. Requests under way are not disturbed.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.routes {
		r.close()
	}
}

// Get tries the routes of req in order and returns the first answer. The error is an
// *Error, except when ctx ended: then it wraps ctx.Err() and says nothing about the URL.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	start := time.Now()
	target, err := parseURL(req.URL)
	if err != nil {
		return nil, &Error{URL: news.PublicURL(req.URL), Hint: hintURL, Err: err}
	}
	names := req.Routes
	if len(names) == 0 {
		names = []string{RouteDirect}
	}
	var evidence []news.Evidence
	var failed []*Error
	var waiting *Error // that the outlet's server wants no request now
	for _, name := range names[:min(len(names), maxRoutes)] {
		resp, ev, err := c.by(ctx, req, target, name)
		if ctx.Err() != nil && err != nil {
			return nil, fmt.Errorf("fetch %s: %w", shown(target), ctx.Err())
		}
		if ev != nil {
			evidence = append(evidence, *ev)
			c.logger.Debug("fetched", "url", ev.URL, "route", ev.Route, "status", ev.Status,
				"failure", ev.Failure, "took", ev.Took, "bytes", ev.Bytes)
		}
		if err == nil {
			resp.Evidence = evidence
			resp.Took = time.Since(start)
			return resp, nil
		}
		e := c.explain(err, target, ev)
		if errors.Is(e, ErrWait) && !Copied(RouteName(name)) && waiting == nil {
			waiting = e
		}
		failed = append(failed, e)
		if e.final() && !Copied(RouteName(name)) {
			break // for what a copy's server says ends nothing
		}
	}
	finding := Judge(evidence)
	if waiting != nil && !finding.Direct {
		// What copies and other ways say of a server that wants no request, or of their own
		// troubles, is no news of the outlet: it is asked later.
		waiting.Evidence = evidence
		if soon := c.now().Add(retryOther); soon.Before(waiting.RetryAt) && slices.ContainsFunc(evidence, func(e news.Evidence) bool { return reachesOrigin(e.Route) }) {
			waiting.RetryAt = soon
		}
		return nil, waiting
	}
	e := telling(failed)
	e.Evidence, e.Reach = evidence, finding.Reach
	return nil, e
}

// by makes one attempt on the named route. Evidence is nil when nothing was attempted.
func (c *Client) by(ctx context.Context, req Request, target *url.URL, name string) (*Response, *news.Evidence, error) {
	rt, err := c.route(name, req.Isolation)
	if err != nil {
		return nil, nil, err
	}
	u, err := rt.rewrite(target, req.Kind)
	if err != nil {
		return nil, nil, err
	}
	ev := &news.Evidence{At: c.now(), Route: rt.name, URL: shown(u), Asked: map[string][]netip.Addr{}}
	resp, err := c.follow(ctx, req, u, rt, ev)
	if err == nil && rt.kind == kindArchive && !resp.NotModified {
		if resp.Archived, err = archived(resp.Header, target, c.now()); err != nil {
			err = &answerError{status: resp.Status, header: resp.Header, err: err}
		}
	}
	if err == nil && req.Check != nil && !resp.NotModified {
		if err = req.Check(resp); err != nil {
			err = &answerError{status: resp.Status, header: resp.Header, wall: wall(resp), err: err}
		}
	}
	if err == nil {
		ev.Status = resp.Status
		ev.Reach = news.ReachOK
		return resp, ev, nil
	}
	if answer, ok := errors.AsType[*answerError](err); ok {
		ev.Status, ev.Operation = answer.status, ""
		ev.Reach = answer.reach()
	} else {
		ev.Failure = Failure(err)
		ev.Reach = news.ReachDown
	}
	ev.Note = note(err)
	if silent, ok := errors.AsType[*unansweredError](err); ok {
		ev.Note = cut(silent.detail()) // the rest stands in Failure and Operation
	}
	if !attempted(err) {
		ev = nil
	}
	return nil, ev, err
}

// follow asks for u and follows its redirects.
func (c *Client) follow(ctx context.Context, req Request, u *url.URL, rt *route, ev *news.Evidence) (_ *Response, err error) {
	left := c.timeout
	// A redirect with a Retry-After is followed at once, for it may lead to what is wanted;
	// but that server is not asked again before (RFC 9110 §10.2.3).
	waits := map[string]*exchange{}
	var retryAt time.Time
	defer func() {
		for key, x := range waits {
			c.block(ctx, key, rt, x.retryAt, x.status)
		}
		if answer, ok := errors.AsType[*answerError](err); ok {
			answer.retryAt = later(answer.retryAt, retryAt)
		}
	}()
	permanent := rt.copy == nil
	redirect := 0 // status of the last one
	for hop := 0; ; hop++ {
		if hop > maxRedirects {
			return nil, &answerError{status: redirect, err: fmt.Errorf("%w: more than %d", errRedirects, maxRedirects)}
		}
		if req.Kind == Page {
			if left, err = c.askRobots(ctx, u, rt, left); err != nil {
				if robots, ok := errors.AsType[*robotsError](err); ok && robots.answer != nil {
					ev.URL = origin(u) + "/robots.txt"
				}
				return nil, err
			}
		}
		x, err := c.exchange(ctx, req, u, rt, left)
		if x != nil {
			ev.Bytes += int64(len(x.body))
			if rt.proxy == nil { // the proxy's address is not the host's
				ev.Asked[news.HostOf(u)] = append(ev.Asked[news.HostOf(u)], x.addresses()...)
			}
			left -= x.took
			ev.Took += x.took
			if err != nil {
				ev.Operation = x.operation(err)
			}
		}
		if idle, ok := errors.AsType[*idleError](err); ok && hop > 0 {
			// What is wrong is where the answer before led to.
			err = &answerError{status: redirect, err: fmt.Errorf("redirect to %s: %w", cut(shown(u)), idle.err)}
		}
		if err != nil {
			return nil, err
		}
		if next := x.location; next != nil {
			if !x.retryAt.IsZero() {
				waits[news.HostOf(u)], retryAt = x, later(retryAt, x.retryAt)
			}
			permanent = permanent && (x.status == http.StatusMovedPermanently || x.status == http.StatusPermanentRedirect) &&
				(u.Scheme != "https" || next.Scheme == "https")
			u, redirect = rt.untouched(next), x.status
			ev.URL = shown(u)
			if rt.kind == kindArchive && rt.conditions(req.Route) && ev.URL == req.Validated {
				// A memento never changes (RFC 7089 §1.2): the last one is still the latest.
				return &Response{Status: http.StatusNotModified, NotModified: true, Header: http.Header{}, URL: ev.URL, Route: rt.name}, nil
			}
			continue
		}
		resp := &Response{
			Status:      x.status,
			Header:      x.header,
			Body:        x.body,
			URL:         shown(u),
			NotModified: x.status == http.StatusNotModified,
			Delta:       x.status == http.StatusIMUsed,
			RetryAfter:  later(x.retryAt, retryAt),
			MaxAge:      ParseMaxAge(x.header, c.now()),
			Route:       rt.name,
		}
		if hop > 0 && permanent {
			resp.PermanentURL = resp.URL
		}
		return resp, nil
	}
}
