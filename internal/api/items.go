package api

import (
	"errors"
	"fmt"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// An item is one entry as its feed said it, without its text: what of that may be given stands with the article.
type item struct {
	ID         string      `json:"id"`
	Source     string      `json:"source"`
	Feed       string      `json:"feed" doc:"id of the feed, among those of its source"`
	Article    string      `json:"article,omitempty" doc:"id of the article that was made from it; left out while there is none, or where another item was the first of its article"`
	GUID       string      `json:"guid,omitempty" doc:"as the feed says it"`
	Link       string      `json:"link,omitempty" doc:"the original"`
	Title      string      `json:"title"`
	Lang       string      `json:"lang,omitempty" doc:"BCP 47, as the feed says"`
	Authors    []string    `json:"authors,omitempty"`
	Categories []string    `json:"categories,omitempty"`
	Published  time.Time   `json:"published,omitzero" doc:"as the feed says"`
	Updated    time.Time   `json:"updated,omitzero" doc:"as the feed says"`
	FirstSeen  time.Time   `json:"first_seen" doc:"when this hub first saw it"`
	LastSeen   time.Time   `json:"last_seen,omitzero" doc:"when a document of the feed was last held against it"`
	Revision   int         `json:"revision" doc:"how many versions of it were seen"`
	Terms      []news.Term `json:"terms,omitempty" doc:"what it says of its use"`
	Via        string      `json:"via,omitempty" doc:"where it was read from a copy: from which"`
}

type itemPage struct {
	Items []item `json:"items"`
	Next  string `json:"next,omitempty" doc:"the address of the next page"`
}

func (p itemPage) nextPage() string { return p.Next }

func listItems(q *request) (any, error) {
	src, err := q.source("source")
	if err != nil {
		return nil, err
	}
	query := news.ItemQuery{Now: q.hub.Now, Since: q.moment("since"), Limit: q.number("limit"), After: q.values["after"]}
	if src != nil {
		query.SourceID = src.ID
	}
	list, next, err := q.Store.Items(q.Context(), query)
	if err != nil {
		return nil, err
	}
	p := itemPage{Next: q.page(next)}
	p.Items, err = q.items(list)
	return p, err
}

func oneItem(q *request) (any, error) {
	it, err := q.Store.Item(q.Context(), q.values["id"], q.hub.Now)
	if errors.Is(err, news.ErrNotFound) {
		return nil, &ProblemError{Kind: NotFoundKind, Detail: "This hub carries no item of this id."}
	}
	if err != nil {
		return nil, err
	}
	list, err := q.items([]*news.Item{it})
	if err == nil && len(list) == 0 {
		err = news.ErrNotFound // of a source that was added a moment ago
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (q *request) items(list []*news.Item) ([]item, error) {
	ids := make([]string, 0, len(list))
	for _, it := range list {
		ids = append(ids, it.ID)
	}
	articles, err := q.Store.ArticleIDsOf(q.Context(), ids)
	if err != nil {
		return nil, fmt.Errorf("articles of items: %w", err)
	}
	items := []item{}
	for _, it := range list {
		// The query decided; so does the function by which everything goes out.
		src := q.hub.Sources[it.SourceID]
		if src == nil || !publish.CarriedSource(src, q.hub.Now) {
			continue
		}
		items = append(items, item{
			ID: it.ID, Source: it.SourceID, Feed: it.FeedID, Article: articles[it.ID], GUID: it.GUID, Link: news.PublicURL(it.Link), Title: it.Title,
			Lang: tagOf(it.Language), Authors: it.Authors, Categories: it.Category, Published: it.Published.UTC(), Updated: it.Updated.UTC(),
			FirstSeen: it.FirstSeen.UTC(), LastSeen: it.LastSeen.UTC(), Revision: it.Revision, Terms: it.Terms, Via: publish.ViaNote(it.Via),
		})
	}
	return items, nil
}

// tagOf returns a language tag, or "" where the language is not known.
func tagOf(tag string) string {
	if tag == "und" {
		return ""
	}
	return tag
}
