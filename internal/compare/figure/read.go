package figure

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/lang/number"
	"parallax/internal/reading"
)

const (
	// after is how many words after a number its class may stand, before is how many before it, far how
	// many before it a toll may stand.
	after, before, far = 6, 4, 9
	// bounding is how many words may bound a number: by just under 2,000.
	bounding = 2
	// pairedBytes is how far from a number its class may stand in scripts without spaces, in bytes.
	pairedBytes = 24
	// maxCounts is how many numbers of an account are read: tables have thousands.
	maxCounts = 80
)

// read returns the counts of all sentences.
func read(t *reading.Tongue) []*count {
	l := lexiconOf(t)
	var list []*count
	when := make([]when, len(t.Sentences))
	for i := range t.Sentences {
		if len(t.Sentences[i].Numbers) > 0 {
			when[i] = l.whenOf(&t.Sentences[i])
		}
	}
	of := make([]int, len(t.Accounts))
	for i := range t.Sentences {
		s := &t.Sentences[i]
		for k := range s.Numbers {
			if of[s.Account] == maxCounts {
				break
			}
			n := &s.Numbers[k]
			c := &count{sentence: i, number: n, account: s.Account, at: t.Accounts[s.Account].Article.When(), who: nobody, when: &when[i]}
			if l.counts(t, s, c, k) {
				list = append(list, c)
				of[s.Account]++
			}
		}
	}
	return list
}

// counts fills in what number k of s counts, and reports whether it counts anything.
func (l *lexicon) counts(t *reading.Tongue, s *reading.Sentence, c *count, k int) bool {
	n := c.number
	if n.Kind == number.Time || n.Kind == number.Label {
		return false
	}
	if len(l.paired) > 0 {
		return l.pairedCounts(t, s, c)
	}
	first, _ := slices.BinarySearchFunc(s.Words, n.To, func(w reading.Word, to int) int { return int(w.From) - to })
	begin, _ := slices.BinarySearchFunc(s.Words, n.From, func(w reading.Word, from int) int { return int(w.From) - from })
	// Where the next and the last number stand: words beyond belong to them.
	limit, floor := len(t.Text(s)), 0
	if k+1 < len(s.Numbers) {
		limit = s.Numbers[k+1].From
	}
	if k > 0 {
		floor = s.Numbers[k-1].To
	}
	if l.partial(s, begin, first) || n.Bound != number.Exact && l.partial(s, begin-bounding, first) {
		return false
	}
	class, distance, named, adjective := "", far, int32(nobody), false
	for i := first; i < len(s.Words) && i < first+after; i++ {
		w := s.Words[i]
		kind := l.kinds[w.Term]
		if w.Apart || int(w.From) >= limit || kind == and {
			break
		}
		if kind == of && i == first || kind == extra && i <= first+1 || kind == measure && i == first || kind == ratio && l.numbered(s, i+1) {
			return false
		}
		if isClass(kind) && kind != toll {
			class, distance = kind, i-first
			break
		}
		switch small := t.Terms[w.Term].Weight == 0; {
		case kind != "":
		case named == nobody && small || named >= 0 && !adjective:
			adjective = false
			if named == nobody {
				named = nobody - 1 // no noun is to come
			}
		case named == nobody && i <= first+1:
			named, adjective = w.Term, w.Capital
		case adjective && !small && !w.Capital: // four Velmoran sailors
			named, adjective = w.Term, false
		default:
			adjective = false
		}
	}
	for i := begin - 1; i >= 0 && i >= begin-far; i-- {
		w := s.Words[i]
		kind := l.kinds[w.Term]
		if int(w.From) < floor || kind == and {
			break
		}
		d := begin - 1 - i
		if kind == toll && (class == "" || class == killed) {
			class = killed
			break
		}
		if isClass(kind) && kind != toll && d < before && d < distance {
			class = kind
			break
		}
		if w.Apart || s.Words[min(i+1, len(s.Words)-1)].Apart && i+1 < len(s.Words) {
			break
		}
	}
	if class == "" && l.leaves(s, first, limit) {
		class = displaced
	}
	c.class = class
	if named >= 0 {
		c.who = named
	}
	if n.Kind == number.Percent || n.Kind == number.Money {
		c.class, c.who = "", nobody
		return true
	}
	if n.Kind == number.Year {
		return c.class != ""
	}
	return c.class != "" || c.who != nobody
}

// leaves reports whether people, who stand at word first, leave their homes before the text goes on to limit.
func (l *lexicon) leaves(s *reading.Sentence, first, limit int) bool {
	goes, from := false, false
	for i := first; i < len(s.Words) && i < first+far && int(s.Words[i].From) < limit; i++ {
		kind := l.kinds[s.Words[i].Term]
		if i == first && kind != people || i > first && s.Words[i].Apart {
			return false
		}
		goes, from = goes || kind == leave, from || kind == home
		if goes && from {
			return true
		}
	}
	return false
}

// A when is what a sentence says of time.
type when struct {
	sum          bool // over some time
	other        bool // of another event, or a part of one
	days, months []int32
	years        []float64
}

func (l *lexicon) whenOf(s *reading.Sentence) (w when) {
	for _, v := range s.Words {
		switch l.when[v.Term] {
		case since:
			w.sum = true
		case other:
			w.other = true
		case day:
			w.days = append(w.days, v.Term)
		case month:
			w.months = append(w.months, v.Term)
		}
	}
	for _, n := range s.Numbers {
		if n.Kind == number.Year {
			w.years = append(w.years, n.Low)
		}
	}
	return w
}

// agrees reports whether two sentences can tell of one time.
func (w *when) agrees(o *when) bool {
	switch {
	case w.sum != o.sum || w.other != o.other:
		return false
	case len(w.years)+len(o.years) > 0 && !meet(w.years, o.years):
		return false
	case len(w.months)+len(o.months) > 0 && !meet(w.months, o.months):
		return false
	case len(w.days) > 0 && len(o.days) > 0 && !meet(w.days, o.days):
		return false
	}
	return true
}

func meet[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) })
}

// partial reports whether the number whose neighbours are the words before begin and from first on is one
// of so many, so many of a number that stands there, or how far a number went: two in three, 17 of the 53, 2 for
// every 10,000, rose by eight.
func (l *lexicon) partial(s *reading.Sentence, begin, first int) bool {
	kind := func(i int) string {
		if i < 0 || i >= len(s.Words) {
			return ""
		}
		return l.kinds[s.Words[i].Term]
	}
	if k := kind(begin - 1); k == part || k == by || k == ratio && kind(begin-2) != and && l.numbered(s, begin-2) {
		return true
	}
	if kind(begin-1) != "" && isClass(kind(begin-1)) {
		return false
	}
	// of the 53
	return kind(begin-2) == of && begin >= 2 && kind(begin-1) == skip || kind(first) == ratio && l.numbered(s, first+1)
}

// numbered reports whether what may be a count stands beside word i.
func (l *lexicon) numbered(s *reading.Sentence, i int) bool {
	for k := max(i-1, 0); k <= i+1 && k < len(s.Words); k++ {
		at := int(s.Words[k].From)
		for _, n := range s.Numbers {
			if n.Kind == number.Count && at >= n.From && at < n.To {
				return true
			}
		}
	}
	return false
}

// pairedCounts does it where words are not parted.
func (l *lexicon) pairedCounts(t *reading.Tongue, s *reading.Sentence, c *count) bool {
	n := c.number
	if n.Kind == number.Percent || n.Kind == number.Money {
		return true
	}
	text := t.Text(s)
	rest := clause(text[n.To:min(n.To+pairedBytes, len(text))])
	isPeople := false
	for _, f := range l.paired {
		if f.kind == people && strings.HasPrefix(rest, f.word) {
			isPeople = true
		}
	}
	for _, f := range l.paired {
		if isClass(f.kind) && isPeople && strings.Contains(rest, f.word) {
			c.class = f.kind
			return true
		}
	}
	for _, f := range l.paired {
		if isClass(f.kind) && strings.HasSuffix(strings.TrimSpace(text[:n.From]), f.word) {
			c.class = f.kind
			return true
		}
	}
	return false
}

// clause returns text up to its first sign or digit.
func clause(text string) string {
	text = strings.ToValidUTF8(text, "")
	for i, r := range text {
		if r >= '0' && r <= '9' || strings.ContainsRune(",;", r) || r >= utf8.RuneSelf && isSign(r) {
			return text[:i]
		}
	}
	return text
}

// isSign reports whether r is one of the marks between clauses of Chinese and Japanese: they stand in the
// block of such marks and in that of wide forms.
func isSign(r rune) bool { return r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFF20 }
