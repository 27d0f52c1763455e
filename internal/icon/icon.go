// Package icon gets the icon of each outlet once, so that readers see it without asking
// the outlet for it. Sources go in; small PNGs come out, made anew by the hub: nothing of
// what an outlet sent as its icon is given to readers as it came.
//
// Where the icon is, the outlet's feed says (Atom icon, JSON Feed favicon, RSS image), or
// its home page (<link rel="icon">); else it is at /favicon.ico. It is asked for again
// after a month, with validators, and where there was none after a day, then two, up to a
// month. Only the outlet itself is asked, by routes that lead to it: a mirror's icon might be
// anybody's.
package icon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many outlets are asked in one run: the icons of a new hub with thousands
	// of outlets come within minutes, and hold nothing up.
	batch   = 50
	workers = 8
	// rest is how long nothing is looked for after nothing was due: icons are in no hurry.
	rest = time.Minute

	again      = 30 * 24 * time.Hour // from one look to the next
	firstRetry = 24 * time.Hour      // after a failure, doubled each time up to again

	maxIcon       = 64 << 10  // of an icon as it comes; more is a photograph
	maxPage       = 256 << 10 // of the beginning of a home page, where links to icons stand
	maxCandidates = 6         // addresses that are asked for one icon
	maxText       = 4 << 10   // of an address, an ETag, an error
)

// Accept names what can be read, see package picture.
const accept = "image/png, image/x-icon, image/vnd.microsoft.icon, image/gif, image/jpeg, image/webp, */*;q=0.1"

// A Store is what the stage needs to remember.
type Store interface {
	// DueIcons returns the icons of at most limit outlets that are to be asked for at now.
	DueIcons(ctx context.Context, now time.Time, limit int) ([]*news.Icon, error)
	SaveIcon(ctx context.Context, i *news.Icon) error
}

// A Fetcher goes out to the network.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// A Stage is the stage icon.
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

// Name returns "icon".
func (*Stage) Name() string { return "icon" }

// Run gets the icons that are due, at most a batch.
func (s *Stage) Run(ctx context.Context) error {
	now := s.now()
	if now.Before(s.resting) {
		return nil
	}
	due, err := s.store.DueIcons(ctx, now, batch)
	if err != nil {
		return fmt.Errorf("look for icons that are due: %w", err)
	}
	if len(due) == 0 {
		s.resting = now.Add(rest)
		return nil
	}
	var group errgroup.Group
	group.SetLimit(workers)
	for _, i := range due {
		group.Go(func() error { return s.one(ctx, i) })
	}
	return group.Wait()
}

// one gets the icon of one outlet. Its error is that of ctx or the store only.
func (s *Stage) one(ctx context.Context, i *news.Icon) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	next := *i
	err := s.get(ctx, &next)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := s.now()
	if err == nil {
		next.Failures, next.LastError, next.Due = 0, "", now.Add(again)
	} else {
		next = *i // what is there already stays
		next.Due = now.Add(min(firstRetry<<min(i.Failures, 10), again))
		next.Failures, next.LastError = i.Failures+1, bound(err.Error())
		s.log.Debug("no icon", "source", i.SourceID, "error", err, "again_at", next.Due)
	}
	if err := s.store.SaveIcon(ctx, &next); err != nil {
		return fmt.Errorf("icon of %s: %w", i.SourceID, err)
	}
	return nil
}

var errOnlyCopies = errors.New("the outlet is read from copies only")

// get asks where the icon was last, then wherever it may be.
func (s *Stage) get(ctx context.Context, i *news.Icon) error {
	routes := slices.DeleteFunc(slices.Clone(i.Routes), func(r string) bool { return fetch.Copied(fetch.RouteName(r)) })
	if len(routes) == 0 && len(i.Routes) > 0 {
		return errOnlyCopies
	}
	asked := map[string]bool{}
	var first error
	try := func(address string) bool {
		if address == "" || asked[address] || len(asked) >= maxCandidates || len(address) > maxText {
			return false
		}
		asked[address] = true
		err := s.at(ctx, i, address, routes)
		if first == nil {
			first = err
		}
		return err == nil || ctx.Err() != nil
	}
	if try(i.URL) || try(i.Named) || slices.ContainsFunc(s.page(ctx, i, routes), try) || try(favicon(i.Home)) {
		return ctx.Err()
	}
	if first == nil {
		first = errors.New("nobody says where it is")
	}
	return first
}

// at asks for the icon at one address.
func (s *Stage) at(ctx context.Context, i *news.Icon, address string, routes []string) error {
	var small, large []byte
	req := fetch.Request{
		URL: address, Kind: fetch.Page, Accept: accept, MaxBody: maxIcon, Routes: routes, Isolation: i.SourceID,
		Check: func(r *fetch.Response) (err error) {
			small, large, err = PNGs(r.Body)
			return err
		},
	}
	if address == i.URL && len(i.Small) > 0 {
		req.ETag, req.LastModified, req.Validated = i.ETag, i.LastModified, i.Validated
	}
	resp, err := s.fetcher.Get(ctx, req)
	if err != nil || resp.NotModified {
		return err
	}
	i.URL, i.Small, i.Large = address, small, large
	i.ETag, i.LastModified, i.Validated = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), resp.URL
	if len(i.ETag)+len(i.LastModified)+len(i.Validated) > maxText {
		i.ETag, i.LastModified, i.Validated = "", "", ""
	}
	return nil
}

// page returns the icons that the home page names, the best first.
func (s *Stage) page(ctx context.Context, i *news.Icon, routes []string) []string {
	if i.Home == "" {
		return nil
	}
	resp, err := s.fetcher.Get(ctx, fetch.Request{
		URL: i.Home, Kind: fetch.Page, MaxBody: maxPage, Cut: true, Routes: routes, Isolation: i.SourceID,
	})
	if err != nil {
		return nil // there may be a /favicon.ico all the same
	}
	return Links(resp.Body, resp.URL)
}

// favicon is where the icon of a site is if nothing is said of it.
func favicon(home string) string {
	u, err := url.Parse(home)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/favicon.ico"
}

func bound(s string) string { return news.Cut(s, maxText/8) }
