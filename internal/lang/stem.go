package lang

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// The rules of a language are what cutting text into words depends on.
type rules struct {
	stem   func(*snowballstem.Env) bool // nil: words are their own stems
	elides bool                         // writes articles and pronouns with an apostrophe before the word
	turkic bool                         // has a dotless i
	ends   bool                         // its words have endings, and there is no stemmer to take them off
	memo   [memoSize]atomic.Pointer[memo]
}

// languages has an entry for every language whose words need more than Unicode says.
var languages = map[string]*rules{
	"ar": {stem: arabic.Stem},
	"az": {turkic: true, ends: true},
	"be": {ends: true},
	"bg": {ends: true},
	"bs": {ends: true},
	"ca": {elides: true, ends: true},
	"cs": {ends: true},
	"da": {stem: danish.Stem},
	"de": {stem: german.Stem},
	"el": {ends: true},
	"en": {stem: english.Stem},
	"es": {stem: spanish.Stem},
	"et": {ends: true},
	"eu": {ends: true},
	"fi": {stem: finnish.Stem},
	"fo": {ends: true},
	"fr": {stem: french.Stem, elides: true},
	"ga": {stem: irish.Stem},
	"gl": {ends: true},
	"hr": {ends: true},
	"hu": {stem: hungarian.Stem},
	"hy": {ends: true},
	"is": {ends: true},
	"it": {stem: italian.Stem, elides: true},
	"ka": {ends: true},
	"kk": {ends: true},
	"ky": {ends: true},
	"lt": {ends: true},
	"lv": {ends: true},
	"mk": {ends: true},
	"mn": {ends: true},
	"nl": {stem: dutch.Stem},
	"no": {stem: norwegian.Stem},
	"pl": {ends: true},
	"pt": {stem: portuguese.Stem},
	"ro": {stem: romanian.Stem},
	"ru": {stem: russian.Stem},
	"sk": {ends: true},
	"sl": {ends: true},
	"sq": {ends: true},
	"sr": {ends: true},
	"sv": {stem: swedish.Stem},
	"ta": {stem: tamil.Stem},
	"tk": {ends: true},
	"tr": {stem: turkish.Stem, turkic: true},
	"tt": {ends: true},
	"uk": {ends: true},
	"uz": {ends: true},
}

var unknown = &rules{}

// rootLetters is how many letters of a word make its root. Of languages that have a stemmer, so
// many do nearly what it does, and far better than whole words: see docs/clustering.md.
const rootLetters = 5

// HasEndings reports whether words of the language of tag have endings for which there is no
// stemmer here, so that one word stands in a text in many forms that only their Roots unite.
func HasEndings(tag string) bool { return lookup(tag).ends }

// Root returns the first letters of a word of such a language: enough to compare texts by the
// many words they share, too few to search by.
func Root(t Token) string {
	n := 0
	for i := range t.Word {
		if n == rootLetters && !t.Number {
			return t.Word[:i]
		}
		n++
	}
	return t.Word
}

// lookup returns the language of a BCP 47 tag; regions and scripts do not matter here.
func lookup(tag string) *rules {
	if l := languages[tag]; l != nil {
		return l
	}
	if l := languages[base(tag)]; l != nil {
		return l
	}
	return unknown
}

// memoSize is how many different words of one language are remembered with what they
// were made into; it must be a power of two. Text repeats its words: nine of ten are
// found here, which is what makes Tokens fast.
const memoSize = 1 << 14

// A memo is a word as it stood in a text and its tokens. A slot holds the last word that
// hashed to it, so the memory is bounded, and nothing depends on what is in it.
type memo struct {
	word   string
	tokens []Token
}

var memoSeed = maphash.MakeSeed()

// tokens appends the tokens of one segment of a text.
func (l *rules) tokens(to []Token, segment string, run bool) []Token {
	if run {
		return pairs(to, l.lower, segment)
	}
	slot := &l.memo[maphash.String(memoSeed, segment)&(memoSize-1)]
	if m := slot.Load(); m != nil && m.word == segment {
		return append(to, m.tokens...)
	}
	m := &memo{word: strings.Clone(segment)} // a clone, not to keep the whole text alive
	m.tokens = l.make(m.word)
	if len(segment) <= 4*MaxWord {
		slot.Store(m)
	}
	return append(to, m.tokens...)
}

// make returns the tokens of a word that no script rule cuts: one, or several where it
// is joined by points as in a host name.
func (l *rules) make(segment string) []Token {
	first, _ := utf8.DecodeRuneInString(segment)
	upper := unicode.IsUpper(first) || unicode.IsTitle(first)
	s := l.lower(segment)
	if n, ok := number(s); ok {
		return []Token{{Text: n, Word: n, Number: true}}
	}
	var tokens []Token
	for _, part := range parts(s) {
		part = strings.TrimFunc(l.apostrophes(part), func(r rune) bool { return !isWordRune(r) })
		part = strings.Map(func(r rune) rune {
			if isWordRune(r) {
				return r
			}
			return -1
		}, part)
		t := Token{Word: fold(part), Cap: upper}
		if t.Word == "" {
			continue
		}
		if t.Text = t.Word; l.stem != nil && utf8.RuneCountInString(part) > 2 {
			if stem := fold(l.stemmed(part)); stem != "" {
				t.Text = stem
			}
		}
		tokens = append(tokens, t)
	}
	return tokens
}

// stemmed returns the stem of word. The stemmers are generated code that indexes its
// input; should one fail on a strange word, the word is its own stem.
func (l *rules) stemmed(word string) (stem string) {
	defer func() {
		if recover() != nil {
			stem = word
		}
	}()
	env := snowballstem.NewEnv(word)
	l.stem(env)
	return strings.ToValidUTF8(env.Current(), "")
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// parts cuts a word at points, colons and underscores, except an abbreviation such as
// u.s, which stays whole.
func parts(s string) []string {
	if !strings.ContainsAny(s, ".:·_․‧") {
		return []string{s}
	}
	list := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".:·_․‧", r) })
	for _, p := range list {
		if utf8.RuneCountInString(p) > 1 {
			return list
		}
	}
	return []string{strings.Join(list, "")}
}

// elided are the words of more than one letter that lose their vowel before another.
var elided = map[string]bool{
	"qu": true, "jusqu": true, "lorsqu": true, "puisqu": true, "quoiqu": true, "quelqu": true, // fr
	"dell": true, "nell": true, "all": true, "sull": true, "dall": true, "coll": true, "gl": true, // it
	"un": true, "quest": true, "quell": true, "sant": true, "c": true,
}

// apostrophes removes them, with the possessive s after or the elided word before.
func (l *rules) apostrophes(s string) string {
	at := strings.IndexAny(s, "'’ʼ＇")
	if at < 0 {
		return s
	}
	_, size := utf8.DecodeRuneInString(s[at:])
	before, after := s[:at], s[at+size:]
	switch {
	case after == "s" || after == "":
		return before
	case l.elides && (utf8.RuneCountInString(before) == 1 || elided[before]):
		return l.apostrophes(after)
	}
	return before + l.apostrophes(after)
}

// number reports whether s is written in digits, and returns it without the separators
// of thousands and with a point for the decimal sign, whichever of the two it used.
func number(s string) (string, bool) {
	var b strings.Builder
	var sign rune
	digits := 0 // since the last separator
	var groups []int
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			b.WriteRune(digit(r))
			digits++
		case strings.ContainsRune(".,'’٫٬", r) && digits > 0:
			b.WriteByte(' ')
			groups = append(groups, digits)
			sign, digits = r, 0
		default:
			return "", false
		}
	}
	if digits == 0 {
		return "", false
	}
	fields := strings.Fields(b.String())
	if len(groups) == 0 {
		return fields[0], true
	}
	for _, f := range fields[1 : len(fields)-1] {
		if len(f) != 3 { // a date or an address
			return strings.Join(fields, "."), true
		}
	}
	// Three digits after the one separator there is are thousands: 12,500 and 12.500 are
	// the same number. Other counts are decimals.
	if digits == 3 && sign != '٫' && fields[0] != "0" && len(fields[0]) <= 3 {
		return strings.Join(fields, ""), true
	}
	return strings.Join(fields[:len(fields)-1], "") + "." + fields[len(fields)-1], true
}

// digit returns the ASCII digit of the same value as r, which is a decimal digit
// (Unicode lays every script's digits out in runs of ten, NFKC has folded the rest).
func digit(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	zero := r
	for r-zero < 9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return '0' + (r - zero)
}

// pairs appends the overlapping pairs of characters of a run; one alone stands alone.
// A character is a letter with the marks that follow it.
func pairs(to []Token, lower func(string) string, run string) []Token {
	for len(run) > 0 {
		// A piece at a time, for lower keeps MaxWord runes only; the next piece begins with
		// the last character of this one, so that no pair is lost.
		var at [MaxWord / 4]int // where the characters of this piece begin
		n, end := 0, 0
		for i, r := range run {
			if !unicode.IsMark(r) || i == 0 {
				if n == len(at) {
					break
				}
				at[n] = i
				n++
			}
			end = i + utf8.RuneLen(r)
		}
		if n == 1 {
			if w := strings.Clone(fold(lower(run[:end]))); w != "" {
				to = append(to, Token{Text: w, Word: w})
			}
			return to
		}
		for i := range n - 1 {
			stop := end
			if i+2 < n {
				stop = at[i+2]
			}
			if w := strings.Clone(fold(lower(run[at[i]:stop]))); w != "" {
				to = append(to, Token{Text: w, Word: w})
			}
		}
		if end == len(run) {
			return to
		}
		run = run[at[n-1]:] //nolint:gosec // n is above 1 here
	}
	return to
}
