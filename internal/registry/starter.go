package registry

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"parallax/internal/news"
)

// StarterWhy is the carriage note of every source of the starter set, the same for all.
const StarterWhy = "Carried so that readers can hear it beside others."

//go:embed data/starter.csv
var starterFile string

var starterColumns = []string{"id", "name", "home", "country", "languages", "feeds", "registry", "domain", "owners", "kind"}

// starter is read when it is first asked for.
var starter = sync.OnceValue(func() []starterRow {
	rows, err := readStarter(starterFile, matrix().entries)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // unreachable: a test reads the same embedded bytes
	}
	return rows
})

// Starter returns the sources with which a new hub may begin, for the operator to
// change: outlets of many countries, languages and kinds of control, in the order of
// their ids. Parties of present conflicts are there in equal numbers; all are carried
// on the same terms. What nobody in the data says about an outlet is left empty.
//
// They stand in data/starter.csv, whose head says how they were chosen:
//
//	id,name,home,country,languages,feeds,registry,domain,owners,kind
//	one,One,https://one.example/,NO,nn nb,https://one.example/rss,https://one.nbc.example/,,,
//	two,Two,https://two.example/,SE,sv,https://two.example/a https://two.example/b,,two.example,Two Ltd; Ada Berg,private
//
// Languages, feeds and registry are lists parted by spaces, owners by semicolons.
// Registry names rows of matrix.csv by their url; their claims become the source's. For
// other outlets, domain is under which owners and kind (private or non-profit) are found
// in Kagi's media data, a third party.
//
// The values are the caller's to change: each call makes new ones.
func Starter() []*news.Source {
	var sources []*news.Source
	for _, r := range starter() {
		s := r.source
		s.Languages = slices.Clone(s.Languages)
		s.FeedURLs = slices.Clone(s.FeedURLs)
		s.Disclosure.Owners = slices.Clone(s.Disclosure.Owners)
		s.Disclosure.Control = slices.Clone(s.Disclosure.Control)
		sources = append(sources, &s)
	}
	return sources
}

// A starterRow is a row of starter.csv.
type starterRow struct {
	source news.Source
	domain string // where Kagi's media data know it, or ""
	kind   string
}

// readStarter reads starter.csv; the claims of its column registry come from entries.
func readStarter(file string, entries []Entry) ([]starterRow, error) {
	var rows []starterRow
	feeds := map[string]string{}
	err := readCSV("starter.csv", file, starterColumns, func(_ int, f []string) error {
		s := news.Source{
			ID: f[0], Name: f[1], Home: f[2], Country: f[3],
			Languages: strings.Fields(f[4]), FeedURLs: strings.Fields(f[5]),
			Carriage: news.Carriage{Why: StarterWhy, Mode: news.Excerpt},
		}
		row := starterRow{domain: f[7], kind: f[9]}
		switch {
		case strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s.ID == "":
			return fmt.Errorf("id %q is not made of a-z, 0-9 and hyphens", s.ID)
		case len(rows) > 0 && rows[len(rows)-1].source.ID >= s.ID:
			return fmt.Errorf("id %q does not come after %q in the alphabet", s.ID, rows[len(rows)-1].source.ID)
		case s.Name == "" || len(s.Languages) == 0 || len(s.FeedURLs) == 0:
			return errors.New("name, languages or feeds are empty")
		case !isCountry(s.Country):
			return fmt.Errorf("country %q is not two capital letters", s.Country)
		}
		for _, link := range append([]string{s.Home}, s.FeedURLs...) {
			if err := checkURL(link); err != nil {
				return err
			}
		}
		for _, link := range s.FeedURLs {
			if first := feeds[link]; first != "" {
				return fmt.Errorf("feed %s is also that of %s", link, first)
			}
			feeds[link] = s.ID
		}
		var err error
		if s.Disclosure, err = starterDisclosure(strings.Fields(f[6]), f[8], row, entries); err != nil {
			return err
		}
		row.source = s
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// starterDisclosure makes the claims of a row: those of the registry, or those of
// Kagi's media data, never both, for the registry is dated and says how it grades.
func starterDisclosure(links []string, owners string, row starterRow, entries []Entry) (news.Disclosure, error) {
	if len(links) > 0 {
		if row.domain != "" || owners != "" || row.kind != "" {
			return news.Disclosure{}, errors.New("domain, owners and kind are for outlets that the registry does not list")
		}
		var listed []Entry
		for _, link := range links {
			at := len(listed)
			for _, e := range entries {
				if e.URL == link {
					listed = append(listed, e)
				}
			}
			if len(listed) == at {
				return news.Disclosure{}, fmt.Errorf("registry: matrix.csv has no %s", link)
			}
		}
		return Disclose(listed), nil
	}
	if row.domain == "" && (owners != "" || row.kind != "") {
		return news.Disclosure{}, errors.New("owners and kind need a domain")
	}
	claim := func(value string) news.Claim {
		return news.Claim{Value: value, By: news.ThirdParty, Who: ownersWho, URL: ownersURL, Date: ownersDate}
	}
	var d news.Disclosure
	for o := range strings.SplitSeq(owners, ";") {
		if o = strings.TrimSpace(o); o != "" {
			d.Owners = append(d.Owners, claim(o))
		}
	}
	switch row.kind {
	case "":
	case news.Private, news.NonProfit:
		d.Control = []news.Claim{claim(row.kind)}
	default:
		return d, fmt.Errorf("kind %q is not private or non-profit", row.kind)
	}
	return d, nil
}
