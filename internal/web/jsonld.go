package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// A thing is a node of schema.org JSON-LD. html/template writes it as JSON, keys in
// order, safe inside a script element (which, holding data, does not run).
type thing map[string]any

const schema = "https://schema.org"

func (s *site) websiteLD(base string) thing {
	return thing{
		"@context": schema, "@type": "WebSite", "name": s.HubName, "url": base + "/",
		"potentialAction": thing{
			"@type": "SearchAction", "target": base + "/search?q={q}", "query-input": "required name=q",
		},
	}
}

// articleLD describes the article as what it is: the outlet's, based on its page, and
// given out again by the hub (sdPublisher).
func (s *site) articleLD(base string, a *news.Article, src *news.Source) thing {
	t := thing{
		"@context": schema, "@type": "NewsArticle", "headline": a.Title, "url": base + "/article/" + a.ID,
		"isBasedOn": a.URL, "publisher": s.organizationLD(base, src, false),
		"sdPublisher": thing{"@type": "Organization", "name": s.HubName, "url": base + "/"},
	}
	if a.Language != "" && a.Language != "und" {
		t["inLanguage"] = a.Language
	}
	if !a.Published.IsZero() {
		t["datePublished"] = a.Published.UTC().Format(time.RFC3339)
	}
	if !a.Updated.IsZero() {
		t["dateModified"] = a.Updated.UTC().Format(time.RFC3339)
	}
	var authors []thing
	for _, name := range a.Authors {
		authors = append(authors, thing{"@type": "Person", "name": name})
	}
	if authors != nil {
		t["author"] = authors
	}
	return t
}

func (s *site) organizationLD(base string, src *news.Source, top bool) thing {
	t := thing{
		"@type": "NewsMediaOrganization", "name": src.Name, "url": src.Home,
		"ownershipFundingInfo": publish.DisclosureLine(src), "subjectOf": base + "/source/" + url.PathEscape(src.ID),
	}
	if top {
		t["@context"] = schema
	}
	if c, ok := publish.Strongest(src.Disclosure.LegalName); ok {
		t["legalName"] = c.Value
	}
	if top {
		disclosureLD(t, src.Disclosure)
	}
	return t
}

// disclosureLD adds what schema.org has terms for, each as the strongest authority says it; that
// others say otherwise, and who says what, stands on the page.
func disclosureLD(t thing, d news.Disclosure) {
	if c, ok := publish.Strongest(d.Founded); ok && isDate(c.Value) {
		t["foundingDate"] = c.Value
	}
	if c, ok := publish.Strongest(d.Address); ok {
		t["address"] = c.Value
	}
	for term, claims := range map[string][]news.Claim{
		"publishingPrinciples": d.Principles, "correctionsPolicy": d.CorrectionsPolicy, "ethicsPolicy": d.EthicsPolicy,
		"missionCoveragePrioritiesPolicy": d.Mission,
	} {
		// They are addresses of documents: that which is claimed, or that where the claim is checked.
		if c, ok := publish.Strongest(claims); ok && isURL(c.Value) {
			t[term] = c.Value
		} else if ok && isURL(c.URL) && c.By == news.Self {
			t[term] = c.URL
		}
	}
	var parents []thing
	for _, c := range news.Strongest(d.Owners) {
		if name, is := news.Company(c.Value); is { // the term is for organizations, and an owner may be a person
			parents = append(parents, thing{"@type": "Organization", "name": name})
		}
	}
	if parents != nil {
		t["parentOrganization"] = parents
	}
}

// isDate reports whether s is a date of schema.org (ISO 8601), to the day, month or year.
func isDate(s string) bool {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func (s *site) storyLD(base string, st *news.Story, head *news.Article, articles []*news.Article, h *hub) thing {
	var parts []thing
	for _, a := range articles {
		if src := h.sources[a.SourceID]; src != nil && len(parts) < 20 { // a page must stay below 60 KB
			parts = append(parts, thing{"@type": "NewsArticle", "url": base + "/article/" + a.ID, "isBasedOn": a.URL})
		}
	}
	return thing{
		"@context": schema, "@type": "CollectionPage", "name": head.Title,
		"url": base + "/story/" + st.ID, "hasPart": parts,
	}
}

// openSearch lets a browser search the hub from its address bar.
func (s *site) openSearch(w http.ResponseWriter, r *http.Request) error {
	type link struct {
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	}
	base := s.base(r)
	name := []rune(s.HubName)
	body, err := xml.MarshalIndent(struct {
		XMLName     xml.Name `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
		ShortName   string
		Description string
		URL         []link `xml:"Url"`
	}{
		ShortName: string(name[:min(len(name), 16)]), Description: "Search the articles that " + s.HubName + " carries",
		URL: []link{{"text/html", base + "/search?q={searchTerms}"}, {"application/atom+xml", base + "/search/feed.atom?q={searchTerms}"}},
	}, "", "  ")
	if err != nil {
		return err
	}
	s.send(w, r, "application/opensearchdescription+xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
