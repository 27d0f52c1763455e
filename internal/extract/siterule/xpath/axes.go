package xpath

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A place is where an expression is evaluated (§1).
type place struct {
	page           *Page
	node           Node
	position, last int
}

func (c place) nodes(list []Node) value { return value{kind: isNodes, nodes: list, page: c.page} }

// A path goes from the page, from where it is evaluated, or from other nodes, step by step.
type path struct {
	root  bool
	from  node // may be nil
	steps []step
}

func (path) kind() resultKind { return isNodes }

func (n path) eval(c place) value {
	list := []Node{c.node}
	switch {
	case n.root:
		list = []Node{{c.page.root, -1}}
	case n.from != nil:
		list = n.from.eval(c).nodes
	}
	for _, s := range n.steps {
		list = s.from(c.page, list)
	}
	return c.nodes(list)
}

// A step goes along an axis to the nodes that pass a test, and keeps of them those for which the
// predicates are true (§2.1).
type step struct {
	axis       string
	test       test
	predicates []node
	positional bool
}

// A test is passed by nodes of a name, or of a type (§2.3).
type test struct {
	name                string
	any, prefix         bool // the name is *, or ends with :*
	node, text, comment bool
}

func (t *test) passes(n Node) bool {
	switch {
	case t.node:
		return true
	case n.IsAttribute():
		return t.named(n.Attr[n.Attribute].Namespace, n.Attr[n.Attribute].Key)
	case n.Type == html.ElementNode:
		return t.named("", n.Data)
	case n.Type == html.TextNode:
		return t.text
	case n.Type == html.CommentNode:
		return t.comment
	}
	return false
}

func (t *test) named(space, name string) bool {
	if space != "" {
		name = space + ":" + name
	}
	switch {
	case t.any:
		return true
	case t.prefix:
		n := len(t.name) - len("*")
		return len(name) > n && strings.EqualFold(name[:n], t.name[:n])
	}
	return len(name) == len(t.name) && strings.EqualFold(name, t.name)
}

// from returns where the step leads from each of some nodes, all in the order of the page.
func (s *step) from(p *Page, list []Node) []Node {
	walk := axes[s.axis]
	var all []Node
	for _, n := range list {
		p.spend(1)
		start := len(all)
		walk(n, func(to Node) {
			p.spend(1)
			if s.test.passes(to) {
				p.spend(1) // for what it takes to keep it
				all = append(all, to)
			}
		})
		kept := all[start:]
		for _, pred := range s.predicates {
			kept = holding(p, kept, pred)
		}
		all = all[:start+len(kept)]
		if backwards[s.axis] {
			slices.Reverse(all[start:])
		}
	}
	if len(list) > 1 {
		all = p.ordered(all)
	}
	return all
}

// holding keeps of some nodes those for which a predicate is true (§2.4).
func holding(p *Page, list []Node, predicate node) []Node {
	kept := list[:0]
	for i, n := range list {
		v := predicate.eval(place{page: p, node: n, position: i + 1, last: len(list)})
		if v.kind == isNumber && v.number == float64(i+1) || v.kind != isNumber && v.asTruth() {
			kept = append(kept, n)
		}
	}
	return kept
}

// ordered sorts nodes into the order of the page, each but once.
func (p *Page) ordered(list []Node) []Node {
	if len(list) < 2 {
		return list
	}
	if p.order == nil {
		p.order = map[*html.Node]int{p.root: 0}
		for d := range p.root.Descendants() {
			p.spend(1)
			p.order[d] = len(p.order)
		}
	}
	compare := func(a, b Node) int {
		return cmp.Or(cmp.Compare(p.order[a.Node], p.order[b.Node]), cmp.Compare(a.Attribute, b.Attribute))
	}
	p.spend(len(list))
	if !slices.IsSortedFunc(list, compare) {
		const levels = 16 // how often a sort looks at a node, or more
		p.spend(levels * len(list))
		slices.SortFunc(list, compare)
	}
	return slices.Compact(list)
}

var backwards = map[string]bool{"ancestor": true, "ancestor-or-self": true, "preceding": true, "preceding-sibling": true}

// axes call a function for every node on the axis of a node, those that are near it first (§2.2).
var axes = map[string]func(Node, func(Node)){
	"self":   func(n Node, f func(Node)) { f(n) },
	"parent": func(n Node, f func(Node)) { n.above(false, 1, f) },
	"child": func(n Node, f func(Node)) {
		if !n.IsAttribute() {
			each(n.FirstChild, forward, f)
		}
	},
	"attribute": func(n Node, f func(Node)) {
		if n.IsAttribute() || n.Type != html.ElementNode {
			return
		}
		for i := range n.Attr {
			f(Node{n.Node, i})
		}
	},
	"descendant": func(n Node, f func(Node)) { n.below(false, f) },
	"descendant-or-self": func(n Node, f func(Node)) {
		n.below(true, f)
	},
	"ancestor":         func(n Node, f func(Node)) { n.above(false, -1, f) },
	"ancestor-or-self": func(n Node, f func(Node)) { n.above(true, -1, f) },
	"following-sibling": func(n Node, f func(Node)) {
		if !n.IsAttribute() {
			each(n.NextSibling, forward, f)
		}
	},
	"preceding-sibling": func(n Node, f func(Node)) {
		if !n.IsAttribute() {
			each(n.PrevSibling, backward, f)
		}
	},
	"following": func(n Node, f func(Node)) {
		if n.IsAttribute() {
			each(n.FirstChild, forward, func(c Node) { c.below(true, f) })
		}
		for a := n.Node; a != nil; a = a.Parent {
			each(a.NextSibling, forward, func(s Node) { s.below(true, f) })
		}
	},
	"preceding": func(n Node, f func(Node)) {
		for a := n.Node; a != nil; a = a.Parent {
			each(a.PrevSibling, backward, func(s Node) { s.lastFirst(f) })
		}
	},
	"namespace": func(Node, func(Node)) {},
}

func forward(n *html.Node) *html.Node  { return n.NextSibling }
func backward(n *html.Node) *html.Node { return n.PrevSibling }

// each calls f for n and its siblings, without the declaration of the type of the page, which is
// no node of XPath.
func each(n *html.Node, to func(*html.Node) *html.Node, f func(Node)) {
	for ; n != nil; n = to(n) {
		if n.Type != html.DoctypeNode {
			f(Node{n, -1})
		}
	}
}

// above calls f for what a node lies in, at most some levels up where those are not negative.
func (n Node) above(self bool, levels int, f func(Node)) {
	if self {
		f(n)
	}
	a := n.Parent
	if n.IsAttribute() {
		a = n.Node
	}
	for ; a != nil && levels != 0; a, levels = a.Parent, levels-1 {
		f(Node{a, -1})
	}
}

// below calls f for what lies in a node. Pages are at most some 500 elements deep.
func (n Node) below(self bool, f func(Node)) {
	if self {
		f(n)
	}
	if !n.IsAttribute() {
		each(n.FirstChild, forward, func(c Node) { c.below(true, f) })
	}
}

// lastFirst is below, the other way round.
func (n Node) lastFirst(f func(Node)) {
	each(n.LastChild, backward, func(c Node) { c.lastFirst(f) })
	f(n)
}
