package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"parallax/feed"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// channelArticles is how many entries a feed holds: what a busy hub gathers in about
// an hour, so that a reader that asks hourly misses nothing.
const channelArticles = 60

// A format is one in which feeds go out.
type format struct {
	suffix, title, mediaType string
	write                    func(io.Writer, *feed.Feed) error
}

var formats = []format{
	{"rss", "RSS", "application/rss+xml", feed.WriteRSS},
	{"atom", "Atom", "application/atom+xml", feed.WriteAtom},
	{"json", "JSON", "application/feed+json", feed.WriteJSON},
}

// A channel gathers what a feed is made of; serveFeed adds what all have in common. It
// returns nil where it has answered already, with a redirect.
type channel func(w http.ResponseWriter, r *http.Request, f format, h *hub) (*publish.Channel, error)

func (s *site) serveFeed(w http.ResponseWriter, r *http.Request, f format, gather channel) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	c, err := gather(w, r, f, h)
	if err != nil || c == nil {
		return err
	}
	c.Hub, c.Sources, c.Now, c.Generator = s.base(r), h.sources, h.now, s.Version
	if f.suffix == "atom" && !c.Unburied && first(r) { // the others just drop what is gone
		if c.Gone, err = s.buried(r.Context(), h, c.Of); err != nil {
			return err
		}
		c.By = s.HubName
	}
	c.Self = selfOf(r)
	made := publish.Feed(*c)
	chain(made, r, c)
	if s.WebSubHub != "" && first(r) {
		made.Hubs = []string{s.WebSubHub}
		w.Header().Add("Link", fmt.Sprintf(`<%s>; rel="hub", <%s>; rel="self"`, s.WebSubHub, made.Self))
	}
	if f.suffix == "json" { // which has no words for them
		for _, l := range made.Links {
			w.Header().Add("Link", fmt.Sprintf("<%s>; rel=%q", l.URL, l.Rel))
		}
	}
	var b bytes.Buffer
	if err := f.write(&b, made); err != nil {
		return fmt.Errorf("write feed %s: %w", r.URL.Path, err)
	}
	s.send(w, r, f.mediaType+"; charset=utf-8", b.Bytes())
	return nil
}

// full asks for articles with their texts.
func (s *site) full(r *http.Request, h *hub, sourceIDs []string, storyID string) ([]*news.Article, error) {
	if sourceIDs != nil && len(sourceIDs) == 0 {
		return nil, nil
	}
	list, _, err := s.Store.Articles(r.Context(), news.ArticleQuery{
		Now: h.now, SourceIDs: sourceIDs, StoryID: storyID, Limit: channelArticles, Full: true,
	})
	if err != nil {
		return nil, fmt.Errorf("list articles for a feed: %w", err)
	}
	return list, nil
}

func (s *site) allChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	return s.articleChannel(r, news.ArticleQuery{Now: h.now}, publish.Channel{
		Title: s.HubName, About: "Everything that " + s.HubName + " carries, as its outlets tell it.", Page: "/",
	})
}

func (s *site) sourceChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	src, err := s.carriedSource(r, h)
	if err != nil {
		return nil, err
	}
	return s.articleChannel(r, news.ArticleQuery{Now: h.now, SourceIDs: []string{src.ID}}, publish.Channel{
		Title: src.Name + " · " + s.HubName, About: "What " + src.Name + " says, carried by " + s.HubName + ". " + publish.DisclosureLine(src),
		Page: "/source/" + url.PathEscape(src.ID), Of: news.GoneQuery{SourceIDs: []string{src.ID}},
	})
}

func (s *site) sideChannel(_ http.ResponseWriter, r *http.Request, _ format, _ *hub) (*publish.Channel, error) {
	h, lens, sd, ids, err := s.findSide(r)
	if err != nil {
		return nil, err
	}
	return s.articleChannel(r, news.ArticleQuery{Now: h.now, SourceIDs: ids}, publish.Channel{
		Title: sd.Title + " · " + s.HubName, About: lens.Title + ": " + sd.Title + ". What the outlets of this side say, carried by " + s.HubName + ".",
		Page: sd.Href, Of: news.GoneQuery{SourceIDs: h.everOf(lens, sd.ID)},
	})
}

func (s *site) storyChannel(w http.ResponseWriter, r *http.Request, f format, h *hub) (*publish.Channel, error) {
	st, err := s.findStory(r, h)
	if err != nil {
		return nil, err
	}
	if st.MergedInto != "" {
		http.Redirect(w, r, "/story/"+st.MergedInto+"/feed."+f.suffix, http.StatusPermanentRedirect)
		return nil, nil
	}
	list, err := s.full(r, h, nil, st.ID)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, s.notCarried(r.Context(), h, st)
	}
	head, err := s.headAmong(r.Context(), h, st, list)
	if err != nil {
		return nil, err
	}
	return &publish.Channel{
		Title: head.Title + " · " + s.HubName, About: "One story, in the accounts of it that this hub has found.",
		Page: "/story/" + st.ID, Articles: list, Of: news.GoneQuery{StoryID: st.ID},
	}, nil
}

// headAmong returns the article whose headline the page of the story has, which the
// latest articles need not hold.
func (s *site) headAmong(ctx context.Context, h *hub, st *news.Story, latest []*news.Article) (*news.Article, error) {
	head := headOf(st, latest)
	if head.ID == st.HeadID || st.HeadID == "" {
		return head, nil
	}
	a, err := s.Store.Article(ctx, st.HeadID)
	if errors.Is(err, news.ErrNotFound) {
		return head, nil
	}
	if err != nil {
		return nil, fmt.Errorf("head of story %s: %w", st.ID, err)
	}
	if src := h.sources[a.SourceID]; src != nil && publish.Carried(a, src, h.now) {
		return a, nil
	}
	first, _ := span(latest) // as the page does
	return first, nil
}

func (s *site) searchChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	q, err := query(r)
	if err != nil {
		return nil, err
	}
	if q == "" {
		return nil, badRequest("A feed of a search needs a search", "Add ?q= and what to search for to its address.")
	}
	var list []*news.Article
	if terms := lang.QueryTerms(q, h.languagesOf()); len(terms) > 0 {
		if list, _, err = s.Store.Search(r.Context(), news.SearchQuery{Now: h.now, Terms: terms, Limit: channelArticles}); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
	}
	// The best match first suits a page; a feed is read by date.
	slices.SortStableFunc(list, func(a, b *news.Article) int { return b.When().Compare(a.When()) })
	return &publish.Channel{
		Title: "“" + q + "” · " + s.HubName, About: "Articles carried by " + s.HubName + " that hold: " + q,
		Page: "/search?" + url.Values{"q": {q}}.Encode(), Articles: list,
	}, nil
}
