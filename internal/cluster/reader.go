package cluster

import (
	"hash/maphash"
	"math"
	"slices"
	"sync"

	"parallax/internal/lang"
	"parallax/internal/lang/frequency"
)

const (
	// knownWords is how many words of a language a reader knows as they stand in texts; a power
	// of two. Nine of ten words of a text are among them.
	knownWords = 1 << 14
	// knownLetters is how many bytes such a word has at most. They stand in the table itself:
	// to look elsewhere for each word would take longer than all else.
	knownLetters = 23
	// knownStems is how many stems a reader remembers before it forgets all.
	knownStems = 1 << 15
	// idleReaders is how many readers are kept between documents: of so many languages.
	idleReaders = 16
)

// A reader counts the stems of one document after another, all of one language. What
// it remembers saves time only.
type reader struct {
	language string
	roots    bool // see lang.HasEndings
	table    table
	words    []known // by hash
	stems    []stem
	byText   map[string]int32 // index into stems
	tokens   []lang.Token

	// The document at hand.
	doc   uint32
	found []found
	order []ranked
}

// A known is a word that is one token.
type known struct {
	letters [knownLetters]byte
	size    uint8 // of letters; 0 where there is none
	number  bool
	stem    int32
	word    string
}

// A stem is what is known of one whatever document it stands in.
type stem struct {
	text   string
	key    uint64
	rarity float64 // idf by share
	share  float32 // of documents that hold it, as the table or a guess says
	doc    uint32  // the last in which it was found,
	at     int32   // and where in found
}

// A found is a stem of the document at hand.
type found struct {
	stem        int32
	number      bool
	title, text float64 // how often it stands there
	weight      float64
	word        string // as it first stood
}

// A ranked is an index into found.
type ranked struct {
	heft float64
	at   int
}

var (
	readers struct {
		sync.Mutex // guards idle
		idle       []*reader
	}
	wordSeed = maphash.MakeSeed()

	// logs are the logarithms of 1+n/2, up to all words of a text.
	logs = func() (list [2*textTokens + 1]float64) {
		for i := range list {
			list[i] = math.Log1p(float64(i) / 2)
		}
		return list
	}()
)

// takeReader returns a reader that nobody else uses.
func takeReader(language string) *reader {
	readers.Lock()
	for i, r := range slices.Backward(readers.idle) {
		if r.language == language {
			readers.idle = slices.Delete(readers.idle, i, i+1)
			readers.Unlock()
			return r
		}
	}
	readers.Unlock()
	r := &reader{language: language, table: frequency.Of(language), roots: lang.HasEndings(language)}
	r.forget()
	return r
}

// giveBack leaves r to others. Of too many, the one that was idle longest goes.
func (r *reader) giveBack() {
	readers.Lock()
	defer readers.Unlock()
	if len(readers.idle) == idleReaders {
		readers.idle = slices.Delete(readers.idle, 0, 1)
	}
	readers.idle = append(readers.idle, r)
}

func (r *reader) forget() {
	r.words, r.stems, r.byText = make([]known, knownWords), nil, map[string]int32{}
}

// read fills r.found with the stems of a document, each once.
func (r *reader) read(title, text string) {
	if len(r.stems) > knownStems {
		r.forget()
	}
	r.doc++
	r.found = r.found[:0]
	lang.Segments(title, func(segment string, run bool) bool {
		if f := r.known(segment, run); f != nil {
			f.title++
			return true
		}
		for _, t := range r.cut(segment, run) {
			r.of(t).title++
		}
		return true
	})
	n := 0
	count := func(f *found) {
		if n < leadTokens {
			f.text++
		} else {
			f.text += restWeight
		}
		n++
	}
	lang.Segments(text, func(segment string, run bool) bool {
		if f := r.known(segment, run); f != nil {
			count(f)
			return n < textTokens
		}
		for _, t := range r.cut(segment, run) {
			if n < textTokens {
				count(r.of(t))
			}
		}
		return n < textTokens
	})
}

// known returns what was found of a segment that is one token, or nil. It remembers it.
func (r *reader) known(segment string, run bool) *found {
	if run || len(segment) > knownLetters {
		return nil
	}
	// Two words share two places; the one that came last is looked at first.
	at := maphash.String(wordSeed, segment) & (knownWords - 1)
	k := &r.words[at]
	if string(k.letters[:k.size]) != segment {
		k = &r.words[at^1]
	}
	if string(k.letters[:k.size]) != segment {
		tokens := r.cut(segment, run)
		if len(tokens) != 1 {
			return nil
		}
		t := tokens[0]
		*k = r.words[at]
		k = &r.words[at]
		k.size, k.number, k.word = uint8(copy(k.letters[:], segment)), t.Number, t.Word //nolint:gosec // at most knownLetters
		k.stem = r.stem(r.textOf(t))
	}
	return r.find(k.stem, k.word, k.number)
}

// cut returns the tokens of a segment, for the time being.
func (r *reader) cut(segment string, run bool) []lang.Token {
	r.tokens = lang.SegmentTokens(r.tokens[:0], segment, run, r.language)
	return r.tokens
}

// of returns what was found of t.
func (r *reader) of(t lang.Token) *found { return r.find(r.stem(r.textOf(t)), t.Word, t.Number) }

func (r *reader) textOf(t lang.Token) string {
	if r.roots {
		return lang.Root(t)
	}
	return t.Text
}

// stem returns the index of a stem.
func (r *reader) stem(text string) int32 {
	if i, ok := r.byText[text]; ok {
		return i
	}
	share := r.table.Share(text)
	i := int32(len(r.stems)) //nolint:gosec // little more than knownStems
	r.stems = append(r.stems, stem{
		text: text, key: key(r.language, text), share: share,
		rarity: math.Sqrt(idfSquared(float64(share)*plainDocs, plainDocs)),
	})
	r.byText[text] = i
	return i
}

// find returns the place of a stem in found, where it stands first as word.
func (r *reader) find(at int32, word string, number bool) *found {
	s := &r.stems[at]
	if s.doc != r.doc {
		s.doc, s.at = r.doc, int32(len(r.found)) //nolint:gosec // at most the words of a document
		r.found = append(r.found, found{stem: at, word: word, number: number})
	}
	return &r.found[s.at]
}
