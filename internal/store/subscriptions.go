package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

func scanSubscription(rows *sql.Rows) (*news.Subscription, error) {
	s := new(news.Subscription)
	err := rows.Scan(jsonInto{s})
	return s, err
}

// tokenHash is what a token is looked up by: how long that takes says nothing about the
// token itself.
func tokenHash(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SubscriptionOf returns the subscription to whose address the token belongs.
func (d *DB) SubscriptionOf(ctx context.Context, token string) (*news.Subscription, error) {
	rows, err := d.query(ctx, `SELECT body FROM subscriptions WHERE token_hash = $1 AND token_hash <> ''`, tokenHash(token))
	found, err := collect(rows, err, scanSubscription)
	return only(found, err, "subscription", "of a token")
}

// DueSubscriptions claims at most limit subscriptions about which something is to be done
// at now, the longest overdue first: nobody else gets them until the lease is over, or
// ChangeSubscription was called.
func (d *DB) DueSubscriptions(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]*news.Subscription, error) {
	var due []*news.Subscription
	err := d.keepBooks(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
				SELECT p.feed_id FROM subscriptions p WHERE p.due <= $1 AND p.lease_until <= $1
				ORDER BY p.due, p.feed_id LIMIT $3`+d.dialect.skipLocked("p")+`)
			UPDATE subscriptions SET lease_until = $2 WHERE feed_id IN (SELECT feed_id FROM picked) RETURNING body`,
			ms(now), ms(now.Add(lease)), limit)
		due, err = collect(rows, err, scanSubscription)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim due subscriptions: %w", err)
	}
	slices.SortFunc(due, func(a, b *news.Subscription) int { return a.Due.Compare(b.Due) })
	return due, nil
}

// ChangeSubscription lets f change the subscription of a feed, while nobody else does, and
// ends its lease. f may run again. If there is none, that is news.ErrNotFound.
func (d *DB) ChangeSubscription(ctx context.Context, feedID string, f func(*news.Subscription)) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		s, err := t.subscription(ctx, feedID)
		if err != nil {
			return err
		}
		if s == nil {
			return news.ErrNotFound
		}
		f(s)
		return t.saveSubscription(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("change the subscription of feed %s: %w", feedID, err)
	}
	return nil
}

// subscription returns that of a feed, nil if it has none. Others wait until the
// transaction ends.
func (t *tx) subscription(ctx context.Context, feedID string) (*news.Subscription, error) {
	rows, err := t.query(ctx, `SELECT body FROM subscriptions WHERE feed_id = $1`+t.d.dialect.forUpdate(), feedID)
	found, err := collect(rows, err, scanSubscription)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (t *tx) saveSubscription(ctx context.Context, s *news.Subscription) error {
	if s.State == news.SubscriptionEnded {
		_, err := t.exec(ctx, `DELETE FROM subscriptions WHERE feed_id = $1`, s.FeedID)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO subscriptions (feed_id, body, state, token_hash, due) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (feed_id) DO UPDATE SET body = excluded.body, state = excluded.state, token_hash = excluded.token_hash,
			due = excluded.due, lease_until = 0`,
		s.FeedID, js(s), string(s.State), tokenHash(s.Token), ms(s.Due))
	return err
}

// discovered enters which hubs a document names. A subscription at one of them that is
// known by the same topic goes on.
func (t *tx) discovered(ctx context.Context, f *news.Fetch) error {
	s, err := t.subscription(ctx, f.Feed.ID)
	if err != nil {
		return err
	}
	found := f.Discovery
	switch {
	case len(found.Hubs) == 0 && s == nil:
		return nil
	case len(found.Hubs) == 0:
		s.State, s.Asking, s.Trusted, s.Due, s.Tries = news.SubscriptionLeaving, "", false, f.At, 0
	case s != nil && s.State != news.SubscriptionLeaving && s.Topic == found.Topic && slices.Contains(found.Hubs, s.Hub):
		s.Hubs = found.Hubs
	default:
		s = &news.Subscription{FeedID: f.Feed.ID, Hubs: found.Hubs, Topic: found.Topic, State: news.SubscriptionWanted, Due: f.At}
	}
	return t.saveSubscription(ctx, s)
}

// judgePush enters whether the hub brought something new, or left it to a poll to find. Then
// it may still call for a while, and is believed again: what it pushes within that time holds
// what the poll found. Meanwhile the feed is polled as any other; the first poll after that
// time costs the hub its trust.
func (t *tx) judgePush(ctx context.Context, f *news.Fetch, saved news.Saved) error {
	missed := f.Missed != nil && saved.New > 0
	if !f.Pushed && !missed && !f.Silent {
		return nil
	}
	s, err := t.subscription(ctx, f.Feed.ID)
	if err != nil || s == nil {
		return err
	}
	if f.Pushed {
		s.LastPush, s.Pushes = f.At, s.Pushes+1
		s.Trusted = s.Trusted || saved.New > 0
		if saved.New > 0 || f.At.Sub(s.Missing) < news.PushGrace {
			s.Missing = time.Time{}
		}
		return t.saveSubscription(ctx, s)
	}
	if s.Silent(f.At) {
		s.Trusted, s.Missing, s.Error = false, time.Time{}, "a poll found what the hub had not pushed"
		if s.Asking == "" {
			s.Due = f.At
		}
		return t.saveSubscription(ctx, s)
	}
	if !missed || !s.Trusts(f.At) || s.LastPush.After(f.At) {
		return nil // the hub has called meanwhile
	}
	s.Missing = f.At
	if err := t.saveSubscription(ctx, s); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE feeds SET due = $2, due_why = $3 WHERE id = $1`, f.Feed.ID, ms(f.Missed.At), f.Missed.Why)
	return err
}

// EndSubscriptions makes the subscriptions end of feeds that are retired, or whose sources
// are not carried any more. It returns how many these are. It is looked for them, among all,
// outside of a transaction, so that nobody who writes waits meanwhile.
func (d *DB) EndSubscriptions(ctx context.Context, now time.Time) (n int, err error) {
	unread := `SELECT p.feed_id FROM subscriptions p
		LEFT JOIN feeds f ON f.id = p.feed_id AND f.retired_at = 0
		LEFT JOIN sources c ON c.id = f.source_id AND c.retired_at = 0 AND ` + sourceCarried("$1") + `
		WHERE p.state <> $2 AND c.id IS NULL`
	args := []any{ms(now), string(news.SubscriptionLeaving)}
	rows, err := d.query(ctx, unread, args...)
	ids, err := collect(rows, err, scanString)
	if err == nil && len(ids) > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			rows, err := t.query(ctx, unread+` AND `+d.dialect.in("p.feed_id", "$3"), append(args, d.dialect.list(ids))...)
			ids, err := collect(rows, err, scanString) // without what came back meanwhile
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				s, err := t.subscription(ctx, id)
				if err != nil {
					return err
				}
				if s == nil {
					continue // another node was faster
				}
				s.State, s.Asking, s.Trusted, s.Due, s.Tries = news.SubscriptionLeaving, "", false, now, 0
				if err := t.saveSubscription(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return 0, fmt.Errorf("end subscriptions: %w", err)
	}
	return n, nil
}

// ForgetSubscriptions forgets all of them, for a hub that takes no pushes any more. What
// is pushed all the same is refused, and its leases end.
func (d *DB) ForgetSubscriptions(ctx context.Context) error {
	var some int
	rows, err := d.query(ctx, `SELECT count(*) FROM (SELECT 1 FROM subscriptions LIMIT 1) one`)
	if _, err = one(rows, err, &some); err == nil && some > 0 {
		err = d.keepBooks(ctx, func(t *tx) error {
			_, err := t.exec(ctx, `DELETE FROM subscriptions`)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("forget subscriptions: %w", err)
	}
	return nil
}

// hinted is why a feed is due after PollSoon, for people.
const hinted = "its hub says that there is something new"

// PollSoon makes a feed due at the time at because a hub said at now that it has something
// new, though not before its NotBefore. If it is being polled at the moment, the answer may be older than
// what the hub means: SaveFetch then makes it due again.
func (d *DB) PollSoon(ctx context.Context, feedID string, now, at time.Time) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE feeds SET hinted_at = $2,
				due_why = CASE WHEN due > $3 AND due > not_before THEN $4 ELSE due_why END,
				due = CASE WHEN due <= $3 OR due <= not_before THEN due WHEN not_before > $3 THEN not_before ELSE $3 END
			WHERE id = $1 AND (due > $3 AND due > not_before OR lease_until > $2)`, feedID, ms(now), ms(at), hinted)
		return err
	})
	if err != nil {
		return fmt.Errorf("make feed %s due: %w", feedID, err)
	}
	return nil
}

// withPush fills in the subscriptions of feeds, as t or d reads them.
func withPush(ctx context.Context, query func(context.Context, string, ...any) (*sql.Rows, error), di dialect, feeds []*news.Feed) error {
	if len(feeds) == 0 {
		return nil
	}
	ids := make([]string, len(feeds))
	for i, f := range feeds {
		ids[i] = f.ID
	}
	rows, err := query(ctx, `SELECT body FROM subscriptions WHERE `+di.in("feed_id", "$1"), di.list(ids))
	found, err := collect(rows, err, scanSubscription)
	if err != nil || len(found) == 0 {
		return err
	}
	of := make(map[string]*news.Subscription, len(found))
	for _, s := range found {
		of[s.FeedID] = s
	}
	for _, f := range feeds {
		f.Push = of[f.ID]
	}
	return nil
}
