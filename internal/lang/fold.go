package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain are letters that Unicode does not decompose into a base and a mark, and the
// letters of the Arabic script that writers and keyboards do not keep apart.
var plain = map[rune]string{
	'ß': "ss", 'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th",
	'ı': "i", 'ħ': "h", 'ŋ': "n", 'ŧ': "t", 'ə': "e", 'ς': "σ",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه", 'ـ': "",
}

// fold returns the form of a word that people may type for it; s is NFKC and lower case.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if p, ok := plain[r]; ok {
			b.WriteString(p)
			continue
		}
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		if strips(r) {
			continue // a mark on its own
		}
		if unicode.In(r, unicode.Latin, unicode.Greek) {
			// The first rune of the decomposition is the letter, the rest are its marks; a
			// letter may decompose to one in plain (ǿ is ø and an acute).
			if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
				r, _ = utf8.DecodeRune(d)
			}
			if p, ok := plain[r]; ok {
				b.WriteString(p)
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// strips reports whether r is a mark that folding drops: one of Latin and Greek
// (inherited), of Hebrew or of Arabic. Marks of Indic scripts are vowels and stay.
func strips(r rune) bool {
	return unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Hebrew, unicode.Arabic)
}

// lower returns the NFKC lower-case form of a word, at most MaxWord runes of it.
func (l *rules) lower(s string) string {
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	n := 0
	for i := range s {
		if n++; n > MaxWord {
			s = s[:i]
			break
		}
	}
	if l.turkic {
		return strings.ToLowerSpecial(unicode.TurkishCase, s)
	}
	// Before the stemmer, which takes ё for a consonant.
	return strings.ReplaceAll(strings.ToLower(s), "ё", "е")
}

// safe spells a term in letters and numbers only: a mark becomes two Latin letters, one
// for each half of its low byte, and whatever else there is (the point of a decimal)
// vanishes.
func safe(s string) string {
	clean := true
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		case unicode.IsMark(r):
			b.WriteByte('a' + byte(r>>4&15))
			b.WriteByte('a' + byte(r&15))
		}
	}
	return b.String()
}
