package store_test

import (
	"fmt"
	"path/filepath"
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
