// Package matrix holds one test: that the stage ingest tells the ways apart by which an
// outlet is kept from a hub, and brings its items all the same by a later route. The
// network is simulated (ooni/netem): packets, TCP, TLS, DNS and a censor on the hub's line
// are as real ones, and no root and no network are needed.
package matrix

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/ingest"
	"parallax/internal/news"

	"github.com/google/go-cmp/cmp"
	"github.com/ooni/netem"
)

var update = flag.Bool("update", false, "rewrite testdata/matrix.txt")

// document is the feed of every outlet: larger than what passes where connections are cut
// at 16 KB.
var document = func() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Times</title>`)
	for i := range entries {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%d</guid><title>Report %d from the harbour</title><description>%s</description></item>`,
			i, i, strings.Repeat("The ferry was late. ", 250))
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}()

const (
	entries   = 6
	blockPage = `<html><head><title>Not available</title></head><body>This page is not available.</body></html>`
)

// limits are the time limits of an attempt. Where silence must be told from an answer, the
// test waits for the limit, so it is short; on a machine so busy that it is too short, the
// case is tried with the next one, and the log says so. All other cases have one try, with
// the longest limit, for which they do not wait: a verdict must come each time.
var limits = []time.Duration{1500 * time.Millisecond, 6 * time.Second, 25 * time.Second}

// A row is a way to be kept from an outlet, and what must come of it.
type row struct {
	name   string
	scheme string // "https" unless said
	route  string // the second one, after direct
	censor censor
	// behave is how the outlet itself answers a request from the hub's own address, and, with
	// everywhere, from any; nil: as it should.
	behave     http.HandlerFunc
	everywhere bool

	fails    string // how the direct way failed: operation, failure or status
	once     news.Reach
	twice    news.Reach
	blocking string // after the second look
}

func (r *row) host() string {
	return strings.NewReplacer(" ", "-", ",", "", ":", "").Replace(strings.ToLower(r.name)) + ".example"
}

// waits reports whether the case ends only when the limit does.
func (r *row) waits() bool { return strings.HasSuffix(r.fails, " generic_timeout_error") }

func rows(w **world) []*row {
	name := func(r *row) string { return r.host() }
	answer := func(status int, header, value, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			if header != "" {
				rw.Header().Set(header, value)
			}
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, body)
		}
	}
	// Those of whom the censor must know the name.
	spoof := func(r *row, addresses ...string) *row {
		r.censor.rules = []netem.DPIRule{&netem.DPISpoofDNSResponse{Logger: quiet{}, Domain: name(r), Addresses: addresses}}
		return r
	}
	sniReset := &row{name: "SNI reset", route: proxy, fails: "tls_handshake connection_reset", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "tls"}
	sniReset.censor.rules = []netem.DPIRule{&netem.DPIResetTrafficForTLSSNI{Logger: quiet{}, SNI: name(sniReset)}}
	sniDrop := &row{name: "SNI drop", route: proxy, fails: "tls_handshake generic_timeout_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "tls"}
	sniDrop.censor.rules = []netem.DPIRule{&netem.DPIDropTrafficForTLSSNI{Logger: quiet{}, SNI: name(sniDrop)}}
	forged := &row{name: "forged block page", scheme: "http", route: proxy, fails: "200", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-diff"}
	forged.censor.rules = []netem.DPIRule{&netem.DPISpoofBlockpageForString{
		Logger: quiet{}, HTTPResponse: netem.DPIFormatHTTPResponse([]byte(blockPage)),
		ServerIPAddress: outletIP, ServerPort: 80, String: name(forged),
	}}
	return []*row{
		{name: "clean", route: proxy, once: news.ReachOK, twice: news.ReachOK},
		{
			name: "451 with blocked-by", route: mirror, fails: "451", once: news.ReachLegal, twice: news.ReachLegal,
			behave: answer(http.StatusUnavailableForLegalReasons, "Link", `<https://court.example/order/7>; rel="blocked-by"`, ""), everywhere: true,
		},
		spoof(&row{name: "NXDOMAIN", route: doh, fails: "resolve dns_nxdomain_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "dns"}),
		spoof(&row{name: "spoofed DNS: block page", scheme: "http", route: doh, fails: "200", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "dns"}, blockIP),
		spoof(&row{name: "spoofed DNS: block page by https", route: doh, fails: "tls_handshake ssl_invalid_hostname", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "dns"}, blockIP),
		spoof(&row{name: "spoofed DNS: nobody there", route: doh, fails: "connect generic_timeout_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "dns"}, nobodyIP),
		spoof(&row{name: "spoofed DNS: private address", route: doh, fails: "resolve dns_bogon_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "dns"}, "10.10.34.35"),
		sniReset,
		sniDrop,
		{
			name: "IP drop", route: proxy, fails: "connect generic_timeout_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "tcp_ip",
			censor: censor{rules: []netem.DPIRule{dropped(outletIP)}},
		},
		forged,
		{
			name: "403 challenge", route: proxy, fails: "403", once: news.ReachRefused, twice: news.ReachRefused,
			behave: answer(http.StatusForbidden, "Cf-Mitigated", "challenge", blockPage),
		},
		{
			name: "HTML instead of the feed, here", route: proxy, fails: "200", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-diff",
			behave: answer(http.StatusOK, "Content-Type", "text/html", "<html><body>The Harbour Times</body></html>"),
		},
		{
			name: "HTML instead of the feed, everywhere", route: mirror, fails: "200", once: news.ReachDown, twice: news.ReachDown,
			behave: answer(http.StatusOK, "Content-Type", "text/html", "<html><body>The Harbour Times</body></html>"), everywhere: true,
		},
		{
			name: "slow drip", route: proxy, fails: "read_body generic_timeout_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-failure",
			behave: func(rw http.ResponseWriter, r *http.Request) {
				for i := range len(document) {
					_, _ = io.WriteString(rw, document[i:i+1])
					if err := http.NewResponseController(rw).Flush(); err != nil {
						return
					}
					select {
					case <-time.After(50 * time.Millisecond):
					case <-r.Context().Done():
						return
					case <-(*w).done:
						return
					}
				}
			},
		},
		{
			name: "frozen at 16 KB", route: proxy, fails: "read_body generic_timeout_error", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-failure",
			censor: censor{cut: &cutter{after: 16 << 10}},
		},
		{
			// By http, where nobody writes at the moment: who reads and who writes share one reset, and
			// the other one is told that the connection has ended.
			name: "reset at 16 KB", scheme: "http", route: proxy, fails: "read_body connection_reset", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-failure",
			censor: censor{cut: &cutter{after: 16 << 10, reset: true}},
		},
		{
			name: "ended at 16 KB", scheme: "http", route: proxy, fails: "200", once: news.ReachDegraded, twice: news.ReachBlocked, blocking: "http-diff",
			behave: func(rw http.ResponseWriter, _ *http.Request) {
				// As in HTTP/1.0, where nothing but the end of the connection tells that of the document.
				if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
					_, _ = io.WriteString(conn, "HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n"+document[:16<<10])
					_ = conn.Close()
				}
			},
		},
	}
}

// dropped drops what goes to an address.
type dropped string

func (d dropped) Filter(_ netem.DPIDirection, p *netem.DissectedPacket) (*netem.DPIPolicy, bool) {
	return &netem.DPIPolicy{Flags: netem.FrameFlagDrop}, p.DestinationIPAddress() == string(d)
}

// look is what one look at a feed found.
type look struct {
	Fails    string
	Reach    news.Reach
	Blocking string
	By       string
	Items    int
}

func TestMatrix(t *testing.T) {
	var w *world
	all := rows(&w)
	byHost := map[string]*row{}
	var names []string
	for _, r := range all {
		byHost[r.host()] = r
		names = append(names, r.host())
	}
	w = newWorld(t, names, func(_ *world, rw http.ResponseWriter, req *http.Request) {
		r := byHost[req.Host]
		if r == nil {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		if r.behave != nil && (r.everywhere || near(req)) {
			r.behave(rw, req)
			return
		}
		_, _ = io.WriteString(rw, document)
	})
	looks := make([][2]look, len(all))
	var wg sync.WaitGroup
	for i, r := range all {
		stack := w.hub(r.censor)
		want := [2]look{
			{r.fails, r.once, "", kind(r.route), entries},
			{r.fails, r.twice, r.blocking, kind(r.route), entries},
		}
		if r.once == news.ReachDegraded {
			want[0].Blocking = r.blocking
		}
		if r.fails == "" {
			want[0].By, want[1].By = fetch.RouteDirect, fetch.RouteDirect
		}
		wg.Go(func() {
			tries := limits
			if !r.waits() {
				tries = limits[len(limits)-1:]
			}
			for _, limit := range tries {
				if looks[i] = r.run(t, w, stack, limit); looks[i] == want {
					return
				}
				t.Logf("%s: with a limit of %v: mismatch (-want +got):\n%s", r.name, limit, cmp.Diff(want, looks[i]))
			}
			t.Errorf("%s: no try of %d matched", r.name, len(tries))
		})
	}
	wg.Wait()
	if !t.Failed() {
		golden(t, table(all, looks))
	}
}

// run looks at the feed twice, each time when it is due, and returns what was found.
func (r *row) run(t *testing.T, w *world, stack *netem.UNetStack, limit time.Duration) (looks [2]look) {
	t.Helper()
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	client := fetch.New(fetch.Options{
		Timeout: limit, PerHostDelay: -1, Now: clock,
		Resolver: resolver(stack), Dial: stack.DialContext, TLS: &tls.Config{RootCAs: w.star.CA().DefaultCertPool(), MinVersion: tls.VersionTLS12},
	})
	defer client.Close()
	scheme := r.scheme
	if scheme == "" {
		scheme = "https"
	}
	m := &memory{feed: &news.Feed{
		ID: "feed", SourceID: "harbour-times", URL: scheme + "://" + r.host() + "/rss", Routes: []string{fetch.RouteDirect, r.route},
	}}
	stage := ingest.New(ingest.Config{Now: clock, Rand: func() float64 { return 0 }}, m, client)
	for i := range looks {
		m.last = nil
		if err := stage.Run(t.Context()); err != nil || m.last == nil {
			t.Errorf("%s: look %d: %v", r.name, i+1, err)
			return looks
		}
		f := m.last.Feed
		looks[i] = look{Reach: f.Reach, Blocking: f.Blocking, By: kind(f.Route), Items: len(m.items)}
		for _, e := range m.last.Evidence {
			if e.Route == fetch.RouteDirect && e.Reach != news.ReachOK {
				looks[i].Fails = strings.TrimSpace(e.Operation + " " + e.Failure)
				if e.Status != 0 {
					looks[i].Fails = fmt.Sprint(e.Status)
				}
			}
		}
		now = f.Due
		client.Close() // what is idle until then ends by itself
	}
	return looks
}

// kind is a route without its address.
func kind(route string) string {
	k, _, _ := strings.Cut(route, ":")
	return strings.Replace(k, "https", "proxy", 1)
}

// table prints the matrix.
func table(all []*row, looks [][2]look) string {
	var b strings.Builder
	tw := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(tw, strings.Join(cells, "\t")) }
	line("what is done", "the direct way", "first look", "second look", "by", "read by", "items")
	for i, r := range all {
		l := looks[i][1]
		line(r.name, or(l.Fails, "works"), string(looks[i][0].Reach), string(l.Reach), or(l.Blocking, "-"), l.By, fmt.Sprintf("%d of %d", l.Items, entries))
	}
	_ = tw.Flush()
	return b.String()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func golden(t *testing.T, got string) {
	t.Helper()
	t.Log("\n" + got)
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s mismatch (-want +got):\n%s", file, diff)
	}
	const manual = "../../../docs/reach.md"
	if page, err := os.ReadFile(manual); err != nil || !strings.Contains(string(page), string(want)) {
		t.Errorf("%s does not hold the table of %s: %v", manual, file, err)
	}
}

// memory is an ingest.Store of one feed.
type memory struct {
	ingest.Store // what is missing below: nothing is pushed

	mu      sync.Mutex // guards the rest
	feed    *news.Feed
	claimed bool
	last    *news.Fetch
	items   map[string]*news.Item
}

func (m *memory) DueFeeds(_ context.Context, now time.Time, _ time.Duration, _ int, _ []string) ([]*news.Feed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claimed || m.feed.Due.After(now) {
		return nil, nil
	}
	m.claimed = true
	f := *m.feed
	return []*news.Feed{&f}, nil
}

func (m *memory) ReleaseFeeds(context.Context, []*news.Feed) error { return nil }

func (m *memory) SaveFetches(_ context.Context, fetches []*news.Fetch) ([]news.Saved, []error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items == nil {
		m.items = map[string]*news.Item{}
	}
	for _, f := range fetches {
		m.feed, m.last, m.claimed = f.Feed, f, false
		for _, i := range f.Items {
			m.items[i.ID] = i
		}
	}
	return make([]news.Saved, len(fetches)), make([]error, len(fetches))
}
