package feed

import "strings"

// Terms are the machine-readable terms of Really Simple Licensing (RSL 1.0,
// https://rslstandard.org/rsl) under which something may be used.
type Terms struct {
	URL       string // what they are about, if said: a URL, or a pattern of RFC 9309
	Document  string // URL of the whole terms: link rel=license of type application/rsl+xml
	Server    string // URL of the licence server: where there is one, a licence has to be got
	Encrypted bool
	Licenses  []License // any one of them may be taken
	Copyright string    // who holds it
	About     string    // URL of further terms, for people
}

// A License is one rsl:license.
type License struct {
	Permits   []Use
	Prohibits []Use // goes before what is permitted
	Payments  []Payment
	Legal     []Use // Kind "warranty", "disclaimer", "attestation", ...
}

// A Use is one or more kinds of use, users or places.
type Use struct {
	Kind  string   // "usage", "user" or "geo"
	Names []string // "all", "ai-train", "ai-input", "search", ...; "commercial", ...; ISO 3166
}

// A Payment is what a licence costs.
type Payment struct {
	Type     string // "free", "attribution", "purchase", "subscription", "crawl", "use", ...
	Amount   string
	Currency string   // ISO 4217
	Standard []string // URLs of licences that many use
	Custom   string   // URL of where to ask
}

const rslType = "application/rsl+xml"

// termsOf returns the terms of what an element belongs to; nil if there is nothing.
func (p *parser) termsOf(owner place) *Terms {
	var at **Terms
	switch f := p.feedOf(owner); {
	case owner == inEntry && p.entry != nil:
		at = &p.entry.Terms
	case f != nil:
		at = &f.Terms
	default:
		return nil
	}
	if *at == nil {
		*at = &Terms{}
	}
	return *at
}

// openTerms takes what the elements of RSL that hold others say themselves.
func (p *parser) openTerms(f *frame) {
	t := p.termsOf(f.owner)
	if t == nil {
		return
	}
	switch f.key {
	case "rsl:content":
		if t.URL == "" {
			t.URL = f.resolve(f.attrs.get("url"))
		}
		if t.Server == "" {
			t.Server = f.resolve(f.attrs.get("server"))
		}
		t.Encrypted = t.Encrypted || strings.EqualFold(f.attrs.get("encrypted"), "true")
	case "rsl:license":
		keep(&p.tally, &t.Licenses, License{})
	case "rsl:payment":
		if n := len(t.Licenses); n > 0 {
			keep(&p.tally, &t.Licenses[n-1].Payments, Payment{Type: f.attrs.get("type")})
		}
	}
}

func (p *parser) termsLeaf(f *frame, text string) {
	if f.owner == inEntry && (p.entry == nil || p.entry.Terms == nil) || text == "" {
		return // it stands in no rsl:content
	}
	t := p.termsOf(f.owner)
	if t == nil {
		return
	}
	switch f.key {
	case "rsl:copyright":
		t.Copyright = collapse(text)
		return
	case "rsl:terms":
		t.About = f.resolve(text)
		return
	}
	if len(t.Licenses) == 0 {
		return
	}
	l := &t.Licenses[len(t.Licenses)-1]
	use := Use{Kind: f.attrs.get("type"), Names: listed(text)}
	use.Names = use.Names[:min(len(use.Names), p.limits.Parts)]
	if use.Kind == "" {
		use.Kind = "usage"
	}
	switch f.key {
	case "rsl:permits":
		keep(&p.tally, &l.Permits, use)
	case "rsl:prohibits":
		keep(&p.tally, &l.Prohibits, use)
	case "rsl:legal":
		keep(&p.tally, &l.Legal, use)
	}
	if len(l.Payments) == 0 {
		return
	}
	pay := &l.Payments[len(l.Payments)-1]
	switch f.key {
	case "rsl:standard":
		keep(&p.tally, &pay.Standard, f.resolve(text))
	case "rsl:custom":
		pay.Custom = f.resolve(text)
	case "rsl:amount":
		pay.Amount, pay.Currency = text, f.attrs.get("currency")
	}
}

// listed splits a list: RSL 1.0 has spaces between names, its drafts had commas.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}
