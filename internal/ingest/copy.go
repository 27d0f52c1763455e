package ingest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// markCopied marks what a copy said, and that it waits to be compared with what the outlet
// itself says. Only documents of the outlet end that: SaveFetch compares.
func markCopied(f *news.Fetch, resp *fetch.Response) {
	for _, i := range f.Items {
		i.Via = news.Via{Route: text(resp.Route, maxURL), Archived: resp.Archived}
	}
	if f.Feed.Copied.IsZero() && len(f.Items) > 0 {
		f.Feed.Copied = f.At
	}
}

// fromPeer makes of the feed of an outlet that another hub gives out the document of the
// outlet: its entries have the outlet's own ids, and what the hub says stands in notes, which
// are not read. Entries that name another outlet as their origin are left out; it is an error
// if all do.
func fromPeer(doc *feed.Feed, f *news.Feed) error {
	var own []*feed.Entry
	for _, e := range doc.Entries {
		if !ofOutlet(e.Source, f) {
			continue
		}
		if escaped, ok := strings.CutPrefix(e.ID, "urn:guid:"); ok {
			// How hubs write an id into Atom that is no IRI.
			if id, err := url.PathUnescape(escaped); err == nil {
				e.ID = id
			}
		}
		own = append(own, e)
	}
	if others := len(doc.Entries) - len(own); others > 0 {
		if len(own) == 0 {
			return errors.New("the other hub's feed names another outlet as the origin of its entries")
		}
		doc.Problems = append(doc.Problems, feed.Problem{What: fmt.Sprintf("%d entries of other outlets were left out", others)})
	}
	doc.Entries = own
	doc.Title = feed.Text{} // names the hub
	return nil
}

// ofOutlet reports whether an entry's origin is the feed f or has the home page of its
// outlet.
func ofOutlet(origin *feed.Feed, f *news.Feed) bool {
	if origin == nil {
		return false
	}
	for _, own := range []struct{ theirs, ours string }{
		{origin.Self, news.PublicURL(f.URL)}, {origin.Self, news.PublicURL(f.MovedTo)}, {origin.Link, f.Home},
	} {
		if own.theirs != "" && own.ours != "" && fetch.SameAddress(own.theirs, own.ours) {
			return true
		}
	}
	return false
}
