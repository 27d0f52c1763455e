package quote

import "strings"

// Languages that put the verb before who speaks, and tell by endings who does what, say of what they
// report whose it is in ways that English has not: «Как сообщил Дорн, …», «…, сообщили в полиции».

// sayer finds who is named behind the verb v: somebody by name or office, a body, an outlet, or
// those in whose house it was said.
func (c *clause) sayer(v int) party {
	n := v + 1 // behind when it was said
	for n < c.hi && (c.is("auxiliaries", n) || c.is("times", n) || c.is("within", n) && (c.is("times", n+1) || c.is("recipients", n+1)) || c.is("recipients", n) || c.is("times", n-1) && c.point(n, ",") ||
		c.list[n].kind == word && isNumber(c.list[n].low)) {
		n++
	}
	p := c.beginning(n)
	if p.kind == named && c.ends("plurals", v) {
		// They told the Herald in the ministry: several, and none of them is named.
		for k := n; k < c.hi && c.list[k].from <= p.by.to+1; k++ {
			if c.list[k].from < p.by.to || !c.is("within", k) || c.is("times", k+1) || c.is("recipients", k+1) {
				continue
			}
			if q := c.beginning(k + 1); q.kind == group && c.known(q) {
				return q
			}
		}
	}
	if p.kind == named || p.kind == pronoun {
		return p
	}
	if p.kind == group {
		if q := c.apposed(p); q.kind != nobody {
			return q
		}
		if c.known(p) {
			return p
		}
	}
	i := v + 1
	for c.is("auxiliaries", i) {
		i++
	}
	k := i
	for k < c.hi && c.list[k].kind == word && c.body(c.list[k].low) {
		k++
	}
	if k < c.hi && c.list[k].kind == titled {
		s := span{c.list[k].from, c.list[k].to}
		return party{by: s, name: s, kind: named, at: s.from}
	}
	for k = i; c.is("agencies", k); k++ {
	}
	if k > i {
		s := span{c.list[i].from, c.list[k-1].to}
		return party{by: s, name: s, kind: named, at: s.from}
	}
	if !c.ends("plurals", v) {
		return party{}
	}
	// They said so, journalists were told on Thursday, the 7th of May, in the ministry.
	for k = i; k < c.hi && k < i+longestParty; k++ {
		switch t := c.list[k]; {
		case c.is("within", k) && !c.is("times", k+1) && !c.is("recipients", k+1):
			if q := c.beginning(k + 1); q.kind == named || q.kind == group && c.known(q) {
				return q
			}
			return party{}
		case t.kind == titled || t.kind == word && isNumber(t.low) || c.point(k, ","):
		case c.is("within", k) || c.is("times", k) || c.is("recipients", k) || c.is("agencies", k):
		default:
			return party{}
		}
	}
	return party{}
}

// apposed finds who is named behind the comma after what they are: "a dietician, Professor Vale".
func (c *clause) apposed(p party) party {
	for i := c.lo; i < c.hi; i++ {
		if c.list[i].from < p.by.to {
			continue
		}
		if !c.point(i, ",") || c.is("relatives", i+1) {
			return party{}
		}
		if q := c.beginning(i + 1); q.kind == named && q.by.from-c.list[i].to < 80 {
			return q
		}
		return party{}
	}
	return party{}
}

// known reports whether the words of a group tell who they are: a name, an office or a body.
func (c *clause) known(p party) bool {
	for i := c.lo; i < c.hi && c.list[i].from < p.by.to; i++ {
		if t := c.list[i]; t.from >= p.by.from && (t.cap || t.kind == word && (c.isOffice(i) || c.body(t.low))) {
			return true
		}
	}
	return false
}

// ends reports whether token i has one of the endings of a key.
func (c *clause) ends(key string, i int) bool {
	for _, ending := range c.words[key] {
		if strings.HasSuffix(c.list[i].low, ending) {
			return true
		}
	}
	return false
}

// lead returns the first token that is none of the words with which a sentence leans on the one before.
func (c *clause) lead() int {
	i := c.lo
	for i < c.hi && i < c.lo+5 && (c.is("leading", i) || c.is("auxiliaries", i) || i > c.lo && c.point(i, ",")) && !c.is("as", i) && !c.accords(i) {
		i++
	}
	return i
}

func (c *clause) accords(i int) bool {
	for _, key := range []string{"according", "according-own"} {
		for _, phrase := range c.phrases[key] {
			if c.matches(phrase, i) {
				return true
			}
		}
	}
	return false
}

// own finds whose words are told by "in her words" at token i, and where the phrase ends.
func (c *clause) own(i int) (party, int) {
	for _, phrase := range c.phrases["according-own"] {
		if !c.matches(phrase, i) {
			continue
		}
		for k := i; k < i+len(phrase); k++ {
			if low := c.owners[c.list[k].low]; low != "" {
				s := span{c.list[k].from, c.list[k].to}
				return party{by: s, kind: pronoun, low: low, at: s.from}, i + len(phrase)
			}
		}
	}
	return party{}, 0
}

// issued finds who is said, from token i on, to have put something out, "in a statement of the ministry", and
// where that is told; the kind is same if only "in the statement" is.
func (c *clause) issued(i int) (party, int) {
	if !c.is("within", i) || !c.is("papers", i+1) {
		return party{}, 0
	}
	k := i + 2
	for c.is("within", k) && k+1 < c.hi && c.body(c.list[k+1].low) { // on the site of
		k += 2
	}
	if p := c.beginning(k); p.kind == named || p.kind == group && c.known(p) {
		return p, k
	}
	return party{kind: same, at: c.list[i].from}, i + 2
}

// told finds what a sentence says that somebody said.
func (c *clause) told() (span, party) {
	if content, p := c.asSaid(); p.kind != nobody {
		return content, p
	}
	for i, lead := c.lo, c.lead(); i <= lead; i++ {
		p, k := c.issued(i)
		for v := k; p.kind != nobody && v < c.hi && v < k+longestParty; v++ {
			if c.is("issues", v) && c.point(v+1, ",") && c.is("that", v+2) {
				return span{v + 3, c.hi}, p
			}
		}
	}
	if content, p := c.that(); p.kind != nobody {
		// "... that it sank, the paper writes": the paper says so of Dorn.
		if inner, q := c.closing(content.from); q.kind != nobody {
			content = inner
		}
		return content, p
	}
	if content, p := c.inserted(); p.kind != nobody {
		return content, p
	}
	return c.closing(c.first())
}

// cited finds who is named by a sentence that says only whose the words around it are: "Dorn told the
// paper about this", «Об этом сообщил Дорн».
func (c *clause) cited() party {
	at := -1
	for i := c.lo; i < c.hi && i < c.lo+5 && at < 0; i++ {
		for _, phrase := range c.phrases["cites"] {
			if c.matches(phrase, i) {
				at = i + len(phrase)
			}
		}
	}
	for v := at; at >= 0 && v < c.hi; v++ {
		if c.is("that", v) && c.point(v-1, ",") {
			return party{}
		}
		if !c.verb(v) {
			continue
		}
		p := c.sayer(v)
		if p.kind == nobody {
			if q := c.ending(v - 1); q.kind == named {
				p = q
			}
		}
		if p.kind == nobody {
			p = party{kind: same, at: c.list[v].from} // it has no speaker, and is no statement
		}
		return p
	}
	return party{}
}

// asSaid finds "As Dorn said, ..." and "In her words, ...".
func (c *clause) asSaid() (span, party) {
	i := c.lead()
	p, after := c.own(i)
	if p.kind == nobody && c.is("as", i) {
		v := i + 1
		for v < i+4 && c.is("auxiliaries", v) && !c.verb(v) {
			v++
		}
		if !c.verb(v) {
			return span{}, party{}
		}
		p, after = c.sayer(v), v+1
	}
	if p.kind == nobody {
		return span{}, party{}
	}
	for k := after; k < c.hi; k++ {
		if c.point(k, ",") && c.list[k].from >= p.by.to && !isNumber(c.list[k+1].low) {
			return span{k + 1, c.hi}, p
		}
	}
	return span{}, party{}
}

// inserted finds "Meanwhile, Dorn said, ...".
func (c *clause) inserted() (span, party) {
	for comma := c.lo + 1; comma < c.lo+fewReported && comma < c.hi; comma++ {
		if v := comma + 1; c.point(comma, ",") && c.is("saying", v) && c.verb(v) {
			p := c.sayer(v)
			for k := v + 1; p.kind != nobody && k < c.hi; k++ {
				if c.list[k].from >= p.by.to {
					if c.point(k, ",") {
						return span{k + 1, c.hi}, p
					}
					break
				}
			}
			return span{}, party{}
		}
	}
	return span{}, party{}
}

// maxClosing is how many tokens stand behind what somebody said, at most.
const maxClosing = 40

// closing finds "..., said Dorn in Olm", with commas behind it, too.
func (c *clause) closing(from int) (span, party) {
	for comma := c.hi - 1; comma >= from+fewReported && c.hi-comma <= maxClosing; comma-- {
		if !c.point(comma, ",") {
			continue
		}
		v := comma + 1
		for v < comma+4 && v < c.hi && (c.list[v].kind == point && dash(c.list[v].low) || c.is("auxiliaries", v)) {
			v++
		}
		if !c.is("saying", v) || !c.verb(v) || c.is("participles", v) || c.point(v+1, ",") {
			continue
		}
		if p := c.sayer(v); p.kind != nobody {
			return span{from, comma}, p
		}
	}
	return span{}, party{}
}

// first returns where what a sentence says begins: behind the dateline, "OLM, 6 May (Agency) -".
func (c *clause) first() int {
	for i := c.lo + 1; i < c.hi-1 && i <= c.lo+8; i++ {
		if c.list[i].kind != point || !dash(c.list[i].low) {
			continue
		}
		if t := c.list[i-1]; t.upper || t.low == ")" || c.is("agencies", i-1) || c.is("times", i-1) {
			return i + 1
		}
		break
	}
	return c.lo
}

// body reports whether a word is of a body that speaks, in any of its forms.
func (s *speech) body(w string) bool { return s.bodies[s.key(w)] }
