package assist

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/assist/check"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// sideItems is how many accounts of a side the machine is given of the side's section, those that a page
	// shows with their leads, and each sideItemsOfAll of the section about all sides.
	sideItems      = 6
	sideItemsOfAll = 3
	// factItems and figureItems are how many sentences it is given of what several sides report, and
	// of numbers at odds.
	factItems, figureItems = 12, 8
	// allItems is how many accounts the section about all sides has at most, as many of each side; where more
	// sides tell the story there is none, so that no side is left out.
	allItems = 24
	// sectionsAsked is how many sections one question has at most; there are as many questions as it takes.
	sectionsAsked = 8
	// itemRunes is how long a line of an item is at most: a headline, and the excerpt below it, or a passage. So
	// an item has up to twice as much.
	itemRunes = 640
)

// An account is what the machine is given of an article.
type account struct {
	check.Item
	cite news.Citation
}

// A section is what one sentence is asked for.
type section struct {
	name   string // of news.Gist
	about  string // for the machine
	demand check.Demand
	items  []account
}

// A seen story is all that the sections are made of, through one lens.
type seen struct {
	now      time.Time
	lens     *news.Lens
	sources  map[string]*news.Source
	owners   map[string]string        // of a source, see news.Owners
	articles map[string]*news.Article // that are carried, with their texts where Findings name them
	sides    []news.Coverage
	findings *news.Findings
	quoter   *publish.Quoter
}

// sections returns what is to be asked. Where a section has fewer than two owners or their languages cannot
// be checked, there is none: one account stands there in its own words.
func (s *seen) sections() []section {
	var list []section
	add := func(name, about string, sides int, items []account) {
		if sec, ok := fit(section{name: name, about: about, demand: check.Demand{Outlets: 2, Sides: sides}, items: items}); ok {
			list = append(list, sec)
		}
	}
	var all []account
	type told struct {
		side  string
		items []account
	}
	var sides []told
	for _, c := range s.sides {
		if c.SideID == news.Unplaced {
			continue
		}
		if items := s.side(c); len(items) > 0 {
			sides = append(sides, told{c.SideID, items})
		}
	}
	for _, t := range sides {
		all = append(all, t.items[:min(len(t.items), sideItemsOfAll, allItems/len(sides))]...)
	}
	add(news.GistAll, "the whole story, as several sides tell it", 2, all)
	if s.findings != nil {
		add(news.GistShared, "what several sides report", 2, s.shared())
		add(news.GistFigures, "numbers on which the accounts differ: say who says which", 0, s.figures())
	}
	for _, t := range sides {
		add(news.GistSide+t.side, "what the outlets of one side report", 1, t.items)
	}
	// Ids are of one section only, so that none can cite what another was given.
	n := 0
	for i := range list {
		for j := range list[i].items {
			n++
			list[i].items[j].ID = fmt.Sprintf("a%d", n)
		}
	}
	return list
}

// side returns the accounts of one side as a page shows them: the most central first, then in the order
// in which they came.
func (s *seen) side(c news.Coverage) []account {
	ids := slices.Clone(c.Articles)
	if i := slices.Index(ids, c.Head); i > 0 {
		ids = slices.Insert(slices.Delete(ids, i, i+1), 0, c.Head)
	}
	var items []account
	for _, id := range ids {
		if len(items) == sideItems {
			break
		}
		a := s.articles[id]
		if a == nil {
			continue
		}
		src := s.sources[a.SourceID]
		if src == nil || s.lens.SideOf(src) != c.SideID || !publish.Carried(a, src, s.now) {
			continue
		}
		lead := publish.Lead(a, src, s.now)
		if acc, ok := s.account(a, src, strings.TrimSpace(a.Title+"\n"+lead), lead != ""); ok {
			items = append(items, acc)
		}
	}
	return items
}

// account is text as the words of a; false where they tell a machine what to do.
func (s *seen) account(a *news.Article, src *news.Source, text string, words bool) (account, bool) {
	if text == "" || check.Commands(text) || check.Commands(src.Name) {
		return account{}, false
	}
	side := s.lens.SideOf(src)
	acc := account{cite: news.Citation{ArticleID: a.ID, Revision: a.Revision, SideID: side, Words: words, Mode: src.Carriage.EffectiveMode()}}
	if side == news.Unplaced {
		side = ""
	}
	// The headline keeps its line: nothing that stands there runs on into the text.
	title, rest, _ := strings.Cut(text, "\n")
	acc.Item = check.Item{
		Outlet: cmp.Or(s.owners[src.ID], src.ID), Name: news.Cut(src.Name, nameRunes), Side: side, Language: a.Language,
		Text: strings.TrimSpace(news.Cut(title, itemRunes) + "\n" + news.Cut(rest, itemRunes)),
	}
	return acc, true
}

// nameRunes bounds the name of an outlet.
const nameRunes = 80

// passage is the words of p as far as readers may have them.
func (s *seen) passage(p news.Passage) (account, bool) {
	a := s.articles[p.ArticleID]
	if a == nil || s.sources[a.SourceID] == nil {
		return account{}, false
	}
	src := s.sources[a.SourceID]
	return s.account(a, src, s.quoter.Quote(p), true)
}

// shared are the sentences that say what several sides report.
func (s *seen) shared() []account {
	var items []account
	for _, f := range s.findings.Facts {
		var of []account
		sides := map[string]bool{}
		for _, p := range f.Passages {
			if acc, ok := s.passage(p); ok && acc.Side != "" && !sides[acc.Side] { // one of each side says it
				sides[acc.Side] = true
				of = append(of, acc)
			}
		}
		if len(sides) > 1 && len(items)+len(of) <= factItems {
			items = append(items, of...)
		}
	}
	return items
}

// figures are the sentences with numbers at odds.
func (s *seen) figures() []account {
	var items []account
	for _, f := range s.findings.Figures {
		if f.Verdict != news.Conflict {
			continue
		}
		for _, c := range f.Counts {
			if acc, ok := s.passage(c.Sentence); ok && len(items) < figureItems {
				items = append(items, acc)
			}
		}
	}
	return items
}

// fit leaves of a section what is in the language of most of its items; false where that is not
// enough.
func fit(sec section) (section, bool) {
	count := map[string]int{}
	for _, it := range sec.items {
		count[lang.Base(it.Language)]++
	}
	best := ""
	for _, it := range sec.items {
		if l := lang.Base(it.Language); check.Checks(l) && (best == "" || count[l] > count[best]) {
			best = l
		}
	}
	sec.demand.Language = best
	sec.items = slices.DeleteFunc(slices.Clone(sec.items), func(it account) bool { return best == "" || lang.Base(it.Language) != best })
	outlets, sides := map[string]bool{}, map[string]bool{}
	for _, it := range sec.items {
		outlets[it.Outlet] = true
		if it.Side != "" {
			sides[it.Side] = true
		}
	}
	return sec, len(outlets) >= sec.demand.Outlets && len(sides) >= sec.demand.Sides
}

// gist is what is kept of the section, without the words.
func (sec section) gist(w *work, model string) news.Gist {
	return news.Gist{
		LensID: w.lens.ID, Section: sec.name, Language: sec.demand.Language,
		Asked: sec.hash(w.lens.ID, model), Model: model, Prompt: Prompt(), At: w.now,
	}
}

// cites returns what the items of those ids are, each article once.
func (sec section) cites(ids []string) []news.Citation {
	var list []news.Citation
	for _, it := range sec.items {
		if !slices.Contains(ids, it.ID) {
			continue
		}
		if i := slices.IndexFunc(list, func(c news.Citation) bool { return c.ArticleID == it.cite.ArticleID }); i >= 0 {
			list[i].Words = list[i].Words || it.cite.Words
			continue
		}
		list = append(list, it.cite)
	}
	return list
}

// checked are the items as they are held against the answer.
func (sec section) checked() []check.Item {
	list := make([]check.Item, len(sec.items))
	for i, it := range sec.items {
		list[i] = it.Item
	}
	return list
}

// asked is the section as it goes out.
func (sec section) asked(id string, sideTitle func(id string) string, refused check.Reason) askedSection {
	out := askedSection{
		Section: id, About: sec.about, Language: lang.LanguageName(sec.demand.Language),
		Outlets: sec.demand.Outlets, Sides: sec.demand.Sides, Refused: said(refused),
	}
	for _, it := range sec.items {
		out.Items = append(out.Items, askedItem{ID: it.ID, Outlet: it.Name, Side: sideTitle(it.Side), Text: it.Text})
	}
	return out
}

// hash says what a section was asked with: the same need not be asked again.
func (sec section) hash(lensID, model string) string {
	items := sec.checked()
	for i := range items {
		items[i].ID = "" // which depends on what else is asked
	}
	text, err := json.Marshal([]any{lensID, model, Prompt(), sec.name, sec.demand, items})
	if err != nil {
		return "" // unreachable: it is of strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// said is a reason for the machine.
func said(r check.Reason) string {
	return map[check.Reason]string{
		check.Form:      "it is not one plain sentence",
		check.Length:    "it is too long or too short",
		check.Language:  "it is in another language",
		check.Unknown:   "it cites no items, or others than those of its section",
		check.Sides:     "it cites too few outlets or sides",
		check.Quote:     "what stands in quote marks is not in the items",
		check.Number:    "a number is not in the cited items, or not with the same words",
		check.Name:      "a name, or the first word, is not in the cited items",
		check.Negation:  "it negates otherwise than the items",
		check.Judgement: "it judges",
		check.Unfounded: "too few of its words are in each cited item",
		check.Same:      "it is the original",
		check.Missing:   "there was none",
	}[r]
}
