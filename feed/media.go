package feed

import (
	"slices"
	"strings"
)

// A Media is one media:content (Media RSS 1.5), with what its group and its entry say
// of all of theirs, and the feed of all of all entries. Numbers are as said.
type Media struct {
	URL         string
	Type        string // media type
	Medium      string // "image", "video", "audio", ...
	Length      string // in bytes
	Width       string // in pixels
	Height      string
	Title       string
	Description string // caption, as plain text
	Credits     []Credit
	Group       int          // alternatives of one another have the same number, from 1, the default first; 0: it stands alone
	Default     bool         // it is the one of its group to show
	Detail      *MediaDetail // nil where nothing of it is said
}

// A MediaDetail is what is rarely said of a Media.
type MediaDetail struct {
	Duration     string // in seconds
	Bitrate      string // in kilobits per second
	Framerate    string // in frames per second
	SamplingRate string // in kilohertz
	Channels     string
	Language     string
	Expression   string // "full", "sample" or "nonstop"
	Player       string // URL of a page that plays it
	Copyright    string
	CopyrightURL string
	License      string // URL, or else what is said in its place
	Texts        []Caption
	Keywords     []string
	Categories   []Category
	Ratings      []Rating
	Restrictions []Restriction
}

// A Credit is a person or an organisation that had a part in something.
type Credit struct {
	Name   string
	Role   string // "photographer", "host", ...
	Scheme string // of the role: a URI (media:credit), a group (podcast:person)
	URL    string // about them
	Image  string // URL
}

// A Caption is a piece of what is said in a Media (media:text), as plain text.
type Caption struct {
	Text     string
	Language string
	Start    string // NTP, "0:00:03.250"
	End      string
}

// A Rating says whom a Media is for.
type Rating struct {
	Scheme string // a URI: "urn:simple" has "adult" and "nonadult"
	Value  string
}

// A Restriction says where, by whom or how a Media may be shown.
type Restriction struct {
	Allow bool   // in what is named only; else everywhere but there
	Kind  string // "country" (ISO 3166), "uri" or "sharing"
	Value string // separated by spaces; also "all" and "none"
}

// A Thumbnail is a small picture that stands for an entry or a moment in a Media.
type Thumbnail struct {
	URL    string
	Width  string
	Height string
	Time   string // NTP, "12:05:01.123"
}

// mediaShared is what a group, an entry or a feed says of each Media in it.
type mediaShared struct {
	said               bool
	title, description string
	credits            []Credit
	detail             *MediaDetail
}

// mediaState is what reading media:* has to remember.
type mediaState struct {
	groups             int // of the entry
	inGroup            bool
	open               Media // where parser.media points
	feed, entry, group mediaShared
}

func (p *parser) openMedia(f *frame) {
	m := &p.medias.open
	*m = Media{}
	detail := func() *MediaDetail {
		if m.Detail == nil {
			p.tally.take(1)
			m.Detail = &MediaDetail{}
		}
		return m.Detail
	}
	for i := range f.attrs {
		a := &f.attrs[i]
		if a.value == "" {
			continue
		}
		switch a.key {
		case "url":
			m.URL = f.resolve(a.value)
		case "type":
			m.Type = a.value
		case "medium":
			m.Medium = a.value
		case "filesize":
			m.Length = a.value
		case "width":
			m.Width = a.value
		case "height":
			m.Height = a.value
		case "isdefault":
			m.Default = strings.EqualFold(a.value, "true")
		case "duration":
			detail().Duration = a.value
		case "bitrate":
			detail().Bitrate = a.value
		case "framerate":
			detail().Framerate = a.value
		case "samplingrate":
			detail().SamplingRate = a.value
		case "channels":
			detail().Channels = a.value
		case "lang":
			detail().Language = languageTag(a.value)
		case "expression":
			detail().Expression = a.value
		}
	}
	if p.medias.inGroup {
		m.Group = p.medias.groups
	}
	p.media = m
}

func (p *parser) closeMedia() {
	m := p.media
	p.media = nil
	if m == nil || p.entry == nil || m.URL == "" && m.Description == "" && (m.Detail == nil || m.Detail.Player == "") {
		return
	}
	keep(&p.tally, &p.entry.Media, *m)
}

// openGroup starts alternatives of one another.
func (p *parser) openGroup() {
	p.medias.groups++
	p.medias.inGroup = true
}

// closeGroup puts the default of the group first, and gives all what the group says.
func (p *parser) closeGroup() {
	s := &p.medias
	s.inGroup = false
	if p.entry != nil {
		list := p.entry.Media
		start := len(list)
		for start > 0 && list[start-1].Group == s.groups {
			start--
		}
		list = list[start:]
		if i := slices.IndexFunc(list, func(m Media) bool { return m.Default }); i > 0 {
			first := list[i]
			copy(list[1:i+1], list[:i])
			list[0] = first
		}
		if s.group.said {
			for i := range list {
				list[i].inherit(&s.group)
			}
		}
	}
	s.group = mediaShared{}
}

// shareMedia gives the entry's media what the entry and the feed say of all.
func (p *parser) shareMedia(e *Entry) {
	s := &p.medias
	if s.inGroup {
		p.closeGroup() // it was left open
	}
	s.groups = 0
	if !s.entry.said && !s.feed.said {
		return
	}
	feed := s.feed
	if feed.detail != nil {
		detail := *feed.detail // for whoever has the entry: the feed may say more later
		feed.detail = &detail
	}
	for i := range e.Media {
		e.Media[i].inherit(&s.entry)
		e.Media[i].inherit(&feed)
	}
	s.entry = mediaShared{}
}

// inherit takes what m does not say itself from around it: "strongest at the innermost
// element" (Media RSS, "Optional elements"). Lists are shared, not copied: there may be
// hundreds of each in an entry.
func (m *Media) inherit(s *mediaShared) {
	if !s.said {
		return
	}
	if m.Title == "" {
		m.Title = s.title
	}
	if m.Description == "" {
		m.Description = s.description
	}
	if m.Credits == nil {
		m.Credits = slices.Clip(s.credits)
	}
	if s.detail == nil {
		return
	}
	if m.Detail == nil {
		m.Detail = s.detail
		return
	}
	if m.Detail == s.detail {
		return
	}
	d := m.Detail
	if d.Player == "" {
		d.Player = s.detail.Player
	}
	if d.Copyright == "" && d.CopyrightURL == "" {
		d.Copyright, d.CopyrightURL = s.detail.Copyright, s.detail.CopyrightURL
	}
	if d.License == "" {
		d.License = s.detail.License
	}
	if d.Texts == nil {
		d.Texts = slices.Clip(s.detail.Texts)
	}
	if d.Keywords == nil {
		d.Keywords = slices.Clip(s.detail.Keywords)
	}
	if d.Categories == nil {
		d.Categories = slices.Clip(s.detail.Categories)
	}
	if d.Ratings == nil {
		d.Ratings = slices.Clip(s.detail.Ratings)
	}
	if d.Restrictions == nil {
		d.Restrictions = slices.Clip(s.detail.Restrictions)
	}
}

// mediaLeaf reads what is said of one Media.
func (p *parser) mediaLeaf(f *frame, value []byte) {
	if m := p.media; m != nil {
		p.mediaField(f, value, &m.Title, &m.Description, &m.Credits, &m.Detail)
	}
}

// mediaAround reads what is said of each Media in a group, an entry or the feed.
func (p *parser) mediaAround(f *frame, value []byte) {
	s := &p.medias.entry
	switch {
	case f.owner == inFeed:
		// What it is called there is the feed, and what its categories are of.
		switch f.key {
		case "media:title", "media:description", "media:category", "media:keywords", "media:text", "media:player":
			return
		}
		s = &p.medias.feed
	case f.owner != inEntry:
		return
	case p.medias.inGroup:
		s = &p.medias.group
	}
	if p.mediaField(f, value, &s.title, &s.description, &s.credits, &s.detail) {
		s.said = true
	}
}

func (p *parser) mediaField(f *frame, value []byte, title, description *string, credits *[]Credit, detail **MediaDetail) bool {
	text := strings.TrimSpace(p.str(value))
	need := func() *MediaDetail {
		if *detail == nil {
			*detail = &MediaDetail{}
		}
		return *detail
	}
	switch f.key {
	case "media:title":
		*title = p.mediaPlain(f, text)
	case "media:description":
		*description = p.mediaPlain(f, text)
	case "media:credit":
		if text != "" {
			keep(&p.tally, credits, Credit{Name: collapse(text), Role: f.attrs.get("role"), Scheme: f.attrs.get("scheme")})
		}
	case "media:text":
		if text = p.mediaPlain(f, text); text != "" {
			keep(&p.tally, &need().Texts, Caption{Text: text, Language: languageTag(f.attrs.get("lang")), Start: f.attrs.get("start"), End: f.attrs.get("end")})
		}
	case "media:keywords":
		for word := range strings.SplitSeq(text, ",") {
			if word = collapse(word); word != "" {
				keep(&p.tally, &need().Keywords, word)
			}
		}
	case "media:category":
		if text != "" {
			keep(&p.tally, &need().Categories, mediaCategory(f, text))
		}
	case "media:rating", "media:adult":
		r := Rating{Scheme: f.attrs.get("scheme"), Value: text}
		if f.key == "media:adult" { // of Media RSS 1.0
			if r.Value = "nonadult"; strings.EqualFold(text, "true") {
				r.Value = "adult"
			}
		}
		if r.Scheme == "" {
			r.Scheme = "urn:simple"
		}
		if text != "" {
			keep(&p.tally, &need().Ratings, r)
		}
	case "media:copyright":
		if url := f.resolve(f.attrs.get("url")); text+url != "" {
			need().Copyright, need().CopyrightURL = collapse(text), url
		}
	case "media:license":
		if url := f.resolve(f.attrs.get("href")); url != "" {
			text = url
		}
		if text != "" {
			need().License = collapse(text)
		}
	case "media:player":
		if url := f.resolve(f.attrs.get("url")); url != "" {
			need().Player = url
		}
	case "media:restriction":
		r := Restriction{Allow: f.attrs.get("relationship") == "allow", Kind: f.attrs.get("type"), Value: collapse(text)}
		if r.Value != "" {
			keep(&p.tally, &need().Restrictions, r)
		}
	default:
		return false
	}
	return true
}

// mediaPlain reads text that says whether it is markup, or else does not.
func (p *parser) mediaPlain(f *frame, text string) string {
	switch f.attrs.get("type") {
	case "plain":
		if !p.markedBy(f) {
			return PlainText(text).String()
		}
	case "html":
		return HTMLText(text).String()
	}
	return p.rssText(f, text).String()
}

func mediaCategory(f *frame, term string) Category {
	c := Category{Term: term, Scheme: f.attrs.get("scheme"), Label: f.attrs.get("label")}
	if c.Scheme == "" {
		c.Scheme = mediaScheme
	}
	return c
}

const mediaScheme = "http://search.yahoo.com/mrss/category_schema" // the default

func (p *parser) thumbnail(f *frame) {
	t := Thumbnail{URL: f.resolve(f.attrs.get("url")), Width: f.attrs.get("width"), Height: f.attrs.get("height"), Time: f.attrs.get("time")}
	if t.URL != "" && p.entry != nil {
		keep(&p.tally, &p.entry.Thumbnails, t)
	}
}
