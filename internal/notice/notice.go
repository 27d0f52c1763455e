// Package notice reads, once a month, the files in which an outlet's site tells programs what may
// be done with its work: robots.txt, for what it says besides what may be asked for (Content-Usage,
// RSL), and /.well-known/tdmrep.json. Sources go in, news.Terms come out. Only the outlet itself is
// asked, by routes that lead to it: a mirror's files are the mirror's.
package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/terms"
)

const (
	// batch is how many outlets are asked in one run: of a new hub with thousands of outlets all
	// are read within the hour, and nothing is held up.
	batch = 20
	// rest is how long nothing is looked for after nothing was due.
	rest = time.Minute

	again      = 30 * 24 * time.Hour // from one look to the next
	firstRetry = 24 * time.Hour      // after a failure, doubled each time up to again

	maxFile = 256 << 10 // half of what RFC 9309 has parsers read of a robots.txt, more than any says here
)

// files are those that are read, with who reads them.
var files = []struct {
	path string
	read func(body []byte, from string) []news.Term
}{
	{"/robots.txt", terms.InRobots},
	{"/.well-known/tdmrep.json", terms.InTDMRep},
}

// A Store is what the stage needs to remember.
type Store interface {
	DueNotices(ctx context.Context, now time.Time, limit int) ([]*news.Notice, error)
	SaveNotice(ctx context.Context, n *news.Notice) error
}

// A Fetcher goes out to the network.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// A Stage is the stage notice.
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

// Name returns "notice".
func (*Stage) Name() string { return "notice" }

// Run reads the notices that are due, at most a batch, one after the other: they are in no hurry.
func (s *Stage) Run(ctx context.Context) error {
	now := s.now()
	if now.Before(s.resting) {
		return nil
	}
	due, err := s.store.DueNotices(ctx, now, batch)
	if err != nil {
		return fmt.Errorf("look for notices that are due: %w", err)
	}
	if len(due) == 0 {
		s.resting = now.Add(rest)
		return nil
	}
	for _, n := range due {
		found, err := s.get(ctx, n)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now := s.now()
		if err != nil { // what was said before stays
			n.Due = now.Add(min(firstRetry<<min(n.Failures, 10), again))
			n.Failures++
			s.log.Debug("no notice", "source", n.SourceID, "error", err, "again_at", n.Due)
		} else {
			n.Terms, n.Due, n.Failures = found, now.Add(again), 0
		}
		if err := s.store.SaveNotice(ctx, n); err != nil {
			return fmt.Errorf("notice of %s: %w", n.SourceID, err)
		}
	}
	return nil
}

// get reads all files. One that is not there says nothing.
func (s *Stage) get(ctx context.Context, n *news.Notice) (found []news.Term, err error) {
	home, err := url.Parse(n.Home)
	if err != nil || home.Host == "" || home.Scheme != "http" && home.Scheme != "https" {
		return nil, errors.New("the outlet has no home page")
	}
	routes := slices.DeleteFunc(slices.Clone(n.Routes), func(r string) bool { return fetch.Copied(fetch.RouteName(r)) })
	if len(routes) == 0 && len(n.Routes) > 0 {
		return nil, errors.New("the outlet is read from copies only")
	}
	for _, f := range files {
		at := url.URL{Scheme: home.Scheme, Host: home.Host, Path: f.path}
		resp, err := s.fetcher.Get(ctx, fetch.Request{
			URL: at.String(), Kind: fetch.Feed, Accept: "text/plain, application/json", MaxBody: maxFile, Cut: true, Routes: routes, Isolation: n.SourceID,
		})
		if e, ok := errors.AsType[*fetch.Error](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone || e.Status == http.StatusForbidden) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, f.read(resp.Body, news.PublicURL(resp.URL))...)
	}
	return found, nil
}
