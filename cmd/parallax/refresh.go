package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/store"
)

type refreshCmd struct {
	What []string `arg:"" optional:"" placeholder:"SOURCE|URL" help:"Ids of outlets, or URLs of feeds."`
	All  bool     `help:"Every feed."`
	Wait bool     `help:"Return when a running hub has asked for all of them."`
}

// Help implements kong's detailed help.
func (refreshCmd) Help() string {
	return `Makes feeds due now, whatever their schedule says. The hub that serves, or the next
"parallax run", asks for them, still politely: one host's feeds in turn, and none before
a time that its server named. With --wait it says how many are left, and at the end which
failed.

Example:
  parallax refresh harbour-times
  parallax refresh --all --wait`
}

// waitStep is how long refresh waits between two looks at the store, at first and at most.
const (
	waitStep    = 20 * time.Millisecond
	maxWaitStep = 500 * time.Millisecond
)

// stuckAfter is how long nothing may move before refresh asks whether a hub runs, which
// would look at what is due every two seconds.
const stuckAfter = 6 * time.Second

// Run implements the command.
func (c refreshCmd) Run(e *env) (err error) {
	if c.All == (len(c.What) > 0) {
		return hinted{errors.New("name outlets or feeds, or say --all"), "parallax refresh --all makes every feed due"}
	}
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := time.Now()
	// What was added to hub.toml just now is meant, too.
	if err := db.ApplySources(e.ctx, cfg.NewsSources(), now); err != nil {
		return err
	}
	ids, err := db.Refresh(e.ctx, c.What, now)
	if errors.Is(err, news.ErrNotFound) {
		return hinted{err, "give an outlet's id as in hub.toml, or a feed's exact URL"}
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(e.out, "%s due\n", feeds(len(ids)))
	if len(ids) == 0 && !c.All {
		return hinted{errors.New("nothing of these is asked for now: what is not carried, or was taken down, is not"), "parallax doctor " + strings.Join(c.What, " ") + " says why"}
	}
	if !c.Wait || len(ids) == 0 {
		return nil
	}
	waited := ids
	if c.All {
		waited = nil // to count all is less than to count thousands by their ids
	}
	if err := waitFor(e, db, waited, now); err != nil {
		return err
	}
	return tellFailing(e, db, ids, now)
}

func feeds(n int) string {
	if n == 1 {
		return "1 feed"
	}
	return fmt.Sprintf("%d feeds", n)
}

// openStore reads the configuration and opens the database that it names.
func openStore(e *env) (*hub.Config, *store.DB, error) {
	cfg, err := hub.Load(e.config)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(e.ctx, cfg.DSN(), store.Options{Logger: e.log})
	return cfg, db, err
}

// waitFor returns when none of the feeds, nil for all, that were asked for waits any more.
func waitFor(e *env, db *store.DB, ids []string, now time.Time) error {
	b := newBoard(e)
	defer b.close()
	tell := b.stage("refresh")
	first, least, moved, warned := 0, 0, time.Now(), false
	for step := waitStep; ; step = min(2*step, maxWaitStep) {
		n, err := db.Requested(e.ctx, ids, now)
		if err != nil {
			return err
		}
		if first == 0 {
			first, least = n, n
		}
		if n < least {
			least, moved = n, time.Now()
		}
		tell(first-n, first, fmt.Sprintf("%s left", feeds(n)))
		if n == 0 {
			return nil
		}
		if !warned && time.Since(moved) > stuckAfter {
			warned = true
			_, _ = fmt.Fprintf(e.err, "nothing has moved for %s: does a hub run? Start parallax serve or parallax run (stop waiting with Ctrl-C)\n", stuckAfter)
		}
		select {
		case <-e.ctx.Done():
			return e.ctx.Err()
		case <-time.After(step):
		}
	}
}

// tellFailing names the feeds among ids that could not be read, and those that were not
// asked for because their host wants to be left alone.
func tellFailing(e *env, db *store.DB, ids []string, now time.Time) error {
	all, err := db.Feeds(e.ctx, "")
	if err != nil {
		return err
	}
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	all = slices.DeleteFunc(all, func(f *news.Feed) bool { return !asked[f.ID] })
	sayRefreshed(e.out, all, now)
	return nil
}

func sayRefreshed(w io.Writer, all []*news.Feed, now time.Time) {
	failing, held := 0, 0
	for _, f := range all {
		switch {
		case f.LastTry.Before(now.Truncate(time.Millisecond)):
			held++
			_, _ = fmt.Fprintf(w, "  %s: %s\n    not asked: %s; next try %s\n", f.SourceID, news.PublicURL(f.URL), f.DueWhy, until(f.Due, now))
		case f.Failures > 0:
			failing++
			_, _ = fmt.Fprintf(w, "  %s: %s\n    %s; next try %s\n", f.SourceID, news.PublicURL(f.URL), f.LastError, until(f.Due, now))
		}
	}
	if failing > 0 {
		_, _ = fmt.Fprintf(w, "%d of %s failed\n", failing, feeds(len(all)))
	}
	if held > 0 {
		_, _ = fmt.Fprintf(w, "%d of %s not asked\n", held, feeds(len(all)))
	}
}
