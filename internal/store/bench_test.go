package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/store"
)

// BenchmarkSaveFetch saves polls of 30 items on SQLite: of a feed that is new, and of
// one in which nothing changed.
func BenchmarkSaveFetch(b *testing.B) {
	for _, kind := range []string{"new", "same"} {
		b.Run(kind, func(b *testing.B) {
			db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = db.Close() })
			if err := db.ApplySources(b.Context(), []*news.Source{source("aurora")}, start); err != nil {
				b.Fatal(err)
			}
			feeds, err := db.Feeds(b.Context(), "")
			if err != nil {
				b.Fatal(err)
			}
			text := fmt.Sprintf("%0500d", 0)
			n := 0
			for b.Loop() {
				fetch := &news.Fetch{Feed: feeds[0], At: start.Add(time.Duration(n) * time.Second), Document: true}
				for i := range 30 {
					key := i
					if kind == "new" {
						key += 30 * n
					}
					fetch.Items = append(fetch.Items, item("aurora", fmt.Sprint(key), text, start))
				}
				if _, err := db.SaveFetch(b.Context(), fetch); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(30*n)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

// BenchmarkSaveArticles saves articles of 300 words on SQLite, 32 at a time, after the copies
// of each were looked for, as extraction does.
func BenchmarkSaveArticles(b *testing.B) {
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.ApplySources(b.Context(), []*news.Source{source("aurora")}, start); err != nil {
		b.Fatal(err)
	}
	feeds, err := db.Feeds(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it stands for what differs
	n := 0
	for b.Loop() {
		b.StopTimer()
		var made []news.Extraction
		at := start.Add(time.Duration(n) * time.Minute)
		f := &news.Fetch{Feed: feeds[0], At: at, Document: true}
		for i := range 32 {
			it := item("aurora", fmt.Sprint(n, "-", i), "text", at)
			var text strings.Builder
			for range 300 {
				fmt.Fprintf(&text, "word%d ", random.IntN(20000))
			}
			a := article(it, "A headline", text.String())
			for range 13 { // see package shingle
				a.Shingles = append(a.Shingles, random.Int32())
			}
			f.Items, made = append(f.Items, it), append(made, news.Extraction{ItemID: it.ID, ItemRevision: 1, Article: a})
		}
		if _, err := db.SaveFetch(b.Context(), f); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for _, m := range made {
			if _, err := db.Similar(b.Context(), m.Article.Shingles, "beacon", at.Add(-72*time.Hour), at.Add(72*time.Hour)); err != nil {
				b.Fatal(err)
			}
		}
		for _, err := range db.SaveArticles(b.Context(), made, at) {
			if err != nil {
				b.Fatal(err)
			}
		}
		n++
	}
	b.ReportMetric(float64(32*n)/b.Elapsed().Seconds(), "articles/s")
}
