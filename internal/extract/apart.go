package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/extract/boilerplate"
	"parallax/internal/news"
	"parallax/internal/words"
)

// maxApart and maxApartText bound what is kept beside a text: how many blocks, and how
// many characters of each. Longer notices than the second are terms of use.
const maxApart, maxApartText = 12, 1000

// apart is a stub, or a notice where it says whose the text is.
func apart(text string) news.Apart {
	if boilerplate.Notice(text) {
		return news.Apart{Kind: news.ApartNotice, Text: words.Line(text)}
	}
	return news.Apart{Kind: news.ApartStub, Text: words.Line(text)}
}

func bounded(list []news.Apart) (kept []news.Apart) {
	for _, a := range list {
		if a.Text = news.Cut(a.Text, maxApartText); len(kept) < maxApart && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}

// Apart returns what stood in the article's text and is not of it.
func (p *Page) Apart() []news.Apart { return bounded(p.article().apart) }

// strip takes notices, and what the Source repeats, out of a text.
func (b *body) strip(s *boilerplate.Set) {
	clean, found := s.Strip(b.html, b.text)
	if len(found) == 0 {
		return
	}
	// What stood before them may have been the link to the rest.
	clean, end, stubs := trim(clean)
	b.html, b.text, b.end, b.apart = clean, running(clean), max(b.end, end), slices.Concat(b.apart, stubs, found)
}

func (b *body) measure() {
	b.size = size(b.text)
	b.full = b.size >= fullText && b.end == whole
}

// without returns b without what its Source repeats.
func (b body) without(s *boilerplate.Set) body {
	if s != nil {
		b.strip(s)
		b.measure()
	}
	return b
}

// clean takes notices, and what its Source repeats, out of an article, and returns them.
func clean(a *news.Article, s *boilerplate.Set) (found []news.Apart) {
	html, found := s.Strip(a.HTML, a.Text)
	if len(found) == 0 {
		return nil
	}
	a.HTML, a.Text, a.Apart = html, running(html), bounded(slices.Concat(a.Apart, found))
	for _, part := range found {
		a.Lead = withoutPart(a.Lead, part.Text)
	}
	if size(a.Lead) < minLead {
		a.Lead = lead("", nil, a)
	}
	return found
}

// withoutPart takes a block out of a lead, also one that the lead was cut within.
func withoutPart(lead, block string) string {
	if before, after, ok := strings.Cut(lead, block); ok {
		return words.Line(before + " " + after)
	}
	cut := strings.TrimRight(strings.TrimRight(lead, "…"), " ")
	if len(cut) == len(lead) {
		return lead
	}
	for i := range cut {
		if (i == 0 || cut[i-1] == ' ') && strings.HasPrefix(block, cut[i:]) && utf8.RuneCountInString(cut[i:]) >= minLead {
			return strings.TrimSpace(cut[:i])
		}
	}
	return lead
}
