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
			rules := rulesOf(t, ar)
			pages := map[string]string{}
			for i, f := range ar.Files {
				switch f.Name {
				case "item.json":
					if err := json.Unmarshal(f.Data, it); err != nil {
						t.Fatal(err)
					}
				case "page.html":
					if page, err = ReadPageBy(rules, f.Data, it.Link, "text/html; charset=utf-8"); err != nil {
						t.Fatal(err)
					}
					why = ""
				case "want.json":
					want = i
				default:
					pages[f.Name] = string(f.Data)
				}
			}
			if page != nil {
				page = wholeOf(t, page, it, rules, pages)
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

// A panic over an Item costs its page, then its text, never the program.
func TestArticleOfPanic(t *testing.T) {
	it := &news.Item{
		ID: "item", SourceID: "norrland-today", GUID: "1", Link: "https://norrland.example/1", Title: "  The weir\nholds ",
		Summary: "It holds.", FirstSeen: time.Date(2026, 11, 4, 6, 0, 0, 0, time.UTC),
	}
	source := &news.Source{ID: it.SourceID, Languages: []string{"en"}}
	good, err := articleOf(it, feedText(it, nil), source, nil, "no page")
	if diff := cmp.Diff(Article(it, source, nil, "no page"), good); diff != "" || err != nil {
		t.Errorf("without a panic: %v\n%s", err, diff)
	}
	// Article fails for want of a Source, whatever the page.
	a, err := articleOf(it, feedText(it, nil), nil, &Page{}, "")
	if err == nil || a == nil || a.Title != "The weir holds" || a.ID != ArticleID(it) || a.URL != it.Link || a.Language != "und" ||
		a.Text != "" || a.Revision != 1 || !strings.HasPrefix(a.Basis, "title: neither the page nor the feed's text could be read: panic: ") {
		t.Errorf("a panic over the text: %v, %+v", err, a)
	}
	a, err = attempt(it, &Page{}, "", func(page *Page, why string) *news.Article {
		if page != nil {
			panic("index out of range")
		}
		return Article(it, source, nil, why)
	})
	want := "feed summary: the page could not be read: panic: index out of range"
	if err == nil || a == nil || a.Text != "It holds." || a.Basis != want {
		t.Errorf("a panic over the page: %v, %+v; want its basis to be %q", err, a, want)
	}
	if a, err := articleOf(nil, feedBody{}, source, nil, ""); a != nil || err == nil {
		t.Errorf("nothing to be made: %v, %v", a, err)
	}
}

func TestNamesOfBylines(t *testing.T) {
	for _, tt := range []struct {
		in   []string
		want string
	}{
		{[]string{"By Runa Sved and Olle Bakk"}, "Runa Sved|Olle Bakk"},
		{[]string{"Runa Sved, Olle Bakk & Ina Lund Dalby"}, "Runa Sved|Olle Bakk|Ina Lund Dalby"},
		{[]string{"Von Runa Sved", "Runa Sved", "runa@today.example", "https://today.example/runa", "(Image: Lantern Press)"}, "Runa Sved"},
		{[]string{"Veröffentlicht von Runa Sved", "Author: Olle Bakk", "admin", "runa-sved", "facebook.example/runa"}, "Runa Sved|Olle Bakk"},
		{[]string{"Byron Sved", "Vonda Bakk"}, "Byron Sved|Vonda Bakk"},
		{[]string{"Ministry of Fish and Harbours"}, "Ministry of Fish and Harbours"},
		{[]string{"Sved, Runa"}, "Sved, Runa"},
		{[]string{"Lantern Press, Velm"}, "Lantern Press, Velm"},
		{[]string{"سامي النهري"}, "سامي النهري"},
	} {
		if got := strings.Join(names(tt.in), "|"); got != tt.want {
			t.Errorf("names(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// Every rule that comes with the program can be read, whole, and has a fixture.
func TestSites(t *testing.T) {
	t.Parallel()
	if n := sites().Wrong; n > 0 {
		t.Errorf("%d lines cannot be read: %v", n, sites().Problems)
	}
	for _, host := range sites().Hosts() {
		fixtures, err := filepath.Glob("testdata/site-*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		used := false
		for _, file := range fixtures {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			used = used || strings.Contains(string(ar.Files[len(ar.Files)-1].Data), "by the site's rule "+host+".txt:")
		}
		if !used {
			t.Errorf("no fixture is read by the rule of %s", host)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 5, 3, 14, 5, 0, 0, time.UTC)
	day := want.Truncate(24 * time.Hour)
	for text, want := range map[string]time.Time{
		"2026-05-03T14:05:00Z": want, "2026-05-03 14:05": want, "3 May 2026 14:05": want, "May 3, 2026 2:05 PM": want, "03.05.2026, 14:05": want,
		"2026-05-03": day, "3 May 2026": day, "May 3, 2026": day, "3.5.2026": day, " 3 May 2026 ": day,
		"03/05/2026": {}, "3 Mai 2026": {}, "3 May": {}, "3.5.1889": {}, "": {},
	} {
		if got := date(time.Time{}, text); !got.Equal(want) {
			t.Errorf("date(%q) = %v, want %v", text, got, want)
		}
	}
}

// Where the page has no more than the feed the text is the feed's, and what the page says besides
// is the article's all the same.
func TestPageWithNoMore(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<p>The ferry to Oxholm sails again after a week of storm, the harbour office said.</p>", 4)
	it := &news.Item{ID: "i", Link: "https://lantern.example/ferry", Title: "Ferry to Oxholm sails again", Content: text}
	page, err := ReadPage([]byte(`<html><head><title>Ferry to Oxholm sails again</title><meta name="author" content="Runa Sved"></head><body><article><h1>Ferry to Oxholm sails again</h1>`+text+"</article></body></html>"), it.Link, "text/html")
	if err != nil {
		t.Fatal(err)
	}
	a := Article(it, &news.Source{ID: "lantern"}, page, "")
	if want := "feed summary: the page has no more than these 322 characters"; a.Basis != want || len(a.Authors) != 1 {
		t.Errorf("basis %q, want %q; authors %v", a.Basis, want, a.Authors)
	}
}
