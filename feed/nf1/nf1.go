// Package nf1 renders what a feed says as neutral feed JSON, schema "nf1", in which
// programs that read feeds can be compared. A *feed.Feed comes in, a Document goes out.
//
// # The format
//
// A document is one JSON object (RFC 8259) in UTF-8 for one feed document:
//
//	{
//	  "error":    "no feed: it is an HTML page",
//	  "version":  "rss20",
//	  "encoding": "utf-8",
//	  "feed":     {"title": "Ostmark Courier", "link": "https://ost.example/", ...},
//	  "entries":  [{"title": "Fish &amp; chips", "published": "2026-11-02T07:15:00Z", ...}],
//	  "problems": [{"offset": 212, "what": "..."}]
//	}
//
// Every member is optional; one that is missing, null, "", [] or {} means that the
// feed does not say. Members are in the order of the types below, and entries in that
// of the feed. error stands there only when no feed could be read, and then neither
// feed nor entries do. version is one of rss090, rss091n (Netscape's), rss091u
// (UserLand's), rss092, rss093, rss094, rss10, rss20, rss (of no version that there
// is), atom03, atom10, atom, cdf, json1, json11. encoding is the character encoding by
// which the bytes were decoded, in lower case. problems, which stands there only when
// asked for, is what was wrong with a document that could be read all the same, with
// the offset in bytes of the document as UTF-8.
//
// The members feed and entries are made of are those of the types Feed and Entry. Of
// their values:
//
//   - Times are RFC 3339, in UTC, with a Z, and fractions of a second where said:
//     "2003-12-31T10:14:55Z".
//   - URLs are absolute as soon as something is known that they are relative to:
//     xml:base, Content-Location, the feed's own URL. So are those inside of HTML.
//   - title, description, summary, content, info and rights are HTML fragments. What is said to
//     be plain text has its special characters escaped. Whether what could run was taken
//     out of the fragments and the URLs is for the program to say.
//   - language is a tag of BCP 47, as far as publishers keep to it; that of an entry may
//     be inherited from around it.
//   - Lengths, widths, heights and durations are strings, as said.
//   - ttl is a number of minutes.
//   - itunes_explicit is true or false where the feed says either; "clean" is false.
//
// # Jobs
//
// A program can be driven over many files through its standard input and output. It
// reads jobs, one JSON object a line,
//
//	{"file": "/tmp/a.xml", "base_url": "https://ost.example/feed", "content_type": "text/xml",
//	 "headers": {"Content-Language": "en"}}
//
// and answers each with one document on one line, in the same order, flushed before it
// reads on. Only file must be there. Whatever goes wrong with one job is the error of
// its document.
package nf1

import (
	"time"

	"parallax/feed"
)

// A Document is what was read from one feed document.
type Document struct {
	Error    string    `json:"error,omitempty"`
	Version  string    `json:"version,omitempty"`
	Encoding string    `json:"encoding,omitempty"`
	Feed     *Feed     `json:"feed,omitempty"`
	Entries  []Entry   `json:"entries,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
}

// A Feed is what a feed says of itself, or an entry of the feed that it was taken from.
type Feed struct {
	ID              string     `json:"id,omitempty"`
	Title           string     `json:"title,omitempty"`
	Link            string     `json:"link,omitempty"`
	Description     string     `json:"description,omitempty"`
	Language        string     `json:"language,omitempty"`
	Rights          string     `json:"rights,omitempty"`
	License         string     `json:"license,omitempty"` // URL
	Generator       string     `json:"generator,omitempty"`
	GeneratorDetail *Generator `json:"generator_detail,omitempty"`
	Updated         string     `json:"updated,omitempty"`
	Published       string     `json:"published,omitempty"`
	Created         string     `json:"created,omitempty"`
	Authors         []Person   `json:"authors,omitempty"`
	Contributors    []Person   `json:"contributors,omitempty"`
	Publisher       *Person    `json:"publisher,omitempty"`
	Categories      []Category `json:"categories,omitempty"`
	Image           *Image     `json:"image,omitempty"`
	Icon            string     `json:"icon,omitempty"`
	Logo            string     `json:"logo,omitempty"`
	Info            string     `json:"info,omitempty"`
	Docs            string     `json:"docs,omitempty"`
	TTL             int        `json:"ttl,omitempty"`
	Links           []Link     `json:"links,omitempty"`
	Block           bool       `json:"itunes_block,omitempty"`
	Explicit        *bool      `json:"itunes_explicit,omitempty"`
}

// An Entry is one item of a feed.
type Entry struct {
	ID           string      `json:"id,omitempty"`
	Title        string      `json:"title,omitempty"`
	Link         string      `json:"link,omitempty"`
	Comments     string      `json:"comments,omitempty"` // URL of the page with comments
	Summary      string      `json:"summary,omitempty"`  // the short form: RSS description, Atom summary
	Content      string      `json:"content,omitempty"`  // the full form: content:encoded, Atom content, content_html
	Language     string      `json:"language,omitempty"`
	Rights       string      `json:"rights,omitempty"`
	License      string      `json:"license,omitempty"` // URL
	Published    string      `json:"published,omitempty"`
	Updated      string      `json:"updated,omitempty"`
	Created      string      `json:"created,omitempty"`
	Expired      string      `json:"expired,omitempty"`
	Authors      []Person    `json:"authors,omitempty"`
	Contributors []Person    `json:"contributors,omitempty"`
	Publisher    *Person     `json:"publisher,omitempty"`
	Categories   []Category  `json:"categories,omitempty"`
	Image        *Image      `json:"image,omitempty"`
	Thumbnails   []Image     `json:"thumbnails,omitempty"`
	Enclosures   []Enclosure `json:"enclosures,omitempty"`
	Links        []Link      `json:"links,omitempty"`
	Source       *Feed       `json:"source,omitempty"` // the feed that the entry was taken from
	Block        bool        `json:"itunes_block,omitempty"`
	Explicit     *bool       `json:"itunes_explicit,omitempty"`
	Duration     string      `json:"itunes_duration,omitempty"`
}

// A Person wrote, published or helped.
type Person struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	URI   string `json:"uri,omitempty"`
}

// A Category is a tag or section.
type Category struct {
	Term   string `json:"term,omitempty"`
	Scheme string `json:"scheme,omitempty"`
	Label  string `json:"label,omitempty"`
}

// A Generator is the software that made the feed.
type Generator struct {
	Name    string `json:"name,omitempty"`
	URI     string `json:"uri,omitempty"`
	Version string `json:"version,omitempty"`
}

// An Image is a picture. Its title and description are plain text.
type Image struct {
	URL         string `json:"url,omitempty"`
	Title       string `json:"title,omitempty"`
	Link        string `json:"link,omitempty"`
	Description string `json:"description,omitempty"`
	Width       string `json:"width,omitempty"`
	Height      string `json:"height,omitempty"`
}

// An Enclosure is a file that belongs to an entry.
type Enclosure struct {
	URL    string `json:"url,omitempty"`
	Type   string `json:"type,omitempty"`
	Length string `json:"length,omitempty"`
}

// A Link is a link with its relation, "alternate" when nothing is said.
type Link struct {
	Href     string `json:"href,omitempty"`
	Rel      string `json:"rel,omitempty"`
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	Hreflang string `json:"hreflang,omitempty"`
	Length   string `json:"length,omitempty"`
}

// A Problem is something that was wrong with a document that could be read.
type Problem struct {
	Offset int64  `json:"offset"`
	What   string `json:"what"`
}

// A Job names a file to read, and what is known of it besides its bytes.
type Job struct {
	File        string            `json:"file"`
	BaseURL     string            `json:"base_url"`
	ContentType string            `json:"content_type"`
	Headers     map[string]string `json:"headers"` // of the HTTP answer
}

// Failed returns the document of what could not be read.
func Failed(err error) *Document { return &Document{Error: err.Error()} }

// A Cleaner takes out of HTML and URLs what could run. A nil function leaves all as the
// publisher wrote it, and not safe.
type Cleaner struct {
	HTML func(fragment string) string
	URL  func(ref string) string // returns "" for what is not to be followed
}

// From returns the document of a feed, without its problems.
func From(f *feed.Feed, c Cleaner) *Document {
	r := renderer{c}
	d := &Document{Version: string(f.Format), Encoding: f.Encoding, Feed: r.feed(f)}
	if len(f.Entries) > 0 {
		d.Entries = make([]Entry, len(f.Entries))
		for i, e := range f.Entries {
			d.Entries[i] = r.entry(e)
		}
	}
	return d
}

// Problems returns what was wrong with a feed.
func Problems(f *feed.Feed) []Problem {
	return each(f.Problems, func(p feed.Problem) Problem { return Problem(p) })
}

func timeOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
