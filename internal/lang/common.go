package lang

import (
	_ "embed" // the table of common words
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed data/common.txt
var commonTable string

const (
	// commonTokens is how many words of a text are looked up: a headline, and the beginning of
	// what is longer.
	commonTokens = 60
	// commonFloor is how often a word is taken to stand in a language of which it is no common
	// word, commonAhead how much better, in natural logarithms, a language must explain the
	// words than every other.
	commonFloor, commonAhead = 1e-6, 2
)

// commonWords are the most frequent words of languages in Latin and Cyrillic letters: of each word, how much
// better than by commonFloor each language explains it.
var commonWords = sync.OnceValue(func() map[string][]explained {
	words := map[string][]explained{}
	for line := range strings.Lines(commonTable) {
		tag, list, ok := strings.Cut(line, " ")
		if !ok || tag == "#" {
			continue
		}
		rank := 0
		for w := range strings.FieldsSeq(list) {
			rank++
			// Zipf's law: the word of rank r is every (r+2.7)·10th.
			gain := math.Log(.1 / (float64(rank) + 2.7) / commonFloor)
			words[w] = append(words[w], explained{tag, float32(gain)})
		}
	}
	return words
})

type explained struct {
	tag  string
	gain float32
}

// byCommonWords returns the language that explains the words of a text best, if by far; otherwise "".
// Those of tags without are out of the question.
func byCommonWords(text string, without ...string) string {
	common := commonWords()
	gains := map[string]float32{}
	n := 0
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if n++; n > commonTokens {
			break
		}
		if len(w) > 4*maxSmall {
			continue
		}
		for _, e := range common[strings.ToLower(w)] {
			gains[e.tag] += e.gain
		}
	}
	best, most, second := "", float32(0), float32(0)
	for tag, gain := range gains {
		switch {
		case slices.Contains(without, tag):
		case gain > most:
			best, most, second = tag, gain, most
		case gain > second:
			second = gain
		}
	}
	if most-second < commonAhead {
		return ""
	}
	return best
}
