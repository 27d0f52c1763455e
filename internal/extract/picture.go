package extract

import (
	"parallax/internal/news"
	"parallax/internal/sanitize"
)

const (
	// maxPictures is how many images of one article the hub gets copies of; the others of a gallery
	// stay links.
	maxPictures = 20
	// maxPictureURL is how long the URL of one may be.
	maxPictureURL = 2000
)

// illustrate says of which images in an article the hub is to have copies: those that readers are
// shown, where the outlet is carried with its whole text.
func illustrate(a *news.Article, source *news.Source) {
	if source.Carriage.EffectiveMode() != news.FullText {
		return
	}
	for _, i := range sanitize.Images(a.HTML) {
		if len(i.URL) <= maxPictureURL && len(a.Pictures) < maxPictures {
			a.Pictures = append(a.Pictures, i.URL)
		}
	}
}
