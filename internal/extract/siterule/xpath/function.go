package xpath

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A call is a function with what it is given (§3.2).
type call struct {
	name string
	args []node
}

func (n call) kind() resultKind { return functions[n.name].kind }

func (n call) eval(c place) value {
	c.page.spend(1)
	f := functions[n.name]
	var args []value
	for _, a := range n.args {
		v := a.eval(c)
		c.page.spendText(v.text) // nodes count when their text is asked for
		args = append(args, v)
	}
	if f.self && len(args) == 0 {
		args = append(args, c.nodes([]Node{c.node}))
	}
	return f.of(c, args)
}

// A function is one of the core library (§4).
type function struct {
	kind        resultKind
	least, most int
	nodes       bool // the first argument must be nodes
	self        bool // where nothing is given, it is of where the expression is evaluated
	of          func(place, []value) value
}

// many is how many arguments concat can have: more than an expression holds.
const many = MaxExpression

// maxText bounds the text that a function makes of others, in bytes: what a page holds.
const maxText = 4 << 20

var functions = map[string]function{
	"last":     {kind: isNumber, of: func(c place, _ []value) value { return numeric(float64(c.last)) }},
	"position": {kind: isNumber, of: func(c place, _ []value) value { return numeric(float64(c.position)) }},
	"count": {kind: isNumber, least: 1, most: 1, nodes: true, of: func(_ place, a []value) value {
		return numeric(float64(len(a[0].nodes)))
	}},
	"id":            {kind: isNodes, least: 1, most: 1, of: byID},
	"local-name":    {kind: isString, most: 1, nodes: true, self: true, of: func(_ place, a []value) value { return textual(localName(a[0])) }},
	"name":          {kind: isString, most: 1, nodes: true, self: true, of: func(_ place, a []value) value { return textual(nameOf(a[0])) }},
	"namespace-uri": {kind: isString, most: 1, nodes: true, self: true, of: func(place, []value) value { return textual("") }},

	"string": {kind: isString, most: 1, self: true, of: func(_ place, a []value) value { return textual(a[0].asText()) }},
	"concat": {kind: isString, least: 2, most: many, of: concat},
	"starts-with": {kind: isBool, least: 2, most: 2, of: twoTexts(func(a, b string) value {
		return truthful(strings.HasPrefix(a, b))
	})},
	"contains": {kind: isBool, least: 2, most: 2, of: twoTexts(func(a, b string) value { return truthful(strings.Contains(a, b)) })},
	"substring-before": {kind: isString, least: 2, most: 2, of: twoTexts(func(a, b string) value {
		before, _, found := strings.Cut(a, b)
		if !found {
			return textual("")
		}
		return textual(before)
	})},
	"substring-after": {kind: isString, least: 2, most: 2, of: twoTexts(func(a, b string) value {
		_, after, _ := strings.Cut(a, b)
		return textual(after)
	})},
	"substring": {kind: isString, least: 2, most: 3, of: substring},
	"string-length": {kind: isNumber, most: 1, self: true, of: oneText(func(s string) value {
		return numeric(float64(utf8.RuneCountInString(s)))
	})},
	"normalize-space": {kind: isString, most: 1, self: true, of: oneText(func(s string) value {
		return textual(strings.Join(strings.FieldsFunc(s, space), " "))
	})},
	"translate": {kind: isString, least: 3, most: 3, of: translate},

	"boolean": {kind: isBool, least: 1, most: 1, of: func(_ place, a []value) value { return truthful(a[0].asTruth()) }},
	"not":     {kind: isBool, least: 1, most: 1, of: func(_ place, a []value) value { return truthful(!a[0].asTruth()) }},
	"true":    {kind: isBool, of: func(place, []value) value { return truthful(true) }},
	"false":   {kind: isBool, of: func(place, []value) value { return truthful(false) }},
	"lang":    {kind: isBool, least: 1, most: 1, of: inLanguage},

	"number": {kind: isNumber, most: 1, self: true, of: func(_ place, a []value) value { return numeric(a[0].asNumber()) }},
	"sum": {kind: isNumber, least: 1, most: 1, nodes: true, of: func(c place, a []value) value {
		total := 0.0
		for _, n := range a[0].nodes {
			total += numberOf(c.page.stringOf(n))
		}
		return numeric(total)
	}},
	"floor":   {kind: isNumber, least: 1, most: 1, of: func(_ place, a []value) value { return numeric(math.Floor(a[0].asNumber())) }},
	"ceiling": {kind: isNumber, least: 1, most: 1, of: func(_ place, a []value) value { return numeric(math.Ceil(a[0].asNumber())) }},
	"round":   {kind: isNumber, least: 1, most: 1, of: func(_ place, a []value) value { return numeric(round(a[0].asNumber())) }},
}

func space(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// round goes to the nearest whole number, up from the middle between two (§4.4).
func round(f float64) float64 { return math.Floor(f + 0.5) }

func oneText(f func(string) value) func(place, []value) value {
	return func(_ place, a []value) value { return f(a[0].asText()) }
}

func twoTexts(f func(a, b string) value) func(place, []value) value {
	return func(_ place, a []value) value { return f(a[0].asText(), a[1].asText()) }
}

func concat(_ place, args []value) value {
	var b strings.Builder
	for _, a := range args {
		s := a.asText()
		b.WriteString(s[:min(len(s), maxText-b.Len())])
	}
	return textual(b.String())
}

// substring counts characters, from 1 (§4.2).
func substring(_ place, args []value) value {
	s := args[0].asText()
	from := round(args[1].asNumber())
	until := math.Inf(1)
	if len(args) > 2 {
		until = from + round(args[2].asNumber())
	}
	var b strings.Builder
	at := 0.0
	for _, r := range s {
		if at++; at >= from && at < until {
			b.WriteRune(r)
		}
	}
	return textual(b.String())
}

func translate(_ place, args []value) value {
	s, from, to := args[0].asText(), args[1].asText(), []rune(args[2].asText())
	table := map[rune]rune{}
	i := 0
	for _, r := range from {
		if _, twice := table[r]; !twice {
			table[r] = -1
			if i < len(to) {
				table[r] = to[i]
			}
		}
		i++
	}
	return textual(strings.Map(func(r rune) rune {
		if t, ok := table[r]; ok {
			return t
		}
		return r
	}, s))
}

// byID finds elements by their ids (§4.1).
func byID(c place, args []value) value {
	var ids []string
	if args[0].kind == isNodes {
		for _, n := range args[0].nodes {
			ids = append(ids, strings.Fields(c.page.stringOf(n))...)
		}
	} else {
		ids = strings.Fields(args[0].asText())
	}
	var list []Node
	for d := range c.page.root.Descendants() {
		c.page.spend(1)
		for _, a := range d.Attr {
			if a.Key == "id" && a.Namespace == "" {
				c.page.spend(len(ids))
				if slices.Contains(ids, a.Val) {
					list = append(list, Node{d, -1})
				}
			}
		}
	}
	return c.nodes(list)
}

func nameOf(v value) string {
	if len(v.nodes) == 0 {
		return ""
	}
	switch n := v.nodes[0]; {
	case n.IsAttribute() && n.Attr[n.Attribute].Namespace != "":
		return n.Attr[n.Attribute].Namespace + ":" + n.Attr[n.Attribute].Key
	case n.IsAttribute():
		return n.Attr[n.Attribute].Key
	case n.Type == html.ElementNode:
		return n.Data
	}
	return ""
}

func localName(v value) string {
	name := nameOf(v)
	return name[strings.LastIndexByte(name, ':')+1:]
}

// inLanguage is lang(): the language of the node is the one asked for, or a kind of it (§4.3).
func inLanguage(c place, args []value) value {
	want := strings.ToLower(args[0].asText())
	for n := c.node.Node; n != nil; n = n.Parent {
		c.page.spend(1)
		for _, a := range n.Attr {
			if a.Key == "lang" {
				c.page.spendText(a.Val)
				has := strings.ToLower(a.Val)
				return truthful(has == want || strings.HasPrefix(has, want+"-"))
			}
		}
	}
	return truthful(false)
}
