package feed

import (
	"strconv"
	"strings"
)

// A Cloud is a service that tells of updates (RSS 0.92 to 2.0).
type Cloud struct {
	Domain    string
	Port      string
	Path      string
	Procedure string // registerProcedure
	Protocol  string // "xml-rpc", "soap" or "http-post"
}

// A TextInput is a field that a reader may type into (RSS).
type TextInput struct {
	Title       string // of the button
	Description string
	Name        string // of the field
	Link        string // URL of what takes it
}

// rarePlace says where children of elements that hold others belong, for elements that
// few feeds have; false for all others.
func (p *parser) rarePlace(f *frame) (place, bool) {
	switch f.key {
	case "media:group":
		if f.owner == inEntry {
			p.openGroup()
		}
	case "rdf:li", "rdf:bag", "rdf:seq", "content:items", "content:item", "media:location",
		"georss:where", "geo:point", "gml:point", "gml:envelope", "gml:linestring", "gml:polygon", "gml:exterior", "gml:linearring":
	case "podcast:alternateenclosure":
		p.openAlternate(f)
	case "rsl:content", "rsl:license", "rsl:payment":
		p.openTerms(f)
	default:
		return inNothing, false
	}
	return f.owner, true
}

// rareLeaf handles extensions that few entries and feeds use.
func (p *parser) rareLeaf(f *frame, value []byte) {
	prefix, local, _ := strings.Cut(f.key, ":")
	text := p.str(value)
	switch prefix {
	case "itunes", "podcast":
		p.podcastLeaf(f, text)
	case "georss", "gml", "geo":
		p.geoLeaf(f, text)
	case "dcterms", "dc":
		p.dcLeaf(f, local, text)
	case "thr", "slash", "wfw":
		p.threadLeaf(f, text)
	case "rsl":
		p.termsLeaf(f, text)
	case "feedburner":
		if local == "origenclosurelink" {
			p.enclosed = f.resolve(text)
		}
	case "rdf":
		if local == "value" && f.owner == inEntry { // of content:item (RSS 1.0 content, of 2000)
			p.content(f.html(text), 2)
		}
	case "sy", "fh", "cloud", "rating":
		if t := p.feedOf(f.owner); t != nil {
			p.rareFeedLeaf(t, f, text)
		}
	}
}

func (p *parser) rareFeedLeaf(t *Feed, f *frame, text string) {
	switch f.key {
	case "sy:updatebase":
		if at, ok := p.date(text); ok {
			t.UpdateBase = at
		}
	case "fh:complete":
		t.Complete = true
	case "fh:archive":
		t.Archive = true
	case "rating":
		t.Rating = text
	case "cloud":
		c := Cloud{
			Domain: f.attrs.get("domain"), Port: f.attrs.get("port"), Path: f.attrs.get("path"),
			Procedure: f.attrs.get("registerprocedure"), Protocol: f.attrs.get("protocol"),
		}
		if c != (Cloud{}) {
			t.Cloud = &c
		}
	}
}

// inputLeaf reads a part of a text input.
func (p *parser) inputLeaf(f *frame, value []byte) {
	if p.input == nil {
		p.input = &TextInput{}
	}
	text := p.str(value)
	switch f.key {
	case "title":
		p.input.Title = p.rssText(f, text).String()
	case "description":
		p.input.Description = p.rssText(f, text).String()
	case "name":
		p.input.Name = text
	case "link":
		p.input.Link = f.resolve(text)
	}
}

// closeInput gives the text input to its feed.
func (p *parser) closeInput(f *frame) {
	owner := f.owner
	if owner == inDocument {
		owner = inFeed // RSS 1.0 has it beside the channel
	}
	if t := p.feedOf(owner); t != nil && p.input != nil && *p.input != (TextInput{}) {
		t.TextInput = p.input
	}
	p.input = nil
}

// replied notes what a link to comments says of them (RFC 4685 §4).
func (p *parser) replied(f *frame) {
	if n, err := strconv.Atoi(f.attrs.get("thr:count")); err == nil && n >= 0 {
		p.entry.CommentCount = n
	}
	if said := f.attrs.get("thr:updated"); said != "" {
		if t, ok := p.date(said); ok {
			p.thread().Updated = t
		}
	}
}

// finishRare does what can only be done when all of an entry is known.
func (p *parser) finishRare(e *Entry) {
	if len(e.Media) > 0 || p.medias.entry.said || p.medias.inGroup {
		p.shareMedia(e)
		p.medias.entry = mediaShared{}
	}
	p.medias.groups = 0
	if p.enclosed != "" { // feedburner: where the enclosure was before
		if len(e.Enclosures) > 0 {
			e.Enclosures[0].URL = p.enclosed
		}
		p.enclosed = ""
	}
	p.corner = nil
}

// deletedLeaf reads a part of a tombstone.
func (p *parser) deletedLeaf(f *frame, value []byte) {
	d := p.deleted
	if d == nil {
		return
	}
	switch f.key {
	case "at:comment":
		d.Comment = p.str(value)
		if t := mediaType(f.attrs.get("type")); t == "html" || t == "xhtml" || p.markedBy(f) {
			d.Comment = HTMLText(d.Comment).String()
		}
	case "atom:link", "link":
		url := f.resolve(f.attrs.get("href"))
		if url == "" {
			url = f.resolve(p.str(value))
		}
		if d.Link == "" || relation(f.attrs.get("rel")) == "alternate" {
			d.Link = url
		}
	}
}
