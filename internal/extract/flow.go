package extract

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"parallax/internal/extract/boilerplate"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

const (
	// batch is how many Items are claimed at once, and lease for how long they are ours: more
	// than the pages of enoughOfSource Items of one host take, two at a time, even if each
	// runs into its time limit. Those that wait longer, behind slow Articles of many pages, are
	// claimed anew before their outlet is asked.
	batch = 128
	lease = 5 * time.Minute
	// longest is how much of its lease an Item needs that is begun, for its page and those that
	// follow: else another node would ask the outlet for the same.
	longest = fetch.DefaultTimeout + wholeTime
	// enoughOfSource is how many Items of one Source may be in hand: while so many are, only
	// those of others are claimed, so that a backlog of one holds up nobody else.
	enoughOfSource = 16
	// perHost is how many pages of one host are awaited at a time: more would only wait in
	// line at the fetcher, which asks a host slowly, and keep workers from others.
	perHost = 2
	// together is how many Articles are saved in one transaction, where so many are ready: a
	// commit costs as much as a few of them.
	together = 32
	// claimPause is how long after a claim that brought nothing, while pages are awaited, the
	// next one is made: what is pushed meanwhile is to be seen within a second.
	claimPause = 200 * time.Millisecond
)

// A flow is one run of the stage: Items are claimed, wait in the line of their host, are
// made into Articles by workers, and are kept as they come.
type flow struct {
	*Stage

	lines   map[string]*line
	turn    []string // lines that may give an Item to a worker, in order
	waiting int      // Items in lines
	running int      // and with workers
	claimed map[string]*news.Item
	bySrc   map[string]int // of them
	done    int

	given, kept int            // turns: the next to be given, and to be kept
	early       map[int]result // made before their turn

	mu       sync.Mutex // guards the maps and what is in them
	sources  map[string]*news.Source
	learners map[string]*boilerplate.Learner
	learned  int // articles since the last remember
}

// A line holds the Items that wait for one host.
type line struct {
	items   []*news.Item
	running int
	inTurn  bool
}

// A result is an Item and what was made of it.
type result struct {
	*news.Item

	made outcome
	turn int // in which order it was given to a worker, among those for which no page is asked
}

// Run makes Articles of all Items that wait.
func (s *Stage) Run(ctx context.Context) error {
	f := &flow{
		Stage: s, lines: map[string]*line{}, claimed: map[string]*news.Item{}, bySrc: map[string]int{}, early: map[int]result{},
		sources: map[string]*news.Source{}, learners: map[string]*boilerplate.Learner{},
	}
	return f.run(ctx)
}

func (f *flow) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	made := make(chan result, f.o.Workers)
	defer func() {
		cancel()
		for ; f.running > 0; f.running-- {
			<-made
		}
		f.giveBack(context.WithoutCancel(ctx))
		if err != nil && f.learned > 0 {
			f.rememberAtLast(context.WithoutCancel(ctx))
		}
	}()
	dry := false // the last claim brought nothing
	again := time.NewTimer(claimPause)
	defer again.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !dry && f.waiting < batch/2 {
			n, err := f.claim(ctx)
			if err != nil {
				return err
			}
			if dry = n == 0; dry {
				again.Reset(claimPause)
			}
		}
		var late []*news.Item
		for f.running < f.o.Workers {
			it, ok := f.next()
			if !ok {
				break
			}
			if f.late(it) {
				late = append(late, f.claimed[it.ID])
				continue
			}
			f.running++
			turn := -1
			if f.host(it) == "" {
				turn = f.given
				f.given++
			}
			go func() { made <- result{it, f.make(ctx, it), turn} }()
		}
		if len(late) > 0 {
			if err := f.release(ctx, late); err != nil {
				return err
			}
			dry = false
			continue
		}
		if f.running == 0 && f.waiting == 0 && dry {
			return f.remember(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
			dry = false
		case r := <-made:
			ready := f.leave(r)
			for len(made) > 0 && len(ready) < together {
				ready = append(ready, f.leave(<-made)...)
			}
			if len(ready) == 0 {
				continue
			}
			if err := f.take(ctx, ready); err != nil {
				return err
			}
		}
	}
}

// claim puts Items into their lines and returns how many.
func (f *flow) claim(ctx context.Context) (int, error) {
	var busy []string
	for id, n := range f.bySrc {
		if n >= enoughOfSource && f.o.Pages {
			busy = append(busy, id)
		}
	}
	slices.Sort(busy)
	items, err := f.o.Store.ClaimItems(ctx, f.o.Now(), lease, batch, busy)
	if err != nil {
		return 0, fmt.Errorf("claim items to extract: %w", err)
	}
	n := 0
	for _, it := range items {
		if f.claimed[it.ID] != nil {
			f.claimed[it.ID] = it
			continue // our lease was over, and we are who claimed it again
		}
		n++
		f.claimed[it.ID] = it
		f.bySrc[it.SourceID]++
		key := f.host(it)
		l := f.lines[key]
		if l == nil {
			l = new(line)
			f.lines[key] = l
		}
		l.items = append(l.items, it)
		f.waiting++
		f.line(key, l)
	}
	return n, nil
}

// host is whose turn an Item takes: that of its page's host, if a page can be asked for.
func (f *flow) host(it *news.Item) string {
	if !f.o.Pages || f.o.Fetcher == nil || !isWeb(it.Link) {
		return ""
	}
	return news.Host(it.Link)
}

// line gives a host a turn if it has work and may have more workers. The Items for which
// no page is asked may have all.
func (f *flow) line(host string, l *line) {
	if !l.inTurn && len(l.items) > 0 && (host == "" || l.running < perHost) {
		l.inTurn = true
		f.turn = append(f.turn, host)
	}
}

// next takes the Item whose turn it is out of its line.
func (f *flow) next() (it *news.Item, ok bool) {
	if len(f.turn) == 0 {
		return nil, false
	}
	host := f.turn[0]
	f.turn = f.turn[1:]
	l := f.lines[host]
	l.inTurn = false
	it, l.items = l.items[0], l.items[1:]
	l.running++
	f.waiting--
	f.line(host, l)
	return it, true
}

// leave says that a worker is done with an Item, and returns what may be kept now. Articles
// for which no page was asked are kept in the order in which their Items were seen: it costs
// next to nothing, and what is learned of them does not depend on who was faster.
func (f *flow) leave(r result) (ready []result) {
	f.running--
	f.free(r.Item)
	if r.turn < 0 {
		return []result{r}
	}
	f.early[r.turn] = r
	for {
		next, ok := f.early[f.kept]
		if !ok {
			return ready
		}
		delete(f.early, f.kept)
		f.kept++
		ready = append(ready, next)
	}
}

// free gives the place of an Item to the next one of its host.
func (f *flow) free(it *news.Item) {
	host := f.host(it)
	l := f.lines[host]
	l.running--
	f.line(host, l)
	if l.running == 0 && len(l.items) == 0 {
		delete(f.lines, host)
	}
}

// late reports whether an Item waited so long that its lease may end before its pages are there.
func (f *flow) late(it *news.Item) bool {
	return f.host(it) != "" && f.claimed[it.ID].Lease.Sub(f.o.Now()) < longest
}

// release gives Items back that wait for no worker, to be claimed anew.
func (f *flow) release(ctx context.Context, items []*news.Item) error {
	for _, it := range items {
		f.free(it)
		f.forget(it)
	}
	if err := f.o.Store.ReleaseItems(ctx, items); err != nil {
		return fmt.Errorf("release items that waited long: %w", err)
	}
	return nil
}

// forget says that an Item is no longer in hand.
func (f *flow) forget(it *news.Item) {
	delete(f.claimed, it.ID)
	if f.bySrc[it.SourceID]--; f.bySrc[it.SourceID] == 0 {
		delete(f.bySrc, it.SourceID)
	}
}

// take keeps what workers have made.
func (f *flow) take(ctx context.Context, ready []result) error {
	for i, err := range f.keep(ctx, ready) {
		if err != nil {
			return err
		}
		it := ready[i].Item
		f.forget(it)
		f.done++
		f.o.Progress.Tell(f.done, f.done+f.running+f.waiting, it.Title)
	}
	if f.learned < rememberEvery {
		return nil
	}
	return f.remember(ctx)
}

// rememberAtLast keeps what was learned of articles that are kept, when the stage is stopped.
func (f *flow) rememberAtLast(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, giveBackTime)
	defer cancel()
	if err := f.remember(ctx); err != nil {
		f.o.Logger.Warn("what sources repeat is learned again", "error", err)
	}
}

// giveBackTime bounds how long a stage that was stopped takes to give back its claims.
const giveBackTime = 5 * time.Second

// giveBack ends the leases of Items that were claimed and not kept. If it fails they end by
// themselves.
func (f *flow) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, giveBackTime)
	defer cancel()
	if err := f.o.Store.ReleaseItems(ctx, slices.Collect(maps.Values(f.claimed))); err != nil {
		f.o.Logger.Warn("claimed items stay claimed until their lease ends", "items", len(f.claimed), "error", err)
	}
}
