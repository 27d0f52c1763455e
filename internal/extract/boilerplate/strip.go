package boilerplate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/words"
)

const (
	// left is how many characters of a text have to be left: less is no article, and then
	// what seems to recur is all that the outlet says.
	left = 40
	// noticesHead and noticesTail are within how many blocks of the beginning and the end a
	// notice stands: elsewhere the same words are the article's.
	noticesHead, noticesTail = 2, 3
)

// Strip takes the blocks of the set, and notices, out of a text, given as clean HTML and
// plain. What it took out it returns in order, at most once each.
func (s *Set) Strip(clean, text string) (stripped string, apart []news.Apart) {
	if !s.some(text) {
		return clean, nil
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil { // unreachable: sanitised HTML is not deep
		return clean, nil
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	blocks := leaves(body, nil)
	for i := range blocks {
		b := &blocks[i]
		if b.kind = s.kind(b.text); b.kind == "" && (i < noticesHead || i >= len(blocks)-noticesTail) && Notice(b.text) {
			b.kind = news.ApartNotice
		}
	}
	for i := range slices.Backward(blocks) {
		// A heading in the middle goes only with what follows it.
		if b := &blocks[i]; b.kind != "" && b.heading && i > 0 && i < len(blocks)-1 && blocks[i+1].kind == "" {
			b.kind = ""
		}
	}
	kept := 0
	for _, b := range blocks {
		if b.kind == "" && !b.heading {
			kept += utf8.RuneCountInString(b.text)
		}
	}
	if kept < left {
		return clean, nil
	}
	for _, b := range blocks {
		if b.kind == "" {
			continue
		}
		b.remove(body)
		if a := (news.Apart{Kind: b.kind, Text: b.text}); !slices.Contains(apart, a) {
			apart = append(apart, a)
		}
	}
	if len(apart) == 0 {
		return clean, nil
	}
	var out strings.Builder
	for n := range body.ChildNodes() {
		if n.Type == html.ElementNode || strings.TrimSpace(n.Data) != "" {
			if err := html.Render(&out, n); err != nil { // unreachable: a Builder does not fail
				return clean, nil
			}
			out.WriteByte('\n')
		}
	}
	return sanitize.HTML(out.String(), ""), apart
}

// some reports whether there may be something to strip: it costs little.
func (s *Set) some(text string) bool {
	n := 0
	var last [noticesTail]string
	for l := range lines(text) {
		if s.kind(l) != "" || n < noticesHead && Notice(l) {
			return true
		}
		last[n%noticesTail] = l
		n++
	}
	return n > 1 && slices.ContainsFunc(last[:], Notice)
}

// A leaf is a block of a tree: what stands in an element that holds no other box, between
// two line breaks.
type leaf struct {
	nodes   []*html.Node // and the break that ends it
	text    string
	kind    string
	heading bool
}

// leaves appends the blocks below n. Tables, captions, code and what is quoted word by word
// are no blocks: what recurs there is a credit or a figure.
func leaves(n *html.Node, list []leaf) []leaf {
	switch n.DataAtom {
	case atom.Table, atom.Figcaption, atom.Pre:
		return list
	}
	var line leaf
	end := func() {
		if line.text = words.Line(line.text); line.text != "" {
			list = append(list, line)
		}
		line = leaf{}
	}
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.ElementNode && isBox(c):
			end()
			list = leaves(c, list)
		case c.DataAtom == atom.Br:
			line.nodes = append(line.nodes, c)
			end()
		default:
			line.nodes = append(line.nodes, c)
			line.text += words.Of(c)
			switch n.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
				line.heading = true
			}
		}
	}
	end()
	return list
}

// remove takes a leaf out of the tree, and the boxes that hold nothing without it.
func (l leaf) remove(body *html.Node) {
	parent := l.nodes[0].Parent
	for _, n := range l.nodes {
		parent.RemoveChild(n)
	}
	for parent != body && words.Line(words.Of(parent)) == "" && !holdsPicture(parent) {
		above := parent.Parent
		above.RemoveChild(parent)
		parent = above
	}
}

func holdsPicture(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

func isBox(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Figure, atom.Figcaption,
		atom.Table, atom.Pre, atom.Section, atom.Aside, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Details, atom.Summary:
		return true
	}
	return false
}
