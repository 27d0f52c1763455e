package picture

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

// Whatever bytes come, no picture is larger than it may be, and nothing panics.
func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 8, 4))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\x00\x00\x01\x00\x01\x00"))
	f.Add([]byte("GIF89a\x02\x00\x02\x00"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8L"))
	most := Limit{Side: 64, Pixels: 1024, Ratio: 8}
	f.Fuzz(func(t *testing.T, body []byte) {
		img, err := Decode(body, most)
		if (img == nil) != (err != nil) {
			t.Fatalf("a picture %v and the error %v", img, err)
		}
		if err != nil {
			return
		}
		if b := img.Bounds(); b.Dx() > most.Side || b.Dy() > most.Side || b.Dx()*b.Dy() > most.Pixels || b.Empty() {
			t.Errorf("a picture of %v", b)
		}
	})
}
