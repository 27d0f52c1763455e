package charset

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// highBits has the highest bit of each byte of a word: those that ASCII does not have.
const highBits = 0x8080808080808080

// A byteTable decodes an encoding of single bytes: for each byte its character in UTF-8,
// the first byte lowest, and its length in the highest byte. A table of bytes decodes
// several times faster than charmap's general decoder, and a fifth of all feeds that are
// not in UTF-8 are in such an encoding.
type byteTable struct {
	of      [256]uint32
	lacking bool // some bytes stand for nothing
	plain   bool // ASCII stands for itself; in EBCDIC it does not
}

// byteTables holds the tables made so far, by *charmap.Charmap.
var byteTables sync.Map

func singleByte(cm *charmap.Charmap) *byteTable {
	if t, ok := byteTables.Load(cm); ok {
		return t.(*byteTable)
	}
	t := &byteTable{}
	for c := range t.of {
		var b [4]byte
		n := utf8.EncodeRune(b[:], cm.DecodeByte(byte(c)))
		t.of[c] = binary.LittleEndian.Uint32(b[:]) | uint32(n)<<24 //nolint:gosec // 1 to 3: no such encoding leaves the basic plane
		t.lacking = t.lacking || t.of[c] == replacement
	}
	t.plain = t.of['A'] == 'A'|1<<24
	byteTables.Store(cm, t)
	return t
}

// replacement is U+FFFD in a byteTable.
const replacement = 0x03bdbfef

// lacks says whether b has bytes that stand for no character.
func (t *byteTable) lacks(b []byte) bool {
	if t.lacking {
		for _, c := range b {
			if t.of[c] == replacement {
				return true
			}
		}
	}
	return false
}

// decode returns src as UTF-8, in the room of dst where that is enough.
func (t *byteTable) decode(dst, src []byte) []byte {
	room := t.room(src)
	if cap(dst) < room {
		dst = make([]byte, room)
	}
	dst = dst[:room]
	n := 0
	for i := 0; i < len(src); {
		if t.plain && i+8 <= len(src) {
			if w := binary.LittleEndian.Uint64(src[i:]); w&highBits == 0 {
				binary.LittleEndian.PutUint64(dst[n:], w)
				i, n = i+8, n+8
				continue
			}
		}
		for end := min(i+8, len(src)); i < end; i++ {
			e := t.of[src[i]]
			binary.LittleEndian.PutUint32(dst[n:], e)
			n += int(e >> 24)
		}
	}
	return dst[:n]
}

// room returns how many bytes src takes at most when decoded, and the few that are
// written beyond, for words are written whole.
func (t *byteTable) room(src []byte) int {
	const slack, longest = 8, 3
	if !t.plain {
		return len(src)*longest + slack
	}
	high := 0
	i := 0
	for ; i+8 <= len(src); i += 8 {
		high += bits.OnesCount64(binary.LittleEndian.Uint64(src[i:]) & highBits)
	}
	return len(src) + (high+len(src)-i)*(longest-1) + slack
}
