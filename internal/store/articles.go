package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// SaveArticle keeps the article made from revision itemRevision of an item, which has
// thereby been extracted, unless it changed meanwhile: then it is extracted again. Of
// an article that is there with another title, lead or text, the version so far is kept
// as a revision; where these are the same, nothing changes. The first sight of it in
// another feed of the outlet is no edit, whatever lead that feed gives; and an item whose
// link changes (some addresses repeat the headline) still is the article that it was.
func (d *DB) SaveArticle(ctx context.Context, itemID string, itemRevision int, a *news.Article, now time.Time) error {
	return d.change(ctx, func(t *tx) error {
		return t.saveArticles(ctx, []news.Extraction{{ItemID: itemID, ItemRevision: itemRevision, Article: a}}, now)
	})
}

// SaveArticles keeps several articles, as SaveArticle does each, in one transaction. If it
// fails, each is saved by itself, so that one which cannot be kept takes no other with it.
// The errors are in the order of the articles.
func (d *DB) SaveArticles(ctx context.Context, made []news.Extraction, now time.Time) []error {
	errs := make([]error, len(made))
	if len(made) > 1 {
		if err := d.change(ctx, func(t *tx) error { return t.saveArticles(ctx, made, now) }); err == nil {
			return errs
		}
	}
	for i := range made {
		errs[i] = d.change(ctx, func(t *tx) error { return t.saveArticles(ctx, made[i:i+1], now) })
	}
	return errs
}

func (t *tx) saveArticles(ctx context.Context, made []news.Extraction, now time.Time) error {
	for _, m := range made {
		if err := t.saveArticle(ctx, m, now); err != nil {
			return err
		}
	}
	return t.indexShingles(ctx)
}

func (t *tx) saveArticle(ctx context.Context, m news.Extraction, now time.Time) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save article %s: %w", news.PublicURL(m.Article.URL), err)
		}
	}()
	wanted, err := t.extracted(ctx, m.ItemID, m.ItemRevision, now)
	if err != nil || !wanted {
		return err
	}
	a, err := t.sameArticle(ctx, m.ItemID, m.ItemRevision, m.Article)
	if err != nil {
		return err
	}
	if err := t.confirmed(ctx, m.ItemID, a); err != nil {
		return err
	}
	if gone, err := t.isPurged(ctx, a.ID); err != nil || gone {
		if gone { // this item came later than what was withdrawn
			err = t.emptyItems(ctx, []string{m.ItemID}, now)
		}
		return err
	}
	inserted, err := t.insertArticle(ctx, a, now)
	if err != nil {
		return err
	}
	if !inserted {
		if err := t.reviseArticle(ctx, a, m.ItemRevision, now); err != nil {
			return err
		}
	}
	return t.takeCopies(ctx, cmp.Or(a.WireRoot, a.ID), m.Copies, now)
}

// isPurged reports whether an article was withdrawn or taken down.
func (t *tx) isPurged(ctx context.Context, id string) (bool, error) {
	rows, err := t.query(ctx, `SELECT 1 FROM articles WHERE id = $1 AND purged_at <> 0`, id)
	return one(rows, err, new(int))
}

// takeCopies makes articles, and what was held to be copies of them, copies of another one
// that came later and is older. Their stories are compared again. How much of the latter stands
// in the new root nobody looked.
func (t *tx) takeCopies(ctx context.Context, root string, copies []news.WireCopy, now time.Time) error {
	if len(copies) == 0 {
		return nil
	}
	ids := make([]string, len(copies))
	for i, c := range copies {
		ids[i] = c.ID
	}
	list := t.d.dialect.list(ids)
	rows, err := t.query(ctx, `UPDATE articles SET wire_root = $1, wire_share = 0
		WHERE id <> $1 AND (`+t.d.dialect.in("id", "$2")+` OR wire_root <> '' AND `+t.d.dialect.in("wire_root", "$2")+`) RETURNING coalesce(story_id, '')`, root, list)
	stories, err := collect(rows, err, scanString)
	if err != nil {
		return err
	}
	for _, c := range copies {
		if _, err := t.exec(ctx, `UPDATE articles SET wire_share = $3 WHERE id = $2 AND wire_root = $1`, root, c.ID, c.Share); err != nil {
			return err
		}
	}
	_, err = t.exec(ctx, `UPDATE stories SET changes = changes + 1, changed_at = $2 WHERE `+t.d.dialect.in("id", "$1"),
		t.d.dialect.list(stories), ms(now))
	return err
}

// sameArticle returns a under the id of the article that was made from an earlier
// revision of the item, if there is one.
func (t *tx) sameArticle(ctx context.Context, itemID string, itemRevision int, a *news.Article) (*news.Article, error) {
	same := *a
	if itemRevision == 1 {
		return &same, nil
	}
	rows, err := t.query(ctx, `SELECT id FROM articles WHERE item_id = $1`, itemID)
	_, err = one(rows, err, &same.ID)
	return &same, err
}

// extracted marks the item as extracted and reports whether what was made of it is
// still wanted.
func (t *tx) extracted(ctx context.Context, itemID string, revision int, now time.Time) (wanted bool, err error) {
	n, err := t.exec(ctx, `UPDATE items SET extracted_at = $3, lease_until = 0, last_error = ''
		WHERE id = $1 AND revision = $2 AND purged_at = 0`, itemID, revision, ms(now))
	if err != nil || n > 0 {
		return n > 0, err
	}
	var present int
	var done, purged int64
	rows, err := t.query(ctx, `SELECT revision, coalesce(extracted_at, 0), purged_at FROM items WHERE id = $1`, itemID)
	found, err := one(rows, err, &present, &done, &purged)
	switch {
	case err != nil:
		return false, err
	case !found:
		return false, fmt.Errorf("item %s: %w", itemID, news.ErrNotFound)
	}
	// A version that the outlet has replaced meanwhile belongs to the history, unless
	// its successor was saved already: then it came too late to be put in order.
	return purged == 0 && done == 0, nil
}

// when is a.When of the times as the store keeps them, so that who reads the article
// finds the same.
func when(a *news.Article) int64 {
	kept := news.Article{Published: timeOf(ms(a.Published)), FirstSeen: timeOf(ms(a.FirstSeen))}
	return ms(kept.When())
}

// insertArticle reports whether a was new.
func (t *tx) insertArticle(ctx context.Context, a *news.Article, now time.Time) (bool, error) {
	first := *a
	if first.FirstSeen.IsZero() {
		first.FirstSeen = now
	}
	n, err := t.exec(ctx, `INSERT INTO articles (id, source_id, item_id, guid, url, title, lead, basis, authors, language,
			published, updated, first_seen, at, revision, revised_at, wire_root, wire_share,
			via, archived_at, confirmed_at, via_page, entered)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $13, $15, $16, $17, $18, $19, $20, $21)
		ON CONFLICT (id) DO NOTHING`,
		a.ID, a.SourceID, a.ItemID, a.GUID, a.URL, a.Title, a.Lead, a.Basis, js(a.Authors), a.Language,
		ms(a.Published), ms(a.Updated), ms(first.FirstSeen), when(&first),
		a.WireRoot, a.WireShare,
		a.Via.Route, ms(a.Via.Archived), ms(a.Via.Confirmed), flag(a.Via.Page), ms(now))
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := t.exec(ctx, `INSERT INTO article_numbers (article_id, first_seen) VALUES ($1, $2)`, a.ID, ms(first.FirstSeen)); err != nil {
		return false, err
	}
	if _, err := t.exec(ctx, `INSERT INTO article_texts (article_id, text, html, terms, apart) VALUES ($1, $2, $3, $4, $5)`,
		a.ID, a.Text, a.HTML, termsText(a.Terms), apartOf(a)); err != nil {
		return false, err
	}
	if err := t.illustrate(ctx, a, now); err != nil {
		return false, err
	}
	if err := t.saveShingles(ctx, a, ms(first.FirstSeen), true); err != nil {
		return false, err
	}
	return true, t.indexArticle(ctx, a)
}

func (t *tx) indexArticle(ctx context.Context, a *news.Article) error {
	// The lead is in the text, save where the outlet wrote its own or there is no text.
	body := lang.IndexTerms(a.Lead+"\n\n"+a.Text, a.Language)
	return t.d.dialect.index(ctx, t, a.ID, lang.IndexTerms(a.Title, a.Language), body)
}

func (t *tx) reviseArticle(ctx context.Context, a *news.Article, itemRevision int, now time.Time) error {
	// Locked before it is compared, so that two items of one article, in two processes,
	// do not both take the same version for the one before theirs.
	rows, err := t.query(ctx, `SELECT `+briefColumns+`, '', '', '', '' FROM articles a WHERE a.id = $1`+t.d.dialect.forUpdate(), a.ID)
	found, err := collect(rows, err, scanArticle)
	old, err := only(found, err, "article", a.ID)
	if err != nil || !old.Purged.IsZero() || itemRevision == 1 && a.ItemID != old.ItemID {
		return err
	}
	var text string
	rows, err = t.query(ctx, `SELECT text FROM article_texts WHERE article_id = $1`, a.ID)
	if _, err := one(rows, err, &text); err != nil {
		return err
	}
	same := clean([]any{a.Title, a.Lead, a.Text})
	if same[0] == old.Title && same[1] == old.Lead && same[2] == text {
		if _, err := t.exec(ctx, `UPDATE article_texts SET terms = $2 WHERE article_id = $1 AND terms <> $2`, a.ID, termsText(a.Terms)); err != nil {
			return err
		}
		return t.confirmArticle(ctx, old, a, ms(now))
	}
	if _, err := t.exec(ctx, `INSERT INTO article_revisions (article_id, source_id, n, seen_at, title, lead, text, html, updated,
			via, archived_at, confirmed_at, via_page)
		SELECT a.id, a.source_id, a.revision, a.revised_at, a.title, a.lead, t.text, t.html, a.updated, a.via, a.archived_at, a.confirmed_at, a.via_page
		FROM articles a JOIN article_texts t ON t.article_id = a.id WHERE a.id = $1`, a.ID); err != nil {
		return err
	}
	next := *a
	next.FirstSeen = old.FirstSeen
	if _, err := t.exec(ctx, `UPDATE articles SET url = $2, title = $3, lead = $4, basis = $5, authors = $6, language = $7,
			published = $8, updated = $9, at = $10, revision = revision + 1, revised_at = $11,
			wire_root = $12, wire_share = $13, via = $14, archived_at = $15, confirmed_at = $16, via_page = $17
		WHERE id = $1`,
		a.ID, a.URL, a.Title, a.Lead, a.Basis, js(a.Authors), a.Language,
		ms(a.Published), ms(a.Updated), when(&next), ms(now),
		a.WireRoot, a.WireShare,
		a.Via.Route, ms(a.Via.Archived), ms(a.Via.Confirmed), flag(a.Via.Page)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE article_texts SET text = $2, html = $3, terms = $4, apart = $5 WHERE article_id = $1`,
		a.ID, a.Text, a.HTML, termsText(a.Terms), apartOf(a)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM article_pictures WHERE article_id = $1`, a.ID); err != nil {
		return err
	}
	if err := t.illustrate(ctx, a, now); err != nil {
		return err
	}
	if err := t.saveShingles(ctx, a, ms(old.FirstSeen), false); err != nil {
		return err
	}
	if err := t.indexArticle(ctx, a); err != nil {
		return err
	}
	if old.StoryID == "" {
		return nil
	}
	_, err = t.exec(ctx, `UPDATE stories SET changes = changes + 1, changed_at = $2 WHERE id = $1`, old.StoryID, ms(now))
	return err
}

// briefColumns are those that scanArticle reads, of articles a; text, html, terms and apart follow.
const briefColumns = `a.id, a.source_id, a.item_id, a.guid, a.url, a.title, a.lead, a.basis, a.authors, a.language,
	a.published, a.updated, a.first_seen, a.revision, a.wire_root, a.wire_share, a.story_id, a.seq, a.purged_at,
	a.via, a.archived_at, a.confirmed_at, a.via_page`

// wholeArticle begins a query for articles with their texts, briefArticle one for articles without.
const (
	wholeArticle = `SELECT ` + briefColumns + `, t.text, t.html, t.terms, t.apart FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id `
	briefArticle = `SELECT ` + briefColumns + `, '', '', '', '' FROM articles a `
)

func scanArticle(rows *sql.Rows) (*news.Article, error) {
	into, article := articleInto()
	err := rows.Scan(into...)
	return article(), err
}

// articleInto returns where a row is scanned into, and the article that is there then.
func articleInto() (into []any, article func() *news.Article) {
	a := new(news.Article)
	page := 0
	into = []any{
		&a.ID, &a.SourceID, &a.ItemID, &a.GUID, &a.URL, &a.Title, &a.Lead, &a.Basis,
		jsonInto{&a.Authors},
		&a.Language,
		timeInto{&a.Published},
		timeInto{&a.Updated},
		timeInto{&a.FirstSeen},
		&a.Revision, &a.WireRoot, &a.WireShare,
		textInto{&a.StoryID},
		&a.Seq,
		purgedInto{&a.Purged},
		&a.Via.Route,
		timeInto{&a.Via.Archived},
		timeInto{&a.Via.Confirmed},
		&page,
		textInto{&a.Text},
		textInto{&a.HTML},
		jsonInto{&a.Terms},
		jsonInto{&a.Apart},
	}
	return into, func() *news.Article {
		a.Via.Page = page != 0
		return a
	}
}

// Article returns one article whole, whether or not it is carried. Of a purged one
// there are no title and text.
func (d *DB) Article(ctx context.Context, id string) (*news.Article, error) {
	rows, err := d.query(ctx, wholeArticle+`WHERE a.id = $1`, id)
	found, err := collect(rows, err, scanArticle)
	return only(found, err, "article", id)
}

// Articles returns a page of carried articles, the newest first, and the cursor of the
// next page, "" if there is none.
func (d *DB) Articles(ctx context.Context, q news.ArticleQuery) (page []*news.Article, next string, err error) {
	query := briefArticle
	if q.Full {
		query = wholeArticle
	}
	args := []any{ms(q.Now)}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	where, ok := d.articlesWhere(q, arg)
	if !ok {
		return nil, "", nil
	}
	query += where
	order, kind := orderOf(q)
	if q.Part != "" {
		p, err := readPart(q.Part)
		if err != nil {
			return nil, "", fmt.Errorf("articles: %w", err)
		}
		query += ` AND (a.entered, a.id) > (` + arg(p.after.at) + `, ` + arg(p.after.id) + `) AND (a.entered, a.id) <= (` + arg(p.upTo.at) + `, ` + arg(p.upTo.id) + `)`
	}
	if q.After != "" {
		at, id, err := readTimeCursor(kind, q.After)
		if err != nil {
			return nil, "", fmt.Errorf("articles: %w", err)
		}
		query += ` AND (` + order + `, a.id) < (` + arg(at) + `, ` + arg(id) + `)`
	}
	rows, err := d.query(ctx, query+` ORDER BY `+order+` DESC, a.id DESC LIMIT `+arg(q.Limit+1), args...)
	page, err = collect(rows, err, scanArticle)
	if err != nil {
		return nil, "", fmt.Errorf("read a page of articles: %w", err)
	}
	page, next = cut(page, q.Limit, func(last *news.Article) string { return timeCursor(kind, last.When(), last.ID) })
	if next != "" && order == "a.entered" {
		next, err = d.enteredCursor(ctx, page[len(page)-1].ID)
	}
	return page, next, err
}

// orderOf returns the column by which articles are ordered, and the kind of cursor for it.
func orderOf(q news.ArticleQuery) (column, kind string) {
	if q.Entered || q.Part != "" {
		return "a.entered", "i"
	}
	return "a.at", "a"
}

// enteredCursor is the cursor for what came in before an article.
func (d *DB) enteredCursor(ctx context.Context, id string) (string, error) {
	var at int64
	rows, err := d.query(ctx, `SELECT entered FROM articles WHERE id = $1`, id)
	if _, err := one(rows, err, &at); err != nil {
		return "", fmt.Errorf("read when article %s came in: %w", id, err)
	}
	return timeCursor("i", timeOf(at), id), nil
}

// articlesWhere joins articles a with their sources c, for what q asks, whose Now is $1. It reports false where
// there can be none.
func (d *DB) articlesWhere(q news.ArticleQuery, arg func(any) string) (query string, ok bool) {
	if q.Terms != nil {
		match := d.dialect.match(q.Terms)
		if match == "" {
			return "", false
		}
		query += `JOIN (` + d.dialect.matched(arg(match), arg(searchRanked)) + `) h ON h.article_id = a.id `
	}
	query += `JOIN sources c ON c.id = a.source_id WHERE ` + carried("a", "$1")
	if q.Languages != nil {
		in := make([]string, len(q.Languages))
		for i, tag := range q.Languages {
			in[i] = `lower(a.language) = ` + arg(strings.ToLower(tag)) + ` OR lower(a.language) LIKE ` + arg(strings.ToLower(tag)+"-%")
		}
		query += ` AND (` + strings.Join(in, " OR ") + `)`
	}
	switch {
	case len(q.SourceIDs) == 1:
		query += ` AND a.source_id = ` + arg(q.SourceIDs[0])
	case q.SourceIDs != nil:
		// Not a bare column: the planners would fetch everything of these sources by its
		// index and sort it, where going back from the newest finds a page at once.
		query += ` AND ` + d.dialect.in(`(a.source_id || '')`, arg(d.dialect.list(q.SourceIDs)))
	}
	if q.StoryID != "" {
		query += ` AND a.story_id = ` + arg(q.StoryID)
	}
	if !q.Since.IsZero() {
		query += ` AND a.at >= ` + arg(ms(q.Since))
	}
	if !q.Until.IsZero() {
		query += ` AND a.at < ` + arg(ms(q.Until))
	}
	return query, true
}

// Revisions returns all versions of an article, the oldest first and the present last.
func (d *DB) Revisions(ctx context.Context, articleID string) ([]news.Revision, error) {
	rows, err := d.query(ctx, `SELECT n, seen_at, title, lead, text, html, updated, withheld, via, archived_at, confirmed_at, via_page
			FROM article_revisions WHERE article_id = $1
		UNION ALL SELECT a.revision, a.revised_at, a.title, a.lead, coalesce(t.text, ''), coalesce(t.html, ''), a.updated,
				CASE WHEN a.purged_at = 0 THEN 0 ELSE 1 END, a.via, a.archived_at, a.confirmed_at, a.via_page
			FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id WHERE a.id = $1
		ORDER BY 1`, articleID)
	all, err := collect(rows, err, func(rows *sql.Rows) (r news.Revision, err error) {
		var withheld, page int
		err = rows.Scan(&r.N, timeInto{&r.SeenAt}, &r.Title, &r.Lead, &r.Text, &r.HTML, timeInto{&r.Updated}, &withheld,
			&r.Via.Route, timeInto{&r.Via.Archived}, timeInto{&r.Via.Confirmed}, &page)
		r.Withheld, r.Via.Page = withheld != 0, page != 0
		return r, err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the revisions of article %s: %w", articleID, err)
	case len(all) == 0:
		return nil, fmt.Errorf("article %s: %w", articleID, news.ErrNotFound)
	}
	return all, nil
}
