package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"parallax/internal/news"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	for in, want := range map[string]time.Time{
		"":                               {},
		"120":                            noon.Add(2 * time.Minute),
		" 120 ":                          noon.Add(2 * time.Minute),
		"0":                              {},
		"-5":                             {},
		"1.5":                            {},
		"soon":                           {},
		"99999999999999999999":           noon.Add(1 << 31 * time.Second),
		"Mon, 02 Nov 2026 13:00:00 GMT":  noon.Add(time.Hour),
		"Monday, 02-Nov-26 13:00:00 GMT": noon.Add(time.Hour),
		"Mon Nov  2 13:00:00 2026":       noon.Add(time.Hour),
		"Mon, 02 Nov 2026 11:00:00 GMT":  {},
	} {
		if got := ParseRetryAfter(in, noon); !got.Equal(want) {
			t.Errorf("ParseRetryAfter(%q) = %v, want %v", in, got, want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"120", "Mon, 02 Nov 2026 13:00:00 GMT", "-1", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := ParseRetryAfter(s, noon); !got.IsZero() && !got.After(noon) {
			t.Errorf("ParseRetryAfter(%q) = %v is not after now", s, got)
		}
	})
}

func TestParseMaxAge(t *testing.T) {
	const date = "Mon, 02 Nov 2026 12:00:00 GMT"
	for _, c := range []struct {
		want time.Duration
		h    []string
	}{
		{0, nil},
		{time.Hour, []string{"Cache-Control", "max-age=3600"}},
		{time.Hour, []string{"Cache-Control", `public, Max-Age="3600", must-revalidate`}},
		{50 * time.Minute, []string{"Cache-Control", "max-age=3600", "Age", "600"}},
		{0, []string{"Cache-Control", "max-age=3600", "Age", "7200"}},
		{0, []string{"Cache-Control", "no-cache, max-age=3600"}},
		{0, []string{"Cache-Control", "max-age=-1"}},
		{time.Minute, []string{"Cache-Control", "max-age=60, max-age=3600"}},
		{time.Minute, []string{"Cache-Control", "max-age=60", "Expires", "Mon, 02 Nov 2026 18:00:00 GMT", "Date", date}},
		{6 * time.Hour, []string{"Expires", "Mon, 02 Nov 2026 18:00:00 GMT", "Date", date}},
		{6 * time.Hour, []string{"Expires", "Mon, 02 Nov 2026 18:00:00 GMT"}},
		{0, []string{"Expires", "0"}},
		{1 << 31 * time.Second, []string{"Cache-Control", "max-age=99999999999999999999"}},
	} {
		h := http.Header{}
		for i := 0; i < len(c.h); i += 2 {
			h.Add(c.h[i], c.h[i+1])
		}
		if got := ParseMaxAge(h, noon); got != c.want {
			t.Errorf("ParseMaxAge(%v) = %v, want %v", h, got, c.want)
		}
	}
}

func TestBlockedBy(t *testing.T) {
	for in, want := range map[string][]string{
		``: nil,
		`<https://court.example/order/7>; rel="blocked-by"`:                                          {"https://court.example/order/7"},
		`<https://a.example/>; rel=next, <https://b.example/,x>; rel="author blocked-by"; title="x"`: {"https://b.example/,x"},
		`<https://a.example/>; rel=Blocked-By`:                                                       {"https://a.example/"},
		`<https://a.example/`:                                                                        nil,
		`rel="blocked-by"`:                                                                           nil,
	} {
		if diff := cmp.Diff(want, Links(http.Header{"Link": {in}}, "blocked-by")); diff != "" {
			t.Errorf("Links(%q) mismatch (-want +got):\n%s", in, diff)
		}
	}
}

func TestFailure(t *testing.T) {
	op := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		want string
		err  error
	}{
		{"", nil},
		{FailureNXDomain, op(&net.DNSError{IsNotFound: true})},
		{FailureTimeout, op(&net.DNSError{IsTimeout: true})},
		{FailureDNS, op(&net.DNSError{Err: "server misbehaving", IsTemporary: true})},
		{FailureBogon, op(fmt.Errorf("%w: 10.0.0.1", ErrAddress))},
		{FailureRefused, op(syscall.ECONNREFUSED)},
		{FailureReset, fmt.Errorf("read: %w", op(syscall.ECONNRESET))},
		{FailureHostUnreachable, op(syscall.EHOSTUNREACH)},
		{FailureNetUnreachable, op(syscall.ENETUNREACH)},
		{FailureTimeout, errTimeout},
		{FailureTimeout, context.DeadlineExceeded},
		{FailureEOF, fmt.Errorf("body: %w", io.ErrUnexpectedEOF)},
		{FailureHostname, x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}},
		{FailureAuthority, x509.UnknownAuthorityError{}},
		{FailureCertificate, x509.CertificateInvalidError{Reason: x509.Expired}},
		{FailureHandshake, errors.New("remote error: tls: handshake failure")},
		{FailureUnknown, errors.New("malformed HTTP response")},
	} {
		if got := Failure(c.err); got != c.want {
			t.Errorf("Failure(%v) = %q, want %q", c.err, got, c.want)
		}
		if c.want != "" && failureHints[c.want] == "" {
			t.Errorf("%s has no hint", c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	ev := func(route string, r news.Reach, operation ...string) news.Evidence {
		return news.Evidence{Route: route, Reach: r, Operation: strings.Join(operation, "")}
	}
	answer := func(route string, status int) news.Evidence {
		return news.Evidence{Route: route, Status: status, Reach: statusReach(status, nil)}
	}
	at := func(e news.Evidence, addresses ...string) news.Evidence {
		e.Asked = map[string][]netip.Addr{}
		for _, a := range addresses {
			e.Asked["harbour.example"] = append(e.Asked["harbour.example"], netip.MustParseAddr(a))
		}
		return e
	}
	const (
		tor    = "socks5h://127.0.0.1:9050"
		doh    = "doh:https://dns.example/dns-query"
		ech    = "ech:https://dns.example/dns-query"
		mirror = "mirror:https://m.example"
		ok     = news.ReachOK
		down   = news.ReachDown
	)
	for _, c := range []struct {
		want news.Reach
		why  string // blocking, control
		ev   []news.Evidence
	}{
		{news.ReachUnknown, "", nil},
		{ok, "", []news.Evidence{ev("direct", ok)}},
		{ok, "", []news.Evidence{ev("direct-http1", ok)}},
		{news.ReachDegraded, "", []news.Evidence{ev("direct", down, "tls_handshake"), ev("direct-http1", ok)}},
		{news.ReachDegraded, "", []news.Evidence{ev(tor, ok)}},
		{news.ReachDegraded, "dns " + tor, []news.Evidence{ev("direct", down, "resolve"), ev(tor, ok)}},
		{news.ReachDegraded, "tcp_ip " + tor, []news.Evidence{ev("direct", down, "connect"), ev("direct-http1", down, "connect"), ev(tor, ok)}},
		// What failed is the look-up where another resolver names other addresses, and only there.
		{news.ReachDegraded, "dns " + doh, []news.Evidence{ev("direct", down, "resolve"), ev(doh, ok)}},
		{news.ReachDegraded, "dns " + doh, []news.Evidence{at(ev("direct", down, "connect"), "192.0.2.7"), at(ev(doh, ok), "45.60.10.1", "45.60.10.2")}},
		{news.ReachDegraded, "dns " + doh, []news.Evidence{at(answer("direct", 200), "192.0.2.7"), at(ev(doh, ok), "45.60.10.1")}},
		{news.ReachDegraded, "dns " + ech, []news.Evidence{at(ev("direct", down, "tls_handshake"), "192.0.2.7"), at(ev(ech, ok), "45.60.10.1")}},
		{news.ReachDegraded, "tls " + doh, []news.Evidence{at(ev("direct", down, "tls_handshake"), "45.60.10.2"), at(ev(doh, ok), "45.60.10.1", "45.60.10.2")}},
		{news.ReachDegraded, "tcp_ip " + doh, []news.Evidence{at(ev("direct", down, "connect"), "45.60.10.1"), at(ev(doh, ok), "45.60.10.1")}},
		{news.ReachDegraded, "http-failure " + doh, []news.Evidence{at(ev("direct", down, "read_body"), "45.60.10.1"), at(ev(doh, ok), "45.60.10.1")}},
		{news.ReachDegraded, "http-diff " + doh, []news.Evidence{answer("direct", 200), at(ev(doh, ok), "45.60.10.1")}},
		{news.ReachDegraded, "", []news.Evidence{answer("direct", 503), ev(doh, ok)}},
		{news.ReachDegraded, "tls " + ech, []news.Evidence{ev("direct", down, "tls_handshake"), ev(ech, ok)}},
		{news.ReachDegraded, "http-failure http://p.example", []news.Evidence{ev("direct", down, "http_round_trip"), ev("http://p.example", ok)}},
		{news.ReachDegraded, "http-diff " + tor, []news.Evidence{answer("direct", 200), ev(tor, ok)}},
		// A server in trouble is not blocked, though it works elsewhere.
		{news.ReachDegraded, "", []news.Evidence{answer("direct", 503), ev(tor, ok)}},
		{news.ReachDegraded, "", []news.Evidence{answer("direct", 404), ev(tor, ok)}},
		{news.ReachDegraded, "", []news.Evidence{answer("direct", 429), ev(tor, ok)}},
		// A mirror answers whether or not the outlet does.
		{down, "", []news.Evidence{ev("direct", down, "tls_handshake"), ev(mirror, ok)}},
		{down, "", []news.Evidence{ev("direct", down, "connect"), ev(tor, down, "connect"), ev(mirror, ok)}},
		// What the server said is said, however else it was read.
		{news.ReachLegal, "", []news.Evidence{ev("direct", news.ReachLegal), ev(mirror, ok)}},
		{news.ReachLegal, "", []news.Evidence{ev("direct", news.ReachLegal), ev(tor, ok)}},
		{news.ReachRefused, "", []news.Evidence{ev("direct", news.ReachRefused), ev(tor, ok)}},
		{news.ReachLegal, "", []news.Evidence{ev("direct", news.ReachLegal), ev(tor, down)}},
		{down, "", []news.Evidence{ev("direct", down, "connect"), ev(tor, news.ReachRefused)}},
		{news.ReachRefused, "", []news.Evidence{ev("direct", down), ev("direct-http1", news.ReachRefused)}},
		{news.ReachRefused, "", []news.Evidence{ev(tor, news.ReachRefused)}},
		{news.ReachGone, "", []news.Evidence{ev("direct", news.ReachGone)}},
		// What a copy's server says of it is no word of the outlet's.
		{down, "", []news.Evidence{ev(mirror, news.ReachGone)}},
		{down, "", []news.Evidence{ev(mirror, news.ReachLegal), ev(tor, down)}},
		{news.ReachDegraded, "", []news.Evidence{ev(mirror, news.ReachRefused), ev("archive:https://a.example/", ok)}},
	} {
		got := Judge(c.ev)
		if why := strings.TrimSpace(got.Blocking + " " + got.Control); got.Reach != c.want || why != c.why {
			t.Errorf("Judge(%v) = %q, %q, want %q, %q", c.ev, got.Reach, why, c.want, c.why)
		}
	}
}

func TestGuard(t *testing.T) {
	var g guard
	for _, s := range []string{"127.0.0.1:8081", "10.1.0.0/16", "news.lan", "[::1]:9000", "api.lan:8443"} {
		if err := g.allow(s); err != nil {
			t.Fatal(err)
		}
	}
	for addr, ok := range map[string]bool{
		"93.184.216.34:80": true, "93.184.216.34:443": true, "93.184.216.34:8080": true,
		"93.184.216.34:25": false, "[2a00:1450:4001:81b::200e]:443": true,
		"127.0.0.1:8081": true, "127.0.0.1:8082": false, "127.0.0.1:80": false,
		"10.1.2.3:22": true, "10.2.0.1:80": false, "[::1]:9000": true, "[::1]:80": false,
		"[::ffff:127.0.0.1]:80": false, "[::ffff:127.0.0.1]:8081": true, "[::ffff:93.184.216.34]:80": true,
		"[64:ff9b::93.184.216.34]:443": true, "[64:ff9b::93.184.216.34]:25": false,
		"168.63.129.16:80": false, "168.63.129.17:80": true, "[::ffff:168.63.129.16]:80": false, "[64:ff9b::168.63.129.16]:80": false,
	} {
		if err := g.address(netip.MustParseAddrPort(addr)); (err == nil) != ok || err != nil && !errors.Is(err, ErrAddress) {
			t.Errorf("address(%s) = %v, want allowed %v", addr, err, ok)
		}
	}
	for raw, ok := range map[string]bool{
		"http://example.org/": true, "http://127.0.0.1:8081/": true, "http://127.0.0.1/": false,
		"http://news.lan:5000/": true, "http://NEWS.LAN./": true, "http://api.lan:8443/": true,
		"http://10.1.0.1/": true, "http://example.org:0/": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.target(u); (err == nil) != ok {
			t.Errorf("target(%s) = %v, want allowed %v", raw, err, ok)
		}
	}
	for raw, ok := range map[string]bool{
		"http://outlet.example/": true, "http://abcdef.onion/": true, "http://news.lan/": true, "http://api.lan:1/": false,
	} {
		u, _ := url.Parse(raw)
		if err := g.proxied(t.Context(), nil, u, false); (err == nil) != ok {
			t.Errorf("proxied(%s) = %v, want allowed %v", raw, err, ok)
		}
	}
	for _, bad := range []string{"", "10.0.0.0/99", "host:0", "host:x", "http://x/", "a b"} {
		if CheckAllow(bad) == nil {
			t.Errorf("CheckAllow(%q) finds nothing wrong", bad)
		}
	}
}

func TestRoutes(t *testing.T) {
	for in, want := range map[string]string{ //nolint:gosec // made-up credentials, to see that they are not shown
		"": "direct", "direct": "direct", "direct-http1": "direct-http1",
		"http://user:secret@proxy.example:3128/":      "http://proxy.example:3128",
		"socks5h://a:b@127.0.0.1:9050":                "socks5h://127.0.0.1:9050",
		"socks5://proxy.example":                      "socks5://proxy.example",
		"mirror:https://m.example/nt":                 "mirror:https://m.example/nt",
		"archive:https://user:pw@archive.example/web": "archive:https://archive.example/web/",
		"archive:https://archive.example/at?url=":     "archive:https://archive.example/at?url=",
		"peer:https://hub.example/source/a/feed.atom": "peer:https://hub.example/source/a/feed.atom",
		"doh:https://resolver.example/dns-query":      "doh:https://resolver.example/dns-query",
		"doh:https://resolver.example":                "", "ech:https://resolver.example/": "",
		"archive:web": "", "peer:mirror:https://m.example": "", "archive:socks5://x": "",
		"ftp://x": "", "mirror:ftp://x": "", "tor": "", "mirror:": "", "http://": "",
	} {
		got := RouteName(in)
		if got != want || (CheckRoute(in) == nil) != (want != "") {
			t.Errorf("RouteName(%q) = %q (%v), want %q", in, got, CheckRoute(in), want)
		}
	}
	r, err := parseRoute("mirror:https://m.example/nt/")
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse("http://outlet.example:81/a%2Fb/rss?x=1")
	if got, err := r.rewrite(u, Feed); err != nil || got.String() != "https://m.example/nt/a%2Fb/rss?x=1" {
		t.Errorf("rewrite = %s, %v", got, err)
	}
}

func TestRobots(t *testing.T) {
	const text = "\ufeff# a comment\r\nUser-Agent: *\r\nDisallow: /private\n" +
		"Sitemap: https://x.example/s.xml\n\n" +
		"user-agent: Parallax/2 (reader)\nUser-agent: other\nDisallow: /\nAllow: /world/\nAllow: /$\nDisallow: /world/*.pdf$\nDisallow:\n\n" +
		"User-agent: parallax\nAllow: /caf%C3%A9\nDisallow: /search?q=\nDisallow: /tie\nAllow: /tie\n"
	mine := ParseRobots([]byte(text), "Parallax")
	for path, want := range map[string]bool{
		"/": true, "/x": false, "/world/a": true, "/world/a.pdf": false, "/world/a.pdf?x": true, "/private": false,
		"/caf\u00e9/1": true, "/caf%c3%a9": true, "/%63af%C3%A9": true, "/robots.txt": true, "/tie/1": true, "": true, "/search?q=a": false,
	} {
		if got := mine.Allowed(path); got != want {
			t.Errorf("Allowed(%q) = %v, want %v", path, got, want)
		}
	}
	others := ParseRobots([]byte(text), "Somebody")
	if others.Allowed("/private/x") || !others.Allowed("/x") {
		t.Error("the rules for * do not hold for others")
	}
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/*", "/a", true},
		{"/fish*.php", "/fishheads/a.php?x", true},
		{"/*.php$", "/a.php5", false},
		{"/*.php$", "/a.php", true},
		{"/fish", "/Fish", false},
		{"/fish/", "/fish", false},
		{"*/x", "/a/x", true},
		{"/a**b", "/axb", true},
		{"$", "", true},
		{"/a$b", "/a$b", true},
		{"/" + strings.Repeat("*a", 2000) + "$", "/" + strings.Repeat("a", 5000) + "b", false},
	} {
		if got := matches(normalPath(c.pattern), normalPath(c.path)); got != c.want {
			t.Errorf("matches(%.40q, %.40q) = %v", c.pattern, c.path, got)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /%41", "/axb")
	f.Add("User-agent: parallax\nUser-agent: *\nDisallow: /\n", "/\u00e9%zz")
	f.Fuzz(func(t *testing.T, text, path string) {
		r := ParseRobots([]byte(text), "Parallax")
		got := r.Allowed(path)
		// Normalising is idempotent, and the order of rules does not matter.
		if again := normalPath(normalPath(path)); again != normalPath(path) {
			t.Errorf("normalPath(%q) = %q, then %q", path, normalPath(path), again)
		}
		for i, j := 0, len(r.rules)-1; i < j; i, j = i+1, j-1 {
			r.rules[i], r.rules[j] = r.rules[j], r.rules[i]
		}
		if r.Allowed(path) != got {
			t.Errorf("Allowed(%q) depends on the order of rules", path)
		}
	})
}

// A setting is named only where it can be what the operator wants.
func TestAddressHintIsForPrivateServers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url   string
		named bool
	}{
		{"http://10.0.0.7/feed", true},
		{"http://127.0.0.1:8080/feed", true},
		{"http://[fd12::7]/feed", true},
		{"http://news.intranet/feed", true},
		{"http://169.254.169.254/latest", false},
		{"http://[fe80::1]/", false},
		{"http://[::ffff:169.254.169.254]/", false},
		{"http://224.0.0.1/", false},
		{"http://0.0.0.0/", false},
		{"http://2130706433:22/", false},
		{"http://0x7f.1/", false},
		{"http://metadata.google.internal/", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if hint := addressHint(u); strings.Contains(hint, "allow_private") != c.named {
			t.Errorf("%s: %s", c.url, hint)
		}
	}
}
