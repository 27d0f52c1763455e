package quote

import (
	"cmp"
	"slices"
	"strings"

	"parallax/internal/news"
)

// resolve decides of every statement who says it, or that this is unclear.
func (f *finder) resolve() {
	slices.SortStableFunc(f.list, func(a, b statement) int {
		return cmp.Compare(start(&a), start(&b))
	})
	var last *statement // with a speaker
	for i := range f.list {
		s := &f.list[i]
		if s.drop && !s.cites || len(s.parts) == 0 {
			continue
		}
		p := &s.party
		if s.kind == news.QuoteDirect && f.flags["oblique"] && p.at > start(s) {
			p.at = start(s) // whom the words themselves name does not say them
		}
		switch p.kind {
		case named:
			p.name = f.names.full(f.text, p.name)
		case group:
			if p.low != "" && count(f.text[p.by.from:p.by.to]) <= 3 {
				if h, ok := f.names.holders[p.low]; ok && h.to > h.from {
					p.name = h
				}
			}
			if h := f.holder(p, last, s.paragraph); h != (span{}) {
				p.name = h
			}
		case pronoun:
			p.name = f.antecedent(p, last, s.paragraph)
			if p.name == (span{}) && s.kind == news.QuoteDirect && f.has("persons", p.low) && p.at >= end(s)-len(p.low) {
				p.name = f.spokeBefore(s, last)
			}
		case same:
			if last != nil && s.paragraph-last.paragraph <= 1 && f.undisturbed(last, p.at) {
				p.name = last.party.name
			}
			p.by = span{}
		default:
			f.goOn(s, last)
		}
		if p.name == (span{}) && s.must && (p.kind == nobody || p.kind == same) {
			s.drop = true
			continue
		}
		if s.kind == news.QuoteReported && p.name == (span{}) {
			s.drop = true
			continue
		}
		if p.name != (span{}) {
			last = s
		}
	}
}

// holder finds who is meant by an office of one word, in a language without articles: who spoke last or was said to
// have spoken, unless another was named since.
func (f *finder) holder(p *party, last *statement, paragraph int) span {
	if !f.flags["oblique"] || p.low == "" || p.name != p.by || count(f.text[p.by.from:p.by.to]) > 1 || f.has("several", p.low) {
		return span{}
	}
	if h := f.names.titled(p.low); h != (span{}) {
		return h
	}
	if last == nil || last.party.kind != named && last.party.kind != pronoun || paragraph-last.paragraph > 1 || !f.undisturbed(last, p.at) {
		return span{}
	}
	if !f.names.isPerson(f.text, last.party.name) {
		return span{} // an agency, and not the source that it cites
	}
	return last.party.name
}

func start(s *statement) int {
	if len(s.parts) == 0 {
		return -1
	}
	return s.parts[0].from
}

func end(s *statement) int { return max(s.parts[len(s.parts)-1].to, s.party.by.to) }

// undisturbed reports whether, from the statement last to a place in the text, no other person is named than who said it.
func (f *finder) undisturbed(last *statement, at int) bool {
	if at <= end(last) {
		return true
	}
	return !f.names.other(f.text, end(last), at, last.party.name)
}

// goOn finds who says what nobody is said to say: who spoke before, if that is plain.
func (f *finder) goOn(s, last *statement) {
	if s.kind != news.QuoteDirect {
		return
	}
	p := f.announced(s)
	if p.kind == nobody && s.alone {
		p = f.toldBefore(s)
	}
	if p.kind != nobody {
		s.party = p
		switch p.kind {
		case named:
			s.party.name = f.names.full(f.text, p.name)
		case pronoun:
			paragraph := s.paragraph
			if p.at < f.pars[paragraph].from {
				paragraph-- // of the sentence that names them
			}
			s.party.name = f.antecedent(&s.party, last, paragraph)
		}
		return
	}
	if last == nil {
		return
	}
	near := s.goesOn ||
		s.alone && s.paragraph == last.paragraph && s.sentence-last.sentence <= 1 ||
		s.alone && s.sentence == 0 && s.paragraph == last.paragraph+1 && last.kind != news.QuoteNotice && f.lastIn(last)
	// “We stay,” Dorn told Vale. “All of us.”: who is told has said neither.
	at := last.parts[len(last.parts)-1].to
	follows := s.alone && last.kind == news.QuoteDirect && s.paragraph == last.paragraph && s.sentence-last.sentence == 1 && last.party.by.from >= at
	if follows || near && f.undisturbed(last, s.parts[0].from) {
		s.party.name = last.party.name
	}
}

// thing reports whether who said a statement is, as far as the text tells, no person: a body, which "it" may mean.
func (f *finder) thing(s *statement) bool {
	if s.party.kind == group {
		return true
	}
	words := strings.Fields(lower(f.text[s.party.name.from:s.party.name.to]))
	return s.party.kind == named && len(words) == 1 && !f.names.person[f.names.key(words[0])]
}

// lastIn reports whether a statement stands in the last sentence of its paragraph.
func (f *finder) lastIn(s *statement) bool {
	n := -1
	for _, t := range f.tokens[s.paragraph] {
		if t.ends {
			n++
		}
	}
	return s.sentence >= n
}

// announced finds who is named by the sentence before a quote that ends with a colon.
func (f *finder) announced(s *statement) (p party) {
	if !s.alone {
		return party{}
	}
	paragraph, n := s.paragraph, s.sentence-1
	if n < 0 {
		paragraph--
	}
	if paragraph < 0 {
		return party{}
	}
	f.sentences(paragraph, func(c *clause, k int) {
		if n >= 0 && k != n || n < 0 && c.hi != len(c.list) || !c.point(c.hi-1, ":：") {
			return
		}
		if f.flags["characters"] {
			return
		}
		if p = c.before(c.hi-1, party{}); p.kind == nobody {
			p = c.subject(c.hi - 1)
		}
	})
	return p
}

// spokeBefore finds who is meant by "he said" behind a quote with which a sentence begins, where several were
// named: who spoke in the sentence before, whoever was spoken of.
func (f *finder) spokeBefore(s, last *statement) span {
	if last != nil && last.kind == news.QuoteReported && last.party.kind == named && !f.thing(last) && last.paragraph == s.paragraph-1 && s.sentence == 0 && f.lastIn(last) {
		return last.party.name
	}
	if p := f.toldBefore(s); p.kind == named {
		return f.names.full(f.text, p.name)
	}
	return span{}
}

// toldBefore finds who says, in the last sentence before a paragraph that is a quote alone, what
// the quote then says in their words: "Dorn said the gates would open." It is plain only where
// that sentence begins with who says it.
func (f *finder) toldBefore(s *statement) (p party) {
	if s.sentence > 0 || s.paragraph == 0 || s.goesOn || f.flags["characters"] || f.flags["verb-first"] {
		return party{}
	}
	const near = 8 // words from the beginning of the sentence to the verb
	f.sentences(s.paragraph-1, func(c *clause, _ int) {
		if c.hi != len(c.list) {
			return
		}
		for v := c.lo; v < c.hi; v++ {
			switch {
			case c.list[v].kind == said:
				return
			case v > c.lo+near || !c.is("saying", v) || !c.verb(v) || c.is("passive", v-1) || p.kind != nobody:
				continue
			}
			q := c.left(v)
			if q.kind == named || q.kind == pronoun && c.has("persons", q.low) {
				p = q
			}
		}
	})
	return p
}

// antecedent finds who is meant by a pronoun: who spoke last, unless somebody else was named
// since; or else the only person of the sentences before.
func (f *finder) antecedent(p *party, last *statement, paragraph int) span {
	if !f.has("persons", p.low) {
		if last != nil && f.thing(last) && paragraph-last.paragraph <= 1 && f.undisturbed(last, p.at) && f.has("pronouns", p.low) && !f.has("firsts", p.low) {
			return last.party.name
		}
		return span{}
	}
	from := f.pars[max(paragraph-1, 0)].from
	persons := f.names.between(from, p.at)
	if last != nil && paragraph-last.paragraph <= 2 && (last.party.kind != group || last.party.low != "" && !f.has("several", last.party.low)) {
		others := 0
		for _, m := range f.names.between(min(end(last), p.at), p.at) {
			if !f.names.is(f.text, m, last.party.name) {
				others++
			}
		}
		if others == 0 {
			return last.party.name
		}
	}
	if len(persons) > 1 && f.flags["oblique"] {
		persons = f.names.between(f.sentenceBefore(paragraph, p.at), p.at)
	}
	if len(persons) == 1 {
		m := persons[0]
		if m.single {
			return f.names.full(f.text, m.span)
		}
		return m.span
	}
	return span{}
}

// sentenceBefore returns where the sentence before that of a place begins, or as far back as is looked.
func (f *finder) sentenceBefore(paragraph, at int) int {
	list := f.tokens[paragraph]
	i, _ := slices.BinarySearchFunc(list, at, func(t token, at int) int { return cmp.Compare(t.to, at+1) })
	ends := 0
	for k := i - 1; k >= 0; k-- {
		if list[k].ends {
			ends++
		}
		if ends == 2 || i-k > reach {
			return list[k].to
		}
	}
	return f.pars[paragraph].from
}
