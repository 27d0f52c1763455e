// Package prose finds the running text of an article in a page. A parsed page goes in, and
// what is known of it: headline, description, and the text that the page's metadata gives
// for it, if any. HTML of the article comes out, not yet safe, with nothing around it.
//
// The page is cut into runs: text and inline elements between two elements that part lines.
// Each run counts for the text that it holds outside links. What tags, roles and classes
// say of an element decides whether it is beside the article, unless most of the page's
// text is in it. The article is the element whose runs count most, those that lie deeper
// in it a little less, so that of two that hold the same the inner one wins. In it what is
// mostly links is left out, and headings over nothing; before it a standfirst is looked
// for between the headline and the text.
package prose

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/news"
)

// Known is what the page says of the article elsewhere.
type Known struct {
	Titles      []string // the headline in its versions
	Description string
	Witness     string // the text of the article as plain text, whole or in part
}

// Found is what Find found.
type Found struct {
	HTML string // of the article, not safe yet
	Why  string // why this part of the page
	Lead string // the standfirst by which the page describes itself, if it shows one
	Page string // the text of the whole page, of a long one the beginning
	// Beside is what stands in the article's element and was left out: prose, and what says of
	// itself that it is a box. Of many and of long ones it is the beginning.
	Beside []string
}

// maxText is how much of the text of a page is returned besides the article's, in bytes.
const maxText = 8 << 10

// Find returns the article in a page.
func Find(doc *html.Node, k Known) Found {
	root := bodyOf(doc)
	if root == nil {
		return Found{}
	}
	found, size := find(newTree(root, k, nil))
	if size >= scarcely {
		return found
	}
	if opened := covered(root); len(opened) > 0 {
		if again, shown := find(newTree(root, k, opened)); shown >= scarcely && shown > 4*size {
			again.Why += ", which the page hides until its scripts run"
			return again
		}
	}
	return found
}

// scarcely is how many characters of an article are next to nothing.
const scarcely = 200

// covered returns the elements that a page hides and that hold an article, or are one: some pages
// show nothing until a script has run. What else is hidden is hidden for good.
func covered(root *html.Node) map[*html.Node]bool {
	opened, seen := map[*html.Node]bool{}, map[*html.Node]bool{}
	for n := range root.Descendants() {
		if n.DataAtom != atom.Article && n.DataAtom != atom.Main {
			continue
		}
		for p := n; p != root && !seen[p]; p = p.Parent {
			seen[p] = true
			if hidden(p) {
				opened[p] = true
			}
		}
	}
	return opened
}

// find returns the article in a page as boxes, and how many characters it has.
func find(t *tree) (Found, int) {
	found := Found{HTML: t.try(false), Why: t.why(), Page: t.all()}
	found.Lead, found.Beside = t.lead, t.beside()
	before := t.kept()
	if before >= enough || before > t.rest()/2 {
		return found, before
	}
	t.reset()
	if again := t.try(true); t.kept() > 2*before {
		found.HTML, found.Why, found.Lead = again, t.why(), t.lead
		found.Beside = t.beside()
		return found, t.kept()
	}
	return found, before
}

// maxBeside is how much of what was left out is told, and maxBesideText how much of each in
// characters: enough to see what it is.
const maxBeside, maxBesideText = 6, 300

// beside returns what stands in the article's element and was left out.
func (t *tree) beside() (list []string) {
	for i := t.top + 1; i < t.boxes[t.top].end && len(list) < maxBeside; {
		b := &t.boxes[i]
		if !b.out && !b.isRun() || b.keep && !b.out || !b.named && b.good == 0 && !b.isLinkedSentence() {
			i++
			continue
		}
		list = append(list, t.text(i))
		i = b.end
	}
	return list
}

// isLinkedSentence reports whether a run reads as a sentence and is mostly a link: left out, it is
// told, for it may have been of the text.
func (b *box) isLinkedSentence() bool {
	return b.isRun() && !b.out && !b.picture && !b.listed && b.sentence && b.chars >= goodSentence && b.density() >= mostlyLinks
}

// text returns the beginning of what a box holds.
func (t *tree) text(i int) string {
	var s strings.Builder
	for c := i; c < t.boxes[i].end && s.Len() < 4*maxBesideText; c++ {
		if b := &t.boxes[c]; b.isRun() && b.chars > 0 {
			s.WriteString(b.words() + " ")
		}
	}
	return news.Cut(s.String(), maxBesideText)
}

// why says by what the article was found.
func (t *tree) why() string {
	b := &t.boxes[t.top]
	why := "<" + b.node.Data + "> with " + strconv.Itoa(b.good) + " of the " + strconv.Itoa(t.boxes[0].good) + " characters of prose in the page"
	if b.hint&body != 0 {
		why += ", marked as an article's text"
	}
	if t.witness > credible {
		why += ", confirmed by JSON-LD articleBody"
	}
	return why
}

// all returns the text of the page.
func (t *tree) all() string {
	var s strings.Builder
	for i := range t.boxes {
		if b := &t.boxes[i]; b.isRun() && b.chars > 0 {
			s.WriteString(b.words())
			s.WriteByte('\n')
			if s.Len() > maxText {
				break
			}
		}
	}
	return s.String()
}

// enough is how many characters of an article make it likely that it was found.
const enough = 1500

func (t *tree) try(lenient bool) string {
	t.exclude(lenient)
	t.others()
	t.phrased()
	t.teasers()
	t.weigh()
	t.top = t.best()
	t.choose(t.top)
	return t.html()
}

func (t *tree) kept() (n int) {
	for i := range t.boxes {
		if b := &t.boxes[i]; b.keep && !b.out && !b.picture {
			n += b.chars
		}
	}
	return n
}

func (t *tree) reset() {
	for i := range t.boxes {
		b := &t.boxes[i]
		b.keep, b.out, b.named, b.score, b.parts, b.own = false, false, false, 0, 0, 0
	}
}

func bodyOf(doc *html.Node) *html.Node {
	for c := range doc.Descendants() {
		if c.Type == html.ElementNode && c.DataAtom == atom.Body {
			return c
		}
	}
	return nil
}

const (
	// goodRun is from how many characters on a run is a piece of prose whatever it ends
	// with, and goodSentence from how many on if it ends a sentence.
	goodRun, goodSentence = 80, 25
	// mostlyLinks is the share of links from which on a run is no prose.
	mostlyLinks = 0.5
	// linksAlone is the share from which on it is hardly more than links.
	linksAlone = 0.8
)

// good reports whether a run is a piece of prose.
func (b *box) isGood() bool {
	return b.isRun() && !b.picture && b.density() < mostlyLinks && (b.chars >= goodRun || b.chars >= goodSentence && b.sentence)
}

// sum adds up in every box what it holds.
func (t *tree) sum() {
	for i := len(t.boxes) - 1; i > 0; i-- {
		b := &t.boxes[i]
		if b.isGood() {
			b.good = b.chars
		}
		p := &t.boxes[b.parent]
		p.chars += b.chars
		p.linked += b.linked
		p.good += b.good
		p.images += b.images
	}
}

// The weights of a run by where it stands.
var weights = map[atom.Atom]float64{
	atom.P: 1, atom.Blockquote: 1, atom.Li: 0.5, atom.Dd: 0.5, atom.Dt: 0.3, atom.Td: 0.7, atom.Th: 0.2, atom.Pre: 0.8, atom.Figcaption: 0,
	atom.H1: 0.2, atom.H2: 0.2, atom.H3: 0.2, atom.H4: 0.2, atom.H5: 0.2, atom.H6: 0.2,
}

// credible is how much of what the page's metadata gives must be in the page to say
// something of the rest.
const credible = 0.6

// deeper is what a run counts for in an element in which it lies one level deeper.
const deeper = 0.8

// weigh scores elements.
func (t *tree) weigh() {
	for i := len(t.boxes) - 1; i >= 0; i-- {
		b := &t.boxes[i]
		if b.out {
			continue
		}
		if b.parts+b.own > 1 {
			if _, leaf := weights[b.tag]; !leaf {
				b.score *= deeper
			}
		}
		if i == 0 {
			break // the whole page
		}
		p := &t.boxes[b.parent]
		if b.isRun() {
			w, ok := weights[p.tag]
			if !ok {
				w = 0.9
			}
			switch {
			case b.picture:
			case b.density() >= mostlyLinks:
				b.score = -0.3 * float64(min(b.chars, 100))
			case b.isGood():
				b.score = w * float64(b.chars-b.linked)
				if t.witness > credible && b.told {
					b.score *= 0.5 + b.said
				}
			}
			p.score += b.score
			if b.score > 0 {
				p.own = 1
			}
			continue
		}
		if b.hint&body != 0 && b.hint&comment == 0 {
			b.score *= 1.15
		}
		p.score += b.score
		if b.score > 0 {
			if _, leaf := weights[b.tag]; leaf {
				p.own = 1
			} else {
				p.parts++
			}
		}
	}
}

// best returns the element that scores most.
func (t *tree) best() int {
	best := 0
	for i := range t.boxes {
		if b := &t.boxes[i]; !b.isRun() && !b.out && b.score >= t.boxes[best].score {
			best = i
		}
	}
	// A paragraph alone is in something that is the article.
	for best > 0 {
		if _, leaf := weights[t.boxes[best].tag]; !leaf {
			break
		}
		best = t.boxes[best].parent
	}
	return best
}
