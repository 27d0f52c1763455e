package digest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parallax/internal/digest"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/webtest"
)

// An office is one whose clock the test moves, over the invented world.
type office struct {
	*digest.Office
	t     *testing.T
	books *store.DB
	world *webtest.World
	now   time.Time
	log   bytes.Buffer
	count map[string]int
}

func open(t *testing.T, sender digest.Sender) *office {
	t.Helper()
	books, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "mail.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = books.Close() })
	o := &office{t: t, books: books, world: webtest.New(), now: webtest.Now, count: map[string]int{}}
	o.Office = digest.New(digest.Config{
		Books: books, Store: o.world, Sender: sender, HubName: "Both Sides", HubURL: "https://hub.example/",
		From: mail.Address{Name: "Both Sides", Address: "digest@hub.example"}, ReplyTo: &mail.Address{Address: "editor@hub.example"},
		Hour: 5, Pace: time.Nanosecond, Now: func() time.Time { return o.now },
		Lenses: func(context.Context) ([]news.Lens, error) { return o.world.Lenses(), nil },
		Count:  func(kind, result string) { o.count[kind+" "+result]++ },
		Logger: slog.New(slog.NewTextHandler(&o.log, nil)),
	})
	t.Cleanup(func() {
		if strings.Contains(o.log.String(), "@mail.example") {
			t.Errorf("an address is in the log:\n%s", o.log.String())
		}
	})
	return o
}

func (s *server) sender() digest.Sender {
	s.Helper()
	p, err := digest.ParseServer("smtp://digest@"+s.addr, secret, "hub.example")
	if err != nil {
		s.Fatal(err)
	}
	return p.With(&tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12})
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) run() { o.t.Helper(); o.must(o.Run(o.t.Context())) }

func (o *office) kept() news.MailCounts {
	o.t.Helper()
	n, err := o.books.CountMail(o.t.Context())
	o.must(err)
	return n
}

// subscribe asks for and confirms a digest for addresses.
func (o *office) subscribe(s *server, c news.MailChoice, addresses ...string) {
	o.t.Helper()
	for _, a := range addresses {
		o.must(o.Ask(o.t.Context(), a, c))
	}
	o.run()
	letters := s.take()
	if len(letters) != len(addresses) {
		o.t.Fatalf("%d confirmations for %d addresses", len(letters), len(addresses))
	}
	for _, l := range letters {
		o.must(o.Confirm(o.t.Context(), l.token(o.t, "confirm")))
	}
}

// From the form to the digest to the end, by way of a mail server that wants encryption and a password.
func TestDoubleOptIn(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	o.must(o.Ask(t.Context(), " Ann@Mail.Example ", news.MailChoice{LensID: "river"}))
	o.must(o.Ask(t.Context(), "ann+again@mail.example", news.MailChoice{LensID: "river"}))
	o.run()
	letters := s.take()
	if len(letters) != 1 {
		t.Fatalf("%d messages, want one that asks", len(letters))
	}
	ask := letters[0]
	if ask.from != "digest@hub.example" || ask.to != "ann@mail.example" || ask.Get("Auto-Submitted") != "auto-generated" || ask.Get("List-Unsubscribe") != "" {
		t.Errorf("the confirmation is from %s to %s: %v", ask.from, ask.to, ask.Header)
	}
	token := ask.token(t, "confirm")
	o.now = o.now.Add(time.Hour)
	o.run()
	if left := s.take(); len(left) > 0 {
		t.Fatalf("sent without confirmation: %v", left)
	}
	if _, err := o.Asked(t.Context(), token); err != nil { // a link scanner looks
		t.Fatal(err)
	}
	if n := o.kept(); n != (news.MailCounts{Waiting: 1}) {
		t.Errorf("kept after looking at the page: %+v", n)
	}
	o.must(o.Confirm(t.Context(), token))
	o.must(o.Confirm(t.Context(), token))
	o.run()
	letters = s.take()
	if len(letters) != 1 {
		t.Fatalf("%d messages, want the first digest", len(letters))
	}
	d := letters[0]
	leave := d.token(t, "unsubscribe")
	for field, want := range map[string]string{
		"From": `"Both Sides" <digest@hub.example>`, "Reply-To": "<editor@hub.example>", "To": "<ann@mail.example>",
		"List-Id": "<digest.hub.example>", "List-Unsubscribe": "<https://hub.example/mail/unsubscribe/" + leave + ">",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": o.now.Format(time.RFC1123Z),
	} {
		if got := d.Get(field); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	if id := d.Get("Message-ID"); !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, "@hub.example>") {
		t.Errorf("Message-ID: %s", id)
	}
	if !strings.HasPrefix(d.subject, "Both Sides, 12 November 2026: ") {
		t.Errorf("Subject: %s", d.subject)
	}
	if !strings.Contains(d.text, "Carrying an outlet is no endorsement.") || !strings.Contains(d.html, leave) {
		t.Errorf("text:\n%s\nhtml:\n%s", d.text, d.html)
	}
	t.Logf("transcript:\n%s", s.said())

	// Nothing new: no mail. Then something is.
	o.now = o.now.Add(24 * time.Hour)
	o.run()
	if left := s.take(); len(left) > 0 {
		t.Errorf("sent though nothing is new: %s", left[0].text)
	}
	o.must(o.Leave(t.Context(), leave))
	o.must(o.Leave(t.Context(), leave))
	if n := o.kept(); n != (news.MailCounts{}) {
		t.Errorf("kept after leaving: %+v", n)
	}
	if _, err := o.Subscription(t.Context(), leave); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("the link of who left: %v", err)
	}
}

// What the server says of an address decides what becomes of it.
func TestServerAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	o.subscribe(s, news.MailChoice{LensID: "river"}, "ann@mail.example", "bob@mail.example", "eve@mail.example")
	s.mu.Lock()
	s.refuse["bob@mail.example"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<bob@mail.example> is unknown"}
	s.refuse["eve@mail.example"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "<eve@mail.example> later"}
	s.connections = 0
	s.mu.Unlock()
	o.run()
	s.mu.Lock()
	if s.connections != 1 {
		t.Errorf("%d connections for three messages:\n%s", s.connections, o.log.String())
	}
	s.mu.Unlock()
	if got := s.take(); len(got) != 1 || got[0].to != "ann@mail.example" {
		t.Errorf("delivered: %v", got)
	}
	// Greylisted: again after five minutes, then after ten, with the same Message-ID.
	o.now = o.now.Add(5*time.Minute - time.Second)
	o.run()
	before := o.count["digest later"]
	o.now = o.now.Add(time.Second)
	o.run()
	if before != 1 || o.count["digest later"] != 2 {
		t.Errorf("tried again: %v", o.count)
	}
	s.mu.Lock()
	delete(s.refuse, "eve@mail.example")
	s.mu.Unlock()
	o.now = o.now.Add(10 * time.Minute)
	o.run()
	if got := s.take(); len(got) != 1 || got[0].to != "eve@mail.example" {
		t.Errorf("delivered after greylisting: %v", got)
	}
	// Refused for good at three digests: forgotten.
	for range 2 {
		if n := o.kept(); n.Confirmed != 3 {
			t.Fatalf("kept: %+v after %v", n, o.count)
		}
		o.now = o.now.Add(24 * time.Hour)
		o.run()
	}
	if n := o.kept(); n.Confirmed != 2 || o.count["digest refused"] != 3 {
		t.Errorf("kept after three refusals: %+v, %v", n, o.count)
	}
}

// A message that the server does not want is tried eight times, and left out then; its address stays.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	o.subscribe(s, news.MailChoice{LensID: "river"}, "ann@mail.example")
	s.mu.Lock()
	s.full = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "no"}
	s.mu.Unlock()
	for range 12 {
		o.run()
		o.now = o.now.Add(6 * time.Hour)
	}
	if o.count["digest later"] != 7 || o.count["digest given up"] != 1 {
		t.Errorf("tries: %v", o.count)
	}
	if n := o.kept(); n.Confirmed != 1 {
		t.Errorf("kept: %+v", n)
	}
}

// A server without STARTTLS, or with a certificate of nobody that is known, gets neither password nor mail.
func TestEncryptionIsWanted(t *testing.T) {
	t.Parallel()
	bare, strange := serve(t, true), serve(t, false)
	for name, s := range map[string]*server{"no STARTTLS": bare, "unknown certificate": strange} {
		p, err := digest.ParseServer("smtp://digest@"+s.addr, secret, "hub.example")
		if err != nil {
			t.Fatal(err)
		}
		o := open(t, p)
		o.must(o.Ask(t.Context(), "ann@mail.example", news.MailChoice{LensID: "river"}))
		if err := o.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "reach the mail server") {
			t.Errorf("%s: %v", name, err)
		}
		if said := s.said(); strings.Contains(said, "AUTH PLAIN ") || strings.Contains(said, "MAIL FROM") {
			t.Errorf("%s:\n%s", name, said)
		}
		if got := s.take(); len(got) > 0 {
			t.Errorf("%s: sent %v", name, got)
		}
		// It waits; when the server is right again, it goes out.
		o.now = o.now.Add(5 * time.Minute)
		if due, err := o.books.DueMail(t.Context(), o.now, time.Minute, 9); err != nil || len(due) != 1 {
			t.Errorf("%s: %d wait, %v", name, len(due), err)
		}
	}
	p, err := digest.ParseServer("smtp+plain://"+bare.addr, "", "")
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, p)
	o.must(o.Ask(t.Context(), "ann@mail.example", news.MailChoice{LensID: "river"}))
	o.run()
	if got := bare.take(); len(got) != 1 {
		t.Errorf("smtp+plain on loopback: %v", got)
	}
}

// forgetful books do not record what was sent, as when the program dies before.
type forgetful struct{ digest.Books }

var errDied = errors.New("the machine went off")

func (forgetful) ChangeMail(context.Context, string, func(*news.MailSubscriber) bool) error {
	return errDied
}

// When the program dies between sending and recording, the message goes out again when the claim has ended, with the
// same Message-ID; not before.
func TestCrashBetween(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	o.subscribe(s, news.MailChoice{LensID: "river"}, "ann@mail.example")
	c := o.Config
	c.Books = forgetful{o.books}
	if err := digest.New(c).Run(t.Context()); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	first := s.take()
	o.now = o.now.Add(44 * time.Minute)
	o.run()
	if got := s.take(); len(got) > 0 {
		t.Errorf("sent while somebody else has it: %v", got)
	}
	o.now = o.now.Add(time.Minute)
	o.run()
	again := s.take()
	if len(first) != 1 || len(again) != 1 || first[0].Get("Message-ID") != again[0].Get("Message-ID") {
		t.Fatalf("first %d, then %d", len(first), len(again))
	}
	o.run()
	if got := s.take(); len(got) > 0 {
		t.Errorf("sent a third time")
	}
	// The links in both work.
	for _, l := range append(first, again...) {
		if _, err := o.Subscription(t.Context(), l.token(t, "manage")); err != nil {
			t.Error(err)
		}
	}
}

// What is withdrawn when the digest is sent is not in it.
func TestWithdrawnIsNotSent(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	whole, err := o.Compose(t.Context(), news.MailChoice{LensID: "river"}, o.now.Add(-48*time.Hour), o.now)
	o.must(err)
	gone := whole.Stories[0].Outlet
	for _, src := range o.world.SourceList {
		if src.Name == gone {
			src.Carriage.Until = o.now
		}
	}
	o.subscribe(s, news.MailChoice{LensID: "river"}, "ann@mail.example")
	o.run()
	got := s.take()
	if len(got) != 1 {
		t.Fatalf("%d digests", len(got))
	}
	if strings.Contains(got[0].text, gone) || strings.Contains(got[0].html, gone) {
		t.Errorf("%s is in:\n%s", gone, got[0].text)
	}
}

// Digests go out at the hour, weekly ones on Monday; what was chosen can be changed.
func TestWhen(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s.sender())
	o.subscribe(s, news.MailChoice{LensID: "river"}, "ann@mail.example")
	o.run()
	token := s.take()[0].token(t, "manage")
	due := func() time.Time {
		t.Helper()
		m, err := o.Subscription(t.Context(), token)
		o.must(err)
		return m.Due
	}
	if got, want := due(), time.Date(2026, 11, 13, 5, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the next daily digest is due at %v, want %v", got, want)
	}
	o.must(o.Change(t.Context(), token, news.MailChoice{LensID: "country", Query: "weir", Weekly: true}))
	if got, want := due(), time.Date(2026, 11, 16, 5, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the next weekly digest is due at %v, want %v", got, want)
	}
	// A change does not make the hub send one more at once, however often.
	o.now = o.now.Add(48 * time.Hour)
	for _, weekly := range []bool{false, true, false} {
		o.must(o.Change(t.Context(), token, news.MailChoice{LensID: "country", Weekly: weekly}))
		if !due().After(o.now) {
			t.Errorf("due at %v, at once", due())
		}
	}
}
