package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// A document is what came for a feed: checked while the fetcher still can try another
// route, because what is no feed is often a block page or a challenge.
type document struct {
	feed   *news.Feed
	target string

	hash   string
	same   bool       // the body is the one of last time
	parsed *feed.Feed // nil if same
	err    error      // why it is no feed, or no whole one
	part   *part      // nil unless it was cut
	found  []string   // feeds that it names, where it is a page
}

// parses bounds how many documents are read at a time, by all workers together: one that
// is made to be costly takes tens of megabytes for a moment.
var parses = make(chan struct{}, 2)

// check reads a body. Its error is why the body is no feed, or no whole one.
func (d *document) check(resp *fetch.Response) error {
	sum := sha256.Sum256(resp.Body)
	d.hash = hex.EncodeToString(sum[:])
	// What a copy said is held against the outlet's own words even where nothing seems new.
	if d.hash == d.feed.BodyHash && (d.feed.Copied.IsZero() || fetch.Copied(resp.Route)) {
		d.same, d.err = true, nil
		return nil
	}
	parsed, err := parse(resp.Body, resp.Header, base(d, resp))
	if err == nil && strings.HasPrefix(resp.Route, "peer:") {
		err = fromPeer(parsed, d.feed)
	}
	if err == nil {
		err = d.whole(parsed, resp)
	}
	if err == nil {
		d.parsed, d.err = parsed, nil
		return nil
	}
	if d.err != nil {
		return err // the first route's answer is the one to tell of
	}
	d.err = err
	if no, ok := errors.AsType[*feed.NotFeedError](err); ok && no.Looks == "html" {
		d.found = discover(resp.Body, base(d, resp))
		d.err = fmt.Errorf("an HTML page came instead of a feed: %w", err)
	}
	return d.err
}

// hint says what to do about a document that is no feed.
func (d *document) hint() string {
	if errors.Is(d.err, errEarly) {
		return hintEarly
	}
	target := news.PublicURL(d.target)
	if len(d.found) > 0 {
		return "the page names these feeds: " + strings.Join(d.found, " , ") + "; put the right one into the source's feeds"
	}
	if no, ok := errors.AsType[*feed.NotFeedError](d.err); ok {
		if no.Looks == "html" {
			return "it is the outlet's page, a log-in, a challenge for programs or a block page; open " + target +
				" in a browser, and look for the feed's URL with: parallax add " + target
		}
		if no.Hint != "" {
			return no.Hint
		}
	}
	return "open " + target + " in a browser to see what it is now"
}

// base is what links in the document are relative to: where it came from, except that
// a copy's links are the original's. It goes into the links of items, so it holds no password.
func base(d *document, resp *fetch.Response) string {
	if fetch.Copied(resp.Route) {
		return news.PublicURL(d.target)
	}
	return news.PublicURL(resp.URL)
}

// icon returns the address of the picture by which a document wants to be known, or "".
func icon(doc *feed.Feed, base string) string {
	b := builder{base: base}
	for _, address := range []string{doc.Icon, doc.Logo} {
		if address != "" {
			return b.url(address)
		}
	}
	if doc.Image != nil && doc.Image.URL != "" {
		return b.url(doc.Image.URL)
	}
	return ""
}

// discover returns the URLs of the feeds that a page names, at most a handful.
func discover(page []byte, base string) []string {
	const enough = 5
	var found []string
	for _, l := range feed.Find(page, base) {
		if u := text(l.URL, maxURL); u != "" && len(found) < enough {
			found = append(found, u)
		}
	}
	return found
}
