package hub

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An outlet that is down is read from a forged mirror, and then by itself: readers are told
// all along whose words they read. Another hub that has the outlet from this one, and from
// which this one has it, too, adds nothing. The outlet's icon comes from the hub.
func TestReadersAreToldOfCopies(t *testing.T) {
	const entry = `<item><guid>%d</guid><title>%s</title><link>https://harbour.example/%[1]d</link><description>%[2]s, as the harbour office says.</description></item>`
	document := func(titles ...string) string {
		var b strings.Builder
		b.WriteString(`<rss version="2.0"><channel><title>Harbour Times</title><link>https://harbour.example/</link>`)
		for i, title := range titles {
			_, _ = fmt.Fprintf(&b, entry, i+1, title)
		}
		return b.String() + `</channel></rss>`
	}
	down := true
	var peer http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/copy/rss":
			_, _ = io.WriteString(w, document("Fog on the river", "Harbour closed for ever"))
		case strings.HasPrefix(r.URL.Path, "/source/"):
			peer.ServeHTTP(w, r)
		case down:
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/rss":
			_, _ = io.WriteString(w, document("Fog on the river", "Harbour closed for an hour"))
		case r.URL.Path == "/favicon.ico":
			_ = png.Encode(w, image.NewGray(image.Rect(0, 0, 16, 16)))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "hub.toml")
	config := func(second string) {
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
routes = ["direct", "%[2]s"]
`, server.URL, second))
	}
	config("mirror:" + server.URL + "/copy")
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), cfg, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	site, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	peer = site
	get := func(path string) (body, contentType string) {
		t.Helper()
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return rec.Body.String(), rec.Header().Get("Content-Type")
	}
	run := func() (atom string) {
		t.Helper()
		if err := h.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(26 * time.Hour)
		atom, _ = get("/source/harbour/feed.atom")
		return atom
	}
	article := func(page, title string) string {
		t.Helper()
		for _, e := range strings.Split(page, "<entry")[1:] {
			if link := regexp.MustCompile(`https://hub.example(/article/[^"]+)"`).FindStringSubmatch(e); strings.Contains(e, title) && link != nil {
				body, _ := get(link[1])
				return body
			}
		}
		t.Fatalf("no entry %q in %s", title, page)
		return ""
	}

	atom := run()
	const note = "Read from a copy at "
	if n := strings.Count(atom, `name="via"`); n != 2 {
		t.Errorf("%d of 2 entries tell that they came by a mirror: %s", n, atom)
	}
	if page := article(atom, "for ever"); !strings.Contains(page, note) || !strings.Contains(page, "not yet compared") {
		t.Errorf("the article from the mirror: %s", page)
	}
	if _, kind := get("/source/harbour/icon"); kind != "image/svg+xml" {
		t.Errorf("the icon before the outlet was read: %s", kind)
	}

	down = false
	atom = run()
	if page := article(atom, "Fog"); !strings.Contains(page, note) || !strings.Contains(page, "says the same") {
		t.Errorf("the confirmed article: %s", page)
	}
	if page := article(atom, "for an hour"); strings.Contains(page, note) || !strings.Contains(page, "The version before was read from a copy at ") {
		t.Errorf("the corrected article: %s", page)
	}
	if page, _ := get("/source/harbour"); !strings.Contains(page, "The copy said something else than the outlet itself in 1 of 2 entries") {
		t.Errorf("the outlet's page: %s", page)
	}
	if _, kind := get("/source/harbour/icon"); kind != "image/png" {
		t.Errorf("the icon: %s", kind)
	}

	// The outlet is down again, and is read from another hub, which reads it from this one.
	down = true
	config("peer:" + server.URL + "/source/harbour/feed.atom")
	if cfg, err = Load(file); err != nil {
		t.Fatal(err)
	}
	if err := h.Apply(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	echo := run()
	feeds, err := h.db.Feeds(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	if f := feeds[0]; !strings.HasPrefix(f.Route, "peer:") || f.Failures > 0 {
		t.Errorf("read by %s: %s", f.Route, f.LastError)
	}
	if strings.Count(echo, "<entry") != 2 || strings.Contains(article(echo, "for an hour"), "another hub") {
		t.Errorf("after the echo: %s", echo)
	}
	c, err := h.Counts(t.Context())
	if err != nil || c.Items != 2 || c.Articles != 2 {
		t.Errorf("after the echo there are %+v, %v", c, err)
	}
}
