// Package extract turns Items, which are what feeds say, into Articles: a title, a
// lead, the text and nothing but the text, authors, dates, language, and of which other
// Article it is a copy. It reads Items that were not extracted yet and writes Articles;
// each Article says in its Basis what its text was taken from and why.
//
// # Which text
//
//  1. The feed's own, if it is the whole article: at least fullText characters (a third
//     of that in scripts that need fewer) that do not break off. This costs no page.
//  2. Else the page's, if pages are to be fetched and the Source is carried with more
//     than a link, unless the page is a challenge, a consent wall or something else than
//     the article: shorter than what the feed says, or without the words of its headline.
//  3. Else the feed's, be it a summary only.
//
// A page that fails is tried again maxTries times in all; a page that is gone, withheld
// or closed to programs (404, 410, 451, robots.txt) is not. Either way the Item becomes
// an Article, from what the feed says.
package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many Items are claimed at a time, and lease for how long: more than a
	// batch takes, even one of a single host that is asked every two seconds, for a second
	// worker should not begin what the first still does. Copies that arrive in one batch
	// are put in order, so it is not small.
	batch = 128
	lease = 5 * time.Minute
	// together is how many Articles are saved in one transaction, where so many are ready: a
	// commit costs as much as a few of them.
	together = 32
	// maxTries is how often a page is asked for; between two tries passes retryAfter,
	// five times as long each time.
	maxTries   = 3
	retryAfter = time.Minute
	// maxRetryAfter bounds how long a server that asks for patience can delay an Item.
	maxRetryAfter = time.Hour
	// wireWindow is how long after another an Article can be its copy.
	wireWindow = 72 * time.Hour
)

// A Store is what extraction needs to remember.
type Store interface {
	ClaimItems(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]*news.Item, error)
	ReleaseItems(ctx context.Context, ids []string) error // gives back what was claimed and not extracted
	// SaveArticles keeps what was extracted, of each all or nothing; the errors are in its order.
	SaveArticles(ctx context.Context, made []news.Extraction, now time.Time) []error
	FailItem(ctx context.Context, itemID, reason string, retryAt time.Time) error
	Similar(ctx context.Context, fingerprint uint64, sourceID string, since time.Time) ([]*news.Article, error)
	Source(ctx context.Context, id string) (*news.Source, error)
}

// A Fetcher gets pages.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Options say with what and how a Stage works.
type Options struct {
	Store   Store
	Fetcher Fetcher // may be nil if Pages is false
	// Pages says whether article pages are fetched where a feed does not give the text.
	Pages    bool
	Workers  int // how many pages are awaited at a time; 0 means 8
	Now      func() time.Time
	Logger   *slog.Logger
	Progress news.Progress
}

// A Stage extracts.
type Stage struct {
	o      Options
	reader *reader
}

// New returns a Stage.
func New(o Options) *Stage {
	if o.Workers <= 0 {
		o.Workers = 8
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Stage{o: o, reader: newReader()}
}

// Name returns "extract".
func (s *Stage) Name() string { return "extract" }

// Run makes Articles of all Items that wait.
func (s *Stage) Run(ctx context.Context) error {
	done := 0
	for {
		items, err := s.o.Store.ClaimItems(ctx, s.o.Now(), lease, batch)
		if err != nil {
			return fmt.Errorf("claim items to extract: %w", err)
		}
		if len(items) == 0 {
			return ctx.Err()
		}
		r := &run{Stage: s, sources: map[string]*news.Source{}, total: done + len(items), done: done}
		if err := r.all(ctx, alternate(items)); err != nil {
			return err
		}
		done += len(items)
	}
}

// alternate orders items so that those of one Source do not follow one another, for the
// pages of one host are fetched slowly.
func alternate(items []*news.Item) []*news.Item {
	var order []string
	queues := map[string][]*news.Item{}
	for _, it := range items {
		if queues[it.SourceID] == nil {
			order = append(order, it.SourceID)
		}
		queues[it.SourceID] = append(queues[it.SourceID], it)
	}
	mixed := make([]*news.Item, 0, len(items))
	for len(mixed) < len(items) {
		for _, id := range order {
			if q := queues[id]; len(q) > 0 {
				mixed = append(mixed, q[0])
				queues[id] = q[1:]
			}
		}
	}
	return mixed
}

// A run is the work on one batch.
type run struct {
	*Stage

	done, total int

	mu      sync.Mutex // guards sources
	sources map[string]*news.Source
}

// all extracts items, several at a time, and keeps them in the order in which they were
// published: of two copies that arrive together the earlier is the original, whosever
// page came first. It ends early only when ctx does or when the store fails.
func (r *run) all(ctx context.Context, items []*news.Item) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	made := make([]chan outcome, len(items))
	for i := range made {
		made[i] = make(chan outcome, 1)
	}
	queue := make(chan int)
	var wg sync.WaitGroup
	for range min(r.o.Workers, len(items)) {
		wg.Go(func() {
			for i := range queue {
				made[i] <- r.make(ctx, items[i])
			}
		})
	}
	wg.Go(func() {
		defer close(queue)
		for i := range items {
			select {
			case queue <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	kept := map[string]bool{}
	order := byPublished(items)
	for len(order) > 0 && ctx.Err() == nil {
		var ready []result
		for _, i := range order[:min(len(order), together)] {
			if len(ready) > 0 && len(made[i]) == 0 {
				break // the others do not wait for it
			}
			select {
			case o := <-made[i]:
				ready = append(ready, result{items[i], o})
			case <-ctx.Done():
			}
		}
		order = order[len(ready):]
		errs := r.keep(ctx, ready)
		for i, it := range ready {
			if errs[i] != nil {
				cancel(errs[i])
				break
			}
			kept[it.ID] = true
			r.done++
			r.o.Progress.Tell(r.done, r.total, it.Title)
		}
	}
	wg.Wait()
	if len(kept) < len(items) {
		r.giveBack(context.WithoutCancel(ctx), items, kept)
	}
	return context.Cause(ctx)
}

// giveBackTime bounds how long a stage that was stopped takes to give back its claims.
const giveBackTime = 5 * time.Second

// giveBack ends the leases of items that were claimed and not kept. If it fails they
// end by themselves.
func (r *run) giveBack(ctx context.Context, items []*news.Item, kept map[string]bool) {
	ctx, cancel := context.WithTimeout(ctx, giveBackTime)
	defer cancel()
	var ids []string
	for _, it := range items {
		if !kept[it.ID] {
			ids = append(ids, it.ID)
		}
	}
	if err := r.o.Store.ReleaseItems(ctx, ids); err != nil {
		r.o.Logger.Warn("claimed items stay claimed until their lease ends", "items", len(ids), "error", err)
	}
}

// byPublished returns the indexes of items in the order in which they were seen, then
// published, as far as that is said and credible.
func byPublished(items []*news.Item) []int {
	when := func(it *news.Item) time.Time {
		if it.Published.IsZero() || it.Published.After(it.FirstSeen) {
			return it.FirstSeen
		}
		return it.Published
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := items[a], items[b]
		return cmp.Or(x.FirstSeen.Compare(y.FirstSeen), when(x).Compare(when(y)), strings.Compare(x.ID, y.ID))
	})
	return order
}

// An outcome is an Article, or why there is none and when to try again.
type outcome struct {
	article *news.Article
	why     string
	retry   time.Time
	err     error // the store failed
}

// make makes an Article of an Item.
func (r *run) make(ctx context.Context, it *news.Item) outcome {
	source, err := r.source(ctx, it.SourceID)
	if err != nil {
		return outcome{err: err}
	}
	type answer struct {
		page  *Page
		why   string
		retry time.Time
	}
	feed, unread := safely(func() feedBody { return feedText(it) })
	if unread != nil {
		r.o.Logger.Error("the feed's text could not be read", "item", it.ID, "url", news.PublicURL(it.Link), "error", unread)
	}
	got, err := safely(func() answer {
		page, why, retry := r.page(ctx, it, feed, source)
		return answer{page, why, retry}
	})
	if err != nil {
		got = answer{why: "the page could not be read: " + err.Error()}
	}
	page, why, retry := got.page, got.why, got.retry
	if unread != nil {
		why = "the feed's text could not be read: " + unread.Error()
	}
	if !retry.IsZero() {
		r.o.Logger.Debug("page is tried again", "item", it.ID, "url", it.Link, "reason", why, "at", retry)
		return outcome{why: why, retry: retry}
	}
	a, err := articleOf(it, feed, source, page, why)
	if err != nil {
		r.o.Logger.Error("article is made of what could be read", "item", it.ID, "url", news.PublicURL(it.Link), "error", err)
	}
	if a == nil {
		return outcome{why: err.Error(), retry: r.o.Now().Add(backoff(it.Tries))}
	}
	return outcome{article: a}
}

// A result is an Item and what was made of it.
type result struct {
	*news.Item

	made outcome
}

// keep saves what was made of some Items. An error says that the store failed or that ctx
// ended; the Item's lease then runs out and it is claimed again.
func (r *run) keep(ctx context.Context, results []result) []error {
	errs := make([]error, len(results))
	var articles []news.Extraction
	var of []int // results
	for i, it := range results {
		switch o := it.made; {
		case ctx.Err() != nil:
			errs[i] = ctx.Err() // what was made may have been cut short
		case o.err != nil:
			errs[i] = o.err
		case o.article == nil:
			errs[i] = r.fail(ctx, it.Item, o.why, o.retry)
		default:
			if errs[i] = r.root(ctx, it.Item, o.article, articles); errs[i] == nil {
				articles = append(articles, news.Extraction{ItemID: it.ID, ItemRevision: it.Revision, Article: o.article})
				of = append(of, i)
			}
		}
	}
	for n, err := range r.o.Store.SaveArticles(ctx, articles, r.o.Now()) {
		switch it := results[of[n]].Item; {
		case err == nil:
		case ctx.Err() != nil:
			errs[of[n]] = ctx.Err()
		default:
			// One Item that cannot be kept must not keep the others from being kept.
			r.o.Logger.Error("article is not saved", "item", it.ID, "url", it.Link, "error", err)
			errs[of[n]] = r.fail(ctx, it, err.Error(), r.o.Now().Add(backoff(it.Tries)))
		}
	}
	return errs
}

func (r *run) fail(ctx context.Context, it *news.Item, why string, at time.Time) error {
	if err := r.o.Store.FailItem(ctx, it.ID, why, at); err != nil {
		return fmt.Errorf("record that item %s failed (%s): %w", it.ID, why, err)
	}
	return nil
}

func (r *run) source(ctx context.Context, id string) (*news.Source, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sources[id]; s != nil {
		return s, nil
	}
	s, err := r.o.Store.Source(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		s, err = &news.Source{ID: id}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read source %s: %w", id, err)
	}
	r.sources[id] = s
	return s, nil
}

// page returns the article's page where one is needed and to be had. Otherwise it says
// why not, and when to try again unless this is settled. The mode of the carriage does
// not matter: it says what readers are shown, and an outlet of which only links are shown
// must be found in its stories as well as any other.
func (r *run) page(ctx context.Context, it *news.Item, feed feedBody, source *news.Source) (p *Page, why string, retry time.Time) {
	switch {
	case feed.full:
		return nil, "", time.Time{}
	case !r.o.Pages || r.o.Fetcher == nil:
		return nil, "pages are not fetched", time.Time{}
	case !isWeb(it.Link):
		return nil, "the entry has no link to a page", time.Time{}
	}
	resp, err := r.o.Fetcher.Get(ctx, fetch.Request{
		URL: it.Link, Kind: fetch.Page, MaxBody: 4 * maxPage, Routes: source.Routes, Isolation: source.ID,
		Accept: "text/html, application/xhtml+xml;q=0.9",
	})
	if err == nil {
		if fetch.Copied(resp.Route) {
			resp.URL = it.Link // the copy's links are the original's
		}
		if p, err = r.reader.read(ctx, resp); err == nil && fetch.Copied(resp.Route) {
			p.via = news.Via{Route: resp.Route, Archived: resp.Archived, Page: true}
		}
	}
	switch {
	case err == nil:
		return p, "", time.Time{}
	case settled(err) || it.Tries+1 >= maxTries:
		return nil, "the page was not to be had: " + reason(err), time.Time{}
	}
	at := r.o.Now().Add(backoff(it.Tries))
	if e, ok := errors.AsType[*fetch.Error](err); ok && e.RetryAt.After(at) {
		at = e.RetryAt
		if latest := r.o.Now().Add(maxRetryAfter); at.After(latest) {
			at = latest
		}
	}
	return nil, reason(err), at
}

func backoff(tries int) time.Duration {
	d := retryAfter
	for range min(tries, maxTries) {
		d *= 5
	}
	return d
}

// settled reports whether asking again would bring the same answer.
func settled(err error) bool {
	if errors.Is(err, fetch.ErrRobots) || errors.Is(err, fetch.ErrTooLarge) {
		return true
	}
	if _, ok := errors.AsType[*pageError](err); ok {
		return true
	}
	e, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return false
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons:
		return true
	}
	return false
}

// reason tells the cause without the URL, which the Article has.
func reason(err error) string {
	if e, ok := errors.AsType[*fetch.Error](err); ok && e.Err != nil {
		err = e.Err
	}
	return news.Cut(err.Error(), 200)
}

// root looks for the Article of which a is a copy: among those of the store and those that
// are about to be saved before it.
func (s *Stage) root(ctx context.Context, it *news.Item, a *news.Article, before []news.Extraction) error {
	if a.Fingerprint == 0 {
		return nil
	}
	stored, err := s.o.Store.Similar(ctx, a.Fingerprint, a.SourceID, a.FirstSeen.Add(-wireWindow))
	if err != nil {
		return fmt.Errorf("look for copies of %s: %w", a.URL, err)
	}
	var near []*news.Article
	for _, b := range before {
		near = append(near, b.Article)
		stored = slices.DeleteFunc(stored, func(old *news.Article) bool { return old.ID == b.Article.ID })
	}
	a.WireRoot = wireRoot(a, append(near, stored...), it.Tries > 0 && it.Revision <= 1)
	return nil
}
