package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	sourceArticles = 20
	sourceEvidence = 5 // per feed
)

// A sourcePage says all that the hub knows of an outlet, and who says so.
type sourcePage struct {
	frame
	Outlet    outlet
	Home      string
	Languages string
	State     string
	Retired   bool
	Ended     bool   // its time of carriage
	Taken     string // why it was taken down, "" where it was not
	Legal     *legal
	Fields    []claimField
	Unsaid    []string // titles of other fields of which nobody says anything
	Declared  []declaredIn
	Versions  []versionLink // of Fields, the newest first
	Sides     []placed
	Mode      string
	Why       string
	Basis     string
	BasisURL  string
	From      moment
	Until     moment
	Keep      string
	Required  string // boilerplate
	Terms     []term // what the outlet says of the use of its work
	Feeds     []feedState
	Latest    []articleBrief
	Repeats   []repeated
	Subscribe []alternate
	Edits     string // address of the list of what it changed
}

type claimField struct {
	Title  string
	Claims []claim
}

type claim struct {
	Value, Who, Kind, URL, Date string
	Link                        string // Value, where it is an address
}

type placed struct {
	Lens string
	Side side
}

type feedState struct {
	URL, Title string
	Reach      string
	Since      moment
	Last       moment
	Good       moment
	New        moment
	Due        moment
	DueWhy     string
	Error      string
	Failures   int
	Status     int
	Route      string
	Means      string // how the direct way fails, for people
	Control    string // how the outlet answered meanwhile
	Indirect   bool   // it is read by a way that is not the direct one
	Probed     moment
	MovedTo    string
	Problems   []string
	Strip      reachStrip
	Push       *pushState
	Evidence   []evidence
	Copies     []copyRecord
}

// A copyRecord tells how often what a copy said was what the outlet itself said.
type copyRecord struct {
	Where     string
	All       int // entries that were compared
	Different int
	Last      moment // when a difference was last found
	Title     words  // of the article concerned, where it is carried
	Href      string
}

// A pushState tells of the WebSub hub that a feed names.
type pushState struct {
	Hub   string // its host
	Live  bool   // it pushes what is new
	Since moment
	Last  moment // push that brought something
	Until moment
	Error string
}

type evidence struct {
	At    moment
	Route string
	What  string
	Took  string
	OK    bool
}

// An articleBrief is an article as lists show it.
type articleBrief struct {
	Href   string
	Title  words
	Lead   words
	Outlet outlet
	When   moment
	Marked []segment // Lead with what was searched for marked
}

// missed are the fields of a disclosure of which each is told, in its place, that nobody says it;
// the others are only named.
var missed = []string{"legal_name", "owners", "beneficial_owners", "funding", "control", "state_advertising", "contact"}

func (s *site) source(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	src, err := s.Store.Source(ctx, r.PathValue("id"))
	if err != nil {
		return orNotFound(err, "There is no such source", "This hub carries no outlet of this name.")
	}
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	now, lenses, c := h.now, h.lenses, src.Carriage
	p := &sourcePage{
		frame: s.frame(r, src.Name), Outlet: outletOf(src), Home: src.Home,
		Languages: languages(src.Languages), State: carriageState(src, now), Retired: !src.Retired.IsZero(), Ended: src.At(now) == news.Withdrawn,
		Mode: modeTitle(c.EffectiveMode()), Why: c.Why, Basis: c.Basis,
		From: at(c.From, now), Until: at(c.Until, now), Required: c.Boilerplate,
	}
	if p.Ended {
		p.Until = at(src.Ended(), now)
		k, err := s.Store.TakedownOf(ctx, "", src.ID)
		if err != nil {
			return fmt.Errorf("takedown of %s: %w", src.ID, err)
		}
		if k != nil {
			p.Taken, p.Legal = publish.WhyTaken(k), legalOf(k)
		}
	}
	if isURL(c.Basis) {
		p.BasisURL = c.Basis
	}
	if c.Keep > 0 {
		p.Keep = publish.Span(c.Keep)
	}
	for _, f := range src.Disclosure.Fields() {
		if len(f.Claims) > 0 || slices.Contains(missed, f.Key) {
			p.Fields = append(p.Fields, fieldOf(f))
		} else if f.Key != "ratings" {
			p.Unsaid = append(p.Unsaid, strings.ToLower(f.Title))
		}
	}
	for i := range lenses {
		if sd, place, ok := lenses[i].Side(lenses[i].SideOf(src)); ok {
			p.Sides = append(p.Sides, placed{lenses[i].Title, sideOf(&lenses[i], sd, place)})
		}
	}
	p.Versions = versionsOf(src, 0, now)
	if p.Declared, err = s.declared(r, src, now); err != nil {
		return err
	}
	if err := s.feedStates(r, p, src, now); err != nil {
		return err
	}
	if src.At(now) == news.Carried {
		list, _, err := s.Store.Articles(ctx, news.ArticleQuery{Now: now, SourceIDs: []string{src.ID}, Limit: sourceArticles})
		if err != nil {
			return fmt.Errorf("articles of %s: %w", src.ID, err)
		}
		for _, a := range list {
			p.Latest = append(p.Latest, briefOf(a, src, now))
		}
		if p.Repeats, err = s.repeats(ctx, src, now); err != nil {
			return err
		}
		p.own("/source/"+src.ID+"/feed", "", src.Name)
		p.Subscribe = p.Alternates[:len(formats)]
		p.Edits = "/source/" + url.PathEscape(src.ID) + "/edits"
	}
	p.JSONLD = s.organizationLD(s.base(r), src, true)
	return s.render(w, r, "source", p)
}

func briefOf(a *news.Article, src *news.Source, now time.Time) articleBrief {
	return articleBrief{
		Href: "/article/" + a.ID, Title: foreign(a.Title, a.Language),
		Lead: foreign(publish.Lead(a, src, now), a.Language), Outlet: outletOf(src), When: at(a.When(), now),
	}
}

func fieldOf(f news.DisclosureField) claimField {
	cf := claimField{Title: f.Title}
	for _, c := range f.Claims {
		v := claim{Value: c.Value, Who: publish.Who(c), URL: c.URL, Date: c.Date}
		if f.Key == "control" {
			v.Value = publish.GradeTitle(c.Value)
		}
		switch {
		case c.Read != "":
			v.Kind = readIn(c.Read)
		case c.Who == "":
		case c.By == news.Self:
			v.Kind = "the outlet itself"
		case c.By == news.Registry:
			v.Kind = "register or data set"
		case c.By == news.ThirdParty:
			v.Kind = "third party"
		case c.By == news.Operator:
			v.Kind = "operator of this hub"
		}
		if t, err := time.Parse(time.DateOnly, c.Date); err == nil {
			v.Date = publish.Day(t)
		}
		if !isURL(v.URL) {
			v.URL = ""
		}
		if v.Link = splitLink(v.Value); isURL(v.Value) {
			v.Link = v.Value
		}
		cf.Claims = append(cf.Claims, v)
	}
	return cf
}

func (s *site) feedStates(r *http.Request, p *sourcePage, src *news.Source, now time.Time) error {
	feeds, err := s.Store.Feeds(r.Context(), src.ID)
	if err != nil {
		return fmt.Errorf("feeds of %s: %w", src.ID, err)
	}
	copies, err := s.copies(r, src, now)
	if err != nil {
		return err
	}
	said, err := s.Store.Notice(r.Context(), src.ID)
	if err != nil {
		return fmt.Errorf("notice of %s: %w", src.ID, err)
	}
	for _, f := range feeds {
		said = append(said, f.Terms...)
	}
	p.Terms = termsOf(said)
	for _, f := range feeds {
		fs := feedState{
			URL: news.PublicURL(f.URL), Title: cmp.Or(f.Title, news.PublicURL(f.URL)), Reach: publish.ReachTitle(f.Reach),
			Since: at(f.ReachSince, now), Last: at(f.LastTry, now), Good: at(f.LastGood, now), New: at(f.LastNew, now), Due: at(f.Due, now),
			Error: withoutProxies(forReaders(f.LastError), f.Routes), Failures: f.Failures, Status: f.Status, MovedTo: news.PublicURL(f.MovedTo), Problems: f.Problems,
		}
		fs.DueWhy, fs.Means, fs.Probed = f.DueWhy, meansWords[f.Blocking], at(f.Probed, now)
		if f.Route != "" {
			fs.Route = viaWords(f.Route)
		}
		if f.Control != "" {
			fs.Control = viaWords(f.Control)
		}
		fs.Indirect = f.Failures == 0 && f.Route != "" && f.Route != "direct" && f.Route != "direct-http1"
		fs.Push = pushOf(f, now)
		if p.Retired || src.At(now) != news.Carried {
			fs.Due, fs.Push = moment{}, nil
		}
		changes, err := s.Store.ReachChanges(r.Context(), f.ID, now.AddDate(0, 0, -reachDays))
		if err != nil {
			return fmt.Errorf("reach of feed %s: %w", f.ID, err)
		}
		fs.Strip = reachStripOf(changes, now)
		list, err := s.Store.Evidence(r.Context(), f.ID, sourceEvidence)
		if err != nil {
			return fmt.Errorf("evidence of feed %s: %w", f.ID, err)
		}
		for _, e := range list {
			e.Note = withoutProxies(e.Note, f.Routes)
			fs.Evidence = append(fs.Evidence, evidenceOf(e, now))
		}
		fs.Copies = copies[f.ID]
		p.Feeds = append(p.Feeds, fs)
	}
	return nil
}

// copies returns, by feed, what became of what was read from copies.
func (s *site) copies(r *http.Request, src *news.Source, now time.Time) (map[string][]copyRecord, error) {
	list, err := s.Store.Copies(r.Context(), src.ID)
	if err != nil {
		return nil, fmt.Errorf("copies of %s: %w", src.ID, err)
	}
	byFeed := map[string][]copyRecord{}
	for _, k := range list {
		c := copyRecord{Where: publish.ViaCopy(news.Via{Route: k.Route}), All: k.Same + k.Different, Different: k.Different, Last: at(k.Last, now)}
		if k.Article != "" {
			a, err := s.Store.Article(r.Context(), k.Article)
			if err != nil && !errors.Is(err, news.ErrNotFound) {
				return nil, fmt.Errorf("article that a copy told otherwise: %w", err)
			}
			if err == nil && publish.Carried(a, src, now) {
				c.Title, c.Href = foreign(a.Title, a.Language), "/article/"+a.ID+"#changes"
			}
		}
		byFeed[k.FeedID] = append(byFeed[k.FeedID], c)
	}
	return byFeed, nil
}

// pushOf tells of the subscription of a feed, nil where it has none.
func pushOf(f *news.Feed, now time.Time) *pushState {
	sub := f.Push
	if sub == nil || sub.Hub == "" {
		return nil
	}
	return &pushState{
		Hub: news.Host(sub.Hub), Live: sub.Live(now), Since: at(sub.Since, now), Last: at(sub.LastPush, now), Until: at(sub.Until, now),
		Error: withoutProxies(forReaders(sub.Error), f.Routes),
	}
}

// meansWords tells readers how a direct way fails (news.Feed.Blocking).
var meansWords = map[string]string{
	"dns":          "its name is not found, or leads elsewhere",
	"tcp_ip":       "no connection to its address comes about",
	"tls":          "the connection breaks, or somebody else answers, while it is being secured",
	"http-failure": "the connection breaks before the answer is complete",
	"http-diff":    "something else than the feed comes as its answer",
}

// operationWords tells readers where an attempt ended (news.Evidence.Operation).
var operationWords = map[string]string{
	"resolve": "looking up the name", "connect": "connecting", "tls_handshake": "securing the connection",
	"http_round_trip": "asking", "read_body": "reading the answer",
}

func evidenceOf(e news.Evidence, now time.Time) evidence {
	v := evidence{At: at(e.At, now), Route: viaWords(e.Route), OK: e.Reach == news.ReachOK}
	switch {
	case e.Failure != "":
		v.What = strings.ReplaceAll(e.Failure, "_", " ")
		if while := operationWords[e.Operation]; while != "" {
			v.What += ", while " + while
		}
	case e.Status != 0:
		v.What = fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))
	}
	// The note of an answer begins with the status again.
	note := strings.TrimPrefix(forReaders(e.Note), fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	if note = strings.TrimLeft(note, ",;: "); note != "" {
		v.What += ": " + note
	}
	if e.Took > 0 {
		v.Took = e.Took.Round(time.Millisecond).String()
	}
	return v
}

func isURL(s string) bool {
	return slices.ContainsFunc([]string{"https://", "http://"}, func(p string) bool { return strings.HasPrefix(s, p) })
}

// forReaders drops the hint at the end of an error: it tells the operator what to try.
func forReaders(text string) string {
	text, _, _ = strings.Cut(text, "; hint: ")
	return text
}
