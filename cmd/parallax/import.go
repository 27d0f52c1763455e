package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/opml"
)

type importCmd struct {
	OPML    importOPMLCmd    `cmd:"" name:"opml" default:"withargs" help:"Add the feeds of an OPML file; the word opml may be left out."`
	Ratings importRatingsCmd `cmd:"" help:"Take in what others say of outlets, from a CSV file."`
}

// Help implements kong's detailed help.
func (importCmd) Help() string {
	return `Example:
  parallax import subscriptions.opml
  parallax import ratings ratings.csv --by "Press Watch"`
}

type importOPMLCmd struct {
	File string `arg:"" help:"The OPML file, or - for standard input."`
}

// Help implements kong's detailed help.
func (importOPMLCmd) Help() string {
	return `Adds the feeds of an OPML file, as every feed reader exports them, to hub.toml. Feeds that
name the same home page become one outlet; feeds that are there already are left out.

Example:
  parallax import subscriptions.opml`
}

// Run implements the command.
func (c importOPMLCmd) Run(e *env) error {
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	in := io.ReadCloser(os.Stdin)
	if c.File != "-" {
		if in, err = os.Open(c.File); err != nil {
			return err
		}
		defer in.Close() //nolint:errcheck // read only
	}
	data, err := io.ReadAll(io.LimitReader(in, opml.MaxBytes+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	if len(data) > opml.MaxBytes {
		return fmt.Errorf("%s is larger than %d MB", c.File, opml.MaxBytes>>20)
	}
	outlines, err := opml.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	text, err := os.ReadFile(e.config)
	if err != nil {
		return err
	}
	sources, skipped := fresh(cfg, outlines)
	next, feeds := string(text), 0
	for _, s := range sources {
		next = hub.AppendSource(next, s)
		feeds += len(s.FeedURLs)
	}
	if _, err := hub.Parse(e.config, next); err != nil {
		return fmt.Errorf("cannot import it: %w", err)
	}
	if len(sources) > 0 {
		if err := rewrite(e.config, []byte(next)); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(e.out, "%d feeds of %d outlets added to %s", feeds, len(sources), e.config)
	if skipped > 0 {
		_, _ = fmt.Fprintf(e.out, "; %d left out, for they are there already or are no web address", skipped)
	}
	_, _ = fmt.Fprintln(e.out)
	return nil
}

// fresh returns the outlets of a list with the feeds that the configuration does not
// have, under ids that it does not have, and how many feeds were left out.
func fresh(cfg *hub.Config, outlines []opml.Outline) (sources []*news.Source, skipped int) {
	known := map[string]bool{}
	for _, s := range cfg.Sources {
		for _, f := range s.Feeds {
			known[f] = true
		}
	}
	for _, s := range opml.Sources(outlines) {
		feeds := s.FeedURLs
		s.FeedURLs = nil
		for _, f := range feeds {
			u, err := url.Parse(f)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || known[f] {
				skipped++
				continue
			}
			known[f] = true
			s.FeedURLs = append(s.FeedURLs, f)
		}
		if len(s.FeedURLs) == 0 {
			continue
		}
		s.ID = cfg.FreeID(cmp.Or(s.ID, s.Name))
		cfg.Sources = append(cfg.Sources, hub.SourceConfig{ID: s.ID}) // takes the id
		sources = append(sources, s)
	}
	return sources, skipped
}

type exportCmd struct {
	What string `arg:"" enum:"opml,config,ratings" help:"opml, config or ratings."`
	By   string `placeholder:"NAME" help:"Of ratings: whose."`
}

// Help implements kong's detailed help.
func (exportCmd) Help() string {
	return `Writes the outlets as OPML, which every feed reader imports, or the whole configuration
as one hub.toml, to standard output; or the ratings of one rater as the CSV in which
they are imported.

Example:
  parallax export opml > outlets.opml
  parallax export ratings --by "Press Board of Norrland" > board.csv`
}

// Run implements the command.
func (c exportCmd) Run(e *env) error {
	if c.What == "ratings" {
		return exportRatings(e, c.By)
	}
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	if c.What == "config" {
		return cfg.Write(e.out)
	}
	_, err = e.out.Write(opml.Write(cfg.Hub.Name, cfg.NewsSources(), time.Now()))
	return err
}
