package feed

import "strings"

// What a document means that leaves elements open.

// breaksOut says whether a start tag cannot be part of the text being captured: no
// HTML has an element of this name, and the feed has.
func (p *parser) breaksOut(n *name) bool {
	if p.xhtml && len(p.inline) > 0 {
		return (n.local == "item" || n.local == "entry") && n.prefix == p.frames[p.capture].name.prefix
	}
	if n.prefix != "" {
		switch p.canon(n.prefix) {
		case "dc", "content", "media", "itunes", "slash", "wfw", "feedburner", "dcterms":
			return true
		case "atom":
			return p.root == rootAtom
		}
		return false
	}
	if key := p.frames[p.capture].key; (key == "title" || key == "atom:title") && (n.local == "link" || n.local == "description") && len(p.inline) == 0 {
		return true
	}
	switch n.local {
	case "item", "entry", "guid", "pubdate", "channel", "enclosure", "published", "updated":
		return true
	case "description", "lastbuilddate":
		return p.root == rootRSS && p.frames[p.capture].key != "description"
	}
	return false
}

// recover closes what a start tag shows to have ended without an end tag.
func (p *parser) recover(key string, sibling bool) {
	top := len(p.frames) - 1
	switch key {
	case "item", "atom:entry":
		for i := top; i > 0; i-- {
			if p.frames[i].place == inEntry && p.frames[i].key == key {
				p.problem(p.lex.off, "an entry inside another, which is taken to have ended")
				p.popTo(i)
				return
			}
			if p.frames[i].place == inFeed || p.frames[i].place == inDocument {
				if i < top {
					p.problem(p.frames[top].off, "<"+clip(p.frames[top].name.raw)+"> without its end")
					p.popTo(i + 1)
				}
				return
			}
		}
		return
	}
	f := &p.frames[top]
	if f.key == "atom:link" && p.root == rootAtom && !strings.HasPrefix(key, "atom:") {
		return // RFC 4287 §4.2.7: a link may hold anything
	}
	if f.place == inPerson && key == "title" && p.person != nil && *p.person != (Person{}) {
		return // of the person, who has a name already
	}
	if (f.place == inLeaf || f.place == inPerson) && sibling && (f.name.sibling || f.name.markup) {
		p.problem(p.frames[top].off, "<"+clip(p.frames[top].name.raw)+"> without its end")
		p.pop()
	}
}

// nests says whether what a leaf holds belongs to what the leaf belongs to.
func (f *frame) nests(key string) bool {
	switch f.key {
	case "itunes:category":
		return key == f.key
	case "atom:link": // in some feeds the pictures of an entry, unless it is another one that is linked
		return strings.HasPrefix(key, "media:") && relation(f.attrs.get("rel")) == "alternate"
	}
	return false
}

// siblings are elements that never stand inside a leaf: where one does, the leaf was
// left open.
var siblings = set("title link description guid pubdate author category comments enclosure source content:encoded " +
	"dc:creator dc:date dc:title dc:subject media:content media:thumbnail media:title media:description media:credit " +
	"atom:title atom:link atom:id atom:updated atom:published atom:summary atom:content atom:category atom:author")
