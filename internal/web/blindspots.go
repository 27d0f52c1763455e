package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"parallax/feed"
	"parallax/internal/compare/silence"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	gapsDays   = 7               // how far back the page looks
	gapsAmong  = 300             // stories looked through, the highest rank first
	gapsFor    = time.Minute     // how long what was found is good for: to judge 300 stories of 200 outlets takes some 50 ms
	gapsOfSide = 5               // stories of each side on a page, where there are few sides
	gapsOnPage = 24              // stories of all sides on a page, within its weight
	gapsNamed  = silentNamed     // outlets named below each
	gapsInFeed = channelArticles // entries
)

// A blindspotsPage shows, for each side of a lens, the stories that it wholly or nearly
// misses while others have them, as many for each.
type blindspotsPage struct {
	frame
	Lens      words
	Lenses    []lensChoice
	Days      int
	Rule      blindRule
	Looked    int    // stories that could be judged
	Chance    string // how often chance alone would name a side and a story
	Sides     []blindSide
	Nothing   []side // sides of which nothing was found, where there are many
	Later     bool   // this is not the first page
	Older     string
	Subscribe []alternate
}

// A blindRule is the rule in numbers.
type blindRule struct{ Owners, Hours, Window, Deviations int }

type blindSide struct {
	Side  side
	Total int // stories found for it
	Spots []blindspot
}

// A blindspot is a story that a side misses.
type blindspot struct {
	*storyBrief
	Unseen   *unseen
	Expected string
}

// A gap is a blindspot as it was found.
type gap struct {
	story *news.Story
	side  string
	told  silence.Side
	of    silence.Finding
}

// gaps are those of one lens.
type gaps struct {
	bySide map[string][]gap // the story of highest rank first
	looked int              // stories judged
	looks  int              // and sides of them
}

// gapsByLens remembers them for each lens of the hub, of which there are few.
type gapsByLens struct {
	mu sync.Mutex // guards of
	of map[string]*known[*gaps]
}

func (s *site) findGaps(ctx context.Context, h *hub, lens *news.Lens) (*gaps, error) {
	s.gaps.mu.Lock()
	k := s.gaps.of[lens.ID]
	if k == nil {
		if s.gaps.of == nil {
			s.gaps.of = map[string]*known[*gaps]{}
		}
		k = newKnown[*gaps](gapsFor)
		s.gaps.of[lens.ID] = k
	}
	s.gaps.mu.Unlock()
	return k.get(ctx, h.now, func(ctx context.Context) (*gaps, error) { return s.lookForGaps(ctx, h, lens) })
}

// lookForGaps judges the stories of the last days that enough outlets tell.
func (s *site) lookForGaps(ctx context.Context, h *hub, lens *news.Lens) (*gaps, error) {
	g := &gaps{bySide: map[string][]gap{}}
	o, err := s.outputs(ctx, h)
	if err != nil {
		return nil, err
	}
	stories, _, err := s.Store.Stories(ctx, news.StoryQuery{Now: h.now, Limit: gapsAmong, MinOutlets: silence.MinOwners})
	if err != nil {
		return nil, fmt.Errorf("list stories for blindspots: %w", err)
	}
	stories = slices.DeleteFunc(stories, func(st *news.Story) bool { return st.Last.Before(h.now.AddDate(0, 0, -gapsDays)) })
	ids := make([]string, 0, len(stories))
	for _, st := range stories {
		ids = append(ids, st.ID)
	}
	if len(ids) == 0 {
		return g, nil
	}
	articles, err := s.Store.ArticlesOf(ctx, ids, h.now)
	if err != nil {
		return nil, fmt.Errorf("list articles for blindspots: %w", err)
	}
	comparisons, err := s.Store.Comparisons(ctx, lens.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("list comparisons for blindspots: %w", err)
	}
	for _, st := range stories {
		if len(articles[st.ID]) == 0 {
			continue // withdrawn between two queries
		}
		f := h.judge(h.tellings(lens, articles[st.ID], comparisons[st.ID]), articles[st.ID], o)
		if !f.Enough {
			continue
		}
		g.looked++
		for _, sd := range lens.Sides {
			if found, ok := f.Sides[sd.ID]; ok {
				g.looks++
				if found.Misses {
					g.bySide[sd.ID] = append(g.bySide[sd.ID], gap{st, sd.ID, found, f})
				}
			}
		}
	}
	return g, nil
}

func blindspotsHref(lens *news.Lens) string { return "/blindspots/" + url.PathEscape(lens.ID) }

// lensOfPath returns the lens that the path names, or the one asked for otherwise.
func (h *hub) lensOfPath(r *http.Request) (*news.Lens, error) {
	if id := r.PathValue("lens"); id != "" {
		return h.lens(id)
	}
	return h.chosen(r)
}

func (s *site) blindspots(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	lens, err := h.lensOfPath(r)
	if err != nil {
		return err
	}
	g, err := s.findGaps(ctx, h, lens)
	if err != nil {
		return err
	}
	longest, filled := 0, 0
	for _, list := range g.bySide {
		longest, filled = max(longest, len(list)), filled+1
	}
	size := min(gapsOfSide, max(gapsOnPage/max(filled, 1), 1)) // the same for every side
	from, to, next, err := leaf(r, longest, size)
	if err != nil {
		return err
	}
	p := &blindspotsPage{
		frame: s.frame(r, "Blindspots"), Lens: words{Text: lens.Title}, Days: gapsDays, Looked: g.looked, Later: from > 0, Older: next,
		Rule:   blindRule{silence.MinOwners, int(silence.MinAge / time.Hour), int(news.OutputWindow / (24 * time.Hour)), int(silence.MinZ)},
		Chance: chance(g.looks),
	}
	p.Next = next
	for i := range h.lenses {
		l := &h.lenses[i]
		p.Lenses = append(p.Lenses, lensChoice{l.Title, blindspotsHref(l), l.ID == lens.ID})
	}
	for i, sd := range lens.Sides {
		list := g.bySide[sd.ID]
		b := blindSide{Side: sideOf(lens, sd, i), Total: len(list)}
		switch {
		case sd.ID == news.Unplaced:
			continue
		case len(list) == 0 && len(lens.Sides) > legendSides:
			p.Nothing = append(p.Nothing, b.Side)
			continue
		}
		if b.Spots, err = s.spots(ctx, h, lens, list[min(from, len(list)):min(to, len(list))]); err != nil {
			return err
		}
		p.Sides = append(p.Sides, b)
	}
	p.own(blindspotsHref(lens)+"/feed", "", "Blindspots: "+lens.Title)
	p.Subscribe = p.Alternates[:len(formats)]
	return s.render(w, r, "blindspots", p)
}

// spots prepares gaps of one side for readers, as the stories are now.
func (s *site) spots(ctx context.Context, h *hub, lens *news.Lens, list []gap) ([]blindspot, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]string, len(list))
	for i, g := range list {
		ids[i] = g.story.ID
	}
	o, err := s.outputs(ctx, h)
	if err != nil {
		return nil, err
	}
	articles, err := s.Store.ArticlesOf(ctx, ids, h.now)
	if err != nil {
		return nil, fmt.Errorf("list articles of blindspots: %w", err)
	}
	comparisons, err := s.Store.Comparisons(ctx, lens.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("list comparisons of blindspots: %w", err)
	}
	var spots []blindspot
	for _, g := range list {
		b := h.brief(lens, g.story, articles[g.story.ID], comparisons[g.story.ID])
		if b == nil {
			continue // withdrawn since
		}
		spot := blindspot{storyBrief: b, Expected: expected(g.of, g.told)}
		for _, t := range h.tellings(lens, articles[g.story.ID], comparisons[g.story.ID]) {
			if t.side.ID == g.side && len(t.silent) > 0 {
				spot.Unseen = h.unseenOf(t, articles[g.story.ID], o, gapsNamed)
			}
		}
		spots = append(spots, spot)
	}
	return spots, nil
}

// chance says how many of so many looks at a side would find one by chance alone.
func chance(looks int) string {
	n := silence.Chance * float64(looks)
	switch {
	case looks == 0:
		return ""
	case n < 1:
		return "fewer than one"
	}
	return fmt.Sprintf("at most %d", int(math.Ceil(n)))
}

// blindspotsChannel gives out the same, as many of each side, each story with the article
// whose headline it has.
func (s *site) blindspotsChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	ctx := r.Context()
	lens, err := h.lens(r.PathValue("lens"))
	if err != nil {
		return nil, err
	}
	g, err := s.findGaps(ctx, h, lens)
	if err != nil {
		return nil, err
	}
	c := &publish.Channel{
		Title: "Blindspots: " + lens.Title + " · " + s.HubName,
		About: "Stories that one side wholly or nearly misses while others have them, as far as " + s.HubName + " reads their feeds.",
		Page:  blindspotsHref(lens), Notes: map[string][]feed.Note{},
	}
	each := max(gapsInFeed/max(len(g.bySide), 1), 1)
	for _, sd := range lens.Sides {
		list := g.bySide[sd.ID]
		for _, found := range list[:min(each, len(list))] {
			head, err := s.Store.Article(ctx, found.story.HeadID)
			if err != nil {
				return nil, fmt.Errorf("headline of story %s: %w", found.story.ID, err)
			}
			if !slices.ContainsFunc(c.Articles, func(a *news.Article) bool { return a.ID == head.ID }) {
				c.Articles = append(c.Articles, head)
			}
			text := "Hardly seen in our feeds of this side: " + sd.Title + ". " + expected(found.of, found.told)
			if there := c.Notes[head.ID]; len(there) > 0 { // another side misses it, too
				text = there[0].Text + " " + text
			}
			c.Notes[head.ID] = []feed.Note{{Name: "blindspot", Text: text, URL: s.base(r) + "/story/" + found.story.ID}}
		}
	}
	slices.SortStableFunc(c.Articles, func(a, b *news.Article) int { return b.When().Compare(a.When()) })
	return c, nil
}
