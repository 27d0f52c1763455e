package across

import (
	"bytes"
	_ "embed" // what letters sound like
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	//go:embed data/letters.txt
	lettersText string
	//go:embed data/endings.txt
	endingsText string
)

// A script is one whose names this package can read aloud.
type script uint8

const (
	other script = iota
	latin
	cyrillic
	greek
	armenian
	georgian
	devanagari
	arabic
	hebrew
	kana
	hangul
	han
	unspaced // Thai, Lao, Khmer, Burmese: read for places and numbers only
	scripts
)

// A family is a group of scripts whose names meet at the same coarseness.
type family uint8

const (
	vowels family = iota // scripts that write vowels: names keep the places of theirs
	abjad                // Arabic and Hebrew write few: only consonants
	east                 // kana and Hangul have fewer consonants, and put vowels between them
)

func (s script) family() family {
	switch s {
	case arabic, hebrew:
		return abjad
	case kana, hangul:
		return east
	}
	return vowels
}

// cased scripts write names with a capital letter; in others every word may be one.
func (s script) cased() bool { return s == latin || s == cyrillic || s == greek || s == armenian }

var scriptTables = [scripts]struct {
	name  string
	table *unicode.RangeTable
}{
	latin: {"Latn", unicode.Latin}, cyrillic: {"Cyrl", unicode.Cyrillic}, greek: {"Grek", unicode.Greek},
	armenian: {"Armn", unicode.Armenian}, georgian: {"Geor", unicode.Georgian}, devanagari: {"Deva", unicode.Devanagari},
	arabic: {"Arab", unicode.Arabic}, hebrew: {"Hebr", unicode.Hebrew}, kana: {"Kana", unicode.Katakana},
	hangul: {"Hang", unicode.Hangul}, han: {"Hani", unicode.Han},
}

// scriptOf returns the script of a letter.
func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		return latin
	case r == 'ー':
		return kana
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Hiragana):
		return unspaced
	}
	for s := latin; s < scripts; s++ {
		if t := scriptTables[s].table; t != nil && unicode.Is(t, r) {
			return s
		}
	}
	return other
}

// A letter is how one or several letters sound.
type letter struct{ text, sound string }

// rules are what a name of a language is read by.
type rules struct {
	own     map[rune][]letter // of the language, by their first rune, the longest first
	endings []string          // the longest first
}

// common are the letters of each script, shared by its languages; byTag the rules of languages.
var common, byTag = sync.OnceValues(readRules)()

func readRules() (map[rune][]letter, map[string]*rules) {
	all, tags := map[rune][]letter{}, map[string]*rules{}
	of := func(tag string) *rules {
		if tags[tag] == nil {
			tags[tag] = &rules{own: map[rune][]letter{}}
		}
		return tags[tag]
	}
	for line := range strings.Lines(lettersText) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		into := all
		for _, f := range fields[1:] {
			text, sound, ok := strings.Cut(f, "=")
			if !ok {
				into = of(f).own
				continue
			}
			first, _ := utf8.DecodeRuneInString(text)
			into[first] = longestFirst(into[first], letter{text, sound})
		}
	}
	for line := range strings.Lines(endingsText) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		of(fields[0]).endings = fields[1:]
	}
	return all, tags
}

func longestFirst(list []letter, l letter) []letter {
	at := 0
	for at < len(list) && len(list[at].text) > len(l.text) {
		at++
	}
	list = append(list, letter{})
	copy(list[at+1:], list[at:])
	list[at] = l
	return list
}

var noRules = &rules{}

// rulesOf returns the rules of a base language.
func rulesOf(tag string) *rules {
	if r := byTag[tag]; r != nil {
		return r
	}
	return noRules
}

// unending takes the longest ending off a word that three letters of remain.
func (r *rules) unending(word string) string {
	best := word
	for _, e := range r.endings {
		if rest, ok := strings.CutSuffix(word, e); ok && len(rest) < len(best) && utf8.RuneCountInString(rest) >= 3 {
			best = rest
		}
	}
	return best
}

// sound returns how a word in lower case is spoken, in the alphabet of data/letters.txt, into
// buf. Of vowels in a row the first counts, of equal consonants one.
func (r *rules) sound(word string, s script, buf []byte) []byte {
	buf = buf[:0]
	put := func(sound string) {
		for i := range len(sound) {
			if n := len(buf); n == 0 || buf[n-1] != sound[i] && (!isVowel(buf[n-1]) || !isVowel(sound[i])) {
				buf = append(buf, sound[i])
			}
		}
	}
	for len(word) > 0 {
		first, size := utf8.DecodeRuneInString(word)
		if s == hangul {
			put(hangulSound(first))
			word = word[size:]
			continue
		}
		if l, ok := longest(r.own[first], word); ok {
			put(l.sound)
			word = word[len(l.text):]
			continue
		}
		l, ok := longest(common[first], word)
		if !ok && first >= utf8.RuneSelf {
			if d := norm.NFD.PropertiesString(word[:size]).Decomposition(); len(d) > 0 {
				base, _ := utf8.DecodeRune(d)
				l, ok = longest(common[base], string(base))
				l.text = word[:size]
			}
		}
		if ok {
			put(l.sound)
			size = len(l.text)
		}
		word = word[size:]
		if s == devanagari && ok && len(l.sound) == 2 {
			// The vowel of a consonant is left out before a sign that says so, or another vowel.
			word = strings.TrimPrefix(word, "़")
			next, n := utf8.DecodeRuneInString(word)
			if next == '्' {
				word = word[n:]
			}
			if sign, ok := longest(common[next], string(next)); next == '्' || ok && unicode.IsMark(next) && len(sign.sound) == 1 && isVowel(sign.sound[0]) {
				buf = buf[:len(buf)-1]
			}
		}
	}
	for _, pair := range greekBeginnings {
		if s == greek && bytes.HasPrefix(buf, []byte(pair[0])) {
			buf = append(buf[:0], append([]byte(pair[1]), buf[len(pair[0]):]...)...)
		}
	}
	return buf
}

// greekBeginnings are how Greek writes sounds at the beginning of a word for which it has no letter.
var greekBeginnings = [...][2]string{{"mp", "b"}, {"nt", "d"}, {"gk", "g"}}

func isVowel(c byte) bool { return c == 'a' || c == 'e' }

func longest(list []letter, word string) (letter, bool) {
	for _, l := range list {
		if strings.HasPrefix(word, l.text) {
			return l, true
		}
	}
	return letter{}, false
}

// What the parts of a syllable of Hangul sound like, in the order of Unicode.
var (
	hangulFirst = [...]string{"k", "k", "n", "t", "t", "r", "m", "b", "b", "s", "s", "", "s", "s", "c", "k", "t", "p", "h"}
	hangulLast  = [...]string{"", "k", "k", "k", "n", "n", "n", "t", "r", "r", "r", "r", "r", "r", "r", "r", "m", "b", "b", "s", "s", "n", "s", "s", "k", "t", "p", "h"}
)

func hangulSound(r rune) string {
	const first, vowelsOf, lastOf = 0xAC00, 21, 28
	i := int(r) - first
	if i < 0 || i >= len(hangulFirst)*vowelsOf*lastOf {
		return ""
	}
	return hangulFirst[i/(vowelsOf*lastOf)] + "a" + hangulLast[i%lastOf]
}

// spelled returns the form of a sound by which names of a family meet, or nothing where that
// would be too short to say much. It writes into out.
func spelled(sound []byte, f family, out []byte) []byte {
	out = out[:0]
	consonants := 0
	put := func(c byte) {
		if n := len(out); n > 0 && out[n-1] == c {
			return
		}
		out = append(out, c)
		if !isVowel(c) {
			consonants++
		}
	}
	for i, c := range sound {
		switch {
		case c == 'h' && i > 0:
			continue // seldom spoken, seldom written
		case f == vowels:
			if c == 'n' && i+1 < len(sound) && (sound[i+1] == 'p' || sound[i+1] == 'b') {
				c = 'm'
			}
			if n := len(out); n > 0 && isVowel(out[n-1]) && isVowel(c) {
				continue // the consonant between them fell silent
			}
			put(c)
			continue
		case isVowel(c):
			if i == 0 {
				put('a')
			}
			continue
		}
		if f == abjad {
			switch c {
			case 'p':
				c = 'b'
			case 'v':
				c = 'f'
			}
			put(c)
			continue
		}
		switch c {
		case 'l', 'r':
			c = 'r'
			if i+1 == len(sound) || !isVowel(sound[i+1]) {
				continue // Japanese writes no r there, Korean none that can be told from l
			}
		case 'v':
			c = 'b'
		case 'f':
			c = 'p'
		case 'm':
			c = 'n'
		case 'g':
			c = 'k'
		case 'c':
			c = 's'
		}
		put(c)
	}
	if f != vowels {
		if consonants < 3 {
			return nil
		}
		return out
	}
	for len(out) > 0 && isVowel(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	if len(out) < 3 || consonants < 2 {
		return nil
	}
	return out
}
