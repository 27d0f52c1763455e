package cluster

import (
	"fmt"
	"math"
	"slices"

	"parallax/internal/news"
)

const (
	// leastOne is the least probability that two parts of a story tell of one event with which
	// they stay together: far below that at which stories merge, so that what was parted is seldom put
	// together again.
	leastOne = .1
	// splitVoices is how many reports of a story are compared with each other; of more, these stand
	// for all, and the others go with those that they are like.
	splitVoices = 48
	// splitGroups is how many groups of them are told apart at most.
	splitGroups = 8
	// splitLeast is how many it has at least: of two, one was like the other when it came.
	splitLeast = 3
)

// grownApart says why a report stands in another story than it was placed in. What was measured follows.
const grownApart = "its story had grown apart into two"

// split takes apart what has grown apart. The reports of s fall into the two parts that are least
// like each other; where it is so improbable that these tell of one event, the part without the earliest report
// becomes a story of its own, and the rest is looked at again. A story that the editor had a hand in stays as it is.
//
// The id of the new story is made of its earliest report and of the witness, which made s grow: that report may
// have founded a story before, whose address leads to s for ever.
func (c *Clusterer) split(s *story, witness *doc, dec *Decision) {
	for s.voices >= splitLeast && !c.handled(s) {
		part, score := c.apartFrom(s)
		if score >= leastOne {
			return
		}
		to := c.story(news.ID("story", part[0].id, "split", witness.id), s.lang)
		why := fmt.Sprintf("%s: that both tell of one event has a probability of %.2f; model %s", grownApart, score, c.opts.Model.Version)
		for _, d := range part {
			c.leave(d)
			c.join(d, to)
			dec.Moves = append(dec.Moves, news.Move{
				ArticleID: d.id, From: s.id, To: to.id, Score: 1 - score, Why: why,
			})
			c.moveCopies(d, s, to, dec)
		}
	}
}

// moveCopies moves the copies of d that stand in s to another story.
func (c *Clusterer) moveCopies(d *doc, s, to *story, dec *Decision) {
	for _, copied := range slices.Clone(s.members) {
		if copied.root == d && c.move(copied, to.id) {
			dec.Moves = append(dec.Moves, news.Move{ArticleID: copied.id, From: s.id, To: to.id, Score: 1, Why: "copy of " + d.id})
		}
	}
}

// apartFrom returns the reports of s that tell least probably of the same event as the earliest and those
// that go with it, in their order, and the probability that they do.
func (c *Clusterer) apartFrom(s *story) (part []*doc, score float64) {
	voices := slices.DeleteFunc(slices.Clone(s.members), func(d *doc) bool { return d.mute })
	asked := voices
	if len(voices) > splitVoices {
		asked = make([]*doc, splitVoices)
		for i := range asked {
			asked[i] = voices[i*len(voices)/splitVoices]
		}
	}
	alike := c.alikeness(asked)
	score = 1
	var other []bool
	var least pair
	for _, group := range partings(alike, splitGroups) {
		p := c.parts(s, voices, asked, alike, group)
		if one, _ := c.opts.Model.one(&p); other == nil || one < score {
			other, least, score = group, p, one
		}
	}
	is := map[*doc]bool{}
	for i, d := range asked {
		is[d] = other[i]
	}
	if len(asked) < len(voices) {
		c.rest(voices, is)
	}
	var mine []*doc
	for _, d := range voices {
		if is[d] {
			part = append(part, d)
		} else {
			mine = append(mine, d)
		}
	}
	if c.opts.OnMerge != nil {
		c.opts.OnMerge(least.merging(mine, part))
	}
	return part, score
}

// parts measures two parts of s as if they were stories. Those of its voices that were asked
// stand for all; of them, others are in the other part.
func (c *Clusterer) parts(s *story, voices, asked []*doc, alike [][]float64, other []bool) (p pair) {
	var sums, pairs [2][2]float64
	var times [2][]int64
	size := [2]int{}
	for i, a := range asked {
		g := half(other[i])
		size[g]++
		if !a.undated {
			times[g] = append(times[g], a.at)
		}
		for j := i + 1; j < len(asked); j++ {
			h := half(other[j])
			sums[min(g, h)][max(g, h)] += alike[i][j]
			pairs[min(g, h)][max(g, h)]++
		}
	}
	mean := func(g, h int) float64 { return sums[g][h] / max(pairs[g][h], 1) }
	p.x[mMean] = mean(0, 1)
	p.within(mean(0, 0), size[0] > 1, mean(1, 1), size[1] > 1)
	for g, n := range size {
		if n > 1 { // one alone stands for itself: nothing is known of those like it
			size[g] = n * len(voices) / len(asked)
		}
	}
	p.shared(c.share(s), min(size[0], size[1]))
	slices.Sort(times[0])
	slices.Sort(times[1])
	p.time(times[0], times[1])
	p.sized(c.share(s), size[0], size[1])
	return p
}

func half(other bool) int {
	if other {
		return 1
	}
	return 0
}

// alikeness returns the cosine of each document and each other.
func (c *Clusterer) alikeness(docs []*doc) [][]float64 {
	list := square(len(docs))
	for i, a := range docs {
		c.layDoc(a)
		for j := i + 1; j < len(docs); j++ {
			list[i][j] = c.cosineDoc(docs[j])
			list[j][i] = list[i][j]
		}
		c.clearDoc(a)
	}
	return list
}

// rest says of the voices that were not asked whether they are of the other part: they go with those
// whose sum they are more like.
func (c *Clusterer) rest(voices []*doc, other map[*doc]bool) {
	var parts [2]story
	var rest []*doc
	for _, d := range voices {
		is, asked := other[d]
		if !asked {
			rest = append(rest, d)
			continue
		}
		to := &parts[half(is)]
		to.voices++
		to.members = append(to.members, d)
		to.vec = c.add(to.vec, sums(d.vec))
	}
	like := make([]float64, len(rest))
	for g := range parts {
		c.layStory(&parts[g])
		for i, d := range rest {
			like[i] += float64(2*g-1) * c.cosineDoc(d)
		}
		c.clearStory(&parts[g])
	}
	for i, d := range rest {
		other[d] = like[i] > 0
	}
}

// partings returns ways to part what is so alike: those groups that average linkage makes, which
// joins again and again the two whose mean likeness is highest, when no more than most are left. Of
// each it is said who is in it, or who is not where the first is.
func partings(alike [][]float64, most int) [][]bool {
	n := len(alike)
	group, size := make([]int, n), make([]float64, n)
	sum := square(n) // of the likenesses between groups
	for i, row := range alike {
		group[i], size[i] = i, 1
		copy(sum[i], row)
	}
	var found [][]bool
	take := func(g int) {
		is := make([]bool, n)
		for i := range is {
			is[i] = (group[i] == g) != (group[0] == g)
		}
		found = append(found, is)
	}
	for left := n; left > 1; left-- {
		if left == most || left == n && n < most {
			for g := range n {
				if size[g] > 0 {
					take(g)
				}
			}
		}
		a, b, best := 0, 0, math.Inf(-1)
		for i := range n {
			for j := i + 1; j < n && size[i] > 0; j++ {
				if mean := sum[i][j] / (size[i] * size[j]); size[j] > 0 && mean > best {
					a, b, best = i, j, mean
				}
			}
		}
		for k := range n {
			sum[a][k] += sum[b][k]
			sum[k][a] = sum[a][k]
		}
		size[a], size[b] = size[a]+size[b], 0
		for i := range group {
			if group[i] == b {
				group[i] = a
			}
		}
		if left <= most && left > 2 {
			take(a)
		}
	}
	return found
}

func square(n int) [][]float64 {
	all := make([]float64, n*n)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = all[i*n : (i+1)*n]
	}
	return rows
}

func ids(docs []*doc) []string {
	list := make([]string, len(docs))
	for i, d := range docs {
		list[i] = d.id
	}
	return list
}
