package ingest

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A squeezer writes the words of texts, one space between each two, and after each part
// a separator that no word contains.
type squeezer struct {
	w    io.Writer // does not fail
	buf  []byte
	gap  bool // white space came since the last word of this part
	some bool // this part has a word
}

const (
	squeezed  = 4 << 10
	separator = 0x1e
)

func (s *squeezer) flush() {
	_, _ = s.w.Write(s.buf)
	s.buf = s.buf[:0]
}

func (s *squeezer) end() {
	s.buf = append(s.buf, separator)
	s.gap, s.some = false, false
}

// raw writes text as it is.
func (s *squeezer) raw(text string) { s.buf = append(s.buf, text...) }

// text writes the words of a text.
func (s *squeezer) text(text string) {
	for text != "" {
		n := spaces(text)
		if n > 0 {
			s.gap = true
			text = text[n:]
			continue
		}
		// A word of ASCII at once, of other letters one by one.
		for n < len(text) && text[n] > ' ' && text[n] < utf8.RuneSelf {
			n++
		}
		if n == 0 { // a letter that is not ASCII, or a control character
			_, n = utf8.DecodeRuneInString(text)
		}
		if s.gap && s.some {
			s.buf = append(s.buf, ' ')
		}
		s.gap, s.some = false, true
		s.buf = append(s.buf, text[:n]...)
		text = text[n:]
		if len(s.buf) >= squeezed {
			s.flush()
		}
	}
}

// spaces returns how many bytes the white space takes with which text begins, one
// character of it.
func spaces(text string) int {
	if c := text[0]; c < utf8.RuneSelf {
		if c == ' ' || c >= '\t' && c <= '\r' {
			return 1
		}
		return 0
	}
	if r, n := utf8.DecodeRuneInString(text); unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
		return n
	}
	return 0
}

// markup writes the words of markup and the addresses of its links and pictures, without
// their queries.
func (s *squeezer) markup(markup string) {
	if !strings.ContainsAny(markup, "<&") {
		s.text(markup)
		return
	}
	z := html.NewTokenizer(strings.NewReader(markup))
	z.SetMaxBuf(maxContent)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			s.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			s.gap = true
			name, more := z.TagName()
			image := string(name) == "img"
			pixel := false
			address := ""
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				switch string(key) {
				case "href", "src":
					address = string(value)
				case "width", "height":
					// Pictures of one pixel count readers; their addresses change at will.
					pixel = pixel || string(value) == "1" || string(value) == "0"
				}
			}
			if address != "" && (!pixel || !image) {
				s.text(bare(address))
				s.gap = true
			}
		case html.EndTagToken, html.CommentToken, html.DoctypeToken:
			s.gap = true
		}
	}
}
