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

// BenchmarkFeeds asks SQLite for what feeds are made of, in the evening of a day on which 20,000 articles came in: which archive
// comes before, and the sixty last with their texts.
func BenchmarkFeeds(b *testing.B) {
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	var sources []*news.Source
	var ids []string
	for i := range 40 {
		sources = append(sources, source(fmt.Sprint("outlet-", i)))
		ids = append(ids, sources[i].ID)
	}
	if err := db.ApplySources(b.Context(), sources, start); err != nil {
		b.Fatal(err)
	}
	at := start
	for n := range 500 {
		at = at.Add(90 * time.Second)
		s := sources[n%len(sources)]
		feeds, err := db.Feeds(b.Context(), s.ID)
		if err != nil {
			b.Fatal(err)
		}
		f := &news.Fetch{Feed: feeds[0], At: at, Document: true}
		var made []news.Extraction
		for i := range 40 {
			it := item(s.ID, fmt.Sprint(n, "-", i), "text", at)
			f.Items = append(f.Items, it)
			word := []string{"flood", "strike", "vote", "frost"}[i%4]
			made = append(made, news.Extraction{ItemID: it.ID, ItemRevision: 1, Article: article(it, word+fmt.Sprint(n, i), word)})
		}
		if _, err := db.SaveFetch(b.Context(), f); err != nil {
			b.Fatal(err)
		}
		for _, err := range db.SaveArticles(b.Context(), made, at) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, q := range map[string]news.ArticleQuery{
		"all": {}, "source": {SourceIDs: ids[:1]}, "side": {SourceIDs: ids[:10]}, "topic": {Terms: [][]string{{"flood"}}},
	} {
		q.Now, q.Limit, q.Entered = at.Add(time.Hour), 60, true
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := db.Parts(b.Context(), q); err != nil {
					b.Fatal(err)
				}
				own := q
				own.Full = true
				list, _, err := db.Articles(b.Context(), own)
				if err != nil || len(list) != 60 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}
