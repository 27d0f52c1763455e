package newsroom

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"strconv"
	"strings"
)

// A Chart is the picture of a telling: bars, with a caption and whose it is.
type Chart struct {
	Values          []int // from 0 on, of the first bar to the last
	Caption, Credit string
}

// The size of a chart as it is served, in pixels, and of what is in it.
const (
	chartWidth, chartHeight = 960, 480
	chartMargin             = 40
	chartLines              = 4  // across, the highest at the highest bar
	maxBars                 = 60 // so that each is seen
)

// parseChart reads "12 30 60 | Caption | Credit".
func parseChart(s string) (*Chart, error) {
	values, rest, _ := strings.Cut(s, " | ")
	caption, credit, ok := strings.Cut(rest, " | ")
	if !ok || caption == "" || credit == "" {
		return nil, fmt.Errorf(`chart = %q is not "12 30 60 | Caption | Credit"`, s)
	}
	c := &Chart{Caption: caption, Credit: credit}
	for v := range strings.FieldsSeq(values) {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("chart: %q is no bar", v)
		}
		c.Values = append(c.Values, n)
	}
	if len(c.Values) < 2 || len(c.Values) > maxBars {
		return nil, fmt.Errorf("chart: %d bars, want 2 to %d", len(c.Values), maxBars)
	}
	return c, nil
}

// A picture is what the template "picture" gets.
type picture struct {
	URL             string
	Width, Height   int
	Alt             string
	Caption, Credit string
}

func (c *Chart) at(address string) *picture {
	n := len(c.Values)
	return &picture{
		URL: address, Width: chartWidth, Height: chartHeight, Caption: c.Caption, Credit: c.Credit,
		Alt: fmt.Sprintf("A chart of %d bars, the first %d, the last %d, the highest %d.", n, c.Values[0], c.Values[n-1], slices.Max(c.Values)),
	}
}

// html is the picture as the outlet's feed holds it.
func (p *picture) html() string {
	var b strings.Builder
	if err := pageTemplates.ExecuteTemplate(&b, "picture", p); err != nil {
		panic(err) // unreachable: a test makes every one
	}
	return b.String()
}

// draw draws the chart as a PNG: bars on paper, with lines across.
func (c *Chart) draw() ([]byte, error) {
	paper, line, ink := color.NRGBA{0xf6, 0xf4, 0xee, 0xff}, color.NRGBA{0xd5, 0xd0, 0xc4, 0xff}, color.NRGBA{0x3d, 0x5a, 0x6c, 0xff}
	img := image.NewNRGBA(image.Rect(0, 0, chartWidth, chartHeight))
	fill := func(r image.Rectangle, of color.Color) {
		draw.Draw(img, r, image.NewUniform(of), image.Point{}, draw.Src)
	}
	fill(img.Rect, paper)
	high, bottom := chartHeight-2*chartMargin, chartHeight-chartMargin
	for i := range chartLines + 1 {
		y := bottom - high*i/chartLines
		fill(image.Rect(chartMargin, y, chartWidth-chartMargin, y+2), line)
	}
	highest := max(1, slices.Max(c.Values))
	step := (chartWidth - 2*chartMargin) / len(c.Values)
	for i, v := range c.Values {
		x := chartMargin + i*step + step/6
		fill(image.Rect(x, bottom-high*v/highest, x+step*2/3, bottom), ink)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a chart: %w", err)
	}
	return b.Bytes(), nil
}
