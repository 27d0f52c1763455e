package fetch

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// echKey returns a key and its ECHConfig (RFC 9849 §4) for the public name.
func echKey(t *testing.T, id byte, public string) tls.EncryptedClientHelloKey {
	t.Helper()
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pub := key.PublicKey().Bytes()
	length := func(b []byte) []byte { return binary.BigEndian.AppendUint16(nil, uint16(len(b))) } //nolint:gosec // some dozens
	body := []byte{id, 0, 0x20}                                                                   // DHKEM(X25519, HKDF-SHA256)
	body = append(body, length(pub)...)
	body = append(body, pub...)
	body = append(body, 0, 4, 0, 1, 0, 1, 32, length([]byte(public))[1]) // HKDF-SHA256, AES-128-GCM
	body = append(body, public...)
	body = append(body, 0, 0)
	config := append([]byte{0xfe, 0x0d}, length(body)...)
	return tls.EncryptedClientHelloKey{Config: append(config, body...), PrivateKey: key.Bytes(), SendAsRetry: true}
}

func echList(key tls.EncryptedClientHelloKey) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(key.Config))), key.Config...) //nolint:gosec // some dozens
}

// The route ech sends the outlet's name only encrypted: with the keys of its record, or
// those that the server sends when the record's are old; and where it offers none, nothing.
func TestECHRoute(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"public.invalid", "harbour.invalid"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	now, old := echKey(t, 1, "public.invalid"), echKey(t, 2, "public.invalid")
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.ServerName+" "+map[bool]string{true: "encrypted", false: "in the clear"}[r.TLS.ECHAccepted])
	}))
	site.EnableHTTP2 = true
	site.TLS = &tls.Config{
		Certificates:             []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}},
		EncryptedClientHelloKeys: []tls.EncryptedClientHelloKey{now},
	}
	site.StartTLS()
	t.Cleanup(site.Close)
	_, port, _ := net.SplitHostPort(site.Listener.Addr().String())

	var keys []byte // what the record offers
	dns := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m dnsmessage.Message
		if err := m.Unpack(body); err != nil {
			t.Error(err)
			return
		}
		m.Response, m.Additionals = true, nil
		q := m.Questions[0]
		h := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}
		switch {
		case q.Type == dnsmessage.TypeA:
			m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		case q.Type == dnsmessage.TypeHTTPS && q.Name.String() == "_"+port+"._https.harbour.invalid.":
			h.TTL = 60
			s := dnsmessage.SVCBResource{Priority: 1, Target: dnsmessage.MustNewName(".")}
			if keys != nil {
				s.SetParam(dnsmessage.SVCParamECH, keys)
			}
			m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.HTTPSResource{SVCBResource: s}}}
		}
		answer, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(dns.Close)
	pool := x509.NewCertPool()
	pool.AddCert(dns.Certificate())
	pool.AddCert(cert)
	route := "ech:" + dns.URL + "/dns-query"
	for _, c := range []struct {
		name, url string
		keys      []byte
		want      string
	}{
		{"offered", "https://harbour.invalid:" + port, echList(now), "harbour.invalid encrypted"},
		{"old keys", "https://harbour.invalid:" + port, echList(old), "harbour.invalid encrypted"},
		{"not offered", "https://harbour.invalid:" + port, nil, ""},
		{"broken keys", "https://harbour.invalid:" + port, []byte{0, 3, 1, 2, 3}, ""},
		{"not https", "http://harbour.invalid:" + port, echList(now), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys = c.keys
			client := New(Options{
				AllowPrivate: []string{"harbour.invalid", "127.0.0.1"}, PerHostDelay: -1,
				TLS: &tls.Config{RootCAs: pool},
			})
			t.Cleanup(client.Close)
			res, err := client.Get(t.Context(), Request{URL: c.url, Routes: []string{route}})
			if c.want != "" {
				if err != nil || string(res.Body) != c.want || res.Route != route || len(res.Evidence) != 1 {
					t.Fatalf("%+v, %v", res, err)
				}
				return
			}
			e, ok := err.(*Error) //nolint:errorlint // as documented
			if !ok || e.Status != 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			if c.name == "broken keys" {
				if e.Failure != FailureHandshake || len(e.Evidence) != 1 || e.Evidence[0].Operation != "tls_handshake" {
					t.Errorf("%+v", e)
				}
			} else if len(e.Evidence) != 0 || e.Hint != hintECH {
				t.Errorf("nothing was attempted: %+v", e)
			}
		})
	}
	if err := CheckRoute("ech:http://resolver.example/dns-query"); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("a resolver without https: %v", err)
	}
}
