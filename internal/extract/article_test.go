package extract

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"parallax/internal/news"
)

var update = flag.Bool("update", false, "rewrite what the fixtures want")

func TestArticle(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			it := &news.Item{ID: "item", FeedID: "feed", SourceID: "norrland-today", Revision: 1, FirstSeen: time.Date(2026, 11, 4, 6, 0, 0, 0, time.UTC)}
			var page *Page
			why := "the page was not to be had: 404 Not Found"
			want := -1
			for i, f := range ar.Files {
				switch f.Name {
				case "item.json":
					if err := json.Unmarshal(f.Data, it); err != nil {
						t.Fatal(err)
					}
				case "page.html":
					if page, err = ReadPage(f.Data, it.Link, "text/html; charset=utf-8"); err != nil {
						t.Fatal(err)
					}
					why = ""
				case "want.json":
					want = i
				}
			}
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(Article(it, &news.Source{ID: it.SourceID, Languages: []string{"en"}}, page, why)); err != nil {
				t.Fatal(err)
			}
			if *update {
				ar.Files[want].Data = []byte(b.String())
				if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(ar.Files[want].Data), b.String()); diff != "" {
				t.Errorf("article mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
