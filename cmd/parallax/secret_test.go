package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parallax/internal/hub"
)

// The password of a feed for subscribers is used and told to nobody: not to readers, not
// in feeds, not in the log, not in what a run says.
func TestSecret(t *testing.T) {
	outlet := subscribersOnly(t)
	at := func(path string) string { return strings.Replace(outlet.URL, "://", "://bob:hunter2@", 1) + path }
	var text strings.Builder
	fmt.Fprintf(&text, "[hub]\nname = \"Secret\"\n\n[fetch]\nallow_private = [%q]\nper_host_delay = \"0s\"\n", strings.TrimPrefix(outlet.URL, "http://"))
	for _, id := range []string{"rss", "moved", "page", "gone", "away"} {
		fmt.Fprintf(&text, "\n[[source]]\nid = %q\nname = %q\nlanguages = [\"en\"]\nfeeds = [%q]\n", id, "The "+id, at("/"+id))
	}
	text.WriteString("\n[[source]]\nid = \"private\"\nname = \"The private\"\nlanguages = [\"en\"]\nfeeds = [\"http://bob:hunter2@10.0.0.1/rss\"]\n")
	cfg := configure(t, text.String(), "")
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := time.Now
	for range 2 {
		h, err := hub.Open(t.Context(), cfg, hub.Options{Now: now, Logger: log})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Run(t.Context()); err != nil {
			t.Error(err)
		}
		if err := summary(t.Context(), &said, h, time.Second, true); err != nil {
			t.Error(err)
		}
		shut(t, h)
		now = func() time.Time { return time.Now().Add(25 * time.Hour) } // asks again, at new addresses
	}
	if !strings.Contains(said.String(), "6 feeds, 2 items") {
		t.Errorf("the feeds were not read: %s", &said)
	}
	h := open(t, cfg, now)
	defer shut(t, h)
	site, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	found := crawl(t, site, 500)
	for _, path := range []string{"/sources", "/source/rss", "/source/moved", "/source/page", "/source/private", "/feeds"} {
		found.pages[path] = ask(t, site, path).Body.Bytes()
	}
	for _, path := range []string{"/metrics", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/opml"} {
		res := ask(t, site, path)
		found.pages[path] = append(res.Body.Bytes(), fmt.Sprint(res.Header())...)
	}
	for _, all := range []map[string][]byte{found.pages, found.feeds, {"what the run says": said.Bytes()}} {
		for path, body := range all {
			for _, secret := range []string{"hunter2", "bob:", "bob@", "Ym9i"} {
				if i := bytes.Index(body, []byte(secret)); i >= 0 {
					t.Errorf("%s tells %q: …%s…", path, secret, body[max(0, i-80):min(len(body), i+80)])
				}
			}
		}
	}
	if len(found.feeds) < 6 || !bytes.Contains(found.pages["/source/rss"], []byte(outlet.URL+"/rss")) {
		t.Errorf("%d feeds; the page of the outlet: %s", len(found.feeds), found.pages["/source/rss"])
	}
}

// subscribersOnly starts an outlet that demands user and password for all it has.
func subscribersOnly(t *testing.T) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "bob" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/rss", "/new":
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Harbour Wire</title><link>/</link>
<item><title>Ferry to the east bank resumes`+r.URL.Path+`</title><link>story`+r.URL.Path+`</link><guid isPermaLink="false">1</guid>
<description>The ferry runs again after two days of storm, the harbour master says. &lt;a href="more"&gt;More&lt;/a&gt;</description>
<enclosure url="ferry.jpg" type="image/jpeg" length="1"/></item></channel></rss>`)
		case "/moved":
			w.Header().Set("Location", "/new")
			w.WriteHeader(http.StatusMovedPermanently)
		case "/away":
			w.Header().Set("Location", "http://127.0.0.1:1/rss")
			w.WriteHeader(http.StatusMovedPermanently)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<!DOCTYPE html><title>Wire</title><link rel="alternate" type="application/rss+xml" href="rss"><p>Hello`)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}
