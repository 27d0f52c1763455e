package illustrate

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"parallax/internal/picture"
)

const (
	// widest and tallest are the most pixels that are kept: a page's measure is 600 wide, twice as
	// many on fine screens. An infographic may be long.
	widest, tallest = 1200, 2400
	// smallest is from how many pixels each way on a picture is more than an ornament or a counter.
	smallest = 24
	quality  = 80
	// maxPNG is how large a PNG may get before a photograph is what it is: then it is a JPEG.
	maxPNG = 256 << 10
)

// most is the largest picture that is unpacked: at four bytes a pixel it takes 64 MB; a
// PNG with 16 bits a colour is unpacked to twice that, and copied.
var most = picture.Limit{Side: 12_000, Pixels: 16 << 20, Ratio: 12}

// remake makes of an image as an outlet sent it one that holds nothing but its pixels, no more of
// them than a page shows: a PNG where it has few colours or lets the page through, else a JPEG.
func remake(body []byte) (data []byte, mediaType string, w, h int, err error) {
	img, err := picture.Decode(body, most)
	if err != nil {
		return nil, "", 0, 0, err
	}
	b := img.Bounds()
	if b.Dx() < smallest || b.Dy() < smallest {
		return nil, "", 0, 0, errors.New("it is too small to be a picture")
	}
	w, h = b.Dx(), b.Dy()
	if w > widest {
		w, h = widest, max(h*widest/w, 1)
	}
	if h > tallest {
		w, h = max(w*tallest/h, 1), tallest
	}
	// Over white, which is what a JPEG can keep of what lets the page through.
	at := image.Rect(0, 0, w, h)
	out, plain := image.NewNRGBA(at), image.NewRGBA(at)
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, at, img, b.Min, draw.Src)
	} else {
		draw.BiLinear.Scale(out, at, img, b, draw.Src, nil)
	}
	var buf bytes.Buffer
	if _, photograph := img.(*image.YCbCr); !photograph {
		if err := png.Encode(&buf, out); err != nil {
			return nil, "", 0, 0, fmt.Errorf("write the picture: %w", err)
		}
		if buf.Len() <= maxPNG {
			return buf.Bytes(), "image/png", w, h, nil
		}
	}
	buf.Reset()
	draw.Draw(plain, at, image.White, image.Point{}, draw.Src)
	draw.Draw(plain, at, out, image.Point{}, draw.Over)
	if err := jpeg.Encode(&buf, plain, &jpeg.Options{Quality: quality}); err != nil {
		return nil, "", 0, 0, fmt.Errorf("write the picture: %w", err)
	}
	return buf.Bytes(), "image/jpeg", w, h, nil
}
