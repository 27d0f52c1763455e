package sanitize

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLabel is how many runes of an alternative text or title become a label.
const maxLabel = 300

// special writes links, and what becomes a link.
func (c *cleaner) special(n *html.Node, in inherited) {
	switch n.DataAtom {
	case atom.A:
		c.anchor(n, in.with(n))
	case atom.Img, atom.Image:
		c.image(n)
	default:
		c.embed(n)
	}
}

func (c *cleaner) anchor(n *html.Node, in inherited) {
	href := ""
	if !c.link {
		href = c.absolute(attribute(n, "href"))
	}
	if href == "" {
		if in != (inherited{}) {
			c.wrap("bdi", in, "", n)
			return
		}
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			c.phrase(ch, inherited{})
		}
		return
	}
	start := len(c.out)
	c.open("a", in, linkTo(href))
	mark := len(c.out)
	c.link = true
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		c.phrase(ch, inherited{})
	}
	c.link = false
	if s := c.out[mark:]; len(bytes.TrimSpace(s)) == 0 {
		c.out = append(c.out[:start], s...)
		return
	}
	c.out = append(c.out, "</a>"...)
}

// linkTo returns the attributes of a link to a place that this hub does not vouch for.
func linkTo(href string) string {
	return ` href="` + html.EscapeString(href) + `" rel="noopener nofollow ugc"`
}

// image writes a link to an image, labelled with its alternative text; inside another
// link only the label.
func (c *cleaner) image(n *html.Node) {
	alt := short(attribute(n, "alt"), maxLabel)
	if alt == "" || pixel(n) {
		return
	}
	for _, key := range []string{"src", "data-src", "data-lazy-src", "data-original"} {
		if src := c.absolute(attribute(n, key)); src != "" && !strings.HasPrefix(src, "mailto:") {
			c.labelled(src, alt)
			return
		}
	}
}

// embed writes a link to what an element embeds, labelled with its title or its host.
func (c *cleaner) embed(n *html.Node) {
	src := attribute(n, "src")
	switch n.DataAtom {
	case atom.Object:
		src = attribute(n, "data")
	case atom.Video, atom.Audio:
		for ch := n.FirstChild; ch != nil && src == ""; ch = ch.NextSibling {
			if ch.DataAtom == atom.Source {
				src = attribute(ch, "src")
			}
		}
	}
	if src == "" {
		src = attribute(n, "data-src")
	}
	href := c.absolute(src)
	if href == "" || strings.HasPrefix(href, "mailto:") || pixel(n) {
		return
	}
	title := short(attribute(n, "title"), maxLabel)
	if title == "" {
		title = hostOf(href)
	}
	c.labelled(href, title)
}

func (c *cleaner) labelled(href, label string) {
	label = "[" + html.EscapeString(label) + "]"
	if c.link {
		c.out = append(c.out, label...)
		return
	}
	c.out = append(c.out, "<a"+linkTo(href)+">"+label+"</a>"...)
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
