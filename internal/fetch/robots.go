package fetch

import (
	"bytes"
	"slices"
	"strings"
)

// maxRobots is how much of a robots.txt is read (RFC 9309 §2.5 asks for at least this).
const maxRobots = 500 << 10

// Robots holds the rules of a robots.txt for one robot (RFC 9309).
type Robots struct {
	rules []rule
	none  bool // nothing is allowed
}

type rule struct {
	pattern string // percent-encoding normalised
	allow   bool
}

// ParseRobots returns the rules of a robots.txt that hold for the robot with the given
// product token: those of all groups that name it, or else of all groups for "*".
func ParseRobots(text []byte, product string) *Robots {
	text = bytes.TrimPrefix(text[:min(len(text), maxRobots)], []byte("\xef\xbb\xbf"))
	var mine, all []rule
	named := false                // some group names the robot
	forMe, forAll := false, false // whom the present group is for
	inNames := false              // the lines before this one were user-agent lines
	for len(text) > 0 {
		var line []byte
		if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			line, text = text, nil
		}
		if i := bytes.IndexByte(line, '#'); i >= 0 {
			line = line[:i]
		}
		key, value, ok := strings.Cut(string(line), ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "user-agent":
			if !inNames {
				forMe, forAll = false, false
			}
			inNames = true
			if value == "*" {
				forAll = true
			} else if product != "" && strings.EqualFold(productToken(value), product) {
				forMe, named = true, true
			}
		case "allow", "disallow":
			inNames = false
			if value == "" {
				continue // RFC 9309 §2.2.2: an empty path matches nothing
			}
			r := rule{pattern: strings.Clone(normalPath(value)), allow: key == "allow"} // not all of its line
			if forMe {
				mine = append(mine, r)
			}
			if forAll {
				all = append(all, r)
			}
		default:
			// Other records, such as sitemap, do not end the list of names (RFC 9309 §2.2.4).
		}
	}
	if named {
		all = mine
	}
	return &Robots{rules: slices.Clip(all)}
}

// size is about how much memory r takes.
func (r *Robots) size() int {
	n := 0
	for _, rule := range r.rules {
		n += ruleSize + len(rule.pattern)
	}
	return n
}

// ruleSize is what a rule takes beyond its pattern: itself, and what is lost by the sizes in
// which memory is given out.
const ruleSize = 40

// Allowed reports whether a path, with its query, may be read: by the longest pattern
// that matches; between equals, allow wins (RFC 9309 §2.2.2).
func (r *Robots) Allowed(path string) bool {
	if path == "/robots.txt" {
		return true
	}
	if r.none {
		return false
	}
	if path == "" || path[0] != '/' {
		path = "/" + path
	}
	path = normalPath(path)
	longest, allow := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < longest || n == longest && !rule.allow {
			continue
		}
		if matches(rule.pattern, path) {
			longest, allow = n, rule.allow
		}
	}
	return allow
}

// matches reports whether pattern matches path from its beginning. "*" stands for any
// characters, "$" at the end for the end. Taking the leftmost place for each part is
// right, for nothing but the end is anchored; so no pattern takes long.
func matches(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	first, rest, star := strings.Cut(pattern, "*")
	if !strings.HasPrefix(path, first) {
		return false
	}
	path = path[len(first):]
	for star {
		var part string
		part, rest, star = strings.Cut(rest, "*")
		if !star && anchored {
			return strings.HasSuffix(path, part)
		}
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	return !anchored || path == ""
}

// normalPath writes a path so that equal ones are equal byte by byte: what is not ASCII
// is percent-encoded, what needs no encoding is not, digits are upper case
// (RFC 9309 §2.2.2). "*" and "$" of patterns stay, and so do their encoded forms.
func normalPath(s string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(s) {
		if s[i] == '%' || s[i] <= ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		encoded := false
		if c == '%' && i+2 < len(s) {
			high, ok1 := unhex(s[i+1])
			low, ok2 := unhex(s[i+2])
			if ok1 && ok2 {
				c, encoded = high<<4|low, true
				i += 2
			}
		}
		switch {
		case encoded && !unreserved(c), !encoded && (c <= ' ' || c >= 0x7f):
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unhex(c byte) (digit byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// unreserved characters mean the same encoded or not (RFC 3986 §2.3).
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
