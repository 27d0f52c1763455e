package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/hub"
	"parallax/internal/news"
)

type runCmd struct {
	Stages []string `placeholder:"STAGE,..." help:"Only these stages, e.g. ingest,extract (default: all)."`
}

// Help implements kong's detailed help.
func (runCmd) Help() string {
	return `Fetches every feed that is due, takes in what is new, finds the stories and compares
their sides; then says what it did and stops. Safe to stop at any moment and to run
from cron; "parallax serve" does the same continuously.

Example:
  parallax run -c hub.toml`
}

// Run implements the command.
func (c runCmd) Run(e *env) error {
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	return runOnce(e, cfg, runOptions{now: time.Now, failing: true, stages: c.Stages})
}

type runOptions struct {
	now     func() time.Time
	failing bool // say which feeds fail, too
	stages  []string
}

// runOnce opens the hub, runs the pipeline once with a progress display, and sums up.
func runOnce(e *env, cfg *hub.Config, o runOptions) (err error) {
	b := newBoard(e)
	h, err := hub.Open(e.ctx, cfg, hub.Options{Logger: e.log, Progress: b.stage, Now: o.now, Stages: o.stages})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	start := time.Now()
	runErr := h.Run(e.ctx)
	b.close()
	if e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	return errors.Join(runErr, summary(e.ctx, e.out, h, time.Since(start), o.failing))
}

// manyFailing is how many feeds are named when none could be read: the reason is one.
const manyFailing = 3

// summary prints what the hub holds now and, with failing, which feeds fail and why.
func summary(ctx context.Context, w io.Writer, h *hub.Hub, took time.Duration, failing bool) error {
	c, err := h.Counts(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "%d outlets, %d feeds, %d items, %d articles, %d stories, %d of them told by two sides or more; %.1f s\n",
		c.Sources, c.Feeds, c.Items, c.Articles, c.Stories, c.StoriesTwoSides, took.Seconds())
	var nothing error
	if failing && c.FeedsFailing > 0 {
		all, err := h.Store().Feeds(ctx, "")
		if err != nil {
			return err
		}
		nothing = sayFailing(w, all, h.Now())
	}
	if waiting := c.Unextracted + c.Unplaced + c.Uncompared; waiting > 0 {
		_, _ = fmt.Fprintf(w, "  %d things wait: their pages are tried again later, or another run has them (if that was killed: for five minutes)\n", waiting)
	}
	if !failing {
		return nil
	}
	inHand, err := h.Store().InHand(ctx, h.Now())
	if err != nil {
		return err
	}
	if inHand > 0 {
		_, _ = fmt.Fprintf(w, "  another run has %s in hand (if that was killed: for five minutes)\n", feeds(inHand))
	}
	return nothing
}

// sayFailing names the feeds that fail. It returns an error if none could be read.
func sayFailing(w io.Writer, all []*news.Feed, now time.Time) error {
	var failing []*news.Feed
	private := 0
	for _, f := range all {
		if f.Failures > 0 {
			failing = append(failing, f)
			if strings.Contains(f.LastError, fetch.ErrAddress.Error()) {
				private++
			}
		}
	}
	nothing := len(failing) > 1 && len(failing) == len(all)
	for i, f := range failing {
		if nothing && i == manyFailing {
			_, _ = fmt.Fprintf(w, "  and %d more\n", len(failing)-i)
			break
		}
		_, _ = fmt.Fprintf(w, "  %s: %s\n    %s; next try %s\n", f.SourceID, news.PublicURL(f.URL), f.LastError, until(f.Due, now))
	}
	switch {
	case !nothing:
		return nil
	case private == len(failing):
		return hinted{errors.New("no feed could be read"), "all of them have addresses that are not public: if they are meant, see allow_private under [fetch]"}
	}
	return hinted{errors.New("no feed could be read"), "is this machine online?"}
}

func until(t, now time.Time) string {
	if d := t.Sub(now).Round(time.Minute); d > 0 {
		return "in " + d.String()
	}
	return "at the next run"
}

type serveCmd struct {
	Listen string   `placeholder:"ADDRESS" help:"Listen here instead of where hub.toml says."`
	Stages []string `placeholder:"STAGE,..." help:"Run only these stages on this node, e.g. ingest,extract (default: all)."`

	NoSchedule   bool `help:"Ask for feeds only when parallax refresh names them."`
	AllowPrivate bool `help:"Let feeds and pages be read from private addresses, all of them: for trying out only."`
}

// Help implements kong's detailed help.
func (serveCmd) Help() string {
	return `Answers readers and keeps fetching and processing, until it is told to stop. Changes of
outlets and lenses in hub.toml take effect within seconds; other settings at the next
start. /healthz, /readyz and /metrics are for your monitoring.

Example:
  parallax serve -c hub.toml --listen 127.0.0.1:8480`
}

// Run implements the command.
func (c serveCmd) Run(e *env) (err error) {
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Hub.Listen = c.Listen
	}
	if c.AllowPrivate {
		cfg.Fetch.AllowPrivate = append(cfg.Fetch.AllowPrivate, "0.0.0.0/0", "::/0")
	}
	h, err := hub.Open(e.ctx, cfg, hub.Options{Logger: e.log, Progress: logged(e), Stages: c.Stages, OnRequest: c.NoSchedule})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if cfg.Hub.Contact == "" {
		e.log.Warn("no contact is set in hub.toml: outlets that mind cannot write to you")
	}
	return h.Serve(e.ctx, func(url string) {
		_, _ = fmt.Fprintf(e.out, "Reading %d outlets. The hub is at %s (stop with Ctrl-C)\n", len(cfg.Sources), url)
	})
}

// logged tells progress to the log, in detail mode.
func logged(e *env) func(stage string) news.Progress {
	return func(stage string) news.Progress {
		return func(done, total int, what string) {
			e.log.Debug("progress", "stage", stage, "done", done, "total", total, "what", what)
		}
	}
}
