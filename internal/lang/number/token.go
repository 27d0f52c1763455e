package number

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a run of digits with its separators, or a sign.
type token struct {
	from, to int
	kind     byte // 'w', 'd' or 's'
	spaced   bool // space stands before it
	upper    bool
	value    float64 // of digits
	plain    int     // digits in a row without a separator; 0 if it has one
	entries  []entry
	low      string // set where a phrase needs it
}

// longestForm is how many bytes the first word of a form has at most, longestHan how many letters where
// words are not parted.
const (
	longestForm = 40
	longestHan  = 4
	// longestPrefix is how many letters stand before the sign of a currency that others have, too.
	longestPrefix = 3
)

func (sc *scanner) scan() {
	s := sc.s
	spaced := true
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		t := token{from: at, spaced: spaced}
		switch {
		case unicode.IsSpace(r):
			spaced = true
			at += size
			continue
		case unicode.IsDigit(r):
			t.kind = 'd'
			at = sc.digits(&t, at)
		case r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Katakana, unicode.Hiragana):
			t.kind = 'w'
			at = sc.han(&t, at)
		case unicode.IsLetter(r):
			t.kind, t.upper = 'w', unicode.IsUpper(r)
			at = wordEnd(s, at)
			if at < len(s) && s[at] == '$' && at-t.from <= longestPrefix { // US$, S$
				at++
			}
			t.entries = sc.lookup(s[t.from:at])
		default:
			t.kind = 's'
			at += size
			if r != '.' && r != ',' {
				t.entries = sc.l.entries[s[t.from:at]]
			}
		}
		t.to = at
		spaced = false
		sc.tokens = append(sc.tokens, t)
	}
}

// wordEnd returns where a word ends that begins at from: signs within it belong to it.
func wordEnd(s string, from int) int {
	end := from
	for at := from; at < len(s); {
		c := s[at]
		if c < utf8.RuneSelf {
			switch {
			case c|0x20 >= 'a' && c|0x20 <= 'z':
				at++
				end = at
			case end == at && (c == '\'' || c == '-' || c == '.'):
				at++
			default:
				return end
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			at += size
			end = at
		case end == at && (r == '’' || r == 'ʼ'):
			at += size
		default:
			return end
		}
	}
	return end
}

// lookup returns what a word may be, in lower case.
func (sc *scanner) lookup(word string) []entry {
	if len(word) > longestForm {
		return nil
	}
	var buf [longestForm]byte
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return sc.l.entries[lower(word)]
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf[i] = c
	}
	return sc.l.entries[string(buf[:len(word)])]
}

func lower(word string) string { return strings.ReplaceAll(strings.ToLower(word), "ё", "е") }

// han makes a token of the longest form that begins at from, or of one letter.
func (sc *scanner) han(t *token, from int) int {
	end, first := from, 0
	for n := 0; n < longestHan && end < len(sc.s); n++ {
		_, size := utf8.DecodeRuneInString(sc.s[end:])
		end += size
		if n == 0 {
			first = end
		}
		if e := sc.l.entries[sc.s[from:end]]; e != nil {
			t.entries, first = e, end
		}
	}
	return first
}

// digits reads a run of digits with separators; it returns where it ends.
func (sc *scanner) digits(t *token, from int) int {
	var groups [8]string
	var signs [8]rune
	var b [40]byte
	n, size, end := 0, 0, from
	begin := 0
	for end < len(sc.s) && size < len(b) {
		r, w := utf8.DecodeRuneInString(sc.s[end:])
		if unicode.IsDigit(r) {
			b[size] = digit(r)
			size++
			end += w
			continue
		}
		// A separator, if a digit follows; a space only before three digits and no more.
		if n == len(groups)-1 || !strings.ContainsRune(".,'’٫٬ \u00a0\u202f\u2009", r) {
			break
		}
		run := 0
		for _, d := range sc.s[end+w:] {
			if !unicode.IsDigit(d) {
				break
			}
			run++
		}
		if run == 0 || (unicode.IsSpace(r) && (run != 3 || size-begin > 3)) || r == ' ' && !sc.l.comma {
			break
		}
		groups[n], signs[n] = string(b[begin:size]), r
		n++
		begin = size
		end += w
	}
	groups[n] = string(b[begin:size])
	if n == 0 {
		t.plain = len(groups[0])
	}
	t.value = sc.assemble(groups[:n+1], signs[:n])
	return end
}

// nothing is the value of digits that are no one number: a date, an address.
const nothing = -1

func (sc *scanner) assemble(groups []string, signs []rune) float64 {
	whole, fraction := groups[0], ""
	for i, g := range groups[1:] {
		last := i == len(signs)-1
		decimal := signs[i] == '٫' || signs[i] == ',' && sc.l.comma || signs[i] == '.' && !sc.l.comma
		if signs[i] == '٬' || signs[i] == '\'' || signs[i] == '’' || unicode.IsSpace(signs[i]) {
			decimal = false
		}
		switch {
		case len(g) == 3 && len(groups[0]) <= 3 && groups[0] != "0" && (!decimal || len(signs) > 1 && signs[0] == signs[len(signs)-1]):
			whole += g
		case last && (len(signs) == 1 || signs[i] != signs[0]):
			fraction = g
		default:
			return nothing
		}
	}
	if len(whole) > 15 {
		return nothing
	}
	v, err := strconv.ParseFloat(whole+"."+fraction+"0", 64)
	if err != nil { // unreachable: both are digits
		return nothing
	}
	return v
}

// The digits that Unicode has for mathematics, which texts of social networks are set in: 𝟏, 𝟙, 𝟭.
const firstStyled, lastStyled = '\U0001D7CE', '\U0001D7FF'

// digit returns the ASCII digit of the same value: Unicode lays each script's digits out in runs
// of ten.
func digit(r rune) byte {
	if r < utf8.RuneSelf {
		return byte(r) //nolint:gosec // ASCII
	}
	if r >= firstStyled && r <= lastStyled { // five styles, without a gap between them
		return '0' + byte((r-firstStyled)%10)
	}
	zero := r
	for r-zero < 9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return '0' + byte(r-zero) //nolint:gosec // at most 9
}
