package limit

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestTake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New("api", 6, time.Now)
		for _, step := range []struct {
			wait              time.Duration
			client            string
			ok                bool
			limit, retryAfter string
		}{
			{0, "192.0.2.1", true, `"api";r=5;t=10`, ""},
			{0, "192.0.2.1", true, `"api";r=4;t=20`, ""},
			{10 * time.Second, "192.0.2.1", true, `"api";r=4;t=20`, ""},
			{0, "::ffff:192.0.2.1", true, `"api";r=3;t=30`, ""}, // the same, in other words
			{0, "192.0.2.2", true, `"api";r=5;t=10`, ""},
			{0, "192.0.2.1", true, `"api";r=2;t=40`, ""},
			{0, "192.0.2.1", true, `"api";r=1;t=50`, ""},
			{0, "192.0.2.1", true, `"api";r=0;t=60`, ""},
			{0, "192.0.2.1", false, `"api";r=0;t=60`, "10"},
			{4 * time.Second, "192.0.2.1", false, `"api";r=0;t=56`, "6"},
			{6 * time.Second, "192.0.2.1", true, `"api";r=0;t=60`, ""},
			{time.Hour, "192.0.2.1", true, `"api";r=5;t=10`, ""},
			{0, "2001:db8:1:2::1", true, `"api";r=5;t=10`, ""},
			{0, "2001:db8:1:2:ffff::9", true, `"api";r=4;t=20`, ""}, // of the same /64
			{0, "2001:db8:1:3::1", true, `"api";r=5;t=10`, ""},
		} {
			time.Sleep(step.wait)
			h := http.Header{}
			ok := l.Take(h, addr(step.client))
			if ok != step.ok || h.Get("RateLimit") != step.limit || h.Get("Retry-After") != step.retryAfter || h.Get("RateLimit-Policy") != `"api";q=6;w=60` {
				t.Errorf("%+v: %t, %v", step, ok, h)
			}
		}
	})
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	l := New("api", 0, time.Now)
	h := http.Header{}
	for range 1000 {
		if !l.Take(h, addr("192.0.2.1")) || len(h) > 0 {
			t.Fatal("a limit of 0 limits")
		}
	}
}

// However many clients there are, the table stays as large as it is allowed; who asked of late is
// not forgotten for one who comes once.
func TestTableIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New("api", 60, time.Now)
		l.max = 100
		for i := range 10_000 {
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], 0x0a000000+uint32(i))
			l.Take(http.Header{}, netip.AddrFrom4(b))
			time.Sleep(time.Millisecond)
		}
		if n := len(l.clients); n != 100 {
			t.Errorf("%d clients are remembered", n)
		}
		time.Sleep(2 * window)
		l.Take(http.Header{}, addr("192.0.2.1"))
		if n := len(l.clients); n > 100-clearSample+1 {
			t.Errorf("%d clients are remembered that may make all their requests again", n)
		}
	})
}

// In no minute are more requests answered than the bucket holds and what flows into it.
func TestNeverMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(0, 0)
		per := rapid.IntRange(1, 50).Draw(t, "per minute")
		l := New("api", per, func() time.Time { return now })
		var answered []time.Time
		for _, pause := range rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 300).Draw(t, "pauses in ms") {
			now = now.Add(time.Duration(pause) * time.Millisecond)
			if l.Take(http.Header{}, addr("192.0.2.1")) {
				answered = append(answered, now)
			}
		}
		for i, from := range answered {
			n := 0
			for _, at := range answered[i:] {
				if at.Sub(from) < window {
					n++
				}
			}
			if n > 2*per {
				t.Fatalf("%d answers in a minute of at most %d", n, per)
			}
		}
	})
}

func TestClient(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, peer string
		forwarded  []string
		want       string
		limited    bool
	}{
		{"the peer", "203.0.113.9:4711", nil, "203.0.113.9", true},
		{"who is not trusted is not believed", "203.0.113.9:4711", []string{"192.0.2.1"}, "203.0.113.9", true},
		{"a proxy", "10.0.0.1:80", []string{"192.0.2.1"}, "192.0.2.1", true},
		{"what the client wrote before", "10.0.0.1:80", []string{"198.51.100.7, 192.0.2.1"}, "192.0.2.1", true},
		{"two proxies", "10.0.0.1:80", []string{"198.51.100.7, 192.0.2.1", "10.0.0.2"}, "192.0.2.1", true},
		{"with a port", "10.0.0.1:80", []string{"192.0.2.1:5000"}, "192.0.2.1", true},
		{"IPv6", "[fd00::1]:80", []string{"[2001:db8::5]:99"}, "2001:db8::5", true},
		{"nonsense", "10.0.0.1:80", []string{"192.0.2.1, unknown"}, "10.0.0.1", true},
		{"nothing", "10.0.0.1:80", nil, "10.0.0.1", true},
		{"all are proxies", "10.0.0.1:80", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3", true},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:80", []string{"192.0.2.1"}, "192.0.2.1", true},
		{"this machine, which is no proxy", "127.0.0.1:80", []string{"192.0.2.1"}, "127.0.0.1", false},
		{"no address", "@", nil, "invalid IP", true},
	} {
		p, err := ParseProxies([]string{"10.0.0.0/8", "fd00::1"})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = test.peer
		r.Header["X-Forwarded-For"] = test.forwarded
		if got, limited := p.Client(r); got.String() != test.want || limited != test.limited {
			t.Errorf("%s: %s, %t", test.name, got, limited)
		}
	}
	for _, bad := range []string{"", "proxy.example", "10.0.0.0/33", "10.0.0.1:80"} {
		if _, err := ParseProxies([]string{bad}); err == nil {
			t.Errorf("%q is a proxy", bad)
		}
	}
}

// FuzzClient holds that whatever a client writes, it is told by what the proxy wrote after it.
func FuzzClient(f *testing.F) {
	f.Add([]byte("198.51.100.7"))
	f.Add([]byte(", ,,[::1]:5, 10.0.0.9"))
	f.Fuzz(func(t *testing.T, written []byte) {
		p := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = "10.0.0.1:80"
		r.Header.Set("X-Forwarded-For", string(bytes.ReplaceAll(written, []byte("\n"), nil))+", 192.0.2.1")
		if got, _ := p.Client(r); got != addr("192.0.2.1") {
			t.Errorf("%q: %s", written, got)
		}
	})
}

func BenchmarkTake(b *testing.B) {
	l := New("api", 1<<30, time.Now)
	client := addr("2001:db8::1")
	b.ReportAllocs()
	for b.Loop() {
		l.Take(http.Header{}, client)
	}
}
