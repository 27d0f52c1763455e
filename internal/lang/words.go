package lang

import (
	_ "embed" // the table of small words
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed data/words.txt
var wordTable string

// maxSmall is how many bytes a small word has at most.
const maxSmall = 20

// smallWords are the most frequent words of languages, and of which languages each is one;
// smallTags are these languages, by the bit that stands for them.
var smallWords, smallTags = func() (words map[string]uint64, tags []string) {
	words = map[string]uint64{}
	for line := range strings.Lines(wordTable) {
		tag, list, ok := strings.Cut(line, " ")
		if !ok || tag == "#" {
			continue
		}
		for w := range strings.FieldsSeq(list) {
			words[w] |= 1 << len(tags)
		}
		tags = append(tags, tag)
	}
	return words, tags
}()

// bySmallWords returns the language whose small words text has most of, if that decides: the
// declared one if none has more of them, another only if it is far ahead. Otherwise "".
func bySmallWords(text, declared string) string {
	counts, words := countSmall(text)
	own, best, second := -1, 0, 0
	for i, n := range counts[:len(smallTags)] {
		if smallTags[i] == declared {
			own = i
		}
		switch {
		case n > counts[best]:
			best, second = i, best
		case i != best && (second == best || n > counts[second]):
			second = i
		}
	}
	const (
		// few small words tell nothing; of a text most of which they are none, neither.
		few, rare = 2, 12
		// many of them, and ahead of the next by a third, are proof.
		many = 6
	)
	switch {
	case own >= 0 && counts[own] >= few && counts[own] == counts[best] && counts[own]*rare >= words:
		return declared
	case own < 0 && declared != Und:
		return "" // of this language nothing is known here
	case counts[best] >= many && counts[best]*rare >= 2*words && counts[best]*3 >= counts[second]*4:
		return smallTags[best]
	}
	return ""
}

// countSmall counts the words of text, and for each language those that are small words
// of it.
func countSmall(text string) (counts [64]int, words int) {
	var buf [maxSmall]byte
	n := 0 // bytes of the word so far; more than buf holds if it is too long
	end := func() {
		if n == 0 {
			return
		}
		words++
		if n <= maxSmall {
			for mask := smallWords[string(buf[:n])]; mask != 0; mask &= mask - 1 {
				counts[bits.TrailingZeros64(mask)]++
			}
		}
		n = 0
	}
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r)):
			r = unicode.ToLower(r)
		case (r == '\'' || r == '’') && n > 0:
			r = '\''
		default:
			end()
			continue
		}
		if size := utf8.RuneLen(r); n+size <= maxSmall {
			n += utf8.EncodeRune(buf[n:], r)
		} else {
			n = maxSmall + 1
		}
	}
	end()
	return counts, words
}
