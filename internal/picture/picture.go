// Package picture reads what outlets send as pictures: PNG, JPEG, GIF, WebP and the ICO files of
// icons. What one is its first bytes say, whatever its name or type. Pixels come out, from which
// the hub makes pictures of its own: what else was in the file (metadata, other formats' bytes,
// scripts of SVG) goes no further.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// A Limit bounds a picture before it is decoded, for one of 64 KB can say that it has 65,535
// pixels each way.
type Limit struct {
	Side   int // the most pixels in a row or column
	Pixels int // in all
	Ratio  int // from how much more width than height on, or the reverse, it is a banner
}

var errKind = errors.New("it is no picture that can be read: PNG, ICO, GIF, JPEG or WebP")

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

// Decode reads a picture within the limit. Where a format's reader panics over what strangers
// wrote, the picture cannot be read.
func Decode(body []byte, most Limit) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("the picture cannot be read: %v", p)
		}
	}()
	if isICO(body) {
		return decodeICO(body, most)
	}
	k, ok := sniff(body)
	if !ok {
		return nil, errKind
	}
	c, err := k.size(body)
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	if err := most.check(c.Width, c.Height); err != nil {
		return nil, err
	}
	if img, err = k.decode(body); err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	return img, nil
}

func (l Limit) check(w, h int) error {
	switch {
	case w < 1 || h < 1:
		return errors.New("the picture is empty")
	case w > l.Side || h > l.Side:
		return fmt.Errorf("the picture has %d by %d pixels, more than %d", w, h, l.Side)
	case w*h > l.Pixels:
		return fmt.Errorf("the picture has %d by %d pixels, more than %d in all", w, h, l.Pixels)
	case w > l.Ratio*h || h > l.Ratio*w:
		return fmt.Errorf("the picture is a banner of %d by %d", w, h)
	}
	return nil
}
