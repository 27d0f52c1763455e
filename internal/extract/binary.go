package extract

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// sniffed is how much of a page is looked at to tell whether it is one, in bytes.
	sniffed = 64 << 10
	// mostControls is the share of control characters that a text has at most: pages have a few
	// that slipped in, other files one in ten.
	mostControls = 0.02
	// mostCode is the share of the marks of program code in a text without markup: style sheets,
	// scripts and data have one in twenty at least, prose has next to none.
	mostCode = 0.025
)

// noText says what some bytes are that are no text, given as they are and decoded, or "".
func noText(raw []byte, text string) string {
	text = text[:min(len(text), sniffed)]
	controls, all := 0, 0
	for _, r := range text {
		all++
		if r < ' ' && !strings.ContainsRune("\t\n\r\f\v\x1b", r) || r == 0x7f {
			controls++
		}
	}
	kind, _, _ := strings.Cut(http.DetectContentType(raw), ";")
	known := kind == "application/pdf" || kind == "application/postscript" ||
		controls > 0 && kind != "application/octet-stream" && !strings.HasPrefix(kind, "text/")
	switch {
	case known:
		return kind
	case float64(controls) > mostControls*float64(all):
		return "binary data"
	}
	return ""
}

// isCode reports whether a text without any markup is no prose but a style sheet, a script or
// data.
func isCode(text string) bool {
	text = text[:min(len(text), sniffed)]
	marks, all := 0, 0
	for i, r := range text {
		if r == '<' && i+1 < len(text) {
			if next, _ := utf8.DecodeRuneInString(text[i+1:]); unicode.IsLetter(next) || strings.ContainsRune("!/?", next) {
				return false
			}
		}
		if unicode.IsSpace(r) {
			continue
		}
		if all++; strings.ContainsRune("{}[]<>=;|\\^~_$@", r) {
			marks++
		}
	}
	return float64(marks) > mostCode*float64(all)
}
