// Package webtest holds what tests of pages need: a World of invented outlets that can
// be asked like a store, and checks of pages, feeds and colours. Only tests import it.
package webtest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// Now is the present of the World.
var Now = time.Date(2026, 11, 12, 18, 30, 0, 0, time.UTC)

// A World is a store in memory that holds invented outlets telling invented events.
// Change it as a test needs; it works out comparisons by itself.
type World struct {
	SourceList []*news.Source
	FeedList   []*news.Feed
	Attempts   map[string][]news.Evidence    // by feed
	Reaches    map[string][]news.ReachChange // by feed
	ByID       map[string]*news.Article
	Order      []string // of articles, as they were told
	Heads      map[string]string
	Merged     map[string]string
	Related    []news.Relation
	History    map[string][]news.Revision
	Placings   map[string]*news.History      // by article
	Records    map[string]*news.Record       // by story
	CopyList   map[string][]news.Copy        // by source
	Icons      map[string][]byte             // by source
	Album      map[string][]*news.Picture    // by article
	Repeats    map[string][]news.Block       // by source
	Notices    map[string][]news.Term        // by source
	Found      map[string]*news.Findings     // by story
	Words      map[string][]news.TypicalTerm // of the weir, by lens and side
	Said       map[string][]news.Gist        // by story
	Translated []news.Translation
	TakenDown  map[string]*news.Takedown // by article or source

	Disclosures map[string][]*news.DisclosureVersion // by source
	Declared    map[string]*news.Declaration         // by source

	// Err, if set, is what every query answers: a database that has gone away.
	Err error
}

// Sources returns every source by name.
func (w *World) Sources(context.Context) ([]*news.Source, error) {
	list := slices.Clone(w.SourceList)
	slices.SortFunc(list, func(a, b *news.Source) int { return cmp.Compare(a.Name, b.Name) })
	return list, w.Err
}

// Source returns one source.
func (w *World) Source(_ context.Context, id string) (*news.Source, error) {
	for _, s := range w.SourceList {
		if s.ID == id {
			return s, w.Err
		}
	}
	return nil, cmp.Or(w.Err, news.ErrNotFound)
}

// Feeds returns the feeds of a source, or all.
func (w *World) Feeds(_ context.Context, sourceID string) ([]*news.Feed, error) {
	var list []*news.Feed
	for _, f := range w.FeedList {
		if sourceID == "" || f.SourceID == sourceID {
			list = append(list, f)
		}
	}
	return list, w.Err
}

// Evidence returns the last attempts on a feed.
func (w *World) Evidence(_ context.Context, feedID string, limit int) ([]news.Evidence, error) {
	list := w.Attempts[feedID]
	return list[:min(limit, len(list))], w.Err
}

// ReachChanges returns how a feed could be reached: all that is known.
func (w *World) ReachChanges(_ context.Context, feedID string, _ time.Time) ([]news.ReachChange, error) {
	return w.Reaches[feedID], w.Err
}

// Boilerplate returns what the articles of a source repeat.
func (w *World) Boilerplate(_ context.Context, sourceID string) (*news.Boilerplate, error) {
	return &news.Boilerplate{SourceID: sourceID, Blocks: w.Repeats[sourceID]}, w.Err
}

func (w *World) carried(a *news.Article, now time.Time) bool {
	s, err := w.Source(context.Background(), a.SourceID)
	return err == nil && a.Purged.IsZero() && s.At(now) == news.Carried && s.Carriage.Carries(a.FirstSeen, now)
}

// TakedownOf returns the takedown of an article, else that of its source.
func (w *World) TakedownOf(_ context.Context, articleID, sourceID string) (*news.Takedown, error) {
	if k := w.TakenDown[articleID]; k != nil {
		return k, w.Err
	}
	return w.TakenDown[sourceID], w.Err
}

// Gone returns what is not carried any more, the last first.
func (w *World) Gone(_ context.Context, q news.GoneQuery) ([]*news.Gone, error) {
	var list []*news.Gone
	for _, id := range w.Order {
		a := w.ByID[id]
		s, err := w.Source(context.Background(), a.SourceID)
		if err != nil {
			return nil, err
		}
		if w.carried(a, q.Now) || a.Purged.IsZero() && s.At(q.Now) == news.Pending || q.StoryID != "" && a.StoryID != q.StoryID ||
			q.SourceIDs != nil && !slices.Contains(q.SourceIDs, a.SourceID) {
			continue
		}
		k, _ := w.TakedownOf(context.Background(), id, s.ID)
		if g := publish.GoneOf(a, s, k); g.At.After(q.Since) && !g.At.After(q.Now) {
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b *news.Gone) int { return b.At.Compare(a.At) })
	return list[:min(len(list), q.Limit)], w.Err
}

// of returns the carried articles of a story in order of time.
func (w *World) of(storyID string, now time.Time) []*news.Article {
	var list []*news.Article
	for _, id := range w.Order {
		if a := w.ByID[id]; a.StoryID == storyID && w.carried(a, now) {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b *news.Article) int { return a.When().Compare(b.When()) })
	return list
}

func (w *World) story(id string, now time.Time) *news.Story {
	st := &news.Story{ID: id, HeadID: w.Heads[id]}
	outlets := map[string]bool{}
	for i, a := range w.of(id, now) {
		if i == 0 {
			st.First = a.When()
		}
		st.Last = a.When()
		st.Articles++
		if outlets[a.SourceID] = true; len(outlets) == 2 && st.Told.IsZero() {
			st.Told = a.When()
		}
	}
	st.Outlets = len(outlets)
	if st.Articles > 0 {
		st.Rank = news.Rank(st.Outlets, 1, st.Last)
	}
	return st
}

func (w *World) storyIDs() []string {
	var ids []string
	for _, id := range w.Order {
		if s := w.ByID[id].StoryID; s != "" && !slices.Contains(ids, s) {
			ids = append(ids, s)
		}
	}
	return ids
}

// Stories lists stories by rank; its cursor is the id of the last.
func (w *World) Stories(_ context.Context, q news.StoryQuery) ([]*news.Story, string, error) {
	var list []*news.Story
	for _, id := range w.storyIDs() {
		if st := w.story(id, q.Now); st.Articles > 0 && st.Outlets >= q.MinOutlets {
			list = append(list, st)
		}
	}
	list = slices.DeleteFunc(list, func(st *news.Story) bool {
		return q.Order == news.ByFirst && st.First.Before(q.Since) || q.Order == news.ByLast && st.Last.Before(q.Since) || q.Order == news.ByTold && st.Told.IsZero()
	})
	slices.SortStableFunc(list, func(a, b *news.Story) int {
		switch q.Order {
		case news.ByFirst:
			return b.First.Compare(a.First)
		case news.ByLast:
			return b.Last.Compare(a.Last)
		case news.ByTold:
			return b.Told.Compare(a.Told)
		}
		return cmp.Compare(b.Rank, a.Rank)
	})
	page, next, err := pageOf(list, q.After, q.Limit, func(st *news.Story) string { return st.ID })
	return page, next, cmp.Or(w.Err, err)
}

// pageOf returns what follows the one with the id after, and the cursor for what follows that.
func pageOf[T any](list []T, after string, limit int, id func(T) string) (page []T, next string, err error) {
	if after != "" {
		i := slices.IndexFunc(list, func(one T) bool { return id(one) == after })
		if i < 0 {
			return nil, "", news.ErrCursor
		}
		list = list[i+1:]
	}
	if len(list) > limit {
		return list[:limit], id(list[limit-1]), nil
	}
	return list, "", nil
}

// Story returns a story, a merged one with where it went.
func (w *World) Story(_ context.Context, id string, now time.Time) (*news.Story, error) {
	if to := w.Merged[id]; to != "" {
		return &news.Story{ID: id, MergedInto: to}, w.Err
	}
	if !slices.Contains(w.storyIDs(), id) {
		return nil, cmp.Or(w.Err, news.ErrNotFound)
	}
	return w.story(id, now), w.Err
}

// Headed returns carried stories with the article that stands for each.
func (w *World) Headed(_ context.Context, ids []string, now time.Time) (map[string]news.Headed, error) {
	of := map[string]news.Headed{}
	for _, id := range ids {
		if w.Merged[id] != "" || !slices.Contains(w.storyIDs(), id) {
			continue
		}
		st := w.story(id, now)
		if a := w.ByID[st.HeadID]; a != nil && st.Articles > 0 {
			of[id] = news.Headed{Story: st, Head: a}
		}
	}
	return of, w.Err
}

// Relations returns those of a story.
func (w *World) Relations(_ context.Context, id string) ([]news.Relation, error) {
	return slices.DeleteFunc(slices.Clone(w.Related), func(r news.Relation) bool { return r.A != id && r.B != id }), w.Err
}

// ArticlesOf returns the carried articles of stories, without their texts.
func (w *World) ArticlesOf(_ context.Context, ids []string, now time.Time) (map[string][]*news.Article, error) {
	out := map[string][]*news.Article{}
	for _, id := range ids {
		for _, a := range w.of(id, now) {
			out[id] = append(out[id], brief(a))
		}
	}
	return out, w.Err
}

func brief(a *news.Article) *news.Article {
	b := *a
	b.Text, b.HTML = "", ""
	return &b
}

// Comparisons works out who is silent and who copies.
func (w *World) Comparisons(_ context.Context, lensID string, ids []string) (map[string]*news.Comparison, error) {
	out := map[string]*news.Comparison{}
	for _, lens := range w.Lenses() {
		if lens.ID != lensID {
			continue
		}
		for _, id := range ids {
			c := &news.Comparison{StoryID: id, LensID: lensID}
			articles := w.of(id, Now)
			for _, sd := range lens.Sides {
				cov := news.Coverage{SideID: sd.ID, Copies: map[string]string{}}
				for _, s := range w.SourceList {
					if lens.SideOf(s) != sd.ID {
						continue
					}
					told := slices.ContainsFunc(articles, func(a *news.Article) bool { return a.SourceID == s.ID })
					if !told {
						cov.Silent = append(cov.Silent, s.ID)
					}
					for _, a := range articles {
						if a.SourceID == s.ID && a.WireRoot != "" {
							cov.Copies[a.ID] = a.WireRoot
						}
					}
				}
				if id == "weir" {
					cov.Words = w.Words[lensID+" "+sd.ID]
				}
				c.Sides = append(c.Sides, cov)
			}
			out[id] = c
		}
	}
	return out, w.Err
}

// Findings returns what was found in the accounts of a story.
func (w *World) Findings(_ context.Context, storyID string) (*news.Findings, error) {
	return w.Found[storyID], w.Err
}

// Gists returns what a machine said of a story.
func (w *World) Gists(_ context.Context, storyID string) ([]news.Gist, error) {
	return w.Said[storyID], w.Err
}

// Translations returns what a machine made of headlines of articles.
func (w *World) Translations(_ context.Context, articleIDs []string) ([]news.Translation, error) {
	var list []news.Translation
	for _, t := range w.Translated {
		if slices.Contains(articleIDs, t.ArticleID) {
			list = append(list, t)
		}
	}
	return list, w.Err
}

// ReadTexts fills in the texts of articles.
func (w *World) ReadTexts(_ context.Context, articles []*news.Article) error {
	for _, a := range articles {
		if there := w.ByID[a.ID]; there != nil && there.Revision == a.Revision {
			a.Text = there.Text
		}
	}
	return w.Err
}

// Edits returns the later versions of articles, the earliest first.
func (w *World) Edits(_ context.Context, articleIDs []string) ([]news.Edit, error) {
	var list []news.Edit
	for _, id := range articleIDs {
		for i, r := range w.History[id] {
			if i > 0 {
				e := news.Edit{ArticleID: id, Revision: r.N, At: r.SeenAt}
				if was := w.History[id][i-1].Title; was != r.Title {
					e.Headline, e.Was, e.Now = true, was, r.Title
				}
				list = append(list, e)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b news.Edit) int { return a.At.Compare(b.At) })
	return list, w.Err
}

// Changed returns the later versions of carried articles, the latest first.
func (w *World) Changed(_ context.Context, q news.EditQuery) ([]news.Change, string, error) {
	var list []news.Change
	for _, id := range w.Order {
		a, versions := w.ByID[id], w.History[id]
		for i := range versions {
			if i > 0 && w.carried(a, q.Now) && (q.SourceID == "" || a.SourceID == q.SourceID) {
				was, now := versions[i-1], versions[i]
				list = append(list, news.Change{
					Edit: news.Edit{ArticleID: id, Revision: now.N, At: now.SeenAt, Headline: was.Title != now.Title, Was: was.Title, Now: now.Title}, Article: brief(a),
					Via: now.Via, WasVia: was.Via,
				})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b news.Change) int { return b.At.Compare(a.At) })
	page, next, err := pageOf(list, q.After, q.Limit, func(c news.Change) string { return fmt.Sprint(c.ArticleID, ".", c.Revision) })
	return page, next, cmp.Or(w.Err, err)
}

// Article returns an article, carried or not.
func (w *World) Article(_ context.Context, id string) (*news.Article, error) {
	if a := w.ByID[id]; a != nil {
		return a, w.Err
	}
	return nil, cmp.Or(w.Err, news.ErrNotFound)
}

// Articles lists carried articles, the newest first; its cursor is the id of the last.
func (w *World) Articles(_ context.Context, q news.ArticleQuery) ([]*news.Article, string, error) {
	var list []*news.Article
	for _, id := range w.Order {
		a := w.ByID[id]
		if w.carried(a, q.Now) && (q.SourceIDs == nil || slices.Contains(q.SourceIDs, a.SourceID)) && (q.StoryID == "" || a.StoryID == q.StoryID) &&
			!a.When().Before(q.Since) && (q.Until.IsZero() || a.When().Before(q.Until)) &&
			(q.Terms == nil || holds(a, q.Terms)) && (q.Languages == nil || slices.Contains(q.Languages, a.Language)) {
			if !q.Full {
				a = brief(a)
			}
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b *news.Article) int { return b.When().Compare(a.When()) })
	page, next, err := pageOf(list, q.After, q.Limit, func(a *news.Article) string { return a.ID })
	return page, next, cmp.Or(w.Err, err)
}

// ArticlesBefore returns the cursor of the page before.
func (w *World) ArticlesBefore(ctx context.Context, q news.ArticleQuery) (string, error) {
	own := q
	own.After, own.Limit = "", len(w.Order)
	list, _, err := w.Articles(ctx, own)
	i := slices.IndexFunc(list, func(a *news.Article) bool { return a.ID == q.After })
	if i < q.Limit || err != nil {
		return "", err
	}
	return list[i-q.Limit].ID, nil
}

// Parts is for tests over a database: a World has no past days.
func (w *World) Parts(_ context.Context, q news.ArticleQuery) (news.Parts, error) {
	if q.Part != "" {
		return news.Parts{}, cmp.Or(w.Err, news.ErrCursor)
	}
	return news.Parts{}, w.Err
}

// ItemOf is the item that an article was made from.
func (w *World) ItemOf(a *news.Article) *news.Item {
	return &news.Item{
		ID: news.ID("item", a.ID), FeedID: news.ID("feed", "https://"+a.SourceID+".example/feed.xml"), SourceID: a.SourceID, Key: a.GUID, GUID: a.GUID, Link: a.URL,
		Title: a.Title, Summary: a.Lead, Content: a.HTML, Authors: a.Authors, Language: a.Language, Published: a.Published, Updated: a.Updated,
		FirstSeen: a.FirstSeen, LastSeen: a.FirstSeen.Add(time.Hour), Revision: a.Revision, Terms: a.Terms, Via: a.Via,
	}
}

// Items lists carried items, those first that were seen first the latest.
func (w *World) Items(_ context.Context, q news.ItemQuery) ([]*news.Item, string, error) {
	var list []*news.Item
	for _, id := range w.Order {
		if a := w.ByID[id]; w.carried(a, q.Now) && (q.SourceID == "" || q.SourceID == a.SourceID) && !a.FirstSeen.Before(q.Since) {
			list = append(list, w.ItemOf(a))
		}
	}
	slices.SortStableFunc(list, func(a, b *news.Item) int { return b.FirstSeen.Compare(a.FirstSeen) })
	page, next, err := pageOf(list, q.After, q.Limit, func(it *news.Item) string { return it.ID })
	return page, next, cmp.Or(w.Err, err)
}

// Item returns one that is carried.
func (w *World) Item(_ context.Context, id string, now time.Time) (*news.Item, error) {
	for _, a := range w.ByID {
		if it := w.ItemOf(a); it.ID == id && w.carried(a, now) {
			return it, w.Err
		}
	}
	return nil, cmp.Or(w.Err, news.ErrNotFound)
}

// ArticleIDsOf returns the articles that were made from items.
func (w *World) ArticleIDsOf(_ context.Context, itemIDs []string) (map[string]string, error) {
	of := map[string]string{}
	for id, a := range w.ByID {
		if it := w.ItemOf(a).ID; slices.Contains(itemIDs, it) {
			of[it] = id
		}
	}
	return of, w.Err
}

// Search finds by the terms that the index would hold.
func (w *World) Search(_ context.Context, q news.SearchQuery) ([]*news.Article, int, error) {
	var list []*news.Article
	for _, id := range w.Order {
		a := w.ByID[id]
		if holds(a, q.Terms) && w.carried(a, q.Now) && (q.Seen.IsZero() || !a.FirstSeen.After(q.Seen)) {
			list = append(list, a)
		}
	}
	total := len(list)
	list = list[min(q.Offset, total):]
	return list[:min(q.Limit, len(list))], total, w.Err
}

// holds reports whether the index would hold, for each of terms, an alternative of it.
func holds(a *news.Article, terms [][]string) bool {
	words := lang.IndexTerms(strings.Join([]string{a.Title, a.Lead, a.Text}, " "), a.Language)
	return !slices.ContainsFunc(terms, func(alternatives []string) bool {
		return !slices.ContainsFunc(alternatives, func(t string) bool { return slices.Contains(words, t) })
	})
}

// Revisions returns the versions of an article, the oldest first.
func (w *World) Revisions(_ context.Context, articleID string) ([]news.Revision, error) {
	return w.History[articleID], w.Err
}

// HistoryOf returns what happened to where an article stands: that it was placed, where
// nothing else was said.
func (w *World) HistoryOf(_ context.Context, articleID string) (*news.History, error) {
	if h := w.Placings[articleID]; h != nil {
		return h, w.Err
	}
	a := w.ByID[articleID]
	if a == nil || a.StoryID == "" {
		return new(news.History), w.Err
	}
	return &news.History{Events: []news.Event{{Kind: news.EventPlaced, At: a.FirstSeen, To: a.StoryID, Why: "first report"}}}, w.Err
}

// RecordOf returns what happened to a story.
func (w *World) RecordOf(_ context.Context, storyID string) (*news.Record, error) {
	if r := w.Records[storyID]; r != nil {
		return r, w.Err
	}
	return new(news.Record), w.Err
}

// Copies returns what became of what copies said.
func (w *World) Copies(_ context.Context, sourceID string) ([]news.Copy, error) {
	return w.CopyList[sourceID], w.Err
}

// Icon returns the icon of a source, of one size.
func (w *World) Icon(_ context.Context, sourceID string, _ bool) ([]byte, error) {
	return w.Icons[sourceID], w.Err
}

// Notice returns what the site of a source says of the use of its work.
func (w *World) Notice(_ context.Context, sourceID string) ([]news.Term, error) {
	return w.Notices[sourceID], w.Err
}

// Pictures returns the pictures of an article.
func (w *World) Pictures(_ context.Context, articleID string) ([]*news.Picture, error) {
	return w.Album[articleID], w.Err
}

// Picture returns one picture.
func (w *World) Picture(_ context.Context, id string, now time.Time) (*news.Picture, error) {
	for articleID, list := range w.Album {
		a := w.ByID[articleID]
		for _, p := range list {
			if p.ID == id && w.carried(a, now) {
				return p, w.Err
			}
		}
	}
	return nil, cmp.Or(w.Err, news.ErrNotFound)
}

// Counts counts.
func (w *World) Counts(_ context.Context, now time.Time) (news.Counts, error) {
	c := news.Counts{Sources: len(w.SourceList), Feeds: len(w.FeedList), Articles: len(w.ByID), Items: len(w.ByID)}
	for _, f := range w.FeedList {
		if f.Failures > 0 {
			c.FeedsFailing++
		}
	}
	for _, id := range w.storyIDs() {
		c.Stories++
		if w.story(id, now).Outlets > 1 {
			c.StoriesTwoSides++
		}
	}
	return c, w.Err
}

// Lenses returns the built-in lenses and the one of the World.
func (w *World) Lenses() []news.Lens {
	built := news.BuiltInLenses(w.SourceList, lang.CountryName, lang.LanguageName)
	return append([]news.Lens{{
		ID: "river", Title: "The river dispute", When: []string{"Halda"},
		Sides: []news.Side{{ID: "north", Title: "Norrland"}, {ID: "south", Title: "Sudermark"}, {ID: "elsewhere", Title: "Elsewhere"}},
	}}, built...)
}

// Hours returns the moment that many hours before Now.
func Hours(h float64) time.Time {
	return Now.Add(-time.Duration(math.Round(h*60)) * time.Minute)
}
