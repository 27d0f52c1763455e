package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"parallax/internal/sanitize"
)

// A frame is what every page has besides its own content.
type frame struct {
	Title      string
	HubName    string
	Path       string // of the page, to mark it in the navigation
	Styles     []string
	Alternates []alternate
	Next       string // address of the next page of a list
	JSONLD     any    // schema.org, see jsonld.go
	NoIndex    bool
	OEmbed     string // address of the page, for those who want to embed it
}

// An alternate is a feed that belongs to the page, for autodiscovery.
type alternate struct{ Type, Title, Href string }

// frame returns the frame of a page with this title. Every page names the feed of
// everything; pages with feeds of their own name these first.
func (s *site) frame(r *http.Request, title string) frame {
	return frame{Title: title, HubName: s.HubName, Path: r.URL.Path, Alternates: alternates("/feed", "", "All articles")}
}

// own puts the feeds at stem before those of the whole hub.
func (f *frame) own(stem, query, title string) {
	f.Alternates = append(alternates(stem, query, title), f.Alternates...)
}

func alternates(stem, query, title string) []alternate {
	var list []alternate
	for _, f := range formats {
		list = append(list, alternate{f.mediaType, title + " (" + f.title + ")", stem + "." + f.suffix + query})
	}
	return list
}

// OEmbeds are where the card of the page is, for those who want to embed it.
func (f frame) OEmbeds() []alternate {
	if f.OEmbed == "" {
		return nil
	}
	var list []alternate
	for _, format := range []string{"json", "xml"} {
		q := url.Values{"url": {f.OEmbed}, "format": {format}}
		kind := "text/xml+oembed"
		if format == "json" {
			kind = "application/json+oembed"
		}
		list = append(list, alternate{kind, "Card", "/oembed?" + q.Encode()})
	}
	return list
}

// Heading is the text of <title>.
func (f frame) Heading() string {
	if f.Title == "" || f.Title == f.HubName {
		return f.HubName
	}
	return f.Title + " · " + f.HubName
}

// A navItem is one entry of the navigation.
type navItem struct {
	Href, Title string
	Current     bool
}

// Nav is the navigation of the hub.
func (f frame) Nav() []navItem {
	items := []navItem{
		{Href: "/", Title: "Stories"},
		{Href: "/blindspots", Title: "Blindspots"},
		{Href: "/sources", Title: "Sources"},
		{Href: "/feeds", Title: "Feeds"},
		{Href: "/about", Title: "About"},
	}
	for i := range items {
		items[i].Current = items[i].Href == f.Path
	}
	return items
}

// loadPages parses layout.html and parts.html with each page's own template, which
// defines "main". A page's stylesheet comes after layout.css.
func (s *site) loadPages() error {
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		return err
	}
	s.pages = map[string]*template.Template{}
	for _, name := range names {
		stem := strings.TrimSuffix(name, ".html")
		if stem == "layout" || stem == "parts" {
			continue
		}
		styles := []string{s.styles["layout"]}
		if path, ok := s.styles[stem]; ok {
			styles = append(styles, path)
		}
		t, err := template.New(stem).Funcs(template.FuncMap{
			"trust":  sanitize.Trust, // the only way in for foreign HTML
			"styles": func() []string { return styles },
			"plural": plural,
			"code":   code,
			// What a lite page takes from others is no longer than its bounds.
			"liteName": func(s string) string { return liteCut(s, liteName) },
			"liteText": func(s string) string { return liteCut(s, liteParagraph) },
		}).ParseFS(files, "layout.html", "parts.html", name)
		if err != nil {
			return err
		}
		s.pages[stem] = t
	}
	return nil
}

// plural writes n with the noun that goes with it.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes n with a narrow space before each three digits, as ISO 80000-1 has it.
func grouped(n int) string {
	text := fmt.Sprint(n)
	if n < 10000 {
		return text
	}
	var b strings.Builder
	for i, d := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return b.String()
}
