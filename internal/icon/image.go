package icon

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/draw"

	"parallax/internal/picture"
)

// The sides of the PNGs that are made, in pixels: for screens, and for those that are twice
// as fine.
const (
	Small = 32
	Large = 64
)

// most is the largest icon that is read: at most 8 MB are taken for it.
var most = picture.Limit{Side: 1024, Pixels: 1024 * 1024, Ratio: 2}

// PNGs makes of an icon as an outlet sent it two PNGs of Small and Large, which hold
// nothing but its pixels.
func PNGs(body []byte) (small, large []byte, err error) {
	img, err := picture.Decode(body, most)
	if err != nil {
		return nil, nil, err
	}
	if small, err = scaled(img, Small); err != nil {
		return nil, nil, err
	}
	large, err = scaled(img, Large)
	return small, large, err
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
