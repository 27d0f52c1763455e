package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// maxOffset bounds how far a search can be read: as far as on its page.
const maxOffset = 1000

type searchPage struct {
	Query    string         `json:"query" doc:"what was searched for"`
	Total    int            `json:"total" doc:"how many articles hold it, among the newest 10,000 that do"`
	Articles []articleBrief `json:"articles" doc:"the best match first, of equals the newest"`
	Next     string         `json:"next,omitempty" doc:"the address of the next page; the first 1,000 can be read"`
}

func (p searchPage) nextPage() string { return p.Next }

func search(q *request) (any, error) {
	words := strings.Join(strings.Fields(q.values["q"]), " ")
	query := news.SearchQuery{Now: q.hub.Now, Limit: q.number("limit"), Seen: q.hub.Now, Terms: lang.QueryTerms(words, q.languages())}
	if len(query.Terms) == 0 {
		return nil, wrong("q", "q holds no word to search for.")
	}
	// A cursor says when the search began, and how far it was read.
	after, err := readAfter("q", q.values["after"])
	if err != nil {
		return nil, err
	}
	if after != "" {
		began, offset, _ := strings.Cut(after, " ")
		at, err := strconv.ParseInt(began, 10, 64)
		n, err2 := strconv.Atoi(offset)
		if err != nil || err2 != nil || n < 0 || n > maxOffset {
			return nil, news.ErrCursor
		}
		query.Seen, query.Offset = time.UnixMilli(at), n
	}
	list, total, err := q.Store.Search(q.Context(), query)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	p := searchPage{Query: words, Total: total, Articles: q.briefs(list)}
	if to := query.Offset + len(list); to < min(total, maxOffset) && len(list) > 0 {
		p.Next = q.page(writeAfter("q", fmt.Sprintf("%d %d", query.Seen.UnixMilli(), to)))
	}
	return p, nil
}

// languages are those in which the sources of the hub write.
func (q *request) languages() []string {
	var tags []string
	there := map[string]bool{}
	for _, src := range q.hub.List {
		for _, tag := range src.Languages {
			if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); !there[base] {
				there[base] = true
				tags = append(tags, base)
			}
		}
	}
	return tags
}
