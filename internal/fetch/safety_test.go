package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"parallax/internal/news"
)

// notPublic are addresses that must not be asked, and what they are.
var notPublic = map[string]string{
	"127.0.0.1": "loopback", "127.8.9.10": "loopback", "::1": "loopback",
	"10.0.0.1": "private", "172.16.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private",
	"fc00::1": "private", "fd12:3456:789a::1": "private", "fec0::1": "site-local",
	"169.254.1.1": "link-local", "fe80::1": "link-local",
	"169.254.169.254": "metadata", "fd00:ec2::254": "metadata", "100.100.100.200": "metadata",
	"224.0.0.1": "multicast", "239.255.255.250": "multicast", "ff02::1": "multicast", "ff0e::1": "multicast",
	"0.0.0.0": "unspecified", "0.1.2.3": "this network", "::": "unspecified",
	"255.255.255.255": "broadcast", "240.0.0.1": "reserved",
	"100.64.0.1": "shared (CGNAT)", "198.18.0.1": "benchmarking", "2001:2::1": "benchmarking",
	"192.0.2.1": "documentation", "198.51.100.1": "documentation", "203.0.113.1": "documentation",
	"2001:db8::1": "documentation", "3fff::1": "documentation",
	"192.0.0.1": "IETF", "192.88.99.1": "6to4 relay", "100::1": "discard", "2001:10::1": "ORCHID", "5f00::1": "SRv6",
	"::ffff:127.0.0.1": "IPv4-mapped", "::ffff:10.0.0.1": "IPv4-mapped", "::ffff:a9fe:a9fe": "IPv4-mapped",
	"::127.0.0.1": "IPv4-compatible", "::7f00:1": "IPv4-compatible", "::ffff:0:127.0.0.1": "IPv4-translated",
	"64:ff9b::127.0.0.1": "NAT64", "64:ff9b::a00:1": "NAT64", "64:ff9b::169.254.169.254": "NAT64", "64:ff9b:1::a00:1": "NAT64, local",
	"2002:7f00:1::1": "6to4", "2002:a00:1::1": "6to4", "2002:a9fe:a9fe::1": "6to4",
	"2001:0:5db8:d822:0:0:f5ff:fffe": "Teredo to 10.0.0.1",
}

// disguised are hosts that lead to such an address in the eyes of somebody.
var disguised = []string{
	"2130706433", "0x7f000001", "0X7F000001", "017700000001", "0", "00",
	"127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "127.0.0.0x1", "127.0x0.0.01", "0300.0250.0.1", "4294967295",
	"127.0.0.1.", "127.0.0.1..", "10.0.0.1.", "2130706433.", "[::1]", "[::1%25lo]", "[fe80::1%25eth0]", "[FE80::1%25ETH0]",
	"[0:0:0:0:0:ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]",
	"１２７.０.０.１", "127。0。0。1", "127．0｡0.1", "①②⑦.⓪.⓪.①", "１０.０.０.１", "０ｘ7f.1", "[::ffff:１２７.0.0.1]",
	"user@127.0.0.1", "outlet.example@127.0.0.1", "outlet.example:80@10.0.0.1", "127.0.0.1:80@[::1]", "outlet.example%40@127.0.0.1",
	"127.0.0.1:80#@outlet.example", "127.0.0.1/@outlet.example", "127.0.0.1?@outlet.example", `127.0.0.1\@outlet.example`,
	"%31%32%37.0.0.1", "127%2e0%2e0%2e1", "127.0.0.1%00.outlet.example", "127.0.0.1 .outlet.example", "127.0.0.1\t", ".", "..",
	// A public address at the port of another protocol.
	"93.184.216.34:25", "93.184.216.34:22", "93.184.216.34:53", "93.184.216.34:0", "93.184.216.34:65536", "93.184.216.34:-1", "[2606:2800:220:1::1]:25",
}

// local are names that mean something only where they are looked up.
var local = []string{
	"localhost", "LOCALHOST", "localhost.", "localhost..", "a.localhost", "metadata", "metadata.google.internal", "METADATA.google.internal.",
	"ｍetadata.google.internal", "metadata.google。internal", "instance-data", "kubernetes.default.svc.cluster.local", "printer", "nas.lan", "router.home.arpa", "intranet",
}

// otherSchemes are URLs that are none of http and https.
var otherSchemes = []string{
	"file:///etc/passwd", "FILE:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "ftp://127.0.0.1/", "data:text/xml,<rss/>", "javascript:alert(1)",
	"dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/", "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
	"ws://127.0.0.1/", "netdoc:///etc/passwd", "view-source:http://127.0.0.1/",
}

// A wild is what surrounds a hub that is to be tricked: an outlet that redirects, proxies
// that would go anywhere, mirrors, and resolvers that say what they are made to.
type wild struct {
	outlet string // URL of a server that redirects to what it is asked for, and may be asked
	http   string
	socks  string // host:port
	asked  func() []string
	client func(allow ...string) *Client
	// What all resolvers say, filled in before they are asked.
	zone     map[string][]string
	services map[string]*dnsmessage.SVCBResource
	doh      string
}

func newWild(t *testing.T) *wild {
	t.Helper()
	w := &wild{zone: map[string][]string{}, services: map[string]*dnsmessage.SVCBResource{}}
	var mu sync.Mutex
	var seen []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, s)
	}
	w.asked = func() []string {
		mu.Lock()
		defer mu.Unlock()
		all := seen
		seen = nil
		return all
	}
	redirect := func(rw http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			rw.Header().Set("Location", to)
			rw.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		_, _ = io.WriteString(rw, "news")
	}
	base, outletAddr := serve(t, redirect)
	w.outlet = base
	w.http, _ = serve(t, func(rw http.ResponseWriter, r *http.Request) {
		if host := r.URL.Host + r.Host; !strings.HasPrefix(host, "outlet.invalid") {
			note("http proxy: " + r.Method + " " + r.RequestURI)
		}
		if r.Method == http.MethodConnect {
			rw.WriteHeader(http.StatusBadGateway)
			return
		}
		redirect(rw, r)
	})
	var names <-chan string
	w.socks, names = fakeSOCKS(t, outletAddr)
	done := make(chan bool)
	t.Cleanup(func() { close(done) })
	go func() {
		for {
			select {
			case name := <-names:
				if !strings.HasPrefix(name, "outlet.invalid:") {
					note("socks proxy: " + name)
				}
			case <-done:
				return
			}
		}
	}()
	dns := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		var m dnsmessage.Message
		if err := m.Unpack(query); err == nil && m.Questions[0].Type == dnsmessage.TypeHTTPS && w.services[m.Questions[0].Name.String()] != nil {
			m.Response, m.Additionals = true, nil
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 60},
				Body:   &dnsmessage.HTTPSResource{SVCBResource: *w.services[m.Questions[0].Name.String()]},
			}}
			answer, err := m.Pack()
			if err != nil {
				t.Error(err)
			}
			_, _ = rw.Write(answer)
			return
		}
		_, _ = rw.Write(dnsAnswer(query, w.zone))
	}))
	dns.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	dns.StartTLS()
	t.Cleanup(dns.Close)
	w.doh = dns.URL
	pool := x509.NewCertPool()
	pool.AddCert(dns.Certificate())
	w.client = func(allow ...string) *Client {
		return client(t, Options{
			Resolver: fakeDNS(t, w.zone), TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, Timeout: 5 * time.Second,
			AllowPrivate: append(allow, outletAddr, dns.Listener.Addr().String()),
		})
	}
	return w
}

// ways are those on which a URL can come to be asked for.
func (w *wild) ways() map[string]func(target string) Request {
	by := func(routes ...string) func(string) Request {
		return func(target string) Request { return Request{URL: target, Routes: routes} }
	}
	via := func(routes ...string) func(string) Request {
		return func(target string) Request {
			return Request{URL: "http://outlet.invalid/?to=" + url.QueryEscape(target), Routes: routes}
		}
	}
	socks := "socks5://hub:pw@" + w.socks
	socksh := "socks5h://hub:pw@" + w.socks
	return map[string]func(string) Request{
		"direct":                     by("direct"),
		"by HTTP/1.1":                by("direct-http1"),
		"a page":                     func(target string) Request { return Request{URL: target, Kind: Page} },
		"by an HTTP proxy":           by(w.http),
		"by SOCKS":                   by(socks),
		"by SOCKS with names":        by(socksh),
		"by DoH":                     by("doh:" + w.doh + "/dns-query"),
		"redirected":                 func(target string) Request { return Request{URL: w.outlet + "/?to=" + url.QueryEscape(target)} },
		"redirected behind HTTP":     via(w.http),
		"redirected behind SOCKS":    via(socks),
		"redirected behind SOCKS, h": via(socksh),
		"redirected by a mirror": func(target string) Request {
			return Request{URL: "http://outlet.invalid/?to=" + url.QueryEscape(target), Routes: []string{"mirror:" + w.outlet}}
		},
		"a mirror": func(target string) Request {
			return Request{URL: "http://outlet.invalid/", Routes: []string{"mirror:" + target}}
		},
		"an archive": func(target string) Request {
			return Request{URL: "http://outlet.invalid/", Routes: []string{"archive:" + target}}
		},
		"a form": func(target string) Request { return Request{URL: target, Kind: form, form: "a=b"} },
	}
}

// No address that is not public is asked, and no proxy is asked for one, on whatever way
// the URL came and however it is written.
func TestSafety(t *testing.T) {
	w := newWild(t)
	w.zone["outlet.invalid."] = []string{"127.0.0.1"}
	var hosts []string
	for ip := range notPublic {
		hosts = append(hosts, hostFor(ip))
	}
	var urls []string
	for _, host := range append(hosts, disguised...) {
		urls = append(urls, "http://"+host+"/rss", "https://"+host)
	}
	for _, host := range local {
		urls = append(urls, "http://"+host+"/")
		w.zone[strings.ToLower(strings.TrimRight(host, "."))+"."] = []string{"169.254.169.254"}
	}
	w.zone["metadata.google.internal."] = []string{"169.254.169.254"}
	urls = append(urls, otherSchemes...)
	c := w.client("outlet.invalid")
	for way, request := range w.ways() {
		// The way itself is open; of proxies TestSafetyLetsThrough shows it.
		if good := w.outlet; way != "a form" && !strings.Contains(way, "SOCKS") && !strings.Contains(way, "HTTP") && way != "an archive" {
			if res, err := c.Get(t.Context(), request(good)); err != nil || string(res.Body) != "news" {
				t.Errorf("%s: what may be asked is not: %v", way, err)
			}
		}
		for _, u := range urls {
			res, err := c.Get(t.Context(), request(u))
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Errorf("%s: %q brought %+v, %v", way, u, res, err)
				continue
			}
			if e.Hint == "" {
				t.Errorf("%s: %q: no hint with %v", way, u, e)
			}
			// What is no URL of http has another reason to be refused.
			if parsed, err := parseURL(u); err == nil && parsed != nil && !errors.Is(e, ErrAddress) && e.Failure != FailureNXDomain {
				t.Errorf("%s: %q: %v", way, u, e)
			}
			if asked := w.asked(); len(asked) > 0 {
				t.Errorf("%s: %q: %q", way, u, asked)
			}
		}
	}
}

// What may be asked goes through the same proxies.
func TestSafetyLetsThrough(t *testing.T) {
	w := newWild(t)
	w.zone["good.invalid."] = []string{"93.184.216.34"}
	c := w.client()
	for _, u := range []string{"http://good.invalid/rss", "http://GOOD.invalid./rss", "http://bücher.invalid/", "http://unknown-here.invalid/", "http://93.184.216.34:8080/", "http://[2606:2800:220:1::1]/", "http://[64:ff9b::93.184.216.34]/"} {
		for _, route := range []string{w.http, "socks5h://hub:pw@" + w.socks} {
			if strings.HasPrefix(route, "socks") && !strings.Contains(u, "invalid") {
				continue // the proxy here knows names only
			}
			res, err := c.Get(t.Context(), Request{URL: u, Routes: []string{route}})
			if err != nil || string(res.Body) != "news" {
				t.Errorf("%s by %s: %v", u, route, err)
			}
		}
	}
}

// A name that leads to such an address, to some of them, or to one only the second time.
func TestSafetyOfNames(t *testing.T) {
	w := newWild(t)
	var names []string
	n := 0
	for ip := range notPublic {
		n++
		name := fmt.Sprintf("n%d.invalid", n)
		w.zone[name+"."] = []string{ip}
		names = append(names, name)
	}
	w.zone["mixed.invalid."] = []string{"127.0.0.1", "10.0.0.1", "::1"}
	w.zone["half.invalid."] = []string{"93.184.216.34", "10.0.0.1"}
	w.zone["xn--bcher-kva.invalid."] = []string{"10.0.0.1"}
	names = append(names, "mixed.invalid", "bücher.invalid")
	c := w.client()
	for way, request := range w.ways() {
		if strings.Contains(way, "SOCKS with names") || strings.Contains(way, ", h") || strings.HasPrefix(way, "redirected behind") || way == "redirected by a mirror" {
			continue // the proxy looks up the name; or outlet.invalid, which is not among the names
		}
		for _, name := range names {
			e := fails(t, c, request("http://"+name+":8080/"))
			if asked := w.asked(); !errors.Is(e, ErrAddress) || len(asked) > 0 {
				t.Errorf("%s: %s, which is %s: %v; %q", way, name, w.zone[name+"."], e, asked)
			}
			if way == "direct" && (e.Failure != FailureBogon || e.Evidence[0].Operation != "resolve" || e.Reach != news.ReachDown) {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	// One of several is enough for a proxy not to get it: nobody knows which it takes.
	for _, route := range []string{w.http, "socks5://hub:pw@" + w.socks} {
		if e := fails(t, c, Request{URL: "http://half.invalid/", Routes: []string{route}}); !errors.Is(e, ErrAddress) || len(w.asked()) > 0 {
			t.Errorf("by %s: %v", route, e)
		}
	}
}

// The records by which a name offers Encrypted Client Hello lead nowhere that the name may
// not lead.
func TestSafetyOfServices(t *testing.T) {
	w := newWild(t)
	_, addr := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a server of the operator's was asked") })
	_, port, _ := net.SplitHostPort(addr)
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	w.zone["good.invalid."] = []string{"93.184.216.34"}
	w.zone["private.invalid."], w.zone["hub.lan."] = []string{"10.0.0.1"}, []string{"127.0.0.1"}
	key := echList(echKey(t, 1, "public.invalid"))
	var hosts []string
	for name, s := range map[string]struct {
		target string
		port   int
		hints  map[dnsmessage.SVCParamKey][]byte
	}{
		"another name":              {"private.invalid.", 443, nil},
		"localhost":                 {"localhost.", 443, nil},
		"an address as a name":      {"127.0.0.1.", number, nil},
		"a decimal one":             {"2130706433.", number, nil},
		"another port":              {"private.invalid.", 22, nil},
		"a public name's port":      {"good.invalid.", 22, nil},
		"what the operator allowed": {"hub.lan.", number, nil},
		"hints": {"private.invalid.", 443, map[dnsmessage.SVCParamKey][]byte{
			dnsmessage.SVCParamIPv4Hint: {127, 0, 0, 1}, dnsmessage.SVCParamIPv6Hint: netip.MustParseAddr("::1").AsSlice(),
		}},
	} {
		r := &dnsmessage.SVCBResource{Priority: 1, Target: dnsmessage.MustNewName(s.target)}
		for k, v := range s.hints {
			r.SetParam(k, v)
		}
		r.SetParam(dnsmessage.SVCParamPort, []byte{byte(s.port >> 8), byte(s.port)}) //nolint:gosec // a port
		r.SetParam(dnsmessage.SVCParamECH, key)
		host := strings.NewReplacer(" ", "-", "'", "").Replace(name) + ".invalid"
		w.services[host+"."], w.zone[host+"."] = r, []string{"93.184.216.34"}
		hosts = append(hosts, host)
	}
	c := w.client("hub.lan:" + port)
	for _, host := range hosts {
		_, err := c.Get(t.Context(), Request{URL: "https://" + host + "/", Routes: []string{"ech:" + w.doh + "/dns-query"}})
		if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(e, ErrAddress) && e.Failure != FailureNXDomain {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A name that is public when it is checked and private when it is asked gains nothing: what
// was looked up is what is dialled.
func TestRebinding(t *testing.T) {
	var reached atomic.Int32
	_, addr := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	_, port, _ := net.SplitHostPort(addr)
	// The first address is taken as public, though it is one of this machine.
	first, then := fakeDNS(t, map[string][]string{"evil.invalid.": {"127.0.0.2"}}), fakeDNS(t, map[string][]string{"evil.invalid.": {"127.0.0.1"}})
	var asked atomic.Int32
	turning := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if asked.Add(1) <= 2 { // A and AAAA
			return first.Dial(ctx, network, address)
		}
		return then.Dial(ctx, network, address)
	}}
	c := client(t, Options{Resolver: turning, AllowPrivate: []string{"127.0.0.2:" + port}})
	e := fails(t, c, Request{URL: "http://evil.invalid:" + port + "/"})
	if e.Failure != FailureRefused || asked.Load() != 2 {
		t.Errorf("the first time: %v, looked up %d times", e, asked.Load())
	}
	e = fails(t, c, Request{URL: "http://evil.invalid:" + port + "/"})
	if !errors.Is(e, ErrAddress) || e.Failure != FailureBogon || reached.Load() != 0 {
		t.Errorf("the second time: %v, reached %d times", e, reached.Load())
	}
}

// hostFor writes an address as the host of a URL.
func hostFor(ip string) string {
	if strings.Contains(ip, ":") {
		return "[" + ip + "]"
	}
	return ip
}
