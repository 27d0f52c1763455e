package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parallax/internal/news"
)

const (
	// outputDays is for how many days it is known what outlets told: for stories of which
	// the last article is half of that old there is a whole news.OutputWindow.
	outputDays = 2 * int64(news.OutputWindow/(24*time.Hour))
	// Stories go on growing for a day or two after they began, and change little later. To
	// count a day on which ten thousand articles came takes some 25 ms.
	countYoung, countOld = 10 * time.Minute, 6 * time.Hour
	youngDays            = 2
)

const dayLength = 24 * time.Hour

// CountOutput counts anew in how many stories each outlet took part, for the days for which
// that was not done lately, and forgets those that lie too far back.
func (d *DB) CountOutput(ctx context.Context, now time.Time) error {
	today := news.DayOf(now)
	first := today - outputDays + 1
	var began int64
	rows, err := d.query(ctx, `SELECT first_at FROM stories WHERE merged_into IS NULL AND first_at > 0 ORDER BY first_at LIMIT 1`)
	found, err := one(rows, err, &began)
	if err != nil {
		return fmt.Errorf("look when the first story began: %w", err)
	}
	if !found {
		return nil
	}
	counted := map[int64]time.Time{}
	rows, err = d.query(ctx, `SELECT day, counted_at FROM output_days`)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var day int64
		var at time.Time
		err := rows.Scan(&day, timeInto{&at})
		counted[day] = at
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("look which days were counted: %w", err)
	}
	for day := range counted {
		if day < first {
			if err := d.forgetOutput(ctx, first); err != nil {
				return fmt.Errorf("forget what outlets told long ago: %w", err)
			}
			break
		}
	}
	for day := max(first, news.DayOf(timeOf(began))); day <= today; day++ {
		every := countOld
		if today-day < youngDays {
			every = countYoung
		}
		// A clock that was set back does not keep a day from being counted.
		if at, done := counted[day]; done && now.Sub(at).Abs() < every {
			continue
		}
		if err := d.countDay(ctx, day, now); err != nil {
			return fmt.Errorf("count what outlets told of the stories of day %d: %w", day, err)
		}
	}
	return nil
}

func (d *DB) forgetOutput(ctx context.Context, first int64) error {
	return d.change(ctx, func(t *tx) error {
		for _, table := range []string{"outputs", "output_days"} {
			if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE day < $1`, first); err != nil {
				return err
			}
		}
		return nil
	})
}

// countDay counts the stories that began on one day. Articles that are not carried any
// more count: that they were told is not forgotten.
func (d *DB) countDay(ctx context.Context, day int64, now time.Time) error {
	from, to := day*dayLength.Milliseconds(), (day+1)*dayLength.Milliseconds()
	return d.change(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM outputs WHERE day = $1`, day); err != nil {
			return err
		}
		for _, of := range []string{`a.source_id`, `''`} {
			if _, err := t.exec(ctx, `INSERT INTO outputs (day, source_id, language, stories)
				SELECT CAST($1 AS BIGINT), n.source_id, n.language, count(DISTINCT n.story_id) FROM (
					SELECT `+of+` AS source_id, a.language, a.story_id
					FROM stories s CROSS JOIN articles a
					WHERE s.merged_into IS NULL AND s.first_at >= $2 AND s.first_at < $3 AND s.outlets >= 2 AND a.story_id = s.id
				) n GROUP BY n.source_id, n.language`, day, from, to); err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `INSERT INTO output_days (day, counted_at) VALUES ($1, $2)
			ON CONFLICT (day) DO UPDATE SET counted_at = excluded.counted_at`, day, ms(now))
		return err
	})
}

// Output returns in how many stories the outlets took part, as it was counted last, and
// when the latest article of each is from.
func (d *DB) Output(ctx context.Context) (*news.Output, error) {
	o := &news.Output{Last: map[string]time.Time{}}
	rows, err := d.query(ctx, `SELECT day, source_id, language, stories FROM outputs ORDER BY day, source_id, language`)
	o.Days, err = collect(rows, err, func(rows *sql.Rows) (day news.OutputDay, err error) {
		err = rows.Scan(&day.Day, &day.SourceID, &day.Language, &day.Stories)
		return day, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what outlets told: %w", err)
	}
	rows, err = d.query(ctx, `SELECT c.id, (SELECT coalesce(max(a.at), 0) FROM articles a WHERE a.source_id = c.id AND a.purged_at = 0) FROM sources c`)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var id string
		var at int64
		err := rows.Scan(&id, &at)
		if at > 0 {
			o.Last[id] = timeOf(at)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read when outlets told something last: %w", err)
	}
	return o, nil
}
