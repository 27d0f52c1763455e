package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parallax/internal/news"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server and returns its URL and "host:port".
func serve(t *testing.T, h http.HandlerFunc) (base, addr string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL, strings.TrimPrefix(s.URL, "http://")
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	if o.PerHostDelay == 0 {
		o.PerHostDelay = -1
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// fails asks for req and returns the *Error that must come.
func fails(t *testing.T, c *Client, req Request) *Error {
	t.Helper()
	_, err := c.Get(t.Context(), req)
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("Get(%s) error = %v, want an *Error", req.URL, err)
	}
	if e.Hint == "" {
		t.Errorf("no hint with %v", e)
	}
	return e
}

func TestConditional(t *testing.T) {
	const etag, modified = `W/"a""odd`, "Mon, 2 Nov 2026 9:00:00 +0000"
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "Parallax/1.0 (+https://hub.example/about)" {
			t.Errorf("User-Agent = %q", got)
		}
		w.Header()["Etag"] = []string{etag}
		w.Header().Set("Last-Modified", modified)
		w.Header().Set("Cache-Control", "max-age=900")
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "news")
	})
	c := client(t, Options{AllowPrivate: []string{addr}, Contact: "https://hub.example/about"})
	first, err := c.Get(t.Context(), Request{URL: base + "/rss#top"})
	if err != nil {
		t.Fatal(err)
	}
	if string(first.Body) != "news" || first.Status != 200 || first.MaxAge != 15*time.Minute || first.Route != "direct" || first.PermanentURL != "" {
		t.Errorf("first = %+v", first)
	}
	second, err := c.Get(t.Context(), Request{URL: base + "/rss", ETag: first.Header.Get("ETag"), LastModified: first.Header.Get("Last-Modified")})
	if err != nil {
		t.Fatal(err)
	}
	if !second.NotModified || second.MaxAge != 15*time.Minute || Judge(second.Evidence).Reach != news.ReachOK {
		t.Errorf("second = %+v", second)
	}
	// A mirror's validators are not the origin's.
	third, err := c.Get(t.Context(), Request{URL: base + "/rss", ETag: etag, LastModified: modified, Route: "mirror:https://m.example"})
	if err != nil || third.NotModified {
		t.Errorf("third = %+v, %v", third, err)
	}
}

func TestStatuses(t *testing.T) {
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/451":
			w.Header().Set("Link", `<https://court.example/order/7>; rel="blocked-by"`)
			w.WriteHeader(http.StatusUnavailableForLegalReasons)
		case "/challenge":
			w.Header().Set("Cf-Mitigated", "challenge")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			var code int
			_, _ = fmt.Sscanf(r.URL.Path, "/%d", &code)
			w.WriteHeader(code)
		}
	})
	c := client(t, Options{AllowPrivate: []string{addr}})
	for path, want := range map[string]news.Reach{
		"/451": news.ReachLegal, "/401": news.ReachRefused, "/403": news.ReachRefused, "/challenge": news.ReachRefused,
		"/404": news.ReachDown, "/410": news.ReachGone, "/500": news.ReachDown, "/304": news.ReachDown, "/301": news.ReachDown,
	} {
		e := fails(t, c, Request{URL: base + path})
		if e.Reach != want || e.Failure != "" || len(e.Evidence) != 1 || e.Evidence[0].Reach != want {
			t.Errorf("%s: reach %q, want %q (%+v)", path, e.Reach, want, e)
		}
		if path == "/451" && !strings.Contains(e.Evidence[0].Note, "https://court.example/order/7") {
			t.Errorf("the 451's note is %q", e.Evidence[0].Note)
		}
	}
}

func TestRetryAfterBlocksHost(t *testing.T) {
	var asked atomic.Int32
	base, addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	now := noon
	c := client(t, Options{AllowPrivate: []string{addr}, Now: func() time.Time { return now }})
	e := fails(t, c, Request{URL: base + "/a", Routes: []string{"direct", "direct-http1"}})
	if e.Status != 429 || !e.RetryAt.Equal(noon.Add(10*time.Minute)) || e.Reach != news.ReachDegraded {
		t.Errorf("first: %+v", e)
	}
	e = fails(t, c, Request{URL: base + "/another"})
	if !errors.Is(e, ErrWait) || !e.RetryAt.Equal(noon.Add(10*time.Minute)) || len(e.Evidence) != 0 || e.Reach != news.ReachUnknown {
		t.Errorf("second: %+v", e)
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times, want once", asked.Load())
	}
	now = noon.Add(11 * time.Minute)
	if e = fails(t, c, Request{URL: base + "/a"}); e.Status != 429 {
		t.Errorf("after the pause: %+v", e)
	}
}

func TestCodings(t *testing.T) {
	text := []byte(strings.Repeat("the harbour ", 500))
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 1) },
		"zstd":    func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"raw":     func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 9); return z },
	}
	packed := func(name string, data []byte) []byte {
		var b bytes.Buffer
		w := pack[name](&b)
		_, _ = w.Write(data)
		_ = w.Close()
		return b.Bytes()
	}
	bomb := make([]byte, 8<<20)
	bodies := map[string]struct {
		coding string
		body   []byte
	}{
		"/gzip": {"gzip", packed("gzip", text)}, "/br": {"br", packed("br", text)}, "/zstd": {"zstd", packed("zstd", text)},
		"/deflate": {"deflate", packed("deflate", text)}, "/raw": {"deflate", packed("raw", text)},
		"/two": {"gzip, br", packed("br", packed("gzip", text))}, "/unsaid": {"", packed("gzip", text)}, "/lie": {"gzip", text},
		"/bomb-gzip": {"gzip", packed("gzip", bomb)}, "/bomb-br": {"br", packed("br", bomb)},
		"/bomb-zstd": {"zstd", packed("zstd", bomb)}, "/bomb-deflate": {"deflate", packed("deflate", bomb)},
		"/bomb-twice": {"gzip, gzip", packed("gzip", packed("gzip", bomb))}, "/big": {"", nil}, "/endless": {"", nil},
		"/cut": {"gzip", packed("gzip", text)[:40]}, "/odd": {"lzma", text}, "/many": {"br,br,br,br", text},
		"/broken": {"gzip", append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, text...)},
	}
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b := bodies[r.URL.Path]
		if b.coding != "" {
			w.Header().Set("Content-Encoding", b.coding)
		}
		w.Header().Set("Content-Type", "text/xml")
		if r.URL.Path == "/big" {
			w.Header().Set("Content-Length", strconv.Itoa(50<<20))
		}
		_, err := w.Write(b.body)
		for n := 0; b.body == nil && n < 50 && err == nil; n++ {
			_, err = w.Write(bomb[:1<<20])
		}
	})
	c := client(t, Options{AllowPrivate: []string{addr}, MaxBody: 256 << 10})
	for path := range bodies {
		req := Request{URL: base + path}
		switch {
		case strings.HasPrefix(path, "/bomb"), path == "/big", path == "/endless":
			if e := fails(t, c, req); !errors.Is(e, ErrTooLarge) || e.Status != 200 {
				t.Errorf("%s: %v", path, e)
			}
		case path == "/odd", path == "/many", path == "/broken":
			if e := fails(t, c, req); !errors.Is(e, errCoding) || e.Failure != "" {
				t.Errorf("%s: %v (%q)", path, e, e.Failure)
			}
		case path == "/cut":
			if e := fails(t, c, req); e.Failure != FailureEOF {
				t.Errorf("%s: %v (%q)", path, e, e.Failure)
			}
		default:
			res, err := c.Get(t.Context(), req)
			if err != nil || !bytes.Equal(res.Body, text) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestRedirects(t *testing.T) {
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := func(code int, where string) { http.Redirect(w, r, where, code) }
		switch r.URL.Path {
		case "/old":
			to(301, "/older")
		case "/older":
			to(308, "/new")
		case "/mixed":
			to(301, "/temp")
		case "/temp":
			to(302, "/new")
		case "/loop":
			to(302, "/loop")
		case "/otherport":
			to(302, "http://127.0.0.1:1/")
		case "/file":
			to(302, "file:///etc/passwd")
		default:
			_, _ = io.WriteString(w, "here")
		}
	})
	c := client(t, Options{AllowPrivate: []string{addr}})
	for path, want := range map[string]string{"/old": base + "/new", "/mixed": "", "/temp": "", "/new": ""} {
		res, err := c.Get(t.Context(), Request{URL: base + path})
		if err != nil || res.PermanentURL != want || res.URL != base+"/new" {
			t.Errorf("%s: %+v, %v", path, res, err)
		}
	}
	for path, want := range map[string]error{"/loop": errRedirects, "/otherport": ErrAddress, "/file": nil} {
		e := fails(t, c, Request{URL: base + path})
		if want != nil && !errors.Is(e, want) || e.Status != 302 || e.Failure != "" || e.Reach != news.ReachDown {
			t.Errorf("%s: %+v", path, e)
		}
	}
}

func TestTimeouts(t *testing.T) {
	stop := make(chan bool)
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drip" {
			for {
				_, _ = io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				select {
				case <-time.After(20 * time.Millisecond):
				case <-stop:
					return
				case <-r.Context().Done():
					return
				}
			}
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	defer close(stop)
	c := client(t, Options{AllowPrivate: []string{addr}, Timeout: 200 * time.Millisecond})
	for _, path := range []string{"/drip", "/silent"} {
		e := fails(t, c, Request{URL: base + path})
		if e.Failure != FailureTimeout || e.Reach != news.ReachDown {
			t.Errorf("%s: %+v", path, e)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Get(ctx, Request{URL: base + "/silent"})
	if _, ok := errors.AsType[*Error](err); ok || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller's own end: %v", err)
	}
}

func TestHeaderLimitAndCutBody(t *testing.T) {
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "short")
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("X-Big", strings.Repeat("x", maxHeader+1))
	})
	c := client(t, Options{AllowPrivate: []string{addr}})
	if e := fails(t, c, Request{URL: base + "/"}); e.Failure != FailureUnknown {
		t.Errorf("big header: %+v", e)
	}
	if e := fails(t, c, Request{URL: base + "/cut"}); e.Failure != FailureEOF {
		t.Errorf("cut body: %+v", e)
	}
}

func TestRefusedAndTLS(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nil
	t.Cleanup(secure.Close)
	plain, plainAddr := serve(t, func(http.ResponseWriter, *http.Request) {})
	c := client(t, Options{AllowPrivate: []string{closed, secure.Listener.Addr().String(), plainAddr}})
	for u, want := range map[string]string{
		"http://" + closed: FailureRefused,
		secure.URL:         FailureAuthority,
		strings.Replace(plain, "http:", "https:", 1): FailureHandshake,
	} {
		if e := fails(t, c, Request{URL: u}); e.Failure != want {
			t.Errorf("%s: %q (%v), want %q", u, e.Failure, e, want)
		}
	}
}

func TestRobotsOfPages(t *testing.T) {
	var robots atomic.Int32
	mode := "rules"
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			robots.Add(1)
			switch mode {
			case "rules":
				_, _ = io.WriteString(w, "User-agent: parallax\nDisallow: /no\n")
			case "big":
				_, _ = io.WriteString(w, "User-agent: *\nDisallow: /no\n"+strings.Repeat("#\n", maxRobots))
			case "500":
				w.WriteHeader(http.StatusInternalServerError)
			case "404":
				w.WriteHeader(http.StatusNotFound)
			}
			return
		}
		if r.URL.Path == "/hop" {
			http.Redirect(w, r, "/no", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "page")
	})
	get := func(c *Client, path string, kind Kind) error {
		_, err := c.Get(t.Context(), Request{URL: base + path, Kind: kind})
		return err
	}
	for _, m := range []string{"rules", "big"} {
		mode = m
		robots.Store(0)
		c := client(t, Options{AllowPrivate: []string{addr}})
		for path, ok := range map[string]bool{"/yes": true, "/no": false, "/hop": false} {
			if err := get(c, path, Page); (err == nil) != ok || err != nil && !errors.Is(err, ErrRobots) {
				t.Errorf("%s %s: %v", m, path, err)
			}
		}
		if err := get(c, "/no", Feed); err != nil {
			t.Errorf("a feed is asked for in any case: %v", err)
		}
		if robots.Load() != 1 {
			t.Errorf("%s: robots.txt read %d times", m, robots.Load())
		}
	}
	now := noon
	c := client(t, Options{AllowPrivate: []string{addr}, Now: func() time.Time { return now }})
	mode = "500"
	err := get(c, "/yes", Page)
	if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, ErrRobots) || !e.RetryAt.Equal(now.Add(robotsRetry)) {
		t.Errorf("500: %v", err)
	}
	mode, now = "404", now.Add(robotsRetry)
	if err := get(c, "/no", Page); err != nil {
		t.Errorf("404: %v", err)
	}
}

func TestRoutesInTurn(t *testing.T) {
	origin, originAddr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page-instead" {
			_, _ = io.WriteString(w, "<html>blocked")
			return
		}
		w.WriteHeader(http.StatusUnavailableForLegalReasons)
	})
	mirror, mirrorAddr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Path", r.URL.Path)
		_, _ = io.WriteString(w, "mirrored")
	})
	c := client(t, Options{AllowPrivate: []string{originAddr, mirrorAddr}})
	res, err := c.Get(t.Context(), Request{URL: origin + "/rss", Routes: []string{"nonsense", "direct", "direct-http1", "mirror:" + mirror + "/nt"}})
	if err != nil {
		t.Fatal(err)
	}
	if string(res.Body) != "mirrored" || res.Header.Get("X-Path") != "/nt/rss" || len(res.Evidence) != 3 || res.Evidence[0].Reach != news.ReachLegal ||
		Judge(res.Evidence).Reach != news.ReachLegal || res.Route != "mirror:"+mirror+"/nt" {
		t.Errorf("res = %+v", res)
	}
	// An answer that is not the wanted one counts as a failure of its route.
	req := Request{URL: origin + "/page-instead", Routes: []string{"direct", "mirror:" + mirror}, Check: func(r *Response) error {
		if bytes.HasPrefix(r.Body, []byte("<html")) {
			return errors.New("a page instead of a feed")
		}
		return nil
	}}
	if res, err = c.Get(t.Context(), req); err != nil || res.Evidence[0].Status != 200 || res.Evidence[0].Reach != news.ReachDown {
		t.Errorf("res = %+v, %v", res, err)
	}
	if e := fails(t, c, Request{URL: origin, Routes: []string{"nonsense"}}); e.Hint != hintRoute {
		t.Errorf("bad route: %+v", e)
	}
}

// A page that asks whether there is a person, or for consent, refuses the hub: it is no other
// document in the place of the feed.
func TestWalls(t *testing.T) {
	var port string
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rss":
			http.Redirect(w, r, "http://consent.harbour.invalid:"+port+"/collect?back=rss", http.StatusFound)
		case "/guarded":
			_, _ = io.WriteString(w, "<html><title>Just a moment</title><script>window._cf_chl_opt = {}</script></html>")
		default:
			_, _ = io.WriteString(w, "<html>We and our partners</html>")
		}
	})
	_, port, _ = net.SplitHostPort(addr)
	c := client(t, Options{
		AllowPrivate: []string{"harbour.invalid", "consent.harbour.invalid"},
		Resolver:     fakeDNS(t, map[string][]string{"harbour.invalid.": {"127.0.0.1"}, "consent.harbour.invalid.": {"127.0.0.1"}}),
	})
	for path, want := range map[string]news.Reach{"/rss": news.ReachRefused, "/guarded": news.ReachRefused, "/page": news.ReachDown} {
		e := fails(t, c, Request{URL: "http://harbour.invalid:" + port + path, Check: func(*Response) error { return errors.New("no feed") }})
		if e.Reach != want || e.Evidence[0].Status != 200 || (want == news.ReachRefused) != strings.Contains(e.Hint, "refuses this hub") {
			t.Errorf("%s: %s, want %s: %+v", path, e.Reach, want, e)
		}
		if got := e.Evidence[0].Asked["harbour.invalid:"+port]; len(got) != 1 || got[0].String() != "127.0.0.1" {
			t.Errorf("%s: addresses %v", path, e.Evidence[0].Asked)
		}
	}
}

func TestHTTPProxy(t *testing.T) {
	var asked atomic.Value
	proxy, proxyAddr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.RequestURI + " " + r.Header.Get("Proxy-Authorization"))
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		_, _ = io.WriteString(w, "through")
	})
	dns := fakeDNS(t, map[string][]string{"outlet.example.": {"93.184.216.34"}, "evil.example.": {"10.0.0.7"}})
	c := client(t, Options{Resolver: dns})
	// The proxy is the operator's own: its loopback address needs no further leave.
	route := "http://me:secret@" + proxyAddr
	res, err := c.Get(t.Context(), Request{URL: "http://outlet.example/rss", Routes: []string{route}})
	if err != nil || string(res.Body) != "through" {
		t.Fatalf("res = %+v, %v", res, err)
	}
	if strings.Contains(res.Route+res.Evidence[0].Route, "secret") || res.Route != proxy {
		t.Errorf("route = %s, %s", res.Route, res.Evidence[0].Route)
	}
	if got := asked.Load(); got != "GET http://outlet.example/rss Basic bWU6c2VjcmV0" {
		t.Errorf("the proxy was asked %q", got)
	}
	e := fails(t, c, Request{URL: "http://evil.example/", Routes: []string{route}})
	if !errors.Is(e, ErrAddress) || e.Failure != FailureBogon {
		t.Errorf("private target by proxy: %+v", e)
	}
	e = fails(t, c, Request{URL: "https://outlet.example/", Routes: []string{route}})
	if !strings.Contains(e.Error(), "407") || strings.Contains(e.Error(), "secret") {
		t.Errorf("refused CONNECT: %v", e)
	}
}

func TestSOCKSProxy(t *testing.T) {
	base, addr := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "by socks") })
	socks, names := fakeSOCKS(t, addr)
	c := client(t, Options{Resolver: fakeDNS(t, nil)})
	for _, scheme := range []string{"socks5h", "socks5"} {
		res, err := c.Get(t.Context(), Request{URL: "http://blocked.example/rss", Routes: []string{scheme + "://source-1:x@" + socks}})
		if err != nil || string(res.Body) != "by socks" || Judge(res.Evidence).Reach != news.ReachDegraded {
			t.Errorf("%s to %s: %+v, %v", scheme, base, res, err)
		}
		if got := <-names; got != "blocked.example:80" {
			t.Errorf("the proxy was asked for %s", got)
		}
	}
	if e := fails(t, c, Request{URL: "http://localhost/", Routes: []string{"socks5h://" + socks}}); !errors.Is(e, ErrAddress) {
		t.Errorf("localhost by proxy: %+v", e)
	}
}

// A name that the operator named may lead anywhere, at the named port.
func TestNamed(t *testing.T) {
	base, addr := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, _ := url.Parse(base)
	c := client(t, Options{Resolver: fakeDNS(t, map[string][]string{"mine.example.": {"127.0.0.1"}}), AllowPrivate: []string{"mine.example:" + u.Port()}})
	if _, err := c.Get(t.Context(), Request{URL: "http://mine.example:" + u.Port() + "/"}); err != nil {
		t.Errorf("named (%s): %v", addr, err)
	}
	if e := fails(t, c, Request{URL: "http://nobody.example/"}); e.Failure != FailureNXDomain {
		t.Errorf("nobody.example: %+v", e)
	}
}

func TestHTTPVersions(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Proto", r.Proto)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	addr := s.Listener.Addr().String()
	c := client(t, Options{AllowPrivate: []string{addr}, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}})
	for route, want := range map[string]string{"direct": "HTTP/2.0", "direct-http1": "HTTP/1.1"} {
		res, err := c.Get(t.Context(), Request{URL: s.URL, Routes: []string{route}})
		if err != nil || res.Header.Get("X-Proto") != want {
			t.Errorf("%s: %+v, %v", route, res, err)
		}
	}
	// The certificate is for example.com and 127.0.0.1, not for another name.
	_, port, _ := net.SplitHostPort(addr)
	dns := fakeDNS(t, map[string][]string{"other.example.": {"127.0.0.1"}})
	c = client(t, Options{AllowPrivate: []string{addr}, Resolver: dns, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}})
	if e := fails(t, c, Request{URL: "https://other.example:" + port}); e.Failure != FailureHostname {
		t.Errorf("other name: %q, %v", e.Failure, e)
	}
}
