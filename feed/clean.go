package feed

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// clean says whether b holds nothing that cleanBytes would change.
func clean(b []byte) bool { return dirt(b) == len(b) }

// dirt returns where the first byte is that cleanBytes may have to change: a control
// character other than tab and line feed, or the start of a U+FFFE or U+FFFF.
func dirt(b []byte) int {
	const (
		ones    = 0x0101010101010101
		spaces  = 0x2020202020202020
		fullest = 0xefefefefefefefef
	)
	i := 0
	for i < len(b) {
		// Eight bytes at a time: none is below space and none is 0xef.
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			x := w ^ fullest
			if (w-spaces)&^w&highBits != 0 || (x-ones)&^x&highBits != 0 {
				break
			}
			i += 8
		}
		for end := min(i+8, len(b)); i < end; i++ {
			switch c := b[i]; {
			case c == 0xef:
				if noCharacter(b[i:]) {
					return i
				}
			case c < ' ' && c != '\n' && c != '\t':
				return i
			}
		}
	}
	return i
}

// inspect looks at a document once and says whether it is UTF-8, and whether it holds
// nothing that cleanBytes would change.
func inspect(b []byte) (isUTF8, isClean bool) {
	const spaces = 0x2020202020202020
	isUTF8, isClean = true, true
	i := 0
	for i < len(b) {
		// Thirty-two bytes at a time, then eight: all of ASCII, and none below space.
		for i+32 <= len(b) {
			w0, w1 := binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+8:])
			w2, w3 := binary.LittleEndian.Uint64(b[i+16:]), binary.LittleEndian.Uint64(b[i+24:])
			if (w0|w1|w2|w3|(w0-spaces)|(w1-spaces)|(w2-spaces)|(w3-spaces))&highBits != 0 {
				break
			}
			i += 32
		}
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			if w&highBits != 0 {
				break
			}
			for low := (w - spaces) & highBits; low != 0; low &= low - 1 {
				if c := b[i+bits.TrailingZeros64(low)/8]; c < ' ' && c != '\n' && c != '\t' {
					isClean = false
				}
			}
			i += 8
		}
		for end := min(i+8, len(b)); i < end; {
			c := b[i]
			switch {
			case c < utf8.RuneSelf:
				if c < ' ' && c != '\n' && c != '\t' {
					isClean = false
				}
				i++
			case c >= 0xc2 && c < 0xe0 && i+1 < len(b) && b[i+1]&0xc0 == 0x80:
				i += 2
			case (c > 0xe0 && c < 0xed || c == 0xee) && i+2 < len(b) && b[i+1]&0xc0 == 0x80 && b[i+2]&0xc0 == 0x80:
				i += 3
			default:
				r, n := utf8.DecodeRune(b[i:])
				if r == utf8.RuneError && n == 1 {
					isUTF8 = false
				}
				if r == 0xfffe || r == 0xffff {
					isClean = false
				}
				i += n
			}
		}
	}
	return isUTF8, isClean
}

// noCharacter says whether b starts with U+FFFE or U+FFFF, which are no characters.
func noCharacter(b []byte) bool {
	return len(b) > 2 && b[0] == 0xef && b[1] == 0xbf && b[2]&^1 == 0xbe
}

// cleanBytes takes out what XML 1.0 has no place for, control characters above all,
// and makes line ends one. It works in place when scratch is nil, else in *scratch.
func cleanBytes(b []byte, scratch *[]byte) []byte {
	i := dirt(b)
	if i == len(b) {
		return b
	}
	if scratch != nil && (len(*scratch) == 0 || &b[0] != &(*scratch)[0]) {
		*scratch = append((*scratch)[:0], b...)
		b = *scratch
	}
	out := b[:i]
	for i < len(b) {
		switch c := b[i]; {
		case c == '\r':
			if i+1 >= len(b) || b[i+1] != '\n' {
				out = append(out, '\n')
			}
			i++
		case c == 0xef && noCharacter(b[i:]):
			i += 3
		case c < ' ' && c != '\n' && c != '\t':
			i++
		default:
			n := max(1, dirt(b[i:]))
			out = append(out, b[i:i+n]...)
			i += n
		}
	}
	return out
}

// trim is bytes.TrimSpace.
func trim(b []byte) []byte {
	if len(b) > 0 && b[0] > ' ' && b[0] < 0x80 && b[len(b)-1] > ' ' && b[len(b)-1] < 0x80 {
		return b
	}
	return bytes.TrimSpace(b)
}
