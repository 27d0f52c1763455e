package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parallax/internal/news"
)

var (
	errRedirects = errors.New("too many redirects")
	errTimeout   = fmt.Errorf("no whole answer in time: %w", context.DeadlineExceeded)
)

// An exchange is one request and its answer.
type exchange struct {
	status   int
	header   http.Header
	body     []byte
	location *url.URL  // where it redirects to, nil when it does not
	retryAt  time.Time // as said in Retry-After
	took     time.Duration

	step atomic.Int32 // the operation that was begun last

	mu    sync.Mutex   // guards asked
	asked []netip.Addr // see Evidence.Asked
}

// maxAsked bounds how many addresses of one host are remembered.
const maxAsked = 32

// saw remembers an address of the host.
func (x *exchange) saw(address string) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return
	}
	ip := ap.Addr().Unmap().WithZone("")
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.asked) < maxAsked && !slices.Contains(x.asked, ip) {
		x.asked = append(x.asked, ip)
	}
}

// addresses returns what saw remembered. What is still being dialled may add to it later.
func (x *exchange) addresses() []netip.Addr {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.asked)
}

// The operations of an exchange, in order, in the words of OONI's probe (its package
// netxlite), which knows no more of the last one than "read".
var operations = [...]string{"", "resolve", "connect", "tls_handshake", "http_round_trip", "read_body"}

const (
	opResolve = 1 + iota
	opConnect
	opHandshake
	opRoundTrip
	opReadBody
)

// operation is what was under way when the exchange failed with err.
func (x *exchange) operation(err error) string {
	if errors.Is(err, ErrAddress) {
		return operations[opResolve] // a name that leads where it should not
	}
	return operations[x.step.Load()]
}

// trace keeps x.step. Several connections may be tried for one request: what came
// furthest counts.
func (x *exchange) trace() *httptrace.ClientTrace {
	reach := func(step int32) {
		for {
			old := x.step.Load()
			if old >= step || x.step.CompareAndSwap(old, step) {
				return
			}
		}
	}
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { reach(opResolve) },
		DNSDone: func(found httptrace.DNSDoneInfo) {
			for _, a := range found.Addrs {
				x.saw(net.JoinHostPort(a.String(), "0"))
			}
		},
		ConnectStart:      func(_, address string) { reach(opConnect); x.saw(address) },
		TLSHandshakeStart: func() { reach(opHandshake) },
		GotConn:           func(got httptrace.GotConnInfo) { reach(opRoundTrip); x.saw(got.Conn.RemoteAddr().String()) },
	}
}

// accepts is what is asked for, by Kind. Nothing is excluded: many servers answer 406
// rather than send a feed as text/html.
var accepts = map[Kind]string{
	Feed: "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, " +
		"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5",
	Page: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
	form: "*/*", called: "*/*",
}

// exchange asks for u when its host's turn has come, and reads the answer in at most
// left. An answer other than 2xx, 304 or a redirect is an *answerError.
func (c *Client) exchange(ctx context.Context, req Request, u *url.URL, rt *route, left time.Duration) (*exchange, error) {
	if err := c.guard.target(u); err != nil {
		return nil, &idleError{err: err, hint: addressHint(u)}
	}
	key := news.HostOf(u)
	if err := c.hosts.recall(ctx, c.now()); err != nil && ctx.Err() == nil {
		c.logger.Warn("cannot read which hosts other nodes were told to leave alone", "error", err)
	}
	leave, err := c.hosts.enter(ctx, key, wayOf(rt), c.now)
	if err != nil {
		return nil, err
	}
	defer leave()
	x := new(exchange)
	start := time.Now()
	defer func() { x.took = time.Since(start) }()
	ctx, cancel := context.WithTimeoutCause(ctx, left, errTimeout)
	defer cancel()
	if rt.proxy != nil {
		if err := c.guard.proxied(ctx, c.resolver, u, rt.proxy.Scheme != "socks5h"); err != nil {
			return x, c.unanswered(ctx, x, err)
		}
	}
	err = c.transfer(ctx, x, req, u, rt)
	if err != nil && goneAway(err) && ctx.Err() == nil {
		// The server closes a connection, for it restarts or has had enough of this one; it
		// says nothing of the URL, which is asked for by another (RFC 9113 §6.8).
		err = c.transfer(ctx, x, req, u, rt)
	}
	return x, c.unanswered(ctx, x, err)
}

// goneAway reports whether an exchange failed because the server announced that it would
// close the connection, and did before it had answered. net/http has a type for that, but
// does not export it.
func goneAway(err error) bool { return strings.Contains(err.Error(), "server sent GOAWAY") }

// transfer makes the exchange x. Its error is an *answerError, or what the network says.
func (c *Client) transfer(ctx context.Context, x *exchange, req Request, u *url.URL, rt *route) error {
	x.step.Store(opResolve)
	method, content := http.MethodGet, io.Reader(nil)
	if req.Kind == form {
		method, content = http.MethodPost, strings.NewReader(req.form)
	}
	if req.Kind == called {
		if method = req.call.Method; len(req.call.Body) > 0 {
			content = bytes.NewReader(req.call.Body)
		}
	}
	ask, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, x.trace()), method, u.String(), content)
	if err != nil {
		return &idleError{err: fmt.Errorf("not a URL: %q", cut(shown(u))), hint: hintURL}
	}
	c.setHeader(ask, req, rt)
	res, err := rt.transport.RoundTrip(ask)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	x.step.Store(opReadBody)
	x.status, x.header = res.StatusCode, res.Header
	if err := c.judge(ctx, x, req, rt, u, ask); err != nil || x.location != nil || x.status == http.StatusNotModified {
		// A short rest is read so that the connection can be used again.
		_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
		return err
	}
	limit := req.MaxBody
	if limit <= 0 {
		limit = c.maxBody
	}
	x.body, err = readBody(res.Body, res.Header, res.ContentLength, limit, req.Cut)
	if err != nil {
		if errors.Is(err, ErrTooLarge) || errors.Is(err, errCoding) {
			return &answerError{status: x.status, header: x.header, err: err}
		}
		return err
	}
	return nil
}

// unanswered returns why an exchange brought no whole answer, from what the network says,
// which is written to the log. What it says because the time was over does not matter.
func (c *Client) unanswered(ctx context.Context, x *exchange, err error) error {
	_, answered := errors.AsType[*answerError](err)
	if _, idle := errors.AsType[*idleError](err); idle || answered || err == nil {
		return err
	}
	c.logger.Debug("no whole answer", "operation", x.operation(err), "error", err)
	if cause := context.Cause(ctx); errors.Is(cause, errTimeout) {
		err = cause
	}
	return &unansweredError{failure: Failure(err), operation: x.operation(err), err: err}
}

func (c *Client) setHeader(ask *http.Request, req Request, rt *route) {
	h := ask.Header
	if req.Kind == called {
		maps.Copy(h, req.call.Header)
	}
	h.Set("User-Agent", c.agent)
	h.Set("Accept-Encoding", "gzip, br, zstd, deflate")
	accept := req.Accept
	if accept == "" {
		accept = accepts[req.Kind]
	}
	h.Set("Accept", accept)
	if req.Kind == form {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if rt.conditions(req.Route) && (req.Validated == "" || req.Validated == shown(ask.URL)) {
		if sendable(req.ETag) {
			h.Set("If-None-Match", req.ETag)
			if req.Delta {
				h.Set("A-IM", "feed") // RFC 3229 §10.5.3
			}
		}
		if sendable(req.LastModified) {
			h.Set("If-Modified-Since", req.LastModified)
		}
	}
	if user := ask.URL.User; user != nil {
		password, _ := user.Password()
		ask.SetBasicAuth(user.Username(), password)
		ask.URL.User = nil // errors and proxies see the URL
	}
}

// sendable reports whether a validator can stand in a header, as sane ones can.
func sendable(v string) bool {
	return v != "" && len(v) <= 1<<10 && !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// judge decides what the status of the answer means.
func (c *Client) judge(ctx context.Context, x *exchange, req Request, rt *route, u *url.URL, ask *http.Request) error {
	x.retryAt = ParseRetryAfter(x.header.Get("Retry-After"), c.now())
	if x.retryAt.IsZero() && x.status == http.StatusTooManyRequests {
		x.retryAt = c.now().Add(tooManyPause)
	}
	if most := c.now().Add(maxRetryAfter); x.retryAt.After(most) {
		x.retryAt = most
	}
	switch x.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if req.Kind == called {
			return &answerError{status: x.status, header: x.header, retryAt: x.retryAt, err: fmt.Errorf("%s: %w", status(x.status), errNoRedirect)}
		}
		next, err := u.Parse(x.header.Get("Location"))
		if err == nil && x.header.Get("Location") == "" {
			err = errors.New("no Location")
		}
		if err == nil {
			err = checkURL(next)
		}
		if err == nil && ask.Method == http.MethodPost {
			err = mayRepost(x.status, u, next)
		}
		if err != nil {
			return &answerError{status: x.status, header: x.header, err: fmt.Errorf("redirect leads nowhere: %w", err)}
		}
		next.User = nil
		if trusted(u, next) {
			next.User = u.User
		}
		x.location = next
		return nil
	case http.StatusNotModified:
		if ask.Header.Get("If-None-Match") == "" && ask.Header.Get("If-Modified-Since") == "" {
			return &answerError{status: x.status, header: x.header, err: errors.New("304 although nothing was said to be known")}
		}
		return nil
	}
	if x.status < 200 || x.status > 299 {
		// These speak of the server, not of one of its URLs.
		if !x.retryAt.IsZero() && (x.status == http.StatusTooManyRequests || x.status == http.StatusForbidden || x.status >= 500) {
			c.block(ctx, news.HostOf(u), rt, x.retryAt, x.status)
		}
		return &answerError{status: x.status, header: x.header, retryAt: x.retryAt}
	}
	if x.status == http.StatusIMUsed && (ask.Header.Get("A-IM") == "" || !containsFold(listed(x.header, "IM"), "feed")) {
		// RFC 3229 §10.4.1: it is sent only to who said that it can be used.
		return &answerError{status: x.status, header: x.header, err: errors.New("226 with a difference that was not asked for")}
	}
	return nil
}
