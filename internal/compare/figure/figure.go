// Package figure finds what several accounts of one event count, and do not count alike. The Reading
// of a Story comes in; Figures go out: who says how many, and whether the numbers are at odds or
// one number that changed with time.
//
// Two numbers are of one thing if what is counted is the same (a class such as "killed", with the
// same people; or the same word after the number, or the same currency) and the sentences
// around them tell much the same. Numbers do not conflict that can both be right: "at
// least 10" and 12, "about 5,000" and 4,985. Dates, times, ages, ordinals and scores count nothing.
// Precision comes first. There are no sides in it.
package figure

import (
	"cmp"
	"math"
	"slices"
	"time"

	"parallax/internal/lang/number"
	"parallax/internal/news"
	"parallax/internal/reading"
)

// maxFigures is how many Figures a Story has at most: a reader is shown a handful.
const maxFigures = 20

// Find returns the Figures of a Story: conflicts first, those of most owners before others.
func Find(all *reading.Reading) []news.Figure {
	var found []group
	for _, t := range all.Tongues {
		found = append(found, groups(t)...)
	}
	slices.SortStableFunc(found, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.verdict, b.verdict), cmp.Compare(b.voices, a.voices))
	})
	if len(found) > maxFigures {
		found = found[:maxFigures]
	}
	figures := make([]news.Figure, len(found))
	for i := range found {
		figures[i] = found[i].figure()
	}
	return figures
}

// A count is a number in a sentence, with what it counts.
type count struct {
	sentence int
	number   *number.Number
	class    string
	who      int32 // the term of who or what is counted; nobody where it is people at large
	account  int
	only     bool // no other number of its class stands in its text
	at       time.Time
	when     *when
}

// nobody is the who of people at large.
const nobody = -1

// A group is counts of one thing, one of each account, in the order of accounts.
type group struct {
	tongue  *reading.Tongue
	counts  []*count
	voices  int
	verdict string
}

func (g *group) figure() news.Figure {
	f := news.Figure{Verdict: g.verdict}
	if c := g.counts[0]; c.number.Kind == number.Count || c.class != "" {
		f.Counted = c.class
	}
	if n := g.counts[0].number; n.Kind == number.Percent || n.Kind == number.Money {
		f.Unit = n.Unit
	}
	bounds := [...]string{number.Exact: "", number.Least: news.Least, number.Most: news.Most, number.About: news.About}
	for _, c := range g.counts {
		s := g.tongue.Passage(&g.tongue.Sentences[c.sentence])
		n := s
		n.From, n.To = s.From+c.number.From, s.From+c.number.To
		f.Counts = append(f.Counts, news.Count{Sentence: s, Number: n, Low: c.number.Low, High: c.number.High, Bound: bounds[c.number.Bound]})
	}
	return f
}

const (
	// alike is how much of their weight two sentences must have in common for their numbers to be of one thing,
	// alikeClass where both are of one class: the mean of the shares of each.
	// It is alikeFar where one number is many times the other, which tells of another thing rather.
	alike, alikeClass, alikeFar = .62, .45, .65
	// alikeLeast is what each must have of the other.
	alikeLeast, alikeLeastClass = .5, .33
	many                        = 4
	// alikeOnly is how much it is where both are of one class and each the only one in its text: it is
	// then the count of the event, in whatever words. Not where one is more than twice the other.
	alikeOnly, twice = .2, 2
)

// groups returns the Figures in one language.
func groups(t *reading.Tongue) []group {
	counts := read(t)
	alone(counts)
	v := voicesOf(t.Accounts)
	// Counts that can be of one thing stand together.
	slices.SortStableFunc(counts, func(a, b *count) int { return a.key(b) })
	var found []group
	for from := 0; from < len(counts); {
		to := from + 1
		for to < len(counts) && counts[from].key(counts[to]) == 0 {
			to++
		}
		found = append(found, align(t, v, counts[from:to])...)
		from = to
	}
	return found
}

// alone finds the counts that are the only ones of their class in their texts; the same number may stand there twice.
func alone(counts []*count) {
	type place struct {
		account int
		class   string
	}
	numbers := map[place]float64{}
	several := map[place]bool{}
	for _, c := range counts {
		at := place{c.account, c.class}
		if n, has := numbers[at]; has && n != c.number.Low {
			several[at] = true
		}
		numbers[at] = c.number.Low
	}
	for _, c := range counts {
		c.only = !several[place{c.account, c.class}]
	}
}

// key orders counts by what they count.
func (c *count) key(o *count) int {
	return cmp.Or(cmp.Compare(c.class, o.class), cmp.Compare(c.who, o.who), cmp.Compare(c.number.Kind, o.number.Kind), cmp.Compare(c.number.Unit, o.number.Unit))
}

// A match is a count that is of one thing with another.
type match struct {
	at    int
	score float64
}

// align groups counts of one key, which stand in the order of their sentences.
func align(t *reading.Tongue, v *voices, counts []*count) []group {
	counts = firsts(counts)
	matches := make([][]match, len(counts))
	for i, a := range counts {
		for j, b := range counts[:i] {
			if score, ok := similar(t, a, b); ok && a.account != b.account {
				if compatible(a.number, b.number) {
					score++ // who says the same number tells of the same thing, whatever else is there
				}
				matches[i], matches[j] = append(matches[i], match{j, score}), append(matches[j], match{i, score})
			}
		}
	}
	used := make([]bool, len(counts))
	var found []group
	for range maxRounds {
		best := group{tongue: t}
		var members []int
		for i := range counts {
			if used[i] || len(matches[i]) < best.voices {
				continue
			}
			if m, n := v.around(counts, matches[i], used, i); n > best.voices {
				members, best.voices = m, n
			}
		}
		if best.voices < 2 {
			break
		}
		for _, m := range members {
			used[m] = true
			best.counts = append(best.counts, counts[m])
		}
		slices.SortStableFunc(best.counts, func(a, b *count) int { return cmp.Compare(a.account, b.account) })
		if best.verdict = verdict(t, best.counts); best.verdict != "" {
			found = append(found, best)
		}
	}
	return found
}

// maxRounds is how many groups of one key are formed, the largest first.
const maxRounds = 8

// maxSame is how many counts of one key an account has: what it says of a thing it says soon.
const maxSame = 4

// firsts returns the first counts of each account.
func firsts(counts []*count) []*count {
	var list []*count
	of := map[int]int{}
	for _, c := range counts {
		if of[c.account]++; of[c.account] <= maxSame {
			list = append(list, c)
		}
	}
	return list
}

// around returns the counts that are of one thing with counts[seed], the most alike of each account, in their
// order, and how many voices they are.
func (v *voices) around(counts []*count, matches []match, used []bool, seed int) ([]int, int) {
	v.asked++
	clear(v.best)
	v.best[counts[seed].account] = match{seed, math.Inf(1)}
	for _, m := range matches {
		account := counts[m.at].account
		if old := v.best[account]; !used[m.at] && m.score > old.score {
			v.best[account] = m
		}
	}
	var members []int
	owners, texts := 0, 0
	for i, m := range v.best {
		if m.score == 0 {
			continue
		}
		members = append(members, m.at)
		if o := v.owner[i]; v.seen[o] != v.asked {
			v.seen[o] = v.asked
			owners++
		}
		if o := v.text[i]; v.seen[o] != v.asked {
			v.seen[o] = v.asked
			texts++
		}
	}
	slices.Sort(members)
	return members, min(owners, texts)
}

// voices counts the owners of accounts, copies of one text once.
type voices struct {
	owner, text []int // of each account: a number for its owner, another for its text
	seen        []int // of each such number: when it was counted last
	asked       int
	best        []match // of each account; its score is 0 where there is none
}

func voicesOf(accounts []reading.Account) *voices {
	v := &voices{best: make([]match, len(accounts))}
	numbers := map[string]int{}
	number := func(name string) int {
		n, has := numbers[name]
		if !has {
			n = len(numbers)
			numbers[name] = n
		}
		return n
	}
	for i := range accounts {
		v.owner = append(v.owner, number("owner "+accounts[i].Owner))
		v.text = append(v.text, number("text "+accounts[i].Text()))
	}
	v.seen = make([]int, len(numbers))
	return v
}

// similar returns how much the sentences of two counts tell the same, numbers aside.
func similar(t *reading.Tongue, a, b *count) (float64, bool) {
	s, m := &t.Sentences[a.sentence], &t.Sentences[b.sentence]
	var both, left, right float64
	i, j := 0, 0
	for i < len(s.Terms) || j < len(m.Terms) {
		switch {
		case j == len(m.Terms) || i < len(s.Terms) && s.Terms[i] < m.Terms[j]:
			if e := &t.Terms[s.Terms[i]]; !e.IsNumber {
				left += e.Weight
			}
			i++
		case i == len(s.Terms) || m.Terms[j] < s.Terms[i]:
			if e := &t.Terms[m.Terms[j]]; !e.IsNumber {
				right += e.Weight
			}
			j++
		default:
			if e := &t.Terms[s.Terms[i]]; !e.IsNumber {
				both += e.Weight
			}
			i++
			j++
		}
	}
	if both == 0 || (s.Cues^m.Cues)&(reading.Denies|reading.LeavesOpen) != 0 || !a.when.agrees(b.when) {
		return 0, false
	}
	mean, least := alike, alikeLeast
	if a.class != "" {
		mean, least = alikeClass, alikeLeastClass
	}
	switch low, high := min(a.number.Low, b.number.Low), max(a.number.Low, b.number.Low); {
	case high > many*low:
		mean = alikeFar
	case a.class != "" && a.only && b.only && high <= twice*low && namesMeet(s, m):
		mean, least = alikeOnly, 0
	}
	x, y := both/(both+left), both/(both+right)
	return (x + y) / 2, (x+y)/2 >= mean && min(x, y) >= least
}

// namesMeet reports whether one sentence has a name of the other, or neither has any: 21 were hurt in Lorvane,
// 25 in Keldmark, and 46 in all.
func namesMeet(s, m *reading.Sentence) bool {
	if len(s.Names) == 0 || len(m.Names) == 0 {
		return len(s.Names) == len(m.Names)
	}
	return slices.ContainsFunc(s.Names, func(n reading.Name) bool { return m.HasName(&n) })
}

// soon is how far apart two reports are at most that cannot know of one another: neither is an update of the other.
const soon = 30 * time.Minute

// slow is how long an outlet may go on to say a number that was right before.
const slow = 24 * time.Hour

// verdict tells what counts of one thing are to one another: "" if they can all be right.
func verdict(t *reading.Tongue, counts []*count) string {
	grows, shrinks, differ := true, true, false
	for i, a := range counts {
		for _, b := range counts[i+1:] { // said later, or as good as at the same time
			if compatible(a.number, b.number) || knows(t, b.account, a) || knows(t, a.account, b) {
				continue
			}
			differ = true
			up := b.number.Low > a.number.Low
			switch {
			case b.at.Sub(a.at) <= soon:
				x, y := &t.Accounts[a.account], &t.Accounts[b.account]
				if x.Owner != y.Owner && x.Text() != y.Text() {
					grows, shrinks = false, false
				}
			case up && !lags(counts, b):
				shrinks = false
			case !up && !lags(counts, b):
				grows = false
			}
		}
	}
	switch {
	case !differ:
		return ""
	case grows || shrinks:
		return news.Update
	}
	return news.Conflict
}

// knows reports whether an account has the number of c, too, be it elsewhere: then its own is another.
func knows(t *reading.Tongue, account int, c *count) bool {
	of := t.Of[account]
	for i := of.From; i < of.To; i++ {
		for k := range t.Sentences[i].Numbers {
			n := &t.Sentences[i].Numbers[k]
			if n.Low == c.number.Low && n.Unit == c.number.Unit && n.Kind != number.Time && n.Kind != number.Label {
				return true
			}
		}
	}
	return false
}

// lags reports whether what c says was said before it, not long ago, by another: it is behind.
func lags(counts []*count, c *count) bool {
	return slices.ContainsFunc(counts, func(o *count) bool {
		return o.at.Before(c.at) && c.at.Sub(o.at) <= slow && o.account != c.account && compatible(o.number, c.number)
	})
}

const (
	// rough is how far off "about" may be, as a share.
	rough = .15
	// rounding is how far off any number of more than a hundred may be.
	rounding = .005
)

// scales are the words that a writer, or a reading of it, leaves out: $150, in billions.
var scales = [...]float64{1e3, 1e6, 1e9}

// compatible reports whether two numbers can both be right.
func compatible(a, b *number.Number) bool {
	if a.Low <= b.High && b.Low <= a.High {
		return true
	}
	if a.Low > b.Low {
		a, b = b, a
	}
	// a is the lower one, by more than nothing.
	if a.Bound == number.Least || b.Bound == number.Most {
		return true
	}
	if a.High > 0 && slices.Contains(scales[:], b.Low/a.High) {
		return true
	}
	off := (b.Low - a.High) / b.Low
	if (a.Bound == number.About || b.Bound == number.About) && off <= rough {
		return true
	}
	return off <= rounding || rounds(a.High, b.Low) || rounds(b.Low, a.High)
}

// rounds reports whether x is y, rounded to the digits that x has: 5,000 is 4,985, and 1.2 is 1.23.
func rounds(x, y float64) bool {
	unit := 1e-3
	for x/(unit*10) == math.Trunc(x/(unit*10)) && unit*10 <= x {
		unit *= 10
	}
	if y != math.Trunc(y) && math.Round(y) == x { // 9 % are 9.4 %
		return true
	}
	if x < 100 && unit >= 1 { // 10 and 20 are no rounded 11 and 18
		return false
	}
	const most = .05 // of a number may be lost by rounding
	return math.Abs(x-y) <= min(unit/2, most*x)
}
