package registry

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"parallax/internal/news"
)

// The origin of the claims of the matrix. Its last change was in February 2024: the
// grades hold no later than the end of that month.
const (
	matrixWho  = "State Media Matrix (ASD at GMF, after the State Media Monitor of MJRC)"
	matrixURL  = "https://github.com/ASD-at-GMF/state-media-profiles/blob/HEAD/State_Media_Matrix.csv"
	matrixDate = "2024-02-29"
)

// grades maps the codes of the State Media Monitor's typology.
var grades = map[string]string{
	"SC":   news.StateControlled,
	"CaPu": news.CapturedPublic,
	"CaPr": news.CapturedPrivate,
	"ISFM": news.IndependentStateFundedAndManaged,
	"ISM":  news.IndependentStateManaged,
	"ISF":  news.IndependentStateFunded,
	"IP":   news.IndependentPublic,
}

var (
	matrixColumns  = []string{"country", "company", "asset", "url", "typology"}
	countryColumns = []string{"name", "code"}
)

// readMatrix reads matrix.csv, with the codes of countries from countries.csv. Every
// name in the one must be used in the other.
func readMatrix(matrix, countries string) ([]Entry, error) {
	codes, err := readCountries(countries)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	seen := map[[4]string]int{}
	var entries []Entry
	err = readCSV("matrix.csv", matrix, matrixColumns, func(line int, row []string) error {
		country, company, asset, link, typology := row[0], row[1], row[2], row[3], row[4]
		code, ok := codes[country]
		if !ok {
			return fmt.Errorf("country %q is not in countries.csv", country)
		}
		used[country] = true
		if company == "" || asset == "" {
			return errors.New("company or asset is empty")
		}
		if err := checkURL(link); err != nil {
			return err
		}
		key := [4]string{country, company, asset, link}
		if first := seen[key]; first != 0 {
			return fmt.Errorf("the same asset as on line %d", first)
		}
		seen[key] = line

		typology, doubtful := strings.CutSuffix(typology, "?")
		grade, ok := grades[typology]
		if !ok {
			return fmt.Errorf("typology %q is not one of SC, CaPu, CaPr, ISFM, ISM, ISF, IP", typology)
		}
		e := Entry{Country: code, Company: company, Asset: asset, URL: link}
		e.Disclosure.Owners = []news.Claim{matrixClaim(company)}
		if !doubtful {
			e.Disclosure.Control = []news.Claim{matrixClaim(grade)}
		}
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for name := range codes {
		if !used[name] {
			return nil, fmt.Errorf("countries.csv: %q is in no row of matrix.csv", name)
		}
	}
	return entries, nil
}

func matrixClaim(value string) news.Claim {
	return news.Claim{Value: value, By: news.Registry, Who: matrixWho, URL: matrixURL, Date: matrixDate}
}

func readCountries(file string) (map[string]string, error) {
	codes := map[string]string{}
	err := readCSV("countries.csv", file, countryColumns, func(_ int, row []string) error {
		name, code := row[0], row[1]
		if !isCountry(code) {
			return fmt.Errorf("code %q of %q is not two capital letters", code, name)
		}
		if codes[name] != "" || name == "" {
			return fmt.Errorf("name %q is empty or stands here twice", name)
		}
		codes[name] = code
		return nil
	})
	return codes, err
}

func isCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// checkURL says why a link is not the address of a web page.
func checkURL(link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") || u.User != nil {
		return fmt.Errorf("%q is not the address of a web page", link)
	}
	return nil
}

// readCSV reads a file whose first row must be columns and calls row for each other
// one, with its line. Fields must not begin or end with white space. Lines that begin
// with # are comments.
func readCSV(name, file string, columns []string, row func(line int, fields []string) error) error {
	r := csv.NewReader(strings.NewReader(file))
	r.Comment = '#'
	r.FieldsPerRecord = len(columns)
	r.ReuseRecord = true
	for n := 0; ; n++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return fmt.Errorf("%s: is empty", name)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		for i, f := range fields {
			if n == 0 && f != columns[i] {
				return fmt.Errorf("%s, line %d: column %d is %q, not %q", name, line, i+1, f, columns[i])
			}
			if f != strings.TrimSpace(f) {
				return fmt.Errorf("%s, line %d: white space around %q", name, line, f)
			}
		}
		if n == 0 {
			continue
		}
		if err := row(line, fields); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, line, err)
		}
	}
}
