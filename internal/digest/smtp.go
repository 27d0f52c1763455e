package digest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

const (
	// dialTime bounds how long it takes to be greeted, and sendTime one message.
	dialTime = 20 * time.Second
	sendTime = time.Minute
	// The ports of submission with STARTTLS (RFC 6409) and with TLS at once (RFC 8314 §3.3).
	submissionPort, submissionsPort = 587, 465
)

// A Message goes to one address.
type Message struct {
	From    stdmail.Address
	ReplyTo *stdmail.Address
	To      string
	Subject string
	Text    string
	HTML    string // "": text alone
	Date    time.Time
	ID      string // of the message, without angle brackets (RFC 5322 §3.6.4)
	ListID  string // RFC 2919, without angle brackets; "": none
	// Unsubscribe is the address at which a POST unsubscribes (RFC 8058) and a GET asks whether to (RFC 2369); "": none.
	Unsubscribe string
}

// A Sender reaches a mail server.
type Sender interface {
	Dial(ctx context.Context) (Connection, error)
}

// A Connection sends messages one after another. What goes wrong with one is a *SendError.
type Connection interface {
	Send(ctx context.Context, m *Message) error
	Close() error
}

// A SendError says why a message was not taken. It names no address, unlike what servers write.
type SendError struct {
	Step string // "RCPT TO", say
	Code int    // of SMTP (RFC 5321 §4.2); 0: the connection broke
	Why  string // the enhanced code (RFC 3463), where there is one
	rcpt bool
}

func (e *SendError) Error() string {
	switch {
	case e.Code == 0:
		return e.Step + ": no answer of the mail server"
	case e.Why != "":
		return fmt.Sprintf("%s: the mail server answers %d %s", e.Step, e.Code, e.Why)
	}
	return fmt.Sprintf("%s: the mail server answers %d", e.Step, e.Code)
}

// NoSuchMailbox reports whether the server refuses the recipient, for good.
func (e *SendError) NoSuchMailbox() bool { return e.rcpt && e.Code >= 500 }

// SMTP is a Sender that submits to one server.
type SMTP struct {
	host     string
	options  []gomail.Option
	greeting string
}

// ParseServer reads "smtp://user@host:587", "smtps://user@host" or, for a server on this machine alone,
// "smtp+plain://127.0.0.1:25". smtp is encrypted by STARTTLS, and nothing is sent where the server has none; smtps
// is encrypted from the first byte. helo is how the hub names itself.
func ParseServer(text, password, helo string) (*SMTP, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it is no address") // the reason would quote it, with what may be a password
	}
	if _, has := u.User.Password(); has {
		return nil, errors.New("the password does not belong into it")
	}
	if u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("it has to be a scheme, a user if there is one, a host and a port, and no more")
	}
	s := &SMTP{host: u.Hostname(), greeting: helo}
	port := submissionPort
	tlsConfig := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	switch u.Scheme {
	case "smtp":
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithTLSConfig(tlsConfig))
	case "smtps":
		port = submissionsPort
		s.options = append(s.options, gomail.WithSSL(), gomail.WithTLSConfig(tlsConfig))
	case "smtp+plain":
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("smtp+plain is for a server on this machine (127.0.0.1, ::1, localhost): what is sent is not encrypted")
		}
		port = 25
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("its scheme is %q, not smtp, smtps or smtp+plain", u.Scheme)
	}
	if text := u.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("there is no port %s", text)
		}
	}
	s.options = append(s.options, gomail.WithPort(port), gomail.WithTimeout(sendTime), gomail.WithoutSMTPUTF8())
	if helo != "" {
		s.options = append(s.options, gomail.WithHELO(helo))
	}
	switch user := u.User.Username(); {
	case user == "" && password != "":
		return nil, errors.New("there is a password, and no user: smtp://user@host:587")
	case user != "" && password == "":
		return nil, errors.New("it names a user, and there is no password")
	case user != "":
		auth := gomail.SMTPAuthAutoDiscover
		if u.Scheme == "smtp+plain" {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		s.options = append(s.options, gomail.WithSMTPAuth(auth), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	return s, nil
}

// With returns s with another TLS configuration, for servers whose certificate is of one's own authority.
func (s *SMTP) With(c *tls.Config) *SMTP {
	own := *s
	own.options = append(append([]gomail.Option{}, s.options...), gomail.WithTLSConfig(c))
	return &own
}

// Dial connects, encrypts and authenticates.
func (s *SMTP) Dial(ctx context.Context) (Connection, error) {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", s.host, err)
	}
	return &connection{client}, nil
}

type connection struct{ client *gomail.Client }

// Close says goodbye.
func (c *connection) Close() error { return c.client.Close() }

// Send hands over one message. The server has it when this returns nil.
func (c *connection) Send(ctx context.Context, m *Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	msg, err := m.build()
	if err != nil {
		return err
	}
	err = c.client.Send(msg)
	if err == nil || msg.IsDelivered() { // what the server says after it has taken it is about the next one
		return nil
	}
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return &SendError{Step: "send"}
	}
	return &SendError{
		Step: stepOf(failed.Reason), Code: failed.ErrorCode(), Why: failed.EnhancedStatusCode(), rcpt: failed.Reason == gomail.ErrSMTPRcptTo,
	}
}

func stepOf(r gomail.SendErrReason) string {
	switch r {
	case gomail.ErrSMTPMailFrom:
		return "MAIL FROM"
	case gomail.ErrSMTPRcptTo:
		return "RCPT TO"
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		return "DATA"
	case gomail.ErrSMTPReset:
		return "RSET"
	}
	return "send"
}

// build writes m as MIME: text, and the same as HTML besides (RFC 2046 §5.1.4, the plainest first).
func (m *Message) build() (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(m.From.Name, m.From.Address); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if m.ReplyTo != nil {
		if err := msg.ReplyToFormat(m.ReplyTo.Name, m.ReplyTo.Address); err != nil {
			return nil, fmt.Errorf("reply_to: %w", err)
		}
	}
	if err := msg.To(m.To); err != nil {
		return nil, &SendError{Step: "To", Code: 553, rcpt: true} // the error would quote the address
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody shall answer "out of office"
	if m.ListID != "" {
		msg.SetGenHeaderPreformatted("List-Id", "<"+m.ListID+">")
		msg.SetGenHeader("Precedence", "bulk")
	}
	if m.Unsubscribe != "" {
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.Unsubscribe+">")
		if strings.HasPrefix(m.Unsubscribe, "https:") { // RFC 8058 §3.1 wants that
			msg.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
