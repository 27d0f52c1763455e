// Package declare reads, once a month, what the site of each outlet declares of the outlet itself,
// in documents that are made for programs:
//
//	home page   JSON-LD of schema.org: NewsMediaOrganization, or another Organization
//	trust.txt   JournalList: /trust.txt, else /.well-known/trust.txt
//	ads.txt     IAB ads.txt 1.1: OWNERDOMAIN and MANAGERDOMAIN
//
// Sources go in, news.Declarations come out: claims by the outlet itself, each with the document
// in which it stands. Only the outlet itself is asked, by routes that lead to it, and nothing that
// its robots.txt forbids.
//
// What was said stays while the site cannot be reached. A document that says nothing any more, or
// is not there any more, is looked at again a day later before that is believed: a page that a
// provider puts before the site, or a mishap, is no statement of the outlet.
package declare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many outlets are asked in one run, workers how many at a time: those of a new hub
	// with a thousand outlets are all read within a few hours, and nothing is held up.
	batch   = 40
	workers = 8
	// rest is how long nothing is looked for after nothing was due.
	rest = time.Minute

	again      = 30 * 24 * time.Hour // from one look to the next
	firstRetry = 24 * time.Hour      // after a failure, doubled each time up to again
	believed   = 2                   // times in a row that a document must say nothing

	maxPage = 1 << 20   // of the beginning of a home page
	maxFile = 512 << 10 // of a file; the longest ads.txt have as much, and their variables stand at the head or the end
)

// documents are those that are read, each at the first of its addresses at which there is one.
var documents = []struct {
	name  string
	paths []string // on the host of the home page; none: that page itself
	max   int64
	read  func(body []byte, from string) (news.Disclosure, []string)
}{
	{name: "home page", max: maxPage, read: InPage},
	{name: "trust.txt", paths: []string{"/trust.txt", "/.well-known/trust.txt"}, max: maxFile, read: InTrust},
	{name: "ads.txt", paths: []string{"/ads.txt"}, max: maxFile, read: InAds},
}

// A Store is what the stage needs to remember.
type Store interface {
	// DueDeclarations returns those of at most limit outlets of which some document is to be read at now.
	DueDeclarations(ctx context.Context, now time.Time, limit int) ([]*news.Declaration, error)
	// SaveDeclaration keeps d, and a new version of the outlet's Disclosure where that changes it.
	SaveDeclaration(ctx context.Context, d *news.Declaration, now time.Time) error
}

// A Fetcher goes out to the network.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// A Stage is the stage declare.
type Stage struct {
	store   Store
	fetcher Fetcher
	log     *slog.Logger
	now     func() time.Time
	resting time.Time
}

// New returns the stage.
func New(store Store, fetcher Fetcher, log *slog.Logger, now func() time.Time) *Stage {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Stage{store: store, fetcher: fetcher, log: log, now: now}
}

// Name returns "declare".
func (*Stage) Name() string { return "declare" }

// Run reads the documents that are due, of at most a batch of outlets.
func (s *Stage) Run(ctx context.Context) error {
	now := s.now()
	if now.Before(s.resting) {
		return nil
	}
	due, err := s.store.DueDeclarations(ctx, now, batch)
	if err != nil {
		return fmt.Errorf("look for declarations that are due: %w", err)
	}
	if len(due) == 0 {
		s.resting = now.Add(rest)
		return nil
	}
	var group errgroup.Group
	group.SetLimit(workers)
	for _, d := range due {
		group.Go(func() error { return s.one(ctx, d) })
	}
	return group.Wait()
}

// one reads what is due of one outlet. Its error is that of ctx or the store only.
func (s *Stage) one(ctx context.Context, d *news.Declaration) error {
	next := *d
	next.Documents, next.Due = nil, time.Time{}
	if d.Home == "" {
		next.Due = s.now().Add(again) // there is nothing to read, and nobody has failed
		return s.save(ctx, &next)
	}
	for i := range documents {
		doc := news.DeclaredIn{Name: documents[i].name}
		if k := slices.IndexFunc(d.Documents, func(o news.DeclaredIn) bool { return o.Name == doc.Name }); k >= 0 {
			doc = d.Documents[k]
		}
		if !doc.Due.After(s.now()) {
			doc = s.document(ctx, d, i, doc)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		next.Documents = append(next.Documents, doc)
		if next.Due.IsZero() || doc.Due.Before(next.Due) {
			next.Due = doc.Due
		}
	}
	return s.save(ctx, &next)
}

func (s *Stage) save(ctx context.Context, d *news.Declaration) error {
	if err := s.store.SaveDeclaration(ctx, d, s.now()); err != nil {
		return fmt.Errorf("declaration of %s: %w", d.SourceID, err)
	}
	return nil
}

// document returns what is known of a document after it was asked for.
func (s *Stage) document(ctx context.Context, d *news.Declaration, i int, old news.DeclaredIn) news.DeclaredIn {
	found, err := s.get(ctx, d, i, old)
	now := s.now()
	if err != nil {
		old.Due = now.Add(min(firstRetry<<min(old.Failures, 10), again))
		if e, ok := errors.AsType[*fetch.Error](err); ok && e.RetryAt.After(old.Due) {
			old.Due = e.RetryAt
		}
		old.Failures++
		old.Error = clean(err.Error(), 2*maxValue)
		s.log.Debug("declaration not read", "source", d.SourceID, "document", old.Name, "error", err, "again_at", old.Due)
		return old
	}
	if had := old.Said.Count() > 0; had && found.Said.Count() == 0 && old.Doubts+1 < believed {
		old.Doubts++
		old.Due, old.Failures, old.Error, old.Problems = now.Add(firstRetry), 0, "", found.Problems
		return old
	}
	found.Name, found.Read, found.Due = old.Name, now, now.Add(again)
	found.Said = found.Said.Since(old.Said, now.UTC().Format(time.DateOnly))
	return found
}

// get asks for a document at each of its addresses. Where there is none it says nothing.
func (s *Stage) get(ctx context.Context, d *news.Declaration, i int, old news.DeclaredIn) (news.DeclaredIn, error) {
	home, err := url.Parse(d.Home)
	if err != nil || home.Host == "" || home.Scheme != "http" && home.Scheme != "https" {
		return old, errors.New("the home page of the outlet is none of http or https")
	}
	routes := slices.DeleteFunc(slices.Clone(d.Routes), func(r string) bool { return fetch.Copied(fetch.RouteName(r)) })
	if len(routes) == 0 && len(d.Routes) > 0 {
		return old, errors.New("the outlet is read from copies only")
	}
	kind := documents[i]
	if kind.paths == nil {
		return s.at(ctx, d, i, home.String(), routes, old)
	}
	for _, path := range kind.paths {
		at := url.URL{Scheme: home.Scheme, Host: home.Host, Path: path}
		found, err := s.at(ctx, d, i, at.String(), routes, old)
		if e, ok := errors.AsType[*fetch.Error](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone) || errors.Is(err, errNoFile) {
			continue
		}
		return found, err
	}
	return news.DeclaredIn{}, nil
}

// errNoFile says that a page answered where a file was asked for.
var errNoFile = errors.New("a page, not a file")

// at asks for a document at one address.
func (s *Stage) at(ctx context.Context, d *news.Declaration, i int, address string, routes []string, old news.DeclaredIn) (news.DeclaredIn, error) {
	kind := documents[i]
	req := fetch.Request{URL: address, Kind: fetch.Page, MaxBody: kind.max, Cut: true, Routes: routes, Isolation: d.SourceID}
	if kind.paths != nil {
		req.Accept = "text/plain, */*;q=0.1"
	}
	if old.Validated != "" {
		req.ETag, req.LastModified, req.Validated = old.ETag, old.LastModified, old.Validated
	}
	resp, err := s.fetcher.Get(ctx, req)
	if err != nil {
		return old, err
	}
	if resp.NotModified {
		old.Doubts, old.Failures, old.Error = 0, 0, ""
		return old, nil
	}
	body := resp.Body
	if kind.paths != nil {
		if !isFile(body) {
			return old, errNoFile
		}
		if int64(len(body)) >= kind.max {
			body = body[:bytes.LastIndexByte(body, '\n')+1] // the last line is none
		}
	}
	found := news.DeclaredIn{URL: news.PublicURL(resp.URL)}
	found.Said, found.Problems = kind.read(body, found.URL)
	if etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"); len(etag)+len(modified)+len(resp.URL) <= 4*maxURL && etag+modified != "" {
		found.ETag, found.LastModified, found.Validated = etag, modified, resp.URL
	}
	return found, nil
}
