package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parallax/internal/distribute"
	"parallax/internal/fetch"
	"parallax/internal/web"
)

// NoSubscribers returns why nobody can subscribe to the feeds of this hub by WebSub, nil if
// they can.
func (c *Config) NoSubscribers() error {
	switch {
	case !c.Hub.WebSub:
		return errors.New("websub = false under [hub]")
	case c.Hub.URL == "":
		return errors.New("no url is set")
	}
	return fetch.CheckPublic(c.URL(), c.Fetch.AllowPrivate)
}

// takeSubscribers makes h.tells, if others can reach this hub. If not, who subscribed before
// is told nothing meanwhile, and its lease ends.
func (h *Hub) takeSubscribers() {
	c := h.config()
	if why := c.NoSubscribers(); why != nil {
		h.log.Debug("nobody can subscribe to the feeds by WebSub", "reason", why)
		return
	}
	// Who is told is no outlet: what one of them wants or suffers is nothing to the other.
	h.caller = fetch.New(fetch.Options{
		UserAgent: "Parallax/" + Version, Contact: c.URL(), Timeout: time.Duration(c.Fetch.Timeout), PerHostDelay: -1,
		AllowPrivate: c.Fetch.AllowPrivate, Now: h.now, Logger: h.log,
	})
	var routes []string
	for _, r := range c.Fetch.Routes {
		if !fetch.Copied(fetch.RouteName(r)) {
			routes = append(routes, r)
		}
	}
	h.tells = distribute.New(distribute.Config{
		Store: h.db, Caller: h.caller, Render: h.render, Look: h.look, URL: c.URL(), AllowPrivate: c.Fetch.AllowPrivate, Routes: routes,
		Ring: func() { h.ring("distribute") }, Count: h.metrics.told,
		Now: h.now, Logger: h.log, Progress: h.progress("distribute"),
	})
}

// subscribers answers those who want to subscribe; nil where nobody can.
func (h *Hub) subscribers() http.Handler {
	if h.tells == nil {
		return nil
	}
	return h.tells
}

// webSubHub is the address at which they do; "" where nobody can.
func (h *Hub) webSubHub() string {
	if h.tells == nil {
		return ""
	}
	return h.config().URL() + distribute.Path
}

func (h *Hub) distribute() Stage {
	if h.tells == nil {
		return idle("distribute")
	}
	return h.tells
}

// render asks the site from within for what the store holds now.
func (h *Hub) render(ctx context.Context, path string) (*distribute.Document, error) {
	return h.ask(web.Fresh(ctx), &http.Request{
		Method: http.MethodGet, Header: http.Header{}, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, path)
}

// look asks the site for what whoever sent r would get.
func (h *Hub) look(r *http.Request, path string) (*distribute.Document, error) {
	asked := r.Clone(r.Context())
	asked.Method, asked.Body, asked.ContentLength = http.MethodGet, http.NoBody, 0
	for _, name := range []string{"Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range"} {
		asked.Header.Del(name)
	}
	return h.ask(within{r.Context()}, asked, path)
}

// within is a context of a request that is answered to nobody: it says nothing of the connection
// on which another waits for its answer, and which the site would prepare for this one.
type within struct{ context.Context }

func (within) Value(any) any { return nil }

func (h *Hub) ask(ctx context.Context, r *http.Request, path string) (*distribute.Document, error) {
	site := h.site.Load()
	if site == nil { // nobody is served here: parallax run
		made, err := h.Handler()
		if err != nil {
			return nil, err
		}
		site = &made
	}
	target, err := url.ParseRequestURI(path)
	if err != nil {
		return nil, fmt.Errorf("ask the site: %w", err)
	}
	own, err := url.Parse(h.config().URL())
	if err != nil {
		return nil, fmt.Errorf("ask the site: %w", err) // unreachable: the configuration was checked
	}
	r = r.WithContext(ctx)
	r.URL, r.RequestURI, r.Host = target, path, own.Host
	w := &answer{header: http.Header{}}
	(*site).ServeHTTP(w, r)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	doc := &distribute.Document{Status: w.status, Type: w.header.Get("Content-Type"), Location: w.header.Get("Location"), Body: w.body.Bytes()}
	if doc.Status == 0 {
		doc.Status = http.StatusOK
	}
	return doc, nil
}

// An answer of the site to a request from within.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
