package matrix

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ooni/netem"
)

// The addresses of the world. They look public, so that nothing has to be allowed that the
// fetcher would refuse; no packet leaves the process.
const (
	outletIP   = "45.60.10.1" // of all invented outlets
	mirrorIP   = "45.60.20.1"
	blockIP    = "45.60.30.1" // of the page that those get who are kept out
	nobodyIP   = "45.60.40.1" // answers nothing
	ispIP      = "45.60.50.53"
	resolverIP = "45.60.60.1" // DNS over HTTPS, beyond the border
	proxyIP    = "45.60.70.1"
	hubIPs     = "45.60.80.%d" // one for each case

	mirrorURL = "http://" + mirrorIP + ":8080"
	doh       = "doh:https://" + resolverIP + ":8443/dns-query"
	proxy     = "https://" + proxyIP + ":8443"
	mirror    = "mirror:" + mirrorURL
)

// borderDelay is how far away all is but the hub's own provider: what is forged at the
// border comes before the true answer.
const borderDelay = 10 * time.Millisecond

// A world is a star: in its middle the router, around it outlets, those who help and the
// hubs, each behind its own line, on which a censor may sit.
type world struct {
	t     *testing.T
	star  *netem.StarTopology
	names *netem.DNSConfig
	hubs  int

	stop func() // ends what drips
	done <-chan struct{}
}

// newWorld starts all but the hubs. behave answers for the outlets; the others know how
// to behave.
func newWorld(t *testing.T, outlets []string, behave func(w *world, rw http.ResponseWriter, r *http.Request)) *world {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	w := &world{t: t, star: netem.MustNewStarTopology(quiet{}), names: netem.NewDNSConfig(), stop: stop, done: ctx.Done()}
	t.Cleanup(func() {
		stop()
		_ = w.star.Close()
	})
	for _, name := range outlets {
		if err := w.names.AddRecord(name, "", outletIP); err != nil {
			t.Fatal(err)
		}
	}
	far := &netem.LinkConfig{LeftToRightDelay: borderDelay, RightToLeftDelay: borderDelay}
	ca := w.star.CA()

	outlet := w.host(outletIP, far)
	site := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { behave(w, rw, r) })
	w.serve(outlet, 80, site, nil)
	w.serve(outlet, 443, site, ca.MustNewTLSCertificate(outlets[0], outlets[1:]...))

	w.serve(w.host(mirrorIP, far), 8080, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, document)
	}), nil)

	page := http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, blockPage) })
	block := w.host(blockIP, far)
	w.serve(block, 80, page, nil)
	w.serve(block, 443, page, netem.MustNewCA().MustNewTLSCertificate("blocked.example"))

	w.serve(w.host(resolverIP, far), 8443, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		answer, err := netem.DNSServerRoundTrip(w.names, query)
		if err != nil {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = rw.Write(answer)
	}), ca.MustNewTLSCertificate(resolverIP))

	elsewhere := w.host(proxyIP, far)
	// By https: through a plain one the censor would see the same names as on the way to
	// the outlet.
	w.serve(elsewhere, 8443, forward(elsewhere), ca.MustNewTLSCertificate(proxyIP))

	isp, err := netem.NewDNSServer(quiet{}, w.host(ispIP, far), ispIP, w.names)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = isp.Close() })
	return w
}

func (w *world) host(ip string, line *netem.LinkConfig) *netem.UNetStack {
	w.t.Helper()
	stack, err := w.star.AddHost(ip, ispIP, line)
	if err != nil {
		w.t.Fatal(err)
	}
	return stack
}

// hub returns a host for a hub, on whose line a censor may sit.
func (w *world) hub(c censor) *netem.UNetStack {
	w.t.Helper()
	w.hubs++
	line := &netem.LinkConfig{}
	if len(c.rules) > 0 {
		line.DPIEngine = netem.NewDPIEngine(quiet{})
		for _, r := range c.rules {
			line.DPIEngine.AddRule(r)
		}
	}
	if c.cut != nil {
		line.LeftNICWrapper = c.cut
	}
	return w.host(fmt.Sprintf(hubIPs, w.hubs), line)
}

// serve starts an HTTP server, with TLS if there is a certificate.
func (w *world) serve(stack *netem.UNetStack, port int, h http.Handler, cert *tls.Certificate) {
	w.t.Helper()
	l, err := stack.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(stack.IPAddress()), Port: port})
	if err != nil {
		w.t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	var wg sync.WaitGroup
	wg.Go(func() {
		if cert != nil {
			s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
			_ = s.ServeTLS(l, "", "")
			return
		}
		_ = s.Serve(l)
	})
	w.t.Cleanup(func() {
		w.stop()
		_ = s.Close()
		wg.Wait()
	})
}

// forward is an HTTP proxy that stands where stack does and knows where the outlets are.
func forward(stack *netem.UNetStack) http.Handler {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		return stack.DialContext(ctx, network, net.JoinHostPort(outletIP, port))
	}
	plain := &http.Transport{DialContext: dial, DisableKeepAlives: true, DisableCompression: true}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			r.RequestURI = ""
			res, err := plain.RoundTrip(r)
			if err != nil {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			defer func() { _ = res.Body.Close() }()
			rw.WriteHeader(res.StatusCode)
			_, _ = io.Copy(rw, res.Body)
			return
		}
		out, err := dial(r.Context(), "tcp", r.Host)
		if err != nil {
			rw.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = out.Close() }()
		in, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = in.Close() }()
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(out, in)
			_ = out.Close()
		}()
		_, _ = io.Copy(in, out)
	})
}

// resolver looks up names at the provider of a hub.
func resolver(stack *netem.UNetStack) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := stack.DialContext(ctx, "udp", ispIP+":53")
		if err != nil {
			return nil, err
		}
		return datagrams{conn}, nil
	}}
}

// datagrams tells the resolver that a connection has no need of lengths before messages.
type datagrams struct{ net.Conn }

func (d datagrams) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := d.Read(b)
	return n, d.RemoteAddr(), err
}

func (d datagrams) WriteTo(b []byte, _ net.Addr) (int, error) { return d.Write(b) }

// A censor sits on the line of one hub.
type censor struct {
	rules []netem.DPIRule
	cut   *cutter
}

// A cutter lets so many bytes of each connection to the outlets' web pass, and then none
// any more (this is how whole providers abroad are throttled), or ends it.
type cutter struct {
	after int
	reset bool
	netem.NIC

	mu   sync.Mutex // guards seen
	seen map[uint64]int
}

func (c *cutter) WrapNIC(nic netem.NIC) netem.NIC {
	c.NIC, c.seen = nic, map[uint64]int{}
	return c
}

// WriteFrame gets what comes for the hub.
func (c *cutter) WriteFrame(frame *netem.Frame) error {
	p, err := netem.DissectPacket(frame.Payload)
	if err != nil || p.TCP == nil || p.SourceIPAddress() != outletIP {
		return c.NIC.WriteFrame(frame)
	}
	c.mu.Lock()
	c.seen[p.FlowHash()] += len(p.TCP.Payload)
	seen := c.seen[p.FlowHash()]
	c.mu.Unlock()
	switch {
	case seen <= c.after:
		return c.NIC.WriteFrame(frame)
	case !c.reset:
		return nil
	}
	p.TCP.RST = true
	forged, err := p.Serialize()
	if err != nil {
		return err
	}
	return c.NIC.WriteFrame(netem.NewFrame(forged))
}

// quiet is a logger that says nothing.
type quiet struct{}

func (quiet) Debugf(string, ...any) {}
func (quiet) Debug(string)          {}
func (quiet) Infof(string, ...any)  {}
func (quiet) Info(string)           {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Warn(string)           {}

// near reports whether a request comes from a hub itself, not from the proxy.
func near(r *http.Request) bool {
	return strings.HasPrefix(r.RemoteAddr, strings.TrimSuffix(hubIPs, "%d"))
}
