package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parallax/internal/news"
)

// No error of these methods names an address: errors are logged.

const mailColumns = `address, choice, wanted, wanted_until, asked_at, asking, since, due, tries, refused`

func scanMail(rows *sql.Rows) (*news.MailSubscriber, error) {
	m := new(news.MailSubscriber)
	var choice, wanted string
	var asking int
	err := rows.Scan(textInto{&m.Address}, textInto{&choice}, textInto{&wanted}, timeInto{&m.WantedUntil}, timeInto{&m.Asked},
		&asking, timeInto{&m.Since}, timeInto{&m.Due}, &m.Tries, &m.Refused)
	m.Asking = asking == 1
	return m, errors.Join(err, choiceInto(choice, &m.Choice), choiceInto(wanted, &m.Wanted))
}

func choiceInto(text string, c **news.MailChoice) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), c)
}

func choiceText(c *news.MailChoice) string {
	if c == nil {
		return ""
	}
	return js(c)
}

// AskMail enters that somebody who may or may not read the mail at address wants the digest: the
// address is to be asked whether that is so. An address that was asked a short while ago is not asked again, and
// what it was asked then stays; one that reaches the same mailbox by another tag likewise. What it confirmed before stays until it confirms the new. Too many
// addresses, or too many that were asked of late, are news.ErrTooMany, for every address alike.
func (d *DB) AskMail(ctx context.Context, address string, c news.MailChoice, limits news.MailLimits, now time.Time) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		var all, asked, lately int
		rows, err := t.query(ctx, `SELECT count(*), coalesce(sum(CASE WHEN asked_at > $1 THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN mailbox = $2 AND asked_at > $3 THEN 1 ELSE 0 END), 0) FROM mail_subscribers`,
			ms(now.Add(-limits.AsksIn)), mailbox(address), ms(now.Add(-limits.AskAgain)))
		if _, err := one(rows, err, &all, &asked, &lately); err != nil {
			return err
		}
		switch {
		case all >= limits.All || asked >= limits.Asks:
			return fmt.Errorf("%w addresses", news.ErrTooMany)
		case lately > 0:
			return nil
		}
		_, err = t.exec(ctx, `INSERT INTO mail_subscribers (address, mailbox, wanted, wanted_until, asked_at, asking, due)
			VALUES ($1, $2, $3, $4, $5, 1, $5)
			ON CONFLICT (address) DO UPDATE SET wanted = excluded.wanted, wanted_until = excluded.wanted_until,
				asked_at = excluded.asked_at, asking = 1, tries = 0,
				due = CASE WHEN mail_subscribers.due > 0 AND mail_subscribers.due < excluded.due THEN mail_subscribers.due ELSE excluded.due END`,
			address, mailbox(address), js(c), ms(now.Add(limits.Confirm)), ms(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("enter an address: %w", err)
	}
	return nil
}

// mailbox is the address that an address with a tag reaches: "ann@…" of "ann+news@…".
func mailbox(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	local, _, _ := strings.Cut(address[:at], "+")
	return local + address[at:]
}

// DueMail claims at most limit addresses to which something is to be sent at now, the longest overdue
// first: nobody else gets them until the lease is over or ChangeMail was called.
func (d *DB) DueMail(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]*news.MailSubscriber, error) {
	const which = `m.due > 0 AND m.due <= $1 AND m.lease_until <= $1`
	var due []*news.MailSubscriber
	var some int
	rows, err := d.query(ctx, `SELECT count(*) FROM (SELECT 1 FROM mail_subscribers m WHERE `+which+` LIMIT 1) one`, ms(now))
	if _, err = one(rows, err, &some); err == nil && some > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
					SELECT m.address FROM mail_subscribers m WHERE `+which+` ORDER BY m.due, m.address LIMIT $3`+d.dialect.skipLocked("m")+`)
				UPDATE mail_subscribers SET lease_until = $2 WHERE address IN (SELECT address FROM picked) RETURNING `+mailColumns,
				ms(now), ms(now.Add(lease)), limit)
			due, err = collect(rows, err, scanMail)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("claim due mail: %w", err)
	}
	return due, nil
}

// ChangeMail lets f change what is kept of an address, while nobody else does, and ends its claim. f may
// run again. Where f returns false, the address is forgotten. news.ErrNotFound: it is already.
func (d *DB) ChangeMail(ctx context.Context, address string, f func(m *news.MailSubscriber) bool) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT `+mailColumns+` FROM mail_subscribers WHERE address = $1`+t.d.dialect.forUpdate(), address)
		found, err := collect(rows, err, scanMail)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return news.ErrNotFound
		}
		m := found[0]
		if !f(m) {
			return t.forgetMail(ctx, address)
		}
		_, err = t.exec(ctx, `UPDATE mail_subscribers SET choice = $2, wanted = $3, wanted_until = $4, asked_at = $5, asking = $6,
			since = $7, due = $8, tries = $9, refused = $10, lease_until = 0 WHERE address = $1`,
			address, choiceText(m.Choice), choiceText(m.Wanted), ms(m.WantedUntil), ms(m.Asked), flag(m.Asking), ms(m.Since), ms(m.Due), m.Tries, m.Refused)
		return err
	})
	if err != nil {
		return fmt.Errorf("change an address: %w", err)
	}
	return nil
}

func (t *tx) forgetMail(ctx context.Context, address string) error {
	if _, err := t.exec(ctx, `DELETE FROM mail_tokens WHERE address = $1`, address); err != nil {
		return err
	}
	n, err := t.exec(ctx, `DELETE FROM mail_subscribers WHERE address = $1`, address)
	if err == nil && n == 0 {
		err = news.ErrNotFound
	}
	return err
}

// ForgetMail deletes all that is kept of an address; news.ErrNotFound where nothing is.
func (d *DB) ForgetMail(ctx context.Context, address string) error {
	if err := d.keepBooks(ctx, func(t *tx) error { return t.forgetMail(ctx, address) }); err != nil {
		return fmt.Errorf("forget an address: %w", err)
	}
	return nil
}

// AddMailToken keeps the hash of what a link in a mail to address holds; news.ErrNotFound where the address
// was forgotten meanwhile.
func (d *DB) AddMailToken(ctx context.Context, hash, address string, confirm bool, until time.Time) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO mail_tokens (hash, address, confirm, until)
			SELECT $1, address, $3, $4 FROM mail_subscribers WHERE address = $2`, hash, address, flag(confirm), ms(until))
		if err == nil && n == 0 {
			err = news.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a link: %w", err)
	}
	return nil
}

// MailOfToken returns whose token it is; news.ErrNotFound where there is none of this hash that holds at now.
func (d *DB) MailOfToken(ctx context.Context, hash string, confirm bool, now time.Time) (*news.MailSubscriber, error) {
	rows, err := d.query(ctx, `SELECT `+mailColumns+` FROM mail_subscribers
		WHERE address = (SELECT address FROM mail_tokens WHERE hash = $1 AND confirm = $2 AND until > $3)`, hash, flag(confirm), ms(now))
	found, err := collect(rows, err, scanMail)
	if err == nil && len(found) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find an address by a link: %w", err)
	}
	return found[0], nil
}

// PurgeMail deletes what was not confirmed in time, and links that have ended. It returns how many
// addresses were forgotten.
func (d *DB) PurgeMail(ctx context.Context, now time.Time) (n int, err error) {
	var some int
	rows, err := d.query(ctx, `SELECT (SELECT count(*) FROM mail_tokens WHERE until <= $1)
		+ (SELECT count(*) FROM mail_subscribers WHERE wanted <> '' AND wanted_until <= $1)`, ms(now))
	if _, err = one(rows, err, &some); err == nil && some > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			const over = `choice = '' AND wanted_until <= $1`
			if _, err := t.exec(ctx, `DELETE FROM mail_tokens WHERE until <= $1
				OR address IN (SELECT address FROM mail_subscribers WHERE `+over+`)`, ms(now)); err != nil {
				return err
			}
			deleted, err := t.exec(ctx, `DELETE FROM mail_subscribers WHERE `+over, ms(now))
			if err != nil {
				return err
			}
			n = int(deleted)
			_, err = t.exec(ctx, `UPDATE mail_subscribers SET wanted = '', wanted_until = 0, asking = 0 WHERE wanted <> '' AND wanted_until <= $1`, ms(now))
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("forget what was not confirmed: %w", err)
	}
	return n, nil
}

// CountMail counts the addresses.
func (d *DB) CountMail(ctx context.Context) (n news.MailCounts, err error) {
	rows, err := d.query(ctx, `SELECT coalesce(sum(CASE WHEN choice <> '' THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN choice = '' THEN 1 ELSE 0 END), 0) FROM mail_subscribers`)
	if _, err = one(rows, err, &n.Confirmed, &n.Waiting); err != nil {
		return n, fmt.Errorf("count addresses: %w", err)
	}
	return n, nil
}
