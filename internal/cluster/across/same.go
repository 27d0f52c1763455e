package across

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"parallax/internal/news"
)

const (
	// storyDocs is how many documents of a story are read, the first by id: more add little.
	storyDocs = 24
	// seekTerms is how many of its rarest marks a story is sought by.
	seekTerms = 24
	// leastHits is how many of these marks two stories must share to be compared at all, and
	// effort.leastRarest how rare these must be together, of the rarest that there can be.
	leastHits = 2
	maxApart  = 3 // days between two stories that may be one event
)

// An effort is how much is looked at in each language.
type effort struct {
	candidates  int     // stories that are compared, those that share most
	leastRarest float64 // of what they must share, see leastHits
	hot         int     // documents of the language that a mark may have, to seek by it
}

// To be sure it must be plain which story is meant, and each document that comes is asked for.
var (
	toRelate = effort{6, 1.2, 400}
	toBeSure = effort{2, 2, 100}
)

// A view is a story as the sum of its documents.
type view struct {
	story       *story
	lang        uint16
	langs       map[uint16]int
	n           float64
	most        float64 // rarity of what no other document has
	fams        [3]bool
	first, last int64
	marks       []seen // in the order of their keys
	sought      []seen // of these, those that tell most, by which it is sought; nil until it is
	norms       map[[3]bool]float64
}

// seen is a mark of a story.
type seen struct {
	key  uint32
	kind kind
	part float64
	rare float64
	rel  float64 // of a shared mark: how rare it is, of the rarest that there can be
}

// view returns s as it is now.
func (x *Index) view(s *story) *view {
	v := &view{story: s, langs: map[uint16]int{}, norms: map[[3]bool]float64{}}
	for _, d := range s.docs {
		v.langs[d.lang]++
	}
	for l, n := range v.langs {
		if m := v.langs[v.lang]; n > m || n == m && x.names[l] < x.names[v.lang] {
			v.lang = l
		}
	}
	v.first = math.MaxInt64
	var all []mark
	for _, d := range s.docs {
		if d.lang != v.lang || v.n == storyDocs {
			continue
		}
		v.n++
		for i := range v.fams {
			v.fams[i] = v.fams[i] || d.fams[i]
		}
		v.first, v.last = min(v.first, d.at), max(v.last, d.at)
		if all == nil {
			all = d.marks // sorted, and not changed below
			continue
		}
		all = append(slices.Clip(all), d.marks...)
	}
	if v.n > 1 {
		slices.SortStableFunc(all, func(a, b mark) int { return cmp.Compare(a.key, b.key) })
	}
	v.most = x.rarity(term{v.lang, 0}, int32(v.n))
	v.marks = make([]seen, 0, len(all))
	for i := 0; i < len(all); {
		m, given, weight, n := all[i], int32(0), 0.0, int32(0)
		for ; i < len(all) && all[i].key == m.key; i++ {
			n++
			m.kind = max(m.kind, all[i].kind)
			weight += float64(all[i].weight) / titleWeight
			if all[i].given {
				given++
			}
		}
		t := term{v.lang, m.key}
		rare := 0.0
		if m.kind != word {
			rare = x.rarity(t, n)
		}
		switch m.kind {
		case numberKind:
			rare *= x.telling(t)
		case nameKind:
			rare *= chance[min(int(m.length), len(chance)-1)]
		case abjadKind, eastKind:
			rare *= chance[min(int(m.length)+1, len(chance)-1)]
		}
		if 2*given > n {
			rare *= givenName
		}
		if m.kind != word { // of which stories of two languages share none
			v.marks = append(v.marks, seen{key: m.key, kind: m.kind, part: math.Sqrt(weight / v.n), rare: rare})
		}
	}
	return v
}

// chance is what a name of so many letters, as it is spelled here, weighs: short ones are alike
// by chance.
var chance = [...]float64{0, 0, 0, .4, .6, .8, 1}

// givenName is what a name weighs that is followed by another: it tells little beside that.
const givenName = .5

// telling returns how much a number says: one of a single or two figures little, and a year less.
func (x *Index) telling(t term) float64 {
	e := x.terms[t]
	if e == nil {
		return 0
	}
	w := strings.Map(func(r rune) rune {
		if digit(r) < 0 {
			return -1
		}
		return '0' + rune(digit(r)) //nolint:gosec // a figure
	}, e.word)
	switch {
	case len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20")):
		return .2
	case len(w) <= 2:
		return .4
	case len(strings.TrimRight(w, "0")) == 1:
		return .6 // a round one
	}
	return 1
}

// meet returns which kinds of names two stories may share.
func meet(a, b *view) [3]bool {
	f := [3]bool{vowels: true}
	f[abjad] = a.fams[abjad] || b.fams[abjad]
	f[east] = a.fams[east] || b.fams[east]
	return f
}

func (k kind) in(f [3]bool) bool {
	switch k {
	case word:
		return false
	case abjadKind:
		return f[abjad]
	case eastKind:
		return f[east]
	}
	return true
}

func (v *view) norm(f [3]bool) float64 {
	n, ok := v.norms[f]
	if !ok {
		for _, m := range v.marks {
			if m.kind.in(f) {
				n += m.part * m.part * m.rare * m.rare
			}
		}
		n = math.Sqrt(n)
		v.norms[f] = n
	}
	return n
}

// A likeness is what two stories of two languages share.
type likeness struct {
	other                  *view
	cos                    float64
	names, numbers, places float64 // how rare what they share is, together
	nNames                 int
	apart                  float64 // days
	rarest                 float64 // how rare the four rarest are, 1 each at most
	shared                 []seen
	odds, score            float64
}

// compare measures two stories.
func (x *Index) compare(a, b *view) likeness {
	l := likeness{other: b}
	f := meet(a, b)
	if gap := max(a.first-b.last, b.first-a.last, 0); gap > 0 {
		l.apart = float64(gap) / dayMS
	}
	i, j := 0, 0
	dot := 0.0
	for i < len(a.marks) && j < len(b.marks) {
		m, o := a.marks[i], b.marks[j]
		switch {
		case m.key < o.key:
			i++
			continue
		case m.key > o.key:
			j++
			continue
		}
		i++
		j++
		if !m.kind.in(f) || m.kind != o.kind {
			continue
		}
		dot += m.part * o.part * m.rare * o.rare
		says := math.Sqrt(m.part * o.part * m.rare * o.rare)
		switch m.kind {
		case numberKind:
			l.numbers += says
		case placeKind:
			l.places += says
		default:
			l.names += says
			l.nNames++
		}
		m.rel = math.Sqrt(m.rare / a.most * o.rare / b.most)
		m.part = says
		l.shared = append(l.shared, m)
	}
	if dot > 0 {
		l.cos = dot / (a.norm(f) * b.norm(f))
	}
	for _, r := range rels(l.shared) {
		l.rarest += min(r, 1)
	}
	l.odds = odds(&l)
	l.score = 1 / (1 + math.Exp(-l.odds))
	return l
}

const dayMS = 24 * 60 * 60 * 1000

// odds says how probable it is that two stories tell of one event. The weights are set by hand,
// by reading what they let through: docs/clustering.md.
func odds(l *likeness) float64 {
	return -8 + 5*l.cos + 2*l.rarest + .25*min(l.names, 16) + .4*min(l.numbers, 10) - 1*l.apart
}

const (
	// Least is the score from which on two stories are related, and sure from which on they are one event for sure.
	Least, sure = .6, .9
	// fewDocs is how many documents a language must have in the window for names alone to be sure: of fewer it is not
	// known which names are in all of its news. Else a number that tells must agree, too.
	fewDocs = 100
)

// channels counts what speaks for one event by itself: names, numbers, places.
func (l *likeness) channels() int {
	n := 0
	for _, says := range []float64{l.names, l.numbers, l.places} {
		if says >= 1 {
			n++
		}
	}
	return n
}

// Same returns the relations of the changed stories with stories of other languages: at most one
// for each of these, and only where each is the other's best.
func (x *Index) Same(changed []string) []news.Relation {
	return x.same(changed, toRelate, func(*view, *likeness) bool { return true }, x.why)
}

// Sure returns those of a story of which it is sure that both tell of one event. Why names what both share as the witness, a document of
// the story, has it: it must be the last that was taken in.
func (x *Index) Sure(storyID, witness string) []news.Relation {
	return x.same([]string{storyID}, toBeSure, x.sure, func(l *likeness, _, _ *view) string { return x.whyOf(l, x.spelt(witness)) })
}

// spelt returns how the last document taken in spells what it names, nothing where that is another.
func (x *Index) spelt(id string) map[uint32]string {
	if d := x.docs[id]; d != nil && x.last == d {
		return x.readers[d.lang].words
	}
	return nil
}

// whyOf says in words what two stories share, the rarest first, as far as spelt has it.
func (x *Index) whyOf(l *likeness, spelt map[uint32]string) string {
	var parts []string
	for _, m := range l.byRarity() {
		if w := spelt[m.key]; w != "" && !slices.Contains(parts, isolated(w)) && len(parts) < maxShared {
			parts = append(parts, isolated(w))
		}
	}
	if len(parts) == 0 {
		parts = []string{"what earlier reports name"}
	}
	return l.said(parts)
}

func (x *Index) sure(v *view, l *likeness) bool {
	if l.score < sure {
		return false
	}
	if x.langs[v.lang] >= fewDocs && x.langs[l.other.lang] >= fewDocs {
		return true
	}
	return slices.ContainsFunc(l.shared, func(m seen) bool { return m.kind == numberKind && x.telling(term{v.lang, m.key}) == 1 })
}

func (x *Index) same(changed []string, e effort, will func(*view, *likeness) bool, why func(l *likeness, first, second *view) string) []news.Relation {
	type in struct {
		story *story
		lang  uint16
	}
	views, best := map[*story]*view{}, map[in]*likeness{}
	of := func(s *story) *view {
		if views[s] == nil {
			views[s] = x.view(s)
		}
		return views[s]
	}
	bestIn := func(v *view, lang uint16) *likeness {
		l, asked := best[in{v.story, lang}]
		if !asked {
			l = x.best(v, lang, e, of)
			best[in{v.story, lang}] = l
		}
		return l
	}
	made := map[[2]string]news.Relation{}
	for _, id := range slices.Sorted(slices.Values(changed)) {
		s := x.stories[id]
		if s == nil {
			continue
		}
		a := of(s)
		for lang := range x.names {
			l := bestIn(a, uint16(lang))
			if l == nil || l.score < Least || l.channels() < 2 || !will(a, l) {
				continue
			}
			if back := bestIn(l.other, a.lang); back == nil || back.other != a {
				continue
			}
			pair := [2]string{min(id, l.other.story.id), max(id, l.other.story.id)}
			first, second := a, l.other
			if pair[0] != id {
				first, second = second, first
			}
			made[pair] = news.Relation{Kind: news.Same, A: pair[0], B: pair[1], Score: l.score, LangA: x.names[first.lang], LangB: x.names[second.lang], Why: why(l, first, second)}
		}
	}
	list := make([]news.Relation, 0, len(made))
	for _, r := range made {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b news.Relation) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return list
}

// best returns the best story of another language for v, nil if none is like it.
func (x *Index) best(v *view, tag uint16, e effort, of func(*story) *view) *likeness {
	if v.langs[tag] > 0 || x.langs[tag] == 0 {
		return nil
	}
	if v.sought == nil {
		v.sought = slices.Clone(v.marks)
		slices.SortFunc(v.sought, func(a, b seen) int {
			return cmp.Or(cmp.Compare(b.part*b.rare, a.part*a.rare), cmp.Compare(a.key, b.key))
		})
		v.sought = v.sought[:min(len(v.sought), 3*seekTerms)]
	}
	type found struct {
		s      *story
		says   float64
		n      int // marks shared
		rarest float64
		mark   uint32 // the last of them
	}
	hits := map[*story]*found{}
	most := x.rarity(term{tag, 0}, 0)
	sought := 0
	for _, m := range v.sought {
		t := x.terms[term{tag, m.key}]
		if t == nil || len(t.postings)-t.dead > e.hot {
			continue
		}
		if sought++; sought > seekTerms {
			break
		}
		o := x.rarity(term{tag, m.key}, 0)
		says, rel := m.part*m.rare*o, math.Sqrt(m.rare/v.most*o/most)
		for _, d := range t.postings {
			if d.gone || d.at-v.last > maxApart*dayMS || v.first-d.at > maxApart*dayMS {
				continue
			}
			h := hits[d.story]
			if h == nil {
				h = &found{s: d.story}
				hits[d.story] = h
			}
			if h.mark != m.key {
				h.mark = m.key
				h.n++
				h.rarest += rel
			}
			h.says += says / math.Sqrt(float64(len(d.story.docs)))
		}
	}
	list := make([]*found, 0, len(hits))
	for _, h := range hits {
		if h.n >= leastHits && h.rarest >= e.leastRarest {
			list = append(list, h)
		}
	}
	slices.SortFunc(list, func(a, b *found) int { return cmp.Or(cmp.Compare(b.says, a.says), cmp.Compare(a.s.id, b.s.id)) })
	var best *likeness
	for _, f := range list[:min(len(list), e.candidates)] {
		o := of(f.s)
		if o.lang != tag || o.langs[v.lang] > 0 {
			continue
		}
		if l := x.compare(v, o); best == nil || l.odds > best.odds || l.odds == best.odds && o.story.id < best.other.story.id {
			best = &l
		}
	}
	return best
}

// maxShared is how many shared marks a reason names.
const maxShared = 5

// why says in words what two stories share, the rarest first; first and second are in the order in
// which their words stand.
func (x *Index) why(l *likeness, first, second *view) string {
	var parts []string
	told := map[string]bool{}
	for _, m := range l.byRarity() {
		one, two := x.word(first, m), x.word(second, m)
		if one == "" {
			one = two
		}
		if one == "" || told[one] || len(parts) == maxShared {
			continue
		}
		told[one] = true
		pair := isolated(one)
		if two != "" && two != one {
			pair += " = " + isolated(two)
		}
		parts = append(parts, pair)
	}
	return l.said(parts)
}

// byRarity returns what is shared, the rarest first.
func (l *likeness) byRarity() []seen {
	shared := slices.Clone(l.shared)
	slices.SortFunc(shared, func(a, b seen) int { return cmp.Or(cmp.Compare(b.part, a.part), cmp.Compare(a.key, b.key)) })
	return shared
}

// said says what is shared, with the time and the score.
func (l *likeness) said(parts []string) string {
	when := "at the same time"
	switch {
	case l.apart >= 1./24:
		when = fmt.Sprintf("%.0f h apart", l.apart*24)
	case l.apart >= 1./24/60:
		when = fmt.Sprintf("%.0f min apart", l.apart*24*60)
	}
	return fmt.Sprintf("%s; %s; %.2f", strings.Join(parts, ", "), when, l.score)
}

// isolated keeps a word that is written from right to left from turning round what stands after it
// (UAX #9, first strong isolate).
func isolated(w string) string {
	for _, r := range w {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana) {
			return "\u2068" + w + "\u2069"
		}
	}
	return w
}

func (x *Index) word(v *view, m seen) string {
	if e := x.terms[term{v.lang, m.key}]; e != nil {
		return e.word
	}
	return ""
}

func rels(shared []seen) []float64 {
	var r []float64
	for _, m := range shared {
		r = append(r, m.rel)
	}
	slices.Sort(r)
	slices.Reverse(r)
	return r[:min(4, len(r))]
}
