package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/store"
)

// TestHeaded: the stories that Story gives with the articles that Article gives, those left out that
// merged, that are not there, or of which nothing is carried.
func TestHeaded(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		w.apply(start, source("aurora"), source("beacon"))
		now := start.Add(time.Hour)
		for i, id := range []string{"s1", "s2", "s3", "s4"} {
			for _, outlet := range []string{"aurora", "beacon"} {
				if id == "s4" && outlet == "beacon" {
					continue
				}
				at := start.Add(time.Duration(i) * time.Minute)
				w.place(now, id, w.publish(at, outlet, id+outlet, "Strike "+id, "In the harbour."))
			}
		}
		w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "s3", Into: "s2"}}}, now))
		gone := source("aurora")
		gone.Carriage.Until = start
		w.apply(start, gone, source("beacon"))

		got, err := w.Headed(ctx, []string{"s1", "s2", "s3", "s4", "nowhere"}, now)
		w.must(err)
		want := map[string]news.Headed{}
		for _, id := range []string{"s1", "s2"} {
			s, err := w.Story(ctx, id, now)
			w.must(err)
			a, err := w.Article(ctx, s.HeadID)
			w.must(err)
			expect(t, "outlet of the head of "+id, a.SourceID, "beacon")
			a.Text, a.HTML = "", ""
			want[id] = news.Headed{Story: s, Head: a}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stories (-want +got):\n%s", diff)
		}
		none, err := w.Headed(ctx, nil, now)
		w.must(err)
		expect(t, "of no stories", len(none), 0)
	})
}

// BenchmarkHeaded reads sixty stories with what heads them, at once and one by one.
func BenchmarkHeaded(b *testing.B) {
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
	var ids []string
	fetch := &news.Fetch{Feed: feeds[0], At: start, Document: true}
	var made []news.Extraction
	clustering := &news.Clustering{Heads: map[string]string{}}
	for i := range 60 {
		id := fmt.Sprint("a", i)
		link := "https://aurora.example/" + id
		fetch.Items = append(fetch.Items, &news.Item{
			ID: news.ID("item", id), FeedID: feeds[0].ID, SourceID: "aurora", Key: id, GUID: id, Link: link, Title: id, FirstSeen: start, LastSeen: start, Hash: id,
		})
		made = append(made, news.Extraction{ItemID: news.ID("item", id), ItemRevision: 1, Article: &news.Article{
			ID: id, ItemID: news.ID("item", id), SourceID: "aurora", GUID: id, URL: link, Title: id, Text: "text", Basis: "page", FirstSeen: start,
		}})
		ids = append(ids, "s"+id)
		clustering.Placements = append(clustering.Placements, news.Placement{ArticleID: id, StoryID: "s" + id, Seq: int64(i + 1), At: start})
		clustering.Heads["s"+id] = id
	}
	if _, err := db.SaveFetch(b.Context(), fetch); err != nil {
		b.Fatal(err)
	}
	for _, err := range db.SaveArticles(b.Context(), made, start) {
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := db.SaveClustering(b.Context(), clustering, start); err != nil {
		b.Fatal(err)
	}
	b.Run("at once", func(b *testing.B) {
		for b.Loop() {
			if got, err := db.Headed(b.Context(), ids, start); err != nil || len(got) != len(ids) {
				b.Fatal(len(got), err)
			}
		}
	})
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			for _, id := range ids {
				s, err := db.Story(b.Context(), id, start)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := db.Article(b.Context(), s.HeadID); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
