package api

import (
	"errors"
	"net/url"
	"slices"
	"time"

	"parallax/internal/news"
)

// notStated is the side of the sources of which a lens knows nothing.
var notStated = news.Side{ID: news.Unplaced, Title: "Not stated"}

// A storyBrief is a story as lists have it, seen through a lens.
type storyBrief struct {
	ID         string    `json:"id"`
	URL        string    `json:"url" doc:"its page on this hub"`
	Title      title     `json:"title"`
	First      time.Time `json:"first" doc:"when its first account was published, or seen"`
	Last       time.Time `json:"last" doc:"and its last"`
	Outlets    int       `json:"outlets" doc:"how many outlets tell it"`
	Owners     int       `json:"owners" doc:"how many owners these have, as far as they are stated"`
	Articles   int       `json:"articles_count"`
	Rank       float64   `json:"rank" doc:"its place on the front page: the higher, the higher"`
	Lens       string    `json:"lens" doc:"through which it is seen"`
	Sides      []side    `json:"sides" doc:"those that tell it, in the order of the lens"`
	Comparison string    `json:"comparison" doc:"the address of the same, side by side"`
}

// A title is the headline of the account that stands for a story.
type title struct {
	Text    string `json:"text"`
	Lang    string `json:"lang,omitempty"`
	Article string `json:"article"`
}

type side struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Outlets  []string       `json:"outlets" doc:"that tell it, in the order in which they did"`
	Count    int            `json:"articles_count"`
	Articles []articleBrief `json:"articles,omitempty" doc:"of one story: all, the first told first"`
}

type storyPage struct {
	Stories []storyBrief `json:"stories"`
	Next    string       `json:"next,omitempty" doc:"the address of the next page"`
}

func (p storyPage) nextPage() string { return p.Next }

// storyBrief tells of a story with its carried articles, in their order; false where nothing of it is carried.
func (q *request) storyBrief(st *news.Story, articles []*news.Article, lens *news.Lens, whole bool) (storyBrief, bool) {
	b := storyBrief{
		ID: st.ID, URL: q.base + "/story/" + st.ID, Rank: st.Rank, Lens: lens.ID,
		Comparison: q.at("stories", st.ID, "comparison") + "?" + url.Values{"lens": {lens.ID}}.Encode(),
	}
	sides, place := map[string]*side{}, map[string]int{}
	for i, sd := range append(slices.Clone(lens.Sides), notStated) {
		if sides[sd.ID] == nil {
			sides[sd.ID], place[sd.ID] = &side{ID: sd.ID, Title: sd.Title, Outlets: []string{}}, i
		}
	}
	owners, outlets := map[string]bool{}, map[string]bool{}
	for _, a := range articles {
		src := q.hub.Sources[a.SourceID]
		if src == nil {
			continue // added to the hub a moment ago
		}
		sd := sides[lens.SideOf(src)]
		if sd == nil { // that the lens does not name, e.g. of a changed configuration
			sd = sides[news.Unplaced]
		}
		if !slices.Contains(sd.Outlets, src.ID) {
			sd.Outlets = append(sd.Outlets, src.ID)
		}
		sd.Count++
		if whole {
			sd.Articles = append(sd.Articles, q.brief(a, src))
		}
		outlets[src.ID], owners[q.hub.Owners[src.ID]] = true, true
		if at := a.When().UTC(); b.Articles == 0 {
			b.First, b.Last, b.Title = at, at, title{a.Title, tagOf(a.Language), a.ID}
		} else {
			b.Last = at
		}
		if a.ID == st.HeadID {
			b.Title = title{a.Title, tagOf(a.Language), a.ID}
		}
		b.Articles++
	}
	b.Outlets, b.Owners = len(outlets), len(owners)
	for _, sd := range sides {
		if sd.Count > 0 {
			b.Sides = append(b.Sides, *sd)
		}
	}
	slices.SortFunc(b.Sides, func(x, y side) int { return place[x.ID] - place[y.ID] })
	return b, b.Articles > 0
}

func listStories(q *request) (any, error) {
	lens, err := q.lens("lens", q.values["lens"])
	if err != nil {
		return nil, err
	}
	query := news.StoryQuery{Now: q.hub.Now, Since: q.moment("since")}
	switch q.values["sort"] {
	case "first":
		query.Order = news.ByFirst
	case "last":
		query.Order = news.ByLast
	}
	// There are at least as many outlets as owners, and as many as sides.
	owners, sides := q.number("min_owners"), q.number("min_sides")
	query.MinOutlets = max(owners, sides)
	var of map[string][]*news.Article
	read := func(limit int, after string) (page []*news.Story, next string, err error) {
		query.Limit, query.After = limit, after
		return q.Store.Stories(q.Context(), query)
	}
	list, next, err := gather(q.number("limit"), q.values["after"], func(limit int, after string) ([]storyBrief, string, error) {
		page, next, err := read(limit, after)
		if err != nil {
			return nil, "", err
		}
		ids := make([]string, 0, len(page))
		for _, st := range page {
			ids = append(ids, st.ID)
		}
		if of, err = q.Store.ArticlesOf(q.Context(), ids, q.hub.Now); err != nil {
			return nil, "", err
		}
		briefs := []storyBrief{}
		for _, st := range page {
			b, ok := q.storyBrief(st, of[st.ID], lens, false)
			if ok && slices.ContainsFunc(of[st.ID], func(a *news.Article) bool { return inLanguage(a.Language, q.values["language"]) }) {
				briefs = append(briefs, b)
			}
		}
		return briefs, next, nil
	}, func(page []storyBrief) ([]storyBrief, error) {
		return slices.DeleteFunc(page, func(b storyBrief) bool {
			told := 0
			for _, sd := range b.Sides {
				if sd.ID != news.Unplaced {
					told++
				}
			}
			return b.Owners < owners || told < sides || query.Order == news.ByRank && b.Last.Before(query.Since)
		}), nil
	})
	if err != nil {
		return nil, err
	}
	if list == nil {
		list = []storyBrief{}
	}
	return storyPage{list, q.page(next)}, nil
}

// story returns the story of the path, and where it is now if it was merged.
func (q *request) story(rest ...string) (*news.Story, moved, error) {
	st, err := q.Store.Story(q.Context(), q.values["id"], q.hub.Now)
	if errors.Is(err, news.ErrNotFound) {
		err = &ProblemError{Kind: NotFoundKind, Detail: "This hub knows no story of this id."}
	}
	if err != nil {
		return nil, "", err
	}
	if st.MergedInto != "" {
		to := q.at(append([]string{"stories", st.MergedInto}, rest...)...)
		if q.URL.RawQuery != "" {
			to += "?" + q.URL.RawQuery
		}
		return nil, moved(to), nil
	}
	return st, "", nil
}

func oneStory(q *request) (any, error) {
	lens, err := q.lens("lens", q.values["lens"])
	if err != nil {
		return nil, err
	}
	st, to, err := q.story()
	if err != nil || to != "" {
		return to, err
	}
	of, err := q.Store.ArticlesOf(q.Context(), []string{st.ID}, q.hub.Now)
	if err != nil {
		return nil, err
	}
	b, ok := q.storyBrief(st, of[st.ID], lens, true)
	if !ok {
		return nil, q.Site.StoryGone(q.Context(), st)
	}
	return b, nil
}

func comparison(q *request) (any, error) {
	if id := q.values["lens"]; id != "" {
		if _, err := q.lens("lens", id); err != nil {
			return nil, err
		}
	}
	st, to, err := q.story("comparison")
	if err != nil || to != "" {
		return to, err
	}
	return q.Site.Comparison(q.Request, st)
}
