package wording

import (
	"cmp"
	"math"
	"slices"

	"parallax/internal/news"
)

const (
	// maxTerms is how many typical terms a side has at most: more than a reader takes in.
	maxTerms = 6
	// minZ is by how many standard deviations a side must use a term more.
	minZ = 2.0
	// maxChance is how many of the terms of a Story, in one language, may be there by chance. With
	// less, the stories of twenty outlets that most hubs have show nothing (docs/compare.md).
	maxChance = 1
	// maxPassages is how many Articles are named for a term, on its side and beyond it.
	maxPassages = 12
)

// A candidate is a gram that may be typical of a side.
type candidate struct {
	gram, side  int32
	own, others int // voices that use it
	z, chance   float64
}

// typical returns the terms of each side.
//
// The measure is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and
// Quinn 2008), of voices rather than of words. The prior is two voices more on either side, of which
// one uses each term as often as the whole Story and one as often as the language does. A side whose voices say
// more is expected to use each term more often, in the same ratio.
//
// A Story has hundreds of terms, and some are parted by chance. So the chance is reckoned of each that
// as many voices of the side have it where voices are drawn without regard to their side (Fisher
// 1935), and a term is shown only if, of all that were tried, no more than maxChance are expected
// to do as well. Terms that are too rare to do as well whatever their places are do not count among
// those tried (Tarone 1990).
func (f *finder) typical() [][]news.TypicalTerm {
	total := 0
	for _, n := range f.count {
		total += n
	}
	logs := logFactorials(total)
	var list []candidate
	var least []float64 // chances that terms have at best
	for i := range f.grams {
		g := &f.grams[i]
		used := 0
		for _, n := range g.uses {
			used += int(n)
		}
		if used < minOwners {
			continue
		}
		for s := range f.sides {
			own, n := int(g.uses[s]), f.count[s]
			if n < minOwners || total-n < minOwners {
				continue
			}
			least = append(least, tail(logs, min(used, n), used, n, total))
			if own < minOwners {
				continue
			}
			c := candidate{gram: int32(i), side: int32(s), own: own, others: used - own}
			if c.z = f.z(g, s, used, total); c.z >= minZ {
				c.chance = tail(logs, own, used, n, total)
				list = append(list, c)
			}
		}
	}
	slices.Sort(least)
	list = slices.DeleteFunc(list, func(c candidate) bool {
		tried, _ := slices.BinarySearch(least, math.Nextafter(c.chance, 1))
		return c.chance*float64(tried) > maxChance
	})
	byZ(list)
	terms := make([][]news.TypicalTerm, len(f.sides))
	for s := range terms {
		for _, c := range f.distinct(list, int32(s)) {
			if t, ok := f.term(&c); ok {
				t.Of, t.OthersOf = f.count[s], total-f.count[s]
				terms[s] = append(terms[s], t)
			}
		}
	}
	return terms
}

func byZ(list []candidate) {
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.z, a.z), cmp.Compare(b.own, a.own), cmp.Compare(a.gram, b.gram))
	})
}

// z returns by how many standard deviations side s uses g more than the others.
func (f *finder) z(g *gram, s, used, total int) float64 {
	language := 1.0
	for _, term := range g.words() {
		language = min(language, f.Terms[term].Share)
	}
	prior := float64(used)/float64(total) + language
	own, n := float64(g.uses[s]), float64(f.count[s])
	others, m := float64(used)-own, float64(total)-n
	a, b := own+prior, n+2-own-prior
	c, d := others+prior, m+2-others-prior
	bulk := 0
	for _, t := range f.bulk {
		bulk += t
	}
	longer := math.Log(float64(f.bulk[s]) / n / (float64(bulk-f.bulk[s]) / m))
	return (math.Log(a/b) - math.Log(c/d) - longer) / math.Sqrt(1/a+1/b+1/c+1/d)
}

// tail returns the chance that at least own of n voices use what used of total do.
func tail(logs []float64, own, used, n, total int) float64 {
	choose := func(n, k int) float64 { return logs[n] - logs[k] - logs[n-k] }
	p := 0.0
	for k := own; k <= min(used, n); k++ {
		if used-k <= total-n {
			p += math.Exp(choose(n, k) + choose(total-n, used-k) - choose(total, used))
		}
	}
	return p
}

func logFactorials(n int) []float64 {
	logs := make([]float64, n+1)
	for i := 2; i <= n; i++ {
		logs[i] = logs[i-1] + math.Log(float64(i))
	}
	return logs
}

// distinct returns the first terms of a side of which none is a part of another. Of a word
// and a longer term with it, the longer stands for both if nearly as many voices use it.
func (f *finder) distinct(list []candidate, side int32) []candidate {
	const nearly = .75
	within := map[int32]int{} // term -> the voices that use it in a longer one
	for _, c := range list {
		if g := &f.grams[c.gram]; c.side == side && g.n > 1 {
			for _, term := range g.words() {
				within[term] = max(within[term], c.own)
			}
		}
	}
	var chosen []candidate
	taken := map[int32]bool{}
	for _, c := range list {
		g := &f.grams[c.gram]
		if c.side != side || g.n == 1 && float64(within[g.terms[0]]) >= nearly*float64(c.own) ||
			slices.ContainsFunc(g.words(), func(term int32) bool { return taken[term] }) {
			continue
		}
		for _, term := range g.words() {
			taken[term] = true
		}
		if chosen = append(chosen, c); len(chosen) == maxTerms {
			break
		}
	}
	return chosen
}

// term returns who uses a term and where, and false where that cannot be told.
func (f *finder) term(c *candidate) (news.TypicalTerm, bool) {
	t := news.TypicalTerm{Owners: c.own, Others: c.others}
	type form struct {
		times int
		first news.Passage
	}
	forms := map[string]*form{}
	var order []string
	before := -1                         // the account before
	for _, at := range f.spots[c.gram] { // in the order of their places
		p, ok := f.passage(at)
		if !ok {
			continue
		}
		a := f.Sentences[at.sentence].Account
		own := f.voices[f.voiced[a]].side == int(c.side)
		if a != before {
			to := &t.Elsewhere
			if own {
				to = &t.Passages
			}
			if len(*to) < maxPassages {
				*to = append(*to, p)
			}
		}
		before = a
		if !own {
			continue
		}
		words, _ := p.In(f.Accounts[a].Article)
		if forms[words] == nil {
			forms[words] = &form{first: p}
			order = append(order, words)
		}
		forms[words].times++
	}
	most := 0
	for _, words := range order {
		if forms[words].times > most {
			most, t.Shown = forms[words].times, forms[words].first
		}
	}
	return t, most > 0
}
