package registry

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// A Restriction is an act by which the broadcasting or distribution of an outlet was restricted
// somewhere. It is for the operator, who may have to obey it, and not for readers: that a state
// forbids an outlet says nothing of what that writes.
//
// They stand in data/legal.csv, whose head says what comes there and what does not:
//
//	domain,outlet,jurisdiction,measure,act,date,until,url
//	one.example,Norrland One,SE,access,Decision of the Sudermark Media Council,2026-05-02,,https://council.example/2026/17
//
// Measure is one of seven words: access (to its site was blocked), activity (it may not
// operate), assets (were frozen), broadcasting (was suspended), distribution (was prohibited),
// domain (was seized), licence (to broadcast was withdrawn).
type Restriction struct {
	Domain       string // of the outlet's site; for the hosts below it, too
	Outlet       string // as the act names it, or as readers know it
	Jurisdiction string // ISO 3166-1 alpha-2, or EU
	Measure      string
	Act          string // in English, without its date
	Date         string // of the act, as YYYY-MM-DD; it may apply from a later day
	Until        string // when it ended; empty where no end is known
	URL          string // where it can be read, or where it is told of
}

// measures says each measure in words; %s is the outlet.
var measures = map[string]string{
	"access":       "access to %s was blocked",
	"activity":     "%s was forbidden to operate",
	"assets":       "assets of %s were frozen",
	"broadcasting": "broadcasting of %s was suspended",
	"distribution": "distribution of %s was prohibited",
	"domain":       "an address of %s was seized",
	"licence":      "the licence of %s to broadcast was withdrawn",
}

// String says it in one sentence, the same for all but for names, act and dates.
func (r Restriction) String() string {
	s := r.Where() + ": " + fmt.Sprintf(measures[r.Measure], r.Outlet) + " (" + r.Act + ", " + day(r.Date)
	if r.Until != "" {
		s += "; until " + day(r.Until)
	}
	return s + ", " + r.URL + ")"
}

// Where returns the name of the jurisdiction.
func (r Restriction) Where() string {
	if r.Jurisdiction == "EU" { // which is no country
		return "European Union"
	}
	return lang.CountryName(r.Jurisdiction)
}

func day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date // unreachable: readLegal has parsed it
	}
	return t.Format("2 January 2006")
}

var legalColumns = []string{"domain", "outlet", "jurisdiction", "measure", "act", "date", "until", "url"}

//go:embed data/legal.csv
var legalFile string

// legal is read when it is first asked for: the restrictions by domain.
var legal = sync.OnceValue(func() map[string][]Restriction {
	list, err := readLegal(legalFile)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // unreachable: a test reads the same embedded bytes
	}
	by := map[string][]Restriction{}
	for _, r := range list {
		by[r.Domain] = append(by[r.Domain], r)
	}
	return by
})

// Restrictions returns the known ones of the outlet with this home page, those of its nearest
// domain first and of each domain the oldest first; nil where none is known.
func Restrictions(home string) []Restriction {
	var list []Restriction
	for _, domain := range news.Domains(home) {
		list = append(list, legal()[domain]...)
	}
	return list
}

// readLegal reads legal.csv.
func readLegal(file string) ([]Restriction, error) {
	var list []Restriction
	err := readCSV("legal.csv", file, legalColumns, func(_ int, f []string) error {
		r := Restriction{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]}
		if err := checkDomain(r.Domain); err != nil {
			return err
		}
		from, err := time.Parse(time.DateOnly, r.Date)
		if err != nil {
			return fmt.Errorf("date %q is not a day", r.Date)
		}
		until, err := time.Parse(time.DateOnly, r.Until)
		switch {
		case r.Until != "" && (err != nil || until.Before(from)):
			return fmt.Errorf("until %q is not a day after the act", r.Until)
		case r.Outlet == "" || r.Act == "":
			return errors.New("outlet or act is empty")
		case !isCountry(r.Jurisdiction):
			return fmt.Errorf("jurisdiction %q is not two capital letters", r.Jurisdiction)
		case measures[r.Measure] == "":
			return fmt.Errorf("measure %q is not one of access, activity, assets, broadcasting, distribution, domain, licence", r.Measure)
		}
		if err := checkURL(r.URL); err != nil {
			return err
		}
		if len(list) > 0 {
			last := list[len(list)-1]
			if slices.Compare([]string{last.Domain, last.Date, last.Jurisdiction, last.Measure}, []string{r.Domain, r.Date, r.Jurisdiction, r.Measure}) >= 0 {
				return fmt.Errorf("%s does not come after %s by domain, date, jurisdiction and measure", strings.Join(f[:6], ","), last.Domain)
			}
		}
		list = append(list, r)
		return nil
	})
	return list, err
}
