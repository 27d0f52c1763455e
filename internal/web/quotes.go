package web

import (
	"strings"

	"parallax/internal/news"
)

// A quoteLine is what somebody said, with who carries it and who trimmed it.
type quoteLine struct {
	Words   words
	Speaker string // "" where it is unclear
	Shown   cited  // whose Words these are
	// Translated are machine translations of Words.
	Translated []translated
	Fullest    bool // Shown has all that any account has
	Whole      []cited
	More       int // further accounts that have it whole
	Trimmed    []trimming
}

// A trimming is an account that lacks a part of what was said.
type trimming struct {
	By      cited
	Left    []words // the words that it left out, as far as they may be shown
	Differs bool    // it has other words in places
}

// quoteLines is how many quotes a page shows, quoteEach how many of one speaker among them: who is
// quoted most does not fill the page.
const (
	quoteLines = 8
	quoteEach  = 3
	trimmings  = 2 // accounts of one quote that lack a part of it
)

// quotes returns what people said in quote marks: first what most accounts carry, as Quotes stand, and
// after all others what nobody is plainly said to have said.
// What is told without marks is in the data only, for it is less certain where it begins and ends, and
// who said it; what a text says of itself is no part of the event.
func (f *finder) quotes(all []news.Quote, most int) []quoteLine {
	var lines []quoteLine
	spoken := map[string]int{}
	for _, unclear := range []bool{false, true} { // of whom nobody knows come last
		for i := range all {
			q := &all[i]
			if len(lines) == most || q.Kind != news.QuoteDirect || (q.Speaker == "") != unclear || !unclear && spoken[q.Speaker] == quoteEach {
				continue
			}
			if l, ok := f.quoteOf(q); ok {
				spoken[q.Speaker]++
				lines = append(lines, l)
			}
		}
	}
	return lines
}

func (f *finder) quoteOf(q *news.Quote) (quoteLine, bool) {
	l := quoteLine{Speaker: q.Speaker}
	for i, s := range q.Sayings {
		by, said, ok := f.saying(&s)
		switch {
		case !ok:
			continue
		case l.Words.Text == "" && said != "":
			l.Words, l.Shown, l.Fullest = foreign(said, by.article.Language), by, i == 0
		case len(s.Cuts) == 0 && len(s.Differs) == 0:
			l.Whole = append(l.Whole, by)
		case len(l.Trimmed) == trimmings:
			continue
		default:
			t := trimming{By: by, Differs: len(s.Differs) > 0}
			for _, c := range s.Cuts {
				left, ok := f.cite(c.Left)
				if ok && f.quote(&left) {
					t.Left = append(t.Left, left.Words)
				}
			}
			l.Trimmed = append(l.Trimmed, t)
		}
	}
	l.Whole, l.More = fewest(l.Whole)
	return l, l.Words.Text != ""
}

// saying returns the words of one account, "" where they may not be shown; false where they are
// not there any more.
func (f *finder) saying(s *news.Saying) (by cited, said string, ok bool) {
	var parts []string
	for _, p := range s.Words {
		c, there := f.cite(p)
		if !there {
			return cited{}, "", false
		}
		by = c
		if f.quote(&c) {
			parts = append(parts, c.Words.Text)
		}
	}
	if len(parts) < len(s.Words) {
		parts = nil
	}
	// The comma at the end is the sentence's around it, not the speaker's.
	return by, strings.TrimRight(strings.Join(parts, " … "), ",，،"), len(s.Words) > 0
}

// A quoteData is a quote in the data of a story.
type quoteData struct {
	Kind    news.QuoteKind `json:"kind"`
	Speaker string         `json:"speaker,omitempty"`
	Lang    string         `json:"lang,omitempty"`
	Sayings []sayingData   `json:"sayings"`
}

type sayingData struct {
	Words   []passageData     `json:"words"`
	Speaker string            `json:"speaker,omitempty"`
	By      *passageData      `json:"by,omitempty"`
	Cuts    []cutData         `json:"cuts,omitempty"`
	Differs []news.Difference `json:"differs,omitempty"`
}

type cutData struct {
	Left   passageData       `json:"left"`
	Where  news.CuttingPlace `json:"where"`
	Marked bool              `json:"marked,omitempty"`
}

func (f *finder) quoteData(q *news.Quote) (quoteData, bool) {
	d := quoteData{Kind: q.Kind, Speaker: q.Speaker, Lang: tagOf(q.Language)}
	for _, s := range q.Sayings {
		said := sayingData{Speaker: s.Speaker, Differs: s.Differs}
		for _, p := range s.Words {
			if c, ok := f.passage(p); ok {
				said.Words = append(said.Words, c)
			}
		}
		if len(said.Words) < len(s.Words) || len(said.Words) == 0 {
			continue
		}
		if by, ok := f.passage(s.By); ok {
			said.By = &by
		}
		for _, c := range s.Cuts {
			if left, ok := f.passage(c.Left); ok {
				said.Cuts = append(said.Cuts, cutData{left, c.Where, c.Marked})
			}
		}
		d.Sayings = append(d.Sayings, said)
	}
	return d, len(d.Sayings) > 0
}
