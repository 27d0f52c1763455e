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
// are not carried at now are not polled. Of the hosts in busy (news.Feed.Host) none is
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
	err := d.keepBooks(ctx, func(t *tx) error {
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
//
// A poll may last longer than its lease, and then somebody else has claimed the feed, or
// has polled it since. What it saw is true all the same: its items are kept, except that
// they do not revise what was seen later, and its evidence. The feed's state stays as it is,
// and the other's lease runs on.
func (d *DB) SaveFetch(ctx context.Context, f *news.Fetch) (news.Saved, error) {
	var saved news.Saved
	err := d.change(ctx, func(t *tx) (err error) {
		saved, err = t.saveFetch(ctx, f)
		t.books = !news.Told(saved)
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
			t.books = !news.Told(saved...)
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
	var isCarried, isOurs bool
	if f.Pushed {
		_, isCarried, err = t.saveBeside(ctx, f)
	} else {
		isCarried, isOurs, err = t.savePoll(ctx, f)
	}
	if err != nil || !isCarried {
		return saved, err
	}
	if len(f.Items) > 0 {
		if saved, err = t.saveItems(ctx, f, !f.Pushed && !isOurs); err != nil {
			return saved, err
		}
	}
	if !isOurs && saved.Changed > 0 {
		if err := t.forgetDocument(ctx, f); err != nil {
			return saved, err
		}
	}
	if !f.Pushed && !isOurs {
		return saved, nil
	}
	if f.Discovery != nil {
		if err := t.discovered(ctx, f); err != nil {
			return saved, err
		}
	}
	return saved, t.judgePush(ctx, f, saved)
}

// savePoll keeps what a poll says of the feed and of the way to it; of the way alone if the
// feed is not ours any more.
func (t *tx) savePoll(ctx context.Context, f *news.Fetch) (isCarried, isOurs bool, err error) {
	n, isCarried, isOurs, err := t.saveFeed(ctx, f)
	if err == nil && !isOurs {
		n, isCarried, err = t.saveBeside(ctx, f)
	}
	if err == nil {
		err = t.saveEvidence(ctx, f, n)
	}
	if err == nil && isOurs {
		err = t.saveReach(ctx, f)
	}
	return isCarried, isOurs, err
}

// saveFeed returns how many attempts were recorded before those of f, and whether the feed
// is as f's poll claimed it: if not, nothing was saved. Its update comes first in the
// transaction: on PostgreSQL the row's lock puts two saves of one feed into order.
//
// What came in while the feed was polled stays: a request by hand, a hub's word that there is
// something new, and that what was known of the document was forgotten.
func (t *tx) saveFeed(ctx context.Context, f *news.Fetch) (n int64, isCarried, isOurs bool, err error) {
	s := f.Feed
	began := f.Began
	if began.IsZero() {
		began = f.At
	}
	soon, soonWhy := s.NotBefore, hinted
	if soon.Before(f.At) {
		soon = f.At
	}
	if !soon.Before(s.Due) {
		soon, soonWhy = s.Due, s.DueWhy
	}
	rows, err := t.query(ctx, `UPDATE feeds SET title = $2,
			etag = CASE WHEN revised_at = $37 THEN $3 ELSE etag END,
			last_modified = CASE WHEN revised_at = $37 THEN $4 ELSE last_modified END,
			body_hash = CASE WHEN revised_at = $37 THEN $5 ELSE body_hash END, moved_to = $6,
			due = CASE WHEN requested_at > $36 THEN due WHEN hinted_at > $36 THEN $38 ELSE $7 END,
			due_why = CASE WHEN requested_at > $36 THEN due_why WHEN hinted_at > $36 THEN $39 ELSE $30 END,
			requested_at = CASE WHEN requested_at > $36 THEN requested_at ELSE 0 END, not_before = $40, stands_for = $43,
			last_try = $8, last_good = $9, last_new = $10, failures = $11, status = $12, last_error = $13,
			problems = $14, reach = $15, reach_since = $16, route = $17, lease_until = 0, evidence_n = evidence_n + $18,
			entries = CASE WHEN NOT EXISTS (SELECT 1 FROM sources c WHERE c.id = feeds.source_id AND `+sourceCarried("$19")+`) THEN ''
				WHEN revised_at = $37 THEN $21 ELSE entries END,
			validated_url = $22, caching = $23, moving_to = $24, moving_since = $25, moving_seen = $26,
			blocking = $27, control = $28, probed = CASE WHEN requested_at > $36 THEN probed ELSE $29 END,
			rhythm = $31, asks = $32, copied = $33, icon = $34, shared_guids = $35, terms = $42, host = $44,
			read_since = CASE WHEN $9 > last_good AND (last_good = 0 OR $9 - last_good > $20) THEN $9 ELSE read_since END
		WHERE id = $1 AND lease_until = $41 RETURNING evidence_n - $18,
			EXISTS (SELECT 1 FROM sources c WHERE c.id = feeds.source_id AND `+sourceCarried("$19")+`)`,
		s.ID, s.Title, s.ETag, s.LastModified, s.BodyHash, s.MovedTo,
		ms(s.Due), ms(s.LastTry), ms(s.LastGood), ms(s.LastNew), s.Failures, s.Status, s.LastError,
		js(s.Problems), string(s.Reach), ms(s.ReachSince), s.Route, int64(len(f.Evidence)), ms(f.At),
		readGap.Milliseconds(), s.Entries, s.ValidatedURL, s.Caching, s.MovingTo, ms(s.MovingSince), s.MovingSeen,
		s.Blocking, s.Control, ms(s.Probed), s.DueWhy, s.Rhythm, js(s.Asks), ms(s.Copied), s.Icon, s.SharedGUIDs,
		ms(began), ms(s.Revised), ms(soon), soonWhy, ms(s.NotBefore), ms(s.Lease), termsText(s.Terms),
		s.Window.Milliseconds(), cmp.Or(s.Host, news.Host(s.URL)))
	isOurs, err = one(rows, err, &n, &isCarried)
	return n, isCarried, isOurs, err
}

// saveBeside is saveFeed for what says nothing of the feed's state: what a hub pushed, or a
// poll found whose feed is somebody else's by now.
func (t *tx) saveBeside(ctx context.Context, f *news.Fetch) (n int64, isCarried bool, err error) {
	rows, err := t.query(ctx, `UPDATE feeds SET last_new = CASE WHEN $2 > last_new THEN $2 ELSE last_new END, evidence_n = evidence_n + $4
		WHERE id = $1 RETURNING evidence_n - $4,
			retired_at = 0 AND EXISTS (SELECT 1 FROM sources c WHERE c.id = feeds.source_id AND `+sourceCarried("$3")+`)`,
		f.Feed.ID, ms(f.Feed.LastNew), ms(f.At), int64(len(f.Evidence)))
	found, err := one(rows, err, &n, &isCarried)
	if err == nil && !found {
		err = news.ErrNotFound
	}
	return n, isCarried, err
}

// forgetDocument has the next document of a feed read and held against the items, for some
// of these were changed by another way than the feed's own state tells: what was changed may
// stand in the document as it was before, or does so again. Whoever polls the feed at the
// moment does not make it known again (revised_at).
func (t *tx) forgetDocument(ctx context.Context, f *news.Fetch) error {
	entries := ""
	if f.Pushed {
		entries = f.Feed.Entries
	}
	_, err := t.exec(ctx, `UPDATE feeds SET etag = '', last_modified = '', body_hash = '', revised_at = $2,
		entries = CASE WHEN entries = '' THEN '' ELSE $3 END WHERE id = $1`, f.Feed.ID, ms(f.At), entries)
	return err
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
