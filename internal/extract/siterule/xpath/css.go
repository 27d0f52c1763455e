package xpath

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Read reads an expression of XPath, or a selector of CSS. A selector is what does not begin as
// an expression does and has no path in it: article, .story p, #text > p:not(.ad), a[rel=next].
func Read(s string) (*Expr, error) {
	s = strings.TrimSpace(s)
	if !selector(s) {
		return Compile(s)
	}
	if len(s) > MaxExpression {
		return nil, fmt.Errorf("the selector is longer than %d bytes", MaxExpression)
	}
	path, err := fromCSS(s)
	if err != nil {
		return nil, err
	}
	e, err := Compile(path)
	if err != nil {
		return nil, err
	}
	e.text = s
	return e, nil
}

var (
	beginsPath = regexp.MustCompile(`^(/|\(|\.\.|\.$|\./|@|"|'|-|[0-9]|[a-z-]+ *(::|\())`)
	inQuotes   = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

func selector(s string) bool {
	return s != "" && !beginsPath.MatchString(s) && !strings.ContainsAny(inQuotes.ReplaceAllString(s, ""), "/@|")
}

// fromCSS writes a list of selectors as a path.
func fromCSS(s string) (string, error) {
	c := css{rest: s}
	var paths []string
	for {
		p, err := c.complex()
		if err != nil {
			return "", err
		}
		paths = append(paths, p)
		if c.rest == "" {
			return strings.Join(paths, " | "), nil
		}
		c.rest = c.rest[1:] // the comma
	}
}

// css reads selectors (Selectors Level 3).
type css struct{ rest string }

var (
	combinator = regexp.MustCompile(`^\s*([>+~])\s*|^\s+`)
	identifier = regexp.MustCompile(`^-?[_\p{L}][-_\p{L}\p{N}]*`)
	comparison = regexp.MustCompile(`^\[\s*([-_:\p{L}\p{N}]+)\s*(?:([~^$*]?=)\s*("[^"]*"|'[^']*'|[-_\p{L}\p{N}]+)\s*)?\]`)
	pseudo     = regexp.MustCompile(`^:([a-z-]+)(?:\(\s*([^()]*?)\s*\))?`)
)

// complex reads compound selectors and what stands between them, up to a comma.
func (c *css) complex() (string, error) {
	c.rest = strings.TrimSpace(c.rest)
	path := "//"
	for {
		name, conditions, err := c.compound()
		if err != nil {
			return "", err
		}
		if strings.HasSuffix(path, "*[1]") { // the next sibling, whatever it is
			path += "[self::" + name + "]" + conditions
		} else {
			path += name + conditions
		}
		if c.rest = strings.TrimRight(c.rest, " \t"); c.rest == "" {
			return path, nil
		}
		between := combinator.FindStringSubmatch(c.rest)
		if between != nil {
			c.rest = c.rest[len(between[0]):]
		}
		switch {
		case strings.HasPrefix(c.rest, ",") && (between == nil || between[1] == ""):
			return path, nil
		case between == nil:
			return "", fmt.Errorf("%s is no part of a selector", brief(c.rest))
		}
		path += map[string]string{"": "//", ">": "/", "+": "/following-sibling::*[1]", "~": "/following-sibling::"}[between[1]]
	}
}

// compound reads a name and what is asked of the element besides.
func (c *css) compound() (name, conditions string, err error) {
	before := c.rest
	name = identifier.FindString(c.rest)
	switch {
	case name != "":
		c.rest = c.rest[len(name):]
	case strings.HasPrefix(c.rest, "*"):
		c.rest = c.rest[1:]
	}
	for c.rest != "" && strings.ContainsRune(".#[:", rune(c.rest[0])) {
		cond, err := c.condition()
		if err != nil {
			return "", "", err
		}
		conditions += "[" + cond + "]"
	}
	if c.rest == before {
		return "", "", fmt.Errorf("%s is no selector", brief(before))
	}
	if name == "" {
		name = "*"
	}
	return name, conditions, nil
}

func (c *css) condition() (string, error) {
	switch c.rest[0] {
	case '.', '#':
		word := identifier.FindString(c.rest[1:])
		if word == "" {
			return "", fmt.Errorf("%s names nothing", brief(c.rest))
		}
		is := c.rest[0]
		c.rest = c.rest[1+len(word):]
		if is == '#' {
			return "@id='" + word + "'", nil
		}
		return hasWord("@class", word), nil
	case '[':
		m := comparison.FindStringSubmatch(c.rest)
		if m == nil {
			return "", fmt.Errorf("%s compares no attribute", brief(c.rest))
		}
		c.rest = c.rest[len(m[0]):]
		return compared("@"+m[1], m[2], strings.Trim(m[3], `"'`))
	}
	return c.pseudo()
}

func hasWord(attribute, word string) string {
	return "contains(concat(' ',normalize-space(" + attribute + "),' '),' " + word + " ')"
}

func compared(attribute, op, word string) (string, error) {
	quoted := "'" + word + "'"
	if strings.Contains(word, "'") {
		if quoted = `"` + word + `"`; strings.Contains(word, `"`) {
			return "", errors.New("a value holds quotation marks of both kinds")
		}
	}
	switch op {
	case "":
		return attribute, nil
	case "=":
		return attribute + "=" + quoted, nil
	case "~=":
		return hasWord(attribute, strings.Trim(quoted, `"'`)), nil
	case "^=":
		return "starts-with(" + attribute + "," + quoted + ")", nil
	case "*=":
		return "contains(" + attribute + "," + quoted + ")", nil
	}
	return "substring(" + attribute + ",string-length(" + attribute + ")-string-length(" + quoted + ")+1)=" + quoted, nil
}

func (c *css) pseudo() (string, error) {
	m := pseudo.FindStringSubmatch(c.rest)
	if m == nil {
		return "", fmt.Errorf("%s is no selector", brief(c.rest))
	}
	c.rest = c.rest[len(m[0]):]
	switch m[1] {
	case "first-child":
		return "not(preceding-sibling::*)", nil
	case "last-child":
		return "not(following-sibling::*)", nil
	case "nth-child":
		if n, err := strconv.Atoi(m[2]); err == nil && n > 0 {
			return "count(preceding-sibling::*)=" + strconv.Itoa(n-1), nil
		}
	case "not":
		inner := css{rest: m[2]}
		name, conditions, err := inner.compound()
		if err == nil && inner.rest == "" {
			return "not(self::" + name + conditions + ")", nil
		}
	}
	return "", fmt.Errorf("%s is not among the selectors that are read: :first-child, :last-child, :nth-child(2), :not(.a)", m[0])
}
