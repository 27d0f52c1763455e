package picture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
)

// An ICO file is a directory of pictures of different sizes, each a PNG or a bitmap of
// Windows without its file header (MS-WMF calls it a DIB):
//
//	0, 1, n                                    3 × uint16; 1 for icons
//	n × width, height, colours, 0              4 × uint8; 0 stands for 256
//	    planes, bits, bytes, offset            2 × uint16, 2 × uint32
//
// The height that a bitmap names counts twice: its pixels, from the bottom up, are
// followed by as many of one bit each that say which are transparent. All little-endian.
const (
	icoHead  = 6
	icoEntry = 16
	// maxEntries bounds the directory; icons hold ten at most.
	maxEntries = 64
	// maxEntrySide bounds each picture in a directory, which can name 256 pixels at most; and
	// maxTried how many are tried: many entries may lead to one large picture that breaks at its end.
	maxEntrySide, maxTried = 512, 10
	dibHead                = 40
)

var errICO = errors.New("the .ico file is broken")

func isICO(b []byte) bool { return len(b) >= icoHead && string(b[:4]) == "\x00\x00\x01\x00" }

// An entry is one picture of a directory.
type entry struct {
	side, bits int
	data       []byte
}

// wanted is the side of the picture in an ICO file that is taken: the next larger one, else the
// largest.
const wanted = 64

// decodeICO returns the picture of the file that suits best and can be read.
func decodeICO(file []byte, most Limit) (image.Image, error) {
	var entries []entry
	n := min(int(binary.LittleEndian.Uint16(file[4:])), maxEntries)
	for i := range n {
		at := icoHead + i*icoEntry
		if at+icoEntry > len(file) {
			break
		}
		d := file[at : at+icoEntry]
		size, offset := uint64(binary.LittleEndian.Uint32(d[8:])), uint64(binary.LittleEndian.Uint32(d[12:]))
		if offset+size > uint64(len(file)) {
			continue
		}
		side := int(d[0])
		if side == 0 {
			side = 256
		}
		entries = append(entries, entry{side, int(binary.LittleEndian.Uint16(d[6:])), file[offset : offset+size]})
	}
	// Of one size the one with most colours.
	rank := func(e entry) int {
		if e.side >= wanted {
			return 2*256 - e.side
		}
		return e.side
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(b.bits, a.bits))
	})
	err := errICO
	most.Side, most.Pixels = min(most.Side, maxEntrySide), min(most.Pixels, maxEntrySide*maxEntrySide)
	for _, e := range entries[:min(len(entries), maxTried)] {
		img, why := e.decode(most)
		if why == nil {
			return img, nil
		}
		err = why
	}
	return nil, err
}

func (e entry) decode(most Limit) (image.Image, error) {
	if bytes.HasPrefix(e.data, []byte(pngStart)) {
		return Decode(e.data, most)
	}
	return decodeDIB(e.data, most)
}

// decodeDIB reads a bitmap as it stands in an ICO file.
func decodeDIB(b []byte, most Limit) (image.Image, error) {
	if len(b) < dibHead {
		return nil, errICO
	}
	le := binary.LittleEndian
	head, w, h := le.Uint32(b), int(int32(le.Uint32(b[4:]))), int(int32(le.Uint32(b[8:]))) //nolint:gosec // signed by the format
	bits, packed := int(le.Uint16(b[14:])), le.Uint32(b[16:])
	colours := uint64(le.Uint32(b[32:]))
	if packed != 0 || head < dibHead || uint64(head) > uint64(len(b)) || h%2 != 0 {
		return nil, errICO
	}
	if h /= 2; h > 256 || w > 256 { // what a directory can name
		return nil, fmt.Errorf("a picture of %d by %d pixels in an .ico file", w, h)
	}
	if err := most.check(w, h); err != nil {
		return nil, err
	}
	b = b[head:]
	var palette []byte // four bytes each: blue, green, red, 0
	switch bits {
	case 1, 4, 8:
		if colours == 0 || colours > 1<<bits {
			colours = 1 << bits
		}
		if uint64(len(b)) < 4*colours {
			return nil, errICO
		}
		palette, b = b[:4*colours], b[4*colours:]
	case 24, 32:
	default:
		return nil, fmt.Errorf("an .ico file with %d bits for a pixel", bits)
	}
	stride, maskStride := (w*bits+31)/32*4, (w+31)/32*4
	if len(b) < stride*h {
		return nil, errICO
	}
	pixels, mask := b[:stride*h], b[stride*h:]
	if len(mask) < maskStride*h {
		mask = nil // some writers leave it out where pixels have an alpha of their own
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	alpha := false
	for y := range h {
		row := pixels[(h-1-y)*stride:]
		for x := range w {
			c := color.NRGBA{A: 0xff}
			switch bits {
			case 32:
				c = color.NRGBA{row[4*x+2], row[4*x+1], row[4*x], row[4*x+3]}
				alpha = alpha || c.A != 0
			case 24:
				c.R, c.G, c.B = row[3*x+2], row[3*x+1], row[3*x]
			default:
				perByte := 8 / bits
				i := int(row[x/perByte]>>(8-bits-x%perByte*bits)) & (1<<bits - 1)
				if 4*i+2 >= len(palette) {
					return nil, errICO
				}
				c.R, c.G, c.B = palette[4*i+2], palette[4*i+1], palette[4*i]
			}
			img.SetNRGBA(x, y, c)
		}
	}
	if alpha {
		return img, nil
	}
	for y := range h {
		for x := range w {
			i := img.PixOffset(x, y) + 3
			img.Pix[i] = 0xff
			if mask != nil && mask[(h-1-y)*maskStride+x/8]>>(7-x%8)&1 == 1 {
				img.Pix[i] = 0
			}
		}
	}
	return img, nil
}
