package web

import (
	"fmt"
	"net/http"
	"net/url"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const topicArticles = 30

// A topicPage lists what the outlets say on a topic that the operator follows.
type topicPage struct {
	frame
	Topic     news.Subject
	Languages string // in which its articles are, "" for all
	Articles  []articleBrief
	Later     bool // this is not the first page
	Older     string
	Subscribe []alternate
}

// topics are those of the operator.
func (s *site) topics() []news.Subject {
	if s.Topics == nil {
		return nil
	}
	return s.Topics()
}

func topicHref(t news.Subject) string { return "/topic/" + url.PathEscape(t.ID) }

func (s *site) findTopic(r *http.Request) (news.Subject, error) {
	for _, t := range s.topics() {
		if t.ID == r.PathValue("id") {
			return t, nil
		}
	}
	return news.Subject{}, notFound("There is no such topic", "This hub follows no topic of this name.")
}

// topicQuery asks for the articles of a topic.
func topicQuery(h *hub, t news.Subject) news.ArticleQuery {
	q := news.ArticleQuery{Now: h.now, Terms: lang.QueryTerms(t.Words, h.languagesOf()), Languages: t.Languages}
	if q.Terms == nil {
		q.Terms = [][]string{} // nothing, and not everything
	}
	return q
}

func (s *site) topic(w http.ResponseWriter, r *http.Request) error {
	t, err := s.findTopic(r)
	if err != nil {
		return err
	}
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	q := topicQuery(h, t)
	q.Limit, q.After = topicArticles, r.URL.Query().Get("after")
	list, next, err := s.Store.Articles(r.Context(), q)
	if err != nil {
		return fmt.Errorf("articles of topic %s: %w", t.ID, err)
	}
	p := &topicPage{frame: s.frame(r, t.Title), Topic: t, Later: q.After != ""}
	for i, tag := range t.Languages {
		if i > 0 {
			p.Languages += ", "
		}
		p.Languages += lang.LanguageName(tag)
	}
	for _, a := range list {
		if src := h.sources[a.SourceID]; src != nil {
			p.Articles = append(p.Articles, briefOf(a, src, h.now))
		}
	}
	if next != "" {
		p.Older = topicHref(t) + "?" + url.Values{"after": {next}}.Encode()
		p.Next = p.Older
	}
	p.own(topicHref(t)+"/feed", "", t.Title)
	p.Subscribe = p.Alternates[:len(formats)]
	return s.render(w, r, "topic", p)
}

func (s *site) topicChannel(_ http.ResponseWriter, r *http.Request, _ format, h *hub) (*publish.Channel, error) {
	t, err := s.findTopic(r)
	if err != nil {
		return nil, err
	}
	return s.articleChannel(r, topicQuery(h, t), publish.Channel{
		Title: t.Title + " · " + s.HubName, About: "Articles carried by " + s.HubName + " that hold: " + t.Words, Page: topicHref(t),
	})
}
