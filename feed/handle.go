package feed

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"parallax/feed/internal/charset"
	"parallax/feed/internal/date"
)

// ranks remember how good the present value of a field is: a better-named element
// overrides a worse one, wherever it stands; of equals the first counts.
type ranks struct {
	id, title, summary, content, link, published, updated, rights, lang, image, authors, publisher uint8
}

func better(r *uint8, rank uint8) bool {
	if rank <= *r {
		return false
	}
	*r = rank
	return true
}

// open starts an element and says what its children belong to.
func (p *parser) open(f *frame) place {
	key := f.key
	switch key {
	case "":
		return inNothing
	case "channel":
		if p.root == rootCDF && f.owner == inFeed {
			return inFeed // channels within the channel
		}
		return p.openChannel(f)
	case "item", "atom:entry":
		return p.openEntry(f)
	case "itunes:owner":
		p.person = &Person{}
		return inPerson
	}
	switch f.owner {
	case inFeed, inSource, inEntry:
		if to, ok := p.rarePlace(f); ok {
			return to
		}
	case inDocument: // RSS 1.0 and 0.90 have these beside the channel
		switch key {
		case "image":
			p.image = &Image{URL: resolve(f.base, f.attrs.get("about"))}
			return inImage
		case "textinput":
			return inTextInput
		}
		return inNothing
	case inMedia:
		if key == "media:thumbnail" {
			p.thumbnail(f)
		}
		return inLeaf
	case inDeleted:
		if key == "at:by" {
			p.person = &Person{}
			return inPerson
		}
		return inLeaf
	default:
		return inLeaf
	}
	switch key {
	case "image":
		p.image = &Image{URL: resolve(f.base, f.attrs.get("resource"))}
		return inImage
	case "textinput":
		return inTextInput
	case "atom:author", "atom:contributor", "author", "contributor":
		p.person = &Person{}
		return inPerson
	case "atom:source":
		if f.owner == inEntry {
			p.source, p.sr = &Feed{}, ranks{}
			return inSource
		}
	case "media:content":
		p.openMedia(f)
		return inMedia
	case "media:thumbnail":
		p.thumbnail(f)
	case "itunes:category":
		if term := strings.TrimSpace(f.attrs.get("text")); term != "" {
			if c := p.common(f.owner); c != nil {
				keep(&p.tally, c.categories, Category{Term: term, Scheme: itunesScheme})
			}
		}
	case "at:deleted-entry":
		when, _ := p.date(f.attrs.get("when"))
		p.deleted = &Deleted{ID: strings.TrimSpace(f.attrs.get("ref")), When: when}
		return inDeleted
	}
	return inLeaf
}

func (p *parser) openChannel(f *frame) place {
	if p.root == rootCDF {
		link := resolve(f.base, f.attrs.get("href"))
		if b := f.attrs.get("base"); b != "" {
			f.base = parseBase(f.base, b)
		}
		if link != "" && better(&p.fr.link, 2) {
			p.feed.Link = link
			keep(&p.tally, &p.feed.Links, Link{URL: link, Rel: "alternate"})
		}
		if t, ok := p.date(f.attrs.get("lastmod")); ok {
			p.feed.Updated = t
		}
	}
	if about := f.attrs.get("about"); about != "" && better(&p.fr.id, 1) {
		p.feed.ID = strings.TrimSpace(about)
	}
	if p.feed.Language == "" {
		p.feed.Language = f.lang
	}
	return inFeed
}

func (p *parser) openEntry(f *frame) place {
	if p.entry != nil {
		p.finishEntry()
	}
	if p.count >= p.limits.Entries {
		if !p.overrun {
			p.overrun = true
			p.reached(f.off, tooMany(p.limits.Entries))
		}
		return inNothing
	}
	p.count++
	p.entry, p.er = &Entry{Language: f.lang}, ranks{}
	e := p.entry
	if f.key == "item" && (f.attrs.has("href") || f.attrs.has("lastmod")) { // CDF
		if p.feed.Format == RSS {
			p.feed.Format = CDF
		}
		if link := resolve(f.base, f.attrs.get("href")); link != "" {
			e.Link, p.er.link = link, 2
			keep(&p.tally, &e.Links, Link{URL: link, Rel: "alternate"})
		}
		if t, ok := p.date(f.attrs.get("lastmod")); ok {
			e.Updated = t
		}
	}
	if about := strings.TrimSpace(f.attrs.get("about")); about != "" {
		e.ID, p.er.id = about, 1
	}
	return inEntry
}

// finishEntry hands an entry on.
func (p *parser) finishEntry() {
	e := p.entry
	p.entry = nil
	if e == nil {
		return
	}
	if e.Link == "" && e.IDIsLink && absolute(e.ID) {
		e.Link = resolve(nil, e.ID)
		keep(&p.tally, &e.Links, Link{URL: e.Link, Rel: "alternate"})
	}
	if e.Link != "" && !absolute(e.Link) {
		if base := parseBase(nil, p.feed.Link); base != nil {
			said := e.Link
			e.Link = resolve(base, said)
			for i := range e.Links {
				if e.Links[i].URL == said {
					e.Links[i].URL = e.Link
				}
			}
		}
	}
	p.finishRare(e)
	if e.Image == nil {
		e.Image = e.picture()
	}
	p.ready = append(p.ready, e)
}

// picture chooses the picture that stands for an entry that names none.
func (e *Entry) picture() *Image {
	for _, m := range e.Media {
		if m.URL != "" && (m.Medium == "image" || m.Medium == "" && strings.HasPrefix(m.Type, "image/")) {
			return &Image{URL: m.URL, Title: m.Title, Description: m.Description, Width: m.Width, Height: m.Height}
		}
	}
	if len(e.Thumbnails) > 0 {
		t := &e.Thumbnails[0]
		return &Image{URL: t.URL, Width: t.Width, Height: t.Height}
	}
	for _, x := range e.Enclosures {
		if strings.HasPrefix(x.Type, "image/") {
			return &Image{URL: x.URL}
		}
	}
	return nil
}

// close ends an element that has children.
func (p *parser) close(f *frame, value []byte) {
	if f.key == "media:group" && f.owner == inEntry {
		p.closeGroup()
	}
	switch f.place {
	case inEntry:
		if f.key == "item" || f.key == "atom:entry" {
			p.finishEntry()
		}
	case inSource:
		if f.key == "atom:source" && p.entry != nil && p.source != nil {
			p.entry.Source, p.source = p.source, nil
		}
	case inPerson:
		p.closePerson(f, p.str(value))
	case inImage:
		p.closeImage(f, p.str(value))
	case inMedia:
		p.closeMedia()
	case inTextInput:
		p.closeInput(f)
	case inDeleted:
		if d := p.deleted; d != nil && d.ID != "" {
			p.bury(f, *d)
		}
		p.deleted = nil
	}
}

// bury adds a deleted entry, unless there are enough.
func (p *parser) bury(f *frame, d Deleted) {
	if len(p.feed.Deleted) < p.limits.Deleted {
		p.feed.Deleted = append(p.feed.Deleted, d)
	} else if !p.buried {
		p.buried = true
		p.reached(f.off, "more deleted entries than the limit Deleted")
	}
}

func (p *parser) closePerson(f *frame, value string) {
	who := p.person
	p.person = nil
	if who == nil {
		return
	}
	rank := uint8(4)
	if *who == (Person{}) {
		if *who = personOf(value); f.key == "author" {
			rank = 3 // as dc:creator and the like
		}
	}
	if *who == (Person{}) {
		return
	}
	if f.key == "at:by" && p.deleted != nil {
		p.deleted.By = *who
		return
	}
	c := p.common(f.owner)
	if c == nil {
		return
	}
	switch f.key {
	case "atom:contributor", "contributor":
		keep(&p.tally, c.contributors, *who)
	case "itunes:owner":
		if better(&c.ranks.publisher, 2) {
			*c.publisher = who
		}
	default:
		p.addPerson(c, *who, rank)
	}
}

func (p *parser) closeImage(f *frame, value string) {
	img := p.image
	p.image = nil
	if img == nil {
		return
	}
	if img.URL == "" && (absolute(value) || strings.HasPrefix(value, "/")) {
		img.URL = resolve(f.base, value)
	}
	if img.URL == "" && (f.owner == inEntry || img.Title == "" && img.Link == "") {
		return
	}
	owner, rank := f.owner, uint8(2)
	if owner == inDocument {
		owner = inFeed
	} else if f.attrs.has("resource") {
		rank = 1 // RSS 1.0 §5.3.4: only a reference to the image beside the channel
	}
	if c := p.common(owner); c != nil && better(&c.ranks.image, rank) {
		*c.image = img
	}
}

// common are the fields that feeds and entries share.
type common struct {
	id                    *string
	title, rights         *Text
	link, lang, license   *string
	links                 *[]Link
	authors, contributors *[]Person
	publisher             **Person
	categories            *[]Category
	published, updated    *time.Time
	created               *time.Time
	image                 **Image
	block                 *bool
	explicit              *string
	ranks                 *ranks
}

// common returns the fields of what elements in the given place belong to, until it
// is called again; nil if there is nothing there.
func (p *parser) common(in place) *common {
	f, r := p.feed, &p.fr
	switch in {
	case inEntry:
		e := p.entry
		if e == nil {
			return nil
		}
		if p.shared.title == &e.Title {
			return &p.shared // as it was for the last leaf
		}
		p.shared = common{
			id: &e.ID, title: &e.Title, rights: &e.Rights, link: &e.Link, lang: &e.Language, license: &e.License, links: &e.Links,
			authors: &e.Authors, contributors: &e.Contributors, publisher: &e.Publisher, categories: &e.Categories,
			published: &e.Published, updated: &e.Updated, created: &e.Created, image: &e.Image, block: &e.Block, explicit: &e.Explicit,
			ranks: &p.er,
		}
		return &p.shared
	case inSource:
		if p.source == nil {
			return nil
		}
		f, r = p.source, &p.sr
	case inFeed:
	default:
		return nil
	}
	p.shared = common{
		id: &f.ID, title: &f.Title, rights: &f.Rights, link: &f.Link, lang: &f.Language, license: &f.License, links: &f.Links,
		authors: &f.Authors, contributors: &f.Contributors, publisher: &f.Publisher, categories: &f.Categories,
		published: &f.Published, updated: &f.Updated, created: &f.Created, image: &f.Image, block: &f.Block, explicit: &f.Explicit,
		ranks: r,
	}
	return &p.shared
}

// addPerson adds an author; those of a higher rank replace those of a lower.
func (p *parser) addPerson(c *common, who Person, rank uint8) {
	if who == (Person{}) || rank < c.ranks.authors {
		return
	}
	if rank > c.ranks.authors {
		c.ranks.authors, *c.authors = rank, nil
	}
	if !slices.Contains(*c.authors, who) {
		keep(&p.tally, c.authors, who)
	}
}

// personOf reads "a@b.example (Name)", "Name <a@b.example>", "Name (a@b.example)",
// an address or a name alone.
func personOf(s string) Person {
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(s, "mailto:")
	at := strings.IndexByte(s, '@')
	if at < 0 {
		return Person{Name: collapse(s)}
	}
	start, end := at, at
	for start > 0 && !strings.ContainsRune(" \t\n<(;,\"[", rune(s[start-1])) {
		start--
	}
	for end < len(s) && !strings.ContainsRune(" \t\n>);,\"]", rune(s[end])) {
		end++
	}
	email := s[start:end]
	if start == at || !strings.Contains(s[at:end], ".") && end-at < 3 {
		return Person{Name: collapse(s)}
	}
	rest := strings.TrimSpace(s[:start]) + " " + strings.TrimSpace(s[end:])
	if strings.ContainsAny(rest, "<(") {
		rest = emptied.Replace(rest)
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		rest = rest[1 : len(rest)-1]
	}
	return Person{Name: collapse(strings.Trim(rest, " \t\n<>\"")), Email: strings.TrimPrefix(email, "mailto:")}
}

// emptied drops the brackets that an address leaves behind.
var emptied = strings.NewReplacer("<>", " ", "()", " ", "< >", " ", "( )", " ")

// collapse makes one space of each run of white space, none at the ends.
func collapse(s string) string {
	if collapsed(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// collapsed says of most of what is collapsed that it is.
func collapsed(s string) bool {
	space := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ', c == 0xc2, c >= 0xe1 && c <= 0xe3: // U+0085, U+00A0 and those from U+1680 on start so
			return false
		}
		space = false
	}
	return !space || s == ""
}

// dateOf is date for text that need not become a string.
func (p *parser) dateOf(b []byte) (time.Time, bool) {
	if t, ok := date.Common(b); ok {
		return t, true
	}
	return p.date(string(b))
}

// date reads a date, noting what is odd about it.
func (p *parser) date(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, false
	}
	t, note, ok := date.Parse(s)
	if !ok {
		p.problem(p.lex.off, "no date: "+strconv.Quote(clip(s)))
		return t, false
	}
	if note != "" {
		p.problem(p.lex.off, note+": "+strconv.Quote(clip(s)))
	}
	return t, true
}

// atomText reads an Atom text construct.
func (p *parser) atomText(f *frame, value string) Text {
	t := mediaType(f.attrs.get("type"))
	mode := f.attrs.get("mode")
	textual := t == "" || t == "text" || t == "html" || t == "xhtml" || strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "xml")
	// Without a slash it is no media type, and the text is what it says: "markdown".
	if mode == "base64" || mode == "" && !textual && strings.Contains(t, "/") {
		var ok bool
		if value, ok = p.base64(f, value); ok && !textual {
			return f.guess(value)
		}
	}
	switch {
	case t == "html" || t == "xhtml" || t == "text/html" || strings.HasSuffix(t, "xml"):
		return f.html(value)
	case p.markedBy(f):
		return f.html(value)
	case t == "" && p.feed.Format != Atom10, t == "" && f.key == "atom:content", t == "" && f.key == "atom:summary":
		return f.guess(value) // publishers who leave the type out mean what they see in RSS
	}
	return PlainText(value)
}

// base64 decodes the text of an element that is in base64, in which feeds leave out
// the padding and break lines. ok is false if it is not.
func (p *parser) base64(f *frame, value string) (text string, ok bool) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.Join(strings.Fields(value), ""), "="))
	if err != nil {
		p.problem(f.off, "text that is no base64")
		return value, false
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", true // a picture or the like
	}
	return strings.TrimSpace(string(cleanBytes(charset.Repaired(raw), nil))), true
}

// markedBy says that there was markup, not only escaped, in the element that closes.
func (p *parser) markedBy(f *frame) bool {
	return p.capture >= 0 && &p.frames[p.capture] == f && p.marked
}

// html returns s as markup inside the element.
func (f *frame) html(s string) Text { return Text{s, HTML, f.base.String()} }

// guess is guessText for text of the element.
func (f *frame) guess(s string) Text {
	t := guessText(s)
	if t.Type == HTML {
		t.Base = f.base.String()
	}
	return t
}

// guessText decides whether text of unknown kind is markup: it is if it has a tag or
// a character reference.
func guessText(s string) Text {
	if looksHTML(s) {
		return HTMLText(s)
	}
	return PlainText(s)
}

// looksHTML looks at each < and each & once, however many there are.
func looksHTML(s string) bool {
	lt, amp, closing := strings.IndexByte(s, '<'), strings.IndexByte(s, '&'), -1
	if lt >= 0 {
		closing = strings.LastIndexByte(s, '>')
	}
	for lt >= 0 && lt < closing {
		if c := s[lt+1]; isLetter(c) || c == '/' || c == '!' {
			return true
		}
		lt = indexFrom(s, '<', lt+1)
	}
	for amp >= 0 && amp+2 < len(s) {
		if c := s[amp+1]; c == '#' || isLetter(c) {
			if semi := strings.IndexByte(s[amp:min(len(s), amp+longestEntity)], ';'); semi > 0 {
				if _, ok := new(entities).reference(nil, []byte(s[amp+1:amp+semi])); ok {
					return true
				}
			}
		}
		amp = indexFrom(s, '&', amp+1)
	}
	return false
}

// indexFrom returns where c is in s from i on, -1 if nowhere.
func indexFrom(s string, c byte, i int) int {
	if n := strings.IndexByte(s[i:], c); n >= 0 {
		return i + n
	}
	return -1
}

// resolve makes a reference of the element absolute.
func (f *frame) resolve(ref string) string { return resolve(f.base, ref) }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
