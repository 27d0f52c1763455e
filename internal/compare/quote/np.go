package quote

import "strings"

// A party is who is named beside words that are said.
type party struct {
	by   span   // the words that say who
	name span   // of these, or elsewhere, the words that name them
	kind byte   // of those below
	low  string // the pronoun, or the office
	at   int    // the place by which it is resolved
}

const (
	nobody  = 0
	named   = 'n' // by a name
	pronoun = 'p'
	group   = 'g' // by what they are: the ministry, officials in Olm
	same    = 's' // by nothing: who spoke before goes on
)

// longestParty is how many words name somebody, with office and country.
const longestParty = 16

// A clause reads the tokens of one sentence.
type clause struct {
	*speech
	list []token // of the paragraph
	lo   int     // the first of the sentence
	hi   int     // past its last
	// names are those of the text, where they are gathered.
	names *names
}

func (c *clause) is(key string, i int) bool {
	return i >= c.lo && i < c.hi && c.list[i].kind == word && c.has(key, c.list[i].low)
}

func (c *clause) point(i int, marks string) bool {
	return i >= c.lo && i < c.hi && c.list[i].kind == point && strings.Contains(marks, c.list[i].low)
}

// stop reports whether token i ends what names somebody, wherever it stands.
func (c *clause) stop(i int) bool {
	if i < c.lo || i >= c.hi {
		return true
	}
	switch t := c.list[i]; t.kind {
	case said:
		return true
	case point:
		return t.low != "." && t.low != "&" && t.low != "/"
	}
	return false
}

// verb reports whether token i is a verb of saying, and none of the nouns that look like one.
func (c *clause) verb(i int) bool {
	if !c.is("verbs", i) && !c.is("participles", i) {
		return false
	}
	if c.list[i].cap && i > c.lo {
		return false
	}
	return !c.is("articles", i-1) && !c.is("possessives", i-1) && (i == c.lo || !strings.HasSuffix(c.list[i-1].low, "'s") || !c.is("nouns", i))
}

// left finds who stands before the verb v.
func (c *clause) left(v int) party {
	i := v - 1
	if c.is("conjunctions", i) && !c.is("participles", v) && !c.flags["verb-first"] {
		return party{} // Dorn opened the gates and said: the gates say nothing
	}
	for c.is("auxiliaries", i) || c.adverb(i) || c.is("times", i) || c.is("prepositions", i) && c.is("times", i+1) ||
		i >= c.lo && c.list[i].kind == word && isNumber(c.list[i].low) && (c.is("times", i-1) || c.is("times", i+1)) {
		i--
	}
	if i < c.lo {
		return party{}
	}
	if c.is("relatives", i) { // Dorn, who said
		i--
		if c.point(i, ",") {
			i--
		}
		return c.ending(i)
	}
	if c.point(i, ",—–-)") {
		// Dorn, the minister, said: what stands in the commas tells more of who stands before them.
		mark := c.list[i].low
		for j := i - 1; j >= c.lo && i-j <= longestParty; j-- {
			if c.list[j].kind == said || c.list[j].kind == point && c.list[j].low == ":" {
				return party{}
			}
			if c.list[j].kind == point && (c.list[j].low == mark || mark == ")" && c.list[j].low == "(" || dash(mark) && dash(c.list[j].low)) {
				if place := c.comma(j - 1); c.point(place, ",") && c.is("linking", place+1) {
					continue // Dorn, of Olm, Ill., said
				}
				before := c.ending(j - 1)
				if inner := c.fullName(j+1, i); inner.kind == named && (before.kind == group || before.kind == named && c.count(before.name, j) == 1) {
					return inner // the harbour master, Anna Vale, said
				}
				if before.kind == named || before.kind == group {
					return before
				}
				return c.ending(i - 1)
			}
		}
		return party{}
	}
	if p := c.ending(i); p.kind != nobody || !c.is("participles", v) {
		return p
	}
	// The council condemned it, with Dorn saying
	for k := i; k >= c.lo && i-k <= longestParty && !c.stop(k); k-- {
		if c.is("introducing", k) {
			return c.name(k+1, i+1)
		}
	}
	return party{}
}

// comma returns where the next mark stands from token i to the left, or a place near it that has none.
func (c *clause) comma(i int) int {
	for far := i - longestParty; i >= c.lo && i > far && c.list[i].kind == word; {
		i--
	}
	return i
}

// fullName finds a name of two to four words that the tokens from..to are wholly, without an office.
func (c *clause) fullName(from, to int) party {
	words := 0
	for i := from; i < to; i++ {
		if c.point(i, ".") || i > from && i+1 < to && c.is("particles", i) {
			continue
		}
		if c.list[i].kind != word || !c.capital(i) || c.isOffice(i) {
			return party{}
		}
		words++
	}
	if words < 2 || words > 4 {
		return party{}
	}
	return c.name(from, to)
}

// count returns how many words stand in s, a span that names somebody before token to.
func (c *clause) count(s span, to int) (n int) {
	for i := max(c.lo, to-2*longestParty); i < to; i++ {
		if c.list[i].kind == word && c.list[i].from >= s.from && c.list[i].to <= s.to {
			n++
		}
	}
	return n
}

// adverb reports whether token i is one by its ending.
func (c *clause) adverb(i int) bool {
	if i < c.lo || i >= c.hi || c.list[i].kind != word || c.list[i].cap {
		return false
	}
	for _, ending := range c.words["adverb-endings"] {
		if strings.HasSuffix(c.list[i].low, ending) {
			return true
		}
	}
	return false
}

// ending finds who is named by the words that end with token i.
func (c *clause) ending(i int) party {
	end := i + 1
	k := i
	for ; k >= c.lo && end-k <= longestParty; k-- {
		if c.stop(k) || c.is("times", k) {
			break
		}
		if c.is("relatives", k) {
			// Dorn who leads the council said: who is told of stands before.
			if k > c.lo && k < i {
				return c.ending(k - 1)
			}
			break
		}
		if c.is("conjunctions", k) {
			if k > c.lo && k < i && c.list[k-1].cap && c.list[k+1].cap && c.is("and", k) {
				continue
			}
			break
		}
		if c.is("prepositions", k) && !c.is("linking", k) {
			if k > c.lo && c.list[k-1].kind == word && !c.list[k-1].cap && !c.verb(k-1) && !c.is("auxiliaries", k-1) && !c.is("functions", k-1) {
				return party{} // a professor in Olm: the town has said nothing
			}
			if k > c.lo+1 && k < i && c.list[k+1].cap && c.capital(k-1) && !c.flags["oblique"] && !c.flags["prepositional"] {
				continue // a spokesman for Harbour Aid in Olm
			}
			break
		}
		if c.verb(k) {
			break
		}
		if c.is("articles", k) && k > c.lo && !c.is("linking", k-1) {
			k--
			break
		}
	}
	return c.name(k+1, end)
}

// beginning finds who is named by the words that begin with token i.
func (c *clause) beginning(i int) party {
	for c.is("auxiliaries", i) || c.is("recipients", i) || c.flags["recipients"] && i < c.hi && (c.list[i].kind == titled || c.is("agencies", i)) {
		i++
	}
	from := i
	for ; i < c.hi && i-from < longestParty; i++ {
		if c.stop(i) || c.is("relatives", i) || c.is("times", i) {
			break
		}
		if c.is("prepositions", i) && (!c.is("linking", i) || i == from) || c.verb(i) {
			break
		}
		if c.is("conjunctions", i) && (!c.is("and", i) || i == from || i+1 >= c.hi || !c.list[i-1].cap || !c.list[i+1].cap) {
			break
		}
		if i > from && c.is("pronouns", from) {
			break
		}
		if c.is("auxiliaries", i) && i > from && !c.is("and", i) {
			break
		}
	}
	return c.name(from, i)
}

func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// name finds who the tokens from..to name.
func (c *clause) name(from, to int) party {
	for from < to && (c.is("leading", from) || c.is("conjunctions", from) || c.is("times", from) || c.is("auxiliaries", from) || c.list[from].kind == point) {
		from++
	}
	for to > from && (c.list[to-1].kind == point && c.list[to-1].low != "." || c.is("linking", to-1) || c.is("conjunctions", to-1) || c.is("articles", to-1)) {
		to--
	}
	if to > from+1 && c.list[to-1].kind == point {
		to--
	}
	if from >= to || c.is("prepositions", from) && !c.flags["prepositional"] {
		return party{}
	}
	if c.is("linking", from) && !c.is("articles", from) && !c.flags["prepositional"] {
		return party{} // for the first time; of Olm
	}
	whole := span{c.list[from].from, c.list[to-1].to}
	if c.is("pronouns", from) && to-from <= 3 {
		return party{by: span{c.list[from].from, c.list[from].to}, kind: pronoun, low: c.list[from].low, at: c.list[from].from}
	}
	if c.is("indefinite", from) {
		return party{}
	}
	runs := c.runs(from, to)
	if len(runs) == 0 {
		if to-from > 10 {
			return party{}
		}
		return party{by: whole, name: whole, kind: group, low: c.office(from, to), at: whole.from}
	}
	if c.flags["capitalised-nouns"] || c.flags["no-capitals"] {
		return c.uncased(from, to, whole)
	}
	first, last := runs[0], runs[len(runs)-1]
	asGroup := party{by: whole, name: whole, kind: group, low: c.office(from, to), at: whole.from}
	if to-from > 12 {
		asGroup = party{}
	}
	pick := func(r span) party {
		r, bare := c.bare(r)
		if !bare {
			return asGroup
		}
		n := span{c.list[r.from].from, c.list[r.to-1].to}
		if s := c.list[r.to-1].low; strings.HasSuffix(s, "'s") && !c.flags["oblique"] {
			return asGroup
		}
		return party{by: n, name: n, kind: named, at: n.from}
	}
	switch {
	case last.to < to:
		if first.from == from && (c.is("linking", first.to) || c.is("auxiliaries", first.to) || c.is("prepositions", first.to)) {
			return pick(first)
		}
		if first.from == from && c.list[first.to].kind == point {
			return pick(first)
		}
		return asGroup
	case last.from == from:
		return pick(last)
	}
	if r, ok := c.bare(last); ok && r.from > last.from && r.to-r.from >= 2 && !c.isOffice(last.from) &&
		first.from == from && first != last && !c.isOffice(first.to-1) && c.is("linking", first.to) {
		return pick(last) // Union of Harbour Workers President Anna Vale
	}
	if r, ok := c.bare(last); ok && r.from > last.from && !c.isOffice(last.from) && c.is("and", last.from-1) {
		return pick(last) // Roads and Inland Harbours Secretary Anna Vale
	}
	before := last.from - 1
	article := false
	if c.is("articles", before) && before > from {
		before, article = before-1, true
	}
	if c.is("linking", before) || c.is("prepositions", before) && before > from && c.capital(before-1) {
		if first.from == from && first != last && !c.is("offices", first.to-1) {
			return pick(first)
		}
		return asGroup
	}
	if article {
		return pick(last)
	}
	if !c.isOffice(before) {
		for k := from; k < last.from; k++ {
			if c.is("linking", k) {
				if first.from == from && first != last && !c.isOffice(first.to-1) {
					return pick(first)
				}
				return asGroup
			}
		}
	}
	if c.flags["oblique"] {
		return c.oblique(from, last, asGroup, pick)
	}
	return pick(last)
}

// oblique chooses in languages that tell by endings whose name it is: in "the speaker of
// Olm", as in "the speaker Olm", nothing stands between.
func (c *clause) oblique(from int, last span, asGroup party, pick func(span) party) party {
	r, _ := c.bare(last)
	// Of "МИД России Мария Захарова" the last two words are hers.
	if n := r.to - r.from; n >= 2 {
		if n > 2 && !c.patronymic(r.to-2) {
			r.from = r.to - 2
		} else if n > 3 {
			r.from = r.to - 3
		}
		if c.list[r.from].upper {
			r.from++
		}
		if r.to-r.from >= 2 {
			return pick(r)
		}
	}
	w := c.list[r.to-1]
	if c.list[r.to-1].upper || !c.is("offices", r.from-1) {
		if r.from == from {
			return pick(r)
		}
		return asGroup
	}
	for _, ending := range c.words["genitives"] {
		if strings.HasSuffix(w.low, ending) {
			return asGroup
		}
	}
	return pick(r)
}

func (c *clause) patronymic(i int) bool {
	for _, ending := range c.words["patronymics"] {
		if strings.HasSuffix(c.list[i].low, ending) {
			return true
		}
	}
	return false
}

// uncased finds a name where capital letters do not tell one.
func (c *clause) uncased(from, to int, whole span) party {
	asGroup := party{by: whole, name: whole, kind: group, low: c.office(from, to), at: whole.from}
	if c.flags["no-capitals"] {
		if to-from == 1 && !c.is("offices", from) {
			asGroup.kind = named
		}
		return asGroup
	}
	// After an office, or where no article stands, capitals are a name's.
	last := to
	for i := from; i < to; i++ {
		if c.is("linking", i) || c.list[i].kind == point && c.list[i].low != "." {
			last = i
			break
		}
	}
	at := -1
	for i := from; i < last; i++ {
		if c.isOffice(i) {
			at = i
		}
	}
	if at >= 0 && at+1 < last && c.list[at+1].cap && c.list[last-1].cap {
		n := span{c.list[at+1].from, c.list[last-1].to}
		return party{by: n, name: n, kind: named, at: n.from}
	}
	if at < 0 && c.list[from].cap && !c.is("articles", from) {
		all := true
		for i := from; i < last; i++ {
			all = all && (c.list[i].cap || c.is("particles", i))
		}
		if all {
			n := span{c.list[from].from, c.list[last-1].to}
			return party{by: n, name: n, kind: named, at: n.from}
		}
	}
	return asGroup
}

func (c *clause) isOffice(i int) bool {
	if c.is("offices", i) {
		return true
	}
	for _, ending := range c.words["office-endings"] {
		if strings.HasSuffix(c.list[i].low, ending) {
			return true
		}
	}
	return false
}

// office returns the last office among tokens, or "".
func (c *clause) office(from, to int) string {
	for i := to - 1; i >= from; i-- {
		if c.list[i].kind == word && c.isOffice(i) {
			return c.list[i].low
		}
	}
	return ""
}

// runs returns the runs of capitalised words among tokens from..to, as indices.
func (c *clause) runs(from, to int) (list []span) {
	for i := from; i < to; {
		if !c.capital(i) {
			i++
			continue
		}
		end := i + 1
		for end < to {
			if strings.HasSuffix(c.list[end-1].low, "'s") && !c.flags["oblique"] {
				break
			}
			if c.capital(end) {
				end++
				continue
			}
			if end+1 < to && c.capital(end+1) && (c.list[end].kind == point && c.list[end].low == "." || c.is("particles", end)) {
				end += 2
				continue
			}
			break
		}
		list = append(list, span{i, end})
		i = end
	}
	return list
}

// capital reports whether token i is of a name.
func (c *clause) capital(i int) bool {
	t := c.list[i]
	return t.cap && (t.kind == titled || !c.has("functions", t.low) && !c.is("articles", i) && !c.is("times", i) && !c.is("pronouns", i) && !c.is("possessives", i))
}

// bare returns a run of capitalised words without the offices before the name; false if there is no name.
func (c *clause) bare(r span) (span, bool) {
	for i := r.to - 1; i >= r.from; i-- {
		if c.list[i].kind != word || !c.isOffice(i) {
			continue
		}
		if i == r.to-1 {
			return r, false
		}
		from := i + 1
		for from < r.to && c.list[from].kind == point {
			from++
		}
		if from == r.to {
			return r, false
		}
		return span{from, r.to}, true
	}
	return r, true
}
