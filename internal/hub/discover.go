package hub

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// Found is a feed that Discover found.
type Found struct {
	URL     string
	Title   string
	Format  feed.Format
	Entries int
	Newest  time.Time // zero when the feed gives no dates
	How     string    // "the address itself", "named by the page", "at a common place"
}

// Discovery is what Discover found out about an address.
type Discovery struct {
	Source *news.Source // a start for hub.toml: name, home, languages, feeds
	Feeds  []Found
}

// A Getter fetches: a *fetch.Client.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// maxNamed bounds how many of the feeds that a page names are looked at: pages name
// one or a few, a listing names hundreds.
const maxNamed = 12

// A NoFeedError says that an address leads to no feed.
type NoFeedError struct{ Address string }

func (e *NoFeedError) Error() string {
	return e.Address + ": no feed found there, on the front page, or at a common place"
}

// Discover finds the feeds behind an address: the address itself, those that its page
// names (autodiscovery), else those at places where feeds commonly lie.
func Discover(ctx context.Context, get Getter, address string, tell news.Progress) (*Discovery, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	if !isHTTP(address) {
		return nil, fmt.Errorf("%q is not a web address", address)
	}
	tell.Tell(0, 0, "asking "+address)
	answer, err := get.Get(ctx, fetch.Request{URL: address, Kind: fetch.Feed})
	if err != nil {
		return nil, err
	}
	d := &Discovery{Source: &news.Source{Home: home(answer.URL)}}
	if f, err := parse(answer); err == nil {
		d.add(fetch.WithUser(answer.URL, address), "the address itself", f)
		return d, nil
	}
	d.page(ctx, get, answer, "named by the page", tell)
	if front := home(answer.URL); len(d.Feeds) == 0 && front != answer.URL {
		tell.Tell(0, 0, "asking "+front)
		if answer, err := get.Get(ctx, fetch.Request{URL: front, Kind: fetch.Feed}); err == nil {
			d.page(ctx, get, answer, "named by the front page", tell)
		}
	}
	if len(d.Feeds) == 0 {
		paths := feed.CommonPaths(answer.URL)
		for i, p := range paths {
			tell.Tell(i, len(paths), "looking at "+p)
			if d.try(ctx, get, p, "at a common place") {
				break
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(d.Feeds) == 0 {
		return nil, &NoFeedError{Address: address}
	}
	return d, nil
}

// page reads a page and tries the feeds that it names.
func (d *Discovery) page(ctx context.Context, get Getter, answer *fetch.Response, how string, tell news.Progress) {
	d.readPage(answer.Body)
	named := feed.Find(answer.Body, answer.URL)
	for i, l := range named[:min(len(named), maxNamed)] {
		tell.Tell(i, len(named), "looking at "+l.URL)
		d.try(ctx, get, l.URL, how)
	}
}

// try adds the feed at address, if there is one.
func (d *Discovery) try(ctx context.Context, get Getter, address, how string) bool {
	for _, f := range d.Feeds {
		if f.URL == address {
			return true
		}
	}
	answer, err := get.Get(ctx, fetch.Request{URL: address, Kind: fetch.Feed})
	if err != nil {
		return false
	}
	f, err := parse(answer)
	if err != nil {
		return false
	}
	d.add(address, how, f)
	return true
}

func parse(r *fetch.Response) (*feed.Feed, error) {
	return feed.Parse(r.Body, feed.Options{
		URL:             r.URL,
		ContentType:     r.Header.Get("Content-Type"),
		ContentLocation: r.Header.Get("Content-Location"),
		ContentLanguage: r.Header.Get("Content-Language"),
	})
}

func (d *Discovery) add(address, how string, f *feed.Feed) {
	found := Found{URL: address, Title: f.Title.String(), Format: f.Format, Entries: len(f.Entries), How: how}
	for _, e := range f.Entries {
		if e.Published.After(found.Newest) {
			found.Newest = e.Published
		}
	}
	d.Feeds = append(d.Feeds, found)
	d.Source.FeedURLs = append(d.Source.FeedURLs, address)
	if d.Source.Name == "" {
		d.Source.Name = found.Title
	}
	if f.Link != "" && how == "the address itself" {
		d.Source.Home = f.Link
	}
	if len(d.Source.Languages) == 0 && langForm.MatchString(f.Language) {
		d.Source.Languages = []string{strings.ToLower(f.Language[:2]) + f.Language[2:]}
	}
}

// readPage takes name and language of the outlet from a page of it. The title of the
// page is no name, for it tells of the page; the feed has a better one.
func (d *Discovery) readPage(page []byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			attr := map[string]string{}
			for _, a := range t.Attr {
				attr[a.Key] = a.Val
			}
			switch {
			case t.DataAtom == atom.Html && langForm.MatchString(attr["lang"]):
				d.Source.Languages = []string{attr["lang"]}
			case t.DataAtom == atom.Meta && attr["property"] == "og:site_name":
				d.Source.Name = attr["content"]
			}
		}
	}
}

func home(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // unreachable: it was just fetched
	}
	return u.Scheme + "://" + u.Host + "/"
}
