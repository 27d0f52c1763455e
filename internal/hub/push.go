package hub

import (
	"context"
	"errors"
	"net/http"

	"parallax/internal/fetch"
	"parallax/internal/websub"
)

// NoPushes returns why no WebSub hub can push to this one, nil if they can.
func (c *Config) NoPushes() error {
	switch {
	case !c.Fetch.WebSub:
		return errors.New("websub = false")
	case c.Hub.URL == "":
		return errors.New("no url is set")
	}
	return fetch.CheckPublic(c.URL(), c.Fetch.AllowPrivate)
}

// subscribeOrNot makes h.pushes, if hubs can reach it. If not, what was subscribed to is
// forgotten, so that the feeds are polled as any others.
func (h *Hub) subscribeOrNot(ctx context.Context) error {
	c := h.config()
	if why := c.NoPushes(); why != nil {
		h.log.Debug("no subscriptions at WebSub hubs, all feeds are polled", "reason", why)
		return h.db.TakePushes(ctx, false)
	}
	if err := h.db.TakePushes(ctx, true); err != nil {
		return err
	}
	h.pushes = websub.New(websub.Config{
		Store: h.db, Poster: h.client, Ingest: pushed{h}, URL: c.URL(), MaxBody: c.Fetch.MaxBody,
		Count: h.metrics.pushed, Now: h.now, Logger: h.log, Progress: h.progress("subscribe"),
	})
	return nil
}

// callbacks answers WebSub hubs; nil where there are none.
func (h *Hub) callbacks() http.Handler {
	if h.pushes == nil {
		return nil
	}
	return h.pushes
}

func (h *Hub) subscribe() Stage {
	if h.pushes == nil {
		return idle("subscribe")
	}
	return h.pushes
}

// An idle stage has nothing to do.
type idle string

func (i idle) Name() string            { return string(i) }
func (idle) Run(context.Context) error { return nil }

// pushed is ingest as websub calls it: what becomes due is polled at once.
type pushed struct{ h *Hub }

func (p pushed) Push(ctx context.Context, feedID string, header http.Header, body []byte) (kept bool, err error) {
	kept, err = p.h.ingests.Push(ctx, feedID, header, body)
	if !kept {
		p.h.ring("ingest")
	}
	return kept, err
}

func (p pushed) PollSoon(ctx context.Context, feedID string) error {
	defer p.h.ring("ingest")
	return p.h.ingests.PollSoon(ctx, feedID)
}
