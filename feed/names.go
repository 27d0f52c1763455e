package feed

import "strings"

// namespaces tells which of our prefixes a namespace URI (lower case, without a
// slash at its end) has. RSS names have none.
var namespaces = map[string]string{
	"":                                                                            "",
	"http://backend.userland.com/rss":                                             "",
	"http://blogs.law.harvard.edu/tech/rss":                                       "",
	"http://purl.org/rss/1.0":                                                     "",
	"http://my.netscape.com/rdf/simple/0.9":                                       "",
	"http://channel.netscape.com/rdf/simple/0.9":                                  "",
	"http://my.netscape.com/publish/formats/rss-0.91.dtd":                         "",
	"http://example.com/newformat#":                                               "",
	"http://example.com/necho":                                                    "",
	"http://purl.org/echo":                                                        "",
	"uri/of/echo/namespace#":                                                      "",
	"http://purl.org/pie":                                                         "",
	"http://purl.org/atom/ns#":                                                    "atom",
	"http://www.w3.org/2005/atom":                                                 "atom",
	"https://www.w3.org/2005/atom":                                                "atom",
	"http://purl.org/rss/1.0/modules/rss091#":                                     "",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":                                 "rdf",
	"http://www.w3.org/2000/svg":                                                  "svg",
	"http://www.w3.org/1998/math/mathml":                                          "math",
	"http://www.w3.org/1999/xhtml":                                                "xhtml",
	"http://www.w3.org/xml/1998/namespace":                                        "xml",
	"http://purl.org/dc/elements/1.1":                                             "dc",
	"http://purl.org/dc/elements/1.0":                                             "dc",
	"http://purl.org/dc/terms":                                                    "dcterms",
	"http://purl.org/rss/1.0/modules/content":                                     "content",
	"http://search.yahoo.com/mrss":                                                "media",
	"https://search.yahoo.com/mrss":                                               "media",
	"http://search.yahoo.com/rss":                                                 "media",
	"http://www.rssboard.org/media-rss":                                           "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":                                  "itunes",
	"http://example.com/dtds/podcast-1.0.dtd":                                     "itunes",
	"http://purl.org/rss/1.0/modules/syndication":                                 "sy",
	"http://purl.org/rss/1.0/modules/slash":                                       "slash",
	"http://purl.org/syndication/thread/1.0":                                      "thr",
	"http://wellformedweb.org/commentapi":                                         "wfw",
	"http://rssnamespace.org/feedburner/ext/1.0":                                  "feedburner",
	"http://backend.userland.com/creativecommonsrssmodule":                        "creativecommons",
	"http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html":              "creativecommons",
	"http://web.resource.org/cc":                                                  "cc",
	"http://creativecommons.org/ns#":                                              "cc",
	"http://creativecommons.org/ns#license":                                       "cc",
	"http://www.georss.org/georss":                                                "georss",
	"http://www.w3.org/2003/01/geo/wgs84_pos#":                                    "geo",
	"http://www.opengis.net/gml":                                                  "gml",
	"http://webns.net/mvcb":                                                       "admin",
	"http://purl.org/atompub/tombstones/1.0":                                      "at",
	"http://purl.org/syndication/history/1.0":                                     "fh",
	"http://purl.org/rss/1.0/modules/threading":                                   "thr",
	"https://podcastindex.org/namespace/1.0":                                      "podcast",
	"http://podcastindex.org/namespace/1.0":                                       "podcast",
	"https://www.podcastindex.org/namespace/1.0":                                  "podcast",
	"https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
	"https://rslstandard.org/rsl":                                                 "rsl",
	"http://rslstandard.org/rsl":                                                  "rsl",
	"http://www.georss.org/georss/10":                                             "georss",
	"http://www.georss.org/georss/11":                                             "georss",
	"http://www.w3.org/2003/01/geo/wgs84_pos":                                     "geo",
	"http://www.opengis.net/gml/3.2":                                              "gml",
	"https://parallax.example/ns/1":                                               "px",
}

// usual is what an undeclared prefix most likely stands for.
var usual = map[string]string{
	"atom": "atom", "atom10": "atom", "a10": "atom", "rdf": "rdf", "xhtml": "xhtml", "xml": "xml", "dc": "dc", "dcterms": "dcterms",
	"content": "content", "media": "media", "itunes": "itunes", "sy": "sy", "slash": "slash", "thr": "thr", "wfw": "wfw",
	"feedburner": "feedburner", "creativecommons": "creativecommons", "cc": "cc", "georss": "georss", "geo": "geo", "gml": "gml",
	"admin": "admin", "at": "at", "px": "px", "podcast": "podcast", "rsl": "rsl", "fh": "fh",
}

// A name is an element name as written, taken apart.
type name struct {
	raw, prefix, local string // local in lower case
	key                string // "item", "dc:date", "" for what we do not know
	void               bool   // HTML gives it no end tag
	ns                 string // the prefix that key was made with, in a document of that root
	root               root
	scope              int  // memory.scope for which key and what follows hold, 0 if none
	markup             bool // it may hold markup
	sibling            bool // it never stands inside a leaf
}

// maxNames bounds the names kept for reuse, maxName their length; what a hostile document
// adds is not kept.
const (
	maxNames = 1024
	maxName  = 64
)

func (p *parser) nameOf(raw []byte) *name {
	// Most tags have been seen a moment ago: a look into a small table by length and two
	// letters finds them for a third of what a map asks.
	var recent **name
	if len(raw) > 0 && len(raw) <= maxName {
		recent = &p.recent[(uint(len(raw))*31^uint(raw[0])^uint(raw[len(raw)-1])<<2^uint(raw[len(raw)/2])<<3)%uint(len(p.recent))]
		if n := *recent; n != nil && n.raw == string(raw) {
			return n
		}
	}
	if n, ok := p.names[string(raw)]; ok {
		if recent != nil {
			*recent = n
		}
		return n
	}
	n := &name{raw: string(raw)}
	n.prefix, n.local = "", strings.ToLower(n.raw)
	if i := strings.IndexByte(n.local, ':'); i >= 0 {
		n.prefix, n.local = n.local[:i], n.local[i+1:]
	}
	n.void = voidElements[n.local]
	if len(p.names) < maxNames && len(raw) <= maxName {
		p.names[n.raw] = n
	}
	return n
}

var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// canon returns our prefix for the namespace that prefix stands for at this place,
// "?" for namespaces that we do not know.
func (p *parser) canon(prefix string) string {
	for i := len(p.bindings) - 1; i >= 0; i-- {
		if b := &p.bindings[i]; b.prefix == prefix {
			return b.canon
		}
	}
	if prefix == "" {
		return ""
	}
	if c, ok := usual[prefix]; ok {
		if prefix != "xml" && p.root != rootNone {
			p.tellOnce("a namespace prefix that is not declared: " + prefix)
		}
		return c
	}
	return "?"
}

// keyOf returns the name by which the rest of the package knows an element.
func (p *parser) keyOf(n *name) string {
	if n.scope == p.scope {
		return n.key
	}
	c := p.canon(n.prefix)
	if n.scope != 0 && n.ns == c && n.root == p.root {
		n.scope = p.scope
		return n.key
	}
	if n.ns, n.root, n.scope = c, p.root, 0; p.root != rootNone {
		n.scope = p.scope
	}
	switch {
	case c == "?":
		n.key = ""
	case p.root == rootAtom && (c == "" || c == "atom"):
		n.key = "atom:" + n.local
		if strayRSS[n.local] {
			n.key = n.local
		}
	case p.root == rootRSS && c == "atom" && n.prefix == "", c == "": // Atom's namespace may be the default of an RSS document
		n.key = n.local
		if p.root == rootRSS && strayAtom[n.local] {
			n.key = "atom:" + n.local
		}
	case c == "dcterms" && dcElements[n.local]:
		n.key = "dc:" + n.local
	default:
		n.key = c + ":" + n.local
	}
	n.markup, n.sibling = holdsMarkup[n.key], siblings[n.key]
	return n.key
}

// Publishers put elements of RSS into Atom, and of Atom into RSS, without saying so.
// What the document's own format does not know means what it means in the other.
var (
	strayRSS = set("pubdate description guid enclosure language lastbuilddate comments expirationdate managingeditor webmaster " +
		"docs ttl keywords tags abstract body fullitem item")
	strayAtom = set("summary subtitle tagline id issued modified created rights info")
)

// A binding is a namespace declaration in force.
type binding struct {
	prefix, canon string
	depth         int // of the element that declares it
}

func canonURI(uri string) string {
	uri = strings.ToLower(strings.TrimSpace(uri))
	if c, ok := namespaces[uri]; ok {
		return c
	}
	if c, ok := namespaces[strings.TrimRight(uri, "/")]; ok {
		return c
	}
	if strings.HasPrefix(uri, "http://backend.userland.com/rss") || strings.HasPrefix(uri, "http://purl.org/net/rss") {
		return ""
	}
	return "?"
}
