package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	stdmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"parallax/internal/digest"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/web"
)

// mailPassword is the environment variable that holds the password of the mail server.
const mailPassword = "PARALLAX_MAIL_PASSWORD" //nolint:gosec // its name, not what it holds

// longestSecret bounds a file with a password, in bytes.
const longestSecret = 4096

func (c *Config) checkMail() error {
	m := c.Mail
	fail := func(key, hint, format string, args ...any) error {
		return c.errAt(c.lineOf("mail", 0, key), fmt.Sprintf(format, args...), hint)
	}
	if m.SMTP == "" {
		if m.From != "" || m.ReplyTo != "" || m.PasswordFile != "" {
			return fail("from", `smtp = "smtp://user@mail.example:587", or take the whole section out`, "[mail] has no smtp")
		}
		return nil
	}
	// Whether there is a password where it should be is asked when mail is sent: other commands need none.
	stand := ""
	if u, err := url.Parse(m.SMTP); err == nil && u.User.Username() != "" {
		stand = "in"
	}
	if _, err := digest.ParseServer(m.SMTP, stand, ""); err != nil {
		return fail("smtp", `e.g. "smtp://user@mail.example:587"; the password belongs into password_file, or into `+mailPassword, "smtp: %v", err)
	}
	for key, address := range map[string]string{"from": m.From, "reply_to": m.ReplyTo} {
		if address == "" && key == "reply_to" {
			continue
		}
		if _, err := digest.ParseAddress(address); err != nil {
			return fail(key, `e.g. "digest@hub.example"`, "%s = %q is no e-mail address", key, address)
		}
	}
	switch {
	case m.Hour < 0 || m.Hour > 23:
		return fail("hour", "", "hour = %d is not between 0 and 23", m.Hour)
	case c.Hub.URL == "":
		return fail("smtp", `url = "https://hub.example" under [hub]`, "[mail] needs a url under [hub], which the links in a mail begin with")
	}
	return nil
}

// mailSecret returns the password of the mail server; "" where it needs none.
func (c *Config) mailSecret() (string, error) {
	u, err := url.Parse(c.Mail.SMTP)
	if err != nil || u.User.Username() == "" {
		return "", nil //nolint:nilerr // what is wrong with it, check has said
	}
	fail := func(key, what string) error {
		return c.errAt(c.lineOf("mail", 0, key), what, "a file that holds the password and nothing else, or the environment variable "+mailPassword)
	}
	if c.Mail.PasswordFile == "" {
		if p := os.Getenv(mailPassword); p != "" {
			return p, nil
		}
		return "", fail("smtp", "smtp names a user, and there is no password")
	}
	file := c.Mail.PasswordFile
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(c.file), file)
	}
	f, err := os.Open(file) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fail("password_file", "password_file: "+err.Error())
	}
	text, err := io.ReadAll(io.LimitReader(f, longestSecret+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fail("password_file", "password_file: "+err.Error())
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" || len(password) > longestSecret || strings.ContainsAny(password, "\r\n") {
		return "", fail("password_file", "password_file = "+quote(c.Mail.PasswordFile)+" does not hold one line with a password")
	}
	return password, nil
}

// A post is the digest of a hub: who sends it, and where the addresses are.
type post struct {
	*digest.Office
	books *store.DB
	own   bool // the addresses are in a file of their own
}

// OpenAddresses opens where the addresses of c's digest are kept: on SQLite in a file of their own, so that no
// copy of the news holds any. news is the store of the rest; shared says that it is the same one, which its owner closes.
func OpenAddresses(ctx context.Context, c *Config, news *store.DB) (books *store.DB, shared bool, err error) {
	if c.Hub.Database != "" {
		return news, true, nil
	}
	books, err = store.Open(ctx, c.addressFile(), store.Options{})
	if err != nil {
		return nil, false, fmt.Errorf("open where addresses are kept: %w", err)
	}
	const private = 0o600
	if err := os.Chmod(c.addressFile(), private); err != nil {
		return nil, false, errors.Join(fmt.Errorf("keep addresses to ourselves: %w", err), books.Close())
	}
	return books, false, nil
}

func (c *Config) addressFile() string { return filepath.Join(c.DataDir(), "mail.db") }

// MailServer returns the server of [mail], and who sends; ErrNoMail where there is none.
func MailServer(c *Config) (server *digest.SMTP, from stdmail.Address, reply *stdmail.Address, err error) {
	if c.Mail.SMTP == "" {
		return nil, from, nil, ErrNoMail
	}
	password, err := c.mailSecret()
	if err != nil {
		return nil, from, nil, err
	}
	helo := ""
	if u, err := url.Parse(c.URL()); err == nil {
		helo = u.Hostname()
	}
	if server, err = digest.ParseServer(c.Mail.SMTP, password, helo); err != nil {
		return nil, from, nil, fmt.Errorf("smtp: %w", err)
	}
	from = stdmail.Address{Name: c.Hub.Name, Address: c.Mail.From}
	if c.Mail.ReplyTo != "" {
		reply = &stdmail.Address{Address: c.Mail.ReplyTo}
	}
	return server, from, reply, nil
}

// ErrNoMail says that the hub sends no digest.
var ErrNoMail = errors.New("this hub sends no mail: there is no smtp under [mail]")

// openMail makes h.mail, where the operator named a server.
func (h *Hub) openMail(ctx context.Context) error {
	c := h.config()
	server, from, reply, err := MailServer(c)
	if errors.Is(err, ErrNoMail) {
		return nil
	}
	if err != nil {
		return err
	}
	books, shared, err := OpenAddresses(ctx, c, h.db)
	if err != nil {
		return err
	}
	h.mail = &post{books: books, own: !shared, Office: digest.New(digest.Config{
		Books: books, Store: h.db, Sender: server, HubName: c.Hub.Name, HubURL: c.URL(), From: from, ReplyTo: reply, Hour: c.Mail.Hour,
		Lenses: func(ctx context.Context) ([]news.Lens, error) {
			list, _, err := h.lenses(ctx)
			return list, err
		},
		Edition: h.db.Edition, Now: h.now, Logger: h.log, Count: func(kind, result string) { h.metrics.mails.WithLabelValues(kind, result).Inc() },
		Ring: func() { h.ring("digest") },
	})}
	return nil
}

func (h *Hub) closeMail() error {
	if h.mail == nil || !h.mail.own {
		return nil
	}
	return h.mail.books.Close()
}

// mailDesk takes in addresses; nil where there is no digest.
func (h *Hub) mailDesk() web.Mail {
	if h.mail == nil {
		return nil
	}
	return h.mail
}

func (h *Hub) digest() Stage {
	if h.mail == nil {
		return idle("digest")
	}
	return h.mail
}

func writeMail(b *bytes.Buffer, m MailConfig) {
	if m == defaults().Mail {
		return
	}
	fmt.Fprintf(b, `
# The mail server by which the digest goes to readers who asked for it (docs/mail.md). The password of its
# user is in password_file, or in the environment variable PARALLAX_MAIL_PASSWORD.
[mail]
smtp          = %s
password_file = %s
from          = %s
reply_to      = %s
# Of the day, UTC.
hour          = %d
`, quote(m.SMTP), quote(m.PasswordFile), quote(m.From), quote(m.ReplyTo), m.Hour)
}
