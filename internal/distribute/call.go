package distribute

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// maxError bounds what is remembered of an error, in characters.
const maxError = 200

// ask asks a callback whether it wants what it was said to want (§5.3), or tells it that it
// gets nothing more (§5.2).
func (h *Hub) ask(ctx context.Context, s *news.Subscriber) error {
	asked := s.Ask
	challenge := rand.Text() + rand.Text()
	params := url.Values{"hub.mode": {asked.Mode}, "hub.topic": {asked.Topic}}
	switch asked.Mode {
	case "denied":
		params.Set("hub.reason", asked.Reason)
	case "subscribe":
		params.Set("hub.lease_seconds", strconv.Itoa(int(asked.Lease.Seconds())))
		fallthrough
	default:
		params.Set("hub.challenge", challenge)
	}
	resp, err := h.call(ctx, fetch.Call{URL: withQuery(s.Callback, params), Method: http.MethodGet, MaxReply: int64(len(challenge)) + 1})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	yes := err == nil && string(resp.Body) == challenge
	why := ""
	switch {
	case err != nil:
		why = reason(err)
	case !yes:
		why = "it does not answer with the challenge"
	}
	now, rnd := h.cfg.Now(), h.cfg.Rand()
	live, again := false, false
	err = h.change(ctx, s, func(cur *news.Subscriber, hash string) {
		live, again = cur.Live(now), false
		switch {
		case cur.Ask.Mode != asked.Mode || !cur.Ask.At.Equal(asked.At) || cur.Ask.Topic != asked.Topic:
			// It has asked for something else meanwhile.
		case asked.Mode == "denied":
			if again = err != nil && retry(err) && cur.Ask.Tries+1 < askTries; !again {
				cur.Gone = true
			}
		case yes && asked.Mode == "unsubscribe":
			cur.Gone = true
		case yes:
			confirm(cur, hash, now)
		case err != nil && retry(err) && cur.Ask.Tries+1 < askTries:
			again = true
		default: // a lease that runs goes on
			cur.Ask = news.SubscriberAsk{}
			cur.Gone = !live
		}
		if again {
			cur.Ask.Tries++
			cur.Ask.Due = now.Add(time.Duration(float64(askBackoff<<(cur.Ask.Tries-1)) * (1 + jitter*rnd)))
		}
	})
	switch {
	case asked.Mode == "denied":
	case yes:
		h.silent.lift(s.Host)
		h.cfg.Count(Confirmed, 0)
		h.cfg.Logger.DebugContext(ctx, "a subscriber has confirmed", "host", s.Host, "mode", asked.Mode, "feed", s.Path)
	default:
		if !live {
			h.silent.add(s.Host, now)
		}
		if !again {
			h.cfg.Count(Refused, 0)
			h.cfg.Logger.DebugContext(ctx, "a subscriber has not confirmed", "host", s.Host, "mode", asked.Mode, "feed", s.Path, "reason", why)
		}
	}
	return err
}

// confirm enters that a callback wants to be told. What has changed since it was said to want
// that, it is told at once.
func confirm(s *news.Subscriber, hash string, now time.Time) {
	if !s.Live(now) {
		s.Since, s.Sent, s.News, s.Tries, s.NotBefore, s.Error = now, s.Ask.Sent, time.Time{}, 0, time.Time{}, ""
		if hash != s.Sent {
			s.News = now
		}
	}
	s.Topic, s.Secret, s.Until = s.Ask.Topic, s.Ask.Secret, now.Add(s.Ask.Lease)
	s.Ask = news.SubscriberAsk{}
}

// tell sends a subscriber what its feed holds (§7).
func (h *Hub) tell(ctx context.Context, s *news.Subscriber) error {
	doc, err := h.latest(ctx, s.Path, s.Latest)
	if err != nil || doc.Document == nil {
		return errors.Join(err, h.change(ctx, s, func(cur *news.Subscriber, _ string) {
			if cur.Live(h.cfg.Now()) {
				cur.NotBefore = h.cfg.Now().Add(lookLater)
			}
		}))
	}
	if doc.hash != s.Sent { // it may have been changed back
		header := http.Header{
			"Content-Type": {doc.Type},
			"Link":         {fmt.Sprintf(`<%s>; rel="self", <%s>; rel="hub"`, linkable(s.Topic), h.cfg.URL+Path)},
		}
		if s.Secret != "" {
			header.Set("X-Hub-Signature", sign(s.Secret, doc.Body))
		}
		_, err = h.call(ctx, fetch.Call{URL: s.Callback, Method: http.MethodPost, Header: header, Body: doc.Body})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now, rnd := h.cfg.Now(), h.cfg.Rand()
	result := Told
	saved := h.change(ctx, s, func(cur *news.Subscriber, hash string) {
		if err == nil {
			result = Told
			cur.Sent, cur.Told, cur.Tries, cur.NotBefore, cur.Error = doc.hash, now, 0, time.Time{}, ""
			if cur.News = (time.Time{}); hash != doc.hash {
				cur.News = now // there was news meanwhile
			}
			return
		}
		result = fail(cur, err, now, rnd)
	})
	h.cfg.Count(result, now.Sub(s.News))
	switch result {
	case GivenUp:
		h.cfg.Logger.InfoContext(ctx, "a subscriber does not take what is new, and is tried again at the next change", "host", s.Host, "feed", s.Path, "error", reason(err))
	case Failed, Gone:
		h.cfg.Logger.DebugContext(ctx, "a subscriber was not told", "host", s.Host, "feed", s.Path, "error", reason(err))
	}
	return saved
}

// fail enters that a subscriber has not taken what is new.
func fail(s *news.Subscriber, err error, now time.Time, rnd float64) Result {
	e, _ := errors.AsType[*fetch.Error](err)
	if e != nil && e.Status == http.StatusGone { // §7: it ends the subscription
		s.Gone = true
		return Gone
	}
	s.Error = reason(err)
	if errors.Is(err, fetch.ErrWait) { // its host asked for it at another call: nothing was tried
		s.NotBefore = e.RetryAt
		return Failed
	}
	s.Tries++
	s.NotBefore = now.Add(backoff(s.Tries, rnd))
	if e != nil && e.RetryAt.After(s.NotBefore) {
		if s.NotBefore = now.Add(maxWait); e.RetryAt.Before(s.NotBefore) {
			s.NotBefore = e.RetryAt
		}
	}
	if s.Tries >= tellTries {
		s.News = time.Time{}
		return GivenUp
	}
	return Failed
}

// latest returns what a feed holds, which has this hash, made already where that can be.
func (h *Hub) latest(ctx context.Context, path, hash string) (held, error) {
	if doc, ok := h.docs.get(path); ok && doc.hash == hash && time.Since(doc.made) < heldFor {
		return doc, nil
	}
	edition, err := h.cfg.Store.Edition(ctx)
	if err != nil {
		return held{}, err
	}
	h.docs.making.Lock()
	defer h.docs.making.Unlock()
	if doc, ok := h.docs.get(path); ok && doc.hash == hash && (doc.edition == edition || time.Since(doc.made) < heldFor) {
		return doc, nil
	}
	return h.make(ctx, path, edition, h.cfg.Now())
}

// call calls a callback.
func (h *Hub) call(ctx context.Context, c fetch.Call) (*fetch.Response, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callTime, errLate)
	defer cancel()
	c.Routes = h.cfg.Routes
	resp, err := h.cfg.Caller.Call(ctx, c)
	if err != nil && errors.Is(context.Cause(ctx), errLate) {
		return nil, errLate
	}
	return resp, err
}

var errLate = fmt.Errorf("no answer in %v", callTime)

// retry reports whether a callback may answer otherwise in a moment.
func retry(err error) bool {
	e, ok := errors.AsType[*fetch.Error](err)
	return !ok || !errors.Is(err, fetch.ErrAddress) && (e.Status == 0 || e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError)
}

// reason is why a call failed, without the address, which nobody else is to know.
func reason(err error) string {
	if e, ok := errors.AsType[*fetch.Error](err); ok {
		err = e.Err
	}
	return news.Cut(err.Error(), maxError)
}

// sign returns the X-Hub-Signature of a body (§8).
func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(body) // a hash takes everything
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// withQuery adds parameters to a callback, whose own stay as they are (§5.3).
func withQuery(callback string, params url.Values) string {
	joint := "?"
	if strings.Contains(callback, "?") {
		joint = "&"
	}
	return callback + joint + params.Encode()
}

// linkable is a topic as it can stand between the brackets of a Link field.
func linkable(topic string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || r == '<' || r == '>' || r == '"' {
			return -1 // none stands in a topic that names a feed of ours, unless it was written otherwise
		}
		return r
	}, topic)
}
