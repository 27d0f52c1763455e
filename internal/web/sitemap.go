package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parallax/internal/news"
)

const (
	// sitemapStories is how many stories the sitemap has, by rank: a protocol that
	// allows 50,000 addresses needs no index for them, and older ones are reached by links.
	sitemapStories = 5000
	// newsStories and newsTime bound the news sitemap, as
	// https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap has it.
	newsStories = 1000
	newsTime    = 48 * time.Hour
	// sitemapOutlets is how many stories of two outlets and more: of one alone the outlet's own
	// page is the better find.
	sitemapOutlets = 2
)

// A sitemapURL is one address, https://www.sitemaps.org/protocol.html.
type sitemapURL struct {
	Loc     string       `xml:"loc"`
	LastMod string       `xml:"lastmod,omitempty"`
	News    *sitemapNews `xml:"news:news,omitempty"`
}

type sitemapNews struct {
	Publication struct {
		Name     string `xml:"news:name"`
		Language string `xml:"news:language"`
	} `xml:"news:publication"`
	Date  string `xml:"news:publication_date"`
	Title string `xml:"news:title"`
}

// sitemap lists the pages that a search engine should know: stories, topics, outlets. Articles
// belong to their outlets, whose pages should be found instead.
func (s *site) sitemap(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	stories, _, err := s.Store.Stories(r.Context(), news.StoryQuery{Now: h.now, Limit: sitemapStories, MinOutlets: sitemapOutlets})
	if err != nil {
		return fmt.Errorf("list stories for the sitemap: %w", err)
	}
	base := s.base(r)
	list := []sitemapURL{{Loc: base + "/"}, {Loc: base + "/blindspots"}, {Loc: base + "/sources"}, {Loc: base + "/about"}, {Loc: base + "/feeds"}}
	for _, st := range stories {
		list = append(list, sitemapURL{Loc: base + "/story/" + st.ID, LastMod: w3cTime(st.Last)})
	}
	for _, t := range s.topics() {
		list = append(list, sitemapURL{Loc: base + topicHref(t)})
	}
	for _, src := range h.carriedNow() {
		list = append(list, sitemapURL{Loc: base + "/source/" + url.PathEscape(src.ID)})
	}
	return s.sendSitemap(w, r, list, false)
}

// newsSitemap lists the stories of the last two days.
func (s *site) newsSitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	stories, _, err := s.Store.Stories(ctx, news.StoryQuery{Now: h.now, Limit: newsStories, MinOutlets: sitemapOutlets})
	if err != nil {
		return fmt.Errorf("list stories for the news sitemap: %w", err)
	}
	var ids []string
	for _, st := range stories {
		if h.now.Sub(st.First) < newsTime {
			ids = append(ids, st.ID)
		}
	}
	headed := map[string]news.Headed{}
	if len(ids) > 0 {
		if headed, err = s.Store.Headed(ctx, ids, h.now); err != nil {
			return fmt.Errorf("headlines for the news sitemap: %w", err)
		}
	}
	base := s.base(r)
	var list []sitemapURL
	for _, id := range ids {
		story, ok := headed[id]
		if !ok || story.Head.Title == "" {
			continue // it was withdrawn between two queries
		}
		n := &sitemapNews{Date: w3cTime(story.Story.First), Title: story.Head.Title}
		n.Publication.Name, n.Publication.Language = s.HubName, newsLanguage(story.Head.Language)
		list = append(list, sitemapURL{Loc: base + "/story/" + id, News: n})
	}
	return s.sendSitemap(w, r, list, true)
}

// newsLanguage returns the code that the news sitemap wants: ISO 639, and for Chinese the script.
func newsLanguage(tag string) string {
	switch base, rest, _ := bytes.Cut([]byte(tag), []byte("-")); {
	case len(base) == 0 || tag == "und":
		return "en" // it has to be one; pages are in English around the headline
	case string(base) == "zh" && (bytes.Contains(rest, []byte("Hant")) || string(rest) == "TW" || string(rest) == "HK"):
		return "zh-tw"
	case string(base) == "zh":
		return "zh-cn"
	default:
		return string(base)
	}
}

func w3cTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *site) sendSitemap(w http.ResponseWriter, r *http.Request, list []sitemapURL, isNews bool) error {
	set := struct {
		XMLName xml.Name     `xml:"urlset"`
		NS      string       `xml:"xmlns,attr"`
		News    string       `xml:"xmlns:news,attr,omitempty"`
		URLs    []sitemapURL `xml:"url"`
	}{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", URLs: list}
	if isNews {
		set.News = "http://www.google.com/schemas/sitemap-news/0.9"
	}
	body, err := xml.MarshalIndent(set, "", " ")
	if err != nil {
		return fmt.Errorf("write a sitemap: %w", err)
	}
	s.send(w, r, "application/xml; charset=utf-8", append([]byte(xml.Header), append(body, '\n')...))
	return nil
}
