package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// Unassisted returns at most limit stories that two sides tell, that were compared since they
// changed and that the assistant was not asked about since; those of the highest rank first, none whose
// rank is below least. Their counts are those of what is not purged.
func (d *DB) Unassisted(ctx context.Context, now time.Time, least float64, limit int) ([]*news.Story, error) {
	rows, err := d.query(ctx, `SELECT id, head_id, first_at, last_at, told_at, rank, merged_into, changes, articles, outlets
		FROM stories WHERE merged_into IS NULL AND two_sides = 1 AND changes > assisted
			AND rank >= $2 AND compared >= changes AND assist_due <= $1
		ORDER BY rank DESC, id DESC LIMIT $3`, ms(now), least, limit)
	all, err := collect(rows, err, scanStory)
	if err != nil {
		return nil, fmt.Errorf("read stories for the assistant: %w", err)
	}
	return all, nil
}

// SaveAssisted keeps what the assistant said of a story, in the place of what it had said, and
// translations beside those that there are. The assistant is asked about the story again when it
// changes further, and not before due. Of what rests on an article that is purged, or another by now, or of
// another story, nothing is kept.
func (d *DB) SaveAssisted(ctx context.Context, s *news.Story, gists []news.Gist, translations []news.Translation, due time.Time) error {
	err := d.change(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE stories SET assisted = CASE WHEN assisted > $2 THEN assisted ELSE $2 END, assist_due = $3
			WHERE id = $1 AND merged_into IS NULL`, s.ID, s.Changes, ms(due))
		if err != nil || n == 0 {
			return err // it merged meanwhile
		}
		rows, err := t.query(ctx, `SELECT id, revision FROM articles WHERE story_id = $1 AND purged_at = 0`, s.ID)
		there := map[string]int{}
		if _, err := collect(rows, err, func(rows *sql.Rows) (id string, err error) {
			var revision int
			err = rows.Scan(&id, &revision)
			there[id] = revision
			return id, err
		}); err != nil {
			return err
		}
		var kept []news.Gist
		for _, g := range gists {
			stands := true
			for _, c := range g.Cites {
				stands = stands && there[c.ArticleID] == c.Revision
			}
			if stands {
				kept = append(kept, g)
			}
		}
		if err := t.saveGists(ctx, s.ID, kept); err != nil {
			return err
		}
		for _, tr := range translations {
			if there[tr.ArticleID] != tr.Revision {
				continue
			}
			if err := t.saveTranslation(ctx, tr); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save what the assistant said of story %s: %w", s.ID, err)
	}
	return nil
}

func (t *tx) saveGists(ctx context.Context, storyID string, gists []news.Gist) error {
	if len(gists) == 0 {
		return t.forgetGists(ctx, storyID)
	}
	_, err := t.exec(ctx, `INSERT INTO gists (story_id, body) VALUES ($1, $2)
		ON CONFLICT (story_id) DO UPDATE SET body = excluded.body`, storyID, js(gists))
	return err
}

// forgetGists deletes what the assistant said of a story: an article has left it.
func (t *tx) forgetGists(ctx context.Context, storyID string) error {
	_, err := t.exec(ctx, `DELETE FROM gists WHERE story_id = $1`, storyID)
	return err
}

func (t *tx) saveTranslation(ctx context.Context, tr news.Translation) error {
	// Those of an earlier revision are of another text.
	if _, err := t.exec(ctx, `DELETE FROM translations WHERE article_id = $1 AND revision < $2`, tr.ArticleID, tr.Revision); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO translations (article_id, language, from_byte, to_byte, revision, text, names, model, prompt, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (article_id, language, from_byte, to_byte) DO UPDATE SET revision = excluded.revision, text = excluded.text,
			names = excluded.names, model = excluded.model, prompt = excluded.prompt, at = excluded.at`,
		tr.ArticleID, tr.Language, tr.From, tr.To, tr.Revision, tr.Text, flag(tr.Names), tr.Model, tr.Prompt, ms(tr.At))
	return err
}

// Gists returns what the assistant said of a story, what was dropped included.
func (d *DB) Gists(ctx context.Context, storyID string) ([]news.Gist, error) {
	var gists []news.Gist
	rows, err := d.query(ctx, `SELECT body FROM gists WHERE story_id = $1`, storyID)
	if _, err := one(rows, err, jsonInto{&gists}); err != nil {
		return nil, fmt.Errorf("read what the assistant said of story %s: %w", storyID, err)
	}
	return gists, nil
}

// Translations returns the translations of articles that are not purged, of their present revision,
// those included of which the text was dropped.
func (d *DB) Translations(ctx context.Context, articleIDs []string) ([]news.Translation, error) {
	if len(articleIDs) == 0 {
		return nil, nil
	}
	rows, err := d.query(ctx, `SELECT t.article_id, t.language, t.from_byte, t.to_byte, t.revision, t.text, t.names, t.model, t.prompt, t.at
		FROM translations t JOIN articles a ON a.id = t.article_id
		WHERE `+d.dialect.in("t.article_id", "$1")+` AND a.revision = t.revision AND a.purged_at = 0`, d.dialect.list(articleIDs))
	all, err := collect(rows, err, func(rows *sql.Rows) (t news.Translation, err error) {
		var names int
		err = rows.Scan(&t.ArticleID, &t.Language, &t.From, &t.To, &t.Revision, &t.Text, &names, &t.Model, &t.Prompt, timeInto{&t.At})
		t.Names = names == 1
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the translations of %d articles: %w", len(articleIDs), err)
	}
	slices.SortFunc(all, func(a, b news.Translation) int {
		return cmp.Or(cmp.Compare(a.ArticleID, b.ArticleID), cmp.Compare(a.Language, b.Language), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all, nil
}

// factAsked is how often the assistant was asked within the hour: "HOUR COUNT", the hour since 1970.
const factAsked = "assistant asked"

// AskAssistant reports whether the assistant may be asked once more within the hour of now, and counts it
// if so. A crash before the question wastes one.
func (d *DB) AskAssistant(ctx context.Context, now time.Time, most int) (may bool, err error) {
	err = d.keepBooks(ctx, func(t *tx) error {
		may = false
		rows, err := t.query(ctx, `SELECT value FROM facts WHERE name = $1`+d.dialect.forUpdate(), factAsked)
		value := ""
		if _, err := one(rows, err, &value); err != nil {
			return err
		}
		hour, asked := askedIn(value, now)
		if may = asked < most; !may {
			return nil
		}
		_, err = t.exec(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			factAsked, fmt.Sprint(hour, asked+1))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("count what the assistant is asked: %w", err)
	}
	return may, nil
}

// askedIn reads factAsked: the hour of now, and how often the assistant was asked in it.
func askedIn(value string, now time.Time) (hour int64, asked int) {
	hour = now.Unix() / int64(time.Hour/time.Second)
	var then int64
	if _, err := fmt.Sscan(value, &then, &asked); err != nil || then != hour {
		asked = 0
	}
	return hour, asked
}

// AssistantCounts says how often the assistant was asked within the hour of now, and about how many stories whose
// rank is not below least it is to be asked.
func (d *DB) AssistantCounts(ctx context.Context, now time.Time, least float64) (asked, waiting int, err error) {
	var value string
	rows, err := d.query(ctx, `SELECT value FROM facts WHERE name = $1`, factAsked)
	if _, err := one(rows, err, &value); err != nil {
		return 0, 0, fmt.Errorf("read what the assistant was asked: %w", err)
	}
	rows, err = d.query(ctx, `SELECT count(*) FROM stories WHERE merged_into IS NULL AND two_sides = 1 AND changes > assisted AND rank >= $1`, least)
	if _, err := one(rows, err, &waiting); err != nil {
		return 0, 0, fmt.Errorf("count the stories for the assistant: %w", err)
	}
	_, asked = askedIn(value, now)
	return asked, waiting, nil
}
