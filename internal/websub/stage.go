package websub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many Subscriptions are claimed at once, and claim for how long: more than
	// it takes to ask a batch of one hub that does not answer.
	batch   = 16
	claim   = 10 * time.Minute
	workers = 4

	// sweepEvery is how often it is looked for Subscriptions that are to end because their
	// feed is not read any more.
	sweepEvery = time.Minute
)

// Name returns "subscribe".
func (s *Subscriber) Name() string { return "subscribe" }

// Run asks hubs until no Subscription is due. It does nothing while hubs cannot call back.
func (s *Subscriber) Run(ctx context.Context) error {
	if !s.answering.Load() {
		return nil
	}
	if now := s.cfg.Now(); now.Sub(s.swept).Abs() >= sweepEvery {
		if _, err := s.cfg.Store.EndSubscriptions(ctx, now); err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
		s.swept = now
	}
	done := 0
	r := &round{Subscriber: s, silent: map[string]string{}}
	for {
		due, err := s.cfg.Store.DueSubscriptions(ctx, s.cfg.Now(), claim, batch)
		if err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
		if len(due) == 0 {
			return ctx.Err()
		}
		if err := r.all(ctx, due); err != nil {
			return err
		}
		done += len(due)
		s.cfg.Progress.Tell(done, 0, "hubs asked")
	}
}

// A round is one run of the stage.
type round struct {
	*Subscriber

	mu     sync.Mutex        // guards silent
	silent map[string]string // hosts of hubs that gave no answer, and why: they are not asked again
}

// all asks for some Subscriptions, a few at a time. What the store refuses is an error.
func (r *round) all(ctx context.Context, due []*news.Subscription) error {
	queue := make(chan *news.Subscription)
	errs := make(chan error, workers)
	for range workers {
		go func() {
			var failed []error
			for sub := range queue {
				if err := r.one(ctx, sub); err != nil {
					failed = append(failed, err)
				}
			}
			errs <- errors.Join(failed...)
		}()
	}
	for _, sub := range due {
		queue <- sub
	}
	close(queue)
	var all []error
	for range workers {
		all = append(all, <-errs)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(all...)
}

// one does what is to be done about a Subscription. That it asks is written down first: some
// hubs call back before they answer.
func (r *round) one(ctx context.Context, due *news.Subscription) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var asked *news.Subscription
	err := r.cfg.Store.ChangeSubscription(ctx, due.FeedID, func(s *news.Subscription) {
		asked = nil
		now := r.cfg.Now()
		if !s.Due.After(now) && step(s, now, r.cfg.Rand()) {
			copied := *s
			asked = &copied
		}
	})
	if err != nil || asked == nil {
		return ignoreNotFound(err)
	}
	f, err := r.cfg.Store.Feed(ctx, asked.FeedID)
	if err != nil {
		return ignoreNotFound(err)
	}
	why, retryAt, failed := r.post(ctx, asked, f)
	if ctx.Err() != nil {
		return ctx.Err() // whether it was asked is not known; if it was, it calls back
	}
	if why == "" {
		return nil
	}
	return ignoreNotFound(r.cfg.Store.ChangeSubscription(ctx, asked.FeedID, func(s *news.Subscription) {
		switch {
		case s.Asking != asked.Asking || !s.Asked.Equal(asked.Asked) || s.Token != asked.Token:
			// It has called back all the same, or somebody else was here.
		case failed:
			fail(s, why, r.cfg.Now(), retryAt, r.cfg.Rand())
		default:
			s.Asking, s.Due = "", retryAt
		}
	}))
}

// ignoreNotFound: what is not there any more needs nothing done.
func ignoreNotFound(err error) error {
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	return err
}

// post asks the hub (§5.1). If it could not, why says so; not failed means that its host only
// wants to be asked later.
func (r *round) post(ctx context.Context, s *news.Subscription, f *news.Feed) (why string, retryAt time.Time, failed bool) {
	host := news.Host(s.Hub)
	r.mu.Lock()
	why, silent := r.silent[host]
	r.mu.Unlock()
	if silent {
		return why, time.Time{}, true
	}
	values := url.Values{
		"hub.mode": {s.Asking}, "hub.topic": {s.Topic}, "hub.callback": {r.cfg.URL + Path + s.Token},
	}
	if s.Asking == subscribe {
		values.Set("hub.lease_seconds", strconv.Itoa(int(leaseTime/time.Second)))
		if s.Secret != "" {
			values.Set("hub.secret", s.Secret)
		}
	}
	ways := routes(f)
	if len(ways) == 0 && len(f.Routes) > 0 {
		return onlyCopies, time.Time{}, true // no route at all would be the direct one
	}
	_, err := r.cfg.Poster.Post(ctx, s.Hub, values, ways, f.SourceID)
	if err == nil {
		r.cfg.Logger.Debug("asked a hub", "hub", news.PublicURL(s.Hub), "mode", s.Asking, "feed", news.PublicURL(f.URL))
		return "", time.Time{}, false
	}
	e, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return err.Error(), time.Time{}, true
	}
	if errors.Is(e, fetch.ErrWait) {
		return e.Err.Error(), e.RetryAt, false
	}
	why = fmt.Sprintf("the hub at %s: %v", host, e.Err)
	if e.Status == 0 {
		r.mu.Lock()
		r.silent[host] = why
		r.mu.Unlock()
	}
	return why, e.RetryAt, true
}

const onlyCopies = "the outlet is read from copies only, and its hub can be asked by none of them"

// routes are those by which a feed's hub is asked: its own, without copies of the outlet.
func routes(f *news.Feed) []string {
	var kept []string
	for _, r := range f.Routes {
		if !fetch.Copied(fetch.RouteName(r)) {
			kept = append(kept, r)
		}
	}
	return kept
}
