package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

// maxHubs is how many hubs of a feed are remembered: one is usual, a second for when the
// first is down.
const maxHubs = 4

// discovery returns which hubs an answer names, and under which topic (WebSub §4), unless
// it is what was known. What a copy says names none: whoever has it would else decide who may
// push news of the outlet.
func discovery(old *news.Feed, doc *document, resp *fetch.Response) *news.Discovery {
	if doc.parsed == nil || resp.Delta || fetch.Copied(resp.Route) {
		return nil
	}
	found := &news.Discovery{}
	named := links(resp, "hub")
	if len(named) == 0 {
		named = doc.parsed.Hubs
	}
	for _, u := range named {
		if u = webURL(u); u != "" && len(found.Hubs) < maxHubs && !slices.Contains(found.Hubs, u) {
			found.Hubs = append(found.Hubs, u)
		}
	}
	if len(found.Hubs) > 0 {
		for _, u := range append(links(resp, "self"), doc.parsed.Self, news.PublicURL(doc.target)) {
			if found.Topic = webURL(u); found.Topic != "" {
				break
			}
		}
	}
	known := old.Push
	switch {
	case known == nil && len(found.Hubs) == 0:
		return nil
	case known == nil || known.State == news.SubscriptionLeaving:
		if len(found.Hubs) == 0 {
			return nil
		}
	case known.Topic == found.Topic && slices.Equal(known.Hubs, found.Hubs):
		return nil
	}
	return found
}

// links returns the targets of the Link headers with this relation.
func links(resp *fetch.Response, rel string) []string {
	found := fetch.Links(resp.Header, rel)
	if base, err := url.Parse(resp.URL); err == nil {
		for i, l := range found {
			if u, err := base.Parse(l); err == nil {
				found[i] = u.String()
			}
		}
	}
	return found
}

// webURL returns s if it is an http or https URL that can be kept, else "".
func webURL(s string) string {
	if len(s) > maxURL || clean(s) != s {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return s
}

// windowPart is the part of a document's entries by whose dates it is told how far it
// reaches back. The oldest ones say little: outlets keep some in place for months.
const windowPart = 0.75

// window returns for how long an entry stands in a document: no longer than most of its
// entries are old at now, nor than it takes until as many others have come, at a pace of so
// many an hour. It is rather too short, for by it the feed is polled; zero if not known.
func window(doc *feed.Feed, pace float64, now time.Time) time.Duration {
	if len(doc.Entries) == 0 {
		return 0
	}
	window := time.Duration(min(float64(len(doc.Entries))/pace, maxWindow.Hours()) * float64(time.Hour))
	var ages []time.Duration
	for _, e := range doc.Entries {
		at := e.Published
		if at.IsZero() {
			at = e.Updated
		}
		if !at.IsZero() && at.Before(now) {
			ages = append(ages, now.Sub(at))
		}
	}
	if len(ages) > 0 {
		slices.Sort(ages)
		window = min(window, ages[int(windowPart*float64(len(ages)-1))])
	}
	return window
}

// maxWindow bounds what is told of a feed in which hardly anything comes.
const maxWindow = 10 * 365 * 24 * time.Hour

// missed returns when a feed is due if this poll finds something new although its hub is
// trusted to push that, and did so all the time since the last poll; nil if it is not.
func (s *Stage) missed(old, polled *news.Feed, at time.Time, h Hints, rnd float64) *news.Due {
	if !old.Push.Trusts(at) || !old.Push.Since.Before(old.LastGood) {
		return nil
	}
	alone := clone(polled)
	alone.Push = nil
	due, why := s.cfg.Schedule.Next(alone, at, h, rnd)
	return &news.Due{At: due, Why: why}
}

// Push takes in a document that a hub pushed for a feed, signed as it should be: what it
// holds is kept as if it had been polled, and nothing else is concluded from it. Where it is
// no feed, or one whose entries can be told apart only with all others beside them, the feed
// is polled soon instead, and kept is false.
func (s *Stage) Push(ctx context.Context, feedID string, header http.Header, body []byte) (kept bool, err error) {
	old, err := s.store.Feed(ctx, feedID)
	if err != nil {
		return false, err
	}
	// What was polled is relative to where it came from, and so is this.
	base := news.PublicURL(old.URL)
	if old.ValidatedURL != "" && !fetch.Copied(old.Route) {
		base = news.PublicURL(old.ValidatedURL)
	}
	parsed, err := parse(body, http.Header{
		"Content-Type": header["Content-Type"], "Content-Language": header["Content-Language"],
	}, base)
	if _, ok := errors.AsType[*feed.NotFeedError](err); ok || err == nil && old.Entries == "" {
		return false, s.PollSoon(ctx, feedID)
	}
	if err != nil {
		return false, fmt.Errorf("read what was pushed for %s: %w", news.PublicURL(old.URL), err)
	}
	f := &news.Fetch{Feed: clone(old), At: s.cfg.Now(), Pushed: true}
	f.Items, _ = Items(f.Feed, parsed, base, f.At)
	f.Feed.Entries = unknownPrints // if it changes any: the store knows
	f.Feed.LastNew = lastNew(old, f.Items, f.At)
	saved, errs := s.store.SaveFetches(ctx, []*news.Fetch{f})
	if errs[0] != nil {
		return false, errs[0]
	}
	s.keptSome(saved[0])
	return true, nil
}

// PollSoon makes a feed due because somebody says that it has something new: now, if the
// outlet, and the least time between two polls, allow it.
func (s *Stage) PollSoon(ctx context.Context, feedID string) error {
	f, err := s.store.Feed(ctx, feedID)
	if err != nil {
		return err
	}
	now := s.cfg.Now()
	return s.store.PollSoon(ctx, feedID, now, skip(now, f.Asks.SkipHours, f.Asks.SkipDays, s.cfg.Rand()))
}

// keptSome tells whoever waits for it that something new was kept.
func (s *Stage) keptSome(saved news.Saved) {
	if s.cfg.Kept != nil && saved.New+saved.Changed > 0 {
		s.cfg.Kept()
	}
}

// parse reads a document, with what its header says of it.
func parse(body []byte, header http.Header, base string) (*feed.Feed, error) {
	parses <- struct{}{}
	defer func() { <-parses }()
	return feed.Parse(body, feed.Options{
		Limits:          feed.Limits{Entries: maxItems},
		URL:             base,
		ContentType:     header.Get("Content-Type"),
		ContentLocation: header.Get("Content-Location"),
		ContentLanguage: header.Get("Content-Language"),
	})
}
