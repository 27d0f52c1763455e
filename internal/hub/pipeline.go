// Package hub is the program: it reads hub.toml, opens the store, wires the stages of
// the pipeline to it, runs them, and answers readers through package web.
//
// To find your way, begin with pipeline in this file: it is the whole program on one
// page.
package hub

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// A Stage does all the work there is for it, then returns. What is not done is a row
// in the store that says so, so a crash or an upgrade simply resumes.
type Stage interface {
	Name() string
	Run(ctx context.Context) error
}

// pipeline is the program. Each line reads what the one above wrote, through the
// store only; no stage knows another. What waits is a row in the store and nothing else: a
// stage that has done something rings for the next one (bells), which then need not rest to
// the end before it looks, and that is all that is lost if nobody hears.
func (h *Hub) pipeline() []Stage {
	return []Stage{
		h.ingest(),              // Feed       -> Items
		h.extract(),             // Item       -> Article
		h.alone(h.cluster()),    // Article    -> Story
		h.alone(h.relate()),     // Story      -> Relation: with stories of other languages, and with earlier ones
		h.alone(h.compare()),    // Story      -> Comparison, one per Lens
		h.alone(h.assistant()),  // Story      -> Gists and Translations, by a machine, checked; where the operator named one
		h.alone(h.publish()),    // what ended -> withdrawn
		h.alone(h.icon()),       // Source     -> its icon, once
		h.alone(h.illustrate()), // Article    -> its pictures, once, where the whole text is carried
		h.alone(h.notice()),     // Source     -> its notice: what its site says of the use of its work
		h.alone(h.declare()),    // Source     -> its Declaration: what its site says of who stands behind it
		h.subscribe(),           // Feed       -> Subscription: a WebSub hub pushes what is new into ingest
		h.distribute(),          // feeds      -> Subscriber: who asked for it is pushed what is new in ours
		h.alone(h.digest()),     // Stories    -> MailSubscriber: who asked for it gets the digest by e-mail
	}
}

// only returns the stages of those names, or all where none is named.
func only(stages []Stage, names []string) ([]Stage, error) {
	if len(names) == 0 {
		return stages, nil
	}
	var kept []Stage
	var known []string
	for _, s := range stages {
		known = append(known, s.Name())
		if slices.Contains(names, s.Name()) {
			kept = append(kept, s)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no stage %q; the stages are %s", name, strings.Join(known, ", "))
		}
	}
	return kept, nil
}

// Run runs every stage once, in order: what the feeds have now is on the pages
// afterwards. A stage that fails does not keep the next ones from their work.
func (h *Hub) Run(ctx context.Context) error {
	var errs []error
	for _, s := range h.stages {
		if err := h.runStage(ctx, s); err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(errs...)
}

// pause is how long a stage rests when it has done all the work there is. Asking the
// store for work costs it one indexed query.
const pause = 2 * time.Second

// shortestPause is how long it rests at least although its bell rings, so that a stage which
// is rung for every article on a busy day does many at a time.
const shortestPause = 100 * time.Millisecond

// longestPause bounds how long a failing stage waits before it tries again.
const longestPause = time.Minute

// keepRunning runs every stage again and again until ctx ends, each at its own pace,
// so that a slow feed holds up no other stage.
func (h *Hub) keepRunning(ctx context.Context) {
	var wg sync.WaitGroup
	for _, s := range h.stages {
		wg.Go(func() {
			wait := pause
			for {
				bell := h.bells[s.Name()]
				switch err := h.runStage(ctx, s); {
				case ctx.Err() != nil:
					return
				case err != nil:
					wait = min(2*wait, longestPause)
					bell = nil // whatever comes, it would fail again
					h.log.Error("stage failed", "stage", s.Name(), "error", err, "again_in", wait)
				default:
					wait = pause
				}
				if !rest(ctx, wait, bell) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// rest returns after wait, or earlier when the bell rings; false when ctx has ended.
func rest(ctx context.Context, wait time.Duration, bell <-chan struct{}) bool {
	ended := time.Now()
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	case <-bell:
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Until(ended.Add(min(wait, shortestPause)))):
		return true
	}
}

// runStage runs one stage once, measured, and survives its panic.
func (h *Hub) runStage(ctx context.Context, s Stage) (err error) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("stage panicked", "stage", s.Name(), "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: panic: %v", s.Name(), p)
		}
		h.metrics.stageDone(s.Name(), time.Since(start), err)
	}()
	if err := s.Run(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.Name(), err)
	}
	return nil
}

// alone makes a stage run in one process at a time, however many share the database:
// a node runs it while it holds the lease of that name.
func (h *Hub) alone(s Stage) Stage { return &leased{Stage: s, hub: h} }

type leased struct {
	Stage
	hub *Hub
}

// leaseTime is how long a node that died keeps others from a stage.
const leaseTime = time.Minute

// askAgain is how often a lease that another process holds is asked for.
const askAgain = time.Second

// Run waits for the lease, runs the stage, and gives the lease back; it prolongs the
// lease meanwhile. When another process has it all the same, or it could not be
// prolonged for as long as it lasts (the machine slept, the database was away), the
// stage is told to stop.
func (l *leased) Run(ctx context.Context) error {
	for {
		mine, err := l.lease(ctx)
		if err != nil {
			return err
		}
		if mine {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(askAgain):
		}
	}
	return l.hold(ctx)
}

// hold runs the stage while the lease is this process's. It gives the lease back
// whatever happens, a panic included.
func (l *leased) hold(ctx context.Context) (err error) {
	ctx, stop := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer func() {
		stop(nil)
		wg.Wait()
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		err = errors.Join(err, l.hub.db.Release(free, l.Name(), l.hub.node))
	}()
	wg.Go(func() {
		until := time.Now().Add(leaseTime)
		tick := time.NewTicker(leaseTime / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			switch mine, err := l.lease(ctx); {
			case err == nil && mine:
				until = time.Now().Add(leaseTime)
			case err == nil:
				stop(errLeaseLost)
			case time.Now().After(until.Add(-leaseTime / 4)):
				stop(fmt.Errorf("the lease could not be prolonged: %w", err))
			}
		}
	})
	err = l.Stage.Run(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// releaseTime bounds how long giving a lease back may take; if it fails it ends by itself.
const releaseTime = 5 * time.Second

func (l *leased) lease(ctx context.Context) (bool, error) {
	return l.hub.db.Lease(ctx, l.Name(), l.hub.node, l.hub.now(), leaseTime)
}

var errLeaseLost = errors.New("another node has taken over")

// lenses returns every lens of the hub, the operator's first, and all sources, those
// that are retired or not carried included: what they said before still has a side.
func (h *Hub) lenses(ctx context.Context) ([]news.Lens, []*news.Source, error) {
	sources, err := h.db.Sources(ctx)
	if err != nil {
		return nil, nil, err
	}
	c := h.config()
	return append(c.NewsLenses(), news.BuiltInLenses(sources, c.countryName, lang.LanguageName)...), sources, nil
}
