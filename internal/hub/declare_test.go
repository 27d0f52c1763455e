package hub

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// An outlet declares who owns it, is sold, and is withdrawn in the end: readers are shown what is
// said now, and led to what was said when they read it first; the versions outlast the texts.
func TestOutletDeclaresItsOwners(t *testing.T) {
	var mu sync.Mutex // guards owner and titles
	owner, titles := "first.example", []string{"Fog on the river"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, `<title>Harbour Times</title><script type="application/ld+json">
{"@type": "NewsMediaOrganization", "legalName": "Harbour Times AB", "ethicsPolicy": "/ethics", "foundingDate": "1911-05-01"}</script>`)
		case "/trust.txt":
			_, _ = io.WriteString(w, "controlledby=https://"+owner+"/\n")
		case "/rss":
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Harbour Times</title><link>https://harbour.example/</link>`)
			for i, title := range titles {
				_, _ = fmt.Fprintf(w, `<item><guid>%d</guid><title>%s</title><link>https://harbour.example/%[1]d</link><description>%[2]s, says the harbour office.</description></item>`, i+1, title)
			}
			_, _ = io.WriteString(w, `</channel></rss>`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "hub.toml")
	config := func(more string) *Config {
		write(t, file, fmt.Sprintf(`[hub]
name = "The Hub"
url = "https://hub.example"
[fetch]
pages = false
per_host_delay = "0s"
allow_private = ["127.0.0.0/8"]
[[source]]
id = "harbour"
name = "Harbour Times"
home = "%s/"
feeds = ["%[1]s/rss"]
%s`, server.URL, more))
		cfg, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	const registry = "[[source.disclosure.owners]]\nvalue = \"Harbour Times Trust\"\nby = \"registry\"\nwho = \"Register of Companies\"\ndate = 2026-10-01\n"
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	h, err := Open(t.Context(), config(""), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	site, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return rec.Code, rec.Body.String()
	}
	run := func(days int) {
		now = now.AddDate(0, 0, days)
		if err := h.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// says checks that what is at path has, and has not, these words; one with a "-" before it it must not have.
	says := func(path string, words ...string) {
		t.Helper()
		code, text := ask(path)
		if code != http.StatusOK {
			t.Fatalf("%s: status %d", path, code)
		}
		for _, w := range words {
			bare, not := strings.CutPrefix(w, "-")
			if strings.Contains(text, bare) == not {
				t.Errorf("%s: %q is there: %t\n%s", path, bare, !not, text)
			}
		}
	}
	article := func(title string) string {
		t.Helper()
		_, front := ask("/search?q=" + strings.ReplaceAll(title, " ", "+"))
		m := regexp.MustCompile(`/article/[a-z2-7]+`).FindString(front)
		if m == "" {
			t.Fatalf("nothing tells of %q:\n%s", title, front)
		}
		return m
	}

	run(0)
	says("/source/harbour", "Harbour Times AB", "first.example (controls it)", "read by this hub in its trust.txt", "1911-05-01", server.URL+"/ethics", "2 November 2026")
	fog := article("Fog on the river")
	says(fog, "Owners: “first.example (controls it)” (says the outlet itself).", "-another version of these statements")

	mu.Lock()
	owner, titles = "second.example", append(titles, "Harbour sold")
	mu.Unlock()
	run(31)
	sold := article("Harbour sold")
	says("/source/harbour", "second.example (controls it)", "-first.example", "3 December 2026", "2 November 2026")
	says(sold, "second.example", "-another version of these statements")
	says(fog, "second.example", `<a href="/source/harbour/disclosure/2">another version of these statements</a>`)
	says("/source/harbour/disclosure/3", "version 3 of 3", "No longer said", "first.example (controls it)", "New", "It is in force since")
	says("/source/harbour/disclosure/2", "first.example (controls it)", "-second.example", "It was in force from", "Harbour Times AB")
	says("/feed.atom", "disclosure-then", "https://hub.example/source/harbour/disclosure/2", "-/disclosure/1", "-/disclosure/3")

	// The operator writes down what the register says; the file is shown as it is, the declaration beside it.
	now = now.Add(time.Hour)
	if err := h.Apply(t.Context(), config(registry)); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	says("/source/harbour", "Harbour Times Trust", "second.example")
	says(sold, "Owners: Harbour Times Trust (says Register of Companies).", "/source/harbour/disclosure/3")
	says("/source/harbour/disclosure/4", "Harbour Times Trust", "1 October 2026")

	if err := h.Apply(t.Context(), config("[source.carriage]\nuntil = 2026-12-04\n"+registry)); err != nil {
		t.Fatal(err)
	}
	run(30)
	if code, _ := ask(fog); code != http.StatusGone {
		t.Errorf("%s after its withdrawal: status %d", fog, code)
	}
	says("/source/harbour/disclosure/2", "first.example (controls it)", "stays readable")
	says("/source/harbour/disclosure/2.json", `"value":"first.example (controls it)"`, `"by":"self"`, `"read":"trust.txt"`)
}
