package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// openArticles bounds what a feed holds of what is not yet in an archive: on a hub that takes in more
	// within two minutes, the rest is in the archives two minutes later.
	openArticles = 3 * channelArticles
	// partArticles bounds an archive. It has channelArticles; more only where what was withdrawn when it was
	// made came back.
	partArticles = 4 * channelArticles
)

// first reports whether r asks for the feed itself, and not for a further page or an archive of it.
func first(r *http.Request) bool {
	q := r.URL.Query()
	return q.Get("after") == "" && q.Get("archive") == ""
}

// heeded are what a feed may be asked with, beside which page of it.
func heeded(r *http.Request) url.Values {
	keep := url.Values{}
	for key, path := range map[string]string{"q": "/search/", "lens": "/stories."} {
		if v := r.URL.Query().Get(key); v != "" && strings.HasPrefix(r.URL.Path, path) {
			keep.Set(key, v)
		}
	}
	return keep
}

// addressOf is the address of the feed of r, or with key and value that of a page or an archive of it.
func addressOf(r *http.Request, keyValue ...string) string {
	q := heeded(r)
	if len(keyValue) == 2 && keyValue[1] != "" {
		q.Set(keyValue[0], keyValue[1])
	}
	if len(q) == 0 {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + q.Encode()
}

// selfOf is the address that r asked for, without what is not heeded.
func selfOf(r *http.Request) string {
	for _, key := range []string{"after", "archive"} {
		if v := r.URL.Query().Get(key); v != "" {
			return addressOf(r, key, v)
		}
	}
	return addressOf(r)
}

// chain links the documents of a feed (RFC 5005): its pages (§3), by which everything can be read that
// there is now, and its archives (§4), by which who reads the feed now and then misses nothing.
func chain(made *feed.Feed, r *http.Request, c *publish.Channel) {
	link := func(rel, key, value string) {
		made.Links = append(made.Links, feed.Link{Rel: rel, URL: c.Hub + addressOf(r, key, value)})
	}
	if c.Archive {
		made.Archive = true
		link("current", "", "")
		if c.Parts.Next != "" {
			link("next-archive", "archive", c.Parts.Next)
		}
		if c.Parts.Prev != "" {
			link("prev-archive", "archive", c.Parts.Prev)
			made.Next = c.Hub + addressOf(r, "archive", c.Parts.Prev) // all that JSON Feed has
		}
		return
	}
	if !first(r) || c.NextAfter != "" {
		link("first", "", "")
	}
	if c.PrevAfter != nil {
		link("previous", "after", *c.PrevAfter)
	}
	if c.NextAfter != "" {
		made.Next = c.Hub + addressOf(r, "after", c.NextAfter)
	}
	if c.Parts.Prev != "" {
		link("prev-archive", "archive", c.Parts.Prev)
	}
}

// articleChannel fills c with the articles that q asks for: of the feed itself the last that came in, so that
// it has all that is in no archive yet, of a page those that came in before, of an archive those of it. Each
// document has them by their dates.
func (s *site) articleChannel(r *http.Request, q news.ArticleQuery, c publish.Channel) (*publish.Channel, error) {
	ctx := r.Context()
	q.After, q.Part, q.Limit, q.Entered = r.URL.Query().Get("after"), r.URL.Query().Get("archive"), channelArticles, true
	switch {
	case q.After != "" && q.Part != "":
		return nil, badRequest("An archive has no pages", "Ask with ?after= or with ?archive=, as a feed gives them.")
	case q.SourceIDs != nil && len(q.SourceIDs) == 0:
		return &c, nil
	}
	failed := func(err error) error { return fmt.Errorf("list articles for a feed: %w", err) }
	var err error
	switch {
	case q.Part != "":
		c.Archive = true
		if c.Parts, err = s.Store.Parts(ctx, q); err != nil {
			return nil, failed(err)
		}
		q.Limit = partArticles
	case q.After != "":
		before, err := s.Store.ArticlesBefore(ctx, q)
		if err != nil {
			return nil, failed(err)
		}
		c.PrevAfter = &before
	default:
		if c.Parts, err = s.Store.Parts(ctx, q); err != nil {
			return nil, failed(err)
		}
		if c.Parts.Open != "" {
			open := q
			open.Part, open.Limit = c.Parts.Open, openArticles
			list, _, err := s.Store.Articles(ctx, open)
			if err != nil {
				return nil, failed(err)
			}
			q.Limit = max(q.Limit, len(list))
		}
	}
	q.Full = true
	if c.Articles, c.NextAfter, err = s.Store.Articles(ctx, q); err != nil {
		return nil, failed(err)
	}
	slices.SortStableFunc(c.Articles, func(a, b *news.Article) int { return b.When().Compare(a.When()) })
	return &c, nil
}
