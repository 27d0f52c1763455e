package fetch

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ParseRetryAfter returns the moment that a Retry-After header names, as seconds or as
// a date (RFC 9110 §10.2.3); zero when it names none or one in the past.
func ParseRetryAfter(value string, now time.Time) time.Time {
	value = strings.TrimSpace(value)
	if value == "" {
		return time.Time{}
	}
	if digits(value) {
		n, err := strconv.ParseInt(value, 10, 64)
		const most = 1 << 31 // RFC 9111 §1.2.2: what is larger counts as this
		if err != nil || n > most {
			n = most
		}
		if n == 0 {
			return time.Time{}
		}
		return now.Add(time.Duration(n) * time.Second)
	}
	t, err := http.ParseTime(value)
	if err != nil || !t.After(now) {
		return time.Time{}
	}
	return t
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Links returns the targets of the Link headers with this relation (RFC 8288), as they
// stand there, at most five of them.
func Links(h http.Header, rel string) []string {
	const enough = 5
	var found []string
	for _, line := range h.Values("Link") {
		for line != "" && len(found) < enough {
			_, rest, ok := strings.Cut(line, "<")
			if !ok {
				break
			}
			target, params, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			// Parameters reach to the next link, if there is one.
			if next := strings.Index(params, "<"); next >= 0 {
				params, line = params[:next], params[next:]
			} else {
				line = ""
			}
			for p := range strings.SplitSeq(params, ";") {
				name, value, _ := strings.Cut(p, "=")
				value = strings.Trim(strings.TrimSpace(value), `", `)
				if strings.EqualFold(strings.TrimSpace(name), "rel") && containsFold(strings.Fields(value), rel) {
					found = append(found, strings.TrimSpace(target))
					break
				}
			}
		}
	}
	return found
}

func containsFold(words []string, word string) bool {
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// productToken returns the part of a User-Agent by which robots.txt knows it
// (RFC 9309 §2.2.1): its leading letters, "_" and "-".
func productToken(agent string) string {
	for i := range len(agent) {
		b := agent[i] | 0x20
		if (b < 'a' || b > 'z') && agent[i] != '_' && agent[i] != '-' {
			return agent[:i]
		}
	}
	return agent
}

// origin returns scheme and authority of u.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
