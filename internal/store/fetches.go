package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

// evidenceKept is how many attempts on a feed are remembered: two days of polls every
// hour, enough to see when a blocking began and whether it comes and goes.
const evidenceKept = 50

// readGap is the longest time between two good reads of a feed that is no gap: by default
// a feed is tried at least once a day. What was said and gone within a longer one the
// hub cannot have seen.
const readGap = 24 * time.Hour

// DueFeeds claims at most limit feeds that are due, the longest overdue first: nobody
// else gets them until the lease is over or SaveFetch was called. Feeds of sources that
// are not carried at now are not polled. Of the hosts in busy (news.Host) none is
// claimed: who has enough of one host in hand leaves room for others, so that none
// starves behind a host with many feeds.
func (d *DB) DueFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Feed, error) {
	return d.claimFeeds(ctx, now, lease, limit, busy, "")
}

// RequestedFeeds is DueFeeds for those alone that were asked for by Refresh.
func (d *DB) RequestedFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Feed, error) {
	return d.claimFeeds(ctx, now, lease, limit, busy, " AND f.requested_at > 0")
}

func (d *DB) claimFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string, which string) ([]*news.Feed, error) {
	var feeds []*news.Feed
	err := d.change(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
				SELECT f.id FROM feeds f JOIN sources c ON c.id = f.source_id
				WHERE f.retired_at = 0 AND f.due <= $1 AND f.lease_until <= $1 AND c.retired_at = 0 AND `+sourceCarried("$1")+`
					AND NOT (`+d.dialect.in("f.host", "$4")+`)`+which+`
				ORDER BY f.due, f.id LIMIT $3`+d.dialect.skipLocked("f")+`)
			UPDATE feeds SET lease_until = $2 WHERE id IN (SELECT id FROM picked) RETURNING `+feedColumns,
			ms(now), ms(now.Add(lease)), limit, d.dialect.list(busy))
		if feeds, err = collect(rows, err, scanFeed); err != nil {
			return err
		}
		return withPush(ctx, t.query, d.dialect, feeds)
	})
	if err != nil {
		return nil, fmt.Errorf("claim due feeds: %w", err)
	}
	slices.SortFunc(feeds, func(a, b *news.Feed) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID)) })
	return feeds, nil
}

// SaveFetch keeps what one poll brought: the feed's new state, whose lease ends, what
// happened on the way, and the items. New ones are inserted, of changed ones the
// version so far is kept as a revision and they are extracted again, of others only
// the time they were last seen changes. What a copy says revises what is known only where
// news.Via allows it; what the outlet itself says of an item that came from a copy confirms
// the copy or tells that it differed. Purged ones are not imported again, and neither
// is anything of a source that is not carried any more when the fetch was made. What a hub
// pushed is kept likewise, but says nothing of the feed's state.
func (d *DB) SaveFetch(ctx context.Context, f *news.Fetch) (news.Saved, error) {
	var saved news.Saved
	err := d.change(ctx, func(t *tx) (err error) {
		saved, err = t.saveFetch(ctx, f)
		return err
	})
	if err != nil {
		return news.Saved{}, err
	}
	return saved, nil
}

// SaveFetches keeps what several polls brought, as SaveFetch does each, in one
// transaction: a commit costs as much as many rows. If it fails, each is saved by itself,
// so that one which cannot be kept takes no other with it. The errors are in the order of
// the fetches.
func (d *DB) SaveFetches(ctx context.Context, fetches []*news.Fetch) ([]news.Saved, []error) {
	saved, errs := make([]news.Saved, len(fetches)), make([]error, len(fetches))
	if len(fetches) > 1 {
		err := d.change(ctx, func(t *tx) (err error) {
			for i, f := range fetches {
				if saved[i], err = t.saveFetch(ctx, f); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			return saved, errs
		}
	}
	for i, f := range fetches {
		saved[i], errs[i] = d.SaveFetch(ctx, f)
	}
	return saved, errs
}

func (t *tx) saveFetch(ctx context.Context, f *news.Fetch) (saved news.Saved, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save fetch of %s: %w", news.PublicURL(f.Feed.URL), err)
		}
	}()
	var isCarried bool
	if f.Pushed {
		isCarried, err = t.savePush(ctx, f)
	} else {
		isCarried, err = t.savePoll(ctx, f)
	}
	if err != nil || !isCarried {
		return saved, err
	}
	if len(f.Items) > 0 {
		if saved, err = t.saveItems(ctx, f); err != nil {
			return saved, err
		}
	}
	if f.Discovery != nil {
		if err := t.discovered(ctx, f); err != nil {
			return saved, err
		}
	}
	return saved, t.judgePush(ctx, f, saved)
}

// savePoll keeps what a poll says of the feed and of the way to it.
func (t *tx) savePoll(ctx context.Context, f *news.Fetch) (isCarried bool, err error) {
	n, isCarried, err := t.saveFeed(ctx, f)
	if err != nil {
		return isCarried, err
	}
	if err := t.saveEvidence(ctx, f, n); err != nil {
		return isCarried, err
	}
	return isCarried, t.saveReach(ctx, f)
}

// saveFeed returns how many attempts were recorded before those of f. Its update comes
// first in the transaction: on PostgreSQL the row's lock puts two saves of one feed
// into order.
func (t *tx) saveFeed(ctx context.Context, f *news.Fetch) (n int64, isCarried bool, err error) {
	s := f.Feed
	rows, err := t.query(ctx, `UPDATE feeds SET title = $2, etag = $3, last_modified = $4, body_hash = $5, moved_to = $6,
			due = $7, last_try = $8, last_good = $9, last_new = $10, failures = $11, status = $12, last_error = $13,
			problems = $14, reach = $15, reach_since = $16, route = $17, lease_until = 0, requested_at = 0, evidence_n = evidence_n + $18,
			entries = CASE WHEN EXISTS (SELECT 1 FROM sources c WHERE c.id = feeds.source_id AND `+sourceCarried("$19")+`) THEN $21 ELSE '' END,
			validated_url = $22, caching = $23, moving_to = $24, moving_since = $25, moving_seen = $26,
			blocking = $27, control = $28, probed = $29, due_why = $30, rhythm = $31, asks = $32, copied = $33, icon = $34, shared_guids = $35,
			read_since = CASE WHEN $9 > last_good AND (last_good = 0 OR $9 - last_good > $20) THEN $9 ELSE read_since END
		WHERE id = $1 RETURNING evidence_n - $18,
			EXISTS (SELECT 1 FROM sources c WHERE c.id = feeds.source_id AND `+sourceCarried("$19")+`)`,
		s.ID, s.Title, s.ETag, s.LastModified, s.BodyHash, s.MovedTo,
		ms(s.Due), ms(s.LastTry), ms(s.LastGood), ms(s.LastNew), s.Failures, s.Status, s.LastError,
		js(s.Problems), string(s.Reach), ms(s.ReachSince), s.Route, int64(len(f.Evidence)), ms(f.At),
		readGap.Milliseconds(), s.Entries, s.ValidatedURL, s.Caching, s.MovingTo, ms(s.MovingSince), s.MovingSeen,
		s.Blocking, s.Control, ms(s.Probed), s.DueWhy, s.Rhythm, js(s.Asks), ms(s.Copied), s.Icon, s.SharedGUIDs)
	found, err := one(rows, err, &n, &isCarried)
	if err == nil && !found {
		err = news.ErrNotFound
	}
	return n, isCarried, err
}

func (t *tx) saveEvidence(ctx context.Context, f *news.Fetch, n int64) error {
	for i, e := range f.Evidence {
		n := n + int64(i)
		if _, err := t.exec(ctx, `INSERT INTO evidence (feed_id, slot, n, at, route, url, failure, status, reach, note, took, bytes, operation)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			ON CONFLICT (feed_id, slot) DO UPDATE SET n = excluded.n, at = excluded.at, route = excluded.route,
				url = excluded.url, failure = excluded.failure, status = excluded.status, reach = excluded.reach,
				note = excluded.note, took = excluded.took, bytes = excluded.bytes, operation = excluded.operation`,
			f.Feed.ID, n%evidenceKept, n, ms(e.At), e.Route, e.URL, e.Failure, e.Status, string(e.Reach), e.Note,
			int64(e.Took), e.Bytes, e.Operation); err != nil {
			return err
		}
	}
	return nil
}

// Evidence returns the last attempts on a feed, the latest first.
func (d *DB) Evidence(ctx context.Context, feedID string, limit int) ([]news.Evidence, error) {
	rows, err := d.query(ctx, `SELECT feed_id, at, route, url, failure, status, reach, note, took, bytes, operation
		FROM evidence WHERE feed_id = $1 ORDER BY n DESC LIMIT $2`, feedID, limit)
	all, err := collect(rows, err, scanEvidence)
	if err != nil {
		return nil, fmt.Errorf("read the evidence of feed %s: %w", feedID, err)
	}
	return all, nil
}
