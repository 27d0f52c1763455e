package ingest

import "parallax/internal/news"

// markCopied marks what a copy said, and that it waits to be compared with what the outlet
// itself says. Only documents of the outlet end that: SaveFetch compares.
func markCopied(f *news.Fetch) {
	for _, i := range f.Items {
		i.Via = news.Via{Route: f.Feed.Route}
	}
	if f.Feed.Copied.IsZero() && len(f.Items) > 0 {
		f.Feed.Copied = f.At
	}
}
