package store

import (
	"context"
	"fmt"
	"time"
)

// compareAgainFor is how old the last article of a story may be for the story to be
// compared again. Older stories keep the comparison of their time: it says who stood where
// then, and to make all of them anew would hold up the new ones, and on SQLite every
// writer, for the more time the older the hub is.
const compareAgainFor = 14 * 24 * time.Hour

// CompareAgain makes every story of the last 14 days wait to be compared again if made,
// which describes what comparisons are made with (the lenses, and who stands where), is
// not what it was at the last call. It returns how many stories wait because of it.
func (d *DB) CompareAgain(ctx context.Context, made string, now time.Time) (n int, err error) {
	err = d.change(ctx, func(t *tx) error {
		n = 0
		changed, err := t.exec(ctx, `
			INSERT INTO facts (name, value) VALUES ('compared with', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE facts.value <> excluded.value`, made)
		if err != nil || changed == 0 {
			return err
		}
		all, err := t.exec(ctx, `UPDATE stories SET changes = changes + 1, changed_at = $1
			WHERE merged_into IS NULL AND last_at >= $2`, ms(now), ms(now.Add(-compareAgainFor)))
		n = int(all)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("compare again: %w", err)
	}
	return n, nil
}
