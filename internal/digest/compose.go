package digest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// What a digest holds at most.
const (
	dailyStories, weeklyStories = 12, 20
	// namedOutlets is how many outlets are named of those of a side that are silent.
	namedOutlets = 6
	// namedSides is how many sides are named; the others are counted.
	namedSides = 12
	// page and pages are how many stories are looked at, the highest first.
	page, pages = 100, 5
	// overlap is how long before a digest an article that is new in the hub may have been published.
	overlap = 48 * time.Hour
)

// A Digest is what is new, for all who chose the same.
type Digest struct {
	HubName string
	HubURL  string
	Choice  string // in words
	Since   time.Time
	Until   time.Time
	Weekly  bool
	Stories []Story
	More    int // stories that found no room
	// Licences are what the licences of outlets want beside their words.
	Licences []string
}

// A Story is one of a Digest.
type Story struct {
	Headline  string
	Language  string
	Outlet    string // whose headline it is
	Line      string // who stands behind that outlet
	Articles  int
	Outlets   int
	Owners    int
	Before    bool // it began before this digest, which another may have told
	Sides     []Side
	MoreSides int    // without an account, that are not named
	URL       string // of its page
	LiteURL   string // and of that in at most 10 KB

	rank float64
	head *news.Source
}

// A Side is how many outlets of one side tell a Story, and which the hub read that do not.
type Side struct {
	Title        string
	Outlets, Of  int
	Owners       int
	Silent       []string
	OthersSilent int
	stated       bool
}

// compose returns what is new for e, and up to the begin of the round.
func (r *round) compose(ctx context.Context, e edition) (*Digest, error) {
	content, err := r.Edition(ctx)
	if err != nil {
		return nil, fmt.Errorf("compose the digest: %w", err)
	}
	if c := r.composed[e]; c.digest != nil && c.content == content && r.Now().Sub(c.at).Abs() < composedFor {
		return c.digest, nil
	}
	at := r.Now()
	d, err := r.Compose(ctx, e.MailChoice, e.since, r.until)
	if err != nil {
		return nil, fmt.Errorf("compose the digest: %w", err)
	}
	r.composed[e] = composed{d, content, at}
	return d, nil
}

// composedFor is for how long a digest is sent that was composed before: a carriage may end by
// the clock. What is taken down changes the content of the hub, and ends it at once.
const composedFor = 10 * time.Second

// A composed digest, of which content of the hub, and when.
type composed struct {
	digest  *Digest
	content string
	at      time.Time
}

// Compose returns the stories of which something came into the hub after since and until until, as far as they
// are carried now: of a day by rank, of a week the widest told first.
func (o *Office) Compose(ctx context.Context, c news.MailChoice, since, until time.Time) (*Digest, error) {
	w := &writer{Office: o, ctx: ctx, choice: c, since: since, until: until, now: o.Now(), sources: map[string]*news.Source{}}
	list, err := o.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	w.owners = news.Owners(list)
	for _, s := range list {
		w.sources[s.ID] = s
		for _, tag := range s.Languages {
			if b := lang.Base(tag); !slices.Contains(w.languages, b) {
				w.languages = append(w.languages, b)
			}
		}
	}
	lenses, err := o.Lenses(ctx)
	if err != nil {
		return nil, err
	}
	if len(lenses) > 0 {
		w.lens = &lenses[0]
	}
	for i := range lenses {
		if lenses[i].ID == c.LensID {
			w.lens = &lenses[i]
		}
	}
	d := &Digest{HubName: o.HubName, HubURL: o.HubURL, Choice: w.inWords(), Since: since, Until: until, Weekly: c.Weekly}
	if w.lens == nil {
		return d, nil
	}
	stories, err := w.stories()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(stories, func(a, b Story) int { return cmp.Compare(b.rank, a.rank) })
	most := dailyStories
	if c.Weekly {
		most = weeklyStories
	}
	d.Stories = stories[:min(len(stories), most)]
	d.More = len(stories) - len(d.Stories)
	told := map[*news.Source]bool{}
	for _, s := range d.Stories {
		if text := s.head.Carriage.Boilerplate; text != "" && !told[s.head] {
			told[s.head] = true
			d.Licences = append(d.Licences, s.head.Name+": "+publish.Sentence(text))
		}
	}
	return d, nil
}

// A writer composes one Digest.
type writer struct {
	*Office
	ctx          context.Context // of the one call of Compose
	choice       news.MailChoice
	lens         *news.Lens
	since, until time.Time
	now          time.Time // decides what is carried
	sources      map[string]*news.Source
	owners       map[string]string
	languages    []string
}

// inWords says what was chosen.
func (w *writer) inWords() string {
	text := "every day"
	if w.choice.Weekly {
		text = "every week"
	}
	if w.choice.Query != "" {
		text += ", stories with “" + w.choice.Query + "”"
	}
	if w.lens != nil {
		text += ", divided by: " + w.lens.Title
	}
	return text
}

func (w *writer) stories() ([]Story, error) {
	if w.choice.Query != "" {
		return w.found()
	}
	q := news.StoryQuery{Now: w.now, Limit: page, MinOutlets: 2}
	if w.choice.Weekly {
		q.Order, q.Since = news.ByLast, w.since.Add(-overlap)
	}
	var out []Story
	for range pages {
		list, next, err := w.Store.Stories(w.ctx, q)
		if err != nil {
			return nil, err
		}
		fresh, err := w.fresh(list)
		if err != nil {
			return nil, err
		}
		out = append(out, fresh...)
		if next == "" {
			break
		}
		q.After = next
	}
	return out, nil
}

// found returns the stories with articles that hold what is searched for.
func (w *writer) found() ([]Story, error) {
	terms := lang.QueryTerms(w.choice.Query, w.languages)
	if len(terms) == 0 {
		return nil, nil
	}
	var ids []string
	for n := range pages {
		list, total, err := w.Store.Search(w.ctx, news.SearchQuery{Now: w.now, Terms: terms, Limit: page, Offset: n * page})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.StoryID != "" && a.FirstSeen.After(w.since) && !slices.Contains(ids, a.StoryID) {
				ids = append(ids, a.StoryID)
			}
		}
		if (n+1)*page >= total {
			break
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	headed, err := w.Store.Headed(w.ctx, ids, w.now)
	if err != nil {
		return nil, err
	}
	var list []*news.Story
	for _, id := range ids {
		if h, ok := headed[id]; ok {
			list = append(list, h.Story)
		}
	}
	return w.fresh(list)
}

// fresh returns those of list of which something is new.
func (w *writer) fresh(list []*news.Story) ([]Story, error) {
	ids := make([]string, 0, len(list))
	for _, st := range list {
		ids = append(ids, st.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	articles, err := w.Store.ArticlesOf(w.ctx, ids, w.now)
	if err != nil {
		return nil, err
	}
	comparisons, err := w.Store.Comparisons(w.ctx, w.lens.ID, ids)
	if err != nil {
		return nil, err
	}
	var out []Story
	for _, st := range list {
		carried := slices.DeleteFunc(slices.Clone(articles[st.ID]), func(a *news.Article) bool {
			s := w.sources[a.SourceID]
			return s == nil || !publish.Carried(a, s, w.now)
		})
		isNew := func(a *news.Article) bool { return a.FirstSeen.After(w.since) && !a.FirstSeen.After(w.until) }
		if !slices.ContainsFunc(carried, isNew) {
			continue
		}
		s := w.tell(st, carried, comparisons[st.ID])
		s.Before = slices.ContainsFunc(carried, func(a *news.Article) bool { return !a.FirstSeen.After(w.since) })
		out = append(out, s)
	}
	return out, nil
}

// tell says who tells a story; there is at least one article.
func (w *writer) tell(st *news.Story, articles []*news.Article, c *news.Comparison) Story {
	head := articles[0]
	for _, a := range articles {
		if a.ID == st.HeadID {
			head = a
		}
	}
	src := w.sources[head.SourceID]
	s := Story{
		Headline: strings.Join(strings.Fields(head.Title), " "), Language: head.Language, Outlet: src.Name, Line: publish.ShortLine(src),
		Articles: len(articles), URL: w.page(st.ID, ""), LiteURL: w.page(st.ID, "/lite"), rank: st.Rank, head: src,
	}
	sides := map[string]*Side{}
	var order []*Side
	for _, sd := range w.lens.Sides {
		sides[sd.ID] = &Side{Title: sd.Title, stated: sd.ID != news.Unplaced}
		order = append(order, sides[sd.ID])
	}
	of := func(src *news.Source) *Side {
		if sd := sides[w.lens.SideOf(src)]; sd != nil {
			return sd
		}
		if sides[news.Unplaced] == nil {
			sides[news.Unplaced] = &Side{Title: "Not stated"}
			order = append(order, sides[news.Unplaced])
		}
		return sides[news.Unplaced]
	}
	tells, owners := map[string]bool{}, map[string]bool{}
	ownersOf := map[*Side]map[string]bool{}
	for _, a := range articles {
		if tells[a.SourceID] {
			continue
		}
		tells[a.SourceID] = true
		sd := of(w.sources[a.SourceID])
		if ownersOf[sd] == nil {
			ownersOf[sd] = map[string]bool{}
		}
		sd.Outlets++
		owners[w.owners[a.SourceID]], ownersOf[sd][w.owners[a.SourceID]] = true, true
	}
	s.Outlets, s.Owners = len(tells), len(owners)
	told := 0
	for sd, of := range ownersOf {
		sd.Owners = len(of)
		if sd.stated {
			told++
		}
	}
	if c != nil {
		for _, cov := range c.Sides {
			for _, id := range cov.Silent {
				src := w.sources[id]
				if src == nil || tells[id] || !src.Retired.IsZero() || !publish.CarriedSource(src, w.now) {
					continue
				}
				sd := of(src)
				if sd.Of++; len(sd.Silent) < namedOutlets {
					sd.Silent = append(sd.Silent, src.Name)
				} else {
					sd.OthersSilent++
				}
			}
		}
	}
	for _, sd := range order {
		sd.Of += sd.Outlets
		switch {
		case sd.Of == 0:
		case sd.Outlets == 0 && len(s.Sides) >= namedSides:
			s.MoreSides++
		default:
			s.Sides = append(s.Sides, *sd)
		}
	}
	if w.choice.Weekly {
		s.rank = news.Rank(s.Owners, told, time.Time{})
	}
	return s
}

func (w *writer) page(story, suffix string) string {
	link := w.HubURL + "/story/" + url.PathEscape(story) + suffix
	if w.choice.LensID != "" {
		link += "?lens=" + url.QueryEscape(w.choice.LensID)
	}
	return link
}
