package api

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parallax/internal/explain"
	"parallax/internal/news"
	"parallax/internal/publish"
	"parallax/internal/sanitize"
)

// An articleBrief is an article as lists have it.
type articleBrief struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Lang      string    `json:"lang,omitempty" doc:"BCP 47; left out where it is not known"`
	Lead      string    `json:"lead,omitempty" doc:"its first sentences, as far as its carriage allows"`
	URL       string    `json:"url" doc:"its page on this hub"`
	Original  string    `json:"original,omitempty" doc:"where its outlet has it"`
	Source    string    `json:"source"`
	Story     string    `json:"story,omitempty" doc:"left out while it is not placed"`
	Item      string    `json:"item,omitempty" doc:"the item that it was first made from"`
	Authors   []string  `json:"authors,omitempty"`
	At        time.Time `json:"at" doc:"by which it is ordered: as published, never later than first seen, and first seen where the outlet gives no credible date"`
	Published time.Time `json:"published,omitzero" doc:"as the outlet says"`
	Updated   time.Time `json:"updated,omitzero" doc:"as the outlet says"`
	FirstSeen time.Time `json:"first_seen" doc:"when this hub first saw it"`
	Revision  int       `json:"revision" doc:"1, 2, ...: which version this is"`
	WireRoot  string    `json:"wire_root,omitempty" doc:"the article of which this is a copy"`
	WireShare int       `json:"wire_share,omitempty" doc:"how many of 100 of its words stand there, where that was counted"`
}

// An article is all that may be given of one.
type article struct {
	articleBrief
	GUID           string      `json:"guid,omitempty" doc:"as its feed says it"`
	Mode           news.Mode   `json:"mode" doc:"how much of it is given"`
	HTML           string      `json:"html,omitempty" doc:"the whole text, where it is carried so: sanitised HTML"`
	Excerpt        string      `json:"excerpt,omitempty" doc:"what is given of its text otherwise, plain"`
	Basis          string      `json:"basis,omitempty" doc:"what the text was taken from, and why"`
	Terms          []news.Term `json:"terms,omitempty" doc:"what the outlet says of its use"`
	Via            string      `json:"via,omitempty" doc:"where it was read from a copy: from which"`
	Disclosure     string      `json:"disclosure" doc:"who stands behind its source: show it beside the article"`
	DisclosureThen string      `json:"disclosure_then,omitempty" doc:"the address of the version of the disclosure that was in force when it was first seen, where it is another one now"`
	Carriage       string      `json:"carriage" doc:"on what terms its source is carried: show it beside the article"`
	Revisions      string      `json:"revisions" doc:"the address of its versions"`
	Why            string      `json:"why,omitempty" doc:"the address of why it stands in its story"`
}

type articlePage struct {
	Articles []articleBrief `json:"articles"`
	Next     string         `json:"next,omitempty" doc:"the address of the next page"`
}

func (p articlePage) nextPage() string { return p.Next }

// A revision is one version of an article.
type revision struct {
	N        int       `json:"n"`
	SeenAt   time.Time `json:"seen_at" doc:"when this hub first saw it"`
	Title    string    `json:"title"`
	Lead     string    `json:"lead,omitempty"`
	Text     string    `json:"text,omitempty" doc:"plain, where its carriage allows the whole"`
	Updated  time.Time `json:"updated,omitzero" doc:"as the outlet says"`
	Withheld bool      `json:"withheld,omitempty" doc:"nothing of it is given any more"`
	Via      string    `json:"via,omitempty" doc:"where it was read from a copy: from which"`
}

type revisionPage struct {
	Article   string     `json:"article"`
	Revisions []revision `json:"revisions" doc:"the latest first"`
	Next      string     `json:"next,omitempty" doc:"the address of the next page"`
}

func (p revisionPage) nextPage() string { return p.Next }

// brief tells of an article of src what lists tell.
func (q *request) brief(a *news.Article, src *news.Source) articleBrief {
	return articleBrief{
		ID: a.ID, Title: a.Title, Lang: tagOf(a.Language), Lead: publish.Lead(a, src, q.hub.Now), URL: q.base + "/article/" + a.ID, Original: a.URL,
		Source: a.SourceID, Story: a.StoryID, Item: a.ItemID, Authors: a.Authors, At: a.When().UTC(), Published: a.Published.UTC(), Updated: a.Updated.UTC(),
		FirstSeen: a.FirstSeen.UTC(), Revision: a.Revision, WireRoot: a.WireRoot, WireShare: a.WireShare,
	}
}

// briefs tells of those articles that are carried.
func (q *request) briefs(list []*news.Article) []articleBrief {
	out := []articleBrief{}
	for _, a := range list {
		if src := q.hub.Sources[a.SourceID]; src != nil && publish.Carried(a, src, q.hub.Now) {
			out = append(out, q.brief(a, src))
		}
	}
	return out
}

func listArticles(q *request) (any, error) {
	src, err := q.source("source")
	if err != nil {
		return nil, err
	}
	ids, all, err := q.side("side")
	if err != nil {
		return nil, err
	}
	switch {
	case src != nil && (all || slices.Contains(ids, src.ID)):
		ids = []string{src.ID}
	case src != nil:
		ids = []string{}
	case all:
		ids = nil
	}
	return q.articles(ids, q.values["story"])
}

// articles answers with a page of articles of sources (nil: all), and of a story ("": any).
func (q *request) articles(sourceIDs []string, storyID string) (any, error) {
	query := news.ArticleQuery{Now: q.hub.Now, SourceIDs: sourceIDs, StoryID: storyID, Since: q.moment("since"), Until: q.moment("until")}
	list, next, err := gather(q.number("limit"), q.values["after"], func(limit int, after string) ([]*news.Article, string, error) {
		query.Limit, query.After = limit, after
		return q.Store.Articles(q.Context(), query)
	}, func(page []*news.Article) ([]*news.Article, error) {
		return slices.DeleteFunc(page, func(a *news.Article) bool { return !inLanguage(a.Language, q.values["language"]) }), nil
	})
	if err != nil {
		return nil, err
	}
	return articlePage{q.briefs(list), q.page(next)}, nil
}

// article returns the article of the path with its source, if it is carried; else the Problem that it is not.
func (q *request) article() (*news.Article, *news.Source, error) {
	a, err := q.Store.Article(q.Context(), q.values["id"])
	if errors.Is(err, news.ErrNotFound) {
		err = &ProblemError{Kind: NotFoundKind, Detail: "This hub knows no article of this id."}
	}
	if err != nil {
		return nil, nil, err
	}
	src, err := q.Store.Source(q.Context(), a.SourceID)
	if err != nil {
		return nil, nil, fmt.Errorf("source of article %s: %w", a.ID, err)
	}
	if !publish.Carried(a, src, q.hub.Now) {
		return nil, nil, q.Site.Gone(q.Context(), a, src, q.hub.Now)
	}
	return a, src, nil
}

func oneArticle(q *request) (any, error) {
	a, src, err := q.article()
	if err != nil {
		return nil, err
	}
	body := publish.Body(a, src, q.hub.Now)
	full := article{
		articleBrief: q.brief(a, src), GUID: a.GUID, Mode: body.Mode, HTML: sanitize.Shown(body.HTML, nil), Excerpt: body.Excerpt, Terms: a.Terms, Via: publish.ViaNote(a.Via),
		Disclosure: publish.DisclosureLine(src), Carriage: publish.CarriageNote(src), Revisions: q.at("articles", a.ID, "revisions"),
	}
	if body.Mode != news.Link {
		full.Basis = a.Basis
	}
	if n := src.DisclosureThen(a.FirstSeen); n > 0 {
		full.DisclosureThen = fmt.Sprintf("%s/source/%s/disclosure/%d.json", q.base, url.PathEscape(src.ID), n)
	}
	if a.StoryID != "" {
		full.Why = q.at("articles", a.ID, "why")
	}
	return full, nil
}

func revisions(q *request) (any, error) {
	after, err := readAfter("r", q.values["after"])
	if err != nil {
		return nil, err
	}
	before := 0
	if after != "" {
		if before, err = strconv.Atoi(after); err != nil {
			return nil, news.ErrCursor
		}
	}
	a, src, err := q.article()
	if err != nil {
		return nil, err
	}
	list, err := q.Store.Revisions(q.Context(), a.ID)
	if err != nil {
		return nil, fmt.Errorf("revisions of article %s: %w", a.ID, err)
	}
	if len(list) == 0 {
		list = []news.Revision{{N: a.Revision, SeenAt: a.FirstSeen, Title: a.Title, Lead: a.Lead, Text: a.Text, HTML: a.HTML, Updated: a.Updated, Via: a.Via}}
	}
	limit, p := q.number("limit"), revisionPage{Article: a.ID, Revisions: []revision{}}
	for _, r := range slices.Backward(list) {
		if before > 0 && r.N >= before {
			continue
		}
		if len(p.Revisions) == limit {
			p.Next = q.page(writeAfter("r", strconv.Itoa(p.Revisions[limit-1].N)))
			break
		}
		told := revision{N: r.N, SeenAt: r.SeenAt.UTC(), Withheld: r.Withheld}
		if !r.Withheld {
			told.Title, told.Updated, told.Via = r.Title, r.Updated.UTC(), publish.ViaNote(r.Via)
			told.Lead, told.Text = publish.Revision(r, src)
		}
		p.Revisions = append(p.Revisions, told)
	}
	return p, nil
}

func why(q *request) (any, error) {
	a, _, err := q.article()
	if err != nil {
		return nil, err
	}
	x, err := explain.Of(q.Context(), q.Store, a.ID, q.hub.Now, func(a *news.Article, src *news.Source) bool { return publish.Carried(a, src, q.hub.Now) })
	if err != nil {
		return nil, fmt.Errorf("explain article %s: %w", a.ID, err)
	}
	if x.Events == nil {
		x.Events = []news.Event{}
	}
	return x, nil
}
