package web

import (
	"slices"
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
	Same       []cited // other accounts that have as much of it
	More       int     // further ones
	Fuller     []cited // accounts that have more of it, whose words may not be shown
	Trimmed    []trimming
	MoreCut    int  // further accounts that lack a part
	whole      bool // Words are one passage of Shown
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

// quoteOf makes a line of a quote: in the words of the fullest account that may be quoted, with those that
// have as much, more, or less of it.
func (f *finder) quoteOf(q *news.Quote) (quoteLine, bool) {
	var l quoteLine
	shown := slices.IndexFunc(q.Sayings, func(s news.Saying) bool {
		l.Words, l.whole = f.said(&s)
		return l.Words.Text != ""
	})
	if shown < 0 {
		return l, false
	}
	lacks := func(s *news.Saying) bool { return len(s.Cuts) > 0 || len(s.Differs) > 0 }
	has := q.Sayings[shown]
	l.Speaker = f.speaker(q)
	for i := range q.Sayings {
		s := &q.Sayings[i]
		by, ok := f.saying(s)
		if !ok {
			continue
		}
		switch {
		case i == shown:
			l.Shown = by
		case !lacks(s) && lacks(&has):
			l.Fuller = append(l.Fuller, by)
		case slices.Equal(s.Cuts, has.Cuts) && len(s.Differs) == 0 && len(has.Differs) == 0:
			l.Same = append(l.Same, by)
		case len(l.Trimmed) == trimmings:
			l.MoreCut++
		default:
			t := trimming{By: by, Differs: len(s.Differs) > 0}
			for _, c := range s.Cuts {
				if left, ok := f.cite(c.Left); ok && f.quote(&left) {
					t.Left = append(t.Left, left.Words)
				}
			}
			l.Trimmed = append(l.Trimmed, t)
		}
	}
	l.Same, l.More = fewest(l.Same)
	l.Fuller, _ = fewest(l.Fuller)
	return l, true
}

// speaker returns who said it, as best named by an account of which more than the headline may be told; "" where
// that is unclear.
func (f *finder) speaker(q *news.Quote) string {
	best := ""
	for i := range q.Sayings {
		s := &q.Sayings[i]
		if by, ok := f.saying(s); q.Speaker != "" && ok && f.quoter.Names(by.article.ID) && len(s.Speaker) > len(best) {
			best = s.Speaker
		}
	}
	return best
}

// saying names one account of a quote; false where it is not there any more.
func (f *finder) saying(s *news.Saying) (by cited, ok bool) {
	for i, p := range s.Words {
		c, there := f.cite(p)
		if !there {
			return cited{}, false
		}
		if i == 0 {
			by = c
		}
	}
	return by, len(s.Words) > 0
}

// said returns the words of one account, empty where not all of them may be shown, and whether they are one
// passage.
func (f *finder) said(s *news.Saying) (text words, one bool) {
	by, ok := f.saying(s)
	if !ok {
		return words{}, false
	}
	parts := make([]string, len(s.Words))
	for i, p := range s.Words {
		if parts[i] = f.quoter.Quote(p); parts[i] == "" {
			return words{}, false
		}
	}
	// The comma at the end is the sentence's around it, not the speaker's.
	return foreign(strings.TrimRight(strings.Join(parts, " … "), ",，،"), by.article.Language), len(parts) == 1
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
	d := quoteData{Kind: q.Kind, Speaker: f.speaker(q), Lang: tagOf(q.Language)}
	for _, s := range q.Sayings {
		said := sayingData{Differs: s.Differs}
		for _, p := range s.Words {
			if c, ok := f.passage(p); ok {
				said.Words = append(said.Words, c)
			}
		}
		if len(said.Words) < len(s.Words) || len(said.Words) == 0 {
			continue
		}
		if f.quoter.Names(said.Words[0].ArticleID) && s.Speaker != "" {
			said.Speaker = s.Speaker
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
