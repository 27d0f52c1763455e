package sanitize

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// The allow-list. It is one for both ways out: what HTML writes onto a page Fragment keeps,
// too. Whatever is in no row is not written: HTML and Fragment keep its content only.

// kind says what HTML, for a page of the hub, does with an element.
type kind uint8

const (
	unwrap  kind = iota // write its children
	drop                // with its content
	block               // a box, holding flow content
	text                // a box, holding phrases only
	phrase              // runs within a line
	void                // br, hr, wbr
	special             // has a function of its own
)

// loose says what Fragment does with an element.
type loose uint8

const (
	open   loose = iota // write its children
	keep                // as the publisher made it
	hollow              // leave it out with its content
	raw                 // browsers that run scripts take its content for text: it is read as HTML
)

// A rule is what becomes of an element.
type rule struct {
	page     kind
	fragment loose
}

var rules = func() map[atom.Atom]rule {
	all := map[atom.Atom]rule{}
	for _, row := range []struct {
		rule

		names string
	}{
		{rule{text, keep}, "p h1 h2 h3 h4 h5 h6 pre dt"},
		{rule{block, keep}, "blockquote figure figcaption li dd td th caption"},
		{rule{special, keep}, "ul ol dl table thead tbody tfoot tr a img audio video"},
		{rule{phrase, keep}, "b strong i em code sub sup small abbr time cite q del ins s u mark kbd samp var dfn bdi bdo ruby rt rp"},
		{rule{void, keep}, "br hr wbr"},
		{rule{unwrap, keep}, "acronym address article aside big center details dir div font footer header hgroup main menu nav picture section " +
			"span strike summary tt"},
		{rule{drop, keep}, "col colgroup source"},
		{rule{special, open}, "embed image object"},
		{rule{special, raw}, "iframe"},
		{rule{drop, raw}, "noembed noframes noscript"},
		{rule{drop, open}, "applet base bgsound command dialog frame frameset head label legend link listing menuitem meta track"},
		{rule{drop, hollow}, "area button canvas datalist input keygen map math meter optgroup option output param plaintext progress script " +
			"select style svg template textarea title xmp"},
	} {
		for name := range strings.FieldsSeq(row.names) {
			if a := atom.Lookup([]byte(name)); a != 0 { // some are so old that no parser knows them: they are in no row
				all[a] = row.rule
			}
		}
	}
	return all
}()

// boxes are elements that HTML unwraps, but that part what is before them from what is after.
var boxes = atoms("div section article main header footer aside nav center address details summary fieldset form hgroup dir menu body html marquee")

// endless are the elements without content or end tag.
var endless = atoms("br col hr img source wbr")

// onPages are the attributes that HTML keeps, each with what its value must be; lang and dir
// survive everywhere, and a link has a href and a rel of this package's making.
var onPages = map[atom.Atom]map[string]func(c *cleaner, value string) string{
	atom.Ol:         {"start": number, "reversed": flag},
	atom.Li:         {"value": number},
	atom.Td:         {"colspan": span, "rowspan": span},
	atom.Th:         {"colspan": span, "rowspan": span, "scope": scope},
	atom.Abbr:       {"title": label},
	atom.Dfn:        {"title": label},
	atom.Time:       {"datetime": datetime},
	atom.Del:        {"datetime": datetime, "cite": (*cleaner).absolute},
	atom.Ins:        {"datetime": datetime, "cite": (*cleaner).absolute},
	atom.Q:          {"cite": (*cleaner).absolute},
	atom.Blockquote: {"cite": (*cleaner).absolute},
}

// inFragments survive in a fragment, on any element; those in linked are URLs. No style, for
// it can cover what is around it; no id and no name, for scripts take them for their own.
var (
	inFragments = names("abbr align alt axis bgcolor border cellpadding cellspacing cite class clear color colspan controls datetime dir " +
		"face headers height href hreflang hspace ismap itemprop lang loading loop noshade nowrap open poster preload rel reversed rev rowspan " +
		"rules scope size sizes span src srcset start summary title type valign value vspace width xml:lang")
	linked = names("cite href poster src")
)

// pageSchemes are those of what a page may link to, schemes those that a fragment may.
var (
	pageSchemes = names("http https mailto")
	schemes     = names("http https mailto tel sms ftp news nntp irc ircs xmpp magnet geo gemini gopher")
	// pictures are what a data URL may hold, and only that of an image.
	pictures = []string{"data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/avif"}
)

func names(list string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		set[name] = true
	}
	return set
}

func atoms(list string) map[atom.Atom]bool {
	set := map[atom.Atom]bool{}
	for name := range strings.FieldsSeq(list) {
		set[atom.Lookup([]byte(name))] = true
	}
	delete(set, 0)
	return set
}
