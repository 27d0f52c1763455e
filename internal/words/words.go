// Package words reads the words of texts and of parsed HTML: in one line, or folded, as two
// texts are compared of which one is shouted or set with other marks; and finds the word that was
// meant.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Line returns text in one line, its words parted by one space.
func Line(text string) string { return strings.Join(strings.Fields(text), " ") }

// Of returns the text of n as it stands there.
func Of(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Folded returns text in lower case, its words parted by one space and all else gone but
// apostrophes within words.
func Folded(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	parted, apostrophe := false, false
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && asciiWord[r] != 0:
			r = rune(asciiWord[r])
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)):
			r = unicode.ToLower(r)
		case r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r): // a soft hyphen parts no word
			continue
		case r == '\'' || r == '’':
			apostrophe = !parted && !apostrophe && b.Len() > 0
			parted = !apostrophe
			continue
		default:
			parted, apostrophe = true, false
			continue
		}
		switch {
		case apostrophe:
			b.WriteByte('\'')
		case parted && b.Len() > 0:
			b.WriteByte(' ')
		}
		parted, apostrophe = false, false
		b.WriteRune(r)
	}
	return b.String()
}

// asciiWord is of each ASCII letter or digit its lower case, of others 0.
var asciiWord = func() (t [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			t[c] = c
		case c >= 'A' && c <= 'Z':
			t[c] = c - 'A' + 'a'
		}
	}
	return t
}()

// Nearest returns the first of the candidates that are nearest to a word, if it is at most so many
// bytes away from it (Levenshtein 1966); "" if none is. It is for words that people write: what is
// longer than any of them is near to none.
func Nearest(word string, candidates []string, most int) string {
	const longest = 100 // bytes
	if len(word) > longest {
		return ""
	}
	best, least := "", most+1
	for _, c := range candidates {
		if len(c) > longest {
			continue
		}
		if n := distance(word, c); n < least {
			best, least = c, n
		}
	}
	return best
}

// distance is how many bytes have to be changed, added or left out to make one of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
