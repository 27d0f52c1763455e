package web_test

import (
	"image/color"
	"net/http"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// illustrated gives an article of a source an image, of which the hub has a picture.
func illustrated(w *webtest.World, source string, data []byte) *news.Article {
	for _, id := range w.Order {
		a := w.ByID[id]
		if a.SourceID != source || a.HTML == "" {
			continue
		}
		const url = "https://outlet.example/bridge.jpg"
		a.HTML += `<figure><p><a href="` + url + `" rel="noopener nofollow ugc" data-image="` + url + `" data-size="1600x900">[The "old" bridge]</a></p>` +
			"\n<figcaption>The bridge. Photo: N. N.</figcaption></figure>\n" +
			`<p><a href="https://outlet.example/map.png" rel="noopener nofollow ugc" data-image="https://outlet.example/map.png">[A map]</a></p>`
		p := &news.Picture{ID: "p-" + source, SourceID: source, URL: url, Type: "image/png", Data: data, Width: 64, Height: 64}
		if w.Album == nil {
			w.Album = map[string][]*news.Picture{}
		}
		w.Album[a.ID] = []*news.Picture{p}
		return a
	}
	return nil
}

// An image is shown from the hub's own address, with its words, its size and its caption, where
// the outlet is carried with its whole text; else, and where the hub has no copy, it is a link.
func TestPicture(t *testing.T) {
	w := webtest.New()
	blue := square(t, color.NRGBA{0x20, 0x40, 0x80, 0xff})
	a := illustrated(w, "al-mirsad", blue)
	if a == nil {
		t.Fatal("al-mirsad has no article")
	}
	h := serve(t, w)
	page := string(read(t, get(t, h, "/article/"+a.ID)))
	for _, part := range []string{
		`<a href="https://outlet.example/bridge.jpg" rel="noopener nofollow ugc"><img src="/picture/p-al-mirsad" alt="The &#34;old&#34; bridge" width="64" height="64" loading="lazy" decoding="async"></a>`,
		"Photo: N. N.</figcaption>", `<a href="https://outlet.example/map.png" rel="noopener nofollow ugc">[A map]</a>`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s", part)
		}
	}
	res := get(t, h, "/picture/p-al-mirsad")
	if body := read(t, res); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/png" || string(body) != string(blue) ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") != "public, max-age=60" {
		t.Errorf("the picture: %d %v", res.StatusCode, res.Header)
	}
	feed := string(read(t, get(t, h, "/source/al-mirsad/feed.atom")))
	if !strings.Contains(feed, "outlet.example/bridge.jpg") || strings.Contains(feed, "data-image") || strings.Contains(feed, "&lt;img") {
		t.Error("the feed does not have images as links")
	}
	for _, src := range w.SourceList {
		if src.ID == "al-mirsad" {
			src.Carriage.Mode = news.Excerpt
		}
	}
	h = serve(t, w)
	if res := get(t, h, "/picture/p-al-mirsad"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the picture of what is carried as excerpts: %d", res.StatusCode)
	}
	if page := string(read(t, get(t, h, "/article/"+a.ID))); strings.Contains(page, "/picture/") {
		t.Error("an excerpt has pictures")
	}
	if res := get(t, h, "/picture/none"); res.StatusCode != http.StatusNotFound {
		t.Errorf("no picture: %d", res.StatusCode)
	}
}
