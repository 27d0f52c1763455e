package feed

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePageURL string       `json:"home_page_url,omitempty"`
	FeedURL     string       `json:"feed_url,omitempty"`
	Description string       `json:"description,omitempty"`
	NextURL     string       `json:"next_url,omitempty"`
	Icon        string       `json:"icon,omitempty"`
	Favicon     string       `json:"favicon,omitempty"`
	Authors     []jsonPerson `json:"authors,omitempty"`
	Language    string       `json:"language,omitempty"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Expired     bool         `json:"expired,omitempty"`
	Parallax    any          `json:"_parallax,omitempty"`
	Items       []jsonItem   `json:"items"`
}

type jsonPerson struct {
	Name   string `json:"name,omitempty"`
	URL    string `json:"url,omitempty"`
	Avatar string `json:"avatar,omitempty"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type jsonItem struct {
	ID          string         `json:"id"`
	URL         string         `json:"url,omitempty"`
	Title       string         `json:"title,omitempty"`
	HTML        *string        `json:"content_html,omitempty"`
	Text        *string        `json:"content_text,omitempty"`
	Summary     string         `json:"summary,omitempty"`
	Image       string         `json:"image,omitempty"`
	Published   string         `json:"date_published,omitempty"`
	Modified    string         `json:"date_modified,omitempty"`
	Authors     []jsonPerson   `json:"authors,omitempty"`
	Tags        []string       `json:"tags,omitempty"`
	Language    string         `json:"language,omitempty"`
	Attachments []jsonFile     `json:"attachments,omitempty"`
	Parallax    map[string]any `json:"_parallax,omitempty"`
}

type jsonFile struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Size  int64  `json:"size_in_bytes,omitempty"`
	Time  int64  `json:"duration_in_seconds,omitempty"`
}

type jsonNote struct {
	Name string `json:"name,omitempty"`
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"`
}

type jsonOrigin struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	FeedURL string `json:"feed_url,omitempty"`
}

// WriteJSON writes f as JSON Feed 1.1. Titles and summaries become plain text, as the
// format has them; an entry with nothing but a summary has it as its content. A feed
// without a title has its URL for one. What JSON Feed has no word for is in _parallax.
func WriteJSON(out io.Writer, f *Feed) error {
	w := &xmlWriter{base: writeBase(f)}
	j := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: flat(f.Title), HomePageURL: w.url(f.Link), FeedURL: w.url(f.Self),
		Description: flat(f.Description), NextURL: w.url(f.Next), Icon: w.url(f.Logo), Favicon: w.url(f.Icon),
		Authors: w.jsonPeople(f.Authors), Language: language(f.Language), Expired: f.Ended, Items: []jsonItem{},
	}
	if m := said(feedMoreOf(f)); m != nil {
		j.Parallax = m
	}
	if j.NextURL == j.FeedURL {
		j.NextURL = "" // "must not be the same as feed_url"
	}
	for _, other := range []string{j.HomePageURL, j.FeedURL, blankPage} {
		if j.Title == "" {
			j.Title = collapse(other)
		}
	}
	if j.Icon == "" && f.Image != nil {
		j.Icon = w.url(f.Image.URL)
	}
	for _, hub := range f.Hubs {
		if hub = w.url(hub); hub != "" {
			j.Hubs = append(j.Hubs, jsonHub{"WebSub", hub})
		}
	}
	for _, e := range f.Entries {
		if e != nil {
			j.Items = append(j.Items, w.jsonItem(e))
		}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(j)
}

// flat is text as one line of plain text.
func flat(t Text) string {
	return collapse(tidy(Text{Body: tidy(t.Body), Type: t.Type}.String()))
}

func (w *xmlWriter) jsonPeople(people []Person) (out []jsonPerson) {
	for _, p := range people {
		j := jsonPerson{Name: collapse(tidy(p.Name)), URL: w.url(p.URL), Avatar: w.url(p.Image)}
		if mail := tidy(p.Email); j.URL == "" && mail != "" {
			j.URL = safeURL("mailto:" + mail)
		}
		if j != (jsonPerson{}) {
			out = append(out, j)
		}
	}
	return out
}

func (w *xmlWriter) jsonItem(e *Entry) jsonItem {
	j := jsonItem{
		URL: w.url(e.Link), Title: flat(e.Title), Published: rfc3339(e.Published), Modified: rfc3339(e.Updated),
		Authors: w.jsonPeople(e.Authors), Language: language(e.Language),
	}
	j.ID = w.unique(identity(e, j.URL), j.URL)
	content := Text{Body: tidy(w.based(e.Content).resolved()), Type: e.Content.Type}
	switch summary := tidy(w.based(e.Summary).HTML()); {
	case content.Body != "" && content.Type == HTML:
		j.HTML = &content.Body
		j.Summary = flat(e.Summary)
	case content.Body != "":
		j.Text = &content.Body
		j.Summary = flat(e.Summary)
	case summary != "":
		j.HTML = &summary
	default:
		j.Text = new(string)
	}
	for _, c := range e.Categories {
		if tag := tidy(c.Term); tag != "" {
			j.Tags = append(j.Tags, tag)
		}
	}
	for i, x := range e.Enclosures {
		if x = w.enclosure(x); x.URL != "" {
			size, err := strconv.ParseInt(tidy(x.Length), 10, 64)
			if err != nil {
				size = 0 // unreachable: enclosure has seen to it
			}
			j.Attachments = append(j.Attachments, jsonFile{URL: x.URL, Type: x.Type, Title: tidy(x.Title), Size: size})
			if i == 0 {
				j.Attachments[0].Time = seconds(e.Duration)
			}
		}
	}
	if e.Image != nil {
		j.Image = w.url(e.Image.URL)
	}
	j.Parallax = said(moreOf(e))
	var notes []jsonNote
	for _, n := range e.Notes {
		if note := (jsonNote{tidy(n.Name), tidy(n.Text), w.url(n.URL)}); note != (jsonNote{}) {
			notes = append(notes, note)
		}
	}
	var source *jsonOrigin
	if s := e.Source; s != nil {
		if from := (jsonOrigin{tidy(s.ID), flat(s.Title), w.url(s.Link), w.url(s.Self)}); from != (jsonOrigin{}) {
			source = &from
		}
	}
	if j.Parallax == nil && (notes != nil || source != nil) {
		j.Parallax = map[string]any{}
	}
	if notes != nil {
		j.Parallax["notes"] = notes
	}
	if source != nil {
		j.Parallax["source"] = source
	}
	return j
}

// seconds reads "1:02:03", "2:03" or "123", as itunes:duration has them; 0 if it is none.
func seconds(s string) (total int64) {
	for i, part := range strings.Split(tidy(s), ":") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || i > 2 {
			return 0
		}
		total = total*60 + int64(n)
	}
	return total
}
