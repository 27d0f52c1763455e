package web

import (
	"fmt"
	"net/http"

	"parallax/internal/explain"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// A whyPage says why an article stands in its story.
type whyPage struct {
	frame
	Headline words
	Href     string
	Outlet   outlet
	When     moment
	Story    *explain.Story
	Title    words // of the story
	Sections []whySection
	Weighed  bool // some section says what was measured
}

type whySection struct {
	Title  string
	Blocks []whyBlock
}

// A whyBlock is a paragraph, or a list of what was measured.
type whyBlock struct {
	Pieces   []whyPiece
	Measures []whyMeasure
}

type whyPiece struct {
	words
	Href string
}

type whyMeasure struct{ Text, Adds string }

func (s *site) why(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := s.Store.Article(ctx, r.PathValue("id"))
	if err != nil {
		return orNotFound(err, "There is no such article", "This hub knows no article of this address.")
	}
	src, err := s.Store.Source(ctx, a.SourceID)
	if err != nil {
		return fmt.Errorf("source of article %s: %w", a.ID, err)
	}
	now := s.Now()
	if !publish.Carried(a, src, now) {
		return s.withdrawn(w, r, a, src, now)
	}
	x, err := explain.Of(ctx, s.Store, a.ID, now, func(a *news.Article, src *news.Source) bool { return publish.Carried(a, src, now) })
	if err != nil {
		return fmt.Errorf("explain article %s: %w", a.ID, err)
	}
	p := &whyPage{
		frame:    s.frame(r, "Why it stands there: "+a.Title),
		Headline: foreign(a.Title, a.Language),
		Href:     "/article/" + a.ID,
		Outlet:   outletOf(src),
		When:     at(a.When(), now),
		Story:    x.Story,
	}
	p.NoIndex = true
	if x.Story != nil {
		p.Title = foreign(x.Story.Title, x.Story.Language)
	}
	for _, section := range x.Sections() {
		p.Sections = append(p.Sections, whySectionOf(section))
		for _, b := range p.Sections[len(p.Sections)-1].Blocks {
			p.Weighed = p.Weighed || b.Measures != nil
		}
	}
	return s.render(w, r, "why", p)
}

func whySectionOf(section explain.Section) whySection {
	to := whySection{Title: section.Title}
	for _, l := range section.Lines {
		if l.Measure {
			n := len(to.Blocks)
			if n == 0 || to.Blocks[n-1].Measures == nil {
				to.Blocks = append(to.Blocks, whyBlock{})
				n++
			}
			// U+2212, as numbers that are not of a program have it.
			adds := fmt.Sprintf("+%.2f", l.Adds)
			if l.Adds < 0 {
				adds = fmt.Sprintf("−%.2f", -l.Adds)
			}
			to.Blocks[n-1].Measures = append(to.Blocks[n-1].Measures, whyMeasure{l.Pieces[0].Text, adds})
			continue
		}
		var b whyBlock
		for _, piece := range l.Pieces {
			q := whyPiece{words: words{Text: piece.Text}}
			switch {
			case piece.Article != "":
				q = whyPiece{foreign(piece.Text, piece.Language), "/article/" + piece.Article}
			case piece.Story != "":
				q = whyPiece{foreign(piece.Text, piece.Language), "/story/" + piece.Story}
			}
			b.Pieces = append(b.Pieces, q)
		}
		to.Blocks = append(to.Blocks, b)
	}
	return to
}
