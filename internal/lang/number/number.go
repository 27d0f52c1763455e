// Package number finds the numbers in a sentence: written in digits of any script or in words,
// grouped and pointed as the language does it, with their scale, unit and bound, and says whether a
// number can be a count or is a date, a time, an age or a label. A sentence and its language
// come in; Numbers go out, in order, with the bytes where they stand.
package number

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// MaxBytes is how much of a sentence is read: longer ones lost their marks.
const MaxBytes = 2000

// A Kind is what a number says.
type Kind uint8

// The kinds.
const (
	Count   Kind = iota // of things or people, as far as can be told without what is counted
	Percent             // Unit is "%"
	Money               // Unit is an ISO 4217 code
	Year                // or what looks like one
	Time                // a date, a time of day, a duration, an age
	Label               // an ordinal, a score, the name of something, a telephone number
)

// A Bound is how a number was said.
type Bound uint8

// The bounds.
const (
	Exact Bound = iota
	Least
	Most
	About
)

// A Number is one number of a sentence.
type Number struct {
	From, To  int // bytes, with scale and unit
	Low, High float64
	Kind      Kind
	Bound     Bound
	Unit      string
	Word      bool // written in letters
}

// A scanner reads one sentence.
type scanner struct {
	l      *lexicon
	s      string
	tokens []token
	free   int // the first token that no number has
}

// spare holds tokens that are of no use any more: there are a hundred times as many as numbers.
var spare = sync.Pool{New: func() any { return new([]token) }}

// Find returns the numbers of sentence.
func Find(sentence, tag string) []Number {
	if len(sentence) > MaxBytes {
		end := MaxBytes
		for !utf8.RuneStart(sentence[end]) {
			end--
		}
		sentence = sentence[:end]
	}
	tokens := spare.Get().(*[]token)
	sc := scanner{l: lexiconOf(tag), s: sentence, tokens: (*tokens)[:0]}
	defer func() {
		clear(sc.tokens) // they keep the sentence
		*tokens = sc.tokens
		spare.Put(tokens)
	}()
	sc.scan()
	var list []Number
	for i := 0; i < len(sc.tokens); {
		n, next, ok := sc.number(i)
		if ok {
			list = append(list, n)
			sc.free = next
		}
		i = max(next, i+1)
	}
	return list
}

// is returns the entry of a role that the tokens from i on fulfil, and how many they are.
func (sc *scanner) is(i int, r role) (*entry, int) {
	if i < 0 || i >= len(sc.tokens) {
		return nil, 0
	}
	var best *entry
	n := 0
	for k := range sc.tokens[i].entries {
		e := &sc.tokens[i].entries[k]
		if e.role == r && len(e.rest) >= n && sc.follows(i+1, e.rest) {
			best, n = e, len(e.rest)+1
		}
	}
	return best, n
}

func (sc *scanner) follows(i int, words []string) bool {
	if i+len(words) > len(sc.tokens) {
		return false
	}
	for k, w := range words {
		t := &sc.tokens[i+k]
		if t.low == "" {
			t.low = lower(sc.s[t.from:t.to])
		}
		if t.low != w {
			return false
		}
	}
	return true
}

// longestPhrase is how many words stand in a bound at most.
const longestPhrase = 4

// before reports whether a form of role r ends where token i begins.
func (sc *scanner) before(i int, r role) bool {
	for n := 1; n <= longestPhrase && n <= i; n++ {
		if e, k := sc.is(i-n, r); e != nil && k == n {
			return true
		}
	}
	return false
}

// single returns the value of a number word, and whether token i is one or digits.
func (sc *scanner) single(i int) (float64, bool) {
	if i >= len(sc.tokens) {
		return 0, false
	}
	t := &sc.tokens[i]
	if t.kind == 'd' {
		return t.value, t.value != nothing
	}
	if e, _ := sc.is(i, value); e != nil {
		return e.value, true
	}
	if t.kind == 'w' {
		if tens, unit, ok := strings.Cut(sc.s[t.from:t.to], "-"); ok { // twenty-five
			a, b := sc.lookup(tens), sc.lookup(unit)
			if len(a) > 0 && len(b) > 0 && a[0].role == value && b[0].role == value && a[0].value >= 20 && a[0].value < 100 && b[0].value < 10 {
				return a[0].value + b[0].value, true
			}
		}
	}
	return 0, false
}

// scaleAt returns the scale at token i. Of single letters only those right after digits are scales.
func (sc *scanner) scaleAt(i int) float64 {
	e, _ := sc.is(i, scale)
	if e == nil {
		return 0
	}
	if t := &sc.tokens[i]; t.to-t.from == 1 && t.spaced {
		return 0
	}
	return e.value
}

// amount reads the value that begins at token i: 12, two hundred thousand, 3.5 million. It returns the
// token after it, and its last scale.
func (sc *scanner) amount(i int) (total float64, next int, scaled, ok bool) {
	current, ok := sc.single(i)
	words := ok && sc.tokens[i].kind == 'w'
	largest := 0.0
	if !ok {
		// A scale alone is a number in scripts that write ten so.
		s := sc.scaleAt(i)
		if s != 10 {
			return 0, i, false, false
		}
		total, largest, words = s, s, true
	}
	i++
	for i < len(sc.tokens) {
		if s := sc.scaleAt(i); s > 0 && (current > 0 || largest > 0 && s > largest) {
			if s > largest {
				total, largest = (total+current)*s, s
			} else {
				total += current * s
			}
			current = 0
			i++
			if i < len(sc.tokens) && sc.s[sc.tokens[i].from:sc.tokens[i].to] == "." && !sc.tokens[i].spaced && i+1 < len(sc.tokens) {
				i++ // тыс., Mio.
			}
			continue
		}
		k := i
		if largest >= 100 && words {
			if e, _ := sc.is(i, to); e != nil && i+1 < len(sc.tokens) && sc.tokens[i].kind == 'w' {
				k++ // two hundred and five
			}
		}
		v, more := sc.single(k)
		if !more || current > 0 || largest == 0 || v >= largest || !words && sc.tokens[k].spaced || words != (sc.tokens[k].kind == 'w') {
			break
		}
		if k > i && largest != 100 {
			break
		}
		current = v
		i = k + 1
	}
	return total + current, i, largest > 1, true
}

// number reads the number that begins at token i, and returns the token after it.
func (sc *scanner) number(i int) (n Number, next int, ok bool) {
	t := &sc.tokens[i]
	low, next, scaled, ok := sc.amount(i)
	if t.kind == 'd' && t.value == nothing {
		return Number{From: t.from, To: t.to, Kind: Label}, i + 1, true
	}
	if !ok {
		return n, i + 1, false
	}
	n = Number{From: t.from, Low: low, High: low, Word: t.kind == 'w'}
	first := i
	last := next // the token after the value
	// A range.
	dash := false
	if next+1 < len(sc.tokens) {
		sign := sc.s[sc.tokens[next].from:sc.tokens[next].to]
		dash = sign == "-" || sign == "–" || sign == "—" && !sc.tokens[next].spaced
		join, _ := sc.is(next, to)
		if dash || join != nil && !sc.before(i, source) && (sc.before(i, from) || sign == "to" || sign == "bis" || sign == "до" || unspacedScript(sign)) {
			if high, after, scaledHigh, ok := sc.amount(next + 1); ok && (sc.tokens[next+1].kind == 'd') == (t.kind == 'd') {
				if scaledHigh && !scaled {
					s := high / max(sc.tokens[next+1].value, 1)
					if s > 1 && low*s < high {
						low *= s
					}
				}
				if low < high {
					n.Low, n.High, last = low, high, after
				} else {
					return Number{From: t.from, To: sc.tokens[after-1].to, Low: n.Low, High: n.Low, Kind: Label}, after, true
				}
			}
		}
	}
	n.To = sc.tokens[last-1].to
	n.Kind = sc.kind(&n, first, last, dash)
	// What stands after.
	if _, k := sc.is(last, percent); k > 0 {
		n.Kind, n.Unit = Percent, "%"
		last += k
		n.To = sc.tokens[last-1].to
	} else if e, k := sc.is(last, money); k > 0 && n.Kind != Time && !sc.leads(last) {
		n.Kind, n.Unit = Money, e.unit
		last += k
		n.To = sc.tokens[last-1].to
	} else if e, k := sc.is(first-1, money); k == 1 && first > sc.free && (!t.spaced || sc.tokens[first-1].kind == 's') {
		n.Kind, n.Unit = Money, e.unit
		n.From = sc.tokens[first-1].from
	} else if _, k := sc.is(first-1, percent); k == 1 && first > sc.free {
		n.Kind, n.Unit = Percent, "%"
		n.From = sc.tokens[first-1].from
	}
	begin := first
	if n.From < t.from {
		begin--
	}
	switch {
	case sc.after(last, leastAfter) || last < len(sc.tokens) && sc.s[sc.tokens[last].from] == '+':
		n.Bound = Least
	case sc.before(begin, least):
		n.Bound = Least
	case sc.before(begin, most):
		n.Bound = Most
	case sc.before(begin, about) || sc.after(last, aboutAfter):
		n.Bound = About
	}
	return n, max(last, i+1), true
}

// leads reports whether the sign of a currency at token i stands before another number.
func (sc *scanner) leads(i int) bool {
	return sc.tokens[i].kind == 's' && i+1 < len(sc.tokens) && sc.tokens[i+1].kind == 'd' && !sc.tokens[i+1].spaced
}

// unspacedScript reports whether a word is of a script without spaces, whose numbers a join may stand
// between without another word before them.
func unspacedScript(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Han, r)
}

func (sc *scanner) after(i int, r role) bool {
	_, k := sc.is(i, r)
	return k > 0
}

// kind tells by what stands beside the number of tokens first to last whether it can be a count.
func (sc *scanner) kind(n *Number, first, last int, dash bool) Kind {
	t := &sc.tokens[first]
	// Part of a name: F-16, G7, COVID-19, 2nd, 5G.
	if first > 0 && !t.spaced {
		before := &sc.tokens[first-1]
		sign := sc.s[before.from:before.to]
		if before.kind == 'w' && t.kind == 'd' && !unspacedScript(sc.s[before.from:]) ||
			(sign == "-" || sign == "–") && !before.spaced && first > 1 && n.Low == n.High || sign == "/" || sign == ":" {
			return Label
		}
	}
	if first > 0 && sc.after(first-1, label) || sc.before(first, label) {
		return Label
	}
	if first > 0 && (sc.after(first-1, month) || sc.after(first-1, age)) && t.kind == 'd' {
		return Time
	}
	if last < len(sc.tokens) {
		after := &sc.tokens[last]
		sign := sc.s[after.from:after.to]
		k := last
		joined := (sign == "-" || sign == "–") && !after.spaced
		if joined && last+1 < len(sc.tokens) {
			k++
		}
		if sc.after(k, month) || sc.after(k, span) {
			return Time
		}
		if sign == "." && !after.spaced && sc.l.comma && last+1 < len(sc.tokens) && t.plain > 0 && t.plain <= 2 {
			if sc.after(last+1, month) {
				return Time
			}
			if sc.tokens[last+1].kind == 'w' {
				return Label // an ordinal
			}
		}
		if joined && !dash || sign == "/" && !after.spaced || sign == ":" && !after.spaced && last+1 < len(sc.tokens) && sc.tokens[last+1].kind == 'd' {
			return Label
		}
		// Letters right after digits: 20th, 5G, 1990s. Money and scales were read by now.
		if t.kind == 'd' && after.kind == 'w' && !after.spaced && !unspacedScript(sc.s[after.from:]) && !sc.after(last, money) && !sc.after(last, percent) {
			return Label
		}
	}
	const earliest, latest = 1800, 2100
	if t.plain == 4 && n.Low >= earliest && n.Low < latest && (n.High < latest) {
		return Year
	}
	if t.kind == 'd' && (t.plain > 9 || t.plain > 1 && sc.s[t.from] == '0') {
		return Label
	}
	if dash && n.Low < n.High && last < len(sc.tokens) && sc.tokens[last].kind != 'w' {
		return Label // 1-2: a score
	}
	return Count
}
