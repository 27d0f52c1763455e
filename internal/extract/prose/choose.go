package prose

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"parallax/internal/words"
)

// choose marks the runs that are kept: those of the element at top, without what is no
// prose, and the standfirst.
func (t *tree) choose(top int) {
	end := t.boxes[top].end
	for i := top + 1; i < end; i++ {
		b := &t.boxes[i]
		if b.isRun() && !b.out {
			b.keep = t.fits(i)
		}
	}
	t.amid(top)
	t.believe(top)
	t.edges(top)
	t.standfirst(top)
	t.headings(top, end)
}

// believe takes out the paragraphs that the witness does not know, if it knows most.
func (t *tree) believe(top int) {
	if t.witness < credible {
		return
	}
	known, all := 0.0, 0
	for i := top; i < t.boxes[top].end; i++ {
		if b := &t.boxes[i]; b.keep && b.isGood() {
			known += b.said * float64(b.chars)
			all += b.chars
		}
	}
	const most, little = 0.75, 0.2
	if known < most*float64(all) {
		return
	}
	begun := false // what was known has begun: metadata leaves out the lead, often
	for i := top; i < t.boxes[top].end; i++ {
		b := &t.boxes[i]
		switch {
		case !b.keep || !b.told:
		case b.said >= most && b.isGood():
			begun = true
		case !begun && b.sentence && b.isGood() && b.linked == 0 && t.boxes[b.parent].tag == atom.P:
		case b.said < little && !b.picture && !t.isHeading(i) && !b.structured:
			b.keep = false
		}
	}
}

// structured text is often left out of metadata.
var structured = set(atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Blockquote, atom.Pre)

func (t *tree) isHeading(i int) bool { return isHeading(t.boxes[t.boxes[i].parent].tag) }

func isHeading(tag atom.Atom) bool {
	switch tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

var listed = set(atom.Ul, atom.Ol, atom.Dl, atom.Table)

// fits reports whether a run in the article is of it.
func (t *tree) fits(i int) bool {
	b := &t.boxes[i]
	d := b.density()
	switch {
	case b.picture:
		return true
	case t.isHeading(i):
		return d < linksAlone
	case b.listed, t.signs(i):
		return true
	case d >= linksAlone:
		return b.chars >= 200
	case d >= mostlyLinks:
		return b.sentence && b.chars >= goodRun
	case t.boxes[b.parent].tag == atom.P || t.boxes[b.parent].tag == atom.Blockquote:
		return true
	}
	return b.sentence || b.chars >= 40
}

// speaks reports whether a run is a sentence that somebody wrote around a link: a link alone
// leads elsewhere.
func (b *box) speaks() bool { return b.sentence && (b.ended || b.worded) }

// amid keeps sentences that are mostly a link where they stand among paragraphs of the text, as
// one of them: a writer who links what is told elsewhere still tells it.
func (t *tree) amid(top int) {
	end := t.boxes[top].end
	var next []int // sentences that wait for the paragraph after them
	last := -1     // the paragraph before
	for i := top + 1; i < end; i++ {
		b := &t.boxes[i]
		switch {
		case !b.isRun() || b.out || b.picture || b.listed || t.isHeading(i):
		case b.keep && b.isGood():
			for _, w := range next {
				if t.alongside(w, i) {
					t.boxes[w].keep, t.boxes[w].amid = true, true
				}
			}
			next, last = next[:0], i
		case last >= 0 && b.speaks() && b.density() >= mostlyLinks && t.alongside(last, i):
			next = append(next, i)
		}
	}
	// The last paragraph may be one: long, half of it a link or more, and right after the text.
	if len(next) > 0 && next[0] == t.runAfter(last) {
		if b := &t.boxes[next[0]]; b.chars >= goodRun && b.ended && b.density() < linksAlone {
			b.keep, b.amid = true, true
		}
	}
}

// runAfter returns the next run with text after the one at i, or -1.
func (t *tree) runAfter(i int) int {
	for c := i + 1; c < len(t.boxes); c++ {
		if b := &t.boxes[c]; b.isRun() && b.chars > 0 {
			return c
		}
	}
	return -1
}

// alongside reports whether two runs stand in elements of one kind that lie side by side, or do
// by what is around them alone.
func (t *tree) alongside(a, b int) bool {
	const near = 4
	for range near {
		a, b = t.boxes[a].parent, t.boxes[b].parent
		if a == b {
			return true
		}
		if a <= 0 || b <= 0 {
			return false
		}
		x, y := &t.boxes[a], &t.boxes[b]
		if x.tag != y.tag || x.tag != atom.P && class(x.node) != class(y.node) {
			return false
		}
	}
	return false
}

// signs reports whether a run says whose the quotation before it is, which is kept.
func (t *tree) signs(i int) bool {
	p := t.boxes[i].parent
	return p == i-1 && p > 0 && t.boxes[p-1].keep && isSignature(t.boxes[p].node)
}

// edges takes off what stands before and after the prose.
func (t *tree) edges(top int) {
	end := t.boxes[top].end
	first, last := -1, -1
	for i := top + 1; i < end; i++ {
		if b := &t.boxes[i]; b.keep && b.isGood() && !t.isHeading(i) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return
	}
	for i := top + 1; i < end; i++ {
		b := &t.boxes[i]
		if !b.keep || b.picture {
			continue
		}
		if b.listed || b.amid || t.signs(i) || b.sentence && t.boxes[b.parent].tag == atom.P && b.density() == 0 {
			continue
		}
		if i < first && !t.isHeading(i) || i > last {
			b.keep = false
		}
	}
}

// standfirst keeps a lead that stands between the headline and the text.
func (t *tree) standfirst(top int) {
	start := t.boxes[top].end
	for i := top; i < t.boxes[top].end; i++ {
		if b := &t.boxes[i]; b.keep && b.isGood() && !t.isHeading(i) {
			start = i
			break
		}
	}
	desc := t.described
	if start < t.boxes[top].end && desc != "" && alike(words.Folded(t.boxes[start].words()), desc) {
		t.lead = t.boxes[start].words()
	}
	from, out := -1, -1 // the headline, and one in a box that is left out
	for i := 1; i < start; i++ {
		b := &t.boxes[i]
		if !b.isRun() || b.chars > 400 || b.picture {
			continue
		}
		if t.boxes[b.parent].tag == atom.H1 || t.isTitle(b.words()) {
			if out = i; !b.out {
				from = i
			}
		}
	}
	if from < 0 {
		from = out
	}
	if from < 0 {
		return
	}
	near := 0
	for i := from + 1; i < start; i++ {
		b := &t.boxes[i]
		if !b.isRun() || b.keep || b.chars < 40 || b.density() > 0.3 || b.picture {
			continue
		}
		described := desc != "" && alike(words.Folded(b.words()), desc)
		if t.excluded(i, described) || t.isTitle(b.words()) {
			continue
		}
		near++
		if described || t.hinted(i, lead) || b.isGood() && b.chars >= 60 && (t.boxes[b.parent].tag == atom.P || near < 3) {
			b.keep = true
			if described {
				t.lead = b.words()
			}
			if b.out {
				for p := b.parent; p >= 0; p = t.boxes[p].parent {
					t.boxes[p].out = false
				}
				b.out = false
			}
		}
	}
}

// excluded reports whether a box lies in something that is surely no standfirst; one that
// says what the page says of itself may be in a box.
func (t *tree) excluded(i int, described bool) bool {
	beside := aside | comment | foot | caption | byline | wall
	if described {
		beside = comment | foot | wall
	}
	for p := i; p >= 0; p = t.boxes[p].parent {
		if b := &t.boxes[p]; b.out && b.hint&beside != 0 && b.hint&lead == 0 {
			return true
		}
		switch t.boxes[p].tag {
		case atom.Figure, atom.Figcaption, atom.Form:
			return true
		}
	}
	return false
}

func (t *tree) hinted(i int, h hint) bool {
	for p, n := t.boxes[i].parent, 0; p >= 0 && n < 3; p, n = t.boxes[p].parent, n+1 {
		if t.boxes[p].hint&h != 0 {
			return true
		}
	}
	return false
}

// headings takes out those over nothing.
func (t *tree) headings(top, end int) {
	over := false // something kept follows
	for i := end - 1; i > top; i-- {
		b := &t.boxes[i]
		if !b.keep || b.picture {
			continue
		}
		if t.isHeading(i) {
			b.keep = over // of a heading of headings, too
			continue
		}
		over = true
	}
}

// minTitle is from how many bytes on a line is the headline if one of the two ends with the
// other: the longer has a kicker.
const minTitle = 20

// foldedTitles prepares headlines for isTitle. What is longer than any is none.
func foldedTitles(titles []string) (list []string) {
	const longest = 1000 // in bytes
	for _, t := range titles {
		if len(t) > longest {
			continue
		}
		if t = words.Folded(t); t != "" && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// isTitle reports whether a line is one of the headlines.
func (t *tree) isTitle(s string) bool {
	f := words.Folded(s)
	if f == "" {
		return false
	}
	for _, h := range t.titles {
		if f == h || min(len(f), len(h)) >= minTitle && (strings.HasSuffix(f, " "+h) || strings.HasSuffix(h, " "+f)) {
			return true
		}
	}
	return false
}

// alike reports whether a is b, or most of the longer is the beginning of the other.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 30 {
		return a == b
	}
	n := len(a) * 3 / 4
	return strings.HasPrefix(b, a[:n])
}
