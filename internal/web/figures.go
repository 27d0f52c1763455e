package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

// A figureLine is one thing that is not counted alike: each number that is said, with who says it.
type figureLine struct {
	Title  string // what is counted, where there is a name for it
	Values []valueLine
	Chart  *chart // of a number that changed
}

// A valueLine is one number, with those who say it.
type valueLine struct {
	Number string    // written in one manner, with how it is meant
	Said   words     // language and direction of Marked
	Marked []segment // the sentence of the first who may be quoted
	By     []cited   // the earliest first
	count  news.Count
}

// figureLines is how many numbers in conflict a page shows, changedLines how many that changed,
// each with its chart.
const (
	figureLines  = 4
	changedLines = 2
)

// figures returns the numbers of one verdict of which readers may see two at least: those in
// conflict the least first, those that changed in the order in which they were said.
func (f *finder) figures(all []news.Figure, verdict string, most int) []figureLine {
	var lines []figureLine
	for i := range all {
		if all[i].Verdict != verdict || len(lines) == most {
			continue
		}
		if l := f.figure(&all[i]); len(l.Values) > 1 {
			lines = append(lines, l)
		}
	}
	return lines
}

func (f *finder) figure(fig *news.Figure) figureLine {
	l := figureLine{Title: upper(fig.Counted)}
	var points []point
	for _, c := range fig.Counts {
		by, ok := f.cite(c.Sentence)
		if !ok {
			continue
		}
		i := slices.IndexFunc(l.Values, func(v valueLine) bool {
			return v.count.Low == c.Low && v.count.High == c.High && v.count.Bound == c.Bound
		})
		if i < 0 {
			i = len(l.Values)
			l.Values = append(l.Values, valueLine{Number: number(c, fig.Unit), count: c})
		}
		line := &l.Values[i]
		if line.Marked == nil && f.quote(&by) {
			line.Said, line.Marked = by.Words, markNumber(by, c.Number)
		}
		line.By = append(line.By, by)
		points = append(points, point{by.article.When(), (c.Low + c.High) / 2, by.Side, number(c, fig.Unit) + ", " + by.Outlet})
	}
	if fig.Verdict == news.Update {
		l.Chart = chartOf(points)
		return l
	}
	slices.SortStableFunc(l.Values, func(a, b valueLine) int {
		return cmp.Or(cmp.Compare(a.count.Low, b.count.Low), cmp.Compare(a.count.High, b.count.High), cmp.Compare(a.count.Bound, b.count.Bound))
	})
	return l
}

// number writes a count in one manner, whatever language it was said in.
func number(c news.Count, unit string) string {
	text := decimal(c.Low)
	if c.High != c.Low {
		text += " to " + decimal(c.High)
	}
	switch c.Bound {
	case news.Least:
		text = "at least " + text
	case news.Most:
		text = "at most " + text
	case news.About:
		text = "about " + text
	}
	if unit != "" {
		text += "\u00a0" + unit
	}
	return text
}

func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return grouped(int(v))
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// markNumber marks the number in the words of a sentence, as far as they could be given: these are on
// one line, and may have been cut, so the place is counted in what is no white space.
func markNumber(by cited, p news.Passage) []segment {
	whole := []segment{{Text: by.Words.Text}}
	said, ok := p.In(by.article)
	if !ok || p.From < by.passage.From {
		return whole
	}
	skip, length := inked(by.article.Text[by.passage.From:p.From]), inked(said)
	from, to, seen := -1, -1, 0
	for i, r := range by.Words.Text {
		if unicode.IsSpace(r) {
			continue
		}
		if seen == skip {
			from = i
		}
		if seen++; seen == skip+length {
			to = i + utf8.RuneLen(r)
			break
		}
	}
	if from < 0 || to < 0 || inked(said) == 0 || strings.Join(strings.Fields(said), "") != strings.Join(strings.Fields(by.Words.Text[from:to]), "") {
		return whole
	}
	return []segment{{Text: by.Words.Text[:from]}, {Text: by.Words.Text[from:to], Mark: true}, {Text: by.Words.Text[to:]}}
}

// inked counts the characters of text that are no white space.
func inked(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// A point is a number that was said at a time.
type point struct {
	at    time.Time
	value float64
	side  side
	title string
}

// A chart shows how a number changed: a step from each account to the next, a mark of its side's
// hue for each account.
type chart struct {
	Label string // the same in words
	Steps []step
	Marks []chartMark
	Ticks []tick
	Low   string // the least number, at the height of LowY
	High  string
	LowY  int
	HighY int
}

// A step is a line; X is per cent of the width, Y pixels.
type step struct {
	X1, X2 string
	Y1, Y2 int
}

type chartMark struct {
	X     string
	Y     int
	Hue   string
	Title string
}

const (
	chartHeight = 96
	chartTop    = 12 // room for the highest mark
	chartBase   = 84 // of the lowest
)

// chartOf draws points, which stand in the order of time; nil where they are of one moment.
func chartOf(points []point) *chart {
	if len(points) < 2 {
		return nil
	}
	first, last := points[0].at, points[len(points)-1].at
	span := last.Sub(first)
	least, most := points[0].value, points[0].value
	for _, p := range points {
		least, most = min(least, p.value), max(most, p.value)
	}
	if span < time.Minute || least == most {
		return nil
	}
	x := func(t time.Time) string {
		share := float64(t.Sub(first)) / float64(span)
		return strconv.FormatFloat(margin+share*(100-2*margin), 'f', 1, 64) + "%"
	}
	y := func(v float64) int {
		return chartBase - int(math.Round((v-least)/(most-least)*(chartBase-chartTop)))
	}
	c := &chart{Low: decimal(least), High: decimal(most), LowY: y(least), HighY: y(most)}
	var said []string
	for i, p := range points {
		if i > 0 {
			before := points[i-1]
			c.Steps = append(c.Steps, step{x(before.at), x(p.at), y(before.value), y(before.value)}, step{x(p.at), x(p.at), y(before.value), y(p.value)})
		}
		title := p.title + ", " + clock(p.at, span)
		c.Marks = append(c.Marks, chartMark{x(p.at), y(p.value), p.side.Hue, title})
		said = append(said, title)
	}
	c.Label = strings.Join(said, "; ") + "."
	c.Ticks = []tick{{x(first), "start", clock(first, span)}, {x(last), "end", clock(last, span)}}
	return c
}
