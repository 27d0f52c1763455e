package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

func scanEvidence(rows *sql.Rows) (e news.Evidence, err error) {
	err = rows.Scan(&e.FeedID, timeInto{&e.At}, &e.Route, &e.URL, &e.Failure, &e.Status, &e.Reach, &e.Note, &e.Took, &e.Bytes, &e.Operation)
	return e, err
}

// known is what SaveFetch has to know of an item to tell what to do with it.
type known struct {
	id, hash string
	purged   bool
	via      string // the copy that it was read from, and which was not confirmed since
	seen     int64
}

// saveItems does so; late says that a later poll may have been saved already.
func (t *tx) saveItems(ctx context.Context, f *news.Fetch, late bool) (saved news.Saved, err error) {
	ids := make([]string, len(f.Items))
	for i, it := range f.Items {
		ids[i] = it.ID
	}
	rows, err := t.query(ctx, `SELECT id, hash, purged_at, CASE WHEN confirmed_at = 0 THEN via ELSE '' END, last_seen FROM items WHERE `+t.d.dialect.in("id", "$1"), t.d.dialect.list(ids))
	stored, err := collect(rows, err, func(rows *sql.Rows) (k known, err error) {
		var purged int64
		err = rows.Scan(&k.id, &k.hash, &purged, &k.via, &k.seen)
		k.purged = purged != 0
		return k, err
	})
	if err != nil {
		return saved, err
	}
	have := make(map[string]known, len(f.Items))
	for _, k := range stored {
		have[k.id] = k
	}
	var same []string
	compared := comparison{}
	for _, it := range f.Items {
		k, ok := have[it.ID]
		outdated := late && k.seen > seenAt(f, it)
		if ok && !k.purged && !outdated && k.hash != it.Hash && it.Via.Copied() {
			if outdated, err = t.outdated(ctx, it, k); err != nil {
				return saved, fmt.Errorf("item %q: %w", it.Key, err)
			}
		}
		compare := k.via != "" && !k.purged && !it.Via.Copied()
		switch {
		case !ok:
			if err := t.insertItem(ctx, f, it); err != nil {
				return saved, fmt.Errorf("item %q: %w", it.Key, err)
			}
			saved.New++
		case k.purged, outdated:
			saved.Same++
			continue
		case k.hash == it.Hash:
			saved.Same++
			if it.Via.Archived.IsZero() { // an archive says nothing of now
				same = append(same, it.ID)
			}
			if compare {
				if err := t.confirmItem(ctx, it.ID, f); err != nil {
					return saved, fmt.Errorf("item %q: %w", it.Key, err)
				}
				compared.count(k.via, it.ID, true)
			}
		default:
			if compare {
				same, err := t.agrees(ctx, it, k)
				if err != nil {
					return saved, fmt.Errorf("item %q: %w", it.Key, err)
				}
				compared.count(k.via, it.ID, same)
			}
			if err := t.reviseItem(ctx, f, it); err != nil {
				return saved, fmt.Errorf("item %q: %w", it.Key, err)
			}
			saved.Changed++
		}
		// An entry that stands in a document twice counts once: the first says what it is.
		have[it.ID] = known{id: it.ID, hash: it.Hash, seen: seenAt(f, it)}
	}
	if err := t.saveComparison(ctx, f, compared); err != nil {
		return saved, fmt.Errorf("compare with copies: %w", err)
	}
	if len(same) > 0 {
		_, err = t.exec(ctx, `UPDATE items SET last_seen = $2 WHERE `+t.d.dialect.in("id", "$1"), t.d.dialect.list(same), ms(f.At))
	}
	return saved, err
}

// seenAt is when the outlet's document said it: now, or when an archive took it.
func seenAt(f *news.Fetch, it *news.Item) int64 {
	if !it.Via.Archived.IsZero() {
		return ms(it.Via.Archived)
	}
	return ms(f.At)
}

func (t *tx) insertItem(ctx context.Context, f *news.Fetch, it *news.Item) error {
	seen := ms(it.FirstSeen)
	if seen == 0 {
		seen = ms(f.At)
	}
	if _, err := t.exec(ctx, `INSERT INTO items (id, feed_id, source_id, item_key, hash, revision, first_seen, changed_at, last_seen, via, archived_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7, $8, $9)`,
		it.ID, f.Feed.ID, cmp.Or(it.SourceID, f.Feed.SourceID), it.Key, it.Hash, seen, seenAt(f, it), it.Via.Route, ms(it.Via.Archived)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO item_contents (item_id, guid, link, title, summary, content, authors, categories, language, published, updated, image, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		it.ID, it.GUID, it.Link, it.Title, it.Summary, it.Content, js(it.Authors), js(it.Category), it.Language,
		ms(it.Published), ms(it.Updated), it.Image, termsText(it.Terms))
	return err
}

func (t *tx) reviseItem(ctx context.Context, f *news.Fetch, it *news.Item) error {
	if _, err := t.exec(ctx, `INSERT INTO item_revisions (item_id, n, seen_at, hash, link, title, summary, content, published, updated)
		SELECT i.id, i.revision, i.changed_at, i.hash, t.link, t.title, t.summary, t.content, t.published, t.updated
		FROM items i JOIN item_contents t ON t.item_id = i.id WHERE i.id = $1`, it.ID); err != nil {
		return err
	}
	// The lease ends: whoever holds it works on what is past.
	if _, err := t.exec(ctx, `UPDATE items SET hash = $2, revision = revision + 1, changed_at = $3, last_seen = $4,
			via = $5, archived_at = $6, confirmed_at = 0,
			extracted_at = NULL, tries = 0, retry_at = 0, lease_until = 0, last_error = ''
		WHERE id = $1`, it.ID, it.Hash, ms(f.At), seenAt(f, it), it.Via.Route, ms(it.Via.Archived)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE item_contents SET guid = $2, link = $3, title = $4, summary = $5, content = $6, authors = $7,
			categories = $8, language = $9, published = $10, updated = $11, image = $12, terms = $13
		WHERE item_id = $1`,
		it.ID, it.GUID, it.Link, it.Title, it.Summary, it.Content, js(it.Authors), js(it.Category), it.Language,
		ms(it.Published), ms(it.Updated), it.Image, termsText(it.Terms))
	return err
}

func scanItem(rows *sql.Rows) (*news.Item, error) {
	it := new(news.Item)
	err := rows.Scan(&it.ID, &it.FeedID, &it.SourceID, &it.Key, &it.GUID, &it.Link, &it.Title, &it.Summary, &it.Content,
		jsonInto{&it.Authors}, jsonInto{&it.Category}, &it.Language, timeInto{&it.Published}, timeInto{&it.Updated}, &it.Image, jsonInto{&it.Terms},
		timeInto{&it.FirstSeen}, timeInto{&it.LastSeen}, &it.Revision, &it.Hash, &it.Tries,
		&it.Via.Route, timeInto{&it.Via.Archived}, timeInto{&it.Via.Confirmed})
	return it, err
}

// ClaimItems claims at most limit items that wait for extraction, the oldest first:
// nobody else gets them until the lease is over, or SaveArticle or FailItem was called. Of
// the sources in busy none is claimed: who has enough of one in hand leaves room for others.
func (d *DB) ClaimItems(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Item, error) {
	var items []*news.Item
	err := d.keepBooks(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `WITH picked AS MATERIALIZED (
				SELECT i.id FROM items i JOIN sources c ON c.id = i.source_id
				WHERE i.extracted_at IS NULL AND i.retry_at <= $1 AND i.lease_until <= $1 AND `+carried("i", "$1")+`
					AND NOT (`+d.dialect.in("i.source_id", "$4")+`)
				ORDER BY i.first_seen, i.id LIMIT $3`+d.dialect.skipLocked("i")+`)
			UPDATE items SET lease_until = $2 WHERE id IN (SELECT id FROM picked) RETURNING id`,
			ms(now), ms(now.Add(lease)), limit, d.dialect.list(busy))
		ids, err := collect(rows, err, scanString)
		if err != nil || len(ids) == 0 {
			return err
		}
		rows, err = t.query(ctx, `SELECT `+itemColumns+`
			FROM items i JOIN item_contents t ON t.item_id = i.id WHERE `+d.dialect.in("i.id", "$1"), d.dialect.list(ids))
		items, err = collect(rows, err, scanItem)
		for _, it := range items {
			it.Lease = timeOf(ms(now.Add(lease)))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim items: %w", err)
	}
	slices.SortFunc(items, func(a, b *news.Item) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), strings.Compare(a.ID, b.ID))
	})
	return items, nil
}

// FailItem records why an item could not be extracted and when to try again. A zero
// retryAt gives up on this revision of it.
func (d *DB) FailItem(ctx context.Context, itemID, reason string, retryAt time.Time) error {
	retry := ms(retryAt)
	if retryAt.IsZero() {
		retry = forever
	}
	err := d.keepBooks(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE items SET tries = tries + 1, last_error = $2, retry_at = $3, lease_until = 0 WHERE id = $1`,
			itemID, reason, retry)
		if err == nil && n == 0 {
			err = news.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("record that item %s failed: %w", itemID, err)
	}
	return nil
}
