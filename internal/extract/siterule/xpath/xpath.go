// Package xpath finds nodes in parsed pages: an expression and a page go in, nodes, a text, a
// number or a truth come out. It reads XPath 1.0 (W3C, 1999), the language in which rules for
// sites say where an article is, and selectors of CSS as far as they can be said in it.
//
// A page is what golang.org/x/net/html made of it. Two things are as parsers of HTML have them
// and XML does not: names are compared whatever their case, and a prefix is a part of the name
// (og:title, fb:like), for pages declare no namespaces. What stands in scripts and styles is
// text, comments are not. There are no variables, and functions are those of XPath 1.0.
//
// Expressions and pages are written by strangers. An expression is bounded in length and depth,
// and what all expressions may do in one page is counted in steps, each about as long as it takes
// to look at a node: when they are used up, evaluation ends with ErrSteps.
package xpath

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// ErrSteps says that the steps that were allowed for a page are used up.
var ErrSteps = errors.New("the expressions take too long in this page")

// A Page is a parsed page in which expressions are evaluated. It may be changed between two
// evaluations.
type Page struct {
	root  *html.Node
	steps int
	order map[*html.Node]int // of all nodes, once it was needed; nil if the page has changed
}

// New returns a page in which evaluation may take so many steps altogether.
func New(root *html.Node, steps int) *Page { return &Page{root: root, steps: steps} }

// Changed says that nodes were added since the last evaluation.
func (p *Page) Changed() { p.order = nil }

// A Node is an element, a text, a comment or the page; or, where Attribute is not negative, the
// attribute of that index.
type Node struct {
	*html.Node

	Attribute int
}

// IsAttribute reports whether n is an attribute.
func (n Node) IsAttribute() bool { return n.Attribute >= 0 }

// Find returns the nodes that an expression finds, in the order of the page, or, if it yields a
// string or a number, that as text.
func (p *Page) Find(e *Expr) (nodes []Node, text string, err error) {
	v, err := p.evaluate(e)
	if err != nil {
		return nil, "", err
	}
	switch v.kind {
	case isNodes:
		return v.nodes, "", nil
	case isBool:
		return nil, "", nil // "true" is no text of the page
	}
	return nil, v.asText(), nil
}

// Holds reports whether an expression is true of the page: it finds a node, or yields a text
// that is not empty, a number that is not 0, or true.
func (p *Page) Holds(e *Expr) (bool, error) {
	v, err := p.evaluate(e)
	return err == nil && v.asTruth(), err
}

// Text returns the text of a node.
func (p *Page) Text(n Node) (text string, err error) {
	defer p.stopped(&err)
	return p.stringOf(n), nil
}

func (p *Page) evaluate(e *Expr) (v value, err error) {
	defer p.stopped(&err)
	return e.tree.eval(place{page: p, node: Node{p.root, -1}, position: 1, last: 1}), nil
}

// stopped makes the panic by which an evaluation that takes too long ends into an error.
func (p *Page) stopped(err *error) {
	switch r := recover(); r {
	case nil:
	case ErrSteps:
		*err = ErrSteps
	default:
		panic(r)
	}
}

// spend counts steps.
func (p *Page) spend(n int) {
	if p.steps -= n; p.steps < 0 {
		p.steps = 0
		panic(ErrSteps)
	}
}

// Spend counts steps that somebody else takes in the page. Its error is ErrSteps.
func (p *Page) Spend(n int) (err error) {
	defer p.stopped(&err)
	p.spend(n)
	return nil
}

// perStep is how many bytes of text are handled in the time of a step.
const perStep = 32

// spendText counts what it takes to handle text.
func (p *Page) spendText(list ...string) {
	for _, s := range list {
		p.spend(1 + len(s)/perStep)
	}
}

// stringOf returns the string-value of a node (§5). Whoever asks is to do something with each
// byte of it: that is counted, too.
func (p *Page) stringOf(n Node) string {
	switch {
	case n.IsAttribute():
		p.spendText(n.Attr[n.Attribute].Val)
		return n.Attr[n.Attribute].Val
	case n.Type == html.TextNode || n.Type == html.CommentNode:
		p.spendText(n.Data)
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		p.spend(1)
		if d.Type == html.TextNode {
			p.spendText(d.Data)
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// A value is what an expression yields (§1).
type value struct {
	kind   resultKind
	nodes  []Node // in the order of the page, none twice
	text   string
	number float64
	truth  bool
	page   *Page
}

func (v value) asText() string {
	switch v.kind {
	case isNodes:
		if len(v.nodes) == 0 {
			return ""
		}
		return v.page.stringOf(v.nodes[0])
	case isNumber:
		return numeral(v.number)
	case isBool:
		return strconv.FormatBool(v.truth)
	}
	return v.text
}

func (v value) asNumber() float64 {
	switch v.kind {
	case isNumber:
		return v.number
	case isBool:
		if v.truth {
			return 1
		}
		return 0
	}
	return numberOf(v.asText())
}

func (v value) asTruth() bool {
	switch v.kind {
	case isNodes:
		return len(v.nodes) > 0
	case isNumber:
		return v.number != 0 && v.number == v.number //nolint:gocritic // NaN is not itself
	case isBool:
		return v.truth
	}
	return v.text != ""
}
