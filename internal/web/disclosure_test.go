package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/webtest"
)

// Each version is there as a page and as data, of which the page names the hash; what is no version is told to be none.
func TestDisclosureVersions(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	h := serve(t, w)
	for _, v := range w.Disclosures["old-mill"] { // which is withdrawn
		path := fmt.Sprintf("/source/old-mill/disclosure/%d", v.N)
		page, data := get(t, h, path), get(t, h, path+".json")
		body, text := read(t, data), string(read(t, page))
		sum := sha256.Sum256(body)
		if hash := hex.EncodeToString(sum[:]); page.StatusCode != http.StatusOK || hash != v.Hash || !strings.Contains(text, hash) {
			t.Errorf("%s: status %d, its data has the hash %s, want %s", path, page.StatusCode, hash, v.Hash)
		}
		var d news.Disclosure
		if err := json.Unmarshal(body, &d); err != nil || d.Count() != v.Disclosure.Count() || data.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s.json: %v: %s", path, err, body)
		}
		for _, want := range []string{"The Old Mill Gazette is", "stays readable", "Norrland Press Fund"} {
			if v.N == 1 && !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	for path, want := range map[string]int{
		"/source/nobody/disclosure/1": http.StatusNotFound, "/source/old-mill/disclosure/0": http.StatusNotFound, "/source/old-mill/disclosure/4": http.StatusNotFound,
		"/source/old-mill/disclosure/01": http.StatusNotFound, "/source/old-mill/disclosure/-1": http.StatusNotFound, "/source/old-mill/disclosure/x": http.StatusNotFound,
		"/source/old-mill/disclosure/99999999999999999999": http.StatusNotFound, "/source/old-mill/disclosure/2.json": http.StatusOK,
	} {
		if res := get(t, h, path); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
}

// Articles that were seen under another version than the present lead to it, on pages and in each format of the
// feeds; the others do not.
func TestDisclosureThen(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	h := serve(t, w)
	const then = "/source/norrland-today/disclosure/2"
	for path, want := range map[string]bool{
		"/article/" + article(w, "norrland-today", 0): true, "/story/weir": true, "/story/weir.json": true,
		"/article/" + article(w, "fjord-post", 0): false,
	} {
		if got := strings.Contains(string(read(t, get(t, h, path))), then); got != want {
			t.Errorf("%s leads to the version then in force: %t, want %t", path, got, want)
		}
	}
	for _, format := range []string{"rss", "atom", "json"} {
		f, err := feed.Parse(read(t, get(t, h, "/feed."+format)), feed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range f.Entries {
			for _, note := range e.Notes {
				if note.Name != "disclosure-then" {
					continue
				}
				if n++; !strings.Contains(note.URL, "/source/norrland-today/disclosure/") || e.Source.Link != "https://norrland-today.example/" {
					t.Errorf("feed.%s: %s has the note %+v", format, e.Link, note)
				}
			}
		}
		if n != 3 {
			t.Errorf("feed.%s: %d entries lead to the version then in force, want the 3 of norrland-today that were seen before the present one", format, n)
		}
	}
}
