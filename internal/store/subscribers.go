package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"parallax/internal/news"
)

const subscriberColumns = `body, until, sent, news_at, not_before, tries`

// scanSubscriber reads a body and what stands beside it, which may be newer.
func scanSubscriber(rows *sql.Rows) (*news.Subscriber, error) { return scanSubscriberWith(rows) }

func scanDueSubscriber(rows *sql.Rows) (*news.Subscriber, error) {
	var latest sql.NullString
	s, err := scanSubscriberWith(rows, &latest)
	s.Latest = latest.String
	return s, err
}

func scanSubscriberWith(rows *sql.Rows, more ...any) (*news.Subscriber, error) {
	s := new(news.Subscriber)
	var until, newsAt, notBefore int64
	err := rows.Scan(append([]any{jsonInto{s}, &until, &s.Sent, &newsAt, &notBefore, &s.Tries}, more...)...)
	s.Until, s.News, s.NotBefore = timeOf(until), timeOf(newsAt), timeOf(notBefore)
	return s, err
}

// AskSubscriber enters what a subscriber asks for, by s.Path, Callback, Host and Ask: its
// callback is asked about it next. What it asked before and has not confirmed is forgotten; a
// lease that runs is left alone. To leave where there is nothing to leave is news.ErrNotFound,
// one too many news.ErrTooMany.
func (d *DB) AskSubscriber(ctx context.Context, s *news.Subscriber, limits news.SubscriberLimits, now time.Time) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		id := news.ID("subscriber", s.Path, s.Callback)
		there, err := t.subscriber(ctx, id)
		if err != nil {
			return err
		}
		if there == nil && s.Ask.Mode != "subscribe" {
			return news.ErrNotFound
		}
		if err := t.roomForSubscriber(ctx, id, s, there == nil, limits, now); err != nil {
			return err
		}
		if there == nil {
			there = &news.Subscriber{ID: id, Path: s.Path, Callback: s.Callback, Host: s.Host}
		}
		there.Ask = s.Ask
		// Whoever is asking the callback at the moment ends that first: however often something
		// is asked for, a callback gets one call at a time.
		return t.writeSubscriber(ctx, there, true)
	})
	if err != nil {
		return fmt.Errorf("enter what %s asks for: %w", s.Host, err)
	}
	return nil
}

// roomForSubscriber returns a news.ErrTooMany where a limit is reached.
func (t *tx) roomForSubscriber(ctx context.Context, id string, s *news.Subscriber, isNew bool, limits news.SubscriberLimits, now time.Time) error {
	var all, asks, ofHost, asksOfHost, liveOfHost, topics, searches, known int
	rows, err := t.query(ctx, `SELECT (SELECT count(*) FROM subscribers),
		(SELECT count(*) FROM subscribers WHERE asking <> '' AND id <> $4),
		(SELECT count(*) FROM subscribers WHERE host = $1),
		(SELECT count(*) FROM subscribers WHERE host = $1 AND asking <> '' AND id <> $4),
		(SELECT count(*) FROM subscribers WHERE host = $1 AND until > $2),
		(SELECT count(*) FROM topics), (SELECT count(*) FROM topics WHERE path LIKE '/search%'),
		(SELECT count(*) FROM topics WHERE path = $3)`, s.Host, ms(now), s.Path, id)
	if _, err := one(rows, err, &all, &asks, &ofHost, &asksOfHost, &liveOfHost, &topics, &searches, &known); err != nil {
		return err
	}
	mostAsks := limits.AsksOfStranger
	if liveOfHost > 0 {
		mostAsks = limits.AsksOfHost
	}
	for _, l := range []struct {
		full bool
		what string
	}{
		{asks >= limits.Asks, "requests that wait for an answer"},
		{asksOfHost >= mostAsks, "requests that this callback's host has not answered"},
		{isNew && all >= limits.All, "subscriptions"},
		{isNew && ofHost >= limits.OfHost, "subscriptions of this callback's host"},
		{known == 0 && topics >= limits.Topics, "feeds that somebody subscribes to"},
		{known == 0 && strings.HasPrefix(s.Path, "/search") && searches >= limits.Searches, "searches that somebody subscribes to"},
	} {
		if l.full {
			return fmt.Errorf("%w %s", news.ErrTooMany, l.what)
		}
	}
	return nil
}

// DueSubscribers claims at most limit subscribers about which something is to be done at now,
// the longest overdue first, none at the hosts in busy: nobody else gets them until the lease
// is over, or ChangeSubscriber was called. Where calm is set, none that failed last time.
func (d *DB) DueSubscribers(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string, calm bool) ([]*news.Subscriber, error) {
	var due []*news.Subscriber
	which := ""
	if calm {
		which = ` AND p.tries = 0`
	}
	// Most times there is none, and whoever only looks keeps no writer waiting.
	rows, err := d.query(ctx, `SELECT count(*) FROM (SELECT 1 FROM subscribers p WHERE p.due <= $1 AND p.lease_until <= $1`+which+` LIMIT 1) one`, ms(now))
	var some int
	if _, err = one(rows, err, &some); err == nil && some > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
					SELECT p.id FROM subscribers p WHERE p.due <= $1 AND p.lease_until <= $1
						AND NOT (`+d.dialect.in("p.host", "$4")+`)`+which+`
					ORDER BY p.due, p.id LIMIT $3`+d.dialect.skipLocked("p")+`)
				UPDATE subscribers SET lease_until = $2 WHERE id IN (SELECT id FROM picked) RETURNING `+subscriberColumns+`,
					(SELECT t.hash FROM topics t WHERE t.path = subscribers.path)`,
				ms(now), ms(now.Add(lease)), limit, d.dialect.list(busy))
			due, err = collect(rows, err, scanDueSubscriber)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("claim due subscribers: %w", err)
	}
	return due, nil
}

// ChangeSubscriber lets f change a subscriber, while nobody else does, and ends its claim; hash
// is that of the content that its feed has. f may run again. If there is none, that is
// news.ErrNotFound.
func (d *DB) ChangeSubscriber(ctx context.Context, id string, f func(s *news.Subscriber, hash string)) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		s, err := t.subscriber(ctx, id)
		if err != nil {
			return err
		}
		if s == nil {
			return news.ErrNotFound
		}
		hash := ""
		rows, err := t.query(ctx, `SELECT hash FROM topics WHERE path = $1`, s.Path)
		if _, err := one(rows, err, &hash); err != nil {
			return err
		}
		f(s, hash)
		return t.saveSubscriber(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("change subscriber %s: %w", id, err)
	}
	return nil
}

// subscriber returns one, nil if there is none. Others wait until the transaction ends.
func (t *tx) subscriber(ctx context.Context, id string) (*news.Subscriber, error) {
	rows, err := t.query(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE id = $1`+t.d.dialect.forUpdate(), id)
	found, err := collect(rows, err, scanSubscriber)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// saveSubscriber keeps one, with its topic, which leaves with the last.
func (t *tx) saveSubscriber(ctx context.Context, s *news.Subscriber) error {
	return t.writeSubscriber(ctx, s, false)
}

func (t *tx) writeSubscriber(ctx context.Context, s *news.Subscriber, claimed bool) error {
	if s.Gone {
		if _, err := t.exec(ctx, `DELETE FROM subscribers WHERE id = $1`, s.ID); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM topics WHERE path = $1 AND NOT EXISTS (SELECT 1 FROM subscribers WHERE path = $1)`, s.Path)
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO topics (path, hash, edition, due) VALUES ($1, $2, '', 0) ON CONFLICT (path) DO NOTHING`,
		s.Path, s.Ask.Sent); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO subscribers (id, path, host, body, until, asking, tries, sent, news_at, not_before, due)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, until = excluded.until, asking = excluded.asking, tries = excluded.tries,
			sent = excluded.sent, news_at = excluded.news_at, not_before = excluded.not_before, due = excluded.due,
			lease_until = CASE WHEN $12 = 1 THEN subscribers.lease_until ELSE 0 END`,
		s.ID, s.Path, s.Host, js(s), ms(s.Until), s.Ask.Mode, s.Tries, s.Sent, ms(s.News), ms(s.NotBefore), ms(s.Due()), flag(claimed))
	return err
}

// subscribed is true of a topic p that somebody confirmed to want.
const subscribed = `EXISTS (SELECT 1 FROM subscribers s WHERE s.path = p.path AND s.until > 0)`

// DueTopics claims at most limit feeds whose subscribers may have to be told something: the
// store has another edition since they were looked at, or they were looked at before again.
// What was only asked for, by whom did not confirm it, makes no work.
func (d *DB) DueTopics(ctx context.Context, edition string, now, again time.Time, lease time.Duration, limit int) ([]*news.Topic, error) {
	var due []*news.Topic
	const which = `p.due <= $1 AND p.lease_until <= $1 AND (p.edition <> $2 OR p.due <= $3) AND ` + subscribed
	rows, err := d.query(ctx, `SELECT count(*) FROM (SELECT 1 FROM topics p WHERE `+which+` LIMIT 1) one`, ms(now), edition, ms(again))
	var some int
	if _, err = one(rows, err, &some); err == nil && some > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
					SELECT p.path FROM topics p WHERE `+which+` ORDER BY p.due, p.path LIMIT $5`+d.dialect.skipLocked("p")+`)
				UPDATE topics SET lease_until = $4 WHERE path IN (SELECT path FROM picked) RETURNING path, hash, edition`,
				ms(now), edition, ms(again), ms(now.Add(lease)), limit)
			due, err = collect(rows, err, func(rows *sql.Rows) (*news.Topic, error) {
				p := new(news.Topic)
				return p, rows.Scan(&p.Path, &p.Hash, &p.Edition)
			})
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("claim feeds with subscribers: %w", err)
	}
	return due, nil
}

// NextTopic is when the next feed will be due of those that were not looked at in this edition;
// zero where there is none.
func (d *DB) NextTopic(ctx context.Context, edition string) (time.Time, error) {
	var next int64
	rows, err := d.query(ctx, `SELECT coalesce(min(p.due), 0) FROM topics p WHERE p.edition <> $1 AND `+subscribed, edition)
	if _, err := one(rows, err, &next); err != nil {
		return time.Time{}, fmt.Errorf("read which feed is next: %w", err)
	}
	return timeOf(next), nil
}

// SaveTopic keeps what a feed held in an edition, and ends its claim; it is not looked at again
// before due. If it holds something else than last time, the subscribers who have not got that
// are due from now on, and waiting says how many these are. An empty Hash says nothing of the content.
func (d *DB) SaveTopic(ctx context.Context, p *news.Topic, now, due time.Time) (waiting int64, err error) {
	err = d.keepBooks(ctx, func(t *tx) error {
		waiting = 0
		before := ""
		rows, err := t.query(ctx, `SELECT hash FROM topics WHERE path = $1`+t.d.dialect.forUpdate(), p.Path)
		there, err := one(rows, err, &before)
		if err != nil || !there {
			return err
		}
		hash := p.Hash
		if hash == "" {
			hash = before
		}
		if _, err := t.exec(ctx, `UPDATE topics SET hash = $2, edition = $3, due = $4, lease_until = 0 WHERE path = $1`,
			p.Path, hash, p.Edition, ms(due)); err != nil || hash == before {
			return err
		}
		waiting, err = t.exec(ctx, `UPDATE subscribers SET news_at = CASE WHEN news_at > 0 THEN news_at ELSE $3 END,
				due = CASE WHEN due <= $3 THEN due WHEN not_before <= $3 THEN $3 WHEN not_before < due THEN not_before ELSE due END
			WHERE path = $1 AND until > $3 AND sent <> $2`, p.Path, hash, ms(now))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("save what is new in %s: %w", p.Path, err)
	}
	return waiting, nil
}

// DenySubscribers ends what there is with those of a feed, who are told why.
func (d *DB) DenySubscribers(ctx context.Context, path, reason string, now time.Time) error {
	rows, err := d.query(ctx, `SELECT id FROM subscribers WHERE path = $1 AND asking <> 'denied'`, path)
	ids, err := collect(rows, err, scanString)
	if err == nil {
		err = d.keepBooks(ctx, func(t *tx) error {
			for _, id := range ids {
				s, err := t.subscriber(ctx, id)
				if err != nil {
					return err
				}
				if s == nil {
					continue // it left meanwhile
				}
				if s.Ask.Topic == "" {
					s.Ask.Topic = s.Topic
				}
				s.Until, s.News = time.Time{}, time.Time{}
				s.Ask = news.SubscriberAsk{Mode: "denied", Topic: s.Ask.Topic, Reason: reason, At: now, Due: now}
				if err := t.saveSubscriber(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("deny the subscribers of %s: %w", path, err)
	}
	return nil
}

// Subscribers says how many there are at now.
func (d *DB) Subscribers(ctx context.Context, now time.Time) (c news.SubscriberCounts, err error) {
	rows, err := d.query(ctx, `SELECT (SELECT count(*) FROM subscribers WHERE until > $1),
		(SELECT count(*) FROM subscribers WHERE asking <> ''),
		(SELECT count(*) FROM subscribers WHERE until > $1 AND tries > 0), (SELECT count(*) FROM topics)`, ms(now))
	if _, err := one(rows, err, &c.Live, &c.Asking, &c.Failing, &c.Topics); err != nil {
		return c, fmt.Errorf("count subscribers: %w", err)
	}
	return c, nil
}
