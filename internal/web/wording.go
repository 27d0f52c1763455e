package web

import (
	"fmt"

	"parallax/internal/news"
)

// A wordLine is a term that is typical of a side, with who uses it.
type wordLine struct {
	Shown cited // whose Words are the term
	Who   string
}

// typical returns the terms of a side. One that fewer than two accounts still have, or whose words may
// not be shown, is left out.
func (f *finder) typical(sd side) []wordLine {
	var lines []wordLine
	for i := range f.words[sd.ID] {
		t := &f.words[sd.ID][i]
		c, ok := f.term(t)
		if !ok {
			continue
		}
		lines = append(lines, wordLine{c, fmt.Sprintf("%d of %d owners of this side, %d of %d of the others", t.Owners, t.Of, t.Others, t.OthersOf)})
	}
	return lines
}

// term returns the words of a term in its commonest form, or as the first account has it that may be quoted; false
// where fewer than two accounts still have it, or none may be.
func (f *finder) term(t *news.TypicalTerm) (cited, bool) {
	if len(f.present(t.Passages)) < 2 {
		return cited{}, false
	}
	for _, p := range append([]news.Passage{t.Shown}, t.Passages...) {
		if c, ok := f.cite(p); ok && c.say(f.quoter.Word(p)) {
			return c, true
		}
	}
	return cited{}, false
}

// present returns those of passages that are still there.
func (f *finder) present(passages []news.Passage) []cited {
	var list []cited
	for _, p := range passages {
		if c, ok := f.cite(p); ok {
			list = append(list, c)
		}
	}
	return list
}

// A wordData is a wordLine as data.
type wordData struct {
	Text      string         `json:"text"`
	Lang      string         `json:"lang,omitempty"`
	Owners    int            `json:"owners"`
	Of        int            `json:"of"`
	Others    int            `json:"others"`
	OthersOf  int            `json:"others_of"`
	Passages  []news.Passage `json:"passages"`
	Elsewhere []news.Passage `json:"elsewhere,omitempty"`
}

func (f *finder) wordData(sd side) []wordData {
	var list []wordData
	for i := range f.words[sd.ID] {
		t := &f.words[sd.ID][i]
		c, ok := f.term(t)
		if !ok {
			continue
		}
		own := f.present(t.Passages)
		d := wordData{Text: c.Words.Text, Lang: tagOf(c.article.Language), Owners: t.Owners, Of: t.Of, Others: t.Others, OthersOf: t.OthersOf}
		for _, p := range own {
			d.Passages = append(d.Passages, p.passage)
		}
		for _, p := range f.present(t.Elsewhere) {
			d.Elsewhere = append(d.Elsewhere, p.passage)
		}
		list = append(list, d)
	}
	return list
}
