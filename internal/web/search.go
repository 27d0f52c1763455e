package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	searchResults = 20
	// maxQuery and maxOffset bound what one request may cost: nobody types more, and
	// nobody reads the fifty-first page.
	maxQuery  = 200
	maxOffset = 50 * searchResults
)

// A searchPage is what a full-text search found.
type searchPage struct {
	frame
	Query     string
	NoWord    bool // the query holds only signs
	Total     int
	From, To  int
	Results   []articleBrief
	Newer     string
	Older     string
	Subscribe []alternate
}

// A segment is a stretch of text that holds what was searched for, or does not.
type segment struct {
	Text string
	Mark bool
}

// query reads ?q=.
func query(r *http.Request) (string, error) {
	q := strings.Join(strings.Fields(r.URL.Query().Get("q")), " ")
	if len([]rune(q)) > maxQuery {
		return "", badRequest("The search is too long", fmt.Sprintf("At most %d characters can be searched for.", maxQuery))
	}
	return q, nil
}

func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r)
	if err != nil {
		return err
	}
	p := &searchPage{frame: s.frame(r, "Search"), Query: q}
	p.NoIndex = true
	if q == "" {
		return s.render(w, r, "search", p)
	}
	offset := 0
	if from := r.URL.Query().Get("from"); from != "" {
		if offset, err = strconv.Atoi(from); err != nil || offset < 0 || offset > maxOffset {
			return badRequest("There is no such page of results", fmt.Sprintf("Results are listed up to number %d.", maxOffset))
		}
	}
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	p.Title = "Search: " + q
	terms := lang.QueryTerms(q, h.languagesOf())
	p.NoWord = len(terms) == 0
	var list []*news.Article
	if !p.NoWord {
		list, p.Total, err = s.Store.Search(r.Context(), news.SearchQuery{Now: h.now, Terms: terms, Limit: searchResults, Offset: offset})
		if err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	for _, a := range list {
		if src := h.sources[a.SourceID]; src != nil {
			b := briefOf(a, src, h.now)
			b.Marked = marked(b.Lead.Text, a.Language, terms)
			p.Results = append(p.Results, b)
		}
	}
	link := func(from int) string {
		return "/search?" + url.Values{"q": {q}, "from": {strconv.Itoa(from)}}.Encode()
	}
	p.From, p.To = offset+1, offset+len(list)
	if offset > 0 {
		p.Newer = link(max(offset-searchResults, 0))
	}
	if p.To < p.Total && offset+searchResults <= maxOffset && len(list) > 0 {
		p.Older = link(offset + searchResults)
	}
	p.own("/search/feed", "?"+url.Values{"q": {q}}.Encode(), "Search: "+q)
	p.Subscribe = p.Alternates[:len(formats)]
	return s.render(w, r, "search", p)
}

// marked parts text where its words match terms, by the same rule by which the index
// finds them.
func marked(text, tag string, terms [][]string) []segment {
	var all []string
	for _, alternatives := range terms {
		all = append(all, alternatives...)
	}
	var out []segment
	add := func(t string, mark bool) {
		if n := len(out) - 1; n >= 0 && out[n].Mark == mark {
			out[n].Text += t
			return
		}
		out = append(out, segment{t, mark})
	}
	for _, word := range splitWords(text) {
		core := strings.TrimRight(word, " \n\t\u00a0.,;:!?…\"'”’»)]")
		lead := core[:len(core)-len(strings.TrimLeft(core, "\"'“‘«([¿¡„"))]
		core = core[len(lead):]
		hit := core != "" && slices.ContainsFunc(lang.IndexTerms(core, tag), func(t string) bool { return slices.Contains(all, t) })
		if !hit {
			add(word, false)
			continue
		}
		if lead != "" {
			add(lead, false)
		}
		add(core, true)
		if rest := word[len(lead)+len(core):]; rest != "" {
			add(rest, false)
		}
	}
	return out
}
