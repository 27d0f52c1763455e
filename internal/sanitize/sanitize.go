// Package sanitize makes foreign HTML safe. HTML that some outlet wrote goes in; HTML
// that holds nothing but the elements, attributes and URL schemes of this package's
// tables comes out, and only this package may vouch for it to a template.
//
// What is not in the tables does not survive: the walk writes allowed things anew, from
// a parsed tree, instead of taking forbidden ones away. Foreign content (svg, math) and
// elements whose content parsers read differently (style, noscript, xmp, ...) are
// dropped whole, so that no browser can read the result otherwise than this package did.
// Cleaning twice changes nothing.
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
	"html/template"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// MaxHTML is how much HTML is read, in bytes: more than the longest article, less than
	// what a parser needs a second for.
	MaxHTML = 2 << 20
	// maxRounds is how often the result of a walk may differ from its input before
	// cleaning gives up and returns text only.
	maxRounds = 6
)

// kind says what the walk does with an element.
type kind uint8

const (
	unwrap  kind = iota // write its children: what is not in the table, too
	drop                // with its content
	block               // a box, holding flow content
	text                // a box, holding phrases only
	phrase              // runs within a line
	void                // br, hr, wbr
	special             // has a function of its own
)

var kinds = map[atom.Atom]kind{
	atom.P: text, atom.H1: text, atom.H2: text, atom.H3: text, atom.H4: text, atom.H5: text, atom.H6: text, atom.Pre: text,
	atom.Blockquote: block, atom.Figure: block, atom.Figcaption: block, atom.Li: block, atom.Dt: text, atom.Dd: block,
	atom.Td: block, atom.Th: block, atom.Caption: block,
	atom.Ul: special, atom.Ol: special, atom.Dl: special,
	atom.Table: special, atom.Thead: special, atom.Tbody: special, atom.Tfoot: special, atom.Tr: special,

	atom.B: phrase, atom.Strong: phrase, atom.I: phrase, atom.Em: phrase, atom.Code: phrase, atom.Sub: phrase, atom.Sup: phrase,
	atom.Small: phrase, atom.Abbr: phrase, atom.Time: phrase, atom.Cite: phrase, atom.Q: phrase, atom.Del: phrase, atom.Ins: phrase,
	atom.S: phrase, atom.U: phrase, atom.Mark: phrase, atom.Kbd: phrase, atom.Samp: phrase, atom.Var: phrase, atom.Dfn: phrase,
	atom.Bdi: phrase, atom.Bdo: phrase, atom.Ruby: phrase, atom.Rt: phrase, atom.Rp: phrase,
	atom.A: special, atom.Img: special, atom.Image: special, atom.Iframe: special, atom.Embed: special, atom.Object: special,
	atom.Video: special, atom.Audio: special,
	atom.Br: void, atom.Hr: void, atom.Wbr: void,

	atom.Script: drop, atom.Style: drop, atom.Template: drop, atom.Noscript: drop, atom.Head: drop, atom.Title: drop,
	atom.Meta: drop, atom.Link: drop, atom.Base: drop, atom.Svg: drop, atom.Math: drop, atom.Input: drop, atom.Button: drop,
	atom.Select: drop, atom.Option: drop, atom.Optgroup: drop, atom.Textarea: drop, atom.Label: drop, atom.Legend: drop,
	atom.Datalist: drop, atom.Output: drop, atom.Progress: drop, atom.Meter: drop, atom.Canvas: drop, atom.Map: drop, atom.Area: drop,
	atom.Frame: drop, atom.Frameset: drop, atom.Noframes: drop, atom.Noembed: drop, atom.Applet: drop, atom.Param: drop,
	atom.Source: drop, atom.Track: drop, atom.Col: drop, atom.Colgroup: drop, atom.Dialog: drop, atom.Xmp: drop,
	atom.Plaintext: drop, atom.Listing: drop, atom.Keygen: drop, atom.Menuitem: drop, atom.Command: drop, atom.Bgsound: drop,
}

// boxes are elements that are unwrapped but part what is before them from what is after.
var boxes = map[atom.Atom]bool{
	atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true, atom.Footer: true,
	atom.Aside: true, atom.Nav: true, atom.Center: true, atom.Address: true, atom.Details: true, atom.Summary: true,
	atom.Fieldset: true, atom.Form: true, atom.Hgroup: true, atom.Dir: true, atom.Menu: true, atom.Body: true, atom.Html: true,
	atom.Marquee: true,
}

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
		dirty = clean
	}
	return paragraphs(Text(dirty))
}

// Trust vouches for HTML that a template is to show as it stands. It cleans once more,
// so that nothing that reached the store some other way can get past.
func Trust(clean string) template.HTML {
	return template.HTML(HTML(clean, "")) //nolint:gosec // what this package is for
}

// clean does one round. It fails if the parser does, which gives up beyond 512 open
// elements.
func (c *cleaner) clean(dirty string) (string, bool) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(dirty), body)
	if err != nil {
		return "", false
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	c.boxed = map[*html.Node]bool{}
	c.out.Reset()
	c.flow(body, true, inherited{})
	return strings.TrimSpace(c.out.String()), true
}

// paragraphs makes plain text into HTML.
func paragraphs(plain string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(plain, "\n\n") {
		p = strings.Join(strings.Fields(printable(p)), " ")
		if p != "" {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("<p>" + html.EscapeString(p) + "</p>")
		}
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
