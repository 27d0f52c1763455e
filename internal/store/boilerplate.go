package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// Boilerplate returns what is known of the blocks that the articles of a source repeat.
func (d *DB) Boilerplate(ctx context.Context, sourceID string) (*news.Boilerplate, error) {
	b := &news.Boilerplate{SourceID: sourceID}
	rows, err := d.query(ctx, `SELECT seen, blocks FROM boilerplate WHERE source_id = $1`, sourceID)
	if _, err := one(rows, err, bytesInto{&b.Window}, jsonInto{&b.Blocks}); err != nil {
		return nil, fmt.Errorf("read what the articles of %s repeat: %w", sourceID, err)
	}
	return b, nil
}

// SaveBoilerplate keeps what is known of several sources. Of two processes that learn of one
// source at a time, the later has its way: what the other had seen is seen again.
func (d *DB) SaveBoilerplate(ctx context.Context, list []*news.Boilerplate) error {
	if len(list) == 0 {
		return nil
	}
	err := d.change(ctx, func(t *tx) error {
		for _, b := range list {
			// An item of a source that is not in the store any more is no reason to fail.
			if _, err := t.exec(ctx, `INSERT INTO boilerplate (source_id, seen, blocks) SELECT id, $2, $3 FROM sources WHERE id = $1
				ON CONFLICT (source_id) DO UPDATE SET seen = excluded.seen, blocks = excluded.blocks`,
				b.SourceID, base64.StdEncoding.EncodeToString(b.Window), js(b.Blocks)); err != nil {
				return fmt.Errorf("of %s: %w", b.SourceID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what articles repeat: %w", err)
	}
	return nil
}

// forgetBlocks deletes the blocks that were last taken out of articles that are purged.
func (t *tx) forgetBlocks(ctx context.Context, articleIDs []string) error {
	rows, err := t.query(ctx, `SELECT DISTINCT source_id FROM articles WHERE `+t.d.dialect.in("id", "$1"), t.d.dialect.list(articleIDs))
	sources, err := collect(rows, err, scanString)
	if err != nil {
		return err
	}
	for _, source := range sources {
		var blocks []news.Block
		rows, err := t.query(ctx, `SELECT blocks FROM boilerplate WHERE source_id = $1`+t.d.dialect.forUpdate(), source)
		if _, err := one(rows, err, jsonInto{&blocks}); err != nil {
			return err
		}
		kept := slices.DeleteFunc(slices.Clone(blocks), func(b news.Block) bool { return slices.Contains(articleIDs, b.Article) })
		if len(kept) == len(blocks) {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE boilerplate SET blocks = $2 WHERE source_id = $1`, source, js(kept)); err != nil {
			return err
		}
	}
	return nil
}

// LastArticles returns the last articles of a source, whole, carried or not.
func (d *DB) LastArticles(ctx context.Context, sourceID string, limit int) ([]*news.Article, error) {
	rows, err := d.query(ctx, wholeArticle+`WHERE a.source_id = $1 AND a.purged_at = 0 ORDER BY a.at DESC, a.id DESC LIMIT $2`, sourceID, limit)
	all, err := collect(rows, err, scanArticle)
	if err != nil {
		return nil, fmt.Errorf("read the last articles of %s: %w", sourceID, err)
	}
	return all, nil
}

// CleanArticle changes lead and text of an article, and those of its revisions, by clean,
// which reports whether it changed anything. The outlet did not change the article, so
// there is no new revision; a story that it stands in waits to be compared.
func (d *DB) CleanArticle(ctx context.Context, id string, clean func(*news.Article) bool, now time.Time) error {
	a, err := d.Article(ctx, id)
	if err != nil {
		return err
	}
	if a.Revision == 1 && (!a.Purged.IsZero() || !clean(a)) {
		return nil // in most cases, and without a transaction
	}
	if err := d.change(ctx, func(t *tx) error { return t.cleanArticle(ctx, id, clean, now) }); err != nil {
		return fmt.Errorf("clean article %s: %w", id, err)
	}
	return nil
}

func (t *tx) cleanArticle(ctx context.Context, id string, clean func(*news.Article) bool, now time.Time) error {
	// Locked, so that nobody takes the text of before for the present one meanwhile.
	rows, err := t.query(ctx, `SELECT `+briefColumns+`, '', '', '', '' FROM articles a WHERE a.id = $1`+t.d.dialect.forUpdate(), id)
	found, err := collect(rows, err, scanArticle)
	a, err := only(found, err, "article", id)
	if err != nil || !a.Purged.IsZero() {
		if errors.Is(err, news.ErrNotFound) {
			err = nil // it was there a moment ago
		}
		return err
	}
	if err := t.cleanRevisions(ctx, id, clean); err != nil {
		return err
	}
	rows, err = t.query(ctx, `SELECT text, html, apart FROM article_texts WHERE article_id = $1`, id)
	if _, err := one(rows, err, &a.Text, &a.HTML, jsonInto{&a.Apart}); err != nil {
		return err
	}
	if !clean(a) {
		return nil
	}
	if _, err := t.exec(ctx, `UPDATE article_texts SET text = $2, html = $3, apart = $4 WHERE article_id = $1`, id, a.Text, a.HTML, apartOf(a)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE articles SET lead = $2 WHERE id = $1`, id, a.Lead); err != nil {
		return err
	}
	if err := t.saveShingles(ctx, a, ms(a.FirstSeen), false); err != nil {
		return err
	}
	if err := t.indexShingles(ctx); err != nil {
		return err
	}
	if err := t.indexArticle(ctx, a); err != nil || a.StoryID == "" {
		return err
	}
	_, err = t.exec(ctx, `UPDATE stories SET changes = changes + 1, changed_at = $2 WHERE id = $1`, a.StoryID, ms(now))
	return err
}

// cleanRevisions does so with the versions of before: else it would seem that the outlet
// had taken out of one what is gone from the next.
func (t *tx) cleanRevisions(ctx context.Context, id string, clean func(*news.Article) bool) error {
	rows, err := t.query(ctx, `SELECT r.n, r.title, r.lead, r.text, r.html, a.language FROM article_revisions r
		JOIN articles a ON a.id = r.article_id WHERE r.article_id = $1 AND r.withheld = 0`, id)
	type version struct {
		n int
		news.Article
	}
	all, err := collect(rows, err, func(rows *sql.Rows) (v version, err error) {
		err = rows.Scan(&v.n, &v.Title, &v.Lead, &v.Text, &v.HTML, &v.Language)
		return v, err
	})
	if err != nil {
		return err
	}
	for _, v := range all {
		if !clean(&v.Article) {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE article_revisions SET lead = $3, text = $4, html = $5 WHERE article_id = $1 AND n = $2`,
			id, v.n, v.Lead, v.Text, v.HTML); err != nil {
			return err
		}
	}
	return nil
}

// apartOf is what was set apart from a's text as the store keeps it.
func apartOf(a *news.Article) string {
	if len(a.Apart) == 0 {
		return ""
	}
	return js(a.Apart)
}
