package prose

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A box is an element that parts lines, or a run of text and inline elements within one.
// Boxes stand in the order of the page: a box, then what it holds, up to its end.
type box struct {
	node       *html.Node // the element; of a run its first node
	last       *html.Node // of a run its last node, otherwise nil
	tag        atom.Atom
	parent     int
	end        int
	hint       hint
	chars      int // of its text, a character of a script of syllables or words counting for three
	linked     int // of these within links
	sentence   bool
	ended      bool // the mark that ends its last sentence stands outside of links
	worded     bool // its words are not only those of links, which come after no colon
	amid       bool // it is a sentence of the text, be it mostly a link
	good       int  // characters of good runs in it
	score      float64
	parts      int // how many elements in it score that hold others
	own        int // 1 if it has paragraphs of its own
	keep       bool
	out        bool    // what it holds is no part of the article
	named      bool    // its own words say that it is a box
	picture    bool    // it is a picture, stands under one or tells of it
	listed     bool    // in a list or a table
	structured bool    // in a list, a table, a quotation or text that is set by hand
	images     int     // how many pictures it holds
	told       bool    // it is long enough to be found in what the witness says
	said       float64 // how much of it is
	text       string
}

func (b *box) isRun() bool { return b.last != nil }

// density is the share of links in the text.
func (b *box) density() float64 {
	if b.chars == 0 {
		return 0
	}
	return float64(b.linked) / float64(b.chars)
}

// A tree is a page as boxes.
type tree struct {
	boxes     []box
	titles    []string            // the headline in its versions, folded
	described string              // what the page says of itself, folded
	holds     map[*html.Node]bool // of inline elements: whether a box is in them
	top       int                 // the element that is the article
	lead      string              // the standfirst that is the page's description
	hints     map[string]hint     // of classes already read
	linked    bool                // what grows is within a link
	opened    map[*html.Node]bool // what is read although the page hides it
	witness   float64             // how much of what the witness says is in the page
}

// silent elements hold no text for readers.
var silent = set(atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object,
	atom.Embed, atom.Textarea, atom.Select, atom.Button, atom.Input, atom.Option, atom.Head, atom.Title, atom.Canvas,
	atom.Audio, atom.Video, atom.Map, atom.Nav, atom.Dialog, atom.Menu, atom.Meta, atom.Link, atom.Datalist, atom.Noframes)

// lined elements stand within a line.
var lined = set(atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Br, atom.Cite, atom.Code, atom.Data, atom.Del,
	atom.Dfn, atom.Em, atom.Font, atom.I, atom.Img, atom.Image, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Nobr, atom.Picture, atom.Q,
	atom.Rb, atom.Rp, atom.Rt, atom.Ruby, atom.S, atom.Samp, atom.Small, atom.Source, atom.Span, atom.Strike, atom.Strong,
	atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr, 0)

func set(list ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(list))
	for _, a := range list {
		m[a] = true
	}
	return m
}

// grow adds what the children of n hold to the tree, under the box at parent.
func (t *tree) grow(n *html.Node, parent int) {
	var first, last *html.Node
	flush := func() {
		if first != nil {
			t.run(first, last, parent)
		}
		first = nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			if first == nil {
				if blank(c.Data) {
					continue
				}
				first = c
			}
			last = c
		case isEmbed(c):
			flush()
			t.embed(c, parent)
		case c.Type != html.ElementNode || c.Namespace != "" || silent[c.DataAtom]:
		case lined[c.DataAtom] && !t.holdsBox(c):
			if c.DataAtom == atom.Br && paragraphBreak(c) {
				flush()
				continue
			}
			if first == nil {
				first = c
			}
			last = c
		default:
			flush()
			if hidden(c) && !t.opened[c] {
				continue
			}
			i, h := len(t.boxes), t.hint(c)
			picture := t.boxes[parent].picture || h&caption != 0 || c.DataAtom == atom.Figure || c.DataAtom == atom.Figcaption
			t.boxes = append(t.boxes, box{
				node: c, tag: c.DataAtom, parent: parent, hint: h, picture: picture,
				listed: t.boxes[parent].listed || listed[c.DataAtom], structured: t.boxes[parent].structured || structured[c.DataAtom],
			})
			outer := t.linked
			t.linked = outer || c.DataAtom == atom.A
			t.grow(c, i)
			t.linked = outer
			t.boxes[i].end = len(t.boxes)
		}
	}
	flush()
}

// paragraphBreak reports whether br, with another, ends a paragraph.
func paragraphBreak(br *html.Node) bool {
	for c := br.NextSibling; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			return c.DataAtom == atom.Br
		}
		if c.Type == html.TextNode && !blank(c.Data) {
			return false
		}
	}
	return false
}

func (t *tree) holdsBox(n *html.Node) bool {
	if n.FirstChild == nil {
		return false
	}
	if b, ok := t.holds[n]; ok {
		return b
	}
	holds := false
	for c := n.FirstChild; c != nil && !holds; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Namespace == "" && !silent[c.DataAtom] {
			holds = !lined[c.DataAtom] || t.holdsBox(c)
		} else {
			holds = isEmbed(c)
		}
	}
	t.holds[n] = holds
	return holds
}

// run adds a line of text.
func (t *tree) run(first, last *html.Node, parent int) {
	in := &t.boxes[parent]
	b := box{node: first, last: last, parent: parent, end: len(t.boxes) + 1, picture: in.picture, listed: in.listed, structured: in.structured}
	m := measure{}
	for n := first; ; n = n.NextSibling {
		m.add(n, t.linked)
		if n == last {
			break
		}
	}
	if m.chars == 0 {
		if !m.image {
			return
		}
		b.tag, b.picture, b.images = atom.Img, true, 1
	}
	b.chars, b.linked, b.sentence, b.ended, b.worded = m.chars, m.linked, m.sentence, m.ended, m.worded && !m.names
	t.boxes = append(t.boxes, b)
}

// A measure counts the characters of a run, white space between words counting for one.
type measure struct {
	chars, linked int
	sentence      bool // the last character ended a sentence
	ended         bool // the one that did stands outside of links
	worded        bool // there are letters outside of links
	names, colon  bool // a link comes after a colon; the last character outside of links is one
	space, image  bool
}

func (m *measure) add(n *html.Node, linked bool) {
	switch n.Type {
	case html.TextNode:
		before := m.chars
		for _, r := range n.Data {
			if unicode.IsSpace(r) {
				m.space = m.chars > 0
				continue
			}
			if m.space {
				m.chars++
				m.space = false
			}
			m.chars++
			if r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
				m.chars += 2
			}
			switch r {
			case '.', '!', '?', '…', '。', '！', '？', '।', '؟', '۔', '።', '։', ':', ';':
				m.sentence, m.ended = true, !linked
			case '"', '\'', '”', '’', '“', '»', '«', '›', ')', ']', '」', '』', '）', '*':
			default:
				m.sentence = false
				if !linked {
					m.worded = m.worded || unicode.IsLetter(r)
				}
			}
			if linked {
				m.names, m.colon = m.names || m.colon, false
			} else {
				m.colon = r == ':' || r == '：'
			}
		}
		if linked {
			m.linked += m.chars - before
		}
	case html.ElementNode:
		switch {
		case silent[n.DataAtom] || n.Namespace != "" || hidden(n):
			return
		case n.DataAtom == atom.Img:
			m.image = true
		case n.DataAtom == atom.Br:
			m.space = m.chars > 0
		case n.DataAtom == atom.A:
			linked = true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			m.add(c, linked)
		}
	}
}

// words returns the text of a run, its words parted by one space.
func (b *box) words() string {
	if b.text != "" || b.chars == 0 {
		return b.text
	}
	var s strings.Builder
	for n := b.node; ; n = n.NextSibling {
		write(&s, n)
		if n == b.last {
			break
		}
	}
	b.text = strings.Join(strings.Fields(s.String()), " ")
	return b.text
}

func write(s *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		s.WriteString(n.Data)
	case html.ElementNode:
		if silent[n.DataAtom] || n.Namespace != "" || hidden(n) {
			return
		}
		if n.DataAtom == atom.Br {
			s.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			write(s, c)
		}
	}
}

func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}

// hidden reports whether the page itself hides n.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			if a.Val == "true" {
				return true
			}
		case "style":
			if strings.Contains(a.Val, "none") || strings.Contains(a.Val, "hidden") {
				style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
				if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
					return true
				}
			}
		}
	}
	return false
}
