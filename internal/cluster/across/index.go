package across

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
)

// A Doc is what is read of an Article.
type Doc struct {
	ID       string
	Language string // BCP 47
	Title    string
	Text     string
	At       time.Time // zero: not known
}

// An Index holds the documents of a window in their stories. It is not safe for concurrent use.
type Index struct {
	window  int64 // ms
	clock   int64 // time of the latest document, Unix ms
	docs    map[string]*doc
	stories map[string]*story
	oldest  byTime
	terms   map[term]*entry
	tags    map[string]uint16
	langs   []int32 // documents of each language
	names   []string
	readers []*reader // of each language
	last    *doc      // that was read last

	// Of stories beyond the window, as later ones may follow them.
	signs   map[string]*sign
	signsBy map[term][]*sign
	order   []*sign // the oldest first
}

// A doc is a document of the window.
type doc struct {
	id    string
	at    int64
	lang  uint16
	fams  [3]bool
	marks []mark
	story *story
	gone  bool
}

type story struct {
	id   string
	docs []*doc // in the order of their ids, so that the order in which they came says nothing
}

// A term is a mark in a language.
type term struct {
	lang uint16
	key  uint32
}

// An entry is what the window knows of a term.
type entry struct {
	docs     int32
	word     string // as it was written last, as a name if it ever was
	postings []*doc // of all but words; those gone among them
	dead     int
}

// NewIndex returns an empty index that remembers documents for so long.
func NewIndex(window time.Duration) *Index {
	return &Index{
		window: window.Milliseconds(), docs: map[string]*doc{}, stories: map[string]*story{},
		terms: map[term]*entry{}, tags: map[string]uint16{},
		signs: map[string]*sign{}, signsBy: map[term][]*sign{},
	}
}

// Advance says that the stream has come to t, and forgets what left the window.
func (x *Index) Advance(t time.Time) {
	x.clock = max(x.clock, t.UnixMilli())
	for len(x.oldest) > 0 && x.oldest[0].at < x.clock-x.window {
		x.forget(heap.Pop(&x.oldest).(*doc))
	}
}

// Move moves a document, if x holds it, to another story.
func (x *Index) Move(id, storyID string) {
	if d := x.docs[id]; d != nil && d.story.id != storyID {
		x.leave(d)
		x.join(d, storyID)
	}
}

// Merge moves all that x holds of a story to another.
func (x *Index) Merge(from, into string) {
	s := x.stories[from]
	if s == nil {
		return
	}
	to := x.stories[into]
	if to == nil {
		x.Rename(from, into)
		return
	}
	delete(x.stories, from)
	for _, d := range s.docs {
		d.story = to
	}
	to.docs = append(to.docs, s.docs...)
	slices.SortFunc(to.docs, func(a, b *doc) int { return cmp.Compare(a.id, b.id) })
}

// Story returns the story of a document, or "" where x does not hold it.
func (x *Index) Story(id string) string {
	if d := x.docs[id]; d != nil {
		return d.story.id
	}
	return ""
}

// Rename gives a story, if x holds any of it, another id, that no other has.
func (x *Index) Rename(from, to string) {
	s := x.stories[from]
	if s == nil {
		return
	}
	delete(x.stories, from)
	s.id = to
	x.stories[to] = s
}

// Len returns how many documents the window holds.
func (x *Index) Len() int { return len(x.docs) }

// Put takes d in as a member of a story, or moves it there. A document that is older than the
// window is passed over, and so is one whose language is not known.
func (x *Index) Put(d Doc, storyID string) {
	if known := x.docs[d.ID]; known != nil {
		from := known.story
		x.Move(d.ID, storyID)
		if len(from.docs) == 0 {
			x.Forget(from.id) // it merged
		}
		return
	}
	at := x.clock
	if !d.At.IsZero() {
		at = d.At.UnixMilli()
		x.Advance(d.At)
	}
	tag := Base(d.Language)
	if at < x.clock-x.window || tag == lang.Und {
		return
	}
	nd := &doc{id: d.ID, at: at, lang: x.lang(tag)}
	r := x.readers[nd.lang].read(d.Title, d.Text)
	nd.fams, nd.marks = r.families, r.marks
	x.last = nd
	x.langs[nd.lang]++
	for _, m := range nd.marks {
		t := term{nd.lang, m.key}
		e := x.terms[t]
		if e == nil {
			e = &entry{}
			x.terms[t] = e
		}
		if w := r.words[m.key]; e.word == "" || m.kind != word && e.word != w {
			// As a name it is written otherwise than words that sound like it.
			e.word = strings.Clone(w)
		}
		e.docs++
		if m.kind != word {
			e.postings = append(e.postings, nd)
		}
	}
	x.docs[nd.id] = nd
	heap.Push(&x.oldest, nd)
	x.join(nd, storyID)
}

// Sync makes d the documents of a story, and these only.
func (x *Index) Sync(storyID string, docs []Doc) {
	if s := x.stories[storyID]; s != nil {
		stay := map[string]bool{}
		for _, d := range docs {
			stay[d.ID] = true
		}
		for _, d := range slices.Clone(s.docs) {
			if !stay[d.id] {
				x.remove(d)
			}
		}
	}
	for _, d := range docs {
		x.Put(d, storyID)
	}
	if len(docs) == 0 {
		x.Forget(storyID)
	}
}

func (x *Index) lang(tag string) uint16 {
	l, ok := x.tags[tag]
	if !ok {
		l = uint16(len(x.names)) //nolint:gosec // base tags, some hundreds
		x.tags[tag] = l
		x.names, x.langs, x.readers = append(x.names, tag), append(x.langs, 0), append(x.readers, newReader(tag))
	}
	return l
}

func (x *Index) join(d *doc, storyID string) {
	s := x.stories[storyID]
	if s == nil {
		s = &story{id: storyID}
		x.stories[storyID] = s
	}
	d.story = s
	at, _ := slices.BinarySearchFunc(s.docs, d.id, func(m *doc, id string) int { return cmp.Compare(m.id, id) })
	s.docs = slices.Insert(s.docs, at, d)
}

func (x *Index) leave(d *doc) {
	s := d.story
	at, _ := slices.BinarySearchFunc(s.docs, d.id, func(m *doc, id string) int { return cmp.Compare(m.id, id) })
	s.docs = slices.Delete(s.docs, at, at+1)
	if len(s.docs) == 0 {
		delete(x.stories, s.id)
	}
}

// remove takes d out before its time.
func (x *Index) remove(d *doc) {
	if at := slices.Index(x.oldest, d); at >= 0 {
		heap.Remove(&x.oldest, at)
	}
	x.forget(d)
}

func (x *Index) forget(d *doc) {
	d.gone = true
	x.leave(d)
	delete(x.docs, d.id)
	x.langs[d.lang]--
	for _, m := range d.marks {
		t := term{d.lang, m.key}
		e := x.terms[t]
		if e.docs--; e.docs == 0 {
			delete(x.terms, t)
			continue
		}
		if m.kind == word {
			continue // no posting
		}
		// Sweeping only when half of them are dead makes it cost constant time each.
		if e.dead++; 2*e.dead > len(e.postings) {
			e.postings, e.dead = slices.Clone(slices.DeleteFunc(e.postings, func(p *doc) bool { return p.gone })), 0
		}
	}
}

// What the rarity of a term is guessed by before much was seen: as if so many documents had been
// seen, of which so many held it.
const (
	guessDocs   = 30
	commonest   = 7 // of the logarithm: what one document of a thousand has is rare enough
	commonShare = .02
)

// rarity returns how rare a term is in documents of its language other than own of them.
func (x *Index) rarity(t term, own int32) float64 {
	docs := int32(0)
	if e := x.terms[t]; e != nil {
		docs = e.docs
	}
	all := float64(x.langs[t.lang] - own)
	n := math.Log((max(all, 0) + guessDocs + 1) / (float64(max(docs-own, 0)) + guessDocs*commonShare + .5))
	return min(max(n, 0), commonest)
}

// byTime is a heap of documents, the oldest first.
type byTime []*doc

func (h byTime) Len() int { return len(h) }
func (h byTime) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].id < h[j].id
}
func (h byTime) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *byTime) Push(x any) { *h = append(*h, x.(*doc)) }

// Pop implements heap.Interface.
func (h *byTime) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return d
}
