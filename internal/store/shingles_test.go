package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/store"
)

func TestSimilar(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		shingled := func(source, key string, revision int, seen time.Time, shingles ...int32) {
			it := item(source, key, "text of "+key+fmt.Sprint(revision), seen)
			w.save(seen, source, it)
			a := article(it, key, fmt.Sprint("text ", revision))
			a.Shingles = shingles
			w.must(w.SaveArticle(ctx, it.ID, revision, a, seen))
		}
		shingled("aurora", "most", 1, start.Add(time.Hour), -1<<31, 0, 1<<31-1, 7)
		shingled("aurora", "some", 1, start.Add(time.Hour), 7, -1<<31)
		shingled("aurora", "one, early", 1, start, 7, 7, 100)
		shingled("aurora", "one, late", 1, start.Add(2*time.Hour), 7)
		shingled("aurora", "none", 1, start, 100)
		shingled("aurora", "short", 1, start)
		shingled("beacon", "own", 1, start, 7)
		similar := func(from, to time.Time, shingles ...int32) []string {
			all, err := w.Similar(ctx, shingles, "beacon", from, to)
			w.must(err)
			titles := []string{}
			for _, a := range all {
				whole, err := w.Article(ctx, a.ID)
				w.must(err)
				titles = append(titles, whole.Title)
				got := []any{a.SourceID, a.FirstSeen, a.When(), a.Revision}
				if diff := cmp.Diff([]any{whole.SourceID, whole.FirstSeen, whole.When(), whole.Revision}, got); diff != "" || len(a.Shingles) == 0 {
					t.Errorf("what is read of %s, with %d shingles (-want +got):\n%s", whole.Title, len(a.Shingles), diff)
				}
			}
			return titles
		}
		same := func(what string, got []string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, slices.Concat(got, nil)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		end := start.Add(3 * time.Hour)
		query := []int32{-1 << 31, 0, 1<<31 - 1, 7}
		same("similar", similar(start, end, query...), "most", "some", "one, early", "one, late")
		same("first seen later", similar(start.Add(time.Second), start.Add(time.Hour), query...), "most", "some")
		same("without shingles", similar(start, end))

		shingled("aurora", "most", 2, start.Add(time.Hour), 8)
		same("another text", similar(start, end, query...), "some", "one, early", "one, late")
		same("by the words of now", similar(start, end, 8), "most")

		later := start.Add(6*24*time.Hour + time.Hour)
		_, err := w.Withdraw(ctx, later, time.Hour)
		w.must(err)
		same("too old to have copies", similar(start, end, 7, 8, 100), "some", "most", "one, late")

		gone := source("aurora")
		gone.Carriage.Until = later
		w.apply(later, gone, source("beacon"))
		_, err = w.Withdraw(ctx, later.Add(2*time.Hour), time.Hour)
		w.must(err)
		same("withdrawn", similar(start, end, 7, 8, 100))
	})
}

// A hub of before, with simhashes, keeps its articles, and finds the copies of those that come.
func TestSimhashesGo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hub.db")
	w := open(t, file)
	w.apply(start, source("aurora"), source("beacon"))
	before := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
	w.must(w.Close())
	raw, err := sql.Open("sqlite", file)
	w.must(err)
	for _, q := range []string{
		`DROP TABLE shingles`, `DROP TABLE shingled`, `ALTER TABLE articles DROP COLUMN wire_share`,
		`ALTER TABLE articles ADD COLUMN fingerprint BIGINT NOT NULL DEFAULT 7`,
		`ALTER TABLE articles ADD COLUMN band0 INTEGER NOT NULL DEFAULT 7`, `ALTER TABLE articles ADD COLUMN band1 INTEGER NOT NULL DEFAULT 0`,
		`ALTER TABLE articles ADD COLUMN band2 INTEGER NOT NULL DEFAULT 0`, `ALTER TABLE articles ADD COLUMN band3 INTEGER NOT NULL DEFAULT 0`,
		`CREATE INDEX articles_band0 ON articles (band0, first_seen) WHERE fingerprint <> 0 AND purged_at = 0`,
		`CREATE INDEX articles_band1 ON articles (band1, first_seen) WHERE fingerprint <> 0 AND purged_at = 0`,
		`CREATE INDEX articles_band2 ON articles (band2, first_seen) WHERE fingerprint <> 0 AND purged_at = 0`,
		`CREATE INDEX articles_band3 ON articles (band3, first_seen) WHERE fingerprint <> 0 AND purged_at = 0`,
		`DELETE FROM goose_db_version WHERE version_id IN (32, 33)`,
	} {
		if _, err := raw.ExecContext(t.Context(), q); err != nil {
			t.Fatal(q, err)
		}
	}
	w.must(raw.Close())
	db, err := store.Open(t.Context(), file, store.Options{})
	w.must(err)
	t.Cleanup(func() { _ = db.Close() })
	w = &world{t, db, file}
	if a, err := w.Article(t.Context(), before.ID); err != nil || a.Text != before.Text || a.WireShare != 0 {
		t.Errorf("the article of before: %+v, %v", a, err)
	}
	it := item("beacon", "b", "Strike", start)
	w.save(start, "beacon", it)
	a := article(it, "Strike", "In the harbour.")
	a.Shingles = []int32{1}
	for _, err := range w.SaveArticles(t.Context(), []news.Extraction{{ItemID: it.ID, ItemRevision: 1, Article: a}}, start) {
		w.must(err)
	}
	if found, err := w.Similar(t.Context(), []int32{1}, "aurora", start, start); err != nil || len(found) != 1 {
		t.Errorf("%d found, %v", len(found), err)
	}
}
