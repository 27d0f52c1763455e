package fact

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/lang/number"
	"parallax/internal/reading"
)

const (
	// covered is the share of the weight of a sentence that another has if it says the same.
	covered = .72
	// coveredPlain is the share of the weight of its words that are neither names nor numbers: names weigh
	// most, and tell who did it, not what.
	coveredPlain = .6
	// spare is among how many such words one may be missing.
	spare = 9
	// small is the share of texts that hold a word which may be missing: told, который.
	small = .11
	// mutual is the share of its own weight that must be of the shown sentence: what says far more says
	// other things, and the one may stand in a subordinate clause.
	mutual = .3
	// order is the share of pairs of words in common, one after the other, that stand so in both: a
	// clause may be moved, but who does it and to whom is told by the order in most languages.
	order = .6
	// leastContent is how many words that weigh a sentence to be shown has at least.
	leastContent = 5
	// leastNameless is how many it has if it has neither name nor number.
	leastNameless = 8
	// longestShown is how many bytes it has at most.
	longestShown = 420
)

// tells reports whether m tells of the same names and numbers what s tells of them: it has the words of s
// that are neither. A sentence of few such words turns on each of them: who won before a tribunal
// is in one word.
func (r *finder) tells(s, m *reading.Sentence) bool {
	title := titleIn(s)
	sum, all := 0.0, 0.0
	count, missing := 0, 0
	for _, id := range s.Terms {
		t := &r.Terms[id]
		if t.IsName || t.IsNumber || t.Weight == 0 || id == title {
			continue
		}
		all += t.Weight
		content := t.Share < small
		if content {
			count++
		}
		switch {
		case m.Has(id):
			sum += t.Weight
		case content:
			missing++
		}
	}
	return all == 0 || sum >= coveredPlain*all && missing*spare <= count
}

// titleIn returns the word before a name that begins a sentence or follows a quotation, where a capital letter
// does not tell that it is of the name: Mayor Anna Dorn said. It is -1 if there is none.
func titleIn(s *reading.Sentence) int32 {
	for i, w := range s.Words[:max(len(s.Words)-1, 0)] {
		if next := s.Words[i+1]; w.First && w.Capital && next.Capital && !next.Apart {
			return w.Term
		}
	}
	return -1
}

// says reports whether m says what s says, and how well.
func (r *finder) says(s, m *reading.Sentence) (float64, bool) {
	c := r.Coverage(s, m)
	if c < covered || c*s.Weight < mutual*m.Weight {
		return c, false
	}
	if asks(r.Text(m)) || (s.Cues^m.Cues)&(reading.Denies|reading.LeavesOpen) != 0 {
		return c, false
	}
	for end := range 2 {
		only := s.Poles[end] &^ s.Poles[1-end]
		if only&m.Poles[1-end]&^m.Poles[end] != 0 {
			return c, false
		}
	}
	if !r.tells(s, m) || !r.names(s, m) || !numbers(s, m) || !r.ordered(s, m) {
		return c, false
	}
	return c, true
}

// names reports whether m has every name of s.
func (r *finder) names(s, m *reading.Sentence) bool {
	for i := range s.Names {
		if !m.HasName(&s.Names[i]) {
			return false
		}
	}
	return true
}

// numbers reports whether m has every number of s.
func numbers(s, m *reading.Sentence) bool {
	for i := range s.Numbers {
		n := &s.Numbers[i]
		if n.Word && n.Low <= 1 {
			continue
		}
		if !slices.ContainsFunc(m.Numbers, func(o number.Number) bool { return same(n, &o) }) {
			return false
		}
	}
	return true
}

func same(a, b *number.Number) bool {
	return a.Low == b.Low && a.High == b.High && (a.Unit == b.Unit || a.Unit == "" || b.Unit == "")
}

// ordered reports whether the words that s and m have in common stand in much the same order.
func (r *finder) ordered(s, m *reading.Sentence) bool {
	var places [64]int
	n := 0
	for _, w := range s.Words {
		if r.Terms[w.Term].Weight == 0 || n == len(places) {
			continue
		}
		for j, v := range m.Words {
			if v.Term == w.Term {
				places[n] = j
				n++
				break
			}
		}
	}
	if n < 2 {
		return true
	}
	rising := 0
	for i := range n - 1 {
		if places[i] < places[i+1] {
			rising++
		}
	}
	return float64(rising) >= order*float64(n-1)
}

// clear reports whether s can be shown by itself.
func (r *finder) clear(s *reading.Sentence) bool {
	if s.Cues&reading.LeansBack != 0 || s.Content < leastContent || s.To-s.From > longestShown || s.Weight == 0 {
		return false
	}
	switch {
	case asks(r.Text(s)):
		return false
	case len(s.Names) > 0:
		return true
	case s.Quoted: // by whom?
		return false
	case len(s.Numbers) > 0:
		return true
	}
	// Scripts without capital letters, and what tells enough without a name.
	return s.Content >= leastNameless
}

// asks reports whether a sentence ends with a question mark: what it asks, nobody says.
func asks(text string) bool {
	text = strings.TrimRight(text, "\"'”’»“」』)")
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "؟") || strings.HasSuffix(text, "？")
}

// candidates calls yield for sentences of other accounts that can cover a share of s: they have
// one of the rarest terms, without which too much would be missing.
func (r *finder) candidates(s *reading.Sentence, share float64, yield func(int)) {
	terms := slices.Clone(s.Terms)
	slices.SortFunc(terms, func(a, b int32) int {
		return cmp.Or(cmp.Compare(len(r.Postings[a]), len(r.Postings[b])), cmp.Compare(a, b))
	})
	r.asked++
	missing := 0.0
	for _, t := range terms {
		if r.Terms[t].Weight == 0 {
			continue
		}
		for _, p := range r.Postings[t] {
			if r.seen[p] != r.asked && r.Sentences[p].Account != s.Account {
				r.seen[p] = r.asked
				yield(int(p))
			}
		}
		if missing += r.Terms[t].Weight; missing > (1-share)*s.Weight {
			return
		}
	}
}

// maxSays bounds how many pairs of sentences are held against one another for a Story: a second or two of work
// where an outlet wrote its text for that, a tenth of it in the largest stories there are. Each account has the
// same share.
const maxSays = 1_200_000

// groups returns the Facts of the reading.
func (r *finder) groups() []group {
	var all []group
	share := maxSays / max(len(r.Accounts), 1)
	account, said := -1, 0
	for i := range r.Sentences {
		s := &r.Sentences[i]
		if s.Account != account {
			account, said = s.Account, 0
		}
		if r.Accounts[s.Account].Original != "" || !r.clear(s) || said > share {
			continue
		}
		best := map[int]int{} // account -> sentence
		score := map[int]float64{}
		r.candidates(s, covered, func(m int) {
			said++
			c, ok := r.says(s, &r.Sentences[m])
			a := r.Sentences[m].Account
			if old, has := best[a]; ok && (!has || c > score[a] || c == score[a] && m < old) {
				best[a], score[a] = m, c
			}
		})
		if len(best) == 0 {
			continue
		}
		g := group{finder: r, shown: i}
		for _, m := range best {
			g.said = append(g.said, m)
		}
		slices.Sort(g.said)
		if g.voices = r.voices(&g); g.voices < 2 {
			continue
		}
		g.heft = s.Weight / math.Sqrt(float64(utf8.RuneCountInString(r.Text(s))))
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.voices, a.voices), cmp.Compare(b.heft, a.heft))
	})
	// Each sentence once: what was grouped with a better one goes with it.
	used := map[int]bool{}
	var kept []group
	for _, g := range all {
		if used[g.shown] || r.told(kept, &r.Sentences[g.shown]) {
			continue
		}
		taken := 0
		for _, m := range g.said {
			if used[m] {
				taken++
			}
		}
		if 2*taken >= len(g.said) {
			continue
		}
		used[g.shown] = true
		for _, m := range g.said {
			used[m] = true
		}
		kept = append(kept, g)
		if len(kept) == maxFacts {
			break
		}
	}
	return kept
}

// told reports whether one of groups shows much the same as s.
func (r *finder) told(groups []group, s *reading.Sentence) bool {
	const much = .6
	for i := range groups {
		o := &r.Sentences[groups[i].shown]
		if r.Coverage(s, o) >= much || r.Coverage(o, s) >= much {
			return true
		}
	}
	return false
}

// voices counts the owners of a group, copies of one text once.
func (r *finder) voices(g *group) int {
	owners, texts := map[string]bool{}, map[string]bool{}
	for _, m := range append([]int{g.shown}, g.said...) {
		a := &r.Accounts[r.Sentences[m].Account]
		owners[a.Owner] = true
		texts[a.Text()] = true
	}
	return min(len(owners), len(texts))
}
