package opml

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

var (
	declaration = regexp.MustCompile(`(?is)^\s*<\?xml\b[^>]*?\?>`)
	encodingOf  = regexp.MustCompile(`(?i)\bencoding\s*=\s*["']?([A-Za-z0-9._:-]+)`)
	comment     = regexp.MustCompile(`(?s)<!--.*?-->`)
	numericRef  = regexp.MustCompile(`&#(?:[xX][0-9A-Fa-f]+|[0-9]+);`)
)

// repair brings a file into UTF-8 and takes out what would stop encoding/xml although
// nothing depends on it: the declaration (XML 1.1, wrong encodings), comments with "--",
// marks that should have been escaped, and characters that XML forbids. Lines keep their numbers.
func repair(data []byte) []byte {
	data = decode(data)
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = declaration.ReplaceAllFunc(data, onlyNewlines)
	data = comment.ReplaceAllFunc(data, onlyNewlines)
	data = repairTags(data)
	data = numericRef.ReplaceAllFunc(data, func(ref []byte) []byte {
		if legal(refRune(ref)) {
			return ref
		}
		return nil
	})
	return []byte(legalOnly(string(data)))
}

func onlyNewlines(b []byte) []byte {
	return bytes.Repeat([]byte("\n"), bytes.Count(b, []byte("\n")))
}

// decode returns data as UTF-8. What is valid UTF-8 is taken as such whatever is
// declared, except where the declared encoding is written in ASCII bytes itself.
func decode(data []byte) []byte {
	var enc encoding.Encoding
	label := ""
	head := data[:min(len(data), 1024)]
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0, '<'}):
		label = "utf-16be"
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{'<', 0}):
		label = "utf-16le"
	default:
		if m := encodingOf.FindSubmatch(declaration.Find(head)); m != nil {
			label = strings.ToLower(string(m[1]))
		}
		if utf8.Valid(data) && label != "iso-2022-jp" {
			return data
		}
	}
	if enc, _ = charset.Lookup(label); enc == nil || label == "utf-8" {
		// Broken bytes among good UTF-8, or what the Web takes undeclared bytes for?
		text := bytes.ToValidUTF8(data, nil)
		if bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return bytes.ToValidUTF8(data, []byte("\ufffd"))
		}
		enc = charmap.Windows1252
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return bytes.ToValidUTF8(data, []byte("\ufffd"))
	}
	return out
}

func refRune(ref []byte) rune {
	digits, base := string(ref[2:len(ref)-1]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

// legal reports whether XML 1.0 §2.2 allows a character.
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

func legalOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if legal(r) {
			return r
		}
		return -1
	}, s)
}

// plain makes one line of plain text of an attribute's value, in which programs put
// HTML entities that they had escaped once more, or several times: it is decoded until
// nothing is left to decode, so that a list written anew stays as it is.
func plain(s string) string {
	const passes = 5 // more than that is no accident; each pass costs the whole length
	for range passes {
		next := oneLine(html.UnescapeString(s))
		if next == s {
			return s
		}
		s = next
	}
	return oneLine(strings.ReplaceAll(s, "&", " "))
}

// oneLine drops what XML forbids and makes every run of white space one space.
func oneLine(s string) string {
	return strings.Join(strings.Fields(legalOnly(strings.ToValidUTF8(s, "\ufffd"))), " ")
}

// address cleans a URL. "feed:" was a way to say that a URL is a feed's.
func address(s string) string {
	s = strings.Join(strings.Fields(legalOnly(strings.ToValidUTF8(s, "\ufffd"))), "%20")
	for {
		rest, ok := cutPrefixFold(s, "feed:")
		if !ok {
			return s
		}
		if strings.HasPrefix(rest, "//") {
			rest = "http:" + rest
		}
		s = rest
	}
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// token returns s if it is one word of ASCII letters, digits and hyphens such as a
// language tag or an id, else "".
func token(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 80 || strings.EqualFold(s, "unknown") || strings.Trim(s, "-") == "" {
		return ""
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return s
}
