package prose

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/words"
)

// Within returns what of an element is prose, where it is known that the article is in it and all
// of the article: what is beside it is left out, but nothing for lying in another element, be it an
// article of its own, as each entry of a live report is.
func Within(top *html.Node, k Known) Found {
	t := newTree(top, k, nil)
	t.exclude(false)
	t.phrased()
	t.teasers()
	t.choose(0)
	return Found{HTML: t.html(), Lead: t.lead, Beside: t.beside()}
}

// newTree makes boxes of an element, also of those of opened that it hides, and tells them what is
// known.
func newTree(top *html.Node, k Known, opened map[*html.Node]bool) *tree {
	t := &tree{titles: foldedTitles(k.Titles), described: words.Folded(k.Description), opened: opened, boxes: make([]box, 1, 1024), holds: map[*html.Node]bool{}, hints: map[string]hint{}}
	t.boxes[0] = box{node: top, tag: atom.Body, parent: -1}
	t.grow(top, 0)
	t.boxes[0].end = len(t.boxes)
	t.sum()
	t.testify(k.Witness)
	return t
}
