package shingle

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang"
)

// A word of a text, folded.
type word struct {
	hash   uint64
	number bool
	pair   bool // two characters that were cut out of a run
}

// each calls yield for the words of a text: those that lang.Tokens cuts it into. Between spaces
// most texts have a word of plain letters, perhaps with a comma after it, for which nobody need look
// into the tables of Unicode: that takes a third of the time.
func each(text string, yield func(word)) {
	text = text[:min(len(text), lang.MaxText)]
	from := 0 // where what is left to lang begins
	for at := 0; at < len(text); {
		end := strings.IndexAny(text[at:], " \n")
		if end < 0 {
			end = len(text) - at
		}
		if h, ok := plain(text[at : at+end]); ok {
			others(text[from:at], yield)
			yield(word{hash: h})
			from = at + end
		}
		at += end + 1
	}
	others(text[from:], yield)
}

// others does so by lang.
func others(text string, yield func(word)) {
	if strings.TrimLeft(text, " \n") == "" {
		return
	}
	for _, t := range lang.Tokens(text, "") {
		yield(word{hash(t.Word), t.Number, isPair(t.Word)})
	}
}

// FNV-1a, 64 bits.
const offset, prime = 0xcbf29ce484222325, 0x100000001b3

func hash(s string) uint64 {
	h := uint64(offset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

// plain returns the hash of a word in lower case, if it has nothing but Latin letters without
// marks, and signs around it that never belong to a word.
func plain(s string) (h uint64, ok bool) {
	const signs = `.,;:!?()"`
	for s != "" && strings.IndexByte(signs, s[0]) >= 0 {
		s = s[1:]
	}
	for s != "" && strings.IndexByte(signs, s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
	}
	h = offset
	for i := range len(s) {
		c := s[i] | 0x20
		if c < 'a' || c > 'z' {
			return 0, false
		}
		h = (h ^ uint64(c)) * prime
	}
	return h, s != "" && len(s) <= lang.MaxWord
}

// isPair reports whether a word is a pair of characters that lang cut out of a run.
func isPair(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
