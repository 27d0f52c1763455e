package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// maxRepeats is how many blocks the page of an outlet names, maxRepeat how much of each,
	// and maxNotice how much of a notice the page of its article.
	maxRepeats, maxRepeat, maxNotice = 10, 200, 600
)

// A repeated is a block that is taken out of the articles of an outlet.
type repeated struct {
	Text  words
	Times int
	Last  moment
	Href  string // of an article that had it, where that is carried
}

// repeats returns the blocks that are taken out of an outlet's articles, the most frequent
// first, where more than headlines may be shown of it.
func (s *site) repeats(ctx context.Context, src *news.Source, now time.Time) (list []repeated, err error) {
	if src.Carriage.EffectiveMode() == news.Link {
		return nil, nil
	}
	b, err := s.Store.Boilerplate(ctx, src.ID)
	if err != nil {
		return nil, fmt.Errorf("what %s repeats: %w", src.ID, err)
	}
	blocks := slices.Clone(b.Blocks)
	slices.SortStableFunc(blocks, func(a, b news.Block) int { return cmp.Compare(b.Times, a.Times) })
	for _, k := range blocks[:min(len(blocks), maxRepeats)] {
		if k.Times == 0 {
			continue
		}
		r := repeated{Times: k.Times, Last: at(k.Last, now)}
		language := ""
		switch a, err := s.Store.Article(ctx, k.Article); {
		case errors.Is(err, news.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("article that %s repeats in: %w", src.ID, err)
		case !publish.Carried(a, src, now):
			continue // no later one has it
		default:
			r.Href, language = "/article/"+a.ID, a.Language
		}
		r.Text = foreign(news.Cut(k.Text, maxRepeat), language)
		list = append(list, r)
	}
	return list, nil
}

// notices are what the page of an article says of the text, as far as the carriage of its
// outlet lets it be shown.
func notices(a *news.Article, mode news.Mode) (list []words) {
	if mode == news.Link {
		return nil
	}
	for _, apart := range a.Apart {
		if apart.Kind == news.ApartNotice {
			list = append(list, foreign(news.Cut(apart.Text, maxNotice), a.Language))
		}
	}
	return list
}
