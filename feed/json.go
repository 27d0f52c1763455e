package feed

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"parallax/feed/internal/date"
)

// A jsonParser reads a JSON Feed (versions 1.0 and 1.1) value by value. A value of a
// wrong type is passed over or read for what it means; what is no JSON is passed over,
// and where the document ends early, what was read until there stays.
type jsonParser struct {
	window
	*memory
	limits Limits
	base   *base
	lang   string
	feed   *Feed
	found  bool // a version was said
	in     jsonPlace
	odd    bool // something that is no JSON was met, and told
	commas int  // that look has passed over since a value
	within bool // a value came before, in the object or list that is open
	uneven bool // commas too many or too few were told
	count  int
	tally  tally
}

type jsonPlace uint8

const (
	jsonStart jsonPlace = iota
	jsonObject
	jsonItems
	jsonEnd
)

func newJSONParser(w window, o Options, m *memory) *jsonParser {
	lang, _, _ := strings.Cut(o.ContentLanguage, ",")
	p := &jsonParser{
		window: w, memory: m, limits: o.Limits.withDefaults(), base: parseBase(parseBase(nil, o.URL), o.ContentLocation),
		feed: &Feed{Format: JSON1}, lang: strings.TrimSpace(lang),
	}
	p.tally = tally{limits: p.limits, tell: p.reached}
	p.feed.Language = p.lang
	return p
}

func (p *jsonParser) problem(what string) {
	if len(p.feed.Problems) < p.limits.Problems {
		p.feed.Problems = append(p.feed.Problems, Problem{Offset: p.offset(), What: what})
	}
}

// reached reports a limit that a document reaches once at most.
func (p *jsonParser) reached(what string) {
	p.feed.Problems = append(p.feed.Problems, Problem{Offset: p.offset(), What: what})
}

// look passes over white space and commas and returns the character that follows, 0 at
// the end of the document.
func (p *jsonParser) look() byte {
	for {
		for p.pos < len(p.buf) {
			c := p.buf[p.pos]
			if c > ' ' && c != ',' && (c != 0xef || !bytes.HasPrefix(p.buf[p.pos:], []byte("\ufeff"))) {
				return c
			}
			switch c {
			case 0xef:
				p.pos += len("\ufeff")
				continue
			case ',':
				p.commas++
			}
			p.pos++
		}
		if !p.fill() {
			return 0
		}
	}
}

// next is look before a value or the end of the object or list that is open; it tells of
// commas that are too many or too few.
func (p *jsonParser) next() byte {
	p.commas = 0
	c := p.look()
	last := c == ']' || c == '}'
	if c != 0 && !p.uneven && p.commas != 0 != (p.within && !last) || p.commas > 1 && !p.uneven {
		p.uneven = true
		p.problem("commas too many or too few")
	}
	p.within = !last
	return c
}

// step reads one member of the feed or one item. It returns false at the end.
func (p *jsonParser) step() bool {
	switch p.in {
	case jsonStart:
		if p.look() != '{' {
			p.in = jsonEnd
			return false
		}
		p.pos++
		p.in = jsonObject
	case jsonObject:
		switch p.next() {
		case 0:
			return p.cut()
		case '}':
			p.in = jsonEnd
			return false
		case '"':
			return p.readMember()
		}
		p.oddity()
	case jsonItems:
		switch p.next() {
		case 0:
			return p.cut()
		case ']':
			p.pos++
			p.in, p.within = jsonObject, true // the list was a value
			return true
		case '}', ':':
			p.oddity()
			return true
		}
		if v, ok := p.value(); ok {
			p.item(v)
		}
		if p.count > p.limits.Entries && p.found {
			p.in = jsonEnd
			return false
		}
	case jsonEnd:
		return false
	}
	return true
}

// cut ends reading where the document ends too early.
func (p *jsonParser) cut() bool {
	p.in = jsonEnd
	p.feed.Truncated = true
	if p.rerr == nil {
		p.problem("the JSON ends early")
	}
	return false
}

// oddity passes over a character that has no place where it stands.
func (p *jsonParser) oddity() {
	if !p.odd {
		p.odd = true
		p.problem("something that is no JSON")
	}
	p.pos++
}

// readMember reads a member of the feed, but for its items, which it comes to.
func (p *jsonParser) readMember() bool {
	name, ok := p.value()
	if !ok {
		return true
	}
	key := knownKey(name)
	if p.look() != ':' {
		p.oddity()
		return true
	}
	p.pos++
	start := p.look()
	if key != "items" || start != '[' {
		v, ok := p.value()
		switch {
		case key == "items":
			p.problem("items is no list")
		case ok:
			p.member(key, v)
		}
		return true
	}
	p.pos++
	p.in, p.within = jsonItems, false
	return true
}

// value returns the value at pos, which is good until the next look, and passes over it;
// not ok if it is longer than the limit Text. Where the document ends inside it, it is
// what there is of it.
func (p *jsonParser) value() (v jsonValue, ok bool) {
	var s jsonScan
	long := false
	for !s.end(p.buf[p.pos:]) {
		if s.i > p.limits.Text { // do not keep what will not be read
			long = true
			p.pos += s.i
			s.i = 0
		}
		if !p.fill() {
			p.feed.Truncated = true
			break
		}
	}
	v = jsonValue(p.buf[p.pos : p.pos+s.i])
	p.pos += s.i
	if long || s.i > p.limits.Text {
		p.problem("a value beyond the limit Text")
		return nil, false
	}
	return v, true
}

// member takes what the feed says of itself.
func (p *jsonParser) member(key string, v jsonValue) {
	f := p.feed
	switch key {
	case "version":
		if s := p.jsonText(v); strings.Contains(s, "jsonfeed.org/version/") {
			p.found = true
			if f.Format = JSON1; strings.HasSuffix(s, "/1.1") {
				f.Format = JSON11
			}
		}
	case "title":
		f.Title = PlainText(p.jsonText(v))
	case "home_page_url":
		if f.Link = resolve(p.base, p.jsonText(v)); f.Link != "" {
			keep(&p.tally, &f.Links, Link{URL: f.Link, Rel: "alternate"})
		}
	case "feed_url":
		if f.Self = resolve(p.base, p.jsonText(v)); f.Self != "" {
			if f.ID == "" {
				f.ID = f.Self
			}
			keep(&p.tally, &f.Links, Link{URL: f.Self, Rel: "self"})
			if p.base == nil {
				p.base = parseBase(nil, f.Self)
			}
		}
	case "next_url":
		if f.Next = resolve(p.base, p.jsonText(v)); f.Next != "" {
			keep(&p.tally, &f.Links, Link{URL: f.Next, Rel: "next"})
		}
	case "description":
		f.Description = PlainText(p.jsonText(v))
	case "icon":
		if f.Logo = resolve(p.base, p.jsonText(v)); f.Logo != "" {
			f.Image = &Image{URL: f.Logo}
		}
	case "favicon":
		f.Icon = resolve(p.base, p.jsonText(v))
	case "language":
		f.Language = p.jsonText(v)
	case "author", "authors":
		p.people(&f.Authors, key, v)
	case "expired":
		f.Ended = string(v) == "true"
	case "_parallax":
		var m jsonFeedMore
		p.more(v, &m)
		m.give(f)
	case "hubs":
		list := v.elements()
		for hub, ok := list.next(); ok; hub, ok = list.next() {
			m := hub.members()
			for key, v, ok := m.member(); ok; key, v, ok = m.member() {
				if u := resolve(p.base, p.jsonText(v)); key == "url" && u != "" {
					keep(&p.tally, &f.Hubs, u)
					keep(&p.tally, &f.Links, Link{URL: u, Rel: "hub"})
				}
			}
		}
	}
}

// people reads authors; the list of 1.1 counts before the one of 1.0.
func (p *jsonParser) people(to *[]Person, key string, v jsonValue) {
	var out []Person
	if list := v.elements(); list != nil {
		for one, ok := list.next(); ok; one, ok = list.next() {
			p.person(&out, one)
		}
	} else {
		p.person(&out, v)
	}
	if len(out) > 0 && (key == "authors" || len(*to) == 0) {
		*to = out
	}
}

func (p *jsonParser) person(to *[]Person, v jsonValue) {
	var who Person
	if m := v.members(); m != nil {
		for key, v, ok := m.member(); ok; key, v, ok = m.member() {
			switch key {
			case "name":
				who.Name = p.jsonText(v)
			case "url":
				who.URL = resolve(p.base, p.jsonText(v))
			case "avatar":
				who.Image = resolve(p.base, p.jsonText(v))
			}
		}
		if mail, ok := strings.CutPrefix(who.URL, "mailto:"); ok {
			who.URL, who.Email = "", mail
		}
	} else {
		who = personOf(p.jsonText(v))
	}
	if who != (Person{}) {
		keep(&p.tally, to, who)
	}
}

func (p *jsonParser) item(v jsonValue) {
	m := v.members()
	if m == nil {
		p.problem("an item that is no object")
		return
	}
	if p.count >= p.limits.Entries {
		if p.count == p.limits.Entries {
			p.reached(tooMany(p.limits.Entries))
			p.count++
		}
		return
	}
	p.count++
	e := &Entry{Language: p.lang, Truncated: p.feed.Truncated}
	var external, image, banner, text string
	for key, v, ok := m.member(); ok; key, v, ok = m.member() {
		switch key {
		case "id":
			e.ID = p.jsonText(v)
		case "url":
			e.Link = resolve(p.base, p.jsonText(v))
		case "external_url":
			external = resolve(p.base, p.jsonText(v))
		case "title":
			e.Title = PlainText(p.jsonText(v))
		case "summary":
			e.Summary = PlainText(p.jsonText(v))
		case "content_html":
			e.Content = Text{p.jsonText(v), HTML, p.base.String()}
		case "content_text":
			text = p.jsonText(v)
		case "language":
			if lang := p.jsonText(v); lang != "" {
				e.Language = lang
			}
		case "image":
			image = resolve(p.base, p.jsonText(v))
		case "banner_image":
			banner = resolve(p.base, p.jsonText(v))
		case "author", "authors":
			p.people(&e.Authors, key, v)
		case "tags":
			tags := v.elements()
			for tag, ok := tags.next(); ok; tag, ok = tags.next() {
				if term := p.jsonText(tag); term != "" {
					keep(&p.tally, &e.Categories, Category{Term: term})
				}
			}
		case "date_published":
			e.Published = p.date(p.jsonText(v))
		case "date_modified":
			e.Updated = p.date(p.jsonText(v))
		case "attachments":
			files := v.elements()
			for file, ok := files.next(); ok; file, ok = files.next() {
				p.attachment(e, file)
			}
		case "_parallax":
			p.extension(e, v)
		}
	}
	if e.Link != "" {
		keep(&p.tally, &e.Links, Link{URL: e.Link, Rel: "alternate"})
		e.IDIsLink = e.Link == e.ID
	}
	if external != "" {
		keep(&p.tally, &e.Links, Link{URL: external, Rel: "related"})
		if e.Link == "" {
			e.Link = external
		}
	}
	if e.Content.IsZero() {
		e.Content = PlainText(text)
	}
	if image == "" {
		image = banner
	}
	if image != "" {
		e.Image = &Image{URL: image}
	} else {
		e.Image = e.picture()
	}
	p.ready = append(p.ready, e)
}

func (p *jsonParser) attachment(e *Entry, v jsonValue) {
	var x Enclosure
	m := v.members()
	for key, v, ok := m.member(); ok; key, v, ok = m.member() {
		switch key {
		case "url":
			x.URL = resolve(p.base, p.jsonText(v))
		case "mime_type":
			x.Type = p.jsonText(v)
		case "size_in_bytes":
			x.Length = p.jsonText(v)
		case "title":
			x.Title = p.jsonText(v)
		case "duration_in_seconds":
			if e.Duration == "" {
				e.Duration = p.jsonText(v)
			}
		}
	}
	if x.URL != "" {
		keep(&p.tally, &e.Enclosures, x)
	}
}

func (p *jsonParser) date(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, note, ok := date.Parse(s)
	if !ok {
		note = "no date"
	}
	if note != "" {
		p.problem(note + ": " + strconv.Quote(clip(s)))
	}
	return t
}

// extension reads our own object.
func (p *jsonParser) extension(e *Entry, v jsonValue) {
	px := v.members()
	rest := false
	for key, v, ok := px.member(); ok; key, v, ok = px.member() {
		switch key {
		default:
			rest = true
		case "notes":
			notes := v.elements()
			for note, ok := notes.next(); ok; note, ok = notes.next() {
				p.note(e, note)
			}
		case "source":
			p.source(e, v)
		}
	}
	if rest {
		var m jsonMore
		p.more(v, &m)
		m.give(e)
	}
}

func (p *jsonParser) note(e *Entry, v jsonValue) {
	m := v.members()
	if m == nil {
		return
	}
	var n Note
	for key, v, ok := m.member(); ok; key, v, ok = m.member() {
		switch key {
		case "name":
			n.Name = p.jsonText(v)
		case "text":
			n.Text = p.jsonText(v)
		case "url":
			n.URL = resolve(p.base, p.jsonText(v))
		}
	}
	keep(&p.tally, &e.Notes, n)
}

func (p *jsonParser) source(e *Entry, v jsonValue) {
	m := v.members()
	if m == nil {
		return
	}
	e.Source = &Feed{}
	for key, v, ok := m.member(); ok; key, v, ok = m.member() {
		switch key {
		case "id":
			e.Source.ID = p.jsonText(v)
		case "title":
			e.Source.Title = PlainText(p.jsonText(v))
		case "url":
			e.Source.Link = resolve(p.base, p.jsonText(v))
		case "feed_url":
			e.Source.Self = resolve(p.base, p.jsonText(v))
		}
	}
}
