package feed

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// resolve makes ref absolute. What is no URL stays as it is, without white space at
// its ends.
func resolve(base *url.URL, ref string) string {
	if ready(ref) {
		return ref
	}
	ref = strings.TrimSpace(ref)
	if ref == "" || base == nil || absolute(ref) {
		return squeeze(ref)
	}
	u, err := url.Parse(squeeze(ref))
	if err != nil || u.IsAbs() {
		return squeeze(ref)
	}
	return base.ResolveReference(u).String()
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

// parseBase returns ref as a base for others, or base where it is none.
func parseBase(base *url.URL, ref string) *url.URL {
	ref = squeeze(strings.TrimSpace(ref))
	if ref == "" {
		return base
	}
	u, err := url.Parse(ref)
	if err != nil {
		return base
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if len(u.Path)+len(u.RawQuery)+len(u.Host) > maxBase || !u.IsAbs() || u.Opaque != "" || u.Host == "" && u.Scheme != "file" {
		return base
	}
	return u
}
