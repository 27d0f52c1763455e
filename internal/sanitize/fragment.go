package sanitize

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Fragment returns dirty without what could run, load a document or take input, and without
// what only follows readers about: tracking pixels, and the parameters of links that say where
// one came from. Unlike HTML it leaves the rest as the publisher made it: images, boxes,
// classes, relative URLs. It is for programs that show HTML under rules of their own; the pages of the hub
// take HTML. What has nothing but the elements, attributes and schemes of the tables
// is returned as it is, to the byte; of anything else they are written anew.
// Fragment(Fragment(x)) is Fragment(x).
func Fragment(dirty string) string {
	if !strings.ContainsAny(dirty, "<&") {
		return dirty
	}
	dirty = bogus(strings.ToValidUTF8(dirty, "\uFFFD"))
	for range maxRounds {
		if blameless(dirty) {
			return dirty
		}
		dirty = dirty[:min(len(dirty), MaxHTML)] // of what has to be written anew, no more is read
		var f fragment
		if !f.parse(dirty, 0) {
			break
		}
		if clean := f.out.String(); clean != dirty {
			dirty = clean
			continue
		}
		return dirty
	}
	return paragraphs(Text(dirty))
}

// blameless says whether every tag in s is one that Fragment would keep with all its
// attributes, and no end tag closes what is not its own. It asks of tags, not of a tree, for
// there are tags, as <body>, that add something to a page without being in it.
func blameless(s string) bool {
	const deepest = 500 // a parser gives up at 512
	var open []string
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return errors.Is(z.Err(), io.EOF) && len(z.Raw()) == 0 // else it ends inside a tag
		case html.TextToken:
			if raw := z.Raw(); bytes.HasSuffix(raw, []byte("<")) || bytes.HasSuffix(raw, []byte("</")) {
				return false // with what follows it in a page it could become a tag
			}
		case html.EndTagToken:
			if bytes.Count(z.Raw(), []byte("<")) > 1 {
				return false // one that was never closed, with another tag for its attributes
			}
			name, _ := z.TagName()
			last := len(open) - 1
			for last >= 0 && open[last] != string(name) && closing[atom.Lookup([]byte(open[last]))] {
				last-- // it may be left to others to close
			}
			if last < 0 || open[last] != string(name) {
				return false // it would close what is around it in a page
			}
			open = open[:last]
		case html.StartTagToken, html.SelfClosingTagToken:
			if !blamelessTag(z, &open) || len(open) > deepest {
				return false
			}
		default:
			return false // comments and declarations
		}
	}
}

// blamelessTag says so of a start tag, and adds it to what is open.
func blamelessTag(z *html.Tokenizer, open *[]string) bool {
	self := bytes.HasSuffix(z.Raw(), []byte("/>"))
	name, more := z.TagName()
	kind := atom.Lookup(name)
	foreign := rules[kind].fragment != keep
	if foreign && !foreignNames[string(name)] {
		return false
	}
	if !endless[kind] && (!foreign || !self) {
		*open = append(*open, string(name))
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if !harmlessAttribute(kind, string(key), string(value)) {
			return false
		}
	}
	return true
}

// harmlessAttribute says whether an attribute may stay as it is written.
func harmlessAttribute(kind atom.Atom, key, value string) bool {
	if strings.ContainsAny(value, "<>") {
		return false // escaped, no parser in whatever state can take it for a tag
	}
	switch {
	case key == "xmlns", key == "xmlns:xlink":
		return foreignURIs[value] || value == "http://www.w3.org/1999/xhtml"
	case key == "xlink:href":
		return harmless(value, false)
	case key == "srcset":
		return harmlessSet(value)
	case linked[key]:
		return harmless(value, kind == atom.Img && key == "src") && undecorated(value) == value
	case kind == atom.Img && (key == "width" || key == "height") && tiny(value):
		return false
	case inFragments[key]:
		return true
	}
	return foreignNames["@"+key] && !refers(value)
}

// bogus escapes each "<!" that starts neither a comment nor a declaration: browsers would
// hide all up to the next ">", and what stands there is mostly text.
func bogus(s string) string {
	if !strings.Contains(s, "<!") {
		return s
	}
	var b strings.Builder
	for {
		n := strings.Index(s, "<!")
		if n < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:n])
		rest := s[n+2:]
		if strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "[") || len(rest) >= 7 && strings.EqualFold(rest[:7], "doctype") {
			b.WriteString("<!")
		} else {
			b.WriteString("&lt;!")
		}
		s = rest
	}
}

// A fragment is being written. It recurses as deep as the parser lets elements nest.
type fragment struct{ out strings.Builder }

// parse writes what may stay of some HTML, which was found within so many raw elements.
// It fails if the parser does, which gives up beyond 512 open elements.
func (f *fragment) parse(dirty string, within int) bool {
	nodes, err := parse(dirty)
	if err != nil {
		return false
	}
	for _, n := range nodes {
		if !f.node(n, within) {
			return false
		}
	}
	return true
}

func (f *fragment) node(n *html.Node, within int) bool {
	const deepest = 4 // raw elements in one another: no page has two
	switch {
	case n.Type == html.TextNode:
		f.text(n.Data)
		return true
	case n.Type == html.ElementNode && n.Namespace != "":
		f.foreign(n)
		return true
	case n.Type != html.ElementNode:
		return true
	}
	become := rules[n.DataAtom].fragment
	switch {
	case become == hollow, n.DataAtom == atom.Img && pixel(n):
		return true
	case become == raw:
		return within == deepest || n.FirstChild == nil || f.parse(n.FirstChild.Data, within+1)
	}
	if become == keep {
		f.start(n)
	}
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		if !f.node(ch, within) {
			return false
		}
	}
	if become == keep && !endless[n.DataAtom] {
		f.out.WriteString("</" + n.Data + ">")
	}
	return true
}

func (f *fragment) start(n *html.Node) {
	f.out.WriteString("<" + n.Data)
	for _, a := range n.Attr {
		key := a.Key
		if a.Namespace != "" || !inFragments[key] {
			continue
		}
		value := printable(a.Val)
		switch {
		case linked[key] && !harmless(value, n.DataAtom == atom.Img && key == "src"):
			continue
		case linked[key]:
			value = undecorated(value)
		case key == "srcset" && !harmlessSet(value):
			continue
		}
		f.out.WriteString(" " + key + `="` + attributeEscaper.Replace(value) + `"`)
	}
	f.out.WriteByte('>')
	if n.DataAtom == atom.Pre && n.FirstChild != nil && n.FirstChild.Type == html.TextNode && strings.HasPrefix(n.FirstChild.Data, "\n") {
		f.out.WriteByte('\n') // the parser takes the first one away
	}
}

func (f *fragment) text(s string) { f.out.WriteString(textEscaper.Replace(printable(s))) }

var (
	textEscaper      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attributeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// harmless says whether a URL is relative or of one of the schemes, read as browsers do:
// white space and controls before it, and line breaks within, mean nothing (WHATWG URL
// §4.4).
func harmless(ref string, picture bool) bool {
	ref = strings.TrimLeftFunc(ref, func(r rune) bool { return r <= ' ' })
	ref = withinURL.Replace(ref)
	end := strings.IndexAny(ref, ":/?#")
	if end < 0 || ref[end] != ':' {
		return true
	}
	scheme := strings.ToLower(ref[:end])
	if schemes[scheme] {
		return true
	}
	for _, start := range pictures {
		if picture && len(ref) > len(start) && strings.EqualFold(ref[:len(start)], start) && (ref[len(start)] == ';' || ref[len(start)] == ',') {
			return true
		}
	}
	return false
}

// URL returns ref if it is relative or of a scheme that Fragment keeps in a link, else "".
func URL(ref string) string {
	if harmless(ref, false) {
		return ref
	}
	return ""
}

// harmlessSet says so of all in a srcset.
func harmlessSet(set string) bool {
	for candidate := range strings.SplitSeq(set, ",") {
		if !harmless(candidate, false) {
			return false
		}
	}
	return true
}
