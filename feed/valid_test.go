package feed_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// valid tells what a written document has that its specification forbids, or lacks that
// it requires.
func valid(format string, doc []byte) []string {
	c := &checker{}
	switch format {
	case "json":
		c.json(doc)
	default:
		root, err := tree(doc)
		if err != nil {
			return []string{"not well-formed: " + err.Error()}
		}
		c.xml(root)
		if format == "rss" {
			c.rss(root)
		} else {
			c.atom(root)
		}
	}
	return c.found
}

const (
	nsAtom = "http://www.w3.org/2005/Atom"
	nsAt   = "http://purl.org/atompub/tombstones/1.0"
	nsFH   = "http://purl.org/syndication/history/1.0"
	nsXML  = "http://www.w3.org/XML/1998/namespace"
)

// A node is an element.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	nodes []*node
	text  string
}

func tree(doc []byte) (*node, error) {
	root := &node{}
	open := []*node{root}
	for dec := xml.NewDecoder(bytes.NewReader(doc)); ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name, attrs: slices.Clone(tok.Attr)}
			top.nodes = append(top.nodes, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(tok)
		}
	}
	if len(root.nodes) != 1 {
		return nil, fmt.Errorf("%d root elements", len(root.nodes))
	}
	return root.nodes[0], nil
}

func (n *node) all(space, local string) (out []*node) {
	for _, one := range n.nodes {
		if one.name == (xml.Name{Space: space, Local: local}) {
			out = append(out, one)
		}
	}
	return out
}

func (n *node) attr(local string) string {
	v, _ := n.has(local)
	return v
}

func (n *node) has(local string) (string, bool) {
	for _, a := range n.attrs {
		if a.Name.Local == local && a.Name.Space == "" {
			return a.Value, true
		}
	}
	return "", false
}

func (n *node) String() string { return "<" + n.name.Local + ">" }

type checker struct{ found []string }

func (c *checker) wrong(format string, args ...any) {
	if len(c.found) < 20 {
		c.found = append(c.found, fmt.Sprintf(format, args...))
	}
}

// xml checks what is so in all XML: prefixes are declared, no attribute stands twice.
func (c *checker) xml(n *node) {
	if n.name.Space != "" && !strings.Contains(n.name.Space, ":") {
		c.wrong("%v: the prefix %q is not declared", n, n.name.Space)
	}
	seen := map[xml.Name]bool{}
	for _, a := range n.attrs {
		if seen[a.Name] {
			c.wrong("%v: the attribute %s stands twice", n, a.Name.Local)
		}
		seen[a.Name] = true
		if s := a.Name.Space; s != "" && s != "xmlns" && !strings.Contains(s, ":") {
			c.wrong("%v: the prefix %q of an attribute is not declared", n, s)
		}
		if a.Name == (xml.Name{Space: nsXML, Local: "lang"}) {
			c.language(n, a.Value)
		}
	}
	for _, one := range n.nodes {
		c.xml(one)
	}
}

// one checks that there is exactly one, or at most one, child of a name.
func (c *checker) one(n *node, space, local string, must bool) *node {
	all := n.all(space, local)
	if len(all) > 1 || must && len(all) == 0 {
		c.wrong("%v: %d <%s>", n, len(all), local)
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

var (
	uriPattern  = regexp.MustCompile(`^(?:[^\s<>"{}|\\^` + "`" + `\x00-\x20\x7f%\[\]#]|%[0-9A-Fa-f]{2})*$`)
	tagPattern  = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)
	mimePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9!#$&^_.+-]+\s*(;.*)?$|^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$`)
	dayNames    = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// reference checks an IRI or a relative reference (RFC 3986, RFC 3987).
func (c *checker) reference(n *node, s string) {
	rest, fragment, _ := strings.Cut(s, "#")
	host := ""
	if before, after, ok := strings.Cut(rest, "//"); ok { // [ and ] may stand in a host
		end := strings.IndexAny(after, "/?#")
		if end < 0 {
			end = len(after)
		}
		host, rest = after[:end], before+after[end:]
	}
	host = strings.NewReplacer("[", "", "]", "").Replace(host)
	if s == "" || !uriPattern.MatchString(host) || !uriPattern.MatchString(rest) || !uriPattern.MatchString(fragment) {
		c.wrong("%v: no URL: %q", n, s)
	}
}

var schemePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

func (c *checker) absolute(n *node, s string) {
	c.reference(n, s)
	if !schemePattern.MatchString(s) {
		c.wrong("%v: not absolute: %q", n, s)
	}
}

func (c *checker) language(n *node, s string) {
	if !tagPattern.MatchString(s) {
		c.wrong("%v: no language tag: %q", n, s)
	}
}

func (c *checker) mime(n *node, s string) {
	if !mimePattern.MatchString(s) {
		c.wrong("%v: no media type: %q", n, s)
	}
}

func (c *checker) rfc3339(n *node, s string) {
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		c.wrong("%v: no date of RFC 3339: %q", n, s)
	}
}

func (c *checker) rfc822(n *node, s string) {
	if _, err := time.Parse(time.RFC1123Z, s); err != nil {
		c.wrong("%v: no date of RFC 822: %q", n, s)
	}
}

func (c *checker) number(n *node, s string, low, high int) {
	if v, err := strconv.ParseInt(s, 10, 64); err != nil || v < int64(low) || v > int64(high) || strings.HasPrefix(s, "+") {
		c.wrong("%v: not a number of %d to %d: %q", n, low, high, s)
	}
}

// rss checks RSS 2.0 (https://www.rssboard.org/rss-specification) and what the RSS
// Advisory Board's best practices say of what stands beside it.
func (c *checker) rss(root *node) {
	if root.name.Local != "rss" || root.attr("version") != "2.0" || len(root.nodes) != 1 {
		c.wrong("%v: not one channel in RSS 2.0", root)
		return
	}
	ch := root.nodes[0]
	known := strings.Fields("title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator docs " +
		"cloud ttl image rating textInput skipHours skipDays item")
	for _, n := range ch.nodes {
		if n.name.Space == "" && !slices.Contains(known, n.name.Local) {
			c.wrong("<channel> has no <%s>", n.name.Local)
		}
	}
	for _, local := range known {
		if local == "category" || local == "item" {
			continue
		}
		must := local == "title" || local == "link" || local == "description"
		n := c.one(ch, "", local, must)
		if n == nil {
			continue
		}
		switch local {
		case "title":
			if strings.TrimSpace(n.text) == "" {
				c.wrong("the channel has an empty title")
			}
		case "link", "docs":
			c.absolute(n, n.text)
		case "language":
			c.language(n, n.text)
		case "pubDate", "lastBuildDate":
			c.rfc822(n, n.text)
		case "ttl":
			c.number(n, n.text, 1, 1<<40)
		case "cloud":
			for a := range strings.FieldsSeq("domain port path registerProcedure protocol") {
				if _, ok := n.has(a); !ok {
					c.wrong("<cloud> without %s", a)
				}
			}
			c.number(n, n.attr("port"), 1, 65535)
		case "image":
			c.rssImage(n)
		case "textInput":
			for local := range strings.FieldsSeq("title description name link") {
				c.one(n, "", local, true)
			}
			c.absolute(n, n.all("", "link")[0].text)
		case "skipHours", "skipDays":
			c.rssSkip(n)
		}
	}
	c.categories(ch)
	c.rssLinks(ch)
	c.deleted(ch)
	ids := map[string]bool{}
	for _, n := range ch.all("", "item") {
		c.rssItem(n, ids)
	}
}

func (c *checker) rssImage(n *node) {
	for local := range strings.FieldsSeq("url title link width height description") {
		one := c.one(n, "", local, local == "url" || local == "title" || local == "link")
		switch {
		case one == nil:
		case local == "url" || local == "link":
			c.absolute(one, one.text)
		case local == "width":
			c.number(one, one.text, 1, 144)
		case local == "height":
			c.number(one, one.text, 1, 400)
		}
	}
}

func (c *checker) rssSkip(n *node) {
	seen := map[string]bool{}
	for _, one := range n.nodes {
		if seen[one.text] {
			c.wrong("%v: %s twice", n, one.text)
		}
		seen[one.text] = true
		if one.name.Local == "hour" {
			c.number(one, one.text, 0, 23)
		} else if !slices.Contains(dayNames, one.text) {
			c.wrong("%v: no day: %q", n, one.text)
		}
	}
	if len(n.nodes) == 0 {
		c.wrong("%v is empty", n)
	}
}

func (c *checker) categories(n *node) {
	for _, one := range n.all("", "category") {
		if strings.TrimSpace(one.text) == "" {
			c.wrong("an empty category")
		}
	}
}

// rssLinks checks atom:link, of which there is one rel=self at most.
func (c *checker) rssLinks(n *node) {
	self := 0
	for _, one := range n.all(nsAtom, "link") {
		c.link(one)
		c.absolute(one, one.attr("href"))
		if one.attr("rel") == "self" {
			self++
		}
	}
	if self > 1 {
		c.wrong("%v: %d atom:link rel=self", n, self)
	}
}

func (c *checker) rssItem(item *node, ids map[string]bool) {
	known := strings.Fields("title link description author category comments enclosure guid pubDate source")
	for _, n := range item.nodes {
		if n.name.Space == "" && !slices.Contains(known, n.name.Local) {
			c.wrong("<item> has no <%s>", n.name.Local)
		}
	}
	title, description := c.one(item, "", "title", false), c.one(item, "", "description", false)
	if title == nil && description == nil {
		c.wrong("an item with neither title nor description")
	}
	for local := range strings.FieldsSeq("link author comments guid pubDate source") {
		n := c.one(item, "", local, false)
		if n == nil {
			continue
		}
		switch local {
		case "link", "comments":
			c.absolute(n, n.text)
		case "pubDate":
			c.rfc822(n, n.text)
		case "source":
			c.absolute(n, n.attr("url"))
		case "guid":
			if ids[n.text] || strings.TrimSpace(n.text) == "" {
				c.wrong("the guid %q is empty or of another item", n.text)
			}
			ids[n.text] = true
			if n.attr("isPermaLink") != "false" {
				c.absolute(n, n.text)
				if !strings.HasPrefix(strings.ToLower(n.text), "http") {
					c.wrong("a permalink that no browser can open: %q", n.text)
				}
			}
		}
	}
	for _, n := range item.all("", "enclosure") {
		c.absolute(n, n.attr("url"))
		c.mime(n, n.attr("type"))
		c.number(n, n.attr("length"), 0, 1<<62)
	}
	c.categories(item)
	c.rssLinks(item)
	for _, one := range [][2]string{
		{"http://purl.org/rss/1.0/modules/content/", "encoded"},
		{"http://purl.org/rss/1.0/modules/slash/", "comments"},
		{nsAtom, "updated"},
		{nsAtom, "source"},
	} {
		c.one(item, one[0], one[1], false)
	}
	for _, n := range item.all(nsAtom, "updated") {
		c.rfc3339(n, n.text)
	}
	for _, kind := range []string{"author", "contributor"} {
		for _, n := range item.all(nsAtom, kind) {
			c.person(n)
		}
	}
}

// deleted checks tombstones (RFC 6721 §3).
func (c *checker) deleted(n *node) {
	for _, d := range n.all(nsAt, "deleted-entry") {
		if d.attr("ref") == "" {
			c.wrong("a deleted entry without ref")
		}
		if n.name.Local == "feed" {
			c.absolute(d, d.attr("ref"))
		}
		c.rfc3339(d, d.attr("when"))
		if by := c.one(d, nsAt, "by", false); by != nil {
			c.person(by)
		}
		c.one(d, nsAt, "comment", false)
		for _, l := range d.all(nsAtom, "link") {
			c.link(l)
		}
	}
}

// What is written of any fixture and any real feed is valid: stable looks. The checker
// sees what is not.
func TestChecker(t *testing.T) {
	item := func(s string) string {
		return `<rss version="2.0"><channel><title>T</title><link>https://a.example/</link><description/><item>` + s + `</item></channel></rss>`
	}
	entry := func(s string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:1</id><title/><updated>2026-11-02T00:00:00Z</updated>` + s + `</feed>`
	}
	const all = `<id>urn:x:2</id><title/><updated>2026-11-02T00:00:00Z</updated><link href="/"/><author><name>A</name></author>`
	for _, tt := range []struct{ format, doc string }{
		{"rss", `<rss version="2.0"><channel><title>T</title><description/></channel></rss>`},
		{"rss", item("")},
		{"rss", item("<title>A</title><title>B</title>")},
		{"rss", item("<title>A</title><pubDate>2026-11-02</pubDate>")},
		{"rss", item("<title>A</title><guid>1</guid>")},
		{"rss", item(`<title>A</title><enclosure url="https://a.example/" type="a/b"/>`)},
		{"rss", item(`<title>A</title><odd:x/>`)},
		{"rss", item(`<title>A</title><link>https://a.example/a b</link>`)},
		{"rss", item(`<title>A</title><link>/a</link>`)},
		{"atom", entry(`<entry>` + all + `</entry><id>urn:x:3</id>`)},
		{"atom", entry(`<entry><title/></entry>`)},
		{"atom", entry(`<entry>` + strings.ReplaceAll(all, "<author><name>A</name></author>", "") + `</entry>`)},
		{"atom", entry(`<entry>` + strings.ReplaceAll(all, `<link href="/"/>`, "") + `</entry>`)},
		{"atom", entry(`<entry>` + all + `<link rel="alternate" href="/2"/></entry>`)},
		{"atom", entry(`<entry>` + all + `</entry><entry>` + all + `</entry>`)},
		{"atom", entry(`<entry>` + all + `<category scheme="s" term="t"/></entry>`)},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","items":[]}`},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":1,"content_text":""}]}`},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1"}]}`},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","content_text":"","date_published":"now"}]}`},
	} {
		if len(valid(tt.format, []byte(tt.doc))) == 0 {
			t.Errorf("the checker finds nothing wrong with %s", tt.doc)
		}
	}
	for _, tt := range []struct{ format, doc string }{
		{"rss", item("<title>A</title>")},
		{"atom", entry(`<entry>` + all + `</entry>`)},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","content_text":""}]}`},
	} {
		if found := valid(tt.format, []byte(tt.doc)); len(found) > 0 {
			t.Errorf("%s: %q", tt.doc, found)
		}
	}
}
