package feed

import (
	"bytes"
	"encoding/binary"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"parallax/feed/internal/charset"
)

// entities decodes references. Besides XML's five it knows HTML's, for feeds use
// them undeclared, and what the document's own type declaration says.
type entities struct {
	own    map[string]string
	budget int // bytes that own entities may still expand to
	limit  func()
	tell   func(what string) // what is wrong with references, each once; nil if nobody asks
	bare   bool              // told of a & that is none
	lent   bool              // told of those that are HTML's

	letters bool // some stood for letters that begin UTF-8 encoded twice
}

// longestEntity bounds the search for a ';'. The longest name of HTML has 31 letters.
const longestEntity = 40

// append decodes src onto dst. What is no reference stays as it is.
func (e *entities) append(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		if len(src) > 4 { // the three that nearly all references are to
			switch next := binary.LittleEndian.Uint32(src[1:]); {
			case next&0xffffff == 'l'|'t'<<8|';'<<16:
				dst, src = append(dst, '<'), src[4:]
				continue
			case next&0xffffff == 'g'|'t'<<8|';'<<16:
				dst, src = append(dst, '>'), src[4:]
				continue
			case next == 'a'|'m'<<8|'p'<<16|';'<<24:
				dst, src = append(dst, '&'), src[5:]
				continue
			}
		}
		semi := bytes.IndexByte(src[:min(len(src), longestEntity)], ';')
		if semi > 1 {
			if out, ok := e.reference(dst, src[1:semi]); ok {
				dst, src = out, src[semi+1:]
				continue
			}
		}
		if !e.bare && e.tell != nil {
			e.bare = true
			e.tell("a & that starts no reference")
		}
		dst = append(dst, '&')
		src = src[1:]
	}
}

func (e *entities) reference(dst, name []byte) ([]byte, bool) {
	switch string(name) {
	case "amp":
		return append(dst, '&'), true
	case "lt":
		return append(dst, '<'), true
	case "gt":
		return append(dst, '>'), true
	case "quot":
		return append(dst, '"'), true
	case "apos":
		return append(dst, '\''), true
	}
	if name[0] == '#' {
		r, ok := charRef(name[1:])
		if !ok {
			return dst, false
		}
		e.letters = e.letters || r >= 0xc0 && r <= 0xff
		return utf8.AppendRune(dst, r), true
	}
	for _, c := range name {
		if !isName(c) {
			return dst, false
		}
	}
	if v, ok := e.own[string(name)]; ok {
		if e.budget -= len(v); e.budget < 0 {
			if e.limit != nil {
				e.limit()
			}
			return dst, true
		}
		e.letters = true
		return append(dst, v...), true
	}
	ref := "&" + string(name) + ";"
	if v := html.UnescapeString(ref); v != ref && !strings.HasSuffix(v, ";") {
		if !e.lent && e.tell != nil {
			e.lent = true
			e.tell("an entity of HTML that is not declared: " + ref)
		}
		e.letters = e.letters || v[0] == letters
		return append(dst, v...), true
	}
	return dst, false
}

// charRef returns the character of a numeric reference; 128 to 159 are meant as
// windows-1252, as browsers read them (HTML §13.2.5.80).
func charRef(digits []byte) (rune, bool) {
	base := 10
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil {
		return 0, false
	}
	switch {
	case n >= 0x80 && n <= 0x9f:
		return charset.Windows1252[n-0x80], true
	case n == 0 || n > 0x10ffff || n >= 0xd800 && n <= 0xdfff:
		return utf8.RuneError, true
	}
	return rune(n), true
}

// declare takes the general entities of a document type declaration. External ones
// and parameter entities are passed over. A value may name entities declared before
// it; they are put in once, here, and within the budget, so that nothing can grow
// without bound and nothing can name itself.
func (e *entities) declare(decl []byte) {
	for {
		i := bytes.Index(decl, []byte("<!ENTITY"))
		if i < 0 {
			return
		}
		decl = decl[i+len("<!ENTITY"):]
		rest := bytes.TrimLeft(decl, " \t\r\n")
		n := 0
		for n < len(rest) && isName(rest[n]) {
			n++
		}
		if n == 0 {
			continue // a parameter entity
		}
		name := string(rest[:n])
		rest = bytes.TrimLeft(rest[n:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			continue // external
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return
		}
		value := e.append(nil, rest[1:1+end])
		if e.budget -= len(value); e.budget < 0 {
			if e.limit != nil {
				e.limit()
			}
			return
		}
		if e.own == nil {
			e.own = map[string]string{}
		}
		if _, twice := e.own[name]; !twice { // XML §4.2: the first binds
			e.own[name] = string(value)
		}
		decl = rest[1+end:]
	}
}

// escapeText appends s as text of HTML or XML.
func escapeText(dst, s []byte) []byte { return escape(dst, s, '>', "&gt;") }

// escapeAttr appends s as a value in double quotes.
func escapeAttr(dst, s []byte) []byte { return escape(dst, s, '"', "&quot;") }

// escape appends s with references for the two that are special everywhere, and for end,
// which is special in its place.
func escape(dst, s []byte, end byte, reference string) []byte {
	for _, c := range s {
		switch c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case end:
			dst = append(dst, reference...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
