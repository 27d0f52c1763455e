package sanitize

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text returns the text of HTML, clean or dirty: paragraphs and other boxes parted by a
// blank line, lines by a line feed, cells of a table by a tab. The words that stand for an
// image are no part of it. It reads tokens instead of a tree, so depth is nothing to it.
func Text(dirty string) string {
	if len(dirty) > MaxHTML {
		dirty = dirty[:MaxHTML]
	}
	z := html.NewTokenizer(strings.NewReader(dirty))
	var t writer
	skip, depth := atom.Atom(0), 0 // inside an element whose content is no text
	pre := 0
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return t.String()
		case html.TextToken:
			if skip != 0 {
				continue
			}
			t.write(printable(strings.ToValidUTF8(html.UnescapeString(string(z.Raw())), "\uFFFD")), pre > 0)
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			picture := kind == html.StartTagToken && bytes.Contains(z.Raw(), []byte(` data-image="`))
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if skip != 0 {
				if a == skip {
					switch kind {
					case html.StartTagToken:
						depth++
					case html.EndTagToken:
						depth--
					}
					if depth == 0 {
						skip = 0
					}
				}
				continue
			}
			switch {
			case silent[a], picture && a == atom.A:
				if kind == html.StartTagToken {
					skip, depth = a, 1
				}
			case a == atom.Br:
				t.line()
			case a == atom.Td || a == atom.Th:
				if kind == html.EndTagToken {
					t.cell()
				}
			case a == atom.Pre && kind == html.StartTagToken:
				pre++
				t.para()
			case a == atom.Pre:
				pre = max(pre-1, 0)
				t.para()
			case parts(a):
				t.para()
			}
		}
	}
}

// silent elements hold no text for readers.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Svg: true, atom.Math: true,
	atom.Iframe: true, atom.Textarea: true, atom.Select: true, atom.Button: true, atom.Title: true, atom.Noembed: true,
	atom.Noframes: true, atom.Object: true, atom.Canvas: true,
}

// parts reports whether an element parts paragraphs.
func parts(a atom.Atom) bool {
	switch k := rules[a].page; k {
	case block, text:
		return true
	case special:
		return a == atom.Ul || a == atom.Ol || a == atom.Dl || a == atom.Table || a == atom.Tr
	case void:
		return a == atom.Hr
	}
	return boxes[a]
}

// A writer joins pieces of text, with white space collapsed and what parts them written
// only once something follows.
type writer struct {
	b    strings.Builder
	gap  string // "", " ", "\t", "\n", "\n\n": the widest that is due
	some bool
}

func (t *writer) widen(gap string) {
	rank := map[string]int{"": 0, " ": 1, "\t": 2, "\n": 3, "\n\n": 4}
	if rank[gap] > rank[t.gap] {
		t.gap = gap
	}
}

func (t *writer) para() { t.widen("\n\n") }
func (t *writer) line() { t.widen("\n") }
func (t *writer) cell() { t.widen("\t") }

func (t *writer) write(s string, pre bool) {
	for s != "" {
		i := strings.IndexFunc(s, isSpace)
		switch {
		case i < 0:
			t.word(s)
			return
		case i > 0:
			t.word(s[:i])
		}
		r := s[i]
		s = s[i+1:]
		if pre && r == '\n' {
			t.line()
		} else {
			t.widen(" ")
		}
	}
}

// isSpace reports whether HTML collapses r; a no-break space does not collapse.
func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }

func (t *writer) word(s string) {
	if t.some {
		t.b.WriteString(t.gap)
	}
	t.gap, t.some = "", true
	t.b.WriteString(s)
}

func (t *writer) String() string { return strings.TrimSpace(t.b.String()) }
