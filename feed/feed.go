// Package feed reads and writes web feeds: bytes in, a Feed out, whatever the
// publisher's software did to the bytes, and the way back.
//
// It reads RSS 0.90 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, CDF and JSON Feed 1.0
// and 1.1, with the extensions that news uses: dc, dcterms, content, media, itunes,
// podcast, slash, sy, thr, wfw, creativeCommons, RSL, georss, gml, geo, feedburner, atom
// in RSS, xml:base, xml:lang, archives (RFC 5005) and tombstones (RFC 6721). What is malformed is read as far as it can be;
// what was wrong is told in Feed.Problems. Only a document that holds no feed at all
// is an error, a *NotFeedError, which says what it is instead.
//
// Parse takes a whole document. Read yields entry after entry, in memory that does
// not grow with the document. Find looks for the feeds that an HTML page names.
// WriteRSS, WriteAtom and WriteJSON write a Feed: the same value gives the same bytes,
// and reading what was written and writing it again gives these bytes once more.
//
// The package fetches nothing: no external entity, no document type, no link.
//
// # The px namespace
//
// What a carrier says about an entry, as against what its publisher said, is kept
// apart from the text, in Entry.Notes. RSS and Atom carry it as
//
//	<px:note xmlns:px="https://parallax.example/ns/1" name="disclosure"
//	         href="https://hub.example/source/42">Owned by ...</px:note>
//
// inside the item or entry, as often as there are notes; JSON Feed as the extension
//
//	"_parallax": {"notes": [{"name": "disclosure", "text": "Owned by ...",
//	                         "url": "https://hub.example/source/42"}],
//	              "source": {"id": "...", "title": "...", "url": "...", "feed_url": "..."}}
//
// where source names the feed that the entry comes from, as <source> does in RSS and
// Atom. Further members of _parallax, in items and in the feed itself, are what JSON Feed
// has no word for: license, terms, place, thread, media and so on, each as the field
// below under its name in lower case, words apart by _. A reader that does not know the
// namespace loses nothing of the entry.
package feed

import (
	"strings"
	"time"

	"golang.org/x/net/html"
)

// A Format names a feed format and its version.
type Format string

// The formats. Parse tells all of them apart.
const (
	RSS090  Format = "rss090"
	RSS091N Format = "rss091n" // Netscape's
	RSS091  Format = "rss091u" // UserLand's
	RSS092  Format = "rss092"
	RSS093  Format = "rss093"
	RSS094  Format = "rss094"
	RSS10   Format = "rss10"
	RSS20   Format = "rss20"
	RSS     Format = "rss" // of no version that there is
	Atom03  Format = "atom03"
	Atom10  Format = "atom10"
	Atom    Format = "atom" // of no version that there is
	CDF     Format = "cdf"
	JSON1   Format = "json1"
	JSON11  Format = "json11"
)

// A Feed is what a feed document says.
type Feed struct {
	Format   Format
	Encoding string // of the bytes, as decoded: "utf-8", "windows-1251", ...

	ID          string
	Title       Text
	Description Text   // Atom: subtitle
	Link        string // the page that the feed belongs to
	Links       []Link // all links, Link among them
	Language    string // as said, BCP 47 where the publisher is careful

	Authors      []Person
	Contributors []Person
	Publisher    *Person
	Categories   []Category
	Rights       Text
	License      string // URL
	Terms        *Terms // RSL, nil if not said
	Info         Text   // Atom 0.3
	Generator    Generator

	Published time.Time
	Updated   time.Time
	Created   time.Time

	Image *Image // RSS image, itunes:image
	Icon  string // small, square
	Logo  string // wide
	Docs  string

	Cloud     *Cloud
	TextInput *TextInput
	Rating    string // PICS label (RSS 0.91)

	TTL          time.Duration  // how long the publisher says it may be cached
	UpdatePeriod time.Duration  // sy: time between two updates
	UpdateBase   time.Time      // sy: from when the periods count
	SkipHours    []int          // hours (UTC) in which nothing new comes
	SkipDays     []time.Weekday // days (UTC) on which nothing new comes

	Self string   // the feed's own URL, as it says
	Hubs []string // WebSub hubs
	Next string   // older entries: rel=next, rel=prev-archive (RFC 5005)

	Complete bool // it has all entries that there are (RFC 5005 §2)
	Archive  bool // it is an archive, and changes no more (RFC 5005 §4)
	Ended    bool // nothing more will come: itunes:complete, JSON Feed's expired

	Place   *Place   // where all of it is
	Podcast *Podcast // nil if it says nothing as a podcast
	DC      *DC      // further Dublin Core, nil if none

	Block    bool   // itunes:block
	Explicit string // itunes:explicit as said: "yes", "no", "clean", "true", ...

	// Truncated says that the document ended before the feed did: it was cut on its way, or
	// its publisher never closes it. What came is here; what may have followed is not known.
	// When it fell within an entry, that one, the last, is Truncated, too. Of a stream it is
	// known after the last entry.
	Truncated bool

	Entries []*Entry
	Deleted []Deleted

	Problems []Problem // what was wrong with the document, in the order met
}

// An Entry is one item of a Feed.
type Entry struct {
	// ID is the guid or id as the publisher said it; "" where there was none.
	ID string
	// IDIsLink says that ID is the permalink: an RSS guid that is not said to be none.
	IDIsLink bool

	Link     string // permalink, absolute where a base was known
	Links    []Link // all links, Link among them
	Title    Text
	Summary  Text   // short form: RSS description, Atom summary
	Content  Text   // full form: content:encoded, Atom content, content_html
	Language string // of the entry, or what it inherits from the feed's xml:lang

	Authors      []Person
	Contributors []Person
	Publisher    *Person
	Categories   []Category
	Rights       Text
	License      string // URL
	Terms        *Terms // RSL, nil if not said

	Published time.Time // zero when the entry does not say; never guessed
	Updated   time.Time
	Created   time.Time
	Expired   time.Time

	Enclosures []Enclosure
	Media      []Media     // media:content
	Thumbnails []Thumbnail // media:thumbnail
	Image      *Image      // the picture that stands for the entry

	Comments     string // URL of the page with comments
	CommentsFeed string // URL of their feed
	CommentCount int
	Thread       *Thread // nil if it says nothing of a discussion

	Place   *Place
	Podcast *Podcast // nil if it says nothing as a podcast
	DC      *DC      // further Dublin Core, nil if none

	// Source is the feed that the entry was taken from, where it is not this one:
	// RSS <source> (Title, Self), atom:source, the dc:source of aggregators.
	Source *Feed

	Block     bool   // itunes:block
	Truncated bool   // the document ended within it: what it says is only the beginning
	Explicit  string // itunes:explicit as said
	Duration  string // itunes:duration as said

	// Notes is what the carrier of the entry says about it, apart from its text.
	Notes []Note
}

// A Text is a piece of text and how it is meant.
type Text struct {
	Body string // as the publisher wrote it
	Type TextType
	// Base is the URL that those inside of HTML are relative to; "" where it is not known.
	Base string
}

// A TextType says whether a Text is markup.
type TextType uint8

// The types of text. An RSS description is HTML; an RSS title is HTML if it reads so.
const (
	Plain TextType = iota
	HTML           // XHTML comes as HTML, too
)

// PlainText returns s as a Text that is no markup.
func PlainText(s string) Text { return Text{Body: s} }

// HTMLText returns s as a Text that is markup.
func HTMLText(s string) Text { return Text{Body: s, Type: HTML} }

// IsZero says whether there is no text.
func (t Text) IsZero() bool { return t.Body == "" }

// HTML returns the text as an HTML fragment, in which URLs are absolute where their
// base is known. It is the publisher's and not safe.
func (t Text) HTML() string {
	if t.Type == HTML {
		return t.resolved()
	}
	if strings.ContainsAny(t.Body, "<>&") {
		return string(escapeText(nil, []byte(t.Body)))
	}
	return t.Body
}

// resolved returns the text as it is, but for relative URLs.
func (t Text) resolved() string {
	if t.Type == HTML && t.Base != "" {
		return rebase(t.Body, t.Base)
	}
	return t.Body
}

// String returns the text without markup, entities decoded, white space collapsed:
// right for titles. Blocks run together; sanitise bodies by other means.
func (t Text) String() string {
	if t.Type == HTML && strings.ContainsAny(t.Body, "<&") {
		return collapse(stripTags(t.Body))
	}
	return collapse(t.Body)
}

func stripTags(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hide := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hide == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style":
				hide++
			case "br", "p", "div", "li", "td", "th", "h1", "h2", "h3", "h4":
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); hide > 0 && (string(name) == "script" || string(name) == "style") {
				hide--
			}
		}
	}
}

// A Link is a link with its relation, as atom:link has it.
type Link struct {
	URL      string
	Rel      string // "alternate" when nothing is said
	Type     string
	Title    string
	Language string // hreflang
	Length   string
}

// A Person wrote, published or helped.
type Person struct {
	Name  string
	Email string
	URL   string
	Image string // JSON Feed's avatar
}

// String returns "name (email)", or the one of them that there is.
func (p Person) String() string {
	if p.Name != "" && p.Email != "" {
		return p.Name + " (" + p.Email + ")"
	}
	return p.Name + p.Email
}

// A Category is a tag or section.
type Category struct {
	Term   string
	Scheme string
	Label  string
}

// A Generator is the software that made the feed.
type Generator struct {
	Name    string
	URL     string
	Version string
}

// An Image is a picture. Width and Height are as said.
type Image struct {
	URL         string
	Title       string
	Link        string
	Description string
	Width       string
	Height      string
}

// An Enclosure is a file that belongs to an entry. Length is as said, in bytes.
type Enclosure struct {
	URL    string
	Type   string
	Length string
	Title  string
}

// A Note is what the carrier of an entry says about it. See the package comment.
type Note struct {
	Name string // what kind of note: "disclosure", "carriage", ...
	Text string
	URL  string // where it can be checked, or more is said
}

// A Deleted is a tombstone (RFC 6721): an entry that is no more.
type Deleted struct {
	ID      string
	When    time.Time
	By      Person // who deleted it
	Link    string
	Comment string // as plain text
}

// A Problem is something that was wrong with a document that could be read all the same.
type Problem struct {
	Offset int64 // in bytes of the document as UTF-8; near enough in other encodings
	What   string
}

// Options say what is known of a document besides its bytes. All are optional.
type Options struct {
	URL             string // where it was fetched, after redirects
	ContentType     string // HTTP header
	ContentLocation string // HTTP header
	ContentLanguage string // HTTP header
	Limits          Limits
}
