package declare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"parallax/internal/news"
)

const (
	maxScripts = 30      // blocks of JSON-LD on one page
	maxNodes   = 20000   // values that are looked at for ids
	maxDeep    = 12      // levels of lists and graphs
	maxOrgs    = 8       // organisations that may be the outlet
	maxScript  = 1 << 20 // bytes of one block
)

// A draft is what one document is found to say.
type draft struct {
	said     news.Disclosure
	problems []string
	from, in string // the URL and the kind of the document
	size     int    // bytes of what is said so far
}

// claim adds what the document says about a field.
func (d *draft) claim(field *[]news.Claim, value string) {
	if value == "" || slices.ContainsFunc(*field, func(c news.Claim) bool { return strings.EqualFold(c.Value, value) }) {
		return
	}
	if len(*field) >= maxPerField {
		d.problem(fmt.Sprintf("%s: it says more than %d things of one kind; the rest is not read", d.in, maxPerField))
		return
	}
	if d.size += len(value); d.size > maxSaid {
		d.problem(fmt.Sprintf("%s: it says more than %d bytes of itself; the rest is not read", d.in, maxSaid))
		return
	}
	*field = append(*field, news.Claim{Value: value, By: news.Self, URL: d.from, Read: d.in})
}

func (d *draft) problem(what string) {
	what = clean(what, maxValue)
	if len(d.problems) < maxProblems && !slices.Contains(d.problems, what) {
		d.problems = append(d.problems, what)
	}
}

// done returns what was found, in an order that does not depend on that of the document: some
// sites write theirs in another one each time.
func (d *draft) done() (news.Disclosure, []string) {
	for _, f := range d.said.Fields() {
		slices.SortFunc(f.Claims, func(a, b news.Claim) int { return strings.Compare(a.Value, b.Value) })
	}
	return d.said, d.problems
}

// InPage finds what a page says, in JSON-LD, of the organisation whose home page it is; from is the
// URL that answered. It is a schema.org Organization (most say NewsMediaOrganization) that stands
// by itself and names no other site as its own, or the publisher of the page or of its site.
func InPage(page []byte, from string) (news.Disclosure, []string) {
	p := &linked{draft: draft{from: from, in: "JSON-LD"}, byID: map[string]map[string]any{}}
	for _, s := range scripts(page) {
		p.script(s)
	}
	for _, v := range p.roots {
		p.root(v, 0)
	}
	for _, o := range p.orgs {
		p.organisation(o)
	}
	return p.done()
}

// script reads a block of JSON-LD: the values in it up to a flaw, of which many sites have one.
func (p *linked) script(s script) {
	dec := json.NewDecoder(bytes.NewReader(s.text))
	dec.UseNumber()
	for n := range maxScripts {
		var v any
		err := dec.Decode(&v)
		if err == io.EOF && n > 0 {
			return
		}
		if err == nil {
			p.roots = append(p.roots, v)
			p.index(v, 0)
			continue
		}
		at := dec.InputOffset()
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = syntax.Offset
		}
		line := s.line + bytes.Count(s.raw[:max(min(int(at)-1, len(s.raw)), 0)], []byte("\n")) // without what is wrong itself
		// Line breaks within a text are the flaw that is seen most often, and leave no doubt.
		if flat := bytes.Map(unbroken, s.text); n == 0 && strings.HasSuffix(err.Error(), "in string literal") && !bytes.Equal(flat, s.text) {
			p.problem(fmt.Sprintf("line %d: there is a line break or tab within a text of this JSON-LD; it is read all the same", line))
			p.script(script{flat, s.raw, s.line})
			return
		}
		p.problem(fmt.Sprintf("line %d: this JSON-LD cannot be read: %v", line, err))
		return
	}
}

// unbroken writes control characters as spaces: outside of texts JSON means the same by both.
func unbroken(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// A script is a block of JSON-LD, and the line of the page on which it begins.
type script struct {
	text, raw []byte // what is read, and as long as that, what stands there
	line      int
}

// scripts returns the blocks of JSON-LD of a page.
func scripts(page []byte) (found []script) {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxScript)
	line, data := 1, false
	for len(found) < maxScripts {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := z.Raw()
		if data && kind == html.TextToken {
			text := bytes.Clone(raw)
			// Wrappings from the days of XHTML.
			for _, w := range []string{"<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>"} {
				text = bytes.Replace(text, []byte(w), bytes.Repeat([]byte(" "), len(w)), 1)
			}
			if len(bytes.TrimSpace(text)) > 0 {
				found = append(found, script{text, text, line})
			}
		}
		line += bytes.Count(raw, []byte("\n"))
		data = false
		if kind != html.StartTagToken {
			continue
		}
		name, more := z.TagName()
		isScript := string(name) == "script"
		for more && isScript {
			var key, value []byte
			key, value, more = z.TagAttr()
			kind, _, _ := bytes.Cut(value, []byte(";"))
			if string(key) == "type" && strings.EqualFold(string(bytes.TrimSpace(kind)), "application/ld+json") {
				data = true
			}
		}
	}
	return found
}

// A linked is a page that is being read.
type linked struct {
	draft
	roots []any
	byID  map[string]map[string]any // the node that says most of each @id
	nodes int
	orgs  []map[string]any
}

// index remembers the nodes by their ids: publishers are often named by one.
func (p *linked) index(v any, depth int) {
	if p.nodes++; p.nodes > maxNodes || depth > maxDeep {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.index(e, depth+1)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && len(v) > len(p.byID[id]) {
			p.byID[id] = v
		}
		for _, e := range v {
			switch e.(type) {
			case []any, map[string]any:
				p.index(e, depth+1)
			}
		}
	}
}

// node returns the node that v is or names.
func (p *linked) node(v any) map[string]any {
	n, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if id, ok := n["@id"].(string); ok && len(n) <= 2 && p.byID[id] != nil {
		return p.byID[id]
	}
	return n
}

// root looks for organisations that may be the outlet.
func (p *linked) root(v any, depth int) {
	if depth > maxDeep {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.root(e, depth+1)
		}
	case map[string]any:
		p.root(v["@graph"], depth+1)
		switch {
		case isOrganisation(v):
			if p.own(v) {
				p.add(v)
			}
		case isPage(v):
			for _, of := range []string{"publisher", "mainEntity"} {
				for _, e := range list(v[of]) {
					if n := p.node(e); isOrganisation(n) && (of == "publisher" || p.own(n)) {
						p.add(n)
					}
				}
			}
		}
	}
}

func (p *linked) add(n map[string]any) {
	if len(p.orgs) < maxOrgs {
		p.orgs = append(p.orgs, n)
	}
}

// own reports whether an organisation that stands by itself names this site as its own, or none.
func (p *linked) own(n map[string]any) bool {
	here, err := url.Parse(p.from)
	if err != nil {
		return false
	}
	urls := texts(n["url"])
	for _, ref := range urls {
		if u, err := here.Parse(strings.TrimSpace(ref)); err == nil && sameSite(news.HostOf(u), news.HostOf(here)) {
			return true
		}
	}
	return len(urls) == 0
}

// sameSite reports whether one host is the other, or a part of it.
func sameSite(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

// kinds are those of an Organization that publish news, or own who does (schema.org).
var kinds = []string{
	"Organization", "NewsMediaOrganization", "Corporation", "NGO", "GovernmentOrganization", "LocalBusiness", "OnlineBusiness",
	"EducationalOrganization", "CollegeOrUniversity", "Cooperative", "Consortium", "BroadcastService", "RadioStation", "TelevisionStation", "PoliticalParty",
}

func isOrganisation(n map[string]any) bool { return isType(n, kinds...) }

func isPage(n map[string]any) bool {
	return isType(n, "WebSite", "WebPage", "CollectionPage", "AboutPage", "Newspaper", "Periodical")
}

func isType(n map[string]any, names ...string) bool {
	for _, t := range texts(n["@type"]) {
		if slices.Contains(names, t[strings.LastIndexAny(t, "/#:")+1:]) {
			return true
		}
	}
	return false
}

// policies are the properties whose value is a page, or a text, on how the outlet works, with the
// field in which they stand and, where others stand there, too, what they are.
var policies = []struct{ key, field, title string }{
	{"publishingPrinciples", "principles", ""},
	{"ethicsPolicy", "ethics_policy", ""},
	{"correctionsPolicy", "corrections_policy", ""},
	{"missionCoveragePrioritiesPolicy", "mission", ""},
	{"masthead", "management", ""},
	{"ownershipFundingInfo", "funding", ""},
	{"verificationFactCheckingPolicy", "policies", "Verification and fact-checking: "},
	{"diversityPolicy", "policies", "Diversity: "},
	{"diversityStaffingReport", "policies", "Diversity of the staff: "},
	{"actionableFeedbackPolicy", "policies", "Feedback: "},
	{"unnamedSourcesPolicy", "policies", "Unnamed sources: "},
	{"noBylinesPolicy", "policies", "Articles without a byline: "},
}

// founded is a date of ISO 8601, which schema.org wants, as far as it goes.
var founded = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.Z+-]*)?)?)?$`)

// organisation takes down what a node says of the outlet.
func (p *linked) organisation(n map[string]any) {
	d := &p.said
	for _, s := range texts(n["legalName"]) {
		p.claim(&d.LegalName, clean(s, maxValue))
	}
	for _, e := range list(n["parentOrganization"]) {
		p.claim(&d.Owners, with(p.name(e), "parent organisation"))
	}
	for _, of := range policies {
		for _, e := range list(n[of.key]) {
			value := p.page(e)
			if value == "" {
				for _, s := range texts(e) {
					value = clean(s, maxValue)
				}
				if strings.Contains(value, ":") && !strings.Contains(value, " ") {
					p.problem("JSON-LD: what stands under " + of.key + " is no address that can be followed")
					continue
				}
			}
			if value != "" {
				p.claim(d.Field(of.field), of.title+value)
			}
		}
	}
	for _, e := range list(n["funder"]) {
		p.claim(&d.Funding, p.name(e))
	}
	for _, s := range texts(n["foundingDate"]) {
		if s = strings.TrimSpace(s); founded.MatchString(s) {
			p.claim(&d.Founded, s[:min(len(s), len(time.DateOnly))])
		} else {
			p.problem("JSON-LD: what stands under foundingDate is neither a year nor a date (YYYY-MM-DD)")
		}
	}
	for _, e := range list(n["contactPoint"]) {
		if c := p.node(e); c != nil {
			p.point(c)
		}
	}
	p.contact(&d.Contact, n, "")
	for _, e := range list(n["address"]) {
		p.claim(&d.Address, p.place(e))
	}
}

// editors are words, or their beginnings, by which contactType names those who write.
var editors = regexp.MustCompile(`(?i)editor|news|press|redac|redak|redaz|redaç|редак|تحرير`)

// point takes down a way to reach the editors, or somebody else at the publisher.
func (p *linked) point(c map[string]any) {
	kind, field := "", &p.said.Contact
	if t := texts(c["contactType"]); len(t) > 0 {
		if kind = clean(t[0], 40); !editors.MatchString(kind) {
			field = &p.said.Address
		}
	}
	p.contact(field, c, kind)
	for _, u := range texts(c["url"]) {
		p.claim(field, with(address(u, p.from), kind))
	}
}

func (p *linked) contact(field *[]news.Claim, n map[string]any, kind string) {
	add := func(value string) {
		said := slices.ContainsFunc(*field, func(c news.Claim) bool { return strings.HasPrefix(c.Value, value+" (") })
		if kind != "" || !said {
			p.claim(field, with(value, kind))
		}
	}
	for _, s := range texts(n["email"]) {
		add(mailbox(s))
	}
	for _, s := range texts(n["telephone"]) {
		add(telephone(s))
	}
}

// with adds in brackets what value is.
func with(value, what string) string {
	if value == "" || what == "" {
		return value
	}
	return value + " (" + what + ")"
}

// name returns how an organisation or a person is called.
func (p *linked) name(v any) string {
	if s, ok := v.(string); ok {
		if u := absolute(s, p.from); u != "" {
			return shown(u)
		}
		if s = clean(s, maxValue); strings.Contains(s, ":") && !strings.Contains(s, " ") {
			return "" // an address that cannot be followed
		}
		return s
	}
	n := p.node(v)
	for _, key := range []string{"legalName", "name"} {
		for _, s := range texts(n[key]) {
			if s = clean(s, maxValue); s != "" {
				return s
			}
		}
	}
	for _, s := range texts(n["url"]) {
		if u := absolute(s, p.from); u != "" {
			return shown(u)
		}
	}
	return ""
}

// page returns the address of a page that v is or names, "" where it is a text.
func (p *linked) page(v any) string {
	if s, ok := v.(string); ok {
		if strings.HasPrefix(s, "/") || strings.Contains(s, "://") {
			return address(s, p.from)
		}
		return ""
	}
	n := p.node(v)
	for _, key := range []string{"url", "@id"} {
		for _, s := range texts(n[key]) {
			if u := address(s, p.from); u != "" && !strings.HasPrefix(s, "#") {
				return u
			}
		}
	}
	return ""
}

// place writes a postal address on one line.
func (p *linked) place(v any) string {
	if s, ok := v.(string); ok {
		return clean(s, maxValue)
	}
	n := p.node(v)
	get := func(key string) string {
		if t := texts(n[key]); len(t) > 0 {
			return t[0]
		}
		return p.name(n[key])
	}
	var parts []string
	for _, part := range []string{
		get("streetAddress"), strings.TrimSpace(get("postalCode") + " " + get("addressLocality")), get("addressRegion"), get("addressCountry"),
	} {
		if part = clean(part, maxValue); part != "" {
			parts = append(parts, part)
		}
	}
	return clean(strings.Join(parts, ", "), maxValue)
}

// list returns the values of a property: JSON-LD writes one alone or in a list.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v[:min(len(v), 4*maxPerField)]
	}
	return []any{v}
}

// texts returns the texts among the values of a property.
func texts(v any) (all []string) {
	for _, e := range list(v) {
		if m, ok := e.(map[string]any); ok {
			e = m["@value"]
		}
		switch e := e.(type) {
		case string:
			all = append(all, e)
		case json.Number:
			all = append(all, e.String())
		}
	}
	return all
}

// shown writes the address of a whole site as its name.
func shown(u string) string {
	if host, path, _ := strings.Cut(strings.TrimPrefix(u, "https://"), "/"); path == "" && !strings.Contains(host, ":") {
		return host
	}
	return u
}
