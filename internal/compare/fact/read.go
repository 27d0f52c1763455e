package fact

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/lang/frequency"
	"parallax/internal/lang/number"
	"parallax/internal/lang/sentence"
)

// A reading is the sentences of the accounts of one language.
type reading struct {
	language  string
	accounts  []Account
	table     frequency.Table
	cues      *cues
	terms     []term
	byText    map[string]int32
	sentences []said
	of        []span    // sentences of each account
	heads     []said    // headline and lead of each account, as one sentence
	postings  [][]int32 // of each term that weighs: the sentences
	seen      []uint32  // of each sentence: when it was looked at last
	asked     uint32
}

type span struct{ from, to int }

// A term is a stem of the Story.
type term struct {
	share    float64 // of news texts that hold it
	count    int     // of sentences here that hold it
	capital  int     // how often it stood with a capital letter within a sentence,
	small    int     // and how often without
	weight   float64
	isName   bool
	isNumber bool
}

// A said is one sentence.
type said struct {
	account  int
	from, to int
	words    []word // in their order
	terms    []int32
	weight   float64 // of terms
	numbers  []number.Number
	names    []name
	cue      cue
	poles    [2]uint64
	content  int  // terms that weigh
	quoted   bool // it begins with a quotation
}

// A word is a term where it stands.
type word struct {
	term    int32
	capital bool
	first   bool // of its sentence, or after a quote opened: its capital says nothing
}

func base(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	return tag
}

// read takes the accounts of a language apart.
func read(accounts []Account, language string) *reading {
	r := &reading{
		language: language, accounts: accounts, table: frequency.Of(language), cues: cuesOf(language),
		byText: map[string]int32{}, of: make([]span, len(accounts)), heads: make([]said, len(accounts)),
	}
	roots := lang.HasEndings(language)
	var tokens []lang.Token
	for i, a := range accounts {
		r.of[i].from = len(r.sentences)
		if base(a.Article.Language) == language {
			tokens = r.take(&r.heads[i], cut(a.Article.Title+". "+a.Article.Lead), roots, tokens)
			for _, s := range sentence.Of(a.Article.Text, language, maxSentences) {
				r.sentences = append(r.sentences, said{account: i, from: s.From, to: s.To})
				tokens = r.take(&r.sentences[len(r.sentences)-1], a.Article.Text[s.From:s.To], roots, tokens)
			}
		}
		r.of[i].to = len(r.sentences)
	}
	r.weigh()
	return r
}

// quotes open or close a quotation.
const quotes = "\"“”„«»"

// take reads one sentence.
func (r *reading) take(s *said, text string, roots bool, tokens []lang.Token) []lang.Token {
	at := 0
	first, spoken := true, false
	lang.Segments(text, func(segment string, run bool) bool {
		tokens = lang.SegmentTokens(tokens[:0], segment, run, r.language)
		// Segments are parts of text; what stands before one tells whether it begins a quotation.
		if i := strings.Index(text[at:], segment); i >= 0 {
			if gap := text[at : at+i]; strings.ContainsAny(gap, quotes+":") {
				first = true
				spoken = strings.ContainsAny(gap[:1], ",.!?…") // “...,” she said
				s.quoted = s.quoted || len(s.words) == 0
			}
			at += i + len(segment)
		}
		for _, t := range tokens {
			form := t.Text
			if roots {
				form = lang.Root(t)
			}
			id := r.term(form, t.Number)
			c := r.cues.words[t.Word]
			if len(s.words) > 0 && !spoken || s.quoted && len(s.words) == 0 {
				c &^= leansBack
			}
			spoken = false
			s.cue |= c
			for _, p := range r.cues.poles[t.Word] {
				s.poles[p.end] |= 1 << p.pair
			}
			s.words = append(s.words, word{id, t.Cap, first})
			first = false
		}
		return true
	})
	for _, c := range r.cues.paired {
		if c.cue == leansBack && strings.HasPrefix(text, c.word) || c.cue != leansBack && strings.Contains(text, c.word) {
			s.cue |= c.cue
		}
	}
	s.numbers = number.Find(text, r.language)
	return tokens
}

func (r *reading) term(form string, isNumber bool) int32 {
	if id, ok := r.byText[form]; ok {
		return id
	}
	id := int32(len(r.terms)) //nolint:gosec // bounded by maxArticles and maxSentences
	r.terms = append(r.terms, term{share: float64(r.table.Share(form)), isNumber: isNumber})
	r.byText[form] = id
	return id
}

// common is the share of texts that hold a word which says nothing by itself.
const common = .2

// weigh counts terms and gives them weights: rare in news, and rare in this Story, for what every
// sentence has tells none from another.
func (r *reading) weigh() {
	for i := range r.heads {
		r.heads[i].gather()
	}
	for i := range r.sentences {
		s := &r.sentences[i]
		s.gather()
		for _, w := range s.words {
			switch {
			case w.first:
			case w.capital:
				r.terms[w.term].capital++
			default:
				r.terms[w.term].small++
			}
		}
		for _, t := range s.terms {
			r.terms[t].count++
		}
	}
	n := float64(len(r.sentences) + 1)
	for i := range r.terms {
		t := &r.terms[i]
		if t.share < common {
			rarity := math.Log(1 / t.share)
			// Half of its weight goes as it comes to stand in every sentence.
			t.weight = rarity * (1 - .5*math.Log(float64(t.count)+1)/math.Log(n+1))
		}
		t.isName = !t.isNumber && t.capital > 0 && t.capital >= 3*t.small && t.share < common/4
		if r.language == "de" || r.language == "lb" { // writes all nouns with a capital letter
			t.isName = t.isName && t.share <= frequency.Rare
		}
	}
	r.postings = make([][]int32, len(r.terms))
	r.seen = make([]uint32, len(r.sentences))
	for i := range r.sentences {
		s := &r.sentences[i]
		for _, t := range s.terms {
			if w := r.terms[t].weight; w > 0 {
				s.weight += w
				s.content++
				r.postings[t] = append(r.postings[t], int32(i))
			}
		}
		r.run(s)
	}
}

// gather fills in the terms of s, each once, in their order.
func (s *said) gather() {
	s.terms = make([]int32, len(s.words))
	for i, w := range s.words {
		s.terms[i] = w.term
	}
	slices.Sort(s.terms)
	s.terms = slices.Compact(s.terms)
}

// A name is words with capital letters that stand together: Mayor Anna Dorn.
type name struct {
	terms     []int32
	last, top int32 // its last word and the rarest: either is enough to know it by
	weight    float64
}

// run finds the names of s.
func (r *reading) run(s *said) {
	begin := -1
	for i := 0; i <= len(s.words); i++ {
		if i < len(s.words) && r.terms[s.words[i].term].isName && (s.words[i].capital || s.words[i].first) {
			if begin < 0 {
				begin = i
			}
			continue
		}
		if begin < 0 {
			continue
		}
		n := name{last: s.words[i-1].term, top: s.words[begin].term}
		for _, w := range s.words[begin:i] {
			if slices.Contains(n.terms, w.term) {
				continue
			}
			n.terms = append(n.terms, w.term)
			n.weight += r.terms[w.term].weight
			if r.terms[w.term].share < r.terms[n.top].share {
				n.top = w.term
			}
		}
		s.names = append(s.names, n)
		begin = -1
	}
}

// headBytes is how much of a headline and lead is read.
const headBytes = 1000

func cut(text string) string {
	if len(text) <= headBytes {
		return text
	}
	end := headBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

func (r *reading) text(s *said) string { return r.accounts[s.account].Article.Text[s.from:s.to] }

func letters(s string) int { return utf8.RuneCountInString(s) }
