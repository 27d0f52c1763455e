// Package siterule reads rules that say where in the pages of a site the article is, and follows
// them. Files in the "site config" format of the full-text community go in, then parsed pages;
// what the rule of the page's site finds comes out: the article's nodes, title, authors, date,
// and links to the rest of it. Some 2,000 such files are kept by many hands, in the public domain
// (github.com/fivefilters/ftr-site-config); Instapaper, Full-Text RSS and wallabag read them.
//
// # Files
//
// A file is named for its site. Of these the first that is there holds for
// https://www.sport.harbour-times.example/ferry, and global.txt besides, whose lines come after
// its own:
//
//	sport.harbour-times.example.txt   of this host, with and without www.
//	.harbour-times.example.txt        of all hosts below harbour-times.example, not of itself
//	.example.txt
//
// A line is a directive, a colon and a value; lines that begin with # are comments. Where
// several lines say the same, the first that finds anything counts.
//
//	title: //h1[@class='headline']
//	body: //div[@id='story'] | //div[@id='sources']
//	author: //a[@rel='author']
//	strip: //div[@id='story']//p[@class='promo']
//	strip_id_or_class: newsletter
//	next_page_link: //a[@rel='next']
//	test_url: https://harbour-times.example/ferry
//
// # Directives
//
// Values that are said to be expressions are XPath 1.0; where one neither begins as XPath does nor has a
// path in it, it is a selector of CSS, which other readers of the format do not know.
//
//	title, author, date     expressions: what they find, or the text that they yield. A date is
//	                        taken only where the page declares none, for many rules mean
//	                        the last change
//	body                    expression: all that it finds, put together
//	strip                   expression: elements, attributes and texts that are taken away first
//	strip_attr              the same
//	strip_id_or_class       elements whose id or class has this text in it
//	strip_image_src         images whose address has this text in it
//	dissolve                expression: elements that are taken away, what is in them stays
//	wrap_in(blockquote)     expression: elements that are put into a new one
//	single_page_link        expression: the link to the page with the whole text
//	next_page_link          expression: the link to the page with what follows
//	if_page_contains        expression: the line before holds only for pages where it finds anything
//	find_string, replace_string, replace_string(text)
//	                        a text of the page, and what it is replaced with before the page is read
//	prune                   no: what in the body is no prose (links, boxes, forms) is left out only
//	                        if most of it is prose; yes, as where it is not said: in any case
//	autodetect_on_failure   no: if the rule finds no body, there is none, and global.txt
//	                        does not hold
//	skip_json_ld            yes: what the page says in JSON-LD is not believed
//	native_ad_clue          expression: if it finds anything, the article is an advertisement
//	src_lazy_load_attr      the attribute that has the address of an image that is loaded late
//
// These are read and change nothing here: test_url and test_contains, which test a rule; tidy, parser,
// strip_comments and convert_double_br_tags, for pages are parsed as browsers do, comments are
// never shown and double line breaks are paragraphs anyway; insert_detected_image, for pictures
// are a matter of the carriage; http_header, for the hub says who it is, and what asks for logins
// (requires_login, login_...), for it has none; autodetect_next_page, single_page_link_in_feed,
// footnotes, move_into, skip_id_or_class and post_strip_attr, which few rules have.
//
// What the strip lines of a rule take away stays away if the rule has no body line, and for the
// general engine, too. If it has body lines and none finds anything, the rule is of an older
// design of the site: the page is read as it was.
//
// # Limits
//
// A rule costs a bounded time, whoever wrote it: files, lines, expressions, the steps of all
// expressions in one page and the length to which replacements make it grow are bounded. A line that
// cannot be read is told, with its place, and left out.
package siterule

import (
	"fmt"
	"slices"

	"parallax/internal/extract/siterule/xpath"
)

// A Rule says where in the pages of a site the article is.
type Rule struct {
	// File is the name of its file; of a rule and global.txt together that of the former.
	File string

	title, body, author, date []line
	strip, dissolve           []line
	stripIDOrClass            []line // the text that an id or class has in it
	stripImage                []line // the text that the address of an image has in it
	singlePage, nextPage      []line
	nativeAd                  []line
	wrap                      []line // argument: the element
	lazy                      []line // an attribute
	replace                   []replacement
	noPrune, noDetect, noLD   answer
	// ignored says of directives that are understood and not followed how often they stand here.
	ignored map[string]int
}

// A line is a line of a file.
type line struct {
	file     string
	at       int
	name     string      // the directive
	argument string      // in parentheses after it
	value    string      // as it is written
	find     *xpath.Expr // nil if the value is none
	only     *xpath.Expr // if not nil, the line holds only where this is true
}

// String says where the line stands and what it says.
func (l line) String() string { return fmt.Sprintf("%s:%d %s: %s", l.file, l.at, l.name, l.value) }

// A replacement replaces text of a page.
type replacement struct{ old, by string }

// An answer is yes, no, or that nothing was said.
type answer int

const (
	unsaid answer = iota
	yes
	no
)

// or is a where it is said, else b.
func (a answer) or(b answer) answer {
	if a == unsaid {
		return b
	}
	return a
}

// Guesses reports whether the article may be looked for otherwise where the rule finds none.
func (r *Rule) Guesses() bool { return r.noDetect != yes || len(r.body) == 0 }

// Prunes reports whether what is no prose is to be left out of what the rule finds, be it little.
func (r *Rule) Prunes() bool { return r.noPrune != yes }

// DistrustsLinkedData reports whether the page's JSON-LD is not to be believed.
func (r *Rule) DistrustsLinkedData() bool { return r.noLD == yes }

// with returns a rule with the lines of another after its own.
func (r *Rule) with(other *Rule) *Rule {
	if other == nil || r.noDetect == yes {
		return r
	}
	sum := *r
	for _, l := range []struct {
		to   *[]line
		more []line
	}{
		{&sum.title, other.title},
		{&sum.body, other.body},
		{&sum.author, other.author},
		{&sum.date, other.date},
		{&sum.strip, other.strip},
		{&sum.dissolve, other.dissolve},
		{&sum.stripIDOrClass, other.stripIDOrClass},
		{&sum.stripImage, other.stripImage},
		{&sum.singlePage, other.singlePage},
		{&sum.nextPage, other.nextPage},
		{&sum.nativeAd, other.nativeAd},
		{&sum.wrap, other.wrap},
		{&sum.lazy, other.lazy},
	} {
		*l.to = slices.Concat(*l.to, l.more)
	}
	sum.replace = slices.Concat(r.replace, other.replace)
	sum.noPrune, sum.noLD = r.noPrune.or(other.noPrune), r.noLD.or(other.noLD)
	return &sum
}
