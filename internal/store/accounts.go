package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"parallax/internal/news"
)

// AddAccount makes an account; news.ErrExists if there is one of the name.
func (d *DB) AddAccount(ctx context.Context, a *news.Account) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO accounts (name, token_hash, fever_hash, made_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO NOTHING`, a.Name, a.TokenHash, a.FeverHash, ms(a.Made))
		if err == nil && n == 0 {
			err = news.ErrExists
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("make account %s: %w", a.Name, err)
	}
	return nil
}

// RemoveAccount deletes an account and all that it read and starred.
func (d *DB) RemoveAccount(ctx context.Context, name string) error {
	err := d.keepBooks(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM account_marks WHERE account = $1`, name); err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM accounts WHERE name = $1`, name)
		if err == nil && n == 0 {
			err = news.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("remove account %s: %w", name, err)
	}
	return nil
}

// Accounts returns all accounts by name.
func (d *DB) Accounts(ctx context.Context) ([]news.Account, error) {
	return d.accounts(ctx, `ORDER BY name`)
}

// AccountOf returns the account one of whose hashes it is.
func (d *DB) AccountOf(ctx context.Context, hash string) (*news.Account, error) {
	list, err := d.accounts(ctx, `WHERE token_hash = $1 OR fever_hash = $1`, hash)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("find the account: %w", news.ErrNotFound)
	}
	return &list[0], nil
}

func (d *DB) accounts(ctx context.Context, which string, args ...any) ([]news.Account, error) {
	rows, err := d.query(ctx, `SELECT name, token_hash, fever_hash, made_at FROM accounts `+which, args...)
	list, err := collect(rows, err, func(rows *sql.Rows) (a news.Account, err error) {
		err = rows.Scan(textInto{&a.Name}, textInto{&a.TokenHash}, textInto{&a.FeverHash}, timeInto{&a.Made})
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return list, nil
}

// Marked returns the carried articles that q asks for.
func (d *DB) Marked(ctx context.Context, q news.MarkedQuery) ([]news.Marked, error) {
	list, err := d.marked(ctx, q)
	if err == nil && q.Full {
		err = d.fill(ctx, list)
	}
	if err != nil {
		return nil, fmt.Errorf("list articles of account %s: %w", q.Account, err)
	}
	return list, nil
}

func (d *DB) marked(ctx context.Context, q news.MarkedQuery) ([]news.Marked, error) {
	from, args, err := d.markedFrom(ctx, q)
	if err != nil {
		return nil, err
	}
	order := " DESC"
	if q.OldestFirst {
		order = ""
	}
	args = append(args, q.Limit)
	rows, err := d.query(ctx, `SELECT m.n, a.id, a.source_id, a.first_seen, coalesce(k.is_read, 0), coalesce(k.starred, 0) `+from+
		fmt.Sprintf(` ORDER BY m.n%s LIMIT $%d`, order, len(args)), args...)
	return collect(rows, err, func(rows *sql.Rows) (m news.Marked, err error) {
		var read, starred int
		err = rows.Scan(&m.N, textInto{&m.ArticleID}, textInto{&m.SourceID}, timeInto{&m.Seen}, &read, &starred)
		m.Read, m.Starred = read != 0 || m.Seen.Before(q.Now.Add(-news.AccountWindow)), starred != 0
		return m, err
	})
}

// markedFrom returns the part of a query from FROM on that selects articles a with their
// numbers m and marks k, and its arguments.
func (d *DB) markedFrom(ctx context.Context, q news.MarkedQuery) (string, []any, error) {
	args := []any{ms(q.Now), q.Account}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var b strings.Builder
	switch {
	case q.Starred:
		b.WriteString(`FROM account_marks k JOIN article_numbers m ON m.n = k.n AND k.account = $2 AND k.starred = 1`)
	default:
		b.WriteString(`FROM article_numbers m LEFT JOIN account_marks k ON k.account = $2 AND k.n = m.n`)
	}
	b.WriteString(` JOIN articles a ON a.id = m.article_id JOIN sources c ON c.id = a.source_id WHERE ` + carried("a", "$1"))
	if q.Numbers != nil {
		list := make([]string, len(q.Numbers))
		for i, n := range q.Numbers {
			list[i] = fmt.Sprint(n)
		}
		b.WriteString(` AND m.n IN (SELECT CAST(x.value AS BIGINT) FROM ` + d.dialect.elements(arg(js(list)), "x") + `)`)
	}
	if !q.Starred && q.Numbers == nil {
		// By number, so that what is old is not even looked at.
		low, err := d.lowest(ctx, q.Now.Add(-news.AccountWindow))
		if err != nil {
			return "", nil, err
		}
		b.WriteString(` AND m.n >= ` + arg(low) + ` AND m.first_seen >= ` + arg(ms(q.Now.Add(-news.AccountWindow))))
	}
	if q.SourceIDs != nil {
		b.WriteString(` AND ` + d.dialect.in("a.source_id", arg(d.dialect.list(q.SourceIDs))))
	}
	if q.Unread {
		b.WriteString(` AND coalesce(k.is_read, 0) = 0`)
	}
	if q.Read {
		b.WriteString(` AND coalesce(k.is_read, 0) = 1`)
	}
	if !q.From.IsZero() {
		b.WriteString(` AND a.first_seen >= ` + arg(ms(q.From)))
	}
	if !q.To.IsZero() {
		b.WriteString(` AND a.first_seen < ` + arg(ms(q.To)))
	}
	if q.Above > 0 {
		b.WriteString(` AND m.n > ` + arg(q.Above))
	}
	if q.Below > 0 {
		b.WriteString(` AND m.n < ` + arg(q.Below))
	}
	return b.String(), args, nil
}

// lowest returns the lowest number of the articles that were first seen since then, some
// more than all where they came out of order.
func (d *DB) lowest(ctx context.Context, since time.Time) (n int64, err error) {
	rows, err := d.query(ctx, `SELECT coalesce(min(n), 0) FROM (SELECT n FROM article_numbers WHERE first_seen >= $1 ORDER BY first_seen, n LIMIT 1000) x`, ms(since))
	_, err = one(rows, err, &n)
	return n, err
}

// fill reads the articles of list.
func (d *DB) fill(ctx context.Context, list []news.Marked) error {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.ArticleID
	}
	rows, err := d.query(ctx, wholeArticle+`WHERE `+d.dialect.in("a.id", "$1"), d.dialect.list(ids))
	found, err := collect(rows, err, scanArticle)
	if err != nil {
		return err
	}
	byID := make(map[string]*news.Article, len(found))
	for _, a := range found {
		byID[a.ID] = a
	}
	for i := range list {
		list[i].Article = byID[list[i].ArticleID]
	}
	return nil
}

// Mark marks articles by their numbers; those that are not there are passed over.
func (d *DB) Mark(ctx context.Context, account string, numbers []int64, m news.Mark) error {
	read, starred := markOf(m.Read), markOf(m.Starred)
	err := d.keepBooks(ctx, func(t *tx) error {
		for _, n := range numbers {
			if _, err := t.exec(ctx, `INSERT INTO account_marks (account, n, is_read, starred)
				SELECT CAST($1 AS TEXT), n, CASE WHEN $3 > 0 THEN 1 ELSE 0 END, CASE WHEN $4 > 0 THEN 1 ELSE 0 END FROM article_numbers WHERE n = $2
				ON CONFLICT (account, n) DO UPDATE SET
					is_read = CASE WHEN $3 < 0 THEN account_marks.is_read ELSE excluded.is_read END,
					starred = CASE WHEN $4 < 0 THEN account_marks.starred ELSE excluded.starred END`,
				account, n, read, starred); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark articles of account %s: %w", account, err)
	}
	return nil
}

// markOf returns 1 for true, 0 for false, -1 for neither.
func markOf(b *bool) int {
	switch {
	case b == nil:
		return -1
	case *b:
		return 1
	}
	return 0
}

// MarkRead marks as read all that q asks for; its Limit counts for nothing.
func (d *DB) MarkRead(ctx context.Context, q news.MarkedQuery) error {
	q.Unread = true
	from, args, err := d.markedFrom(ctx, q)
	if err == nil {
		err = d.keepBooks(ctx, func(t *tx) error {
			_, err := t.exec(ctx, `INSERT INTO account_marks (account, n, is_read) SELECT CAST($2 AS TEXT), m.n, 1 `+from+`
				ON CONFLICT (account, n) DO UPDATE SET is_read = 1`, args...)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("mark articles of account %s as read: %w", q.Account, err)
	}
	return nil
}

// Unread counts what the account has not read, by source.
func (d *DB) Unread(ctx context.Context, account string, now time.Time) ([]news.Unread, error) {
	from, args, err := d.markedFrom(ctx, news.MarkedQuery{Account: account, Now: now, Unread: true})
	if err != nil {
		return nil, fmt.Errorf("count what account %s has not read: %w", account, err)
	}
	rows, err := d.query(ctx, `SELECT a.source_id, count(*), max(a.first_seen) `+from+` GROUP BY a.source_id ORDER BY a.source_id`, args...)
	list, err := collect(rows, err, func(rows *sql.Rows) (u news.Unread, err error) {
		err = rows.Scan(textInto{&u.SourceID}, &u.Articles, timeInto{&u.Newest})
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("count what account %s has not read: %w", account, err)
	}
	return list, nil
}

// CountMarked counts the carried articles of news.AccountWindow.
func (d *DB) CountMarked(ctx context.Context, account string, now time.Time) (n int, err error) {
	from, args, err := d.markedFrom(ctx, news.MarkedQuery{Account: account, Now: now})
	if err == nil {
		var rows *sql.Rows
		rows, err = d.query(ctx, `SELECT count(*) `+from, args...)
		_, err = one(rows, err, &n)
	}
	if err != nil {
		return 0, fmt.Errorf("count articles of account %s: %w", account, err)
	}
	return n, nil
}
