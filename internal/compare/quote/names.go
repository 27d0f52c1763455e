package quote

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A mention is a name of the text.
type mention struct {
	span
	words   []string // folded
	offices []string // that stand beside it
	single  bool     // one word, of which it is not known that it names a person
}

// names are the mentions of a text, in its order.
type names struct {
	text    string
	list    []mention
	byLast  map[string][]int // by stem of the last word, those of several words
	first   map[string]bool  // the first words of those of several words
	person  map[string]bool  // stems of last words of persons
	holders map[string]span  // the only person beside whom an office stands, by it; none where there are several
	*speech
}

// stemLength is how much of a name stays the same in languages that inflect them.
const stemLength = 4

// key returns what is the same in all forms of a name.
func (s *speech) key(w string) string {
	w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "'")
	if !s.flags["oblique"] {
		return w
	}
	if utf8.RuneCountInString(w) <= stemLength {
		return w
	}
	// The endings of nouns and adjectives are vowels and few consonants, three letters at most.
	for n := 0; n < 3 && utf8.RuneCountInString(w) > stemLength; n++ {
		r, size := utf8.DecodeLastRuneInString(w)
		if !strings.ContainsRune("аяуюыиіїоеєйьмхв", r) {
			break
		}
		w = w[:len(w)-size]
	}
	return w
}

// gather takes the names of one sentence.
func (n *names) gather(c *clause) {
	for _, r := range c.runs(c.lo, c.hi) {
		bare, ok := c.bare(r)
		if !ok || c.list[bare.from].kind != word {
			continue
		}
		if bare.to-bare.from > 5 {
			continue
		}
		m := mention{span: span{c.list[bare.from].from, c.list[bare.to-1].to}}
		for _, ending := range []string{"'s", "’s"} {
			if strings.HasSuffix(n.text[m.from:m.to], ending) {
				m.to -= len(ending) // it is not of the name
			}
		}
		for i := bare.from; i < bare.to; i++ {
			if c.list[i].kind == word {
				m.words = append(m.words, c.key(c.list[i].low))
			}
		}
		if len(m.words) == 0 {
			continue
		}
		m.single = len(m.words) == 1
		for i := r.from; i < bare.from; i++ {
			if c.list[i].kind == word && c.isOffice(i) {
				m.offices = append(m.offices, c.list[i].low)
			}
		}
		for i := r.from - 1; i >= c.lo && i >= r.from-5 && c.list[i].kind == word && !c.is("articles", i); i-- {
			if c.isOffice(i) {
				m.offices = append(m.offices, c.list[i].low)
				break
			}
			if !c.flags["oblique"] || c.list[i].cap || c.is("prepositions", i) && !c.is("linking", i) {
				break
			}
		}
		if c.point(r.to, ",") {
			for i := r.to + 1; i < c.hi && i < r.to+8 && c.list[i].kind == word; i++ {
				if c.isOffice(i) {
					m.offices = append(m.offices, c.list[i].low)
					break
				}
				if c.verb(i) || c.is("prepositions", i) && !c.is("linking", i) {
					break
				}
			}
		}
		if c.point(r.from-1, "/") || c.point(r.to, "/") {
			continue // who took the picture
		}
		last := m.words[len(m.words)-1]
		if len(m.offices) > 0 {
			n.person[last] = true
		}
		at := len(n.list)
		n.list = append(n.list, m)
		if !m.single {
			n.byLast[last] = append(n.byLast[last], at)
			n.first[m.words[0]] = true
		}
	}
}

// settle decides which names are persons: those of two and three words whose last word stands alone, too.
func (n *names) settle() {
	for _, m := range n.list {
		if m.single && len(n.byLast[m.words[0]]) > 0 {
			n.person[m.words[0]] = true
		}
	}
	held := map[string]mention{}
	for _, m := range n.list {
		for _, o := range m.offices {
			h, ok := held[o]
			switch {
			case !ok || h.single && !m.single && h.words[0] == m.words[len(m.words)-1]:
				held[o], n.holders[o] = m, m.span
			case m.words[len(m.words)-1] != h.words[len(h.words)-1]:
				n.holders[o] = span{}
			}
		}
	}
}

// full returns where the text names in full who is named at s, or s.
func (n *names) full(text string, s span) span {
	fields := strings.FieldsFunc(text[s.from:s.to], func(r rune) bool { return r == ' ' || r == '\u00a0' })
	if len(fields) == 0 || len(fields) > 1 {
		return s
	}
	key := n.key(lower(fields[0]))
	if n.first[key] {
		return s // where the family's name comes first, it is of another person
	}
	found := -1
	for _, i := range n.byLast[key] {
		if found >= 0 && !sameName(n.list[found].words, n.list[i].words) {
			return s // there are two of that name
		}
		if found < 0 {
			found = i
		}
	}
	if found < 0 {
		return s
	}
	return n.list[found].span
}

// sameName reports whether two names of several words may be the same person's.
func sameName(a, b []string) bool {
	if a[len(a)-1] != b[len(b)-1] {
		return false
	}
	if a[0] == b[0] || len(a) == 1 || len(b) == 1 {
		return true
	}
	for _, w := range a[:len(a)-1] {
		if slices.Contains(b[:len(b)-1], w) {
			return true
		}
	}
	return false
}

// at returns where in the list the first mention stands that begins at place or later.
func (n *names) at(place int) int {
	i, _ := slices.BinarySearchFunc(n.list, place, func(m mention, place int) int { return cmp.Compare(m.from, place) })
	return i
}

// other reports whether in text[from:to] another person is named than the words at s name.
func (n *names) other(text string, from, to int, s span) bool {
	for _, m := range n.list[n.at(from):] {
		if m.to > to {
			break
		}
		if n.person[m.words[len(m.words)-1]] && !n.is(text, m, s) {
			return true
		}
	}
	return false
}

// maxBetween is how many mentions before a pronoun are looked at, the last ones: whoever is meant by it
// was named a sentence or two before.
const maxBetween = 64

// between returns the persons named in text[from:to], each once, by their last word, the last of them last.
func (n *names) between(from, to int) (list []mention) {
	until := n.at(to)
	for _, m := range n.list[max(n.at(from), until-maxBetween):until] {
		if m.to > to {
			break
		}
		last := m.words[len(m.words)-1]
		if !n.person[last] {
			continue
		}
		for i, o := range list {
			if o.words[len(o.words)-1] == last {
				list = append(list[:i], list[i+1:]...)
				break
			}
		}
		list = append(list, m)
	}
	return list
}

// is reports whether a mention is of whom the words at s name.
func (n *names) is(text string, m mention, s span) bool {
	fields := strings.Fields(text[s.from:s.to])
	if len(fields) == 0 {
		return false
	}
	return n.key(lower(fields[len(fields)-1])) == m.words[len(m.words)-1]
}

// titled returns the only person whose office is a compound that begins with the one given: «премьер-министр» of «премьер».
func (n *names) titled(office string) (found span) {
	for o, h := range n.holders {
		if !strings.HasPrefix(o, office+"-") || h == (span{}) {
			continue
		}
		if found != (span{}) && found != h {
			return span{}
		}
		found = h
	}
	return found
}

// isPerson reports whether the words at s are the name of a person: one that is known to be, or of two words and more and
// no agency's.
func (n *names) isPerson(text string, s span) bool {
	fields := strings.Fields(lower(text[s.from:s.to]))
	switch {
	case len(fields) == 0:
		return false
	case n.person[n.key(fields[len(fields)-1])]:
		return true
	}
	return len(fields) > 1 && !n.has("agencies", fields[0]) && !n.has("agencies", fields[len(fields)-1])
}
