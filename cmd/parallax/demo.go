package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"parallax/internal/hub"
	"parallax/internal/newsroom"
)

type demoCmd struct {
	Listen string `default:"127.0.0.1:8480" placeholder:"ADDRESS" help:"Where the hub answers (default: 127.0.0.1:8480)."`
	Dir    string `placeholder:"DIR" help:"Keep hub.toml and the database here (default: a temporary folder, removed at the end)."`
	Once   bool   `help:"Stop when everything is processed, without serving."`
}

// Help implements kong's detailed help.
func (demoCmd) Help() string {
	return `Starts the newsrooms of invented outlets of two quarrelling countries and their
neighbours on this machine, and an ordinary hub over them, with an ordinary hub.toml
that you may read and copy. Nothing leaves the machine. Three invented days are played
through in seconds; then the hub goes on serving until you stop it with Ctrl-C.

Example:
  parallax demo --dir look-around`
}

// Run implements the command.
func (c demoCmd) Run(e *env) (err error) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(e.out, format+"\n", args...) }
	// Whoever has the port is told now, not after three days have been played.
	if !c.Once {
		if err := free(e, c.Listen); err != nil {
			return err
		}
	}
	dir := c.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "parallax-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	world, err := newsroom.Start(e.ctx, newsroom.Options{})
	if err != nil {
		return fmt.Errorf("start the invented newsroom: %w", err)
	}
	defer world.Close()
	script := world.Script()
	say("Started the newsrooms of %d invented outlets on this machine; they tell of %d events in three days.", len(script.Outlets), len(script.Events))

	file := filepath.Join(dir, "hub.toml")
	const private = 0o600
	if err := os.MkdirAll(dir, private|0o100); err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil {
		return hinted{fmt.Errorf("%s is there already", file), "the newsrooms have other ports at every start, so a demo cannot go on where another ended; name an empty folder"}
	}
	if err := writeNew(file, []byte(strings.Replace(world.HubTOML("Both Banks of the Sarn"), `"127.0.0.1:8480"`, strconv.Quote(c.Listen), 1)), false); err != nil {
		return err
	}
	say("Wrote %s, an ordinary configuration. Read it while the hub runs.", file)
	cfg, err := hub.Load(file)
	if err != nil {
		return err
	}
	cfg.Hub.Listen = c.Listen

	// The hub looks every evening, as one would that runs all day, only less often: what
	// an outlet edits afterwards it finds the day after.
	evenings := []time.Time{
		world.Day(1).Add(evening), world.Day(2).Add(evening), world.Evening(), world.End(),
	}
	for i, at := range evenings {
		if i < len(evenings)-1 {
			say("Day %d: fetching what the outlets say, finding the stories, comparing the sides ...", i+1)
		} else {
			say("And once more: some outlets have changed what they had said.")
		}
		world.At(at)
		if err := runOnce(e, cfg, runOptions{now: world.Now, failing: i == len(evenings)-1}); err != nil {
			return err
		}
	}
	if c.Once {
		return nil
	}
	h, err := hub.Open(e.ctx, cfg, hub.Options{Logger: e.log, Progress: logged(e)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return h.Serve(e.ctx, func(url string) {
		say("\nOpen %s in a browser. Ctrl-C stops the hub and the newsrooms.", url)
		if at, err := filepath.Abs(file); err == nil {
			say("Other commands take this hub by its configuration: %s -c %s doctor", program(), shellWord(at))
		}
	})
}

// evening is the time of day at which the demo's hub looks.
const evening = 23 * time.Hour

// free returns an error if somebody listens on the address.
func free(e *env, address string) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(e.ctx, "tcp", address)
	if err != nil {
		return hub.ListenError(address, err)
	}
	return ln.Close()
}
