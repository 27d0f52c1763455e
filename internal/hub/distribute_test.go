package hub

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"parallax/internal/distribute"
	"parallax/internal/web"
)

// Only at a hub that others can reach they can subscribe; feeds of another name none.
func TestSubscribable(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing set":  {"[hub]\n", "no url"},
		"loopback":     {"[hub]\nurl = \"http://127.0.0.1:8480\"\n", "not public"},
		"local name":   {"[hub]\nurl = \"http://news.intranet\"\n", "local network"},
		"public":       {"[hub]\nurl = \"https://hub.example/\"\n", ""},
		"turned off":   {"[hub]\nurl = \"https://hub.example\"\nwebsub = false\n", "websub = false"},
		"of the other": {"[hub]\nurl = \"https://hub.example\"\n[fetch]\nwebsub = false\n", ""},
	} {
		file := filepath.Join(t.TempDir(), "hub.toml")
		write(t, file, c.text)
		h := start(t, file)
		if got := h.config().NoSubscribers(); (got == nil) != (c.want == "") || got != nil && !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
		site, err := h.Handler()
		if err != nil {
			t.Fatal(err)
		}
		ask := func(method, path, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res := httptest.NewRecorder()
			site.ServeHTTP(res, r)
			return res
		}
		feed := ask(http.MethodGet, "/feed.atom", "").Body.String()
		if got := strings.Contains(feed, `rel="hub" href="https://hub.example/hub"`); got != (c.want == "") {
			t.Errorf("%s: the feed names the hub: %t", name, got)
		}
		res := ask(http.MethodPost, distribute.Path, "hub.mode=subscribe&hub.topic=https://hub.example/feed.atom&hub.callback=https://you.example/cb")
		if got := res.Code == http.StatusAccepted; got != (c.want == "") {
			t.Errorf("%s: who subscribes is answered %d %s", name, res.Code, res.Body)
		}
		if c.want != "" {
			continue
		}
		for path, status := range map[string]int{"/feed.rss": 200, "/search/feed.json?q=harbour": 200, "/source/nobody/feed.atom": 404} {
			fresh, err := h.render(t.Context(), path)
			if err != nil || fresh.Status != status {
				t.Errorf("%s: %s from within is %+v, %v", name, path, fresh, err)
			}
			// Who looks on a connection for which the site prepares answers gets one of its own.
			r := httptest.NewRequestWithContext(web.Fresh(t.Context()), http.MethodPost, distribute.Path, nil)
			looked, err := h.look(r, path)
			if err != nil || looked.Status != status || status == http.StatusOK && string(looked.Body) != string(fresh.Body) {
				t.Errorf("%s: %s as others see it is %+v, %v", name, path, looked, err)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if doc, err := h.render(gone, "/feed.rss"); err == nil {
			t.Errorf("%s: for nobody any more: %+v", name, doc)
		}
	}
}
