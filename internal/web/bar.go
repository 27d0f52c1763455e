package web

import (
	"fmt"
	"strconv"
	"strings"
)

// A bar shows how many outlets of each side carry a story: a cell per outlet, filled
// where it tells the story, hollow where it is silent. It is drawn in percentages of
// its width, so that patterns keep their shape at any.
type bar struct {
	Label string // the same in words
	Width int    // at most, in pixels
	Cells []cell
	Sides []barSide
	Rest  string // sides left out of the legend, in words
}

type cell struct {
	X, W    string // per cent
	Hue     string
	Pattern string
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
		return fmt.Sprintf("none of %d", b.Of)
	case b.Of:
		if b.Of == 1 {
			return "1 of 1"
		}
		return fmt.Sprintf("all %d", b.Of)
	}
	return fmt.Sprintf("%d of %d", b.Told, b.Of)
}

const (
	cellPixels  = 14  // width of a cell where there is room
	barPixels   = 560 // and of the whole bar at most
	cellsAtMost = 80  // from more outlets on, a side is one filled and one hollow stretch
	legendSides = 6   // from more sides on, the silent ones share one line of the legend
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
	const between = 0.7 // of a cell, from side to side
	units := float64(total) + between*float64(len(list)-1)
	b.Width = min(int(units*cellPixels), barPixels)
	percent := func(u float64) string { return strconv.FormatFloat(100*u/units, 'f', 2, 64) + "%" }
	gap := min(0.16, units/cellPixels/10)
	pos, rest, restOf := 0.0, 0, 0
	var said []string
	for _, t := range list {
		told, of := len(t.outlets), t.of()
		add := func(n int, hollow bool) {
			c := cell{X: percent(pos), W: percent(float64(n) - gap), Hue: t.side.Hue, Hollow: hollow}
			if !hollow {
				c.Pattern = t.side.Pattern
			}
			b.Cells = append(b.Cells, c)
			pos += float64(n)
		}
		if total > cellsAtMost {
			if told > 0 {
				add(told, false)
			}
			if told < of {
				add(of-told, true)
			}
		} else {
			for i := range of {
				add(1, i >= told)
			}
		}
		pos += between
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
		b.Rest = plural(rest, "other side", "other sides") + ": none of " + strconv.Itoa(restOf)
	}
	b.Label = "Outlets that tell it. " + strings.Join(said, "; ") + "."
	return b
}

// absent names the sides none of whose outlets tell the story.
func absent(list []*telling) []barSide {
	var sides []barSide
	for _, t := range list {
		if len(t.outlets) == 0 && len(t.silent) > 0 && t.side.Hue != "s0" {
			sides = append(sides, barSide{t.side, 0, t.of()})
		}
	}
	return sides
}
