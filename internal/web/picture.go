package web

import (
	"context"
	"fmt"
	"net/http"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// picture answers with the hub's own copy of an image that stands in an article, while the
// article is carried with its whole text.
func (s *site) picture(w http.ResponseWriter, r *http.Request) error {
	const title, text = "There is no such picture", "This hub shows no picture of this address, or none any more."
	p, err := s.Store.Picture(r.Context(), r.PathValue("id"), s.Now())
	if err != nil {
		return orNotFound(err, title, text)
	}
	src, err := s.Store.Source(r.Context(), p.SourceID)
	if err != nil {
		return fmt.Errorf("source of picture %s: %w", p.ID, err)
	}
	if src.Carriage.EffectiveMode() != news.FullText {
		return notFound(title, text)
	}
	s.send(w, r, p.Type, p.Data)
	return nil
}

// pictures returns what is shown for the images of an article.
func (s *site) pictures(ctx context.Context, a *news.Article) (func(sanitize.Image) (sanitize.Picture, bool), error) {
	list, err := s.Store.Pictures(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("pictures of article %s: %w", a.ID, err)
	}
	byURL := map[string]sanitize.Picture{}
	for _, p := range list {
		byURL[p.URL] = sanitize.Picture{URL: "/picture/" + p.ID, Width: p.Width, Height: p.Height}
	}
	return func(i sanitize.Image) (sanitize.Picture, bool) {
		p, ok := byURL[i.URL]
		return p, ok
	}, nil
}
