package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"parallax/internal/news"
)

// identity returns a certificate for 127.0.0.1 and the pool that trusts it.
func identity(t *testing.T) (tls.Certificate, *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// The feeds of one host share a connection. One that the server closes in good order, after
// an answer, is followed by another, and nothing of it is seen.
func TestConnectionsAreShared(t *testing.T) {
	cert, trust := identity(t)
	var opened, answered, closeAt atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answered.Add(1) == closeAt.Load() {
			w.Header().Set("Connection", "close") // in HTTP/2 a GOAWAY
		}
		_, _ = io.WriteString(w, r.Proto+" "+r.URL.Path)
	}))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	c := client(t, Options{AllowPrivate: []string{s.Listener.Addr().String()}, TLS: trust})
	get := func(path string) {
		t.Helper()
		res, err := c.Get(t.Context(), Request{URL: s.URL + path})
		if err != nil || string(res.Body) != "HTTP/2.0 "+path || len(res.Evidence) != 1 {
			t.Errorf("%s: %+v, %v", path, res, err)
		}
	}
	get("/first")
	var wg sync.WaitGroup
	for _, path := range []string{"/politics", "/sport", "/culture", "/weather", "/local"} {
		wg.Go(func() { get(path) })
	}
	wg.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for six feeds", n)
	}
	closeAt.Store(answered.Load() + 2)
	for _, path := range []string{"/politics", "/sport", "/culture", "/weather"} {
		get(path)
	}
	if n := opened.Load(); n != 2 {
		t.Errorf("%d connections, one of which was closed", n)
	}
}

// rude is an HTTP/2 server that ends each of its first connections with a GOAWAY in the
// midst of the first request, as servers do that are restarted, and then answers.
type rude struct {
	cfg    *tls.Config
	ends   int32  // how many connections end so
	last   uint32 // the last stream that it says to have looked at
	begins bool   // it has sent a part of the answer
	opened atomic.Int32
}

func (r *rude) serve(raw net.Conn) {
	defer func() { _ = raw.Close() }()
	nth := r.opened.Add(1)
	conn := tls.Server(raw, r.cfg)
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	f := http2.NewFramer(conn, conn)
	if f.WriteSettings() != nil {
		return
	}
	answer := func(stream uint32, text string, end bool) {
		var b bytes.Buffer
		_ = hpack.NewEncoder(&b).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: b.Bytes(), EndHeaders: true})
		_ = f.WriteData(stream, end, []byte(text))
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		head, ok := frame.(*http2.HeadersFrame)
		switch {
		case !ok:
		case nth > r.ends:
			answer(head.StreamID, "news", true)
		default:
			if r.begins {
				answer(head.StreamID, "ne", false)
			}
			_ = f.WriteGoAway(r.last, http2.ErrCodeNo, nil)
			_ = conn.CloseWrite()
			_, _ = io.Copy(io.Discard, conn) // what is left unread would make a reset of it
			return
		}
	}
}

func TestGoAway(t *testing.T) {
	cert, trust := identity(t)
	for _, c := range []struct {
		name    string
		server  *rude
		most    int32 // connections; net/http opens some in advance
		failure string
	}{
		{"before it looked at the request", &rude{ends: 1, last: 0}, 4, ""},
		{"before it answered", &rude{ends: 1, last: 1}, 4, ""},
		{"in the midst of the answer", &rude{ends: 1, last: 1, begins: true}, 4, ""},
		{"each time", &rude{ends: 1000, last: 1}, 4, FailureEOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			c.server.cfg = &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
			var wg sync.WaitGroup
			wg.Go(func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					wg.Go(func() { c.server.serve(conn) })
				}
			})
			cl := New(Options{AllowPrivate: []string{l.Addr().String()}, TLS: trust, PerHostDelay: -1})
			t.Cleanup(func() {
				_ = l.Close()
				cl.Close()
				wg.Wait()
			})
			res, err := cl.Get(t.Context(), Request{URL: "https://" + l.Addr().String() + "/rss"})
			if n := c.server.opened.Load(); n < 2 || n > c.most {
				t.Errorf("%d connections, want 2, at most %d", n, c.most)
			}
			if c.failure != "" {
				if e, ok := errors.AsType[*Error](err); !ok || e.Failure != c.failure || len(e.Evidence) != 1 {
					t.Errorf("%+v, %v", res, err)
				}
				return
			}
			if err != nil || string(res.Body) != "news" || len(res.Evidence) != 1 || res.Evidence[0].Reach != news.ReachOK || res.Evidence[0].Note != "" {
				t.Errorf("%+v, %v", res, err)
			}
		})
	}
}

// A connection that somebody has frozen, so that nothing comes on it any more, is not used
// for what is asked later.
func TestFrozenConnection(t *testing.T) {
	cert, trust := identity(t)
	synctest.Test(t, func(t *testing.T) {
		var opened atomic.Int32
		s := &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, strings.Repeat("news ", 10_000))
			}),
			ReadHeaderTimeout: time.Hour, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		}
		pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan bool)}
		var wg sync.WaitGroup
		wg.Go(func() { _ = s.ServeTLS(pipes, "", "") })
		c := New(Options{AllowPrivate: []string{"127.0.0.1:443"}, TLS: trust, PerHostDelay: -1, Dial: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			if opened.Add(1) == 1 {
				there = &frozen{Conn: there, left: 16 << 10}
			}
			pipes.conns <- there
			return here, nil
		}})
		e := fails(t, c, Request{URL: "https://127.0.0.1/politics"})
		if e.Failure != FailureTimeout || e.Evidence[0].Operation != "read_body" {
			t.Errorf("the first: %+v", e)
		}
		res, err := c.Get(t.Context(), Request{URL: "https://127.0.0.1/sport"})
		if err != nil || len(res.Body) != 50_000 || opened.Load() != 2 {
			t.Errorf("the second: %v, by %d connections", err, opened.Load())
		}
		c.Close()
		_ = s.Close()
		wg.Wait()
	})
}

// pipeListener accepts the ends of pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan bool
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error { l.once.Do(func() { close(l.closed) }); return nil }

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// frozen swallows what is written to it after so many bytes.
type frozen struct {
	net.Conn
	left int
}

func (f *frozen) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return len(b), nil
	}
	return f.Conn.Write(b)
}
