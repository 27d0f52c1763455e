package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	frontStories = 11  // on a page: the first and five rows of two, within its weight
	silentNamed  = 7   // outlets of a side without an account named beside the first story
	briefLead    = 220 // runes of the leads below it
	singlesAmong = 300 // stories looked through for them
	frontSingles = 9   // stories of one outlet below them
	frontTopics  = 6   // topics named; all are on the page of the feeds
)

// A frontPage is the stories of the day, the widest told first.
type frontPage struct {
	frame
	Date    moment
	Lens    words
	Lenses  []lensChoice
	Lead    *storyBrief   // the first, on the first page
	Stories []*storyBrief // the others
	Singles []*storyBrief // told by one outlet
	Older   string        // address of the next page
	Later   bool          // this is not the first page
	Outlets int           // carried now
	Topics  []navItem     // that the operator follows, the first of them
	More    bool          // there are more
}

// A storyBrief is a story as lists show it.
type storyBrief struct {
	Href     string
	Title    words
	Lead     words
	Outlet   outlet // that wrote the headline
	Outlets  int
	Owners   int // of these outlets, as far as they are stated
	Articles int
	Last     moment
	Bar      bar
	Absent   []barSide
	OneSide  *side // the only side that tells it, of several
	Tellers  []teller
}

// A teller is one side with the names of its outlets.
type teller struct {
	Side   side
	Told   []outlet
	Silent []outlet
	Others int // outlets without an account beyond those named
}

func (s *site) front(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	lens, err := h.chosen(r)
	if err != nil {
		return err
	}
	after := r.URL.Query().Get("after")
	page, next, err := s.Store.Stories(ctx, news.StoryQuery{Now: h.now, Limit: frontStories, After: after, MinOutlets: 2})
	if err != nil {
		return fmt.Errorf("list stories: %w", err)
	}
	p := &frontPage{frame: s.frame(r, ""), Date: at(h.now, h.now), Later: after != ""}
	p.Title = s.HubName
	keep := url.Values{}
	if id := r.URL.Query().Get("lens"); id != "" {
		keep.Set("lens", id)
	}
	p.Lenses = h.switcher(lens, "/", nil)
	p.Lens = words{Text: lens.Title}
	for i, t := range s.topics() {
		if i == frontTopics {
			p.More = true
			break
		}
		p.Topics = append(p.Topics, navItem{Href: topicHref(t), Title: t.Title})
	}
	p.Outlets = len(h.carriedNow())
	if p.Stories, err = s.briefs(ctx, h, lens, page); err != nil {
		return err
	}
	if after == "" {
		if len(p.Stories) > 0 {
			p.Lead, p.Stories = p.Stories[0], p.Stories[1:]
		}
		for _, b := range p.Stories {
			b.Lead.Text = news.Cut(b.Lead.Text, briefLead)
		}
		// Stories of one outlet rank among the others, so they are looked for among the
		// first few hundred; on a hub where all of these are told by several, none is shown.
		all, _, err := s.Store.Stories(ctx, news.StoryQuery{Now: h.now, Limit: singlesAmong})
		if err != nil {
			return fmt.Errorf("list stories of one outlet: %w", err)
		}
		var singles []*news.Story
		for _, st := range all {
			if st.Outlets == 1 && len(singles) < frontSingles {
				singles = append(singles, st)
			}
		}
		if p.Singles, err = s.briefs(ctx, h, lens, singles); err != nil {
			return err
		}
	}
	if next != "" {
		keep.Set("after", next)
		p.Older = "/?" + keep.Encode()
		p.Next = p.Older
	}
	p.JSONLD = s.websiteLD(s.base(r))
	return s.render(w, r, "front", p)
}

// briefs prepares stories for a list. One of which nothing is carried any more is left
// out: it was withdrawn between two queries.
func (s *site) briefs(ctx context.Context, h *hub, lens *news.Lens, stories []*news.Story) ([]*storyBrief, error) {
	ids := make([]string, 0, len(stories))
	for _, st := range stories {
		ids = append(ids, st.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	articles, err := s.Store.ArticlesOf(ctx, ids, h.now)
	if err != nil {
		return nil, fmt.Errorf("list articles of stories: %w", err)
	}
	comparisons, err := s.Store.Comparisons(ctx, lens.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("list comparisons: %w", err)
	}
	var list []*storyBrief
	for _, st := range stories {
		if b := h.brief(lens, st, articles[st.ID], comparisons[st.ID]); b != nil {
			list = append(list, b)
		}
	}
	return list, nil
}

func (h *hub) brief(lens *news.Lens, st *news.Story, articles []*news.Article, c *news.Comparison) *storyBrief {
	head := headOf(st, articles)
	if head == nil || h.sources[head.SourceID] == nil {
		return nil
	}
	src := h.sources[head.SourceID]
	list := h.tellings(lens, articles, c)
	b := &storyBrief{
		Href:     "/story/" + st.ID,
		Title:    foreign(head.Title, head.Language),
		Lead:     foreign(publish.Lead(head, src, h.now), head.Language),
		Outlet:   outletOf(src),
		Articles: len(articles),
		Last:     at(st.Last, h.now),
		Bar:      barOf(list),
		Absent:   absent(list),
	}
	b.Owners = h.ownersOf(list)
	var known, telling []*telling
	for _, t := range list {
		b.Outlets += len(t.outlets)
		who := teller{Side: t.side}
		for _, src := range t.outlets {
			who.Told = append(who.Told, outletOf(src))
		}
		for i, src := range t.silent {
			if i == silentNamed {
				who.Others = len(t.silent) - i
				break
			}
			who.Silent = append(who.Silent, outletOf(src))
		}
		b.Tellers = append(b.Tellers, who)
		if t.side.ID == news.Unplaced {
			continue
		}
		known = append(known, t)
		if len(t.outlets) > 0 {
			telling = append(telling, t)
		}
	}
	if len(known) > 1 && len(telling) == 1 && b.Outlets == len(telling[0].outlets) && b.Outlets > 1 {
		b.OneSide = &telling[0].side
	}
	return b
}

// headOf returns the article whose headline stands for the story: the one that the
// store names, or the first where that one is no longer carried.
func headOf(st *news.Story, articles []*news.Article) *news.Article {
	for _, a := range articles {
		if a.ID == st.HeadID {
			return a
		}
	}
	if len(articles) > 0 {
		return articles[0]
	}
	return nil
}
