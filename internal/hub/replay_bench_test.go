package hub

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/news"
	"parallax/internal/store"
)

// replayed is how many articles BenchmarkReplay places.
const replayed = 30_000

// BenchmarkReplay places 30,000 articles that wait in SQLite, as a hub does after its archive
// was read in: the time of one operation is that of all of them, the store included. The articles are
// those of $PARALLAX_REPLAY, a file of lines as parallax cluster reads, or else invented ones.
func BenchmarkReplay(b *testing.B) {
	articles := replayArticles(b)
	for b.Loop() {
		b.StopTimer()
		db := replayStore(b, articles)
		stage := cluster.New(cluster.Config{Store: db, Now: time.Now})
		b.StartTimer()
		if err := stage.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(len(articles)*b.N)/b.Elapsed().Seconds(), "articles/s")
}

func replayArticles(b *testing.B) []*news.Article {
	b.Helper()
	var list []*news.Article
	add := func(title, text string, at time.Time) {
		n := len(list)
		list = append(list, &news.Article{
			ID: news.ID("article", fmt.Sprint(n)), SourceID: "aurora", GUID: fmt.Sprint(n), URL: fmt.Sprintf("https://aurora.example/%d", n),
			Title: title, Text: text, HTML: "<p>" + text + "</p>", Basis: "page", Language: "en", Published: at, FirstSeen: at,
		})
	}
	if path := os.Getenv("PARALLAX_REPLAY"); path != "" {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 16<<20)
		for len(list) < replayed && lines.Scan() {
			var d struct{ Title, Text, Published string }
			if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
				b.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, d.Published)
			if err != nil {
				b.Fatal(err)
			}
			add(d.Title, d.Text, at)
		}
		return list
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // not for secrets
	common := rand.NewZipf(r, 1.15, 8, 60_000)
	begin := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for n := range replayed {
		// Three tell of each event in a day, with ten words of their own.
		var text strings.Builder
		for k := range 250 {
			if k%4 == 0 {
				fmt.Fprintf(&text, "fact%d ", 10*(n/3000*1000+n%1000)+r.IntN(10))
			} else {
				fmt.Fprintf(&text, "word%d ", common.Uint64())
			}
		}
		add(text.String()[:60], text.String(), begin.Add(time.Duration(n)*30*time.Second))
	}
	return list
}

func replayStore(b *testing.B, articles []*news.Article) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	source := &news.Source{ID: "aurora", Name: "Aurora", Home: "https://aurora.example", FeedURLs: []string{"https://aurora.example/feed"}}
	if err := db.ApplySources(b.Context(), []*news.Source{source}, articles[0].FirstSeen); err != nil {
		b.Fatal(err)
	}
	feeds, err := db.Feeds(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	for len(articles) > 0 {
		n := min(len(articles), 500)
		fetch := &news.Fetch{Feed: feeds[0], At: articles[0].FirstSeen, Document: true}
		var made []news.Extraction
		for _, a := range articles[:n] {
			a.ItemID = news.ID("item", a.GUID)
			fetch.Items = append(fetch.Items, &news.Item{
				ID: a.ItemID, FeedID: feeds[0].ID, SourceID: a.SourceID, Key: a.GUID, GUID: a.GUID, Link: a.URL, Title: a.Title,
				Published: a.Published, FirstSeen: a.FirstSeen, LastSeen: a.FirstSeen, Hash: a.GUID,
			})
			made = append(made, news.Extraction{ItemID: a.ItemID, ItemRevision: 1, Article: a})
		}
		if _, err := db.SaveFetch(b.Context(), fetch); err != nil {
			b.Fatal(err)
		}
		for _, err := range db.SaveArticles(b.Context(), made, articles[0].FirstSeen) {
			if err != nil {
				b.Fatal(err)
			}
		}
		articles = articles[n:]
	}
	return db
}
