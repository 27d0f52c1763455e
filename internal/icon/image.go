package icon

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// The sides of the PNGs that are made, in pixels: for screens, and for those that are twice
// as fine.
const (
	Small = 32
	Large = 64
)

const (
	// maxSide bounds a picture before it is decoded: one of 64 KB can say that it has 65,535
	// pixels each way. At most 8 MB are taken for one.
	maxSide = 1024
	// maxRatio is from how much more width than height on (or the reverse) a picture is a banner
	// and no icon.
	maxRatio = 2
)

var errKind = errors.New("it is no picture that can be read: PNG, ICO, GIF, JPEG or WebP")

// PNGs makes of an icon as an outlet sent it two PNGs of Small and Large, which hold
// nothing but its pixels. What a picture is its first bytes say, whatever its name or type.
func PNGs(body []byte) (small, large []byte, err error) {
	img, err := Decode(body)
	if err != nil {
		return nil, nil, err
	}
	if small, err = scaled(img, Small); err != nil {
		return nil, nil, err
	}
	large, err = scaled(img, Large)
	return small, large, err
}

// A kind is a format of pictures.
type kind struct {
	size   func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
}

func sniff(body []byte) (kind, bool) {
	of := func(size func(*bytes.Reader) (image.Config, error), decode func(*bytes.Reader) (image.Image, error)) kind {
		return kind{
			func(b []byte) (image.Config, error) { return size(bytes.NewReader(b)) },
			func(b []byte) (image.Image, error) { return decode(bytes.NewReader(b)) },
		}
	}
	has := func(prefix string) bool { return bytes.HasPrefix(body, []byte(prefix)) }
	switch {
	case has(pngStart):
		return of(func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }), true
	case has("GIF87a"), has("GIF89a"):
		return of(func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }), true
	case has("\xff\xd8\xff"):
		return of(func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }), true
	case has("RIFF") && len(body) > 12 && string(body[8:12]) == "WEBP":
		return of(func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }), true
	}
	return kind{}, false
}

const pngStart = "\x89PNG\r\n\x1a\n"

// Decode reads a picture, at most maxSide wide and high.
func Decode(body []byte) (image.Image, error) {
	if isICO(body) {
		return decodeICO(body)
	}
	k, ok := sniff(body)
	if !ok {
		return nil, errKind
	}
	c, err := k.size(body)
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	if err := bounded(c.Width, c.Height); err != nil {
		return nil, err
	}
	img, err := k.decode(body)
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	return img, nil
}

func bounded(w, h int) error {
	switch {
	case w < 1 || h < 1:
		return errors.New("the picture is empty")
	case w > maxSide || h > maxSide:
		return fmt.Errorf("the picture has %d by %d pixels, more than %d", w, h, maxSide)
	case w > maxRatio*h || h > maxRatio*w:
		return fmt.Errorf("the picture is a banner of %d by %d, not an icon", w, h)
	}
	return nil
}

// scaled returns a PNG of that side with the picture in its middle, as large as it fits.
func scaled(img image.Image, side int) ([]byte, error) {
	b := img.Bounds()
	w, h := side, side
	if b.Dx() > b.Dy() {
		h = max(side*b.Dy()/b.Dx(), 1)
	} else {
		w = max(side*b.Dx()/b.Dy(), 1)
	}
	at := image.Rect((side-w)/2, (side-h)/2, (side-w)/2+w, (side-h)/2+h)
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(out, at, img, b, draw.Src, nil)
	var buf bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, out); err != nil {
		return nil, fmt.Errorf("write the icon: %w", err)
	}
	return buf.Bytes(), nil
}
