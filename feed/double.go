package feed

import (
	"bytes"
	"unicode/utf8"

	"parallax/feed/internal/charset"
)

// undoubled returns the text of an element as it was before it was encoded twice:
// UTF-8 was taken for windows-1252 or ISO 8859-1 and made into UTF-8, so that "don’t"
// reads "donâ€™t". It is believed only if all of the text is UTF-8 once more, and not
// by chance, as "CAFÉ®" and, in French, "é …" are.
func (p *parser) undoubled(text []byte) []byte {
	if p.still && !p.letters && !p.entities.letters {
		return text
	}
	i := bytes.IndexByte(text, letters)
	if i < 0 || !continued(text[i:]) {
		return text
	}
	once := p.once[:0]
	defer func() { p.once = once }()
	for j := 0; j < len(text); {
		if n := charset.ASCII(text[j:]); n > 0 {
			once = append(once, text[j:j+n]...)
			j += n
			continue
		}
		// One letter that begins a character of UTF-8, and as many as it needs to go on.
		r, n := utf8.DecodeRune(text[j:])
		first, ok := byteOf(r)
		if !ok || first < 0xc2 || first > 0xf4 {
			return text
		}
		once = append(once, first)
		j += n
		for range following(first) {
			r, n := utf8.DecodeRune(text[j:])
			next, ok := byteOf(r)
			if !ok || next < 0x80 || next > 0xbf {
				return text
			}
			once = append(once, next)
			j += n
		}
	}
	if !utf8.Valid(once) {
		return text
	}
	count, sure := 0, false
	for j := 0; j < len(once); {
		if once[j] < utf8.RuneSelf {
			j++
			continue
		}
		r, n := utf8.DecodeRune(once[j:])
		sure = sure || r <= 0xff || r >= 0x2010 && r <= 0x2044 // western letters and punctuation
		count++
		j += n
	}
	if !sure && count < 3 {
		return text
	}
	p.tellOnce("text that was encoded twice")
	return once
}

// letters is what U+00C2 to U+00F4, the letters that UTF-8 begins with, begin with in it.
const letters = 0xc3

// continued says whether text begins with a letter that UTF-8 can begin with as a byte,
// and goes on with one that it can go on with.
func continued(text []byte) bool {
	first, n := utf8.DecodeRune(text)
	next, _ := utf8.DecodeRune(text[n:])
	b, ok := byteOf(next)
	return first >= 0xc2 && first <= 0xf4 && ok && b >= 0x80 && b < 0xc0
}

// following returns how many bytes of UTF-8 follow one that begins a character.
func following(first byte) int {
	switch {
	case first < 0xe0:
		return 1
	case first < 0xf0:
		return 2
	}
	return 3
}

// byteOf returns the byte that windows-1252 or ISO 8859-1 has for r.
func byteOf(r rune) (byte, bool) {
	if r <= 0xff {
		return byte(r), true //nolint:gosec // it fits, as the line above says
	}
	for i, c := range charset.Windows1252 {
		if c == r {
			return byte(0x80 + i), true
		}
	}
	return 0, false
}
