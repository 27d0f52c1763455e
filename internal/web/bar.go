package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A bar shows how many outlets of each side carry a story: a cell per outlet, filled
// where it tells the story, hollow where the hub found no account of it. All cells of a kind are one path,
// for a page has many bars.
type bar struct {
	Label   string // the same in words
	Width   int    // in pixels, where there is room
	Strokes []stroke
	Sides   []barSide
	Rest    string // sides left out of the legend, in words
}

// A stroke is the cells of one side that are filled, or those that are hollow. The
// pattern lies over all of X to X+W at once: between cells it is paper on paper.
type stroke struct {
	Hue     string
	Pattern string
	Path    string
	X, W    string
	Hollow  bool
}

type barSide struct {
	side
	Told, Of int
}

// Count says how many of the side's outlets tell the story.
func (b barSide) Count() string {
	switch b.Told {
	case 0:
		return fmt.Sprintf("none found of %d", b.Of)
	case b.Of:
		if b.Of == 1 {
			return "1 of 1"
		}
		return fmt.Sprintf("all %d", b.Of)
	}
	return fmt.Sprintf("%d of %d", b.Told, b.Of)
}

const (
	cellPixels  = 14.0 // from cell to cell where there is room
	sidePixels  = 9.0  // more from side to side
	barPixels   = 520  // the whole bar at most
	cellsAtMost = 60   // from more outlets on, a side is one filled and one hollow stretch
	legendSides = 6    // from more sides on, those where none was found share one line of the legend
)

// barOf draws the bar of a story; tellings are in the order of the lens.
func barOf(list []*telling) bar {
	total := 0
	for _, t := range list {
		total += t.of()
	}
	b := bar{}
	if total == 0 {
		return b
	}
	gaps := sidePixels * float64(len(list)-1)
	cell := max(min(cellPixels, (barPixels-gaps)/float64(total)), 1)
	b.Width = int(float64(total)*cell + gaps + 1)
	pos, rest, restOf := 0.0, 0, 0
	var said []string
	for _, t := range list {
		told, of := len(t.outlets), t.of()
		for _, run := range []struct {
			n      int
			hollow bool
		}{{told, false}, {of - told, true}} {
			if run.n > 0 {
				b.Strokes = append(b.Strokes, strokeOf(t.side, pos, cell, run.n, run.hollow, total <= cellsAtMost))
				pos += float64(run.n) * cell
			}
		}
		pos += sidePixels
		bs := barSide{t.side, told, of}
		said = append(said, bs.Title+": "+bs.Count())
		if told == 0 && len(list) > legendSides {
			rest++
			restOf += of
			continue
		}
		b.Sides = append(b.Sides, bs)
	}
	if rest > 0 {
		b.Rest = plural(rest, "other side", "other sides") + ": none found of " + strconv.Itoa(restOf)
	}
	b.Label = "Outlets found to tell it. " + strings.Join(said, "; ") + "."
	return b
}

// absent names the sides of which the hub found no account of the story.
func absent(list []*telling) []barSide {
	var sides []barSide
	for _, t := range list {
		if len(t.outlets) == 0 && len(t.silent) > 0 && t.side.Hue != "s0" {
			sides = append(sides, barSide{t.side, 0, t.of()})
		}
	}
	return sides
}

// strokeOf draws n cells from x on, or one stretch as long.
func strokeOf(sd side, x, cell float64, n int, hollow, cells bool) stroke {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	tenth := func(f float64) float64 { return math.Round(f*10) / 10 }
	st := stroke{Hue: sd.Hue, Hollow: hollow, X: number(tenth(x)), W: number(tenth(float64(n) * cell))}
	step, count := tenth(cell), n
	if !cells {
		step, count = tenth(float64(n)*cell), 1
	}
	inset, gap := 0.0, min(2, cell/4)
	if hollow {
		inset, gap = 0.5, min(2, cell/4)+1 // the line lies half outside
	} else {
		st.Pattern = sd.Pattern
	}
	w := max(tenth(step-gap), 0.5)
	var b strings.Builder
	for i := range count {
		if i == 0 {
			fmt.Fprintf(&b, "M%s %s", number(tenth(x+inset)), number(1+inset))
		} else {
			fmt.Fprintf(&b, "m%s 0", number(step))
		}
		fmt.Fprintf(&b, "h%sv%sh-%sz", number(w), number(10-2*inset), number(w))
	}
	st.Path = b.String()
	return st
}
