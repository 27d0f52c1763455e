// Package newsroom is an invented world of news for the demo and the end-to-end
// tests: outlets that do not exist tell, over three days, of events that did not
// happen. It also replays feeds that were recorded from real outlets. In go times at
// which the world's clock shall stand; out come real HTTP servers on loopback.
//
// # The world
//
// Two countries, Lorvane and Keldmark, quarrel over the river Sarn, the harbour at
// its mouth and an island. Each has a state broadcaster, a private paper, a party
// paper and a paper of its German-speaking villages; outlets elsewhere, among them a
// news agency, an Arabic paper and a public broadcaster, look on. Both sides are
// treated wholly alike: for what one does there is what the other does. The texts are
// in world/: outlets.toml, and one txtar file for each event with what each outlet
// says about it, see parseEvent.
//
// Start serves each outlet on a port of its own: home page with autodiscovery, a feed
// (RSS 2.0, RSS 1.0, Atom or JSON Feed), article pages with what surrounds articles,
// robots.txt, an about page. A feed shows what is published by the world's clock.
// Some things are changed afterwards: each state broadcaster edits two articles
// silently, a trade paper retracts one. One pair of edits happens on day 2, the rest
// between World.Evening and World.End: the clock stands at the evening at first, so
// that all three days can be seen at once, and World.At(World.End()) brings the rest.
// One outlet answers 451, one is down.
//
// World.HubTOML writes an ordinary hub.toml for these outlets. Nothing in the hub
// knows that they are invented.
//
// # Replay
//
// Replay serves a folder of recorded snapshots DIR/FEED/UTC.xml.gz as if it were the
// outlets, each capture from its time on. Replayed.Expect tells, from the list of
// items beside the folder and not from our own parser, what a hub must have kept.
package newsroom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// days is how long the world lasts.
const days = 3

// When the world's three days have been told, and when everything has happened.
const (
	evening = 2*24*time.Hour + 19*time.Hour + 45*time.Minute
	end     = 2*24*time.Hour + 20*time.Hour
)

// The sides of the lens that HubTOML declares, in alphabetical order, the others last.
var sides = []struct{ id, title string }{
	{"keldmark", "Keldmark"},
	{"lorvane", "Lorvane"},
	{"elsewhere", "Elsewhere"},
}

func sideIDs() []string {
	var ids []string
	for _, s := range sides {
		ids = append(ids, s.id)
	}
	return ids
}

// Options say when and where the world is played. The zero value is good.
type Options struct {
	// Start is midnight before day 1 in the world's own time zone. Zero: such that
	// World.End is just past.
	Start time.Time
	// Now is the world's clock until At is called. Nil: it stands at World.Evening.
	Now func() time.Time
	// Port is the first of the ports on which the outlets listen, one after the other
	// in the order of their ids. With it addresses are the same at every start. 0: any
	// free ports.
	Port int
	// Hub is the address of a WebSub hub that all feeds name but those in RSS 1.0; "": none.
	Hub string
	// Logger hears of every request at level Debug. Nil: nobody does.
	Logger *slog.Logger
}

// StartFor returns the start of a world whose third evening ends at present or up to
// a quarter of an hour before. The world lies in a time zone in which it is evening
// now, so that what its outlets call "this morning" was in the morning.
func StartFor(present time.Time) time.Time {
	const day, quarter = 24 * time.Hour, 15 * time.Minute
	utc := present.UTC()
	// How far to go east until it is 20:00, rounded up; a day more keeps it positive
	// while it is rounded.
	shift := (end%day-utc.Sub(utc.Truncate(day))+day+quarter-1)/quarter*quarter - day
	if shift > 14*time.Hour { // there are no zones further east
		shift -= day
	}
	local := present.In(time.FixedZone("", int(shift/time.Second)))
	return time.Date(local.Year(), local.Month(), local.Day()-2, 0, 0, 0, 0, local.Location())
}

// A World is the invented outlets while their servers run.
type World struct {
	script      *Script
	start       time.Time
	urls        map[string]string // outlet id -> its address, without a slash at the end
	observatory string            // address of the register of outlets
	hub         string            // WebSub
	servers
	clock
}

// Start starts the servers of all outlets. They run until Close is called or ctx ends.
func Start(ctx context.Context, o Options) (*World, error) {
	script, err := Load()
	if err != nil {
		return nil, fmt.Errorf("load the invented world: %w", err)
	}
	if o.Start.IsZero() {
		o.Start = StartFor(time.Now())
	}
	w := &World{script: script, start: o.Start, urls: map[string]string{}, hub: o.Hub}
	w.log = o.Logger
	w.now = o.Now
	if w.now == nil {
		w.At(w.Evening())
	}
	for i, outlet := range script.Outlets {
		if outlet.State == Down {
			// With fixed ports its own is left free; without them port 1 (tcpmux) is where
			// nothing listens. A port that was free a moment ago may be taken by a neighbour.
			w.urls[outlet.ID] = fmt.Sprintf("http://127.0.0.1:%d", 1)
			if o.Port > 0 {
				w.urls[outlet.ID] = fmt.Sprintf("http://127.0.0.1:%d", o.Port+i)
			}
			continue
		}
		if w.urls[outlet.ID], err = w.serve(ctx, port(o.Port, i), w.handler(outlet)); err != nil {
			w.Close()
			return nil, fmt.Errorf("start the server of %s: %w", outlet.ID, err)
		}
	}
	if w.observatory, err = w.serve(ctx, port(o.Port, len(script.Outlets)), w.observatoryHandler()); err != nil {
		w.Close()
		return nil, fmt.Errorf("start the register of outlets: %w", err)
	}
	w.closeWith(ctx)
	return w, nil
}

func port(first, i int) int {
	if first == 0 {
		return 0
	}
	return first + i
}

// Evening is when all three days have been told. What happens after it are changes
// only.
func (w *World) Evening() time.Time { return w.start.Add(evening) }

// End is when everything has happened.
func (w *World) End() time.Time { return w.start.Add(end) }

// Day returns midnight before day n.
func (w *World) Day(n int) time.Time { return w.start.Add(time.Duration(n-1) * 24 * time.Hour) }

// Script returns what is played.
func (w *World) Script() *Script { return w.script }

// Home returns the address of an outlet's home page.
func (w *World) Home(outletID string) string { return w.urls[outletID] + "/" }

// FeedURL returns the address of an outlet's feed, or "".
func (w *World) FeedURL(outletID string) string {
	for _, o := range w.script.Outlets {
		if o.ID == outletID {
			return w.urls[o.ID] + o.Feed
		}
	}
	return ""
}

// URL returns the address of what an outlet tells about an event.
func (w *World) URL(t *Telling) string {
	day := w.start.Add(t.Versions[0].From)
	return w.urls[t.Outlet.ID] + strings.NewReplacer(
		"{date}", day.Format("2006/01/02"), "{slug}", t.slug(), "{n}", fmt.Sprint(number(t)),
	).Replace(t.Outlet.Permalink)
}

// chartURL returns the address of the picture of the telling, or "".
func (w *World) chartURL(t *Telling) string {
	if t.Versions[0].Chart == nil {
		return ""
	}
	return fmt.Sprintf("%s/pictures/%d.png", w.urls[t.Outlet.ID], number(t))
}

// GUID returns the id that the outlet's feed gives to the telling.
func (w *World) GUID(t *Telling) string {
	switch t.Outlet.GUID {
	case "tag": // RFC 4151
		return fmt.Sprintf("tag:%s.example,2019:%d", t.Outlet.ID, number(t))
	case "number":
		return fmt.Sprintf("%s-%d", t.Outlet.ID, number(t))
	case "query":
		return fmt.Sprintf("%s/?p=%d", w.urls[t.Outlet.ID], number(t))
	}
	return w.URL(t)
}

// number is what the content management of the outlet calls the article: not 1, for
// outlets are older than the quarrel.
func number(t *Telling) int { return 40_000 + 7*t.N }

// offset returns the world's clock since its start.
func (w *World) offset() time.Duration { return w.Now().Sub(w.start) }

// A clock is either somebody else's or stands where At put it.
type clock struct {
	mu  sync.Mutex // guards now
	now func() time.Time
}

// At makes the clock stand at t.
func (c *clock) At(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = func() time.Time { return t }
}

// Now returns what the clock says.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	now := c.now
	c.mu.Unlock()
	return now()
}

// servers are HTTP servers on loopback that end together.
type servers struct {
	log     *slog.Logger
	list    []*http.Server
	running sync.WaitGroup
	once    sync.Once
	stopMu  sync.Mutex // guards stop, for ctx may end while closeWith runs
	stop    func() bool
}

// serve starts a server on a port of 127.0.0.1 and returns its address.
func (s *servers) serve(ctx context.Context, port int, h http.Handler) (string, error) {
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return "", err
	}
	url := "http://" + l.Addr().String()
	srv := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.log.DebugContext(r.Context(), "request to an outlet", "url", url+r.URL.Path, "user_agent", r.UserAgent())
			h.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.list = append(s.list, srv)
	s.running.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.ErrorContext(ctx, "server of an outlet ended", "url", url, "error", err)
		}
	})
	return url, nil
}

// closeWith makes the end of ctx the end of the servers.
func (s *servers) closeWith(ctx context.Context) {
	s.stopMu.Lock()
	defer s.stopMu.Unlock()
	s.stop = context.AfterFunc(ctx, s.Close)
}

// Close stops all servers and waits until they have ended.
func (s *servers) Close() {
	s.once.Do(func() {
		s.stopMu.Lock()
		if s.stop != nil {
			s.stop()
		}
		s.stopMu.Unlock()
		for _, srv := range s.list {
			_ = srv.Close() // listeners on loopback have nothing left to lose
		}
	})
	s.running.Wait()
}
