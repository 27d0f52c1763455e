// Command parallax runs a news hub: it takes in the feeds of many outlets, puts the
// coverage of one event side by side, says who stands behind each outlet, and answers
// readers. Run it without arguments for the list of commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/hub"
	"parallax/internal/registry"
	"parallax/internal/store"
)

// commands is the command line. Every command is one file of this package.
type commands struct {
	Config  string           `short:"c" default:"${config}" placeholder:"FILE" env:"PARALLAX_CONFIG" help:"The configuration (default: hub.toml, in the folder PARALLAX_DATA if that is set)."`
	Verbose bool             `short:"v" help:"Log in detail."`
	JSON    bool             `name:"log-json" help:"Log as JSON lines."`
	Version kong.VersionFlag `help:"Print the version and exit."`

	Demo     demoCmd     `cmd:"" help:"Run a hub over invented outlets, to look around."`
	Init     initCmd     `cmd:"" help:"Write a hub.toml to begin from."`
	Add      addCmd      `cmd:"" help:"Find the feed behind an address and add its outlet."`
	Parse    parseCmd    `cmd:"" help:"Read one feed and print what it says as JSON."`
	Extract  extractCmd  `cmd:"" help:"Find the article in one web page and print it."`
	Cluster  clusterCmd  `cmd:"" help:"Put documents that tell of one event into one story."`
	Explain  explainCmd  `cmd:"" help:"Say why an article stands in its story."`
	Story    storyCmd    `cmd:"" help:"Move articles, lock and merge stories by hand."`
	Takedown takedownCmd `cmd:"" help:"Take an article or an outlet out of the hub, now and for good."`
	Run      runCmd      `cmd:"" help:"Fetch and process everything once, then stop."`
	Serve    serveCmd    `cmd:"" help:"Run the hub and its site."`
	Account  accountCmd  `cmd:"" help:"Let people read in apps that keep on the hub what was read."`
	Mail     mailCmd     `cmd:"" help:"Look after the digest by e-mail, and who gets it."`
	Refresh  refreshCmd  `cmd:"" help:"Make feeds due now."`
	Doctor   doctorCmd   `cmd:"" help:"Say how the hub and its feeds are, when they are due and why."`
	Count    countCmd    `cmd:"" help:"Print how many items, articles, ... the hub holds."`
	Import   importCmd   `cmd:"" help:"Add the feeds of an OPML file, or take in ratings of outlets."`
	Export   exportCmd   `cmd:"" help:"Write the outlets as OPML, everything as one hub.toml, or ratings."`
}

// defaultConfig is the configuration where none is named: in the folder that the
// environment names, or where we are.
func defaultConfig() string { return filepath.Join(os.Getenv("PARALLAX_DATA"), "hub.toml") }

// env is what a command works with, besides its own arguments.
type env struct {
	ctx    context.Context
	out    io.Writer // what was asked for
	err    io.Writer // progress and logs
	tty    bool      // err is a terminal
	log    *slog.Logger
	config string
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command and returns the exit status: 0 done, 1 failed, 2 called
// wrongly.
func run(args []string, stdout, stderr *os.File) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cmds commands
	exit := -1
	parser, err := kong.New(&cmds,
		kong.Name("parallax"),
		kong.Description("A self-hosted news hub: every side of a story, and who stands behind each outlet."),
		kong.Vars{"version": hub.Version, "config": defaultConfig(), "countable": countableNames()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return complain(stderr, err) // unreachable: the struct above is right, as the first test run shows
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		_ = complain(stderr, err)
		return 2
	}
	e := &env{
		ctx: ctx, out: stdout, err: stderr, config: cmds.Config,
		tty: isatty.IsTerminal(stderr.Fd()) && os.Getenv("TERM") != "dumb",
	}
	level := slog.LevelInfo
	switch {
	case cmds.Verbose:
		level = slog.LevelDebug
	case kctx.Command() != "serve": // the others say themselves what they do
		level = slog.LevelWarn
	}
	if cmds.JSON {
		e.log = slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level}))
	} else {
		e.log = slog.New(tint.NewTextHandler(stderr, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !e.tty || os.Getenv("NO_COLOR") != ""}))
	}
	err = kctx.Run(e)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		stopped := "stopped"
		if cmd := kctx.Command(); cmd == "run" || cmd == "serve" {
			stopped = "stopped; nothing is lost, the next run goes on from here"
		}
		_, _ = fmt.Fprintln(stderr, stopped)
		const interrupted = 130
		return interrupted
	}
	if err != nil {
		return complain(stderr, err)
	}
	return 0
}

// complain prints what went wrong and, where we know, what to try.
func complain(w io.Writer, err error) int {
	_, _ = fmt.Fprintf(w, "parallax: %v\n", err)
	if hint := hintFor(err); hint != "" {
		_, _ = fmt.Fprintf(w, "hint: %s\n", hint)
	}
	return 1
}

// A hinted error carries what to try.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

func hintFor(err error) string {
	if h, ok := errors.AsType[hinted](err); ok {
		return h.hint
	}
	if e, ok := errors.AsType[*kong.ParseError](err); ok && e.Context != nil {
		for _, p := range slices.Backward(e.Context.Path) {
			if n := p.Node(); n != nil { // of an argument or flag it is nil
				return n.FullPath() + " --help says how it is called"
			}
		}
	}
	if e, ok := errors.AsType[*hub.ConfigError](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*registry.RatingsError](err); ok {
		return e.Hint
	}
	if _, ok := errors.AsType[*hub.PortTakenError](err); ok {
		return `stop the other program, or choose another port: listen = "127.0.0.1:8481" in hub.toml (parallax demo: --listen)`
	}
	if e, ok := errors.AsType[*fetch.Error](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*feed.NotFeedError](err); ok {
		return e.Hint
	}
	if _, ok := errors.AsType[*hub.NoFeedError](err); ok {
		return "look for the word RSS or a feed symbol on the site, and give that address"
	}
	if store.IsFull(err) {
		return "the disk is full; make room and run it again, nothing was half written"
	}
	if strings.Contains(err.Error(), "unknown flag") || strings.Contains(err.Error(), "unexpected argument") {
		return "parallax COMMAND --help shows what it takes"
	}
	return ""
}
