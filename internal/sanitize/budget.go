package sanitize

import (
	"errors"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxSteps bounds what a parser does for some HTML: for each tag it looks through the open
	// elements. A hundred real articles need 20,000 at most.
	maxSteps = 4 << 20
	// maxClones bounds the elements that it makes anew, for what marks text up and is not closed
	// (<b>, <font>) is opened again in each paragraph (HTML §13.2.4.3): 80 KB can ask for a
	// million. Real articles need some hundred.
	maxClones = 256 << 10
	// small is how much HTML cannot ask for much.
	small = 2 << 10
)

var errCostly = errors.New("to parse it would take too long")

// parse parses a fragment, unless that would take too long.
func parse(dirty string) ([]*html.Node, error) {
	if len(dirty) > small && !Affordable(dirty) {
		return nil, errCostly
	}
	return html.ParseFragment(strings.NewReader(dirty), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
}

// marking are the elements that are opened again where others closed them.
var marking = atoms("a b big code em font i nobr s small strike strong tt u")

// closing are those that others of their kind close, and parted those across which no end tag
// reaches (HTML §13.2.4.2).
var (
	closing = atoms("body caption colgroup dd dt head html li option p tbody td tfoot th thead tr")
	parted  = atoms("applet marquee math object select svg table template")
)

// Affordable says whether a parser would be done with s in a bounded time. It knows tags only,
// and keeps count of what is open so that it never thinks less to be open than is.
func Affordable(s string) bool { return within(s, maxSteps, maxClones) }

// AffordablePage is Affordable for a whole page, which may have sixteen times as many tags
// as a fragment.
func AffordablePage(s string) bool { return within(s, 16*maxSteps, maxClones) }

func within(s string, mostSteps, mostClones int) bool {
	const deepest = 512 // where the parser gives up
	var open []atom.Atom
	steps, clones, marks := 0, 0, 0
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return true
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			steps += min(len(open), deepest)
			clones += marks
			if endless[a] || closing[a] {
				continue
			}
			if open = append(open, a); marking[a] {
				marks++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			for i := len(open) - 1; i >= max(len(open)-deepest, 0); i-- {
				steps++
				if open[i] == a {
					open = append(open[:i], open[i+1:]...)
					if marking[a] {
						marks--
					}
					break
				}
				if parted[open[i]] && !parted[a] {
					break
				}
			}
		case html.TextToken:
			clones += marks
		}
		if steps > mostSteps || clones > mostClones {
			return false
		}
	}
}
