package sanitize

import (
	_ "embed" // the table of tracking parameters
	"net/url"
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
	var kept []string
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(p, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if p != "" && !isTracking(strings.ToLower(name)) {
			kept = append(kept, p)
		}
	}
	v := *u
	v.RawQuery = strings.Join(kept, "&")
	v.ForceQuery = false
	return &v
}

func isTracking(name string) bool {
	if tracking[name] {
		return true
	}
	for _, p := range trackingPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func parseBase(base string) *url.URL {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// absolute returns raw as an absolute http, https or mailto URL, or "".
func (c *cleaner) absolute(raw string) string {
	// As browsers do (WHATWG URL, basic URL parser): white space inside means nothing.
	raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(raw))
	if raw == "" || len(raw) > 4096 {
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
	switch u.Scheme { // lower case, by url.Parse
	case "http", "https":
		if u.Host == "" || u.Opaque != "" {
			return ""
		}
		u = Untracked(u)
		u.User = nil // shows one host before the @ and goes to another
		u.Host = strings.ToLower(u.Host)
	case "mailto":
		if !strings.Contains(u.Opaque, "@") {
			return ""
		}
	default:
		return ""
	}
	return u.String()
}

func hostOf(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return href
	}
	return u.Host
}
