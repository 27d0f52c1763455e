package xpath

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// MaxExpression is how long an expression can be, in bytes: the longest of those that some
	// 2,000 rules for sites hold has less than a quarter of it.
	MaxExpression = 4 << 10
	// maxDepth is how deep parentheses, predicates and arguments can lie in one another.
	maxDepth = 50
)

// An Expr is an expression that was read. It can be used by many at a time.
type Expr struct {
	text string
	tree node
}

// String returns the expression as it was written.
func (e *Expr) String() string { return e.text }

// Compile reads an expression of XPath 1.0.
func Compile(s string) (*Expr, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return nil, errors.New("the expression is empty")
	case len(s) > MaxExpression:
		return nil, fmt.Errorf("the expression is longer than %d bytes", MaxExpression)
	}
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens, text: s}
	tree, err := p.or()
	if err == nil && p.now().kind != end {
		err = p.wrong("cannot stand here")
	}
	if err != nil {
		return nil, err
	}
	return &Expr{text: s, tree: tree}, nil
}

// A node is a part of an expression.
type node interface {
	eval(c place) value
	// kind is what eval returns, as far as can be told beforehand.
	kind() resultKind
}

type resultKind int

const (
	isNodes resultKind = iota
	isString
	isNumber
	isBool
)

type parser struct {
	tokens []token
	at     int
	depth  int
	text   string
	// positional says of the predicate that is being read that it asks where a node stands.
	positional bool
}

func (p *parser) now() token { return p.tokens[p.at] }

func (p *parser) is(k kind, texts ...string) bool {
	t := p.now()
	return t.kind == k && slices.Contains(texts, t.text)
}

// take passes a token if it is the one.
func (p *parser) take(k kind, text string) bool {
	if p.is(k, text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) wrong(what string) error {
	t := p.now()
	if t.kind == end {
		return errors.New("the expression ends too early")
	}
	return fmt.Errorf("%s %s", brief(p.text[t.at:]), what)
}

func (p *parser) need(text string) error {
	if p.take(symbol, text) {
		return nil
	}
	if p.now().kind == end {
		return fmt.Errorf("the expression ends where %q is awaited", text)
	}
	return p.wrong(fmt.Sprintf("stands where %q is awaited", text))
}

// binaries are the operators, those that bind least first (§3.4, §3.5).
var binaries = [][]string{{"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "div", "mod"}}

func (p *parser) or() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("more than %d parentheses or brackets lie in one another", maxDepth)
	}
	defer func() { p.depth-- }()
	return p.binary(0)
}

func (p *parser) binary(level int) (node, error) {
	if level == len(binaries) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil && p.is(operator, binaries[level]...) {
		op := p.now().text
		p.at++
		var right node
		if right, err = p.binary(level + 1); err == nil {
			left = binary{op: op, left: left, right: right}
		}
	}
	return left, err
}

func (p *parser) unary() (node, error) {
	minus := 0
	for p.take(operator, "-") {
		minus++
	}
	n, err := p.union()
	switch {
	case err != nil || minus == 0:
		return n, err
	case minus%2 == 0:
		return call{name: "number", args: []node{n}}, nil
	}
	return negative{n}, nil
}

func (p *parser) union() (node, error) {
	left, err := p.path()
	for err == nil && p.take(operator, "|") {
		var right node
		if right, err = p.path(); err != nil {
			return nil, err
		}
		if left.kind() != isNodes || right.kind() != isNodes {
			return nil, errors.New("what stands beside | must be nodes")
		}
		left = union{left, right}
	}
	return left, err
}

// path reads a location path, or a value that one goes on from.
func (p *parser) path() (node, error) {
	var n path
	switch {
	case p.take(operator, "//"):
		n.root = true
		n.steps = append(n.steps, anywhere)
	case p.take(operator, "/"):
		n.root = true
		if !p.startsStep() {
			return n, nil
		}
	case !p.startsStep():
		from, err := p.filtered()
		if err != nil {
			return nil, err
		}
		if !p.is(operator, "/", "//") {
			return from, nil
		}
		if from.kind() != isNodes {
			return nil, p.wrong("follows what is no node")
		}
		n.from = from
		if p.take(operator, "//") {
			n.steps = append(n.steps, anywhere)
		} else {
			p.at++
		}
	}
	for {
		s, err := p.step()
		if err != nil {
			return nil, err
		}
		n.steps = append(n.steps, s)
		switch {
		case p.take(operator, "//"):
			n.steps = append(n.steps, anywhere)
		case !p.take(operator, "/"):
			n.steps = shortened(n.steps)
			return n, nil
		}
	}
}

// anywhere is what // stands for.
var anywhere = step{axis: "descendant-or-self", test: test{node: true}}

// shortened makes //p of /descendant-or-self::node()/child::p into /descendant::p, which is
// the same unless a predicate asks for a position, and visits every node but once.
func shortened(steps []step) (list []step) {
	for i, s := range steps {
		if i > 0 && steps[i-1].axis == anywhere.axis && steps[i-1].test.node && len(steps[i-1].predicates) == 0 && s.axis == "child" && !s.positional {
			s.axis = "descendant"
			list[len(list)-1] = s
			continue
		}
		list = append(list, s)
	}
	return list
}

var nodeTypes = map[string]bool{"node": true, "text": true, "comment": true, "processing-instruction": true}

func (p *parser) startsStep() bool {
	switch t := p.now(); t.kind {
	case symbol:
		return t.text == "." || t.text == ".." || t.text == "@"
	case name:
		after := p.tokens[p.at+1] // the last token is an end
		return after.kind != symbol || after.text != "(" || nodeTypes[t.text]
	}
	return false
}

func (p *parser) step() (step, error) {
	switch {
	case p.take(symbol, "."):
		return step{axis: "self", test: test{node: true}}, nil
	case p.take(symbol, ".."):
		return step{axis: "parent", test: test{node: true}}, nil
	}
	s := step{axis: "child"}
	if p.take(symbol, "@") {
		s.axis = "attribute"
	} else if p.now().kind == name && p.tokens[p.at+1].kind == symbol && p.tokens[p.at+1].text == "::" {
		s.axis = p.now().text
		if axes[s.axis] == nil {
			return s, fmt.Errorf("there is no axis %q", s.axis)
		}
		p.at += 2
	}
	if p.now().kind != name {
		return s, p.wrong("stands where a name is awaited")
	}
	word := p.now().text
	p.at++
	if p.is(symbol, "(") && nodeTypes[word] {
		p.at++
		if p.now().kind == literal {
			p.at++
		}
		if err := p.need(")"); err != nil {
			return s, err
		}
		s.test = test{node: word == "node", text: word == "text", comment: word == "comment"}
	} else {
		s.test = test{name: word, any: word == "*", prefix: strings.HasSuffix(word, ":*")}
	}
	var err error
	s.predicates, s.positional, err = p.predicates()
	return s, err
}

// predicates reads what stands in brackets, and reports whether any of it asks where a node
// stands among the others.
func (p *parser) predicates() (list []node, positional bool, err error) {
	outer := p.positional
	defer func() { p.positional = outer }()
	for p.take(symbol, "[") {
		p.positional = false
		n, err := p.or()
		if err != nil {
			return nil, false, err
		}
		if err := p.need("]"); err != nil {
			return nil, false, err
		}
		list = append(list, n)
		positional = positional || p.positional || n.kind() == isNumber
	}
	return list, positional, nil
}

func (p *parser) filtered() (node, error) {
	n, err := p.primary()
	if err != nil {
		return nil, err
	}
	list, _, err := p.predicates()
	switch {
	case err != nil || len(list) == 0:
		return n, err
	case n.kind() != isNodes:
		return nil, errors.New("a predicate follows what is no node")
	}
	return filter{n, list}, nil
}

func (p *parser) primary() (node, error) {
	t := p.now()
	switch {
	case t.kind == literal:
		p.at++
		return constant{value{kind: isString, text: t.text}}, nil
	case t.kind == number:
		p.at++
		return constant{value{kind: isNumber, number: t.value}}, nil
	case p.take(symbol, "("):
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		return n, p.need(")")
	case t.kind == name:
		return p.call()
	}
	return nil, p.wrong("cannot stand here")
}

func (p *parser) call() (node, error) {
	c := call{name: p.now().text}
	f, known := functions[c.name]
	if !known {
		return nil, fmt.Errorf("there is no function %s() in XPath 1.0", c.name)
	}
	p.at += 2 // the name and (, which startsStep has seen
	for !p.take(symbol, ")") {
		if len(c.args) > 0 {
			if err := p.need(","); err != nil {
				return nil, err
			}
		}
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, n)
	}
	if len(c.args) < f.least || len(c.args) > f.most {
		return nil, fmt.Errorf("%s() does not take %d arguments", c.name, len(c.args))
	}
	if f.nodes && len(c.args) > 0 && c.args[0].kind() != isNodes {
		return nil, fmt.Errorf("%s() takes nodes", c.name)
	}
	if c.name == "position" || c.name == "last" {
		p.positional = true
	}
	return c, nil
}

// MustCompile is Compile for expressions that are known to be right: it panics over others.
func MustCompile(s string) *Expr {
	e, err := Compile(s)
	if err != nil {
		panic("xpath: " + err.Error())
	}
	return e
}
