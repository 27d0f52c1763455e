package icon

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"parallax/internal/picture"
)

// The forms that package picture reads, for what writes them here.
const (
	icoHead  = 6
	icoEntry = 16
	dibHead  = 40
	pngStart = "\x89PNG\r\n\x1a\n"
)

// The sample of the tests: red, its left half transparent.
func sample(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := w / 2; x < w; x++ {
			img.SetNRGBA(x, y, color.NRGBA{0xff, 0, 0, 0xff})
		}
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

// dib writes a picture as a bitmap with so many bits for a pixel. With fewer than 24, colour 1
// of the palette is red; the mask says what is transparent.
func dib(img *image.NRGBA, bits int) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	le := binary.LittleEndian
	b := make([]byte, dibHead)
	le.PutUint32(b, dibHead)
	le.PutUint32(b[4:], uint32(w))   //nolint:gosec // small
	le.PutUint32(b[8:], uint32(2*h)) //nolint:gosec // small
	le.PutUint16(b[12:], 1)
	le.PutUint16(b[14:], uint16(bits)) //nolint:gosec // small
	if bits <= 8 {
		le.PutUint32(b[32:], 2)
		b = append(b, 0, 0, 0, 0, 0, 0, 0xff, 0)
	}
	pixels := make([]byte, (w*bits+31)/32*4*h)
	mask := make([]byte, (w+31)/32*4*h)
	for y := range h {
		row, maskRow := pixels[(h-1-y)*len(pixels)/h:], mask[(h-1-y)*len(mask)/h:]
		for x := range w {
			c := img.NRGBAAt(x, y)
			if c.A == 0 {
				maskRow[x/8] |= 1 << (7 - x%8)
			}
			switch bits {
			case 32:
				copy(row[4*x:], []byte{c.B, c.G, c.R, c.A})
			case 24:
				copy(row[3*x:], []byte{c.B, c.G, c.R})
			default:
				if c.R != 0 {
					row[x*bits/8] |= 1 << (8 - bits - x*bits%8)
				}
			}
		}
	}
	return append(append(b, pixels...), mask...)
}

// ico writes an .ico file.
func ico(pictures ...[]byte) []byte {
	le := binary.LittleEndian
	b := []byte{0, 0, 1, 0, byte(len(pictures)), 0} //nolint:gosec // few
	offset := icoHead + icoEntry*len(pictures)
	for _, p := range pictures {
		d := make([]byte, icoEntry)
		if bytes.HasPrefix(p, []byte(pngStart)) {
			d[0] = p[19]
			le.PutUint16(d[6:], 32)
		} else {
			d[0] = p[4]
			le.PutUint16(d[6:], le.Uint16(p[14:]))
		}
		d[1] = d[0]
		le.PutUint32(d[8:], uint32(len(p)))  //nolint:gosec // small
		le.PutUint32(d[12:], uint32(offset)) //nolint:gosec // small
		b, offset = append(b, d...), offset+len(p)
	}
	for _, p := range pictures {
		b = append(b, p...)
	}
	return b
}

// Whatever form an icon comes in, PNGs of both sizes come out that show it.
func TestPNGs(t *testing.T) {
	t.Parallel()
	img := sample(48, 48)
	var gifs, jpegs bytes.Buffer
	if err := gif.Encode(&gifs, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&jpegs, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	broken := dib(img, 32)[:100]
	for name, body := range map[string][]byte{
		"png": pngOf(t, img), "gif": gifs.Bytes(), "jpeg": jpegs.Bytes(),
		"ico of a png": ico(pngOf(t, img)), "ico, 1 bit": ico(dib(img, 1)), "ico, 4 bits": ico(dib(img, 4)),
		"ico, 8 bits": ico(dib(img, 8)), "ico, 24 bits": ico(dib(img, 24)), "ico, 32 bits": ico(dib(img, 32)),
		"ico of several":       ico(dib(sample(16, 16), 32), pngOf(t, img)),
		"ico, the best broken": ico(broken, dib(sample(16, 16), 32)),
		"small":                pngOf(t, sample(16, 16)), "odd": pngOf(t, sample(33, 31)), "large": pngOf(t, sample(1024, 1024)),
	} {
		small, large, err := PNGs(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for side, made := range map[int][]byte{Small: small, Large: large} {
			got, err := png.Decode(bytes.NewReader(made))
			if err != nil || got.Bounds() != image.Rect(0, 0, side, side) {
				t.Errorf("%s: PNG of %d: %v, %v", name, side, got, err)
				continue
			}
			r, g, _, a := got.At(side*7/8, side/2).RGBA()
			if r < 0xf000 || g > 0x1000 || a < 0xf000 {
				t.Errorf("%s, %d: on the right %v", name, side, got.At(side*7/8, side/2))
			}
			if _, _, _, a := got.At(side/8, side/2).RGBA(); a > 0x1000 && name != "jpeg" && name != "gif" { // whose writers have no transparent colour
				t.Errorf("%s, %d: on the left %v", name, side, got.At(side/8, side/2))
			}
		}
	}
}

func TestRefusedPictures(t *testing.T) {
	t.Parallel()
	bomb := pngOf(t, sample(8, 8))
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	huge := dib(sample(8, 8), 32)
	binary.LittleEndian.PutUint32(huge[4:], 1<<30)
	negative := dib(sample(8, 8), 32)
	binary.LittleEndian.PutUint32(negative[4:], 1<<31+5)
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"nothing":                    {nil, "no picture"},
		"a page":                     {[]byte("<!doctype html><title>x</title>"), "no picture"},
		"a drawing":                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "no picture"},
		"half a png":                 {pngOf(t, sample(8, 8))[:40], "cannot be read"},
		"a bomb":                     {bomb, ""},
		"a large one":                {pngOf(t, sample(1025, 1025)), "more than 1024"},
		"a banner":                   {pngOf(t, sample(144, 40)), "banner"},
		"an empty directory":         {ico(), "broken"},
		"a directory alone":          {[]byte("\x00\x00\x01\x00\xff\xff"), "broken"},
		"a huge bitmap":              {ico(huge), "pixels in an .ico"},
		"a large one in a directory": {ico(pngOf(t, sample(600, 600))), "more than 512"},
		"a negative bitmap":          {ico(negative), "empty"},
		"no colours":                 {ico(dib(sample(8, 8), 8)[:dibHead+4]), "broken"},
		"two bits":                   {ico(dib(sample(8, 8), 2)), "2 bits"},
	} {
		if _, _, err := PNGs(c.body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Whatever a file says, what is read of it is bounded, and can be made into PNGs.
func FuzzPNGs(f *testing.F) {
	img := sample(9, 9)
	for _, bits := range []int{1, 4, 8, 24, 32} {
		f.Add(ico(dib(img, bits)))
	}
	f.Add(ico(pngOf(f, img), dib(img, 32)))
	f.Add(pngOf(f, img))
	f.Add([]byte("GIF89a"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8L"))
	f.Fuzz(func(t *testing.T, body []byte) {
		img, err := picture.Decode(body, most)
		if err != nil {
			return
		}
		if b := img.Bounds(); b.Dx() < 1 || b.Dy() < 1 || b.Dx() > most.Side || b.Dy() > most.Side {
			t.Fatalf("a picture of %v", b)
		}
		small, large, err := PNGs(body)
		if err != nil {
			t.Fatal(err)
		}
		for side, made := range map[int][]byte{Small: small, Large: large} {
			if c, err := png.DecodeConfig(bytes.NewReader(made)); err != nil || c.Width != side || c.Height != side {
				t.Fatalf("%d: %+v, %v", side, c, err)
			}
		}
	})
}
