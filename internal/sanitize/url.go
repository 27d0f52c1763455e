package sanitize

import (
	_ "embed" // the table of tracking parameters
	"net/url"
	"slices"
	"strings"
)

// tracking is the table of query parameters that say where a reader came from and
// nothing about what is linked: a name on each line, * for any ending.
//
//go:embed data/tracking.txt
var trackingTable string

var tracking, trackingPrefixes = func() (map[string]bool, []string) {
	names := map[string]bool{}
	var prefixes []string
	for line := range strings.Lines(trackingTable) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.ToLower(strings.TrimSpace(line))
		if p, ok := strings.CutSuffix(line, "*"); ok {
			prefixes = append(prefixes, p)
		} else if line != "" {
			names[line] = true
		}
	}
	return names, prefixes
}()

// Untracked returns the URL without the parameters that only follow readers about. The
// others stay as they are, in their order.
func Untracked(u *url.URL) *url.URL {
	if u.RawQuery == "" {
		return u
	}
	v := *u
	v.RawQuery = untrackedQuery(u.RawQuery)
	v.ForceQuery = false
	return &v
}

func untrackedQuery(query string) string {
	var kept []string
	for p := range strings.SplitSeq(query, "&") {
		if p != "" && !isTracking(p) {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "&")
}

// undecorated does for a reference of any kind what Untracked does for a URL; one without
// such parameters stays as it is, to the byte.
func undecorated(ref string) string {
	before, fragment, _ := strings.Cut(ref, "#")
	path, query, _ := strings.Cut(before, "?")
	if !slices.ContainsFunc(strings.Split(query, "&"), isTracking) {
		return ref
	}
	if query = untrackedQuery(query); query != "" {
		path += "?" + query
	}
	if fragment != "" {
		path += "#" + fragment
	}
	return path
}

// isTracking says whether a parameter, as name=value, only follows readers about.
func isTracking(parameter string) bool {
	name, _, _ := strings.Cut(parameter, "=")
	if n, err := url.QueryUnescape(name); err == nil {
		name = n
	}
	name = strings.ToLower(name)
	return tracking[name] || slices.ContainsFunc(trackingPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func parseBase(base string) *url.URL {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// withinURL takes out what browsers take out of a URL (WHATWG URL §4.4).
var withinURL = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// maxURL is how long a URL may be; servers refuse longer ones.
const maxURL = 4096

// absolute returns raw as an absolute http, https or mailto URL, or "".
func (c *cleaner) absolute(raw string) string {
	// As browsers do (WHATWG URL, basic URL parser): white space inside means nothing.
	raw = withinURL.Replace(strings.TrimSpace(raw))
	if raw == "" || len(raw) > maxURL {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		if c.base == nil {
			return ""
		}
		u = c.base.ResolveReference(u)
	}
	switch { // the scheme is in lower case, by url.Parse
	case !pageSchemes[u.Scheme]:
		return ""
	case u.Scheme != "mailto":
		if u.Host == "" || u.Opaque != "" {
			return ""
		}
		u = Untracked(u)
		u.User = nil // shows one host before the @ and goes to another
		u.Host = strings.ToLower(u.Host)
	case !strings.Contains(u.Opaque, "@"):
		return ""
	}
	return u.String()
}

// web returns raw as an absolute http or https URL, or "".
func (c *cleaner) web(raw string) string {
	if url := c.absolute(raw); !strings.HasPrefix(url, "mailto:") {
		return url
	}
	return ""
}

func hostOf(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return href
	}
	return u.Host
}
