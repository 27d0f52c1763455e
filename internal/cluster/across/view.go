package across

import (
	"cmp"
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
	families [3]bool // of the scripts of its names
	marks    []mark
	words    map[uint32]string // as they stood there
}

// A reader collects the marks of documents in one language, one after the other.
type reader struct {
	reading
	rules  *rules
	places *gazetteer
	known  map[string]spelling // of words that were read before
	found  map[uint32]mark
	sounds []byte
	spell  []byte
	weight uint8
	n      int // words read of this part
	limit  int
	inText map[uint32]bool // names that stand within sentences
	last   []uint32        // marks of the name before, if only a space has come since
}

// maxKnown is how many words a reader remembers. When it has so many it begins anew: then those are soon there
// again that are common.
const maxKnown = 8000

func newReader(tag string) *reader {
	return &reader{
		reading: reading{words: map[uint32]string{}},
		rules:   rulesOf(tag), places: gazetteerOf(tag), known: map[string]spelling{}, found: map[uint32]mark{}, inText: map[uint32]bool{},
	}
}

// read returns what a document is known by. It depends on nothing else.
func read(tag, title, text string) reading { return newReader(tag).read(title, text) }

// read returns what a document is known by, until the next is read: the marks may be kept. It depends on nothing that
// was read before.
func (r *reader) read(title, text string) reading {
	clear(r.words)
	clear(r.found)
	clear(r.inText)
	r.families, r.last, r.n = [3]bool{}, r.last[:0], 0
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

// put notes a mark that is spelled so.
func (r *reader) put(k kind, spelling, as string) { r.note(k, keyed(k, spelling), as) }

// note notes a mark. A word that stands with a capital letter once is a name.
func (r *reader) note(k kind, by keyOfLength, as string) {
	key := by.key
	m, ok := r.found[key]
	if !ok {
		m = mark{key: key, kind: k, length: by.length}
	}
	if !ok || k > m.kind {
		r.words[key] = as
	}
	m.kind, m.weight = max(m.kind, k), max(m.weight, r.weight)
	r.found[key] = m
}

// keyOfLength is the key of a mark, and how long it is spelled.
type keyOfLength struct {
	key    uint32
	length uint8
}

func keyed(k kind, spelling string) keyOfLength {
	return keyOfLength{keyOf(k, spelling), uint8(min(len(spelling), math.MaxUint8))}
}

// keyOf is the hash by which a mark is known. A name has that of the word which is spelled like
// it, so that in "the Court" and "the court" it is as common as both together.
func keyOf(k kind, spelling string) uint32 {
	if k == nameKind {
		k = word
	}
	// FNV-1a, of the kind and the spelling.
	const offset, prime = 2166136261, 16777619
	h := (offset ^ uint32(k)) * prime
	for i := range len(spelling) {
		h = (h ^ uint32(spelling[i])) * prime
	}
	return h
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

// A spelling is what a word of a script with spaces is known by.
type spelling struct {
	place string // "" if it is none; nowhere if it is like one, and no name either
	none  bool   // it is too short to be known
	cased bool   // its script has capital letters
	upper bool   // it begins with one
	// family is that of its script, and by what it is known there. Words of those that write no vowels, and of syllables, are words as
	// they are written, too; names of those that do are known by the coarser spellings of the others, too.
	family  family
	by      keyOfLength
	without bool // in this family it is known by nothing
	full    keyOfLength
	coarse  [len(coarser)]keyOfLength // length 0 where it has none
}

// spellingOf returns what a word is known by.
func (r *reader) spellingOf(w string, s script) spelling {
	p, ok := r.known[w]
	if !ok {
		if len(r.known) == maxKnown {
			clear(r.known)
		}
		p = r.newSpelling(w, s)
		r.known[strings.Clone(w)] = p
	}
	return p
}

func (r *reader) newSpelling(w string, s script) spelling {
	first, _ := utf8.DecodeRuneInString(w)
	second, _ := utf8.DecodeLastRuneInString(w)
	p := spelling{cased: s.cased(), upper: unicode.IsUpper(first), family: s.family()}
	lower := plain(strings.ReplaceAll(w, ".", ""))
	if p.place = r.places.word(lower, s, p.upper && (unicode.IsUpper(second) || second == '.')); p.place != "" {
		return p
	}
	full := strings.ToLower(w)
	if s == arabic {
		full = bare(full)
	}
	r.sounds = r.rules.sound(r.rules.unending(full), s, r.sounds)
	if p.none = len(r.sounds) < 3; p.none {
		return p
	}
	r.spell = spelled(r.sounds, p.family, r.spell)
	p.without = r.spell == nil
	switch p.family {
	case abjad:
		p.by, p.full = keyed(abjadKind, string(r.spell)), keyed(word, full)
	case east:
		p.by, p.full = keyed(eastKind, string(r.spell)), keyed(word, full)
	default:
		p.by = keyed(nameKind, string(r.spell))
		for i, c := range coarser {
			if r.spell = spelled(r.sounds, c.family, r.spell); r.spell != nil {
				p.coarse[i] = keyed(c.kind, string(r.spell))
			}
		}
	}
	return p
}

// word notes a word of a script with spaces.
func (r *reader) word(w string, s script, begins, title bool) {
	before := r.last
	r.last = r.last[:0]
	if s == other || len(w) > maxWord {
		return
	}
	p := r.spellingOf(w, s)
	if p.place != "" {
		if p.place != nowhere {
			r.put(placeKind, p.place, w)
		}
		return
	}
	if p.none {
		return
	}
	r.families[p.family] = true
	switch {
	case p.family == abjad && !p.without:
		r.note(abjadKind, p.by, w)
	case p.family == east && !p.without:
		r.note(eastKind, p.by, w)
	}
	if p.family != vowels {
		r.note(word, p.full, w)
		return
	}
	if p.without {
		return
	}
	if p.cased && !p.upper {
		r.note(word, p.by, w)
		return
	}
	if begins {
		// Only what stands with a capital elsewhere is a name.
		if !r.inText[p.by.key] {
			r.note(word, p.by, w)
			return
		}
	}
	// Headlines may have every word with a capital.
	if !title && p.cased {
		for _, key := range before {
			m := r.found[key]
			m.given = true
			r.found[key] = m
		}
	}
	r.inText[p.by.key] = true
	r.note(nameKind, p.by, w)
	r.last = append(r.last, p.by.key)
	for i, c := range coarser {
		if p.coarse[i].length > 0 {
			r.note(c.kind, p.coarse[i], w)
			r.last = append(r.last, p.coarse[i].key)
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
