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
	docs  int32
	all   int32   // docs, coarse
	stamp uint32  // changes with all; never 0, never that of another language
	prior float64 // how many documents the prior counts for

	crowded int32 // documents in stories of manyVoices and more
}

// manyVoices is from how many voices on a story is one that many tell.
const manyVoices = 5

// share returns which share of the documents stand in stories that many tell, as if there had been
// twenty more, of which four do: of few documents it says little.
func (l *language) share() float64 { return (float64(l.crowded) + 4) / (float64(l.docs) + 20) }

// add counts documents, and returns whether that changes idfs.
func (l *language) add(n int32) (changed bool) {
	l.docs += n
	if all := coarse(l.docs); all != l.all {
		l.all = all
		return true
	}
	return false
}

// renew says that the idfs of all terms of a language are other now.
func (t *terms) renew(l *language) {
	t.stamp++
	l.stamp = max(t.stamp, 1)
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
		t.languages = append(t.languages, language{prior: priorDocs(v.table)})
		t.renew(&t.languages[lang])
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
	t.add(d.lang, 1)
	for _, w := range d.vec {
		e := &t.all[w.term]
		e.docs++
		t.states[w.term].stamp = 0
		if w.marks&indexed != 0 {
			e.postings = append(e.postings, posting{d.slot, w.weight})
		}
	}
}

func (t *terms) add(lang uint16, n int32) {
	if l := &t.languages[lang]; l.add(n) {
		t.renew(l)
	}
}

// uncount takes them out again, and drops terms that no document holds any more. The
// slot of d must be empty by now, and owe as many postings as d has.
func (t *terms) uncount(d *doc, s *slots) {
	if d.mute {
		return
	}
	t.add(d.lang, -1)
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
		s.idf = idfSquared(float64(e.docs)+l.prior*float64(e.prior), float64(l.all)+l.prior)
		s.stamp = l.stamp
	}
}

func priorDocs(t table) float64 {
	if t == nil {
		return guessDocs
	}
	return tableDocs
}

// idfSquared is for a term that docs of all documents hold.
func idfSquared(docs, all float64) float64 {
	return math.Pow(max(math.Log((all+1)/(docs+.5)), .05), 2*idfPower)
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
