// Package illustrate gets the images that stand in Articles, once, so that readers see them
// without asking the outlet for them. Pictures that are due go in; what comes out are JPEGs and
// PNGs of the hub's own, made of nothing but the pixels, no larger than a page shows.
//
// Only the images of outlets that are carried with their whole text are got: an image is a work of
// its own, and whoever may give out no text may not give out that. They are asked for once an
// Article is made, never because somebody reads it: else the outlet would learn when it is read,
// and readers could make the hub ask for things. Only the outlet itself is asked, by routes that
// lead to it, and robots.txt holds. What is not to be had stays a link.
package illustrate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many pictures are asked for in one run, and workers how many at a time; they
	// come from few hosts, each of which is asked slowly.
	batch   = 100
	workers = 6
	// rest is how long nothing is looked for after nothing was due.
	rest = 5 * time.Second

	// maxTries is how often an image is asked for that fails in passing; between two tries passes
	// retryAfter, eight times as long each time.
	maxTries   = 4
	retryAfter = 5 * time.Minute

	maxImage = 8 << 20 // of an image as it comes; photographs for the web are a tenth of it
	maxText  = 500     // of an error

	// kept is how long a picture is kept: what is read after half a year is read for its words.
	kept = 180 * 24 * time.Hour
	// maxKept is how many bytes of pictures a hub keeps, some ten thousand; the oldest go first.
	maxKept = 1 << 30
	// forgetEvery is how often it is looked which need not be kept.
	forgetEvery = time.Hour
)

const accept = "image/jpeg, image/png, image/webp, image/gif;q=0.5"

// A Store is what the stage needs to remember.
type Store interface {
	DuePictures(ctx context.Context, now time.Time, limit int) ([]*news.Picture, error)
	SavePicture(ctx context.Context, p *news.Picture) error
	// ForgetPictures deletes those that no Article has any more, that were made at or before old,
	// and the oldest beyond most bytes.
	ForgetPictures(ctx context.Context, old time.Time, most int64) error
	Source(ctx context.Context, id string) (*news.Source, error)
}

// A Fetcher goes out to the network.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// A Stage is the stage illustrate.
type Stage struct {
	store   Store
	fetcher Fetcher
	log     *slog.Logger
	now     func() time.Time
	// resting and forgotten are of this process only: what they save is a query or two.
	resting   time.Time
	forgotten time.Time

	decoding sync.Mutex // one picture is unpacked at a time, for it may take 64 MB, one with 16 bits a colour several times that
}

// New returns the stage.
func New(store Store, fetcher Fetcher, log *slog.Logger, now func() time.Time) *Stage {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Stage{store: store, fetcher: fetcher, log: log, now: now}
}

// Name returns "illustrate".
func (*Stage) Name() string { return "illustrate" }

// Run gets the pictures that are due, at most a batch.
func (s *Stage) Run(ctx context.Context) error {
	now := s.now()
	if now.Before(s.resting) {
		return nil
	}
	if !now.Before(s.forgotten.Add(forgetEvery)) {
		if err := s.store.ForgetPictures(ctx, now.Add(-kept), maxKept); err != nil {
			return err
		}
		s.forgotten = now
	}
	due, err := s.store.DuePictures(ctx, now, batch)
	if err != nil {
		return fmt.Errorf("look for pictures that are due: %w", err)
	}
	if len(due) == 0 {
		s.resting = now.Add(rest)
		return nil
	}
	sources := map[string]*news.Source{}
	for _, p := range due {
		if sources[p.SourceID] != nil {
			continue
		}
		if sources[p.SourceID], err = s.store.Source(ctx, p.SourceID); err != nil {
			return fmt.Errorf("source of the picture %s: %w", p.URL, err)
		}
	}
	var group errgroup.Group
	group.SetLimit(workers)
	for _, p := range due {
		group.Go(func() error { return s.one(ctx, p, sources[p.SourceID]) })
	}
	return group.Wait()
}

// one gets one picture. Its error is that of ctx or the store only.
func (s *Stage) one(ctx context.Context, p *news.Picture, source *news.Source) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	next := *p
	err := s.get(ctx, &next, source)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := s.now()
	next.Due = time.Time{}
	switch {
	case err == nil:
		next.Fetched, next.Failures, next.LastError = now, 0, ""
	case settled(err) || p.Failures+1 >= maxTries:
		next.Failures, next.LastError = p.Failures+1, news.Cut(err.Error(), maxText)
	default:
		wait := retryAfter
		for range p.Failures {
			wait *= 8
		}
		next.Due, next.Failures, next.LastError = now.Add(wait), p.Failures+1, news.Cut(err.Error(), maxText)
	}
	if err != nil {
		s.log.Debug("no picture", "url", news.PublicURL(p.URL), "error", err, "again_at", next.Due)
	}
	if err := s.store.SavePicture(ctx, &next); err != nil {
		return fmt.Errorf("picture %s: %w", p.URL, err)
	}
	return nil
}

// A refusal is why a picture is not to be had, however often it is asked for.
type refusal struct{ error }

func (s *Stage) get(ctx context.Context, p *news.Picture, source *news.Source) error {
	if source.Carriage.EffectiveMode() != news.FullText {
		return refusal{errors.New("the outlet is not carried with its whole text any more")}
	}
	routes := slices.DeleteFunc(slices.Clone(source.Routes), func(r string) bool { return fetch.Copied(fetch.RouteName(r)) })
	if len(routes) == 0 && len(source.Routes) > 0 {
		return refusal{errors.New("the outlet is read from copies only")}
	}
	resp, err := s.fetcher.Get(ctx, fetch.Request{
		URL: p.URL, Kind: fetch.Page, Accept: accept, MaxBody: maxImage, Routes: routes, Isolation: source.ID,
	})
	if err != nil {
		return err
	}
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if p.Data, p.Type, p.Width, p.Height, err = remake(resp.Body); err != nil {
		return refusal{err}
	}
	return nil
}

// settled reports whether asking again would bring the same answer.
func settled(err error) bool {
	if _, ok := errors.AsType[refusal](err); ok {
		return true
	}
	if errors.Is(err, fetch.ErrRobots) || errors.Is(err, fetch.ErrTooLarge) {
		return true
	}
	e, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return false
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons:
		return true
	}
	return false
}
