package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEmbeddings: a hub with an endpoint asks it for each new article and keeps what it says; while
// it fails, articles are placed all the same.
func TestEmbeddings(t *testing.T) {
	entries := ""
	outlet := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Harbour Wire</title>`+entries+`</channel></rss>`)
	}))
	t.Cleanup(outlet.Close)
	down, asked, path, key := false, []string(nil), "", ""
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var q struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Model != "small" {
			t.Errorf("asked for %q, %v", q.Model, err)
		}
		path, key = r.URL.Path, r.Header.Get("Authorization")
		asked = append(asked, q.Input...)
		_, _ = io.WriteString(w, `{"embeddings":[[1,2]`+strings.Repeat(",[1,2]", len(q.Input)-1)+`]}`)
	}))
	t.Cleanup(endpoint.Close)

	file := filepath.Join(t.TempDir(), "hub.toml")
	write(t, filepath.Join(filepath.Dir(file), "weights.txt"), "version learned\nbias -1\nmeaning .3\n")
	write(t, file, fmt.Sprintf(`[hub]
name = "Embedded"
[fetch]
allow_private = [%q]
per_host_delay = "0s"
pages = false
websub = false
[embeddings]
url = "%s/v1"
model = "small"
key = "hunter2"
weights = "weights.txt"
[[source]]
id = "harbour-wire"
name = "Harbour Wire"
languages = ["en"]
feeds = ["%s/rss"]
`, strings.TrimPrefix(outlet.URL, "http://"), endpoint.URL, outlet.URL))
	h := start(t, file)
	if h.meaning == nil || h.meaning.Version != "learned" {
		t.Errorf("weights: %+v", h.meaning)
	}
	now := time.Now()
	h.now = func() time.Time { return now }
	run := func(n int) (placed, with int) {
		t.Helper()
		entries += fmt.Sprintf(`<item><title>Ferry %d to the east bank resumes</title><guid isPermaLink="false">%d</guid>
			<description>The ferry runs again after two days of storm, the harbour master of bank %d says.</description></item>`, n, n, n)
		if _, err := h.db.Refresh(t.Context(), nil, now); err != nil {
			t.Fatal(err)
		}
		if err := h.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		placed, with, err := h.db.Embedded(t.Context(), now.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return placed, with
	}
	if placed, with := run(1); placed != 1 || with != 1 {
		t.Errorf("%d placed, %d with an embedding; want 1 and 1", placed, with)
	}
	if path != "/v1/embeddings" || key != "Bearer hunter2" || len(asked) != 1 || !strings.HasPrefix(asked[0], "Ferry 1 to the east bank resumes\n\nThe ferry runs") {
		t.Errorf("asked %s with %s: %q", path, key, asked)
	}
	down = true
	if placed, with := run(2); placed != 2 || with != 1 {
		t.Errorf("%d placed, %d with an embedding; want 2 and 1", placed, with)
	}
	down = false
	if placed, with := run(3); placed != 3 || with != 2 {
		t.Errorf("%d placed, %d with an embedding; want 3 and 2, for what was placed without stays so", placed, with)
	}
	site, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	res := httptest.NewRecorder()
	site.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{`{result="given"} 2`, `{result="failed"} 1`, `{result="resting"} 0`, `{result="late"} 0`} {
		if !strings.Contains(res.Body.String(), "parallax_embeddings_total"+want) {
			t.Errorf("/metrics does not tell %s", want)
		}
	}
}

// TestEmbeddingsErrors: what can be wrong under [embeddings], with its line.
func TestEmbeddingsErrors(t *testing.T) {
	for text, c := range map[string]struct {
		line int
		want string
	}{
		`model = "m"`:                                                             {2, "has no url"},
		`url = "http://127.0.0.1/v1"`:                                             {2, "names no model"},
		"model = \"m\"\nurl = \"127.0.0.1:80\"":                                   {3, "is not an http or https address"},
		"model = \"m\"\nurl = \"http://a.example\"\nbatch = 257":                  {4, "not between 1 and 256"},
		"model = \"m\"\nurl = \"http://a.example\"\ntimeout = \"2m\"":             {4, "at most a minute"},
		"model = \"m\"\nurl = \"http://a.example\"\ntimeout = \"0s\"":             {4, "at most a minute"},
		"url = \"http://a.example\"\nmodel = \"" + strings.Repeat("m", 201) + `"`: {3, "longer than 200 bytes"},
		`modle = "m"`: {2, `did you mean "model"?`}, //nolint:misspell // on purpose
	} {
		_, err := Parse("hub.toml", "[embeddings]\n"+text+"\n")
		ce, ok := errors.AsType[*ConfigError](err)
		if !ok || ce.Line != c.line || !strings.Contains(ce.What, c.want) {
			t.Errorf("%s: %v, want line %d and %q", text, err, c.line, c.want)
		}
	}
	file := filepath.Join(t.TempDir(), "hub.toml")
	write(t, file, "[embeddings]\nurl = \"http://a.example\"\nmodel = \"m\"\nweights = \"w.txt\"\n")
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), cfg, Options{}); err == nil || !strings.Contains(err.Error(), "hub.toml:4: weights") {
		t.Errorf("no such file: %v", err)
	}
	write(t, filepath.Join(filepath.Dir(file), "w.txt"), "version 1\nbias x\n")
	if _, err := Open(t.Context(), cfg, Options{}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a file with a mistake: %v", err)
	}
}
