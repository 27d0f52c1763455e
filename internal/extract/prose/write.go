package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// kept elements are written around what they hold; of others only what they hold is.
var kept = set(atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd,
	atom.Blockquote, atom.Pre, atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Figure, atom.Figcaption)

// html writes what is kept.
func (t *tree) html() string {
	w := writer{tree: t, before: make([]int, len(t.boxes)+1)}
	for i := range t.boxes {
		w.before[i+1] = w.before[i]
		if b := &t.boxes[i]; b.keep && !b.out {
			w.before[i+1]++
		}
	}
	w.box(0)
	return w.out.String()
}

// A writer writes boxes.
type writer struct {
	*tree

	out    strings.Builder
	before []int // how many runs before a box are kept
}

func (w *writer) box(i int) {
	b := &w.boxes[i]
	switch {
	case b.out || w.before[b.end] == w.before[i]:
		return
	case b.isRun():
		w.run(b)
		return
	}
	if b.picture && b.tag != atom.Figure && !w.boxes[b.parent].picture {
		w.out.WriteString("<figure>")
		defer w.out.WriteString("</figure>\n")
	}
	name := "div"
	if kept[b.tag] {
		name = b.tag.String()
	}
	w.out.WriteString("<" + name)
	for _, a := range b.node.Attr {
		switch a.Key {
		case "lang", "dir", "cite", "start", "reversed", "value", "type", "colspan", "rowspan", "scope":
			w.out.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
		}
	}
	w.out.WriteString(">")
	for c := i + 1; c < b.end; c = w.boxes[c].end {
		w.box(c)
	}
	w.out.WriteString("</" + name + ">\n")
}

func (w *writer) run(b *box) {
	parent := w.boxes[b.parent].tag
	around := ""
	switch {
	case b.tag == atom.Img && !w.boxes[b.parent].picture:
		around = "figure"
	case b.tag != atom.Img && !kept[parent]:
		around = "p"
	}
	if around != "" {
		w.out.WriteString("<" + around + ">")
		defer w.out.WriteString("</" + around + ">\n")
	}
	for n := b.node; ; n = n.NextSibling {
		_ = html.Render(&w.out, n) // a Builder does not fail
		if n == b.last {
			break
		}
	}
}
