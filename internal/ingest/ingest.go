// Package ingest is the first stage: Feeds that are due go in, Items come out.
//
// It claims due feeds with a lease, asks for each of them through a Fetcher, reads the
// document with parallax/feed and turns its entries into Items as the feed said them.
// What came of it, the feed's new state, its evidence and its items, is saved as one
// news.Fetch. A feed whose document did not change costs no parsing; one that fails is
// asked again later and later, but never given up: a 410 is probed once a week, all
// else at least once a day.
//
// Hosts take turns: one with three hundred due feeds gets no more of the workers than
// one with a single feed.
//
// A document that a WebSub hub pushed comes in by Push and is kept likewise. While a hub is
// found to push everything, its feed is polled only to see that this is still so.
package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/terms"
)

// A Store is what ingest needs to remember.
type Store interface {
	// DueFeeds claims at most limit feeds that are due at now, none of them of a host in
	// busy (news.Feed.Host); nobody else gets them until the lease is over or they are saved.
	DueFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Feed, error)
	// ReleaseFeeds gives back feeds that were claimed and not polled, as far as they are ours.
	ReleaseFeeds(ctx context.Context, feeds []*news.Feed) error
	// SaveFetches keeps the outcomes of polls, of each all or nothing, and says of each, in
	// their order, what came of it.
	SaveFetches(ctx context.Context, fetches []*news.Fetch) ([]news.Saved, []error)
	// Feed returns one feed, with its subscription.
	Feed(ctx context.Context, id string) (*news.Feed, error)
	// PollSoon makes a feed due at the time at, though not before its NotBefore, for a reason
	// that came at now.
	PollSoon(ctx context.Context, feedID string, now, at time.Time) error
}

// A Fetcher goes out to the network.
type Fetcher interface {
	Get(ctx context.Context, req fetch.Request) (*fetch.Response, error)
}

// Config says how the stage works. The zero value of each field is its default.
type Config struct {
	Workers  int           // feeds at a time; 16
	PerHost  int           // of them on one host; 2
	Lease    time.Duration // how long a claimed feed is ours; 5 minutes
	Schedule Schedule
	// Hubs says whether the hub wants to know which WebSub hubs feeds name.
	Hubs bool
	// Kept, if not nil, is called whenever something new was kept.
	Kept func()

	Now      func() time.Time
	Rand     func() float64 // in [0, 1)
	Logger   *slog.Logger
	Progress news.Progress
}

const (
	defaultWorkers = 16
	defaultPerHost = 2
	defaultLease   = 5 * time.Minute

	batch      = 100  // feeds claimed at once
	maxClaimed = 2000 // claimed and waiting
	// enoughOfHost is how many feeds of one host may wait; while so many do, only others are
	// claimed, so that a host with thousands of due feeds leaves room for the rest.
	enoughOfHost = 20
	// claimPause is how long after a claim that brought nothing, while workers are busy, the
	// next one is made.
	claimPause = 2 * time.Second
	maxWaiting = 64 // polled and not saved yet: their items are in memory
	// maxUnsaved is how many saves in a row may fail before the stage stops: then it is
	// the store that is broken, and asking outlets for what cannot be kept helps nobody.
	maxUnsaved = 50
	// confirm is how often a moved feed is asked at its configured URL all the same: once
	// in so many polls.
	confirm = 24
	// A permanent redirect is believed when it was seen so often, over so long a time: not
	// what a server, or somebody between, said by mistake for an afternoon.
	movedSeen = 3
	movedTime = 24 * time.Hour
	// blockedAfter is for how long, at two looks or more, a direct way must have failed in the
	// same manner until it is called blocked: longer than a server restarts or a network swings.
	blockedAfter = 30 * time.Minute
)

// A Stage is the stage ingest.
type Stage struct {
	cfg     Config
	store   Store
	fetcher Fetcher
}

// New returns the stage.
func New(cfg Config, store Store, fetcher Fetcher) *Stage {
	if cfg.Workers <= 0 {
		cfg.Workers = defaultWorkers
	}
	if cfg.PerHost <= 0 {
		cfg.PerHost = defaultPerHost
	}
	if cfg.Lease <= 0 {
		cfg.Lease = defaultLease
	}
	cfg.Schedule = cfg.Schedule.withDefaults()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Stage{cfg: cfg, store: store, fetcher: fetcher}
}

// Name returns "ingest".
func (s *Stage) Name() string { return "ingest" }

// outcome is what came of one feed.
type outcome struct {
	feed  *news.Feed
	host  string
	fetch *news.Fetch
	saved news.Saved
	err   error // of saving, or of ctx
}

// Run polls every feed that is due, until none is. It returns early when ctx ends, and
// then with ctx.Err(): what was not saved is claimed again when its lease is over.
//
// What the workers bring is saved by one goroutine at a time, all that has come meanwhile
// in one transaction: when little comes each is saved at once, when much comes a commit
// is shared.
func (s *Stage) Run(ctx context.Context) error {
	var (
		q       = newQueue(s.cfg.PerHost)
		polled  = make(chan outcome, s.cfg.Workers)
		saved   = make(chan []outcome, 1)
		running int       // workers
		saving  int       // goroutines that save: 0 or 1
		waiting []outcome // to be saved
		done    int
		dry     bool // the last claim brought nothing
		again   = time.NewTimer(claimPause)
		unsaved int
		claimed = map[string]*news.Feed{} // and not saved yet, by id
	)
	// Whatever happens, workers are not left behind, and what was claimed in vain is
	// given back.
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		again.Stop()
		for ; running > 0; running-- {
			<-polled
		}
		for ; saving > 0; saving-- {
			for _, r := range <-saved {
				if r.err == nil {
					settle(claimed, r.feed)
				}
			}
		}
		s.giveBack(context.WithoutCancel(ctx), claimed)
	}()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if saving == 0 && len(waiting) > 0 {
			saving++
			batch := waiting
			waiting = nil
			go func() { saved <- s.save(ctx, batch) }()
		}
		if running < s.cfg.Workers && len(waiting) < maxWaiting {
			if j, ok := q.next(s.cfg.Now().Add(-s.cfg.Lease / 2)); ok {
				running++
				go func() { polled <- s.poll(ctx, j) }()
				continue
			}
			idle := running == 0 && saving == 0 && q.len() == 0
			if !dry && q.len() < maxClaimed || idle {
				n, err := s.claim(ctx, q, claimed)
				if err != nil {
					return err
				}
				if n == 0 && idle {
					return ctx.Err()
				}
				if dry = n == 0; dry {
					again.Reset(claimPause)
				}
				continue
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
			dry = false
		case r := <-polled:
			running--
			q.leave(r.host)
			if r.err != nil {
				return r.err // ctx has ended
			}
			waiting = append(waiting, r)
		case batch := <-saved:
			saving--
			if err := ctx.Err(); err != nil {
				saving++
				saved <- batch // for what is deferred
				return err
			}
			for _, r := range batch {
				done++
				settle(claimed, r.feed) // what cannot be saved is not asked for again at once
				if r.err == nil {
					unsaved = 0
				} else if unsaved++; unsaved >= maxUnsaved {
					return fmt.Errorf("ingest: %d fetches in a row could not be saved: %w", unsaved, r.err)
				}
				s.cfg.Progress.Tell(done, done+len(waiting)+running+q.len(), said(r))
			}
		}
	}
}

// save keeps what some polls brought.
func (s *Stage) save(ctx context.Context, batch []outcome) []outcome {
	fetches := make([]*news.Fetch, len(batch))
	for i, r := range batch {
		fetches[i] = r.fetch
	}
	saved, errs := s.store.SaveFetches(ctx, fetches)
	for i := range batch {
		r := &batch[i]
		r.saved, r.err = saved[i], errs[i]
		switch {
		case r.err == nil:
			s.tell(r.feed, r.fetch.Feed)
			s.keptSome(r.saved)
		case ctx.Err() == nil:
			s.cfg.Logger.Error("cannot save what a feed brought; it is asked again when its lease is over",
				"feed", news.PublicURL(r.feed.URL), "error", r.err)
		}
	}
	return batch
}

// said is what progress tells of a feed.
func said(r outcome) string {
	switch f := r.fetch; {
	case r.err != nil:
		return name(r.feed) + ": not saved"
	case f.Feed.Failures > r.feed.Failures:
		return name(r.feed) + ": " + f.Feed.LastError
	case r.saved.Changed > 0:
		return fmt.Sprintf("%s: %d new, %d changed", name(r.feed), r.saved.New, r.saved.Changed)
	case f.Document:
		return fmt.Sprintf("%s: %d new", name(r.feed), r.saved.New)
	}
	return name(r.feed) + ": nothing new"
}

// settle takes a feed off those that are claimed, unless it was claimed anew since.
func settle(claimed map[string]*news.Feed, f *news.Feed) {
	if claimed[f.ID] == f {
		delete(claimed, f.ID)
	}
}

// claim puts due feeds into q and returns how many. What waited in q for too long is given
// back before, so that whoever comes to it first asks for it, we or another node.
func (s *Stage) claim(ctx context.Context, q *queue, claimed map[string]*news.Feed) (int, error) {
	if late := q.dropped(); len(late) > 0 {
		for _, f := range late {
			settle(claimed, f)
		}
		if err := s.store.ReleaseFeeds(ctx, late); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			return 0, fmt.Errorf("ingest: %w", err)
		}
	}
	now := s.cfg.Now()
	feeds, err := s.store.DueFeeds(ctx, now, s.cfg.Lease, batch, q.busy(enoughOfHost))
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, fmt.Errorf("ingest: %w", err)
	}
	for _, f := range feeds {
		q.add(job{feed: f, host: firstHost(f, now), claimed: now})
		claimed[f.ID] = f
	}
	return len(feeds), nil
}

// giveBackTime bounds how long a stage that was stopped takes to give back its claims.
const giveBackTime = 5 * time.Second

// giveBack ends the leases of feeds that were claimed and not polled. If it fails they
// end by themselves.
func (s *Stage) giveBack(ctx context.Context, claimed map[string]*news.Feed) {
	ctx, cancel := context.WithTimeout(ctx, giveBackTime)
	defer cancel()
	if err := s.store.ReleaseFeeds(ctx, slices.Collect(maps.Values(claimed))); err != nil {
		s.cfg.Logger.Warn("claimed feeds stay claimed until their lease ends", "feeds", len(claimed), "error", err)
	}
}

// poll asks for one feed.
func (s *Stage) poll(ctx context.Context, j job) outcome {
	f, err := s.ask(ctx, j.feed)
	return outcome{feed: j.feed, host: j.host, fetch: f, err: err}
}

// tell logs when a feed begins or ceases to fail; in between, its page has the state.
func (s *Stage) tell(before, after *news.Feed) {
	switch {
	case before.Failures == 0 && after.Failures > 0:
		s.cfg.Logger.Info("feed fails", "source", after.SourceID, "feed", news.PublicURL(after.URL), "reach", string(after.Reach),
			"error", after.LastError, "next_try", after.Due)
	case before.Failures > 0 && after.Failures == 0:
		s.cfg.Logger.Info("feed works again", "source", after.SourceID, "feed", news.PublicURL(after.URL), "failures", before.Failures)
	}
}

func name(f *news.Feed) string {
	if f.SourceID != "" {
		return f.SourceID
	}
	return news.PublicURL(f.URL)
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
	s.evidence(f, doc.feed, resp.Evidence)
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
	if s.cfg.Hubs {
		f.Discovery = discovery(doc.feed, doc, resp)
	}
	rnd := s.cfg.Rand()
	s.due(f, h, rnd)
	f.Missed = s.missed(doc.feed, feed, f.At, h, rnd)
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
	s.evidence(f, doc.feed, e.Evidence)
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

// attempts enters what was tried.
func attempts(f *news.Fetch, evidence []news.Evidence) {
	for _, e := range evidence {
		e.FeedID = f.Feed.ID
		e.Note, e.URL = text(e.Note, maxError), text(e.URL, maxURL)
		f.Evidence = append(f.Evidence, e)
	}
}

// saysNotFound reports whether the outlet's own server said first that the feed is not there:
// of a copy that means nothing.
func saysNotFound(evidence []news.Evidence) bool {
	for _, e := range evidence {
		if !fetch.Copied(e.Route) {
			return e.Status == http.StatusNotFound
		}
	}
	return false
}

// evidence enters the attempts and the state that they imply.
func (s *Stage) evidence(f *news.Fetch, old *news.Feed, evidence []news.Evidence) {
	attempts(f, evidence)
	finding := fetch.Judge(evidence)
	feed := f.Feed
	switch {
	case finding.Reach == news.ReachUnknown:
	case finding.Direct:
		again := finding.Blocking != "" && finding.Blocking == old.Blocking
		if finding.Reach == news.ReachDegraded && again && (old.Reach == news.ReachBlocked || f.At.Sub(old.ReachSince) >= blockedAfter) {
			finding.Reach = news.ReachBlocked // not by accident: it was so before, too
		}
		feed.Probed = f.At
		feed.Blocking, feed.Control = finding.Blocking, finding.Control
		reach(f, old, finding.Reach)
		if finding.Blocking != "" && !again {
			feed.ReachSince = f.At // degraded as before perhaps, but by this only now
		}
	case finding.Reach == news.ReachDegraded && indirect(feed.Reach) && hasDirect(feed.Routes):
		// It was read by the way that works; of the direct one nothing new is known.
	default:
		feed.Blocking, feed.Control = "", ""
		reach(f, old, finding.Reach)
	}
}

// reach enters a state: since now, unless it was the one of before.
func reach(f *news.Fetch, old *news.Feed, r news.Reach) {
	f.Feed.Reach, f.Feed.ReachSince = r, f.At
	if r == old.Reach {
		f.Feed.ReachSince = old.ReachSince
	}
}

// lasting reports whether a feed has failed for so long that a 404 means gone.
func lasting(f *news.Feed, now time.Time) bool {
	const long = 14 * 24 * time.Hour
	return f.Failures >= 10 && now.Sub(f.LastGood) > long
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
