package siterule

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/extract/siterule/xpath"
)

const (
	// maxSteps is how many steps the expressions of a rule may take in one page, together: the
	// longest rules take two million in the longest pages. All of them take less than a second.
	maxSteps = 5_000_000
	// maxGrowth is how much longer a page may become by replacements, in bytes.
	maxGrowth = 1 << 20
	// maxValue bounds a title, the name of an author and a date, in bytes, and maxAuthors how many
	// names are taken.
	maxValue, maxAuthors = 500, 20
	// maxWraps is how many elements a rule puts into new ones: each may make the page deeper by
	// one, and pages must not become much deeper than parsers let them.
	maxWraps = 100
	// maxLinks is how many links a rule finds, and maxOfLine how many one of its lines: the first may
	// lead elsewhere.
	maxLinks, maxOfLine = 6, 3
)

// Rewrite replaces texts of a page, before it is parsed.
func (r *Rule) Rewrite(page string) string {
	longest := len(page) + maxGrowth
	for _, x := range r.replace {
		n := strings.Count(page, x.old)
		if n == 0 || len(page)+n*(len(x.by)-len(x.old)) > longest {
			continue
		}
		page = strings.ReplaceAll(page, x.old, x.by)
	}
	return page
}

// A Value is what a rule found, and the line that found it.
type Value struct{ Text, Why string }

// Found is what a rule found in a page.
type Found struct {
	Title, Date          Value
	Authors              []string
	AuthorsWhy           string
	Body                 []*html.Node // in the order of the page, none in another; they are in the page
	BodyWhy              string
	SinglePage, NextPage []Value // addresses as they are written
	Advertisement        string  // the line by which it is one, or ""
	Stripped             int     // how many elements, attributes and texts were taken away
	// Err says that the rule took too long, or does what no rule does; what it found until then
	// holds.
	Err error
}

// Apply finds what the rule says in a page, and takes out of the page what the rule strips. The
// page is as it was if the rule has body lines and none finds anything.
func (r *Rule) Apply(doc *html.Node) (f Found) {
	a := application{rule: r, doc: doc, page: xpath.New(doc, maxSteps)}
	f.SinglePage = a.links(r.singlePage)
	f.NextPage = a.links(r.nextPage)
	f.Title = a.value(r.title)
	f.Date = a.value(r.date)
	f.Authors, f.AuthorsWhy = a.names(r.author)
	for _, l := range r.nativeAd {
		if is, err := a.page.Holds(l.find); a.note(err) && is && a.holds(l) {
			f.Advertisement = l.String()
			break
		}
	}
	a.strip()
	f.Body, f.BodyWhy = a.body()
	if len(f.Body) == 0 && len(r.body) > 0 || a.err != nil {
		a.undo()
		f.Body, f.BodyWhy = nil, ""
		a.removed = 0
	}
	f.Stripped, f.Err = a.removed, a.err
	return f
}

// An application is a rule at work in a page.
type application struct {
	rule    *Rule
	doc     *html.Node
	page    *xpath.Page
	undos   []func() // what puts the page back, the last change first
	removed int
	wraps   int
	err     error
}

// note keeps an error and reports whether there is none.
func (a *application) note(err error) bool {
	if err != nil && a.err == nil {
		a.err = err
	}
	return err == nil
}

// holds reports whether a line is for this page.
func (a *application) holds(l line) bool {
	if l.only == nil {
		return true
	}
	is, err := a.page.Holds(l.only)
	return a.note(err) && is
}

// find returns what a line finds: nodes, or a text.
func (a *application) find(l line) ([]xpath.Node, string) {
	if !a.holds(l) {
		return nil, ""
	}
	nodes, text, err := a.page.Find(l.find)
	if !a.note(err) {
		return nil, ""
	}
	return nodes, text
}

// text returns the text of a node in one line, if it is short enough to be a value.
func (a *application) text(n xpath.Node) string {
	s, err := a.page.Text(n)
	if !a.note(err) {
		return ""
	}
	return short(s)
}

func short(s string) string {
	if s = strings.Join(strings.Fields(s), " "); len(s) > maxValue {
		return ""
	}
	return s
}

// value returns the first text that any of some lines finds.
func (a *application) value(lines []line) Value {
	for _, l := range lines {
		nodes, text := a.find(l)
		if text = short(text); text != "" {
			return Value{text, l.String()}
		}
		for _, n := range nodes {
			if text = a.text(n); text != "" {
				return Value{text, l.String()}
			}
		}
	}
	return Value{}
}

// names returns all texts that the first of some lines that finds any does.
func (a *application) names(lines []line) (list []string, why string) {
	for _, l := range lines {
		nodes, text := a.find(l)
		if text = short(text); text != "" {
			return []string{text}, l.String()
		}
		for _, n := range nodes[:min(len(nodes), maxAuthors)] {
			if text = a.text(n); text != "" {
				list = append(list, text)
			}
		}
		if len(list) > 0 {
			return list, l.String()
		}
	}
	return nil, ""
}

// links returns the addresses to which what some lines find leads.
func (a *application) links(lines []line) (list []Value) {
	for _, l := range lines {
		nodes, text := a.find(l)
		if text = short(text); text != "" {
			list = append(list, Value{text, l.String()})
		}
		own := 0
		for _, n := range nodes {
			v := Value{address(n), l.String()}
			if v.Text == "" || slices.Contains(list, v) {
				continue
			}
			list = append(list, v)
			if own++; own == maxOfLine {
				break
			}
		}
		if len(list) >= maxLinks {
			return list[:maxLinks]
		}
	}
	return list
}

// address is where a node leads: by its href, that of what it is in, or by its text.
func address(n xpath.Node) string {
	switch {
	case n.IsAttribute():
		return short(n.Attr[n.Attribute].Val)
	case n.Type == html.TextNode:
		return short(n.Data)
	}
	for e := n.Node; e != nil; e = e.Parent {
		for _, at := range e.Attr {
			if at.Key == "href" {
				return short(at.Val)
			}
		}
	}
	return ""
}

// strip takes away what is no part of the article, and mends the rest.
func (a *application) strip() {
	for _, l := range a.rule.strip {
		nodes, _ := a.find(l)
		for _, n := range slices.Backward(nodes) { // what lies in another before it, and the last attribute first
			a.remove(n)
		}
	}
	a.stripWords()
	for _, l := range a.rule.dissolve {
		nodes, _ := a.find(l)
		for _, n := range nodes { // the outer first, so that what is within moves but once
			a.dissolve(n)
		}
	}
	for _, l := range a.rule.wrap {
		nodes, _ := a.find(l)
		for _, n := range nodes {
			a.wrap(n, l.argument)
		}
	}
	a.load()
}

// stripWords strips elements by what their ids, classes and addresses have in them, in one walk.
func (a *application) stripWords() {
	if len(a.rule.stripIDOrClass)+len(a.rule.stripImage) == 0 {
		return
	}
	// Conditions are of the page: they are asked once, not of each element.
	elsewhere := func(l line) bool { return !a.holds(l) }
	byName := slices.DeleteFunc(slices.Clone(a.rule.stripIDOrClass), elsewhere)
	byAddress := slices.DeleteFunc(slices.Clone(a.rule.stripImage), elsewhere)
	marked := func(n *html.Node) bool {
		for _, at := range n.Attr {
			lines := byName
			switch at.Key {
			case "id", "class":
			case "src":
				if lines = byAddress; n.DataAtom != atom.Img {
					continue
				}
			default:
				continue
			}
			if !a.spend(1 + len(lines)*(1+len(at.Val)/textStep)/linesStep) {
				return false
			}
			if slices.ContainsFunc(lines, func(l line) bool { return strings.Contains(at.Val, l.value) }) {
				return true
			}
		}
		return false
	}
	var found []xpath.Node
	for d := range a.doc.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom != atom.Html && d.DataAtom != atom.Body && marked(d) {
			found = append(found, xpath.Node{Node: d, Attribute: -1})
		}
	}
	for _, n := range slices.Backward(found) {
		a.remove(n)
	}
}

// remove takes a node out of the page. The page itself and its body stay: a rule that means them
// means pages of another kind.
func (a *application) remove(n xpath.Node) {
	if n.IsAttribute() {
		old := n.Attr
		n.Attr = slices.Delete(slices.Clone(n.Attr), n.Attribute, n.Attribute+1)
		a.undos = append(a.undos, func() { n.Attr = old })
		a.removed++
		return
	}
	parent, next := n.Parent, n.NextSibling
	if parent == nil || n.DataAtom == atom.Html || n.DataAtom == atom.Body {
		return
	}
	parent.RemoveChild(n.Node)
	a.undos = append(a.undos, func() { parent.InsertBefore(n.Node, next) })
	a.removed++
}

// dissolve puts what is in an element into its place.
func (a *application) dissolve(n xpath.Node) {
	if n.IsAttribute() || n.Type != html.ElementNode || n.Parent == nil || n.DataAtom == atom.Html || n.DataAtom == atom.Body {
		return
	}
	parent, next := n.Parent, n.NextSibling
	var inner []*html.Node
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		parent.InsertBefore(c, n.Node)
		inner = append(inner, c)
	}
	parent.RemoveChild(n.Node)
	a.undos = append(a.undos, func() {
		for _, c := range inner {
			parent.RemoveChild(c)
			n.AppendChild(c)
		}
		parent.InsertBefore(n.Node, next)
	})
}

// What is looked for in one value is so fast that several lines, and so many bytes, are a step.
const linesStep, textStep = 8, 64

// spend counts steps of the rule's own, and reports whether there are any left.
func (a *application) spend(n int) bool { return a.note(a.page.Spend(n)) }

// wrap puts an element into a new one.
func (a *application) wrap(n xpath.Node, element string) {
	if n.IsAttribute() || n.Parent == nil || n.Type != html.ElementNode && n.Type != html.TextNode || n.DataAtom == atom.Html || n.DataAtom == atom.Body {
		return
	}
	if a.wraps++; a.wraps > maxWraps {
		a.note(fmt.Errorf("wrap_in finds more than %d elements", maxWraps))
		return
	}
	parent := n.Parent
	around := &html.Node{Type: html.ElementNode, Data: element, DataAtom: atom.Lookup([]byte(element))}
	parent.InsertBefore(around, n.Node)
	parent.RemoveChild(n.Node)
	around.AppendChild(n.Node)
	a.page.Changed()
	a.undos = append(a.undos, func() {
		around.RemoveChild(n.Node)
		parent.InsertBefore(n.Node, around)
		parent.RemoveChild(around)
		a.page.Changed()
	})
}

// load makes the attributes of late images the addresses of those that have them; of several
// the one that the rule names last.
func (a *application) load() {
	rank := map[string]int{}
	for i, l := range a.rule.lazy {
		rank[strings.ToLower(l.value)] = i + 1
	}
	if len(rank) == 0 {
		return
	}
	for d := range a.doc.Descendants() {
		if d.DataAtom != atom.Img {
			continue
		}
		best, address := 0, ""
		for _, at := range d.Attr {
			if r := rank[strings.ToLower(at.Key)]; r > best && at.Val != "" {
				best, address = r, at.Val
			}
		}
		if best == 0 {
			continue
		}
		old := d.Attr
		d.Attr = append(slices.DeleteFunc(slices.Clone(d.Attr), func(o html.Attribute) bool { return o.Key == "src" }),
			html.Attribute{Key: "src", Val: address})
		a.undos = append(a.undos, func() { d.Attr = old })
	}
}

func (a *application) undo() {
	for _, u := range slices.Backward(a.undos) {
		u()
	}
	a.undos = nil
}

// body returns what the first body line that finds a text does.
func (a *application) body() (nodes []*html.Node, why string) {
	for _, l := range a.rule.body {
		found, text := a.find(l)
		if text = strings.TrimSpace(text); text != "" {
			return []*html.Node{{Type: html.TextNode, Data: text}}, l.String()
		}
		for _, n := range found {
			switch {
			case n.IsAttribute():
				nodes = append(nodes, &html.Node{Type: html.TextNode, Data: n.Attr[n.Attribute].Val})
			case n.Type == html.ElementNode || n.Type == html.TextNode:
				if len(nodes) == 0 || !within(n.Node, nodes[len(nodes)-1]) {
					nodes = append(nodes, n.Node)
				}
			}
		}
		if slices.ContainsFunc(nodes, a.says) {
			return nodes, l.String()
		}
		nodes = nil
	}
	return nil, ""
}

// says reports whether a node holds anything that is shown.
func (a *application) says(n *html.Node) bool {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data) != ""
	}
	for d := range n.Descendants() {
		if d.Type == html.TextNode && strings.TrimSpace(d.Data) != "" {
			return true
		}
	}
	return false
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}
