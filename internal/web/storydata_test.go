package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// A story is there as data too, by its address or by what is accepted, and says what its page does.
func TestStoryData(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	res := get(t, h, "/story/weir.json")
	body := read(t, res)
	if got := res.Header.Get("Content-Type"); got != "application/json" || res.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %s", res.StatusCode, got)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "\t"); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "story.json")
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s mismatch (-want +got):\n%s", golden, diff)
	}
	if diff := cmp.Diff(string(body), string(read(t, get(t, h, "/story/weir", "Accept", "application/json")))); diff != "" {
		t.Errorf("by what is accepted (-by address +by accept):\n%s", diff)
	}
	for _, accept := range []string{"", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html, application/json"} {
		if got := get(t, h, "/story/weir", "Accept", accept).Header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
			t.Errorf("Accept %q: %s", accept, got)
		}
	}
	if got := get(t, h, "/story/weir").Header.Values("Vary"); !slices.Contains(got, "Accept") {
		t.Errorf("Vary: %q", got)
	}

	var ferry struct {
		Locked bool
		TookUp int `json:"took_up"`
		Pinned []string
	}
	if err := json.Unmarshal(read(t, get(t, h, "/story/ferry.json")), &ferry); err != nil || !ferry.Locked || ferry.TookUp != 1 || len(ferry.Pinned) != 1 {
		t.Errorf("what an editor did: %+v, %v", ferry, err)
	}
	w.Related = []news.Relation{{Kind: news.Same, A: "weir", B: "ferry", LangA: "en", LangB: "de", Score: .8, Why: "Halda"}}
	if body := read(t, get(t, serve(t, w), "/story/weir.json")); !bytes.Contains(body, []byte(`"related":[{"kind":"same","id":"ferry","url":"https://hub.example/story/ferry"`)) {
		t.Error("related stories are not in the data")
	}
	w.Related = nil

	for path, status := range map[string]int{
		"/story/nothing.json": http.StatusNotFound, "/story/mill.json": http.StatusGone, "/story/weir.json?lens=none": http.StatusNotFound,
	} {
		res := get(t, h, path)
		var problem struct {
			Title, Detail string
			Status        int
		}
		if err := json.Unmarshal(read(t, res), &problem); err != nil || res.StatusCode != status || problem.Status != status || problem.Title == "" || problem.Detail == "" || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %s, %+v, %v", path, res.StatusCode, res.Header.Get("Content-Type"), problem, err)
		}
	}
	if to := get(t, h, "/story/weirmergedstory.json?lens=country").Header.Get("Location"); to != "/story/weir.json?lens=country" {
		t.Errorf("a merged story leads to %q", to)
	}
}

// What the terms of an outlet do not let the hub show is on no page and in no data, and what
// is gone or was edited since is not quoted.
func TestQuotedAsCarried(t *testing.T) {
	const words = "The gates were opened before dawn on Thursday."
	shown := func(change func(w *webtest.World, a *news.Article, s *news.Source)) (onPage, inData bool) {
		w := webtest.New()
		a := w.ByID[article(w, "plain-dealer", 0)]
		src, err := w.Source(t.Context(), "plain-dealer")
		if err != nil {
			t.Fatal(err)
		}
		change(w, a, src)
		h := serve(t, w)
		return bytes.Contains(read(t, get(t, h, "/story/weir")), []byte(words)), bytes.Contains(read(t, get(t, h, "/story/weir.json")), []byte(words))
	}
	for _, test := range []struct {
		name   string
		change func(w *webtest.World, a *news.Article, s *news.Source)
		want   bool
	}{
		{"as an excerpt", func(*webtest.World, *news.Article, *news.Source) {}, true},
		{"by its headline only", func(_ *webtest.World, _ *news.Article, s *news.Source) { s.Carriage.Mode = news.Link }, false},
		{"no longer", func(_ *webtest.World, _ *news.Article, s *news.Source) { s.Carriage.Until = webtest.Now }, false},
		{"edited since", func(_ *webtest.World, a *news.Article, _ *news.Source) { a.Revision++ }, false},
	} {
		if page, data := shown(test.change); page != test.want || data != test.want {
			t.Errorf("carried %s: on the page %t, in the data %t, want %t", test.name, page, data, test.want)
		}
	}
}
