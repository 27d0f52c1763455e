package feed

import (
	"bytes"
	"strconv"
	"strings"
	surrogates "unicode/utf16"
	"unicode/utf8"
)

// A jsonScan finds where a JSON value ends, in as many looks as its bytes come in.
// It keeps no stack: any bracket closes any other, for the sake of what follows.
type jsonScan struct {
	i      int // up to where the value was looked at
	depth  int // open brackets
	quoted bool
	begun  bool
}

// end says whether the value that b starts with ends in b; it does so at s.i.
func (s *jsonScan) end(b []byte) bool {
	for s.i < len(b) {
		if s.quoted {
			if !s.quote(b) {
				return false
			}
			if s.depth == 0 {
				return true
			}
			continue
		}
		switch b[s.i] {
		case '"':
			s.quoted = true
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth--; s.depth < 0 {
				return true // of what the value, a number or word, stands in
			}
			if s.depth == 0 {
				s.i++
				return true
			}
		case ',', ' ', '\t', '\n', '\r':
			if s.depth == 0 && s.begun {
				return true
			}
		}
		s.begun = true
		s.i++
	}
	return false
}

// quote looks for the end of a string. Each byte is looked at twice at most, however
// many of them are escapes.
func (s *jsonScan) quote(b []byte) bool {
	for {
		n := bytes.IndexByte(b[s.i:], '"')
		end := s.i + n
		if n < 0 {
			end = len(b)
		}
		for s.i < end {
			escape := bytes.IndexByte(b[s.i:end], '\\')
			if escape < 0 {
				s.i = end
				break
			}
			if s.i+escape+1 == len(b) {
				s.i += escape
				return false
			}
			s.i += escape + 2
		}
		switch {
		case n < 0:
			return false
		case s.i == end:
			s.i++
			s.quoted = false
			return true
		}
	}
}

// A jsonValue is a value as it is written; the end of the document may have cut it.
type jsonValue []byte

// jsonText returns a string, or a number where one should have been, "" for anything else.
func (m *memory) jsonText(v jsonValue) string {
	if len(v) == 0 {
		return ""
	}
	switch c := v[0]; {
	case c == '"':
		v = v[1:]
		if n := len(v); n > 0 && v[n-1] == '"' && !escaped(v[:n-1]) {
			v = v[:n-1]
		}
		if bytes.IndexByte(v, '\\') < 0 {
			return m.str(trim(cleanBytes(v, &m.scratch)))
		}
		m.scratch = unescape(m.scratch[:0], v)
		return m.str(trim(cleanBytes(m.scratch, &m.scratch)))
	case c >= '0' && c <= '9', c == '-':
		n := string(v)
		if f, err := strconv.ParseFloat(n, 64); err != nil {
			return ""
		} else if f == float64(int64(f)) && strings.ContainsAny(n, "eE.") {
			return strconv.FormatInt(int64(f), 10)
		}
		return n
	}
	return ""
}

// escaped says whether a backslash at the end of b takes the meaning of what follows.
func escaped(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// unescape appends what is between the quotes of a string.
func unescape(out, b []byte) []byte {
	for {
		n := bytes.IndexByte(b, '\\')
		if n < 0 {
			return append(out, b...)
		}
		if n+1 == len(b) { // the end of the document cut it
			return append(out, b[:n]...)
		}
		out = append(out, b[:n]...)
		c := b[n+1]
		b = b[n+2:]
		switch c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b', 'f':
			out = append(out, ' ')
		case 'u':
			r, ok := hex4(b)
			if !ok {
				out = append(out, '\\', 'u')
				continue
			}
			b = b[4:]
			if surrogates.IsSurrogate(r) {
				low, ok := rune(0), false
				if len(b) > 1 && b[0] == '\\' && b[1] == 'u' {
					low, ok = hex4(b[2:])
				}
				if r = surrogates.DecodeRune(r, low); ok && r != utf8.RuneError {
					b = b[6:]
				}
			}
			out = utf8.AppendRune(out, r)
		default: // a quote, a slash, a backslash; or an escape that there is not
			out = append(out, c)
		}
	}
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// A jsonCursor goes through the members of an object or the elements of a list.
type jsonCursor struct {
	b []byte
	i int
}

// members returns a cursor that stands before the first member of an object, nil if v
// is none; elements does the same for a list.
func (v jsonValue) members() *jsonCursor  { return v.inside('{') }
func (v jsonValue) elements() *jsonCursor { return v.inside('[') }

func (v jsonValue) inside(bracket byte) *jsonCursor {
	if len(v) == 0 || v[0] != bracket {
		return nil
	}
	return &jsonCursor{b: v, i: 1}
}

// space passes over white space, and over commas, which are not missed where they lack.
func (c *jsonCursor) space() bool {
	for c.i < len(c.b) && (isSpace(c.b[c.i]) || c.b[c.i] == ',') {
		c.i++
	}
	return c.i < len(c.b)
}

// value returns the value at the cursor and passes over it.
func (c *jsonCursor) value() jsonValue {
	var s jsonScan
	start := c.i
	s.end(c.b[start:])
	c.i += s.i
	return jsonValue(c.b[start:c.i])
}

// next returns the next element of a list.
func (c *jsonCursor) next() (jsonValue, bool) {
	if c == nil || !c.space() || c.b[c.i] == ']' || c.b[c.i] == '}' {
		return nil, false
	}
	return c.value(), true
}

// member returns the next member of an object.
func (c *jsonCursor) member() (key string, v jsonValue, ok bool) {
	if c == nil {
		return "", nil, false
	}
	for c.space() && c.b[c.i] != '}' && c.b[c.i] != ']' {
		name := c.value()
		if !c.space() || c.b[c.i] != ':' {
			continue // no name after all
		}
		c.i++
		for c.i < len(c.b) && isSpace(c.b[c.i]) {
			c.i++
		}
		return knownKey(name), c.value(), true
	}
	return "", nil, false
}

// knownKey returns the name of a member if it is one that JSON Feed has, else "".
func knownKey(name jsonValue) string {
	if len(name) < 2 {
		return ""
	}
	inner := name[1 : len(name)-1]
	if bytes.IndexByte(inner, '\\') >= 0 {
		inner = unescape(nil, inner)
	}
	return jsonKeys[string(inner)]
}

var jsonKeys = func() map[string]string {
	keys := map[string]string{}
	for key := range set("version title home_page_url feed_url description next_url icon favicon author authors language expired " +
		"hubs items id url external_url content_html content_text summary image banner_image date_published date_modified tags attachments " +
		"name avatar mime_type size_in_bytes duration_in_seconds _parallax notes text source") {
		keys[key] = key
	}
	return keys
}()
