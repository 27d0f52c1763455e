package store

import (
	"context"
	"fmt"
	"time"
)

// purgeBatch is how many rows one transaction purges: it lasts tens of milliseconds, in
// which nobody else can write to SQLite.
const purgeBatch = 200

// ended is the clause that the time of row r of source c is over: its keep, or that of
// the source's withdrawal and grace, or that its takedown is due. It is written as a bound of
// first_seen, because that is indexed.
func ended(r, now, graceEnded string) string {
	return r + `.purged_at = 0 AND ` + r + `.first_seen <= CASE WHEN ` + sourceEnded(now, graceEnded) + ` THEN ` +
		fmt.Sprint(forever) + ` ELSE ` + now + ` - c.keep END`
}

// sourceEnded is the part of ended that concerns the source.
func sourceEnded(now, graceEnded string) string {
	return `(c.carried_until <= ` + graceEnded + ` OR c.purge_at <= ` + now + `)`
}

// Withdraw deletes titles and texts of what is not carried any more: at once where its
// keep has ended, once grace is over where its source was withdrawn, and when its takedown
// says. What is left (id, link, key, dates) says that there was something and keeps it from being imported
// again. Stories concerned wait to be compared. It returns how many articles it purged;
// what a cancelled context left undone, the next call does.
//
// On SQLite what is deleted is overwritten in the file, terms in the search index within
// a day, of what was taken down at once; the file's write-ahead log holds it until SQLite writes over it, at the latest
// when the last program closes the file. On PostgreSQL it stays in the server's files until
// VACUUM, which runs by itself, and its place is used again. Neither reaches copies.
func (d *DB) Withdraw(ctx context.Context, now time.Time, grace time.Duration) (n int, err error) {
	taken, err := d.takedownsDue(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("look which takedowns are due: %w", err)
	}
	for i, purge := range []func() (int, error){
		func() (int, error) { return d.purgeItems(ctx, now, grace) },
		func() (int, error) { return d.purgeTaken(ctx, now) },
		func() (int, error) { return d.purgeArticles(ctx, now, grace) },
	} {
		for {
			done, err := purge()
			if err != nil {
				return n, fmt.Errorf("withdraw what is not carried any more: %w", err)
			}
			if done == 0 {
				break
			}
			if i > 0 { // articles
				n += done
			}
		}
	}
	if err := d.forgetSources(ctx, now, grace); err != nil {
		return n, fmt.Errorf("delete what is known of the sites that were withdrawn: %w", err)
	}
	if err := d.pruneShingles(ctx, now); err != nil {
		return n, fmt.Errorf("delete the shingles of old articles: %w", err)
	}
	if err := d.forget(ctx, now, taken); err != nil {
		return n, fmt.Errorf("clear the search index of what was withdrawn: %w", err)
	}
	if taken {
		if err := d.dialect.settle(ctx, d); err != nil {
			return n, fmt.Errorf("clear the log of what was taken down: %w", err)
		}
	}
	return n, nil
}

// takedownsDue reports whether the text of some takedown is to be deleted.
func (d *DB) takedownsDue(ctx context.Context, now time.Time) (bool, error) {
	rows, err := d.query(ctx, `SELECT 1 FROM takedowns WHERE purged = 0 AND purge_at <= $1 LIMIT 1`, ms(now))
	return one(rows, err, new(int))
}

// forgetSources deletes icons, notices and what the articles repeated of sources that were withdrawn.
// Their takedown is done thereby: their articles were purged before.
func (d *DB) forgetSources(ctx context.Context, now time.Time, grace time.Duration) error {
	return d.change(ctx, func(t *tx) error {
		for _, table := range []string{"icons", "boilerplate", "notices"} {
			if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE source_id IN (SELECT c.id FROM sources c WHERE `+sourceEnded("$1", "$2")+`)`,
				ms(now), ms(now.Add(-grace))); err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `UPDATE takedowns SET purged = 1 WHERE kind = 'source' AND purged = 0 AND purge_at <= $1`, ms(now))
		return err
	})
}

const (
	// factUnindexed is there while the search index may hold terms of what was unindexed.
	factUnindexed = "search index holds what was unindexed"
	// factForgotten is when they were last cleared away, in Unix milliseconds.
	factForgotten = "search index was cleared"
	// forgetEvery is how often they are, at most: it means to write the index anew, and where
	// articles are kept for a time, some end all day long.
	forgetEvery = 24 * time.Hour
)

// forget clears the search index of the terms of what was unindexed, if there is any: once a day, or
// at once.
func (d *DB) forget(ctx context.Context, now time.Time, atOnce bool) error {
	var since int64
	var which string
	rows, err := d.query(ctx, `SELECT value, coalesce((SELECT CAST(value AS BIGINT) FROM facts WHERE name = $2), 0)
		FROM facts WHERE name = $1`, factUnindexed, factForgotten)
	if holds, err := one(rows, err, &which, &since); err != nil || !holds || !atOnce && now.Before(timeOf(since).Add(forgetEvery)) {
		return err
	}
	for first, more := true, true; more; first = false {
		if err := d.change(ctx, func(t *tx) (err error) {
			more, err = d.dialect.forget(ctx, t, first)
			return err
		}); err != nil {
			return err
		}
	}
	// Only now, so that after a crash the next call does it; and not where another process unindexed
	// something meanwhile.
	return d.change(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM facts WHERE name = $1 AND value = $2`, factUnindexed, which); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO facts (name, value) VALUES ($1, CAST(CAST($2 AS BIGINT) AS TEXT))
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, factForgotten, ms(now))
		return err
	})
}

func (d *DB) purgeItems(ctx context.Context, now time.Time, grace time.Duration) (n int, err error) {
	err = d.change(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT i.id FROM sources c CROSS JOIN items i
			WHERE i.source_id = c.id AND `+ended("i", "$1", "$2")+` LIMIT $3`, ms(now), ms(now.Add(-grace)), purgeBatch)
		ids, err := collect(rows, err, scanString)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		return t.emptyItems(ctx, ids, now)
	})
	return n, err
}

// emptyItems deletes what items say.
func (t *tx) emptyItems(ctx context.Context, ids []string, now time.Time) error {
	list, in := t.d.dialect.list(ids), t.d.dialect.in
	if _, err := t.exec(ctx, `UPDATE items SET purged_at = $2, lease_until = 0 WHERE `+in("id", "$1"), list, ms(now)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE item_contents SET title = '', summary = '', content = '', authors = 'null', categories = 'null', image = '', terms = ''
		WHERE `+in("item_id", "$1"), list); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE item_revisions SET title = '', summary = '', content = '', withheld = 1 WHERE `+in("item_id", "$1"), list)
	return err
}

func (d *DB) purgeArticles(ctx context.Context, now time.Time, grace time.Duration) (n int, err error) {
	err = d.change(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT a.id FROM sources c CROSS JOIN articles a
			WHERE a.source_id = c.id AND `+ended("a", "$1", "$2")+` LIMIT $3`, ms(now), ms(now.Add(-grace)), purgeBatch)
		ids, err := collect(rows, err, scanString)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		return t.emptyArticles(ctx, ids, now)
	})
	return n, err
}

// emptyArticles deletes what articles say, and what was made of it.
func (t *tx) emptyArticles(ctx context.Context, ids []string, now time.Time) error {
	list, in := t.d.dialect.list(ids), t.d.dialect.in
	rows, err := t.query(ctx, `SELECT DISTINCT story_id FROM articles WHERE story_id IS NOT NULL AND `+in("id", "$1"), list)
	stories, err := collect(rows, err, scanString)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE articles SET purged_at = $2, title = '', lead = '', basis = '', authors = 'null'
		WHERE `+in("id", "$1"), list, ms(now)); err != nil {
		return err
	}
	if err := t.emptyPictures(ctx, list); err != nil {
		return err
	}
	for _, table := range []string{"article_texts", "translations"} {
		if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE `+in("article_id", "$1"), list); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, `UPDATE article_revisions SET title = '', lead = '', text = '', html = '', withheld = 1
		WHERE `+in("article_id", "$1"), list); err != nil {
		return err
	}
	// Why it stands in its story is told in its words, and so is what it was witness of.
	for _, forget := range []string{
		`UPDATE placements SET why = '', grounds = '' WHERE ` + in("article_id", "$1"),
		`UPDATE merges SET why = '' WHERE witness <> '' AND ` + in("witness", "$1"),
		`DELETE FROM moves WHERE ` + in("article_id", "$1"),
		`DELETE FROM pins WHERE ` + in("article_id", "$1"),
		`DELETE FROM embeddings WHERE ` + in("article_id", "$1"), // much of a text can be told from it
	} {
		if _, err := t.exec(ctx, forget, list); err != nil {
			return err
		}
	}
	if err := t.forgetBlocks(ctx, ids); err != nil {
		return err
	}
	if err := t.forgetShingles(ctx, ids); err != nil {
		return err
	}
	if err := t.d.dialect.unindex(ctx, t, ids); err != nil {
		return err
	}
	for _, story := range stories {
		if err := t.left(ctx, story, now); err != nil {
			return err
		}
	}
	return nil
}
