package check

import (
	"slices"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/lang/frequency"
	"parallax/internal/lang/sentence"
)

const (
	// MaxSentence is how long a sentence may be, in runes: three lines of a column.
	MaxSentence = 320
	// minWords is how many words it has at least.
	minWords = 4
)

// An Item is one account as the machine was given it.
type Item struct {
	ID       string // by which a sentence cites it
	Outlet   string // id of the outlet that says it
	Name     string // of the outlet, which a sentence may name
	Side     string // id of the side on which it stands, or ""
	Language string
	Text     string
}

// A Demand is what a sentence must rest on.
type Demand struct {
	Language string // in which it is to be
	Outlets  int    // of how many it must cite items, and
	Sides    int    // of how many sides
}

// Sentence returns why a sentence that cites some of items is dropped, or "".
func Sentence(s string, cites []string, items []Item, d Demand) Reason {
	if !plain(s) {
		return Form
	}
	if !Checks(d.Language) {
		return Language
	}
	if n := utf8.RuneCountInString(s); n > MaxSentence {
		return Length
	}
	cited, reason := cite(cites, items, d)
	if reason != "" {
		return reason
	}
	if lang.Detect(s, lang.Base(d.Language)) != lang.Base(d.Language) {
		return Language
	}
	t := read(s, d.Language)
	if len(t.words) < minWords {
		return Length
	}
	if !oneSentence(s, d.Language) {
		return Form
	}
	r := &reader{t: t, l: lists[t.tag], cited: cited}
	for _, look := range []func() Reason{
		func() Reason { return r.quotes(s) }, r.numbers, r.names, r.negation, r.judgement, r.founded,
	} {
		if reason := look(); reason != "" {
			return reason
		}
	}
	return ""
}

// A source is a cited account, read.
type source struct {
	Item
	t    *text
	name *text // of the outlet
}

// cite returns the cited items, or why these are not what was demanded.
func cite(cites []string, items []Item, d Demand) ([]*source, Reason) {
	var cited []*source
	outlets, sides := map[string]bool{}, map[string]bool{}
	for i, id := range cites {
		at := slices.IndexFunc(items, func(it Item) bool { return it.ID == id })
		if at < 0 {
			return nil, Unknown
		}
		if slices.Contains(cites[:i], id) {
			continue
		}
		it := items[at]
		// Words of another language say nothing to words of this one.
		if lang.Base(it.Language) != lang.Base(d.Language) {
			return nil, Language
		}
		outlets[it.Outlet] = true
		if it.Side != "" {
			sides[it.Side] = true
		}
		cited = append(cited, &source{it, read(it.Text, d.Language), read(it.Name, d.Language)})
	}
	switch {
	case len(cited) == 0:
		return nil, Unknown
	case len(outlets) < d.Outlets || len(sides) < d.Sides:
		return nil, Sides
	}
	return cited, ""
}

// oneSentence reports whether s is a sentence, and not several.
func oneSentence(s, tag string) bool {
	pieces, whole := 0, true
	sentence.Pieces(s, tag, func(_ sentence.Span, ended bool) bool {
		pieces++
		whole = whole && ended
		return pieces < 2
	})
	return pieces == 1 && whole
}

// A reader holds a sentence against what it cites.
type reader struct {
	t     *text
	l     *list
	cited []*source
}

func (r *reader) quotes(s string) Reason {
	all := spansOf(s)
	if all.open {
		return Quote
	}
	for _, q := range all.list {
		if !slices.ContainsFunc(r.cited, func(c *source) bool { return verbatim(s[q.from:q.to], c.Text) }) {
			return Quote
		}
	}
	return ""
}

// How far from a number the words are looked for that say what it counts: here, and around it in the
// account, where other words may stand between.
const (
	beside     = 3
	besideThen = 5
)

func (r *reader) numbers() Reason {
	for _, n := range r.t.numbers {
		if n.weak || n.quoted {
			continue
		}
		company := r.company(n)
		stands := func(c *source) bool {
			return slices.ContainsFunc(c.t.numbers, func(m number) bool {
				if !same(m.value, n.value) {
					return false
				}
				return len(company) == 0 || c.t.around(m, company)
			})
		}
		if !slices.ContainsFunc(r.cited, stands) {
			return Number
		}
	}
	return ""
}

// around reports whether one of the words stands near n, in the same sentence.
func (t *text) around(n number, stems map[string]bool) bool {
	for i := n.from; i > max(n.from-besideThen, 0) && !t.words[i].begins; i-- {
		if stems[t.words[i-1].stem] {
			return true
		}
	}
	for i := n.to; i < min(n.to+besideThen, len(t.words)) && !t.words[i].begins; i++ {
		if stems[t.words[i].stem] {
			return true
		}
	}
	return false
}

// company returns the words that say what a number counts: those that follow it, as far as nothing
// but spaces parts them, else those before.
func (r *reader) company(n number) map[string]bool {
	all := map[string]bool{}
	words := r.t.words
	for i := n.to; i < min(n.to+beside, len(words)) && words[i].tight; i++ {
		if !words[i].counts && r.tells(words[i]) {
			all[words[i].stem] = true
		}
	}
	for i := n.from - 1; len(all) == 0 && i >= max(n.from-beside, 0) && words[i+1].tight; i-- {
		if !words[i].counts && r.tells(words[i]) {
			all[words[i].stem] = true
		}
	}
	return all
}

// names looks for each name where one of the cited accounts has it, and for two that follow one
// another where one account has them so.
func (r *reader) names() Reason {
	for i, w := range r.t.words {
		first := i == 0
		if w.quoted || w.counts || !w.name && !first || first && r.begins(w) {
			continue
		}
		if !slices.ContainsFunc(r.cited, func(c *source) bool { return c.names(w, first) }) {
			return Name
		}
		if i+1 == len(r.t.words) || first && !slices.ContainsFunc(r.cited, func(c *source) bool { return c.names(w, false) }) {
			continue
		}
		next := r.t.words[i+1]
		if next.name && next.tight && !next.quoted && !next.counts && !slices.ContainsFunc(r.cited, func(c *source) bool { return c.follow(w, next) }) {
			return Name
		}
	}
	return ""
}

// begins reports whether w may begin a sentence and be no name.
func (r *reader) begins(w word) bool {
	return r.l.open[w.folded] || r.l.not.in(&text{words: []word{w}})
}

// names reports whether the account, or the name of its outlet, has w as a name; in any case of letters
// where it is the first of a sentence.
func (c *source) names(w word, first bool) bool {
	for _, t := range []*text{c.t, c.name} {
		for _, i := range t.stems[w.stem] {
			if first || t.words[i].name {
				return true
			}
		}
	}
	return false
}

// apart is how many words may stand between two names in an account that follow one another in a
// sentence: "the president of Lorvane, Anna Orel", "President Orel".
const apart = 4

// follow reports whether b stands after a in the account, or the other way, with little between.
func (c *source) follow(a, b word) bool {
	for _, t := range []*text{c.t, c.name} {
		for _, i := range t.stems[a.stem] {
			for _, j := range t.stems[b.stem] {
				if d := j - i; d != 0 && d <= apart && d >= -apart && t.words[i].name && t.words[j].name {
					return true
				}
			}
		}
	}
	return false
}

func (r *reader) negation() Reason {
	if r.l.not.count(unquoted(r.t)) == 0 {
		return ""
	}
	if slices.ContainsFunc(r.cited, func(c *source) bool { return r.l.not.in(c.t) }) {
		return ""
	}
	return Negation
}

func (r *reader) judgement() Reason {
	if r.l.judge.in(unquoted(r.t)) {
		return Judgement
	}
	return ""
}

// unquoted is t without what stands in quote marks.
func unquoted(t *text) *text {
	u := &text{tag: t.tag}
	for _, w := range t.words {
		if !w.quoted {
			u.words = append(u.words, w)
		}
	}
	return u
}

const (
	// founded is which share of the words that tell something must stand in what is cited, and
	// foundedEach in each item of it; shared words at least of each.
	founded     = .5
	foundedEach = .25
	shared      = 2
	// everywhere is in which share of texts a word stands that tells nothing.
	everywhere = .08
)

func (r *reader) founded() Reason {
	tells := map[string]bool{}
	for _, w := range r.t.words {
		if r.tells(w) {
			tells[w.stem] = true
		}
	}
	if len(tells) == 0 {
		return Unfounded
	}
	all := map[string]bool{}
	for _, c := range r.cited {
		n := 0
		for stem := range tells {
			if len(c.t.stems[stem]) > 0 {
				n++
				all[stem] = true
			}
		}
		if n < shared || float64(n) < foundedEach*float64(len(tells)) {
			return Unfounded
		}
	}
	if float64(len(all)) < founded*float64(len(tells)) {
		return Unfounded
	}
	return ""
}

// tells reports whether a word says what a text is about.
func (r *reader) tells(w word) bool {
	if w.digits {
		return true
	}
	return !r.l.open[w.folded] && frequency.Of(r.t.tag).Share(w.stem) < everywhere
}
