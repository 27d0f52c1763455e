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
//     than a link (package prose finds it; the text in the page's JSON-LD is taken where the
//     page shows much less), unless the page is a challenge, a consent wall or something else than
//     the article: shorter than what the feed says, or without the words of its headline.
//  3. Else the feed's, be it a summary only.
//
// In a page the text is found by the rule of its site, if there is one (package siterule) that
// finds any; else by package prose. Where the rule names a page with the whole text, or the page
// is cut or shows too little and links a version for print or an AMP version, that is asked for,
// too, and taken if it has more; else the pages that follow are added (Page.Whole). All of it is
// asked for as pages are, after robots.txt and in its turn; a page that is whole and links
// nothing that follows costs no further request.
//
// Whatever is taken, links to the rest ("Read more"), notices of who republishes it, and
// blocks that many articles of the Source repeat (package boilerplate) are set apart. Such a
// block is also taken out of the last articles that came before it was known, and out of older
// ones when their Item changes, so that its absence does not look like an edit of the outlet.
//
// A page that fails is tried again maxTries times in all; a page that is gone, withheld
// or closed to programs (404, 410, 451, robots.txt) is not. Either way the Item becomes
// an Article, from what the feed says. A page whose further pages fail is tried again likewise,
// and kept without them in the end.
package extract

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"parallax/internal/extract/shingle"
	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/terms"
)

const (
	// maxTries is how often a page is asked for; between two tries passes retryAfter,
	// five times as long each time.
	maxTries   = 3
	retryAfter = time.Minute
	// maxRetryAfter bounds how long a server that asks for patience can delay an Item.
	maxRetryAfter = time.Hour
)

// A Store is what extraction needs to remember.
type Store interface {
	// ClaimItems claims at most limit items that wait, none of them of a source in busy;
	// nobody else gets them until the lease is over or they are saved.
	ClaimItems(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Item, error)
	ReleaseItems(ctx context.Context, items []*news.Item) error // gives back what was claimed and not extracted
	// SaveArticles keeps what was extracted, of each all or nothing; the errors are in its order.
	SaveArticles(ctx context.Context, made []news.Extraction, now time.Time) []error
	FailItem(ctx context.Context, itemID, reason string, retryAt time.Time) error
	// Similar returns articles of other sources, first seen from one time to another, that have
	// some of the shingles, those with most first; Article returns one with its text.
	Similar(ctx context.Context, shingles []int32, sourceID string, from, to time.Time) ([]*news.Article, error)
	Article(ctx context.Context, id string) (*news.Article, error)
	Source(ctx context.Context, id string) (*news.Source, error)
	// Boilerplate returns what is known of the blocks that the articles of a Source repeat.
	Boilerplate(ctx context.Context, sourceID string) (*news.Boilerplate, error)
	SaveBoilerplate(ctx context.Context, list []*news.Boilerplate) error
	// LastArticles returns the last articles of a Source, whole.
	LastArticles(ctx context.Context, sourceID string, limit int) ([]*news.Article, error)
	// CleanArticle changes the text of an article, and that of its revisions, by clean, which
	// reports whether it changed anything. The outlet did not: no revision is made.
	CleanArticle(ctx context.Context, id string, clean func(*news.Article) bool, now time.Time) error
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
	Rules    *siterule.Set // for the sites of the pages; may be nil
	Workers  int           // how many pages are awaited at a time; 0 means 8
	Now      func() time.Time
	Logger   *slog.Logger
	Progress news.Progress
}

// A Stage extracts.
type Stage struct {
	o      Options
	reader *reader
	texts  recent // only who keeps articles uses it, one after the other
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
	return &Stage{o: o, reader: newReader(o.Rules)}
}

// Name returns "extract".
func (s *Stage) Name() string { return "extract" }

// An outcome is an Article, or why there is none and when to try again.
type outcome struct {
	article *news.Article
	text    *shingle.Text // of article
	why     string
	retry   time.Time
	err     error // the store failed
}

// make makes an Article of an Item.
func (f *flow) make(ctx context.Context, it *news.Item) outcome {
	source, err := f.source(ctx, it.SourceID)
	if err != nil {
		return outcome{err: err}
	}
	repeated, err := f.repeated(ctx, it.SourceID)
	if err != nil {
		return outcome{err: err}
	}
	type answer struct {
		page  *Page
		why   string
		retry time.Time
	}
	feed, unread := safely(func() feedBody { return feedText(it, repeated) })
	if unread != nil {
		f.o.Logger.Error("the feed's text could not be read", "item", it.ID, "url", news.PublicURL(it.Link), "error", unread)
	}
	got, err := safely(func() answer {
		page, why, retry := f.page(ctx, it, feed, source)
		if page != nil {
			page.body = page.body.without(repeated)
		}
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
		f.o.Logger.Debug("page is tried again", "item", it.ID, "url", it.Link, "reason", why, "at", retry)
		return outcome{why: why, retry: retry}
	}
	a, err := articleOf(it, feed, source, page, why)
	if err != nil {
		f.o.Logger.Error("article is made of what could be read", "item", it.ID, "url", news.PublicURL(it.Link), "error", err)
	}
	if a == nil {
		return outcome{why: err.Error(), retry: f.o.Now().Add(backoff(it.Tries))}
	}
	illustrate(a, source)
	a.Terms = said(it, page)
	return outcome{article: a, text: shingle.Of(a.Title, a.Text)}
}

// keep saves what was made of some Items. An error says that the store failed or that ctx
// ended; the Item's lease then runs out and it is claimed again.
func (f *flow) keep(ctx context.Context, results []result) []error {
	errs := make([]error, len(results))
	var articles []news.Extraction
	var before []made
	var of []int // results
	if err := f.learn(ctx, results); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	for i, it := range results {
		switch o := it.made; {
		case ctx.Err() != nil:
			errs[i] = ctx.Err() // what was made may have been cut short
		case o.err != nil:
			errs[i] = o.err
		case o.article == nil:
			errs[i] = f.fail(ctx, it.Item, o.why, o.retry)
		default:
			e := news.Extraction{ItemID: it.ID, ItemRevision: it.Revision, Article: o.article}
			if errs[i] = f.root(ctx, &e, o.text, before); errs[i] == nil {
				articles, before, of = append(articles, e), append(before, made{o.article, o.text}), append(of, i)
			}
		}
	}
	for n, err := range f.o.Store.SaveArticles(ctx, articles, f.o.Now()) {
		switch it := results[of[n]].Item; {
		case err == nil:
		case ctx.Err() != nil:
			errs[of[n]] = ctx.Err()
		default:
			// One Item that cannot be kept must not keep the others from being kept.
			f.o.Logger.Error("article is not saved", "item", it.ID, "url", it.Link, "error", err)
			errs[of[n]] = f.fail(ctx, it, err.Error(), f.o.Now().Add(backoff(it.Tries)))
		}
	}
	return errs
}

func (f *flow) fail(ctx context.Context, it *news.Item, why string, at time.Time) error {
	if err := f.o.Store.FailItem(ctx, it.ID, why, at); err != nil {
		return fmt.Errorf("record that item %s failed (%s): %w", it.ID, why, err)
	}
	return nil
}

func (f *flow) source(ctx context.Context, id string) (*news.Source, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sources[id]; s != nil {
		return s, nil
	}
	s, err := f.o.Store.Source(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		s, err = &news.Source{ID: id}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read source %s: %w", id, err)
	}
	f.sources[id] = s
	return s, nil
}

// page returns the article's page where one is needed and to be had. Otherwise it says
// why not, and when to try again unless this is settled. The mode of the carriage does
// not matter: it says what readers are shown, and an outlet of which only links are shown
// must be found in its stories as well as any other.
func (f *flow) page(ctx context.Context, it *news.Item, feed feedBody, source *news.Source) (_ *Page, why string, retry time.Time) {
	switch {
	case feed.full:
		return nil, "", time.Time{}
	case !f.o.Pages || f.o.Fetcher == nil:
		return nil, "pages are not fetched", time.Time{}
	case !isWeb(it.Link):
		return nil, "the entry has no link to a page", time.Time{}
	}
	get := func(ctx context.Context, url string) (*Page, error) { return f.get(ctx, url, source) }
	p, err := get(ctx, it.Link)
	if err == nil {
		p, err = p.Whole(ctx, it, feed.size, get)
	}
	switch {
	case err == nil:
		return p, "", time.Time{}
	case settled(err) || it.Tries+1 >= maxTries:
		if p != nil { // what failed were further pages
			return p, "", time.Time{}
		}
		return nil, "the page was not to be had: " + reason(err), time.Time{}
	}
	at := f.o.Now().Add(backoff(it.Tries))
	if e, ok := errors.AsType[*fetch.Error](err); ok && e.RetryAt.After(at) {
		at = e.RetryAt
		if latest := f.o.Now().Add(maxRetryAfter); at.After(latest) {
			at = latest
		}
	}
	return nil, reason(err), at
}

// get asks a site for a page and reads it.
func (s *Stage) get(ctx context.Context, url string, source *news.Source) (*Page, error) {
	resp, err := s.o.Fetcher.Get(ctx, fetch.Request{
		URL: url, Kind: fetch.Page, MaxBody: maxPage, Routes: source.Routes, Isolation: source.ID,
		Accept: "text/html, application/xhtml+xml;q=0.9",
	})
	if err != nil {
		return nil, err
	}
	if fetch.Copied(resp.Route) {
		resp.URL = url // the copy's links are the original's
	}
	p, err := s.reader.read(ctx, resp)
	if err != nil {
		return nil, err
	}
	if fetch.Copied(resp.Route) {
		p.via = news.Via{Route: resp.Route, Archived: resp.Archived, Page: true}
	}
	p.Terms = append(terms.InHeader(resp.Header, fetch.Links(resp.Header, "license"), news.PublicURL(resp.URL)), p.Terms...)
	return p, nil
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
	e, asked := errors.AsType[*fetch.Error](err)
	if errors.Is(err, fetch.ErrRobots) {
		return !asked || e.RetryAt.IsZero() // else nobody could read its rules just now
	}
	if errors.Is(err, fetch.ErrTooLarge) {
		return true
	}
	if _, ok := errors.AsType[*pageError](err); ok {
		return true
	}
	if !asked {
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
