package ingest

import (
	"errors"
	"fmt"
	"slices"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// errEarly says that a document ended before the feed did.
var errEarly = errors.New("the feed ends early")

const hintEarly = "it was cut on its way, or its server ended it early; what is whole of it was read, and it is asked again soon; if it lasts, add another route to the source"

// problemOpen is told of a feed that ends between two entries without being closed. Where it
// is told twice in a row, that is how its publisher writes.
const problemOpen = "the feed is never closed"

// A part is what is whole of a document that was cut.
type part struct {
	doc    *feed.Feed
	resp   *fetch.Response
	within bool // it was cut within an entry
}

// whole returns an error if a document was cut, so that the next route is tried, and keeps
// what is whole of it, of several the most. An entry that was cut is not taken: it would be
// a revision of the one that it is the beginning of.
func (d *document) whole(doc *feed.Feed, resp *fetch.Response) error {
	if !doc.Truncated {
		return nil
	}
	n := len(doc.Entries)
	within := n > 0 && doc.Entries[n-1].Truncated
	if within {
		doc.Entries = doc.Entries[:n-1]
	} else if slices.Contains(d.feed.Problems, problemOpen) {
		return nil
	}
	if d.part == nil || len(doc.Entries) > len(d.part.doc.Entries) {
		d.part = &part{doc, resp, within}
	}
	if !within {
		return fmt.Errorf("%w, after %d whole entries", errEarly, len(doc.Entries))
	}
	return fmt.Errorf("%w, within an entry, which is not taken, after %d whole ones", errEarly, len(doc.Entries))
}

// neverClosed adds to the problems of a document that it was not closed.
func neverClosed(problems []string) []string {
	return append([]string{problemOpen}, problems[:min(len(problems), maxProblems-1)]...)
}

// takePart enters what is whole of a document that was cut. Nothing by which the next
// answer could be held to be unchanged is kept: neither validators nor fingerprints.
func (s *Stage) takePart(f *news.Fetch, doc *document) {
	feed, resp := f.Feed, doc.part.resp
	prints := feed.Entries
	f.Items, feed.Problems = Items(feed, doc.part.doc, base(doc, resp), f.At)
	feed.Entries = prints
	if !doc.part.within {
		feed.Problems = neverClosed(feed.Problems)
	}
	if fetch.Copied(resp.Route) {
		markCopied(f, resp)
	}
	feed.LastNew = lastNew(feed, f.Items, f.At)
	if feed.Reach == news.ReachDown && len(doc.part.doc.Entries) > 0 {
		reach(f, doc.feed, news.ReachDegraded)
	}
}

// soon has a feed that came cut asked again as one that fails, but no later than if it had
// come whole.
func (s *Stage) soon(f *news.Fetch, h Hints) {
	as := clone(f.Feed)
	as.Failures = 0
	if due, why := s.cfg.Schedule.Next(as, f.At, h, s.cfg.Rand()); due.Before(f.Feed.Due) {
		f.Feed.NotBefore = due
		f.Feed.Due, f.Feed.DueWhy = due, "it ended early the last time; "+why
	}
}
