package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

// A statement is what somebody said, before it is known who.
type statement struct {
	parts     []span
	kind      news.QuoteKind
	paragraph int
	sentence  int
	at        int // the index of its token
	goesOn    bool
	party     party
	// alone is whether nothing else stands in its sentence; words is how many it has.
	alone bool
	words int
	// must is whether it is none without somebody who says it.
	must bool
	drop bool
	// cites is whether it only says whose the sentences around it are: "Dorn told the paper so".
	cites bool
}

// A finder reads one text.
type finder struct {
	*speech
	text, tag string
	pars      []span
	tokens    [][]token // by paragraph
	list      []statement
	names     names
}

func newFinder(text, tag string) *finder {
	s := speechOf(tag)
	f := &finder{speech: s, text: text, tag: tag, pars: paragraphs(text)}
	f.names = names{text: text, byLast: map[string][]int{}, first: map[string]bool{}, person: map[string]bool{}, holders: map[string]span{}, speech: s}
	return f
}

// find finds all statements and who is named beside them.
func (f *finder) find() {
	all := marked(f.text, f.pars, f.flags["reversed"] && firstOf(f.text) == '»')
	f.tokens = make([][]token, len(f.pars))
	for i, p := range f.pars {
		quoted := all[i]
		terms := make([]bool, len(quoted))
		for k, q := range quoted {
			terms[k] = f.term(q)
		}
		at := len(f.list)
		for _, q := range quoted {
			f.list = append(f.list, statement{parts: f.trim(span{q.in, q.out}), kind: news.QuoteDirect, paragraph: i, goesOn: q.goesOn, words: count(f.text[q.in:q.out])})
		}
		f.tokens[i] = tokens(f.text, f.tag, p, quoted, terms, at)
		for k := range quoted {
			f.list[at+k].drop = terms[k]
		}
	}
	for i := range f.pars {
		f.sentences(i, func(c *clause, _ int) {
			if !f.flags["no-capitals"] && !f.flags["capitalised-nouns"] && !f.flags["characters"] {
				f.names.gather(c)
			}
		})
	}
	f.names.settle()
	for i := range f.pars {
		f.sentences(i, func(c *clause, n int) { f.attribute(c, i, n) })
		f.dashed(i)
		f.turns(i)
	}
}

// sentences calls do for each sentence of a paragraph.
func (f *finder) sentences(paragraph int, do func(c *clause, n int)) {
	list := f.tokens[paragraph]
	lo, n := 0, 0
	for i := range list {
		if list[i].ends {
			do(&clause{speech: f.speech, list: list, lo: lo, hi: i + 1, names: &f.names}, n)
			lo = i + 1
			n++
		}
	}
}

// trim returns a span without the space and the marks of its ends, or none if no word is left.
func (f *finder) trim(s span) []span {
	text := f.text[s.from:s.to]
	left := strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == utf8.RuneError })
	s.from += len(text) - len(left)
	s.to = s.from + len(strings.TrimRightFunc(left, func(r rune) bool { return unicode.IsSpace(r) || r == utf8.RuneError }))
	if s.from >= s.to || count(f.text[s.from:s.to]) == 0 {
		return nil
	}
	return []span{s}
}

// maxWords is how many words a statement has at most: more in one pair of marks is a mark too few.
const maxWords = 1500

// term reports whether words in marks are a name, a title of a work or a word that is not the
// writer's, and no statement: a single word without a mark that ends a sentence; few words, each
// with a capital letter; anything without a word.
func (f *finder) term(q pair) bool {
	inner := strings.TrimSpace(f.text[q.in:q.out])
	n := count(inner)
	if n == 0 || n > maxWords {
		return true
	}
	if !q.open || !q.shut {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(inner)
	ended := strings.ContainsRune(",.!?…。！？，؟", last)
	if n == 1 {
		return !ended
	}
	caps, others := 0, 0
	for w := range strings.FieldsSeq(inner) {
		w = strings.TrimFunc(w, unicode.IsPunct)
		r := rune0(w)
		switch {
		case w == "" || f.has("functions", lower(w)) && caps+others > 0 || unicode.IsDigit(r):
		case unicode.IsUpper(r):
			caps++
		default:
			others++
		}
	}
	if !ended && f.work(q.from) {
		return true // the project "Safe roads for all"
	}
	if caps > 0 && others == 0 && n <= 12 && (!ended || last == ',' || n <= 3) {
		return true // “The Long Winter”
	}
	return n <= 3 && !ended && caps > 0 && f.flags["names-in-marks"] // «Новая газета», also «Единая страна»
}

// work reports whether the words before a place of the text say that what stands there is a title: the
// last one, or the one before it, as in "the governor's decree".
func (f *finder) work(at int) bool {
	text := strings.TrimRightFunc(f.text[max(0, at-120):at], unicode.IsSpace)
	for range 2 {
		from := strings.LastIndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
		if f.works[f.key(lower(strings.ToValidUTF8(text[from+1:], "")))] {
			return true
		}
		if from < 0 || text[from] != ' ' {
			return false
		}
		text = text[:from]
	}
	return false
}

// attribute finds who says the statements of a sentence.
func (f *finder) attribute(c *clause, paragraph, n int) {
	first := -1
	var before party // who the statement before in this sentence is of
	alone := true
	for i := c.lo; i < c.hi; i++ {
		switch {
		case c.list[i].kind == word:
			alone = false
		case c.list[i].kind == said && first < 0:
			first = i
		}
	}
	if first < 0 {
		if !f.flags["characters"] {
			f.reported(c, paragraph, n)
		}
		return
	}
	for i := first; i < c.hi; i++ {
		if c.list[i].kind != said {
			continue
		}
		s := &f.list[c.list[i].quote]
		s.sentence, s.at, s.alone = n, i, alone
		s.must = s.words < 4
		if f.inside(c, s) {
			before = s.party
			continue
		}
		if f.flags["characters"] {
			s.party = f.han(c, i)
		} else {
			s.party = c.after(f.text, i)
			// Who is named in front has said it where what is behind only goes on, or tells who wrote it down.
			if goes := s.party.kind == same && !f.flags["drops-subject"]; s.party.kind == nobody || goes || c.relayed(i) || c.turns(i) {
				if p := c.before(i, before); p.kind != nobody {
					s.party = p
				}
			}
		}
		if s.party.kind == nobody && before.kind != nobody && c.point(i-1, ",;:—–-") {
			s.party = before
		}
		if s.party.kind != nobody {
			before = s.party
		}
	}
}

// turns reports whether behind the quote at token i a conjunction stands: what follows tells of something else.
func (c *clause) turns(i int) bool {
	if c.point(i+1, ",") {
		i++
	}
	return c.is("conjunctions", i+1)
}

// relayed reports whether behind the quote at token i stands who passed it on: "..., the Olm Post reported".
func (c *clause) relayed(i int) bool {
	for j := i + 1; j < c.hi && c.list[j].kind != said; j++ {
		if c.verb(j) {
			return c.is("relays", j)
		}
	}
	return false
}

// after finds who is said, behind the quote at token i, to have said it.
func (c *clause) after(text string, i int) party {
	inner := strings.TrimRightFunc(text[c.list[i].from:c.list[i].to], func(r rune) bool { return kindOf(r) != 0 || unicode.IsSpace(r) })
	last, _ := utf8.DecodeLastRuneInString(inner)
	j := i + 1
	parted := strings.ContainsRune(",?!…-—؟،", last)
	for c.point(j, ",—–-.…،") {
		parted = true
		j++
	}
	if j >= c.hi {
		return party{}
	}
	if p := c.according(j); p.kind != nobody {
		return p
	}
	end := j
	for end < c.hi && c.list[end].kind != said && !c.point(end, ";:") {
		end++
	}
	// The verb first, or with it what belongs to a verb.
	v := j
	for v < end && v < j+4 && !c.verb(v) && (c.is("auxiliaries", v) || c.is("clitics", v)) {
		v++
	}
	if v < end && c.is("issues", v) {
		if p, _ := c.issued(v + 1); p.kind != nobody {
			return p
		}
	}
	if v < end && c.verb(v) {
		if c.is("passive", v-1) {
			return party{}
		}
		if v > j && c.is("pronouns", v-1) && c.is("persons", v-1) {
			return c.ending(v - 1) // she told the paper: not the paper
		}
		if p := c.beginning(v + 1); p.kind != nobody {
			return p
		}
		if v > j && c.is("pronouns", v-1) {
			return c.ending(v - 1)
		}
		if sub := (&clause{speech: c.speech, list: c.list, lo: j, hi: end}); v > j {
			if p := sub.left(v); p.kind == pronoun {
				return p // he will say
			}
		}
		if c.flags["drops-subject"] || c.is("participles", v) {
			return party{kind: same, at: c.list[v].from}
		}
		return party{}
	}
	if !parted {
		return party{}
	}
	sub := &clause{speech: c.speech, list: c.list, lo: j, hi: end}
	const near = 20 // words between a quote and its verb
	for v = j; v < end && v < j+near; v++ {
		if !c.verb(v) || c.is("passive", v-1) && !c.is("participles", v) {
			continue
		}
		if p := sub.left(v); p.kind != nobody {
			return p
		}
		if p := sub.beginning(v + 1); p.kind != nobody && c.flags["verb-first"] {
			return p
		}
		break
	}
	return party{}
}

// reach is how many words of a sentence are looked through for who speaks: more than sentences have.
const reach = 200

// before finds who is said, in front of the quote at token i, to say it.
func (c *clause) before(i int, earlier party) party {
	for v := i - 1; v >= max(c.lo, i-reach); v-- {
		if c.list[v].kind == said && i-v > 1 && earlier.kind == nobody {
			break
		}
		if p := c.according(v); p.kind != nobody {
			return p
		}
		if !c.verb(v) {
			continue
		}
		if c.is("passive", v-1) && c.is("verbs", v) {
			for k := v + 1; k < v+5 && k < i; k++ {
				if c.is("by", k) {
					return c.beginning(k + 1)
				}
			}
			continue
		}
		if p := c.left(v); p.kind != nobody && (!c.is("participles", v) || !c.point(v-1, ",")) {
			if c.flags["verb-first"] && p.kind == group && p.low == "" {
				if q := c.behind(v, i); q.kind != nobody {
					return q
				}
			}
			return p
		}
		if c.flags["verb-first"] {
			if p := c.behind(v, i); p.kind != nobody {
				return p
			}
		}
		if earlier.kind != nobody {
			return earlier
		}
		if c.is("participles", v) || c.is("conjunctions", v-1) {
			if p := c.subject(v); p.kind != nobody {
				return p
			}
			continue
		}
		if c.flags["drops-subject"] {
			return party{kind: same, at: c.list[v].from}
		}
	}
	return party{}
}

// behind finds who is named between the verb v and token i.
func (c *clause) behind(v, i int) party {
	sub := &clause{speech: c.speech, list: c.list, lo: c.lo, hi: i}
	return sub.beginning(v + 1)
}

// subject finds who the sentence is about, before its token v: whoever is named first, where no
// preposition stands before.
func (c *clause) subject(v int) party {
	for k := c.lo; k < min(v, c.lo+reach); k++ {
		if c.list[k].kind != word {
			continue
		}
		if c.is("pronouns", k) && c.is("persons", k) {
			return c.ending(k)
		}
		if c.capital(k) && !c.is("linking", k-1) && !c.is("prepositions", k-1) && (!c.is("articles", k-1) || !c.is("linking", k-2)) {
			if c.point(k+1, ",") && k == c.lo && k+2 < c.hi {
				continue // Additionally, Dorn
			}
			p := c.beginning(k)
			if p.kind == named {
				return p
			}
			if r := c.runs(k, min(v, k+longestParty)); len(r) > 0 && (r[0].to-r[0].from > 1 || c.person(k)) && !c.flags["capitalised-nouns"] && !c.flags["no-capitals"] {
				p = c.name(k, r[0].to) // Mr. Dorn sought to calm them, saying
			}
			if p.kind == named {
				return p
			}
			return party{}
		}
	}
	return party{}
}

// person reports whether token i is the last name of a person whom the text names in full.
func (c *clause) person(i int) bool { return c.names != nil && c.names.person[c.key(c.list[i].low)] }

// according finds who is named after "according to" at token i, or before its like.
func (c *clause) according(i int) party {
	for _, phrase := range c.phrases["according"] {
		if c.matches(phrase, i) {
			return c.beginning(i + len(phrase))
		}
	}
	return party{}
}

func (c *clause) matches(phrase []string, i int) bool {
	if i+len(phrase) > c.hi {
		return false
	}
	for k, w := range phrase {
		if c.list[i+k].low != w {
			return false
		}
	}
	return true
}

// inside takes apart a quote within whose marks stands who says it: «Мы останемся, — сказал
// Дорн. — Все». It reports whether it did.
func (f *finder) inside(c *clause, s *statement) bool {
	if !f.flags["inside"] || len(s.parts) != 1 {
		return false
	}
	parts, p := f.split(s.parts[0])
	if p.kind == nobody {
		return false
	}
	s.parts, s.party = parts, p
	return true
}

// split parts words from the clauses between dashes that say who speaks.
func (f *finder) split(s span) (parts []span, who party) {
	if !strings.ContainsAny(f.text[s.from:s.to], "—–-") {
		return nil, party{}
	}
	list := tokens(f.text, f.tag, s, nil, nil, 0)
	c := &clause{speech: f.speech, list: list, lo: 0, hi: len(list)}
	from := s.from
	for i := 1; i < len(list); i++ {
		if list[i].kind != point || !dash(list[i].low) || !strings.ContainsAny(list[i-1].low, ",!?….") || list[i-1].kind != point {
			continue
		}
		v := i + 1
		for v < i+3 && v < len(list) && !c.verb(v) {
			v++
		}
		if !c.verb(v) {
			continue
		}
		end := v
		for end < len(list) && (list[end].kind != point || !dash(list[end].low)) && (!list[end].ends || end <= v) {
			end++
		}
		if end < len(list) && list[end].ends && end+1 < len(list) && dash(list[end+1].low) {
			end++
		}
		sub := &clause{speech: f.speech, list: list, lo: i + 1, hi: min(end, len(list))}
		p := sub.beginning(v + 1)
		if p.kind == nobody {
			p = sub.left(v)
		}
		if p.kind == nobody {
			continue
		}
		if who.kind == nobody {
			who = p
		}
		parts = append(parts, f.trim(span{from, list[i].from})...)
		if end >= len(list)-1 {
			return parts, who
		}
		from = list[end].to
		i = end
	}
	if who.kind == nobody {
		return nil, who
	}
	return append(parts, f.trim(span{from, s.to})...), who
}

// dashed finds what is said in a paragraph that begins with a dash instead of a mark.
func (f *finder) dashed(paragraph int) {
	if !f.flags["dash"] {
		return
	}
	p := f.pars[paragraph]
	r, size := utf8.DecodeRuneInString(f.text[p.from:p.to])
	if !dash(string(r)) {
		return
	}
	if parts, who := f.split(span{p.from + size, p.to}); who.kind != nobody && len(parts) > 0 {
		f.list = append(f.list, statement{parts: parts, kind: news.QuoteDirect, paragraph: paragraph, party: who, words: 4})
	}
}

// turns finds what is said behind dashes within a paragraph, where a text has lost its lines, as in "It rained. — We
// stay, — said Dorn. — All of us".
func (f *finder) turns(paragraph int) {
	if !f.flags["dash"] || !f.flags["oblique"] {
		return
	}
	list := f.tokens[paragraph]
	c := &clause{speech: f.speech, list: list, lo: 0, hi: len(list)}
	for i, n := 1, 0; i+1 < len(list) && n < maxQuotes; i++ {
		if !c.point(i, "—–-") || !c.point(i-1, ".?!…") || list[i+1].kind == said || !list[i+1].cap {
			continue
		}
		from, end := list[i+1].from, i+1
		for end < len(list) && end-i < maxTurn && list[end].kind != said && (!c.point(end, "—–-") || !c.point(end-1, ",.?!…")) {
			end++
		}
		v := end + 1
		if !c.point(end, "—–-") || !c.verb(v) {
			continue
		}
		sub := &clause{speech: f.speech, list: list, lo: i, hi: v + 1}
		for sub.hi < len(list) && !list[sub.hi-1].ends && sub.hi-v < maxClosing {
			sub.hi++
		}
		p := sub.sayer(v)
		if p.kind == nobody {
			continue
		}
		parts := f.trim(span{from, list[end].from})
		k := v
		for k < len(list) && list[k].from < p.by.to {
			k++
		}
		if c.point(k, ",.") && c.point(k+1, "—–-") && k+2 < len(list) { // it goes on
			to := k + 2
			for to < len(list)-1 && !list[to].ends && (!c.point(to, ".!?") || !c.point(to+1, "—–-")) {
				to++
			}
			parts = append(parts, f.trim(span{list[k+2].from, list[to].to})...)
			k = to
		}
		if len(parts) == 0 {
			continue
		}
		f.list = slices.DeleteFunc(f.list, func(s statement) bool {
			return s.kind == news.QuoteReported && len(s.parts) > 0 && s.parts[0].to > from && s.parts[0].from < parts[len(parts)-1].to
		})
		f.list = append(f.list, statement{parts: parts, kind: news.QuoteDirect, paragraph: paragraph, at: i, party: p, words: 4})
		i = k - 1
		n++
	}
}

// maxTurn is how many tokens somebody says behind a dash, at most.
const maxTurn = 400
