package wording

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/reading"
)

const (
	// dull is the share of news texts that hold a word which is typical of nobody.
	dull = .02
	// longest is how many words a gram has, longestRun how many pairs of characters where the script
	// parts no words: four characters.
	longest, longestRun = 2, 3
	// datelineBytes is within how many bytes of a text its dateline ends ("VELMORA, Nov 2 (Tide) —").
	datelineBytes = 60
)

// A gram is a content word, or several that stand together.
type gram struct {
	terms [longestRun]int32
	n     int8
	spots int     // how often it stands
	last  int32   // the voice that used it last, plus one
	uses  []int32 // of each side: its voices that use it
}

func (g *gram) words() []int32 { return g.terms[:g.n] }

// A spot is a gram where it stands: from word First to word Last of a sentence.
type spot struct {
	gram, sentence, first, last int32
}

// collect counts the grams of every voice that is compared, and remembers where they stand.
func (f *finder) collect() {
	f.chain = map[[2]int32]int32{}
	var all []spot
	for v := range f.voices {
		if f.voices[v].short {
			continue
		}
		for _, a := range f.voices[v].accounts {
			f.each(a, func(at spot) {
				all = append(all, at)
				g := &f.grams[at.gram]
				g.spots++
				if g.last != int32(v)+1 { //nolint:gosec // fewer than reading has accounts
					g.last = int32(v) + 1 //nolint:gosec // as above
					g.uses[f.voices[v].side]++
				}
			})
		}
	}
	f.spots = make([][]spot, len(f.grams))
	room := make([]spot, 0, len(all))
	for i := range f.grams {
		n := f.grams[i].spots
		f.spots[i] = room[len(room) : len(room) : len(room)+n]
		room = room[:len(room)+n]
	}
	slices.SortStableFunc(all, func(a, b spot) int { return cmp.Compare(a.sentence, b.sentence) })
	for _, at := range all {
		f.spots[at.gram] = append(f.spots[at.gram], at)
	}
}

// each calls yield for the grams of an account, in their order.
func (f *finder) each(account int, yield func(spot)) {
	for i := f.Of[account].From; i < f.Of[account].To; i++ {
		s := &f.Sentences[i]
		text := f.Text(s)
		begin := 0
		if i == f.Of[account].From {
			begin = dateline(text)
		}
		for w := range s.Words {
			if int(s.Words[w].From) < begin || !f.content(s.Words[w].Term) {
				continue
			}
			id := int32(-1)
			for last := w; last < len(s.Words); last++ {
				run := last > w && s.Words[last].From == s.Words[last-1].From
				if last-w >= longest && !run || last-w >= longestRun || last > w &&
					(!f.content(s.Words[last].Term) || !run && !together(text, &s.Words[last])) {
					break
				}
				id = f.gram(id, s.Words[last].Term)
				if f.tells(id) {
					yield(spot{id, int32(i), int32(w), int32(last)}) //nolint:gosec // bounded by reading
				}
			}
		}
	}
}

// content reports whether a term says something by itself.
func (f *finder) content(term int32) bool {
	e := &f.Terms[term]
	return e.Weight > 0 && !e.IsNumber && !f.left[term]
}

// tells reports whether a gram has a word that is not everyday.
func (f *finder) tells(id int32) bool {
	for _, term := range f.grams[id].words() {
		if f.Terms[term].Share < dull {
			return true
		}
	}
	return false
}

// gram returns the gram of one, or none, and a further term.
func (f *finder) gram(before, term int32) int32 {
	key := [2]int32{before, term}
	id, ok := f.chain[key]
	if !ok {
		g := gram{uses: make([]int32, len(f.sides))}
		if before >= 0 {
			g.terms, g.n = f.grams[before].terms, f.grams[before].n
		}
		g.terms[g.n] = term
		g.n++
		id = int32(len(f.grams)) //nolint:gosec // bounded by reading
		f.grams = append(f.grams, g)
		f.chain[key] = id
	}
	return id
}

// together reports whether nothing but a space or a hyphen parts a word from the one before.
func together(text string, w *reading.Word) bool {
	before := text[:w.From]
	switch {
	case strings.HasSuffix(before, " "):
		before = before[:len(before)-1]
	case strings.HasSuffix(before, "\u00a0"):
		before = before[:len(before)-len("\u00a0")]
	case strings.HasSuffix(before, "-"):
		before = before[:len(before)-1]
	default:
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(before)
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
}

// dateline returns where the text of an article begins after its dateline.
func dateline(text string) int {
	for _, dash := range []string{"—", "–", " - ", "--"} {
		if i := strings.Index(text, dash); i >= 0 && i < datelineBytes {
			return i
		}
	}
	return 0
}

// passage returns where words stand, and false where that cannot be told.
func (f *finder) passage(at spot) (news.Passage, bool) {
	s := &f.Sentences[at.sentence]
	text := f.Text(s)
	from, _ := f.extent(text, s.Words, int(at.first))
	_, to := f.extent(text, s.Words, int(at.last))
	a := f.Accounts[s.Account].Article
	p := news.Passage{ArticleID: a.ID, Revision: a.Revision, From: s.From + from, To: s.From + to}
	_, ok := p.In(a)
	return p, ok
}

// segmentBytes is how much of a text is read to find where a word ends: more than lang.MaxWord
// letters.
const segmentBytes = 1200

// extent returns the bytes of a word.
func (f *finder) extent(text string, words []reading.Word, i int) (from, to int) {
	from = int(words[i].From)
	rest := text[from:min(len(text), from+segmentBytes)]
	paired := false
	lang.Segments(rest, func(segment string, run bool) bool {
		to, paired = from+len(segment), run
		return false
	})
	if !paired {
		return from, to
	}
	// A pair of characters: as many characters from the beginning of the run as there are words.
	nth := 0
	for ; i > nth && words[i-nth-1].From == words[i].From; nth++ {
	}
	start, seen := from, -1
	for at, r := range text[from:to] {
		if unicode.IsMark(r) && at > 0 {
			continue
		}
		switch seen++; seen {
		case nth:
			start = from + at
		case nth + 2:
			return start, from + at
		}
	}
	return start, to
}
