package news

import (
	"net/url"
	"strings"
)

// PublicURL returns address without the user and password that stand before its host
// (RFC 3986 §3.2.1): what may be shown, logged and given out. Feeds for subscribers are
// configured with them, and they are nobody else's business. The rest of the address
// stays byte by byte.
func PublicURL(address string) string {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok || !strings.Contains(rest, "@") {
		return address
	}
	end := strings.IndexAny(rest, "/?#")
	if _, err := url.Parse(strings.TrimSpace(address)); err != nil {
		end = -1 // who knows where a password ends that has a slash in it: nothing of it stays
	}
	authority, tail := rest, ""
	if end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	return scheme + "//" + authority[strings.LastIndexByte(authority, '@')+1:] + tail
}

// Host returns the name under which the host of a URL takes turns and is left alone when it
// asks for it: requests for feeds, pages and robots.txt share it. The ports of http and
// https are one host, any other port is a server of its own. A leading "www." does not
// count, for by custom it names the same site. No other names are taken together: whether
// feeds.example.org is served by example.org cannot be known from outside, and a name that
// content networks share would make hosts of a thousand outlets one.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return HostOf(u)
}

// HostOf is Host of a URL that was parsed.
func HostOf(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if bare, ok := strings.CutPrefix(name, "www."); ok && strings.Contains(bare, ".") {
		name = bare
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		return name + ":" + p
	}
	return name
}
