package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A jsonParser reads a JSON Feed (versions 1.0 and 1.1) value by value. A value of a
// wrong type is passed over or read for what it means; only syntax stops it, and what
// was read until there stays.
type jsonParser struct {
	dec    *json.Decoder
	src    *jsonSource
	limits Limits
	base   *url.URL
	lang   string
	feed   *Feed
	ready  []*Entry
	found  bool // a version, or items
	in     jsonPlace
	count  int
	tally  tally
	rerr   error
}

type jsonPlace uint8

const (
	jsonStart jsonPlace = iota
	jsonObject
	jsonItems
	jsonEnd
)

func newJSONParser(r io.Reader, o Options) *jsonParser {
	src := &jsonSource{r: r}
	lang, _, _ := strings.Cut(o.ContentLanguage, ",")
	p := &jsonParser{
		dec: json.NewDecoder(src), src: src, limits: o.Limits.withDefaults(), base: parseBase(parseBase(nil, o.URL), o.ContentLocation),
		feed: &Feed{Format: JSON1}, lang: strings.TrimSpace(lang),
	}
	p.dec.UseNumber()
	p.tally = tally{limits: p.limits, tell: p.reached}
	p.feed.Language = p.lang
	return p
}

// A jsonSource makes control characters into spaces: JSON forbids them in strings,
// and publishers leave line breaks there; outside strings white space is free.
type jsonSource struct {
	r     io.Reader
	err   error
	begun bool
}

func (s *jsonSource) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	for i, c := range b[:n] {
		if c < ' ' {
			b[i] = ' '
		}
	}
	if !s.begun && n >= 3 && string(b[:3]) == "\ufeff" {
		b[0], b[1], b[2] = ' ', ' ', ' '
	}
	s.begun = s.begun || n > 0
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func (p *jsonParser) problem(what string) {
	if len(p.feed.Problems) < p.limits.Problems {
		p.feed.Problems = append(p.feed.Problems, Problem{Offset: p.dec.InputOffset(), What: what})
	}
}

// reached reports a limit that a document reaches once at most.
func (p *jsonParser) reached(what string) {
	p.feed.Problems = append(p.feed.Problems, Problem{Offset: p.dec.InputOffset(), What: what})
}

// fail ends reading.
func (p *jsonParser) fail(err error) bool {
	p.in = jsonEnd
	if p.src.err != nil {
		p.rerr = p.src.err
		return false
	}
	p.problem("the JSON ends early: " + err.Error())
	return false
}

func (p *jsonParser) step() bool {
	switch p.in {
	case jsonStart:
		tok, err := p.dec.Token()
		if err != nil {
			return p.fail(err)
		}
		if tok != json.Delim('{') {
			p.in = jsonEnd
			return false
		}
		p.in = jsonObject
	case jsonObject:
		if !p.dec.More() {
			if _, err := p.dec.Token(); err != nil {
				return p.fail(err)
			}
			p.in = jsonEnd
			return false
		}
		tok, err := p.dec.Token()
		if err != nil {
			return p.fail(err)
		}
		key, _ := tok.(string)
		if key == "items" {
			return p.openItems()
		}
		v, ok, err := p.value()
		if err != nil {
			return p.fail(err)
		}
		if ok {
			p.member(key, v)
		}
	case jsonItems:
		if !p.dec.More() {
			if _, err := p.dec.Token(); err != nil {
				return p.fail(err)
			}
			p.in = jsonObject
			return true
		}
		v, ok, err := p.value()
		if err != nil {
			return p.fail(err)
		}
		if ok {
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

// value reads one value. It is passed over, and ok false, if it holds more values than
// the limit: two bytes of JSON take a hundred in memory.
func (p *jsonParser) value() (v any, ok bool, err error) {
	var raw json.RawMessage
	if err := p.dec.Decode(&raw); err != nil {
		return nil, false, err
	}
	if p.in == jsonItems && p.count > p.limits.Entries {
		return nil, false, nil // read only because the version may still come
	}
	values, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case !quoted && (c == ',' || c == '[' || c == '{'):
			values++
		}
	}
	if values > p.limits.Values {
		p.problem("a value of more parts than the limit Values")
		return nil, false, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, false, err
	}
	return v, true, nil
}

func (p *jsonParser) openItems() bool {
	tok, err := p.dec.Token()
	if err != nil {
		return p.fail(err)
	}
	switch tok {
	case json.Delim('['):
		p.in = jsonItems
	case json.Delim('{'):
		p.in = jsonEnd
		p.problem("items is an object, not a list")
		return false
	}
	return true
}

// member takes what the feed says of itself.
func (p *jsonParser) member(key string, v any) {
	f := p.feed
	s := jsonString(v)
	switch key {
	case "version":
		if strings.Contains(s, "jsonfeed.org/version/") {
			p.found = true
			if f.Format = JSON1; strings.HasSuffix(s, "/1.1") {
				f.Format = JSON11
			}
		}
	case "title":
		f.Title = PlainText(s)
	case "home_page_url":
		if f.Link = resolve(p.base, s); f.Link != "" {
			keep(&p.tally, &f.Links, Link{URL: f.Link, Rel: "alternate"})
		}
	case "feed_url":
		if f.Self = resolve(p.base, s); f.Self != "" {
			f.ID = f.Self
			keep(&p.tally, &f.Links, Link{URL: f.Self, Rel: "self"})
			if p.base == nil {
				p.base = parseBase(nil, f.Self)
			}
		}
	case "next_url":
		if f.Next = resolve(p.base, s); f.Next != "" {
			keep(&p.tally, &f.Links, Link{URL: f.Next, Rel: "next"})
		}
	case "description":
		f.Description = PlainText(s)
	case "icon":
		if f.Logo = resolve(p.base, s); f.Logo != "" {
			f.Image = &Image{URL: f.Logo}
		}
	case "favicon":
		f.Icon = resolve(p.base, s)
	case "language":
		f.Language = s
	case "author", "authors":
		p.people(&f.Authors, key, v)
	case "hubs":
		list, _ := v.([]any)
		for _, hub := range list {
			m, _ := hub.(map[string]any)
			if u := resolve(p.base, jsonString(m["url"])); u != "" {
				keep(&p.tally, &f.Hubs, u)
				keep(&p.tally, &f.Links, Link{URL: u, Rel: "hub"})
			}
		}
	}
}

// people reads authors; the list of 1.1 counts before the one of 1.0.
func (p *jsonParser) people(to *[]Person, key string, v any) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []Person
	for _, one := range list {
		var who Person
		if m, ok := one.(map[string]any); ok {
			who = Person{Name: jsonString(m["name"]), URL: resolve(p.base, jsonString(m["url"])), Image: resolve(p.base, jsonString(m["avatar"]))}
			if mail, ok := strings.CutPrefix(who.URL, "mailto:"); ok {
				who.URL, who.Email = "", mail
			}
		} else {
			who = personOf(jsonString(one))
		}
		if who != (Person{}) {
			keep(&p.tally, &out, who)
		}
	}
	if key == "authors" || len(*to) == 0 {
		if len(out) > 0 {
			*to = out
		}
	}
}

func (p *jsonParser) item(v any) {
	m, ok := v.(map[string]any)
	if !ok {
		p.problem(fmt.Sprintf("an item that is no object but %T", v))
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
	text := func(key string) string { return jsonString(m[key]) }
	link := func(key string) string { return resolve(p.base, text(key)) }
	e := &Entry{
		ID: text("id"), Link: link("url"), Title: PlainText(text("title")), Language: text("language"), Base: baseString(p.base),
	}
	if e.Language == "" {
		e.Language = p.lang
	}
	if e.Link != "" {
		keep(&p.tally, &e.Links, Link{URL: e.Link, Rel: "alternate"})
		e.IDIsLink = e.Link == e.ID
	}
	if u := link("external_url"); u != "" {
		keep(&p.tally, &e.Links, Link{URL: u, Rel: "related"})
		if e.Link == "" {
			e.Link = u
		}
	}
	e.Summary = PlainText(text("summary"))
	if e.Content = HTMLText(text("content_html")); e.Content.IsZero() {
		e.Content = PlainText(text("content_text"))
	}
	if u := link("image"); u != "" {
		e.Image = &Image{URL: u}
	} else if u := link("banner_image"); u != "" {
		e.Image = &Image{URL: u}
	}
	p.people(&e.Authors, "author", m["author"])
	p.people(&e.Authors, "authors", m["authors"])
	tags, _ := m["tags"].([]any)
	for _, tag := range tags {
		if term := jsonString(tag); term != "" {
			keep(&p.tally, &e.Categories, Category{Term: term})
		}
	}
	e.Published, e.Updated = p.date(text("date_published")), p.date(text("date_modified"))
	files, _ := m["attachments"].([]any)
	for _, file := range files {
		a, _ := file.(map[string]any)
		x := Enclosure{URL: resolve(p.base, jsonString(a["url"])), Type: jsonString(a["mime_type"]), Length: jsonString(a["size_in_bytes"]), Title: jsonString(a["title"])}
		if x.URL != "" {
			keep(&p.tally, &e.Enclosures, x)
		}
	}
	p.extension(e, m)
	if e.Image == nil {
		e.Image = e.picture()
	}
	p.ready = append(p.ready, e)
}

func (p *jsonParser) date(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, note, ok := parseDate(s)
	if !ok {
		note = "no date"
	}
	if note != "" {
		p.problem(note + ": " + strconv.Quote(clip(s)))
	}
	return t
}

// extension reads our own object.
func (p *jsonParser) extension(e *Entry, m map[string]any) {
	px, _ := m["_parallax"].(map[string]any)
	notes, _ := px["notes"].([]any)
	for _, one := range notes {
		if n, ok := one.(map[string]any); ok {
			keep(&p.tally, &e.Notes, Note{Name: jsonString(n["name"]), Text: jsonString(n["text"]), URL: resolve(p.base, jsonString(n["url"]))})
		}
	}
	if s, ok := px["source"].(map[string]any); ok {
		e.Source = &Feed{
			ID: jsonString(s["id"]), Title: PlainText(jsonString(s["title"])),
			Link: resolve(p.base, jsonString(s["url"])), Self: resolve(p.base, jsonString(s["feed_url"])),
		}
	}
}

// jsonString reads a string, or a number where one should have been.
func jsonString(v any) string {
	switch v := v.(type) {
	case string:
		return tidy(v)
	case json.Number:
		if f, err := v.Float64(); err == nil && f == float64(int64(f)) && strings.ContainsAny(v.String(), "eE.") {
			return strconv.FormatInt(int64(f), 10)
		}
		return v.String()
	}
	return ""
}
