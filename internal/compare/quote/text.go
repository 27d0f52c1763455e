package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang/sentence"
)

// A span is text[from:to].
type span struct{ from, to int }

// paragraphs returns the paragraphs of a text, and lines, without the space around them.
func paragraphs(text string) (list []span) {
	for from := 0; from < len(text); {
		to := strings.IndexByte(text[from:], '\n')
		if to < 0 {
			to = len(text)
		} else {
			to += from
		}
		line := text[from:to]
		left := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
		if trimmed := strings.TrimSpace(line); trimmed != "" {
			list = append(list, span{from + left, from + left + len(trimmed)})
		}
		from = to + 1
	}
	return list
}

// A token is a word, a point or comma, or a whole quote of a paragraph.
type token struct {
	span
	low   string // the word in lower case; the mark
	quote int    // its index
	kind  byte   // of those below
	cap   bool   // it begins with a capital letter
	upper bool   // it has no small letter
	ends  bool   // a sentence ends with it
}

const (
	word   = 'w'
	point  = 'p'
	said   = 'q' // words that somebody may have said
	titled = 't' // a name or a term in marks
)

// inWord reports whether r, after a letter and before next, belongs to the word.
func inWord(r, next rune) bool {
	if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
		return true
	}
	return (r == '\'' || r == '’' || r == '-' || r == '‑' || r == '.' || r == '&') && (unicode.IsLetter(next) || unicode.IsDigit(next))
}

// tokens cuts a paragraph, of which quoted are the pairs and at what their first is numbered.
func tokens(text, tag string, p span, quoted []pair, isTerm []bool, at int) []token {
	list := make([]token, 0, (p.to-p.from)/6+2)
	next := 0
	for i := p.from; i < p.to; {
		if next < len(quoted) && i >= quoted[next].from {
			kind := byte(said)
			if isTerm[next] {
				kind = titled
			}
			q := quoted[next]
			list = append(list, token{span: span{q.from, q.to}, kind: kind, quote: at + next, cap: kind == titled})
			i = q.to
			next++
			continue
		}
		limit := p.to
		if next < len(quoted) {
			limit = quoted[next].from
		}
		r, size := utf8.DecodeRuneInString(text[i:limit])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := i + size
			for end < limit {
				c, n := utf8.DecodeRuneInString(text[end:limit])
				after, _ := utf8.DecodeRuneInString(text[end+n : limit])
				if !inWord(c, after) {
					break
				}
				end += n
			}
			w := text[i:end]
			list = append(list, token{
				span: span{i, end}, kind: word, low: lower(w), cap: unicode.IsUpper(r),
				upper: unicode.IsUpper(r) && strings.ToUpper(w) == w && utf8.RuneCountInString(w) > 1,
			})
			i = end
		case unicode.IsSpace(r) || r == utf8.RuneError:
			i += size
		default:
			list = append(list, token{span: span{i, i + size}, kind: point, low: text[i : i+size]})
			i += size
		}
	}
	endings(text, tag, p, quoted, list)
	return list
}

var folder = strings.NewReplacer("’", "'", "ё", "е", "‑", "-", "\u0301", "", "أ", "ا", "إ", "ا", "آ", "ا", "ـ", "", "ً", "", "ّ", "", "َ", "", "ُ", "", "ِ", "")

func lower(w string) string {
	w = strings.ToLower(w)
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf {
			return folder.Replace(w)
		}
	}
	return w
}

// endings marks the tokens with which sentences end: where package sentence says so, outside of
// quotes, and not where what follows still speaks of the quote before.
func endings(text, tag string, p span, quoted []pair, list []token) {
	if len(list) == 0 {
		return
	}
	i, q := 0, 0
	sentence.Pieces(text[p.from:p.to], tag, func(s sentence.Span, _ bool) bool {
		end := p.from + s.To
		for q < len(quoted) && quoted[q].to <= end {
			q++
		}
		if q < len(quoted) && quoted[q].from < end {
			// It ends within a quote: only where that ends, too, but for its mark.
			if strings.TrimSpace(text[min(end, quoted[q].out):quoted[q].out]) != "" {
				return true
			}
			end = quoted[q].to
		}
		for i < len(list) && list[i].to <= end {
			i++
		}
		if i == 0 || i >= len(list) {
			return true
		}
		last, first := &list[i-1], list[i]
		turn := last.kind == point && strings.Contains(".?!…", last.low) && i+1 < len(list) && list[i+1].kind == word && list[i+1].cap
		if first.kind == point && dash(first.low) && !turn || first.kind == word && !first.cap && unicode.IsLower(rune0(first.low)) {
			return true
		}
		if last.kind == said {
			inner := strings.TrimRightFunc(text[last.from:last.to], func(r rune) bool { return kindOf(r) != 0 || unicode.IsSpace(r) })
			if r, _ := utf8.DecodeLastRuneInString(inner); r == '!' || r == '?' || r == ',' || r == '…' || r == '-' || r == '—' {
				return true // “Why now?” Dorn asked.
			}
		}
		last.ends = true
		return true
	})
	list[len(list)-1].ends = true
}

func rune0(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func dash(s string) bool { return s == "—" || s == "–" || s == "-" || s == "−" || s == "―" }

// count returns how many words text has; two characters of a script without spaces are one.
func count(text string) int {
	n, wide := 0, 0
	in := false
	for _, r := range text {
		switch {
		case r >= 0x2E80 && unicode.IsLetter(r):
			wide++
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !in {
				n++
			}
			in = true
		case r == '\'' || r == '’' || r == '-' || unicode.IsMark(r) || r == '.' || r == ',':
		default:
			in = false
		}
	}
	return n + (wide+1)/2
}

// unwrapped returns a text that somebody has put in marks as a whole, all marks within it doubled, as
// tables of values do, with single marks. What stands in it stands where it stood: spaces fill it up.
func unwrapped(text string) string {
	inner := strings.TrimSpace(text)
	if len(inner) < 2 || inner[0] != '"' || inner[len(inner)-1] != '"' || !strings.Contains(inner[1:len(inner)-1], `""`) {
		return text
	}
	b := []byte(text)
	from := strings.IndexByte(text, '"')
	to := from + len(inner)
	b[from], b[to-1] = ' ', ' '
	for i := from + 1; i+1 < to-1; i++ {
		if b[i] != '"' || b[i+1] != '"' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+2:])
		if !unicode.IsLetter(before) && !unicode.IsDigit(before) && (unicode.IsLetter(after) || unicode.IsDigit(after)) {
			b[i] = ' ' // it opens
		} else {
			b[i+1] = ' '
		}
		i++
	}
	return string(b)
}
