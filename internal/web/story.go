package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parallax/internal/compare/silence"
	"parallax/internal/explain"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// fullAccounts is how many articles of a side are shown with lead and disclosure, and
	// furtherAccounts how many of the others have a line; those beyond are in the data of the
	// story.
	fullAccounts    = 6
	furtherAccounts = 14
	// crowdedSides is from how many sides on each shows fewer, so that the page keeps its weight.
	crowdedSides = 3
)

// shown returns how many accounts of a side are shown in full and in a line, the same for each
// of so many sides.
func shown(sides int) (full, further int) {
	if sides <= crowdedSides {
		return fullAccounts, furtherAccounts
	}
	return max(fullAccounts*crowdedSides/sides, 2), max(furtherAccounts*crowdedSides/sides, 4)
}

// A storyPage is one story, a column per side.
type storyPage struct {
	frame
	Headline words
	Outlet   outlet // that wrote the headline
	Central  bool   // its account was chosen among several: it is the most central one
	Outlets  int
	Owners   int // of these outlets, as far as they are stated
	Articles int
	Copies   int
	First    moment
	Last     moment
	Lens     words
	LensNote string
	Lenses   []lensChoice
	Bar      bar
	Gists    map[string]*gist // machine text of sections, by their names
	// Translated are machine translations of the headline.
	Translated []translated
	Shared     []factLine
	Quotes     []quoteLine
	Conflict   []figureLine // numbers at odds
	Changed    []figureLine // numbers that grew or shrank
	Edits      []editLine
	Data       string // the address of the same as data
	Lite, Card string // of the same for lines that are cut, and of the card for other sites
	Columns    []column
	Timeline   timeline
	Told       []toldLine // the same in words, with what was changed
	ToldMore   int        // further moments
	Unread     int        // accounts that were not compared
	TookUp     int        // other stories, whose addresses lead here
	ByHand     string     // how many of them an editor made part of it
	Across     bool       // one of them was told in another language, and is yet
	Tongues    bool       // accounts are in several languages
	Locked     bool       // by the editor
	Kin        kinship
	Gone       []goneLine // accounts that were withdrawn, the last ones
	GoneMore   int
	Feeds      []alternate
}

// A column is what one side says.
type column struct {
	Side     side
	Count    string
	First    moment
	Last     moment
	Later    string // than the first of all sides
	OneText  string // how many of its articles are one text
	Central  bool   // the first of Articles is the most central, and there are several
	Gist     *gist  // may be nil
	Articles []telledArticle
	More     []telledArticle // beyond the first few, in a line each
	Further  int             // how many there are beyond these few
	Alone    []factLine      // what this side alone reports
	Words    []wordLine      // that are typical of it
	Silent   *unseen
	Gone     []goneLine // accounts of this side that were withdrawn
}

// A telledArticle is one outlet's account.
type telledArticle struct {
	Href       string
	Original   string
	Title      words
	Translated []translated // by a machine
	Lead       words
	Outlet     outlet
	When       moment
	Later      string
	Beside     string   // the page that puts it beside another account
	Changed    int      // how often it changed since
	ByEditor   bool     // an editor put it here
	CopyOf     *outlet  // of another side, whose text it repeats
	Copies     []copied // on this side
}

type copied struct {
	Href   string
	Outlet outlet
	When   moment
}

func (s *site) story(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	st, err := s.findStory(r, h)
	if err != nil {
		return err
	}
	if st.MergedInto != "" {
		to := "/story/" + st.MergedInto
		if strings.HasSuffix(r.URL.Path, dataSuffix) {
			to += dataSuffix
		}
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusPermanentRedirect) //nolint:gosec // "/story/" and an id of the database: always a page of this hub
		return nil
	}
	seen, err := s.see(r, h, st)
	if err != nil {
		return err
	}
	if wantsData(r) {
		return s.sendData(w, r, s.data(r, seen))
	}
	return s.render(w, r, "story", s.storyPage(r, seen))
}

// A seenStory is a story as it is seen through one lens.
type seenStory struct {
	*finder
	story    *news.Story
	articles []*news.Article // that are carried, in the order of time
	head     *news.Article
	lens     *news.Lens
	by       string     // who chose it: one of byReader, byName, byDivision
	list     []*telling // what each side says, in the order of the page
	bar      bar        // its sides stand in the order of the lens
	found    *news.Findings
	edits    []news.Edit
	output   *news.Output    // what outlets told of late
	judged   silence.Finding // how much of the story is to be expected of each side
	machine  *machine
	record   *news.Record
	kin      kinship
	gone     []*news.Gone // accounts that were withdrawn, the last first
}

// Who chose a lens.
const (
	byReader   = "reader"
	byName     = "name"
	byDivision = "division"
)

// see reads all that a page or the data of a story is made of.
func (s *site) see(r *http.Request, h *hub, st *news.Story) (*seenStory, error) {
	ctx := r.Context()
	byStory, err := s.Store.ArticlesOf(ctx, []string{st.ID}, h.now)
	if err != nil {
		return nil, fmt.Errorf("list articles of story %s: %w", st.ID, err)
	}
	seen := &seenStory{story: st, articles: byStory[st.ID]}
	if seen.head = headOf(st, seen.articles); seen.head == nil {
		return nil, s.notCarried(ctx, h, st)
	}
	if h.sources[seen.head.SourceID] == nil {
		return nil, notFound("This story is not here yet", "It is told by an outlet that was added to this hub a moment ago. Please try again in a few seconds.")
	}
	seen.lens, seen.by = h.opening(seen.articles)
	if id := r.URL.Query().Get("lens"); id != "" {
		if seen.lens, err = h.lens(id); err != nil {
			return nil, err
		}
		seen.by = byReader
	}
	comparisons, err := s.Store.Comparisons(ctx, seen.lens.ID, []string{st.ID})
	if err != nil {
		return nil, fmt.Errorf("compare story %s: %w", st.ID, err)
	}
	seen.list = h.tellings(seen.lens, seen.articles, comparisons[st.ID])
	seen.bar = barOf(seen.list)
	byFirst(seen.list)
	if seen.found, seen.finder, err = s.findings(ctx, h, st, seen.articles, seen.list, comparisons[st.ID]); err != nil {
		return nil, err
	}
	if seen.output, err = s.outputs(ctx, h); err != nil {
		return nil, err
	}
	seen.judged = h.judge(seen.list, seen.articles, seen.output)
	if seen.edits, err = s.edits(ctx, seen.articles); err != nil {
		return nil, err
	}
	if seen.machine, err = s.machine(ctx, seen); err != nil {
		return nil, err
	}
	if seen.record, err = s.Store.RecordOf(ctx, st.ID); err != nil {
		return nil, fmt.Errorf("record of story %s: %w", st.ID, err)
	}
	if seen.gone, err = s.goneFrom(ctx, h, st.ID); err != nil {
		return nil, err
	}
	seen.kin, err = s.kinship(ctx, h, st.ID)
	return seen, err
}

func (s *site) storyPage(r *http.Request, seen *seenStory) *storyPage {
	h, st, lens := seen.h, seen.story, seen.lens
	head, articles, found := seen.head, seen.articles, seen.found
	p := &storyPage{
		frame:    s.frame(r, head.Title),
		Headline: foreign(head.Title, head.Language),
		Outlet:   outletOf(h.sources[head.SourceID]),
		Articles: len(articles),
		Lens:     words{Text: lens.Title},
		Lenses:   h.switcher(lens, r.URL.Path, nil),
		Data:     "/story/" + st.ID + dataSuffix + "?lens=" + url.QueryEscape(lens.ID),
		Shared:   seen.shared(found.Facts, sharedFacts),
		Quotes:   seen.quotes(found.Quotes, quoteLines),
		Conflict: seen.figures(found.Figures, news.Conflict, figureLines),
		Changed:  seen.figures(found.Figures, news.Update, changedLines),
		Edits:    seen.editLines(),
	}
	bar := seen.bar
	for i, sd := range bar.Sides {
		bar.Sides[i].Href = "#side-" + sd.ID // on a phone the columns are far apart
	}
	first, last := span(articles)
	p.Bar, p.Owners, p.Timeline = bar, h.ownersOf(seen.list), timelineOf(seen.list, h)
	p.Told, p.ToldMore = seen.told()
	p.Unread = found.Unread
	p.TookUp, p.ByHand = len(seen.record.Merges), explain.ByHand(seen.record.Merges)
	p.Tongues = slices.ContainsFunc(articles, func(a *news.Article) bool { return lang.Base(a.Language) != lang.Base(head.Language) })
	p.Across = p.Tongues && slices.ContainsFunc(seen.record.Merges, func(e news.Event) bool { return e.Model == news.ModelAcross })
	p.Locked, p.Kin = seen.record.Locked != nil, seen.kin
	p.First, p.Last = at(first.When(), h.now), at(last.When(), h.now)
	kept := pinned(seen.record)
	for _, t := range seen.list {
		p.Outlets += len(t.outlets)
		c := h.column(t, len(seen.list), articles, first)
		c.Words = seen.typical(t.side)
		c.Alone, c.Silent = seen.alone(found.Facts, t.side, aloneFacts), seen.unseen(t)
		for _, told := range [][]telledArticle{c.Articles, c.More} {
			for i := range told {
				told[i].Beside = seen.besideOf(told[i].Href)
				told[i].ByEditor = slices.Contains(kept, strings.TrimPrefix(told[i].Href, "/article/"))
			}
		}
		p.Columns = append(p.Columns, c)
		for _, copies := range t.copies {
			p.Copies += len(copies)
		}
	}
	gone, more := h.goneLines(seen.gone)
	p.GoneMore = more
	for _, g := range gone {
		side := lens.SideOf(h.sources[g.source])
		if i := slices.IndexFunc(p.Columns, func(c column) bool { return c.Side.ID == side }); i >= 0 {
			p.Columns[i].Gone = append(p.Columns[i].Gone, g)
		} else {
			p.Gone = append(p.Gone, g) // nothing else of its side is left
		}
	}
	seen.machine.add(p, head.ID)
	p.Central = head.ID == st.HeadID && p.Articles-p.Copies > 2 // see the about page
	p.own("/story/"+st.ID+"/feed", "", "This story")
	p.Feeds = p.Alternates[:len(formats)]
	p.Lite, p.Card = "/story/"+st.ID+"/lite"+chosenLens(r), "/story/"+st.ID+"/card"
	p.OEmbed = s.base(r) + "/story/" + st.ID
	p.JSONLD = s.storyLD(s.base(r), st, head, articles, h)
	return p
}

// besideOf returns the page that puts an account beside the most central one of another side, the
// next one in the order of the page; of the same side where no other tells it; "" where there is no other account.
func (seen *seenStory) besideOf(href string) string {
	id := strings.TrimPrefix(href, "/article/")
	own := slices.IndexFunc(seen.list, func(t *telling) bool { return t.has(id) })
	for k := range seen.list {
		if other := seen.list[(own+1+k)%len(seen.list)].central(id); other != "" {
			return href + "/beside/" + other
		}
	}
	return ""
}

// chosenLens is the query by which a reader chose a lens, or "".
func chosenLens(r *http.Request) string {
	if id := r.URL.Query().Get("lens"); id != "" {
		return "?" + url.Values{"lens": {id}}.Encode()
	}
	return ""
}

// findStory returns the story of the path, whether or not anything of it is carried.
func (s *site) findStory(r *http.Request, h *hub) (*news.Story, error) {
	st, err := s.Store.Story(r.Context(), strings.TrimSuffix(r.PathValue("id"), dataSuffix), h.now)
	if err != nil {
		return nil, orNotFound(err, "There is no such story", "This hub knows no story of this address.")
	}
	return st, nil
}

// notCarried says why nothing of a story is carried: the time of its articles has not
// come yet, or has ended.
func (s *site) notCarried(ctx context.Context, h *hub, st *news.Story) error {
	var from time.Time
	for _, src := range h.list {
		start := src.Carriage.From
		if src.At(h.now) != news.Pending || !from.IsZero() && !start.Before(from) {
			continue
		}
		list, _, err := s.Store.Articles(ctx, news.ArticleQuery{Now: start, SourceIDs: []string{src.ID}, StoryID: st.ID, Limit: 1})
		if err != nil {
			return fmt.Errorf("look for pending articles of story %s: %w", st.ID, err)
		}
		if len(list) > 0 {
			from = start
		}
	}
	if !from.IsZero() {
		return notFound("This story is not carried yet", "This hub carries it from "+publish.Day(from)+" on.")
	}
	return s.storyGone(ctx, h, st.ID)
}

func (h *hub) column(t *telling, sides int, articles []*news.Article, first *news.Article) column {
	c := column{Side: t.side, Count: barSide{t.side, len(t.outlets), t.of()}.Count()}
	if f := t.first(); f != nil {
		c.First, c.Later = at(f.When(), h.now), later(f.When(), first.When())
		c.Last = at(t.last().When(), h.now)
	}
	c.OneText = h.oneText(t)
	accounts := slices.Clone(t.articles)
	if i := slices.IndexFunc(accounts, func(a *news.Article) bool { return a.ID == t.head }); i >= 0 {
		c.Central = len(accounts) > 2 // of two, each is as near to the other
		head := accounts[i]
		accounts = slices.Insert(slices.Delete(accounts, i, i+1), 0, head)
	}
	for _, a := range accounts {
		c.Articles = append(c.Articles, h.account(a, t.copies[a.ID], first))
	}
	// Copies whose root another side has stand in this column with its name.
	for _, root := range sortedKeys(t.copies) {
		if slices.ContainsFunc(t.articles, func(a *news.Article) bool { return a.ID == root }) {
			continue
		}
		copies := t.copies[root]
		acc := h.account(copies[0], copies[1:], first)
		for _, a := range articles {
			if a.ID == root && h.sources[a.SourceID] != nil {
				o := outletOf(h.sources[a.SourceID])
				acc.CopyOf = &o
			}
		}
		c.Articles = append(c.Articles, acc)
	}
	if full, further := shown(sides); len(c.Articles) > full {
		c.Articles, c.More = c.Articles[:full], c.Articles[full:]
		c.Further = len(c.More)
		c.More = c.More[:min(len(c.More), further)]
	}
	return c
}

// oneText says how many of the articles of a side are one text, where that is more than a few.
func (h *hub) oneText(t *telling) string {
	all, root := len(t.articles), ""
	for _, id := range sortedKeys(t.copies) {
		all += len(t.copies[id])
		if root == "" || len(t.copies[id]) > len(t.copies[root]) {
			root = id
		}
	}
	if root == "" {
		return ""
	}
	one := len(t.copies[root])
	if slices.ContainsFunc(t.articles, func(a *news.Article) bool { return a.ID == root }) {
		one++
	}
	if one < 2 {
		return ""
	}
	return fmt.Sprintf("%d of %s are one text", one, plural(all, "article", "articles"))
}

func (h *hub) account(a *news.Article, copies []*news.Article, first *news.Article) telledArticle {
	src := h.sources[a.SourceID]
	acc := telledArticle{
		Href:     "/article/" + a.ID,
		Original: a.URL,
		Title:    foreign(a.Title, a.Language),
		Lead:     foreign(publish.Lead(a, src, h.now), a.Language),
		Outlet:   outletThen(src, a.FirstSeen, h.now),
		When:     at(a.When(), h.now),
		Later:    later(a.When(), first.When()),
		Changed:  max(a.Revision-1, 0),
	}
	for _, c := range copies {
		acc.Copies = append(acc.Copies, copied{"/article/" + c.ID, outletOf(h.sources[c.SourceID]), at(c.When(), h.now)})
	}
	return acc
}

// span returns the first and the last of articles, of which there is at least one.
func span(articles []*news.Article) (first, last *news.Article) {
	return slices.MinFunc(articles, earlier), slices.MaxFunc(articles, earlier)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
