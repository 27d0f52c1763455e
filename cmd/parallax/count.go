package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

type countCmd struct {
	What string `arg:"" enum:"${countable}" help:"One of ${countable}."`
}

// Help implements kong's detailed help.
func (countCmd) Help() string {
	return `Prints one number: how many of them the hub holds now, or, of waiting, how many things the
stages have still to do.

Example:
  parallax count items`
}

// countable is what can be counted, by name.
var countable = map[string]func(news.Counts) int{
	"sources":  func(c news.Counts) int { return c.Sources },
	"feeds":    func(c news.Counts) int { return c.Feeds },
	"failing":  func(c news.Counts) int { return c.FeedsFailing },
	"items":    func(c news.Counts) int { return c.Items },
	"articles": func(c news.Counts) int { return c.Articles },
	"stories":  func(c news.Counts) int { return c.Stories },
	"waiting":  func(c news.Counts) int { return c.Unextracted + c.Unplaced + c.Uncompared },
}

func countableNames() string {
	return strings.Join(slices.Sorted(maps.Keys(countable)), ",")
}

// Run implements the command.
func (c countCmd) Run(e *env) (err error) {
	_, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	counts, err := db.FreshCounts(e.ctx, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, countable[c.What](counts))
	return err
}
