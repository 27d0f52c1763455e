package web

import (
	"net/http"
	"net/url"
	"slices"

	"parallax/internal/news"
	"parallax/internal/opml"
)

const opmlType = "text/x-opml; charset=utf-8"

// carriedNow are the outlets that the hub carries now, by name.
func (h *hub) carriedNow() []*news.Source {
	var list []*news.Source
	for _, src := range h.list {
		if src.Retired.IsZero() && src.At(h.now) == news.Carried {
			list = append(list, src)
		}
	}
	return list
}

// sourcesOPML lists the outlets with their own feeds, so that a reader can leave the hub for
// them at any time.
func (s *site) sourcesOPML(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	s.send(w, r, opmlType, opml.Write(s.HubName, published(h.carriedNow()), s.started))
	return nil
}

// lensOPML does so in a group for each side of a lens.
func (s *site) lensOPML(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	lens, err := h.lens(r.PathValue("lens"))
	if err != nil {
		return err
	}
	sides := slices.Clone(lens.Sides)
	if !slices.ContainsFunc(sides, func(sd news.Side) bool { return sd.ID == news.Unplaced }) {
		sides = append(sides, notStated)
	}
	var groups []opml.Group
	for _, sd := range sides {
		g := opml.Group{Title: sd.Title}
		for _, src := range published(h.carriedNow()) {
			if lens.SideOf(src) == sd.ID {
				g.Sources = append(g.Sources, src)
			}
		}
		if len(g.Sources) > 0 {
			groups = append(groups, g)
		}
	}
	s.send(w, r, opmlType, opml.WriteGroups(s.HubName+": "+lens.Title, groups, s.started))
	return nil
}

// published are sources with the addresses of their feeds as anybody may see them: an address
// may hold a name and a password.
func published(list []*news.Source) []*news.Source {
	var out []*news.Source
	for _, src := range list {
		p := *src
		p.FeedURLs = nil
		for _, u := range src.FeedURLs {
			p.FeedURLs = append(p.FeedURLs, news.PublicURL(u))
		}
		out = append(out, &p)
	}
	return out
}

// feedsOPML lists the hub's own feeds: of everything, of topics, of the sides of its lenses, of its outlets.
func (s *site) feedsOPML(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	base := s.base(r)
	feed := func(id, name, page, stem string) *news.Source {
		return &news.Source{ID: id, Name: name, Home: base + page, FeedURLs: []string{base + stem + ".atom"}}
	}
	groups := []opml.Group{{Sources: []*news.Source{
		feed("all", s.HubName, "/", "/feed"), feed("stories", "Stories", "/", "/stories"), feed("edits", "Edits", "/edits", "/edits/feed"),
	}}}
	topics := opml.Group{Title: "Topics"}
	for _, t := range s.topics() {
		topics.Sources = append(topics.Sources, feed("topic-"+t.ID, t.Title, topicHref(t), topicHref(t)+"/feed"))
	}
	if len(topics.Sources) > 0 {
		groups = append(groups, topics)
	}
	for i := range h.lenses {
		lens := &h.lenses[i]
		g := opml.Group{Title: lens.Title}
		for j, sd := range lens.Sides {
			v := sideOf(lens, sd, j)
			g.Sources = append(g.Sources, feed(lens.ID+"-"+sd.ID, v.Title, v.Href, v.Href+"/feed"))
		}
		groups = append(groups, g)
	}
	outlets := opml.Group{Title: "Outlets"}
	for _, src := range h.carriedNow() {
		page := "/source/" + url.PathEscape(src.ID)
		f := feed(src.ID, src.Name, page, page+"/feed")
		f.Country, f.Languages = src.Country, src.Languages
		outlets.Sources = append(outlets.Sources, f)
	}
	s.send(w, r, opmlType, opml.WriteGroups(s.HubName, append(groups, outlets), s.started))
	return nil
}
