package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/words"
)

// drop marks a box with all that it holds as no part of the article.
func (t *tree) drop(i int) {
	for c := i; c < t.boxes[i].end; c++ {
		t.boxes[c].out = true
	}
}

func class(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "class" {
			return a.Val
		}
	}
	return ""
}

// isLeaf reports whether an element holds runs.
func (b *box) isLeaf() bool {
	_, is := weights[b.tag]
	return is
}

// major is the share of the page's prose from which on an element is the article's
// whatever it calls itself.
const (
	major     = 0.4
	nearlyAll = 0.8  // the same for readers' comments and for walls
	minor     = 0.15 // the same where else nothing is found
	sparse    = 0.2  // the share of links below which an element may be a part of a text in many
	longRun   = 250  // from how many characters on a paragraph is prose whatever its class
)

// exclude marks what is beside the article.
func (t *tree) exclude(lenient bool) {
	all := max(t.rest(), 1)
	most := major
	if lenient {
		most = minor
	}
	alike := map[string]int{} // the prose of elements of one class: a text may be in many
	for i := range t.boxes {
		if b := &t.boxes[i]; b.hint&(aside|foot) != 0 && !b.isRun() && b.good > 0 {
			alike[class(b.node)] += b.good
		}
	}
	for i := 1; i < len(t.boxes); i++ {
		b := &t.boxes[i]
		if t.boxes[b.parent].out {
			b.out = true
			continue
		}
		if b.isRun() {
			continue
		}
		good := b.good
		if b.hint&(aside|foot) != 0 && (b.isLeaf() || class(b.node) != "" && b.good >= longRun && b.density() < sparse) {
			good = alike[class(b.node)]
		}
		share := float64(good) / float64(all)
		switch {
		case b.hint&comment != 0 || b.hint&wall != 0 && !b.isLeaf() && !lenient:
			b.out = float64(b.good) < nearlyAll*float64(t.boxes[0].good)
		case b.hint&body != 0 && b.hint&(aside|foot) == 0 && share > 0.1:
		case b.hint&(aside|foot) != 0 && b.tag == atom.Blockquote: // what somebody said elsewhere
		case isHeading(b.tag) && b.density() == 0 && t.proseFollows(i): // "widget-title" over a part of the text
		case b.hint&(aside|foot|wall) != 0:
			b.out = share < most && (!b.isLeaf() || b.good < longRun)
		case b.hint&byline != 0:
			b.out = b.good < longRun && share < most
		case b.hint&caption != 0:
			b.out = share < most && b.tag != atom.Figcaption && !t.boxes[b.parent].picture
		case !b.picture && b.images > 0 && (b.hint&picture != 0 && b.good <= maxCaption || t.captioned(i)):
			for c := i; c < b.end; c++ {
				t.boxes[c].picture, t.boxes[c].good = true, 0
			}
		case b.tag == atom.Form:
			b.out = share < most
		case b.tag == atom.Ul || b.tag == atom.Ol || b.tag == atom.Dl:
			b.out = b.density() > 0.6 && b.chars > 0
		case b.tag == atom.Header:
			b.out = b.good == 0 && b.density() > mostlyLinks
		}
	}
}

// captioned reports whether an element holds a picture, then a line or two that are no sentences,
// and nothing else.
func (t *tree) captioned(i int) bool {
	const few = 12 // boxes
	b := &t.boxes[i]
	if b.isLeaf() || b.chars == 0 || b.chars > maxCaption || b.end-i > few {
		return false
	}
	lines, pictures := 0, 0
	for c := i + 1; c < b.end; c++ {
		switch r := &t.boxes[c]; {
		case !r.isRun():
			if isHeading(r.tag) || structured[r.tag] {
				return false
			}
		case r.chars == 0:
			pictures++
		case pictures == 0 || r.sentence || r.linked > 0 || r.said > 0 || t.isTitle(r.words()) || alike(words.Folded(r.words()), t.described):
			return false
		default:
			lines++
		}
	}
	return lines == 1 || lines == 2
}

// proseFollows reports whether the next line after the element at i is prose beside it.
func (t *tree) proseFollows(i int) bool {
	const near = 20 // boxes: a page may have any number of empty ones
	end := t.boxes[i].end
	for c := end; c < min(t.boxes[t.boxes[i].parent].end, end+near); c++ {
		if b := &t.boxes[c]; b.isRun() && b.chars > 0 {
			return b.isGood() && t.boxes[b.parent].hint&(aside|foot|wall|byline) == 0
		}
	}
	return false
}

// rest returns how much prose is in the page without its walls, comments and foot.
func (t *tree) rest() int {
	n := t.boxes[0].good
	for i := 1; i < len(t.boxes); {
		b := &t.boxes[i]
		if b.hint&(wall|comment|foot) != 0 && !b.isLeaf() && float64(b.good) < nearlyAll*float64(t.boxes[0].good) {
			n -= b.good
			i = b.end
			continue
		}
		i++
	}
	return n
}

// maxCaption is how many characters stand under a picture at most.
const maxCaption = 500

// others marks the articles of a page that goes on with the next ones below its own: those
// beside the one that has the page's headline.
func (t *tree) others() {
	own := -1
	for i := 1; i < len(t.boxes) && own < 0; i++ {
		b := &t.boxes[i]
		if !b.isRun() || b.out || !t.isHeading(i) || !t.isTitle(b.words()) {
			continue
		}
		for p := b.parent; p > 0; p = t.boxes[p].parent {
			if t.boxes[p].tag == atom.Article {
				own = p
			}
		}
		if own < 0 {
			return
		}
	}
	if own < 0 || t.boxes[own].good < longRun {
		return
	}
	for i := 1; i < len(t.boxes); i++ {
		if b := &t.boxes[i]; b.tag == atom.Article && (b.end <= own || i >= t.boxes[own].end) {
			t.drop(i)
		}
	}
}

// phrased marks boxes that say that they are none of the article, and credits.
func (t *tree) phrased() {
	all := max(t.boxes[0].good, 1)
	before := -1 // the run with text before
	for i := range t.boxes {
		b := &t.boxes[i]
		if !b.isRun() || b.chars == 0 {
			continue
		}
		previous := before
		before = i
		if b.out || b.chars > maxPhrase && b.good == 0 || b.chars > 2*maxPhrase {
			continue
		}
		text := words.Folded(b.words())
		switch {
		case t.titled(i, text):
			b.out, b.named = true, true
			t.outBox(i, previous, all)
		case isLine(text):
			b.out = true
		case b.picture: // who took it is told under it
		case strings.HasPrefix(b.words(), "©"), b.chars <= maxPhrase && !b.sentence && isCredit(b.words()):
			b.out, b.named = true, true
		}
	}
}

// boxed is the share of the page's prose from which on an element that begins with the
// title of a box is more than that box.
const boxed = 0.15

// outBox marks the largest element that begins with the run at i and is a box; previous is
// the run before.
func (t *tree) outBox(i, previous, all int) {
	for p := t.boxes[i].parent; p > 0 && float64(t.boxes[p].good) < boxed*float64(all) && previous < p; p = t.boxes[p].parent {
		t.drop(p)
		t.boxes[p].named = true
	}
}

// maxTeaser is how many characters of prose a teaser of another article has at most.
const maxTeaser = 400

// teasers marks elements that stand beside others of their kind and are a link to another
// article each: a linked headline, and a little text.
func (t *tree) teasers() {
	type kind struct {
		parent int
		tag    atom.Atom
		class  string
	}
	groups := map[kind][]int{}
	for i := 1; i < len(t.boxes); i++ {
		b := &t.boxes[i]
		if b.isRun() || b.out || b.picture || b.isLeaf() && b.tag != atom.Li || b.chars == 0 || b.good > maxTeaser || !t.isTeaser(i) {
			continue
		}
		k := kind{b.parent, b.tag, class(b.node)}
		groups[k] = append(groups[k], i)
	}
	for _, g := range groups {
		if len(g) < 2 {
			continue
		}
		for _, i := range g {
			t.drop(i)
		}
	}
}

// isTeaser reports whether an element begins with a linked headline.
func (t *tree) isTeaser(i int) bool {
	lines := 0
	for c := i + 1; c < t.boxes[i].end; c++ {
		b := &t.boxes[c]
		if !b.isRun() || b.chars == 0 {
			continue
		}
		if b.chars >= 15 && b.density() >= linksAlone && !b.speaks() {
			return true
		}
		if lines++; lines > 2 || b.chars > 60 {
			return false
		}
	}
	return false
}
