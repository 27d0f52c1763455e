package cluster

import (
	"cmp"
	"math/bits"
	"slices"

	"parallax/internal/news"
)

const (
	// gatherDocs is how many documents of other stories are asked again when a story has grown, and
	// gatherLeast the least cosine to the story of one that is.
	gatherDocs  = 12
	gatherLeast = .15
	// moveMargin is by how much more probable another story must be for a document to
	// leave its own: what hovers between two stays.
	moveMargin = .1
)

// grew reports whether a story of so many voices has just reached a size at which it looks
// for what was placed too early: 2, 3, 4, 6, 8, 12, 16 and so on, so that all its looks together
// cost each of its documents no more than a few.
func grew(voices int) bool {
	n := uint(voices)
	shift := max(bits.Len(n)-2, 0)
	return n >= 2 && n>>shift<<shift == n
}

// gather repairs what was decided when less was known: s has grown, and the documents of other
// stories that are most like it are placed as if they came now. One that is more probable
// elsewhere than where it stands moves. One that stands alone, at least in its language, takes its story
// along: the two merge. The first report of a story never leaves it otherwise, for it is the story's
// identity. The witness is the document that made s grow.
func (c *Clusterer) gather(s *story, witness *doc, dec *Decision) {
	for _, d := range c.around(s) {
		s, own := witness.story, d.story // stories may have merged meanwhile
		if own == s {
			continue
		}
		lone := own.voices == 1 && c.several(own) // in its language
		alone := lone || c.alone(own)
		if !alone && own.voice() == d {
			continue
		}
		if c.hand.Pinned[d.id] || c.locked(own) {
			continue
		}
		if !alone {
			c.leave(d)
		}
		to, score := c.better(d, own)
		switch {
		case to == nil && alone:
		case to == nil:
			c.join(d, own)
		case alone:
			if !c.mayMerge(own, to) || !c.agree(own, to) {
				continue
			}
			from, into, why := own, to, "stood alone until more was told of its event"
			if lone {
				why = "its only report in this language stood alone until more was told of its event"
			}
			if lone && c.since(from) < c.since(into) {
				from, into = into, from
			}
			dec.Merges = append(dec.Merges, news.Merge{
				From: from.id, Into: into.id, Score: score, Why: why, Model: c.opts.Model.Version, Witness: witness.id,
			})
			c.merge(from, into)
		default:
			c.join(d, to)
			why := "more probable here since more was told of both events"
			dec.Moves = append(dec.Moves, news.Move{ArticleID: d.id, From: own.id, To: to.id, Score: score, Why: why})
			c.moveCopies(d, own, to, dec)
		}
	}
}

// alone reports whether the story of s has never been more than one report and its copies, as far as can be told:
// one whose first report has left the window may be long.
func (c *Clusterer) alone(s *story) bool {
	return s.voices == 1 && s.id == news.ID("story", s.voice().id) && !c.several(s)
}

// better returns the story that d, which is not in its own at the moment unless it is alone in
// it, belongs to rather than to its own, and the probability of that; nil if there is none.
func (c *Clusterer) better(d *doc, own *story) (to *story, score float64) {
	found := c.candidates(d)
	at := c.firstOpen(found)
	if at < 0 || found[at].story == own {
		return nil, 0
	}
	least := 0.0
	for i := range found {
		if found[i].story == own {
			least = found[i].score + moveMargin
		}
	}
	if found[at].score < least {
		return nil, 0
	}
	return found[at].story, found[at].score
}

// around returns the documents of other stories that are most like s, in the order in which
// they came.
func (c *Clusterer) around(s *story) []*doc {
	sc := &c.scratch
	sc.docs = grow(sc.docs, len(c.slots.docs))
	type term struct {
		id           uint32
		factor, heft float64
		key          uint64
	}
	var top []term
	for t, w := range s.terms() {
		e := &c.terms.all[t]
		if live := len(e.postings) - int(e.dead); live < 2 || live > hotPostings {
			continue
		}
		factor := float64(w) * c.terms.idf(t)
		top = insertTop(top, term{t, factor, factor * float64(w), e.key}, queryTerms, func(a, b term) int { return cmp.Or(cmp.Compare(b.heft, a.heft), cmp.Compare(a.key, b.key)) })
	}
	marked := sc.marked[:0]
	for _, h := range top {
		for _, p := range c.terms.all[h.id].postings {
			if sc.docs[p.slot] == 0 {
				marked = append(marked, p.slot)
			}
			sc.docs[p.slot] += h.factor * float64(p.weight)
		}
	}
	sc.marked = marked
	var closest []partial
	for _, slot := range marked {
		d, score := c.slots.docs[slot], sc.docs[slot]
		sc.docs[slot] = 0
		if d == nil || d.story == s || !d.undated && len(s.times) > 0 && days(d.at-s.times[0]) > farDays {
			continue
		}
		closest = insertTop(closest, partial{d, score}, gatherDocs, func(a, b partial) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc.ordinal, b.doc.ordinal))
		})
	}
	c.layStory(s)
	list := make([]*doc, 0, len(closest))
	for _, p := range closest {
		if c.cosineDoc(p.doc) >= gatherLeast {
			list = append(list, p.doc)
		}
	}
	c.clearStory(s)
	slices.SortFunc(list, func(a, b *doc) int { return cmp.Compare(a.ordinal, b.ordinal) })
	return list
}
