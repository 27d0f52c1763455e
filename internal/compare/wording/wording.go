// Package wording finds in which words the sides of a Lens tell one Story differently. The Reading
// of the Story comes in, with the side of each of its Articles; of each side the terms come out that
// are typical of it.
//
// Everything is counted in owners: an outlet that repeats a word thirty times uses it, and so does
// one that has it once. A text that several outlets carry speaks once on each side that
// carries it, as if of one owner: by the original where that stands on the side, else by the
// earliest copy. What a side printed it said, so that the words of an agency that both sides print
// are typical of neither.
//
// Texts in different languages have no words in common, and are not compared by them.
//
// All sides are treated alike: with other names for the sides the outcome has other names in it,
// and nothing else changes.
package wording

import (
	"slices"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/reading"
)

// minOwners is how many owners of a side must use a word for it to be the side's.
const minOwners = 2

// Find returns the terms that are typical of each side, by side. The function sideOf gives the side
// on which the outlet of an Article stands, or news.Unplaced; unplaced Articles are left out. Outlets are
// the names by which outlets of the Story call themselves: their words are typical of nothing.
func Find(all *reading.Reading, sideOf func(articleID string) string, outlets []string) map[string][]news.TypicalTerm {
	terms := map[string][]news.TypicalTerm{}
	for _, t := range all.Tongues {
		f := newFinder(t, sideOf)
		if !f.compared() {
			continue
		}
		f.leaveOut(outlets)
		f.collect()
		for s, list := range f.typical() {
			if len(list) > 0 {
				terms[f.sides[s]] = append(terms[f.sides[s]], list...)
			}
		}
	}
	return terms
}

// A finder looks at the words of one language.
type finder struct {
	*reading.Tongue

	sides  []string // those with an account, in the order of their first
	voices []voice
	count  []int  // of each side: its voices that are compared
	bulk   []int  // of each side: their different terms
	voiced []int  // of each account: its voice, or -1
	left   []bool // of each term: it is part of a name of an outlet or author

	grams []gram
	spots [][]spot           // of each gram
	chain map[[2]int32]int32 // a gram and the term after it -> the longer gram
}

// A voice is an owner on a side.
type voice struct {
	side     int
	accounts []int
	short    bool // too little text, or only a part of it, to say that a word is not used
}

func newFinder(t *reading.Tongue, sideOf func(string) string) *finder {
	f := &finder{Tongue: t, voiced: make([]int, len(t.Accounts))}
	type text struct {
		side int
		id   string
	}
	type owner struct {
		side int
		name string
	}
	sides := make([]int, len(t.Accounts))
	speaks := map[text]int{} // the account by which a text speaks on a side
	for i := range t.Accounts {
		a := &t.Accounts[i]
		f.voiced[i], sides[i] = -1, -1
		id := sideOf(a.Article.ID)
		if id == news.Unplaced || lang.Base(a.Article.Language) != t.Language {
			continue
		}
		side := slices.Index(f.sides, id)
		if side < 0 {
			side = len(f.sides)
			f.sides = append(f.sides, id)
		}
		sides[i] = side
		key := text{side, a.Text()}
		if _, ok := speaks[key]; !ok || a.Article.ID == a.Text() {
			speaks[key] = i
		}
	}
	byOwner := map[owner]int{}
	for i := range t.Accounts {
		a := &t.Accounts[i]
		if sides[i] < 0 || speaks[text{sides[i], a.Text()}] != i {
			continue
		}
		key := owner{sides[i], a.Owner}
		v, ok := byOwner[key]
		if !ok {
			v = len(f.voices)
			byOwner[key] = v
			f.voices = append(f.voices, voice{side: sides[i]})
		}
		f.voices[v].accounts = append(f.voices[v].accounts, i)
		f.voiced[i] = v
	}
	f.measure()
	return f
}

// shortShare is the share of the terms of a middling voice of the Story with which a voice is too
// short: of a summary beside articles it cannot be said that it avoids a word.
const shortShare = .25

// measure finds which voices are short, and how much the sides say.
func (f *finder) measure() {
	f.count, f.bulk = make([]int, len(f.sides)), make([]int, len(f.sides))
	seen := make([]int, len(f.Terms))
	sizes := make([]int, len(f.voices))
	whole := make([]bool, len(f.voices)) // of some account the hub has the whole
	for v := range f.voices {
		for _, a := range f.voices[v].accounts {
			whole[v] = whole[v] || !f.Accounts[a].Part
			for s := f.Of[a].From; s < f.Of[a].To; s++ {
				for _, id := range f.Sentences[s].Terms {
					if seen[id] != v+1 && f.Terms[id].Weight > 0 {
						seen[id] = v + 1
						sizes[v]++
					}
				}
			}
		}
	}
	sorted := slices.Sorted(slices.Values(sizes))
	for v := range f.voices {
		f.voices[v].short = !whole[v] || sizes[v] == 0 || float64(sizes[v]) < shortShare*float64(sorted[len(sorted)/2])
		if !f.voices[v].short {
			f.count[f.voices[v].side]++
			f.bulk[f.voices[v].side] += sizes[v]
		}
	}
}

// compared reports whether two sides have enough owners.
func (f *finder) compared() bool {
	n := 0
	for _, c := range f.count {
		if c >= minOwners {
			n++
		}
	}
	return n >= 2
}

// leaveOut marks the words of names of outlets and authors.
func (f *finder) leaveOut(outlets []string) {
	f.left = make([]bool, len(f.Terms))
	roots := lang.HasEndings(f.Language)
	leave := func(name string) {
		for _, token := range lang.FirstTokens(name, f.Language, maxNameWords) {
			stem := token.Text
			if roots {
				stem = lang.Root(token)
			}
			if id, ok := f.Lookup(stem); ok {
				f.left[id] = true
			}
		}
	}
	for _, name := range outlets {
		leave(name)
	}
	for i := range f.Accounts {
		for _, name := range f.Accounts[i].Article.Authors {
			leave(name)
		}
	}
}

// maxNameWords is how many words of a name are read: no outlet has more.
const maxNameWords = 8
