package websub

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

const (
	maxToken     = 64      // bytes; ours have 26
	maxChallenge = 4 << 10 // bytes; hubs send some dozens
	// keepTime is how long keeping a push may take. Then the hub is asked to push it again:
	// what we say that we have, we have.
	keepTime = 10 * time.Second
	// retryAfter is when a hub is asked to push again, in seconds.
	retryAfter = "30"
)

// ServeHTTP answers hubs, at Path and a token.
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodGet:
		s.called(w, r)
	case http.MethodPost:
		s.pushed(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "hubs call by GET and POST", http.StatusMethodNotAllowed)
	}
}

// find returns the Subscription whose address is asked.
func (s *Subscriber) find(r *http.Request) (*news.Subscription, error) {
	token, ok := strings.CutPrefix(r.URL.Path, Path)
	if !ok || token == "" || len(token) > maxToken {
		return nil, news.ErrNotFound
	}
	return s.cfg.Store.SubscriptionOf(r.Context(), token)
}

// called answers a hub that asks whether we want what it was asked for, or says that it
// refuses.
func (s *Subscriber) called(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	sub, lost := s.find(r)
	if err != nil || errors.Is(lost, news.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	ok := false
	challenge := q.Get("hub.challenge")
	if lost == nil {
		lost = s.cfg.Store.ChangeSubscription(r.Context(), sub.FeedID, func(cur *news.Subscription) {
			now, rnd := s.cfg.Now(), s.cfg.Rand()
			switch mode := q.Get("hub.mode"); {
			case cur.Token != sub.Token:
				ok = false
			case mode == denied:
				ok = deny(cur, q.Get("hub.topic"), q.Get("hub.reason"), now, rnd)
				challenge = ""
			default:
				ok = challenge != "" && len(challenge) <= maxChallenge &&
					confirm(cur, mode, q.Get("hub.topic"), leaseOf(q.Get("hub.lease_seconds")), now, rnd)
			}
		})
	}
	switch {
	case errors.Is(lost, news.ErrNotFound):
		http.NotFound(w, r)
	case lost != nil:
		s.cfg.Logger.ErrorContext(context.WithoutCancel(r.Context()), "cannot answer a hub", "error", lost)
		http.Error(w, "not now", http.StatusServiceUnavailable)
	case !ok:
		http.NotFound(w, r)
	default:
		s.cfg.Logger.Debug("a hub called", "hub", news.PublicURL(sub.Hub), "mode", q.Get("hub.mode"), "topic", sub.Topic)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, challenge) //nolint:gosec // as plain text; a hub that is gone asks again
	}
}

// leaseOf reads hub.lease_seconds. A hub that does not say it grants what was asked.
func leaseOf(seconds string) time.Duration {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n <= 0 {
		return leaseTime
	}
	return time.Duration(min(n, int64(maxLease/time.Second))) * time.Second
}

// pushed takes in what a hub pushes (§7). The answer comes when it is kept, which takes some
// milliseconds; a hub that had it earlier would not push again what a crash lost.
func (s *Subscriber) pushed(w http.ResponseWriter, r *http.Request) {
	sub, err := s.find(r)
	switch {
	case errors.Is(err, news.ErrNotFound), err == nil && (sub.State == news.SubscriptionLeaving || sub.Since.IsZero()):
		s.cfg.Count(Refused)
		http.Error(w, "nobody is subscribed here", http.StatusGone)
		return
	case err != nil:
		s.later(w, r, err)
		return
	}
	line := s.pushes.enter(sub.FeedID)
	if line == nil {
		s.cfg.Count(Refused)
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "two pushes of this topic are in hand already", http.StatusTooManyRequests)
		return
	}
	defer s.pushes.leave(sub.FeedID, line)
	body, err := s.pushes.read(r.Body, s.cfg.MaxBody)
	defer s.pushes.free(len(body))
	switch {
	case errors.Is(err, errTooLarge):
		s.cfg.Count(Refused)
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case errors.Is(err, errFull):
		s.cfg.Count(Refused)
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "too many pushes at once", http.StatusServiceUnavailable)
		return
	case err != nil:
		return // the hub broke off
	}
	ctx, cancel := context.WithTimeout(r.Context(), keepTime)
	defer cancel()
	select {
	case line.turn <- struct{}{}:
		defer func() { <-line.turn }()
	case <-ctx.Done():
		s.later(w, r, ctx.Err())
		return
	}
	result, err := s.take(ctx, sub, r.Header, body)
	if err != nil {
		s.later(w, r, err)
		return
	}
	s.cfg.Count(result)
	w.WriteHeader(http.StatusAccepted)
}

// take keeps what was pushed, if it may.
func (s *Subscriber) take(ctx context.Context, sub *news.Subscription, header http.Header, body []byte) (Result, error) {
	if sub.Secret == "" {
		return Polled, s.cfg.Ingest.PollSoon(ctx, sub.FeedID)
	}
	if !signed(sub.Secret, header.Get("X-Hub-Signature"), body) {
		s.cfg.Logger.Debug("a push was not signed by the hub", "topic", sub.Topic)
		return Forged, ignoreNotFound(s.cfg.Store.ChangeSubscription(ctx, sub.FeedID, func(cur *news.Subscription) {
			cur.Forged++
		}))
	}
	kept, err := s.cfg.Ingest.Push(ctx, sub.FeedID, header, body)
	if kept {
		return Kept, err
	}
	return Polled, err
}

// later asks the hub to push again.
func (s *Subscriber) later(w http.ResponseWriter, r *http.Request, err error) {
	s.cfg.Count(Failed)
	if r.Context().Err() == nil {
		s.cfg.Logger.ErrorContext(context.WithoutCancel(r.Context()), "a push is not kept; the hub is asked to push again", "error", err)
	}
	w.Header().Set("Retry-After", retryAfter)
	http.Error(w, "not now", http.StatusServiceUnavailable)
}
