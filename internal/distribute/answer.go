package distribute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

// ServeHTTP takes in what subscribers ask for (§5.1).
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Access-Control-Allow-Origin", "*") // there is nothing of the asker's to be had here
	err := h.take(w, r)
	var said *textError
	switch {
	case err == nil:
		h.cfg.Ring()
		say(w, http.StatusAccepted, "accepted; your callback is asked to confirm it in a moment\n")
		return
	case errors.As(err, &said):
	case r.Context().Err() != nil:
		return // whoever asked has gone
	default:
		h.cfg.Logger.ErrorContext(context.WithoutCancel(r.Context()), "a subscriber cannot be entered", "error", err)
		said = &textError{status: http.StatusServiceUnavailable, text: "this hub cannot take it in now; it is not your doing", hint: "try again later", retryAfter: time.Minute}
	}
	if said.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((said.retryAfter + time.Second - 1).Seconds())))
	}
	say(w, said.status, said.text+"\nhint: "+said.hint+"\n")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // who asked may be gone
}

// take enters what a subscriber asks for, or says what is wrong with it.
func (h *Hub) take(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return &textError{
			status: http.StatusMethodNotAllowed, text: "this is the WebSub hub of " + h.cfg.URL + ": programs subscribe to its feeds here, by POST",
			hint: "give your feed reader the address of a feed; it finds the way here by itself",
		}
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return &textError{
			status: http.StatusUnsupportedMediaType, text: fmt.Sprintf("the request is %.60q", kind),
			hint: "send a form: application/x-www-form-urlencoded (WebSub §5.1)",
		}
	}
	form, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &textError{status: http.StatusRequestEntityTooLarge, text: fmt.Sprintf("the form has more than %d bytes", maxForm), hint: "hub.mode, hub.topic and hub.callback are enough"}
	}
	if err != nil {
		return bad("the request broke off", "send it again")
	}
	asked, err := ParseRequest(string(form))
	if err != nil {
		return err
	}
	if err := h.checkCallback(asked.Callback); err != nil {
		return err
	}
	path, err := h.topicPath(asked.Topic)
	if err != nil {
		return err
	}
	return h.enter(r, asked, path)
}

// enter keeps a request that may be one, if there is such a feed, and room.
func (h *Hub) enter(r *http.Request, asked *Request, path string) error {
	now := h.cfg.Now()
	s := &news.Subscriber{Path: path, Callback: asked.Callback.String(), Host: owner(asked.Callback)}
	s.Ask = news.SubscriberAsk{Mode: asked.Mode, Topic: asked.Topic, At: now, Due: now}
	if asked.Mode == "subscribe" { // who leaves may leave a feed that is gone
		doc, err := h.look(r, path)
		if err != nil {
			return err
		}
		s.Ask.Secret, s.Ask.Lease, s.Ask.Sent = asked.Secret, lease(asked.Lease), doc.hash
	}
	most := limits
	wait := h.silent.left(s.Host, now)
	if wait > 0 {
		most.AsksOfStranger = 0
	}
	err := h.cfg.Store.AskSubscriber(r.Context(), s, most, now)
	switch {
	case errors.Is(err, news.ErrNotFound):
		return &textError{status: http.StatusNotFound, text: "there is no subscription of this callback to this feed", hint: "it may have ended; nothing is sent there"}
	case errors.Is(err, news.ErrTooMany):
		return &textError{
			status: http.StatusTooManyRequests, retryAfter: max(wait, minPenalty),
			text: "not now: there are " + err.Error()[strings.Index(err.Error(), news.ErrTooMany.Error()):],
			hint: "see that the callback answers GET with hub.challenge and status 200; try again after Retry-After",
		}
	}
	return err
}

// look returns what a feed holds, for whoever wants to subscribe to it. A few look at a time.
func (h *Hub) look(r *http.Request, path string) (held, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	default:
		return held{}, &textError{status: http.StatusServiceUnavailable, text: "too many ask at once", hint: "try again after Retry-After", retryAfter: 5 * time.Second}
	}
	doc, err := h.render(r.Context(), path, func(ctx context.Context, path string) (*Document, error) {
		return h.cfg.Look(r.WithContext(ctx), path)
	})
	switch {
	case err != nil:
		return held{}, err
	case doc.Status == http.StatusTooManyRequests:
		return held{}, &textError{status: doc.Status, text: "your address has asked for more searches than this hub answers in a minute", hint: "try again after Retry-After", retryAfter: time.Minute}
	case doc.Status == http.StatusGone || doc.Status == http.StatusUnavailableForLegalReasons:
		return held{}, &textError{status: doc.Status, text: "hub.topic is a feed that is not given out any more", hint: "its address says why, in a browser"}
	case doc.Status >= http.StatusInternalServerError:
		return held{}, fmt.Errorf("look at %s: status %d", path, doc.Status)
	case doc.Status != http.StatusOK || !isFeed(doc.Type):
		return held{}, &textError{status: http.StatusNotFound, text: "hub.topic is no feed that there is", hint: `take the feed's link with rel="self"; /feeds lists the feeds of this hub`}
	}
	return doc, nil
}
