// Package sentence cuts a text into its sentences, in every script. Text and its language
// come in; runs of bytes go out, in order, none over another, each of whole characters, so
// that a passage of an article can be named by them.
//
// A sentence ends at a mark that Unicode calls a sentence terminal (. ! ? 。 ؟ ۔ । ...) with the
// brackets and quotes that close after it, if a space or the end of the line follows; marks
// of scripts that write no spaces need none. A full stop ends none after an abbreviation or an initial,
// within a number, after an ordinal in the languages that write it so, or where a small letter
// follows. The end of a line ends a sentence always. Thai and Lao have no such marks: a line
// is a sentence there, cut at spaces where it is long.
package sentence

import (
	_ "embed" // the lists of abbreviations and of what is no sentence
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang"
)

const (
	// MaxRunes is how long a sentence may be, in characters, whatever they take: what is longer is a
	// list or lost its marks.
	MaxRunes = 1200
	// fewWords is how many words a sentence has at least: "He resigned on Monday." A letter of
	// a script without spaces counts as half a word.
	fewWords = 4
	// unmarkedWords is how many it has where no mark ends it: headings are shorter.
	unmarkedWords = 12
	// clauseBytes is where a line of Thai or Lao is cut, at the next space: some 80 letters.
	clauseBytes = 240
)

//go:embed data/abbreviations.txt
var abbreviationTable string

//go:embed data/furniture.txt
var furnitureTable string

// A Span is a run of bytes of a text.
type Span struct{ From, To int }

// Told reports whether a piece that Pieces found is a sentence; ended is what Pieces said of it.
func Told(piece string, ended bool) bool { return told(piece, ended) }

// Of returns the first sentences of text, at most so many. What is none is left out: headings,
// links, bylines, credits, single words.
func Of(text, tag string, most int) []Span {
	var list []Span
	if most <= 0 {
		return list
	}
	Pieces(text, tag, func(s Span, ended bool) bool {
		if told(text[s.From:s.To], ended) {
			list = append(list, s)
		}
		return len(list) < most
	})
	return list
}

// Pieces calls yield for every piece of text in order, sentence or not, until it returns
// false; ended says whether a mark ends it.
func Pieces(text, tag string, yield func(s Span, ended bool) bool) {
	l := rulesOf(tag)
	from := -1 // where the piece begins; -1 before its first character
	for at := 0; at < len(text); {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		switch {
		case lineEnd(r):
			if from >= 0 && !yield(Span{from, trimmed(text, from, at)}, false) {
				return
			}
			from = -1
			at += size
			continue
		case from < 0:
			if unicode.IsSpace(r) || r == utf8.RuneError {
				at += size
				continue
			}
			from = at
		}
		at += size
		switch {
		case terminal(r):
			end, ok := l.end(text, from, at-size, at, r)
			at = end
			if ok {
				if !yield(Span{from, end}, true) {
					return
				}
				from = -1
			}
		case r == ' ' && at-from > clauseBytes && l.spaced(text[from:at]):
			if !yield(Span{from, trimmed(text, from, at)}, true) {
				return
			}
			from = -1
		}
	}
	if from >= 0 {
		yield(Span{from, trimmed(text, from, len(text))}, false)
	}
}

func lineEnd(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// ellipsis is no sentence terminal of Unicode, but news ends with it.
const ellipsis = '…'

func terminal(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '.' || r == '!' || r == '?'
	}
	return r == ellipsis || unicode.Is(unicode.STerm, r)
}

// closing returns how many bytes at the beginning of text close what the mark before them ended.
func closing(text string) int {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r < utf8.RuneSelf:
		if r == ' ' && strings.HasPrefix(text, " »") { // as French sets it
			return size + len("»")
		}
		if r == '"' || r == '\'' || r == ')' || r == ']' {
			return size
		}
	case r == 0xA0 || r == 0x202F: // spaces that do not break
		if strings.HasPrefix(text[size:], "»") {
			return size + len("»")
		}
	case unicode.In(r, unicode.Pe, unicode.Pf):
		return size
	case unicode.Is(unicode.Pi, r): // closes in some languages, and opens in others
		if next, _ := utf8.DecodeRuneInString(text[size:]); size == len(text) || unicode.IsSpace(next) {
			return size
		}
	}
	return 0
}

// unspaced reports whether r ends a sentence without a space after it.
func unspaced(r rune) bool {
	return r >= 0x3000 && r != 0xFF0E || r == 0x104A || r == 0x104B || r == 0x17D4
}

func trimmed(text string, from, to int) int {
	return from + len(strings.TrimRightFunc(text[from:to], func(r rune) bool { return unicode.IsSpace(r) || r == utf8.RuneError }))
}

// end decides about the mark at text[at:after] of a piece that began at from. It returns where
// to read on, and whether the piece ends there.
func (l *rules) end(text string, from, at, after int, mark rune) (int, bool) {
	end, closed, marks := after, false, 1
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if terminal(r) && !closed {
			marks++
			if r != '.' {
				mark = r
			}
		} else if size = closing(text[end:]); size > 0 {
			closed = true
		} else {
			break
		}
		end += size
	}
	if end == len(text) {
		return end, true
	}
	next, _ := utf8.DecodeRuneInString(text[end:])
	if lineEnd(next) {
		return end, true
	}
	if !unicode.IsSpace(next) {
		if unspaced(mark) {
			return end, !unicode.IsPunct(next) || opens(next)
		}
		// Texts whose paragraphs were run together: a small letter, the stop, a capital letter.
		before, _ := utf8.DecodeLastRuneInString(text[from:at])
		if mark == '.' && unicode.IsLower(before) && unicode.IsUpper(next) && !closed && word(text[from:at]) != "" {
			rest := text[end+utf8.RuneLen(next):]
			second, _ := utf8.DecodeRuneInString(rest)
			return end, unicode.IsLower(second) && utf8.RuneCountInString(word(text[from:at])) > 2 || unicode.IsSpace(second)
		}
		return end, false
	}
	first := start(text[end:])
	if unicode.IsLower(first) || first == ',' || first == ';' || first == ':' {
		return end, false
	}
	if mark != '.' || closed || marks > 1 {
		return end, true
	}
	return end, !l.goesOn(text[from:at], text[end:])
}

func opens(r rune) bool { return unicode.In(r, unicode.Ps, unicode.Pi) || r == '"' }

// start returns the first character of what follows, past spaces and what opens.
func start(text string) rune {
	for _, r := range text {
		if !unicode.IsSpace(r) && !opens(r) && r != '\'' && r != '”' && r != '’' || lineEnd(r) {
			return r
		}
	}
	return '\n'
}

// wordBytes is how far back the last word is looked for: longer than any word with its stops, and without
// it a text of nothing but stops and letters would be read as often as it has stops.
const wordBytes = 64

// word returns the last word of text, with the stops and hyphens in it.
func word(text string) string {
	if cut := len(text) - wordBytes; cut > 0 {
		for cut < len(text) && !utf8.RuneStart(text[cut]) {
			cut++
		}
		text = text[cut:]
	}
	at := strings.LastIndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '.' && r != '-' && r != 'ª' && r != 'º'
	})
	if at >= 0 {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[max(at, 0):]
}

// goesOn reports whether a sentence goes on after the full stop that follows before.
func (l *rules) goesOn(before, after string) bool {
	w := word(before)
	if w == "" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(w)
	if unicode.IsDigit(last) {
		const ordinal = 2 // digits: days and centuries, not years
		first := start(after)
		return l.ordinals && len(w) <= ordinal && !unicode.IsDigit(first)
	}
	letters := 0 // after the last stop or hyphen
	for _, r := range w {
		if letters++; r == '.' || r == '-' {
			letters = 0
		}
	}
	if letters == 1 {
		if !strings.Contains(w, ".") {
			return true // an initial
		}
		// U.S. and the like may end a sentence; the words that begin most sentences tell.
		next, _, _ := strings.Cut(strings.TrimLeft(after, " "), " ")
		return !l.openers[next]
	}
	return l.abbreviations[strings.ToLower(w)] || abbreviations()["en"].abbreviations[strings.ToLower(w)] && unicode.IsUpper(firstOf(w))
}

func firstOf(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// rules are what the sentences of a language depend on.
type rules struct {
	abbreviations map[string]bool
	openers       map[string]bool
	ordinals      bool // writes a stop after the digits of an ordinal
	unmarked      bool // ends no sentence with a mark
}

// openers are the words that follow an English abbreviation of single letters where a sentence begins.
const openers = "The A An In On At He She It They We I You But And This That These Those As If When While For After Before His Her Its Their There"

// ordinals are the languages in which "3. October" is the third.
const ordinals = "de da no nb nn fo is fi et lv cs sk sl hr bs sr hu pl tr lb"

var abbreviations = sync.OnceValue(func() map[string]*rules {
	all := map[string]*rules{}
	of := func(tag string) *rules {
		if all[tag] == nil {
			all[tag] = &rules{abbreviations: map[string]bool{}, openers: map[string]bool{}}
		}
		return all[tag]
	}
	for line := range strings.Lines(abbreviationTable) {
		tag, list, ok := strings.Cut(line, " ")
		if !ok || tag == "#" {
			continue
		}
		for w := range strings.FieldsSeq(list) {
			of(tag).abbreviations[w] = true
		}
	}
	for w := range strings.FieldsSeq(openers) {
		of("en").openers[w] = true
	}
	for tag := range strings.FieldsSeq(ordinals) {
		of(tag).ordinals = true
	}
	of("th").unmarked, of("lo").unmarked = true, true
	return all
})

var plain = &rules{}

func rulesOf(tag string) *rules {
	if l := abbreviations()[lang.Base(tag)]; l != nil {
		return l
	}
	return plain
}

// spaced reports whether a piece may be cut at a space: in Thai and Lao, and there only.
func (l *rules) spaced(piece string) bool {
	if !l.unmarked {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(piece, " "))
	return unicode.In(last, unicode.Thai, unicode.Lao)
}

// furniture is how parts of a page begin, by their first two bytes, and what stands in credits.
var furniture = sync.OnceValues(func() (begin map[string][]string, within []string) {
	begin = map[string][]string{}
	for line := range strings.Lines(furnitureTable) {
		tag, words, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case !ok || tag == "#":
		case tag == "*":
			within = append(within, words)
		case len(words) > 1:
			begin[words[:2]] = append(begin[words[:2]], words)
		}
	}
	return begin, within
})

// told reports whether a piece is a sentence that tells something.
func told(piece string, ended bool) bool {
	if len(piece) > MaxRunes && utf8.RuneCountInString(piece) > MaxRunes {
		return false
	}
	words, letters, upper, others, halves := 0, 0, 0, 0, 0
	inWord := false
	for _, r := range piece {
		letter := false
		switch {
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			letter = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letter = true
			if unicode.IsUpper(r) {
				upper++
			}
			if r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
				halves++
			}
		case unicode.IsMark(r):
			letter = inWord
		case !unicode.IsSpace(r):
			others++
		}
		if letter {
			letters++
			if !inWord {
				words++
			}
		}
		inWord = letter || inWord && (r == '\'' || r == '’' || r == '-')
	}
	words = max(words, halves/2)
	switch {
	case words < fewWords || !ended && words < unmarkedWords:
		return false
	case 2*upper > letters: // shouted: a heading, or a list of symbols
		return false
	case others*2 > letters:
		return false
	}
	low := strings.ToLower(piece)
	for len(low) > 0 && strings.IndexByte("\"'(-*>|[ ", low[0]) >= 0 {
		low = low[1:]
	}
	begin, within := furniture()
	if len(low) > 1 {
		for _, b := range begin[low[:2]] {
			if strings.HasPrefix(low, b) {
				return false
			}
		}
	}
	for _, w := range within {
		if strings.Contains(low, w) {
			return false
		}
	}
	return true
}
