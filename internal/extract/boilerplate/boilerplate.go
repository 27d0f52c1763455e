// Package boilerplate finds the blocks that the articles of a Source repeat (a promotion, a
// disclaimer, an invitation to follow) and takes them out. In come articles in the order in
// which they appear, and what was learned of the Source; out go articles without those
// blocks, the blocks beside, and what is now known.
//
// A block is a paragraph, or a line of one. It is known by its words alone, and counted in
// the last articles of its Source: one that stands in many of them, of different days and
// topics, is boilerplate. At the edges of texts fewer are enough than in the middle. What
// was learned is kept until no article has had it for half a year; more than maxBlocks are
// not, the longest unseen go.
//
// What a page says of a text that it shows (from whom it is, why it is there, that nobody
// endorses it) is a notice: it is known by its words, in the first article that has it.
//
// A text of which nothing else would be left is left alone.
package boilerplate

import (
	"slices"
	"time"

	"parallax/internal/news"
)

const (
	// maxBlocks is how many blocks are remembered of a Source.
	maxBlocks = 40
	// unseen is after what time without an article that has it a block is forgotten.
	unseen = 180 * 24 * time.Hour
)

// A Set is the blocks that are taken out of the articles of a Source. It does not change;
// nil is one without any.
type Set struct {
	kinds map[uint64]string
}

// NewSet returns the set of the blocks of b.
func NewSet(b *news.Boilerplate) *Set {
	if b == nil || len(b.Blocks) == 0 {
		return nil
	}
	s := &Set{kinds: make(map[uint64]string, len(b.Blocks))}
	for _, k := range b.Blocks {
		if m := mark(k.Text); m != 0 {
			s.kinds[m] = k.Kind
		}
	}
	return s
}

// kind returns the kind of a block of the set, "" for others.
func (s *Set) kind(block string) string {
	if s == nil || len(s.kinds) == 0 {
		return ""
	}
	return s.kinds[mark(block)]
}

// A Learner learns what the articles of one Source repeat.
type Learner struct {
	b       news.Boilerplate
	window  window
	set     *Set
	changed bool
	fresh   bool
}

// NewLearner returns a Learner that knows b.
func NewLearner(b *news.Boilerplate) *Learner {
	l := &Learner{b: *b, window: decode(b.Window), set: NewSet(b)}
	l.b.Blocks = slices.Clone(b.Blocks)
	return l
}

// Set returns what is taken out now.
func (l *Learner) Set() *Set { return l.set }

// State returns what is known, and whether it changed since NewLearner.
func (l *Learner) State() (*news.Boilerplate, bool) {
	b := l.b
	if l.changed {
		b.Window = l.window.encode()
	}
	return &b, l.changed
}

// See learns from an article what it repeats of others.
func (l *Learner) See(a *news.Article, now time.Time) {
	e, known, ok := sample(a)
	if !ok {
		return
	}
	l.changed = true
	l.window = l.window.add(e)
	for _, m := range l.window.habits(known) {
		text := known[m]
		if l.set.kind(text) != "" {
			continue // it is where nothing is taken from, as in a table
		}
		kind := news.ApartBoilerplate
		if Notice(text) {
			kind = news.ApartNotice
		}
		l.add(news.Block{Kind: kind, Text: text, Learned: now, Last: now}, now)
		l.fresh = true
	}
}

// Taken counts what was taken out of an article.
func (l *Learner) Taken(articleID string, list []news.Apart, now time.Time) {
	for _, apart := range list {
		if l.set.kind(apart.Text) == "" {
			continue
		}
		m := mark(apart.Text)
		for i := range l.b.Blocks {
			if k := &l.b.Blocks[i]; mark(k.Text) == m {
				k.Times, k.Article, k.Last = k.Times+1, articleID, now
				l.changed = true
			}
		}
	}
}

// add remembers a block, and forgets those that are over.
func (l *Learner) add(k news.Block, now time.Time) {
	l.changed = true
	l.b.Blocks = slices.DeleteFunc(l.b.Blocks, func(old news.Block) bool { return now.Sub(old.Last) > unseen })
	if len(l.b.Blocks) >= maxBlocks {
		oldest := 0
		for i, old := range l.b.Blocks {
			if old.Last.Before(l.b.Blocks[oldest].Last) {
				oldest = i
			}
		}
		l.b.Blocks = slices.Delete(l.b.Blocks, oldest, oldest+1)
	}
	l.b.Blocks = append(l.b.Blocks, k)
	l.set = NewSet(&l.b)
}

// Fresh reports whether a block was learned since the last call, and so may stand in the
// articles of before.
func (l *Learner) Fresh() bool {
	fresh := l.fresh
	l.fresh = false
	return fresh
}
