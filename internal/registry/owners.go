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

// The origin of what owners.csv says. The list has no date of its own; it is the day on which
// it was looked up.
const (
	ownersWho  = "Kagi Kite media data"
	ownersURL  = "https://github.com/kagisearch/kite-public/blob/HEAD/media_data.json"
	ownersDate = "2026-11-23"
)

var ownersColumns = []string{"domain", "organisation", "country", "kind", "control", "owners", "indirect_owners"}

//go:embed data/owners.csv
var ownersFile string

// owners is read when it is first asked for.
var owners = sync.OnceValue(func() *index {
	entries, err := readOwners(ownersFile)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // unreachable: a test reads the same embedded bytes
	}
	return newIndex(entries)
})

// readOwners reads owners.csv.
func readOwners(file string) ([]Entry, error) {
	var entries []Entry
	last := ""
	err := readCSV("owners.csv", file, ownersColumns, func(_ int, f []string) error {
		domain, organisation, country, kind, control := f[0], f[1], f[2], f[3], f[4]
		if err := checkDomain(domain); err != nil {
			return err
		}
		switch {
		case domain <= last:
			return fmt.Errorf("domain %s does not come after %s in the alphabet", domain, last)
		case organisation == "":
			return errors.New("organisation is empty")
		case country != "" && !isCountry(country):
			return fmt.Errorf("country %q is not two capital letters", country)
		case control != "" && control != news.Private && control != news.NonProfit:
			return fmt.Errorf("control %q is not private or non-profit", control)
		}
		last = domain
		e := Entry{Country: country, Company: organisation, Asset: organisation, URL: "https://" + domain + "/"}
		e.Disclosure = news.Disclosure{Kind: ownersClaims(kind), Control: ownersClaims(control)}
		for _, field := range []struct {
			names string
			to    *[]news.Claim
		}{{f[5], &e.Disclosure.Owners}, {f[6], &e.Disclosure.IndirectOwners}} {
			names := strings.Split(field.names, "; ")
			if field.names != "" && slices.ContainsFunc(names, func(n string) bool { return n == "" || n != strings.TrimSpace(n) }) {
				return fmt.Errorf("%q are not names parted by \"; \"", field.names)
			}
			*field.to = ownersClaims(names...)
		}
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

func ownersClaims(values ...string) []news.Claim {
	var list []news.Claim
	for _, v := range values {
		if v != "" {
			list = append(list, news.Claim{Value: v, By: news.ThirdParty, Who: ownersWho, URL: ownersURL, Date: ownersDate})
		}
	}
	return list
}

// checkDomain says why s is not the bare name of a host that somebody registered, or one below it.
func checkDomain(s string) error {
	if s != bareHost(s) || registrable(s) == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return fmt.Errorf("%q is not a domain in small ASCII letters, without \"www.\" and address", s)
	}
	return nil
}
