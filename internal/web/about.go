package web

import (
	"fmt"
	"net/http"
	"strings"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// An aboutPage says what this hub is, by which rules it works, and who runs it.
type aboutPage struct {
	frame
	Operator    string
	Contact     string
	ContactHref string
	Version     string
	Assistant   string // the model that writes machine text, or ""
	Counts      news.Counts
	NotCarried  string // how many outlets are not, "" where all are
	Lenses      []lensNote
	Excerpt     int // runes
	Quoted      int // runes of one article on a page, beyond its excerpt
	Mail        bool
}

type lensNote struct {
	Title string
	Why   string
	Sides []side
}

func (s *site) about(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	counts, err := s.Store.Counts(r.Context(), h.now)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	p := &aboutPage{
		Mail:  s.Mail != nil,
		frame: s.frame(r, "About this hub"), Operator: publish.Sentence(s.Operator), Contact: s.Contact,
		Version: s.Version, Assistant: s.Assistant, Counts: counts, NotCarried: h.notCarriedNow(), Excerpt: news.ExcerptRunes, Quoted: publish.QuotedRunes,
	}
	switch {
	case isURL(s.Contact):
		p.ContactHref = s.Contact
	case strings.Contains(s.Contact, "@") && !strings.ContainsAny(s.Contact, " <>"):
		p.ContactHref = "mailto:" + s.Contact
	}
	for i := range h.lenses {
		l := &h.lenses[i]
		note := lensNote{Title: l.Title, Why: sideRule(l)}
		for j, sd := range l.Sides {
			note.Sides = append(note.Sides, sideOf(l, sd, j))
		}
		p.Lenses = append(p.Lenses, note)
	}
	return s.render(w, r, "about", p)
}
