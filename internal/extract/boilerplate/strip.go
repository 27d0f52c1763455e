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
	blocks = slices.DeleteFunc(blocks, func(b leaf) bool { return b.kind == "" })
	remove(body, blocks)
	for _, b := range blocks {
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
	var text strings.Builder
	end := func() {
		if line.text = words.Line(text.String()); line.text != "" {
			list = append(list, line)
		}
		line = leaf{}
		text.Reset()
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
			text.WriteString(words.Of(c))
			switch n.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
				line.heading = true
			}
		}
	}
	end()
	return list
}

// remove takes leaves out of the tree, and the boxes that hold nothing without them.
func remove(body *html.Node, list []leaf) {
	touched := map[*html.Node]bool{}
	for _, l := range list {
		touched[l.nodes[0].Parent] = true
		for _, n := range l.nodes {
			n.Parent.RemoveChild(n)
		}
	}
	prune(body, touched)
}

// prune takes out of n the boxes from which something was taken and that hold nothing now, and
// reports whether something was taken from n, and whether n holds a text or a picture.
func prune(n *html.Node, touched map[*html.Node]bool) (taken, holds bool) {
	taken = touched[n]
	var next *html.Node
	for c := n.FirstChild; c != nil; c = next {
		next = c.NextSibling
		if c.Type == html.TextNode {
			holds = holds || strings.TrimSpace(c.Data) != ""
			continue
		}
		takenBelow, holdsBelow := prune(c, touched)
		if takenBelow && !holdsBelow {
			n.RemoveChild(c)
		}
		taken, holds = taken || takenBelow, holds || holdsBelow || c.DataAtom == atom.Img
	}
	return taken, holds
}

func isBox(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Figure, atom.Figcaption,
		atom.Table, atom.Pre, atom.Section, atom.Aside, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Details, atom.Summary:
		return true
	}
	return false
}
