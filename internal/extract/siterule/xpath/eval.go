package xpath

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A constant is a string or a number.
type constant struct{ value value }

func (n constant) kind() resultKind { return n.value.kind }
func (n constant) eval(place) value { return n.value }

// A union holds the nodes of both sides (§3.3).
type union struct{ left, right node }

func (union) kind() resultKind { return isNodes }

func (n union) eval(c place) value {
	return c.nodes(c.page.ordered(slices.Concat(n.left.eval(c).nodes, n.right.eval(c).nodes)))
}

// A filter keeps of nodes, as they stand in the page, those for which predicates are true (§3.3).
type filter struct {
	nodes      node
	predicates []node
}

func (filter) kind() resultKind { return isNodes }

func (n filter) eval(c place) value {
	list := slices.Clone(n.nodes.eval(c).nodes)
	for _, p := range n.predicates {
		list = holding(c.page, list, p)
	}
	return c.nodes(list)
}

// A negative is a number with a minus before it.
type negative struct{ of node }

func (negative) kind() resultKind { return isNumber }

func (n negative) eval(c place) value { return numeric(-n.of.eval(c).asNumber()) }

func numeric(f float64) value   { return value{kind: isNumber, number: f} }
func textual(s string) value    { return value{kind: isString, text: s} }
func truthful(b bool) value     { return value{kind: isBool, truth: b} }
func (n binary) isTruth() bool  { return strings.Contains(" or and = != < <= > >= ", " "+n.op+" ") }
func (n binary) isEquals() bool { return n.op == "=" || n.op == "!=" }

// A binary is an operator with what stands beside it.
type binary struct {
	op          string
	left, right node
}

func (n binary) kind() resultKind {
	if n.isTruth() {
		return isBool
	}
	return isNumber
}

func (n binary) eval(c place) value {
	c.page.spend(1)
	left := n.left.eval(c)
	switch n.op {
	case "or":
		return truthful(left.asTruth() || n.right.eval(c).asTruth())
	case "and":
		return truthful(left.asTruth() && n.right.eval(c).asTruth())
	}
	right := n.right.eval(c)
	c.page.spendText(left.text, right.text)
	if n.isTruth() {
		return truthful(n.compare(c.page, left, right))
	}
	a, b := left.asNumber(), right.asNumber()
	switch n.op {
	case "+":
		return numeric(a + b)
	case "-":
		return numeric(a - b)
	case "*":
		return numeric(a * b)
	case "div":
		return numeric(a / b)
	}
	return numeric(math.Mod(a, b))
}

// compare compares two values (§3.4): nodes are compared by their texts, and it is enough that
// one of them, or one pair of them, passes.
func (n binary) compare(p *Page, left, right value) bool {
	switch {
	case left.kind != isNodes && right.kind != isNodes || left.kind == isBool || right.kind == isBool:
		return n.holds(left, right)
	case right.kind != isNodes:
		return slices.ContainsFunc(left.nodes, func(l Node) bool {
			p.spendText(right.text) // which may be read as a number each time
			return n.holds(p.atom(l), right)
		})
	case left.kind != isNodes:
		return slices.ContainsFunc(right.nodes, func(r Node) bool {
			p.spendText(left.text)
			return n.holds(left, p.atom(r))
		})
	}
	texts := make([]value, len(right.nodes))
	for i, r := range right.nodes {
		texts[i] = p.atom(r)
	}
	return slices.ContainsFunc(left.nodes, func(l Node) bool {
		a := p.atom(l)
		return slices.ContainsFunc(texts, func(b value) bool {
			p.spendText(b.text)
			return n.holds(a, b)
		})
	})
}

// atom is the text of a node as a value.
func (p *Page) atom(n Node) value { return textual(p.stringOf(n)) }

// holds compares two values of which neither is nodes, unless the other is a truth.
func (n binary) holds(a, b value) bool {
	if n.isEquals() {
		var same bool
		switch {
		case a.kind == isBool || b.kind == isBool:
			same = a.asTruth() == b.asTruth()
		case a.kind == isNumber || b.kind == isNumber:
			same = a.asNumber() == b.asNumber()
		default:
			same = a.text == b.text
		}
		return same == (n.op == "=")
	}
	x, y := a.asNumber(), b.asNumber()
	if a.kind == isNodes || b.kind == isNodes { // beside a truth they are one
		x, y = truthful(a.asTruth()).asNumber(), truthful(b.asTruth()).asNumber()
	}
	switch n.op {
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	}
	return x >= y
}

// numberOf reads a number as §4.4 has it: digits, perhaps with a minus and a point.
func numberOf(s string) float64 {
	s = strings.Trim(s, " \t\r\n")
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" || digits == "." {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// numeral writes a number as §4.2 has it.
func numeral(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // also of a negative zero
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
