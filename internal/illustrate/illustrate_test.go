package illustrate

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// memory is a Store of one picture.
type memory struct {
	picture news.Picture
	source  news.Source
	forgot  int
}

func (m *memory) DuePictures(_ context.Context, now time.Time, _ int) ([]*news.Picture, error) {
	if m.picture.Due.IsZero() || m.picture.Due.After(now) {
		return nil, nil
	}
	p := m.picture
	return []*news.Picture{&p}, nil
}

func (m *memory) SavePicture(_ context.Context, p *news.Picture) error {
	m.picture = *p
	return nil
}

func (m *memory) ForgetPictures(context.Context, time.Time, int64) error {
	m.forgot++
	return nil
}

func (m *memory) Source(context.Context, string) (*news.Source, error) { return &m.source, nil }

func flat(w, h int, c color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

// noise is a picture that no PNG makes small.
func noise(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32() | 0x80) //nolint:gosec // the low byte
	}
	return img
}

func pngOf(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// What comes out is the picture, within its bounds, and nothing else that was in the file.
func TestRemake(t *testing.T) {
	t.Parallel()
	red := color.NRGBA{0xe0, 0x10, 0x10, 0xff}
	secret := []byte("<script>alert(1)</script>GPS 59.9N 10.7E")
	for _, c := range []struct {
		name string
		body []byte
		kind string
		w, h int
	}{
		{"photograph", jpegOf(t, flat(800, 600, red)), "image/jpeg", 800, 600},
		{"large photograph", jpegOf(t, flat(3000, 2000, red)), "image/jpeg", 1200, 800},
		{"long", jpegOf(t, flat(600, 4800, red)), "image/jpeg", 300, 2400},
		{"drawing", pngOf(t, flat(640, 480, red)), "image/png", 640, 480},
		{"photograph as PNG", pngOf(t, noise(640, 480)), "image/jpeg", 640, 480},
		{"more than a picture", append(jpegOf(t, flat(100, 100, red)), secret...), "image/jpeg", 100, 100},
	} {
		data, kind, w, h, err := remake(c.body)
		if err != nil || kind != c.kind || w != c.w || h != c.h {
			t.Errorf("%s: %s of %d by %d, %v", c.name, kind, w, h, err)
			continue
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds() != image.Rect(0, 0, w, h) || bytes.Contains(data, secret) {
			t.Errorf("%s: what comes out is %v, %v", c.name, img, err)
			continue
		}
		if r, g, _, _ := img.At(w/2, h/2).RGBA(); c.name != "photograph as PNG" && (r < 0xd000 || g > 0x3000) {
			t.Errorf("%s is %v in the middle", c.name, img.At(w/2, h/2))
		}
	}
	for name, body := range map[string][]byte{
		"a page": []byte("<!doctype html>"), "a drawing of paths": []byte("<svg onload=alert(1)>"), "a counter": pngOf(t, flat(1, 1, red)),
		"a banner": pngOf(t, flat(1300, 100, red)), "nothing": nil,
	} {
		if data, _, _, _, err := remake(body); err == nil || data != nil {
			t.Errorf("%s becomes a picture", name)
		}
	}
}

// A picture is asked for once; what fails in passing a few times, what is refused not again.
func TestStage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		mode   news.Mode
		routes []string
		answer func(w http.ResponseWriter)
		asked  int
		why    string
	}{
		{"there", news.FullText, nil, func(w http.ResponseWriter) { _, _ = w.Write(jpegOf(t, flat(64, 48, color.White))) }, 1, ""},
		{"excerpts only", news.Excerpt, nil, nil, 0, "not carried with its whole text"},
		{"by default", "", nil, nil, 0, "not carried with its whole text"},
		{"from a mirror", news.FullText, []string{"mirror:https://copy.example"}, nil, 0, "copies only"},
		{"gone", news.FullText, nil, func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, 1, "404"},
		{"no picture", news.FullText, nil, func(w http.ResponseWriter) { _, _ = w.Write([]byte("<p>")) }, 1, "no picture"},
		{"too large", news.FullText, nil, func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, maxImage+1)) }, 1, "too large"},
		{"out of order", news.FullText, nil, func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, maxTries, "500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				asked.Add(1)
				c.answer(w)
			}))
			defer srv.Close()
			now := noon
			client := fetch.New(fetch.Options{AllowPrivate: []string{strings.TrimPrefix(srv.URL, "http://")}, PerHostDelay: -1, Now: func() time.Time { return now }})
			defer client.Close()
			m := &memory{
				picture: news.Picture{ID: "1", SourceID: "harbour", URL: srv.URL + "/a.jpg", Due: noon},
				source:  news.Source{ID: "harbour", Routes: c.routes, Carriage: news.Carriage{Mode: c.mode}},
			}
			s := New(m, client, nil, func() time.Time { return now })
			for range 2 * maxTries {
				if err := s.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if m.picture.Due.After(now) {
					now = m.picture.Due
				} else {
					now = now.Add(rest)
				}
			}
			p := m.picture
			if n := int(asked.Load()); n != c.asked || !p.Due.IsZero() || (p.Type != "") != (c.why == "") || !strings.Contains(p.LastError, c.why) {
				t.Errorf("asked %d times: %+v", n, p)
			}
			if c.why == "" && (p.Width != 64 || p.Height != 48 || !p.Fetched.Equal(noon)) {
				t.Errorf("picture %d by %d, made %v", p.Width, p.Height, p.Fetched)
			}
			if m.forgot == 0 {
				t.Error("nothing is ever forgotten")
			}
		})
	}
}
