package feed

import (
	"bytes"
	"encoding/binary"
)

// highBits has the highest bit of each byte of a word.
const highBits = 0x8080808080808080

// controls marks, by their highest bits, the bytes of w that are below space and neither
// tab nor line feed. It needs no branch, where line feeds would have it mispredicted.
func controls(w uint64) uint64 {
	const (
		low   = 0x7f7f7f7f7f7f7f7f
		above = 0x6060606060606060 // carries into the highest bit from space on
		tab   = 0x0909090909090909
		feed  = 0x0a0a0a0a0a0a0a0a
	)
	t, f := w^tab, w^feed
	// Of each byte, the highest bit of a line is set if it is: space or more; not tab; no line feed.
	return ^((w & low) + above | w) & ((t & low) + low | t) & ((f & low) + low | f) & highBits
}

// dirt returns where the first byte is that cleanBytes has to change: a control character
// other than tab and line feed, a U+FFFE or a U+FFFF. It returns len(b) if there is none.
func dirt(b []byte) int {
	const (
		ones    = 0x0101010101010101
		fullest = 0xefefefefefefefef
	)
	i := 0
	for i < len(b) {
		// Sixteen bytes at a time: no control character, and none that starts U+F000 to U+FFFF.
		for i+16 <= len(b) {
			w0, w1 := binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+8:])
			x0, x1 := w0^fullest, w1^fullest
			if controls(w0)|controls(w1)|((x0-ones)&^x0|(x1-ones)&^x1)&highBits != 0 {
				break
			}
			i += 16
		}
		for end := min(i+16, len(b)); i < end; i++ {
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
