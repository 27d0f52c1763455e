package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"parallax/internal/limit"
	"parallax/internal/news"
	"parallax/internal/readers"
	"parallax/internal/web"
)

// Limits of the server: a reader on a bad line gets minutes, a slow-loris attack a
// bounded number of seconds for its header.
const (
	readHeaderTime = 10 * time.Second
	readTime       = 30 * time.Second
	writeTime      = 2 * time.Minute
	idleTime       = 2 * time.Minute
	maxHeader      = 32 << 10
	// shutdownTime is how long readers may finish what they are reading.
	shutdownTime = 10 * time.Second
	// reloadEvery is how often hub.toml is looked at for changes.
	reloadEvery = 5 * time.Second
)

// A PortTakenError says that somebody else listens where the hub should.
type PortTakenError struct{ Address string }

func (e *PortTakenError) Error() string {
	return fmt.Sprintf("listen on %s: the port is taken by another program", e.Address)
}

// ListenError says why the hub cannot listen on an address: a *PortTakenError, or err
// with what was tried.
func ListenError(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return &PortTakenError{Address: address}
	}
	return fmt.Errorf("listen on %s: %w", address, err)
}

// Serve answers readers on the configured address and runs the pipeline for ever,
// until ctx ends. ready is called when readers are answered, with the address on which
// they are.
func (h *Hub) Serve(ctx context.Context, ready func(url string)) error {
	handler, err := h.Handler()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", h.config().Hub.Listen)
	if err != nil {
		return ListenError(h.config().Hub.Listen, err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelDebug), // clients that break off
	}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { h.keepRunning(ctx) })
	wg.Go(func() { h.keepReloading(ctx) })
	wg.Go(func() {
		<-ctx.Done()
		grace, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer stop()
		if err := server.Shutdown(grace); err != nil {
			h.log.Warn("readers cut off", "error", errors.Join(err, server.Close()))
		}
	})
	h.log.Info("serving", "listen", ln.Addr().String(), "url", h.config().URL())
	if h.pushes != nil {
		h.pushes.Answering()
	}
	ready("http://" + ln.Addr().String())
	err = server.Serve(web.Join(server, ln))
	cancel()
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// Handler returns the site.
func (h *Hub) Handler() (http.Handler, error) {
	c := h.config()
	lenses := func(ctx context.Context) ([]news.Lens, error) {
		list, _, err := h.lenses(ctx)
		return list, err
	}
	proxies, err := limit.ParseProxies(c.Hub.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("trusted_proxies: %w", err) // unreachable: check has parsed them
	}
	site, err := web.New(web.Options{
		NoAPI: !c.API.Enabled, PerMinute: c.API.PerMinute, Proxies: proxies,
		Store:     h.db,
		HubName:   c.Hub.Name,
		HubURL:    c.URL(),
		Operator:  c.Hub.Operator,
		Contact:   c.Hub.Contact,
		Version:   Version,
		Assistant: c.Assistant.Model,
		Lenses:    lenses,
		Topics:    func() []news.Subject { return h.config().NewsSubjects() },
		Readers: readers.New(readers.Options{
			Store: h.db, HubURL: c.URL(), HubName: c.Hub.Name, Lenses: lenses, Now: h.now, Logger: h.log,
		}),
		Now:         h.now,
		Logger:      h.log,
		Metrics:     h.metrics.handler(),
		Pushes:      h.callbacks(),
		Subscribers: h.subscribers(), WebSubHub: h.webSubHub(),
		Mail:    h.mailDesk(),
		Edition: h.db.Edition,
		Ready:   h.db.Ping,
	})
	if err == nil {
		h.site.Store(&site)
	}
	return site, err
}

// keepReloading applies hub.toml again whenever it changes. A file with a mistake is
// told in the log, and the hub goes on with what it had; a change that could not be
// applied for another reason is tried again.
func (h *Hub) keepReloading(ctx context.Context) {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	last := h.config().stamp
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			last = h.reload(ctx, last)
		}
	}
}

// reload applies hub.toml if it is not the version that last tells, and returns which
// version need not be looked at again.
func (h *Hub) reload(ctx context.Context, last string) string {
	file := h.config().file
	now := stamp(file)
	if now == last || now == "" {
		return last
	}
	cfg, err := Load(file)
	if err == nil {
		err = h.Apply(ctx, cfg)
	}
	if err == nil {
		h.log.Info("outlets, lenses and topics of the changed configuration applied; other settings take effect at the next start", "sources", len(cfg.Sources), "lenses", len(cfg.Lenses))
		return cfg.stamp
	}
	h.log.Error("changed configuration not applied", "error", err)
	if _, mistake := errors.AsType[*ConfigError](err); mistake {
		return now // it will not get better before somebody changes it
	}
	return last
}

// stamp tells versions of a file apart; "" when it cannot be read.
func stamp(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}
