// Package cluster groups Articles into Stories: what is told of one event stands in
// one Story. Articles that belong to no Story come in, in the order of their time;
// Placements, Merges and the head of each changed Story go out. An Article once placed
// moves when its Story merges into another or has grown apart, when more was told of another event and it is clearly more
// probable there, or when an editor moves it. What the editor decided is respected for ever; see Obey.
//
// # The method
//
// A Clusterer is streaming and pure: no clock, no input or output, no randomness. Time
// is what the documents say. Each document becomes a vector of stems: a word of the
// title counts half as much again as one of the first 60 of the text, one of the next 140
// half; repetition counts by its logarithm. Names count no more than other words: in a hub
// of one region all news share them, and what happened is told by the others. Terms carry
// their language, so that documents of two languages share none. Two vectors compare by
// their cosine, each term weighted with its inverse document frequency to the power .75.
// Frequencies are counted in the live window and blended with a table that is shipped
// (data/df-LANG.tsv) or, where there is none, with a guess from the length of the word;
// so a hub with ten articles already knows that "president" says little, and one with fifty
// what its own region talks of every day.
//
// A new document is looked up by its heaviest terms, and measured against each of the stories found
// whose first document is at most three days away: how like it is to the whole of the story
// and to its closest documents, how much of the headlines is told, whether numbers
// differ, how old the story is, and how like the document is to stories of other days
// and to other stories of its own: a likeness that is common proves little. JoinFeatures
// lists all. Words that an outlet uses in many of its reports prove nothing of two of them. From
// these a logistic model gives the probability that it tells of the
// same event. It joins the most probable story if that reaches one half, or a little more where it is
// a single report (see Model), else it founds one, whose
// id is news.ID("story", id of the document). The clock of a story never starts anew, so that
// a saga does not become one story. The size of a story is not measured. A copy of wire text
// joins the story of its original at once and has no weight in it: a thousand copies are
// one voice.
//
// One outlet that tells the same in the same words with another name in the headline, or half a
// day later with another number, tells a series: the price of each day, the result of each
// district. That speaks against one event as nothing else does.
//
// What was placed too early finds home later. Stories merge: a document that belongs to a story and
// may belong to another, or that is a little like several, is witness that two of them may
// be one. A second logistic model decides, by MergeFeatures: how like all reports of one are to all
// of the other, and among themselves; a third, by LargeFeatures, where one has six reports or more, for
// what is told of a large event by many is as little alike as two small events are. The younger
// merges into the older. And a story that has grown asks the documents that are most like it and
// stand elsewhere again, as if they came now: one that stood alone takes its story along, one that
// is clearly more probable here moves; the first report of a story never leaves it.
//
// What has grown apart is taken apart, at the same moments: the reports of a story are grouped by
// how like they are, and a group of which the model that would merge it with the rest says that it
// is of another event becomes a story of its own. The part with the earliest report keeps the id.
// See split.
//
// The weights of all three are in data/model.txt, with their meaning and the figures that they reach;
// internal/cluster/train learns them from labelled collections. Every Decision says in words
// what was measured, with the version of the model.
//
// Where documents have embeddings of a language model, how alike these are is one more feature of a
// document and a story, added to what all others say; see Meaning. Where they have none, nothing is
// added, and everything is as if there were no such feature.
//
// # The same after a restart
//
// What a Clusterer knows is a function of the documents of the last seven days (its
// window, measured from the latest document), of their stories and of their order, and of
// nothing else: counts and sums are integers, and ties fall to the older story. So one that
// is rebuilt with Restore goes on exactly as if it had never stopped. Times are of
// the stream: documents in a time older than the window found stories of their own.
//
// In which order the documents of one minute come does matter to Add: docs/clustering.md says how much.
// Whoever can wait for the end of a minute places them with Minute, where it does not.
//
// # Languages
//
// All of this happens within a language. A story that is told in several is a strand in each, and strands become
// one story where package across finds strong evidence in the names, numbers and places of both; see strand.go and bridge.go.
package cluster

import (
	"cmp"
	"container/heap"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster/across"
	"parallax/internal/news"
)

// Options are what a Clusterer works with. A zero field means its default.
type Options struct {
	Model   *Model        // DefaultModel
	Meaning *Meaning      // DefaultMeaning
	Window  time.Duration // how long a document is remembered; 7 days
	// OneLanguage has stories of two languages stay apart. It is for learning: labels tell them apart, and the
	// weights are of what happens within a language.
	OneLanguage bool

	// OnJoin is told of each document that came in and of the stories that it was compared
	// with, OnMerge of each two stories that were, and of the two parts of each that was looked at, before it is decided. They are for
	// learning, and may be nil.
	OnJoin  func(id string, measured []Measured)
	OnMerge func(Merging)
}

// A Measured is a story with its features; see JoinFeatures.
type Measured struct {
	Features []float64
	Members  []string
}

// A Merging is two stories with their features: MergeFeatures, and LargeFeatures, nil where neither is large.
type Merging struct {
	Features, Large []float64
	Members, Others []string
}

func (o *Options) setDefaults() {
	if o.Model == nil {
		o.Model = DefaultModel()
	}
	if o.Meaning == nil {
		o.Meaning = DefaultMeaning()
	}
	o.Window = cmp.Or(o.Window, 7*24*time.Hour)
}

// A Doc is what clustering reads of an Article.
type Doc struct {
	ID       string
	Language string // BCP 47
	Title    string
	Text     string
	// At is its time; a zero At is not known and neither ages it nor is aged.
	At time.Time
	// WireRoot is the document of which it is a copy, or "".
	WireRoot string
	Source   string // the outlet, or ""
	// Embedding may be nil; it is not looked at where the document is a copy.
	Embedding *news.Embedding

	vec *vector // kept by Prepare
}

// Prepare does what can be done for d before its turn, and any number of times.
func (d *Doc) Prepare() { d.vec = vectorOf(*d) }

// DocOf returns what clustering reads of a.
func DocOf(a *news.Article) Doc {
	text := a.Text
	if text == "" {
		text = a.Lead
	}
	return Doc{
		ID: a.ID, Language: a.Language, Title: a.Title, Text: text, At: a.When(), WireRoot: a.WireRoot, Source: a.SourceID,
		Embedding: a.Embedding,
	}
}

// A Decision says where a Doc was placed, and why.
type Decision struct {
	StoryID string
	Founded bool          // the document is the first of a new story
	Score   float64       // the probability at which it joined; 0 when it founded the story
	Why     string        // in words
	Grounds *news.Grounds // what was measured; nil where nothing was
	// Alone is set for a copy whose original stands in a story that the editor locked: it
	// weighs by itself, and is to be restored without WireRoot.
	Alone bool
	// Merges are of stories that the document showed to be one, and Moves of documents that it
	// showed to stand in the wrong story; see gather and split. They happened after the document was placed in
	// StoryID, in the order of each list; it may be among those that moved.
	Merges []news.Merge
	Moves  []news.Move
	// Head is the most central document of the story as it is now: never a copy where
	// the story holds an original; the earliest of equals; "" when the window holds none.
	Head string
}

// A Clusterer holds the documents of its window in their stories. It is not safe for
// concurrent use.
type Clusterer struct {
	opts    Options
	terms   terms
	clock   int64 // time of the latest document, Unix ms
	ordinal int64 // of the last document taken in
	docs    map[string]*doc
	stories map[string]*story // by id one of its strands, which leads to the next
	oldest  byTime            // docs, the oldest first
	slots   slots
	numbers []*story // stories by their number; nil where none has it
	unused  []uint32 // numbers that were given back
	scratch scratch
	hand    news.Hand // what the editor decided
	spaces  map[spaceKey]*space
	outlets map[uint32]int // reports of each in the window, without copies
	spoken  []int32        // documents of each language in the window, copies among them
	others  *across.Index  // what documents share across languages, of those that were read for it; see bridge.go
}

// A doc is a document of the window.
type doc struct {
	id      string
	ordinal int64  // place in the order in which documents came in
	at      int64  // Unix ms; for an undated one the clock at which it came in
	slot    uint32 // index into slots, and what postings hold
	source  uint32 // hash of the outlet; 0 if it is not known
	lang    uint16 // index into terms.languages
	undated bool
	mute    bool // a copy whose original is known: has no weight, no vector
	root    *doc // this original; nil where d is not mute
	vec     []weight
	story   *story
	meaning *meaning // nil where it has none
}

// voice returns d, or the document of which it is a copy.
func (d *doc) voice() *doc {
	if d.root != nil {
		return d.root
	}
	return d
}

// NewClusterer returns an empty Clusterer.
func NewClusterer(o Options) *Clusterer {
	o.setDefaults()
	c := &Clusterer{
		opts: o, docs: map[string]*doc{}, stories: map[string]*story{}, numbers: []*story{noStory: nil},
		spaces: map[spaceKey]*space{}, outlets: map[uint32]int{}, others: across.NewIndex(o.Window),
	}
	c.terms.init()
	return c
}

// Len returns how many documents the window holds.
func (c *Clusterer) Len() int { return len(c.docs) }

// Add places d. Documents should come in order of time; one that comes late is compared with
// the stories of its own time while these are in the window.
func (c *Clusterer) Add(d Doc) Decision {
	if known := c.docs[d.ID]; known != nil {
		return Decision{StoryID: known.story.id, Why: "placed before", Head: c.head(known.story)}
	}
	fresh, at := c.advance(d.At)
	alone := false
	if root := c.docs[d.WireRoot]; root != nil && d.WireRoot != "" && c.locked(root.story) {
		alone = true
	} else if root != nil && d.WireRoot != "" {
		dec := Decision{StoryID: root.story.id, Score: 1, Why: "copy of " + d.WireRoot}
		if fresh {
			c.insert(&doc{id: d.ID, at: at, undated: d.At.IsZero(), lang: root.lang, mute: true, root: root.voice()}, root.story)
		}
		dec.Head = c.head(root.story)
		return dec
	}
	founded := Decision{StoryID: news.ID("story", d.ID), Founded: true, Head: d.ID, Alone: alone}
	if !fresh {
		founded.Why = fmt.Sprintf("first report; came more than %d days late", int(c.opts.Window.Hours()/24))
		return founded
	}
	v := d.vector()
	nd := &doc{id: d.ID, at: at, undated: d.At.IsZero(), source: hash32(d.Source), meaning: c.meaningOf(d.Embedding)}
	c.terms.intern(nd, v)
	found := c.candidates(nd)
	if c.opts.OnJoin != nil {
		c.opts.OnJoin(d.ID, measured(found))
	}

	var merges []news.Merge
	chosen := c.firstOpen(found)
	if chosen < 0 && len(found) > 1 {
		// What was told in several stories is like all of them, and much more like none.
		if m := c.mergeable(found[0].story, found, found[0].odds); m != nil {
			m.Witness = d.ID
			merges = append(merges, *m)
			found = c.candidates(nd)
			chosen = c.firstOpen(found)
		}
	}
	founded.Merges = merges

	if chosen < 0 {
		founded.Why = "first report"
		if len(found) > 0 {
			founded.Grounds = c.grounds(nd, v, found, chosen)
			founded.Why += "; nearest " + c.because(founded.Grounds.Refused, &found[0])
		}
		if len(found) > 0 && founded.Grounds.Locked != "" {
			founded.Why += "; that story is locked by the editor"
		}
		c.insert(nd, c.story(founded.StoryID, nd.lang))
		c.read(nd, &d)
		founded.Merges = append(founded.Merges, c.meet(nd)...)
		return founded
	}
	best := found[chosen].story
	dec := Decision{Score: found[chosen].score, Grounds: c.grounds(nd, v, found, chosen), Alone: alone, Merges: merges}
	dec.Why = c.because(dec.Grounds.Chosen, &found[chosen])
	odds := found[chosen].odds
	c.insert(nd, best)
	c.read(nd, &d)
	if m := c.mergeable(best, found, odds); m != nil {
		m.Witness = d.ID
		dec.Merges = append(dec.Merges, *m)
		dec.Why += "; joins two stories that are one, " + fmt.Sprintf("%.2f", m.Score)
		best = nd.story
	}
	if grew(best.voices) {
		c.gather(best, nd, &dec)
		best = nd.story
		moved := len(dec.Moves)
		c.split(best, nd, &dec)
		if len(dec.Moves) == moved { // merges are told before moves, and know nothing of a story that these made
			dec.Merges = append(dec.Merges, c.meet(nd)...)
			best = nd.story
		}
	}
	dec.StoryID, dec.Head = best.id, c.head(best)
	return dec
}

// because says in words why a document stands with f or not.
func (c *Clusterer) because(w *news.Weighed, f *candidate) string {
	return strings.TrimPrefix(strings.Join(w.Words, ", ")+"; "+c.evidence(f), "; ")
}

func measured(found []candidate) []Measured {
	list := make([]Measured, len(found))
	for i, f := range found {
		list[i] = Measured{slices.Clone(f.x[:]), ids(f.story.members)}
	}
	return list
}

func (d *Doc) vector() *vector {
	if d.vec != nil {
		return d.vec
	}
	return vectorOf(*d)
}

// hash32 returns 0 for the empty string only.
func hash32(s string) uint32 {
	if s == "" {
		return 0
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, s)
	return max(h.Sum32(), 1)
}

// Restore takes in a document that was placed before, without deciding anything. Documents
// must come in the order in which they were placed.
func (c *Clusterer) Restore(d Doc, storyID string) {
	if c.docs[d.ID] != nil {
		return
	}
	fresh, at := c.advance(d.At)
	if !fresh {
		return
	}
	nd := &doc{id: d.ID, at: at, undated: d.At.IsZero(), source: hash32(d.Source)}
	if d.WireRoot != "" {
		if root := c.docs[d.WireRoot]; root != nil {
			nd.root, nd.mute, nd.lang = root.voice(), true, root.lang
		}
	}
	if !nd.mute {
		c.terms.intern(nd, d.vector())
		nd.meaning = c.meaningOf(d.Embedding)
	}
	c.insert(nd, c.story(storyID, nd.lang))
	c.read(nd, &d)
}

// advance moves the clock to at unless it is past it, forgets what left the window, and
// returns whether a document of that time belongs into the window.
func (c *Clusterer) advance(t time.Time) (fresh bool, at int64) {
	at = c.clock
	if !t.IsZero() {
		at = t.UnixMilli()
	}
	if at > c.clock || c.ordinal == 0 {
		c.clock = at
	}
	c.ordinal++
	since := c.clock - c.opts.Window.Milliseconds()
	for len(c.oldest) > 0 && c.oldest[0].at < since {
		c.forget(heap.Pop(&c.oldest).(*doc))
	}
	if c.others.Len() > 0 {
		c.others.Advance(time.UnixMilli(c.clock))
	}
	return at >= since, at
}

// insert takes nd into the window and into s.
func (c *Clusterer) insert(nd *doc, s *story) {
	nd.ordinal = c.ordinal
	c.slots.take(nd)
	c.terms.count(nd)
	c.docs[nd.id] = nd
	if !nd.mute {
		c.outlets[nd.source]++
	}
	for int(nd.lang) >= len(c.spoken) {
		c.spoken = append(c.spoken, 0)
	}
	c.spoken[nd.lang]++
	heap.Push(&c.oldest, nd)
	c.join(nd, s)
	c.takeMeaning(nd)
}

// forget takes d out of the window.
func (c *Clusterer) forget(d *doc) {
	c.leave(d)
	if !d.mute {
		if c.outlets[d.source]--; c.outlets[d.source] == 0 {
			delete(c.outlets, d.source)
		}
	}
	c.spoken[d.lang]--
	c.slots.empty(d)
	c.terms.uncount(d, &c.slots)
	delete(c.docs, d.id)
	c.dropMeaning(d)
}

// byTime is a heap of documents, the oldest first.
type byTime []*doc

func (h byTime) Len() int { return len(h) }
func (h byTime) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].ordinal < h[j].ordinal
}
func (h byTime) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *byTime) Push(x any)   { *h = append(*h, x.(*doc)) }
func (h *byTime) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return d
}
