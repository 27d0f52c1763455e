package web

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parallax/internal/publish"
)

// A card is what other sites show of a story or an article: a few lines of plain HTML with a
// link. It holds the headline, who tells it, and nothing of a text.

const (
	// cardWidth and cardHeight are about how large a card is, in pixels; it has the type of the
	// site on which it stands, so nobody can know.
	cardWidth, cardHeight = 550, 200
	// cardSides is how many sides a card names.
	cardSides = 6
	// cardAge is for how long others may keep a card, in seconds.
	cardAge = 60
)

// A cardOf is a card before it is written.
type cardOf struct {
	path  string // of the page
	title words
	by    string   // whose headline it is, and who stands behind it
	lines []string // who tells it
	name  string   // of the outlet, where it is an article
}

// html writes the card. Everything in it is escaped here: it goes to sites that do not look.
func (c *cardOf) html(hub, hubName string) string {
	var b strings.Builder
	e := html.EscapeString
	b.WriteString(`<blockquote cite="` + e(hub+c.path) + `">` + "\n")
	attributes := ""
	if c.title.Lang != "" {
		attributes = ` lang="` + e(c.title.Lang) + `"`
	}
	if c.title.Dir != "" && c.title.Dir != "auto" {
		attributes += ` dir="` + e(c.title.Dir) + `"`
	}
	b.WriteString(`<p` + attributes + `><a href="` + e(hub+c.path) + `"><strong>` + e(c.title.Text) + "</strong></a></p>\n")
	b.WriteString("<p>" + e(c.by) + "</p>\n")
	if len(c.lines) > 0 {
		b.WriteString("<ul>\n")
		for _, l := range c.lines {
			b.WriteString("<li>" + e(l) + "</li>\n")
		}
		b.WriteString("</ul>\n")
	}
	b.WriteString(`<p>Side by side at <a href="` + e(hub) + `/">` + e(hubName) + "</a></p>\n</blockquote>")
	return b.String()
}

// cardAt makes the card of the page at a path of the hub: of a story or an article.
func (s *site) cardAt(r *http.Request, path string) (*cardOf, error) {
	h, err := s.hub(r.Context())
	if err != nil {
		return nil, err
	}
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	id, _, _ = strings.Cut(id, "/") // the lite page and the card are of the same
	asked := r.Clone(r.Context())
	asked.SetPathValue("id", id)
	switch {
	case kind == "story" && id != "":
		return s.storyCard(asked, h)
	case kind == "article" && id != "":
		return s.articleCard(asked, h, id)
	}
	return nil, notFound("There is no card of this page", "Cards are of stories and of articles of this hub.")
}

func (s *site) storyCard(r *http.Request, h *hub) (*cardOf, error) {
	st, err := s.findStory(r, h)
	if err == nil && st.MergedInto != "" {
		st, err = s.Store.Story(r.Context(), st.MergedInto, h.now)
	}
	if err != nil {
		return nil, err
	}
	seen, err := s.see(r, h, st)
	if err != nil {
		return nil, err
	}
	src := h.sources[seen.head.SourceID]
	c := &cardOf{
		path: "/story/" + st.ID + chosenLens(r), title: foreign(liteCut(seen.head.Title, liteTitle), seen.head.Language),
		by: "In the words of " + src.Name + "; " + outletOf(src).Short + ".",
	}
	for i, sd := range seen.bar.Sides {
		if i == cardSides {
			c.lines = append(c.lines, plural(len(seen.bar.Sides)-i, "further side", "further sides"))
			break
		}
		c.lines = append(c.lines, sd.Title+": "+sd.Count()+" outlets")
	}
	return c, nil
}

func (s *site) articleCard(r *http.Request, h *hub, id string) (*cardOf, error) {
	a, err := s.Store.Article(r.Context(), id)
	if err != nil {
		return nil, orNotFound(err, "There is no such article", "This hub knows no article of this address.")
	}
	src := h.sources[a.SourceID]
	if src == nil {
		return nil, notFound("This article is not here yet", "Its outlet was added to this hub a moment ago. Please try again in a few seconds.")
	}
	if !publish.Carried(a, src, h.now) {
		g, err := s.goneOf(r.Context(), a, src, h.now)
		if err != nil {
			return nil, err
		}
		return nil, goneError(g, src, "No longer carried")
	}
	return &cardOf{
		path: "/article/" + a.ID, title: foreign(liteCut(a.Title, liteTitle), a.Language), name: src.Name,
		by: src.Name + "; " + outletOf(src).Short + ".",
	}, nil
}

// A cardPage shows a card, with its HTML to copy.
type cardPage struct {
	frame
	HTML      string
	Page      string // path of what the card is of
	Address   string // the same as a URL
	JSON, XML string // addresses of the card by oEmbed
}

func (s *site) card(w http.ResponseWriter, r *http.Request) error {
	c, err := s.cardAt(r, r.URL.Path)
	if err != nil {
		return err
	}
	base := s.base(r)
	p := &cardPage{frame: s.frame(r, "Show it on your site"), HTML: c.html(base, s.HubName), Page: c.path, Address: base + c.path}
	p.OEmbed, p.NoIndex = p.Address, true
	links := p.OEmbeds()
	p.JSON, p.XML = links[0].Href, links[1].Href
	return s.render(w, r, "card", p)
}

// An oEmbed is a card as oEmbed 1.0 gives it: https://oembed.com §2.3.4, of the type rich.
type oEmbed struct {
	XMLName      xml.Name `json:"-" xml:"oembed"`
	Type         string   `json:"type" xml:"type"`
	Version      string   `json:"version" xml:"version"`
	Title        string   `json:"title" xml:"title"`
	AuthorName   string   `json:"author_name,omitempty" xml:"author_name,omitempty"`
	ProviderName string   `json:"provider_name" xml:"provider_name"`
	ProviderURL  string   `json:"provider_url" xml:"provider_url"`
	CacheAge     int      `json:"cache_age" xml:"cache_age"`
	HTML         string   `json:"html" xml:"html"`
	Width        int      `json:"width" xml:"width"`
	Height       int      `json:"height" xml:"height"`
}

// oEmbed answers with the card of the page that ?url= names.
func (s *site) oEmbed(w http.ResponseWriter, r *http.Request) error {
	q, base := r.URL.Query(), s.base(r)
	format := q.Get("format")
	if format != "" && format != "json" && format != "xml" {
		return &pageError{Status: http.StatusNotImplemented, Title: "There is no such format", Text: "format is json or xml."}
	}
	path, ours := strings.CutPrefix(q.Get("url"), base)
	u, err := url.Parse(path)
	if !ours || err != nil || u.Host != "" {
		return notFound("This page is not of this hub", "url is the address of a story or an article, which begins with "+base+"/.")
	}
	width, height, err := bounds(q)
	if err != nil {
		return err
	}
	page := r.Clone(r.Context())
	page.URL = &url.URL{Path: u.Path, RawQuery: u.RawQuery} // with the lens that its reader chose
	c, err := s.cardAt(page, u.Path)
	if err != nil {
		return err
	}
	o := oEmbed{
		Type: "rich", Version: "1.0", Title: c.title.Text, AuthorName: c.name, ProviderName: s.HubName, ProviderURL: base + "/",
		CacheAge: cardAge, HTML: c.html(base, s.HubName), Width: width, Height: height,
	}
	var body []byte
	kind := "application/json"
	if format == "xml" {
		kind = "text/xml; charset=utf-8"
		body, err = xml.Marshal(o)
		body = append([]byte(xml.Header), body...)
	} else {
		body, err = json.Marshal(o)
	}
	if err != nil {
		return fmt.Errorf("write a card: %w", err)
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	s.send(w, r, kind, append(body, '\n'))
	return nil
}

// bounds returns the size of the card within maxwidth and maxheight.
func bounds(q url.Values) (width, height int, err error) {
	within := func(name string, most int) int {
		text := q.Get(name)
		if text == "" {
			return most
		}
		n, e := strconv.Atoi(text)
		if e != nil || n < 1 {
			err = errors.Join(err, badRequest("This is no size", name+" is a number of pixels."))
			return most
		}
		return min(n, most)
	}
	return within("maxwidth", cardWidth), within("maxheight", cardHeight), err
}
