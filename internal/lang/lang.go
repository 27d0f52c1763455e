// Package lang knows languages: which one a text is in, in which direction it runs, and
// what its words are. Text comes in; tags, tokens and index terms go out. It does no
// I/O, every result depends on its arguments alone, and all input is bounded.
//
// # Words
//
// Text is cut at the word boundaries of UAX #29. Each word is brought to NFKC and lower
// case; its folded form, Token.Word, then loses what people leave out when they type:
//
//   - accents of Latin and Greek letters, and the strokes and ligatures that have no
//     decomposition (ø is o, ł is l, æ is ae, ß is ss), so that "Malmo" finds "Malmö";
//   - ё becomes е; other Cyrillic letters (й, ї) are letters of their own and stay;
//   - Hebrew points, Arabic vowel marks and tatweel; the forms of alef, yeh and kaf are
//     one letter each;
//   - apostrophes: a possessive 's is dropped, an elided article (l’, dell’, qu’) is
//     dropped in French, Italian and Catalan, others join (don't is dont, O'Neil oneil).
//
// The stem, Token.Text, is made from the word before its accents are taken, because
// stemmers need them, and folded afterwards. Languages without a Snowball stemmer keep
// the word as its stem.
//
// Scripts that write no spaces (Han, kana, Thai, Lao, Khmer, Burmese), and Hangul, whose
// particles stick to their nouns, are cut into overlapping pairs of characters.
package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxText is how much of a text is read, in bytes: ten times the longest article.
	MaxText = 1 << 20
	// MaxWord is how many runes of a word count: longer ones are data, not words.
	MaxWord = 64
	// MaxQuery is how many words of a query count.
	MaxQuery = 32
)

// A Token is one word of a text.
type Token struct {
	Text   string // its stem, folded
	Word   string // the word, folded
	Cap    bool   // it begins with a capital letter in the text
	Number bool   // it is a number; Word and Text hold its digits, and a point for a decimal
}

// Tokens returns the words of text in order. The tag says which language's stemmer to
// use; "" or "und" asks for none.
func Tokens(text, tag string) []Token {
	text = bounded(text, MaxText)
	l := lookup(tag)
	tokens := make([]Token, 0, len(text)/6)
	each(text, func(segment string, run bool) bool {
		tokens = l.tokens(tokens, segment, run)
		return true
	})
	return tokens
}

// FirstTokens returns the first n words of text, and reads no further.
func FirstTokens(text, tag string, n int) []Token {
	text = bounded(text, MaxText)
	l := lookup(tag)
	tokens := make([]Token, 0, min(n, len(text)/4+1))
	each(text, func(segment string, run bool) bool {
		tokens = l.tokens(tokens, segment, run)
		return len(tokens) < n
	})
	return tokens[:min(n, len(tokens))]
}

// Segments calls yield for each piece of text that SegmentTokens cuts into words, in
// order, until it returns false: a word as it stands there, or a run of a script that is cut
// into pairs. Whoever meets the same words again and again may remember their tokens.
func Segments(text string, yield func(segment string, run bool) bool) {
	each(bounded(text, MaxText), yield)
}

// SegmentTokens appends the words of a segment: of all segments of a text, those that Tokens
// returns.
func SegmentTokens(to []Token, segment string, run bool, tag string) []Token {
	return lookup(tag).tokens(to, segment, run)
}

// IndexTerms returns what a full-text index is to hold of text: each folded word,
// followed by its stem where that differs. A term has only letters and numbers (\p{L},
// \p{N}), so that FTS5's unicode61 and PostgreSQL's 'simple' take it for one word:
// marks, which Indic scripts cannot do without, are spelled in Latin letters.
func IndexTerms(text, tag string) []string {
	tokens := Tokens(text, tag)
	terms := make([]string, 0, 2*len(tokens))
	for _, t := range tokens {
		word := safe(t.Word)
		if word == "" {
			continue
		}
		terms = append(terms, word)
		if t.Text != t.Word {
			if stem := safe(t.Text); stem != "" && stem != word {
				terms = append(terms, stem)
			}
		}
	}
	return terms
}

// QueryTerms returns, for each word of q, its alternatives: the folded word and its
// stem in each of the languages tags. A document matches if it has one alternative of
// every word.
func QueryTerms(q string, tags []string) [][]string {
	// Without a language of its own the query is read as it stands, too.
	languages := []*rules{lookup("und")}
	for _, tag := range tags {
		if l := lookup(tag); !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	var terms [][]string
	each(bounded(q, 64*MaxQuery), func(segment string, run bool) bool {
		at := len(terms)
		for _, l := range languages {
			for i, t := range l.tokens(nil, segment, run) {
				if at+i >= MaxQuery {
					break
				}
				if at+i == len(terms) {
					terms = append(terms, nil)
				}
				for _, s := range []string{safe(t.Word), safe(t.Text)} {
					if s != "" && !slices.Contains(terms[at+i], s) {
						terms[at+i] = append(terms[at+i], s)
					}
				}
			}
		}
		return true
	})
	return slices.DeleteFunc(terms, func(alternatives []string) bool { return len(alternatives) == 0 })
}

// isPaired reports whether words of r's script are cut into pairs of characters.
func isPaired(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsDigit(r) ||
		r == 'ー' || r == 'ｰ' // the length mark belongs to no script of its own
}

// bounded returns at most limit bytes of text, whole runes, valid UTF-8.
func bounded(text string, limit int) string {
	if len(text) > limit {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
