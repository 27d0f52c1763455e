// Package web answers readers. In come requests; out go pages that work without
// scripts, feeds, and nothing about the reader: no cookie, no log line, no request to
// anybody else. What may be shown at a moment is decided by the Carriage, through the
// store's queries and package publish.
//
// routes.go is the site map. A page is one Go file with its struct, one template and
// one stylesheet of the same name; layout.* is what all pages share. Handlers return
// errors, and respond.go turns these into pages.
package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"parallax/internal/limit"
	"parallax/internal/news"
)

// A Store is what readers may ask. Its lists hold only what is carried at the time
// given; Article, Revisions and Source also give what is not, and the pages ask
// publish.Carried.
type Store interface {
	Sources(ctx context.Context) ([]*news.Source, error)
	Source(ctx context.Context, id string) (*news.Source, error)
	Feeds(ctx context.Context, sourceID string) ([]*news.Feed, error)
	Evidence(ctx context.Context, feedID string, limit int) ([]news.Evidence, error)
	ReachChanges(ctx context.Context, feedID string, since time.Time) ([]news.ReachChange, error)
	Stories(ctx context.Context, q news.StoryQuery) (page []*news.Story, next string, err error)
	Story(ctx context.Context, id string, now time.Time) (*news.Story, error)
	Headed(ctx context.Context, storyIDs []string, now time.Time) (map[string]news.Headed, error) // those of which something is carried
	ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error)
	HistoryOf(ctx context.Context, articleID string) (*news.History, error)
	RecordOf(ctx context.Context, storyID string) (*news.Record, error)
	Relations(ctx context.Context, storyID string) ([]news.Relation, error)
	Comparisons(ctx context.Context, lensID string, storyIDs []string) (map[string]*news.Comparison, error)
	Findings(ctx context.Context, storyID string) (*news.Findings, error) // nil: none
	ReadTexts(ctx context.Context, articles []*news.Article) error
	Gists(ctx context.Context, storyID string) ([]news.Gist, error)
	Translations(ctx context.Context, articleIDs []string) ([]news.Translation, error)
	Edits(ctx context.Context, articleIDs []string) ([]news.Edit, error)
	Changed(ctx context.Context, q news.EditQuery) (page []news.Change, next string, err error)
	Article(ctx context.Context, id string) (*news.Article, error)
	Articles(ctx context.Context, q news.ArticleQuery) (page []*news.Article, next string, err error)
	ArticlesBefore(ctx context.Context, q news.ArticleQuery) (after string, err error)
	Parts(ctx context.Context, q news.ArticleQuery) (news.Parts, error)
	Items(ctx context.Context, q news.ItemQuery) (page []*news.Item, next string, err error)
	Item(ctx context.Context, id string, now time.Time) (*news.Item, error) // ErrNotFound: it is not carried
	ArticleIDsOf(ctx context.Context, itemIDs []string) (map[string]string, error)
	Search(ctx context.Context, q news.SearchQuery) (page []*news.Article, total int, err error)
	Revisions(ctx context.Context, articleID string) ([]news.Revision, error)
	Copies(ctx context.Context, sourceID string) ([]news.Copy, error)
	// TakedownOf returns the takedown of an article, else that of its source; nil: none.
	TakedownOf(ctx context.Context, articleID, sourceID string) (*news.Takedown, error)
	Gone(ctx context.Context, q news.GoneQuery) ([]*news.Gone, error)
	Icon(ctx context.Context, sourceID string, large bool) ([]byte, error) // a PNG; nil: none
	Notice(ctx context.Context, sourceID string) ([]news.Term, error)
	Declaration(ctx context.Context, sourceID string) (*news.Declaration, error)
	DisclosureVersion(ctx context.Context, sourceID string, n int) (*news.DisclosureVersion, error) // whether the source is carried or not
	Pictures(ctx context.Context, articleID string) ([]*news.Picture, error)                        // without their data
	Picture(ctx context.Context, id string, now time.Time) (*news.Picture, error)
	Boilerplate(ctx context.Context, sourceID string) (*news.Boilerplate, error)
	Counts(ctx context.Context, now time.Time) (news.Counts, error)
	// Output returns what the outlets told of late.
	Output(ctx context.Context) (*news.Output, error)
}

// Options say what the site is.
type Options struct {
	Store Store
	// HubName stands at the top of every page; HubURL is the address by which feeds name
	// the hub, e.g. "https://hub.example". Empty: the host that the reader asked.
	HubName, HubURL string
	Operator        string // who runs the hub, for the page "about"
	Contact         string // how to reach them: an e-mail address or a URL
	Version         string // of the software
	Assistant       string // the model that writes machine text; "": none does
	// Lenses returns every lens of the hub, in the order in which readers are offered them.
	Lenses func(ctx context.Context) ([]news.Lens, error)
	// Topics returns what the operator follows, in the order in which readers are shown it; nil: nothing.
	Topics func() []news.Subject
	Now    func() time.Time
	Logger *slog.Logger
	// Metrics answers /metrics; nil: there is no such page.
	Metrics http.Handler
	// Pushes answers WebSub hubs below /websub/; nil: there is nothing.
	Pushes http.Handler
	// Readers answers feed readers that keep on the hub what was read, below /greader/ and at
	// /fever; nil: there is nothing.
	Readers http.Handler
	// Subscribers answers /hub, where others subscribe to the feeds by WebSub; nil: there is nothing.
	Subscribers http.Handler
	// WebSubHub is the address at which they do, which the feeds name; "": none.
	WebSubHub string
	// Edition names the content of the hub: it is another one whenever a page or a feed may read
	// differently, apart from the clock. It is asked four times a second at most. Nil: every
	// answer is made anew.
	Edition func(ctx context.Context) (string, error)
	// Mail takes in addresses for the digest by e-mail, at /mail; nil: there is no such page.
	Mail Mail
	// NoAPI leaves out the API; its page stays away with it.
	NoAPI bool
	// PerMinute is how many requests to the API, and searches, one client may make in a minute; 0: as
	// many as it likes. Proxies are those whose word for it who asks is taken.
	PerMinute int
	Proxies   limit.Proxies
	// Ready says why the hub cannot answer readers now, or nil; a nil Ready is always ready.
	Ready func(ctx context.Context) error
}

// A site answers requests. It holds no state of readers.
type site struct {
	Options
	patterns []string // of the routes, for the test that asks all of them (TestNothingOfWhatIsGone)
	pages    map[string]*template.Template
	assets   map[string]*asset
	styles   map[string]string // name without suffix -> path
	started  time.Time
	seen     *seen
	known    *known[*hub]
	output   *known[*news.Output]
	gaps     gapsByLens
	// programs answers the API; nil: there is none.
	programs http.Handler
}

// New returns the whole site.
func New(o Options) (http.Handler, error) {
	if o.Store == nil || o.Now == nil || o.Lenses == nil {
		return nil, errors.New("web: Options need Store, Lenses and Now")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.HubName == "" {
		o.HubName = "Parallax"
	}
	if o.Version == "" {
		o.Version = "development version"
	}
	o.HubURL = strings.TrimRight(o.HubURL, "/")
	s := &site{Options: o, started: o.Now(), seen: newSeen(maxSeen), known: newKnown[*hub](knownFor), output: newKnown[*news.Output](outputFor)}
	if err := s.loadAssets(); err != nil {
		return nil, fmt.Errorf("web: load styles: %w", err)
	}
	if err := s.loadPages(); err != nil {
		return nil, fmt.Errorf("web: load templates: %w", err)
	}
	if !o.NoAPI {
		var err error
		if s.programs, err = s.newAPI(); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	}
	shelf := newShelf(s.guard(s.routes()), &editions{read: o.Edition}, o.Now, o.HubURL != "")
	return s.limited(limit.New("client", o.PerMinute, o.Now), shelf), nil
}

// policy forbids everything that the pages do not need: scripts, frames, and any
// request to another host.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guard sets the headers that hold for every answer, and turns a panic into a page.
func (s *site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // outlets do not learn what was read here
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "browsing-topics=()")
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				s.fail(w, r, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// A hub is what most pages need to know of the whole: its sources and lenses.
type hub struct {
	now     time.Time
	sources map[string]*news.Source
	list    []*news.Source // by name, retired and withdrawn ones included
	lenses  []news.Lens
	owners  map[string]string // see news.Owners
}

// hub returns the hub as it is now, or was at most a second ago: see known.
func (s *site) hub(ctx context.Context) (*hub, error) {
	now := s.Now()
	if fresh(ctx) {
		h, err := s.load(ctx)
		if err != nil {
			return nil, err
		}
		h.now = now
		return h, nil
	}
	h, err := s.known.get(ctx, now, s.load)
	if err != nil {
		return nil, err
	}
	own := *h
	own.now = now
	return &own, nil
}

func (s *site) load(ctx context.Context) (*hub, error) {
	list, err := s.Store.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	lenses, err := s.Lenses(ctx)
	if err != nil {
		return nil, fmt.Errorf("list lenses: %w", err)
	}
	h := &hub{list: list, lenses: lenses, owners: news.Owners(list), sources: make(map[string]*news.Source, len(list))}
	for _, src := range list {
		h.sources[src.ID] = src
	}
	return h, nil
}

// lens returns the lens with the given id.
func (h *hub) lens(id string) (*news.Lens, error) {
	for i := range h.lenses {
		if h.lenses[i].ID == id {
			return &h.lenses[i], nil
		}
	}
	return nil, notFound("There is no lens of this name", "This hub does not divide its sources by “"+news.Cut(id, 60)+"”.")
}

// first returns the lens that a page of many stories uses when the reader chose none:
// the operator's first, else the first of all.
func (h *hub) first() *news.Lens {
	for i := range h.lenses {
		if !h.lenses[i].BuiltIn {
			return &h.lenses[i]
		}
	}
	if len(h.lenses) > 0 {
		return &h.lenses[0]
	}
	return &news.Lens{}
}

// chosen returns the lens that the reader asked for with ?lens=, else the first.
func (h *hub) chosen(r *http.Request) (*news.Lens, error) {
	if id := r.URL.Query().Get("lens"); id != "" {
		return h.lens(id)
	}
	return h.first(), nil
}

// base returns the address of the hub, without a slash at its end.
func (s *site) base(r *http.Request) string {
	if s.HubURL != "" {
		return s.HubURL
	}
	return "http://" + r.Host
}
