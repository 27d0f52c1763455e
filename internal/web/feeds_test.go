package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/webtest"
)

var formats = map[string]string{"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}

// Every feed there is can be read back, and keeps what the outlets said.
func TestFeeds(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	for stem, want := range map[string]int{
		"/feed": 33, "/source/norrland-today/feed": 3, "/lens/river/north/feed": 11, "/lens/control/government/feed": 7,
		"/story/weir/feed": 13, "/search/feed?q=weir": 8,
	} {
		for suffix, mediaType := range formats {
			path := strings.Replace(stem, "/feed", "/feed."+suffix, 1)
			res := get(t, h, path)
			body := read(t, res)
			ct := res.Header.Get("Content-Type")
			if res.StatusCode != http.StatusOK || !strings.HasPrefix(ct, mediaType) {
				t.Errorf("%s: status %d, type %s", path, res.StatusCode, ct)
				continue
			}
			f := webtest.CheckFeed(t, path, "https://hub.example"+path, ct, body)
			if len(f.Entries) != want {
				t.Errorf("%s: %d entries, want %d", path, len(f.Entries), want)
			}
			if f.Self != "https://hub.example"+path {
				t.Errorf("%s names itself %s", path, f.Self)
			}
			for _, e := range f.Entries {
				if e.Source.Title.String() == "The Old Mill Gazette" {
					t.Errorf("%s holds what was withdrawn", path)
				}
			}
		}
	}
}

// An entry keeps guid, link, authors and dates; its text is as long as the carriage
// allows; disclosure and carriage stand apart from it.
func TestEntries(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	for suffix := range formats {
		path := "/story/weir/feed." + suffix
		f := webtest.CheckFeed(t, path, "https://hub.example"+path, "", read(t, get(t, h, path)))
		by := map[string]*feed.Entry{}
		for _, e := range f.Entries {
			by[e.Source.Title.String()+": "+e.Title.String()] = e
		}
		excerpt := by["Norrland Today: Norrland opens the Halda weir to save the lower valley, engineers say"]
		full := by["Nordwire Agency: Halda weir opened after record rain"]
		link := by["Harbour Lights: Halda weir: the day in pictures"]
		rtl := by["المرصاد: خلاف بين نورلاند وسودرمارك بعد فتح سد نهر هالدا"]
		if excerpt == nil || full == nil || link == nil || rtl == nil {
			t.Fatalf("%s: an entry is missing: %v", path, by)
		}
		a := w.ByID[article(w, "norrland-today", 0)]
		id := a.GUID
		if suffix == "atom" {
			id = "urn:guid:" + id // an atom:id is an IRI (RFC 4287 §4.2.6)
		}
		if excerpt.ID != id || excerpt.Link != a.URL || !excerpt.Published.Equal(a.Published) {
			t.Errorf("%s: id %q, link %q, published %s", path, excerpt.ID, excerpt.Link, excerpt.Published)
		}
		// A JSON item without content is none: the excerpt stands as content_text.
		if excerpt.Content.Body+excerpt.Summary.Body != a.Lead || suffix != "json" && !excerpt.Content.IsZero() {
			t.Errorf("%s: excerpt has content %q, summary %q", path, excerpt.Content, excerpt.Summary)
		}
		if !strings.Contains(full.Content.Body, "Ingrid Solum") {
			t.Errorf("%s: full text is %q", path, full.Content.Body)
		}
		if !link.Content.IsZero() || !link.Summary.IsZero() {
			t.Errorf("%s: a mere link has text: %q %q", path, link.Content, link.Summary)
		}
		if !strings.Contains(rtl.Content.Body, `dir="rtl"`) || len(rtl.Authors) != 1 {
			t.Errorf("%s: right-to-left: %q by %v", path, rtl.Content.Body, rtl.Authors)
		}
		for name, e := range by {
			for _, n := range e.Notes {
				if strings.Contains(e.Content.Body+e.Summary.Body, n.Text) {
					t.Errorf("%s: %s: note %q is mixed into the text", path, name, n.Text)
				}
			}
		}
		i := slices.IndexFunc(excerpt.Notes, func(n feed.Note) bool { return n.Name == "disclosure" })
		if n := excerpt.Notes[i]; !strings.HasPrefix(n.Text, "State-controlled (says Atlas of Media Ownership; others say otherwise). Owners: ") || n.URL != "https://hub.example/source/norrland-today" {
			t.Errorf("%s: disclosure %+v", path, n)
		}
	}
}
