package cluster

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"parallax/internal/cluster/across"
)

// The parts of a document and what a word in them weighs.
const (
	titleWeight = 1.5
	leadTokens  = 60 // words of the text that weigh 1
	textTokens  = 200
	restWeight  = .5 // of the words after them
	// textBytes is how much of a text can hold textTokens words, in any script.
	textBytes = 4096

	// plainDocs stands for the size of the window where weights must not depend on it.
	plainDocs   = 1000
	vectorTerms = 96 // terms that a document keeps
	indexTerms  = 32 // and of these, the heaviest, by which it is found
	// weightScale makes weights integers, whose sums do not depend on their order. A
	// weight is at most 1/idf of the most frequent word, some 3.
	weightScale = 1 << 14
)

// A vector is a document as its terms, in the order of their keys.
type vector struct {
	language string
	table    table
	terms    []vectorTerm
}

type vectorTerm struct {
	key    uint64
	share  float32 // guess of the share of documents that hold it
	weight uint16  // without idf; see weightScale
	marks  marks
	word   string // as it first stood in the document, folded
}

// A weight is a vectorTerm in the table of terms.
type weight struct {
	term   uint32
	weight uint16
	marks  marks
}

// marks say what a term is in its document.
type marks uint8

const (
	indexed marks = 1 << iota // the document is found by it
	inTitle
	isNumber // written in digits
)

// vectorOf depends on d and the shipped tables only, not on what was seen before.
func vectorOf(d Doc) *vector {
	r := takeReader(across.Base(d.Language))
	defer r.giveBack()
	r.read(cut(d.Title, textBytes), cut(d.Text, textBytes))
	v := &vector{language: r.language, table: r.table}

	order := r.order[:0]
	for i := range r.found {
		f := &r.found[i]
		s := &r.stems[f.stem]
		f.weight = logs[int(2*f.text)]
		if f.title > 0 {
			f.weight += titleWeight * (1 + math.Log(f.title))
		}
		order = append(order, ranked{heft: f.weight * s.rarity, at: i})
	}
	slices.SortFunc(order, func(a, b ranked) int {
		if c := cmp.Compare(b.heft, a.heft); c != 0 {
			return c
		}
		return cmp.Compare(r.stems[r.found[a.at].stem].text, r.stems[r.found[b.at].stem].text)
	})
	order = order[:min(len(order), vectorTerms)]
	norm := 0.0
	for _, o := range order {
		norm += o.heft * o.heft
	}
	norm = math.Sqrt(norm)
	v.terms = make([]vectorTerm, len(order))
	for i, o := range order {
		f := &r.found[o.at]
		s := &r.stems[f.stem]
		w := math.Round(f.weight / norm * weightScale)
		var m marks
		if i < indexTerms {
			m |= indexed
		}
		if f.title > 0 {
			m |= inTitle
		}
		if f.number {
			m |= isNumber
		}
		v.terms[i] = vectorTerm{s.key, s.share, uint16(min(max(w, 1), math.MaxUint16)), m, f.word}
	}
	r.order = order
	slices.SortFunc(v.terms, func(a, b vectorTerm) int { return cmp.Compare(a.key, b.key) })
	return v
}

// cut returns at most limit bytes of s, whole runes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
