package web

import (
	"context"
	"net/http"

	"parallax/internal/api"
)

// A handler answers a request, or says why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// routes is the site map.
func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, h handler) {
		s.patterns = append(s.patterns, pattern)
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	// Each feed is there in three formats: .rss, .atom and .json.
	feeds := func(stem string, c channel) {
		for _, f := range formats {
			page(stem+"."+f.suffix, func(w http.ResponseWriter, r *http.Request) error {
				return s.serveFeed(w, r, f, c)
			})
		}
	}

	// What happened, and who tells it.
	page("/{$}", s.front)
	page("/story/{id}", s.story)
	page("/article/{id}", s.article)
	page("/article/{id}/why", s.why)
	page("/article/{id}/beside/{other}", s.beside)
	page("/picture/{id}", s.picture)
	page("/search", s.search)
	page("/blindspots", s.blindspots)
	page("/blindspots/{lens}", s.blindspots)
	page("/topic/{id}", s.topic)
	page("/edits", s.editsPage)

	// The same for lines that are cut: one file of at most 10 KB each.
	page("/lite", s.liteFront)
	page("/story/{id}/lite", s.liteStory)
	page("/article/{id}/lite", s.liteArticle)

	// For other sites to show.
	page("/story/{id}/card", s.card)
	page("/article/{id}/card", s.card)
	page("/oembed", s.oEmbed)

	// Who stands behind it.
	page("/sources", s.sources)
	page("/source/{id}", s.source)
	page("/source/{id}/icon", s.icon)
	page("/source/{id}/disclosure/{n}", s.disclosure)
	page("/lens/{lens}/{side}", s.lensSide)
	page("/source/{id}/edits", s.editsPage)

	// The hub itself.
	page("/about", s.about)
	page("/feeds", s.feeds)

	// The same, to subscribe to.
	feeds("/feed", s.allChannel)
	feeds("/story/{id}/feed", s.storyChannel)
	feeds("/source/{id}/feed", s.sourceChannel)
	feeds("/lens/{lens}/{side}/feed", s.sideChannel)
	feeds("/search/feed", s.searchChannel)
	feeds("/blindspots/{lens}/feed", s.blindspotsChannel)
	feeds("/topic/{id}/feed", s.topicChannel)
	feeds("/stories", s.storiesChannel)
	feeds("/edits/feed", s.editsChannel)
	feeds("/source/{id}/edits/feed", s.editsChannel)

	// For machines.
	page("/static/{file}", s.static)
	page("/favicon.svg", s.favicon)
	page("/favicon.ico", s.favicon) // what browsers ask for unasked
	page("/opensearch.xml", s.openSearch)
	page("/robots.txt", s.robots)
	page("/sitemap.xml", s.sitemap)
	page("/sitemap-news.xml", s.newsSitemap)
	page("/sources.opml", s.sourcesOPML)
	page("/lens/{lens}/sources.opml", s.lensOPML)
	page("/feeds.opml", s.feedsOPML)
	page("/healthz", s.health)
	page("/readyz", s.ready)
	if s.programs != nil {
		page("/api", s.api)
		s.patterns = append(s.patterns, api.Patterns()...)
		mux.Handle(api.Root+"/", s.programs)
		mux.Handle(api.Root, s.programs)
	}
	if s.Metrics != nil {
		mux.Handle("GET /metrics", s.Metrics)
	}
	if s.Readers != nil {
		mux.Handle("/greader/", s.Readers)
		mux.Handle("/fever", s.Readers)
		mux.Handle("/fever/", s.Readers)
	}
	if s.Pushes != nil {
		mux.Handle("/websub/{token}", s.Pushes)
	}
	subscribers := s.Subscribers
	if subscribers == nil {
		subscribers = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "This hub takes no WebSub subscriptions: it has no public address (url in hub.toml), or websub is off.", http.StatusNotImplemented)
		})
	}
	mux.Handle("/hub", s.subscriptions(subscribers))

	if s.Mail != nil {
		for path, h := range s.mailPages() {
			mux.Handle("/mail"+path, h)
		}
	}

	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.fail(w, r, &pageError{Status: http.StatusMethodNotAllowed, Title: "This page can only be read", Text: "It takes nothing in: only GET and HEAD are answered."})
			return
		}
		s.fail(w, r, notFound("There is no such page", "Nothing is, or was, at this address of this hub."))
	})
	return mux
}

// health says that the process answers.
func (s *site) health(w http.ResponseWriter, r *http.Request) error {
	return s.plain(w, r, http.StatusOK, "ok\n")
}

// ready says whether readers can be answered: the database is there.
func (s *site) ready(w http.ResponseWriter, r *http.Request) error {
	if s.Ready != nil {
		if err := s.Ready(r.Context()); err != nil {
			if r.Context().Err() == nil {
				s.Logger.WarnContext(context.WithoutCancel(r.Context()), "not ready for readers", "error", err)
			}
			return s.plain(w, r, http.StatusServiceUnavailable, "not ready\n")
		}
	}
	return s.plain(w, r, http.StatusOK, "ready\n")
}

// robots lets everything be indexed but searches, which have no end, and what the pages say as data.
func (s *site) robots(w http.ResponseWriter, r *http.Request) error {
	base := s.base(r)
	return s.plain(w, r, http.StatusOK, "User-agent: *\nDisallow: /search\nDisallow: "+api.Root+"\n\nSitemap: "+base+"/sitemap.xml\nSitemap: "+base+"/sitemap-news.xml\n")
}
