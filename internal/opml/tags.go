package opml

import (
	"bytes"
	"regexp"
)

var (
	outlineTag = regexp.MustCompile(`(?i)<outline\b`)
	attrStart  = regexp.MustCompile(`^\s*[A-Za-z_][A-Za-z0-9_:.-]*\s*=\s*["']`)
	attrBare   = regexp.MustCompile(`^\s*[A-Za-z_][A-Za-z0-9_:.-]*(?:\s*=\s*[^\s"'>]+)?`) // without quotation marks
	valueStops = regexp.MustCompile(`^(?:\s*/?>|\s*[A-Za-z_][A-Za-z0-9_:.-]*\s*=\s*["']|\s+[A-Za-z_][A-Za-z0-9_:.-]*\s*=)`)
	swallowed  = regexp.MustCompile(`(?i)\bxmlurl\s*=`)
)

// repairTags escapes, in the values of outlines' attributes, quotation marks and "<"
// that whoever wrote the list has left as they are: text="The "River" Post" is in many
// lists. A quotation mark ends a value only where an attribute or the end of the tag
// follows. Where that would make an address part of another value, or no end is found,
// the tag is left alone, for encoding/xml to name its line.
func repairTags(data []byte) []byte {
	var out bytes.Buffer
	for {
		at := outlineTag.FindIndex(data)
		if at == nil {
			break
		}
		out.Write(data[:at[1]])
		data = data[at[1]:]
		for {
			m := attrStart.FindIndex(data)
			if m == nil {
				if m = attrBare.FindIndex(data); m == nil {
					break // the end of the tag
				}
				out.Write(data[:m[1]])
				data = data[m[1]:]
				continue
			}
			quote := data[m[1]-1]
			n := valueEnd(data[m[1]:], quote)
			if n < 0 {
				out.Write(data) // nothing after it can end either: look no further
				return out.Bytes()
			}
			value := data[m[1] : m[1]+n]
			out.Write(data[:m[1]])
			if swallowed.Match(value) {
				out.Write(value)
			} else {
				escapeValue(&out, value, quote)
			}
			out.WriteByte(quote)
			data = data[m[1]+n+1:]
		}
	}
	out.Write(data)
	return out.Bytes()
}

// valueEnd returns the index of the quotation mark that ends a value, or -1.
func valueEnd(data []byte, quote byte) int {
	for n := 0; ; n++ {
		i := bytes.IndexByte(data[n:], quote)
		if i < 0 {
			return -1
		}
		n += i
		if valueStops.Match(data[n+1:]) {
			return n
		}
	}
}

func escapeValue(out *bytes.Buffer, value []byte, quote byte) {
	for _, b := range value {
		switch {
		case b == '<':
			out.WriteString("&lt;")
		case b == quote && b == '"':
			out.WriteString("&#34;")
		case b == quote:
			out.WriteString("&#39;")
		default:
			out.WriteByte(b)
		}
	}
}
