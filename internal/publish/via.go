package publish

import (
	"net/url"
	"strings"

	"parallax/internal/news"
)

// ViaNote says that something was read from a copy and not from the outlet itself, from
// whose, and whether the outlet was heard to say the same since. It is "" for what the
// outlet itself said.
func ViaNote(v news.Via) string {
	if !v.Copied() {
		return ""
	}
	note := "Read from " + ViaCopy(v) + ", not from the outlet itself; "
	if !v.Confirmed.IsZero() {
		return note + "the outlet itself, read on " + Day(v.Confirmed) + ", says the same."
	}
	return note + "not yet compared with the original."
}

// ViaCopy names the copy: "a copy at copy.example".
func ViaCopy(v news.Via) string {
	kind, address, _ := strings.Cut(v.Route, ":")
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	switch kind {
	case "archive":
		if v.Archived.IsZero() {
			return "the web archive at " + host
		}
		return "the web archive at " + host + ", as archived on " + Day(v.Archived)
	case "peer":
		return "another hub, " + host
	}
	return "a copy at " + host
}
