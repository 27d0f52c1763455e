package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/terms"
)

const (
	// confirm is how often a moved feed is asked at its configured URL all the same: once
	// in so many polls.
	confirm = 24
	// A permanent redirect is believed when it was seen so often, over so long a time: not
	// what a server, or somebody between, said by mistake for an afternoon.
	movedSeen = 3
	movedTime = 24 * time.Hour
)

// poll asks for one feed.
func (s *Stage) poll(ctx context.Context, j job) outcome {
	f, err := s.ask(ctx, j.feed)
	return outcome{feed: j.feed, host: j.host, fetch: f, err: err}
}

// ask makes the Fetch of one feed. Its error is that of ctx only: every other failure
// is part of the Fetch. A reader that panics is one feed's failure, too.
func (s *Stage) ask(ctx context.Context, old *news.Feed) (f *news.Fetch, err error) {
	began := s.cfg.Now()
	defer func() {
		if f != nil {
			f.Began, f.Feed.Host = began, firstHost(f.Feed, f.Feed.Due)
			f.Silent = old.Push.Silent(f.At)
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			now := s.cfg.Now()
			s.cfg.Logger.Error("reading a feed panicked; please report it", "feed", news.PublicURL(old.URL), "panic", fmt.Sprint(p))
			f, err = &news.Fetch{Feed: clone(old), At: now}, nil
			s.failed(f, fmt.Sprintf("the hub failed to read it (%v); please report it with the feed's URL", p), Hints{})
		}
	}()
	target := old.URL
	if old.MovedTo != "" && s.cfg.Rand() >= 1.0/confirm {
		target = fetch.WithUser(old.MovedTo, old.URL)
	}
	f, err = s.askAt(ctx, old, target)
	if err == nil && f.Feed.Failures > old.Failures && target != old.URL {
		// The new address was wrong, or is not any more.
		first := f
		if f, err = s.askAt(ctx, old, old.URL); err == nil {
			f.Evidence = append(first.Evidence, f.Evidence...)
		}
	}
	return f, err
}

// askAt makes the Fetch of one feed, asked at target.
func (s *Stage) askAt(ctx context.Context, old *news.Feed, target string) (*news.Fetch, error) {
	f := &news.Fetch{Feed: clone(old), At: s.cfg.Now()}
	doc := &document{feed: old, target: target}
	resp, err := s.fetcher.Get(ctx, fetch.Request{
		URL: target, ETag: old.ETag, LastModified: old.LastModified, Route: old.Route, Validated: old.ValidatedURL,
		Delta: true, Kind: fetch.Feed, Routes: routes(old, f.At, s.cfg.Rand()), Isolation: old.SourceID, Check: doc.check,
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	f.At = s.cfg.Now()
	f.Feed.LastTry = f.At
	if err != nil {
		s.refused(f, doc, err)
		return f, nil
	}
	s.answered(f, doc, resp)
	return f, nil
}

// answered enters a 200 with a feed, or a 304.
func (s *Stage) answered(f *news.Fetch, doc *document, resp *fetch.Response) {
	feed := f.Feed
	judge(f, doc.feed, resp.Evidence)
	feed.Status = resp.Status
	feed.LastGood = f.At
	feed.Failures = 0
	feed.LastError = ""
	feed.Route = text(resp.Route, maxURL)
	moved(feed, doc, resp, f.At)
	for _, v := range []struct {
		to     *string
		header string
	}{{&feed.ETag, "ETag"}, {&feed.LastModified, "Last-Modified"}} {
		// A 304 repeats only what changed; a 200 without validators has none.
		if said := validator(resp.Header.Get(v.header)); said != "" || !resp.NotModified {
			*v.to = said
		}
	}
	if feed.ValidatedURL = resp.URL; len(resp.URL) > maxURL {
		feed.ETag, feed.LastModified, feed.ValidatedURL = "", "", ""
	}
	feed.Caching = fetch.Caching(feed.Caching, resp)
	h := Hints{MaxAge: fetch.Fresh(feed.Caching, resp, f.At), RetryAfter: resp.RetryAfter}
	h.Whole = feed.ETag == "" && feed.LastModified == "" || !resp.Archived.IsZero() // archives take copies seldom
	if !resp.NotModified && !doc.same {
		read(f, doc, resp)
	}
	if s.cfg.Hubs {
		f.Discovery = discovery(doc.feed, doc, resp)
	}
	rnd := s.cfg.Rand()
	s.due(f, h, rnd)
	f.Missed = s.missed(doc.feed, feed, f.At, h, rnd)
}

// read enters what a new document says.
func read(f *news.Fetch, doc *document, resp *fetch.Response) {
	feed := f.Feed
	whole := feed.Entries
	copied := fetch.Copied(feed.Route)
	if !copied && !feed.Copied.IsZero() {
		feed.Entries = "" // what a copy said alike is looked at, too, for now it is confirmed
	}
	items, problems := Items(feed, doc.parsed, base(doc, resp), f.At)
	f.Items = items
	if copied {
		markCopied(f, resp)
	}
	if resp.Delta {
		// What holds only the news says nothing of other items, and the next whole body is
		// compared with the last whole one.
		feed.Entries = whole
	} else {
		f.Document, feed.BodyHash = true, doc.hash
		if !copied {
			from := base(doc, resp)
			feed.Copied, feed.Icon = time.Time{}, icon(doc.parsed, from)
			feed.Terms = append(terms.InFeed(doc.parsed, from), terms.InHeader(resp.Header, fetch.Links(resp.Header, "license"), from)...)
		}
	}
	feed.Problems = problems
	if doc.parsed.Truncated {
		feed.Problems = neverClosed(problems)
	}
	feed.Title = cmp.Or(text(doc.parsed.Title.String(), maxTitle), feed.Title)
	feed.LastNew = lastNew(feed, items, f.At)
	feed.Asks = news.Asks{
		TTL: doc.parsed.TTL, Update: doc.parsed.UpdatePeriod, SkipHours: doc.parsed.SkipHours, SkipDays: doc.parsed.SkipDays,
	}
	if len(items) > 0 || feed.Rhythm == "" {
		r := readRhythm(feed.Rhythm)
		last := doc.feed.LastGood
		if feed.Rhythm == "" {
			last = time.Time{}
		}
		r.learn(items, last, f.At)
		feed.Rhythm = r.String()
	}
	if !resp.Delta && !copied {
		r := readRhythm(feed.Rhythm)
		r.fade(f.At)
		feed.Window = window(doc.parsed, r.pace(), f.At)
	}
}

// moved enters what an answer says of where the feed is. That it has moved for good is
// believed when it was said in several polls of its URL for a day at least, and each time
// a feed was there: one answer may be a log-in, a portal or a mistake. It is forgotten when
// the URL answers by itself again.
func moved(feed *news.Feed, doc *document, resp *fetch.Response, now time.Time) {
	if doc.target != feed.URL {
		return // it was asked where it has moved to, and is there
	}
	to := text(resp.PermanentURL, maxURL)
	switch to {
	case "":
		feed.MovedTo = ""
	case feed.MovedTo:
	case feed.MovingTo:
		feed.MovingSeen++
		if feed.MovingSeen >= movedSeen && now.Sub(feed.MovingSince) >= movedTime {
			feed.MovedTo = to
			break
		}
		return
	default:
		// Another place than the one believed so far makes that one doubtful, too.
		feed.MovedTo, feed.MovingTo, feed.MovingSince, feed.MovingSeen = "", to, now, 1
		return
	}
	feed.MovingTo, feed.MovingSince, feed.MovingSeen = "", time.Time{}, 0
}

// refused enters an answer that was no feed, or none.
func (s *Stage) refused(f *news.Fetch, doc *document, err error) {
	e, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		s.failed(f, err.Error(), Hints{})
		return
	}
	h := Hints{RetryAfter: e.RetryAt, Gone: e.Reach == news.ReachGone}
	if errors.Is(e, fetch.ErrWait) {
		// Nobody was asked: this is no failure, only a later date.
		f.Feed.LastTry = doc.feed.LastTry
		attempts(f, e.Evidence)
		if f.Feed.Due, f.Feed.DueWhy = held(f.At, e.RetryAt, s.cfg.Rand()); errors.Is(e, fetch.ErrTurn) {
			f.Feed.DueWhy = "many wait for its server's turn"
		}
		f.Feed.NotBefore = f.Feed.Due
		return
	}
	judge(f, doc.feed, e.Evidence)
	f.Feed.Status = e.Status
	if f.Feed.Reach == news.ReachDown && saysNotFound(e.Evidence) && lasting(doc.feed, f.At) {
		reach(f, doc.feed, news.ReachGone)
	}
	if doc.part != nil {
		s.takePart(f, doc)
	}
	why, hint := e.Err.Error(), e.Hint
	if doc.err != nil && errors.Is(e, doc.err) {
		hint = doc.hint()
	}
	if hint != "" {
		why += "; hint: " + hint
	}
	s.failed(f, why, h)
	if doc.part != nil {
		s.soon(f, h)
	}
}

// failed enters a failure and when to try again.
func (s *Stage) failed(f *news.Fetch, why string, h Hints) {
	f.Feed.LastTry = f.At
	f.Feed.Failures++
	f.Feed.LastError = text(why, maxError)
	s.due(f, h, s.cfg.Rand())
}

// due enters when the feed is asked again, and when it may be at the earliest.
func (s *Stage) due(f *news.Fetch, h Hints, rnd float64) {
	feed := f.Feed
	feed.Due, feed.DueWhy = s.cfg.Schedule.Next(feed, f.At, h, rnd)
	if feed.NotBefore = s.cfg.Schedule.NotBefore(feed, f.At, h, rnd); feed.NotBefore.After(feed.Due) {
		feed.NotBefore = feed.Due
	}
}

// lastNew returns when the feed last said something new: the newest date of its items
// if it is credible, else now if it had none before.
func lastNew(f *news.Feed, items []*news.Item, now time.Time) time.Time {
	newest, dated := f.LastNew, false
	for _, i := range items {
		for _, t := range []time.Time{i.Published, i.Updated} {
			if t.IsZero() || t.After(now) {
				continue
			}
			dated = true
			if t.After(newest) {
				newest = t
			}
		}
	}
	if !dated && len(items) > 0 {
		return now // nothing but its change tells
	}
	return newest
}

func clone(f *news.Feed) *news.Feed {
	c := *f
	return &c
}
