package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"parallax/internal/news"
	"parallax/internal/registry"
)

// yours ends every list of legal notes: the hub draws no conclusion from them.
const yours = "Whether that concerns you is for you or your lawyer to decide; the hub treats all outlets alike."

// restrictions are the known ones of an outlet, by its home page and its feeds.
func restrictions(home string, feeds []string) []registry.Restriction {
	var list []registry.Restriction
	for _, u := range append([]string{home}, feeds...) {
		for _, r := range registry.Restrictions(u) {
			if !slices.Contains(list, r) {
				list = append(list, r)
			}
		}
	}
	return list
}

// noteRestrictions tells the operator of the restrictions of an outlet that is to be added.
func noteRestrictions(w io.Writer, s *news.Source) {
	list := restrictions(s.Home, s.FeedURLs)
	for _, r := range list {
		_, _ = fmt.Fprintf(w, "note: %s\n", r)
	}
	if list != nil {
		_, _ = fmt.Fprintln(w, yours)
	}
}

// legal tells of the restrictions of one outlet.
func (d *doctor) legal(sourceID string) {
	for _, s := range d.cfg.Sources {
		if s.ID != sourceID {
			continue
		}
		list := restrictions(s.Home, s.Feeds)
		for i, r := range list {
			d.line([]string{"legal", ""}[min(i, 1)], r.String())
		}
		if list != nil {
			d.line("", yours)
		}
	}
}

// restricted lists the outlets that are restricted somewhere, and where.
func (d *doctor) restricted() {
	var lines []string
	for _, s := range d.cfg.Sources {
		var where []string
		for _, r := range restrictions(s.Home, s.Feeds) {
			if r.Until == "" && !slices.Contains(where, r.Where()) {
				where = append(where, r.Where())
			}
		}
		if where != nil {
			slices.Sort(where)
			lines = append(lines, fmt.Sprintf("  %s: %s", s.ID, strings.Join(where, ", ")))
		}
	}
	if lines == nil {
		return
	}
	_, _ = fmt.Fprintln(d.out, "\nOutlets that were restricted by law somewhere (parallax doctor NAME tells how, by which act):")
	for _, l := range lines[:min(len(lines), maxShown)] {
		_, _ = fmt.Fprintln(d.out, l)
	}
	if more := len(lines) - maxShown; more > 0 {
		_, _ = fmt.Fprintf(d.out, "  and %d more\n", more)
	}
	_, _ = fmt.Fprintln(d.out, yours)
}
