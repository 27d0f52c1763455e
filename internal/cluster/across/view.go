package across

import (
	"cmp"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much of a document is read.
const (
	textBytes = 3072 // the first of a text
	textWords = 160
	leadWords = 50 // of these weigh more than the rest
	maxMarks  = 160
)

// What a mark weighs by where it stands, in tenths.
const (
	titleWeight = 10
	leadWeight  = 7
	restWeight  = 5
)

// A kind is what a mark is.
type kind uint8

const (
	word      kind = iota // of one language; what stories that follow one another share
	nameKind              // a name, as scripts that write vowels spell it
	abjadKind             // the same, as those spell it that do not
	eastKind              // the same, as kana and Hangul do
	numberKind
	placeKind
)

// A mark is something in a document by which it may be known again.
type mark struct {
	key    uint32
	kind   kind
	weight uint8
	length uint8 // of its spelling: short names are alike by chance
	given  bool  // another name follows it at once, as a surname does a first name
}

// A reading is a document as its marks, in the order of their keys.
type reading struct {
	language string
	families [3]bool // of the scripts of its names
	marks    []mark
	words    map[uint32]string // as they stood there
}

// A reader collects the marks of one document.
type reader struct {
	reading
	rules  *rules
	places *gazetteer
	found  map[uint32]mark
	sounds []byte
	spell  []byte
	weight uint8
	n      int // words read of this part
	limit  int
	inText map[uint32]bool // names that stand within sentences
	last   []uint32        // marks of the name before, if only a space has come since
}

// read returns what a document is known by. It depends on nothing else.
func read(tag, title, text string) reading {
	r := &reader{rules: rulesOf(tag), places: gazetteerOf(tag), found: map[uint32]mark{}, inText: map[uint32]bool{}}
	r.language, r.words = tag, map[uint32]string{}
	r.weight, r.limit = titleWeight, textWords
	r.scan(cut(title, textBytes), true)
	r.weight, r.n = leadWeight, 0
	r.scan(cut(text, textBytes), false)
	r.marks = make([]mark, 0, len(r.found))
	for _, m := range r.found {
		r.marks = append(r.marks, m)
	}
	if len(r.marks) > maxMarks {
		// Names before words, headlines before texts.
		slices.SortFunc(r.marks, func(a, b mark) int {
			return cmp.Or(cmp.Compare(min(b.kind, nameKind), min(a.kind, nameKind)), cmp.Compare(b.weight, a.weight), cmp.Compare(a.key, b.key))
		})
		r.marks = r.marks[:maxMarks]
	}
	slices.SortFunc(r.marks, func(a, b mark) int { return cmp.Compare(a.key, b.key) })
	return r.reading
}

// put notes a mark. A word that stands with a capital letter once is a name.
func (r *reader) put(k kind, spelling, as string) {
	key := keyOf(k, spelling)
	m, ok := r.found[key]
	if !ok {
		m = mark{key: key, kind: k, length: uint8(min(len(spelling), math.MaxUint8))}
	}
	if !ok || k > m.kind {
		r.words[key] = strings.Clone(as)
	}
	m.kind, m.weight = max(m.kind, k), max(m.weight, r.weight)
	r.found[key] = m
}

// keyOf is the hash by which a mark is known. A name has that of the word which is spelled like
// it, so that in "the Court" and "the court" it is as common as both together.
func keyOf(k kind, spelling string) uint32 {
	h := fnv.New32a()
	if k == word || k == nameKind {
		k = word
	}
	_, _ = h.Write([]byte{byte(k)})
	_, _ = io.WriteString(h, spelling)
	return h.Sum32()
}

// scan reads a title or a text.
func (r *reader) scan(text string, title bool) {
	begins := !title // a word that begins a sentence has a capital letter whatever it is
	for i := 0; i < len(text) && r.n < r.limit; {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsDigit(c):
			r.last = r.last[:0]
			i += r.number(text[i:])
			r.n++
			begins = false
		case unicode.IsLetter(c):
			s := scriptOf(c)
			switch s {
			case han, unspaced, kana:
				r.last = r.last[:0]
				i += r.run(text[i:], s)
			default:
				end := wordEnd(text, i)
				if end == i+size && end+1 < len(text) && text[end] == '.' && unicode.IsUpper(c) {
					end = initials(text, i)
				}
				n := r.phrase(text, i, end, s)
				if n > 0 {
					r.last = r.last[:0]
					end = i + n
				} else {
					r.word(text[i:end], s, begins, title)
				}
				i = end
				r.n++
			}
			begins = false
		case c == ' ' || c == '\u00a0':
			i += size
		default:
			r.last = r.last[:0]
			switch c {
			case '.', '!', '?', '…', '।', '\n', '•', '؟':
				begins = true
			case ':', '«', '“', '"', '—', '–':
				// A quotation or a remark may begin here.
				begins = begins || !title
			}
			i += size
		}
		if !title && r.n == leadWords {
			r.weight = restWeight
		}
	}
}

// wordEnd returns where the word that begins at i ends: at the first rune that is neither a
// letter nor a mark.
func wordEnd(text string, i int) int {
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(c) && !unicode.IsMark(c) && c != '\u200c' {
			break
		}
		i += size
	}
	return i
}

// initials returns where initials with points end that begin at i, as in "U.S.".
func initials(text string, i int) int {
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsUpper(c) || i+size >= len(text) || text[i+size] != '.' {
			break
		}
		i += size + 1
	}
	return i
}

// phrase notes the place whose name of several words begins at i, and returns its length; 0 if
// there is none.
func (r *reader) phrase(text string, i, end int, s script) int {
	first := plain(text[i:end])
	if s == arabic {
		first = bare(first)
	}
	longest, ok := r.places.first[first]
	if !ok {
		return 0
	}
	name, at, size := first, end, 0
	place := ""
	for range longest - 1 {
		n := gap(text[at:])
		if n == 0 {
			break
		}
		to := wordEnd(text, at+n)
		if to == at+n {
			break
		}
		next := plain(text[at+n : to])
		if s == arabic {
			next = bare(next)
		}
		name += " " + next
		at = to
		if p := r.places.whole[name]; p != "" {
			place, size = p, at-i
		}
	}
	if place == "" {
		return 0
	}
	r.put(placeKind, place, text[i:i+size])
	return size
}

// gap returns how long what parts two words of one name is, 0 if they are not of one.
func gap(text string) int {
	n := len(text) - len(strings.TrimLeft(text, "."))
	if n > 1 {
		return 0
	}
	if c, size := utf8.DecodeRuneInString(text[n:]); c == ' ' || c == '-' || c == '\u00a0' {
		n += size
	}
	return n
}

// word notes a word of a script with spaces.
func (r *reader) word(w string, s script, begins, title bool) {
	before := r.last
	r.last = r.last[:0]
	if s == other || len(w) > maxWord {
		return
	}
	first, _ := utf8.DecodeRuneInString(w)
	second, _ := utf8.DecodeLastRuneInString(w)
	upper := unicode.IsUpper(first)
	lower := plain(strings.ReplaceAll(w, ".", ""))
	if p := r.places.word(lower, s, upper && (unicode.IsUpper(second) || second == '.')); p != "" {
		if p != nowhere {
			r.put(placeKind, p, w)
		}
		return
	}
	full := strings.ToLower(w)
	if s == arabic {
		full = bare(full)
	}
	r.sounds = r.rules.sound(r.rules.unending(full), s, r.sounds)
	if len(r.sounds) < 3 {
		return
	}
	r.families[s.family()] = true
	switch s.family() {
	case abjad:
		if r.spell = spelled(r.sounds, abjad, r.spell); r.spell != nil {
			r.put(abjadKind, string(r.spell), w)
		}
		r.put(word, full, w)
		return
	case east:
		if r.spell = spelled(r.sounds, east, r.spell); r.spell != nil {
			r.put(eastKind, string(r.spell), w)
		}
		r.put(word, full, w)
		return
	}
	r.spell = spelled(r.sounds, vowels, r.spell)
	if r.spell == nil {
		return
	}
	if s.cased() && !upper {
		r.put(word, string(r.spell), w)
		return
	}
	spelling := string(r.spell)
	if begins {
		// Only what stands with a capital elsewhere is a name.
		if !r.inText[keyOf(nameKind, spelling)] {
			r.put(word, spelling, w)
			return
		}
	}
	// Headlines may have every word with a capital.
	if !title && s.cased() {
		for _, key := range before {
			m := r.found[key]
			m.given = true
			r.found[key] = m
		}
	}
	key := keyOf(nameKind, spelling)
	r.inText[key] = true
	r.put(nameKind, spelling, w)
	r.last = append(r.last, key)
	for _, c := range coarser {
		if r.spell = spelled(r.sounds, c.family, r.spell); r.spell != nil {
			r.put(c.kind, string(r.spell), w)
			r.last = append(r.last, keyOf(c.kind, string(r.spell)))
		}
	}
}

// coarser are the spellings by which a name meets those of other scripts.
var coarser = [...]struct {
	family family
	kind   kind
}{{abjad, abjadKind}, {east, eastKind}}

// maxWord is how many bytes a word has at most: longer ones are data.
const maxWord = 96

// run notes what stands in a run of a script without spaces, and returns how far it read.
func (r *reader) run(text string, s script) int {
	if place, n := r.places.run(text); n > 0 {
		r.put(placeKind, place, text[:n])
		r.n++
		return n
	}
	_, size := utf8.DecodeRuneInString(text)
	if s != kana {
		// Pairs of letters are the words of these scripts.
		if next, n := utf8.DecodeRuneInString(text[size:]); n > 0 && unicode.IsLetter(next) && scriptOf(next) == s {
			r.put(word, text[:size+n], text[:size+n])
		}
		r.n++
		return size
	}
	end := 0
	for end < len(text) {
		c, n := utf8.DecodeRuneInString(text[end:])
		if scriptOf(c) != kana {
			break
		}
		end += n
	}
	r.n++
	if end > maxWord {
		return end
	}
	r.sounds = r.rules.sound(text[:end], kana, r.sounds)
	r.families[east] = true
	if r.spell = spelled(r.sounds, east, r.spell); r.spell != nil {
		r.put(eastKind, string(r.spell), text[:end])
	}
	r.put(word, text[:end], text[:end])
	return end
}

// number notes the number that text begins with, and returns its length. Figures in groups of
// three are one number, a point or comma before one or two figures is that of a decimal.
func (r *reader) number(text string) int {
	var digits []byte
	i, whole, pointed := 0, 0, false
	for i < len(text) && len(digits) < maxDigits {
		c, size := utf8.DecodeRuneInString(text[i:])
		if d := digit(c); d >= 0 {
			digits = append(digits, "0123456789"[d])
			i += size
			continue
		}
		if pointed || len(digits) == 0 || !separates(c) {
			break
		}
		n := figures(text[i+size:])
		switch {
		case n == 3 && (whole > 0 || len(digits) <= 3):
			whole++
			i += size
		case n <= 2 && n > 0 && (c == '.' || c == ',' || c == '٫'):
			if _, after := utf8.DecodeRuneInString(text[i+size:]); after > 0 && dated(text[i+size:]) {
				return len(text) - len(strings.TrimLeftFunc(text, func(c rune) bool { return digit(c) >= 0 || c == '.' || c == ',' }))
			}
			digits = append(digits, '.')
			pointed = true
			i += size
		default:
			n = 0
		}
		if n == 0 {
			break
		}
	}
	if len(digits) > 1 {
		r.put(numberKind, string(digits), text[:i])
	}
	return max(i, 1)
}

// maxDigits is how many figures a number has at most.
const maxDigits = 18

// dated reports whether the figures that text begins with are followed by a point and more of
// them, as in 12.02.2026: a date, not a number.
func dated(text string) bool {
	rest := strings.TrimLeftFunc(text, func(c rune) bool { return digit(c) >= 0 })
	return len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') && digit(rune(rest[1])) >= 0
}

func separates(c rune) bool {
	switch c {
	case '.', ',', '\'', '’', '\u00a0', '\u202f', ' ', '٬', '٫':
		return true
	}
	return false
}

// figures returns how many figures text begins with, at most 4.
func figures(text string) int {
	n := 0
	for _, c := range text {
		if digit(c) < 0 || n == 4 {
			break
		}
		n++
	}
	return n
}

// digit returns the value of a figure of any script, or -1.
func digit(c rune) int {
	for _, zero := range [...]rune{'0', '٠', '۰', '०', '০', '๐', '０'} {
		if c >= zero && c <= zero+9 {
			return int(c - zero)
		}
	}
	return -1
}

// Cut returns what is read of a title or a text, without keeping the rest of it in memory.
func Cut(s string) string { return strings.Clone(cut(s, textBytes)) }

// cut returns at most limit bytes of s, whole runes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
