package newsroom

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/rogpeppe/go-internal/txtar"

	"parallax/internal/news"
)

//go:embed world
var files embed.FS

// A Script is all that the outlets will say, before anybody plays it.
type Script struct {
	Outlets []*Outlet // in the order of their ids
	Events  []*Event  // in the order of their files
}

// An Outlet is one invented outlet, as world/outlets.toml describes it.
type Outlet struct {
	ID         string
	Name       string
	Country    string
	Languages  []string
	Tagline    string
	Format     string // rss, atom, rdf, json
	Feed       string // path of its feed
	Text       string // what its feed holds: full, summary, stub
	GUID       string // what its feed uses as id: tag, number, link, query
	Encoding   string // of its feed; "" is UTF-8
	Layout     string // of its pages: broadsheet, portal, plain
	Side       string
	State      State
	Permalink  string // path of its articles, with {date}, {slug} and {n}
	Carriage   terms
	Disclosure disclosure
	Trust, Ads string // its trust.txt and ads.txt; "" where it has none

	tellings []*Telling // by time
}

// A State says how the server of an Outlet behaves.
type State string

// The states of a server.
const (
	Up      State = ""
	Blocked State = "blocked" // every request is answered 451 (RFC 7725)
	Down    State = "down"    // nothing listens
)

type terms struct {
	Why, Mode, Basis, Keep, Boilerplate string
	Until                               bool // carriage has ended by day 3
}

type claim struct {
	Value string
	By    news.Authority
	Who   string
	URL   string // about, licence, observatory: pages of this world
	Date  int    // days before day 1
}

type disclosure struct {
	LegalName        []claim `toml:"legal_name"`
	Owners           []claim
	BeneficialOwners []claim `toml:"beneficial_owners"`
	Funding          []claim
	Control          []claim
	StateAdvertising []claim `toml:"state_advertising"`
	Contact          []claim
	Policies         []claim
	Founded          []claim
	Corrections      []claim `toml:"corrections_policy"`
	Ratings          []claim
}

// fields returns the claims by the keys that hub.toml has for them.
func (d disclosure) fields() []field {
	return []field{
		{"legal_name", "Legal name", d.LegalName},
		{"owners", "Owners", d.Owners},
		{"beneficial_owners", "Beneficial owners", d.BeneficialOwners},
		{"funding", "Funding", d.Funding},
		{"control", "Control", d.Control},
		{"state_advertising", "State advertising revenue", d.StateAdvertising},
		{"contact", "Contact of the editors", d.Contact},
		{"policies", "Policies", d.Policies},
		{"founded", "Founded", d.Founded},
		{"corrections_policy", "Corrections", d.Corrections},
		{"ratings", "Ratings by others", d.Ratings},
	}
}

type field struct {
	key, title string
	claims     []claim
}

// An Event is something that happens in the invented world.
type Event struct {
	ID       string // name of its file
	About    string // for those who write the world
	Tellings []*Telling
}

// A Telling is what one Outlet says about one Event.
type Telling struct {
	Event  *Event
	Outlet *Outlet
	N      int    // running number at its outlet, from 1
	CopyOf string // id of the outlet whose text it repeats, or ""
	// Versions are what it says, from when on; the first is its publication.
	Versions []Version
}

// A Version is the text of a Telling from a moment on.
type Version struct {
	From       time.Duration // since the start of day 1
	Title      string
	By         string
	Tags       []string
	Paragraphs []string
	Chart      *Chart // its picture, or nil
	Retraction bool   // the outlet says that it changed; a silent edit does not
}

// Lead returns the first paragraph, without the dateline of an agency.
func (v Version) Lead() string {
	lead := v.Paragraphs[0]
	if _, after, ok := strings.Cut(lead, "(Lir Wire) - "); ok {
		return after
	}
	return lead
}

// at returns the version that is valid at offset d, or nil before its publication.
func (t *Telling) at(d time.Duration) *Version {
	var now *Version
	for i := range t.Versions {
		if t.Versions[i].From <= d {
			now = &t.Versions[i]
		}
	}
	return now
}

// slug makes the part of the address that follows from the headline.
func (t *Telling) slug() string {
	var b strings.Builder
	fold := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")
	for _, r := range fold.Replace(strings.ToLower(t.Versions[0].Title)) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case r != '\'' && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-")
	if len(s) > 60 {
		s = s[:60]
		s = s[:strings.LastIndexByte(s, '-')]
	}
	return s
}

// Load reads and checks the invented world. Every mistake is an error that names the
// file and the telling.
func Load() (*Script, error) {
	world, err := fs.Sub(files, "world")
	if err != nil {
		return nil, err // unreachable: the folder is embedded
	}
	return load(world)
}

func load(world fs.FS) (*Script, error) {
	var doc struct{ Outlet []*Outlet }
	md, err := toml.DecodeFS(world, "outlets.toml", &doc)
	if err != nil {
		return nil, fmt.Errorf("outlets.toml: %w", err)
	}
	if u := md.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("outlets.toml: unknown key %q", u[0])
	}
	s := &Script{Outlets: doc.Outlet}
	byID := map[string]*Outlet{}
	for _, o := range s.Outlets {
		if err := o.check(); err != nil {
			return nil, fmt.Errorf("outlets.toml: %s: %w", o.ID, err)
		}
		if byID[o.ID] != nil {
			return nil, fmt.Errorf("outlets.toml: %s stands there twice", o.ID)
		}
		byID[o.ID] = o
	}
	names, err := fs.Glob(world, "events/*.txtar")
	if err != nil {
		return nil, err // unreachable: the pattern is well-formed
	}
	for _, name := range names {
		data, err := fs.ReadFile(world, name)
		if err != nil {
			return nil, err
		}
		e, err := parseEvent(strings.TrimSuffix(path.Base(name), ".txtar"), data, byID)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.Events = append(s.Events, e)
		for _, t := range e.Tellings {
			t.Outlet.tellings = append(t.Outlet.tellings, t)
		}
	}
	for _, o := range s.Outlets {
		slices.SortStableFunc(o.tellings, func(a, b *Telling) int { return cmp.Compare(a.Versions[0].From, b.Versions[0].From) })
		for i, t := range o.tellings {
			t.N = i + 1
		}
	}
	return s, nil
}

func (o *Outlet) check() error {
	oneOf := func(key, value string, allowed ...string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("%s = %q is not one of %s", key, value, strings.Join(allowed, ", "))
		}
		return nil
	}
	for _, err := range []error{
		oneOf("format", o.Format, "rss", "atom", "rdf", "json"),
		oneOf("text", o.Text, "full", "summary", "stub"),
		oneOf("guid", o.GUID, "tag", "number", "link", "query"),
		oneOf("layout", o.Layout, "broadsheet", "portal", "plain"),
		oneOf("encoding", o.Encoding, "", "ISO-8859-1"),
		oneOf("state", string(o.State), string(Up), string(Blocked), string(Down)),
		oneOf("side", o.Side, sideIDs()...),
		oneOf("mode", o.Carriage.Mode, "", string(news.Link), string(news.Excerpt), string(news.FullText)),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case o.Name == "" || len(o.Languages) == 0 || o.Carriage.Why == "":
		return fmt.Errorf("name, languages and carriage.why are required")
	case !regexp.MustCompile(`^(X[A-JL-Z]|Q[M-Z])$`).MatchString(o.Country):
		return fmt.Errorf("country = %q is not a user-assigned code (XK is in use for a real country)", o.Country)
	case !strings.HasPrefix(o.Feed, "/") || !strings.HasPrefix(o.Permalink, "/"):
		return fmt.Errorf("feed and permalink must begin with /")
	case !strings.Contains(o.Permalink, "{slug}") && !strings.Contains(o.Permalink, "{n}"):
		return fmt.Errorf("permalink %q gives all articles one address", o.Permalink)
	case len(o.Disclosure.Owners) == 0 || len(o.Disclosure.Control) == 0:
		return fmt.Errorf("it discloses no owner or no control grade")
	}
	for _, f := range o.Disclosure.fields() {
		for _, c := range f.claims {
			if c.Value == "" || c.Date < 0 {
				return fmt.Errorf("%s: a claim without a value, or from the future", f.key)
			}
			if err := oneOf(f.key+".url", c.URL, "", "about", "licence", "observatory"); err != nil {
				return err
			}
			if err := oneOf(f.key+".by", string(c.By), string(news.Self), string(news.Registry), string(news.ThirdParty), string(news.Operator)); err != nil {
				return err
			}
		}
	}
	for _, c := range o.Disclosure.Control {
		if !slices.ContainsFunc(news.ControlGrades, func(g struct{ ID, Title, Side string }) bool { return g.ID == c.Value }) {
			return fmt.Errorf("control %q is no grade", c.Value)
		}
	}
	return nil
}

// parseEvent reads one file of world/events:
//
//	about: what happens, for those who write the world
//	-- outlet-id --
//	at: 1 07:20          day and time of day
//	title: Headline
//	by: Author
//	tags: one, two
//	chart: 12 30 | Caption | Credit   a picture of bars below the first paragraph
//	copy: outlet-id      repeats that telling's text; paragraphs below are added to it
//
//	Paragraphs, parted by blank lines.
//	-- outlet-id edit --         from its time on this stands there, silently
//	-- outlet-id retraction --   the same, but said openly
func parseEvent(id string, data []byte, outlets map[string]*Outlet) (*Event, error) {
	a := txtar.Parse(data)
	about, ok := strings.CutPrefix(strings.TrimSpace(string(a.Comment)), "about: ")
	if !ok || strings.Contains(about, "\n") {
		return nil, fmt.Errorf(`it does not begin with one line "about: ..."`)
	}
	e := &Event{ID: id, About: about}
	byOutlet := map[string]*Telling{}
	for _, f := range a.Files {
		outletID, kind, _ := strings.Cut(f.Name, " ")
		v, copyOf, err := parseVersion(string(f.Data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		t := byOutlet[outletID]
		switch {
		case outlets[outletID] == nil:
			return nil, fmt.Errorf("%s: there is no such outlet", f.Name)
		case outlets[outletID].State != Up:
			return nil, fmt.Errorf("%s: nobody could read it", f.Name)
		case kind == "" && t != nil:
			return nil, fmt.Errorf("%s tells it twice", f.Name)
		case kind == "":
			t = &Telling{Event: e, Outlet: outlets[outletID], CopyOf: copyOf}
			if copyOf != "" {
				root := byOutlet[copyOf]
				if root == nil || root.CopyOf != "" {
					return nil, fmt.Errorf("%s: copies %q, which tells nothing of its own above", f.Name, copyOf)
				}
				v.Tags = root.Versions[0].Tags
				v.Paragraphs = slices.Concat(root.Versions[0].Paragraphs, v.Paragraphs)
			}
			byOutlet[outletID] = t
			e.Tellings = append(e.Tellings, t)
		case kind != "edit" && kind != "retraction":
			return nil, fmt.Errorf("%s: %q is neither an edit nor a retraction", f.Name, kind)
		case t == nil || copyOf != "" || v.From <= t.Versions[len(t.Versions)-1].From:
			return nil, fmt.Errorf("%s: it changes nothing that stands above it, at a later time", f.Name)
		default:
			v.Retraction = kind == "retraction"
			v.By, v.Tags, v.Chart = t.Versions[0].By, t.Versions[0].Tags, t.Versions[0].Chart
		}
		if len(v.Paragraphs) == 0 {
			return nil, fmt.Errorf("%s: it has no text", f.Name)
		}
		t.Versions = append(t.Versions, v)
	}
	if len(e.Tellings) == 0 {
		return nil, fmt.Errorf("nobody tells it")
	}
	return e, nil
}

func parseVersion(text string) (v Version, copyOf string, err error) {
	head, body, _ := strings.Cut(text, "\n\n")
	at := ""
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "at":
			at = value
		case "title":
			v.Title = value
		case "by":
			v.By = value
		case "tags":
			v.Tags = strings.Split(value, ", ")
		case "chart":
			if v.Chart, err = parseChart(value); err != nil {
				return v, "", err
			}
		case "copy":
			copyOf = value
		default:
			return v, "", fmt.Errorf("unknown key %q", key)
		}
	}
	if v.From, err = parseOffset(at); err != nil {
		return v, "", err
	}
	if v.Title == "" {
		return v, "", fmt.Errorf("it has no title")
	}
	for p := range strings.SplitSeq(body, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			v.Paragraphs = append(v.Paragraphs, p)
		}
	}
	return v, copyOf, nil
}

// parseOffset reads "2 18:20": day 2, twenty past six in the evening.
func parseOffset(s string) (time.Duration, error) {
	day, clock, _ := strings.Cut(s, " ")
	d, err := strconv.Atoi(day)
	t, err2 := time.Parse("15:04", clock)
	if err != nil || err2 != nil || d < 1 || d > days {
		return 0, fmt.Errorf(`at = %q is not a day from 1 to %d and a time, "2 18:20"`, s, days)
	}
	return time.Duration(d-1)*24*time.Hour + time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
