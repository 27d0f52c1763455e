package cluster

import (
	"hash/fnv"
	"io"
	"math"
	"math/bits"

	"parallax/internal/lang/frequency"
)

// What a table of frequencies, or the guess in its place, weighs: as much as so many
// documents seen by the hub itself. They are few: where all news comes from one region, the
// names of its places are rare in every table and common in every report, and only the
// hub's own counts know it.
const (
	tableDocs = 50
	guessDocs = 20
	// fewStories is how many stories the share among documents counts for, beside that among stories: of few,
	// which may be wrong, the latter says little. Where all were one, every word would seem to be of it alone.
	fewStories = 50
	// idfPower flattens the inverse document frequency.
	idfPower = .75
)

// A table says in which share of documents of a language a stem occurs.
type table = frequency.Table

// A term is a stem of a language.
type term struct {
	key      uint64 // hash of language and stem; decides the order in vectors
	postings []posting
	docs     int32 // documents of the window that hold it
	stories  int32 // of the window, likewise: that is how common it is
	dead     int32 // postings of forgotten documents
	prior    float32
	lang     uint16 // index into terms.languages
}

// A posting says that a document holds a term. The document may have been forgotten: a slot
// is used again only when no posting holds it any more.
type posting struct {
	slot   uint32
	weight uint16
}

// A language is what the window holds of one.
type language struct {
	tag           string // BCP 47
	docs, stories int32
	all, told     int32   // docs and stories, coarse
	stamp         uint32  // changes with these; never 0, never that of another language
	prior         float64 // how many documents the prior counts for

	crowded int32 // documents in stories of manyVoices and more
}

// manyVoices is from how many voices on a story is one that many tell.
const manyVoices = 5

// share returns which share of the documents stand in stories that many tell, as if there had been
// twenty more, of which four do: of few documents it says little.
func (l *language) share() float64 { return (float64(l.crowded) + 4) / (float64(l.docs) + 20) }

// A tally is what counts of a story: its language, and how many voices it has.
type tally struct {
	lang   uint16
	voices int32
}

// count adds a story to what its language holds, or takes it away where sign is -1.
func (l *language) count(t tally, sign int32) {
	if t.voices > 0 {
		l.stories += sign
	}
	if t.voices >= manyVoices {
		l.crowded += sign * t.voices
	}
}

// recount says that stories are other now than they were.
func (t *terms) recount(was, is tally) {
	t.languages[was.lang].count(was, -1)
	t.languages[is.lang].count(is, 1)
	t.settle(was.lang)
	t.settle(is.lang)
}

// settle looks whether the idfs of all terms of a language are other now.
func (t *terms) settle(lang uint16) {
	l := &t.languages[lang]
	if all, told := coarse(l.docs), coarse(l.stories); all != l.all || told != l.told || l.stamp == 0 {
		l.all, l.told = all, told
		t.stamp++
		l.stamp = max(t.stamp, 1)
	}
}

// A state is what comparing needs of a term; it stands apart from term because comparing
// reads nothing else, and what it reads lies scattered.
type state struct {
	idf float64
	// stamp is that of the language when idf was computed; 0 when the term has been
	// counted since. Stamps are of one language only.
	stamp uint32
	laid  uint32 // of the vector at hand; see Clusterer.layDoc
}

// terms is the table of the terms of the window.
type terms struct {
	all       []term
	states    []state // by term
	free      []uint32
	byKey     map[uint64]uint32
	languages []language
	stamp     uint32 // the last that was given to a language
	byTag     map[string]uint16
}

func (t *terms) init() {
	t.byKey = map[uint64]uint32{}
	t.byTag = map[string]uint16{}
}

// intern gives d the vector v, its terms a place in the table. Nothing is counted yet.
func (t *terms) intern(d *doc, v *vector) {
	lang, ok := t.byTag[v.language]
	if !ok {
		lang = uint16(len(t.languages)) //nolint:gosec // tags are base tags, some hundreds
		t.byTag[v.language] = lang
		t.languages = append(t.languages, language{tag: v.language, prior: priorDocs(v.table)})
		t.settle(lang)
	}
	d.lang = lang
	d.vec = make([]weight, len(v.terms))
	for i, vt := range v.terms {
		d.vec[i] = weight{t.place(vt, lang), vt.weight, vt.marks}
	}
}

func (t *terms) place(v vectorTerm, lang uint16) uint32 {
	if i, ok := t.byKey[v.key]; ok {
		return i
	}
	fresh := term{key: v.key, lang: lang, prior: v.share}
	var i uint32
	if n := len(t.free); n > 0 {
		i, t.free = t.free[n-1], t.free[:n-1]
		t.all[i], t.states[i] = fresh, state{}
	} else {
		i = uint32(len(t.all)) //nolint:gosec // memory ends far below 2³² terms
		t.all, t.states = append(t.all, fresh), append(t.states, state{})
	}
	t.byKey[v.key] = i
	return i
}

// count adds the terms of d to the frequencies and to the index.
func (t *terms) count(d *doc) {
	if d.mute {
		return
	}
	t.languages[d.lang].docs++
	t.settle(d.lang)
	for _, w := range d.vec {
		e := &t.all[w.term]
		e.docs++
		t.states[w.term].stamp = 0
		if w.marks&indexed != 0 {
			e.postings = append(e.postings, posting{d.slot, w.weight})
		}
	}
}

// told says that n stories more hold a term, or fewer.
func (t *terms) told(i uint32, n int32) {
	t.all[i].stories += n
	t.states[i].stamp = 0
}

// uncount takes them out again, and drops terms that no document holds any more. The
// slot of d must be empty by now, and owe as many postings as d has.
func (t *terms) uncount(d *doc, s *slots) {
	if d.mute {
		return
	}
	t.languages[d.lang].docs--
	t.settle(d.lang)
	for _, w := range d.vec {
		e := &t.all[w.term]
		e.docs--
		t.states[w.term].stamp = 0
		if e.docs == 0 {
			for _, p := range e.postings {
				s.release(p.slot)
			}
			delete(t.byKey, e.key)
			*e = term{}
			t.free = append(t.free, w.term)
			continue
		}
		if w.marks&indexed == 0 {
			continue
		}
		// Sweeping only when half of them are dead makes it cost constant time each.
		if e.dead++; 2*int(e.dead) > len(e.postings) {
			live := make([]posting, 0, len(e.postings)-int(e.dead))
			for _, p := range e.postings {
				if s.docs[p.slot] != nil {
					live = append(live, p)
				} else {
					s.release(p.slot)
				}
			}
			e.postings, e.dead = live, 0
		}
	}
}

// idf returns the square of the weight of a term as of now: in a cosine each term
// stands in two vectors.
func (t *terms) idf(i uint32) float64 {
	s := &t.states[i]
	if e := &t.all[i]; s.stamp != t.languages[e.lang].stamp {
		t.refresh(i)
	}
	return s.idf
}

// current returns the state of a term, in one look if it is of the language whose stamp is given.
func (t *terms) current(i, stamp uint32) *state {
	s := &t.states[i]
	if s.stamp != stamp {
		t.refresh(i)
	}
	return s
}

func (t *terms) refresh(i uint32) {
	s, e := &t.states[i], &t.all[i]
	if l := &t.languages[e.lang]; s.stamp != l.stamp {
		all := float64(l.all)
		share := (float64(e.stories) + fewStories*float64(e.docs)/max(all, 1)) / (float64(l.told) + fewStories)
		s.idf = idfSquared(min(share, 1)*all+l.prior*float64(e.prior), all+l.prior)
		s.stamp = l.stamp
	}
}

func priorDocs(t table) float64 {
	if t == nil {
		return guessDocs
	}
	return tableDocs
}

// idfSquared is for a term that some of all documents hold. How many do is counted as if each story were one: what a
// hundred reports of an event share tells it from others as well as what two share.
func idfSquared(some, all float64) float64 {
	return math.Pow(max(math.Log((all+1)/(some+.5)), .05), 2*idfPower)
}

// coarse rounds n down to five significant bits, so that the weights of terms are not all
// computed anew at each document.
func coarse(n int32) int32 {
	shift := max(bits.Len32(uint32(n))-5, 0) //nolint:gosec // a count is not negative
	return n >> shift << shift
}

// key is the hash by which a term is known: FNV-1a of language, a zero byte, and stem.
func key(language, stem string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, language)
	_, _ = h.Write([]byte{0})
	_, _ = io.WriteString(h, stem)
	return h.Sum64()
}
