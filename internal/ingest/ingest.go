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
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
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
