package hub

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// Config is hub.toml. Its comments are the manual: docs/configuration.md is made from
// them. What the file declares is applied at every start, idempotently.
type Config struct {
	Hub        SiteConfig       `toml:"hub"`
	Fetch      FetchConfig      `toml:"fetch"`
	Assistant  AssistantConfig  `toml:"assistant"`
	Embeddings EmbeddingsConfig `toml:"embeddings"`
	API        APIConfig        `toml:"api"`
	Mail       MailConfig       `toml:"mail"`
	Lenses     []LensConfig     `toml:"lens"`
	Topics     []TopicConfig    `toml:"topic"`
	Sources    []SourceConfig   `toml:"source"`

	file  string // where it was read from, for messages
	text  string
	stamp string // which version of the file, see stamp
}

// SiteConfig says what the hub is called and where it keeps and shows things.
type SiteConfig struct {
	// Name of the hub, as readers see it.
	Name string `toml:"name"`
	// URL under which readers reach it, e.g. "https://hub.example". Feeds and metadata
	// contain it, so it should not change. Empty: http:// and the listen address.
	URL string `toml:"url"`
	// Operator is who runs this hub; readers see it on the about page.
	Operator string `toml:"operator"`
	// Contact is a URL or e-mail address. Outlets see it in the User-Agent of every
	// request, so that they can write to you instead of banning you.
	Contact string `toml:"contact"`
	// WebSub says whether others can subscribe to the feeds of this hub, by WebSub, and are told
	// within a second what is new (docs/websub.md). It needs a url, above, that they can reach.
	WebSub bool `toml:"websub"`
	// Listen is the address and port to serve on. Put a TLS proxy in front for the world.
	Listen string `toml:"listen"`
	// Data is the folder of the database, relative to hub.toml.
	Data string `toml:"data"`
	// Database is empty for SQLite in the data folder, or a postgres:// URL.
	Database string `toml:"database"`
	// Countries names countries that ISO 3166-1 does not, or otherwise than Unicode's
	// tables do: { XK = "Kosovo" }.
	Countries map[string]string `toml:"countries"`
	// TrustedProxies are the addresses or networks of proxies in front of the hub, e.g. ["127.0.0.1"], that
	// write into X-Forwarded-For who asks them. Nobody else's X-Forwarded-For is believed. Without
	// them the limit under [api] does not hold for what comes from this machine.
	TrustedProxies []string `toml:"trusted_proxies"`
}

// FetchConfig says how the hub asks outlets for their feeds and pages.
type FetchConfig struct {
	// Interval between two looks at a feed with about twenty entries a day, or of which
	// nothing is known yet. The hub learns when each feed has news, and looks at livelier
	// ones more often, at sleepier ones and in their quiet hours more seldom.
	Interval Duration `toml:"interval"`
	// MinInterval is the least time between two looks at a feed, whatever it asks for.
	MinInterval Duration `toml:"min_interval"`
	// MaxInterval is the longest that a feed is left alone, however long it fails; one that
	// fails is tried once a day at least. (One whose server says that it is gone for good:
	// once a week.)
	MaxInterval Duration `toml:"max_interval"`
	// Routes are the ways to reach outlets that name none themselves, tried in order: see
	// routes of a source. Empty: direct.
	Routes []string `toml:"routes"`
	// Timeout of one request, from the first byte sent to the last received.
	Timeout Duration `toml:"timeout"`
	// PerHostDelay is the pause between two requests to one host.
	PerHostDelay Duration `toml:"per_host_delay"`
	// Workers is how many feeds, and how many pages besides, are asked for at once; of one
	// host never more than two.
	Workers int `toml:"workers"`
	// MaxBody is the largest feed that is read, in bytes after decompression; of a page
	// at most four mebibytes are.
	MaxBody int64 `toml:"max_body"`
	// Pages says whether article pages are fetched where a feed gives only a summary.
	// The text is used for search and for finding stories; readers see what the carriage
	// of the source allows.
	Pages bool `toml:"pages"`
	// Rules is a folder, relative to hub.toml, with rules that say where in the pages of a site the
	// article is: files such as harbour-times.example.txt, in the "site config" format of which some 2,000
	// are kept in the public domain (docs/site-rules.md). They are read when the hub starts.
	Rules string `toml:"rules"`
	// Pictures says whether the hub gets the images of articles, once each, and shows copies of
	// its own, where an outlet is carried with its whole text. Else images are links.
	Pictures bool `toml:"pictures"`
	// WebSub says whether the hub subscribes to feeds that name a WebSub hub, which then
	// pushes what is new within a second. It needs a url, above, that such hubs can reach.
	WebSub bool `toml:"websub"`
	// AllowPrivate names addresses in private networks that may be fetched all the
	// same: "127.0.0.1:8080", "10.1.2.3", "192.168.7.0/24". By default none is: a feed
	// must not be able to make the hub talk to its own network.
	AllowPrivate []string `toml:"allow_private"`
}

// AssistantConfig names a language model at any OpenAI-compatible endpoint that says in one
// sentence what each section of a story's page holds, and translates headlines and quotes. What
// it says is held against the accounts that it cites, dropped where it does not
// stand, and shown as machine text. Without a url there is none, and no page lacks
// anything. docs/assistant.md says what goes out, what is checked and what cannot be.
type AssistantConfig struct {
	// URL where the paths of the API begin: "http://127.0.0.1:11434/v1". It may be on this
	// machine or in your network. Words and key go to this address and nowhere else.
	URL string `toml:"url"`
	// Model by its name at the endpoint; readers see it.
	Model string `toml:"model"`
	// Key that the endpoint demands, if it does.
	Key string `toml:"key"`
	// Sentences says whether it is asked for sentences.
	Sentences bool `toml:"sentences"`
	// Languages into which headlines and quotes are translated where they are in another: of de, en, es, fr, ru and
	// uk. Translations stand below what they translate, never in their place. Empty: none.
	Languages []string `toml:"languages"`
	// PerHour is how many questions it is asked in an hour at most.
	PerHour int `toml:"per_hour"`
	// Timeout of one question.
	Timeout Duration `toml:"timeout"`
}

// EmbeddingsConfig names an endpoint for embeddings of a language model, by which articles that tell of
// one event in other words are found to be alike. It is asked for each article before it is put into a
// story, and sees its title and the beginning of its text; while it fails, articles are
// placed without. Without a url there is none. docs/stories.md says what it is worth.
type EmbeddingsConfig struct {
	// URL where the paths of the API begin: "http://127.0.0.1:8080/v1" for servers that speak as
	// OpenAI's does, "http://127.0.0.1:11434/api" for Ollama. It may be on this machine
	// or in your network. Texts and key go to this address and nowhere else.
	URL string `toml:"url"`
	// Model by its name at the endpoint. After a change articles are compared by it as new ones come.
	Model string `toml:"model"`
	// Key that the endpoint demands, if it does.
	Key string `toml:"key"`
	// Timeout is for how long up to 500 articles that wait for their stories are kept waiting for
	// the endpoint, in all; what has no embedding by then is placed without.
	Timeout Duration `toml:"timeout"`
	// Batch is how many texts are sent at once, at most 256.
	Batch int `toml:"batch"`
	// Weights is a file, relative to hub.toml, that says what the likeness of embeddings counts for
	// your model, in the form of internal/cluster/data/meaning.txt. Empty: what is shipped.
	Weights string `toml:"weights"`
}

// APIConfig says who may read the hub by program. docs/api.md describes the API, and /api of the hub does so
// for its readers.
type APIConfig struct {
	// Enabled says whether there is an API, under /api/v1. It gives out what the pages do.
	Enabled bool `toml:"enabled"`
	// PerMinute is how many requests to the API, and searches, one client may make in a minute: an IPv4 address or
	// a /64 of IPv6. Who asks for more is told to wait (429). 0: as many as it likes.
	PerMinute int `toml:"per_minute"`
}

// MailConfig names a mail server by which the digest goes out, once a day or once a week, to readers who
// asked for it at /mail and confirmed that. Without smtp there is no digest and no such page. It needs a
// url under [hub]. docs/mail.md says what is sent and what is kept.
type MailConfig struct {
	// SMTP is the server to which messages are submitted: "smtp://user@mail.example:587" is encrypted
	// by STARTTLS, always; "smtps://user@mail.example:465" from the first byte;
	// "smtp+plain://127.0.0.1:25" not at all, for a server on this machine.
	SMTP string `toml:"smtp"`
	// PasswordFile is a file, relative to hub.toml, that holds the password of the user above, and nothing else. Without it the
	// environment variable PARALLAX_MAIL_PASSWORD does.
	PasswordFile string `toml:"password_file"`
	// From is the address from which the digest comes: "digest@hub.example". Its domain should let this
	// server send for it (SPF, DKIM).
	From string `toml:"from"`
	// ReplyTo is where answers go. Empty: from.
	ReplyTo string `toml:"reply_to"`
	// Hour of the day at which digests go out, in UTC: 0 to 23. Weekly ones go out on Monday.
	Hour int `toml:"hour"`
}

// LensConfig declares a named way to divide the outlets into sides. The lenses
// control, country and language are built in.
type LensConfig struct {
	// ID in addresses: lower-case letters, digits and hyphens.
	ID string `toml:"id"`
	// Title for readers.
	Title string `toml:"title"`
	// When lists names that make this lens the default for a story whose headlines
	// contain one of them.
	When []string `toml:"when"`
	// Sides in the order in which they are shown; the order decides their hues.
	Sides []SideConfig `toml:"sides"`
}

// SideConfig is one side of a lens.
type SideConfig struct {
	// ID in addresses.
	ID string `toml:"id"`
	// Title for readers.
	Title string `toml:"title"`
}

// TopicConfig declares a topic, which has a page, /topic/ID, and feeds, with every article that holds its words.
type TopicConfig struct {
	// ID in addresses: lower-case letters, digits and hyphens.
	ID string `toml:"id"`
	// Title for readers.
	Title string `toml:"title"`
	// Words as in a search: an article is of the topic where all of them stand in it, in whatever form.
	// Readers see them.
	Words string `toml:"words"`
	// Languages of which it may have articles, "en" for all of its kinds. Empty: all.
	Languages []string `toml:"languages"`
}

// SourceConfig declares an outlet.
type SourceConfig struct {
	// ID in addresses: lower-case letters, digits and hyphens. It should not change.
	ID string `toml:"id"`
	// Name of the outlet.
	Name string `toml:"name"`
	// Home is the URL of its home page.
	Home string `toml:"home"`
	// Country where it is based: ISO 3166-1, two letters.
	Country string `toml:"country"`
	// Languages in which it writes, the main one first: "en", "pt-BR".
	Languages []string `toml:"languages"`
	// Feeds are the URLs of its feeds: RSS, Atom or JSON Feed.
	Feeds []string `toml:"feeds"`
	// Sides says on which side of the lenses above it stands: { lens = "side" }.
	Sides map[string]string `toml:"sides"`
	// Routes are ways to reach it, tried in order: "direct", "direct-http1",
	// "doh:https://resolver.example/dns-query", "ech:https://resolver.example/dns-query",
	// "socks5h://127.0.0.1:9050", "http://proxy:3128", "mirror:https://copy.example",
	// "archive:https://web.archive.org/web/", "peer:https://hub.example/source/ID/feed.atom". The one that works is remembered,
	// and the direct way tried again every day; docs/reach.md says which helps against what.
	Routes []string `toml:"routes"`
	// Carriage says on what terms the hub carries it.
	Carriage CarriageConfig `toml:"carriage"`
	// Disclosure says who stands behind it, as claims with who says so.
	Disclosure DisclosureConfig `toml:"disclosure"`
}

// CarriageConfig says on what terms an outlet is carried.
type CarriageConfig struct {
	// Why it is carried; shown beside everything from this outlet.
	Why string `toml:"why"`
	// Mode: "link" shows headlines, "excerpt" (the default) the first sentences too,
	// "fulltext" everything and needs a basis.
	Mode string `toml:"mode"`
	// Basis on which it is carried: a licence URL, a permission, "public domain", or
	// the ground that you state.
	Basis string `toml:"basis"`
	// From which day on it is carried, e.g. 2026-11-01.
	From Date `toml:"from"`
	// Until which day: from then on it is withdrawn. Its pages answer 410 with an
	// explanation, it is gone from feeds and search, and it is not imported again.
	Until Date `toml:"until"`
	// Keep is how long an article stays after it was first seen, e.g. "90d"; empty: as
	// long as the outlet is carried.
	Keep Duration `toml:"keep"`
	// Boilerplate is text that the licence wants beside each article.
	Boilerplate string `toml:"boilerplate"`
}

// DisclosureConfig says who stands behind an outlet. Every field is a list of claims:
// [[source.disclosure.owners]] and so on. They are what Art. 6(1) of the European Media
// Freedom Act (EMFA, Regulation (EU) 2024/1083) and section A of the Journalism Trust
// Initiative (JTI, CWA 17493:2019) want an outlet to disclose; docs/sources.md says more.
type DisclosureConfig struct {
	// LegalName of the publisher. EMFA Art. 6(1)(a).
	LegalName []ClaimConfig `toml:"legal_name"`
	// Kind of outlet in the words of whoever says so, e.g. "news agency".
	Kind []ClaimConfig `toml:"kind"`
	// Founded: since when it is published, as a year or day.
	Founded []ClaimConfig `toml:"founded"`
	// Owners with influence, a share in brackets: "Ada Berg (52 %)". EMFA Art. 6(1)(b).
	Owners []ClaimConfig `toml:"owners"`
	// IndirectOwners own the owners. EMFA Art. 6(1)(b).
	IndirectOwners []ClaimConfig `toml:"indirect_owners"`
	// BeneficialOwners are the persons behind the owners. EMFA Art. 6(1)(c).
	BeneficialOwners []ClaimConfig `toml:"beneficial_owners"`
	// Funding: who pays, with subsidies and fees.
	Funding []ClaimConfig `toml:"funding"`
	// Control grade; the value is one of state-controlled, captured-public,
	// captured-private, independent-state-funded-and-managed,
	// independent-state-managed, independent-state-funded, independent-public,
	// private, party, non-profit.
	Control []ClaimConfig `toml:"control"`
	// StateAdvertising is public funds for state advertising in a year. EMFA Art. 6(1)(d).
	StateAdvertising []ClaimConfig `toml:"state_advertising"`
	// ForeignAdvertising is revenue in a year from advertising by public authorities of
	// other countries (EMFA: third countries). EMFA Art. 6(1)(d).
	ForeignAdvertising []ClaimConfig `toml:"foreign_advertising"`
	// Management: who directs and who edits it.
	Management []ClaimConfig `toml:"management"`
	// Contact of the editors. EMFA Art. 6(1)(a).
	Contact []ClaimConfig `toml:"contact"`
	// Address of the publisher. EMFA Art. 6(1)(a).
	Address []ClaimConfig `toml:"address"`
	// Mission: what it wants to tell, to whom.
	Mission []ClaimConfig `toml:"mission"`
	// Principles by which it works: their address, or in words.
	Principles []ClaimConfig `toml:"principles"`
	// CorrectionsPolicy: how it corrects errors; its address, or in words.
	CorrectionsPolicy []ClaimConfig `toml:"corrections_policy"`
	// EthicsPolicy: its code of ethics; its address, or in words.
	EthicsPolicy []ClaimConfig `toml:"ethics_policy"`
	// Policies: all others, e.g. for complaints.
	Policies []ClaimConfig `toml:"policies"`
	// Affiliations: what it is a member of, what it controls, who sells its advertising.
	Affiliations []ClaimConfig `toml:"affiliations"`
	// Ratings that others give it; "parallax import ratings" takes in many at once.
	Ratings []ClaimConfig `toml:"ratings"`
}

// ClaimConfig is one claim: what is said, and who says so.
type ClaimConfig struct {
	// Value is what is claimed.
	Value string `toml:"value"`
	// By whose authority: "self" (the outlet), "registry", "third party" or "operator" (you).
	By string `toml:"by"`
	// Who says so, by name.
	Who string `toml:"who"`
	// URL where it can be checked.
	URL string `toml:"url"`
	// Date on which it was said or looked up, e.g. 2026-10-30.
	Date Date `toml:"date"`
}

// countryName returns the name of a country for readers.
func (c *Config) countryName(code string) string {
	if name := c.Hub.Countries[strings.ToUpper(code)]; name != "" {
		return name
	}
	return lang.CountryName(code)
}

// Defaults of what hub.toml leaves out.
func defaults() *Config {
	return &Config{
		Hub: SiteConfig{Name: "Parallax", WebSub: true, Listen: "127.0.0.1:8480", Data: "data"},
		Fetch: FetchConfig{
			Interval:     Duration(30 * time.Minute),
			MinInterval:  Duration(5 * time.Minute),
			MaxInterval:  Duration(24 * time.Hour),
			Timeout:      Duration(30 * time.Second),
			PerHostDelay: Duration(2 * time.Second),
			Workers:      16,
			MaxBody:      20 << 20,
			Pages:        true,
			Pictures:     true,
			WebSub:       true,
		},
		Assistant:  AssistantConfig{Sentences: true, PerHour: 60, Timeout: Duration(2 * time.Minute)},
		Embeddings: EmbeddingsConfig{Timeout: Duration(5 * time.Second), Batch: 32},
		API:        APIConfig{Enabled: true, PerMinute: 120},
		Mail:       MailConfig{Hour: 5},
	}
}

// NewConfig returns a configuration with the defaults and no outlets.
func NewConfig() *Config {
	c := defaults()
	c.file = "hub.toml"
	return c
}

// AddSources adds outlets, checked as if they stood in the file.
func (c *Config) AddSources(sources []*news.Source) error {
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		return err
	}
	text := b.String()
	for _, s := range sources {
		text = AppendSource(text, s)
	}
	next, err := Parse(c.file, text)
	if err != nil {
		return err
	}
	*c = *next
	return nil
}

// DSN returns what store.Open takes: the PostgreSQL URL, or the SQLite file.
func (c *Config) DSN() string {
	if c.Hub.Database != "" {
		return c.Hub.Database
	}
	return filepath.Join(c.DataDir(), "hub.db")
}

// DataDir returns the data folder, resolved against the place of hub.toml.
func (c *Config) DataDir() string {
	if filepath.IsAbs(c.Hub.Data) {
		return c.Hub.Data
	}
	return filepath.Join(filepath.Dir(c.file), c.Hub.Data)
}

// URL returns the address that readers use, without a slash at its end.
func (c *Config) URL() string {
	if c.Hub.URL != "" {
		return strings.TrimSuffix(c.Hub.URL, "/")
	}
	host, port, err := net.SplitHostPort(c.Hub.Listen)
	if err != nil {
		return "http://" + c.Hub.Listen // unreachable: check has parsed it
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Load reads and checks a hub.toml. Every error names the file and, where there is
// one, the line.
func Load(file string) (*Config, error) {
	version := stamp(file)         // before it is read: a change meanwhile is noticed later
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if errors.Is(err, os.ErrNotExist) {
		return nil, &ConfigError{File: file, What: "there is no such file", Hint: "parallax init writes one; --config names another"}
	}
	if err != nil {
		return nil, &ConfigError{File: file, What: err.Error()}
	}
	c, err := Parse(file, string(text))
	if err != nil {
		return nil, err
	}
	c.stamp = version
	return c, nil
}

// news returns the outlet as the pipeline knows it.
func (s *SourceConfig) news() *news.Source {
	return &news.Source{
		ID: s.ID, Name: s.Name, Home: s.Home, Country: strings.ToUpper(s.Country),
		Languages: s.Languages, Sides: s.Sides, Routes: s.Routes, FeedURLs: s.Feeds,
		Carriage:   s.Carriage.news(),
		Disclosure: s.Disclosure.news(),
	}
}

func (d *DisclosureConfig) news() news.Disclosure {
	return news.Disclosure{
		LegalName: claims(d.LegalName), Kind: claims(d.Kind), Founded: claims(d.Founded),
		Owners: claims(d.Owners), IndirectOwners: claims(d.IndirectOwners), BeneficialOwners: claims(d.BeneficialOwners),
		Funding: claims(d.Funding), Control: claims(d.Control),
		StateAdvertising: claims(d.StateAdvertising), ForeignAdvertising: claims(d.ForeignAdvertising),
		Management: claims(d.Management), Contact: claims(d.Contact), Address: claims(d.Address), Mission: claims(d.Mission),
		Principles: claims(d.Principles), CorrectionsPolicy: claims(d.CorrectionsPolicy),
		EthicsPolicy: claims(d.EthicsPolicy), Policies: claims(d.Policies),
		Affiliations: claims(d.Affiliations), Ratings: claims(d.Ratings),
	}
}

func (c *CarriageConfig) news() news.Carriage {
	return news.Carriage{
		Why: c.Why, Mode: news.Mode(c.Mode), Basis: c.Basis, Boilerplate: c.Boilerplate,
		From: c.From.Time(), Until: c.Until.Time(), Keep: time.Duration(c.Keep),
	}
}

func claims(cs []ClaimConfig) []news.Claim {
	var out []news.Claim
	for _, c := range cs {
		out = append(out, news.Claim{Value: c.Value, By: news.Authority(c.By), Who: c.Who, URL: c.URL, Date: c.Date.String()})
	}
	return out
}

// NewsSources returns the declared outlets in the order of the file.
func (c *Config) NewsSources() []*news.Source {
	out := make([]*news.Source, 0, len(c.Sources))
	for i := range c.Sources {
		s := c.Sources[i].news()
		s.CountryName = c.Hub.Countries[s.Country]
		if len(s.Routes) == 0 {
			s.Routes = c.Fetch.Routes
		}
		out = append(out, s)
	}
	return out
}

// NewsLenses returns the declared lenses in the order of the file.
func (c *Config) NewsLenses() []news.Lens {
	var out []news.Lens
	for _, l := range c.Lenses {
		lens := news.Lens{ID: l.ID, Title: l.Title, When: l.When}
		for _, s := range l.Sides {
			lens.Sides = append(lens.Sides, news.Side(s))
		}
		out = append(out, lens)
	}
	return out
}

// NewsSubjects returns the declared topics in the order of the file.
func (c *Config) NewsSubjects() []news.Subject {
	out := make([]news.Subject, len(c.Topics))
	for i, t := range c.Topics {
		out[i] = news.Subject(t)
	}
	return out
}

var (
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	countryForm = regexp.MustCompile(`^[A-Za-z]{2}$`)
	langForm    = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	authorities = []news.Authority{news.Self, news.Registry, news.ThirdParty, news.Operator}
)

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
