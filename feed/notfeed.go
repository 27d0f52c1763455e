package feed

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"parallax/feed/internal/charset"
)

// A NotFeedError says that a document is no feed, and what it is as far as one can see.
type NotFeedError struct {
	// Looks says what the document looks like: "empty", "html", "json", "xml", "opml",
	// "sitemap", "image", "pdf", "gzip", "text" or "binary".
	Looks string
	// Root is the name of the document's outermost element, where it is XML.
	Root string
	// Hint says what to try.
	Hint string
}

func (e *NotFeedError) Error() string {
	what := map[string]string{
		"empty": "it is empty", "html": "it is an HTML page", "json": "it is JSON, but no JSON Feed", "xml": "it is XML of another kind",
		"opml": "it is a list of feeds (OPML)", "sitemap": "it is a sitemap", "image": "it is an image", "pdf": "it is a PDF document",
		"gzip": "it is compressed", "text": "it is plain text", "binary": "it is no text",
	}[e.Looks]
	if e.Looks == "xml" && e.Root != "" {
		what += ", <" + e.Root + ">"
	}
	return "no feed: " + what
}

// notFeed finds out what a document is instead of a feed. raw is the document as it
// came, text the same in UTF-8.
func notFeed(raw, text []byte, o Options) *NotFeedError {
	text = bytes.TrimLeft(text[:min(len(text), charset.Sniffed)], " \t\r\n\ufeff\x00")
	lower := strings.ToLower(string(text[:min(len(text), 4096)]))
	switch {
	case len(text) == 0:
		return &NotFeedError{Looks: "empty", Hint: "if it came from a server, that may be refusing this client: open the address in a browser"}
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}), bytes.HasPrefix(raw, []byte("PK\x03\x04")), bytes.HasPrefix(raw, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return &NotFeedError{Looks: "gzip", Hint: "decompress it first"}
	case bytes.HasPrefix(raw, []byte("%PDF")):
		return &NotFeedError{Looks: "pdf", Hint: "look for a feed on the page that links here"}
	case isImage(raw):
		return &NotFeedError{Looks: "image", Hint: "look for a feed on the page that shows it"}
	case text[0] == '{' || text[0] == '[':
		return &NotFeedError{Looks: "json", Hint: `a JSON Feed has "version": "https://jsonfeed.org/version/1.1" and "items"`}
	case isHTML(lower, o) && !strings.EqualFold(rootName(text), "opml"):
		hint := "the page may name feeds: parallax add finds them, as does Find of this package"
		for _, sign := range []string{"captcha", "cf-challenge", "challenge-platform", "just a moment", "access denied", "are you a robot", "ddos"} {
			if strings.Contains(lower, sign) {
				hint = "it seems to ask whether the client is a robot: the server refuses this client"
				break
			}
		}
		return &NotFeedError{Looks: "html", Root: "html", Hint: hint}
	}
	if bytes.IndexByte(raw[:min(len(raw), 512)], 0) >= 0 && !utf8.Valid(raw) {
		return &NotFeedError{Looks: "binary", Hint: "check the URL"}
	}
	if root := rootName(text); root != "" {
		switch strings.ToLower(root) {
		case "opml":
			return &NotFeedError{Looks: "opml", Root: root, Hint: "import it as a list of feeds, as parallax import does"}
		case "urlset", "sitemapindex":
			return &NotFeedError{Looks: "sitemap", Root: root, Hint: "look for a feed on the site's home page"}
		}
		return &NotFeedError{Looks: "xml", Root: root, Hint: "a feed's outermost element is rss, rdf:RDF or feed"}
	}
	if bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return &NotFeedError{Looks: "binary", Hint: "check the URL"}
	}
	return &NotFeedError{Looks: "text", Hint: "check the URL: the answer may be an error message in words"}
}

func isHTML(lower string, o Options) bool {
	if strings.HasPrefix(lower, "<?xml") {
		if i := strings.Index(lower, "?>"); i >= 0 {
			lower = lower[i+2:]
		}
	}
	for _, sign := range []string{"<!doctype html", "<html", "<head>", "<body", "<title>", "<meta "} {
		if strings.Contains(lower, sign) {
			return true
		}
	}
	return mediaType(o.ContentType) == "text/html" && strings.HasPrefix(strings.TrimSpace(lower), "<")
}

func isImage(b []byte) bool {
	for _, magic := range []string{"\x89PNG", "GIF8", "\xff\xd8\xff", "BM\x00", "\x00\x00\x01\x00"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// rootName returns the name of the first element.
func rootName(text []byte) string {
	l := lexer{window: window{buf: text}, limits: Limits{}.withDefaults(), problem: func(int64, string) {}}
	for {
		switch l.next() {
		case tokStart:
			return clip(string(l.name))
		case tokEOF:
			return ""
		}
	}
}

// clip shortens what a document said, to repeat it in a message.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "..."
	}
	return s
}
