package digest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"parallax/internal/news"
)

// An AddressError says what is wrong with an address, for who typed it.
type AddressError struct{ What string }

func (e *AddressError) Error() string { return e.What }

// ParseAddress reads an address as somebody typed it: one mailbox without a name. It comes back in
// lower case, its domain in ASCII (RFC 5890), so that one mailbox is one address.
func ParseAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	at := strings.LastIndexByte(text, '@')
	switch {
	case text == "":
		return "", &AddressError{"An e-mail address is missing."}
	case len(text) > maxAddress:
		return "", &AddressError{fmt.Sprintf("An e-mail address has at most %d characters.", maxAddress)}
	case at <= 0 || at == len(text)-1:
		return "", &AddressError{"An e-mail address has a name, an @ and a domain, as in ann@mail.example."}
	}
	local, domain := strings.ToLower(text[:at]), strings.TrimSuffix(text[at+1:], ".")
	for _, r := range local {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-", r) { // RFC 5322 §3.2.3
			return "", &AddressError{"Before the @ of an e-mail address this hub understands Latin letters, digits and .!#$%&'*+/=?^_`{|}~- only."}
		}
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(domain, ".") {
		return "", &AddressError{"What stands behind the @ is no domain."}
	}
	address := local + "@" + domain
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(local) > 64 || len(address) > maxAddress {
		return "", &AddressError{"This is no e-mail address. One has a name, an @ and a domain, as in ann@mail.example."}
	}
	return address, nil
}

// Ask enters that somebody wants the digest at an address (see ParseAddress), which is asked by mail. It does the
// same whether the address is known or not. news.ErrTooMany: no address is taken in now.
func (o *Office) Ask(ctx context.Context, address string, c news.MailChoice) error {
	address, err := ParseAddress(address)
	if err != nil {
		return err
	}
	if err := o.Books.AskMail(ctx, address, c, news.MailLimits{
		All: maxAddresses, Asks: asksPerHour, AsksIn: time.Hour, AskAgain: AskAgain, Confirm: Confirm,
	}, o.Now()); err != nil {
		return err
	}
	o.Ring()
	return nil
}

// Asked returns what the link in a confirmation is about; news.ErrNotFound where it is none, or too old. Where
// Wanted is nil, it was confirmed already.
func (o *Office) Asked(ctx context.Context, token string) (*news.MailSubscriber, error) {
	return o.of(ctx, token, true)
}

// Subscription returns what the link in a digest is about; news.ErrNotFound where it is none, or has ended.
func (o *Office) Subscription(ctx context.Context, token string) (*news.MailSubscriber, error) {
	m, err := o.of(ctx, token, false)
	if err == nil && m.Choice == nil { // unreachable: only who confirmed gets a digest
		return nil, news.ErrNotFound
	}
	return m, err
}

func (o *Office) of(ctx context.Context, token string, confirm bool) (*news.MailSubscriber, error) {
	const longest = 64
	if token == "" || len(token) > longest {
		return nil, news.ErrNotFound
	}
	return o.Books.MailOfToken(ctx, hashOf(token), confirm, o.Now())
}

// Confirm begins what was asked for; to do so twice does nothing more.
func (o *Office) Confirm(ctx context.Context, token string) error {
	m, err := o.Asked(ctx, token)
	if err != nil {
		return err
	}
	now := o.Now()
	err = o.Books.ChangeMail(ctx, m.Address, func(m *news.MailSubscriber) bool {
		if m.Wanted == nil || !m.WantedUntil.After(now) {
			return true
		}
		if m.Choice == nil {
			m.Since = now.Add(-period(m.Wanted.Weekly))
		}
		m.Choice, m.Wanted, m.WantedUntil, m.Asking = m.Wanted, nil, time.Time{}, false
		m.Due, m.Tries, m.Refused = o.next(m.Since, m.Choice.Weekly), 0, 0
		return true
	})
	if err == nil {
		o.Ring()
	}
	return err
}

// Change changes what the owner of the link in a digest chose.
func (o *Office) Change(ctx context.Context, token string, c news.MailChoice) error {
	m, err := o.Subscription(ctx, token)
	if err != nil {
		return err
	}
	return o.Books.ChangeMail(ctx, m.Address, func(m *news.MailSubscriber) bool {
		m.Choice = &c
		// Not at once, though the next one of the new choice were over: that would be a way to get
		// message after message.
		since := m.Since
		if now := o.Now(); o.next(since, c.Weekly).Before(now) {
			since = now
		}
		m.Due = o.next(since, c.Weekly)
		if m.Asking { // a message of ours is due that was promised
			m.Due = o.Now()
		}
		return true
	})
}

// Leave forgets the address to which the digest with this link went. To do so twice does nothing more.
func (o *Office) Leave(ctx context.Context, token string) error {
	m, err := o.Subscription(ctx, token)
	if err == nil {
		err = o.Books.ForgetMail(ctx, m.Address)
	}
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	return err
}

// token makes what a link holds, and keeps its hash.
func (o *Office) token(ctx context.Context, address string, confirm bool, kept time.Duration) (string, error) {
	token := rand.Text()
	return token, o.Books.AddMailToken(ctx, hashOf(token), address, confirm, o.Now().Add(kept))
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte("mail token " + token))
	return hex.EncodeToString(sum[:])
}
