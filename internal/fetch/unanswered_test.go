package fetch

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is kept of a failure names neither the hub's own addresses nor those of its resolver
// and its proxies; the log has all of it.
func TestNotesTellNothingOfTheHub(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 100))
			_ = c.(*net.TCPConn).SetLinger(0) // ends with a reset
			_ = c.Close()
		}
	}()
	odd, oddAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		_, _ = io.WriteString(conn, "HELLO 203.0.113.77, this is no HTTP\r\n\r\n")
		_ = conn.Close()
	})
	cut, cutAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "short")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	refusing, refusingAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	dns := fakeDNS(t, map[string][]string{"inner.example.": {"10.7.7.7"}})
	for _, c := range []struct {
		name, url, route string
		note, says       string // all of the note, and a part of the error
	}{
		{"reset", "http://" + l.Addr().String() + "/", "direct", "", "asking: connection reset"},
		{"no name", "http://nobody.example/", "direct", "", "looking up the name: there is no such name"},
		{"a private address", "http://inner.example/", "direct", "", "address is not public"},
		{"certificate", secure.URL, "direct", "x509: certificate signed by unknown authority", "the certificate's issuer is unknown"},
		{"no TLS", strings.Replace(cut, "http:", "https:", 1), "direct", "tls: first record does not look like a TLS handshake", "TLS failed"},
		{"no HTTP", odd, "direct", `net/http: HTTP/1.x transport connection broken: malformed HTTP status code "(an address),"`, "it failed"},
		{"cut", cut, "direct", "it ended after 5 bytes", "reading the answer: the connection ended early"},
		{"no proxy", "http://outlet.example/", "http://localhost:1", "the proxy does not serve", "connection refused"},
		{"no SOCKS proxy", "http://outlet.example/", "socks5h://localhost:1", "the proxy does not serve", "connection refused"},
		{"a proxy that refuses", "https://outlet.example/", refusing, "the proxy answers 403 Forbidden", "the proxy answers 403"},
		{"a proxy without TLS", "https://outlet.example/", strings.Replace(refusing, "http:", "https:", 1), "the proxy does not serve", "TLS failed"},
		{"a private resolver", "http://outlet.example/", "doh:https://inner.example/dns-query", "", "not public"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var logged bytes.Buffer
			client := client(t, Options{
				Resolver: dns, AllowPrivate: []string{l.Addr().String(), oddAddr, cutAddr, strings.TrimPrefix(secure.URL, "https://")},
				Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
			})
			e := fails(t, client, Request{URL: c.url, Routes: []string{c.route}})
			if got := e.Evidence[0].Note; got != c.note {
				t.Errorf("note %q, want %q", got, c.note)
			}
			if !strings.Contains(e.Error(), c.says) {
				t.Errorf("error %q does not say %q", e, c.says)
			}
			kept := e.Err.Error() + fmt.Sprint(e.Evidence[0].Note)
			for _, secret := range []string{"127.0.0.1", "::1", "localhost", "203.0.113.77", "10.7.7.7", refusingAddr} {
				if strings.Contains(kept, secret) {
					t.Errorf("%s is kept: %s", secret, kept)
				}
			}
			if !strings.Contains(logged.String(), "no whole answer") {
				t.Errorf("the log does not tell it: %s", &logged)
			}
		})
	}
}
