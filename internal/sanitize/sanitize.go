// Package sanitize makes foreign HTML safe. HTML that some outlet wrote goes in; HTML
// that holds nothing but the elements, attributes and URL schemes of this package's
// tables comes out, and only this package may vouch for it to a template.
//
// What is not in the tables does not survive: the walk writes allowed things anew, from
// a parsed tree, instead of taking forbidden ones away. Foreign content (svg, math) and
// elements whose content parsers read differently (style, noscript, xmp, ...) are
// dropped whole, so that no browser can read the result otherwise than this package did.
// Cleaning twice changes nothing. What would cost a parser long, by its depth or by elements
// that are opened again in every paragraph, is read as text only.
//
// No image is loaded from elsewhere: an image becomes a link that has its alternative
// text for a label, and vanishes without one, as does every tracking pixel. A frame,
// video or other embed becomes a link to what it embeds.
//
// That is what HTML does, for the pages of the hub. Fragment does less, for programs that
// show HTML under rules of their own: it takes out only what could run, load a document
// or take input.
package sanitize

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// MaxHTML is how much HTML is read, in bytes: more than the longest article, less than
	// what a parser needs a second for.
	MaxHTML = 1 << 20
	// maxRounds is how often the result of a walk may differ from its input before
	// cleaning gives up and returns text only.
	maxRounds = 6
)

// HTML returns the safe part of dirty. Relative URLs are resolved against base, the URL
// of the document; where base is empty they are dropped. HTML(HTML(x)) is HTML(x).
func HTML(dirty, base string) string {
	if len(dirty) > MaxHTML {
		dirty = dirty[:MaxHTML]
	}
	dirty = strings.ToValidUTF8(dirty, "\uFFFD")
	c := &cleaner{base: parseBase(base)}
	for range maxRounds {
		clean, ok := c.clean(dirty)
		if !ok {
			break
		}
		if clean == dirty {
			return clean
		}
		dirty = clean[:min(len(clean), MaxHTML)]
	}
	return paragraphs(Text(dirty))
}

// clean does one round. It fails if the parser does, which gives up beyond 512 open
// elements, or would work too long.
func (c *cleaner) clean(dirty string) (string, bool) {
	nodes, err := parse(dirty)
	if err != nil {
		return "", false
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	c.boxed = map[*html.Node]bool{}
	c.out = c.out[:0]
	c.flow(body, true, inherited{})
	return string(bytes.TrimSpace(c.out)), true
}

// paragraphs makes plain text into HTML, no more than HTML would read again.
func paragraphs(plain string) string {
	const most = MaxHTML / len("&#34;") // what is escaped is five times as long at most
	var b strings.Builder
	for p := range strings.SplitSeq(plain, "\n\n") {
		p = strings.Join(strings.Fields(printable(p)), " ")
		if len(p) > most {
			p = strings.ToValidUTF8(p[:most-len("<p></p>")], "")
		}
		if p == "" {
			continue
		}
		p = "<p>" + html.EscapeString(p) + "</p>"
		if b.Len() > 0 {
			p = "\n" + p
		}
		if b.Len()+len(p) > MaxHTML {
			break
		}
		b.WriteString(p)
	}
	return b.String()
}

// printable returns s without control characters and non-characters, which HTML may not
// contain, and with line feeds for carriage returns.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r == '\r' || r == '\f':
			return '\n'
		case r < 0x20, 0x7f <= r && r < 0xa0, 0xfdd0 <= r && r <= 0xfdef, r&0xfffe == 0xfffe:
			return -1
		case r == utf8.RuneError:
			return '\uFFFD'
		}
		return r
	}, s)
}
