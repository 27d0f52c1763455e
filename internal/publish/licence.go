package publish

import (
	"net/url"
	"strings"

	"parallax/internal/news"
)

// LicenceOf returns the URL of the licence under which a is carried, "" where it is carried on another
// ground, such as a permission to this hub alone, or where the outlet names another licence for this
// very article: then it is for the reader to see what that one says.
func LicenceOf(a *news.Article, s *news.Source) string {
	basis := strings.TrimSpace(s.Carriage.Basis)
	u, err := url.Parse(basis)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(basis, " \t\r\n") {
		return ""
	}
	for _, t := range a.Terms {
		if t.Kind == news.Licence && !sameLicence(t.Value, basis) {
			return ""
		}
	}
	return basis
}

// sameLicence compares addresses without what differs between two ways to write one.
func sameLicence(a, b string) bool {
	plain := func(s string) string {
		s = strings.ToLower(strings.TrimSpace(s))
		s = strings.TrimPrefix(strings.TrimPrefix(s, "http://"), "https://")
		return strings.TrimRight(strings.TrimPrefix(s, "www."), "/")
	}
	return plain(a) == plain(b)
}
