package sanitize

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An Image is what HTML keeps of one: where it is, the words for it, and its size in pixels as
// the outlet says it, 0 where it does not.
//
// Clean HTML holds it as a link, so that whoever shows it does not make readers ask the
// outlet: to where the outlet's own link around the image leads, else to the image.
//
//	<a href="https://today.norrland.example/a.jpg" rel="noopener nofollow ugc"
//	   data-image="https://today.norrland.example/a.jpg" data-size="800x600">[A bridge]</a>
type Image struct {
	URL           string
	Alt           string
	Width, Height int
}

// String returns the attributes by which a link stands for the image.
func (i Image) String() string {
	if i.URL == "" {
		return ""
	}
	s := ` data-image="` + html.EscapeString(i.URL) + `"`
	if i.Width > 0 && i.Height > 0 {
		s += fmt.Sprintf(` data-size="%dx%d"`, i.Width, i.Height)
	}
	return s
}

// maxSide is up to which width or height an outlet is believed.
const maxSide = 20_000

// size reads the width and height that data-size holds, 0 if it does not.
func size(s string) (w, h int) {
	x, y, _ := strings.Cut(s, "x")
	if w, h = side(x), side(y); w == 0 || h == 0 {
		return 0, 0
	}
	return w, h
}

func side(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 1 || n > maxSide {
		return 0
	}
	return n
}

// shown is from which width and height on an image that has no words is more than an ornament.
const shown = 200

// imageOf returns the image of an element, with words for it: its alternative text, its title,
// or where it is from if it is a picture that has its own place in the text. It fails where
// there is none to be shown.
func (c *cleaner) imageOf(n *html.Node) (Image, bool) {
	if pixel(n) {
		return Image{}, false
	}
	i := Image{URL: c.source(n), Width: side(attribute(n, "width")), Height: side(attribute(n, "height"))}
	if i.URL == "" {
		return Image{}, false
	}
	if i.Width == 0 || i.Height == 0 {
		i.Width, i.Height = 0, 0
	}
	for _, key := range []string{"alt", "title"} {
		if i.Alt = short(attribute(n, key), maxLabel); i.Alt != "" {
			return i, true
		}
	}
	if i.Alt = hostOf(i.URL); i.Width >= shown && i.Height >= shown || inFigure(n) {
		return i, true
	}
	return Image{}, false
}

// source returns where an image is: pages that load theirs late have something else in src.
func (c *cleaner) source(n *html.Node) string {
	for _, key := range []string{"data-src", "data-lazy-src", "data-original", "src"} {
		if url := c.web(attribute(n, key)); url != "" {
			return url
		}
	}
	for _, key := range []string{"srcset", "data-srcset"} {
		if url := c.web(widest(attribute(n, key))); url != "" {
			return url
		}
	}
	return ""
}

// widest returns the candidate of a srcset that is the widest, or the densest (HTML §4.8.4.2.1).
func widest(set string) (url string) {
	best := -1.0
	for candidate := range strings.SplitSeq(set, ", ") {
		parts := strings.Fields(strings.Trim(candidate, ", "))
		if len(parts) == 0 {
			continue
		}
		much := 1.0
		if last := parts[len(parts)-1]; len(parts) > 1 {
			much, _ = strconv.ParseFloat(strings.TrimRight(last, "wx"), 64) // 0 if it is none
		}
		if much > best {
			url, best = parts[0], much
		}
	}
	return url
}

// inFigure reports whether an image is what a figure shows.
func inFigure(n *html.Node) bool {
	const near = 6 // links, boxes and <picture> between
	for p, i := n.Parent, 0; p != nil && i < near; p, i = p.Parent, i+1 {
		if p.DataAtom == atom.Figure {
			return true
		}
	}
	return false
}

// pixel reports whether n is drawn too small to be seen: it is there to count readers.
func pixel(n *html.Node) bool {
	return tiny(attribute(n, "width")) || tiny(attribute(n, "height"))
}

// tiny says so of a width or height.
func tiny(size string) bool {
	v, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(size), "px"))
	return err == nil && v <= 2
}

// Images returns the images that stand in clean HTML, in their order, each once.
func Images(clean string) (list []Image) {
	seen := map[string]bool{}
	images(clean, func(i Image, _, _ string) string {
		if !seen[i.URL] {
			seen[i.URL] = true
			list = append(list, i)
		}
		return ""
	})
	return list
}

// A Picture is what a hub shows for an Image: its own copy, of that size.
type Picture struct {
	URL           string // of the hub
	Width, Height int
}

// Shown returns clean HTML as readers get it: with the hub's own pictures where show has one for
// an Image, and links where it has none. No size jumps: each has its width and height; and
// none is fetched before it is to be seen.
func Shown(clean string, show func(Image) (Picture, bool)) string {
	return images(clean, func(i Image, tag, label string) string {
		p, ok := Picture{}, false
		if show != nil {
			p, ok = show(i)
		}
		if !ok {
			return tag + label + "</a>"
		}
		return fmt.Sprintf(`%s<img src="%s" alt="%s" width="%d" height="%d" loading="lazy" decoding="async"></a>`,
			tag, html.EscapeString(p.URL), html.EscapeString(i.Alt), p.Width, p.Height)
	})
}

// images calls each for the images of clean HTML, with the tag of the link by which they stand
// and the label in it, and returns the HTML with what it returns in their stead.
func images(clean string, each func(i Image, tag, label string) string) string {
	const mark = ` data-image="`
	var b strings.Builder
	for {
		at := strings.Index(clean, mark)
		if at < 0 {
			b.WriteString(clean)
			return b.String()
		}
		tag := strings.LastIndexByte(clean[:at], '<')
		end := at + strings.IndexByte(clean[at:], '>')
		after := strings.Index(clean[at:], "</a>") + at
		if tag < 0 || end < at || after < end { // unreachable: clean HTML is well formed
			b.WriteString(clean)
			return b.String()
		}
		url, rest, _ := strings.Cut(clean[at+len(mark):end], `"`)
		w, h := size(strings.TrimSuffix(strings.TrimPrefix(rest, ` data-size="`), `"`))
		label := clean[end+1 : after]
		alt := html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(label, "["), "]"))
		i := Image{URL: html.UnescapeString(url), Alt: alt, Width: w, Height: h}
		b.WriteString(clean[:tag])
		b.WriteString(each(i, clean[tag:at]+">", label))
		clean = clean[after+len("</a>"):]
	}
}

// Trust vouches for HTML that a template is to show as it stands, with the hub's pictures, if
// show has them. It cleans once more, so that nothing that reached the store some other way can
// get past.
func Trust(clean string, show func(Image) (Picture, bool)) template.HTML {
	return template.HTML(Shown(HTML(clean, ""), show)) //nolint:gosec // what this package is for
}
