package webtest

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxPage is the most that a page may weigh with its styles, in bytes.
const MaxPage = 60 << 10

// A Page is a parsed page.
type Page struct {
	Root  *html.Node
	Links []string // every href on this host, of a and link
	Style []string // every stylesheet
}

// CheckPage parses a page and reports everything that our pages must have and has not,
// or has and must not: landmarks, labels, languages, unique ids, no inline style or
// script, nothing that would be fetched from another host.
func CheckPage(tb testing.TB, name string, body []byte) *Page {
	tb.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("%s: not HTML: %v", name, err)
	}
	p := &Page{Root: root}
	for _, problem := range p.problems(body) {
		tb.Errorf("%s: %s", name, problem)
	}
	return p
}

// problems lists what is wrong.
func (p *Page) problems(body []byte) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if !bytes.HasPrefix(body, []byte("<!doctype html>")) {
		say("no doctype: browsers would fall into quirks mode")
	}
	if line := unbalanced(body); line != "" {
		say("tags do not match: %s", line)
	}
	count, ids, labels := map[string]int{}, map[string]int{}, map[string]bool{}
	var refs []string
	for n := range p.Root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		if id, ok := attr(n, "id"); ok {
			ids[id]++
		}
		if f, ok := attr(n, "for"); ok {
			labels[f] = true
		}
		for _, key := range []string{"aria-labelledby", "aria-describedby"} {
			if v, ok := attr(n, key); ok {
				refs = append(refs, strings.Fields(v)...)
			}
		}
		p.element(n, say)
	}
	for n := range p.Root.Descendants() {
		id, _ := attr(n, "id")
		if kind, _ := attr(n, "type"); n.Type == html.ElementNode && n.Data == "input" && kind != "hidden" && !labels[id] {
			say("input %q has no label", id)
		}
	}
	for _, tag := range []string{"h1", "main", "title", "header", "footer"} {
		if n := count[tag]; n == 0 || n > 1 && (tag == "h1" || tag == "main") {
			say("%d of <%s>", n, tag)
		}
	}
	for id, n := range ids {
		if n > 1 {
			say("id %q stands %d times", id, n)
		}
	}
	for _, id := range refs {
		if ids[id] == 0 {
			say("a label refers to #%s, which is not there", id)
		}
	}
	for _, href := range p.Links {
		if frag, ok := strings.CutPrefix(href, "#"); ok && ids[frag] == 0 {
			say("a link goes to %s, which is not there", href)
		}
	}
	return list
}

// element checks one element.
func (p *Page) element(n *html.Node, say func(string, ...any)) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			say("<%s> has an attribute %s", n.Data, a.Key)
		}
		if a.Key == "lang" && a.Val != "" && strings.ContainsAny(a.Val, " _") {
			say("lang=%q is no language tag", a.Val)
		}
	}
	switch n.Data {
	case "html":
		if v, _ := attr(n, "lang"); v == "" {
			say("the page has no lang")
		}
	case "style":
		say("there is a <style>")
	case "script":
		// JSON-LD is data, which browsers do not run and the policy does not forbid.
		if kind, _ := attr(n, "type"); kind != "application/ld+json" {
			say("there is a <script>")
		}
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			say("an <img> has no alt")
		}
		src, _ := attr(n, "src")
		p.local("img", src, say)
	case "svg":
		hidden, _ := attr(n, "aria-hidden")
		label, _ := attr(n, "aria-label")
		role, _ := attr(n, "role")
		if hidden != "true" && (label == "" || role != "img") {
			say("an <svg> is neither hidden nor labelled")
		}
	case "nav":
		if v, _ := attr(n, "aria-label"); v == "" {
			say("a <nav> has no label")
		}
	case "a":
		href, _ := attr(n, "href")
		p.Links = append(p.Links, href)
		if label, _ := attr(n, "aria-label"); strings.TrimSpace(Text(n)) == "" && label == "" && !described(n) {
			say("a link to %s has no text", href)
		}
	case "link":
		href, _ := attr(n, "href")
		p.local("link", href, say)
		p.Links = append(p.Links, href)
		if rel, _ := attr(n, "rel"); rel == "stylesheet" {
			p.Style = append(p.Style, href)
		}
	case "iframe", "object", "embed", "video", "audio", "base":
		say("there is an <%s>", n.Data)
	}
}

func (p *Page) local(tag, ref string, say func(string, ...any)) {
	u, err := url.Parse(ref)
	if err != nil || u.Host != "" || u.Scheme != "" {
		say("<%s> would fetch %s, which is not ours", tag, ref)
	}
}

// Text returns the text of a node.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// void elements have no end tag (HTML §13.1.2).
var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "img": true, "hr": true, "wbr": true, "source": true}

// unbalanced returns the first end tag that does not match, or "".
func unbalanced(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return "never closed: " + strings.Join(open, " > ")
			}
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return fmt.Sprintf("</%s> closes %s", name, strings.Join(open, " > "))
			}
			open = open[:len(open)-1]
		}
	}
}

// described reports whether a picture in n has words for it.
func described(n *html.Node) bool {
	for d := range n.Descendants() {
		if alt, _ := attr(d, "alt"); d.DataAtom == atom.Img && strings.TrimSpace(alt) != "" {
			return true
		}
	}
	return false
}
