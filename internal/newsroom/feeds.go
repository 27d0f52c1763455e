package newsroom

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"text/template"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// feedSize is how many entries a feed holds; common systems have 10 to 50.
const feedSize = 30

// stubWords is how much a stub leaves of a text before "Read more": what the best known
// blog system leaves.
const stubWords = 55

// An entry is what a feed says about a telling.
type entry struct {
	GUID               string
	Permanent          bool // the GUID is an address
	URL, Title, By     string
	Summary, Content   string // HTML; an empty one is left out
	Tags               []string
	Published, Updated time.Time
}

// feedData is what feed templates get.
type feedData struct {
	Outlet     *Outlet
	Home, Self string
	Hub        string // WebSub, "" for none
	Encoding   string
	Language   string
	Modified   time.Time
	Entries    []entry
	Invented   string // the notice, for honesty
}

// visible returns the tellings that an outlet has published by the world's clock, the
// newest first, and when something last changed.
func (w *World) visible(o *Outlet) (list []*Telling, modified time.Time) {
	now := w.offset()
	last := time.Duration(0)
	for _, t := range o.tellings {
		if v := t.at(now); v != nil {
			list = append([]*Telling{t}, list...)
			last = max(last, v.From)
		}
	}
	return list, w.start.Add(last)
}

// entry makes what the outlet's feed says of t at the world's clock.
func (w *World) entry(t *Telling) entry {
	v := t.at(w.offset())
	published := w.start.Add(t.Versions[0].From)
	e := entry{
		GUID: w.GUID(t), URL: w.URL(t), Title: v.Title, By: v.By, Tags: v.Tags,
		Permanent: t.Outlet.GUID == "link", Published: published, Updated: published,
	}
	if v.Retraction {
		e.Updated = w.start.Add(v.From)
	}
	switch t.Outlet.Text {
	case "full":
		e.Summary = html.EscapeString(v.Lead())
		for i, p := range v.Paragraphs {
			e.Content += "<p>" + html.EscapeString(p) + "</p>\n"
			if i == 0 && v.Chart != nil {
				e.Content += v.Chart.at(w.chartURL(t)).html()
			}
		}
	case "summary":
		e.Summary = html.EscapeString(v.Lead())
	case "stub": // as a well-known blog system leaves it
		words := strings.Fields(strings.Join(v.Paragraphs, " "))
		e.Summary = fmt.Sprintf(`<p>%s &#8230; <a class="more-link" href="%s">Read more</a></p>`+"\n"+
			`<p>The post <a href="%[2]s">%s</a> appeared first on <a href="%s">%s</a>.</p>`,
			html.EscapeString(strings.Join(words[:min(stubWords, len(words))], " ")), e.URL,
			html.EscapeString(v.Title), w.Home(t.Outlet.ID), html.EscapeString(t.Outlet.Name))
	}
	return e
}

var feedTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"xml": func(s string) (string, error) {
		var b strings.Builder
		err := xml.EscapeText(&b, []byte(s))
		return b.String(), err
	},
	"rfc822":  func(t time.Time) string { return t.Format(time.RFC1123Z) },
	"rfc3339": func(t time.Time) string { return t.Format(time.RFC3339) },
}).ParseFS(files, "world/templates/*.xml"))

// feed makes the outlet's feed as it is at the world's clock.
func (w *World) feed(o *Outlet) (document, error) {
	list, modified := w.visible(o)
	data := feedData{
		Outlet: o, Home: w.Home(o.ID), Self: w.urls[o.ID] + o.Feed, Language: o.Languages[0],
		Encoding: o.Encoding, Modified: modified, Invented: invented(o), Hub: w.hub,
	}
	if data.Encoding == "" {
		data.Encoding = "UTF-8"
	}
	for _, t := range list[:min(feedSize, len(list))] {
		data.Entries = append(data.Entries, w.entry(t))
	}
	if o.Format == "json" {
		return jsonFeed(data)
	}
	var b bytes.Buffer
	if err := feedTemplates.ExecuteTemplate(&b, o.Format+".xml", data); err != nil {
		return document{}, fmt.Errorf("feed of %s: %w", o.ID, err)
	}
	d := document{body: b.Bytes(), modified: modified, contentType: map[string]string{
		"rss": "application/rss+xml; charset=" + data.Encoding, "atom": "application/atom+xml; charset=utf-8",
		"rdf": "application/rdf+xml",
	}[o.Format]}
	if o.Encoding == "ISO-8859-1" {
		// What the encoding lacks becomes a character reference.
		body, err := encoding.HTMLEscapeUnsupported(charmap.ISO8859_1.NewEncoder()).Bytes(d.body)
		if err != nil {
			return document{}, fmt.Errorf("feed of %s in %s: %w", o.ID, o.Encoding, err)
		}
		d.body = body
	}
	return d, nil
}

// jsonFeed writes JSON Feed 1.1.
func jsonFeed(data feedData) (document, error) {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID        string   `json:"id"`
		URL       string   `json:"url"`
		Title     string   `json:"title"`
		Summary   string   `json:"summary,omitempty"`
		HTML      string   `json:"content_html,omitempty"`
		Text      string   `json:"content_text,omitempty"`
		Published string   `json:"date_published"`
		Modified  string   `json:"date_modified,omitempty"`
		Authors   []author `json:"authors,omitempty"`
		Tags      []string `json:"tags,omitempty"`
	}
	type hub struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	}
	doc := struct {
		Version     string `json:"version"`
		Title       string `json:"title"`
		Home        string `json:"home_page_url"`
		Self        string `json:"feed_url"`
		Description string `json:"description"`
		Language    string `json:"language"`
		Hubs        []hub  `json:"hubs,omitempty"`
		Items       []item `json:"items"`
	}{
		"https://jsonfeed.org/version/1.1", data.Outlet.Name, data.Home, data.Self,
		data.Outlet.Tagline + ". " + data.Invented, data.Language,
		nil,
		[]item{},
	}
	if data.Hub != "" {
		doc.Hubs = []hub{{"WebSub", data.Hub}}
	}
	for _, e := range data.Entries {
		i := item{
			ID: e.GUID, URL: e.URL, Title: e.Title, Summary: html.UnescapeString(e.Summary), HTML: e.Content,
			Published: e.Published.Format(time.RFC3339), Tags: e.Tags,
		}
		if i.HTML == "" {
			i.Text = i.Summary // JSON Feed 1.1: one of the two must be there
		}
		if e.Updated.After(e.Published) {
			i.Modified = e.Updated.Format(time.RFC3339)
		}
		if e.By != "" {
			i.Authors = []author{{e.By}}
		}
		doc.Items = append(doc.Items, i)
	}
	body, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return document{}, fmt.Errorf("feed of %s: %w", data.Outlet.ID, err)
	}
	return document{body: body, contentType: "application/feed+json", modified: data.Modified}, nil
}
