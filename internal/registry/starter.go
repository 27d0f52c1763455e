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

var starterColumns = []string{"id", "name", "home", "country", "languages", "feeds", "registry"}

// starter is read when it is first asked for.
var starter = sync.OnceValue(func() []news.Source {
	sources, err := readStarter(starterFile, matrix().entries)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // unreachable: a test reads the same embedded bytes
	}
	return sources
})

// Starter returns the sources with which a new hub may begin, for the operator to
// change: outlets of many countries, languages and kinds of control, in the order of
// their ids. Parties of present conflicts are there in equal numbers; all are carried
// on the same terms. What nobody in the data says about an outlet is left empty.
//
// They stand in data/starter.csv, whose head says how they were chosen:
//
//	id,name,home,country,languages,feeds,registry
//	one,One,https://one.example/,NO,nn nb,https://one.example/rss,https://one.nbc.example/
//	two,Two,https://two.example/,SE,sv,https://two.example/a https://two.example/b,
//
// Languages, feeds and registry are lists parted by spaces. Registry names rows of
// matrix.csv by their url; their claims become the source's, and after them those of
// owners.csv for the domain of its home page.
//
// The values are the caller's to change: each call makes new ones.
func Starter() []*news.Source {
	var sources []*news.Source
	for _, s := range starter() {
		s.Languages = slices.Clone(s.Languages)
		s.FeedURLs = slices.Clone(s.FeedURLs)
		var d news.Disclosure
		d.Add(s.Disclosure) // shares nothing
		s.Disclosure = d
		sources = append(sources, &s)
	}
	return sources
}

// readStarter reads starter.csv; the claims of its column registry come from entries.
func readStarter(file string, entries []Entry) ([]news.Source, error) {
	var sources []news.Source
	feeds := map[string]string{}
	err := readCSV("starter.csv", file, starterColumns, func(_ int, f []string) error {
		s := news.Source{
			ID: f[0], Name: f[1], Home: f[2], Country: f[3],
			Languages: strings.Fields(f[4]), FeedURLs: strings.Fields(f[5]),
			Carriage: news.Carriage{Why: StarterWhy, Mode: news.Excerpt},
		}
		switch {
		case strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s.ID == "":
			return fmt.Errorf("id %q is not made of a-z, 0-9 and hyphens", s.ID)
		case len(sources) > 0 && sources[len(sources)-1].ID >= s.ID:
			return fmt.Errorf("id %q does not come after %q in the alphabet", s.ID, sources[len(sources)-1].ID)
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
		for link := range strings.FieldsSeq(f[6]) {
			listed := false
			for _, e := range entries {
				if e.URL == link {
					s.Disclosure.Add(e.Disclosure)
					listed = true
				}
			}
			if !listed {
				return fmt.Errorf("registry: matrix.csv has no %s", link)
			}
		}
		s.Disclosure.Add(Disclose(owners().lookup(hostOf(s.Home))))
		sources = append(sources, s)
		return nil
	})
	return sources, err
}
