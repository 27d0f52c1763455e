package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

// SaveRatings replaces all ratings of a rater by these; an empty list removes him. It returns
// how many sources have a rating of his then, and how many ratings he had before. What is said
// of a source from now on is a new version of its Disclosure.
func (d *DB) SaveRatings(ctx context.Context, r news.Ratings, now time.Time) (rated int, had int64, err error) {
	err = d.change(ctx, func(t *tx) (err error) {
		if had, err = t.exec(ctx, `DELETE FROM ratings WHERE rater = $1`, r.By); err != nil {
			return err
		}
		for _, one := range r.List {
			if _, err := t.exec(ctx, `INSERT INTO ratings (rater, domain, label, value, url, date) VALUES ($1, $2, $3, $4, $5, $6)`,
				r.By, one.Domain, r.Label, one.Value, one.URL, one.Date); err != nil {
				return fmt.Errorf("%s: %w", one.Domain, err)
			}
		}
		var changed []string
		if rated, changed, err = t.rate(ctx, r.By); err != nil {
			return err
		}
		for _, id := range changed {
			if err := t.disclose(ctx, id, now); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("save the ratings of %s: %w", r.By, err)
	}
	return rated, had, nil
}

// rate writes with every source what all raters say of it, and returns of how many sources
// by says something, and the ids of those for which anything changed. Of one rater only the
// rating of the nearest domain counts.
func (t *tx) rate(ctx context.Context, by string) (rated int, changed []string, err error) {
	type row struct {
		id, had string
		domains []string
	}
	rows, err := t.query(ctx, `SELECT id, ratings, body FROM sources ORDER BY id`)
	sources, err := collect(rows, err, func(rows *sql.Rows) (*row, error) {
		r := new(row)
		var source struct {
			Home string `json:"home"`
		}
		err := rows.Scan(&r.id, &r.had, jsonInto{&source})
		r.domains = news.Domains(source.Home)
		return r, err
	})
	if err != nil {
		return 0, nil, err
	}
	var all []string
	for _, s := range sources {
		all = append(all, s.domains...)
	}
	type said struct {
		by, label string
		news.Rating
	}
	rows, err = t.query(ctx, `SELECT rater, label, domain, value, url, date FROM ratings
		WHERE `+t.d.dialect.in("domain", "$1"), t.d.dialect.list(all))
	list, err := collect(rows, err, func(rows *sql.Rows) (*said, error) {
		s := new(said)
		return s, rows.Scan(&s.by, &s.label, &s.Domain, &s.Value, &s.URL, &s.Date)
	})
	if err != nil {
		return 0, nil, err
	}
	slices.SortFunc(list, func(a, b *said) int { return strings.Compare(a.by, b.by) })
	of := map[string][]*said{}
	for _, s := range list {
		of[s.Domain] = append(of[s.Domain], s)
	}
	for _, s := range sources {
		var claims []news.Claim
		done := map[string]bool{} // raters
		for _, domain := range s.domains {
			for _, r := range of[domain] {
				if !done[r.by] {
					done[r.by] = true
					claims = append(claims, r.Claim(r.by, r.label))
				}
			}
		}
		if done[by] {
			rated++
		}
		has := ""
		if claims != nil {
			has = js(claims)
		}
		if has == s.had {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE sources SET ratings = $2 WHERE id = $1`, s.id, has); err != nil {
			return 0, nil, err
		}
		changed = append(changed, s.id)
	}
	return rated, changed, nil
}

// Ratings returns all ratings of a rater, by domain; empty where there are none.
func (d *DB) Ratings(ctx context.Context, by string) (news.Ratings, error) {
	r := news.Ratings{By: by}
	rows, err := d.query(ctx, `SELECT label, domain, value, url, date FROM ratings WHERE rater = $1 ORDER BY domain`, by)
	r.List, err = collect(rows, err, func(rows *sql.Rows) (one news.Rating, err error) {
		err = rows.Scan(&r.Label, &one.Domain, &one.Value, &one.URL, &one.Date)
		return one, err
	})
	if err != nil {
		return news.Ratings{}, fmt.Errorf("read the ratings of %s: %w", by, err)
	}
	return r, nil
}

// Raters returns whose ratings the store has, by name.
func (d *DB) Raters(ctx context.Context) ([]string, error) {
	rows, err := d.query(ctx, `SELECT DISTINCT rater FROM ratings ORDER BY rater`)
	names, err := collect(rows, err, func(rows *sql.Rows) (name string, err error) {
		err = rows.Scan(&name)
		return name, err
	})
	if err != nil {
		return nil, fmt.Errorf("read whose ratings there are: %w", err)
	}
	return names, nil
}
