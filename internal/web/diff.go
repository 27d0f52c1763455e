package web

import (
	"slices"
	"strings"
	"unicode"
)

// A piece is a stretch of text that stayed, was deleted or was inserted.
type piece struct {
	Text string
	Del  bool
	Ins  bool
}

// maxDiff bounds the work of a comparison: words of the old times words of the new,
// after what both begin and end with is set aside. Beyond it the whole stretch counts
// as replaced. Two thousand words each compare in some ten milliseconds.
const maxDiff = 4_000_000

// keptPercent is how much of the longer text must have stayed for a diff word by word:
// of a text that was written anew, the few words that both have in common tell nothing.
const keptPercent = 40

// diffWords says how to get from one text to another, word by word, or as a whole
// where too little of it stayed.
func diffWords(from, to string) []piece {
	pieces, _, _ := wordByWord(from, to)
	return pieces
}

// wordByWord returns besides the diff how many words stayed, and how many the longer
// text has.
func wordByWord(from, to string) (pieces []piece, kept, of int) {
	before, after := splitWords(from), splitWords(to)
	pieces, of = diff(before, after), max(len(before), len(after))
	for _, p := range pieces {
		if !p.Del && !p.Ins {
			kept++
		}
	}
	if rewritten(kept, of) {
		pieces = []piece{{Text: from, Del: true}, {Text: to, Ins: true}}
		pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.Text == "" })
	}
	return join(pieces), kept, of
}

func rewritten(kept, of int) bool { return kept*100 < of*keptPercent }

// diffParagraphs returns the paragraphs in which something changed, each with its
// changes marked. A paragraph that only moved counts as deleted and inserted. Where most
// of a stretch was rewritten, all that was deleted comes before all that was inserted.
func diffParagraphs(from, to string) [][]piece {
	var out [][]piece
	var del, ins []string
	flush := func() {
		var pairs [][]piece
		kept, before, after := 0, 0, 0
		for i := range max(len(del), len(ins)) {
			switch {
			case i >= len(ins):
				pairs = append(pairs, []piece{{Text: del[i], Del: true}})
			case i >= len(del):
				pairs = append(pairs, []piece{{Text: ins[i], Ins: true}})
			default:
				p, k, _ := wordByWord(del[i], ins[i])
				pairs, kept = append(pairs, p), kept+k
				before += len(splitWords(del[i]))
				after += len(splitWords(ins[i]))
			}
		}
		if rewritten(kept, max(before, after)) {
			pairs = nil
			for _, text := range del {
				pairs = append(pairs, []piece{{Text: text, Del: true}})
			}
			for _, text := range ins {
				pairs = append(pairs, []piece{{Text: text, Ins: true}})
			}
		}
		out = append(out, pairs...)
		del, ins = nil, nil
	}
	for _, p := range diff(paragraphs(from), paragraphs(to)) {
		switch {
		case p.Del:
			del = append(del, p.Text)
		case p.Ins:
			ins = append(ins, p.Text)
		default:
			flush()
		}
	}
	flush()
	return out
}

func paragraphs(text string) []string {
	var list []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, p)
		}
	}
	return list
}

// splitWords cuts text into words, each with the white space after it; in scripts
// without spaces every character is a word.
func splitWords(text string) []string {
	var list []string
	start, space := 0, false
	for i, r := range text {
		dense := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
		if i > start && (dense || space && !unicode.IsSpace(r)) {
			list = append(list, text[start:i])
			start = i
		}
		space = unicode.IsSpace(r) || dense
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

// diff finds a longest common subsequence. Units that differ only in white space at
// their end are the same.
func diff(from, to []string) []piece {
	same := func(a, b string) bool { return strings.TrimRight(a, " \n\t") == strings.TrimRight(b, " \n\t") }
	var head, tail []piece
	for len(from) > 0 && len(to) > 0 && same(from[0], to[0]) {
		head = append(head, piece{Text: spaced(from[0], to[0])})
		from, to = from[1:], to[1:]
	}
	for len(from) > 0 && len(to) > 0 && same(from[len(from)-1], to[len(to)-1]) {
		tail = append(tail, piece{Text: spaced(from[len(from)-1], to[len(to)-1])})
		from, to = from[:len(from)-1], to[:len(to)-1]
	}
	n, m := len(from), len(to)
	if n*m <= maxDiff {
		// lcs[i*(m+1)+j] is the length for from[i:] and to[j:].
		lcs := make([]int32, (n+1)*(m+1))
		a, b := numbered(from, to)
		for i := n - 1; i >= 0; i-- {
			for j := m - 1; j >= 0; j-- {
				if a[i] == b[j] {
					lcs[i*(m+1)+j] = lcs[(i+1)*(m+1)+j+1] + 1
				} else {
					lcs[i*(m+1)+j] = max(lcs[(i+1)*(m+1)+j], lcs[i*(m+1)+j+1])
				}
			}
		}
		i, j := 0, 0
		for i < n && j < m {
			switch {
			case a[i] == b[j]:
				head = append(head, piece{Text: spaced(from[i], to[j])})
				i, j = i+1, j+1
			case lcs[(i+1)*(m+1)+j] >= lcs[i*(m+1)+j+1]:
				head = append(head, piece{Text: from[i], Del: true})
				i++
			default:
				head = append(head, piece{Text: to[j], Ins: true})
				j++
			}
		}
		from, to = from[i:], to[j:]
	}
	for _, f := range from {
		head = append(head, piece{Text: f, Del: true})
	}
	for _, t := range to {
		head = append(head, piece{Text: t, Ins: true})
	}
	for _, p := range slices.Backward(tail) {
		head = append(head, p)
	}
	return head
}

// numbered gives each unit a number, the same to those that differ only in white space
// at their end: millions of numbers compare as fast as thousands of words.
func numbered(from, to []string) (a, b []int32) {
	numbers := map[string]int32{}
	of := func(units []string) []int32 {
		list := make([]int32, len(units))
		for i, u := range units {
			u = strings.TrimRight(u, " \n\t")
			n, ok := numbers[u]
			if !ok {
				n = int32(len(numbers)) //nolint:gosec // fewer than maxDiff
				numbers[u] = n
			}
			list[i] = n
		}
		return list
	}
	return of(from), of(to)
}

// spaced returns the new one of two equal units, with the space of the old one if it
// has none: the last word of a text has none, but words that were deleted may follow it.
func spaced(from, to string) string {
	if word := strings.TrimRight(to, " \n\t"); word == to {
		return word + from[len(strings.TrimRight(from, " \n\t")):]
	}
	return to
}

// join puts neighbours of one kind together, and takes the space at the end of what
// changed out of it, for a line under or through a space looks like a word.
func join(pieces []piece) []piece {
	var runs []piece
	for _, p := range pieces {
		if n := len(runs) - 1; n >= 0 && runs[n].Del == p.Del && runs[n].Ins == p.Ins {
			runs[n].Text += p.Text
			continue
		}
		runs = append(runs, p)
	}
	var out []piece
	for i, p := range runs {
		text := strings.TrimRight(p.Text, " \n\t")
		if p.Del == p.Ins || text == "" {
			out = append(out, p)
			continue
		}
		spaced := text != p.Text || p.Del && i+1 < len(runs) && runs[i+1].Ins
		p.Text = text
		out = append(out, p)
		if spaced && i+1 < len(runs) {
			out = append(out, piece{Text: " "})
		}
	}
	return out
}
