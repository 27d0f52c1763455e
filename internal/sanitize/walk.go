package sanitize

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A cleaner writes what is allowed of a tree. Every function recurses at most as deep as
// the parser lets elements nest.
type cleaner struct {
	base  *url.URL
	out   []byte
	boxed map[*html.Node]bool // whether an element holds a box, once found out
	link  bool                // inside a link, where no other may begin
}

// inherited are the attributes of unwrapped elements that what they held must keep.
type inherited struct{ lang, dir string }

func (in inherited) with(n *html.Node) inherited {
	own := localised(n)
	if own.lang != "" {
		in.lang = own.lang
	}
	if own.dir != "" {
		in.dir = own.dir
	}
	return in
}

// flow writes the children of n. Phrases between boxes become paragraphs; where para is
// false they do so only if n holds boxes, too.
func (c *cleaner) flow(n *html.Node, para bool, in inherited) {
	para = para || c.holdsBox(n)
	var line []*html.Node
	flush := func() {
		if len(line) == 0 {
			return
		}
		c.phrases(line, para, in)
		line = line[:0]
	}
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		if ch.Type == html.TextNode || ch.Type == html.ElementNode && !c.isBox(ch) {
			line = append(line, ch)
			continue
		}
		flush()
		if ch.Type == html.ElementNode {
			c.box(ch, in)
		}
	}
	flush()
}

// phrases writes a line of nodes, as paragraphs parted by double line breaks if para.
func (c *cleaner) phrases(line []*html.Node, para bool, in inherited) {
	if !para {
		for _, n := range line {
			c.phrase(n, in)
		}
		return
	}
	for from := 0; from < len(line); {
		to, next := from, len(line)
		for breaks, i := 0, from; i < len(line); i++ {
			switch n := line[i]; {
			case n.DataAtom == atom.Br && n.Type == html.ElementNode:
				if breaks++; breaks == 2 {
					next = i + 1
				}
			case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "":
			default:
				breaks, to = 0, i+1
			}
			if next <= i+1 {
				break
			}
		}
		c.line("p", in, line[from:to])
		from = next
	}
}

// line writes an element that holds phrases, without space around them, unless there are none.
func (c *cleaner) line(name string, in inherited, nodes []*html.Node) {
	start := len(c.out)
	c.open(name, in, "")
	c.content(start, func() {
		for _, n := range nodes {
			c.phrase(n, inherited{})
		}
	}, func() { c.close(name) })
}

// content lets inner write after the tag that begins at start, takes the space off both ends
// of what it wrote, and ends the element with end; where nothing is left the tag goes, too.
// All happens in one buffer: to copy what each element holds would cost, of elements nested
// deeply, as many copies.
func (c *cleaner) content(start int, inner, end func()) {
	mark := len(c.out)
	inner()
	s := bytes.TrimSpace(c.out[mark:])
	if len(s) == 0 {
		c.out = c.out[:start]
		return
	}
	c.out = append(c.out[:mark], s...)
	end()
}

// box writes an element that is a box or holds one.
func (c *cleaner) box(n *html.Node, in inherited) {
	if hidden(n) {
		return
	}
	in = in.with(n)
	switch kindOf(n) {
	case drop:
	case text:
		if c.holdsBox(n) && !wraps(n) { // a table in a heading, say: the boxes matter more
			c.flow(n, true, in)
			return
		}
		c.textBox(n, in)
	case block:
		name := n.DataAtom.String()
		c.enclose(name, in, c.attributes(n), func() { c.flow(n, name == "figure", inherited{}) })
	case void: // hr
		c.out = append(c.out, "<"+n.DataAtom.String()+">\n"...)
	case special:
		switch n.DataAtom {
		case atom.Ul, atom.Ol:
			c.list(n, in, "li", atom.Li)
		case atom.Dl:
			c.list(n, in, "dd", atom.Dt, atom.Dd)
		case atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
			c.table(n, in)
		default: // a link or an object around boxes
			c.flow(n, true, in)
		}
	default:
		c.flow(n, true, in)
	}
}

// textBox writes a paragraph, heading or preformatted text that holds phrases only.
func (c *cleaner) textBox(n *html.Node, in inherited) {
	name := n.DataAtom.String()
	if n.DataAtom == atom.H1 { // the page has its own
		name = "h2"
	}
	switch name {
	case "p":
		c.phrases(children(n), true, in)
	case "pre":
		start := len(c.out)
		c.open(name, in, "")
		mark := len(c.out)
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			c.phrase(ch, inherited{})
		}
		switch s := c.out[mark:]; {
		case len(bytes.TrimSpace(s)) == 0:
			c.out = c.out[:start]
		default:
			if s[0] == '\n' {
				c.out = slices.Insert(c.out, mark, '\n') // for parsers drop the first
			}
			c.close(name)
		}
	default:
		c.line(name, in, children(n))
	}
}

// list writes a list; children that are no items become items of the kind given first.
func (c *cleaner) list(n *html.Node, in inherited, item string, items ...atom.Atom) {
	c.enclose(n.DataAtom.String(), in, c.attributes(n), func() {
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			isItem := false
			for _, a := range items {
				isItem = isItem || ch.Type == html.ElementNode && ch.DataAtom == a
			}
			switch {
			case isItem:
				c.box(ch, inherited{})
			case ch.DataAtom == atom.Div && item == "dd": // HTML allows groups in dl
				for g := ch.FirstChild; g != nil; g = g.NextSibling {
					if g.DataAtom == atom.Dt || g.DataAtom == atom.Dd {
						c.box(g, inherited{})
					}
				}
			case ch.Type == html.ElementNode && c.isBox(ch):
				c.enclose(item, inherited{}, "", func() { c.box(ch, inherited{}) })
			case ch.Type == html.ElementNode || ch.Type == html.TextNode:
				c.enclose(item, inherited{}, "", func() { c.phrase(ch, inherited{}) })
			}
		}
	})
}

// table writes a table or a part of one: only what may stand there, for anything else
// would be moved out of the table when it is parsed again.
func (c *cleaner) table(n *html.Node, in inherited) {
	c.enclose(n.DataAtom.String(), in, "", func() {
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			switch {
			case ch.Type != html.ElementNode:
			case n.DataAtom == atom.Tr && (ch.DataAtom == atom.Td || ch.DataAtom == atom.Th):
				// An empty cell keeps the others in their columns.
				c.open(ch.DataAtom.String(), inherited{}.with(ch), c.attributes(ch))
				c.flow(ch, false, inherited{})
				c.close(ch.DataAtom.String())
			case n.DataAtom != atom.Tr && ch.DataAtom == atom.Tr,
				n.DataAtom == atom.Table && (ch.DataAtom == atom.Thead || ch.DataAtom == atom.Tbody ||
					ch.DataAtom == atom.Tfoot || ch.DataAtom == atom.Caption):
				c.box(ch, inherited{})
			}
		}
	})
}

// phrase writes a node that holds no box.
func (c *cleaner) phrase(n *html.Node, in inherited) {
	if n.Type == html.TextNode {
		c.out = append(c.out, html.EscapeString(printable(n.Data))...)
		return
	}
	if n.Type != html.ElementNode || hidden(n) {
		return
	}
	name := n.DataAtom.String()
	switch kindOf(n) {
	case drop:
	case block, text: // unreachable: only boxes without a meaning of their own stand in a line
	case void:
		if n.DataAtom != atom.Hr {
			c.out = append(c.out, "<"+name+">"...)
		}
	case phrase:
		c.wrap(name, in.with(n), c.attributes(n), n)
	case special:
		c.special(n, in)
	default: // span, font, custom elements
		if in = in.with(n); in != (inherited{}) {
			c.wrap("bdi", in, "", n) // a run of text in another language or direction
			return
		}
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			c.phrase(ch, inherited{})
		}
	}
}

// wrap writes an element of phrasing content unless it is empty: then only the space in it.
func (c *cleaner) wrap(name string, in inherited, attributes string, n *html.Node) {
	start := len(c.out)
	c.open(name, in, attributes)
	mark := len(c.out)
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		c.phrase(ch, inherited{})
	}
	if s := c.out[mark:]; len(bytes.TrimSpace(s)) == 0 {
		c.out = append(c.out[:start], s...)
		return
	}
	c.out = append(c.out, "</"+name+">"...)
}

// enclose writes an element around what inner writes, and nothing if inner does not.
func (c *cleaner) enclose(name string, in inherited, attributes string, inner func()) {
	start := len(c.out)
	c.open(name, in, attributes)
	c.content(start, inner, func() { c.close(name) })
}

func (c *cleaner) open(name string, in inherited, attributes string) {
	c.out = append(c.out, '<')
	c.out = append(c.out, name...)
	c.out = append(c.out, in.String()...)
	c.out = append(c.out, attributes...)
	c.out = append(c.out, '>')
}

func (c *cleaner) close(name string) {
	c.out = append(c.out, "</"...)
	c.out = append(c.out, name...)
	c.out = append(c.out, ">\n"...)
}

func (in inherited) String() string {
	s := ""
	if in.lang != "" {
		s += ` lang="` + in.lang + `"`
	}
	if in.dir != "" {
		s += ` dir="` + in.dir + `"`
	}
	return s
}

// isBox reports whether n begins and ends a line of its own.
func (c *cleaner) isBox(n *html.Node) bool {
	switch kindOf(n) {
	case block, text:
		return true
	case void:
		return n.DataAtom == atom.Hr
	case drop:
		return false
	case special:
		switch n.DataAtom {
		case atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
			return true
		case atom.A, atom.Object:
			return c.holdsBox(n)
		}
		return false
	}
	return boxes[n.DataAtom] && n.Namespace == "" || c.holdsBox(n)
}

func (c *cleaner) holdsBox(n *html.Node) bool {
	if b, ok := c.boxed[n]; ok {
		return b
	}
	holds := false
	for ch := n.FirstChild; ch != nil && !holds; ch = ch.NextSibling {
		holds = ch.Type == html.ElementNode && c.isBox(ch)
	}
	c.boxed[n] = holds
	return holds
}

// wraps reports whether the boxes in n are there for looks only, as a div in a heading.
func wraps(n *html.Node) bool {
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		if ch.Type != html.ElementNode {
			continue
		}
		switch kindOf(ch) {
		case block, text:
			return false
		case special:
			if ch.DataAtom != atom.A && ch.DataAtom != atom.Img {
				return false
			}
		case void:
			if ch.DataAtom == atom.Hr {
				return false
			}
		}
		if !wraps(ch) {
			return false
		}
	}
	return true
}

func kindOf(n *html.Node) kind {
	if n.Namespace != "" { // inside svg or math
		return drop
	}
	return rules[n.DataAtom].page
}

func children(n *html.Node) (list []*html.Node) {
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		list = append(list, ch)
	}
	return list
}

// hidden reports whether the author hid n: what only machines were to read must not be
// shown as if it were text.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
				return true
			}
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return strings.TrimSpace(printable(a.Val))
		}
	}
	return ""
}

// short returns s cut to at most limit runes.
func short(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
