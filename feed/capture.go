package feed

import (
	"bytes"
	"slices"
	"strings"
)

// holdsMarkup are the elements whose text may be markup, escaped or not.
var holdsMarkup = set("title description content:encoded copyright body fullitem content abstract " +
	"xhtml:body xhtml:div atom:title atom:summary atom:content atom:subtitle atom:tagline atom:info atom:rights atom:copyright " +
	"dc:title dc:description dc:rights dcterms:abstract media:title media:description itunes:summary itunes:subtitle media:text rdf:value at:comment px:note")

// isXHTML says that markup inside the element stands for itself, and text is text.
func (f *frame) isXHTML() bool {
	if strings.HasPrefix(f.key, "xhtml:") {
		return true
	}
	if !strings.HasPrefix(f.key, "atom:") {
		return false
	}
	t := mediaType(f.attrs.get("type"))
	switch mode := f.attrs.get("mode"); mode {
	case "xml":
		return true
	case "escaped", "base64":
		return false
	}
	return t == "xhtml" || strings.HasSuffix(t, "+xml") || strings.HasSuffix(t, "/xml")
}

// mediaType returns a type without its parameters, in lower case.
func mediaType(t string) string {
	t, _, _ = strings.Cut(t, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// An inlineTag is a tag open in the captured text, as read and as written, and what
// URLs inside of it are relative to.
type inlineTag struct {
	raw, shown string
	base       *base
}

// startInline writes a start tag into the text being captured.
func (p *parser) startInline(n *name) {
	if len(p.text)-p.frames[p.capture].text > p.limits.Text {
		return
	}
	shown, declare := n.raw, ""
	if n.prefix != "" && n.prefix != "xml" {
		switch c := p.inlineCanon(n.prefix); c {
		case "xhtml", "", "atom":
			_, shown, _ = strings.Cut(n.raw, ":")
		case "svg", "math": // HTML knows them without a prefix
			_, shown, _ = strings.Cut(n.raw, ":")
			switch shown {
			case "svg":
				declare = ` xmlns="http://www.w3.org/2000/svg"`
			case "math":
				declare = ` xmlns="http://www.w3.org/1998/Math/MathML"`
			}
		}
	}
	first := !p.marked && len(bytes.TrimSpace(p.text[p.frames[p.capture].text:])) == 0
	p.marked = true
	p.text = append(p.text, '<')
	p.text = append(p.text, shown...)
	p.text = append(p.text, declare...)
	start, at := len(p.text)-len(shown)-len(declare)-1, p.inlineBase()
	linked := false
	for i := range p.lex.attrs {
		a := &p.lex.attrs[i]
		if len(a.name) == 0 || len(a.name) >= 5 && bytes.EqualFold(a.name[:5], []byte("xmlns")) && !foreign(a) {
			continue
		}
		if len(a.name) > 6 && bytes.EqualFold(a.name[:6], []byte("xlink:")) && !linked {
			linked = true
			p.text = append(p.text, ` xmlns:xlink="http://www.w3.org/1999/xlink"`...)
		}
		if len(a.name) == 8 && bytes.EqualFold(a.name, []byte("xml:base")) {
			continue // which means nothing in HTML: what it says is done here
		}
		p.text = append(p.text, ' ')
		p.text = append(p.text, a.name...)
		p.text = append(p.text, '=', '"')
		p.scratch = p.entities.append(p.scratch[:0], a.value)
		p.text = escapeAttr(p.text, p.scratch)
		p.text = append(p.text, '"')
	}
	end := ">"
	if n.void {
		end = " />"
	}
	p.text = append(p.text, end...)
	if at != p.frames[p.capture].base && at != nil {
		p.text = append(p.text[:start], rebase(string(p.text[start:]), at.text)...)
	}
	if n.void {
		return
	}
	if p.lex.selfClose {
		p.text = append(p.text, "</"...)
		p.text = append(p.text, shown...)
		p.text = append(p.text, '>')
		return
	}
	if len(p.inline) >= p.limits.Depth {
		return // its end tag will be passed over
	}
	p.inline = append(p.inline, inlineTag{n.raw, shown, at})
	if first && n.local == "div" {
		p.wrapDiv, p.divStart = true, len(p.text)
	}
}

// inlineBase returns what URLs in the current tag are relative to.
func (p *parser) inlineBase() *base {
	at := p.frames[p.capture].base
	if len(p.inline) > 0 {
		at = p.inline[len(p.inline)-1].base
	}
	for i := range p.lex.attrs {
		if a := &p.lex.attrs[i]; len(a.name) == 8 && bytes.EqualFold(a.name, []byte("xml:base")) {
			at = parseBase(at, p.attrValue(a.value))
		}
	}
	return at
}

// foreign says whether a namespace declaration is worth keeping in HTML: those of SVG
// and MathML are.
func foreign(a *rawAttr) bool {
	return len(a.name) == 5 && (bytes.HasSuffix(a.value, []byte("/svg")) || bytes.HasSuffix(a.value, []byte("MathML")))
}

// inlineCanon is canon, with the declarations on the current tag.
func (p *parser) inlineCanon(prefix string) string {
	for i := range p.lex.attrs {
		a := &p.lex.attrs[i]
		if len(a.name) == 6+len(prefix) && bytes.EqualFold(a.name[:6], []byte("xmlns:")) && strings.EqualFold(string(a.name[6:]), prefix) {
			return canonURI(string(a.value))
		}
	}
	return p.canon(prefix)
}

// endInline takes an end tag while capturing. It returns false when the tag ends the
// captured element or one around it.
func (p *parser) endInline(raw []byte) bool {
	for i, open := range slices.Backward(p.inline) {
		if !bytes.EqualFold(raw, []byte(open.raw)) {
			continue
		}
		for len(p.inline) > i {
			p.closeInline()
		}
		return true
	}
	f := &p.frames[p.capture]
	if bytes.EqualFold(raw, []byte(f.name.raw)) || closers[strings.ToLower(string(raw))] {
		return false
	}
	if !p.nameOf(raw).void {
		p.problem(p.lex.off, "</"+clip(string(raw))+"> without a start")
	}
	return true
}

// closeInline writes the end tag of the innermost tag open in the captured text.
func (p *parser) closeInline() {
	i := len(p.inline) - 1
	shown := p.inline[i].shown
	p.inline = p.inline[:i]
	if i == 0 && p.wrapDiv && p.divEnd == 0 {
		p.divEnd = len(p.text)
	}
	p.text = append(p.text, "</"...)
	p.text = append(p.text, shown...)
	p.text = append(p.text, '>')
}

// endCapture returns the whole captured text. The div that XHTML content has to be
// wrapped in is not part of it (RFC 4287 §3.1.1.3).
func (p *parser) endCapture(f *frame) []byte {
	if len(p.inline) > 0 {
		p.problem(p.lex.off, "<"+clip(p.inline[len(p.inline)-1].raw)+"> without its end")
	}
	for len(p.inline) > 0 {
		p.closeInline()
	}
	value := p.text[f.text:]
	if p.wrapDiv && mediaType(f.attrs.get("type")) == "xhtml" && p.divEnd >= p.divStart && p.divEnd > 0 {
		after := p.text[p.divEnd:]
		if end := bytes.IndexByte(after, '>'); end >= 0 && len(bytes.TrimSpace(after[end+1:])) == 0 {
			value = p.text[p.divStart:p.divEnd]
		}
	}
	return value
}
