package sanitize

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLabel is how many runes of an alternative text or title become a label.
const maxLabel = 300

var (
	isLang     = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	isDatetime = regexp.MustCompile(`^[0-9A-Za-z:+. \-]{1,40}$`)
)

// allowed are the attributes that survive, each with what its value must be; lang and
// dir survive everywhere.
var allowed = map[atom.Atom]map[string]func(c *cleaner, value string) string{
	atom.Ol:         {"start": number, "reversed": flag},
	atom.Li:         {"value": number},
	atom.Td:         {"colspan": span, "rowspan": span},
	atom.Th:         {"colspan": span, "rowspan": span, "scope": scope},
	atom.Abbr:       {"title": label},
	atom.Dfn:        {"title": label},
	atom.Time:       {"datetime": datetime},
	atom.Del:        {"datetime": datetime, "cite": (*cleaner).absolute},
	atom.Ins:        {"datetime": datetime, "cite": (*cleaner).absolute},
	atom.Q:          {"cite": (*cleaner).absolute},
	atom.Blockquote: {"cite": (*cleaner).absolute},
}

// attributes returns the allowed attributes of n, ready to be written.
func (c *cleaner) attributes(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		if f := allowed[n.DataAtom][a.Key]; f != nil && a.Namespace == "" {
			if v := f(c, strings.TrimSpace(printable(a.Val))); v != "" {
				b.WriteString(" " + a.Key + `="` + html.EscapeString(v) + `"`)
			}
		}
	}
	return b.String()
}

// localised returns the language and direction that n itself declares.
func localised(n *html.Node) (in inherited) {
	for _, a := range n.Attr {
		switch a.Key {
		case "lang", "xml:lang":
			if (in.lang == "" || a.Key == "lang") && isLang.MatchString(a.Val) {
				in.lang = a.Val
			}
		case "dir":
			if v := strings.ToLower(strings.TrimSpace(a.Val)); v == "ltr" || v == "rtl" || v == "auto" {
				in.dir = v
			}
		}
	}
	return in
}

func number(_ *cleaner, v string) string {
	if n, err := strconv.Atoi(v); err == nil && -1e6 < n && n < 1e6 {
		return strconv.Itoa(n)
	}
	return ""
}

func span(_ *cleaner, v string) string {
	if n, err := strconv.Atoi(v); err == nil && 1 < n && n <= 100 {
		return strconv.Itoa(n)
	}
	return ""
}

func flag(_ *cleaner, _ string) string { return "reversed" }

func scope(_ *cleaner, v string) string {
	switch v = strings.ToLower(v); v {
	case "row", "col", "rowgroup", "colgroup":
		return v
	}
	return ""
}

func label(_ *cleaner, v string) string { return short(v, maxLabel) }

func datetime(_ *cleaner, v string) string {
	if isDatetime.MatchString(v) {
		return v
	}
	return ""
}

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
	c.link = true
	s := c.render(children(n), inherited{})
	c.link = false
	if strings.TrimSpace(s) == "" {
		c.out.WriteString(s)
		return
	}
	c.out.WriteString("<a" + in.String() + linkTo(href) + ">" + s + "</a>")
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
		c.out.WriteString(label)
		return
	}
	c.out.WriteString("<a" + linkTo(href) + ">" + label + "</a>")
}

// pixel reports whether n is drawn too small to be seen.
func pixel(n *html.Node) bool {
	for _, key := range []string{"width", "height"} {
		if v, err := strconv.Atoi(strings.TrimSuffix(attribute(n, key), "px")); err == nil && v <= 2 {
			return true
		}
	}
	return false
}
