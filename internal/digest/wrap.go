package digest

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"parallax/internal/lang"
)

// columns is how wide the text of a message is (RFC 3676 §4.2 suggests up to 78 with room for quoting).
const columns = 72

// wrap breaks text into lines of at most columns, each after indent: between words, and between wide characters,
// as Chinese and Japanese do. An address is never broken.
func wrap(text, first, indent string) string {
	var b strings.Builder
	line, prefix := "", first
	used := cells(first)
	flush := func() {
		b.WriteString(strings.TrimRight(prefix+line, " "))
		b.WriteByte('\n')
		line, prefix, used = "", indent, cells(indent)
	}
	for word := range strings.FieldsSeq(text) {
		for _, piece := range pieces(word) {
			space := 0
			if piece.space && line != "" {
				space = 1
			}
			if line != "" && used+space+cells(piece.text) > columns {
				flush()
				space = 0
			}
			if space == 1 {
				line += " "
			}
			line += piece.text
			used += space + cells(piece.text)
		}
	}
	if line != "" || b.Len() == 0 {
		flush()
	}
	return b.String()
}

type wordPiece struct {
	text  string
	space bool // stands before it
}

// pieces divides a word where a line may be broken.
func pieces(word string) []wordPiece {
	if strings.Contains(word, "://") {
		return []wordPiece{{word, true}}
	}
	var out []wordPiece
	part, partCells := "", 0
	add := func() {
		if part != "" {
			out = append(out, wordPiece{part, len(out) == 0})
		}
		part, partCells = "", 0
	}
	for _, r := range word {
		n := runeCells(r)
		// No line begins with a sign that closes, nor ends with one that opens.
		wideBreak := n == 2 && !unicode.IsPunct(r) && !endsOpen(part)
		if wideBreak || n > 0 && partCells+n > columns-8 {
			add()
		}
		part += string(r)
		partCells += n
	}
	add()
	return out
}

func endsOpen(part string) bool {
	for _, open := range []string{"「", "『", "（", "【", "《", "“", "‘", "("} {
		if strings.HasSuffix(part, open) {
			return true
		}
	}
	return false
}

// cells is how many columns text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// The characters that keep text of one direction from turning what stands around it (UAX #9): an
// isolate whose direction its first letter decides, and marks of a direction.
const (
	fsi, pdi = "\u2068", "\u2069"
	rlm      = "\u200f"
)

// isolate wraps what may be written from right to left.
func isolate(text string) string {
	if !strings.ContainsFunc(text, rightToLeft) {
		return text
	}
	return fsi + text + pdi
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
}

// headline wraps one in a language; where that is written from right to left, every line begins with a mark that says so.
func headline(text, tag string) string {
	if lang.Dir(tag) != "rtl" && (tag != "" && tag != "und" || !beginsRightToLeft(text)) {
		return wrap(text, "", "")
	}
	return wrap(text, rlm, rlm)
}

func beginsRightToLeft(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return rightToLeft(r)
		}
	}
	return false
}

// plain makes one line of a foreign text, without characters that control a terminal or the direction of what
// follows.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, text)), " ")
}
