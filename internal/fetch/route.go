package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"parallax/internal/fetch/doh"
	"parallax/internal/news"
)

// The routes without an address.
const (
	RouteDirect = "direct"
	RouteHTTP1  = "direct-http1"
)

// CheckRoute returns what is wrong with the name of a route, or nil.
func CheckRoute(name string) error {
	_, err := parseRoute(name)
	return err
}

// A route is a way to reach URLs.
type route struct {
	name  string   // without credentials: it is shown and remembered
	proxy *url.URL // nil for none
	copy  *url.URL // where the copy is; nil for none
	kind  string   // of the copy
	doh   string   // URL of the resolver, "" for the system's
	ech   bool     // only with the name of the outlet encrypted
	http1 bool

	transport http.RoundTripper
	resolver  *http.Transport // to the resolver of doh
}

// RouteName returns the name under which Evidence and Response know a route: without
// the credentials of its proxy.
func RouteName(configured string) string {
	r, err := parseRoute(configured)
	if err != nil {
		return ""
	}
	return r.name
}

// routeKinds are the beginnings of routes that are followed by a URL of their own.
var routeKinds = []string{kindMirror, kindArchive, kindPeer, "doh:", "ech:"}

func parseRoute(name string) (*route, error) {
	name = strings.TrimSpace(name)
	switch name {
	case "", RouteDirect:
		return &route{name: RouteDirect}, nil
	case RouteHTTP1:
		return &route{name: RouteHTTP1, http1: true}, nil
	}
	kind, address := "", name
	for _, k := range routeKinds {
		if rest, ok := strings.CutPrefix(name, k); ok {
			kind, address = k, rest
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("route %q is none of direct, direct-http1, doh:https://RESOLVER/dns-query, ech:https://RESOLVER/dns-query, "+
			"http(s)://PROXY, socks5(h)://PROXY, mirror:URL, archive:TIMEGATE, peer:URL", cut(news.PublicURL(name)))
	}
	shown := *u
	shown.User = nil
	switch kind {
	case "":
		return proxyRoute(u, &shown)
	case "doh:", "ech:":
		if u.Scheme != "https" || u.User != nil {
			return nil, fmt.Errorf("route %q: a resolver is asked by https, without a user: %shttps://RESOLVER/dns-query", kind+shown.String(), kind)
		}
		if strings.Trim(u.Path, "/") == "" {
			return nil, fmt.Errorf("route %q lacks the path at which the resolver answers, e.g. %s%s/dns-query", cut(kind+shown.String()), kind, strings.TrimSuffix(shown.String(), "/"))
		}
		return &route{name: kind + shown.String(), doh: u.String(), ech: kind == "ech:"}, nil
	}
	if _, err := parseURL(address); err != nil {
		return nil, fmt.Errorf("route %q: its address: %w", kind+shown.String(), err)
	}
	if kind == kindArchive && u.RawQuery == "" && !strings.HasSuffix(u.Path, "/") {
		// What is looked for is written behind it.
		u.Path, shown.Path = u.Path+"/", u.Path+"/"
	}
	return &route{name: kind + shown.String(), kind: kind, copy: u}, nil
}

func proxyRoute(u, shown *url.URL) (*route, error) {
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, fmt.Errorf("route %q: a proxy is http, https, socks5 or socks5h", shown.String())
	}
	if u.Port() == "" && strings.HasPrefix(u.Scheme, "socks5") {
		u.Host = net.JoinHostPort(u.Hostname(), "1080")
	}
	if u.Path == "/" {
		u.Path, shown.Path = "", ""
	}
	return &route{name: shown.String(), proxy: u}, nil
}

// isolationPassword goes with the isolation key; only that the pair differs matters to Tor
// (IsolateSOCKSAuth).
const isolationPassword = "parallax"

// maxRoutesKept bounds how many routes keep connections: with isolation there is one for
// each source.
const maxRoutesKept = 256

// route returns the named route with its transport, made at first use. A SOCKS proxy that
// looks up names gets the isolation key as its user, unless the operator gave one: Tor
// then uses other circuits for each key, so that what one hub reads of several outlets is
// not joined at the end of one.
func (c *Client) route(name, isolation string) (*route, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.routes[name]; r != nil {
		return r, nil
	}
	r, err := parseRoute(name)
	if err != nil {
		return nil, &idleError{err: err, hint: hintRoute}
	}
	if isolation != "" && r.proxy != nil && r.proxy.Scheme == "socks5h" && r.proxy.User == nil {
		name += "\n" + isolation
		if old := c.routes[name]; old != nil {
			return old, nil
		}
		alone := *r.proxy
		alone.User = url.UserPassword(isolation, isolationPassword)
		r.proxy = &alone
	}
	r.transport = c.transport
	if r.transport == nil {
		r.transport = c.newTransport(r)
	}
	for key, old := range c.routes {
		if len(c.routes) < maxRoutesKept {
			break
		}
		old.close() // any one; requests under way go on
		delete(c.routes, key)
	}
	c.routes[name] = r
	return r, nil
}

func (c *Client) newTransport(r *route) *http.Transport {
	t := &http.Transport{
		DisableCompression:     true, // decode knows more codings and bounds them
		MaxResponseHeaderBytes: maxHeader,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  c.timeout,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		Protocols:              new(http.Protocols),
		// A connection on which nothing comes any more, not even an answer to a ping, is given up:
		// what else is asked of the host would wait on it, too.
		HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTime},
	}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(!r.http1)
	if c.tls != nil {
		t.TLSClientConfig = c.tls.Clone()
	}
	proxy := ""
	if r.proxy != nil {
		proxy = net.JoinHostPort(r.proxy.Hostname(), portOf(r.proxy))
		t.Proxy = http.ProxyURL(r.proxy)
		t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return &proxyError{said: status(answer.StatusCode)}
			}
			return nil
		}
	}
	if r.doh == "" {
		t.DialContext = c.dial(proxy, nil)
		if r.proxy != nil && r.proxy.Scheme == "https" {
			t.DialTLSContext = c.dialProxy(r.proxy.Hostname(), t.DialContext)
		}
		return t
	}
	names := c.resolverAt(r)
	t.DialContext = c.dial(proxy, names.Lookup)
	if r.ech {
		t.DialTLSContext = c.dialECH(names, t.DialContext)
		t.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, errNoECH }
	}
	return t
}

// dialProxy returns the DialTLSContext for a proxy that is asked by https. CONNECT is sent to
// it in HTTP/1.1, so that nothing else is offered: a proxy that knows HTTP/2, too, would
// choose that if it were, as for the outlet behind it.
func (c *Client) dialProxy(host string, dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		raw, err := dial(ctx, network, addr)
		if err != nil {
			return nil, &proxyError{err: err}
		}
		cfg := new(tls.Config)
		if c.tls != nil {
			cfg = c.tls.Clone()
		}
		cfg.ServerName, cfg.NextProtos = host, []string{"http/1.1"}
		conn, err := handshake(ctx, raw, cfg)
		if err != nil {
			return nil, &proxyError{err: err}
		}
		return conn, nil
	}
}

// handshake secures a connection that it closes when it cannot, in the time and with the
// trace that a http.Transport would have.
func handshake(ctx context.Context, raw net.Conn, cfg *tls.Config) (net.Conn, error) {
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.TLSHandshakeStart != nil {
		trace.TLSHandshakeStart()
	}
	conn := tls.Client(raw, cfg)
	_ = raw.SetDeadline(time.Now().Add(dialTimeout))
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return conn, raw.SetDeadline(time.Time{})
}

// resolverAt returns the resolver of a route. It is found itself by the system's; an address
// in its URL pins it.
func (c *Client) resolverAt(r *route) *doh.Resolver {
	t := &http.Transport{
		ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: dialTimeout,
		MaxResponseHeaderBytes: maxHeader, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second,
		DialContext: c.dial("", nil),
	}
	if c.tls != nil {
		t.TLSClientConfig = c.tls.Clone()
	}
	client := &http.Client{
		Transport: t, Timeout: dialTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	r.resolver = t
	return &doh.Resolver{URL: r.doh, Client: client, Now: c.now}
}

func (r *route) close() {
	if r.resolver != nil {
		r.resolver.CloseIdleConnections()
	}
	if t, ok := r.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// parseURL parses the URL of a request.
func parseURL(s string) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("URL has %d bytes, more than %d", len(s), maxURL)
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Errorf("not a URL: %q", cut(news.PublicURL(s)))
	}
	return u, checkURL(u)
}

func checkURL(u *url.URL) error {
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("scheme %q is neither http nor https", u.Scheme)
	}
	if u.Hostname() == "" {
		return fmt.Errorf("URL %q names no host", cut(shown(u)))
	}
	u.Fragment, u.RawFragment = "", ""
	return nil
}

// shown returns a URL without user and password: what others may see.
func shown(u *url.URL) string {
	public := *u
	public.User = nil
	return public.String()
}

// trusted reports whether the credentials for from may be sent to next: to the same
// origin, or to the same host where it steps up to https.
func trusted(from, next *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), next.Hostname()) {
		return false
	}
	return from.Scheme == next.Scheme && portOf(from) == portOf(next) ||
		from.Scheme == "http" && portOf(from) == "80" && next.Scheme == "https" && portOf(next) == "443"
}

// WithUser returns address with the user and password of home if they may be sent there,
// as after a redirect, and without any otherwise: the way to ask where a feed has moved.
func WithUser(address, home string) string {
	next, err := url.Parse(address)
	if err != nil {
		return news.PublicURL(address)
	}
	next.User = nil
	if from, err := url.Parse(home); err == nil && trusted(from, next) {
		next.User = from.User
	}
	return next.String()
}
