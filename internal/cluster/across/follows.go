package across

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	// Memory is how far back a story may follow another, from first report to first report, and
	// soonest how soon: before that it is the same day's news.
	Memory  = 30 * 24 * time.Hour
	soonest = 20 * time.Hour
	// MaxPast is how many stories are remembered, the youngest.
	MaxPast = 50_000

	signMarks = 48 // of a story, that are remembered
	signTerms = 12 // by which it is found
	// hotSign is how many stories a mark may be in to find one by it.
	hotSign = 200
	// maxEarlier is how many stories one may follow.
	maxEarlier = 2
	// series is how like two headlines may be, and numbered how like if they have other numbers:
	// beyond, an outlet tells the same every day.
	series, numbered = .38, .25
	// leastFollows is the least likeness. Stories must share leastRare rare names and words, a name
	// and leastWords words among them, and one in a headline; one fewer if they are sureFollows
	// alike. rare is what is at least so rare, of the rarest that there can be.
	leastFollows, sureFollows = .3, .45
	leastRare, leastWords     = 4, 2
	rare                      = .62
	// tally is how many numbers of three figures and more two texts must have to be of a tally, if
	// they share none.
	tally = 2
	// mostFollows is beyond what a follow-up has: the same is printed again.
	mostFollows = .65
	// crowd is how many stories one may be like: what resembles more has a topic, not a past.
	crowd = 4
)

// A Past is a story as it is remembered when its documents have left the window.
type Past struct {
	StoryID string
	First   time.Time // when it was first told
	Head    Doc       // the most central
}

// A sign is a Past that was read.
type sign struct {
	id    string
	first int64
	lang  uint16
	marks []mark // by key
	terms []term // under which it stands in Index.signsBy
}

// Remember keeps what later stories may follow, or brings it up to date. Of a story in the window
// the head has been read already.
func (x *Index) Remember(p Past) {
	at := p.First.UnixMilli()
	if at < x.clock-Memory.Milliseconds() || Base(p.Head.Language) == lang.Und {
		return
	}
	s := &sign{id: p.StoryID, first: at}
	if d := x.docs[p.Head.ID]; d != nil {
		s.lang, s.marks = d.lang, d.marks
	} else {
		s.lang = x.lang(Base(p.Head.Language))
		s.marks = x.readers[s.lang].read(p.Head.Title, p.Head.Text).marks
	}
	own := make([]mark, 0, len(s.marks))
	for _, m := range s.marks {
		if m.kind != abjadKind && m.kind != eastKind || x.families(s.lang)[m.kind] {
			own = append(own, m)
		}
	}
	weigh := func(m mark) float64 { return float64(m.weight) * x.rarity(term{s.lang, m.key}, 0) }
	slices.SortFunc(own, func(a, b mark) int { return cmp.Or(cmp.Compare(weigh(b), weigh(a)), cmp.Compare(a.key, b.key)) })
	own = slices.Clone(own[:min(len(own), signMarks)])
	x.Forget(p.StoryID)
	for _, m := range own[:min(len(own), signTerms)] {
		t := term{s.lang, m.key}
		s.terms = append(s.terms, t)
		x.signsBy[t] = append(x.signsBy[t], s)
	}
	slices.SortFunc(own, func(a, b mark) int { return cmp.Compare(a.key, b.key) })
	s.marks = own
	x.signs[s.id] = s
	at2, _ := slices.BinarySearchFunc(x.order, s, bySign)
	x.order = slices.Insert(x.order, at2, s)
	for len(x.order) > 0 && (len(x.order) > MaxPast || x.order[0].first < x.clock-Memory.Milliseconds()) {
		x.Forget(x.order[0].id)
	}
}

// families returns which coarse kinds a language's own words are of.
func (x *Index) families(l uint16) map[kind]bool {
	switch x.names[l] {
	case "ar", "fa", "ur", "ps", "ckb", "he", "yi":
		return map[kind]bool{abjadKind: true}
	case "ja", "ko":
		return map[kind]bool{eastKind: true}
	}
	return nil
}

func bySign(a, b *sign) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.id, b.id)) }

// Forget takes a story out of those that later ones may follow.
func (x *Index) Forget(id string) {
	s := x.signs[id]
	if s == nil {
		return
	}
	delete(x.signs, id)
	if at, ok := slices.BinarySearchFunc(x.order, s, bySign); ok {
		x.order = slices.Delete(x.order, at, at+1)
	}
	for _, t := range s.terms {
		list := slices.DeleteFunc(x.signsBy[t], func(o *sign) bool { return o == s })
		if len(list) == 0 {
			delete(x.signsBy, t)
		} else {
			x.signsBy[t] = list
		}
	}
}

// Follows returns which remembered stories the changed ones follow, a few for each, the likest.
func (x *Index) Follows(changed []string) []news.Relation {
	var list []news.Relation
	for _, id := range slices.Sorted(slices.Values(changed)) {
		if s := x.signs[id]; s != nil {
			list = append(list, x.follows(s)...)
		}
	}
	return list
}

func (x *Index) follows(s *sign) []news.Relation {
	seen := map[*sign]bool{}
	type found struct {
		s    *sign
		like float64
		bond bond
	}
	var list []found
	for _, t := range s.terms {
		if len(x.signsBy[t]) > hotSign {
			continue
		}
		for _, o := range x.signsBy[t] {
			gap := s.first - o.first
			if seen[o] || o.lang != s.lang || gap < soonest.Milliseconds() || gap > Memory.Milliseconds() {
				continue
			}
			seen[o] = true
			b := x.bond(s, o)
			like := math.Sqrt(b.names * b.words)
			if like < leastFollows || like > mostFollows || b.nNames == 0 || b.nWords < leastWords ||
				b.nNames+b.nWords < leastRare-1 || b.nNames+b.nWords < leastRare && like < sureFollows || b.tally ||
				!b.headline || b.titles > series || b.titles > numbered && b.numbers {
				continue
			}
			list = append(list, found{o, like, b})
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(b.s.first, a.s.first), cmp.Compare(a.s.id, b.s.id))
	})
	if len(list) > crowd {
		return nil
	}
	var made []news.Relation
	for _, f := range list[:min(len(list), maxEarlier)] {
		var words []string
		for _, m := range f.bond.shared {
			if e := x.terms[term{s.lang, m.key}]; e != nil && e.word != "" && len(words) < maxShared {
				words = append(words, e.word)
			}
		}
		made = append(made, news.Relation{
			Kind: news.Follows, A: f.s.id, B: s.id, Score: math.Round(f.like*100) / 100,
			LangA: x.names[s.lang], LangB: x.names[s.lang],
			Why: fmt.Sprintf("%s; %.0f days later; likeness %.2f", strings.Join(words, ", "), float64(s.first-f.s.first)/dayMS, f.like),
		})
	}
	return made
}

// A bond is what two stories of one language share.
type bond struct {
	names, words float64 // cosines of their names, and of their other words
	nNames       int     // rare names
	nWords       int     // other rare words
	titles       float64 // share of the headlines
	headline     bool    // what is shared stands in one of them
	numbers      bool    // both have numbers in them, and share none
	tally        bool    // so have the texts
	shared       []mark  // rare ones, the rarest first
}

func (x *Index) bond(a, b *sign) bond {
	rarity := func(m mark) float64 { return x.rarity(term{a.lang, m.key}, 0) }
	weigh := func(m mark) float64 { return float64(m.weight) / titleWeight * rarity(m) }
	most := x.rarity(term{a.lang, 0}, 0)
	var out bond
	var dot, na, nb [2]float64
	var both, all float64
	rarest := map[uint32]float64{}
	of := func(m mark) int {
		if m.kind == word {
			return 0
		}
		return 1
	}
	headline := func(m mark) bool { return m.weight == titleWeight && m.kind != numberKind }
	for _, m := range a.marks {
		na[of(m)] += weigh(m) * weigh(m)
		if headline(m) {
			all++
		}
	}
	j, sameNumber, sameTitle := 0, false, false
	for _, m := range b.marks {
		nb[of(m)] += weigh(m) * weigh(m)
		if headline(m) {
			all++
		}
		for j < len(a.marks) && a.marks[j].key < m.key {
			j++
		}
		if j == len(a.marks) || a.marks[j].key != m.key {
			continue
		}
		o := a.marks[j]
		k := min(of(m), of(o)) // a word that is a name in one only is a word
		dot[k] += weigh(m) * weigh(o)
		if m.kind == numberKind {
			sameNumber = sameNumber || m.length >= tallied
			sameTitle = sameTitle || m.weight == titleWeight && o.weight == titleWeight
		}
		if headline(m) && headline(o) {
			both++
			all--
		}
		if r := rarity(m) / most; r >= rare && m.kind != numberKind && !m.given {
			if k == 1 {
				out.nNames++
			} else {
				out.nWords++
			}
			out.headline = out.headline || m.weight == titleWeight || o.weight == titleWeight
			out.shared = append(out.shared, m)
			rarest[m.key] = r
		}
	}
	slices.SortFunc(out.shared, func(p, q mark) int {
		return cmp.Or(cmp.Compare(rarest[q.key], rarest[p.key]), cmp.Compare(p.key, q.key))
	})
	cos := func(k int) float64 {
		if dot[k] == 0 || na[k] == 0 || nb[k] == 0 {
			return 0
		}
		return min(dot[k]/math.Sqrt(na[k]*nb[k]), 1)
	}
	out.words, out.names = cos(0), cos(1)
	out.numbers = !sameTitle && numbers(a, titleWeight, 1) > 0 && numbers(b, titleWeight, 1) > 0
	out.tally = !sameNumber && numbers(a, 0, tallied) >= tally && numbers(b, 0, tallied) >= tally
	if all > 0 {
		out.titles = both / all
	}
	return out
}

// tallied is how long a number is that may be one of a tally.
const tallied = 3

// numbers counts the numbers of so many figures that weigh so much.
func numbers(s *sign, weight, length uint8) int {
	n := 0
	for _, m := range s.marks {
		if m.kind == numberKind && m.weight >= weight && m.length >= length {
			n++
		}
	}
	return n
}
