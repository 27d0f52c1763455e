package quote

import (
	"strings"
	"unicode/utf8"
)

// maxHan is how many characters away from its quote a verb of saying stands in a script without
// spaces, and how long a name with its office is.
const maxHan = 24

// han finds who says the quote at token i in a script without spaces, where words are runs of
// characters that may begin and end anywhere.
func (f *finder) han(c *clause, i int) party {
	list := c.list
	q := list[i]
	// Behind: “...”，某某说。
	j := i + 1
	for c.point(j, "，,") {
		j++
	}
	if j < c.hi && list[j].kind != said {
		from := list[j].from
		to := f.breaks(from, c.end())
		if v, verb := f.lastVerb(from, to); v > from && v+len(verb) >= to-12 {
			if p := f.person(from, v); p.kind != nobody {
				return p
			}
		}
	}
	// In front: 某某表示：“...”
	begin := list[c.lo].from
	if i > c.lo {
		for k := i - 1; k >= c.lo; k-- {
			if list[k].kind == said {
				begin = list[k].to
				break
			}
		}
		v, verb := f.lastVerb(begin, q.from)
		if verb == "" {
			return party{}
		}
		if between := utf8.RuneCountInString(f.text[v+len(verb) : q.from]); between > 3*maxHan {
			return party{}
		}
		// The clause of the verb, and those before it where it names nobody.
		to := v
		for range 3 {
			from := f.clauseStart(begin, to)
			if p := f.person(from, to); p.kind != nobody {
				return p
			}
			if from <= begin {
				break
			}
			_, size := utf8.DecodeLastRuneInString(f.text[begin:from])
			to = from - size
		}
		return party{kind: same, at: q.from}
	}
	return party{}
}

func (c *clause) end() int { return c.list[c.hi-1].to }

const hanBreaks = "，。；！？：、,;:\n”」』“「『（）()"

// breaks returns where the clause that begins at from ends.
func (f *finder) breaks(from, limit int) int {
	if at := strings.IndexAny(f.text[from:limit], hanBreaks); at >= 0 {
		return from + at
	}
	return limit
}

func (f *finder) clauseStart(limit, to int) int {
	if at := strings.LastIndexAny(f.text[limit:to], hanBreaks); at >= 0 {
		_, size := utf8.DecodeRuneInString(f.text[limit+at:])
		return limit + at + size
	}
	return limit
}

// lastVerb returns the last verb of saying in text[from:to], the longest where several end there.
func (f *finder) lastVerb(from, to int) (at int, verb string) {
	if to-from > 12*maxHan {
		from = to - 12*maxHan
		for from < to && !utf8.RuneStart(f.text[from]) {
			from++
		}
	}
	at = -1
	for _, v := range f.words["verbs"] {
		k := strings.LastIndex(f.text[from:to], v)
		if k < 0 {
			continue
		}
		k += from
		if end, best := k+len(v), at+len(verb); at < 0 || end > best || end == best && len(v) > len(verb) {
			at, verb = k, v
		}
	}
	return at, verb
}

// person finds who is named by text[from:to], which stands before a verb of saying.
func (f *finder) person(from, to int) party {
	text := f.text[from:to]
	// What stands before the name, and what stands between it and the verb.
	for again := true; again; {
		again = false
		for _, w := range f.words["leading"] {
			if strings.HasPrefix(text, w) {
				from += len(w)
				text, again = text[len(w):], true
			}
		}
		left := strings.TrimLeft(text, " \u00a00123456789")
		if len(left) < len(text) {
			from += len(text) - len(left)
			text, again = left, true
		}
	}
	cut := len(text)
	for _, w := range f.words["stops"] {
		if k := strings.Index(text, w); k >= 0 && k < cut {
			cut = k
		}
	}
	if k := strings.IndexAny(text, "0123456789"); k > 0 && k < cut {
		cut = k
	}
	text = strings.TrimSpace(text[:cut])
	n := utf8.RuneCountInString(text)
	if n == 0 || n > maxHan {
		return party{}
	}
	s := span{from, from + len(text)}
	if f.has("pronouns", text) {
		return party{by: s, kind: pronoun, low: text, at: from}
	}
	if n < 2 {
		return party{}
	}
	return party{by: s, name: s, kind: group, at: from}
}
