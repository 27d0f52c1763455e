package cluster

import (
	"cmp"
	_ "embed" // the weights
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"parallax/internal/news"
)

// A Meaning is what the likeness of embeddings adds to the log-odds that a document and a story
// belong together: Bias and Weight times the likeness. The weights of a Model are learned without
// it and stay as they are, so that a document without an embedding is judged as if no
// document had one. Whether two stories are one is decided without it.
//
// Each model has its own cosines: in some, texts that have nothing to do with each other reach .1, in
// others .7. So the likeness is not a cosine, but by how many units it is above the
// usual: that is the median of the cosines between documents of the window, which are
// mostly unrelated, and the unit is how far above it the 84th of a hundred lies, as one
// deviation of a normal distribution would. It is cut to 0 and meaningMost. Of the closest
// documents of the story the one most alike counts. Until the window holds leastReference
// documents with embeddings of the model, nothing is added.
type Meaning struct {
	Version      string
	Bias, Weight float64
}

func (m *Meaning) adds(likeness float64) float64 { return m.Bias + m.Weight*likeness }

// MeaningFeature is what a Meaning weighs.
var MeaningFeature = Feature{"meaning", "likeness of the embeddings of this and the closest documents, in units above that of unrelated ones"}

const (
	// meaningMost bounds what embeddings can say: beyond it one model's same text is
	// another's same event.
	meaningMost = 8
	// reference is how many documents say what is usual: their pairs are a thousand.
	reference = 48
	// leastReference is how many must, at least: of fewer pairs than a hundred the unit is
	// too uncertain.
	leastReference = 16
	// leastUnit is the least unit that can be told from the rounding of the numbers.
	leastUnit = .005
	// reached is the share of cosines that lie below the median and one unit.
	reached = .84
)

//go:embed data/meaning.txt
var meaningText string

// DefaultMeaning is what is shipped.
var DefaultMeaning = sync.OnceValue(func() *Meaning {
	m, err := ParseMeaning(meaningText)
	if err != nil {
		panic("cluster: data/meaning.txt: " + err.Error()) // unreachable: a test reads it
	}
	return m
})

// ParseMeaning reads lines "version NAME", "bias NUMBER" and "meaning NUMBER", in any order; "#"
// begins a comment.
func ParseMeaning(text string) (*Meaning, error) {
	m := &Meaning{Bias: math.NaN(), Weight: math.NaN()}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("line %d: not a name and a weight", n)
		}
		var into *float64
		switch words[0] {
		case "version":
			m.Version = words[1]
			continue
		case "bias":
			into = &m.Bias
		case MeaningFeature.Name:
			into = &m.Weight
		default:
			return nil, fmt.Errorf("line %d: nothing is named %q", n, words[0])
		}
		v, err := strconv.ParseFloat(words[1], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("line %d: %q is no weight", n, words[1])
		}
		*into = v
	}
	if m.Version == "" || math.IsNaN(m.Bias+m.Weight) {
		return nil, errors.New("not all of version, bias and meaning")
	}
	return m, nil
}

// String is what ParseMeaning reads.
func (m *Meaning) String() string {
	return fmt.Sprintf("version %s\n\n%-12s %9.3f\n%-12s %9.3f # %s\n", m.Version, "bias", m.Bias, MeaningFeature.Name, m.Weight, MeaningFeature.Means)
}

// embeddingBytes is how much of a document its embedding is made of: models read some hundred
// words, and what a report is about stands at its beginning.
const embeddingBytes = 1500

// EmbeddingText returns the text of which the embedding of d is made: its title and the beginning of
// its text; "" if it has neither.
func EmbeddingText(d Doc) string {
	return cut(strings.TrimSpace(d.Title+"\n\n"+cut(d.Text, embeddingBytes)), embeddingBytes)
}

// A meaning is the embedding of a document of the window.
type meaning struct {
	space *space
	norm  float64
	vec   []int8
}

func (m *meaning) cosine(o *meaning) float64 {
	dot := int32(0) // at most 127² times some thousands
	for i, x := range m.vec {
		dot += int32(x) * int32(o.vec[i])
	}
	return float64(dot) / (m.norm * o.norm)
}

// A spaceKey says which embeddings can be compared.
type spaceKey struct {
	model  string
	length int
}

// A space is the embeddings of the window that can be compared. What is known of it is a function
// of its documents, whatever the order in which they came and went.
type space struct {
	key  spaceKey
	live int // documents
	// refs are those of which the hashes of the ids are the lowest, in that order: a sample that
	// depends on nothing else.
	refs        []*doc
	stale       bool // usual and unit are of other refs
	usual, unit float64
}

func byHash(a, b *doc) int {
	return cmp.Or(cmp.Compare(hash32(a.id), hash32(b.id)), cmp.Compare(a.id, b.id))
}

// meaningOf returns what e says, or nil. A document that has it must be taken in.
func (c *Clusterer) meaningOf(e *news.Embedding) *meaning {
	if e == nil {
		return nil
	}
	squares := 0.0
	for _, x := range e.Vector {
		squares += float64(x) * float64(x)
	}
	if squares == 0 {
		return nil
	}
	key := spaceKey{e.Model, len(e.Vector)}
	s := c.spaces[key]
	if s == nil {
		s = &space{key: key}
		c.spaces[key] = s
	}
	return &meaning{s, math.Sqrt(squares), e.Vector}
}

// takeMeaning is for a document that was taken into the window.
func (c *Clusterer) takeMeaning(d *doc) {
	if d.meaning == nil {
		return
	}
	s := d.meaning.space
	s.live++
	if at, _ := slices.BinarySearchFunc(s.refs, d, byHash); at < reference {
		s.refs = slices.Insert(s.refs, at, d)
		if len(s.refs) > reference {
			s.refs[reference] = nil
			s.refs = s.refs[:reference]
		}
		s.stale = true
	}
}

// dropMeaning is for a document that has left the window.
func (c *Clusterer) dropMeaning(d *doc) {
	if d.meaning == nil {
		return
	}
	s := d.meaning.space
	if s.live--; s.live == 0 {
		delete(c.spaces, s.key)
		return
	}
	at, found := slices.BinarySearchFunc(s.refs, d, byHash)
	if !found {
		return
	}
	s.refs, s.stale = slices.Delete(s.refs, at, at+1), true
	if s.live < reference {
		return // all of it are there
	}
	// Few of those that leave are among the refs of a large window: it costs nothing to look
	// at all of it for the one that follows.
	var next *doc
	last := s.refs[len(s.refs)-1]
	for _, o := range c.docs {
		if o.meaning != nil && o.meaning.space == s && byHash(last, o) < 0 && (next == nil || byHash(o, next) < 0) {
			next = o
		}
	}
	s.refs = append(s.refs, next) // there is one: more than refs are live
}

// measure brings usual and unit up to date.
func (s *space) measure() {
	if !s.stale {
		return
	}
	s.stale, s.usual, s.unit = false, 0, 0
	if len(s.refs) < leastReference {
		return
	}
	list := make([]float64, 0, reference*(reference-1)/2)
	for i, a := range s.refs {
		for _, b := range s.refs[:i] {
			list = append(list, a.meaning.cosine(b.meaning))
		}
	}
	slices.Sort(list)
	s.usual = list[len(list)/2]
	s.unit = list[int(reached*float64(len(list)))] - s.usual
}

// alike returns how alike the meaning of d is to that of the closest documents of h, and whether that
// is known.
func (c *Clusterer) alike(d *doc, h *hit) (likeness float64, known bool) {
	if d.meaning == nil {
		return 0, false
	}
	s, most := d.meaning.space, -2.0
	for _, p := range h.closest[:h.n] {
		if m := p.doc.meaning; m != nil && m.space == s {
			most = max(most, d.meaning.cosine(m))
		}
	}
	if s.measure(); most < -1.5 || s.unit < leastUnit {
		return 0, false
	}
	return min(max((most-s.usual)/s.unit, 0), meaningMost), true
}
