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

// A feed of stories has each that two outlets tell once, with how many of each side do; one of edits has each change, which leads to
// the words that changed. Who withdraws an article withdraws what is said of it.
func TestFeedsOfWhatTheHubTells(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	for suffix := range formats {
		load := func(uri string) *feed.Feed {
			return webtest.CheckFeed(t, uri, "https://hub.example"+uri, "", read(t, get(t, h, uri)))
		}
		stories := load("/stories." + suffix)
		ids := map[string]bool{}
		for i, e := range stories.Entries {
			if ids[e.ID] || !strings.HasPrefix(e.ID, "https://hub.example/story/") || e.Link != e.ID {
				t.Errorf("%s: story %s leads to %s", suffix, e.ID, e.Link)
			}
			if ids[e.ID] = true; i > 0 && e.Published.After(stories.Entries[i-1].Published) {
				t.Errorf("%s: %s stands after one that was told earlier", suffix, e.ID)
			}
			if e.ID == "https://hub.example/story/weir" && !strings.Contains(e.Content.Body, "<li>Norrland: 4 of 4 outlets</li>") {
				t.Errorf("%s: the weir is told so: %s", suffix, e.Content.Body)
			}
		}
		if !ids["https://hub.example/story/weir"] || ids["https://hub.example/story/mill"] {
			t.Errorf("%s: stories %v", suffix, ids)
		}
		byCountry := load("/stories." + suffix + "?lens=country")
		if byCountry.ID == stories.ID && suffix != "rss" || len(byCountry.Entries) != len(stories.Entries) || byCountry.Entries[0].Content.Body == stories.Entries[0].Content.Body {
			t.Errorf("%s: stories by country are the same as by river", suffix)
		}
		edits, own := load("/edits/feed."+suffix), load("/source/sudermark-voice/edits/feed."+suffix)
		if len(own.Entries) == 0 || len(own.Entries) >= len(edits.Entries) {
			t.Errorf("%s: %d edits of one, %d of all", suffix, len(own.Entries), len(edits.Entries))
		}
		for _, e := range own.Entries {
			if !strings.Contains(e.Link, "#changes") || e.Source.Title.String() != "Voice of Sudermark" || e.License != "" {
				t.Errorf("%s: edit %s of %s leads to %s", suffix, e.ID, e.Source.Title, e.Link)
			}
		}
		for _, uri := range []string{"/stories." + suffix + "?lens=none", "/source/none/edits/feed." + suffix} {
			if res := get(t, h, uri); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: status %d", uri, res.StatusCode)
			}
		}
		if res := get(t, h, "/source/old-mill/edits/feed."+suffix); res.StatusCode != http.StatusGone {
			t.Errorf("edits of who is not carried any more: status %d", res.StatusCode)
		}
	}
}
