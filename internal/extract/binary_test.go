package extract

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// What is no text is refused, and so is text that is neither markup nor prose.
func TestNoPage(t *testing.T) {
	var picture, packed bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 200, 200))); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(asPage(wire))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 5<<10)
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		page []byte
		want string
	}{
		{"picture", picture.Bytes(), "image/png"},
		{"archive", packed.Bytes(), "application/x-gzip"},
		{"document", []byte("%PDF-1.7\n" + wire), "application/pdf"},
		{"noise", noise, "binary data"},
		{"style sheet", []byte(strings.Repeat("body, p { color: #333; margin: 0 auto; }\n/* The page of an article is narrow. */\n.lead { font-weight: bold; }\n", 20)), "style sheet"},
		{"script", []byte(strings.Repeat("export function total(list) { let sum = 0; for (const n of list) { sum += n; } return sum; }\n", 20)), "script"},
		{"data", []byte(`[{"title": "No", "text": "` + wire[:200] + `", "tags": ["a", "b", "c"], "id": 7}]`), "data"},
	} {
		_, err := ReadPage(tt.page, "https://a.example/x", "")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Text is read however it is written: without markup, with a stray control character, in
// encodings that use them.
func TestTextIsRead(t *testing.T) {
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(asPage(wire))
	if err != nil {
		t.Fatal(err)
	}
	shifted, err := japanese.ISO2022JP.NewEncoder().String(asPage(strings.Repeat("理事会は月曜日に水に関する協定を拒否した。", 20)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, page, contentType string }{
		{"plain", wire, "text/plain"},
		{"plain, with an address", "BM: " + wire + " Write to desk@a.example; we answer.", ""},
		{"control characters", strings.ReplaceAll(asPage(wire), "</p>", "\x00\x08</p>"), ""},
		{"markup about code", asPage(wire + " {a=1;b[2]=c_d;}"), ""},
		{"two bytes a character", wide, ""},
		{"escapes", shifted, "text/html; charset=iso-2022-jp"},
	} {
		p, err := ReadPage([]byte(tt.page), "https://a.example/x", tt.contentType)
		if err != nil || len(p.Text()) < 200 {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
