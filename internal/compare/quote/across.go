package quote

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

const (
	// shingle is how many words in a row tell a quote: fewer stand in what others say, too.
	shingle = 4
	// shortest is how many words a quote has at least that is looked for elsewhere; shorter ones
	// are the same only where all their words are.
	shortest = shingle
	// alike is how many of 100 words of the shorter of two quotes stand in the other, in the same
	// order, where both are one.
	alike = 60
	// maxAligned is how many words of a quote are aligned with another: the work grows with
	// their square.
	maxAligned = 400
	// maxShared is how many quotes may share a shingle that is to tell them: more are a phrase.
	maxShared = 80
)

// A version is a quote as one article has it, and its words.
type version struct {
	quote   news.Quote
	article *news.Article
	words   []unit
}

// A unit is a word of a quote: folded, and where it stands.
type unit struct {
	low string
	span
	gap bool // an ellipsis stands before it
	par int  // the part of the quote in which it stands
}

const (
	// maxComparedEach is how many Quotes of an Article are compared with those of others.
	maxComparedEach = 60
	// maxCells bounds the work of aligning versions of Quotes for one Story, in pairs of words: some tens of
	// milliseconds, where the quotes of a hundred ordinary reports need one. What is beyond it stays apart.
	maxCells = 10_000_000
)

// Across returns the Quotes of the Articles of a Story, the same words in several Articles of one
// language as one Quote. Quotes that more Articles carry come first, then those of earlier
// Articles. The order of articles does not matter.
func Across(articles []*news.Article) []news.Quote {
	articles = slices.Clone(articles)
	slices.SortFunc(articles, func(a, b *news.Article) int {
		return cmp.Or(a.When().Compare(b.When()), cmp.Compare(a.ID, b.ID))
	})
	articles = slices.CompactFunc(articles, func(a, b *news.Article) bool { return a.ID == b.ID })
	var versions []version
	for _, a := range articles {
		quotes := Of(a)
		for _, q := range quotes[:min(len(quotes), maxComparedEach)] {
			versions = append(versions, version{quote: q, article: a, words: units(a.Text, q.Sayings[0].Words)})
		}
	}
	var quotes []news.Quote
	for _, g := range groups(versions) {
		quotes = append(quotes, merge(versions, g))
	}
	slices.SortStableFunc(quotes, func(a, b news.Quote) int { return cmp.Compare(carriers(b), carriers(a)) })
	return quotes
}

// carriers counts the Articles of a Quote.
func carriers(q news.Quote) int {
	ids := map[string]bool{}
	for _, s := range q.Sayings {
		ids[s.Words[0].ArticleID] = true
	}
	return len(ids)
}

// units returns the words of passages.
func units(text string, passages []news.Passage) (list []unit) {
	for n, p := range passages {
		gap := false
		for i := p.From; i < p.To; {
			r, size := utf8.DecodeRuneInString(text[i:])
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				end := i + size
				for r < 0x2E80 && end < p.To {
					c, k := utf8.DecodeRuneInString(text[end:])
					after, _ := utf8.DecodeRuneInString(text[end+k:])
					if c >= 0x2E80 || end+k > p.To || !inWord(c, after) || c == '.' && end+k == p.To {
						break
					}
					end += k
				}
				list = append(list, unit{low: lower(text[i:end]), span: span{i, end}, gap: gap, par: n})
				gap = false
				i = end
				continue
			case r == '…':
				gap = true
			case r == '.' && strings.HasPrefix(text[i:p.To], "..."):
				gap = true
			}
			i += size
		}
	}
	return list
}

// groups returns the versions that are one quote, as indices in their order.
func groups(versions []version) [][]int {
	parent := make([]int, len(versions))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	seen := map[string][]int{} // shingle -> versions
	cells := 0
	var key strings.Builder
	for i, v := range versions {
		tried := map[int]bool{}
		n := min(shingle, len(v.words))
		for k := 0; k+n <= len(v.words); k++ {
			key.Reset()
			key.WriteString(v.quote.Language)
			if len(v.words) < shortest {
				key.WriteString(" all")
			}
			for _, w := range v.words[k : k+n] {
				key.WriteByte(' ')
				key.WriteString(w.low)
			}
			others := seen[key.String()]
			for _, o := range others {
				r := root(o)
				cost := len(versions[o].words) * len(v.words)
				if tried[o] || r == root(i) || cells+cost > maxCells {
					continue
				}
				tried[o] = true
				cells += cost
				if oneQuote(versions[o], v) {
					parent[max(r, root(i))] = min(r, root(i))
				}
			}
			if len(others) < maxShared && (len(others) == 0 || others[len(others)-1] != i) {
				seen[key.String()] = append(others, i)
			}
		}
	}
	byRoot := map[int][]int{}
	var order []int
	for i := range versions {
		r := root(i)
		if byRoot[r] == nil {
			order = append(order, r)
		}
		byRoot[r] = append(byRoot[r], i)
	}
	list := make([][]int, len(order))
	for i, r := range order {
		list[i] = byRoot[r]
	}
	return list
}

// oneQuote reports whether two versions are one quote: the words of the shorter stand in the longer,
// and both are given in the same kind. Who is said to have said them is settled when they are merged.
func oneQuote(a, b version) bool {
	if a.quote.Kind != b.quote.Kind {
		return false
	}
	if len(a.words) < len(b.words) {
		a, b = b, a
	}
	if len(b.words) < shortest {
		return len(a.words) == len(b.words)
	}
	return 100*len(align(a.words, b.words)) >= alike*len(b.words)
}

// align returns the words that two quotes have in common, in their order, as pairs of indices: as
// many as can be, and of the ways to choose them one with few breaks, best where an ellipsis stands.
func align(a, b []unit) (common [][2]int) {
	from := 0
	for from < len(a) && from < len(b) && a[from].low == b[from].low {
		from++
	}
	if from < sure && from < len(a) && from < len(b) {
		from = 0 // the last of these may belong to what follows
	}
	for k := range from {
		common = append(common, [2]int{k, k})
	}
	ea, eb := len(a), len(b)
	for ea > from && eb > from && a[ea-1].low == b[eb-1].low {
		ea, eb = ea-1, eb-1
	}
	if len(a)-ea < sure {
		ea, eb = len(a), len(b)
	}
	x, y := a[from:min(ea, from+maxAligned)], b[from:min(eb, from+maxAligned)]
	for _, p := range table(x, y) {
		common = append(common, [2]int{from + p[0], from + p[1]})
	}
	for k := range len(a) - ea {
		common = append(common, [2]int{ea + k, eb + k})
	}
	return common
}

// sure is how many words in a row, at the beginning or the end of two quotes, are the same without a look at the rest.
const sure = 8

// table aligns by dynamic programming: a word in common counts two, and one more where the word after it is, too.
func table(x, y []unit) (common [][2]int) {
	if len(x) == 0 || len(y) == 0 {
		return nil
	}
	width := len(y) + 1
	best := make([]uint16, (len(x)+1)*width)    // of the words from here
	matched := make([]uint16, (len(x)+1)*width) // where the first of these are in common
	for i := range slices.Backward(x) {
		for j := range slices.Backward(y) {
			at := i*width + j
			best[at] = max(best[at+width], best[at+1])
			if x[i].low != y[j].low {
				continue
			}
			matched[at] = 2 + best[at+width+1]
			if next := matched[at+width+1]; next > 0 && !x[i+1].gap && !y[j+1].gap {
				matched[at] = max(matched[at], next+3)
			}
			best[at] = max(best[at], matched[at])
		}
	}
	run := false // the word before is in common, and counted that this one is
	for i, j := 0, 0; i < len(x) && j < len(y); {
		at := i*width + j
		if matched[at] > 0 && (run || matched[at] == best[at]) {
			common = append(common, [2]int{i, j})
			next := matched[at+width+1]
			run = next > 0 && i+1 < len(x) && j+1 < len(y) && !x[i+1].gap && !y[j+1].gap && matched[at] == next+3
			i, j = i+1, j+1
			continue
		}
		if best[at+width] >= best[at+1] {
			i++
		} else {
			j++
		}
	}
	return common
}

// merge makes one Quote of the versions of a group.
func merge(versions []version, group []int) news.Quote {
	group = slices.Clone(group)
	slices.SortStableFunc(group, func(i, j int) int { return cmp.Compare(len(versions[j].words), len(versions[i].words)) })
	first := versions[group[0]]
	q := news.Quote{Kind: first.quote.Kind, Language: first.quote.Language}
	var names [][]string // of who is said to have said it, as they are compared
	agree := true
	for n, i := range group {
		v := versions[i]
		s := v.quote.Sayings[0]
		if n > 0 {
			s.Cuts, s.Differs = difference(first, v)
		}
		q.Sayings = append(q.Sayings, s)
		if s.Speaker != "" {
			name := strings.Fields(lower(s.Speaker))
			name[len(name)-1] = speechOf(q.Language).key(name[len(name)-1])
			agree = agree && !slices.ContainsFunc(names, func(other []string) bool { return !sameName(name, other) })
			names = append(names, name)
			if len(s.Speaker) > len(q.Speaker) {
				q.Speaker = s.Speaker // the fullest
			}
		}
	}
	if !agree {
		q.Speaker = "" // rather no name than that of a namesake
	}
	return q
}

// difference tells what a version lacks of the first, and what it has instead.
func difference(first, v version) (cuts []news.Cutting, differs []news.Difference) {
	common := align(first.words, v.words)
	passage := func(of version, from, to int) news.Passage {
		return news.Passage{ArticleID: of.article.ID, Revision: of.article.Revision, From: of.words[from].from, To: of.words[to-1].to}
	}
	i, j := 0, 0
	for n := 0; n <= len(common); n++ {
		ei, ej := len(first.words), len(v.words)
		if n < len(common) {
			ei, ej = common[n][0], common[n][1]
		}
		switch {
		case ej > j:
			d := news.Difference{Here: passage(v, j, ej)}
			if ei > i {
				d.First = passage(first, i, ei)
			}
			differs = append(differs, d)
		case ei > i:
			c := news.Cutting{Left: passage(first, i, ei), Where: news.CutInside}
			if j < len(v.words) && n < len(common) {
				c.Marked = v.words[j].gap
			} else {
				c.Marked = endsOpen(v)
			}
			if n == 0 {
				c.Where = news.CutStart
			} else if n == len(common) {
				c.Where = news.CutEnd
			}
			cuts = append(cuts, c)
		}
		i, j = ei+1, ej+1
	}
	return cuts, differs
}

// endsOpen reports whether a version ends with an ellipsis.
func endsOpen(v version) bool {
	words := v.quote.Sayings[0].Words
	last := words[len(words)-1]
	text := v.article.Text[last.From:last.To]
	return strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...")
}
