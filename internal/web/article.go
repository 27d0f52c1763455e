package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
	"parallax/internal/sanitize"
)

// An articlePage is one article, as far as its Carriage allows, with who stands behind
// it and how it changed.
type articlePage struct {
	frame
	Headline words
	Byline   string
	Outlet   outlet
	Original string
	// Lite and Card are the addresses of the same for lines that are cut, and for other sites.
	Lite, Card string
	Published  moment // as the outlet says
	Updated    moment // as the outlet says
	FirstSeen  moment
	Via        string // from which copy it was read, "" where the outlet itself said it
	Language   string
	Lead       words
	HTML       string                                        // sanitised; the template passes it through sanitize.Trust
	Pictures   func(sanitize.Image) (sanitize.Picture, bool) // the hub's own, of images in HTML
	Excerpt    []string
	Notices    []words // what the page says of the text
	Dir        words   // language and direction of the text
	Mode       string
	Basis      string // where the text is from and why, in a sentence
	Carriage   string
	Terms      []term // what the outlet says of the use of it
	StoryHref  string
	StoryHas   int // other outlets in the story
	WhyHref    string
	ByEditor   bool // the editor put it into its story
	Copies     *outlet
	CopyHref   string
	CopyShare  int // of 100 of its words, how many stand there; 0 where nobody looked
	Changed    int // how often, as far as it may be told
	Changes    []change
	Earlier    int  // changes before these
	Hidden     bool // a text changed that may not be shown
}

// A change is what differs between two versions of an article.
type change struct {
	N      int
	Seen   moment
	Title  []piece // nil: unchanged
	Lead   []piece
	Text   [][]piece // changed paragraphs
	Hidden bool      // the text changed, but is not shown
	Long   bool      // more changed than one page can show
	Via    string    // the copy in which this version was seen
	Before string    // that of the version before, where this one is the outlet's own
}

func (s *site) article(w http.ResponseWriter, r *http.Request) error {
	p, _, err := s.articlePage(w, r)
	if err != nil || p == nil {
		return err
	}
	return s.render(w, r, "article", p)
}

// articlePage returns the article of the path, or nil where it is withdrawn and that was answered.
func (s *site) articlePage(w http.ResponseWriter, r *http.Request) (*articlePage, *news.Article, error) {
	ctx := r.Context()
	a, err := s.Store.Article(ctx, r.PathValue("id"))
	if err != nil {
		return nil, nil, orNotFound(err, "There is no such article", "This hub knows no article of this address.")
	}
	src, err := s.Store.Source(ctx, a.SourceID)
	if err != nil {
		return nil, nil, fmt.Errorf("source of article %s: %w", a.ID, err)
	}
	now := s.Now()
	if !publish.Carried(a, src, now) {
		return nil, nil, s.withdrawn(w, r, a, src, now)
	}
	p := &articlePage{
		frame:     s.frame(r, a.Title),
		Headline:  foreign(a.Title, a.Language),
		Byline:    strings.Join(a.Authors, ", "),
		Outlet:    outletThen(src, a.FirstSeen, now),
		Original:  a.URL,
		Published: at(a.Published, now),
		Updated:   at(a.Updated, now),
		FirstSeen: at(a.FirstSeen, now),
		Via:       publish.ViaNote(a.Via),
		Dir:       foreign("", a.Language),
		Carriage:  publish.CarriageNote(src),
		Terms:     termsOf(a.Terms),
	}
	if a.Language != "" && a.Language != "und" {
		p.Language = lang.LanguageName(a.Language)
	}
	body := publish.Body(a, src, now)
	p.Mode, p.HTML = string(body.Mode), body.HTML
	if p.HTML != "" {
		if p.Pictures, err = s.pictures(ctx, a); err != nil {
			return nil, nil, err
		}
	}
	p.Notices = notices(a, body.Mode)
	if body.Excerpt != "" {
		p.Excerpt = []string{body.Excerpt}
	}
	if body.Mode != news.Link {
		p.Basis = basis(a.Basis)
	}
	if err := s.context(r, p, a); err != nil {
		return nil, nil, err
	}
	revisions, err := s.Store.Revisions(ctx, a.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("revisions of article %s: %w", a.ID, err)
	}
	if p.Changes, p.Earlier, err = changes(ctx, revisions, src, now); err != nil {
		return nil, nil, fmt.Errorf("changes of article %s: %w", a.ID, err)
	}
	p.Changed = len(p.Changes) + p.Earlier
	p.own("/source/"+src.ID+"/feed", "", src.Name)
	p.JSONLD = s.articleLD(s.base(r), a, src)
	p.Lite, p.Card, p.OEmbed = "/article/"+a.ID+"/lite", "/article/"+a.ID+"/card", s.base(r)+"/article/"+a.ID
	return p, a, nil
}

// context adds the story that the article belongs to and the article that it copies.
func (s *site) context(r *http.Request, p *articlePage, a *news.Article) error {
	if a.StoryID != "" {
		byStory, err := s.Store.ArticlesOf(r.Context(), []string{a.StoryID}, s.Now())
		if err != nil {
			return fmt.Errorf("story of article %s: %w", a.ID, err)
		}
		others := map[string]bool{}
		for _, b := range byStory[a.StoryID] {
			if b.SourceID != a.SourceID {
				others[b.SourceID] = true
			}
		}
		p.StoryHref, p.StoryHas = "/story/"+a.StoryID, len(others)
		history, err := s.Store.HistoryOf(r.Context(), a.ID)
		if err != nil {
			return fmt.Errorf("history of article %s: %w", a.ID, err)
		}
		p.WhyHref, p.ByEditor = "/article/"+a.ID+"/why", history.Pinned != nil
	}
	if a.WireRoot == "" || a.WireRoot == a.ID {
		return nil
	}
	root, err := s.Store.Article(r.Context(), a.WireRoot)
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("root of article %s: %w", a.ID, err)
	}
	src, err := s.Store.Source(r.Context(), root.SourceID)
	if err != nil {
		return fmt.Errorf("source of article %s: %w", root.ID, err)
	}
	if publish.Carried(root, src, s.Now()) {
		o := outletOf(src)
		p.Copies, p.CopyHref, p.CopyShare = &o, "/article/"+root.ID, a.WireShare
	}
	return nil
}

// maxChanges is how many changes a page shows. An outlet that keeps a page up to date
// all day changes it hundreds of times.
const maxChanges = 20

// changes compares each version of an article with the one before, the latest first,
// and returns the last maxChanges and how many there were before these.
func changes(ctx context.Context, revisions []news.Revision, src *news.Source, now time.Time) (list []change, earlier int, err error) {
	b := newDiffBudget()
	for i := len(revisions) - 1; i > 0; i-- {
		old, cur := revisions[i-1], revisions[i]
		if old.Withheld || cur.Withheld {
			continue
		}
		if len(list) == maxChanges {
			// The store keeps a version only where one of these changed.
			if old.Title != cur.Title || old.Lead != cur.Lead || old.Text != cur.Text {
				earlier++
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		c := change{N: cmp.Or(cur.N, i+1), Seen: at(cur.SeenAt, now)}
		switch {
		case cur.Via.Copied():
			c.Via = publish.ViaNote(cur.Via)
		case old.Via.Copied() && old.Via.Confirmed.IsZero():
			c.Before = publish.ViaCopy(old.Via)
		}
		ok := true
		if old.Title != cur.Title {
			c.Title, ok = b.line(old.Title, cur.Title)
		}
		c.Long = !ok
		oldLead, oldText := publish.Revision(old, src)
		curLead, curText := publish.Revision(cur, src)
		if oldText != curText {
			c.Text, ok = b.text(oldText, curText)
			c.Long = c.Long || !ok
		}
		if oldLead != curLead && c.Text == nil && ok { // else it stands at the head of the text
			c.Lead, ok = b.line(oldLead, curLead)
			c.Long = c.Long || !ok
		}
		c.Hidden = oldText == curText && old.Text != cur.Text
		if c.Title != nil || c.Lead != nil || c.Text != nil || c.Hidden || c.Long {
			list = append(list, c)
		}
	}
	return list, earlier, nil
}

// orNotFound turns news.ErrNotFound into a page that says what is missing.
func orNotFound(err error, title, text string) error {
	if errors.Is(err, news.ErrNotFound) {
		return notFound(title, text)
	}
	return err
}

// basis makes a sentence of the basis of an article.
func basis(s string) string {
	if s == "" {
		return ""
	}
	return publish.Sentence(upper(s))
}

// upper writes the first letter large.
func upper(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[n:]
}
