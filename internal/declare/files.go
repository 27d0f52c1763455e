package declare

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"parallax/internal/news"
)

// isFile reports whether what answered is a file of lines. Many sites answer with a page where
// there is no such file.
func isFile(body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	return len(body) > 0 && body[0] != '<' && body[0] != '{' && bytes.IndexByte(body, 0) < 0
}

// A line is one that says something: name=value.
type line struct {
	n           int
	name, value string
	ok          bool // there is a "="
}

// lines returns the lines of a file that are not empty; what stands behind a # that begins a word
// is a comment.
func lines(body []byte) (all []line) {
	const most = 20000
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	n := 0
	for text := range bytes.Lines(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))) {
		if n++; n > most {
			break
		}
		s := strings.TrimSpace(string(text))
		if i := strings.Index(s, "#"); i == 0 || i > 0 && (s[i-1] == ' ' || s[i-1] == '\t') {
			s = strings.TrimSpace(s[:i])
		}
		if s == "" {
			continue
		}
		name, value, ok := strings.Cut(s, "=")
		all = append(all, line{n, strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value), ok})
	}
	return all
}

// InTrust finds what a trust.txt says (JournalList's Reference Document, and
// draft-org-trust-relationship-protocol): lines name=value, of which most values are the addresses
// of sites. from is the URL that answered.
func InTrust(body []byte, from string) (news.Disclosure, []string) {
	p := &draft{from: from, in: "trust.txt"}
	d := &p.said
	own := news.Host(from)
	for _, l := range lines(body) {
		if !l.ok {
			p.problem(fmt.Sprintf("line %d: no “=”", l.n))
			continue
		}
		var field *[]news.Claim
		title := ""
		switch l.name {
		case "controlledby":
			field = &d.Owners
		case "control":
			field, title = &d.Affiliations, "Controls: "
		case "belongto", "memberof":
			field, title = &d.Affiliations, "Member of: "
		case "member":
			field, title = &d.Affiliations, "Has as member: "
		case "vendor":
			field, title = &d.Affiliations, "Vendor: "
		case "customer":
			field, title = &d.Affiliations, "Customer: "
		case "social":
			field, title = &d.Contact, "Account: "
		case "disclosure":
			field, title = &d.Policies, "Disclosures: "
		case "contact":
			p.reach(l)
			continue
		case "datatrainingallowed":
			switch strings.ToLower(l.value) {
			case "yes":
				p.claim(&d.Policies, "Training of models on its work: allowed")
			case "no":
				p.claim(&d.Policies, "Training of models on its work: not allowed")
			default:
				p.problem(fmt.Sprintf("line %d: datatrainingallowed is neither yes nor no", l.n))
			}
			continue
		default:
			p.problem(fmt.Sprintf("line %d: “%s” is no attribute of trust.txt", l.n, clean(l.name, 40)))
			continue
		}
		u := absolute(l.value, from)
		if u == "" {
			if host := domain(l.value); host != "" { // some leave the https:// out
				u = "https://" + host + "/"
			} else {
				p.problem(fmt.Sprintf("line %d: the value of %s is no address of http or https", l.n, l.name))
				continue
			}
		}
		switch {
		case l.name == "controlledby" && !sameSite(news.Host(u), own):
			p.claim(field, with(shown(u), "controls it"))
		case l.name != "controlledby":
			p.claim(field, title+u)
		}
	}
	return p.done()
}

// reach adds a contact, which may be an address of any kind, or words.
func (d *draft) reach(l line) {
	for _, read := range []func(string) string{
		func(s string) string { return absolute(s, d.from) }, mailbox, telephone,
	} {
		if v := read(l.value); v != "" {
			d.claim(&d.said.Contact, v)
			return
		}
	}
	if u, err := url.Parse(l.value); err == nil && u.Scheme != "" && !strings.Contains(l.value, " ") {
		d.problem(fmt.Sprintf("line %d: the value of contact is no address that can be followed", l.n))
		return
	}
	d.claim(&d.said.Contact, clean(l.value, maxValue))
}

// InAds finds who an ads.txt says owns the site, and who sells its advertising (IAB ads.txt 1.1
// §3.2.4): the variables OWNERDOMAIN and MANAGERDOMAIN. The rest of the file, which is about who may sell
// what, is not read. from is the URL that answered.
func InAds(body []byte, from string) (news.Disclosure, []string) {
	p := &draft{from: from, in: "ads.txt"}
	d := &p.said
	owner := ""
	for _, l := range lines(body) {
		if !l.ok || l.name != "ownerdomain" && l.name != "managerdomain" {
			continue
		}
		value, _, _ := strings.Cut(l.value, "#")
		value, country, _ := strings.Cut(value, ",")
		host := domain(value)
		if host == "" {
			p.problem(fmt.Sprintf("line %d: the value of %s is no domain", l.n, strings.ToUpper(l.name)))
			continue
		}
		if l.name == "managerdomain" {
			p.claim(&d.Affiliations, with("Advertising sold by: "+host, clean(strings.ToUpper(country), 20)))
			continue
		}
		switch {
		case owner == "":
			if owner = host; !sameSite(host, news.Host(from)) {
				p.claim(&d.Owners, with(host, "domain of the owner"))
			}
		case owner != host:
			p.problem(fmt.Sprintf("line %d: a second OWNERDOMAIN; the first one counts", l.n))
		}
	}
	return p.done()
}
