package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parallax/internal/news"
)

// Name returns "digest".
func (*Office) Name() string { return "digest" }

// Run sends what is due, then returns. An address is claimed before anything is sent to it, and what was
// sent is recorded after: when the program dies in between, the claim ends by itself and the
// message is sent again, with the same Message-ID, by which mailboxes know it.
func (o *Office) Run(ctx context.Context) error {
	if n, err := o.Books.PurgeMail(ctx, o.Now()); err != nil {
		return err
	} else if n > 0 {
		o.Logger.InfoContext(ctx, "addresses forgotten that were not confirmed", "addresses", n)
	}
	r := &round{Office: o, until: o.Now(), composed: map[edition]composed{}}
	defer r.hangUp()
	for {
		due, err := o.Books.DueMail(ctx, o.Now(), lease, batch)
		if err != nil || len(due) == 0 {
			return err
		}
		for i, m := range due {
			err := r.serve(ctx, m)
			if err == nil {
				continue
			}
			// What was claimed and not looked at is for whoever comes next, without waiting for the lease.
			free := context.WithoutCancel(ctx)
			for _, left := range due[i:] {
				err = errors.Join(err, ignoreGone(o.Books.ChangeMail(free, left.Address, func(m *news.MailSubscriber) bool {
					if ctx.Err() == nil && !m.Due.IsZero() {
						m.Due = o.Now().Add(firstRetry)
					}
					return true
				})))
			}
			return err
		}
	}
}

// A round is one run: one connection, and each digest composed once for all who chose the same, as
// long as the hub holds the same.
type round struct {
	*Office
	until    time.Time // what comes later is for the next digest
	line     Connection
	sent     int
	composed map[edition]composed
}

// An edition is what makes one digest another than another.
type edition struct {
	news.MailChoice
	since time.Time
}

// serve sends what is due to one address, and records that. It returns an error where the next address
// would not fare better.
func (r *round) serve(ctx context.Context, m *news.MailSubscriber) error {
	switch {
	case m.Asking && m.Wanted != nil && m.WantedUntil.After(r.Now()):
		token, err := r.token(ctx, m.Address, true, m.WantedUntil.Sub(r.Now()))
		if err != nil {
			return ignoreGone(err)
		}
		return r.post(ctx, m, "confirmation", r.confirmation(m, token))
	case m.Choice != nil && !r.next(m.Since, m.Choice.Weekly).After(r.Now()):
		d, err := r.compose(ctx, edition{*m.Choice, m.Since})
		if err != nil {
			return err
		}
		if len(d.Stories) == 0 {
			return r.record(ctx, m, sent)
		}
		token, err := r.token(ctx, m.Address, false, tokenKept)
		if err != nil {
			return ignoreGone(err)
		}
		return r.post(ctx, m, "digest", r.message(d, m, token))
	default: // what was wanted has ended, or was confirmed
		return r.record(ctx, m, nothing)
	}
}

// The ends of an attempt.
const (
	sent    = "sent"
	later   = "later"
	refused = "refused"
	nothing = "" // there was nothing to send
)

func (r *round) post(ctx context.Context, m *news.MailSubscriber, kind string, msg *Message) error {
	if r.sent > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.Pace):
		}
	}
	if r.line == nil {
		line, err := r.Sender.Dial(ctx)
		if err != nil {
			return fmt.Errorf("reach the mail server: %w", err)
		}
		r.line = line
	}
	r.sent++
	err := r.line.Send(ctx, msg)
	result := sent
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		result = later
		if f, ok := errors.AsType[*SendError](err); ok && f.NoSuchMailbox() {
			result = refused
		} else if !ok || f.Code == 0 {
			r.hangUp() // whatever comes next needs another connection
		}
		if result == later && m.Tries+1 >= maxTries {
			result = nothing
		}
		r.Logger.WarnContext(ctx, "mail not delivered", "kind", kind, "error", err, "tries", m.Tries+1)
	}
	if result == nothing {
		r.Count(kind, "given up")
	} else {
		r.Count(kind, result)
	}
	// It has gone out: nothing that ends now shall make it go out again.
	return r.record(context.WithoutCancel(ctx), m, result)
}

// record keeps what became of what was due to m.
func (r *round) record(ctx context.Context, m *news.MailSubscriber, result string) error {
	now := r.Now()
	return ignoreGone(r.Books.ChangeMail(ctx, m.Address, func(is *news.MailSubscriber) bool {
		digest := !m.Asking && m.Choice != nil
		switch result {
		case later:
			is.Tries++
			is.Due = now.Add(min(firstRetry<<(is.Tries-1), lastRetry))
			return true
		case refused:
			is.Refused++
			if digest && is.Refused >= maxRefused {
				return false
			}
		case sent:
			is.Refused = 0
		}
		is.Tries = 0
		// Meanwhile it may have been asked for again: then that is due.
		if m.Asking && is.Asked.Equal(m.Asked) {
			is.Asking = false
		}
		if digest && is.Choice != nil && is.Since.Equal(m.Since) && (result == sent || result == nothing && r.ended(m)) {
			is.Since = r.until
		}
		switch {
		case is.Asking:
			is.Due = now
		case is.Choice == nil:
			is.Due = time.Time{}
		default:
			is.Due = r.next(is.Since, is.Choice.Weekly)
			if result == refused && digest { // with what is new until then
				is.Due = r.next(now, is.Choice.Weekly)
			}
		}
		return true
	}))
}

// ended reports whether a digest was due to m, which is given up then.
func (r *round) ended(m *news.MailSubscriber) bool {
	return !r.next(m.Since, m.Choice.Weekly).After(r.Now())
}

func (r *round) hangUp() {
	if r.line == nil {
		return
	}
	if err := r.line.Close(); err != nil {
		r.Logger.Debug("mail server left without goodbye", "error", err)
	}
	r.line = nil
}

// ignoreGone is nil where the address was forgotten meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	return err
}
