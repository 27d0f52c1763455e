package news

import (
	"net/url"
	"strings"
)

// A Rating is what somebody else says of the outlet at a domain: a grade, a score, a sentence.
// The operator imports it and answers for the right to show it. Nothing computes with it.
type Rating struct {
	Domain string `json:"domain"` // of the host, without "www."; holds for the hosts below it, too
	Value  string `json:"value"`
	URL    string `json:"url,omitempty"`  // where it can be checked
	Date   string `json:"date,omitempty"` // when it was given, as YYYY-MM-DD
}

// Ratings are all of one rater. Who has none of somebody has none of his ratings.
type Ratings struct {
	By    string // the rater's name
	Label string // what the values are, e.g. "Reliability"; may be empty
	List  []Rating
}

// Claim returns the rating as a claim of the rater.
func (r Rating) Claim(by, label string) Claim {
	value := r.Value
	if label != "" {
		value = label + ": " + value
	}
	return Claim{Value: value, By: ThirdParty, Who: by, URL: r.URL, Date: r.Date}
}

// Domains returns the names under which something may be known of the outlet with this home
// page, the nearest first: its host without "www.", and those above it that have a dot.
func Domains(home string) []string {
	u, err := url.Parse(home)
	if err != nil {
		return nil
	}
	host := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), "www.")
	var list []string
	for strings.Contains(host, ".") {
		list = append(list, host)
		_, host, _ = strings.Cut(host, ".")
	}
	return list
}
