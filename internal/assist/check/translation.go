package check

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/cluster/across"
	"parallax/internal/lang"
	numbers "parallax/internal/lang/number"
)

const (
	// MaxTranslation is how long a translation may be, in runes: what is translated is a headline
	// or what somebody said, of which a page shows no more.
	MaxTranslation = 900
	// shortest and longest bound how long a translation is for what it translates, counted as weigh does.
	shortest, longest = .4, 2.5
	// few is a length below which that says little, a headline of two words.
	few = 24
)

// A Translation is words that a machine made of an account's.
type Translation struct {
	Text     string
	Language string // of Text
	Original string
	From     string // the language of Original
}

// Check returns why t is dropped, or "". names is false where its names could not be held against those
// of the original: in languages that write all nouns with a capital letter, and where the original's
// script does not say how a name sounds.
func (t Translation) Check() (reason Reason, names bool) {
	if strings.TrimSpace(t.Text) == "" {
		return Missing, false
	}
	if !plain(t.Text) {
		return Form, false
	}
	if !Checks(t.Language) {
		return Language, false
	}
	a, b := weigh(t.Original), weigh(t.Text)
	if utf8.RuneCountInString(t.Text) > MaxTranslation || max(a, b) > few && (b < shortest*a || b > longest*a) {
		return Length, false
	}
	original, text := read(t.Original, t.From), read(t.Text, t.Language)
	if alike(original, text) {
		return Same, false
	}
	if lang.Detect(t.Text, lang.Base(t.Language)) != lang.Base(t.Language) {
		return Language, false
	}
	if q, p := spansOf(t.Original), spansOf(t.Text); p.open || len(p.list) != len(q.list) {
		return Quote, false
	}
	there, ok := numbersOf(t.Original, original)
	if !ok || !counted(text.numbers, there) || !counted(there, text.numbers) {
		return Number, false
	}
	ok, names = t.named(original, text)
	if !ok {
		return Name, names
	}
	from, to := lists[original.tag], lists[text.tag]
	if from != nil && from.not.in(original) != to.not.in(text) {
		return Negation, names
	}
	if to.judge.in(text) && (from == nil || !from.judge.in(original)) {
		return Judgement, names
	}
	return "", names
}

// weigh returns how long a text is: letters of scripts that write words with one or two count as
// two and a half.
func weigh(s string) float64 {
	n := 0.0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			n += 2.5
		case !unicode.IsMark(r):
			n++
		}
	}
	return n
}

func alike(a, b *text) bool {
	return slices.EqualFunc(a.words, b.words, func(v, w word) bool { return v.folded == w.folded })
}

// numbersOf returns the numbers of an original. Those of languages without a list are found as
// package number finds them; false where it passes over digits.
func numbersOf(s string, t *text) ([]number, bool) {
	if lists[t.tag] != nil {
		return t.numbers, true
	}
	var all []number
	last := 0
	for _, n := range numbers.Find(s, t.tag) {
		if strings.ContainsFunc(s[last:n.From], unicode.IsDigit) {
			return nil, false
		}
		last = n.To
		for _, v := range []float64{n.Low, n.High} {
			all = append(all, number{value: v, weak: n.Word && v == 1})
		}
	}
	return all, !strings.ContainsFunc(s[last:], unicode.IsDigit)
}

// counted reports whether b has each of the numbers of a.
func counted(a, b []number) bool {
	for _, n := range a {
		if !n.weak && !slices.ContainsFunc(b, func(m number) bool { return same(m.value, n.value) }) {
			return false
		}
	}
	return true
}

// named reports whether each name and place of the translation is one of the original, as it is written
// or sounds, and whether that could be told of names.
func (t Translation) named(original, text *text) (ok, read bool) {
	names, places, readable := across.Unheard(t.Text, text.tag, t.Original, original.tag)
	found := func(name string) bool {
		parts := fieldsOf(name, text.tag)
		return !slices.ContainsFunc(parts, func(w word) bool {
			return !lists[text.tag].plain[w.folded] && !slices.ContainsFunc(original.words, func(o word) bool { return written(w, o) })
		})
	}
	for _, p := range places {
		if !found(p) {
			return false, false
		}
	}
	if !readable || capitalNouns[text.tag] {
		return true, false
	}
	for _, n := range names {
		if !found(n) {
			return false, true
		}
	}
	return true, true
}

// capitalNouns are the languages in which a capital letter does not say that a word is a name.
var capitalNouns = map[string]bool{"de": true, "lb": true}

func fieldsOf(s, tag string) []word { return read(s, tag).words }

// sharedLetters is how many letters two forms of a name in two languages begin with, at least.
const sharedLetters = 4

// written reports whether two words are one name: the same, or with the same beginning and
// no more than a third of each after it.
func written(a, b word) bool {
	if a.folded == b.folded || a.stem == b.stem {
		return true
	}
	x, y := []rune(a.folded), []rune(b.folded)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n >= sharedLetters && 3*n >= 2*max(len(x), len(y))
}
