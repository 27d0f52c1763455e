package assist

import (
	"context"
	"slices"

	"parallax/internal/assist/check"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// An original is what is to be translated into one language.
type original struct {
	news.Translation
	text, from string
}

// foreign finds the headlines and quotes that are to be translated and were not yet.
func (s *Stage) foreign(ctx context.Context, w *work, view *seen, articles []*news.Article) error {
	ids := make([]string, len(articles))
	for i, a := range articles {
		ids[i] = a.ID
	}
	there, err := s.cfg.Store.Translations(ctx, ids)
	if err != nil {
		return err
	}
	for _, to := range s.cfg.Languages {
		of := view.headlines(articles, to)
		of = append(of[:min(len(of), headlines)], slices.DeleteFunc(view.quotes(), func(o original) bool { return !o.into(to) })...)
		for _, o := range of {
			o.Language, o.Model, o.Prompt = to, s.cfg.Model, Prompt()
			if !slices.ContainsFunc(there, func(t news.Translation) bool {
				return t.ArticleID == o.ArticleID && t.Language == to && t.From == o.From && t.To == o.To && t.Model == o.Model && t.Prompt == o.Prompt
			}) {
				w.texts = append(w.texts, o)
			}
		}
	}
	return nil
}

// into reports whether there is anything to translate into a language.
func (o original) into(to string) bool {
	from := lang.Base(o.from)
	return from != to && from != lang.Und && from != "" && o.text != "" && !check.Commands(o.text)
}

// headlines are those to be translated into a language, the sides of the lens by turns, so that the first of
// them are as many of each side as it has, whichever came first or publishes most; outlets that are on none take
// their turn after. Of a side the most central comes first, then in the order in which they came.
func (s *seen) headlines(articles []*news.Article, to string) []original {
	of := map[string][]original{}
	for _, a := range articles {
		src := s.sources[a.SourceID]
		if src == nil || !publish.Carried(a, src, s.now) || s.articles[a.WireRoot] != nil {
			continue
		}
		o := original{news.Translation{ArticleID: a.ID, Revision: a.Revision}, news.Cut(a.Title, itemRunes), a.Language}
		if !o.into(to) {
			continue
		}
		side := s.lens.SideOf(src)
		if _, _, ok := s.lens.Side(side); !ok {
			side = news.Unplaced // as one that the lens has no more
		}
		place := len(of[side])
		if s.heads(a.ID) {
			place = 0
		}
		of[side] = slices.Insert(of[side], place, o)
	}
	var list []original
	for turn, more := 0, true; more; turn++ {
		more = false
		for _, side := range append(slices.Clone(s.lens.Sides), news.Side{ID: news.Unplaced}) {
			if turn < len(of[side.ID]) {
				list, more = append(list, of[side.ID][turn]), true
			}
		}
	}
	return list
}

// heads reports whether an article is the most central of its side.
func (s *seen) heads(id string) bool {
	return slices.ContainsFunc(s.sides, func(c news.Coverage) bool { return c.Head == id })
}

// quotes are what people said in quote marks, of the first quotes of the page and in its order: those of known
// speakers first. Each is in the account that the page shows, the first whose words readers may have, and is
// left out where it does not stand there in one piece.
func (s *seen) quotes() []original {
	var list []original
	if s.findings == nil {
		return list
	}
	n, spoken := 0, map[string]int{}
	for _, unclear := range []bool{false, true} {
		for i := range s.findings.Quotes {
			q := &s.findings.Quotes[i]
			if n == quotes || q.Kind != news.QuoteDirect || (q.Speaker == "") != unclear || !unclear && spoken[q.Speaker] == quotesEach {
				continue
			}
			words := s.shownWords(q)
			if len(words) == 0 {
				continue // the page has no line of it either
			}
			n++
			spoken[q.Speaker]++
			if p := words[0]; len(words) == 1 {
				list = append(list, original{news.Translation{ArticleID: p.ArticleID, Revision: p.Revision, From: p.From, To: p.To}, s.quoter.Quote(p), s.articles[p.ArticleID].Language})
			}
		}
	}
	return list
}

// shownWords are the words of a quote in the first account of which readers may have all.
func (s *seen) shownWords(q *news.Quote) []news.Passage {
	for _, said := range q.Sayings {
		if len(said.Words) > 0 && !slices.ContainsFunc(said.Words, func(p news.Passage) bool { return s.quoter.Quote(p) == "" }) {
			return said.Words
		}
	}
	return nil
}
