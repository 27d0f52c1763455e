package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang"
)

// maxWords is how many words of a text are read: an account as it is given has some hundred.
const maxWords = 4000

// A word is one of a text; what is in digits is one, too.
type word struct {
	folded string // as it stands, folded
	stem   string // or its beginning, in languages without a stemmer; folded
	name   bool   // it has a capital letter
	quoted bool   // it stands in quote marks
	digits bool
	value  float64 // of digits or of a word for a number
	counts bool    // it is a number
	tight  bool    // nothing but a space or a hyphen parts it from the word before
	begins bool    // the end of a sentence or line parts it from the word before
}

// A text is read word by word.
type text struct {
	tag     string
	words   []word
	numbers []number
	stems   map[string][]int // where in words
}

// A number is one word or several that say it together: "25", "twenty-five", "2.5 million".
type number struct {
	value    float64
	from, to int  // its words
	weak     bool // "one", which is an article as well
	quoted   bool
}

// read reads a text in the language of tag.
func read(s, tag string) *text {
	tag = lang.Base(tag)
	t := &text{tag: tag, stems: map[string][]int{}}
	l := lists[tag]
	if l == nil {
		l = &list{}
	}
	inQuotes := spansOf(s)
	last := 0 // the end of the word before
	for i := 0; i < len(s) && len(t.words) < maxWords; {
		r, size := utf8.DecodeRuneInString(s[i:])
		from, end := i, i+size
		var list []word
		switch {
		case unicode.IsDigit(r):
			end = digitsEnd(s, i)
			w := word{digits: true, counts: true}
			w.folded, w.value = digitsOf(s[i:end])
			w.stem = w.folded
			list = append(list, w)
		case isLetter(r):
			end = wordEnd(s, i)
			list = wordsOf(s[i:end], tag, l)
		}
		i = end
		for n, w := range list {
			w.quoted = inQuotes.hold(from)
			w.tight = n > 0 || len(t.words) > 0 && near(s[last:from])
			w.begins = n == 0 && strings.ContainsAny(s[last:from], ".!?…\n")
			t.stems[w.stem] = append(t.stems[w.stem], len(t.words))
			t.words = append(t.words, w)
		}
		if list != nil {
			last = end
		}
	}
	t.count()
	return t
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// near reports whether gap, what stands between two words, leaves them one number or name.
func near(gap string) bool {
	gap = strings.Trim(gap, " \u00a0\u202f")
	return gap == "" || gap == "-" || gap == "‐" || gap == "‑" || gap == "."
}

// wordEnd returns where the word that begins at i ends. Apostrophes within it are of it.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && r != '\u200c' {
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if !apostrophe(r) || !isLetter(next) {
				break
			}
		}
		i += size
	}
	return i
}

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

// wordsOf returns the words of a run of letters: one, but several in scripts without spaces, which
// are cut into pairs.
func wordsOf(s, tag string, l *list) []word {
	capital := strings.ContainsFunc(s, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) })
	var list []word
	for _, t := range lang.Tokens(s, tag) {
		w := word{folded: t.Word, stem: t.Text, name: capital}
		if lang.HasEndings(tag) {
			w.stem = root(t.Word)
		}
		if w.value, w.counts = l.count[t.Word]; !w.counts && tag == "de" {
			w.value, w.counts = joined(t.Word, l.count)
		}
		list = append(list, w)
	}
	return list
}

// root returns the beginning of a word that its forms share; lang.Root is for long words.
func root(s string) string {
	n := utf8.RuneCountInString(s)
	keep := 5
	switch {
	case n < 5:
		return s
	case n < 7:
		keep = 4
	}
	for i := range s {
		if keep == 0 {
			return s[:i]
		}
		keep--
	}
	return s
}

// joined returns the value of a word that is made of words for numbers, as German does:
// zweihundertfünfunddreißig.
func joined(s string, count map[string]float64) (v float64, ok bool) {
	total, part := 0.0, 0.0
	for n := 0; s != ""; n++ {
		s = strings.TrimPrefix(s, "und")
		longest := ""
		for w, value := range count {
			if value >= 1 && len(w) > len(longest) && strings.HasPrefix(s, w) {
				longest = w
			}
		}
		if longest == "" {
			return 0, false
		}
		switch value := count[longest]; {
		case value >= thousand:
			total, part = total+max(part, 1)*value, 0
		case value == 100:
			part = max(part, 1) * value
		default:
			part += value
		}
		s = s[len(longest):]
	}
	return total + part, total+part > 0
}

// digitsEnd returns where the number in digits that begins at i ends: one separator is of it that
// has a digit after it, or a space that has three and no more.
func digitsEnd(s string, i int) int {
	group := 0 // digits since the last separator
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsDigit(r):
			group++
		case strings.ContainsRune(".,'’٫٬", r) && figures(s[i+size:]) > 0:
			group = 0
		case strings.ContainsRune(" \u00a0\u202f\u2009", r) && group <= 3 && figures(s[i+size:]) == 3:
			group = 0
		default:
			return i
		}
		i += size
	}
	return i
}

// figures returns how many digits s begins with.
func figures(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			break
		}
		n++
	}
	return n
}

// digitsOf returns the number that digits say, as text and as value.
func digitsOf(s string) (string, float64) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	t := lang.FirstTokens(s, "", 1)
	if len(t) == 0 || !t[0].Number {
		return s, -1
	}
	return t[0].Word, valueOf(t[0].Word)
}

// valueOf is the value of digits with a point; of what has several, a date or an address, the sum of
// what no other has.
func valueOf(s string) float64 {
	v, scale := 0.0, 0.0
	points := 0
	for _, r := range s {
		switch {
		case r == '.':
			points++
			if scale == 0 {
				scale = 1
			}
		case points > 1:
			scale *= 10
			v += float64(points)*1e6 + float64(r-'0')/scale
		case scale > 0:
			scale *= 10
			v += float64(r-'0') / scale
		default:
			v = 10*v + float64(r-'0')
		}
	}
	return v
}

// thousand is from which value on a word multiplies all that stands before it.
const thousand = 1000

// count finds the numbers of t: words for them that follow one another are one number where they
// can be.
func (t *text) count() {
	for i := 0; i < len(t.words); i++ {
		w := t.words[i]
		if !w.counts {
			continue
		}
		n := number{value: w.value, from: i, to: i + 1, weak: !w.digits && w.value == 1, quoted: w.quoted}
		if w.value < 0 { // vague, or no number that can be told
			t.numbers = append(t.numbers, n)
			continue
		}
		total, part := 0.0, w.value
		if !w.digits && w.value >= thousand {
			total, part = w.value, 0
		}
		for n.to < len(t.words) {
			next := t.words[n.to]
			if !next.counts || next.digits || !next.tight || next.quoted != w.quoted {
				break
			}
			sum, rest, ok := more(total, part, next.value, t.words[n.to-1].digits)
			if !ok {
				break // it is not of this number
			}
			total, part = sum, rest
			n.value = total + part
			n.to++
		}
		n.weak = n.weak && n.to == i+1
		t.numbers = append(t.numbers, n)
		i = n.to - 1
	}
}

// more takes one more word for a number into one of which total is said for good, and part may be
// multiplied yet: "two | hundred", "twenty | five", "3 million two | hundred".
func more(total, part, v float64, digits bool) (sum, rest float64, ok bool) {
	switch {
	case v < 0:
		return 0, 0, false // vague
	case v >= thousand && part > 0:
		return total + part*v, 0, true
	case v == 100 && part > 0 && part < 10:
		return total, part * v, true
	case part == 0 && total > 0 && v < thousand:
		return total, v, true
	case digits:
		return 0, 0, false // "20 five"
	case v < 10 && part >= 20 && part < 100 && mod(part, 10) == 0,
		v < 100 && part >= 100 && part < thousand && mod(part, 100) == 0:
		return total, part + v, true
	}
	return 0, 0, false
}

func mod(v, by float64) float64 { return v - by*float64(int(v/by)) }

// same reports whether two values are one: not more apart than rounding is.
func same(a, b float64) bool {
	d := a - b
	return d == 0 || d*d < 1e-18*a*b
}
