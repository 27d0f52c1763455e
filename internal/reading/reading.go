// Package reading reads the accounts of one event for those who compare them: their sentences, and of
// each sentence its words with what they weigh, its names and numbers, and what turns it round. The
// Articles of a Story come in, with their owners; a Reading goes out. It does no I/O, the same
// accounts in any order give the same Reading, and all of it is bounded.
package reading

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/lang/frequency"
	"parallax/internal/lang/number"
	"parallax/internal/lang/sentence"
	"parallax/internal/news"
)

const (
	// maxAccounts is how many Articles of a Story are read: the largest stories of a day have some
	// hundreds, and what they have in common many of them have.
	maxAccounts = 120
	// maxSentences is how many sentences of an Article are read. News says what is new in its first
	// thirty; a live blog has thousands.
	maxSentences = 60
	// maxNumbers is how many numbers of a sentence are read: more are a table.
	maxNumbers = 16
	// restBytes is how much is read of what is no sentence: captions, lists, what is shouted.
	restBytes = 8 << 10
	// headBytes is how much of a headline and lead is read.
	headBytes = 1000
	// common is the share of texts that hold a word which says nothing by itself.
	common = .2
)

// An Account is an Article as one voice among those of its Story.
type Account struct {
	Article *news.Article
	// Owner stands behind the outlet; what outlets of one owner say is said once.
	Owner string
	// Original is the Article of whose text this is a copy, or "". What copies say is said once.
	Original string
	// Part says that the hub has only a part of the text, or that only a part of it is read. Of such
	// an account nothing can be said to be absent.
	Part bool
}

// Text is the Article whose text it has: the original of a copy, else itself.
func (a *Account) Text() string { return cmp.Or(a.Original, a.Article.ID) }

// A Reading is the accounts of a Story, taken apart.
type Reading struct {
	Accounts []Account // in the order of their time, then of their ids
	Tongues  []*Tongue // in the order of their tags
	Unread   []Account // the others, where there are more than maxAccounts
}

// A Tongue is what the accounts in one language say.
type Tongue struct {
	Language  string
	Accounts  []Account // those of the Reading
	Terms     []Term
	Sentences []Sentence
	Of        []Span     // of each account: its sentences
	Heads     []Sentence // of each account: headline and lead, as one sentence
	Rests     []Sentence // of each account: what of its text is no sentence, as one
	Postings  [][]int32  // of each term that weighs: the sentences that have it

	table  frequency.Table
	cues   *cues
	byText map[string]int32
}

// A Span is some of the sentences: from the first to the one before To.
type Span struct{ From, To int }

// A Term is a stem of the Story.
type Term struct {
	Weight   float64
	Share    float64 // of news texts that hold it
	IsName   bool    // it is written with a capital letter where other words are not
	IsNumber bool

	count   int // of sentences that hold it
	capital int // how often it stood with a capital letter within a sentence,
	small   int // and how often without
}

// A Sentence is one, of one account.
type Sentence struct {
	Account  int
	From, To int // bytes of the text
	Words    []Word
	Terms    []int32 // each once, in ascending order
	Weight   float64 // of Terms
	Content  int     // how many of them weigh
	Numbers  []number.Number
	Names    []Name
	Cues     Cue
	Poles    [2]uint64 // which ends of pairs of opposites it has
	Quoted   bool      // it begins with a quotation
}

// A Word is a term where it stands.
type Word struct {
	Term    int32
	From    int32 // the first byte, in the sentence
	Capital bool
	First   bool // of a sentence or a quotation: its capital letter says nothing
	Apart   bool // a sign parts it from the word before
}

// A Name is words with capital letters that stand together: Mayor Anna Dorn.
type Name struct {
	Terms     []int32
	Last, Top int32 // its last word, and its rarest: either is enough to know it by
}

// Of reads the accounts of a Story. Their order does not matter.
func Of(accounts []Account) *Reading {
	accounts = slices.Clone(accounts)
	slices.SortFunc(accounts, func(a, b Account) int {
		return cmp.Or(a.Article.When().Compare(b.Article.When()), cmp.Compare(a.Article.ID, b.Article.ID))
	})
	accounts = slices.CompactFunc(accounts, func(a, b Account) bool { return a.Article.ID == b.Article.ID })
	r := new(Reading)
	r.Accounts, r.Unread = choose(accounts)
	accounts = r.Accounts
	var languages []string
	for _, a := range accounts {
		languages = append(languages, lang.Base(a.Article.Language))
	}
	slices.Sort(languages)
	for _, l := range slices.Compact(languages) {
		r.Tongues = append(r.Tongues, read(accounts, l))
	}
	return r
}

// choose returns the accounts that are read, and the others. Where there are too many, the first of each owner is
// read, then the second of each, and so on: who writes much, or dates it back, crowds out nobody else.
func choose(accounts []Account) (read, unread []Account) {
	if len(accounts) <= maxAccounts {
		return accounts, nil
	}
	turn := make([]int, len(accounts)) // of each: how many of its owner come before it
	had := map[string]int{}
	order := make([]int, len(accounts))
	for i, a := range accounts {
		turn[i], order[i] = had[a.Owner], i
		had[a.Owner]++
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(turn[i], turn[j]) })
	chosen := make([]bool, len(accounts))
	for _, i := range order[:maxAccounts] {
		chosen[i] = true
	}
	for i, a := range accounts {
		if chosen[i] {
			read = append(read, a)
		} else {
			unread = append(unread, a)
		}
	}
	return read, unread
}

func read(accounts []Account, language string) *Tongue {
	t := &Tongue{
		Language: language, Accounts: accounts, Of: make([]Span, len(accounts)), Heads: make([]Sentence, len(accounts)), Rests: make([]Sentence, len(accounts)),
		table: frequency.Of(language), cues: cuesOf(language), byText: map[string]int32{},
	}
	roots := lang.HasEndings(language)
	var tokens []lang.Token
	for i, a := range accounts {
		t.Of[i].From = len(t.Sentences)
		if lang.Base(a.Article.Language) == language {
			head := cut(a.Article.Title + "\n" + a.Article.Lead)
			tokens = t.take(&t.Heads[i], head, roots, tokens)
			var rest strings.Builder
			sentence.Pieces(a.Article.Text, language, func(s sentence.Span, ended bool) bool {
				piece := a.Article.Text[s.From:s.To]
				switch {
				case sentence.Told(piece, ended) && len(t.Sentences)-t.Of[i].From < maxSentences:
					t.Sentences = append(t.Sentences, Sentence{Account: i, From: s.From, To: s.To})
					tokens = t.take(&t.Sentences[len(t.Sentences)-1], piece, roots, tokens)
				case sentence.Told(piece, ended) || rest.Len()+len(piece) > restBytes:
					accounts[i].Part = true
					return false
				default:
					rest.WriteString(piece + "\n")
				}
				return true
			})
			tokens = t.take(&t.Rests[i], rest.String(), roots, tokens)
		}
		t.Of[i].To = len(t.Sentences)
	}
	t.weigh()
	return t
}

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

const (
	// quotes open or close a quotation.
	quotes = "\"“”„«»"
	// signs part words.
	signs = quotes + ",;:()[]—–\n"
)

// take reads one sentence.
func (t *Tongue) take(s *Sentence, text string, roots bool, tokens []lang.Token) []lang.Token {
	at := 0
	first, spoken := true, false
	s.Words = make([]Word, 0, len(text)/6)
	lang.Segments(text, func(segment string, run bool) bool {
		tokens = lang.SegmentTokens(tokens[:0], segment, run, t.Language)
		// What stands before a word tells whether it begins a quotation, or follows one.
		from, apart := at, false
		if i := strings.Index(text[at:], segment); i >= 0 {
			gap := text[at : at+i]
			apart = gap != " " && strings.ContainsAny(gap, signs)
			if apart && strings.ContainsAny(gap, quotes+":") {
				first = true
				sign, _ := utf8.DecodeRuneInString(gap)
				spoken = strings.ContainsRune(",.!?…，。！？،؟", sign) // “...,” she said
				s.Quoted = s.Quoted || len(s.Words) == 0
			}
			from = at + i
			at = from + len(segment)
		}
		for _, token := range tokens {
			form := token.Text
			if roots {
				form = lang.Root(token)
			}
			c := t.cues.words[token.Word]
			if len(s.Words) > 0 && !spoken || s.Quoted && len(s.Words) == 0 {
				c &^= LeansBack
			}
			spoken = false
			s.Cues |= c
			for _, p := range t.cues.poles[token.Word] {
				s.Poles[p.end] |= 1 << p.pair
			}
			s.Words = append(s.Words, Word{t.term(form, token.Number), int32(from), token.Cap, first, apart}) //nolint:gosec // less than a text has
			first, apart = false, false
		}
		return true
	})
	for _, c := range t.cues.paired {
		if c.cue == LeansBack && strings.HasPrefix(text, c.word) || c.cue != LeansBack && strings.Contains(text, c.word) {
			s.Cues |= c.cue
		}
	}
	s.Numbers = number.Find(text, t.Language)
	s.Numbers = s.Numbers[:min(len(s.Numbers), maxNumbers)]
	s.gather()
	return tokens
}

func (t *Tongue) term(form string, isNumber bool) int32 {
	if id, ok := t.byText[form]; ok {
		return id
	}
	id := int32(len(t.Terms)) //nolint:gosec // bounded by maxAccounts and maxSentences
	t.Terms = append(t.Terms, Term{Share: float64(t.table.Share(form)), IsNumber: isNumber})
	t.byText[form] = id
	return id
}

// Lookup returns the term of a stem, and false where no sentence has it.
func (t *Tongue) Lookup(stem string) (int32, bool) {
	id, ok := t.byText[stem]
	return id, ok
}

// gather fills in the terms of s.
func (s *Sentence) gather() {
	s.Terms = make([]int32, len(s.Words))
	for i, w := range s.Words {
		s.Terms[i] = w.Term
	}
	slices.Sort(s.Terms)
	s.Terms = slices.Compact(s.Terms)
}

// weigh counts terms and gives them weights: rare in news, and rare in this Story, for what every
// sentence has tells none from another.
func (t *Tongue) weigh() {
	for i := range t.Sentences {
		s := &t.Sentences[i]
		for _, w := range s.Words {
			switch {
			case w.First:
			case w.Capital:
				t.Terms[w.Term].capital++
			default:
				t.Terms[w.Term].small++
			}
		}
		for _, id := range s.Terms {
			t.Terms[id].count++
		}
	}
	n := math.Log(float64(len(t.Sentences) + 2))
	all := 0
	for i := range t.Terms {
		e := &t.Terms[i]
		if e.Share < common {
			// Half of its weight goes as it comes to stand in every sentence.
			e.Weight = math.Log(1/e.Share) * (1 - .5*math.Log(float64(e.count)+1)/n)
			all += e.count
		}
		e.IsName = !e.IsNumber && e.capital > 0 && e.capital >= 3*e.small && e.Share < common/4
		if t.Language == "de" || t.Language == "lb" { // write all nouns with a capital letter
			e.IsName = e.IsName && e.Share <= frequency.Rare
		}
	}
	t.Postings = make([][]int32, len(t.Terms))
	room := make([]int32, 0, all)
	for i := range t.Terms {
		if e := &t.Terms[i]; e.Weight > 0 {
			t.Postings[i] = room[len(room):len(room):min(len(room)+e.count, cap(room))]
			room = room[:len(room)+e.count]
		}
	}
	for i := range t.Sentences {
		s := &t.Sentences[i]
		for _, id := range s.Terms {
			if w := t.Terms[id].Weight; w > 0 {
				s.Weight += w
				s.Content++
				t.Postings[id] = append(t.Postings[id], int32(i))
			}
		}
		t.name(s)
	}
}

// name finds the names of s.
func (t *Tongue) name(s *Sentence) {
	begin := -1
	for i := 0; i <= len(s.Words); i++ {
		if i < len(s.Words) && t.isName(s.Words[i]) {
			if begin < 0 {
				begin = i
				continue
			}
			if !s.Words[i].Apart {
				continue
			}
		}
		if begin < 0 {
			continue
		}
		n := Name{Last: s.Words[i-1].Term, Top: s.Words[begin].Term}
		for _, w := range s.Words[begin:i] {
			if slices.Contains(n.Terms, w.Term) {
				continue
			}
			n.Terms = append(n.Terms, w.Term)
			if t.Terms[w.Term].Share < t.Terms[n.Top].Share {
				n.Top = w.Term
			}
		}
		s.Names = append(s.Names, n)
		if begin = -1; i < len(s.Words) && s.Words[i].Apart && t.isName(s.Words[i]) {
			begin = i
		}
	}
}

func (t *Tongue) isName(w Word) bool { return t.Terms[w.Term].IsName && (w.Capital || w.First) }

// Has reports whether s has a term.
func (s *Sentence) Has(term int32) bool {
	_, ok := slices.BinarySearch(s.Terms, term)
	return ok
}

// HasName reports whether s has a name, by a word that is enough to know it by.
func (s *Sentence) HasName(n *Name) bool { return s.Has(n.Last) || s.Has(n.Top) }

// Coverage returns the share of the weight of s whose terms m has. A name counts as a whole.
func (t *Tongue) Coverage(s, m *Sentence) float64 {
	if s.Weight == 0 {
		return 0
	}
	sum := 0.0
	j := 0
	for _, id := range s.Terms {
		for j < len(m.Terms) && m.Terms[j] < id {
			j++
		}
		if j < len(m.Terms) && m.Terms[j] == id {
			sum += t.Terms[id].Weight
		}
	}
	for i := range s.Names {
		if n := &s.Names[i]; len(n.Terms) > 1 && m.HasName(n) {
			for _, id := range n.Terms {
				if !m.Has(id) {
					sum += t.Terms[id].Weight
				}
			}
		}
	}
	return min(sum/s.Weight, 1)
}

// Passage returns where s stands.
func (t *Tongue) Passage(s *Sentence) news.Passage {
	a := t.Accounts[s.Account].Article
	return news.Passage{ArticleID: a.ID, Revision: a.Revision, From: s.From, To: s.To}
}

// Text returns the words of s.
func (t *Tongue) Text(s *Sentence) string { return t.Accounts[s.Account].Article.Text[s.From:s.To] }
