package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/saintfish/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// decode returns a page as UTF-8. Its encoding is, in this order: what a byte order mark
// says; UTF-8 where the bytes are valid UTF-8 beyond ASCII, whatever the header says,
// for that cannot happen by chance; what the header says; what a meta element says; what
// the bytes look like.
func decode(page []byte, contentType string) string {
	e, name, certain := charset.DetermineEncoding(page, contentType)
	if name == "utf-16le" || name == "utf-16be" {
		return decoded(page, e)
	}
	page = bytes.TrimPrefix(page, []byte("\ufeff"))
	tail := page[max(0, len(page)-utf8.UTFMax):]
	for i := range tail { // a page that was cut off may end within a character
		if !utf8.FullRune(tail[i:]) {
			page = page[:len(page)-len(tail)+i]
			break
		}
	}
	if utf8.Valid(page) {
		return string(page)
	}
	if !certain || name == "utf-8" {
		r, err := chardet.NewHtmlDetector().DetectBest(page)
		// Declared UTF-8 with a few wrong bytes is UTF-8.
		if err == nil && (name != "utf-8" || r.Confidence > 50 && invalid(page) > len(page)/100) {
			if found, _ := charset.Lookup(r.Charset); found != nil {
				e = found
			}
		}
	}
	return decoded(page, e)
}

func decoded(page []byte, e encoding.Encoding) string {
	out, err := e.NewDecoder().Bytes(page)
	if err != nil { // what could not be read becomes U+FFFD
		out = page
	}
	return strings.TrimPrefix(strings.ToValidUTF8(string(out), "\uFFFD"), "\ufeff")
}

// invalid counts the bytes that are not UTF-8.
func invalid(b []byte) (n int) {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		b = b[size:]
	}
	return n
}
