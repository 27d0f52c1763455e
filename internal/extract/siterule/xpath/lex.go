package xpath

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A kind is what a token is.
type kind int

const (
	end      kind = iota
	operator      // and or mod div * + - = != < <= > >= | / //
	symbol        // ( ) [ ] . .. @ , ::
	name          // of an element, an attribute, an axis, a function or a type of node
	literal
	number
)

// A token is a piece of an expression (XPath 1.0 §3.7).
type token struct {
	kind  kind
	text  string
	value float64
	at    int // in bytes
}

// lex cuts an expression into tokens.
func lex(s string) ([]token, error) {
	var list []token
	for at := 0; at < len(s); {
		r, n := utf8.DecodeRuneInString(s[at:])
		if unicode.IsSpace(r) {
			at += n
			continue
		}
		t, err := next(s, at, list)
		if err != nil {
			return nil, err
		}
		width := len(t.text)
		if t.kind == literal {
			width += len(`""`)
		}
		list = append(list, t)
		at += width
	}
	return append(list, token{kind: end, at: len(s)}), nil
}

// next reads the token at at. What comes before it decides what * and and are: where an
// operand is awaited they are names (§3.7).
func next(s string, at int, before []token) (token, error) {
	rest := s[at:]
	operand := len(before) > 0
	if operand {
		last := before[len(before)-1]
		operand = last.kind != operator && (last.kind != symbol || !strings.Contains("@ :: ( [ ,", last.text))
	}
	two := rest[:min(len(rest), 2)]
	switch {
	case two == "//" || two == "!=" || two == "<=" || two == ">=":
		return token{kind: operator, text: two, at: at}, nil
	case two == "::" || two == "..":
		return token{kind: symbol, text: two, at: at}, nil
	case strings.ContainsRune("/|+-=<>", rune(rest[0])):
		return token{kind: operator, text: rest[:1], at: at}, nil
	case rest[0] == '*' && operand:
		return token{kind: operator, text: "*", at: at}, nil
	case rest[0] == '*':
		return token{kind: name, text: "*", at: at}, nil
	case rest[0] == '"' || rest[0] == '\'':
		text, _, closed := strings.Cut(rest[1:], rest[:1])
		if !closed {
			return token{}, fmt.Errorf("the quotation that begins with %s is not closed", brief(rest))
		}
		return token{kind: literal, text: text, at: at}, nil
	case digit(rest[0]) || rest[0] == '.' && len(rest) > 1 && digit(rest[1]):
		text := rest[:span(rest, func(r rune) bool { return '0' <= r && r <= '9' || r == '.' })]
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return token{}, fmt.Errorf("%s is no number", brief(text))
		}
		return token{kind: number, text: text, value: v, at: at}, nil
	case strings.ContainsRune("()[].@,", rune(rest[0])):
		return token{kind: symbol, text: rest[:1], at: at}, nil
	}
	text := qualified(rest)
	switch {
	case text == "":
		return token{}, fmt.Errorf("%s does not begin a word of XPath", brief(rest))
	case operand && (text == "and" || text == "or" || text == "mod" || text == "div"):
		return token{kind: operator, text: text, at: at}, nil
	}
	return token{kind: name, text: text, at: at}, nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// qualified returns the name that s begins with, with its prefix: fb:like, fb:*.
func qualified(s string) string {
	n := span(s, nameRune)
	if n == 0 || s[0] == '-' {
		return ""
	}
	rest := s[n:]
	if len(rest) < 2 || rest[0] != ':' || rest[1] == ':' {
		return s[:n]
	}
	if rest[1] == '*' {
		return s[:n+2]
	}
	return s[:n+1+span(rest[1:], nameRune)]
}

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// span is how many bytes of s hold only what is asked for.
func span(s string, is func(rune) bool) int {
	for i, r := range s {
		if !is(r) {
			return i
		}
	}
	return len(s)
}

// brief quotes what an expression goes on with.
func brief(s string) string {
	const most = 20 // in characters: enough to find the place
	n := 0
	for i := range s {
		if n++; n > most {
			return strconv.Quote(s[:i] + "…")
		}
	}
	return strconv.Quote(s)
}
