package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// buriedFor and maxBuried bound the tombstones of a feed: who did not read it for a month reads
	// it anew, and a feed holds as many tombstones as entries.
	buriedFor = 30 * 24 * time.Hour
	maxBuried = channelArticles
	// goneNamed is how many accounts that were withdrawn the page of a story names, the last ones,
	// and goneInData how many the data of it.
	goneNamed, goneInData = 4, 100
)

// A withdrawnPage is the tombstone that stands where an article was. It says nothing of what the
// article said.
type withdrawnPage struct {
	frame
	Outlet   outlet
	Original string
	Legal    *legal
	Why      string
	Seen     moment
	Ended    moment
	Now      string // what has become of it
	Story    string // the page of the story that others tell, "" where nobody does
	Status   int
}

// A legal is who demanded that something be withheld.
type legal struct{ By, Jurisdiction, Order string }

// legalOf returns nil where nobody demanded k by law.
func legalOf(k *news.Takedown) *legal {
	if !k.Legal {
		return nil
	}
	return &legal{k.By, k.Jurisdiction, k.URL}
}

// statusOf is how it is answered for what is gone: 410, or 451 where the law withholds it (RFC 7725).
func statusOf(g *news.Gone) int {
	if publish.Legal(g) {
		return http.StatusUnavailableForLegalReasons
	}
	return http.StatusGone
}

// mark sets the headers of an answer that holds nothing: it is not for search engines, and where the
// law withholds something it names who obeys, which is this hub (RFC 7725 §4), not who demands.
func (s *site) mark(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("X-Robots-Tag", "noindex")
	if status == http.StatusUnavailableForLegalReasons {
		w.Header().Add("Link", "<"+s.base(r)+`/about>; rel="blocked-by"`)
	}
}

// goneOf says why an article, which is not carried, is gone, or that it is not carried yet.
func (s *site) goneOf(ctx context.Context, a *news.Article, src *news.Source, now time.Time) (*news.Gone, error) {
	if src.At(now) == news.Pending && a.Purged.IsZero() {
		return nil, notFound("This article is not carried yet", "The hub carries "+src.Name+" from "+publish.Day(src.Carriage.From)+" on.")
	}
	k, err := s.Store.TakedownOf(ctx, a.ID, a.SourceID)
	if err != nil {
		return nil, fmt.Errorf("takedown of article %s: %w", a.ID, err)
	}
	return publish.GoneOf(a, src, k), nil
}

// goneError is the answer where a page of an article cannot be made because it is gone.
func goneError(g *news.Gone, src *news.Source, title string) *pageError {
	return &pageError{Status: statusOf(g), Title: title, Text: publish.WhyGone(g, src), More: goneMembers(g)}
}

// goneMembers are what data say of an article that is gone.
func goneMembers(g *news.Gone) map[string]any {
	m := map[string]any{"source": g.SourceID, "carried_from": g.FirstSeen.UTC(), "carried_until": g.At.UTC()}
	if g.URL != "" {
		m["original"] = g.URL
	}
	if publish.Legal(g) {
		m["demanded_by"], m["jurisdiction"] = g.Takedown.By, g.Takedown.Jurisdiction
		if g.Takedown.URL != "" {
			m["order"] = g.Takedown.URL
		}
	}
	return m
}

// withdrawn answers with the tombstone of an article.
func (s *site) withdrawn(w http.ResponseWriter, r *http.Request, a *news.Article, src *news.Source, now time.Time) error {
	g, err := s.goneOf(r.Context(), a, src, now)
	if err != nil {
		return err
	}
	title := "No longer carried"
	if publish.Legal(g) {
		title = "Unavailable for legal reasons"
	}
	if wantsData(r) {
		return goneError(g, src, title)
	}
	p := &withdrawnPage{
		frame: s.frame(r, title), Outlet: outletOf(src), Original: a.URL, Seen: at(a.FirstSeen, now), Ended: at(g.At, now),
		Why: publish.WhyGone(g, src), Now: becomeOf(g, src), Status: statusOf(g),
	}
	if !g.At.After(a.FirstSeen) {
		p.Ended = moment{} // nobody ever saw it
	}
	p.NoIndex = true
	if publish.Legal(g) {
		p.Why = publish.Sentence(g.Takedown.Why)
		p.Legal = legalOf(g.Takedown)
	}
	if a.StoryID != "" {
		told, err := s.Store.Headed(r.Context(), []string{a.StoryID}, now)
		if err != nil {
			return fmt.Errorf("story of article %s: %w", a.ID, err)
		}
		if _, ok := told[a.StoryID]; ok {
			p.Story = "/story/" + a.StoryID
		}
	}
	w.Header().Add("Vary", "Accept") // as data it is something else
	body, err := s.execute("withdrawn", p)
	if err != nil {
		return err
	}
	s.mark(w, r, p.Status)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", maxAge)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader may be gone
	}
	return nil
}

// becomeOf says what has become of an article that is gone.
func becomeOf(g *news.Gone, src *news.Source) string {
	c := src.Carriage
	switch {
	case g.Takedown != nil && !g.Takedown.Purged: // it may come back
		return "It is not shown any more."
	case g.Takedown != nil:
		return "Its text is deleted, and it is not taken in again."
	case !c.Until.IsZero() && !g.At.Before(c.Until):
		return "Since its carriage ended it is not shown, and it is not taken in again unless the operator carries the outlet again."
	case c.Keep > 0 && !g.At.Before(g.FirstSeen.Add(c.Keep)):
		return "Since its time ended it is not shown, and it is not taken in again unless the operator carries articles for longer."
	}
	return "Since then it is not shown."
}

// sourceGone is the answer for the feed of an outlet that is not carried any more.
func (s *site) sourceGone(ctx context.Context, src *news.Source) error {
	k, err := s.Store.TakedownOf(ctx, "", src.ID)
	if err != nil {
		return fmt.Errorf("takedown of %s: %w", src.ID, err)
	}
	e := &pageError{
		Status: http.StatusGone, Title: src.Name + " is no longer carried",
		Text: "This hub carried it until " + publish.Day(src.Ended()) + ". Its own feeds may still be there: " + src.Home,
	}
	if k != nil {
		e.Text = publish.WhyTaken(k) + " " + e.Text
		if k.Legal {
			e.Status, e.Title = http.StatusUnavailableForLegalReasons, src.Name+" is unavailable for legal reasons"
		}
	}
	return e
}

// everOf are the outlets of a side, those included that are not carried any more.
func (h *hub) everOf(lens *news.Lens, sideID string) []string {
	ids := []string{}
	for _, src := range h.list {
		if lens.SideOf(src) == sideID {
			ids = append(ids, src.ID)
		}
	}
	return ids
}

// buried returns what is gone of a feed, the last first.
func (s *site) buried(ctx context.Context, h *hub, q news.GoneQuery) ([]*news.Gone, error) {
	q.Now, q.Since, q.Limit = h.now, h.now.Add(-buriedFor), maxBuried
	list, err := s.Store.Gone(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("what is gone of a feed: %w", err)
	}
	return list, nil
}

// A goneLine says that an account of a story was withdrawn.
type goneLine struct {
	source string // id
	Outlet outlet
	Href   string
	When   moment
	Why    string
}

// A goneData is the same as data.
type goneData struct {
	Article string    `json:"article"`
	URL     string    `json:"url"`
	Source  string    `json:"source"`
	At      time.Time `json:"at"`
	Status  int       `json:"status"`
	Why     string    `json:"why"`
}

// goneFrom returns the accounts of a story that were withdrawn, the last first.
func (s *site) goneFrom(ctx context.Context, h *hub, storyID string) ([]*news.Gone, error) {
	list, err := s.Store.Gone(ctx, news.GoneQuery{Now: h.now, StoryID: storyID, Limit: goneInData})
	if err != nil {
		return nil, fmt.Errorf("what is gone of story %s: %w", storyID, err)
	}
	return slices.DeleteFunc(list, func(g *news.Gone) bool { return h.sources[g.SourceID] == nil }), nil
}

func (h *hub) goneLines(list []*news.Gone) (lines []goneLine, more int) {
	for _, g := range list[:min(len(list), goneNamed)] {
		src := h.sources[g.SourceID]
		lines = append(lines, goneLine{g.SourceID, outletOf(src), "/article/" + g.ArticleID, at(g.At, h.now), publish.WhyGone(g, src)})
	}
	return lines, len(list) - len(lines)
}

func (h *hub) goneData(base string, list []*news.Gone) (data []goneData) {
	for _, g := range list {
		data = append(data, goneData{g.ArticleID, base + "/article/" + g.ArticleID, g.SourceID, g.At.UTC(), statusOf(g), publish.WhyGone(g, h.sources[g.SourceID])})
	}
	return data
}

// storyGone is the answer for a story of which nothing is carried any more: 451 where the law withholds
// all of it.
func (s *site) storyGone(ctx context.Context, h *hub, storyID string) error {
	list, err := s.goneFrom(ctx, h, storyID)
	if err != nil {
		return err
	}
	e := &pageError{Status: http.StatusGone, Title: "This story is no longer carried"}
	if len(list) > 0 && !slices.ContainsFunc(list, func(g *news.Gone) bool { return !publish.Legal(g) }) {
		e.Status, e.Title = http.StatusUnavailableForLegalReasons, "This story is unavailable for legal reasons"
	}
	var why []string
	for _, g := range list {
		if w := publish.WhyGone(g, h.sources[g.SourceID]); len(why) < goneNamed && !slices.Contains(why, w) {
			why = append(why, w)
		}
	}
	if len(why) == 0 {
		why = append(why, "The time for which this hub carried its articles has ended.")
	}
	e.Text = strings.Join(why, " ") + " Their texts were withdrawn; that they existed is remembered."
	return e
}
