package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"parallax/internal/news"
)

// An organisation is one of the list.
type organisation struct {
	Country      string   `json:"country"`
	Organization string   `json:"organization"`
	Domains      []string `json:"domains"`
	Description  string   `json:"description"`
	Owner        string   `json:"owner"`
	Typology     string   `json:"typology"`
}

// platforms are domains under which strangers publish: who owns them stands behind none of the
// outlets there.
var platforms = []string{"disqus.com", "feedburner.com", "google.com", "reddit.com", "sourceforge.net", "yahoo.com", "youtube.com"}

// list makes owners.csv of the list: a row for each domain, by domain. A domain that stands with
// several organisations is left out, save where they say the same of it.
func list(data []byte) ([]byte, error) {
	var all []organisation
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("there is no organisation in it")
	}
	names := repeated(all)
	rows := map[string][]string{}
	var doubtful []string
	for _, o := range all {
		code, err := country(o.Country)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Organization, err)
		}
		kind := strings.Join(strings.Fields(o.Typology), " ")
		own, indirect := owners(o.Owner, o.Organization, names)
		facts := []string{
			strings.Join(strings.Fields(o.Organization), " "), code, kind, control(o),
			strings.Join(own, "; "), strings.Join(indirect, "; "),
		}
		for _, d := range o.Domains {
			d = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d)), "www.")
			if !isDomain(d) || slices.ContainsFunc(platforms, func(p string) bool { return d == p || strings.HasSuffix(d, "."+p) }) {
				continue
			}
			row := append([]string{d}, facts...)
			if other := rows[d]; other != nil && !slices.Equal(other[2:], row[2:]) {
				doubtful = append(doubtful, d)
				continue
			} else if other != nil {
				continue
			}
			rows[d] = row
		}
	}
	for _, d := range doubtful {
		delete(rows, d)
	}
	var b bytes.Buffer
	b.WriteString("# Made by \"go run ./internal/registry/make\" from the list that NOTICE.md names; edit nothing here.\n")
	w := csv.NewWriter(&b)
	table := [][]string{{"domain", "organisation", "country", "kind", "control", "owners", "indirect_owners"}}
	for _, d := range slices.Sorted(func(yield func(string) bool) {
		for d := range rows {
			if !yield(d) {
				return
			}
		}
	}) {
		table = append(table, rows[d])
	}
	err := w.WriteAll(table)
	return b.Bytes(), err
}

// isDomain reports whether d is the name of a host in ASCII: the list has entries that are none.
func isDomain(d string) bool {
	return strings.Contains(d, ".") && strings.Trim(d, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// countries are names of the list that Unicode's tables write otherwise.
var countries = map[string]string{
	"The Netherlands": "NL", "Hong Kong": "HK", "Palestine": "PS", "Turkey": "TR", "Czech Republic": "CZ", "Saint Kitts and Nevis": "KN",
}

// country returns the ISO 3166-1 code of a name; "" where the list names none or several.
func country(name string) (string, error) {
	if name = strings.TrimSpace(name); name == "" || name == "Global" || name == "International" || strings.Contains(name, "/") {
		return "", nil
	}
	if code := countries[name]; code != "" {
		return code, nil
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err == nil && r.IsCountry() && r.Canonicalize() == r && display.English.Regions().Name(r) == name {
				return r.String(), nil
			}
		}
	}
	return "", fmt.Errorf("country %q is not known; add it to countries", name)
}

func isCountry(name string) bool {
	code, err := country(name)
	return err == nil && code != ""
}

// control returns the control grade that the list states, "" where it states none, or where what
// it says elsewhere of the organisation leaves a doubt. "State Funded Media" is no grade: the
// grades of public outlets say more than that, and differ.
func control(o organisation) string {
	nonProfit := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "non-profit") || strings.Contains(s, "nonprofit") || strings.Contains(s, "not-for-profit")
	}
	private := strings.HasPrefix(o.Typology, "Private")
	switch {
	case o.Typology == "Non-Profit", private && nonProfit(o.Owner):
		return news.NonProfit
	case !private || nonProfit(o.Description) || hasWord(o.Owner+" "+o.Description, otherwise):
		return ""
	}
	return news.Private
}

// otherwise are words of texts about outlets that may be no private companies.
//
//nolint:misspell // some are Dutch
var otherwise = strings.Fields(`association asbl authority church community conference confederation cooperative coöperatieve foundation
	fondazione stiftung stichting fund government ministry municipal party project public-service state state-owned state-run state-funded trade
	university union vereniging volunteer volunteers`)

// hasWord reports whether one of words stands in text, whatever its case.
func hasWord(text string, words []string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" ,;:.()/\"'’", r)
	}), func(w string) bool { return slices.Contains(words, w) })
}
