package digest_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A server is a real one, on loopback, that keeps what it gets.
type server struct {
	*testing.T
	addr  string
	roots *x509.CertPool

	mu          sync.Mutex
	mails       []received
	connections int
	refuse      map[string]*smtp.SMTPError // by recipient, at RCPT
	full        *smtp.SMTPError            // at the end of DATA
	transcript  bytes.Buffer
}

type received struct {
	from, to string
	raw      string
}

const secret = "correct horse"

// serve starts one; plain: without STARTTLS and AUTH.
func serve(t *testing.T, plain bool) *server {
	t.Helper()
	s := &server{T: t, refuse: map[string]*smtp.SMTPError{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if plain {
			return &session{s: s, in: true}, nil
		}
		return &authSession{session{s: s}}, nil
	}))
	srv.Domain, srv.Debug, srv.ReadTimeout, srv.WriteTimeout = "mail.example", (*locked)(s), time.Minute, time.Minute
	srv.ErrorLog = nowhere{}
	if !plain {
		cert, roots := certificate(t)
		s.roots = roots
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed with the test
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(counted{ln, s}) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return s
}

type nowhere struct{}

func (nowhere) Printf(string, ...any) {}
func (nowhere) Println(...any)        {}

type counted struct {
	net.Listener
	s *server
}

func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		c.s.connections++
	}
	return conn, err
}

type locked server

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.transcript.Write(p)
}

type session struct {
	s        *server
	in       bool
	from, to string
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if !c.in {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if err := c.s.refuse[to]; err != nil {
		return err
	}
	c.to = to
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.full != nil {
		return c.s.full
	}
	c.s.mails = append(c.s.mails, received{c.from, c.to, string(raw)})
	return err
}

func (c *session) Reset()        { c.from, c.to = "", "" }
func (c *session) Logout() error { return nil }

type authSession struct{ session }

func (c *authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *authSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "digest" || password != secret {
			return errors.New("who is that?")
		}
		c.in = true
		return nil
	}), nil
}

// said returns what both sides said.
func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript.String()
}

// take returns what came since the last time.
func (s *server) take() []letter {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []letter
	for _, m := range s.mails {
		list = append(list, s.read(m))
	}
	s.mails = nil
	return list
}

// A letter is a message as mail programs read it.
type letter struct {
	received
	mail.Header
	subject    string
	text, html string
}

func (s *server) read(m received) letter {
	s.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(m.raw))
	if err != nil {
		s.Fatal(err)
	}
	l := letter{received: m, Header: msg.Header}
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		s.Fatal(err)
	}
	for line := range strings.Lines(m.raw) {
		if len(line) > 78+2 && !strings.HasPrefix(line, "List-Unsubscribe:") { // RFC 5322 §2.1.1
			s.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		s.Fatal(err)
	}
	if kind == "text/plain" {
		l.text = s.part(msg.Body, msg.Header.Get("Content-Transfer-Encoding"))
		return l
	}
	if kind != "multipart/alternative" {
		s.Fatalf("a message of type %s", kind)
	}
	var order []string
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			s.Fatalf("a part of type %s: %v", p.Header.Get("Content-Type"), err)
		}
		order = append(order, kind)
		if text := s.part(p, p.Header.Get("Content-Transfer-Encoding")); kind == "text/plain" {
			l.text = text
		} else {
			l.html = text
		}
	}
	if got := strings.Join(order, " "); got != "text/plain text/html" {
		s.Errorf("parts are %s, want the text first", got)
	}
	return l
}

func (s *server) part(r io.Reader, encoding string) string {
	s.Helper()
	if encoding != "quoted-printable" {
		s.Fatalf("a part in %q", encoding)
	}
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		s.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

var linkForm = regexp.MustCompile(`https://hub\.example/mail/(confirm|manage|unsubscribe)/([A-Z2-7]{26})`)

// token returns what the link of this kind in the text holds.
func (l letter) token(t *testing.T, kind string) string {
	t.Helper()
	for _, m := range linkForm.FindAllStringSubmatch(l.text, -1) {
		if m[1] == kind {
			return m[2]
		}
	}
	t.Fatalf("there is no link to %s in:\n%s", kind, l.text)
	return ""
}

// certificate makes one for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
