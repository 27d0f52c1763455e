// Package opml reads and writes lists of feeds in OPML, the format in which feed
// readers exchange them (http://opml.org/spec2.opml, and its forerunner 1.0). In come
// the bytes of somebody's list, and out go its Outlines, or Sources made of them; and
// the reverse. What is read and written is specified in docs/formats/opml.md, with an
// example.
//
// Lists are written by many programs and by hand. Parse therefore reads what can be
// understood without guessing (wrong encodings, HTML entities, stray ampersands, names
// in any letter case) and refuses the rest, naming the line; a list is never silently
// read in part.
package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Limits of what is read. Real lists are far below: the longest public ones hold ten
// thousand feeds in four megabytes and five levels.
const (
	MaxBytes    = 32 << 20
	MaxOutlines = 50_000
	MaxDepth    = 50
)

// An Outline is one entry of a list: a feed, or a group of others.
type Outline struct {
	Title       string   // its title, or else its text, as plain text
	FeedURL     string   // xmlUrl; "" for a group
	HomeURL     string   // htmlUrl
	Description string   // as plain text
	Language    string   // BCP 47, as the list says
	Categories  []string // e.g. "/country/NO"
	Outlines    []Outline
	Line        int // where it begins in the file
}

// Feeds yields every feed of a list in its order, each with the titles of the groups
// around it, the outermost first.
func Feeds(outlines []Outline) iter.Seq2[[]string, *Outline] {
	return func(yield func([]string, *Outline) bool) {
		feeds(outlines, nil, yield)
	}
}

func feeds(outlines []Outline, groups []string, yield func([]string, *Outline) bool) bool {
	for i := range outlines {
		o := &outlines[i]
		if o.FeedURL != "" && !yield(slices.Clone(groups), o) {
			return false
		}
		if len(o.Outlines) > 0 && !feeds(o.Outlines, append(slices.Clone(groups), o.Title), yield) {
			return false
		}
	}
	return true
}

// Parse reads a list. It fails with the number of the line and the reason where it
// cannot be read as a whole; a list without any outline is not a failure.
func Parse(data []byte) ([]Outline, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("opml: %d bytes, more than the limit of %d", len(data), MaxBytes)
	}
	text := repair(data)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("opml: the file is empty")
	}
	p := parser{d: xml.NewDecoder(bytes.NewReader(text))}
	p.d.Strict = false
	p.d.Entity = xml.HTMLEntity
	return p.parse()
}

// A parser builds the tree from raw tokens: it needs to follow outlines only, so that
// tags of others that do not match cannot mislead it.
type parser struct {
	d     *xml.Decoder
	open  []*Outline // those not yet closed, the outermost first
	top   []Outline
	count int
	root  string // name of the first element, in lower case
}

func (p *parser) parse() ([]Outline, error) {
	for {
		line, _ := p.d.InputPos() // where the next token begins
		token, err := p.d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, p.failure(line, err)
			}
			return p.finish()
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if p.root == "" {
				p.root = name
				switch name {
				case "rss", "feed", "rdf", "html", "body": // rather than stumble over what is in it
					return nil, fmt.Errorf("opml: line %d: %s", line, looksLike([]byte("<"+name)))
				}
			}
			if name == "outline" {
				if err := p.start(t.Attr, line); err != nil {
					return nil, err
				}
			}
		case xml.EndElement:
			switch strings.ToLower(t.Name.Local) {
			case "outline":
				p.end()
			case "opml": // what follows is not part of the list
				return p.finish()
			}
		case xml.CharData:
			if p.root == "" && len(bytes.TrimSpace(t)) > 0 {
				return nil, fmt.Errorf("opml: line %d: %s", line, looksLike(t))
			}
		}
	}
}

func (p *parser) start(attrs []xml.Attr, line int) error {
	p.count++
	if p.count > MaxOutlines {
		return fmt.Errorf("opml: line %d: more than %d outlines", line, MaxOutlines)
	}
	if len(p.open) == MaxDepth {
		return fmt.Errorf("opml: line %d: outlines are nested more than %d deep", line, MaxDepth)
	}
	o := outline(attrs)
	o.Line = line
	p.open = append(p.open, o)
	return nil
}

// end closes the innermost outline. One end too many is ignored: nothing is lost.
func (p *parser) end() {
	n := len(p.open)
	if n == 0 {
		return
	}
	o := p.open[n-1]
	p.open = p.open[:n-1]
	to := &p.top
	if n > 1 {
		to = &p.open[n-2].Outlines
	}
	*to = append(*to, *o)
}

func (p *parser) finish() ([]Outline, error) {
	if n := len(p.open); n > 0 {
		o := p.open[n-1]
		return nil, fmt.Errorf("opml: line %d: the outline %q is never closed; is the file cut off?", o.Line, o.Title)
	}
	if p.count == 0 && p.root != "opml" {
		return nil, fmt.Errorf("opml: line 1: %s", looksLike([]byte("<"+p.root)))
	}
	return p.top, nil
}

func (p *parser) failure(line int, err error) error {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Errorf("opml: line %d: %s", syntax.Line, syntax.Msg)
	}
	return fmt.Errorf("opml: line %d: %w", line, err)
}

// outline makes an Outline of attributes, whose names may be in any letter case. The
// first of two with the same name counts.
func outline(attrs []xml.Attr) *Outline {
	a := map[string]string{}
	for _, attr := range attrs {
		name := strings.ToLower(attr.Name.Local)
		if _, ok := a[name]; !ok && attr.Name.Space == "" {
			a[name] = attr.Value
		}
	}
	o := &Outline{
		Title:       plain(a["title"]),
		FeedURL:     address(a["xmlurl"]),
		HomeURL:     address(a["htmlurl"]),
		Description: plain(a["description"]),
		Language:    token(a["language"]),
	}
	if o.Title == "" {
		o.Title = plain(a["text"])
	}
	switch strings.ToLower(strings.TrimSpace(a["type"])) {
	case "rss", "atom", "rss1", "feed": // some programs write url; for type "link" it is no feed
		if o.FeedURL == "" {
			o.FeedURL = address(a["url"])
		}
	}
	for c := range strings.SplitSeq(a["category"], ",") {
		if c = plain(c); c != "" {
			o.Categories = append(o.Categories, c)
		}
	}
	return o
}

// looksLike says what a file is that is no OPML.
func looksLike(start []byte) string {
	s := strings.ToLower(string(start[:min(len(start), 40)]))
	s = strings.TrimSpace(s)
	switch {
	case s == "<":
		return "there is no element in it, so it is no OPML"
	case strings.HasPrefix(s, "<rss"), strings.HasPrefix(s, "<feed"), strings.HasPrefix(s, "<rdf"):
		return "this is a feed, not a list of feeds"
	case strings.HasPrefix(s, "<html"), strings.HasPrefix(s, "<body"):
		return "this is an HTML page, not OPML"
	case strings.HasPrefix(s, "{"), strings.HasPrefix(s, "["):
		return "this is JSON, not OPML"
	case strings.HasPrefix(s, "<"):
		return "its first element is " + s + ">, not <opml>"
	}
	return "this is plain text, not OPML"
}
