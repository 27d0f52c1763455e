package main

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/registry"
)

type addCmd struct {
	URL     string `arg:"" help:"A feed, or any page of the outlet."`
	ID      string `placeholder:"ID" help:"Its id in addresses (default: from its name)."`
	Name    string `placeholder:"NAME" help:"Its name (default: as the page or feed says)."`
	Country string `placeholder:"XX" help:"Where it is based: ISO 3166-1, two letters."`
	All     bool   `help:"Add every feed that was found, not only the first."`
	DryRun  bool   `short:"n" help:"Only show what would be added."`
}

// Help implements kong's detailed help.
func (addCmd) Help() string {
	return `Finds the feed behind an address: the address itself, a feed that the page names, or one
at a place where feeds commonly lie. Shows what it found and writes the outlet to the
end of hub.toml; a running hub takes it up within seconds. What registers and data sets
say about the outlet is filled in, with who says it; acts by which its distribution was
restricted somewhere, as far as the program knows them, are named for you to consider.

Example:
  parallax add https://harbour-times.example`
}

// Run implements the command.
func (c addCmd) Run(e *env) error {
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	client := hub.NewClient(cfg, nil, time.Now, e.log)
	defer client.Close()
	d, err := hub.Discover(e.ctx, client, c.URL, func(_, _ int, what string) { _, _ = fmt.Fprintln(e.err, what) })
	if err != nil {
		return err
	}
	if f, s := known(cfg, d); s != nil {
		_, _ = fmt.Fprintf(e.out, "%s is in %s already, as a feed of %q. Nothing to add.\n", f, e.config, s.ID)
		return nil
	}
	for i, f := range d.Feeds {
		mark := " "
		if i == 0 || c.All {
			mark = "+"
		}
		newest := ""
		if !f.Newest.IsZero() {
			newest = ", newest " + f.Newest.Format(time.DateTime)
		}
		_, _ = fmt.Fprintf(e.out, "%s %s\n    %s, %s, %d entries%s; %s\n", mark, f.URL, f.Title, f.Format, f.Entries, newest, f.How)
	}
	s := c.source(cfg, d)
	text, err := os.ReadFile(e.config)
	if err != nil {
		return err
	}
	next := hub.AppendSource(string(text), s)
	if _, err := hub.Parse(e.config, next); err != nil {
		return fmt.Errorf("cannot add it: %w", err)
	}
	if len(d.Feeds) > 1 && !c.All {
		_, _ = fmt.Fprintf(e.out, "  (--all adds the other %d too)\n", len(d.Feeds)-1)
	}
	noteRestrictions(e.out, s)
	if c.DryRun {
		_, _ = fmt.Fprintf(e.out, "\n%s", hub.AppendSource("", s))
		return nil
	}
	if err := rewrite(e.config, []byte(next)); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(e.out, "Added %q to %s. It is carried as excerpts; say there what you know of it: %s.\n", s.ID, e.config, missing(s))
	return nil
}

// known returns the first of the feeds that would be added, if an outlet has it already,
// and that outlet.
func known(cfg *hub.Config, d *hub.Discovery) (string, *hub.SourceConfig) {
	for i := range cfg.Sources {
		if slices.Contains(cfg.Sources[i].Feeds, d.Feeds[0].URL) {
			return d.Feeds[0].URL, &cfg.Sources[i]
		}
	}
	return "", nil
}

// missing names what nobody has said about s yet.
func missing(s *news.Source) string {
	var what []string
	if s.Country == "" {
		what = append(what, "country")
	}
	if len(s.Disclosure.Owners) == 0 {
		what = append(what, "owners")
	}
	if len(s.Disclosure.Control) == 0 {
		what = append(what, "control")
	}
	return strings.Join(append(what, "sides"), ", ")
}

// source makes the outlet to add from what was found and what the operator says.
func (c addCmd) source(cfg *hub.Config, d *hub.Discovery) *news.Source {
	s := d.Source
	if !c.All {
		s.FeedURLs = s.FeedURLs[:1]
	}
	if u, err := url.Parse(s.Home); err == nil {
		country, known := registry.About(s.Home)
		s.Country = cmp.Or(country, s.Country)
		s.Disclosure.Add(known)
		if s.Name == "" {
			s.Name = u.Host
		}
	}
	if c.Name != "" {
		s.Name = c.Name
	}
	if c.Country != "" {
		s.Country = c.Country
	}
	s.ID = c.ID
	if s.ID == "" {
		s.ID = cfg.FreeID(s.Name)
	}
	return s
}
