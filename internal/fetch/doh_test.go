package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"parallax/internal/news"
)

// resolver answers over HTTPS with one address for every name.
func resolver(t *testing.T, address [4]byte, code dnsmessage.RCode) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m dnsmessage.Message
		if err := m.Unpack(body); err != nil {
			t.Error(err)
		}
		m.Response, m.RCode, m.Additionals = true, code, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA && code == dnsmessage.RCodeSuccess {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60},
				Body:   &dnsmessage.AResource{A: address},
			}}
		}
		answer, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(s.Close)
	return s
}

// A name that the system does not know is found by the resolver of the route; what that
// one says is trusted no more than any other: not with a private address.
func TestDoHRoute(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "for "+r.Host)
	}))
	t.Cleanup(site.Close)
	_, port, _ := net.SplitHostPort(site.Listener.Addr().String())
	target := "http://harbour.invalid:" + port + "/rss"
	good, unknown := resolver(t, [4]byte{127, 0, 0, 1}, dnsmessage.RCodeSuccess), resolver(t, [4]byte{}, dnsmessage.RCodeNameError)
	pool := x509.NewCertPool()
	for _, s := range []*httptest.Server{good, unknown} {
		pool.AddCert(s.Certificate())
	}
	for _, c := range []struct {
		name    string
		allow   []string
		routes  []string
		body    string
		failure string
	}{
		{"found", []string{"harbour.invalid", "127.0.0.1"}, []string{"doh:" + good.URL + "/dns-query"}, "for harbour.invalid:" + port, ""},
		{"in turn", []string{"harbour.invalid", "127.0.0.1"}, []string{"doh:" + unknown.URL + "/dns-query", "doh:" + good.URL + "/dns-query"}, "for harbour.invalid:" + port, ""},
		{"unknown", []string{"127.0.0.1"}, []string{"doh:" + unknown.URL + "/dns-query"}, "", FailureNXDomain},
		{"private", []string{strings.TrimPrefix(good.URL, "https://")}, []string{"doh:" + good.URL + "/dns-query"}, "", FailureBogon},
		{"the resolver is private itself", nil, []string{"doh:" + good.URL + "/dns-query"}, "", FailureBogon},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := New(Options{AllowPrivate: c.allow, PerHostDelay: -1, TLS: &tls.Config{RootCAs: pool}})
			t.Cleanup(client.Close)
			res, err := client.Get(t.Context(), Request{URL: target, Routes: c.routes})
			if c.body != "" {
				if err != nil || string(res.Body) != c.body || res.Route != c.routes[len(c.routes)-1] {
					t.Fatalf("%+v, %v", res, err)
				}
				return
			}
			e, ok := err.(*Error) //nolint:errorlint // as documented
			if !ok || e.Failure != c.failure || e.Reach != news.ReachDown || e.Evidence[0].Operation != "resolve" {
				t.Errorf("%+v", err)
			}
		})
	}
}

// Each source has its own user at a SOCKS proxy that looks up names, and so its own Tor
// circuit, unless the operator names a user.
func TestIsolation(t *testing.T) {
	var mu sync.Mutex
	var users []string
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	var conns sync.WaitGroup
	t.Cleanup(conns.Wait)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				read := func(n int) []byte {
					b := make([]byte, n)
					if _, err := io.ReadFull(conn, b); err != nil {
						return make([]byte, n)
					}
					return b
				}
				read(int(read(2)[1]))           // RFC 1928 §3: methods
				_, _ = conn.Write([]byte{5, 2}) // user and password
				user := read(int(read(2)[1]))   // RFC 1929 §2
				read(int(read(1)[0]))           // password
				mu.Lock()
				users = append(users, string(user))
				mu.Unlock()
				_, _ = conn.Write([]byte{1, 1}) // refused: this is enough to see
			})
		}
	}()
	client := New(Options{PerHostDelay: -1})
	t.Cleanup(client.Close)
	proxy := "socks5h://" + ln.Addr().String()
	for _, c := range []struct{ route, isolation, want string }{
		{proxy, "harbour-times", "harbour-times"},
		{proxy, "delta-courier", "delta-courier"},
		{strings.Replace(proxy, "//", "//operator:secret@", 1), "harbour-times", "operator"},
	} {
		_, err := client.Get(t.Context(), Request{URL: "http://outlet.example/rss", Routes: []string{c.route}, Isolation: c.isolation})
		if err == nil {
			t.Fatal("the proxy refused, and an answer came")
		}
		mu.Lock()
		if len(users) == 0 || users[len(users)-1] != c.want {
			t.Errorf("%s: users %q, want %q", c.route, users, c.want)
		}
		mu.Unlock()
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), isolationPassword+"@") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
