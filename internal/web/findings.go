package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// A cited is one account's words, as far as readers may have them, with whose they are.
type cited struct {
	Words   words // empty where the Carriage does not let them be shown
	Href    string
	Outlet  string
	Side    side
	When    moment
	article *news.Article
	passage news.Passage
}

// A factLine is what several owners report: in the words of one of them, with all others that
// have it.
type factLine struct {
	Shown cited
	Also  []cited // others
	More  int     // further ones
	Sides []side  // that report it, in the order of the page
	All   bool    // every side that tells the story does
	fact  *news.Fact
}

// How many lines of a kind a page has. What is beyond them is in the JSON.
const (
	sharedFacts = 8
	aloneFacts  = 4 // of each side, the same for all
	namedToo    = 6 // accounts that have the same
)

// A finder turns the findings of a story into what readers see through one lens.
type finder struct {
	h      *hub
	quoter *publish.Quoter
	byID   map[string]*news.Article      // the articles of the story
	sides  map[string]side               // of an article; those of unplaced outlets are not in it
	told   []side                        // that tell the story, unplaced outlets left out, in the order of the page
	words  map[string][]news.TypicalTerm // of a side
	cites  map[string]cited              // by article: whose words they are
}

// findings reads what was found in the accounts of a story; list are its tellings in the order
// of the page, and c, which may be nil, is its comparison. The texts of articles are filled in where words of theirs are named.
func (s *site) findings(ctx context.Context, h *hub, st *news.Story, articles []*news.Article, list []*telling, c *news.Comparison) (*news.Findings, *finder, error) {
	f := &finder{h: h, byID: map[string]*news.Article{}, sides: map[string]side{}, words: map[string][]news.TypicalTerm{}, cites: map[string]cited{}}
	for _, a := range articles {
		f.byID[a.ID] = a
	}
	for _, t := range list {
		if t.side.ID == news.Unplaced || len(t.outlets) == 0 {
			continue
		}
		f.told = append(f.told, t.side)
		for _, a := range t.articles {
			f.sides[a.ID] = t.side
		}
		for _, copies := range t.copies {
			for _, a := range copies {
				f.sides[a.ID] = t.side
			}
		}
	}
	found, err := s.Store.Findings(ctx, st.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("findings of story %s: %w", st.ID, err)
	}
	if found == nil {
		found = &news.Findings{StoryID: st.ID}
	}
	named := map[string]*news.Article{}
	name := func(p news.Passage) {
		if a := f.byID[p.ArticleID]; a != nil {
			named[a.ID] = a
		}
	}
	found.Each(name)
	if c != nil {
		for i := range c.Sides {
			told := &c.Sides[i]
			f.words[told.SideID] = told.Words
			for k := range told.Words {
				told.Words[k].Each(name)
			}
		}
	}
	texts := make([]*news.Article, 0, len(named))
	for _, id := range sortedKeys(named) {
		texts = append(texts, named[id])
	}
	if err := s.Store.ReadTexts(ctx, texts); err != nil {
		return nil, nil, fmt.Errorf("texts of story %s: %w", st.ID, err)
	}
	f.quoter = publish.NewQuoter(h.now, f.byID, h.sources, found.Each)
	return found, f, nil
}

// cite names p without its words; false where its article is not carried, or is another by now.
func (f *finder) cite(p news.Passage) (cited, bool) {
	a := f.byID[p.ArticleID]
	if _, ok := p.In(a); !ok {
		return cited{}, false
	}
	c, known := f.cites[a.ID]
	if !known {
		src := f.h.sources[a.SourceID]
		if src == nil {
			return cited{}, false
		}
		c = cited{
			Href: "/article/" + a.ID, Outlet: src.Name, When: at(a.When(), f.h.now),
			Side: sideOf(&news.Lens{}, notStated, 0), article: a,
		}
		if sd, ok := f.sides[a.ID]; ok {
			c.Side = sd
		}
		f.cites[a.ID] = c
	}
	c.passage = p
	return c, true
}

// say gives c its words, and reports whether there are any.
func (c *cited) say(text string) bool {
	c.Words = foreign(text, c.article.Language)
	return text != ""
}

// quote adds the words to c.
func (f *finder) quote(c *cited) bool {
	return c.say(f.quoter.Quote(c.passage))
}

// line makes a line of a fact. The words are those of the first sentence that may be shown, the shortest if that
// may; a fact of which none may be is no line, for there is nothing to read.
func (f *finder) line(fact *news.Fact) (factLine, bool) {
	l := factLine{fact: fact}
	var all []cited
	for _, p := range fact.Passages {
		if c, ok := f.cite(p); ok {
			all = append(all, c)
		}
	}
	i := slices.IndexFunc(all, func(c cited) bool { return f.quote(&c) })
	if i < 0 || len(all) < 2 {
		return l, false
	}
	l.Shown = all[i]
	f.quote(&l.Shown)
	l.Sides = f.sidesOf(all)
	l.Also, l.More = fewest(slices.Delete(all, i, i+1))
	l.All = len(f.told) > 1 && len(l.Sides) == len(f.told)
	return l, true
}

// fewest returns the first of accounts that have the same, and how many there are besides.
func fewest(all []cited) (named []cited, more int) {
	named = all[:min(len(all), namedToo)]
	return named, len(all) - len(named)
}

// sidesOf returns the placed sides of what is cited, in the order of the page.
func (f *finder) sidesOf(all []cited) []side {
	var list []side
	for _, sd := range f.told {
		if slices.ContainsFunc(all, func(c cited) bool { return c.Side.ID == sd.ID }) {
			list = append(list, sd)
		}
	}
	return list
}

// shared returns what is reported on more than one side: what all sides have first, then what
// most owners have.
func (f *finder) shared(facts []news.Fact, most int) []factLine {
	type weighed struct {
		fact   *news.Fact
		sides  int
		owners int // distinct ones
	}
	var list []weighed
	for i := range facts {
		var all []cited
		for _, p := range facts[i].Passages {
			if c, ok := f.cite(p); ok {
				all = append(all, c)
			}
		}
		if n := len(f.sidesOf(all)); n > 1 {
			owners := map[string]bool{}
			for _, c := range all {
				owners[f.h.owners[c.article.SourceID]] = true
			}
			list = append(list, weighed{&facts[i], n, len(owners)})
		}
	}
	slices.SortStableFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.sides, a.sides), cmp.Compare(b.owners, a.owners))
	})
	var lines []factLine
	for _, w := range list {
		if len(lines) == most {
			break // what is not shown must not use up what may be quoted
		}
		if l, ok := f.line(w.fact); ok {
			lines = append(lines, l)
		}
	}
	return lines
}

// alone returns what two and more outlets of one side report and no account of another has
// anything like it.
func (f *finder) alone(facts []news.Fact, sd side, most int) []factLine {
	if len(f.told) < 2 {
		return nil
	}
	var lines []factLine
	for i := range facts {
		if len(lines) == most || !f.only(&facts[i], sd) {
			continue
		}
		if l, ok := f.line(&facts[i]); ok {
			lines = append(lines, l)
		}
	}
	return lines
}

// only reports whether all who have the fact, or something near it, stand on side sd. An outlet
// that stands on no side may be one of the other side: then it is not said.
func (f *finder) only(fact *news.Fact, sd side) bool {
	for _, p := range fact.Passages {
		if f.sides[p.ArticleID].ID != sd.ID {
			return false
		}
	}
	for _, id := range fact.Near {
		if f.byID[id] != nil && f.sides[id].ID != sd.ID {
			return false
		}
	}
	return true
}
