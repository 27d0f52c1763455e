package feed

import "bytes"

// A token is what the lexer found.
type token uint8

const (
	tokEOF token = iota
	tokText
	tokStart
	tokEnd
)

// A rawAttr is an attribute as written; both slices are valid until the next token.
type rawAttr struct {
	name, value []byte
}

// A lexer splits a document into tags and text in one pass. It never fails: what is
// no markup is text. Whatever it returns points into buf and is valid until the next
// call of next.
type lexer struct {
	window

	limits  Limits
	cdata   bool // inside a CDATA section
	problem func(off int64, what string)
	doctype func(decl []byte)
	// checked is up to where, in the document, there is none of an end of markup (by
	// its first byte). To look again from each of many starts would take quadratic time.
	checked [128]int64
	noDecl  bool // a declaration without its end was met; further ones end at their '>'

	// the current token
	off       int64
	name      []byte
	attrs     []rawAttr
	selfClose bool
	text      []byte
	literal   bool // text holds no entities: from a CDATA section
}

func (l *lexer) next() token {
	for {
		if l.pos >= len(l.buf) {
			if l.fill() {
				continue
			}
			if l.cdata {
				l.cdata = false
				l.problem(l.base+int64(l.pos), "the document ends inside a CDATA section")
			}
			return tokEOF
		}
		l.off = l.base + int64(l.pos)
		if l.cdata {
			if l.section() {
				return tokText
			}
			continue
		}
		if l.buf[l.pos] != '<' {
			return l.run()
		}
		if len(l.buf)-l.pos < len("<![CDATA[") && l.fill() {
			continue
		}
		rest := l.buf[l.pos:]
		switch {
		case len(rest) > 1 && isNameStart(rest[1]):
			if tok, ok := l.tag(); ok {
				return tok
			}
		case len(rest) > 2 && rest[1] == '/' && isNameStart(rest[2]):
			if l.endTag() {
				return tokEnd
			}
		case bytes.HasPrefix(rest, []byte("<!--")):
			if l.skip(4, "-->") {
				continue
			}
		case len(rest) >= 9 && bytes.EqualFold(rest[:9], []byte("<![CDATA[")):
			l.cdata = true
			l.pos += 9
			continue
		case len(rest) > 1 && rest[1] == '?':
			if l.off > 0 && bytes.HasPrefix(rest, []byte("<?xml ")) {
				l.problem(l.off, "an XML declaration that is not at the start")
			}
			if l.skip(2, "?>") {
				continue
			}
		case len(rest) > 2 && rest[1] == '!' && isNameStart(rest[2]):
			if l.declaration() {
				continue
			}
		}
		// Not markup after all: the character stands for itself.
		l.problem(l.off, "a < that starts no tag")
		l.text, l.literal = l.buf[l.pos:l.pos+1], true
		l.pos++
		return tokText
	}
}

// run returns text up to the next tag, or as much of it as the window holds.
func (l *lexer) run() token {
	for {
		rest := l.buf[l.pos:]
		n := bytes.IndexByte(rest, '<')
		if n < 0 {
			if len(rest) < windowSize && l.fill() {
				continue
			}
			n = len(rest)
			if l.r != nil { // more will come: do not cut an entity in two
				if amp := bytes.LastIndexByte(rest[max(0, n-64):], '&'); amp >= 0 && max(0, n-64)+amp > 0 {
					n = max(0, n-64) + amp
				}
			}
		}
		l.text, l.literal = rest[:n], false
		l.pos += n
		return tokText
	}
}

// section returns text of a CDATA section, or false when there is none left in it.
func (l *lexer) section() bool {
	for {
		rest := l.buf[l.pos:]
		n := bytes.Index(rest, []byte("]]>"))
		skip := 3
		if n < 0 {
			if len(rest) < windowSize && l.fill() {
				continue
			}
			n, skip = len(rest), 0
			if l.r != nil {
				n -= 2
			}
		} else {
			l.cdata = false
		}
		l.text, l.literal = rest[:n], true
		l.pos += n + skip
		return n > 0
	}
}

// find returns where end comes first after the given distance from pos, -1 if it does
// not come in what is there.
func (l *lexer) find(from int, end string) int {
	start := l.pos + from
	at := max(start, int(l.checked[end[0]]-l.base)-len(end)+1)
	if at < len(l.buf) {
		if n := bytes.Index(l.buf[at:], []byte(end)); n >= 0 {
			return at + n - start
		}
	}
	l.checked[end[0]] = max(l.checked[end[0]], l.base+int64(len(l.buf)))
	return -1
}

// skip drops everything up to end. A comment or instruction that never ends is taken
// to end at the first '>', for the rest of the document should not be lost with it.
func (l *lexer) skip(from int, end string) bool {
	for {
		if n := l.find(from, end); n >= 0 {
			l.pos += from + n + len(end)
			return true
		}
		if len(l.buf)-l.pos < l.limits.Tag && l.fill() {
			continue
		}
		n := l.find(from, ">")
		if n < 0 {
			l.problem(l.off, "markup that does not end")
			l.pos = len(l.buf)
			return true
		}
		l.problem(l.off, "a comment or instruction without its end")
		l.pos += from + n + 1
		return true
	}
}

// declaration reads <!DOCTYPE ...> with its internal subset.
func (l *lexer) declaration() bool {
	for {
		rest := l.buf[l.pos:]
		if !l.noDecl {
			if n := declarationEnd(rest); n > 0 {
				if l.doctype != nil {
					l.doctype(rest[:n])
				}
				l.pos += n
				return true
			}
			if len(rest) < l.limits.Tag && l.fill() {
				continue
			}
			l.noDecl = true
		}
		n := l.find(2, ">")
		if n < 0 && l.r != nil && len(l.buf)-l.pos < l.limits.Tag && l.fill() {
			continue
		}
		if n < 0 {
			return false
		}
		l.problem(l.off, "a document type declaration without its end")
		l.pos += 2 + n + 1
		return true
	}
}

// declarationEnd returns the length of the declaration at the start of b, 0 if it is cut.
func declarationEnd(b []byte) int {
	subset, quote := false, byte(0)
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<' && subset && bytes.HasPrefix(b[i:], []byte("<!--")):
			n := bytes.Index(b[i:], []byte("-->"))
			if n < 0 {
				return 0
			}
			i += n + 2
		case c == '[':
			subset = true
		case c == ']':
			subset = false
		case c == '>' && !subset:
			return i + 1
		}
	}
	return 0
}

func (l *lexer) endTag() bool {
	for {
		rest := l.buf[l.pos:]
		i := 2
		for i < len(rest) && isName(rest[i]) {
			i++
		}
		l.name = rest[2:i]
		for i < len(rest) && rest[i] != '>' && rest[i] != '<' {
			i++
		}
		if i == len(rest) {
			if i < l.limits.Tag && l.fill() {
				continue
			}
			if i >= l.limits.Tag {
				return false
			}
			l.problem(l.off, "the document ends inside a tag")
			l.pos = len(l.buf)
			return true
		}
		l.pos += i
		if rest[i] == '>' {
			l.pos++
		} else {
			l.problem(l.off, "a tag without its >")
		}
		return true
	}
}

// tag reads a start tag. It returns false when there is none: a tag cut by the end
// of the document, or one longer than the limit.
func (l *lexer) tag() (token, bool) {
	for {
		n, done := l.parseTag(l.buf[l.pos:])
		if done {
			l.pos += n
			return tokStart, true
		}
		if len(l.buf)-l.pos < l.limits.Tag && l.fill() {
			continue
		}
		if len(l.buf)-l.pos >= l.limits.Tag {
			l.problem(l.off, "a tag beyond the limit Tag")
			return tokEOF, false
		}
		l.problem(l.off, "the document ends inside a tag")
		l.pos = len(l.buf)
		return tokEOF, true
	}
}

// parseTag reads the start tag at the start of b. done is false when b ends first.
func (l *lexer) parseTag(b []byte) (n int, done bool) {
	i := 1
	for i < len(b) && isName(b[i]) {
		i++
	}
	l.name, l.attrs, l.selfClose = b[1:i], l.attrs[:0], false
	for {
		for i < len(b) && (isSpace(b[i]) || b[i] == '"' || b[i] == '\'' || b[i] == '=') {
			i++
		}
		if i >= len(b) || i > l.limits.Tag {
			return 0, false
		}
		switch b[i] {
		case '>':
			return i + 1, true
		case '<':
			l.problem(l.off, "a tag without its >")
			return i, true
		case '/', '?':
			if i+1 >= len(b) {
				return 0, false
			}
			i++
			if b[i] == '>' {
				l.selfClose = true
				return i + 1, true
			}
			continue
		}
		start := i
		for i < len(b) && !isSpace(b[i]) && b[i] != '=' && b[i] != '>' && b[i] != '<' && b[i] != '/' {
			i++
		}
		name := b[start:i]
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i >= len(b) {
			return 0, false
		}
		var value []byte
		if b[i] == '=' {
			i++
			for i < len(b) && isSpace(b[i]) {
				i++
			}
			if i >= len(b) {
				return 0, false
			}
			if q := b[i]; q == '"' || q == '\'' {
				end := l.find(i+1, string(b[i:i+1]))
				if end < 0 {
					if l.r != nil && len(b) < l.limits.Tag {
						return 0, false
					}
					// The quote never closes: the value ends with the tag.
					if end = l.find(i+1, ">"); end < 0 {
						return 0, false
					}
					l.problem(l.off, "an attribute without its closing quote")
					value = b[i+1 : i+1+end]
					i += 1 + end
				} else {
					value = b[i+1 : i+1+end]
					i += end + 2
				}
			} else {
				start := i
				for i < len(b) && !isSpace(b[i]) && b[i] != '>' {
					i++
				}
				if i >= len(b) {
					return 0, false
				}
				value = b[start:i]
				if len(value) > 0 && value[len(value)-1] == '/' && b[i] == '>' {
					value = value[:len(value)-1]
					l.selfClose = true
				}
			}
		}
		if len(l.attrs) < l.limits.Attrs {
			l.attrs = append(l.attrs, rawAttr{name, value})
		} else if len(l.attrs) == l.limits.Attrs {
			l.problem(l.off, "more attributes than the limit Attrs")
			l.attrs = append(l.attrs, rawAttr{})
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// nameBytes: 1 may start a name, 2 may stand inside it.
var nameBytes = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':', c >= 0x80:
			t[c] = 3
		case c >= '0' && c <= '9', c == '-', c == '.':
			t[c] = 2
		}
	}
	return t
}()

func isNameStart(c byte) bool { return nameBytes[c]&1 != 0 }
func isName(c byte) bool      { return nameBytes[c]&2 != 0 }
