package feed

import (
	"bytes"
	"encoding/binary"
)

// clean says whether b holds nothing that cleanBytes would change: no control character
// other than tab and line feed, no U+FFFE and no U+FFFF.
func clean(b []byte) bool {
	rest := b
	for {
		n := bytes.Index(rest, []byte("\xef\xbf"))
		if n < 0 {
			break
		}
		if noCharacter(rest[n:]) {
			return false
		}
		rest = rest[n+2:]
	}
	i := 0
	for ; i+16 <= len(b); i += 16 {
		if controls(binary.LittleEndian.Uint64(b[i:]))|controls(binary.LittleEndian.Uint64(b[i+8:])) != 0 {
			return false
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

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

// below marks, by their highest bits, the bytes of w that are below space. It may mark
// one above such a one that is not.
func below(w uint64) uint64 {
	const spaces = 0x2020202020202020
	return (w - spaces) &^ w & highBits
}

// dirt returns where the first byte is that cleanBytes has to change.
func dirt(b []byte) int {
	const (
		ones    = 0x0101010101010101
		fullest = 0xefefefefefefefef
	)
	i := 0
	for i < len(b) {
		// Eight bytes at a time: none is below space and none is 0xef.
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			x := w ^ fullest
			if (below(w) | (x-ones)&^x&highBits) != 0 {
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
