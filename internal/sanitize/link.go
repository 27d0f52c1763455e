package sanitize

import (
	"bytes"
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
	picture := c.picture(n)
	c.open("a", in, linkTo(href)+picture.String())
	mark := len(c.out)
	c.link = true
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		c.phrase(ch, inherited{})
	}
	c.link = false
	s := bytes.TrimSpace(c.out[mark:])
	switch label, ok := strings.CutPrefix(string(s), "["); {
	case len(s) == 0:
		c.out = append(c.out[:start], c.out[mark:]...)
		return
	case picture != (Image{}) && (!ok || strings.ContainsAny(label, "<") || !strings.HasSuffix(label, "]")):
		// It holds more than the picture: the picture is a word of it.
		c.out = append(c.out[:start], "<a"+in.String()+linkTo(href)+">"+string(c.out[mark:])...)
	case picture != (Image{}):
		c.out = append(c.out[:mark], s...) // nothing but the label, so that it is known again
	}
	c.out = append(c.out, "</a>"...)
}

// linkTo returns the attributes of a link to a place that this hub does not vouch for.
func linkTo(href string) string {
	return ` href="` + html.EscapeString(href) + `" rel="noopener nofollow ugc"`
}

// picture returns the image that a link is said to stand for, or the only one in it.
func (c *cleaner) picture(n *html.Node) Image {
	if url := c.web(attribute(n, "data-image")); url != "" {
		w, h := size(attribute(n, "data-size"))
		return Image{URL: url, Width: w, Height: h}
	}
	var only Image
	for ch := range n.Descendants() {
		if ch.DataAtom != atom.Img || ch.Type != html.ElementNode || ch.Namespace != "" {
			continue
		}
		i, ok := c.imageOf(ch)
		switch {
		case !ok:
		case only != (Image{}):
			return Image{}
		default:
			only = i
		}
	}
	return only
}

// image writes a link to an image, labelled with its alternative text; inside another
// link only the label.
func (c *cleaner) image(n *html.Node) {
	i, ok := c.imageOf(n)
	switch {
	case !ok:
	case c.link:
		c.labelled("", i.Alt)
	default:
		c.open("a", inherited{}, linkTo(i.URL)+i.String())
		c.out = append(c.out, "["+html.EscapeString(i.Alt)+"]</a>"...)
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
	if src == "" || strings.HasPrefix(src, "about:") { // it is loaded when it is looked at
		src = attribute(n, "data-src")
	}
	href := c.web(src)
	if href == "" || pixel(n) {
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
	if href == "" || c.link {
		c.out = append(c.out, label...)
		return
	}
	c.out = append(c.out, "<a"+linkTo(href)+">"+label+"</a>"...)
}
