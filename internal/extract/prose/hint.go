package prose

import (
	_ "embed" // the table of hints
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

//go:embed data/hints.txt
var hintTable string

// A hint is what the tag, the role, the classes and the id of an element say of what it
// holds.
type hint uint16

const (
	body    hint = 1 << iota // the text of an article
	lead                     // its standfirst
	aside                    // something beside it
	comment                  // what readers said
	caption                  // under a picture
	byline                   // who wrote it, when
	foot                     // the end of the page
	picture                  // around a picture
	wall                     // in the way of the page: consent, an offer to subscribe
)

// hintWords are the rows of the table: a word of a class or id, or two that follow one
// another, written as one.
var hintWords = func() map[string]hint {
	kinds := map[string]hint{"body": body, "lead": lead, "aside": aside, "comment": comment, "caption": caption, "byline": byline, "foot": foot, "wall": wall, "picture": picture}
	m := map[string]hint{}
	for line := range strings.Lines(hintTable) {
		kind, list, ok := strings.Cut(line, " ")
		if h := kinds[kind]; ok && h != 0 {
			for w := range strings.FieldsSeq(list) {
				m[w] |= h
			}
		}
	}
	return m
}()

// isSignature reports whether n is the foot of a quotation.
func isSignature(n *html.Node) bool {
	return n.DataAtom == atom.Footer && n.Parent != nil && n.Parent.DataAtom == atom.Blockquote
}

// hint reads the tag and the attributes of an element.
func (t *tree) hint(n *html.Node) (h hint) {
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Article: // their classes tell of the page
		for _, a := range n.Attr {
			if a.Key == "itemprop" && strings.EqualFold(a.Val, "articleBody") {
				h |= body
			}
		}
		return h
	case atom.Aside:
		h |= aside
	case atom.Footer:
		if isSignature(n) {
			return h
		}
		h |= foot
	case atom.Figcaption:
		h |= caption
	case atom.Address:
		h |= byline
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id":
			h |= t.classes(a.Val)
		case "data-testid", "data-component", "data-qa", "data-type", "data-module", "data-block", "data-component-name", "data-area":
			h |= t.classes(a.Val)
		case "itemprop":
			switch a.Val {
			case "articleBody":
				h |= body
			case "description", "alternativeHeadline":
				h |= lead
			case "comment":
				h |= comment
			case "author", "datePublished", "dateModified":
				h |= byline
			}
		case "itemtype":
			if strings.HasSuffix(a.Val, "/Comment") || strings.HasSuffix(a.Val, "/UserComments") {
				h |= comment
			}
		case "role":
			switch a.Val {
			case "navigation", "complementary", "search", "dialog", "alertdialog", "alert", "menu", "menubar", "tablist":
				h |= aside
			case "contentinfo":
				h |= foot
			}
		}
	}
	return h
}

// modifiers say of an element what is with it: hasSidebar is beside one.
var modifiers = map[string]bool{"has": true, "with": true, "no": true, "without": true}

// maxClasses is how many bytes of the classes of an element are read: attacks have more.
const maxClasses = 500

func (t *tree) classes(val string) (h hint) {
	if len(val) > maxClasses {
		val = val[:maxClasses]
	}
	if h, ok := t.hints[val]; ok {
		return h
	}
	if strings.Contains(val, "hentry") || strings.Contains(val, "type-post") { // of a blog's post, with its topics
		return body
	}
	if hides(val) {
		h |= aside
	}
	before, word := "", ""
	end := func() {
		if word == "" {
			return
		}
		if !modifiers[before] {
			h |= hintWords[word] | hintWords[before+word]
		}
		before, word = word, ""
	}
	from, lower := -1, false
	for i, r := range val {
		switch {
		case unicode.IsLetter(r):
			if upper := unicode.IsUpper(r); upper && lower { // camelCase
				word = strings.ToLower(val[from:i])
				end()
				from = i
			}
			lower = unicode.IsLower(r)
			if from < 0 {
				from = i
			}
		default:
			if from >= 0 {
				word = strings.ToLower(val[from:i])
				end()
			}
			from, lower = -1, false
			if r == ' ' {
				before = ""
			}
		}
	}
	if from >= 0 {
		word = strings.ToLower(val[from:])
		end()
	}
	t.hints[val] = h
	return h
}

// hides reports whether classes hide an element on every screen.
func hides(val string) bool {
	hidden := false
	for c := range strings.FieldsSeq(val) {
		switch c {
		case "hidden", "hide", "d-none", "is-hidden", "u-hidden", "visually-hidden", "sr-only", "screen-reader-text", "visuallyhidden":
			hidden = true
		}
		if strings.HasSuffix(c, ":block") || strings.HasSuffix(c, ":flex") || strings.HasSuffix(c, ":inline") || strings.HasSuffix(c, "-block") || strings.HasSuffix(c, "-flex") {
			return false
		}
	}
	return hidden
}
