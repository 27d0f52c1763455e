package web

import (
	"fmt"
	"net/http"
	"net/url"

	"parallax/internal/news"
	"parallax/internal/publish"
)

const editsOnPage = 30

// An editsPage lists what outlets changed, of the whole hub or of one outlet.
type editsPage struct {
	frame
	Of        *outlet // nil: of all
	Edits     []changeLine
	Later     bool // this is not the first page
	Older     string
	Subscribe []alternate
}

// A changeLine is one change.
type changeLine struct {
	Outlet   outlet
	Href     string
	Headline bool // the headline is another: Was stood in its place
	Was, Now words
	When     moment
	Via      string
}

// editsOf finds whose changes a request asks for: src is nil where it asks for all.
func (s *site) editsOf(r *http.Request, h *hub) (src *news.Source, stem string, err error) {
	id := r.PathValue("id")
	if id == "" {
		return nil, "/edits", nil
	}
	if src, err = s.carriedSource(r, h); err != nil {
		return nil, "", err
	}
	return src, "/source/" + url.PathEscape(id) + "/edits", nil
}

// carriedSource returns the source that the path names, if it is carried.
func (s *site) carriedSource(r *http.Request, h *hub) (*news.Source, error) {
	src := h.sources[r.PathValue("id")]
	if src == nil {
		return nil, notFound("There is no such source", "This hub carries no outlet of this name.")
	}
	switch src.At(h.now) {
	case news.Withdrawn:
		return nil, s.sourceGone(r.Context(), src)
	case news.Pending:
		return nil, notFound(src.Name+" is not carried yet", "This hub carries it from "+publish.Day(src.Carriage.From)+" on.")
	}
	return src, nil
}

// changed returns a page of changes, those left out whose article is not carried.
func (s *site) changed(r *http.Request, h *hub, src *news.Source, limit int) (list []news.Change, next string, err error) {
	q := news.EditQuery{Now: h.now, Limit: limit, After: r.URL.Query().Get("after")}
	if src != nil {
		q.SourceID = src.ID
	}
	page, next, err := s.Store.Changed(r.Context(), q)
	if err != nil {
		return nil, "", fmt.Errorf("list edits: %w", err)
	}
	for _, c := range page {
		if of := h.sources[c.Article.SourceID]; of != nil && publish.Carried(c.Article, of, h.now) {
			list = append(list, c)
		}
	}
	return list, next, nil
}

func (s *site) editsPage(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	src, stem, err := s.editsOf(r, h)
	if err != nil {
		return err
	}
	list, next, err := s.changed(r, h, src, editsOnPage)
	if err != nil {
		return err
	}
	p := &editsPage{frame: s.frame(r, "Edits"), Later: r.URL.Query().Get("after") != ""}
	if src != nil {
		o := outletOf(src)
		p.Of, p.Title = &o, "Edits of "+src.Name
	}
	for _, c := range list {
		of := h.sources[c.Article.SourceID]
		p.Edits = append(p.Edits, changeLine{
			Outlet: outletOf(of), Href: "/article/" + c.ArticleID + "#changes", Headline: c.Headline,
			Was: foreign(c.Was, c.Article.Language), Now: foreign(c.Now, c.Article.Language), When: at(c.At, h.now), Via: publish.EditVia(c),
		})
	}
	if next != "" {
		p.Older = stem + "?" + url.Values{"after": {next}}.Encode()
		p.Next = p.Older
	}
	p.own(stem+"/feed", "", p.Title)
	p.Subscribe = p.Alternates[:len(formats)]
	return s.render(w, r, "edits", p)
}

func (s *site) editsChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	src, stem, err := s.editsOf(r, h)
	if err != nil {
		return nil, err
	}
	list, next, err := s.changed(r, h, src, channelArticles)
	if err != nil {
		return nil, err
	}
	c := &publish.Channel{
		Title: "Edits · " + s.HubName, About: "What the outlets changed in their articles, as " + s.HubName + " saw it.", Page: stem, NextAfter: next,
	}
	if src != nil {
		c.Title = "Edits of " + src.Name + " · " + s.HubName
		c.About = "What " + src.Name + " changed in its articles, as " + s.HubName + " saw it. " + publish.DisclosureLine(src)
		c.Of = news.GoneQuery{SourceIDs: []string{src.ID}}
	}
	c.Unburied = true // its entries are no articles
	for _, ch := range list {
		c.Entries = append(c.Entries, publish.EditEntry(ch, h.sources[ch.Article.SourceID], s.base(r), s.HubName, h.now))
	}
	return c, nil
}
