package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pair is what stands between two quote marks of a paragraph; nested ones are part of the outer.
type pair struct {
	from, to   int  // the marks included
	in, out    int  // the words
	open, shut bool // a mark stands before them, after them: not so in the middle of several paragraphs
	goesOn     bool // from the paragraph before
}

// A mark is a quote mark that waits for the one that closes it.
type mark struct {
	kind     rune // the family of marks
	at, to   int
	last     int // where a nested pair of the same family was closed last
	lastFrom int
}

const (
	double  = '“'
	single  = '‘'
	angle   = '«'
	pointed = '‹'
	plain   = '"'
	tick    = '\''
)

// family returns the family of a mark, and which way its form looks: 1 opens, -1 closes, 0 either.
func family(r rune) (kind rune, way int) {
	switch r {
	case '“', '‟', '〝':
		return double, 0 // closes in German and Russian
	case '”', '〞', '″':
		return double, 0 // opens in Swedish and Finnish
	case '„':
		return double, 1
	case '‘', '‛':
		return single, 0
	case '’':
		return single, 0
	case '‚':
		return single, 1
	case '«', '»', '《', '》':
		if r == '《' || r == '》' {
			return 0, 0 // titles of works
		}
		return angle, 0
	case '‹', '›':
		return pointed, 0
	case '"', '＂':
		return plain, 0
	case '\'':
		return tick, 0
	case '「':
		return '「', 1
	case '」':
		return '「', -1
	case '『':
		return '『', 1
	case '』':
		return '『', -1
	}
	return 0, 0
}

// way says whether the mark r, between before and after, opens (1), closes (-1) or is none (0).
func way(r, before, after rune, isOpen bool, reversed bool) int {
	if _, w := family(r); w != 0 {
		return w
	}
	spaceBefore := before == 0 || unicode.IsSpace(before)
	spaceAfter := after == 0 || unicode.IsSpace(after)
	shapeOpens := (spaceBefore || opensBefore(before)) && !spaceAfter
	shapeCloses := !spaceBefore && (spaceAfter || unicode.IsPunct(after) || unicode.IsSymbol(after))
	letters := (unicode.IsLetter(before) || unicode.IsDigit(before)) && unicode.IsLetter(after)
	wide := before >= 0x2E80 || after >= 0x2E80 // scripts without spaces
	switch r {
	case '“':
		switch {
		case !isOpen:
			return 1
		case shapeOpens && !shapeCloses && !wide:
			return 1
		case wide && !unicode.IsSpace(before) && before < 0x2E80:
			return -1
		case wide:
			return 1
		}
		return -1
	case '”':
		switch {
		case isOpen:
			return -1
		case shapeOpens:
			return 1
		}
		return 0
	case '«', '»':
		if reversed {
			if r == '»' {
				return 1
			}
			return -1
		}
		switch {
		case r == '«':
			return 1
		case isOpen:
			return -1
		}
		return 0
	case '‹':
		return 1
	case '›':
		return -1
	case '"', '″', '＂':
		switch {
		case !isOpen:
			if shapeCloses && !shapeOpens && !spaceBefore {
				return 0
			}
			return 1
		case shapeOpens && !shapeCloses:
			return 1
		}
		return -1
	case '‘':
		if letters || spaceAfter {
			return 0
		}
		return 1
	case '’', '\'':
		switch {
		case letters:
			return 0 // an apostrophe
		case isOpen && !spaceBefore:
			return -1
		case r == '\'' && spaceBefore && (unicode.IsLetter(after) || unicode.IsDigit(after)):
			return 1
		}
		return 0
	}
	if spaceAfter {
		return -1
	}
	return 1
}

// opensBefore reports whether a mark after r, without a space, may open.
func opensBefore(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pd) || r == '"' || r == ':' || r == '„' || r == '¿' || r == '¡'
}

// maxDepth is how deep marks stand in marks; deeper ones are noise.
const maxDepth = 8

// pairs returns the outer pairs of the paragraph text[from:to], in order, and the outermost mark that is left
// open at its end, if any. Marks in skip are read as no marks. What inherits is the kind of mark
// that the paragraph before has left open, or 0.
func pairs(text string, from, to int, inherits rune, reversed bool, skip map[int]bool) (list []pair, open *mark) {
	var stack []mark
	if inherits != 0 {
		stack = append(stack, mark{kind: inherits, at: from, to: from, last: -1})
	}
	isOpen := func(kind rune) bool {
		for _, m := range stack {
			if m.kind == kind {
				return true
			}
		}
		return false
	}
	before := rune(0)
	singles := strings.ContainsAny(text[from:to], "‘'‚")
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r < utf8.RuneSelf && r != '"' && r != '\'' {
			before = r
			i += size
			continue
		}
		kind, _ := family(r)
		if kind == 0 || skip[i] || (kind == single || kind == tick) && !singles {
			before = r
			i += size
			continue
		}
		after := rune(0)
		if i+size < to {
			after, _ = utf8.DecodeRuneInString(text[i+size:])
		}
		opened := isOpen(kind)
		if r == '"' && !opened && isOpen(double) && (unicode.IsPunct(before) || after == 0) && (after == 0 || unicode.IsSpace(after)) {
			kind, opened = double, true // a typographic mark that a plain one closes
		}
		if r == '”' && !opened && isOpen(plain) && !unicode.IsSpace(before) && (after == 0 || unicode.IsSpace(after)) {
			kind, opened = plain, true // and the other way round
		}
		switch way(r, before, after, opened, reversed) {
		case 1:
			if len(stack) < maxDepth {
				stack = append(stack, mark{kind: kind, at: i, to: i + size, last: -1})
			}
		case -1:
			at := len(stack) - 1
			for at >= 0 && stack[at].kind != kind {
				at--
			}
			if at < 0 {
				break
			}
			m := stack[at]
			stack = stack[:at]
			if at > 0 {
				if stack[at-1].kind == kind {
					stack[at-1].last, stack[at-1].lastFrom = i, i+size
				}
				break
			}
			list = append(list, pair{from: m.at, to: i + size, in: m.to, out: i, open: m.to > m.at, shut: true, goesOn: m.to == m.at})
		}
		before = r
		i += size
	}
	if len(stack) == 0 {
		return list, nil
	}
	// One plain mark that closes two.
	if m := stack[0]; m.kind == plain && m.last >= 0 && m.to > m.at {
		return append(list, pair{from: m.at, to: m.lastFrom, in: m.to, out: m.last, open: true, shut: true}), nil
	}
	return list, &stack[0]
}

// firstOf returns the first of the marks « and » in a text, or 0: in languages that write both «so» and »so«
// it tells which of them a text does.
func firstOf(text string) rune {
	for _, r := range text {
		if r == '«' || r == '»' {
			return r
		}
	}
	return 0
}

// marked returns the pairs of all paragraphs of a text, by paragraph.
func marked(text string, paragraphs []span, reversed bool) [][]pair {
	all := make([][]pair, len(paragraphs))
	inherits := rune(0)
	for i, p := range paragraphs {
		skip := map[int]bool{}
		for {
			list, open := pairs(text, p.from, p.to, inherits, reversed, skip)
			if open == nil || len(skip) >= maxSkips {
				all[i], inherits = list, 0
				break
			}
			if open.to > open.at && i+1 < len(paragraphs) && takesUp(text, paragraphs[i+1], open.kind, reversed) {
				all[i] = append(list, pair{from: open.at, to: p.to, in: open.to, out: p.to, open: true, goesOn: i > 0 && goesOnFrom(all[i-1])})
				inherits = open.kind
				if r, _ := utf8.DecodeRuneInString(text[paragraphs[i+1].from:]); kindOf(r) == open.kind {
					inherits = 0 // it opens anew
				}
				break
			}
			if open.to == open.at { // unreachable: takesUp has seen the mark that closes it
				inherits = 0
				continue
			}
			if unclosed(text, p, open) {
				all[i], inherits = append(list, pair{from: open.at, to: p.to, in: open.to, out: p.to, open: true, shut: true}), 0
				break
			}
			skip[open.at] = true
		}
		if i > 0 && len(all[i]) > 0 && all[i][0].from == p.from && goesOnFrom(all[i-1]) {
			all[i][0].goesOn = true
		}
	}
	return all
}

// maxUnclosed is how long a quote is at most of which the closing mark was forgotten, in bytes.
const maxUnclosed = 1000

// unclosed reports whether what an open mark begins is a quote to the end of its paragraph, whose closing
// mark is missing: whole sentences behind a colon, a comma or another sentence, without a mark among them.
func unclosed(text string, p span, open *mark) bool {
	if open.kind != double && open.kind != plain || p.to-open.to > maxUnclosed || strings.ContainsAny(text[open.to:p.to], "“”„\"") {
		return false
	}
	before := strings.TrimRightFunc(text[p.from:open.at], unicode.IsSpace)
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text[open.to:p.to], unicode.IsSpace))
	end, _ := utf8.DecodeLastRuneInString(text[open.to:p.to])
	return (before == "" || strings.ContainsRune(":,.!?…”\"", last)) && unicode.IsUpper(first) && strings.ContainsRune(".!?…", end)
}

// maxSkips is how many marks without a partner a paragraph may have.
const maxSkips = 16

func kindOf(r rune) rune {
	kind, _ := family(r)
	return kind
}

// goesOnFrom reports whether the last pair of a paragraph is left open.
func goesOnFrom(list []pair) bool { return len(list) > 0 && !list[len(list)-1].shut }

// takesUp reports whether a paragraph goes on with words that the one before has left open: it
// begins with such a mark, or closes one that it does not open.
func takesUp(text string, p span, kind rune, reversed bool) bool {
	r, _ := utf8.DecodeRuneInString(text[p.from:p.to])
	if kindOf(r) == kind {
		return true
	}
	if kind == tick || kind == single || kind == plain {
		return false // an apostrophe would do
	}
	list, _ := pairs(text, p.from, p.to, kind, reversed, nil)
	return len(list) > 0 && list[0].goesOn && list[0].from == p.from && !strings.ContainsRune(text[p.from:list[0].out], kind)
}
