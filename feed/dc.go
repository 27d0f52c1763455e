package feed

import (
	"strings"
	"time"
)

// A DC is what Dublin Core says of a feed or an entry and no other field has.
type DC struct {
	Available   time.Time // from when it can be had
	ValidFrom   time.Time // until when is Entry.Expired
	Accepted    time.Time
	Submitted   time.Time
	Copyrighted time.Time
	Terms       []DCTerm
}

// A DCTerm is one property of dcterms as it is said, "isPartOf" and the like.
type DCTerm struct {
	Name  string // as dcterms spells it
	Value string // text, or a URL where the property has one (rdf:resource)
}

// dcNames are the properties that come as DCTerm, by their name in lower case; of dc,
// which has the first few, as of dcterms.
var dcNames = func() map[string]string {
	m := map[string]string{}
	for name := range strings.FieldsSeq("coverage format relation type " +
		"accessRights alternative audience bibliographicCitation conformsTo educationLevel extent hasFormat hasPart hasVersion " +
		"instructionalMethod isFormatOf isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf mediator medium provenance " +
		"references replaces requires rightsHolder spatial tableOfContents temporal") {
		m[strings.ToLower(name)] = name
	}
	return m
}()

// dcElements are the properties that dcterms took from dc, and that mean the same.
var dcElements = set("title creator subject description publisher contributor date identifier source language rights")

func (p *parser) dcOf(owner place) *DC {
	var at **DC
	switch f := p.feedOf(owner); {
	case owner == inEntry && p.entry != nil:
		at = &p.entry.DC
	case f != nil:
		at = &f.DC
	default:
		return nil
	}
	if *at == nil {
		*at = &DC{}
	}
	return *at
}

func (p *parser) dcLeaf(f *frame, local, text string) {
	if url := f.attrs.get("resource"); text == "" && url != "" {
		text = f.resolve(url)
	}
	if text == "" {
		return
	}
	date := func(set func(*DC) *time.Time) {
		if t, ok := p.date(text); ok {
			if d := p.dcOf(f.owner); d != nil {
				*set(d) = t
			}
		}
	}
	switch local {
	case "available":
		date(func(d *DC) *time.Time { return &d.Available })
	case "dateaccepted":
		date(func(d *DC) *time.Time { return &d.Accepted })
	case "datesubmitted":
		date(func(d *DC) *time.Time { return &d.Submitted })
	case "datecopyrighted":
		date(func(d *DC) *time.Time { return &d.Copyrighted })
	case "valid":
		p.dcValid(f, text)
	case "license":
		if c := p.common(f.owner); c != nil && absolute(text) {
			*c.license = resolve(nil, text)
		}
	default:
		if name := dcNames[local]; name != "" {
			if d := p.dcOf(f.owner); d != nil {
				keep(&p.tally, &d.Terms, DCTerm{Name: name, Value: collapse(text)})
			}
		}
	}
}

// dcValid reads a date, until which it is valid, or a period (DCMI Period Encoding
// Scheme): "start=2026-11-01; end=2026-12-01; scheme=W3C-DTF".
func (p *parser) dcValid(f *frame, text string) {
	end := text
	if strings.Contains(text, "=") {
		start := ""
		end = ""
		for part := range strings.SplitSeq(text, ";") {
			key, value, _ := strings.Cut(part, "=")
			switch strings.ToLower(strings.TrimSpace(key)) {
			case "start":
				start = value
			case "end":
				end = value
			}
		}
		if t, ok := p.date(start); ok {
			if d := p.dcOf(f.owner); d != nil {
				d.ValidFrom = t
			}
		}
	}
	if f.owner == inEntry && p.entry != nil {
		if t, ok := p.date(end); ok {
			p.entry.Expired = t
		}
	}
}
