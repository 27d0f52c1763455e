package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

// factSources is the fact that says which sources were applied last, as a digest.
const factSources = "sources"

// factSourcesVersion changes when applying the same sources writes more than it did.
const factSourcesVersion = "3 "

// ApplySources makes the store say what the configuration declares, as often as one
// likes. New feeds are due now. Sources and feeds that are not declared any more are
// retired: never due, but what was carried stays; declared again, they come back.
func (d *DB) ApplySources(ctx context.Context, sources []*news.Source, now time.Time) error {
	owner := map[string]string{} // of each feed's URL
	var sourceIDs, feedIDs []string
	for _, s := range sources {
		sourceIDs = append(sourceIDs, s.ID)
		for _, u := range s.FeedURLs {
			if o, taken := owner[u]; taken && o != s.ID {
				return fmt.Errorf("apply sources: %s and %s both declare the feed %s", o, s.ID, u)
			}
			owner[u] = s.ID
			feedIDs = append(feedIDs, news.ID("feed", u))
		}
	}
	// Always in the same order, so that two processes that start do not block each other.
	sources = slices.SortedFunc(slices.Values(sources), func(a, b *news.Source) int { return strings.Compare(a.ID, b.ID) })
	digest := sha256.Sum256([]byte(factSourcesVersion + js(sources)))
	applied := hex.EncodeToString(digest[:])
	err := d.change(ctx, func(t *tx) error {
		// What was applied last, by whichever process, need not be again.
		var last string
		rows, err := t.query(ctx, `SELECT value FROM facts WHERE name = $1`, factSources)
		if _, err := one(rows, err, &last); err != nil {
			return err
		}
		if last == applied {
			return nil
		}
		if _, err := t.exec(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			factSources, applied); err != nil {
			return err
		}
		if err := t.forgetDeclarations(ctx, sources); err != nil {
			return err
		}
		for _, s := range sources {
			if err := t.applySource(ctx, s, now); err != nil {
				return fmt.Errorf("%s: %w", s.ID, err)
			}
		}
		if _, err := t.exec(ctx, `UPDATE feeds SET retired_at = $2 WHERE retired_at = 0 AND NOT (`+d.dialect.in("id", "$1")+`)`,
			d.dialect.list(feedIDs), ms(now)); err != nil {
			return err
		}
		if _, err = t.exec(ctx, `UPDATE sources SET retired_at = $2 WHERE retired_at = 0 AND NOT (`+d.dialect.in("id", "$1")+`)`,
			d.dialect.list(sourceIDs), ms(now)); err != nil {
			return err
		}
		if _, _, err := t.rate(ctx, ""); err != nil { // an outlet may be new, or its home page
			return err
		}
		for _, s := range sources {
			if err := t.disclose(ctx, s.ID, now); err != nil {
				return fmt.Errorf("%s: %w", s.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("apply sources: %w", err)
	}
	return nil
}

func (t *tx) applySource(ctx context.Context, s *news.Source, now time.Time) error {
	body := *s
	body.Retired = time.Time{} // is a column
	body.Disclosure = s.Disclosure.Written()
	from, until, keep := terms(s.Carriage)
	if _, err := t.exec(ctx, `INSERT INTO sources (id, body, carried_from, carried_until, keep) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, carried_from = excluded.carried_from,
			carried_until = CASE WHEN sources.taken_at > 0 AND sources.taken_at < excluded.carried_until THEN sources.taken_at ELSE excluded.carried_until END,
			keep = excluded.keep, retired_at = 0`,
		s.ID, js(body), from, until, keep); err != nil {
		return err
	}
	for _, u := range slices.Sorted(slices.Values(s.FeedURLs)) {
		// One that comes back is due at once; one that is there keeps its schedule, and the host
		// in whose line it waits. This is not an upsert, because for one SQLite looks through the
		// items that refer to it.
		n, err := t.exec(ctx, `UPDATE feeds SET source_id = $2, retired_at = 0,
			due = CASE WHEN retired_at = 0 THEN due ELSE $3 END, host = CASE WHEN host = '' THEN $4 ELSE host END
			WHERE id = $1`, news.ID("feed", u), s.ID, ms(now), news.Host(u))
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if _, err := t.exec(ctx, `INSERT INTO feeds (id, source_id, url, due, host) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
			news.ID("feed", u), s.ID, u, ms(now), news.Host(u)); err != nil {
			return err
		}
	}
	return nil
}

// sourceColumns begins a query for sources: what is configured, what their sites declare, until and since when their
// feeds were read, and how many of them. A feed whose last good read lies more than readGap behind that of
// another says nothing of since when, for the time between is not known to be covered.
var sourceColumns = fmt.Sprintf(`SELECT s.body, s.retired_at, s.ratings, (SELECT d.said FROM declarations d WHERE d.source_id = s.id),
	(SELECT coalesce(max(f.last_good), 0) FROM feeds f WHERE f.source_id = s.id AND f.retired_at = 0),
	(SELECT coalesce(min(f.read_since), 0) FROM feeds f WHERE f.source_id = s.id AND f.retired_at = 0 AND f.read_since > 0
		AND f.last_good >= (SELECT max(g.last_good) FROM feeds g WHERE g.source_id = s.id AND g.retired_at = 0) - %[1]d),
	(SELECT count(*) FROM feeds f WHERE f.source_id = s.id AND f.retired_at = 0 AND f.read_since > 0
		AND f.last_good >= (SELECT max(g.last_good) FROM feeds g WHERE g.source_id = s.id AND g.retired_at = 0) - %[1]d), s.taken_at
	FROM sources s`, readGap.Milliseconds())

func scanSource(rows *sql.Rows) (*news.Source, error) {
	s := new(news.Source)
	var retired, read, since int64
	var said, ratings news.Disclosure
	if err := rows.Scan(jsonInto{s}, &retired, jsonInto{&ratings.Ratings}, jsonInto{&said}, &read, &since, &s.FeedsRead, timeInto{&s.TakenDown}); err != nil {
		return nil, err
	}
	s.Disclosure = s.Disclosure.With(said)
	s.Disclosure.Add(ratings)
	s.Retired, s.LastRead, s.ReadSince = timeOf(retired), timeOf(read), timeOf(since)
	return s, nil
}

// Sources returns all sources by name, retired ones included.
func (d *DB) Sources(ctx context.Context) ([]*news.Source, error) {
	rows, err := d.query(ctx, sourceColumns)
	sources, err := collect(rows, err, scanSource)
	if err == nil {
		err = d.withVersions(ctx, sources)
	}
	if err != nil {
		return nil, fmt.Errorf("read the sources: %w", err)
	}
	// Here and not in SQL, because the databases sort letters differently.
	slices.SortFunc(sources, func(a, b *news.Source) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return sources, nil
}

// Source returns one source.
func (d *DB) Source(ctx context.Context, id string) (*news.Source, error) {
	rows, err := d.query(ctx, sourceColumns+` WHERE s.id = $1`, id)
	sources, err := collect(rows, err, scanSource)
	if err == nil && len(sources) > 0 {
		err = d.withVersions(ctx, sources)
	}
	return only(sources, err, "source", id)
}

// only returns the one value that was found.
func only[T any](found []*T, err error, noun, id string) (*T, error) {
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s %s: %w", noun, id, err)
	case len(found) == 0:
		return nil, fmt.Errorf("%s %s: %w", noun, id, news.ErrNotFound)
	}
	return found[0], nil
}

// feedColumns are those that scanFeed reads, of feeds.
const feedColumns = `feeds.id, feeds.source_id, feeds.url, feeds.title, feeds.etag, feeds.last_modified, feeds.body_hash,
	feeds.moved_to, feeds.due, feeds.last_try, feeds.last_good, feeds.last_new, feeds.failures, feeds.status,
	feeds.last_error, feeds.problems, feeds.reach, feeds.reach_since, feeds.route, feeds.entries,
	feeds.validated_url, feeds.caching, feeds.moving_to, feeds.moving_since, feeds.moving_seen,
	feeds.blocking, feeds.control, feeds.probed, feeds.due_why, feeds.rhythm, feeds.asks, feeds.copied, feeds.icon, feeds.shared_guids, feeds.terms,
	feeds.not_before, feeds.revised_at, feeds.lease_until, feeds.stands_for,
	(SELECT body FROM sources WHERE sources.id = feeds.source_id)`

func scanFeed(rows *sql.Rows) (*news.Feed, error) {
	f := new(news.Feed)
	var source struct {
		Routes []string `json:"routes"` // and little more of it: this is read at every poll
		Home   string   `json:"home"`
	}
	if err := rows.Scan(&f.ID, &f.SourceID, &f.URL, &f.Title, &f.ETag, &f.LastModified, &f.BodyHash,
		&f.MovedTo, timeInto{&f.Due}, timeInto{&f.LastTry}, timeInto{&f.LastGood}, timeInto{&f.LastNew}, &f.Failures, &f.Status,
		&f.LastError, jsonInto{&f.Problems}, &f.Reach, timeInto{&f.ReachSince}, &f.Route, &f.Entries,
		&f.ValidatedURL, &f.Caching, &f.MovingTo, timeInto{&f.MovingSince}, &f.MovingSeen,
		&f.Blocking, &f.Control, timeInto{&f.Probed}, &f.DueWhy, &f.Rhythm, jsonInto{&f.Asks}, timeInto{&f.Copied}, &f.Icon, &f.SharedGUIDs, jsonInto{&f.Terms},
		timeInto{&f.NotBefore}, timeInto{&f.Revised}, timeInto{&f.Lease}, millisInto{&f.Window}, jsonInto{&source}); err != nil {
		return nil, err
	}
	f.Routes, f.Home = source.Routes, source.Home
	return f, nil
}

// Feeds returns the feeds of a source, or of all sources where sourceID is empty, by
// URL. Those of retired sources are not among them.
func (d *DB) Feeds(ctx context.Context, sourceID string) ([]*news.Feed, error) {
	query, args := `SELECT `+feedColumns+` FROM feeds WHERE retired_at = 0`, []any(nil)
	if sourceID != "" {
		query, args = query+` AND source_id = $1`, []any{sourceID}
	}
	rows, err := d.query(ctx, query, args...)
	feeds, err := collect(rows, err, scanFeed)
	if err == nil {
		err = withPush(ctx, d.query, d.dialect, feeds)
	}
	if err != nil {
		return nil, fmt.Errorf("read the feeds of %q: %w", sourceID, err)
	}
	slices.SortFunc(feeds, func(a, b *news.Feed) int { return strings.Compare(a.URL, b.URL) })
	return feeds, nil
}

// Feed returns one feed.
func (d *DB) Feed(ctx context.Context, id string) (*news.Feed, error) {
	rows, err := d.query(ctx, `SELECT `+feedColumns+` FROM feeds WHERE id = $1`, id)
	feeds, err := collect(rows, err, scanFeed)
	if err == nil {
		err = withPush(ctx, d.query, d.dialect, feeds)
	}
	return only(feeds, err, "feed", id)
}
