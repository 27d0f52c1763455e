// Package api answers programs, under /api/v1. In come requests for what the hub holds: sources,
// items, articles, stories, comparisons, searches; out goes JSON, whose names are the nouns of
// package news and those of docs/formats/comparison.md, and errors as RFC 9457 has them. What may be given of
// something is decided by package publish, as for pages.
//
// operations.go is the site map. From the one table that it holds come the routes, the check of
// parameters, and the OpenAPI document; schemas are made of the Go types that are written, so that neither can
// say what is not so. docs/api.md is the manual.
//
// Lists come in pages. Each names the next one by its whole address, in the member "next" and in
// the field Link (RFC 8288); what is in "after" is for the hub alone. Keys of pages are what does
// not change (when something was first seen, its id), so that who reads page after page misses nothing and gets
// nothing twice, whatever arrives meanwhile.
package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"parallax/internal/explain"
	"parallax/internal/news"
)

// Root is where the API begins.
const Root = "/api/v1"

// A Store is what is asked. Its lists hold only what is carried at the time given.
type Store interface {
	TakedownOf(ctx context.Context, articleID, sourceID string) (*news.Takedown, error)
	explain.Store
	Feeds(ctx context.Context, sourceID string) ([]*news.Feed, error)
	Items(ctx context.Context, q news.ItemQuery) (page []*news.Item, next string, err error)
	Item(ctx context.Context, id string, now time.Time) (*news.Item, error)
	ArticleIDsOf(ctx context.Context, itemIDs []string) (map[string]string, error)
	Articles(ctx context.Context, q news.ArticleQuery) (page []*news.Article, next string, err error)
	ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error)
	Revisions(ctx context.Context, articleID string) ([]news.Revision, error)
	Stories(ctx context.Context, q news.StoryQuery) (page []*news.Story, next string, err error)
	Search(ctx context.Context, q news.SearchQuery) (page []*news.Article, total int, err error)
}

// A Site is what the pages of the hub know, and say in the same words. Its errors may be *ProblemError.
type Site interface {
	// Hub returns the sources and lenses as they are now.
	Hub(ctx context.Context) (*Hub, error)
	// Base returns the address of the hub, without a slash at its end.
	Base(r *http.Request) string
	// Comparison returns a story side by side, through the lens of ?lens=.
	Comparison(r *http.Request, st *news.Story) (any, error)
	// Gone says why an article that is not carried is gone.
	Gone(ctx context.Context, a *news.Article, src *news.Source, now time.Time) error
	// SourceGone says why a source that is withdrawn is gone, StoryGone why nothing of a story is carried.
	SourceGone(ctx context.Context, src *news.Source) error
	StoryGone(ctx context.Context, st *news.Story) error
}

// A Hub is what most answers are made of. Nobody changes it.
type Hub struct {
	Now     time.Time
	Sources map[string]*news.Source
	List    []*news.Source // retired and withdrawn ones included
	Lenses  []news.Lens
	Owners  map[string]string // see news.Owners
}

// Options say what the API answers from.
type Options struct {
	Store Store
	Site  Site
	// HubName and Version are those of the hub and of its software.
	HubName, Version string
	// PerMinute is how many requests one client may make in a minute, for the manual; 0: as many as it likes.
	PerMinute int
	// Comparison is a value of the type that Site.Comparison returns, of which its schema is made.
	Comparison any
	Logger     *slog.Logger
}

// An api answers requests. It holds no state.
type api struct {
	Options
	mux      *http.ServeMux
	document []byte // OpenAPI
}

// New returns what answers below Root.
func New(o Options) (http.Handler, error) {
	a := &api{Options: o, mux: http.NewServeMux()}
	list := operations(reflect.TypeOf(o.Comparison))
	var err error
	if a.document, err = encode(document(list, o)); err != nil {
		return nil, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	for i := range list {
		op := &list[i]
		answer := func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, op) }
		if op.path == "/" {
			a.mux.HandleFunc("GET "+Root, answer)
			a.mux.HandleFunc("GET "+Root+"/{$}", answer)
			continue
		}
		a.mux.HandleFunc("GET "+Root+op.path, answer)
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, a.nothingAt(r, list))
	})
	return a, nil
}

// Patterns are those of the routes, for tests that ask all of them.
func Patterns() []string {
	list := []string{}
	for _, op := range operations(nil) {
		list = append(list, Root+strings.TrimSuffix(op.path, "/"))
	}
	return list
}

// exposed are the fields of answers that scripts of other sites may read.
const exposed = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy"

// Open sets the fields by which any site may read an answer (CORS). No answer depends on who asks.
func Open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	Open(w.Header())
	defer func() {
		if v := recover(); v != nil {
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			a.fail(w, r, fmt.Errorf("panic: %v", v))
		}
	}()
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		a.mux.ServeHTTP(w, r)
	case http.MethodOptions: // a browser asks before its page may (Fetch standard, "CORS-preflight request")
		h := w.Header()
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Access-Control-Max-Age", "86400")
		h.Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		a.fail(w, r, &ProblemError{Kind: MethodKind, Detail: "The API gives out, and takes nothing in: only GET, HEAD and OPTIONS are answered."})
	}
}

// serve answers one operation.
func (a *api) serve(w http.ResponseWriter, r *http.Request, op *operation) {
	body, err := a.answer(r, op)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if to, ok := body.(moved); ok {
		w.Header().Set("Location", string(to))
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	text, ok := body.([]byte)
	if !ok {
		if text, err = encode(body); err != nil { // unreachable: answers hold strings, times and finite numbers
			a.fail(w, r, fmt.Errorf("write the answer to %s: %w", op.id, err))
			return
		}
	}
	h := w.Header()
	if list, ok := body.(interface{ nextPage() string }); ok && list.nextPage() != "" {
		h.Set("Link", "<"+list.nextPage()+`>; rel="next"`)
	}
	if op.id == "root" { // RFC 8631
		h.Set("Link", "<"+a.Site.Base(r)+Root+`/openapi.json>; rel="service-desc"; type="application/json", <`+a.Site.Base(r)+`/api>; rel="service-doc"; type="text/html"`)
	}
	sum := sha256.Sum256(text)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	h.Set("Cache-Control", maxAge)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Type", "application/json")
	_, _ = w.Write(text) //nolint:gosec // JSON, called so, and never sniffed
}

// maxAge is for how long an answer may be kept without asking again, as with pages: what is
// withdrawn vanishes from caches after at most this time.
const maxAge = "public, max-age=60"

func (a *api) answer(r *http.Request, op *operation) (any, error) {
	q, err := a.read(r, op)
	if err != nil {
		return nil, err
	}
	return op.answer(q)
}

// moved is the answer that what is asked for is at another address for good.
type moved string

// encode writes v as JSON. Nothing is written for browsers: < and & stay what they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// nothingAt says that there is nothing at an address, and what there is.
func (a *api) nothingAt(r *http.Request, list []operation) *ProblemError {
	var paths []string
	for _, op := range list {
		paths = append(paths, Root+strings.TrimSuffix(op.path, "/"))
	}
	return &ProblemError{
		Kind: NotFoundKind, Detail: "The API has nothing at " + news.Cut(strings.ToValidUTF8(r.URL.Path, "?"), 100) + "; " + Root + " lists what it has.",
		More: map[string]any{"allowed": paths},
	}
}
