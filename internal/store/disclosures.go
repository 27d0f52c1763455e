package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"parallax/internal/news"
)

// DueDeclarations returns those of at most limit outlets of which some document is to be read at
// now: of outlets that are carried and of which some feed was read.
func (d *DB) DueDeclarations(ctx context.Context, now time.Time, limit int) ([]*news.Declaration, error) {
	rows, err := d.query(ctx, `SELECT c.id, c.body, coalesce(n.documents, ''), coalesce(n.due, 0)
		FROM sources c LEFT JOIN declarations n ON n.source_id = c.id
		WHERE c.retired_at = 0 AND `+sourceCarried("$1")+` AND coalesce(n.due, 0) <= $1
			AND EXISTS (SELECT 1 FROM feeds f WHERE f.source_id = c.id AND f.retired_at = 0 AND f.last_good > 0)
		ORDER BY coalesce(n.due, 0), c.id LIMIT $2`, ms(now), limit)
	due, err := collect(rows, err, func(rows *sql.Rows) (*news.Declaration, error) {
		n := new(news.Declaration)
		var source struct {
			Home   string   `json:"home"`
			Routes []string `json:"routes"`
		}
		err := rows.Scan(&n.SourceID, jsonInto{&source}, jsonInto{&n.Documents}, timeInto{&n.Due})
		n.Home, n.Routes = source.Home, source.Routes
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which declarations are due: %w", err)
	}
	return due, nil
}

// SaveDeclaration keeps what the site of an outlet declares. Where that changes its Disclosure,
// there is a new version of it from now on. What was read at another home page than is configured
// now is not kept.
func (d *DB) SaveDeclaration(ctx context.Context, n *news.Declaration, now time.Time) error {
	said := ""
	if all := n.Said(); all.Count() > 0 {
		said = js(all)
	}
	err := d.change(ctx, func(t *tx) error {
		// Whoever applies a changed configuration meanwhile waits: else both would add the same version.
		if _, err := t.exec(ctx, `UPDATE sources SET retired_at = retired_at WHERE id = $1`, n.SourceID); err != nil {
			return err
		}
		var source struct {
			Home string `json:"home"`
		}
		rows, err := t.query(ctx, `SELECT body FROM sources WHERE id = $1`, n.SourceID)
		if _, err := one(rows, err, jsonInto{&source}); err != nil {
			return err
		}
		if n.Home != "" && n.Home != source.Home {
			return nil // it was read while the configuration changed, on another site
		}
		if _, err := t.exec(ctx, `INSERT INTO declarations (source_id, documents, said, due) VALUES ($1, $2, $3, $4)
			ON CONFLICT (source_id) DO UPDATE SET documents = excluded.documents, said = excluded.said, due = excluded.due`,
			n.SourceID, js(n.Documents), said, ms(n.Due)); err != nil {
			return err
		}
		return t.disclose(ctx, n.SourceID, now)
	})
	if err != nil {
		return fmt.Errorf("save the declaration of %s: %w", n.SourceID, err)
	}
	return nil
}

// forgetDeclarations forgets what the site of each source declares of which the home page is another
// one now: it was another site's.
func (t *tx) forgetDeclarations(ctx context.Context, sources []*news.Source) error {
	homes := map[string]string{}
	rows, err := t.query(ctx, `SELECT c.id, c.body FROM sources c JOIN declarations n ON n.source_id = c.id`)
	if _, err := collect(rows, err, func(rows *sql.Rows) (none struct{}, err error) {
		var id string
		var source struct {
			Home string `json:"home"`
		}
		err = rows.Scan(&id, jsonInto{&source})
		homes[id] = source.Home
		return none, err
	}); err != nil {
		return err
	}
	for _, s := range sources {
		if home, ok := homes[s.ID]; !ok || home == s.Home {
			continue
		}
		if _, err := t.exec(ctx, `DELETE FROM declarations WHERE source_id = $1`, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// Declaration returns what the site of an outlet declares; without documents where it was not read yet.
func (d *DB) Declaration(ctx context.Context, sourceID string) (*news.Declaration, error) {
	n := &news.Declaration{SourceID: sourceID}
	rows, err := d.query(ctx, `SELECT documents, due FROM declarations WHERE source_id = $1`, sourceID)
	if _, err := one(rows, err, jsonInto{&n.Documents}, timeInto{&n.Due}); err != nil {
		return nil, fmt.Errorf("read the declaration of %s: %w", sourceID, err)
	}
	return n, nil
}

// Declared counts the outlets whose site was asked what it declares, those of which it declares
// something, and those with flaws in how it does.
func (d *DB) Declared(ctx context.Context) (asked, say, flawed int, err error) {
	// Within a text a quote would have a backslash before it.
	rows, err := d.query(ctx, `SELECT count(*), coalesce(sum(CASE WHEN n.said <> '' THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN n.documents LIKE '%"problems":%' THEN 1 ELSE 0 END), 0)
		FROM declarations n JOIN sources s ON s.id = n.source_id WHERE s.retired_at = 0`)
	if _, err := one(rows, err, &asked, &say, &flawed); err != nil {
		return 0, 0, 0, fmt.Errorf("count what outlets declare: %w", err)
	}
	return asked, say, flawed, nil
}

// disclose keeps a new version of the Disclosure of a source, if it is not as the last one says.
func (t *tx) disclose(ctx context.Context, sourceID string, now time.Time) error {
	var source struct {
		Disclosure news.Disclosure `json:"disclosure"`
	}
	var said, rated, last news.Disclosure
	rows, err := t.query(ctx, `SELECT s.body, s.ratings, coalesce(n.said, '') FROM sources s LEFT JOIN declarations n ON n.source_id = s.id WHERE s.id = $1`, sourceID)
	if _, err := one(rows, err, jsonInto{&source}, jsonInto{&rated.Ratings}, jsonInto{&said}); err != nil {
		return err
	}
	var n int
	var since time.Time
	rows, err = t.query(ctx, `SELECT n, since, body FROM disclosures WHERE source_id = $1 ORDER BY n DESC LIMIT 1`, sourceID)
	if _, err := one(rows, err, &n, timeInto{&since}, jsonInto{&last}); err != nil {
		return err
	}
	all := source.Disclosure.With(said)
	all.Add(rated)
	body := js(all)
	if n > 0 && js(last) == body { // and not what was kept: another version of the program may have written it otherwise
		return nil
	}
	if now.Before(since) {
		now = since // the clock was set back; what is known now is the later version all the same
	}
	sum := sha256.Sum256([]byte(body))
	_, err = t.exec(ctx, `INSERT INTO disclosures (source_id, n, since, body, hash) VALUES ($1, $2, $3, $4, $5)`,
		sourceID, n+1, ms(now), body, hex.EncodeToString(sum[:]))
	return err
}

// withVersions tells the sources since when each version of their Disclosure is in force.
func (d *DB) withVersions(ctx context.Context, sources []*news.Source) error {
	byID := make(map[string]*news.Source, len(sources))
	for _, s := range sources {
		byID[s.ID] = s
	}
	where, args := "", []any(nil)
	if len(sources) == 1 {
		where, args = ` WHERE source_id = $1`, []any{sources[0].ID}
	}
	rows, err := d.query(ctx, `SELECT source_id, since FROM disclosures`+where+` ORDER BY source_id, n`, args...)
	_, err = collect(rows, err, func(rows *sql.Rows) (none struct{}, err error) {
		var id string
		var since time.Time
		if err = rows.Scan(&id, timeInto{&since}); err == nil && byID[id] != nil {
			byID[id].Versions = append(byID[id].Versions, since)
		}
		return none, err
	})
	return err
}

// DisclosureVersion returns a version of the Disclosure of a source, whether it is carried or not.
func (d *DB) DisclosureVersion(ctx context.Context, sourceID string, n int) (*news.DisclosureVersion, error) {
	rows, err := d.query(ctx, `SELECT n, since, body, hash FROM disclosures WHERE source_id = $1 AND n = $2`, sourceID, n)
	found, err := collect(rows, err, func(rows *sql.Rows) (*news.DisclosureVersion, error) {
		v := new(news.DisclosureVersion)
		if err := rows.Scan(&v.N, timeInto{&v.Since}, &v.Body, &v.Hash); err != nil {
			return nil, err
		}
		return v, jsonInto{&v.Disclosure}.Scan(v.Body)
	})
	return only(found, err, fmt.Sprintf("version %d of the disclosure of", n), sourceID)
}
