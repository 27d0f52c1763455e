package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/cluster/across"
	"parallax/internal/cluster/embeddings"
	"parallax/internal/compare"
	"parallax/internal/declare"
	"parallax/internal/distribute"
	"parallax/internal/endpoint"
	"parallax/internal/extract"
	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/icon"
	"parallax/internal/illustrate"
	"parallax/internal/ingest"
	"parallax/internal/news"
	"parallax/internal/notice"
	"parallax/internal/publish"
	"parallax/internal/store"
	"parallax/internal/websub"
)

// Version of the program; releases set it at link time.
var Version = "0.1.0-dev"

// Options of a Hub besides its configuration.
type Options struct {
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Progress returns whom a stage tells how far it is; nil means nobody.
	Progress func(stage string) news.Progress
	// Stages names those that run here; none means all. The others are for other nodes.
	Stages []string
	// OnRequest says that feeds are asked for only when parallax refresh names them.
	OnRequest bool
}

// A Hub is a running installation: a configuration, a store, and the stages between.
type Hub struct {
	log         *slog.Logger
	now         func() time.Time
	progress    func(stage string) news.Progress
	requestOnly bool   // feeds are asked for on request only
	node        string // this process, among those that share the store

	db      *store.DB
	client  *fetch.Client
	metrics *metrics
	bells   bells
	ingests *ingest.Stage
	pushes  *websub.Subscriber // nil where nobody could push
	tells   *distribute.Hub    // nil where nobody could subscribe
	caller  *fetch.Client      // by which subscribers are told; nil likewise
	site    atomic.Pointer[http.Handler]
	stages  []Stage
	rules   *siterule.Set      // of the operator, for sites; may be nil
	embeds  *embeddings.Client // nil where there is no endpoint
	meaning *cluster.Meaning   // nil: what is shipped

	helper *endpoint.Client // of the assistant; nil where there is none
	mail   *post            // sends the digest; nil where there is none

	mu  sync.RWMutex // guards cfg, which a changed hub.toml replaces
	cfg *Config
}

// Open opens the store and applies what the configuration declares. The caller closes
// the Hub.
func Open(ctx context.Context, cfg *Config, o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(string) news.Progress { return nil }
	}
	if cfg.Hub.Database == "" {
		const private = 0o700
		if err := os.MkdirAll(cfg.DataDir(), private); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
	}
	rules, err := cfg.SiteRules()
	if err != nil {
		return nil, err
	}
	meaning, err := cfg.Meaning()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, cfg.DSN(), store.Options{Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	if err := db.ApplySources(ctx, cfg.NewsSources(), o.Now()); err != nil {
		return nil, errors.Join(fmt.Errorf("apply %s: %w", cfg.file, err), db.Close())
	}
	h := &Hub{
		log: o.Logger, now: o.Now, progress: o.Progress, requestOnly: o.OnRequest, node: rand.Text(),
		db: db, client: NewClient(cfg, db, o.Now, o.Logger), cfg: cfg, rules: rules, meaning: meaning,
	}
	h.warn(rules)
	if err := h.compareAgain(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.metrics = newMetrics(h)
	if h.embeds = NewEmbedder(cfg, o.Now, o.Logger, h.metrics.embedded); h.embeds != nil {
		for _, r := range embeddings.Results {
			h.metrics.embedded(r, 0) // shows a zero
		}
	}
	h.ingests = h.newIngest()
	if err := h.subscribeOrNot(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.takeSubscribers()
	if err := h.openMail(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if h.stages, err = only(h.pipeline(), o.Stages); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.bells = newBells(h.stages)
	return h, nil
}

// compareAgain has the stories of late compared again if the lenses, or who stands where, are
// not those of the last time.
func (h *Hub) compareAgain(ctx context.Context) error {
	lenses, sources, err := h.lenses(ctx)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for _, l := range lenses {
		_, _ = fmt.Fprintf(sum, "%q %q\n", l.ID, l.Sides)
		for _, s := range sources {
			_, _ = fmt.Fprintf(sum, "%q %q %t\n", s.ID, l.SideOf(s), s.Retired.IsZero())
		}
	}
	n, err := h.db.CompareAgain(ctx, hex.EncodeToString(sum.Sum(nil)), h.now())
	if n > 0 {
		h.log.Info("lenses or sides have changed, comparing again", "stories", n)
	}
	return err
}

// NewClient returns the way out to the network that cfg describes. Hosts remembers which
// hosts want to be left alone; it may be nil, for commands that have no store.
func NewClient(cfg *Config, hosts fetch.HostMemory, now func() time.Time, log *slog.Logger) *fetch.Client {
	contact := cfg.Hub.Contact
	if contact == "" {
		contact = cfg.URL()
	}
	delay := time.Duration(cfg.Fetch.PerHostDelay)
	if delay == 0 {
		delay = -1 // the operator wants none; 0 would be the default
	}
	return fetch.New(fetch.Options{
		UserAgent:    "Parallax/" + Version,
		Contact:      contact,
		Timeout:      time.Duration(cfg.Fetch.Timeout),
		MaxBody:      cfg.Fetch.MaxBody,
		PerHostDelay: delay,
		AllowPrivate: cfg.Fetch.AllowPrivate,
		Hosts:        hosts,
		Now:          now,
		Logger:       log,
	})
}

// Close closes the store. No stage may be running.
func (h *Hub) Close() error {
	h.client.Close()
	if h.caller != nil {
		h.caller.Close()
	}
	if h.helper != nil {
		h.helper.Close()
	}
	if h.embeds != nil {
		h.embeds.Close()
	}
	return errors.Join(h.closeMail(), h.db.Close())
}

// Store returns what the hub remembers, for commands that show it.
func (h *Hub) Store() *store.DB { return h.db }

// Now returns the time by the hub's clock.
func (h *Hub) Now() time.Time { return h.now() }

// Counts says how much the hub holds, counted now.
func (h *Hub) Counts(ctx context.Context) (news.Counts, error) { return h.db.FreshCounts(ctx, h.now()) }

func (h *Hub) config() *Config {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.cfg
}

// Apply replaces the outlets, lenses and topics by those of cfg, while the hub runs. The other
// settings take effect at the next start.
func (h *Hub) Apply(ctx context.Context, cfg *Config) error {
	if err := h.db.ApplySources(ctx, cfg.NewsSources(), h.now()); err != nil {
		return fmt.Errorf("apply %s: %w", cfg.file, err)
	}
	h.mu.Lock()
	changed := *h.cfg
	changed.Lenses, changed.Topics, changed.Sources, changed.text = cfg.Lenses, cfg.Topics, cfg.Sources, cfg.text
	changed.Hub.Countries = cfg.Hub.Countries
	h.cfg = &changed
	h.mu.Unlock()
	return h.compareAgain(ctx)
}

// The stages, wired to the store, the network and whoever watches.

func (h *Hub) newIngest() *ingest.Stage {
	c := h.config()
	f := c.Fetch
	var feeds ingest.Store = h.db
	if h.requestOnly {
		feeds = onRequest{h.db}
	}
	return ingest.New(ingest.Config{
		Schedule: ingest.Schedule{
			Min: time.Duration(f.MinInterval), Max: time.Duration(f.MaxInterval), Interval: time.Duration(f.Interval),
		},
		Hubs: c.NoPushes() == nil, Kept: func() { h.ring("extract") },
		Workers: f.Workers, Now: h.now, Logger: h.log, Progress: h.progress("ingest"),
	}, feeds, h.client)
}

// onRequest is a store in which feeds are due only when somebody asked for them.
type onRequest struct{ *store.DB }

// DueFeeds implements ingest.Store.
func (s onRequest) DueFeeds(ctx context.Context, now time.Time, lease time.Duration, limit int, busy []string) ([]*news.Feed, error) {
	return s.RequestedFeeds(ctx, now, lease, limit, busy)
}

func (h *Hub) ingest() Stage { return h.ingests }

func (h *Hub) extract() Stage {
	f := h.config().Fetch
	return extract.New(extract.Options{
		Store: h.db, Fetcher: h.client, Pages: f.Pages, Rules: h.rules, Workers: f.Workers,
		Now: h.now, Logger: h.log, Progress: h.before("cluster", h.progress("extract")),
	})
}

func (h *Hub) cluster() Stage {
	cfg := cluster.Config{
		Store: h.db, Now: h.now, Logger: h.log, Progress: h.before("compare", h.before("distribute", h.progress("cluster"))),
		Options: cluster.Options{Meaning: h.meaning},
	}
	if h.embeds != nil {
		cfg.Embedder = h.embeds
	}
	return cluster.New(cfg)
}

func (h *Hub) relate() Stage { return across.New(h.db, h.log, h.now) }

func (h *Hub) compare() Stage {
	return compare.New(compare.Config{Store: h.db, Lenses: h.lenses, Now: h.now, Logger: h.log, Progress: h.progress("compare")})
}

func (h *Hub) icon() Stage { return icon.New(h.db, h.client, h.log, h.now) }

func (h *Hub) notice() Stage { return notice.New(h.db, h.client, h.log, h.now) }

func (h *Hub) declare() Stage { return declare.New(h.db, h.client, h.log, h.now) }

func (h *Hub) illustrate() Stage {
	if !h.config().Fetch.Pictures {
		return idle("illustrate")
	}
	return illustrate.New(h.db, h.client, h.log, h.now)
}

func (h *Hub) publish() Stage { return publish.New(h.db, h.log, h.now) }
