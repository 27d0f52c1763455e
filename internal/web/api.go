package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parallax/internal/api"
	"parallax/internal/limit"
	"parallax/internal/news"
)

// An apiSite tells the API what the pages know, in the same words.
type apiSite struct{ *site }

// newAPI returns what answers below api.Root.
func (s *site) newAPI() (http.Handler, error) {
	return api.New(api.Options{
		Store: s.Store, Site: apiSite{s}, HubName: s.HubName, Version: s.Version, PerMinute: s.PerMinute,
		Comparison: &storyData{}, Logger: s.Logger,
	})
}

func (s apiSite) Hub(ctx context.Context) (*api.Hub, error) {
	h, err := s.hub(ctx)
	if err != nil {
		return nil, err
	}
	return &api.Hub{Now: h.now, Sources: h.sources, List: h.list, Lenses: h.lenses, Owners: h.owners}, nil
}

func (s apiSite) Base(r *http.Request) string { return s.base(r) }

func (s apiSite) Comparison(r *http.Request, st *news.Story) (any, error) {
	h, err := s.hub(r.Context())
	if err != nil {
		return nil, err
	}
	seen, err := s.see(r, h, st)
	if err != nil {
		return nil, problemOf(err)
	}
	return s.data(r, seen), nil
}

func (s apiSite) Gone(ctx context.Context, a *news.Article, src *news.Source, now time.Time) error {
	g, err := s.goneOf(ctx, a, src, now)
	if err != nil {
		return problemOf(err)
	}
	return problemOf(goneError(g, src, ""))
}

func (s apiSite) SourceGone(ctx context.Context, src *news.Source) error {
	return problemOf(s.sourceGone(ctx, src))
}

func (s apiSite) StoryGone(ctx context.Context, st *news.Story) error {
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	return problemOf(s.notCarried(ctx, h, st))
}

// problemOf makes of an error that becomes a page one that the API tells.
func problemOf(err error) error {
	pe, ok := errors.AsType[*pageError](err)
	if !ok {
		return err
	}
	for _, k := range api.Kinds {
		if k.Status == pe.Status {
			return &api.ProblemError{Kind: k.Kind, Title: pe.Title, Detail: pe.Text, More: pe.More}
		}
	}
	return err
}

// hubAsks is how many subscriptions by WebSub one client may ask for in a minute: each makes the
// hub call somebody else, and so many wait for an answer at most.
const hubAsks = 30

// subscriptions answers as next does, but no client more often than it may ask.
func (s *site) subscriptions(next http.Handler) http.Handler {
	l := limit.New("subscriptions", hubAsks, s.Now)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client, counts := s.Proxies.Client(r); counts && !l.Take(w.Header(), client) {
			http.Error(w, fmt.Sprintf("This hub takes %d requests for subscriptions a minute from one client. Please wait as many seconds as the field Retry-After says.", hubAsks), http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limited answers as next does, but no client more often than it may ask: the API, and searches, which
// cost the most. It stands before the shelf: what lies ready counts, too.
func (s *site) limited(l *limit.Limiter, next http.Handler) http.Handler {
	if l == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isAPI := r.URL.Path == api.Root || strings.HasPrefix(r.URL.Path, api.Root+"/")
		if !isAPI && !isSearch(r) || r.Method == http.MethodOptions || fresh(r.Context()) {
			next.ServeHTTP(w, r)
			return
		}
		client, counts := s.Proxies.Client(r)
		if !counts || l.Take(w.Header(), client) {
			next.ServeHTTP(w, r)
			return
		}
		text := fmt.Sprintf("This hub answers %d requests a minute to one client. Please wait as many seconds as the field Retry-After says.", s.PerMinute)
		if isAPI {
			(&api.ProblemError{Kind: api.TooManyKind, Detail: text}).Write(w, s.base(r))
			return
		}
		s.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.fail(w, r, &pageError{Status: http.StatusTooManyRequests, Title: "Too many searches", Text: "Your address has asked this hub for more than it answers in a minute. Please try again in a few seconds."})
		})).ServeHTTP(w, r)
	})
}

// isSearch reports whether a request is for what a reader searched for.
func isSearch(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/search") }

// An apiPage explains the API to people.
type apiPage struct {
	frame
	Base      string // where it begins
	Try       []apiTry
	Problems  []api.KindOf
	PerMinute int
}

type apiTry struct{ Path, Title, About, Href string }

func (s *site) api(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	p := &apiPage{frame: s.frame(r, "For programs"), Base: s.base(r) + api.Root, Problems: api.Kinds, PerMinute: s.PerMinute}
	names, err := s.tryNames(r.Context(), h)
	if err != nil {
		return err
	}
	for _, e := range api.Examples() {
		t := apiTry{Path: e.Path, Title: e.Title, About: e.About}
		if href := names.Replace(e.Try); !strings.Contains(href, "{") && (e.Try != "" || e.Path == api.Root) {
			t.Href = api.Root + href
		}
		p.Try = append(p.Try, t)
	}
	return s.render(w, r, "api", p)
}

// tryNames puts what the hub has into the addresses of examples.
func (s *site) tryNames(ctx context.Context, h *hub) (*strings.Replacer, error) {
	var pairs []string
	put := func(name, id string) { pairs = append(pairs, "{"+name+"}", url.PathEscape(id)) }
	if lens := h.first(); lens.ID != "" {
		put("lens", lens.ID)
	}
	stories, _, err := s.Store.Stories(ctx, news.StoryQuery{Now: h.now, Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("a story to try: %w", err)
	}
	if len(stories) > 0 {
		put("story", stories[0].ID)
		put("article", stories[0].HeadID)
		told, err := s.Store.ArticlesOf(ctx, []string{stories[0].ID}, h.now)
		if err != nil {
			return nil, fmt.Errorf("an article to try: %w", err)
		}
		for _, a := range told[stories[0].ID] {
			if a.ID == stories[0].HeadID {
				put("source", a.SourceID)
				put("word", longest(a.Title))
				if a.ItemID != "" {
					put("item", a.ItemID)
				}
			}
		}
	}
	return strings.NewReplacer(pairs...), nil
}

// longest returns the longest word of a headline: one that finds something.
func longest(title string) string {
	best := ""
	for word := range strings.FieldsSeq(title) {
		if word = strings.Trim(word, ".,;:!?“”„\"'’()"); len(word) > len(best) {
			best = word
		}
	}
	return best
}

// code parts a text where `words` stand for code.
func code(text string) (parts []codePart) {
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			parts = append(parts, codePart{part, i%2 == 1})
		}
	}
	return parts
}

type codePart struct {
	Text string
	Code bool
}
