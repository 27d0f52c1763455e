package news

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Source is an outlet.
type Source struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Home    string `json:"home"`              // URL of the home page
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	// CountryName is what the operator calls it; empty means as Unicode's tables do.
	CountryName string     `json:"country_name,omitempty"`
	Languages   []string   `json:"languages,omitempty"` // BCP 47, the main one first
	Disclosure  Disclosure `json:"disclosure,omitzero"`
	Carriage    Carriage   `json:"carriage,omitzero"`
	// Sides says, for lenses that the operator declared, on which side the outlet
	// stands: lens id -> side id.
	Sides map[string]string `json:"sides,omitempty"`
	// Routes are the ways to reach its URLs, tried in order; empty means direct.
	Routes []string `json:"routes,omitempty"`
	// FeedURLs are the feeds that the configuration names.
	FeedURLs []string `json:"feeds,omitempty"`
	// Retired is when the operator took it out of the configuration: it is not
	// fetched any more; what was carried stays. Zero: it is in the configuration.
	Retired time.Time `json:"retired,omitzero"`
	// TakenDown is when it was taken down (Takedown); zero: it is not. Ask At, not the Carriage alone.
	TakenDown time.Time `json:"-"`
	// LastRead is when the hub could last read one of its feeds, retired ones left out;
	// zero: never. ReadSince is when the time of reading began that LastRead ends, in
	// which no gap was longer than a day. What was told outside of it the hub may have
	// missed: an outlet is not called silent about that.
	LastRead  time.Time `json:"-"`
	ReadSince time.Time `json:"-"`
	// FeedsRead is how many of its feeds could be read at the end of that time.
	FeedsRead int `json:"-"`
	// Versions are the moments from which the versions of Disclosure are in force, the first one
	// first; the last one is the present.
	Versions []time.Time `json:"-"`
}

// A Claim is one statement about a Source, with who says so.
type Claim struct {
	Value string `json:"value" toml:"value"`
	// By is on what kind of authority it rests.
	By Authority `json:"by" toml:"by"`
	// Who says so, by name; may be empty for By Self (the outlet) and Operator (the hub).
	Who string `json:"who,omitempty" toml:"who,omitempty"`
	// URL is where it can be checked.
	URL string `json:"url,omitempty" toml:"url,omitempty"`
	// Date is when it was said or looked up, as YYYY-MM-DD.
	Date string `json:"date,omitempty" toml:"date,omitempty"`
	// Read says in which document of the outlet's site the hub itself read it ("JSON-LD",
	// "trust.txt", "ads.txt"); empty where somebody wrote it down. Nobody has looked at it then:
	// it may say anything.
	Read string `json:"read,omitempty" toml:"-"`
}

// An Authority says on whose word a Claim rests.
type Authority string

// The four kinds of authority.
const (
	Self       Authority = "self"        // the outlet says so
	Registry   Authority = "registry"    // an official register, or a published data set
	ThirdParty Authority = "third party" // somebody else, e.g. a newspaper or a researcher
	Operator   Authority = "operator"    // whoever runs this hub
)

// A Disclosure says who stands behind a Source. Each field holds every Claim made
// about it; claims may contradict one another, and all are shown.
//
// Its fields are what two standards want an outlet to disclose: Art. 6(1)(a) to (d) of
// Regulation (EU) 2024/1083, the European Media Freedom Act (EMFA), and clauses 1 to 8,
// section A, "Identity and Transparency", of the Journalism Trust Initiative (JTI),
// CWA 17493:2019; and Ratings. Nothing is wanted of anybody here: a field without Claims says so.
type Disclosure struct {
	// LegalName of the publisher: EMFA Art. 6(1)(a); JTI clause 1.
	LegalName []Claim `json:"legal_name,omitempty" toml:"legal_name,omitempty"`
	// Address where the publisher can be found, and other contact details of his than the
	// editors': EMFA Art. 6(1)(a); JTI clauses 1 and 6.
	Address []Claim `json:"address,omitempty" toml:"address,omitempty"`
	// Contact of the editors: EMFA Art. 6(1)(a); JTI clause 7.
	Contact []Claim `json:"contact,omitempty" toml:"contact,omitempty"`
	// Founded: since when it is published, as a year or as YYYY-MM-DD: JTI clause 1.
	Founded []Claim `json:"founded,omitempty" toml:"founded,omitempty"`
	// Kind of outlet in the words of whoever says so, e.g. "news agency": JTI clauses 1 and 3.
	Kind []Claim `json:"kind,omitempty" toml:"kind,omitempty"`
	// Mission: what it wants to tell, to whom: JTI clause 2.
	Mission []Claim `json:"mission,omitempty" toml:"mission,omitempty"`
	// Management: who directs and who edits it: JTI clause 6.
	Management []Claim `json:"management,omitempty" toml:"management,omitempty"`
	// Owners whose shares let them influence what it does, a state or public authority
	// among them; a share follows the name in brackets, "Ada Berg (52 %)": EMFA
	// Art. 6(1)(b), direct owners; JTI clause 5.
	Owners []Claim `json:"owners,omitempty" toml:"owners,omitempty"`
	// IndirectOwners own the owners, written as those: EMFA Art. 6(1)(b), indirect owners.
	IndirectOwners []Claim `json:"indirect_owners,omitempty" toml:"indirect_owners,omitempty"`
	// BeneficialOwners are the natural persons behind them in the end (Art. 3(6) of
	// Directive (EU) 2015/849): EMFA Art. 6(1)(c).
	BeneficialOwners []Claim `json:"beneficial_owners,omitempty" toml:"beneficial_owners,omitempty"`
	// Control: who can decide what it says. Value is a control grade; JTI clauses 3 and 4.
	Control []Claim `json:"control,omitempty" toml:"control,omitempty"`
	// Funding: who pays, with subsidies and fees: JTI clause 8.
	Funding []Claim `json:"funding,omitempty" toml:"funding,omitempty"`
	// StateAdvertising is how much it gets in a year of public funds for state
	// advertising: EMFA Art. 6(1)(d), first half.
	StateAdvertising []Claim `json:"state_advertising,omitempty" toml:"state_advertising,omitempty"`
	// ForeignAdvertising is how much it gets in a year for advertising from public
	// authorities or entities of third countries: EMFA Art. 6(1)(d), second half.
	ForeignAdvertising []Claim `json:"foreign_advertising,omitempty" toml:"foreign_advertising,omitempty"`
	// Principles by which it works, CorrectionsPolicy and EthicsPolicy, each as the
	// address where they stand, or in words; Policies are all others, e.g. for complaints:
	// JTI clause 9, and schema.org's publishingPrinciples.
	Principles        []Claim `json:"principles,omitempty" toml:"principles,omitempty"`
	CorrectionsPolicy []Claim `json:"corrections_policy,omitempty" toml:"corrections_policy,omitempty"`
	EthicsPolicy      []Claim `json:"ethics_policy,omitempty" toml:"ethics_policy,omitempty"`
	Policies          []Claim `json:"policies,omitempty" toml:"policies,omitempty"`
	// Affiliations: what it is a member of, what it controls, who sells its advertising.
	Affiliations []Claim `json:"affiliations,omitempty" toml:"affiliations,omitempty"`
	// Ratings are what others think of it (see Rating).
	Ratings []Claim `json:"ratings,omitempty" toml:"ratings,omitempty"`
}

// A DisclosureField is one field of a Disclosure with its title for readers.
type DisclosureField struct {
	Key    string // as in hub.toml and JSON
	Title  string
	Claims []Claim
	// Law is the point of EMFA Art. 6(1) that wants it disclosed, "a" to "d"; empty where
	// none does.
	Law string
}

// fields is the one list of what a Disclosure holds, in the order in which it is shown.
func (d *Disclosure) fields() []struct {
	key, title, law string
	claims          *[]Claim
} {
	return []struct {
		key, title, law string
		claims          *[]Claim
	}{
		{"legal_name", "Legal name", "a", &d.LegalName},
		{"kind", "Kind of outlet", "", &d.Kind},
		{"founded", "Founded", "", &d.Founded},
		{"owners", "Owners", "b", &d.Owners},
		{"indirect_owners", "Owners of the owners", "b", &d.IndirectOwners},
		{"beneficial_owners", "Beneficial owners", "c", &d.BeneficialOwners},
		{"funding", "Funding", "", &d.Funding},
		{"control", "Control", "", &d.Control},
		{"state_advertising", "State advertising revenue", "d", &d.StateAdvertising},
		{"foreign_advertising", "Advertising revenue from authorities of other countries", "d", &d.ForeignAdvertising},
		{"management", "Management", "", &d.Management},
		{"contact", "Editorial contact", "a", &d.Contact},
		{"address", "Address", "a", &d.Address},
		{"mission", "Mission", "", &d.Mission},
		{"principles", "Publishing principles", "", &d.Principles},
		{"corrections_policy", "Corrections", "", &d.CorrectionsPolicy},
		{"ethics_policy", "Ethics", "", &d.EthicsPolicy},
		{"policies", "Other policies", "", &d.Policies},
		{"affiliations", "Affiliations", "", &d.Affiliations},
		{"ratings", "Ratings by others", "", &d.Ratings},
	}
}

// Fields returns the fields in the order in which they are shown, empty ones included:
// that nobody says who owns an outlet is worth telling.
func (d Disclosure) Fields() []DisclosureField {
	var list []DisclosureField
	for _, f := range d.fields() {
		list = append(list, DisclosureField{Key: f.key, Title: f.title, Claims: *f.claims, Law: f.law})
	}
	return list
}

// Field returns the claims of the field with a key, to read or to add to; nil where
// there is no such field.
func (d *Disclosure) Field(key string) *[]Claim {
	for _, f := range d.fields() {
		if f.key == key {
			return f.claims
		}
	}
	return nil
}

// Add takes in what other says, field by field, each claim once. It shares no memory
// with other, and what other values share with d stays as it is.
func (d *Disclosure) Add(other Disclosure) {
	from := other.fields()
	for i, f := range d.fields() {
		list := slices.Clone(*f.claims)
		for _, c := range *from[i].claims {
			if !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
		*f.claims = list
	}
}

// Control grades: who can decide what an outlet says. The first seven are the grades
// of the State Media Monitor's typology (statemediamonitor.com), in its order; the
// others are outside it.
const (
	StateControlled                  = "state-controlled"                     // SC: funded, owned and edited by the state
	CapturedPublic                   = "captured-public"                      // CaPu
	CapturedPrivate                  = "captured-private"                     // CaPr
	IndependentStateFundedAndManaged = "independent-state-funded-and-managed" // ISFM
	IndependentStateManaged          = "independent-state-managed"            // ISM
	IndependentStateFunded           = "independent-state-funded"             // ISF
	IndependentPublic                = "independent-public"                   // IP
	Private                          = "private"
	Party                            = "party"
	NonProfit                        = "non-profit"
)

// ControlGrades lists every grade with its title and the Side of the lens "control"
// to which it belongs.
var ControlGrades = []struct{ ID, Title, Side string }{
	{StateControlled, "State-controlled", "government"},
	{CapturedPublic, "Captured public", "government"},
	{CapturedPrivate, "Captured private", "government"},
	{IndependentStateFundedAndManaged, "Independent, state-funded and state-managed", "public"},
	{IndependentStateManaged, "Independent, state-managed", "public"},
	{IndependentStateFunded, "Independent, state-funded", "public"},
	{IndependentPublic, "Independent public", "public"},
	{Private, "Private", "private"},
	{Party, "Party or movement", "party"},
	{NonProfit, "Non-profit", "non-profit"},
}

// Carriage is on what terms the hub carries a Source.
type Carriage struct {
	Why   string `json:"why,omitempty" toml:"why,omitempty"`     // the carriage note: why it is carried
	Mode  Mode   `json:"mode,omitempty" toml:"mode,omitempty"`   // default Excerpt
	Basis string `json:"basis,omitempty" toml:"basis,omitempty"` // licence URL, permission, public domain, or the ground stated
	// From and Until bound the time in which it is carried; zero means unbounded. From
	// Until on it is withdrawn: 410, gone from feeds and search, not imported again.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Keep is how long an Article is carried after it was first seen; 0 means as long
	// as the Source is.
	Keep time.Duration `json:"keep,omitempty"`
	// Boilerplate is the text that the outlet's licence requires beside each article.
	Boilerplate string `json:"boilerplate,omitempty" toml:"boilerplate,omitempty"`
}

// A Mode says how much of an article the hub shows.
type Mode string

// The modes, from least to most.
const (
	Link     Mode = "link"     // headline and link
	Excerpt  Mode = "excerpt"  // and the first sentences
	FullText Mode = "fulltext" // and the whole text; needs a Basis
)

// ExcerptRunes is the most that Mode Excerpt shows of a text, in runes: about three
// sentences, what a search engine shows of a page.
const ExcerptRunes = 320

// A CarriageState says whether a Source is carried at a moment.
type CarriageState string

// The states of carriage.
const (
	Pending   CarriageState = "pending" // before From
	Carried   CarriageState = "carried"
	Withdrawn CarriageState = "withdrawn" // from Until on
)

// At returns the state of carriage at now.
func (c Carriage) At(now time.Time) CarriageState {
	switch {
	case !c.From.IsZero() && now.Before(c.From):
		return Pending
	case !c.Until.IsZero() && !now.Before(c.Until):
		return Withdrawn
	}
	return Carried
}

// Carries reports whether an Article first seen at seen is carried at now.
func (c Carriage) Carries(seen, now time.Time) bool {
	return c.At(now) == Carried && (c.Keep == 0 || now.Before(seen.Add(c.Keep)))
}

// Check returns what is wrong with the terms, or nil.
func (c Carriage) Check() error {
	switch c.Mode {
	case "", Link, Excerpt:
	case FullText:
		if strings.TrimSpace(c.Basis) == "" {
			return fmt.Errorf(`mode = "fulltext" needs a basis: a licence URL, "permission: ...", "public domain", or the ground on which you publish the whole text`)
		}
	default:
		return fmt.Errorf("mode = %q is not one of link, excerpt, fulltext", c.Mode)
	}
	if !c.From.IsZero() && !c.Until.IsZero() && !c.From.Before(c.Until) {
		return fmt.Errorf("until %s is not after from %s", c.Until.Format(time.DateOnly), c.From.Format(time.DateOnly))
	}
	if c.Keep < 0 {
		return fmt.Errorf("keep %s is negative", c.Keep)
	}
	return nil
}

// EffectiveMode returns Mode, or the default where it is empty.
func (c Carriage) EffectiveMode() Mode {
	if c.Mode == "" {
		return Excerpt
	}
	return c.Mode
}
