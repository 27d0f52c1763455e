package web

import (
	"fmt"
	"net/http"
	"net/url"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// storiesChannel has an entry for each story of two outlets and more, in the order in which they came to
// be told by two, with the sides of the lens that ?lens= names.
func (s *site) storiesChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	ctx := r.Context()
	lens, err := h.chosen(r)
	if err != nil {
		return nil, err
	}
	page, next, err := s.Store.Stories(ctx, news.StoryQuery{
		Now: h.now, Limit: channelArticles, After: r.URL.Query().Get("after"), MinOutlets: 2, Order: news.ByTold,
	})
	if err != nil {
		return nil, fmt.Errorf("list stories for a feed: %w", err)
	}
	c := &publish.Channel{
		Title: "Stories · " + s.HubName, About: "Stories of two outlets and more, with the sides that tell them: " + lens.Title + ".",
		Page: "/", ID: "/stories", Unburied: true, NextAfter: next,
	}
	if id := r.URL.Query().Get("lens"); id != "" {
		q := "?" + url.Values{"lens": {id}}.Encode()
		c.Page, c.ID = c.Page+q, c.ID+q
	}
	ids := make([]string, len(page))
	for i, st := range page {
		ids[i] = st.ID
	}
	if len(ids) == 0 {
		return c, nil
	}
	articles, err := s.Store.ArticlesOf(ctx, ids, h.now)
	if err != nil {
		return nil, fmt.Errorf("list articles of stories for a feed: %w", err)
	}
	comparisons, err := s.Store.Comparisons(ctx, lens.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("list comparisons for a feed: %w", err)
	}
	for _, st := range page {
		head := headOf(st, articles[st.ID])
		if head == nil || h.sources[head.SourceID] == nil || !publish.Carried(head, h.sources[head.SourceID], h.now) {
			continue // withdrawn between two queries
		}
		list := h.tellings(lens, articles[st.ID], comparisons[st.ID])
		told := publish.StoryTold{Story: st, Head: head, Owners: h.ownersOf(list), Lens: lens}
		for _, t := range list {
			told.Sides = append(told.Sides, publish.SideTold{Title: t.side.Title, Told: len(t.outlets), Of: t.of()})
		}
		c.Entries = append(c.Entries, publish.StoryEntry(told, h.sources[head.SourceID], s.base(r), s.HubName, h.now))
	}
	return c, nil
}
