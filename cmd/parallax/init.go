package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"parallax/internal/hub"
	"parallax/internal/registry"
)

type initCmd struct {
	Name  string `placeholder:"NAME" help:"The name of the hub, as readers see it."`
	Empty bool   `help:"Without the starter set of outlets."`
	Force bool   `help:"Overwrite the file if it is there."`
}

// Help implements kong's detailed help.
func (initCmd) Help() string {
	return `Writes hub.toml (or the file that --config names) with every setting explained and a
starter set of outlets of many countries and of every kind of control, each with who
says what about its owners. Read it, cut it, add to it.

Example:
  parallax init --name "The Harbour Reader" && parallax serve`
}

// Run implements the command.
func (c initCmd) Run(e *env) error {
	cfg := hub.NewConfig()
	if c.Name != "" {
		cfg.Hub.Name = c.Name
	}
	if !c.Empty {
		if err := cfg.AddSources(registry.Starter()); err != nil {
			return fmt.Errorf("starter set: %w", err)
		}
	}
	var b bytes.Buffer
	if err := cfg.Write(&b); err != nil {
		return err
	}
	if err := writeNew(e.config, b.Bytes(), c.Force); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(e.out, "Wrote %s with %d outlets. Read it, then: parallax serve\n", e.config, len(cfg.Sources))
	return nil
}

// writeNew writes a file that is not there yet, or any with force.
func writeNew(name string, data []byte, force bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	const private = 0o600                       // it may hold a database password
	f, err := os.OpenFile(name, flags, private) //nolint:gosec // the operator names the file
	if errors.Is(err, os.ErrExist) {
		return hinted{fmt.Errorf("%s is there already", name), "--force overwrites it, --config names another"}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// rewrite replaces a file in one step: a crash leaves the old text or the new.
func rewrite(name string, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temp := name + ".new"
	if err := os.WriteFile(temp, data, info.Mode().Perm()); err != nil { //nolint:gosec // the operator names the file
		return errors.Join(err, os.Remove(temp))
	}
	return os.Rename(temp, name)
}
