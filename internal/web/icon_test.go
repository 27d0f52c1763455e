package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// square is an icon of one colour.
func square(tb testing.TB, c color.Color) []byte {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// An outlet's icon comes from the hub, with what browsers need to keep it and not to take
// it for anything else; where there is none, or the outlet is not carried, its initials do.
func TestIcon(t *testing.T) {
	w := webtest.New()
	blue := square(t, color.NRGBA{0x20, 0x40, 0x80, 0xff})
	w.Icons = map[string][]byte{"norrland-today": blue, "old-mill": blue}
	h := serve(t, w)
	for _, c := range []struct{ path, contentType, holds string }{
		{"/source/norrland-today/icon", "image/png", string(blue)},
		{"/source/norrland-today/icon?size=64", "image/png", string(blue)},
		{"/source/fjord-post/icon", "image/svg+xml", ">FP</text>"},
		{"/source/old-mill/icon", "image/svg+xml", ">OM</text>"},
	} {
		res := get(t, h, c.path, "Accept-Encoding", "gzip")
		body := read(t, res)
		head := res.Header
		if res.StatusCode != http.StatusOK || head.Get("Content-Type") != c.contentType || !strings.Contains(string(body), c.holds) ||
			head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Cache-Control") != "public, max-age=86400" || head.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v %q", c.path, res.StatusCode, head, body)
		}
		tag := head.Get("ETag")
		if again := get(t, h, c.path, "If-None-Match", tag); strings.HasPrefix(tag, "W/") || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: with its tag %s: %d", c.path, tag, again.StatusCode)
		}
	}
	if res := get(t, h, "/source/nobody/icon"); res.StatusCode != http.StatusNotFound {
		t.Errorf("of nobody: %d", res.StatusCode)
	}
}

// A name cannot write markup into its placeholder.
func TestPlaceholderIsSafe(t *testing.T) {
	w := webtest.New()
	w.SourceList = append(w.SourceList, &news.Source{ID: "odd", Name: "&<script>"})
	body := string(read(t, get(t, serve(t, w), "/source/odd/icon")))
	if strings.Contains(body, "script") || strings.Count(body, "<") != 5 {
		t.Errorf("placeholder %s", body)
	}
}
