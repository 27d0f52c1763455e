package webtest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A Colour is an sRGB colour, each channel from 0 to 1.
type Colour [3]float64

var property = regexp.MustCompile(`--([a-z0-9]+):\s*#([0-9a-fA-F]{6})\b`)

// Palettes reads the colours that a stylesheet declares as custom properties: those for
// light, and those for dark, where what dark does not declare is as in light.
func Palettes(css string) (light, dark map[string]Colour, err error) {
	before, after, ok := strings.Cut(css, "prefers-color-scheme: dark")
	if !ok {
		return nil, nil, fmt.Errorf("the stylesheet has no dark colours")
	}
	light, dark = map[string]Colour{}, map[string]Colour{}
	for _, m := range property.FindAllStringSubmatch(before, -1) {
		light[m[1]] = parse(m[2])
		dark[m[1]] = light[m[1]]
	}
	for _, m := range property.FindAllStringSubmatch(after, -1) {
		dark[m[1]] = parse(m[2])
	}
	return light, dark, nil
}

func parse(hex string) (c Colour) {
	for i := range c {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8) // the pattern lets only hex digits through
		c[i] = float64(n) / 255
	}
	return c
}

func (c Colour) linear() Colour {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

// Contrast returns the contrast ratio of two colours (WCAG 2.2, 1 to 21).
func Contrast(a, b Colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c Colour) float64 {
	l := c.linear()
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// Sights are how people see colours: with three cones, and with two. The matrices, in
// linear sRGB, are those of Machado, Oliveira and Fernandes (2009) for severity 1.
var Sights = map[string][3][3]float64{
	"three cones":  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// Distance says how different two colours look to somebody with this sight, in OKLab:
// 0.02 is just noticeable side by side, black and white are 1 apart.
func Distance(a, b Colour, sight [3][3]float64) float64 {
	la, lb := oklab(a, sight), oklab(b, sight)
	return math.Hypot(math.Hypot(la[0]-lb[0], la[1]-lb[1]), la[2]-lb[2])
}

// oklab is Ottosson's (2020).
func oklab(c Colour, sight [3][3]float64) [3]float64 {
	c = apply(sight, c.linear())
	lms := apply([3][3]float64{
		{0.4122214708, 0.5363325363, 0.0514459929}, {0.2119034982, 0.6806995451, 0.1073969566}, {0.0883024619, 0.2817188376, 0.6299787005},
	}, c)
	for i := range lms {
		lms[i] = math.Cbrt(lms[i])
	}
	return apply([3][3]float64{
		{0.2104542553, 0.7936177850, -0.0040720468}, {1.9779984951, -2.4285922050, 0.4505937099}, {0.0259040371, 0.7827717662, -0.8086757660},
	}, lms)
}

func apply(m [3][3]float64, c Colour) (out Colour) {
	for i := range out {
		for j := range c {
			out[i] += m[i][j] * c[j]
		}
	}
	return out
}
