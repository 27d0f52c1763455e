package doh

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// zone answers for names of an invented outlet.
type zone struct {
	t     *testing.T
	asked []string
}

func (z *zone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != mediaType {
		z.t.Errorf("%s with %s: %v", r.Method, r.Header.Get("Content-Type"), err)
	}
	if len(body)%padTo != 0 {
		z.t.Errorf("the query has %d bytes", len(body))
	}
	var m dnsmessage.Message
	if err := m.Unpack(body); err != nil || m.ID != 0 || len(m.Questions) != 1 {
		z.t.Errorf("query %+v: %v", m, err)
		return
	}
	q := m.Questions[0]
	z.asked = append(z.asked, q.Name.String()+" "+q.Type.String())
	m.Response = true
	m.Additionals = nil
	add := func(name string, ttl uint32, body dnsmessage.ResourceBody) {
		h := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Class: dnsmessage.ClassINET, TTL: ttl}
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: body})
	}
	switch name := q.Name.String(); {
	case name == "harbour.example." && q.Type == dnsmessage.TypeA:
		add(name, 600, &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("front.example.")})
		add("front.example.", 300, &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}})
		add("front.example.", 60, &dnsmessage.AResource{A: [4]byte{192, 0, 2, 2}})
	case name == "harbour.example.":
		add(name, 600, &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr("2001:db8::1").As16()})
	case name == "empty.example.":
	case name == "trouble.example.":
		m.RCode = dnsmessage.RCodeServerFailure
	case name == "status.example.":
		w.WriteHeader(http.StatusBadGateway)
		return
	case name == "garbage.example.":
		_, _ = io.WriteString(w, "<html>not DNS</html>")
		return
	default:
		m.RCode = dnsmessage.RCodeNameError
	}
	answer, err := m.Pack()
	if err != nil {
		z.t.Error(err)
	}
	w.Header().Set("Content-Type", mediaType)
	_, _ = w.Write(answer)
}

func TestLookup(t *testing.T) {
	z := &zone{t: t}
	var server *httptest.Server
	locked := make(chan struct{}, 1)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		locked <- struct{}{} // one at a time
		defer func() { <-locked }()
		z.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	r := &Resolver{URL: server.URL, Client: server.Client(), Now: func() time.Time { return now }}
	want := []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"}
	look := func() {
		t.Helper()
		addrs, err := r.Lookup(t.Context(), "harbour.example")
		var got []string
		for _, a := range addrs {
			got = append(got, a.String())
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	look()
	if len(z.asked) != 2 {
		t.Errorf("asked %q", z.asked)
	}
	now = now.Add(59 * time.Second)
	look()
	if len(z.asked) != 2 {
		t.Errorf("asked again before the shortest time to live was over: %q", z.asked)
	}
	now = now.Add(2 * time.Second)
	look()
	if len(z.asked) != 4 {
		t.Errorf("not asked again: %q", z.asked)
	}

	for _, c := range []struct {
		host     string
		notFound bool
	}{
		{"nobody.example", true},
		{"empty.example", true},
		{"trouble.example", false},
		{"status.example", false},
		{"garbage.example", false},
		{"a..b", true},
	} {
		_, err := r.Lookup(t.Context(), c.host)
		dns, ok := errors.AsType[*net.DNSError](err)
		if !ok || dns.IsNotFound != c.notFound {
			t.Errorf("%s: %v", c.host, err)
		}
	}
	if addrs, err := r.Lookup(t.Context(), "198.51.100.7"); err != nil || len(addrs) != 1 {
		t.Errorf("an address: %v, %v", addrs, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Lookup(ctx, "later.example"); err == nil {
		t.Error("found with a context that has ended")
	}
	if _, kept := r.names["later.example"]; kept {
		t.Error("that the context ended was kept as the name's answer")
	}
}

// An answer that lay in a cache on the way lives no longer for that (RFC 8484 §5.1).
func TestAge(t *testing.T) {
	for age, want := range map[string]time.Duration{
		"": 300 * time.Second, "100": 200 * time.Second, "299": minKeep, "4000000000": minKeep, "99999999999999999999": 300 * time.Second,
		"-5": 300 * time.Second, "soon": 300 * time.Second,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var m dnsmessage.Message
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = m.Unpack(body)
			}
			if err != nil {
				t.Error(err)
				return
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			h := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 300}
			switch q.Type {
			case dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}}}}
			case dnsmessage.TypeHTTPS:
				m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.HTTPSResource{SVCBResource: offering()}}}
			}
			answer, err := m.Pack()
			if err != nil {
				t.Error(err)
			}
			if age != "" {
				w.Header().Set("Age", age)
			}
			_, _ = w.Write(answer)
		}))
		now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
		r := &Resolver{URL: server.URL, Client: server.Client(), Now: func() time.Time { return now }}
		if _, err := r.Lookup(t.Context(), "harbour.example"); err != nil {
			t.Error(err)
		}
		if found, err := r.Service(t.Context(), "harbour.example", "443"); found == nil || err != nil {
			t.Errorf("service %+v, %v", found, err)
		}
		for what, until := range map[string]time.Time{"addresses": r.names["harbour.example"].until, "service": r.https["harbour.example 443"].until} {
			if got := until.Sub(now); got != want {
				t.Errorf("Age %q: %s are kept for %v, want %v", age, what, got, want)
			}
		}
		server.Close()
	}
}

// offering is a record that offers Encrypted Client Hello, with these parameters besides.
func offering(p ...dnsmessage.SVCParam) dnsmessage.SVCBResource {
	s := dnsmessage.SVCBResource{Priority: 1, Target: dnsmessage.MustNewName(".")}
	for _, p := range append(p, dnsmessage.SVCParam{Key: dnsmessage.SVCParamECH, Value: []byte("keys")}) {
		s.SetParam(p.Key, p.Value)
	}
	return s
}

// What a service does not speak it is not asked in.
func TestOffered(t *testing.T) {
	alpn := func(ids string) dnsmessage.SVCParam {
		return dnsmessage.SVCParam{Key: dnsmessage.SVCParamALPN, Value: []byte(ids)}
	}
	without := dnsmessage.SVCParam{Key: dnsmessage.SVCParamNoDefaultALPN, Value: []byte{}}
	for name, c := range map[string]struct {
		params []dnsmessage.SVCParam
		want   bool
	}{
		"nothing said":             {nil, true},
		"h3 besides HTTP/1.1":      {[]dnsmessage.SVCParam{alpn("\x02h3")}, true},
		"h3 only":                  {[]dnsmessage.SVCParam{alpn("\x02h3"), without}, false},
		"h2 and h3":                {[]dnsmessage.SVCParam{alpn("\x02h3\x02h2"), without}, true},
		"HTTP/1.1 by its name":     {[]dnsmessage.SVCParam{alpn("\x08http/1.1"), without}, true},
		"no default and none else": {[]dnsmessage.SVCParam{without}, false},
		"cut":                      {[]dnsmessage.SVCParam{alpn("\x05h2"), without}, false},
		"an empty name":            {[]dnsmessage.SVCParam{alpn("\x00\x02h2"), without}, false},
	} {
		if got := offered(offering(c.params...), "harbour.example", "harbour.example", "443"); (got != nil) != c.want {
			t.Errorf("%s: offered %+v, want one: %t", name, got, c.want)
		}
	}
}

// Whatever a resolver answers, reading it ends, with few addresses of the right family.
func FuzzRead(f *testing.F) {
	q, err := question("harbour.example", dnsmessage.TypeA)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(q, true)
	f.Fuzz(func(t *testing.T, answer []byte, six bool) {
		kind := dnsmessage.TypeA
		if six {
			kind = dnsmessage.TypeAAAA
		}
		addrs, ttl, err := read(answer, kind)
		if len(addrs) > maxAddrs || err != nil && addrs != nil || ttl > maxKeep {
			t.Errorf("%v %v %v", addrs, ttl, err)
		}
		for _, a := range addrs {
			if a.Is4() == six {
				t.Errorf("%v is of the other family", a)
			}
		}
	})
}
