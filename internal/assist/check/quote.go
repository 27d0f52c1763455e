package check

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A span is what stands in quote marks: where the words begin and end, without the marks.
type span struct{ from, to int }

// A spans are those of a text, in order.
type spans struct {
	list []span
	// open is set where a mark has none that belongs to it.
	open bool
}

// closers are which marks end a quotation that one begins, in any language.
var closers = map[rune]string{
	'“': "”", '„': "“”", '”': "”", '«': "»", '»': "«", '‹': "›", '›': "‹", '"': `"`, '＂': "＂",
	'「': "」", '『': "』", '《': "》", '〈': "〉", '‘': "’", '‚': "‘’", '‛': "’", '\'': "'",
}

// spansOf finds what stands in quote marks. Of quotations within quotations only the outer one is
// a span: it holds the others.
func spansOf(s string) spans {
	var all spans
	begins := -1
	end := ""
	before := ' '
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		single := r == '\'' || r == '’' || r == '‘'
		inWord := single && isWord(before) && isWord(next)
		switch {
		case inWord:
		case begins < 0 && r == '\'' && (isWord(before) || !closes(s[i+1:])):
			// An apostrophe after a word is no mark, and one before a letter is none where nothing
			// follows that would close it: "the dogs' bowl", "the '90s".
		case begins < 0 && r == '”' && !unicode.IsSpace(before) || begins < 0 && strings.ContainsRune("」』》〉", r):
			all.open = true
		case begins < 0 && closers[r] != "":
			begins, end = i+size, closers[r]
		case begins >= 0 && strings.ContainsRune(end, r):
			all.list = append(all.list, span{begins, i})
			begins = -1
		}
		before = r
		i += size
	}
	all.open = all.open || begins >= 0
	return all
}

// closes reports whether a straight single mark in s can be the end of a quotation.
func closes(s string) bool {
	before := ' '
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		if r == '\'' && !unicode.IsSpace(before) && !isWord(next) {
			return true
		}
		before = r
		i += size
	}
	return false
}

func isWord(r rune) bool { return isLetter(r) || unicode.IsDigit(r) }

// hold reports whether the byte at i is in quote marks.
func (all spans) hold(i int) bool {
	for _, s := range all.list {
		if i >= s.from && i < s.to {
			return true
		}
	}
	return false
}

// levelled makes two ways to set the same words one: spaces, apostrophes and quote marks.
func levelled(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.Map(func(r rune) rune {
		switch {
		case apostrophe(r):
			return '\''
		case closers[r] != "" || strings.ContainsRune("”’」』》〉", r):
			return '"'
		case r == '\u2010' || r == '\u2011':
			return '-'
		}
		return r
	}, s)
}

// fewWords is how many words in quote marks are held against their account only if they stand in
// quote marks there, too: of so few, the marks say "so-called".
const fewWords = 4

// verbatim reports whether quoted stands in account, as whole words. A point or comma at its end
// may be that of the sentence around it.
func verbatim(quoted, account string) bool {
	q := strings.TrimRight(levelled(quoted), ".,;")
	if strings.TrimSpace(q) == "" {
		return false
	}
	if len(strings.Fields(q)) < fewWords {
		for _, s := range spansOf(account).list {
			if within(q, levelled(account[s.from:s.to])) {
				return true
			}
		}
		return false
	}
	return within(q, levelled(account))
}

// within reports whether q stands in s as whole words; scripts without spaces have none.
func within(q, s string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], q)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(q):])
		first, _ := utf8.DecodeRuneInString(q)
		last, _ := utf8.DecodeLastRuneInString(q)
		if (!joins(before) || !joins(first)) && (!joins(last) || !joins(after)) {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
	}
}

// joins reports whether r is of a word that has spaces around it.
func joins(r rune) bool {
	return isWord(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
