package api_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/api"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// outletsOfStore is how many outlets tell each of its stories.
const outletsOfStore = 4

// fill puts so many stories into a store, each told by four outlets, one every minute, and returns the site over it.
func fill(tb testing.TB, dsn string, stories int) http.Handler {
	tb.Helper()
	ctx := tb.Context()
	db, err := store.Open(ctx, dsn, store.Options{})
	must(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	var sources []*news.Source
	for i := range outletsOfStore {
		id := fmt.Sprint("outlet-", i)
		sources = append(sources, &news.Source{
			ID: id, Name: "Outlet " + id, Home: "https://" + id + ".example/", Country: []string{"NO", "SE"}[i%2], Languages: []string{"en"},
			FeedURLs: []string{"https://" + id + ".example/feed"},
		})
	}
	begun := webtest.Now.Add(-time.Duration(stories+1) * time.Minute)
	must(tb, db.ApplySources(ctx, sources, begun))
	feeds, err := db.Feeds(ctx, "")
	must(tb, err)
	const batch = 500
	for first := 0; first < stories; first += batch {
		c := &news.Clustering{Heads: map[string]string{}}
		for of, f := range feeds {
			fetch := &news.Fetch{Feed: f, At: begun, Document: true}
			var made []news.Extraction
			for n := first; n < min(first+batch, stories); n++ {
				id, at := fmt.Sprintf("%d-%d", n, of), begun.Add(time.Duration(n)*time.Minute+time.Duration(of)*time.Second)
				link, text := "https://"+f.SourceID+".example/"+id, fmt.Sprintf("The harbour was closed for the %dth time. Nobody was hurt.", n)
				it := &news.Item{ID: news.ID("item", id), FeedID: f.ID, SourceID: f.SourceID, Key: id, GUID: id, Link: link, Title: "Harbour " + id, FirstSeen: at, LastSeen: at, Hash: id}
				fetch.Items = append(fetch.Items, it)
				a := &news.Article{
					ID: news.ID("article", link), ItemID: it.ID, SourceID: f.SourceID, GUID: id, URL: link, Title: it.Title, Lead: text, Text: text, HTML: "<p>" + text + "</p>",
					Language: "en", Basis: "page", Published: at, FirstSeen: at,
				}
				made = append(made, news.Extraction{ItemID: it.ID, ItemRevision: 1, Article: a})
				story := fmt.Sprint("story", n)
				c.Placements = append(c.Placements, news.Placement{ArticleID: a.ID, StoryID: story, Seq: int64(n*outletsOfStore + of + 1), Revision: 1, At: at, Language: "en"})
				c.Heads[story] = a.ID
			}
			_, err := db.SaveFetch(ctx, fetch)
			must(tb, err)
			for _, err := range db.SaveArticles(ctx, made, begun) {
				must(tb, err)
			}
		}
		must(tb, db.SaveClustering(ctx, c, begun))
		for n := first; n < min(first+batch, stories); n++ {
			st := &news.Story{ID: fmt.Sprint("story", n), HeadID: c.Heads[fmt.Sprint("story", n)], Rank: news.Rank(outletsOfStore, 2, begun.Add(time.Duration(n)*time.Minute))}
			must(tb, db.SaveComparisons(ctx, st, nil, nil, begun))
		}
	}
	h, err := web.New(web.Options{
		Store: db, HubURL: "https://hub.example", Now: func() time.Time { return webtest.Now },
		Lenses: func(context.Context) ([]news.Lens, error) {
			return news.BuiltInLenses(sources, lang.CountryName, lang.LanguageName), nil
		},
	})
	must(tb, err)
	return h
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Both databases answer as the World does: everything once, whatever the size of pages.
func TestStores(t *testing.T) {
	t.Parallel()
	const stories = 60
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "hub.db") },
		"postgres": func(t *testing.T) string { t.Helper(); return testkit.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := fill(t, dsn(t), stories)
			c := contractOf(t, h)
			for _, test := range []struct {
				target, of string
				want       int
			}{
				{"/items?limit=7", "items", stories * outletsOfStore},
				{"/items?limit=7&source=outlet-1", "items", stories},
				{"/articles?limit=7", "articles", stories * outletsOfStore},
				{"/articles?limit=7&side=country:NO&language=en", "articles", stories * outletsOfStore / 2},
				{"/articles?limit=7&language=de", "articles", 0},
				{"/articles?limit=7&story=story3", "articles", outletsOfStore},
				{"/sources/outlet-2/articles?limit=7", "articles", stories},
				{"/stories?limit=7", "stories", stories},
				{"/stories?limit=7&min_owners=4&lens=country&min_sides=2", "stories", stories},
				{"/stories?limit=7&min_owners=5", "stories", 0},
				{"/stories?limit=7&sort=first", "stories", stories},
				{"/stories?limit=7&sort=last&since=" + webtest.Now.Add(-10*time.Minute).Format(time.RFC3339), "stories", 9},
				{"/search?q=harbours&limit=7", "articles", stories * outletsOfStore},
			} {
				ids := list(t, h, test.target, test.of, "id")
				if once := slices.Compact(slices.Sorted(slices.Values(ids))); len(ids) != test.want || len(once) != len(ids) {
					t.Errorf("%s: %d, of which %d are not the same; want %d", test.target, len(ids), len(once), test.want)
				}
				c.check(t, h, test.target, http.StatusOK)
			}
			for _, below := range []string{"/stories/story3", "/stories/story3/comparison"} {
				c.check(t, h, below, http.StatusOK)
			}
			item := list(t, h, "/items?limit=100&since="+webtest.Now.Add(-2*time.Minute).Format(time.RFC3339), "items", "id")[0]
			a := list(t, h, "/articles?story=story3", "articles", "id")[0]
			for _, target := range []string{"/items/" + item, "/articles/" + a, "/articles/" + a + "/revisions", "/articles/" + a + "/why"} {
				c.check(t, h, target, http.StatusOK)
			}
			for _, bad := range []string{"%00", "%ff", strings.Repeat("x", 300)} {
				for _, of := range []string{"/items/", "/articles/", "/stories/", "/sources/", "/lenses/"} {
					if got := get(t, h, of+bad).StatusCode; got != http.StatusNotFound && got != http.StatusBadRequest {
						t.Errorf("%s%s: %d", of, bad, got)
					}
				}
			}
		})
	}
}

// Pages of lists in a store of 20,000 articles in 5,000 stories, each made anew.
func BenchmarkLists(b *testing.B) {
	h := fill(b, filepath.Join(b.TempDir(), "hub.db"), 5000)
	deep := "/articles?limit=100"
	for range 50 {
		_, next, _ := strings.Cut(string(get(b, h, deep).body), `"next":"https://hub.example`+api.Root)
		deep, _, _ = strings.Cut(next, `"`)
	}
	for name, target := range map[string]string{
		"articles": "/articles", "articles-100": "/articles?limit=100", "articles-deep": deep, "articles-side": "/articles?side=country:NO",
		"items": "/items", "stories": "/stories", "stories-100": "/stories?limit=100", "stories-none": "/stories?min_owners=5", "search": "/search?q=harbour",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a := get(b, h, target); a.StatusCode != http.StatusOK {
					b.Fatal(a.StatusCode)
				}
			}
		})
	}
}
