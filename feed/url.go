package feed

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A base is what relative references are relative to, taken apart (RFC 3986 §5.1).
type base struct {
	text                           string // the whole, without a fragment
	scheme, authority, path, query string // "https:", "//ost.example", "/feeds/all.xml", "?a=b"
}

func (b *base) String() string {
	if b == nil {
		return ""
	}
	return b.text
}

// resolve makes ref absolute. What is no URL, a piece of a tag for instance, stays as
// it is, without white space at its ends.
func resolve(b *base, ref string) string {
	if ready(ref) {
		return ref
	}
	ref = squeeze(strings.TrimSpace(ref))
	if ref == "" || b == nil || absolute(ref) || strings.ContainsAny(ref, `"<>`) {
		return ref
	}
	return b.resolve(ref)
}

// resolve makes a relative reference absolute (RFC 3986 §5.2). Unlike net/url it leaves
// every character as it is: feeds have IRIs, and templates.
func (b *base) resolve(ref string) string {
	rest, fragment := cutAt(ref, "#")
	path, query := cutAt(rest, "?")
	authority := b.authority
	switch {
	case strings.HasPrefix(path, "//"):
		path = path[2:]
		authority, path = cutAt(path, "/")
		authority = "//" + authority
		path = withoutDots(path)
	case path == "":
		if path = b.path; query == "" {
			query = b.query
		}
	case path[0] == '/':
		path = withoutDots(path)
	default:
		path = withoutDots(b.path[:strings.LastIndexByte(b.path, '/')+1] + path)
		if path == "" || path[0] != '/' {
			path = "/" + path
		}
	}
	return b.scheme + authority + path + query + fragment
}

// cutAt cuts s before the first of the given characters.
func cutAt(s, chars string) (before, rest string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// withoutDots does what "." and ".." in a path ask for (RFC 3986 §5.2.4).
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") {
		return path
	}
	var out []byte
	for len(path) > 0 {
		segment, rest := path, ""
		if i := strings.IndexByte(path[1:], '/'); i >= 0 {
			segment, rest = path[:1+i], path[1+i:]
		}
		switch segment {
		case "/.":
			if rest == "" {
				out = append(out, '/')
			}
		case "/..":
			out = out[:max(0, bytes.LastIndexByte(out, '/'))]
			if rest == "" {
				out = append(out, '/')
			}
		default:
			out = append(out, segment...)
		}
		path = rest
	}
	return string(out)
}

// ready says of most absolute URLs that they are: a scheme, no white space, only ASCII.
func ready(ref string) bool {
	if !strings.HasPrefix(ref, "http://") && !strings.HasPrefix(ref, "https://") {
		return false
	}
	for i := range len(ref) {
		if c := ref[i]; c <= ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// squeeze takes line breaks and tabs out of a URL (WHATWG URL §4.4), which feeds have
// where their templates break lines.
func squeeze(ref string) string {
	if !strings.ContainsAny(ref, "\n\t\r") {
		return ref
	}
	var b strings.Builder
	for _, line := range strings.FieldsFunc(ref, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }) {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// absolute says whether ref starts with a scheme.
func absolute(ref string) bool {
	for i := range len(ref) {
		switch c := ref[i]; {
		case isLetter(c):
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return c == ':' && i > 0
		}
	}
	return false
}

// maxBase bounds what URLs are relative to: each short reference becomes as long.
const maxBase = 2 << 10

// parseBase returns ref as a base for others, or b where it is none.
func parseBase(b *base, ref string) *base {
	ref = squeeze(strings.TrimSpace(ref))
	if ref == "" {
		return b
	}
	ref, _ = cutAt(ref, "#")
	if scheme, rest, ok := strings.Cut(ref, ":///"); ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) {
		ref = scheme + "://" + strings.TrimLeft(rest, "/") // as browsers read it (WHATWG URL §4.4)
	}
	u, err := url.Parse(ref)
	if err != nil {
		return b
	}
	if b != nil && !u.IsAbs() {
		ref = b.resolve(ref)
		if u, err = url.Parse(ref); err != nil {
			return b // unreachable: of two URLs comes a third
		}
	}
	if len(ref) > maxBase || !u.IsAbs() || u.Opaque != "" || u.Host == "" && u.Scheme != "file" {
		return b
	}
	// White space would end the URLs made with it, in a srcset for one.
	return splitBase(strings.ReplaceAll(ref, " ", "%20"))
}

// splitBase takes an absolute URL with an authority apart.
func splitBase(text string) *base {
	b := &base{text: text}
	i := strings.IndexByte(text, ':') + 1
	b.scheme = text[:i]
	rest, query := cutAt(text[i:], "?")
	b.query = query
	if path, ok := strings.CutPrefix(rest, "//"); ok {
		authority, _ := cutAt(path, "/")
		b.authority = rest[:2+len(authority)]
	}
	b.path = rest[len(b.authority):]
	return b
}
