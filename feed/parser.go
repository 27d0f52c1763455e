package feed

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// A root is what kind of XML document this is.
type root uint8

const (
	rootNone root = iota // nothing seen yet
	rootRSS              // RSS of any version, RDF included
	rootAtom
	rootCDF
)

// A place is what the children of an element belong to.
type place uint8

const (
	inNothing place = iota // what we do not know, and all within it
	inLeaf                 // an element whose text counts
	inDocument
	inFeed
	inEntry
	inSource
	inPerson
	inImage
	inMedia
	inDeleted
	inTextInput
	inPart // a piece of a leaf's text, as <hour> is of <skipHours>
)

// A frame is an open element.
type frame struct {
	name  *name
	key   string
	place place
	owner place // what the element itself belongs to
	text  int   // where its text starts in parser.text
	base  *base
	lang  string
	off   int64
	attrs attrs
}

// attrs are the attributes of an open element that may still be asked for.
type attrs []attr

type attr struct {
	key, value string
}

func (a attrs) get(key string) string {
	for i := range a {
		if a[i].key == key {
			return a[i].value
		}
	}
	return ""
}

func (a attrs) has(key string) bool {
	for i := range a {
		if a[i].key == key {
			return true
		}
	}
	return false
}

// A parser makes a Feed from what the lexer finds.
//
// It keeps a stack of open elements. Text gathers in one buffer; when an element
// closes, its text is what came since it opened. While an element that may hold
// markup is open (capture), tags inside it become part of its text.
type parser struct {
	lex      lexer
	limits   Limits
	options  Options
	entities entities

	feed  *Feed
	root  root
	html  bool // an <html> came before any feed
	first string

	*memory
	skipped int // elements open beyond the limit Depth

	// held is the text of the innermost element while it is one piece of the document
	// as it stands, and so need not be copied; flush moves it to text.
	held    []byte
	tail    []byte // white space that followed it
	still   bool   // the document does not move in memory, so that text can be held
	letters bool   // it may have letters that begin UTF-8 encoded twice; only where still

	// capture is the index of the frame that gathers markup, -1 if none.
	capture  int
	xhtml    bool // its text is markup as it stands
	wrapDiv  bool // the first tag inside is a div
	divStart int  // end of that tag in text
	divEnd   int  // start of its end tag, 0 while it is open
	marked   bool // there was a tag inside

	entry   *Entry
	source  *Feed
	person  *Person
	image   *Image
	media   *Media
	deleted *Deleted
	input   *TextInput
	fr, er  ranks
	sr      ranks
	count   int
	told    []string // what tellOnce has told
	overrun bool     // beyond the limit Entries: nothing more is read
	buried  bool     // beyond the limit Deleted
	tally   tally
	shared  common // what common returns

	medias    mediaState
	alternate Enclosure // of the podcast:alternateEnclosure that is open
	corner    []Point   // gml:lowerCorner, until the upper comes
	enclosed  string    // feedburner:origEnclosureLink of the entry

	frequency int // sy:updateFrequency, until there is a period to divide
}

func newParser(o Options, m *memory) *parser {
	p := &parser{options: o, limits: o.Limits.withDefaults(), feed: &Feed{}, memory: m, capture: -1}
	p.lex.limits = p.limits
	p.lex.problem = p.problem
	p.tally = tally{limits: p.limits, tell: func(what string) { p.reached(p.lex.off, what) }}
	p.lex.doctype = p.doctype
	p.entities.budget = p.limits.Entities
	p.entities.tell = func(what string) { p.problem(p.lex.off, what) }
	p.entities.limit = func() {
		if p.entities.budget > -1<<40 {
			p.entities.budget = -1 << 50
			p.problem(p.lex.off, "entities expand beyond the limit Entities")
		}
	}
	base := parseBase(parseBase(nil, o.URL), o.ContentLocation)
	lang, _, _ := strings.Cut(o.ContentLanguage, ",")
	p.frames = append(p.frames, frame{name: &name{}, place: inDocument, base: base, lang: strings.TrimSpace(lang)})
	return p
}

func (p *parser) problem(off int64, what string) {
	if len(p.feed.Problems) < p.limits.Problems {
		p.feed.Problems = append(p.feed.Problems, Problem{Offset: off, What: what})
	}
}

// reached reports a limit that a document reaches once at most.
func (p *parser) reached(off int64, what string) {
	p.feed.Problems = append(p.feed.Problems, Problem{Offset: off, What: what})
}

func (p *parser) doctype(decl []byte) {
	if p.root == rootNone && bytes.Contains(decl, []byte("etscape")) {
		p.first = "netscape"
	}
	if bytes.Contains(decl, []byte("PUBLIC")) || bytes.Contains(decl, []byte("SYSTEM")) {
		p.entities.lent = true // declared elsewhere, as Netscape did
	}
	p.entities.declare(decl)
}

// step takes one token. It returns false at the end of the document.
func (p *parser) step() bool {
	if p.overrun {
		p.popTo(1)
		return false
	}
	switch p.lex.next() {
	case tokStart:
		p.start()
	case tokEnd:
		p.end()
	case tokText:
		if len(p.frames) == 1 && !blank(p.lex.text) {
			p.stray()
		}
		p.addText()
	case tokEOF:
		if n := len(p.frames); n > 1 {
			p.problem(p.lex.base+int64(p.lex.pos), "the document ends inside <"+clip(p.frames[n-1].name.raw)+">")
			p.truncated()
		}
		for len(p.frames) > 1 {
			p.pop()
		}
		return false
	}
	return true
}

// truncated notes that elements are open where the document ends. That of <rss> alone says
// nothing: what there is to say stands in its channel.
func (p *parser) truncated() {
	if len(p.frames) == 2 && p.frames[1].key == "rss" && p.count > 0 {
		return
	}
	p.feed.Truncated = true
	for i := range p.frames {
		if p.frames[i].place == inEntry && p.entry != nil {
			p.entry.Truncated = true
		}
	}
}

// stray tells, once on either side, of text that stands outside of all elements.
func (p *parser) stray() {
	switch {
	case p.root == rootNone && !p.html:
		p.tellOnce("text before the feed")
	case p.root != rootNone:
		p.tellOnce("text after the feed")
	}
}

// tellOnce reports what a document would else be told of at each turn.
func (p *parser) tellOnce(what string) {
	if !slices.Contains(p.told, what) {
		p.told = append(p.told, what)
		p.problem(p.lex.off, what)
	}
}

func (p *parser) addText() {
	top := &p.frames[len(p.frames)-1]
	switch top.place {
	case inLeaf, inPart, inPerson, inImage:
	default:
		return
	}
	if p.skipped > 0 && p.capture < 0 {
		return
	}
	text := p.lex.text
	escape := p.capture >= 0 && (p.xhtml || len(p.inline) > 0)
	reference := 0 // where the first one may be
	if p.still && !escape && len(p.text) == top.text {
		if reference = len(text); !p.lex.literal {
			if n := bytes.IndexByte(text, '&'); n >= 0 {
				reference = n
			}
		}
		switch {
		case p.held == nil && blank(text): // before the text
			return
		case p.held == nil && len(text) <= p.limits.Text && reference == len(text):
			p.held = text
			return
		case p.held != nil && p.tail == nil && blank(text): // after a section, and most likely the last of it
			p.tail = text
			return
		}
	}
	p.flush()
	if room := p.limits.Text - (len(p.text) - top.text); len(text) > room {
		p.problem(p.lex.off, "text beyond the limit Text")
		for room = max(0, room); room > 0 && !utf8.RuneStart(text[room]); room-- {
		}
		text = text[:room]
	}
	switch {
	case p.lex.literal && escape:
		p.text = escapeText(p.text, text)
	case p.lex.literal:
		p.text = append(p.text, text...)
	case escape:
		p.scratch = p.entities.append(p.scratch[:0], text)
		p.text = escapeText(p.text, p.scratch)
	default:
		reference = min(reference, len(text))
		p.text = p.entities.append(append(p.text, text[:reference]...), text[reference:])
	}
}

// flush moves text that is held to where further text can follow it.
func (p *parser) flush() {
	if p.held != nil {
		p.text = append(append(p.text, p.held...), p.tail...)
		p.held, p.tail = nil, nil
	}
}

func blank(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// attrValue decodes the value of an attribute.
func (p *parser) attrValue(raw []byte) string {
	if bytes.IndexByte(raw, '&') >= 0 {
		p.scratch = p.entities.append(p.scratch[:0], raw)
		raw = p.scratch
	}
	return p.intern(p.cleaned(raw))
}

// cleaned is cleanBytes, telling of what is taken out. The result is good until scratch is
// used again.
func (p *parser) cleaned(b []byte) []byte {
	i := dirt(b)
	if i == len(b) {
		return b
	}
	if bytes.ContainsFunc(b[i:], func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff
	}) {
		p.tellOnce("characters that XML has no place for")
	}
	return cleanBytes(b, &p.scratch)
}

func (p *parser) start() {
	n := p.nameOf(p.lex.name)
	if p.capture >= 0 {
		if !p.breaksOut(n) {
			p.flush()
			p.startInline(n)
			return
		}
		p.problem(p.lex.off, "<"+clip(n.raw)+"> inside <"+clip(p.frames[p.capture].name.raw)+">, which is taken to have ended")
		p.popTo(p.capture)
	}
	if len(p.frames)+p.skipped >= p.limits.Depth {
		if !p.lex.selfClose {
			if p.skipped == 0 {
				p.problem(p.lex.off, "elements nested beyond the limit Depth")
			}
			p.skipped++
		}
		return
	}
	p.flush()
	depth := len(p.frames)
	base, lang := -1, -1
	for i := range p.lex.attrs {
		a := &p.lex.attrs[i]
		if len(a.name) < 5 || a.name[0]|0x20 != 'x' {
			continue
		}
		switch key := strings.ToLower(string(a.name)); {
		case key == "xmlns" || strings.HasPrefix(key, "xmlns:"):
			p.bind(n, strings.TrimPrefix(key[5:], ":"), p.attrValue(a.value), depth)
		case key == "xml:base":
			base = i
		case key == "xml:lang":
			lang = i
		}
	}
	key := p.keyOf(n)
	if p.root != rootNone {
		p.recover(key, n.sibling)
		if len(p.frames) < depth {
			depth = len(p.frames) // elements were closed
			for i := len(p.bindings) - 1; i >= 0 && p.bindings[i].depth > depth; i-- {
				p.bindings[i].depth = depth
			}
		}
	}
	parent := &p.frames[depth-1]
	owner, within := parent.place, parent.key
	f := p.push()
	f.name, f.key, f.place, f.owner, f.text, f.off = n, key, inNothing, owner, len(p.text), p.lex.off
	parent = &p.frames[depth-1] // push may have moved it
	f.base, f.lang = parent.base, parent.lang
	if base >= 0 {
		f.base = parseBase(f.base, p.attrValue(p.lex.attrs[base].value))
	}
	if lang >= 0 {
		f.lang = languageTag(p.attrValue(p.lex.attrs[lang].value))
	}
	switch {
	case p.root == rootNone:
		if !p.startRoot(f) {
			p.frames = p.frames[:depth]
			p.unbind(depth)
			return
		}
	case owner != inNothing && owner != inLeaf || key == "item" || key == "atom:entry":
		f.attrs = p.keepAttrs()
		f.place = p.open(f)
	case owner == inLeaf && parent.nests(key):
		f.owner = parent.owner
		f.attrs = p.keepAttrs()
		f.place = p.open(f)
	case owner == inLeaf && (within == "skiphours" || within == "skipdays"):
		f.place = inPart
	}
	if f.place == inLeaf && n.markup {
		p.capture = len(p.frames) - 1
		p.inline, p.wrapDiv, p.divStart, p.divEnd, p.marked = p.inline[:0], false, 0, 0, false
		p.xhtml = f.isXHTML()
	}
	if p.lex.selfClose {
		p.pop()
	}
}

// push opens a frame; its fields still are those of the last one there.
func (p *parser) push() *frame {
	n := len(p.frames)
	if n == cap(p.frames) {
		p.frames = append(p.frames, frame{})
	}
	p.frames = p.frames[:n+1]
	f := &p.frames[n]
	f.attrs = nil
	return f
}

// bind takes a namespace declaration on an element of the given name and depth.
func (p *parser) bind(n *name, prefix, uri string, depth int) {
	b := binding{prefix: prefix, canon: canonURI(uri), depth: depth}
	if prefix == "" && b.canon == "?" && (n.local == "rss" || n.local == "channel" || n.local == "feed" || n.local == "rdf") {
		b.canon = "" // a default namespace nobody knows, on the document itself
	}
	if b.canon == "?" && p.root == rootNone && prefix != "" {
		if c, ok := usual[prefix]; ok {
			b.canon = c // a misspelt URI
		}
	}
	if len(p.bindings) < maxNames {
		p.bindings = append(p.bindings, b)
		p.scope++
	}
}

// keepAttrs copies the attributes of the current tag, for as long as its element is open.
func (p *parser) keepAttrs() attrs {
	if len(p.lex.attrs) == 0 {
		return nil
	}
	first := len(p.attrs)
	for i := range p.lex.attrs {
		a := &p.lex.attrs[i]
		if len(a.name) >= 5 && string(a.name[:5]) == "xmlns" {
			continue
		}
		p.attrs = append(p.attrs, attr{p.nameOf(a.name).attrKey(), p.attrValue(a.value)})
	}
	return p.attrs[first:len(p.attrs):len(p.attrs)]
}

// attrKey is the local name, but for the few prefixed ones that mean something else.
func (n *name) attrKey() string {
	switch n.prefix {
	case "", "rdf":
		return n.local
	}
	return n.prefix + ":" + n.local
}

// rawAttr returns an attribute of the current tag.
func (p *parser) rawAttr(key string) string {
	for i := range p.lex.attrs {
		if a := &p.lex.attrs[i]; len(a.name) == len(key) && bytes.EqualFold(a.name, []byte(key)) {
			return p.attrValue(a.value)
		}
	}
	return ""
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func (p *parser) end() {
	raw := p.lex.name
	if f := &p.frames[len(p.frames)-1]; p.skipped == 0 && len(p.inline) == 0 && len(p.frames) > 1 && string(raw) == f.name.raw {
		p.pop() // as nearly all do
		return
	}
	if p.capture >= 0 {
		p.flush()
		if p.endInline(raw) {
			return
		}
	} else if p.skipped > 0 {
		p.skipped--
		return
	}
	for i := len(p.frames) - 1; i > 0; i-- {
		f := &p.frames[i]
		if string(raw) == f.name.raw || bytes.EqualFold(raw, []byte(f.name.raw)) {
			if i != len(p.frames)-1 {
				p.problem(p.lex.off, "</"+clip(string(raw))+"> before the end of <"+clip(p.frames[len(p.frames)-1].name.raw)+">")
			}
			p.popTo(i)
			return
		}
		if (f.place == inEntry || f.place == inFeed) && !closers[strings.ToLower(string(raw))] {
			break
		}
	}
	if len(p.frames) > 1 || p.root == rootNone && !p.html {
		if p.root != rootNone {
			p.problem(p.lex.off, "</"+clip(string(raw))+"> without a start")
		}
	}
}

// closers are the end tags that close an entry or the feed with all that is open in it.
var closers = set("item entry channel rss feed rdf:rdf")

// popTo closes the frames from i on.
func (p *parser) popTo(i int) {
	for len(p.frames) > i {
		p.pop()
	}
}

// pop closes the innermost element and hands on what it held.
func (p *parser) pop() {
	i := len(p.frames) - 1
	f := &p.frames[i]
	p.skipped = 0
	value := p.held
	if value == nil {
		value = p.text[min(f.text, len(p.text)):]
	}
	switch f.place {
	case inLeaf:
		if p.capture == i && p.held == nil {
			value = p.endCapture(f)
		}
		if f.name.markup {
			value = p.undoubled(value)
		}
		p.leaf(f, trim(p.cleaned(value)))
	case inNothing, inDocument:
	case inPart:
		p.flush()
		p.text = append(p.text, ' ')
		f.text = len(p.text)
	default:
		p.close(f, trim(p.cleaned(value)))
	}
	p.held, p.tail = nil, nil
	if p.capture == i {
		p.capture = -1
	}
	p.text = p.text[:min(f.text, len(p.text))]
	p.attrs = p.attrs[:len(p.attrs)-len(f.attrs)]
	p.frames = p.frames[:i]
	p.unbind(i)
}

// unbind ends the namespace declarations of the element at this depth.
func (p *parser) unbind(depth int) {
	n := len(p.bindings)
	if n == 0 || p.bindings[n-1].depth < depth {
		return
	}
	for n > 0 && p.bindings[n-1].depth >= depth {
		n--
	}
	p.bindings = p.bindings[:n]
	p.scope++
}
